"""``make bench BENCH=tour``: our order of 30 stops beside the optimum, which integer programming takes its time to prove."""

from __future__ import annotations

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
from store_server.domain.touring import best_tour

FLOORPLANS = Path(__file__).resolve().parents[2] / "floorplans"
STOPS = 30
TOURS = 5
SEED = 11

Floats = NDArray[np.float64]


def rows() -> list[dict[str, object]]:
    """``tour``: our length over the optimum's, summed over some wish lists in the demo supermarket."""
    document = load_plan(FLOORPLANS / "demo_store.floorplan.json", FLOORPLANS / "demo_store.planogram.csv")
    floorplan = Floorplan.from_document(document)
    graph = WalkingGraph.prepare(floorplan)
    standing = sorted({slot.standing_m for slot in floorplan.slots.values()})
    rng = np.random.default_rng(SEED)
    ours_m = optimum_m = 0.0
    matrix_s, tour_s = [], []
    for _ in range(TOURS):
        stops = [standing[i] for i in rng.choice(len(standing), STOPS, replace=False)]
        begun = time.perf_counter()
        lengths_m = graph.matrix([floorplan.entrances[0], *stops, floorplan.checkouts[0]])
        matrix_s.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        ours_m += best_tour(lengths_m, has_end=True).length_m
        tour_s.append(time.perf_counter() - begun)
        optimum_m += shortest_m(lengths_m)
    took = f"matrix {np.median(matrix_s) * 1000:.0f} ms, order {np.median(tour_s) * 1000:.0f} ms"
    return [
        {
            "name": "tour",
            "what": f"{TOURS} lists of {STOPS} stops in the demo supermarket ({took})",
            "ours": ours_m,
            "unit": "m",
            "reference": "the optimum (HiGHS)",
            "reference_value": optimum_m,
            "ratio": ours_m / optimum_m,
        }
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
