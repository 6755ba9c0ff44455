from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from store_server.domain.obstacle_loss import FloorObstacles
from store_server.domain.walking_steps import EDGE_M, FARTHEST_WAY_M, WalkingSteps
from tests.domain.shelved_floors import ROOM, decimetres, is_walkable, passes_through_something, shelved_floors, spots

near_spots = st.tuples(decimetres(-30, 230), decimetres(-30, 180))
GONDOLA = shapely.box(4, 5, 16, 6)
ROUND_THE_GONDOLA = FloorObstacles(outline=ROOM, walkable_area=ROOM.difference(GONDOLA), fixtures=((GONDOLA, 1.8),))


def xy(*places: Iterable[float]) -> NDArray[np.float64]:
    return np.array([list(place) for place in places], dtype=np.float64)


@settings(max_examples=60, deadline=None)
@given(shelved_floors(), st.lists(near_spots, min_size=1, max_size=8))
def test_every_place_is_kept_where_one_can_walk_and_walkable_ones_stay(
    floor: FloorObstacles, places: list[tuple[float, float]]
) -> None:
    steps = WalkingSteps(floor)
    kept = steps.kept_walkable(xy(*places))
    for x, y in kept.tolist():
        assert is_walkable(floor, (x, y))
        assert all(line.distance(shapely.Point(x, y)) > 0 for line, _ in floor.walls)
    assert steps.kept_walkable(kept) == pytest.approx(kept, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(shelved_floors(), near_spots, near_spots)
def test_a_step_is_blocked_if_it_passes_through_anything(
    floor: FloorObstacles, start: tuple[float, float], end: tuple[float, float]
) -> None:
    steps = WalkingSteps(floor)
    a, b = steps.kept_walkable(xy(start, end))
    there, back = steps.are_blocked(xy(a, b), xy(b, a))
    assert there == back
    if passes_through_something(floor, tuple(a), tuple(b)):
        assert there


@settings(max_examples=40, deadline=None)
@given(shelved_floors(), spots, spots, st.floats(0.05, 30.0))
def test_one_walks_no_farther_than_asked_and_through_nothing(
    floor: FloorObstacles, start: tuple[float, float], end: tuple[float, float], length_m: float
) -> None:
    steps = WalkingSteps(floor)
    a, b = steps.kept_walkable(xy(start, end))
    assume(steps.are_blocked(a[None], b[None])[0])
    reached = steps.toward(a, b, length_m)
    assert np.hypot(*(reached - a)) <= length_m + 1e-9
    assert is_walkable(floor, tuple(reached.tolist()))
    assert tuple(reached) == tuple(a) or not passes_through_something(floor, tuple(a), tuple(reached))


@settings(max_examples=40, deadline=None)
@given(shelved_floors(), spots, spots)
def test_who_walks_on_and_on_arrives_or_never_sets_out(
    floor: FloorObstacles, start: tuple[float, float], end: tuple[float, float]
) -> None:
    steps = WalkingSteps(floor)
    here, goal = steps.kept_walkable(xy(start, end))
    assume(steps.are_blocked(here[None], goal[None])[0])
    first = steps.toward(here, goal, 1.0)
    if np.array_equal(first, here):
        return
    here = first
    for _ in range(int(2 * FARTHEST_WAY_M)):
        if not steps.are_blocked(here[None], goal[None])[0]:
            break
        here = steps.toward(here, goal, 1.0)
    assert not steps.are_blocked(here[None], goal[None])[0]


def test_the_way_round_a_gondola_is_walked_to_its_end() -> None:
    steps = WalkingSteps(ROUND_THE_GONDOLA)
    here, goal = xy((6.0, 4.5), (6.0, 6.5))
    path = [here]
    for _ in range(20):
        path.append(steps.toward(path[-1], goal, 0.5))
        if not steps.are_blocked(path[-1][None], goal[None])[0]:
            break
    assert min(place[0] for place in path) < 4.0
    assert 2.0 <= 0.5 * (len(path) - 1) < 6.0


def test_there_is_no_way_into_a_closed_room() -> None:
    closed = ROOM.difference(shapely.box(8, 5, 12, 9).boundary.buffer(0.2))
    steps = WalkingSteps(FloorObstacles(outline=ROOM, walkable_area=closed))
    here, goal = xy((2.0, 7.0), (10.0, 7.0))
    assert steps.toward(here, goal, 5.0).tolist() == here.tolist()


def test_a_way_longer_than_a_person_would_take_is_not_looked_for() -> None:
    long_wall = FloorObstacles(walls=((shapely.LineString([(0, 0), (0, 2.5 * FARTHEST_WAY_M)]), None),))
    steps = WalkingSteps(long_wall)
    middle = FARTHEST_WAY_M * 1.25
    here, goal = xy((-1.0, middle), (1.0, middle))
    assert steps.toward(here, goal, 1.0).tolist() == here.tolist()
    near_end = xy((-1.0, 3.0), (1.0, 3.0))
    assert steps.toward(near_end[0], near_end[1], 1.0)[1] < 3.0


def test_a_wall_drawn_as_a_line_has_two_sides() -> None:
    steps = WalkingSteps(FloorObstacles(walls=((shapely.LineString([(5, 0), (5, 10)]), None),)))
    assert steps.are_blocked(xy((4.0, 5.0), (4.0, 5.0)), xy((6.0, 5.0), (4.0, 9.0))).tolist() == [True, False]
    west, east = steps.kept_walkable(xy((4.99, 5.0), (5.01, 5.0)))
    assert west[0] < 5 - EDGE_M
    assert east[0] > 5 + EDGE_M


@pytest.mark.parametrize("floor", [FloorObstacles(), FloorObstacles(walkable_area=shapely.Polygon())])
def test_on_a_floor_nobody_has_drawn_every_step_is_straight(floor: FloorObstacles) -> None:
    steps = WalkingSteps(floor)
    assert not steps.are_blocked(xy((-900.0, 3.0)), xy((900.0, 3.0)))[0]
    assert steps.kept_walkable(xy((-900.0, 3.0))).tolist() == [[-900.0, 3.0]]


def test_no_places_and_no_steps_give_none() -> None:
    steps = WalkingSteps(ROUND_THE_GONDOLA)
    assert steps.kept_walkable(np.empty((0, 2))).shape == (0, 2)
    assert steps.are_blocked(np.empty((0, 2)), np.empty((0, 2))).shape == (0,)
