"""Exact shortest walks the plain way, as a referee: a round body's corners drawn finely, each joined with all it sees.

It shares nothing with the product's: no arc is known to it, its corners are points, and Dijkstra runs anew for each walk.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra
from shapely.geometry.base import BaseGeometry

from store_server.domain.floorplan import Floorplan

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

TOUCH_M = 0.0005
"""A line along a shelf touches it: sight is tested this much nearer to things than walks are."""

LINES_AT_ONCE = 200_000
QUARTER_SEGMENTS = 16
"""Chords for each quarter of a circle, inside it: no walk that keeps the radius is shorter than what is found here."""

ASIDE_M2 = -1e-9


class ExactWalks:
    """Shortest walks that keep a radius from all things."""

    def __init__(self, floorplan: Floorplan, radius_m: float) -> None:
        self._blocked = _grown(floorplan, radius_m - TOUCH_M)
        shapely.prepare(self._blocked)
        self._at_m, self._before_m, self._after_m = _corners(_grown(floorplan, radius_m))
        n = len(self._at_m)
        pairs: list[Indices] = [np.empty((0, 2), dtype=np.int64)]
        for i in range(n - 1):
            others = np.arange(i + 1, n)
            grazes = self._grazes(self._at_m[i], others)
            grazes[grazes] = self._grazes(self._at_m[others[grazes]], np.full(int(grazes.sum()), i))
            pairs.append(np.stack([np.full(int(grazes.sum()), i), others[grazes]], axis=1))
        i, j = np.concatenate(pairs).T
        clear = self._clear(self._at_m[i], self._at_m[j])
        i, j = i[clear], j[clear]
        length_m = np.tile(np.hypot(*(self._at_m[i] - self._at_m[j]).T), 2)
        both = (np.concatenate([i, j]), np.concatenate([j, i]))
        self._graph: csr_array = coo_array((length_m, both), shape=(n, n)).tocsr()

    def length_m(self, start: Floats, end: Floats) -> float:
        """Of the shortest walk between two places, each of shape (2,); infinite where there is none."""
        if self._clear(start[None], end[None])[0]:
            return float(np.hypot(*(end - start)))
        near, near_m = self._seen(start)
        far, far_m = self._seen(end)
        n = len(self._at_m)
        joined = csr_array(
            (
                np.concatenate([self._graph.data, near_m]),
                np.concatenate([self._graph.indices, near]),
                np.append(self._graph.indptr, self._graph.nnz + len(near)),
            ),
            shape=(n + 1, n + 1),
        )
        return float((dijkstra(joined, indices=[n])[0, far] + far_m).min(initial=np.inf))

    def _seen(self, place: Floats) -> tuple[Indices, Floats]:
        seen = np.flatnonzero(self._grazes(place, np.arange(len(self._at_m))))
        seen = seen[self._clear(np.broadcast_to(place, (len(seen), 2)), self._at_m[seen])]
        return seen, np.hypot(*(self._at_m[seen] - place).T)

    def _grazes(self, places_m: Floats, corners: Indices) -> NDArray[np.bool_]:
        """Whether lines from places only graze these corners, both edges to one side: no shortest walk bends round others."""
        way = self._at_m[corners] - places_m
        before = _cross(way, self._before_m[corners] - self._at_m[corners])
        after = _cross(way, self._after_m[corners] - self._at_m[corners])
        return np.asarray(before * after >= ASIDE_M2)

    def _clear(self, starts_m: Floats, ends_m: Floats) -> NDArray[np.bool_]:
        clear = np.empty(len(starts_m), dtype=np.bool_)
        for first in range(0, len(starts_m), LINES_AT_ONCE):
            part = slice(first, first + LINES_AT_ONCE)
            lines = shapely.linestrings(np.stack([starts_m[part], ends_m[part]], axis=1))
            clear[part] = ~shapely.intersects(self._blocked, lines)
        return clear


def _corners(blocked: BaseGeometry) -> tuple[Floats, Floats, Floats]:
    """All corners that stick out of what is blocked, and those before and after them on its edge, each of shape (N, 2)."""
    found: list[Floats] = [np.empty((0, 6))]
    for polygon in shapely.get_parts(shapely.orient_polygons(blocked)).tolist():
        for ring in [polygon.exterior, *polygon.interiors]:
            at = shapely.get_coordinates(ring)[:-1]
            before, after = np.roll(at, 1, axis=0), np.roll(at, -1, axis=0)
            sticks_out = _cross(at - before, after - at) > 0
            found.append(np.hstack([at, before, after])[sticks_out])
    at_m, before_m, after_m = np.hsplit(np.concatenate(found), 3)
    return at_m, before_m, after_m


def _cross(a: Floats, b: Floats) -> Floats:
    crossed: Floats = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    return crossed


def _grown(floorplan: Floorplan, by_m: float) -> BaseGeometry:
    things = [shapely.buffer(it, by_m, quad_segs=QUARTER_SEGMENTS) for it in floorplan.obstacles]
    inside = shapely.buffer(floorplan.outline, -by_m, quad_segs=QUARTER_SEGMENTS)
    around = shapely.buffer(shapely.envelope(floorplan.outline), 1.0, join_style="mitre")
    return shapely.union_all([shapely.difference(around, inside), *things])
