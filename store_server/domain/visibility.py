"""Which corners a walker can see, and the shortest ways between all of them.

A shortest path among obstacles is straight except where it bends round a corner that sticks out into the floor. So the
corners are the nodes, the sight lines between them the edges, and every path is: start, some corners, end. Nothing is
rasterised: the result is exact for the floor it is given.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import shortest_path
from shapely.geometry.base import BaseGeometry

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

LINES_AT_ONCE = 100_000
"""Bounds the memory of one vectorised sight test to some 50 MB."""

STRAIGHT_M2 = 1e-9
"""Cross products below this are taken as straight on."""


@dataclass(frozen=True, slots=True, eq=False)
class Corners:
    """The corners of a floor that stick out into it.

    Attributes
    ----------
    at_m, before_m, after_m : ndarray, shape (N, 2)
        Each corner and its neighbours along the ring, the floor to the left.
    """

    at_m: Floats
    before_m: Floats
    after_m: Floats

    def __len__(self) -> int:
        return len(self.at_m)


def corners_of(floor: BaseGeometry) -> Corners:
    """The corners a path can bend round.

    >>> len(corners_of(shapely.box(0, 0, 1, 1)))
    0
    >>> len(corners_of(shapely.box(0, 0, 9, 9) - shapely.box(3, 3, 4, 4)))
    4
    """
    at: list[Floats] = []
    before: list[Floats] = []
    after: list[Floats] = []
    for polygon in shapely.get_parts(shapely.orient_polygons(floor)).tolist():
        for ring in [polygon.exterior, *polygon.interiors]:
            here = shapely.get_coordinates(ring)[:-1]
            previous, following = np.roll(here, 1, axis=0), np.roll(here, -1, axis=0)
            bends_right = _cross(here - previous, following - here) < -STRAIGHT_M2
            at.append(here[bends_right])
            before.append(previous[bends_right])
            after.append(following[bends_right])
    if not at:
        return Corners(*(np.empty((0, 2)) for _ in range(3)))
    return Corners(np.concatenate(at), np.concatenate(before), np.concatenate(after))


def are_clear(blocked: BaseGeometry, starts_m: Floats, ends_m: Floats) -> NDArray[np.bool_]:
    """Whether each straight line misses what is blocked.

    Parameters
    ----------
    blocked : prepared geometry
    starts_m, ends_m : ndarray, shape (L, 2)
    """
    clear = np.empty(len(starts_m), dtype=np.bool_)
    for first in range(0, len(starts_m), LINES_AT_ONCE):
        part = slice(first, first + LINES_AT_ONCE)
        lines = shapely.linestrings(np.stack([starts_m[part], ends_m[part]], axis=1))
        clear[part] = ~shapely.intersects(blocked, lines)
    return clear


def seen_from(point_m: Floats, corners: Corners, blocked: BaseGeometry) -> Indices:
    """The corners seen from a place that a shortest path could bend round next.

    Parameters
    ----------
    point_m : ndarray, shape (2,)
    """
    useful = np.flatnonzero(_bends(corners.at_m - point_m, corners, np.arange(len(corners))))
    starts_m = np.broadcast_to(point_m, (len(useful), 2))
    return useful[are_clear(blocked, starts_m, corners.at_m[useful])]


def all_ways(corners: Corners, blocked: BaseGeometry) -> tuple[Floats, NDArray[np.int32]]:
    """Shortest ways between all corners.

    Returns
    -------
    lengths_m : ndarray, shape (N, N)
        Infinite where there is no way.
    via : ndarray of int, shape (N, N)
        ``via[i, j]`` is the corner before j on the way from i; negative where there is none.
    """
    n = len(corners)
    if n == 0:
        return np.empty((0, 0)), np.empty((0, 0), dtype=np.int32)
    pairs: list[Indices] = []
    for i in range(n - 1):
        others = np.arange(i + 1, n)
        way = corners.at_m[others] - corners.at_m[i]
        useful = _bends(way, corners, others) & _bends(way, corners, np.full(n - 1 - i, i))
        pairs.append(np.stack([np.full(int(useful.sum()), i), others[useful]], axis=1))
    pair = np.concatenate(pairs) if pairs else np.empty((0, 2), dtype=np.int64)
    starts_m, ends_m = corners.at_m[pair[:, 0]], corners.at_m[pair[:, 1]]
    clear = are_clear(blocked, starts_m, ends_m)
    i, j = pair[clear].T
    # SciPy takes a stored zero for "no edge": corners that coincide are joined by a millionth of a millimetre.
    length_m = np.maximum(np.hypot(*(ends_m - starts_m)[clear].T), 1e-9)
    graph = coo_array((length_m, (i, j)), shape=(n, n)).tocsr()
    lengths_m, via = shortest_path(graph, method="D", directed=False, return_predecessors=True)
    return lengths_m, via.astype(np.int32)


def _bends(way: Floats, corners: Corners, at: Indices) -> NDArray[np.bool_]:
    """Whether a line in direction ``way`` through a corner only grazes it: both neighbours lie to one side.

    A line that runs into the obstacle behind the corner, or away from it, is never part of a shortest path that bends there.
    """
    here = corners.at_m[at]
    one = _cross(way, corners.before_m[at] - here)
    other = _cross(way, corners.after_m[at] - here)
    return ~(((one > STRAIGHT_M2) & (other < -STRAIGHT_M2)) | ((one < -STRAIGHT_M2) & (other > STRAIGHT_M2)))


def _cross(a: Floats, b: Floats) -> Floats:
    return np.asarray(a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0])
