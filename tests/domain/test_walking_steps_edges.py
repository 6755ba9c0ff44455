"""Steps at the corners of a floor, beside its walls and on what is hardly a floor."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from store_server.domain.obstacle_loss import FloorObstacles
from store_server.domain.walking_steps import HALF_WALL_M, WalkingSteps

Floats = NDArray[np.float64]


def xy(x_m: float, y_m: float) -> Floats:
    return np.array([x_m, y_m])


def test_on_a_floor_too_narrow_to_stand_on_places_stay_where_they_are() -> None:
    narrow = FloorObstacles(walkable_area=shapely.box(0, 0, 10, 0.015))
    assert WalkingSteps(narrow).kept_walkable(np.array([[4.0, 2.0]])).tolist() == [[4.0, 2.0]]


def test_whether_a_step_is_blocked_is_a_claim_also_where_nothing_stands() -> None:
    free = WalkingSteps(FloorObstacles()).are_blocked(np.zeros((2, 2)), np.ones((2, 2)))
    assert (free.tolist(), free.dtype) == ([False, False], np.dtype(bool))


@pytest.mark.parametrize(
    ("end", "to_the_end"), [((0.0, 9.5), (0.0, 1.0)), ((0.0, 0.5), (0.0, -1.0))], ids=["north", "south"]
)
def test_without_an_outline_one_walks_round_the_nearer_end_of_a_wall(
    end: tuple[float, float], to_the_end: tuple[float, float]
) -> None:
    steps = WalkingSteps(FloorObstacles(walls=((shapely.LineString([(0, 0), (0, 10)]), None),)))
    here, goal = xy(-1.0, end[1]), xy(1.0, end[1])
    reached = steps.toward(here, goal, 0.4)
    assert (reached - here) @ to_the_end > 0.1
    for _ in range(6):
        here = steps.toward(here, goal, 0.4)
    assert not steps.are_blocked(here[None], goal[None])[0]


@pytest.mark.parametrize("from_the_island", [True, False])
def test_there_is_no_way_to_or_from_an_island_of_one_cell(from_the_island: bool) -> None:
    floor = shapely.union(shapely.box(0, 0, 4, 4), shapely.box(8, 8, 8.5, 8.5))
    steps = WalkingSteps(FloorObstacles(walkable_area=floor))
    here, goal = (xy(8.2, 8.2), xy(2.0, 2.0)) if from_the_island else (xy(2.0, 2.0), xy(8.2, 8.2))
    assert steps.toward(here, goal, 1.0).tolist() == here.tolist()


def test_one_also_sets_out_from_the_very_corner_of_a_floor() -> None:
    wall = shapely.LineString([(2, -1), (2, 6)])
    steps = WalkingSteps(FloorObstacles(outline=shapely.box(0, 0, 10, 8), walls=((wall, None),)))
    here, goal = xy(0.2, 0.2), xy(5.0, 0.2)
    reached = steps.toward(here, goal, 0.5)
    assert np.hypot(*(reached - here)) == pytest.approx(0.5)
    assert reached[1] > 0.5


def test_one_sets_out_from_beside_a_wall_though_the_nearest_cell_lies_behind_it() -> None:
    wall = shapely.LineString([(5.15, 0), (5.15, 6)])
    steps = WalkingSteps(FloorObstacles(outline=shapely.box(0, 0, 10, 8), walls=((wall, None),)))
    here, goal = xy(5.05, 4.25), xy(5.6, 4.25)
    reached = steps.toward(here, goal, 0.3)
    assert np.hypot(*(reached - here)) == pytest.approx(0.3)
    assert reached[0] < 5.15


def test_the_body_of_a_wall_ends_squarely() -> None:
    steps = WalkingSteps(FloorObstacles(walls=((shapely.LineString([(5, 0), (5, 10)]), None),)))
    within = np.array([[5 + 0.9 * HALF_WALL_M, 10 + 0.9 * HALF_WALL_M]])
    assert np.abs(steps.kept_walkable(within) - (5, 10)).max() > HALF_WALL_M
