"""Each step of a track against the same step written plainly, and what happens exactly at the edges."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from store_server.domain import tracking
from store_server.domain.fixes import Fix, Floats, Motion, OtherPlace, RadioDrift, Track
from store_server.domain.obstacle_loss import FloorObstacles
from store_server.domain.positioning import FACTORY_CALIBRATION, FloorEstimator
from store_server.domain.tracking import FASTEST_MPS, NEWEST_COUNTS, SETTLES_S, STALE_AFTER_S, UNPROVEN_MPS, advance
from tests.domain.shelved_floors import ROOM

OPEN_FLOOR = FloorEstimator(
    [], FACTORY_CALIBRATION.model_copy(update={"radius_scale": 2.0, "radius_power": 0.5, "usual_misfit": 1.0})
)
NARROW = np.array([[1.7, 0.4], [0.4, 0.6]])
DRIFT = RadioDrift(("n1",), np.ones(1), np.ones(1), 0.5, 1.0, 0.1, 0.02)


def fix(x_m: float, y_m: float, at_s: float, motion: Motion = Motion.UNKNOWN, covariance_m2: Floats = NARROW) -> Fix:
    return Fix("b", x_m, y_m, covariance_m2, 2.0, 5, at_s, misfit=1.0, motion=motion)


def weighed(mean: Floats, covariance: Floats, one: Fix) -> tuple[Floats, Floats]:
    """What is believed after a fix, by adding up precisions: no gain, no Joseph's form."""
    shows = np.array([[1.0, 0, 0, 0, 1, 0], [0, 1, 0, 0, 0, 1]])
    fresh = (1 - tracking.LASTING_SHARE) * one.covariance_m2 + np.diag([tracking.FRESH_SD_M**2] * 2)
    before, seen = np.linalg.inv(covariance), np.linalg.inv(fresh)
    after = np.linalg.inv(before + shows.T @ seen @ shows)
    return after @ (before @ mean + shows.T @ seen @ np.array([one.x_m, one.y_m])), after


def begun(one: Fix) -> tuple[Floats, Floats]:
    covariance = np.zeros((6, 6))
    covariance[:4, :4] = np.diag([tracking.START_SD_M**2] * 2 + [tracking.START_SPEED_SD_MPS**2] * 2)
    covariance[4:, 4:] = tracking.LASTING_SHARE * one.covariance_m2
    return weighed(np.array([one.x_m, one.y_m, 0, 0, 0, 0]), covariance, one)


def moved(track: Track, one: Fix) -> tuple[Floats, Floats]:
    t = one.at_s - track.at_s
    agrees = np.hypot(one.x_m - track.x_m, one.y_m - track.y_m) <= track.accuracy_radius_m
    stands = one.motion is Motion.STILL and agrees
    slowed = tracking.STILL_SLOWS_PER_S**t if stands else 1.0
    fades_s = tracking.STILL_ERROR_FADES_S if stands else tracking.ERROR_FADES_S
    push = tracking.STILL_ACCELERATION_SD_MPS2 if stands else tracking.ACCELERATION_SD_MPS2
    faded = np.exp(-t / fades_s)
    carried, lasting = track.covariance[4:, 4:], tracking.LASTING_SHARE * one.covariance_m2
    narrowed = min(1.0, np.sqrt(np.trace(lasting) / np.trace(carried)))
    left = faded * narrowed
    x, y, vx, vy, ex, ey = track.state
    mean = np.array([x + slowed * vx * t, y + slowed * vy * t, slowed * vx, slowed * vy, left * ex, left * ey])
    step = np.array(
        [
            [1, 0, t, 0, 0, 0],
            [0, 1, 0, t, 0, 0],
            [0, 0, 1, 0, 0, 0],
            [0, 0, 0, 1, 0, 0],
            [0, 0, 0, 0, left, 0],
            [0, 0, 0, 0, 0, left],
        ]
    )
    covariance = step @ track.covariance @ step.T
    for place, speed in ((0, 2), (1, 3)):
        covariance[place, place] += push**2 * t**4 / 4
        covariance[speed, speed] += push**2 * t**2
        covariance[place, speed] += push**2 * t**3 / 2
        covariance[speed, place] += push**2 * t**3 / 2
    covariance[4:, 4:] += (1 - faded**2) * lasting + faded**2 * narrowed * (1 - narrowed) * carried
    mean, covariance = weighed(mean, covariance, one)
    speed_mps = float(np.hypot(mean[2], mean[3]))
    mean[2:4] *= min(1.0, FASTEST_MPS / speed_mps) if speed_mps else 1.0
    return mean, covariance


