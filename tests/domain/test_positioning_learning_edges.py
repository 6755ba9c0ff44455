"""What one fix hands to the next: learned only while a beacon walks, and only where anything can be learned."""

from __future__ import annotations

import numpy as np
import pytest

from store_server.domain.fixes import Motion
from store_server.domain.positioning import Fix, FloorEstimator
from store_server.domain.sightings import AdmittedSightings
from store_server.domain.tracking import advance
from store_server.wire.calibration import Calibration, Estimator
from tests.domain.plain_posterior import DRIFT, HALL, SURVEYED, UNSURE, track_of
from tests.domain.radio_floor import ANCHORS, heard

LONG_STILL = heard([(4.0, 3.0)] * 24, noise_db=1.5, seed=3)
WALKING = heard([(0.5 + 0.4 * i, 3.0) for i in range(24)], noise_db=1.0, seed=3)
SHORT = heard([(9.0, 7.0)] * 3, noise_db=3.0, seed=5)


def walked(calibration: Calibration, sightings: AdmittedSightings = WALKING) -> list[Fix]:
    """The fixes of a beacon on its way, each with the track of those before."""
    estimator = FloorEstimator(ANCHORS, calibration, HALL)
    track, fixes = None, []
    for at_s in np.arange(0.5, 5.76, 0.5).tolist():
        fix = estimator.fixes(sightings, at_s, [track])[0]
        assert isinstance(fix, Fix)
        track = advance(track, fix, "t", estimator)
        fixes.append(fix)
    return fixes


def test_only_a_beacon_that_walks_teaches_and_the_longer_it_walks_the_more() -> None:
    fixes = walked(UNSURE)
    doubts = [fix.drift.offset_variance_db2.sum() for fix in fixes if fix.drift is not None]
    assert len(doubts) == len(fixes)
    assert doubts[0] == pytest.approx(5 * 1.5**2)
    assert doubts[-1] < doubts[-3] < 0.99 * doubts[0]
    last = fixes[-1].drift
    assert last is not None
    assert 0 < last.exponent_variance < 0.3**2
    assert 0 < last.power_variance_db2 < 4.0**2
    stood = walked(UNSURE, LONG_STILL)[-1].drift
    assert stood is not None
    assert stood.offset_variance_db2 == pytest.approx(1.5**2)


@pytest.mark.parametrize(
    ("drift_sd_db", "exponent_sd", "estimator", "adapts"),
    [
        (0.0, 0.0, Estimator.LIKELIHOOD_GRID, False),
        (0.1, 0.0, Estimator.LIKELIHOOD_GRID, True),
        (0.0, 0.1, Estimator.LIKELIHOOD_GRID, True),
        (2.0, 0.1, Estimator.TRILATERATION, False),
    ],
)
def test_a_fix_carries_what_was_learned_where_anything_can_be(
    drift_sd_db: float, exponent_sd: float, estimator: Estimator, adapts: bool
) -> None:
    calibration = SURVEYED.model_copy(
        update={"drift_sd_db": drift_sd_db, "path_loss_exponent_sd": exponent_sd, "estimator": estimator}
    )
    fix = FloorEstimator(ANCHORS, calibration).fixes(SHORT, 0.5)[0]
    assert isinstance(fix, Fix)
    assert (fix.drift is not None) is adapts


@pytest.mark.parametrize(("elapsed_s", "teaches"), [(0.0, False), (0.5, True)])
def test_a_walker_teaches_by_the_time_since_its_track(elapsed_s: float, teaches: bool) -> None:
    track = track_of(DRIFT, at_s=5.75 - elapsed_s, speed_mps=1.0)
    fix = FloorEstimator(ANCHORS, UNSURE, HALL).fixes(WALKING, 5.75, [track])[0]
    assert isinstance(fix, Fix)
    assert fix.motion is Motion.MOVING
    assert fix.drift is not None
    assert (fix.drift.offset_variance_db2 < DRIFT.offset_variance_db2 - 1e-6).all() == teaches
    assert (fix.drift.power_db == pytest.approx(DRIFT.power_db, abs=1e-9)) is not teaches


def test_a_first_fix_teaches_nothing_though_the_beacon_already_walks() -> None:
    fix = FloorEstimator(ANCHORS, UNSURE, HALL).fixes(WALKING, 5.75)[0]
    assert isinstance(fix, Fix)
    assert fix.drift is not None
    assert fix.drift.offset_db.tolist() == [0.0] * len(ANCHORS)
