"""A path as straights: what a person walks without turning, and the turns between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float]
Floats = NDArray[np.float64]

SHORT_M = 2.0
"""Of two turns less than this apart a person makes one."""
LAST_M = 1.5
"""Who is so near to the shelf has it on a side and need not turn first."""
SAME_WAY_DEG = 35.0
"""A bend by less is no turn to speak of."""


@dataclass(frozen=True, slots=True)
class Straight:
    """A stretch a person walks without turning: from one vertex of the path to another."""

    first: int
    last: int
    turned_deg: float
    """Clockwise, from the straight before, over all vertices between; 0 for the first."""


def corners_along(points_m: Sequence[Point]) -> Floats:
    """The path without places that come twice in a row, shape (C, 2)."""
    corners = np.asarray(points_m, dtype=np.float64)
    is_new = np.concatenate([[True], np.hypot(*np.diff(corners, axis=0).T) > 1e-6])
    return np.asarray(corners[is_new])


def straights_of(corners: Floats) -> list[Straight]:
    """The path's segments, joined until each but the first and the last is worth a turn of its own."""
    steps = np.diff(corners, axis=0)
    bearings = np.degrees(np.arctan2(steps[:, 0], steps[:, 1]))
    bends = (np.diff(bearings, prepend=bearings[0]) + 180.0) % 360.0 - 180.0
    straights = [Straight(i, i + 1, float(bend)) for i, bend in enumerate(bends)]
    while (joined := _joined(straights, corners)) != straights:
        straights = joined
    return straights


def _joined(straights: list[Straight], corners: Floats) -> list[Straight]:
    """The same after the first step that makes them one fewer."""
    if len(straights) > 1 and chord_m(straights[0], corners) < SHORT_M:
        return [replace(straights[1], first=0, turned_deg=0.0), *straights[2:]]  # stepping away from the kiosk
    for i in range(1, len(straights)):
        before, after = straights[i - 1], straights[i]
        if abs(after.turned_deg) < SAME_WAY_DEG:
            bend_deg = after.turned_deg
            merged = [replace(before, last=after.last)]
            # What the joined stretch bends by must not be lost: the next turn is counted from its end.
            rest = [replace(s, turned_deg=s.turned_deg + bend_deg) for s in straights[i + 1 : i + 2]]
            return [*straights[: i - 1], *merged, *rest, *straights[i + 2 :]]
        is_last = i == len(straights) - 1
        if is_last and chord_m(after, corners) < LAST_M:
            return [*straights[:-2], replace(before, last=after.last)]
        if not is_last and chord_m(after, corners) < SHORT_M:
            following = straights[i + 1]
            merged = [replace(following, first=after.first, turned_deg=after.turned_deg + following.turned_deg)]
            return [*straights[:i], *merged, *straights[i + 2 :]]
    return straights


def chord_m(straight: Straight, corners: Floats) -> float:
    return float(np.hypot(*(corners[straight.last] - corners[straight.first])))
