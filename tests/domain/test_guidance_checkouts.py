"""Guidance once all is fetched: to the till the tour was to end at, in words and metres, and a word when one is there."""

from __future__ import annotations

import math

import pytest

from store_server.domain.guidance import HOLD_S
from store_server.domain.level_network import Place
from store_server.domain.tour_keeping import SHORTER_BY_M
from store_server.domain.wish_lists import put, remove, set_state
from store_server.wire.shopping import Certainty, GuidanceKind, WishList, WishListItem, WishState
from tests.domain.test_guidance import Walk, at, list_of, sku_of, sold_out

TILLS = ((20.0, 0.0), (40.0, 0.0))
BEYOND_THE_WALL = (110.0, 0.0)


def ticked(wish_list: WishList, *skus: str, state: WishState = WishState.PICKED_UP) -> WishList:
    for sku in skus:
        wish_list = set_state(wish_list, sku, state)
    return wish_list


def at_the_milk(*others: str) -> Walk:
    """Led to the milk, with two tills in front of it."""
    walk = Walk(list_of("milk", *others), tills_m=TILLS)
    walk.step(at(29.0, 10.0))
    return walk


def test_the_last_tick_leads_to_the_till_at_once() -> None:
    walk = at_the_milk()
    walk.wish_list = ticked(walk.wish_list, "milk")
    guidance = walk.step(at(29.0, 10.0), after_s=0.1)
    assert (guidance.kind, sku_of(guidance), guidance.order) == (GuidanceKind.TO_CHECKOUT, None, ())
    assert guidance.path == ((29.0, 10.0), (20.0, 0.0))
    assert guidance.distance_m == pytest.approx(math.hypot(9.0, 10.0), abs=0.01)
    assert guidance.tour_m == pytest.approx(guidance.distance_m, abs=0.1)
    assert (guidance.turn, guidance.certainty) == ("back", Certainty.SURE)


@pytest.mark.parametrize("state", [WishState.PICKED_UP, WishState.SKIPPED])
def test_what_was_passed_over_is_no_reason_to_stay(state: WishState) -> None:
    walk = at_the_milk()
    walk.wish_list = ticked(walk.wish_list, "milk", state=state)
    assert walk.step(at(29.0, 10.0)).kind is GuidanceKind.TO_CHECKOUT


def test_at_the_till_it_is_said_and_stays_said() -> None:
    walk = at_the_milk()
    walk.wish_list = ticked(walk.wish_list, "milk")
    walk.step(at(29.0, 10.0))
    assert walk.step(at(21.0, 1.0), after_s=HOLD_S).kind is GuidanceKind.AT_CHECKOUT
    assert walk.step(at(20.0, 3.0), after_s=HOLD_S).kind is GuidanceKind.AT_CHECKOUT
    assert walk.step(at(20.0, 6.0), after_s=HOLD_S).kind is GuidanceKind.TO_CHECKOUT


def test_what_cannot_be_had_is_still_spoken_of_on_the_way_to_the_till() -> None:
    walk = at_the_milk("saffron", "bread")
    walk.wish_list = ticked(sold_out(walk.wish_list, "bread"), "milk")
    guidance = walk.step(at(29.0, 10.0))
    assert (guidance.kind, sku_of(guidance)) == (GuidanceKind.TO_CHECKOUT, "saffron")
    walk.wish_list = ticked(walk.wish_list, "saffron", state=WishState.SKIPPED)
    guidance = walk.step(at(28.0, 9.0))
    assert (guidance.kind, sku_of(guidance)) == (GuidanceKind.TO_CHECKOUT, "bread")
    assert guidance.path[-1] == (20.0, 0.0)


def test_a_list_of_nothing_but_what_cannot_be_had_leads_nowhere_before_that_is_said() -> None:
    walk = Walk(list_of("saffron"), tills_m=TILLS)
    assert walk.step(at(29.0, 10.0)).kind is GuidanceKind.NO_PLACE
    walk.wish_list = ticked(walk.wish_list, "saffron", state=WishState.SKIPPED)
    assert walk.step(at(29.0, 10.0)).kind is GuidanceKind.TO_CHECKOUT


