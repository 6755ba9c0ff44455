"""``make bench BENCH=route``: exact walking paths beside the usual way, a fine grid with eight neighbours.

Where the shared stores are not there, the demo supermarket alone is measured.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from store_server.adapters.plan_files import load_plan
from store_server.domain.floor_shapes import BODY_RADIUS_M
from store_server.domain.floorplan import Floorplan
from store_server.domain.routing import WalkingGraph, WalkingPath

NAMES = ("route", "route-prepare", "route-length")

REPOSITORY = Path(__file__).resolve().parents[2]
SHARED = (REPOSITORY / os.environ.get("AISLEWAY_DATA", "../shared/data")).resolve() / "floorplans"
FLOORS = {
    "demo supermarket": REPOSITORY / "floorplans" / "demo_store.floorplan.json",
    "synthetic supermarket": SHARED / "synthetic-supermarket" / "floor.geojson",
    "synthetic hypermarket": SHARED / "synthetic-hypermarket" / "floor.geojson",
}
QUERIES = 300
GRID_QUERIES = 8
GRID_M = 0.25
SEED = 5

Floats = NDArray[np.float64]


def rows() -> list[dict[str, object]]:
    """``route`` (ms a query over the grid's), ``route-prepare`` and ``route-length``, for each floor that is there."""
    return [row for name, path in FLOORS.items() if path.exists() for row in _floor_rows(name, path)]


def _floor_rows(name: str, path: Path) -> list[dict[str, object]]:
    floorplan = Floorplan.from_document(load_plan(path))
    begun = time.perf_counter()
    graph = WalkingGraph.prepare(floorplan)
    prepare_s = time.perf_counter() - begun
    pairs = _pairs(floorplan)
    times_s, lengths_m = [], []
    shelves = shapely.union_all([shapely.buffer(shape, BODY_RADIUS_M) for shape in floorplan.obstacles])
    shapely.prepare(shelves)
    for start, end in pairs:
        begun = time.perf_counter()
        found = graph.path((start[0], start[1]), (end[0], end[1]))
        times_s.append(time.perf_counter() - begun)
        if not isinstance(found, WalkingPath):
            raise RuntimeError(f"{name}: no path from {start} to {end}")
        if shapely.intersects(shelves, shapely.LineString(found.points_m)):
            raise RuntimeError(f"{name}: the path from {start} to {end} crosses a shelf")
        lengths_m.append(found.length_m)
    begun = time.perf_counter()
    grid = _Grid(floorplan)
    grid_prepare_s = time.perf_counter() - begun
    begun = time.perf_counter()
    grid_m = [grid.length_m(start, end) for start, end in pairs[:GRID_QUERIES]]
    grid_s = (time.perf_counter() - begun) / GRID_QUERIES
    p50, p99 = np.percentile(times_s, [50, 99]) * 1000
    what = f"{name}, {QUERIES} pairs, 0 crossings"
    peer = f"Dijkstra on a {GRID_M} m grid"
    ours_m = float(np.mean(lengths_m[:GRID_QUERIES]))
    return [
        _row("route", f"{what}: a query, p99 {p99:.1f} ms", float(p50), "ms", peer, grid_s * 1000),
        _row(
            "route-prepare",
            f"{name}: {len(floorplan.fixtures)} fixtures prepared",
            prepare_s,
            "s",
            peer,
            grid_prepare_s,
        ),
        _row("route-length", f"{name}: mean length", ours_m, "m", peer, float(np.mean(grid_m))),
    ]


def _row(name: str, what: str, ours: float, unit: str, reference: str, value: float) -> dict[str, object]:
    return {
        "name": name,
        "what": what,
        "ours": ours,
        "unit": unit,
        "reference": reference,
        "reference_value": value,
        "ratio": ours / value,
    }


def _pairs(floorplan: Floorplan) -> Floats:
    """Places a body can stand at, two by two, shape (QUERIES, 2, 2)."""
    min_x, min_y, max_x, max_y = floorplan.outline.bounds
    places = np.random.default_rng(SEED).uniform((min_x, min_y), (max_x, max_y), (QUERIES * 8, 2))
    free = places[shapely.covers(floorplan.standing_area, shapely.points(places))]
    return free[: QUERIES * 2].reshape(QUERIES, 2, 2)


class _Grid:
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
