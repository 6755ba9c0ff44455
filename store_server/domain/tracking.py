"""From fixes to a track: a constant-velocity Kalman filter that gates what cannot be, and stays still with who stands still."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from store_server.domain.positioning import Fix

Floats = NDArray[np.float64]

ACCELERATION_SD_MPS2 = 0.35
"""How hard a shopper starts, stops and turns: strolling, not running."""

FASTEST_MPS = 2.5
"""Hurrying through an aisle. A dot that moves faster is wrong whatever the radio says."""

GATE = 13.8
"""Squared deviation (chi-squared, two degrees, 99.9 %) beyond which a fix counts far less: it is an outlier or a turn."""

STALE_AFTER_S = 10.0
"""Without a fix for this long a track is over: guidance from it would send people wrong."""

CORRELATION = 3.0
"""Successive fixes share most of their window, so each brings a third of the news its covariance claims."""

MOST_JITTER_M2 = 4.0
"""The rest of a large covariance is one lasting error of the model, the same in the next fix: waiting does not average it out."""


class WalkableFloor(Protocol):
    """What tracking asks of a floorplan."""

    @property
    def walkable_area(self) -> BaseGeometry | None: ...


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """The motion of one beacon.

    Attributes
    ----------
    track_id : str
        A pseudonym.
    beacon_id : str
    x_m, y_m, vx_mps, vy_mps : float
    covariance : ndarray, shape (4, 4)
        Of x, y, vx, vy.
    accuracy_radius_m : float
        95 %.
    at_s, last_fix_s : float
    """

    track_id: str
    beacon_id: str
    x_m: float
    y_m: float
    vx_mps: float
    vy_mps: float
    covariance: Floats
    accuracy_radius_m: float
    at_s: float
    last_fix_s: float


def is_stale(track: Track, now_s: float) -> bool:
    """Whether the track has gone without a fix for too long to be shown or acted on."""
    return not now_s - track.last_fix_s <= STALE_AFTER_S


def advance(track: Track | None, fix: Fix, track_id: str, floorplan: WalkableFloor | None = None) -> Track:
    """Move a track by a fix; begin one where there is none, or where it is stale.

    Parameters
    ----------
    track : Track or None
    fix : Fix
    track_id : str
        Of a track that begins here.
    floorplan : floorplan or None
        The track is kept on its walkable area.

    Returns
    -------
    Track
        A fix no later than the track changes nothing.
    """
    if track is None or is_stale(track, fix.at_s):
        return _begin(fix, track_id, floorplan)
    elapsed_s = fix.at_s - track.at_s
    if elapsed_s <= 0:
        return track
    state, covariance = _predict(track, elapsed_s)
    spread_m2 = float(np.trace(fix.covariance_m2)) / 2
    noise = fix.covariance_m2 * min(CORRELATION, MOST_JITTER_M2 / max(spread_m2, 1e-6)) + 0.05 * np.eye(2)
    deviation = np.array([fix.x_m, fix.y_m]) - state[:2]
    expected = covariance[:2, :2] + noise
    surprise = float(deviation @ np.linalg.solve(expected, deviation))
    if surprise > GATE:
        noise = noise * (surprise / GATE)
        expected = covariance[:2, :2] + noise
    gain = np.linalg.solve(expected, covariance[:2, :]).T
    state = state + gain @ deviation
    keep = np.eye(4) - gain @ np.eye(2, 4)
    covariance = keep @ covariance @ keep.T + gain @ noise @ gain.T
    x, y = _no_faster_than_a_person(track, state, elapsed_s)
    x, y = _kept_walkable(x, y, floorplan)
    speed = float(np.hypot(state[2], state[3]))
    slowed = min(1.0, FASTEST_MPS / speed) if speed > 0 else 1.0
    shift_m = float(np.hypot(fix.x_m - x, fix.y_m - y))
    return Track(
        track.track_id,
        track.beacon_id,
        x,
        y,
        float(state[2] * slowed),
        float(state[3] * slowed),
        covariance,
        max(fix.accuracy_radius_m, min(shift_m, 2 * fix.accuracy_radius_m)),
        fix.at_s,
        fix.at_s,
    )


def _begin(fix: Fix, track_id: str, floorplan: WalkableFloor | None) -> Track:
    covariance = np.zeros((4, 4))
    covariance[:2, :2] = fix.covariance_m2
    covariance[2, 2] = covariance[3, 3] = 0.5
    x, y = _kept_walkable(fix.x_m, fix.y_m, floorplan)
    return Track(track_id, fix.beacon_id, x, y, 0.0, 0.0, covariance, fix.accuracy_radius_m, fix.at_s, fix.at_s)


def _predict(track: Track, elapsed_s: float) -> tuple[Floats, Floats]:
    step = np.eye(4)
    step[0, 2] = step[1, 3] = elapsed_s
    push = np.array([[elapsed_s**2 / 2, 0], [0, elapsed_s**2 / 2], [elapsed_s, 0], [0, elapsed_s]])
    state = step @ np.array([track.x_m, track.y_m, track.vx_mps, track.vy_mps])
    return state, step @ track.covariance @ step.T + ACCELERATION_SD_MPS2**2 * push @ push.T


def _no_faster_than_a_person(track: Track, state: Floats, elapsed_s: float) -> tuple[float, float]:
    moved = np.array([state[0] - track.x_m, state[1] - track.y_m])
    length = float(np.hypot(*moved))
    shortened = min(1.0, FASTEST_MPS * elapsed_s / length) if length > 0 else 1.0
    return track.x_m + float(moved[0]) * shortened, track.y_m + float(moved[1]) * shortened


def _kept_walkable(x_m: float, y_m: float, floorplan: WalkableFloor | None) -> tuple[float, float]:
    area = None if floorplan is None else floorplan.walkable_area
    if area is None or area.is_empty or shapely.intersects_xy(area, x_m, y_m):
        return x_m, y_m
    near, _ = shapely.get_coordinates(shapely.shortest_line(area, shapely.Point(x_m, y_m)))
    return float(near[0]), float(near[1])
