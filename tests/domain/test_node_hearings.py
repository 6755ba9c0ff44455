from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from store_server.domain.calibrating import fit_calibration
from store_server.domain.consent import admit_recording
from store_server.domain.cross_validating import calibrate
from store_server.domain.following import follow
from store_server.domain.node_hearings import between_nodes_db, between_nodes_m, node_hearings
from store_server.domain.obstacle_loss import FloorObstacles
from store_server.domain.positioning import FACTORY_CALIBRATION, Anchor, FloorEstimator
from store_server.domain.sightings import columns
from store_server.domain.surveys import survey_points
from store_server.wire.calibration import Calibration
from tests.domain.radio_floor import ANCHORS, walk

NODES = [anchor.node_id for anchor in ANCHORS]
NOBODY = survey_points([], NODES)
OFFSETS_DB = np.array([4.0, -3.0, 0.0, 2.0, -3.0])


def between(exponent: float = 2.5, power_dbm: float = -52.0, offsets_db: np.ndarray = OFFSETS_DB) -> np.ndarray:
    """What nodes that send louder than a tag would hear of each other by the log-distance model."""
    heard_dbm = power_dbm - 10 * exponent * np.log10(np.maximum(between_nodes_m(ANCHORS), 0.3)) + offsets_db
    np.fill_diagonal(heard_dbm, np.nan)
    return np.asarray(heard_dbm)


def assert_offsets_found(found: Calibration) -> None:
    """Right in order and sign, and drawn towards 0 as far as four hearings of each node must be."""
    offsets_db = np.array([anchor.offset_db for anchor in found.anchors])
    assert np.corrcoef(offsets_db, OFFSETS_DB)[0, 1] > 0.95
    share = offsets_db @ OFFSETS_DB / (OFFSETS_DB @ OFFSETS_DB)
    assert 0.3 < share < 1.0


def test_strengths_are_averaged_in_milliwatts_and_own_and_impossible_ones_left_out() -> None:
    found = node_hearings(
        {
            "n1": columns(
                [("n1", "n2", -50, 0.0), ("n1", "n2", -70, 0.5), ("n1", "n1", -10, 0.5), ("n1", "n3", 20, 0.5)]
            ),
            "tag": columns([("tag", "n2", -40, 0.0)]),
            "n2": columns([("n2", "nobody-knows", -40, 0.0)]),
        },
        NODES,
    )
    assert found[0, 1] == pytest.approx(-52.97, abs=0.01)
    assert np.isfinite(found).sum() == 1


def test_path_loss_and_offsets_are_found_without_a_survey_and_the_tags_power_is_not_claimed() -> None:
    found = fit_calibration(ANCHORS, NOBODY, between_dbm=between())
    # Five nodes are all about ten metres apart: that tells little of the exponent, so it stays near its prior.
    assert found.path_loss_exponent == pytest.approx(2.5, abs=0.35)
    assert_offsets_found(found)
    assert found.measured_power_dbm == FACTORY_CALIBRATION.measured_power_dbm
    assert found.power_sd_db == FACTORY_CALIBRATION.power_sd_db
    assert 0 < found.path_loss_exponent_sd < FACTORY_CALIBRATION.path_loss_exponent_sd
    assert found.survey_points == 0


def test_a_walk_is_located_better_once_nodes_that_hear_unlike_have_heard_each_other() -> None:
    offsets = np.array([9.0, -9.0, 6.0, -6.0, 0.0])
    recording = walk()
    s = recording.sightings
    tilted = admit_recording(replace(s, rssi_dbm=s.rssi_dbm + offsets[s.node_index]))
    at_s = np.arange(0.5, 20.0, 0.5)
    truth = recording.truth_at(at_s)

    def median_m(estimator: FloorEstimator) -> float:
        places = [moment.place for moment in follow(estimator, tilted, at_s)]
        return float(np.median([np.hypot(p[0] - x, p[1] - y) for p, (x, y) in zip(places, truth, strict=True) if p]))

    known = fit_calibration(ANCHORS, NOBODY, between_dbm=between(offsets_db=offsets))
    assert median_m(FloorEstimator(ANCHORS, known)) < 0.7 * median_m(FloorEstimator(ANCHORS))


def test_a_survey_and_the_nodes_hearings_are_used_together() -> None:
    points = survey_points([walk()], NODES)
    alone = fit_calibration(ANCHORS, points)
    both = fit_calibration(ANCHORS, points, between_dbm=between(offsets_db=np.zeros(5)))
    assert abs(both.path_loss_exponent - 2.5) < abs(alone.path_loss_exponent - 2.5) + 0.05
    assert both.measured_power_dbm == pytest.approx(-59.0, abs=2.0)
    assert both.survey_points == alone.survey_points
    assert_offsets_found(calibrate(ANCHORS, [], between_dbm=between()))


def test_walls_between_nodes_are_taken_off_before_fitting() -> None:
    wall = FloorObstacles(walls=((shapely.LineString([(3, -5), (3, 15)]), 12.0),))
    lost = between_nodes_db(ANCHORS, wall, FACTORY_CALIBRATION)
    assert lost[0, 1] > 5.0
    assert lost[1, 3] == 0.0
    assert np.allclose(lost, lost.T)
    found = fit_calibration(ANCHORS, NOBODY, wall, between_dbm=between() - lost)
    assert_offsets_found(found)


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=1, max_size=8))
def test_strengths_that_are_no_numbers_never_reach_the_fit(strengths: list[float]) -> None:
    rows = [("n1", "n2", rssi, float(i)) for i, rssi in enumerate(strengths)]
    found = node_hearings({"n1": columns(rows)}, NODES)
    assert np.isfinite(found).sum() <= 1
    fitted = fit_calibration(ANCHORS, NOBODY, between_dbm=found)
    assert np.isfinite(fitted.path_loss_exponent)


def test_nodes_at_unlike_heights_are_farther_apart_than_on_the_plan() -> None:
    pair = [Anchor("low", 0, 0, 1.0), Anchor("high", 3, 0, 5.0)]
    assert between_nodes_m(pair)[0, 1] == pytest.approx(5.0)
    assert between_nodes_m([Anchor("a", 0, 0), Anchor("b", 3, 0, 5.0)])[0, 1] == pytest.approx(3.0)
