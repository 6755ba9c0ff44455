"""``make bench BENCH=tour``: our order of 5 to 30 stops beside the optimum, which integer programming takes its time to prove.

In the demo supermarket and hypermarket. A list's time is that of working out the lengths between its places and of ordering them;
what is seen from a place is remembered from list to list, as in a store. It is processor time, as what else runs on the machine
is not ours to answer for.
``make bench BENCH=tour TOURS=100`` asks for more lists than the 20 there are on each floor.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from store_server.adapters.plan_files import load_plan
from store_server.domain.floorplan import Floorplan
from store_server.domain.routing import WalkingGraph
from store_server.domain.touring import EXACT_STOPS, best_tour
from tests.bench.route import bench_row

NAMES = ("tour", "tour-worst", "tour-p95", "tour-exact")

FLOORPLANS = Path(__file__).resolve().parents[2] / "floorplans"
FLOORS = {
    "demo supermarket": ("demo_store.floorplan.json", "demo_store.planogram.csv"),
    "demo hypermarket": ("hypermarket.floorplan.json", "hypermarket.planogram.csv.gz"),
}
TOURS = int(os.environ.get("TOURS", "20"))
STOPS = (5, 30)
EXACT_TOURS = 20
SEED = 11
LIMIT_MS = 50.0
LONGEST = 1.02

Floats = NDArray[np.float64]


def rows() -> list[dict[str, object]]:
    """For each floor: all lengths over the optima's, the worst, the time for one list; then that for the longest exact list."""
    made = []
    for name, (plan, planogram) in FLOORS.items():
        made += _floor_rows(name, Floorplan.from_document(load_plan(FLOORPLANS / plan, FLOORPLANS / planogram)))
    rng = np.random.default_rng(SEED)
    exact_ms = []
    for _ in range(EXACT_TOURS):
        at_m = rng.uniform((0, 0), (60, 40), (EXACT_STOPS + 2, 2))
        begun = time.thread_time()
        best_tour(np.hypot(*(at_m[:, None] - at_m).T), has_end=True)
        exact_ms.append((time.thread_time() - begun) * 1000)
    what = f"{EXACT_TOURS} lists of {EXACT_STOPS} stops ordered exactly, p95"
    return [*made, bench_row("tour-exact", what, float(np.percentile(exact_ms, 95)), "ms", "limit", LIMIT_MS)]


def _floor_rows(name: str, floorplan: Floorplan) -> list[dict[str, object]]:
    standing = sorted({slot.standing_m for slot in floorplan.slots.values()})
    rng = np.random.default_rng(SEED)
    ours_m, optimum_m, times_ms = np.empty(TOURS), np.empty(TOURS), np.empty(TOURS)
    graph = WalkingGraph.prepare(floorplan)
    for tour, count in enumerate(rng.integers(STOPS[0], STOPS[1] + 1, TOURS)):
        stops = [standing[i] for i in rng.choice(len(standing), count, replace=False)]
        begun = time.thread_time()
        lengths_m = graph.matrix([floorplan.entrances[0], *stops, floorplan.checkouts[0]])
        ours_m[tour] = best_tour(lengths_m, has_end=True).length_m
        times_ms[tour] = (time.thread_time() - begun) * 1000
        optimum_m[tour] = shortest_m(lengths_m)
    what = f"{name}, {TOURS} lists of {STOPS[0]} to {STOPS[1]} stops"
    worst = (ours_m / optimum_m).max()
    return [
        bench_row("tour", f"{what}: all lengths", ours_m.sum(), "m", "the optimum (HiGHS)", optimum_m.sum()),
        bench_row("tour-worst", f"{what}: longest over shortest", worst, "", "limit", LONGEST),
        bench_row("tour-p95", f"{what}: one list, p95", float(np.percentile(times_ms, 95)), "ms", "limit", LIMIT_MS),
    ]


def shortest_m(lengths_m: Floats) -> float:
    """Length of the shortest way from the first place over all others to the last: exact, by cutting off loops."""
    n = len(lengths_m)
    i, j = np.triu_indices(n, 1)
    cost = lengths_m[i, j].copy()
    closing = int(np.flatnonzero((i == 0) & (j == n - 1))[0])
    cost[closing] = 0.0
    lower = np.zeros(len(cost))
    lower[closing] = 1.0  # the tour closes by stepping from the end back to the start, free of charge
    edges = np.arange(len(cost))
    ends = csr_array(
        (np.ones(2 * len(cost)), (np.concatenate([i, j]), np.concatenate([edges, edges]))), shape=(n, len(cost))
    )
    rules = [LinearConstraint(ends, 2, 2)]
    while True:
        solved = milp(cost, integrality=np.ones(len(cost), dtype=np.int64), bounds=Bounds(lower, 1), constraints=rules)
        if solved.x is None:
            raise RuntimeError("the optimum was not found")
        taken = solved.x > 0.5
        loops, loop = connected_components(
            csr_array((np.ones(taken.sum()), (i[taken], j[taken])), shape=(n, n)), directed=False
        )
        if loops == 1:
            return float(cost[taken].sum())
        for one in range(loops):
            inside = (loop[i] == one) & (loop[j] == one)
            rules.append(LinearConstraint(csr_array(inside[None].astype(float)), 0, (loop == one).sum() - 1))
