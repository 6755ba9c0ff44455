"""Shortest paths by extremitypathfinder, run by a Python of its own: floors as JSON on standard input, times and lengths out.

It wants another NumPy than ours, so it lives in an environment that ``walking_peer`` makes from ``peers.txt``.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from typing import Any

import numpy as np

PREPARED_TIMES = 5
"""As often as ours; the median is told."""


def walked(floor: dict[str, Any]) -> dict[str, Any]:
    """One floor: ``outer`` and ``holes`` as rings, ``pairs`` of places. Times are processor seconds."""
    library = importlib.import_module("extremitypathfinder")
    outer = np.array(floor["outer"], dtype=np.float64)
    rings = [np.array(ring, dtype=np.float64) for ring in floor["holes"]]
    prepared_s = []
    for _ in range(PREPARED_TIMES):
        environment = library.PolygonEnvironment()
        begun = time.process_time()
        environment.store(outer, rings, validate=False)
        prepared_s.append(time.process_time() - begun)
    times_s, lengths_m = [], []
    for start, end in floor["pairs"]:
        begun = time.process_time()
        _, length_m = environment.find_shortest_path(tuple(start), tuple(end))
        times_s.append(time.process_time() - begun)
        lengths_m.append(length_m)
    return {"prepare_s": float(np.median(prepared_s)), "times_s": times_s, "lengths_m": lengths_m}


def main() -> None:
    floors = json.load(sys.stdin)
    walked(floors[0])  # what is compiled when it is first used is no part of a query
    json.dump([walked(floor) for floor in floors], sys.stdout)


if __name__ == "__main__":
    main()