def test_an_empty_list_leads_to_no_till() -> None:
    walk = at_the_milk()
    walk.wish_list = ticked(walk.wish_list, "milk")
    walk.step(at(29.0, 10.0))
    walk.wish_list = remove(walk.wish_list, "milk")
    assert walk.step(at(29.0, 10.0), after_s=0.1).kind is GuidanceKind.ALL_DONE


def test_what_is_added_on_the_way_to_the_till_is_led_to_at_once() -> None:
    walk = at_the_milk()
    walk.wish_list = ticked(walk.wish_list, "milk")
    walk.step(at(29.0, 10.0))
    walk.wish_list = put(walk.wish_list, WishListItem(sku="eggs", name="eggs"))
    guidance = walk.step(at(29.0, 10.0), after_s=0.1)
    assert (guidance.kind, sku_of(guidance)) == (GuidanceKind.GO_TO, "eggs")


def test_between_two_tills_one_is_not_sent_to_and_fro() -> None:
    walk = at_the_milk()
    walk.wish_list = ticked(walk.wish_list, "milk")
    middle_m = (TILLS[0][0] + TILLS[1][0]) / 2
    assert walk.step(at(29.0, 2.0)).path[-1] == TILLS[0]
    for x_m in (middle_m + 1.0, middle_m - 1.0, middle_m + SHORTER_BY_M / 2 - 0.2):
        assert walk.step(at(x_m, 0.0), after_s=HOLD_S).path[-1] == TILLS[0]
    assert walk.step(at(middle_m + SHORTER_BY_M / 2 + 0.5, 0.0), after_s=HOLD_S).path[-1] == TILLS[1]


def test_a_till_that_was_shut_is_left_at_once_by_who_stands_still() -> None:
    walk = at_the_milk()
    walk.wish_list = ticked(walk.wish_list, "milk")
    walk.step(at(29.0, 10.0))
    walk.tills_m = TILLS[1:]
    assert walk.step(at(29.0, 10.0), after_s=0.5).path[-1] == TILLS[1]
    walk.tills_m = ()
    guidance = walk.step(at(29.0, 10.0), after_s=0.5)
    assert (guidance.kind, guidance.path) == (GuidanceKind.ALL_DONE, ())


@pytest.mark.parametrize("tills_m", [(), (BEYOND_THE_WALL,)])
def test_without_a_way_to_any_till_the_list_is_done_and_no_more(tills_m: tuple[tuple[float, float], ...]) -> None:
    walk = Walk(ticked(list_of("milk"), "milk"), tills_m=tills_m)
    guidance = walk.step(at(29.0, 10.0))
    assert (guidance.kind, guidance.path) == (GuidanceKind.ALL_DONE, ())


def test_who_is_not_seen_is_led_to_no_till() -> None:
    walk = at_the_milk()
    walk.wish_list = ticked(walk.wish_list, "milk")
    guidance = walk.step(None, after_s=60.0)
    assert (guidance.kind, guidance.path, guidance.tour_m) == (GuidanceKind.ALL_DONE, (), None)
    assert walk.step(at(29.0, 10.0), after_s=HOLD_S).kind is GuidanceKind.TO_CHECKOUT


def test_a_shopper_who_stands_still_costs_no_new_way_to_the_till() -> None:
    walk = at_the_milk()
    walk.wish_list = ticked(walk.wish_list, "milk")
    walk.step(at(29.0, 10.0))
    asked = len(walk.floor.asked)
    for shift in (0.1, -0.2, 0.3):
        walk.step(at(29.0 + shift, 10.0), after_s=4.0)
    assert len(walk.floor.asked) == asked


def test_the_tour_says_which_till_is_nearest_to_each_stop() -> None:
    walk = at_the_milk("bread")
    assert walk.state is not None
    assert walk.state.tour.ends == {"milk": Place("L", *TILLS[0]), "bread": Place("L", *TILLS[0])}
    assert walk.state.checkout is not None
    assert walk.state.checkout.at == Place("L", *TILLS[0])
