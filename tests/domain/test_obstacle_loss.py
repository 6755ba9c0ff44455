from __future__ import annotations

import numpy as np
import pytest
import shapely

from store_server.domain.floorplan import Floorplan
from store_server.domain.obstacle_loss import (
    MOST_FIXTURE_LOSS_DB,
    MOST_WALL_LOSS_DB,
    FloorObstacles,
    obstacle_loss_db,
)
from store_server.domain.positioning import FACTORY_CALIBRATION
from store_server.wire.floorplans import FloorplanDocument
from tests.domain.floors import SHARED

ANCHOR = np.array([[10.0, 0.0, np.nan]])
PLACES = np.array([[0.0, 0.0], [9.0, 0.0], [0.0, 5.0]])
CALIBRATION = FACTORY_CALIBRATION.model_copy(update={"wall_loss_db": 2.0, "fixture_loss_db_per_m": 3.0})


def loss(floor: FloorObstacles, anchor: np.ndarray = ANCHOR) -> list[float]:
    return [round(float(value), 2) for value in obstacle_loss_db(PLACES, anchor, floor, CALIBRATION)[:, 0]]


def test_nothing_in_the_way_takes_nothing() -> None:
    assert loss(FloorObstacles()) == [0.0, 0.0, 0.0]


def test_a_wall_counts_where_it_is_crossed_and_saturates() -> None:
    wall = shapely.LineString([(5, -1), (5, 1)])
    once = MOST_WALL_LOSS_DB * (1 - np.exp(-2.0 / MOST_WALL_LOSS_DB))
    assert loss(FloorObstacles(walls=((wall, None),))) == [round(once, 2), 0.0, 0.0]
    assert loss(FloorObstacles(walls=((wall, 500.0),)))[0] == MOST_WALL_LOSS_DB


def test_both_faces_of_a_wall_in_a_drawn_outline_are_one_wall() -> None:
    notched = shapely.Polygon([(-1, -1), (4.9, -1), (4.9, 1), (5.1, 1), (5.1, -1), (11, -1), (11, 9), (-1, 9)])
    wall = shapely.LineString([(5, -1), (5, 1)])
    assert loss(FloorObstacles(outline=notched)) == loss(FloorObstacles(walls=((wall, None),)))


def test_shelving_counts_by_the_metre_and_saturates() -> None:
    thin, thick = (FloorObstacles(fixtures=((shapely.box(4, -1, 4 + w, 1), None),)) for w in (0.9, 4.0))
    assert loss(thin)[0] == pytest.approx(MOST_FIXTURE_LOSS_DB * (1 - np.exp(-2.7 / MOST_FIXTURE_LOSS_DB)), abs=0.3)
    assert loss(thin)[1] == 0.0
    assert loss(thin)[0] < loss(thick)[0] < MOST_FIXTURE_LOSS_DB


def test_waves_to_a_high_anchor_pass_above_a_low_shelf() -> None:
    shelf = ((shapely.box(4, -1, 6, 1), 1.6),)
    high, level = np.array([[10.0, 0.0, 4.0]]), np.array([[10.0, 0.0, 1.2]])
    assert loss(FloorObstacles(fixtures=shelf), high)[0] == 0.0
    assert loss(FloorObstacles(fixtures=shelf), level)[0] > 0.0
    knee_high = ((shapely.box(4, -1, 6, 1), 0.5),)
    assert loss(FloorObstacles(fixtures=knee_high), level)[0] == 0.0


def test_the_shapes_of_a_floorplan_are_taken_over() -> None:
    path = SHARED / "synthetic-supermarket" / "floor.geojson"
    if not path.is_file():
        pytest.skip("the shared floorplans are not here")
    plan = Floorplan.from_document(FloorplanDocument.model_validate_json(path.read_bytes()))
    floor = FloorObstacles.of(plan)
    assert len(floor.fixtures) == len(plan.fixtures) > 0
    assert floor.walkable_area is plan.walkable_area
