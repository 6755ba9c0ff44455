"""``make bench BENCH=route``: walking paths of a round body, beside the shortest there can be, the limits, a fine grid, and
extremitypathfinder.

300 pairs on each floor; ``make bench BENCH=route ROUTE_PAIRS=10000`` asks for as many as the limits were set for. No path may
come nearer to anything than a body's radius: one that does ends the measuring. Lengths are those of the lines as drawn. The
shortest there can be is found among circles drawn by 64 chords. Where the shared stores are not there, the demo's are measured
alone. A query is measured in processor time, as what else runs on the machine is not ours to answer for. extremitypathfinder
walks the first of the pairs, on the same floor with its corners cut. Preparing is the median of five times, its too.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from store_server.adapters.plan_files import load_plan
from store_server.domain.floor_shapes import BODY_RADIUS_M
from store_server.domain.floorplan import Floorplan
from store_server.domain.routing import WalkingGraph, WalkingPath
from tests.bench.exact_walks import ExactWalks
from tests.bench.grid_walks import GRID_M, GridWalks
from tests.bench.walking_peer import peer_walks

NAMES = ("route", "route-p99", "route-prepare", "route-length", "route-worst", "route-over", "route-peer")

REPOSITORY = Path(__file__).resolve().parents[2]
SHARED = (REPOSITORY / os.environ.get("AISLEWAY_DATA", "../shared/data")).resolve() / "floorplans"
DEMO = REPOSITORY / "floorplans"

PAIRS = int(os.environ.get("ROUTE_PAIRS", "300"))
GRID_PAIRS = 8
PEER, PEER_PAIRS = "extremitypathfinder", 100
PREPARED_TIMES = 5
SEED = 5
LONGEST = 1.01
"""A path may be so many times as long as the shortest there is."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Limits:
    """1.2 times what was measured when walking was designed."""

    prepare_s: float
    p99_ms: float


SUPERMARKET = Limits(1.2 * 0.05, 1.2 * 1.3)
HYPERMARKET = Limits(1.2 * 1.9, 1.2 * 7.5)

FLOORS = {
    "demo supermarket": (DEMO / "demo_store.floorplan.json", SUPERMARKET),
    "demo drugstore, ground floor": (DEMO / "drugstore.floorplan.json", SUPERMARKET),
    "demo hypermarket": (DEMO / "hypermarket.floorplan.json", HYPERMARKET),
    "synthetic supermarket": (SHARED / "synthetic-supermarket" / "floor.geojson", SUPERMARKET),
    "synthetic hypermarket": (SHARED / "synthetic-hypermarket" / "floor.geojson", HYPERMARKET),
}


def rows() -> list[dict[str, object]]:
    """For each floor that is there: a query, its p99, preparing, the mean length, the worst, the share that is too long."""
    made: list[dict[str, object]] = []
    walked: dict[str, _Walked] = {}
    for name, (path, limits) in FLOORS.items():
        if path.exists():
            floorplan = Floorplan.from_document(load_plan(path))
            rows_of_floor, walked[name] = _floor_rows(name, floorplan, limits)
            made += rows_of_floor
    return [*made, *_peer_rows(walked)]


@dataclass(frozen=True, slots=True)
class _Walked:
    """What a peer is asked too: ``pairs`` of shape (P, 2, 2), and of ours ``lengths_m`` and ``times_s`` of shape (P,)."""

    area: shapely.MultiPolygon
    prepare_s: float
    pairs: Floats
    lengths_m: Floats
    times_s: Floats


def _peer_rows(walked: Mapping[str, _Walked]) -> list[dict[str, object]]:
    """None where the peer could not be installed."""
    found = peer_walks([(ours.area, ours.pairs) for ours in walked.values()])
    if found is None:
        return []
    made = []
    for (name, ours), peer in zip(walked.items(), found, strict=True):
        what = f"{name}, {len(ours.pairs)} pairs"
        for share, words in ((50, "a query"), (99, "a query, p99")):
            ours_ms, peer_ms = (float(np.percentile(times_s, share)) * 1000 for times_s in (ours.times_s, peer.times_s))
            made.append(bench_row("route-peer", f"{what}: {words}", ours_ms, "ms", PEER, peer_ms))
        found_too = np.isfinite(peer.lengths_m)
        lengths_m = [float(each[found_too].mean()) for each in (ours.lengths_m, peer.lengths_m)]
        mean = f"{what}: mean length, {np.sum(~found_too)} not found"
        made.append(bench_row("route-peer", mean, lengths_m[0], "m", PEER, lengths_m[1]))
        made.append(bench_row("route-peer", f"{name}: prepared", ours.prepare_s, "s", PEER, peer.prepare_s))
    return made


