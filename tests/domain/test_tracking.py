from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from store_server.domain.fixes import Motion
from store_server.domain.obstacle_loss import FloorObstacles
from store_server.domain.positioning import Fix, FloorEstimator
from store_server.domain.tracking import (
    FASTEST_MPS,
    SETTLES_S,
    STALE_AFTER_S,
    Step,
    Track,
    advance,
    advance_all,
    is_stale,
)
from store_server.domain.walking_steps import EDGE_M
from tests.domain.shelved_floors import ROOM, fix_at, is_walkable, passes_through_something, shelved_floors

OPEN_FLOOR = FloorEstimator([])


def fix(x: float, y: float, at_s: float, motion: Motion = Motion.UNKNOWN) -> Fix:
    return Fix("b", x, y, 0.8**2 * np.eye(2), 2.0, 5, at_s, motion=motion)


def follow(fixes: list[Fix], floor: FloorObstacles | None = None) -> list[Track]:
    estimator = FloorEstimator([], None, floor)
    track: Track | None = None
    tracks = []
    for one in fixes:
        track = advance(track, one, "t", estimator)
        tracks.append(track)
    return tracks


def test_a_track_begins_at_its_first_fix_standing_still() -> None:
    track = advance(None, fix(3.0, 4.0, 10.0), "pseudonym", OPEN_FLOOR)
    assert (track.track_id, track.beacon_id, track.x_m, track.y_m) == ("pseudonym", "b", 3.0, 4.0)
    assert (track.speed_mps, track.begun_s, track.at_s, track.last_fix_s) == (0.0, 10.0, 10.0, 10.0)
    walks = np.zeros(1, dtype=np.bool_)
    told_m = OPEN_FLOOR.radius_m(track.covariance[None, :2, :2], np.ones(1), walks)[0]
    assert track.accuracy_radius_m == pytest.approx(told_m)


def test_a_walker_is_followed_at_walking_speed() -> None:
    last = follow([fix(0.5 * i, 2.0, 0.5 * i, Motion.MOVING) for i in range(40)])[-1]
    assert last.x_m == pytest.approx(19.5, abs=0.5)
    assert last.speed_mps == pytest.approx(1.0, abs=0.2)
    assert last.track_id == "t"


def test_standing_still_stays_still_under_noisy_fixes() -> None:
    random = np.random.default_rng(4)
    noise = random.normal(0, 0.8, (240, 2))
    tracks = follow([fix(5 + dx, 5 + dy, 0.5 * i, Motion.STILL) for i, (dx, dy) in enumerate(noise)])[20:]
    steps = [np.hypot(b.x_m - a.x_m, b.y_m - a.y_m) for a, b in zip(tracks, tracks[2:], strict=False)]
    raw = np.hypot(*(noise[2:] - noise[:-2]).T)
    assert np.quantile(steps, 0.99) < 1.0
    assert np.median(steps) < np.median(raw) / 3


@settings(max_examples=40)
@given(st.lists(st.tuples(st.floats(-50, 50), st.floats(-50, 50), st.floats(0.1, 3.0)), min_size=2, max_size=20))
def test_no_track_moves_faster_than_a_person(hops: list[tuple[float, float, float]]) -> None:
    at_s, fixes = 0.0, []
    for x, y, wait_s in hops:
        at_s += wait_s
        fixes.append(fix(x, y, at_s))
    tracks = follow(fixes)
    for before, after in pairwise(tracks):
        if after.at_s <= after.begun_s + SETTLES_S:
            continue
        moved_m = np.hypot(after.x_m - before.x_m, after.y_m - before.y_m)
        assert moved_m <= FASTEST_MPS * (after.at_s - before.at_s) + 1e-6
        assert after.speed_mps <= FASTEST_MPS + 1e-9
        assert np.linalg.eigvalsh(after.covariance).min() > 0


def test_one_wild_fix_hardly_moves_the_track_and_widens_its_radius() -> None:
    tracks = follow([fix(5.0, 5.0, 0.5 * i) for i in range(20)] + [fix(25.0, 5.0, 10.0)])
    assert tracks[-1].x_m - tracks[-2].x_m < 1.0
    assert tracks[-1].accuracy_radius_m > tracks[-2].accuracy_radius_m


def test_a_fix_no_later_than_the_track_changes_nothing() -> None:
    track = advance(None, fix(3.0, 4.0, 10.0), "t", OPEN_FLOOR)
    assert advance(track, fix(9.0, 9.0, 10.0), "t", OPEN_FLOOR) is track
    assert advance(track, fix(9.0, 9.0, 9.0), "t", OPEN_FLOOR) is track


def test_a_track_is_stale_without_a_fix_and_begins_anew_after() -> None:
    track = advance(None, fix(3.0, 4.0, 10.0), "old", OPEN_FLOOR)
    assert not is_stale(track, 10.0 + STALE_AFTER_S)
    assert is_stale(track, 10.1 + STALE_AFTER_S)
    assert is_stale(track, float("nan"))
    anew = advance(track, fix(9.0, 9.0, 30.0), "new", OPEN_FLOOR)
    assert (anew.track_id, anew.x_m) == ("new", 9.0)


