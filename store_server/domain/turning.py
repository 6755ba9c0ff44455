"""Ahead, left, right or back: where a path leads first, for somebody who faces a given way."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Literal

Turn = Literal["ahead", "left", "right", "back"]

LOOK_AHEAD_M = 1.5
"""The turn is read off where the path is after this length: its first centimetres point anywhere."""
TURN_MARGIN_DEG = 15.0
"""By how much a turn must be wrong before another is told."""

_CENTRES_DEG: Mapping[Turn, float] = {"ahead": 0.0, "right": 90.0, "back": 180.0, "left": 270.0}
_HALF_SECTOR_DEG = 45.0


def first_bearing_deg(points_m: Sequence[tuple[float, float]]) -> float | None:
    """The bearing from a path's start to where it is after ``LOOK_AHEAD_M``, in degrees clockwise from north.

    None for a path of no length.

    >>> first_bearing_deg([(0.0, 0.0), (4.0, 0.0)])
    90.0
    >>> first_bearing_deg([]) is None
    True
    """
    if not points_m:
        return None
    left_m = LOOK_AHEAD_M
    x_m, y_m = points_m[0]
    for (ax, ay), (bx, by) in pairwise(points_m):
        step_m = math.hypot(bx - ax, by - ay)
        share = 1.0 if step_m <= left_m else left_m / step_m
        x_m, y_m = ax + (bx - ax) * share, ay + (by - ay) * share
        left_m -= step_m
        if left_m <= 0:
            break
    east_m, north_m = x_m - points_m[0][0], y_m - points_m[0][1]
    if math.hypot(east_m, north_m) < 1e-6:
        return None
    return math.degrees(math.atan2(east_m, north_m))


def turn_towards(angle_deg: float, kept: Turn | None = None) -> Turn:
    """The turn that leads ``angle_deg`` clockwise from straight ahead.

    Parameters
    ----------
    angle_deg : float
        Any number of degrees.
    kept : str or None
        The turn told before: it stays while it is wrong by less than ``TURN_MARGIN_DEG``.

    Examples
    --------
    >>> turn_towards(50.0), turn_towards(50.0, kept="ahead"), turn_towards(-90.0)
    ('right', 'ahead', 'left')
    """
    if kept is not None and _apart_deg(_CENTRES_DEG[kept], angle_deg) <= _HALF_SECTOR_DEG + TURN_MARGIN_DEG:
        return kept
    return min(_CENTRES_DEG, key=lambda turn: _apart_deg(_CENTRES_DEG[turn], angle_deg))


def _apart_deg(one_deg: float, other_deg: float) -> float:
    return abs((one_deg - other_deg + 180.0) % 360.0 - 180.0)