def _floor_rows(name: str, floorplan: Floorplan, limits: Limits) -> tuple[list[dict[str, object]], _Walked]:
    graph, prepare_s = _prepared(floorplan)
    pairs = pairs_on(floorplan, PAIRS)
    ours_m, times_s = _walked(name, floorplan, graph, pairs)
    exact = ExactWalks(floorplan, BODY_RADIUS_M)
    exact_m = np.array([exact.length_m(start, end) for start, end in pairs])
    grid = GridWalks(floorplan)
    begun = time.thread_time()
    for start, end in pairs[:GRID_PAIRS]:
        grid.length_m(start, end)
    grid_ms = (time.thread_time() - begun) / GRID_PAIRS * 1000
    p50_ms, p99_ms = np.percentile(times_s, [50, 99]) * 1000
    what = f"{name}, {PAIRS:,} pairs"
    longer = ours_m / exact_m
    mean = f"{what}: mean length, {(ours_m.sum() / exact_m.sum() - 1) * 100:.2f} % over"
    over = f"{what}: % that are over 1 % longer"
    some = slice(PEER_PAIRS)
    walked = _Walked(floorplan.standing_area, prepare_s, pairs[some], ours_m[some], times_s[some])
    made = [
        bench_row("route", f"{what}, 0 crossings: a query", p50_ms, "ms", f"Dijkstra on a {GRID_M} m grid", grid_ms),
        bench_row("route-p99", f"{what}: a query, p99", p99_ms, "ms", "limit", limits.p99_ms),
        bench_row("route-prepare", f"{name}: prepared", prepare_s, "s", "limit", limits.prepare_s),
        bench_row("route-length", mean, ours_m.mean(), "m", "the shortest there is", exact_m.mean()),
        bench_row(
            "route-worst",
            f"{what}: the worst, {(longer.max() - 1) * 100:.2f} % over",
            longer.max(),
            "",
            "limit",
            LONGEST,
        ),
        bench_row("route-over", over, (longer > LONGEST).mean() * 100, "%", "of all", 100.0),
    ]
    return made, walked


def _prepared(floorplan: Floorplan) -> tuple[WalkingGraph, float]:
    """The graph, and the median of what preparing it took each time: the first also loads code and memory."""
    took_s = []
    for _ in range(PREPARED_TIMES):
        begun = time.thread_time()
        graph = WalkingGraph.prepare(floorplan)
        took_s.append(time.thread_time() - begun)
    return graph, float(np.median(took_s))


def _walked(name: str, floorplan: Floorplan, graph: WalkingGraph, pairs: Floats) -> tuple[Floats, Floats]:
    """Lengths and times, both of shape (P,)."""
    grown = shapely.union_all([shapely.buffer(it, BODY_RADIUS_M, quad_segs=64) for it in floorplan.obstacles])
    shapely.prepare(grown)
    lengths_m, times_s = np.empty(len(pairs)), np.empty(len(pairs))
    for index, (start, end) in enumerate(pairs.tolist()):
        begun = time.thread_time()
        found = graph.path(tuple(start), tuple(end))
        times_s[index] = time.thread_time() - begun
        if not isinstance(found, WalkingPath):
            raise RuntimeError(f"{name}: no path from {start} to {end}")
        walked = shapely.LineString(found.points_m)
        if shapely.intersects(grown, walked):
            raise RuntimeError(f"{name}: the path from {start} to {end} crosses a shelf")
        lengths_m[index] = walked.length
    return lengths_m, times_s


def bench_row(name: str, what: str, ours: float, unit: str, reference: str, value: float) -> dict[str, object]:
    """One row of the table."""
    return {
        "name": name,
        "what": what,
        "ours": float(ours),
        "unit": unit,
        "reference": reference,
        "reference_value": float(value),
        "ratio": float(ours / value),
    }


def pairs_on(floorplan: Floorplan, count: int) -> Floats:
    """Places a body can stand at, two by two, shape (count, 2, 2)."""
    min_x, min_y, max_x, max_y = floorplan.outline.bounds
    places = np.random.default_rng(SEED).uniform((min_x, min_y), (max_x, max_y), (count * 8, 2))
    free = places[shapely.covers(floorplan.standing_area, shapely.points(places))]
    return free[: count * 2].reshape(count, 2, 2)
