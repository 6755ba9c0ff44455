from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from store_server.domain.obstacle_loss import FloorObstacles
from store_server.domain.positioning import Fix
from store_server.domain.tracking import FASTEST_MPS, STALE_AFTER_S, Track, advance, is_stale


def fix(x: float, y: float, at_s: float, radius_m: float = 2.0, sd_m: float = 0.8) -> Fix:
    return Fix("b", x, y, sd_m**2 * np.eye(2), radius_m, 5, at_s)


def follow(fixes: list[Fix], floor: FloorObstacles | None = None) -> list[Track]:
    track: Track | None = None
    tracks = []
    for one in fixes:
        track = advance(track, one, "t", floor)
        tracks.append(track)
    return tracks


def test_a_track_begins_at_its_first_fix_standing_still() -> None:
    track = advance(None, fix(3.0, 4.0, 10.0), "pseudonym")
    assert (track.track_id, track.beacon_id, track.x_m, track.y_m) == ("pseudonym", "b", 3.0, 4.0)
    assert (track.vx_mps, track.vy_mps, track.at_s, track.last_fix_s) == (0.0, 0.0, 10.0, 10.0)
    assert track.accuracy_radius_m == 2.0


def test_a_walker_is_followed_at_walking_speed() -> None:
    last = follow([fix(0.5 * i, 2.0, 0.5 * i) for i in range(40)])[-1]
    assert last.x_m == pytest.approx(19.5, abs=0.5)
    assert last.vx_mps == pytest.approx(1.0, abs=0.2)
    assert last.track_id == "t"


def test_standing_still_stays_still_under_noisy_fixes() -> None:
    random = np.random.default_rng(4)
    noise = random.normal(0, 0.8, (240, 2))
    tracks = follow([fix(5 + dx, 5 + dy, 0.5 * i) for i, (dx, dy) in enumerate(noise)])[20:]
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
    for before, after in zip(follow(fixes), follow(fixes)[1:], strict=False):
        moved_m = np.hypot(after.x_m - before.x_m, after.y_m - before.y_m)
        assert moved_m <= FASTEST_MPS * (after.at_s - before.at_s) + 1e-6
        assert np.hypot(after.vx_mps, after.vy_mps) <= FASTEST_MPS + 1e-9
        assert np.linalg.eigvalsh(after.covariance).min() > 0


def test_one_wild_fix_hardly_moves_the_track_and_widens_its_radius() -> None:
    tracks = follow([fix(5.0, 5.0, 0.5 * i) for i in range(20)] + [fix(25.0, 5.0, 10.0)])
    assert tracks[-1].x_m - tracks[-2].x_m < 1.0
    assert tracks[-1].accuracy_radius_m > tracks[-2].accuracy_radius_m


def test_a_fix_no_later_than_the_track_changes_nothing() -> None:
    track = advance(None, fix(3.0, 4.0, 10.0), "t")
    assert advance(track, fix(9.0, 9.0, 10.0), "t") is track
    assert advance(track, fix(9.0, 9.0, 9.0), "t") is track


def test_a_track_is_stale_without_a_fix_and_begins_anew_after() -> None:
    track = advance(None, fix(3.0, 4.0, 10.0), "old")
    assert not is_stale(track, 10.0 + STALE_AFTER_S)
    assert is_stale(track, 10.1 + STALE_AFTER_S)
    assert is_stale(track, float("nan"))
    anew = advance(track, fix(9.0, 9.0, 30.0), "new")
    assert (anew.track_id, anew.x_m) == ("new", 9.0)


def test_a_track_keeps_to_the_walkable_area() -> None:
    area = shapely.box(0, 0, 10, 2)
    tracks = follow([fix(0.5 * i, 1.0 + 0.3 * i, 0.5 * i) for i in range(12)], FloorObstacles(walkable_area=area))
    assert all(area.buffer(1e-6).contains(shapely.Point(t.x_m, t.y_m)) for t in tracks)
    assert tracks[-1].y_m == pytest.approx(2.0, abs=1e-6)


def test_a_floor_without_walkable_area_keeps_nobody() -> None:
    for floor in (FloorObstacles(), FloorObstacles(walkable_area=shapely.Polygon())):
        assert follow([fix(30.0, 30.0, 1.0)], floor)[0].x_m == 30.0
