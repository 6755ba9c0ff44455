from __future__ import annotations

import numpy as np
import pytest
import shapely
from pydantic import ValidationError

from store_server.domain.calibrating import fit_calibration
from store_server.domain.obstacle_loss import FloorObstacles
from store_server.domain.positioning import FACTORY_CALIBRATION, FloorEstimator
from store_server.domain.surveys import SurveyPoints, survey_points
from store_server.wire.calibration import Calibration
from tests.domain.radio_floor import ANCHORS, survey

NODES = [anchor.node_id for anchor in ANCHORS]


def test_the_radio_a_survey_was_made_with_is_found_again() -> None:
    offsets = (4.0, -3.0, 0.0, 2.0, -3.0)
    found = fit_calibration(ANCHORS, survey_points(survey(40, 1.0, offsets), NODES))
    assert found.path_loss_exponent == pytest.approx(2.5, abs=0.3)
    assert found.measured_power_dbm == pytest.approx(-59.0, abs=3.0)
    assert [a.offset_db for a in found.anchors] == pytest.approx(offsets, abs=1.2)
    assert found.survey_points == 40
    assert found.power_sd_db < 1.0


def test_a_survey_by_phones_of_differing_power_learns_their_spread() -> None:
    recordings = survey(30, 1.0)
    points = survey_points(recordings, NODES)
    louder = np.random.default_rng(1).normal(0, 6.0, (30, 1))
    found = fit_calibration(ANCHORS, SurveyPoints(points.xy_m, points.mean_dbm + louder, points.visit))
    assert 3.0 < found.power_sd_db < 9.0


def test_no_survey_leaves_the_factory_calibration() -> None:
    found = fit_calibration(ANCHORS, survey_points([], NODES))
    assert found.measured_power_dbm == FACTORY_CALIBRATION.measured_power_dbm
    assert found.survey_points == 0
    assert [a.offset_db for a in found.anchors] == [0.0] * 5
    FloorEstimator(ANCHORS, found)


def test_a_single_point_moves_the_factory_calibration_only_a_little() -> None:
    found = fit_calibration(ANCHORS, survey_points(survey(1), NODES))
    assert found.path_loss_exponent == pytest.approx(2.5, abs=0.5)
    assert found.survey_points == 1


def test_the_loss_of_a_wall_is_chosen_by_what_it_explains() -> None:
    points = survey_points(survey(40, 1.0), NODES)
    wall = shapely.LineString([(5, -5), (5, 15)])
    west = points.xy_m[:, 0, None] < 5
    anchor_west = np.array([a.x_m for a in ANCHORS])[None] < 5
    shadowed = SurveyPoints(points.xy_m, points.mean_dbm - np.where(west != anchor_west, 5.0, 0.0), points.visit)
    floor = FloorObstacles(walls=((wall, None),))
    assert fit_calibration(ANCHORS, shadowed, floor).wall_loss_db == 5.0
    assert fit_calibration(ANCHORS, points, floor).wall_loss_db == 0.0


def test_the_loss_of_shelving_is_chosen_by_what_it_explains() -> None:
    shelf = shapely.box(3, 2, 9, 7)
    points = survey_points(survey(40, 1.0), NODES)
    found = fit_calibration(ANCHORS, points, FloorObstacles(fixtures=((shelf, None),)))
    assert found.fixture_loss_db_per_m == 0.0


def test_a_calibration_survives_its_file() -> None:
    found = fit_calibration(ANCHORS, survey_points(survey(12), NODES))
    assert Calibration.model_validate_json(found.model_dump_json()) == found


@pytest.mark.parametrize(
    "change",
    [
        {"survey_xy_m": ((0.0, 0.0),)},
        {"survey_visit": (0,)},
        {"survey_xy_m": ((0.0, 0.0),), "survey_visit": (0,), "survey_residual_db": ((1.0,),)},
        {"path_loss_exponent": float("nan")},
        {"surprise": 1},
    ],
)
def test_a_calibration_that_contradicts_itself_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Calibration.model_validate({**FACTORY_CALIBRATION.model_dump(), **change})


def test_one_receiver_twice_is_refused() -> None:
    anchor = {"node_id": "n1", "x_m": 0.0, "y_m": 0.0}
    with pytest.raises(ValidationError, match="once"):
        Calibration.model_validate({**FACTORY_CALIBRATION.model_dump(), "anchors": (anchor, anchor)})
