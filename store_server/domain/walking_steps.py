"""How a dot gets from one place to the next the way a person would: round the end of a gondola, never through it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from store_server.domain.fixes import Floats
from store_server.domain.obstacle_loss import FloorObstacles
from store_server.domain.search_places import cells_within

HALF_WALL_M = 0.05
"""Walls drawn as lines are given this much body on both sides."""

EDGE_M = 0.01
"""Dots stay this far inside what can be walked on, so that rounding puts none beyond it."""

FARTHEST_WAY_M = 60.0
"""A way round that is longer is not looked for: the dot waits where it is, and its radius says so."""

NEAR_DETOUR_M = 7.0
"""Most ways round are longer than the straight one by less: the end of a gondola. A search that stops there costs a fifth."""

AROUND_M = 5.0
"""Without an outline, ways round are looked for this far about what stands on the floor."""

ENDLESS_M = 1e5
"""Half the side of a floor without an outline."""

TRIED_CELLS = 9
"""The nearest cells of a place; one of them can be seen from it unless it is walled in."""


class WalkingSteps:
    """Steps on one floor.

    Parameters
    ----------
    floor : FloorObstacles
        Without walls, fixtures and outline every step is straight.
    """

    def __init__(self, floor: FloorObstacles) -> None:
        self._area = _free_area(floor)
        self._inside = None if self._area is None else shapely.buffer(self._area, -EDGE_M)
        self._ways: _Ways | None = None
        for shape in (self._area, self._inside):
            if shape is not None:
                shapely.prepare(shape)

    def kept_walkable(self, xy_m: Floats) -> Floats:
        """Each place, shape (B, 2), or the nearest one that can be walked on."""
        if self._inside is None or shapely.is_empty(self._inside) or len(xy_m) == 0:
            return xy_m
        outside = np.flatnonzero(~shapely.intersects_xy(self._inside, xy_m[:, 0], xy_m[:, 1]))
        if len(outside) == 0:
            return xy_m
        nearest = shapely.shortest_line(self._inside, shapely.points(xy_m[outside]))
        kept = xy_m.copy()
        kept[outside] = shapely.get_coordinates(nearest)[::2]
        return kept

    def are_blocked(self, from_xy_m: Floats, to_xy_m: Floats) -> NDArray[np.bool_]:
        """Whether something stands in the straight step between each pair of places, shape (B,)."""
        if self._area is None or len(from_xy_m) == 0:
            return np.zeros(len(from_xy_m), dtype=bool)
        steps = shapely.linestrings(np.stack([from_xy_m, to_xy_m], axis=1))
        return np.logical_not(np.asarray(shapely.covers(self._area, steps), dtype=np.bool_))

    def toward(self, from_xy_m: Floats, to_xy_m: Floats, length_m: float) -> Floats:
        """Where someone who walks from one place to another, round what is in the way, is after ``length_m``, shape (2,).

        No farther than the first corner, so that the step itself is straight and free. Stays where it is when there is no way
        within ``FARTHEST_WAY_M``.
        """
        if self._ways is None:
            self._ways = self._prepared_ways()
        way = self._ways.between(from_xy_m, to_xy_m, self)
        if not way:
            return from_xy_m
        places = np.array([*way, to_xy_m])
        # The way zigzags from cell to cell; one walks straight to the farthest place of it that can be seen.
        seen = np.flatnonzero(~self.are_blocked(np.broadcast_to(from_xy_m, places.shape), places))
        if len(seen) == 0:
            return from_xy_m
        step = places[seen[-1]] - from_xy_m
        return np.asarray(from_xy_m + step * min(1.0, length_m / max(float(np.hypot(*step)), 1e-9)))

    def _prepared_ways(self) -> _Ways:
        assert self._area is not None  # noqa: S101 (nothing is blocked without)
        assert self._inside is not None  # noqa: S101
        within: BaseGeometry = self._inside
        if float(within.bounds[2]) >= ENDLESS_M / 2:
            around = shapely.difference(shapely.box(*within.bounds), within)
            west, south, east, north = around.bounds
            within = within.intersection(
                shapely.box(west - AROUND_M, south - AROUND_M, east + AROUND_M, north + AROUND_M)
            )
        xy, cell_m = cells_within(within)
        tree = cKDTree(xy)
        pairs = tree.query_pairs(cell_m * 1.5, output_type="ndarray")
        # Far from any edge nothing can be in the way.
        near = np.asarray(shapely.dwithin(self._area.boundary, shapely.points(xy), cell_m * 1.5), dtype=np.bool_)
        doubtful = near[pairs[:, 0]] & near[pairs[:, 1]]
        keep = np.ones(len(pairs), dtype=bool)
        keep[doubtful] = ~self.are_blocked(xy[pairs[doubtful, 0]], xy[pairs[doubtful, 1]])
        pairs = pairs[keep]
        lengths = np.hypot(*(xy[pairs[:, 0]] - xy[pairs[:, 1]]).T)
        # Both ways, so that no search has to turn the graph round first.
        both = np.concatenate([pairs, pairs[:, ::-1]])
        graph = coo_array((np.tile(lengths, 2), (both[:, 0], both[:, 1])), shape=(len(xy), len(xy))).tocsr()
        return _Ways(xy, tree, graph)


@dataclass(frozen=True, slots=True, eq=False)
class _Ways:
    """Cells of the floor, joined where one can step from one to the next."""

    xy_m: Floats
    tree: cKDTree
    graph: csr_array

    def between(self, from_xy_m: Floats, to_xy_m: Floats, steps: WalkingSteps) -> list[Floats]:
        """The cells passed through; none where there is no way."""
        start, end = self._cell_seen_from(from_xy_m, steps), self._cell_seen_from(to_xy_m, steps)
        if start is None or end is None:
            return []
        straight_m = float(np.hypot(*(self.xy_m[start] - self.xy_m[end])))
        for limit_m in (min(straight_m + NEAR_DETOUR_M, FARTHEST_WAY_M), FARTHEST_WAY_M):
            far_m, before = dijkstra(self.graph, True, np.array([end]), return_predecessors=True, limit=limit_m)
            if np.isfinite(far_m[0, start]):
                way: list[Floats] = []
                cell = start
                while cell >= 0:
                    way.append(self.xy_m[cell])
                    cell = int(before[0, cell])
                return way
        return []

    def _cell_seen_from(self, xy_m: Floats, steps: WalkingSteps) -> int | None:
        _, cells = self.tree.query(xy_m, k=min(TRIED_CELLS, len(self.xy_m)))
        cells = np.atleast_1d(cells)
        for tried in (cells[:1], cells[1:]):  # nearly always the nearest
            free = np.flatnonzero(~steps.are_blocked(np.broadcast_to(xy_m, (len(tried), 2)), self.xy_m[tried]))
            if len(free):
                return int(tried[free[0]])
        return None


def _free_area(floor: FloorObstacles) -> BaseGeometry | None:
    """What can be walked on, walls cut out of it; None where all of the plane can."""
    area = floor.walkable_area if floor.walkable_area is not None else floor.outline
    solid: list[BaseGeometry] = [shapely.buffer(line, HALF_WALL_M, cap_style="square") for line, _ in floor.walls]
    if floor.walkable_area is None:
        solid += [shape for shape, _ in floor.fixtures]
    if area is None or area.is_empty:
        if not solid:
            return None
        area = shapely.box(-ENDLESS_M, -ENDLESS_M, ENDLESS_M, ENDLESS_M)
    return shapely.difference(area, shapely.union_all(np.array(solid))) if solid else area
