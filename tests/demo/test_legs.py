from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.demo.legs import Leg, Legs, reachable_places, standing_point
from tests.demo.small_store import CLOSED_ROOM, SMALL_STORE, small_store

POINTS = st.lists(st.tuples(st.floats(-50, 50), st.floats(-50, 50)), min_size=1, max_size=8)


@given(POINTS, st.floats(0, 1))
def test_a_leg_is_walked_at_its_length_and_ends_at_its_end(points: list[tuple[float, float]], share: float) -> None:
    leg = Leg.along(points)
    assert leg.point_m(leg.length_m) == points[-1]
    assert leg.point_m(leg.length_m + 1) == points[-1]
    before, after = leg.point_m(share * leg.length_m), leg.point_m(share * leg.length_m + 0.01)
    assert math.dist(before, after) <= 0.01 + 1e-6


def test_a_path_is_asked_for_once_and_none_is_an_error() -> None:
    plan, graph = small_store()
    legs = Legs(graph, [plan.entrances[0], (10.0, 6.0)])
    inside = legs.add((3.0, 8.0))
    nowhere = legs.add((-40.0, -40.0))
    leg = legs.between(1, inside)
    assert legs.between(1, inside) is leg
    assert leg.points_m[-1] == pytest.approx((3.0, 8.0))
    with pytest.raises(LookupError, match="end_not_walkable"):
        legs.between(1, nowhere)


def test_doors_shelves_and_checkouts_are_places_a_body_can_stand_at() -> None:
    plan, graph = small_store()
    places = reachable_places(plan, graph, 5, np.random.default_rng(1))
    assert (len(places.doors), len(places.shelves), len(places.checkouts)) == (1, 5, 1)
    assert sorted((*places.doors, *places.shelves, *places.checkouts)) == list(range(len(places.points_m)))
    for point in places.points_m:
        assert math.dist(point, standing_point(plan, point)) < 0.01


def test_shelves_that_cannot_be_walked_to_are_left_out() -> None:
    plan, graph = small_store(*CLOSED_ROOM)
    places = reachable_places(plan, graph, 50, np.random.default_rng(1))
    assert all(places.points_m[shelf][0] < 14 for shelf in places.shelves)
    assert len(places.shelves) == 6


def test_a_plan_without_door_or_shelf_says_what_to_draw() -> None:
    rng = np.random.default_rng(1)
    without_door = [f for f in SMALL_STORE if f["feature_type"] != "opening"]
    without_slots = [f for f in SMALL_STORE if f["feature_type"] != "shelf_slot"]
    with pytest.raises(ValueError, match="draw an opening"):
        reachable_places(*small_store(features=without_door), 5, rng)
    with pytest.raises(ValueError, match="give the plan slots"):
        reachable_places(*small_store(features=without_slots), 5, rng)


def test_where_nothing_can_stand_a_point_stays_where_it_is() -> None:
    plan, _ = small_store()
    narrow, _ = small_store(
        features=[feature for feature in SMALL_STORE if feature["feature_type"] == "level"], width_m=0.3
    )
    assert standing_point(narrow, (0.1, 0.1)) == (0.1, 0.1)
    assert standing_point(plan, (10.0, 6.0)) == (10.0, 6.0)
