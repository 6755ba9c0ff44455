from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from store_server.domain.radio_obstacles import Obstacle, obstacle_loss_db, obstacles_of
from store_server.domain.radio_parameters import RadioParameters
from store_server.wire.floorplans import FloorplanDocument

ROOM = shapely.box(0, 0, 20, 12)
PLAIN = RadioParameters()
BEACON = np.array([[0.0, 0.0]])
SHELF = shapely.box(2, -5, 3, 5)


def loss(
    obstacle: Obstacle, anchor_z_m: float = 3.2, parameters: RadioParameters = PLAIN, points: np.ndarray = BEACON
) -> float:
    return float(obstacle_loss_db(points, np.array([10.0, 0.0, anchor_z_m]), (obstacle,), parameters)[0])


def test_a_wall_takes_its_loss_at_each_crossing() -> None:
    once = shapely.LineString([(4, -1), (4, 1)])
    there_and_back = shapely.LineString([(4, -1), (4, 1), (5, 1), (5, -1)])
    assert loss(Obstacle(once, loss_db_per_crossing=6.0)) == pytest.approx(6.0)
    assert loss(Obstacle(there_and_back, loss_db_per_crossing=6.0)) == pytest.approx(12.0)


def test_a_fixture_takes_its_loss_on_the_way_through() -> None:
    assert loss(Obstacle(SHELF, loss_db_per_m=4.0)) == pytest.approx(4.0)
    assert loss(Obstacle(shapely.box(2, 3, 3, 5), loss_db_per_m=4.0)) == 0.0


def test_waves_pass_above_a_fixture_lower_than_their_way() -> None:
    # 1.6 m high, beacon 1.2 m, node 3.2 m: the first fifth of the way, 2 m, runs below the top
    assert loss(Obstacle(SHELF, loss_db_per_m=4.0, height_m=1.6)) == pytest.approx(0.0, abs=1e-9)
    assert loss(Obstacle(shapely.box(1, -5, 3, 5), loss_db_per_m=4.0, height_m=1.6)) == pytest.approx(4.0)
    assert loss(Obstacle(SHELF, loss_db_per_m=4.0, height_m=1.0)) == 0.0
    assert loss(Obstacle(SHELF, loss_db_per_m=4.0, height_m=4.0)) == pytest.approx(4.0)


def test_the_low_end_of_a_way_may_be_the_nodes() -> None:
    near_the_node = Obstacle(shapely.box(8, -5, 12, 5), loss_db_per_m=2.0, height_m=1.0)
    assert loss(near_the_node, anchor_z_m=0.8) == pytest.approx(4.0)
    assert loss(Obstacle(SHELF, loss_db_per_m=4.0, height_m=1.0), anchor_z_m=0.8) == 0.0


def test_losses_stop_at_their_limit() -> None:
    assert loss(Obstacle(shapely.box(1, -5, 9, 5), loss_db_per_m=9.0)) == PLAIN.obstacle_loss_limit_db


def test_a_beacon_under_its_node_crosses_nothing_it_does_not_stand_in() -> None:
    assert loss(Obstacle(SHELF, loss_db_per_m=4.0), points=np.array([[10.0, 0.0]])) == 0.0


@given(st.floats(0, 20), st.floats(-6, 6))
def test_losses_lie_between_nothing_and_the_limit(x_m: float, y_m: float) -> None:
    for obstacle in (Obstacle(SHELF, 4.0, height_m=2.0), Obstacle(shapely.LineString([(1, -9), (9, 9)]), 0.0, 13.0)):
        assert 0 <= loss(obstacle, points=np.array([[x_m, y_m]])) <= PLAIN.obstacle_loss_limit_db


def feature(kind: str, key: str, geometry: Mapping[str, object], **properties: object) -> dict[str, object]:
    return {
        "type": "Feature",
        "id": key,
        "feature_type": kind,
        "geometry": geometry,
        "properties": {"key": key, "level_id": "level", **properties},
    }


def ring(shape: shapely.Polygon) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": [[list(p) for p in shape.exterior.coords]]}


def test_a_plan_gives_its_fixtures_and_walls_as_obstacles() -> None:
    bow_tie = {"type": "Polygon", "coordinates": [[[0.0, 0.0], [2.0, 2.0], [2.0, 0.0], [0.0, 2.0], [0.0, 0.0]]]}
    document = FloorplanDocument.model_validate_json(
        json.dumps(
            {
                "type": "FeatureCollection",
                "name": "plan",
                "crs_local": {},
                "features": [
                    feature("level", "level", ring(ROOM)),
                    feature("fixture", "G1", ring(SHELF), category="gondola", height_m=1.6),
                    feature("fixture", "G2", bow_tie, category="table"),
                    feature("wall", "W1", {"type": "LineString", "coordinates": [[1.0, 0.0], [1.0, 5.0]]}),
                    feature(
                        "wall",
                        "W2",
                        {"type": "LineString", "coordinates": [[2.0, 0.0], [2.0, 5.0]]},
                        attenuation_db=3.5,
                    ),
                ],
            }
        )
    )
    gondola, crossed, wall, light_wall = obstacles_of(document, PLAIN)
    assert (gondola.height_m, gondola.loss_db_per_m) == (1.6, 4.0)
    assert gondola.shape.area == pytest.approx(10.0)
    assert crossed.shape.is_valid
    assert crossed.height_m is None
    assert (wall.loss_db_per_crossing, light_wall.loss_db_per_crossing) == (13.0, 3.5)