hops = st.tuples(
    st.floats(-4, 4),
    st.floats(-4, 4),
    st.sampled_from([0.1, 0.5, 1.5, 4.0]),
    st.sampled_from(list(Motion)),
    st.sampled_from([NARROW, 0.3 * np.eye(2), np.array([[2.0, -1.0], [-1.0, 3.0]])]),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(hops, min_size=2, max_size=6))
def test_each_step_is_what_adding_up_the_precisions_gives(
    path: list[tuple[float, float, float, Motion, Floats]],
) -> None:
    first = fix(3.0, -2.0, 7.0)
    track = advance(None, first, "t", OPEN_FLOOR)
    mean, covariance = begun(first)
    assert track.state == pytest.approx(mean, abs=1e-9)
    assert track.covariance == pytest.approx(covariance, abs=1e-9)
    for east_m, north_m, wait_s, motion, spread in path:
        one = fix(track.x_m + east_m, track.y_m + north_m, track.at_s + wait_s, motion, spread)
        mean, covariance = moved(track, one)
        track = advance(track, one, "t", OPEN_FLOOR)
        assert track.state == pytest.approx(mean, abs=1e-8)
        assert track.covariance == pytest.approx(covariance, abs=1e-8)


def test_a_first_fix_that_may_be_far_off_counts_for_little_once_a_sure_one_is_there() -> None:
    wide = fix(0.0, 0.0, 0.0, covariance_m2=30.0 * np.eye(2))
    after_wide, after_sure = (
        advance(advance(None, first, "t", OPEN_FLOOR), fix(4.0, 0.0, 0.5), "t", OPEN_FLOOR)
        for first in (wide, fix(0.0, 0.0, 0.0))
    )
    assert after_wide.state[0] > 3.0
    assert after_sure.state[0] < 2.5


def test_a_still_beacons_dot_follows_when_fixes_move_out_of_its_circle() -> None:
    """As when a demo's, or a shop's, nodes come up one after the other: the first fixes are far off and all alike."""
    track = advance(None, fix(30.0, 0.0, 0.0, Motion.STILL), "t", OPEN_FLOOR)
    for tick in range(1, 40):
        track = advance(track, fix(30.0, 0.0, 0.5 * tick, Motion.STILL), "t", OPEN_FLOOR)
    for tick in range(40, 140):
        track = advance(track, fix(0.0, 0.0, 0.5 * tick, Motion.STILL), "t", OPEN_FLOOR)
    assert track.x_m < track.accuracy_radius_m


def test_a_filter_that_runs_is_slowed_to_the_fastest_shopper_in_the_same_direction() -> None:
    track = advance(None, fix(0.0, 0.0, 0.0, covariance_m2=0.01 * np.eye(2)), "t", OPEN_FLOOR)
    for second in range(1, 9):
        track = advance(
            track, fix(9.0 * second, 12.0 * second, second, covariance_m2=0.01 * np.eye(2)), "t", OPEN_FLOOR
        )
    assert track.speed_mps == pytest.approx(FASTEST_MPS)
    assert track.state[3] / track.state[2] == pytest.approx(12 / 9, rel=1e-3)


def settled(at_s: float = 0.0) -> Track:
    """A track at (0, 0) that has stood there for three seconds."""
    track = advance(None, fix(0.0, 0.0, at_s - 3.0, covariance_m2=0.01 * np.eye(2)), "t", OPEN_FLOOR)
    return advance(track, fix(0.0, 0.0, at_s, covariance_m2=0.01 * np.eye(2)), "t", OPEN_FLOOR)


