"""Fixes against the posterior written plainly, one place and one dense Gaussian at a time; and what happens at the edges."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely

from store_server.domain.consent import admit_recording
from store_server.domain.fixes import MOST_CONTRADICTION, Motion, RadioDrift, circle_95_m
from store_server.domain.floorplan import Floorplan
from store_server.domain.obstacle_loss import FloorObstacles
from store_server.domain.plausibility import IMPOSSIBLE_DISTANCE_M
from store_server.domain.positioning import (
    CELLS_NEVER_CROPPED,
    CROP_M,
    FACTORY_CALIBRATION,
    SMALLEST_RADIUS_M,
    STILL_WEIGHT,
    Anchor,
    Fix,
    FloorEstimator,
    NoFix,
    NoFixReason,
)
from store_server.domain.ranging import estimate_ranges, rssi_window
from store_server.domain.sightings import AdmittedSightings, SightingColumns, columns
from store_server.domain.trilaterating import trilaterate
from store_server.wire.calibration import Calibration, Estimator
from tests.domain.floors import document, shop
from tests.domain.plain_posterior import DRIFT, HALL, SURVEYED, UNSURE, plain_posterior, track_of
from tests.domain.radio_floor import ANCHORS, heard

# A survey so dense that it would leave nothing of the spread.
DENSE = SURVEYED.model_copy(update={"residual_sd_db": 9.0, "residual_noise_db": 0.3, "drift_sd_db": 0.1})
SURE = SURVEYED.model_copy(update={"drift_sd_db": 0.0, "power_sd_db": 0.0})


def without(sightings: AdmittedSightings, node: int) -> AdmittedSightings:
    keep = sightings.node_index != node
    return admit_recording(
        SightingColumns(
            sightings.beacon_ids,
            sightings.node_ids,
            sightings.beacon_index[keep],
            sightings.node_index[keep],
            sightings.rssi_dbm[keep],
            sightings.heard_s[keep],
        )
    )


LONG_STILL = heard([(4.0, 3.0)] * 24, noise_db=1.5, seed=3)
WALKING = heard([(0.5 + 0.4 * i, 3.0) for i in range(24)], noise_db=1.0, seed=3)
SHORT = heard([(9.0, 7.0)] * 3, noise_db=3.0, seed=5)


@pytest.mark.parametrize("drift", [None, DRIFT])
@pytest.mark.parametrize("calibration", [SURVEYED, UNSURE, SURE, DENSE, FACTORY_CALIBRATION])
@pytest.mark.parametrize(
    ("sightings", "at_s", "motion"),
    [
        (LONG_STILL, 5.75, Motion.STILL),
        (WALKING, 5.75, Motion.MOVING),
        (SHORT, 0.5, Motion.UNKNOWN),
        (without(without(SHORT, 2), 4), 0.9, Motion.UNKNOWN),
    ],
)
def test_a_fix_is_the_mean_of_all_places_each_weighed_by_what_was_heard(
    sightings: AdmittedSightings, at_s: float, motion: Motion, calibration: Calibration, drift: RadioDrift | None
) -> None:
    tracks = () if drift is None else (track_of(drift),)
    fix = FloorEstimator(ANCHORS, calibration, HALL).fixes(sightings, at_s, tracks)[0]
    assert isinstance(fix, Fix)
    middle, covariance, misfit = plain_posterior(calibration, sightings, at_s, drift)
    assert (fix.x_m, fix.y_m) == pytest.approx(tuple(middle), abs=5e-3)
    assert fix.covariance_m2 == pytest.approx(covariance, abs=2e-2)
    assert fix.misfit == pytest.approx(misfit, abs=2e-2)
    assert fix.motion is motion
    assert fix.anchors_used == len(np.unique(sightings.node_index))
    assert fix.at_s == at_s


WALKS = np.zeros(2, dtype=np.bool_)


def test_a_radius_is_the_calibrations_scale_and_power_of_the_circle_and_grows_with_contradiction() -> None:
    estimator = FloorEstimator(ANCHORS, SURVEYED)
    covariances = np.array([np.diag([4.0, 1.0]), np.diag([9.0, 0.25])])
    calm = estimator.radius_m(covariances, np.array([0.2, 1.0]), WALKS)
    assert calm == pytest.approx(1.3 * circle_95_m(covariances) ** 0.8)
    assert estimator.radius_m(covariances, np.array([2.25, 1.0]), WALKS) == pytest.approx(calm * [2.25, 1.0])
    most = MOST_CONTRADICTION
    assert estimator.radius_m(covariances, np.array([2.9, 900.0]), WALKS) == pytest.approx(calm * [2.9, most])
    usual = FloorEstimator(ANCHORS, SURVEYED.model_copy(update={"usual_misfit": 0.5}))
    assert usual.radius_m(covariances, np.array([0.5, 1.0]), WALKS) == pytest.approx(calm * [1.0, 2.0])
    assert estimator.radius_m(1e-6 * covariances, np.ones(2), WALKS).tolist() == [SMALLEST_RADIUS_M] * 2
    assert estimator.radius_m(0.1 * covariances[:1], np.ones(1), WALKS[:1])[0] > SMALLEST_RADIUS_M


def test_a_radius_gives_back_what_weighing_a_still_beacons_strengths_takes_from_the_circle() -> None:
    estimator = FloorEstimator(ANCHORS, SURVEYED)
    weighed, not_weighed = np.array([np.diag([4.0, 1.0]) / STILL_WEIGHT, np.diag([4.0, 1.0])])
    radii = estimator.radius_m(np.array([weighed, not_weighed]), np.ones(2), np.array([True, False]))
    assert radii[0] == pytest.approx(radii[1])


TRILATERATING = SURVEYED.model_copy(update={"estimator": Estimator.TRILATERATION})


def test_trilateration_is_least_squares_on_the_ranges_of_each_receivers_own_power() -> None:
    silent, near = heard([(2.0, 2.0)], beacon_id="s"), without(LONG_STILL, 1)
    both = admit_recording(
        SightingColumns(
            ("silent", "b"),
            near.node_ids,
            np.concatenate([silent.beacon_index, near.beacon_index + 1]),
            np.concatenate([silent.node_index, near.node_index]),
            np.concatenate([silent.rssi_dbm, near.rssi_dbm]),
            np.concatenate([silent.heard_s - 30.0, near.heard_s]),
        )
    )
    estimator = FloorEstimator(ANCHORS, TRILATERATING, HALL)
    none, fix = estimator.fixes(both, 5.75, [None, track_of(DRIFT)])
    assert isinstance(none, NoFix)
    assert isinstance(fix, Fix)
    window = rssi_window(near, [anchor.node_id for anchor in ANCHORS], 5.75)
    power_dbm = -59.0 + np.array([3.0, 1.0, -2.0, 0.0, 0.0])
    ranges = estimate_ranges(window, power_dbm, 2.5, 3.0)
    xy, covariance = trilaterate(np.array([(a.x_m, a.y_m) for a in ANCHORS]), ranges.range_m, ranges.range_sd_m)
    assert (fix.x_m, fix.y_m) == pytest.approx(tuple(xy[0]))
    assert fix.covariance_m2 == pytest.approx(covariance[0])
    assert fix.accuracy_radius_m == pytest.approx(
        estimator.radius_m(covariance, np.ones(1), np.array([fix.motion is Motion.STILL]))[0]
    )
    assert (fix.misfit, fix.other_place, fix.drift, fix.anchors_used) == (1.0, None, None, 4)


def test_each_beacon_is_answered_with_its_own_track_where_others_have_no_fix() -> None:
    sightings = admit_recording(
        replace(SHORT, beacon_ids=("gone", "b"), beacon_index=np.ones(len(SHORT), dtype=np.int64))
    )
    estimator = FloorEstimator(ANCHORS, UNSURE, HALL)
    gone, together = estimator.fixes(sightings, 0.5, [None, track_of(DRIFT)])
    alone = estimator.fixes(SHORT, 0.5, [track_of(DRIFT)])[0]
    assert isinstance(gone, NoFix)
    assert (gone.beacon_id, gone.reason, gone.at_s) == ("gone", NoFixReason.STALE, 0.5)
    assert isinstance(together, Fix)
    assert isinstance(alone, Fix)
    assert (together.x_m, together.y_m, together.misfit) == (alone.x_m, alone.y_m, alone.misfit)
    assert together.drift is not None
    assert together.drift.power_db == pytest.approx(-3.0)


def test_at_no_instant_nobody_is_anywhere_and_each_is_told_so() -> None:
    answers = FloorEstimator(ANCHORS).fixes(admit_recording(columns([], beacon_ids=("a", "b"))), np.inf)
    assert answers == [NoFix("a", NoFixReason.INVALID, np.inf), NoFix("b", NoFixReason.INVALID, np.inf)]


LONG_HALL = FloorEstimator(
    tuple(Anchor(f"n{i}", 10.0 * i, 6.0 * (i % 2), 2.5) for i in range(20)),
    None,
    FloorObstacles(outline=shapely.box(-5, -10, 195, 16)),
)


def in_long_hall(strengths_dbm: dict[int, float], heard_s: tuple[float, ...] = (0.1, 0.4)) -> Fix:
    rows = [("b", f"n{i}", rssi - t, t) for i, rssi in strengths_dbm.items() for t in heard_s]
    fix = LONG_HALL.fixes(admit_recording(columns(rows)), 0.5)[0]
    assert isinstance(fix, Fix)
    return fix


def test_on_a_large_floor_a_beacon_is_looked_for_about_the_middle_of_the_three_loudest_receivers() -> None:
    # A reflection is the loudest of all; about it alone nothing nearer than x = 40 would be looked at.
    assert 20.0 < in_long_hall({6: -79.0, 2: -80.0, 3: -80.5, 4: -81.0, 1: -82.0, 5: -95.0}).x_m < 38.0


def test_on_a_large_floor_a_beacon_heard_but_once_by_each_is_looked_for_where_it_was_heard() -> None:
    assert 130.0 < in_long_hall({15: -70.0, 14: -76.0, 16: -77.0}, heard_s=(0.3,)).x_m < 170.0


def hears_hardly_anything(length_m: float) -> Fix:
    """The fix in a hall 25 m wide whose radio tells next to nothing of a place, from receivers in three corners."""
    flat = FACTORY_CALIBRATION.model_copy(
        update={"path_loss_exponent": 0.5, "shadowing_sd_db": 30.0, "shadowing_growth_db_per_m": 0.0}
    )
    corners = (Anchor("n1", 0.0, 0.0), Anchor("n2", 25.0, 0.0), Anchor("n3", 0.0, 25.0))
    estimator = FloorEstimator(corners, flat, FloorObstacles(outline=shapely.box(0, 0, 25, length_m)))
    rows = [("b", "n1", -70.0, 0.1), ("b", "n2", -71.0, 0.2), ("b", "n3", -71.0, 0.3)]
    fix = estimator.fixes(admit_recording(columns(rows)), 0.5)[0]
    assert isinstance(fix, Fix)
    return fix


def test_a_hall_of_as_many_cells_as_are_never_cropped_is_searched_whole_and_one_with_more_is_not() -> None:
    whole, cropped = hears_hardly_anything(0.25 * CELLS_NEVER_CROPPED / 25), hears_hardly_anything(25.5)
    assert (whole.x_m, whole.y_m) == pytest.approx((12.5, 12.5), abs=0.8)
    assert np.diag(whole.covariance_m2) == pytest.approx(25**2 / 12, rel=0.1)
    quarter_disc_m = 4 * CROP_M / (3 * np.pi)
    assert (cropped.x_m, cropped.y_m) == pytest.approx((quarter_disc_m, quarter_disc_m), abs=0.6)


@pytest.mark.parametrize(
    ("apart_m", "is_possible"), [(IMPOSSIBLE_DISTANCE_M, True), (IMPOSSIBLE_DISTANCE_M + 0.1, False)]
)
def test_loud_at_two_places_is_impossible_only_beyond_what_one_can_walk(apart_m: float, is_possible: bool) -> None:
    anchors = (Anchor("n1", 0.0, 0.0), Anchor("n2", 0.0, apart_m), Anchor("n3", 5.0, 15.0))
    rows = [("b", "n1", -60.0, 0.1), ("b", "n2", -61.0, 0.2), ("b", "n3", -90.0, 0.3)]
    answer = FloorEstimator(anchors).fixes(admit_recording(columns(rows)), 0.5)[0]
    assert isinstance(answer, Fix) is is_possible


def test_a_floorplan_is_taken_for_what_stands_on_it() -> None:
    plan = Floorplan.from_document(document(shop()))
    drawn, told = (FloorEstimator(ANCHORS, SURVEYED, floor) for floor in (plan, FloorObstacles.of(plan)))
    fixes = [estimator.fixes(LONG_STILL, 5.75)[0] for estimator in (drawn, told, FloorEstimator(ANCHORS, SURVEYED))]
    places = [(fix.x_m, fix.y_m) for fix in fixes if isinstance(fix, Fix)]
    assert places[0] == places[1] != places[2]


@pytest.mark.parametrize(
    ("outside", "kept"),
    [
        ((130.0, 4.5), (112.75, None)),
        ((82.0, 4.5), (99.25, None)),
        ((106.0, 30.0), (None, 9.75)),
        ((106.0, -21.0), (None, -0.75)),
    ],
)
def test_trilateration_puts_nobody_outside_what_is_searched(
    outside: tuple[float, float], kept: tuple[float | None, float | None]
) -> None:
    anchors = tuple(replace(anchor, x_m=anchor.x_m + 100.0) for anchor in ANCHORS)
    estimator = FloorEstimator(anchors, FACTORY_CALIBRATION.model_copy(update={"estimator": Estimator.TRILATERATION}))
    fix = estimator.fixes(heard([outside] * 8, anchors=anchors), 2.0)[0]
    assert isinstance(fix, Fix)
    for found, edge in zip((fix.x_m, fix.y_m), kept, strict=True):
        assert edge is None or found == pytest.approx(edge)