def test_a_track_keeps_to_the_walkable_area() -> None:
    area = shapely.box(0, 0, 10, 2)
    tracks = follow([fix(0.5 * i, 1.0 + 0.3 * i, 0.5 * i) for i in range(12)], FloorObstacles(walkable_area=area))
    assert all(area.buffer(1e-6).contains(shapely.Point(t.x_m, t.y_m)) for t in tracks)
    assert tracks[-1].y_m == pytest.approx(2.0, abs=2 * EDGE_M)


def test_a_floor_without_walkable_area_keeps_nobody() -> None:
    for floor in (FloorObstacles(), FloorObstacles(walkable_area=shapely.Polygon())):
        assert follow([fix(30.0, 30.0, 1.0)], floor)[0].x_m == 30.0


hostile_fixes = st.lists(
    st.tuples(
        st.tuples(st.floats(-3, 23), st.floats(-3, 18)),
        st.sampled_from([0.1, 0.5, 0.5, 0.5, 2.0, 9.0]),
        st.sampled_from(list(Motion)),
        st.floats(0.05, 5.0),
    ),
    min_size=2,
    max_size=25,
)


@settings(max_examples=80, deadline=None)
@given(shelved_floors(), hostile_fixes)
def test_no_fixes_whatever_lead_a_settled_dot_through_anything(
    floor: FloorObstacles, hops: list[tuple[tuple[float, float], float, Motion, float]]
) -> None:
    at_s, fixes = 0.0, []
    for place, wait_s, motion, sd_m in hops:
        at_s += wait_s
        fixes.append(fix_at(place, at_s, motion, sd_m))
    tracks = follow(fixes, floor)
    assert all(is_walkable(floor, (track.x_m, track.y_m)) for track in tracks)
    for before, after in pairwise(tracks):
        start, end = (before.x_m, before.y_m), (after.x_m, after.y_m)
        if after.at_s > after.begun_s + SETTLES_S and start != end:
            assert not passes_through_something(floor, start, end)


def dot_after(
    floor: FloorObstacles, start: tuple[float, float], goal: tuple[float, float], motion: Motion = Motion.UNKNOWN
) -> tuple[float, float]:
    """Where the dot is a minute and a half after the fixes went from one place to the other and stayed there."""
    last = follow([fix_at(start if i < 10 else goal, 0.5 * i, motion) for i in range(190)], floor)[-1]
    return last.x_m, last.y_m


@pytest.mark.parametrize("motion", list(Motion))
@pytest.mark.parametrize("depth_m", [0.0, 1.0, 2.0, 5.0])
def test_a_dot_on_the_wrong_side_comes_round_also_out_of_a_dead_end(depth_m: float, motion: Motion) -> None:
    dead_end = shapely.LineString([(10 - depth_m, 5), (10, 5), (10, 9), (10 - depth_m, 9)])
    floor = FloorObstacles(outline=ROOM, walls=((dead_end, None),))
    assert dot_after(floor, (9.5, 7.0), (12.0, 7.0), motion) == pytest.approx((12.0, 7.0), abs=0.3)


def test_a_dot_stays_where_there_is_no_way_to_its_fixes() -> None:
    floor = FloorObstacles(outline=ROOM, walls=((shapely.LineString([(10, -1), (10, 16)]), None),))
    x_m, y_m = dot_after(floor, (7.0, 7.0), (13.0, 7.0))
    assert 7.0 <= x_m < 10.0
    assert y_m == pytest.approx(7.0, abs=0.3)


def test_while_a_track_settles_its_dot_may_be_put_on_the_other_side() -> None:
    floor = FloorObstacles(outline=ROOM, walls=((shapely.LineString([(10, 0), (10, 15)]), None),))
    first, second = follow([fix_at((9.0, 7.0), 0.0), fix_at((14.0, 7.0), 0.4)], floor)
    assert first.x_m < 10 < second.x_m


@settings(max_examples=25, deadline=None)
@given(shelved_floors(), st.lists(hostile_fixes, min_size=1, max_size=5))
def test_many_tracks_are_moved_together_as_each_would_be_alone(
    floor: FloorObstacles, beacons: list[list[tuple[tuple[float, float], float, Motion, float]]]
) -> None:
    estimator = FloorEstimator([], None, floor)
    before = [
        advance(None, fix_at(hops[0][0], number * 6.0, hops[0][2]), f"t{number}", estimator)
        for number, hops in enumerate(beacons)
    ]
    steps = [
        Step(track if number % 3 else None, fix_at(hops[1][0], 15.0 + hops[1][1], *hops[1][2:]), "anew")
        for number, (track, hops) in enumerate(zip(before, beacons, strict=True))
    ]
    for step, together in zip(steps, advance_all(steps, estimator), strict=True):
        alone = advance(step.track, step.fix, step.track_id, estimator)
        assert (together.track_id, together.begun_s, together.at_s) == (alone.track_id, alone.begun_s, alone.at_s)
        assert (together.x_m, together.y_m, together.accuracy_radius_m) == pytest.approx(
            (alone.x_m, alone.y_m, alone.accuracy_radius_m), abs=1e-9
        )
        assert together.covariance == pytest.approx(alone.covariance, abs=1e-9)


def test_no_steps_give_no_tracks() -> None:
    assert advance_all([], OPEN_FLOOR) == []
