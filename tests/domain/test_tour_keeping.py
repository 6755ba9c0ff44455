"""The kept tour: the best order when it is new, the same order until another saves a clear stretch, what thaws last."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from store_server.domain.level_network import Place
from store_server.domain.tour_keeping import SHORTER_BY_M, WEIGH_EVERY_S, KeptTour, keep_tour

LIFT_M = 55.0
CHECKOUT = Place("L", 50.0, 0.0)


def at(x_m: float, y_m: float) -> Place:
    return Place("L", x_m, y_m)


class OpenFloor:
    """Nothing in the way; no way leads from one side of x = 100 to the other. The lift to the level ``U`` is at (0, 0)."""

    def __init__(self) -> None:
        self.asked = 0

    def lengths(self, start: Place, ends: Sequence[Place]) -> NDArray[np.float64]:
        self.asked += 1
        return np.array([self._length_m(start, end) for end in ends])

    def measured(self, start: Place, ends: Sequence[Place]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        lengths_m = self.lengths(start, ends)
        return lengths_m, lengths_m - [LIFT_M * (start.level_id != end.level_id) for end in ends]

    def _length_m(self, start: Place, end: Place) -> float:
        if start.level_id != end.level_id:
            return math.hypot(*start.at_m) + LIFT_M + math.hypot(*end.at_m)
        return math.inf if (start.x_m > 100) != (end.x_m > 100) else math.dist(start.at_m, end.at_m)


def kept(
    before: KeptTour | None,
    stops: dict[str, Place],
    place: Place | None,
    at_s: float = 0.0,
    late: Sequence[str] = (),
    floor: OpenFloor | None = None,
    radius_m: float = 1.0,
    checkouts: Sequence[Place] = (CHECKOUT,),
) -> KeptTour:
    return keep_tour(
        before,
        stops=stops,
        late=late,
        place=place,
        radius_m=radius_m,
        walkways=floor or OpenFloor(),
        checkouts=checkouts,
        at_s=at_s,
    )


ROW: dict[str, Place] = {"c": at(30.0, 0.0), "a": at(10.0, 0.0), "b": at(20.0, 0.0)}


def test_a_tour_runs_to_the_checkout() -> None:
    assert kept(None, ROW, at(0.0, 0.0)).order == ("a", "b", "c")
    assert kept(None, ROW, at(0.0, 0.0), checkouts=[at(0.0, 0.0)]).length_m(10.0) == pytest.approx(60.0)
    assert kept(None, ROW, at(0.0, 0.0)).length_m(10.0) == pytest.approx(50.0)


def test_without_a_checkout_it_ends_at_the_last_shelf() -> None:
    tour = kept(None, ROW, at(35.0, 0.0), checkouts=())
    assert tour.order == ("c", "b", "a")
    assert tour.length_m(5.0) == pytest.approx(25.0)


def test_what_thaws_is_fetched_last_even_when_it_is_nearest() -> None:
    assert kept(None, ROW, at(0.0, 0.0), late=["a"]).order == ("b", "c", "a")
    assert kept(None, ROW, at(0.0, 0.0), late=["a", "b", "c"]).order == ("a", "b", "c")


def test_what_is_done_falls_out_and_the_rest_stays() -> None:
    floor = OpenFloor()
    tour = kept(None, ROW, at(0.0, 0.0), floor=floor)
    asked = floor.asked
    left = {sku: at for sku, at in ROW.items() if sku != "b"}
    tour = kept(tour, left, at(0.1, 0.0), 10.0, floor=floor)
    assert tour.order == ("a", "c")
    assert floor.asked == asked
    assert tour.length_m(10.0) == pytest.approx(50.0)


def test_a_new_stop_is_put_where_it_fits() -> None:
    tour = kept(None, ROW, at(0.0, 0.0))
    assert kept(tour, {**ROW, "d": at(25.0, 0.0)}, at(0.0, 0.0), 1.0).order == ("a", "b", "d", "c")


def test_a_shopper_who_strays_gets_a_new_order_only_for_a_clear_gain() -> None:
    # Without a checkout the two orders differ by twice the way from the middle.
    ends = {"west": at(0.0, 0.0), "east": at(40.0, 0.0)}
    tour = kept(None, ends, at(18.0, 0.0), checkouts=())
    assert tour.order == ("west", "east")
    assert kept(tour, ends, at(22.0, 0.0), 10.0, checkouts=()).order == ("west", "east")
    assert kept(tour, ends, at(26.0, 0.0), 10.0, checkouts=()).order == ("east", "west")
    assert kept(tour, ends, at(26.0, 0.0), 10.0, checkouts=(), radius_m=13.0).order == ("west", "east")
    assert SHORTER_BY_M > 4.0


def test_orders_are_not_weighed_again_and_again() -> None:
    floor = OpenFloor()
    tour = kept(None, ROW, at(0.0, 0.0), floor=floor)
    asked = floor.asked
    tour = kept(tour, ROW, at(9.0, 0.0), WEIGH_EVERY_S - 0.1, floor=floor)
    tour = kept(tour, ROW, at(0.4, 0.0), WEIGH_EVERY_S + 5, floor=floor)
    assert floor.asked == asked
    kept(tour, ROW, at(9.0, 0.0), WEIGH_EVERY_S + 5, floor=floor)
    assert floor.asked == asked + 1


def test_a_clock_set_back_does_not_freeze_the_order() -> None:
    ends = {"west": at(0.0, 0.0), "east": at(40.0, 0.0)}
    tour = kept(None, ends, at(0.0, 0.0), 1000.0, checkouts=())
    assert kept(tour, ends, at(39.0, 0.0), 10.0, checkouts=()).order == ("east", "west")


def test_who_is_not_seen_keeps_the_order_and_gets_the_best_once_seen() -> None:
    tour = kept(None, ROW, None)
    assert tour.order == ("c", "a", "b")
    tour = kept(tour, {**ROW, "d": at(5.0, 0.0)}, None, 1.0)
    assert tour.order == ("c", "a", "b", "d")
    assert kept(tour, {**ROW, "d": at(5.0, 0.0)}, at(0.0, 0.0), 1.5).order == ("d", "a", "b", "c")


def test_what_no_way_leads_to_comes_last_and_does_not_spoil_the_rest() -> None:
    tour = kept(None, {"fuse": at(120.0, 0.0), **ROW}, at(0.0, 0.0))
    assert tour.order == ("a", "b", "c", "fuse")
    assert tour.length_m(10.0) is None


def test_a_tour_counts_the_lift_and_tells_the_metres_walked() -> None:
    stops = {"lamp": Place("U", 8.0, 0.0), "a": at(10.0, 0.0), "soap": Place("U", 9.0, 0.0), "b": at(20.0, 0.0)}
    tour = kept(None, stops, at(0.0, 0.0))
    assert set(tour.order[:2]) == {"lamp", "soap"}
    assert tour.order[2:] == ("a", "b")
    to_first_m = stops[tour.order[0]].x_m
    assert tour.length_m(to_first_m) == pytest.approx(2 * 9.0 + 20.0 + 30.0)
    below = kept(tour, {sku: stops[sku] for sku in ("a", "b")}, at(0.0, 0.0), 10.0)
    assert below.order == ("a", "b")


def test_who_is_on_another_level_than_before_is_weighed_anew() -> None:
    stops = {"lamp": Place("U", 40.0, 0.0), "a": at(40.0, 0.0)}
    tour = kept(None, stops, at(30.0, 0.0), checkouts=())
    assert tour.order == ("a", "lamp")
    assert kept(tour, stops, Place("U", 30.0, 0.0), 10.0, checkouts=()).order == ("lamp", "a")


def test_nothing_to_fetch_is_no_tour() -> None:
    tour = kept(None, {}, at(0.0, 0.0))
    assert (tour.order, tour.length_m(1.0)) == ((), None)
    assert kept(kept(None, ROW, at(0.0, 0.0)), {}, at(0.0, 0.0), 1.0).order == ()


spots = st.builds(at, st.floats(0, 60), st.floats(0, 40))


@given(st.lists(spots, min_size=1, max_size=6, unique=True), spots, st.sets(st.integers(0, 5)))
@settings(max_examples=60, deadline=None)
def test_a_new_tour_is_the_shortest_of_those_that_fetch_last_what_thaws(
    places: list[Place], start: Place, thawing: set[int]
) -> None:
    stops = {str(k): place for k, place in enumerate(places)}
    late = {str(k) for k in thawing if k < len(places)}
    tour = kept(None, stops, start, late=sorted(late))

    def length_m(order: Sequence[str]) -> float:
        places = [start, *(stops[sku] for sku in order), CHECKOUT]
        return sum(math.dist(a.at_m, b.at_m) for a, b in itertools.pairwise(places))

    orders = itertools.permutations(stops)
    allowed = [order for order in orders if [sku in late for sku in order] == sorted(sku in late for sku in order)]
    assert tour.order in allowed
    assert length_m(tour.order) == pytest.approx(min(map(length_m, allowed)))


walks = st.lists(
    st.tuples(st.none() | spots, st.floats(0.1, 5), st.sets(st.sampled_from("abcdef")), st.floats(0.1, 12)), max_size=25
)


@given(st.dictionaries(st.sampled_from("abcdef"), spots, max_size=6), walks)
@settings(max_examples=60, deadline=None)
def test_however_one_walks_the_tour_holds_each_stop_once_and_nothing_else(
    places: dict[str, Place], steps: list[tuple[Place | None, float, set[str], float]]
) -> None:
    tour: KeptTour | None = None
    at_s = 0.0
    for place, after_s, done, radius_m in steps:
        at_s += after_s
        stops = {sku: at for sku, at in places.items() if sku not in done}
        before, tour = tour, kept(tour, stops, place, at_s, radius_m=radius_m)
        assert sorted(tour.order) == sorted(stops)
        if before is not None and place is None and set(stops) <= set(before.order):
            assert [sku for sku in before.order if sku in stops] == list(tour.order)
