"""Exact shortest walks the plain way, as a referee: every corner joined with every corner in sight, then Dijkstra.

It shares nothing with ``domain/visibility.py``: no corner is sorted out, and Dijkstra runs from each corner in turn.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from shapely.geometry.base import BaseGeometry

from store_server.domain.floorplan import Floorplan

Floats = NDArray[np.float64]

TOUCH_M = 0.0005
"""A line along a shelf touches it: sight is tested this much nearer to things than walks are."""

LINES_AT_ONCE = 200_000
QUARTER_SEGMENTS = 4


class ExactWalks:
    """Shortest walks that keep a radius from all things, by brute force.

    Parameters
    ----------
    is_round : bool
        Things grown as a body keeps from them, round at their corners, each quarter drawn by ``QUARTER_SEGMENTS`` chords inside
        the arc: then no walk that keeps the radius is shorter than what is found here. Else with corners kept as corners.
    """

    def __init__(self, floorplan: Floorplan, radius_m: float, *, is_round: bool) -> None:
        self._blocked = _grown(floorplan, radius_m - TOUCH_M, is_round)
        shapely.prepare(self._blocked)
        self._at_m = np.unique(shapely.get_coordinates(_grown(floorplan, radius_m, is_round)), axis=0)
        i, j = np.triu_indices(len(self._at_m), 1)
        clear = self._clear(self._at_m[i], self._at_m[j])
        i, j = i[clear], j[clear]
        length_m = np.hypot(*(self._at_m[i] - self._at_m[j]).T)
        n = len(self._at_m)
        self._lengths_m = dijkstra(coo_array((length_m, (i, j)), shape=(n, n)).tocsr(), directed=False)

    def length_m(self, start: Floats, end: Floats) -> float:
        """Of the shortest walk between two places, each of shape (2,)."""
        if self._clear(start[None], end[None])[0]:
            return float(np.hypot(*(end - start)))
        near, near_m = self._seen(start)
        far, far_m = self._seen(end)
        over_m = near_m[:, None] + self._lengths_m[np.ix_(near, far)] + far_m
        return float(over_m.min(initial=np.inf))

    def _seen(self, place: Floats) -> tuple[NDArray[np.int64], Floats]:
        seen = np.flatnonzero(self._clear(np.broadcast_to(place, self._at_m.shape), self._at_m))
        return seen, np.hypot(*(self._at_m[seen] - place).T)

    def _clear(self, starts_m: Floats, ends_m: Floats) -> NDArray[np.bool_]:
        clear = np.empty(len(starts_m), dtype=np.bool_)
        for first in range(0, len(starts_m), LINES_AT_ONCE):
            part = slice(first, first + LINES_AT_ONCE)
            lines = shapely.linestrings(np.stack([starts_m[part], ends_m[part]], axis=1))
            clear[part] = ~shapely.intersects(self._blocked, lines)
        return clear


def _grown(floorplan: Floorplan, by_m: float, is_round: bool) -> BaseGeometry:
    join: Literal["round", "mitre"] = "round" if is_round else "mitre"
    things = [shapely.buffer(it, by_m, join_style=join, quad_segs=QUARTER_SEGMENTS) for it in floorplan.obstacles]
    inside = shapely.buffer(floorplan.outline, -by_m, join_style="mitre")
    around = shapely.buffer(shapely.envelope(floorplan.outline), 1.0, join_style="mitre")
    return shapely.union_all([shapely.difference(around, inside), *things])