@pytest.mark.parametrize(
    ("motion", "most_mps"),
    [(Motion.MOVING, FASTEST_MPS), (Motion.UNKNOWN, UNPROVEN_MPS), (Motion.STILL, UNPROVEN_MPS)],
)
@pytest.mark.parametrize("wait_s", [0.5, 2.0])
def test_a_dot_goes_toward_the_filter_as_fast_as_its_strengths_allow(
    motion: Motion, most_mps: float, wait_s: float
) -> None:
    track = advance(settled(), fix(300.0, 400.0, wait_s, motion), "t", OPEN_FLOOR)
    assert np.hypot(track.state[0], track.state[1]) > most_mps * wait_s
    way = track.state[:2] / np.hypot(track.state[0], track.state[1])
    assert (track.x_m, track.y_m) == pytest.approx(tuple(most_mps * wait_s * way))


def test_a_dot_goes_no_farther_than_the_filter() -> None:
    track = advance(settled(), fix(0.2, 0.1, 1.0, Motion.MOVING), "t", OPEN_FLOOR)
    assert (track.x_m, track.y_m) == pytest.approx(tuple(track.state[:2]), abs=1e-12)
    assert 0 < track.x_m < 0.2


def test_a_dot_settles_up_to_and_including_the_last_instant_of_it() -> None:
    first = advance(None, fix(0.0, 0.0, 10.0), "t", OPEN_FLOOR)
    within = advance(first, fix(40.0, 0.0, 10.0 + SETTLES_S), "t", OPEN_FLOOR)
    assert within.x_m == within.state[0] > FASTEST_MPS
    beyond = advance(first, fix(40.0, 0.0, 10.25 + SETTLES_S), "t", OPEN_FLOOR)
    assert np.hypot(beyond.x_m, beyond.y_m) == pytest.approx(UNPROVEN_MPS * (0.25 + SETTLES_S))


def test_a_radius_tells_how_far_the_dot_lags_behind_but_at_most_twice_itself() -> None:
    def told_and_own(track: Track) -> tuple[float, float, float]:
        newest_m2 = NEWEST_COUNTS**2 * fix(0.0, 0.0, 1.0).covariance_m2[None]
        both = np.concatenate([track.covariance[None, :2, :2], newest_m2])
        own_m = OPEN_FLOOR.radius_m(both, np.ones(2), np.zeros(2, dtype=np.bool_)).max()
        return track.accuracy_radius_m, own_m, float(np.hypot(track.state[0] - track.x_m, track.state[1] - track.y_m))

    told_m, own_m, lag_m = told_and_own(advance(settled(), fix(0.1, 0.0, 1.0), "t", OPEN_FLOOR))
    assert lag_m < own_m == told_m
    told_m, own_m, lag_m = told_and_own(advance(settled(), fix(3e4, 4e4, 1.0), "t", OPEN_FLOOR))
    assert lag_m > 2 * own_m == pytest.approx(told_m)
    between = [told_and_own(advance(settled(), fix(x, x, 1.0), "t", OPEN_FLOOR)) for x in np.arange(10.0, 4000, 10)]
    between = [one for one in between if one[1] < one[2] < 2 * one[1]]
    assert between
    assert [told_m for told_m, _, _ in between] == pytest.approx([lag_m for _, _, lag_m in between])


def test_a_fix_that_contradicts_itself_widens_the_radius() -> None:
    fine, contradicting = (
        advance(settled(), replace(fix(0.1, 0.0, 1.0), misfit=misfit), "t", OPEN_FLOOR) for misfit in (1.0, 2.5)
    )
    assert contradicting.accuracy_radius_m == pytest.approx(2.5 * fine.accuracy_radius_m)


def test_the_radius_of_a_beacon_that_stands_is_stated_as_one_that_stands() -> None:
    walks, stands = (
        advance(None, fix(0.0, 0.0, 1.0, motion), "t", OPEN_FLOOR) for motion in (Motion.MOVING, Motion.STILL)
    )
    assert stands.covariance == pytest.approx(walks.covariance)
    told = OPEN_FLOOR.radius_m(stands.covariance[None, :2, :2], np.ones(1), np.ones(1, dtype=np.bool_))[0]
    assert stands.accuracy_radius_m == pytest.approx(told)
    assert told > 1.05 * walks.accuracy_radius_m


