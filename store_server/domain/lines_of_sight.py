"""Whether a body's middle can go straight from one place to another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from store_server.domain.floor_shapes import Shapes, grown_cut, grown_round
from store_server.domain.round_corners import Floats

LINES_AT_ONCE = 100_000
"""Bounds the memory of one vectorised sight test to some 50 MB."""

LONG_SIDE_M = 1.0
"""Sides of shelves are longer, pieces of cut corners shorter."""

WIDE_SIDES = 48
"""So many of the long sides, the widest as seen from a place, hide seven of eight lines from it in a demo hypermarket. All of its
379 would hide little more, and take longer than the exact test of what is left."""

CROSSING_M2 = 1e-9
"""Lines that cross a side by less than rounding are left to the exact test."""


@dataclass(frozen=True, slots=True, eq=False)
class Blocked:
    """The edge of what the middle of a body must not touch: who starts outside and never meets it stays outside.

    Attributes
    ----------
    roughly : prepared lines
        Of a part of it with few corners: most lines meet it, and are told so in a fifth of the time.
    wholly : prepared lines
    begins_m, along_m : ndarray, shape (S, 2)
        The long sides of ``roughly``: where they begin, and from there to where they end.
    """

    roughly: BaseGeometry
    wholly: BaseGeometry
    begins_m: Floats
    along_m: Floats


def blocked_by(
    outline: BaseGeometry, obstacles: Sequence[BaseGeometry], clearance_m: float, stray_m: float
) -> tuple[BaseGeometry, Blocked]:
    """Everything a body's middle must not touch, as far outside the outline as a path could stray; and the edge of it."""
    min_x, min_y, max_x, max_y = outline.bounds
    around = shapely.box(min_x - stray_m, min_y - stray_m, max_x + stray_m, max_y + stray_m)
    things = np.array(obstacles, dtype=object)

    def all_of(inner: BaseGeometry, grown: Shapes) -> BaseGeometry:
        return shapely.disjoint_subset_union_all([shapely.difference(around, inner), *grown])

    area = all_of(grown_round(outline, -clearance_m), grown_round(things, clearance_m))
    roughly = shapely.boundary(all_of(grown_cut(outline, -clearance_m), grown_cut(things, clearance_m)))
    wholly = shapely.boundary(area)
    shapely.prepare([area, roughly, wholly])
    corners_m, of_line = shapely.get_coordinates(shapely.get_parts(roughly), return_index=True)
    along_m = np.diff(corners_m, axis=0)
    is_long = (np.diff(of_line) == 0) & (np.hypot(along_m[:, 0], along_m[:, 1]) > LONG_SIDE_M)
    return area, Blocked(roughly, wholly, corners_m[:-1][is_long], along_m[is_long])


def are_clear(blocked: Blocked, starts_m: Floats, ends_m: Floats) -> NDArray[np.bool_]:
    """Whether each straight line misses what is blocked.

    Parameters
    ----------
    blocked : Blocked
    starts_m, ends_m : ndarray, shape (L, 2)
        Places outside it.
    """
    clear = np.empty(len(starts_m), dtype=np.bool_)
    for first in range(0, len(starts_m), LINES_AT_ONCE):
        part = slice(first, first + LINES_AT_ONCE)
        lines = np.asarray(shapely.linestrings(np.stack([starts_m[part], ends_m[part]], axis=1)))
        is_clear = ~np.asarray(shapely.intersects(blocked.roughly, lines), dtype=np.bool_)
        is_clear[is_clear] = ~shapely.intersects(blocked.wholly, lines[is_clear])
        clear[part] = is_clear
    return clear


def are_clear_from(blocked: Blocked, point_m: Floats, ends_m: Floats) -> NDArray[np.bool_]:
    """The same for many lines from one place; quicker, as one long side hides many of them.

    Parameters
    ----------
    blocked : Blocked
    point_m : ndarray, shape (2,)
    ends_m : ndarray, shape (L, 2)
    """
    clear = ~_are_behind_a_side(blocked, point_m, ends_m)
    left_m = ends_m[clear]
    clear[clear] = are_clear(blocked, np.broadcast_to(point_m, left_m.shape), left_m)
    return clear


def _are_behind_a_side(blocked: Blocked, point_m: Floats, ends_m: Floats) -> NDArray[np.bool_]:
    """Whether a wide side lies across the way; no for some lines it does lie across, never yes for others."""
    begins_m = blocked.begins_m - point_m
    ends_of_m = begins_m + blocked.along_m
    area_m2 = begins_m[:, 0] * blocked.along_m[:, 1] - begins_m[:, 1] * blocked.along_m[:, 0]
    if len(area_m2) > WIDE_SIDES:
        # The square of the sine of the angle a side is seen at.
        wide = area_m2**2 / np.maximum((begins_m**2).sum(axis=1) * (ends_of_m**2).sum(axis=1), CROSSING_M2**2)
        widest = np.argpartition(wide, -WIDE_SIDES)[-WIDE_SIDES:]
        begins_m, ends_of_m, area_m2 = begins_m[widest], ends_of_m[widest], area_m2[widest]
    is_left = (area_m2 < 0)[:, None]
    right_m, left_m = np.where(is_left, ends_of_m, begins_m), np.where(is_left, begins_m, ends_of_m)
    x_m, y_m = (ends_m - point_m).T
    past_right_m2 = right_m @ np.stack([y_m, -x_m])
    before_left_m2 = left_m @ np.stack([-y_m, x_m])
    is_between = (past_right_m2 > CROSSING_M2) & (before_left_m2 > CROSSING_M2)
    is_beyond = past_right_m2 + before_left_m2 > np.abs(area_m2)[:, None] + CROSSING_M2
    return np.asarray((is_between & is_beyond).any(axis=0))
