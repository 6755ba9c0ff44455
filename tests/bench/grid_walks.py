"""Walks the usual way, as a peer: a fine grid with eight neighbours, and Dijkstra for each question."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from store_server.domain.floorplan import Floorplan

Floats = NDArray[np.float64]

GRID_M = 0.25


class GridWalks:
    """Free cells and the steps between them."""

    def __init__(self, floorplan: Floorplan) -> None:
        min_x, min_y, max_x, max_y = floorplan.outline.bounds
        xs, ys = np.arange(min_x, max_x, GRID_M), np.arange(min_y, max_y, GRID_M)
        cells = np.stack(np.meshgrid(xs, ys, indexing="ij"), axis=-1)
        free = shapely.intersects(floorplan.standing_area, shapely.points(cells))
        number = np.full(free.shape, -1)
        number[free] = np.arange(free.sum())
        steps = []
        for dx, dy in ((1, 0), (0, 1), (1, 1), (1, -1)):
            there = np.roll(number, (-dx, -dy), axis=(0, 1))
            if dx:
                there[-1, :] = -1
            if dy:
                there[:, -1 if dy > 0 else 0] = -1
            both = (number >= 0) & (there >= 0)
            steps.append((number[both], there[both], np.full(both.sum(), GRID_M * np.hypot(dx, dy))))
        i, j, length_m = (np.concatenate(part) for part in zip(*steps, strict=True))
        self._graph = coo_array((length_m, (i, j)), shape=(free.sum(), free.sum())).tocsr()
        self._at = cells[free]

    def length_m(self, start: Floats, end: Floats) -> float:
        first, last = (int(np.hypot(*(self._at - place).T).argmin()) for place in (start, end))
        return float(dijkstra(self._graph, directed=False, indices=np.array([first]))[0, last])