def test_receivers_that_fall_silent_widen_the_radius_with_the_very_next_fix() -> None:
    sure = advance(settled(), fix(0.1, 0.0, 1.0), "t", OPEN_FLOOR)
    unsure = replace(fix(0.1, 0.0, 1.0), covariance_m2=100.0 * np.eye(2))
    wide = advance(settled(), unsure, "t", OPEN_FLOOR)
    walks = np.zeros(1, dtype=np.bool_)
    newest_m = OPEN_FLOOR.radius_m(NEWEST_COUNTS**2 * unsure.covariance_m2[None], np.ones(1), walks)[0]
    assert wide.accuracy_radius_m == pytest.approx(newest_m)
    assert wide.accuracy_radius_m > 2 * sure.accuracy_radius_m


def test_the_circle_of_a_track_reaches_the_second_place_it_tells() -> None:
    near, far = (
        advance(settled(), replace(fix(0.0, 0.0, 1.0), other_place=OtherPlace(0.0, y_m, 0.3)), "t", OPEN_FLOOR)
        for y_m in (0.5, 40.0)
    )
    assert far.accuracy_radius_m == pytest.approx(np.hypot(far.x_m, 40.0 - far.y_m))
    assert near.accuracy_radius_m == advance(settled(), fix(0.0, 0.0, 1.0), "t", OPEN_FLOOR).accuracy_radius_m


def test_a_track_carries_what_its_last_fix_taught_and_keeps_its_own_beginning() -> None:
    taught = replace(fix(0.1, 0.0, 1.0), other_place=OtherPlace(4.0, 5.0, 0.4), drift=DRIFT, misfit=1.7)
    before = settled()
    for track in (advance(before, taught, "another", OPEN_FLOOR), advance(None, taught, "another", OPEN_FLOOR)):
        assert (track.other_place, track.drift, track.misfit) == (OtherPlace(4.0, 5.0, 0.4), DRIFT, 1.7)
        assert (track.beacon_id, track.at_s, track.last_fix_s) == ("b", 1.0, 1.0)
    track = advance(before, taught, "another", OPEN_FLOOR)
    assert (track.track_id, track.begun_s) == ("t", -3.0)


def test_a_stale_track_begins_anew_with_nothing_of_the_old_one() -> None:
    late_s = 0.1 + STALE_AFTER_S
    anew = advance(settled(), fix(9.0, 8.0, late_s), "new", OPEN_FLOOR)
    assert anew.state == pytest.approx(advance(None, fix(9.0, 8.0, late_s), "new", OPEN_FLOOR).state)
    assert (anew.track_id, anew.begun_s, anew.x_m, anew.y_m) == ("new", late_s, 9.0, 8.0)
    kept = advance(settled(), fix(0.0, 0.0, STALE_AFTER_S), "new", OPEN_FLOOR)
    assert (kept.track_id, kept.begun_s) == ("t", -3.0)


WALLED = FloorEstimator(
    [], None, FloorObstacles(outline=ROOM, walls=((shapely.LineString([(10, 5), (10, 15)]), None),))
)


def beside_the_wall() -> Track:
    sure = 0.01 * np.eye(2)
    track = advance(None, fix(9.0, 6.0, 0.0, covariance_m2=sure), "t", WALLED)
    return advance(track, fix(9.0, 6.0, 3.0, covariance_m2=sure), "t", WALLED)


@pytest.mark.parametrize(
    ("motion", "most_mps"),
    [(Motion.MOVING, FASTEST_MPS), (Motion.UNKNOWN, FASTEST_MPS), (Motion.STILL, UNPROVEN_MPS)],
)
@pytest.mark.parametrize("wait_s", [0.2, 0.4])
def test_a_dot_walks_round_a_wall_as_fast_as_anybody_can_unless_its_beacon_stands_still(
    wait_s: float, motion: Motion, most_mps: float
) -> None:
    before = beside_the_wall()
    after = advance(before, fix(60.0, 6.0, 3.0 + wait_s, motion, 1e-4 * np.eye(2)), "t", WALLED)
    assert after.state[0] > 10.1
    assert np.hypot(after.x_m - before.x_m, after.y_m - before.y_m) == pytest.approx(most_mps * wait_s)
    assert after.y_m < before.y_m
    assert after.x_m < 10


def test_the_filter_may_leave_the_floor_but_its_dot_never_does() -> None:
    outside = advance(None, fix(30.0, 7.0, 0.0), "t", WALLED)
    assert outside.state[0] == pytest.approx(30.0)
    assert 19.9 < outside.x_m < 20.0
    assert outside.y_m == pytest.approx(7.0)
