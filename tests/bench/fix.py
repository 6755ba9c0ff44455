"""``make bench BENCH=fix``: fixes a second for a thousand moving shoppers on a 60 x 40 m floor, beside what others take.

Ours is all a tick does for a shopper once the visit is under way: window, likelihoods, what the visit teaches of the
radio, radius, track, and the step round what stands in the way. The peers only solve for a place, from ranges they are given.
All times are the processor's, so that what else the machine does counts against nobody.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import easy_trilateration.least_squares
import numpy as np
from easy_trilateration.model import Circle
from numpy.typing import NDArray
from scipy.optimize import least_squares

from store_server.domain.ranging import WINDOW_S, RssiWindow, rssi_window
from store_server.domain.trilaterating import trilaterate
from tests.accuracy.peers import anchors_xy, by_localization, ranges
from tests.bench.busy_floor import busy_floor, fix_s

Floats = NDArray[np.float64]

NAMES = ("fix", "fix-peers")

SHOPPERS = 1000
WIDTH_M, DEPTH_M, NODES = 60.0, 40.0, 24
PEER_FIXES = 60
"""Peers go one by one, at a millisecond or more each; sixty tell their speed."""

MOST_MS, MOST_ALONE_MS = 0.15, 2.0
REPEATS = 3


def rows() -> list[dict[str, object]]:
    """``fix`` (over ``localization``) and ``fix-peers``, all on the same sightings in the same run."""
    floor = busy_floor(WIDTH_M, DEPTH_M, NODES, SHOPPERS)
    surveyed_s, unsurveyed_s = (fix_s(floor, floor.estimator(is_surveyed)) for is_surveyed in (True, False))
    alone = busy_floor(WIDTH_M, DEPTH_M, NODES, 1)
    alone_s, alone_unsurveyed_s = (fix_s(alone, alone.estimator(is_surveyed)) for is_surveyed in (True, False))

    window = rssi_window(floor.sightings, [anchor.node_id for anchor in floor.anchors], WINDOW_S)
    few = _first(window, PEER_FIXES)
    xy = anchors_xy(floor.anchors)
    range_m, sd_m = ranges(few, floor.anchors, None)
    localization_s = _seconds(lambda: by_localization(few, floor.anchors, None)) / PEER_FIXES
    peers_s = {
        "scipy.optimize.least_squares": _seconds(lambda: _by_scipy(xy, range_m, sd_m)) / PEER_FIXES,
        "easy-trilateration": _seconds(lambda: _by_easy_trilateration(xy, range_m)) / PEER_FIXES,
        "batched Gauss-Newton": _seconds(lambda: trilaterate(xy, *ranges(window, floor.anchors, None))) / SHOPPERS,
    }
    size = f"{SHOPPERS} shoppers at once, {NODES} nodes, {len(floor.obstacles.fixtures)} gondolas, 60 x 40 m"
    rate, unit = 1 / surveyed_s, "fixes/s"
    return [
        _row("fix", f"fix and track, {size}", rate, unit, "localization", 1 / localization_s),
        *(_row("fix-peers", f"fix and track, {size}", rate, unit, name, 1 / each) for name, each in peers_s.items()),
        _row("fix-peers", f"one fix among {SHOPPERS}, surveyed", surveyed_s * 1000, "ms", "limit", MOST_MS),
        _row("fix-peers", f"one fix among {SHOPPERS}, not surveyed", unsurveyed_s * 1000, "ms", "limit", MOST_MS),
        _row("fix-peers", "a single shopper, surveyed", alone_s * 1000, "ms", "limit", MOST_ALONE_MS),
        _row("fix-peers", "a single shopper, not surveyed", alone_unsurveyed_s * 1000, "ms", "limit", MOST_ALONE_MS),
    ]


def _first(window: RssiWindow, beacons: int) -> RssiWindow:
    return RssiWindow(
        window.rssi_dbm[:beacons],
        window.packets[:beacons],
        window.stir[:beacons],
        window.newest_s[:beacons],
        window.loudest_dbm[:beacons],
        window.is_constant[:beacons],
        window.has_invalid[:beacons],
    )


def _row(name: str, what: str, ours: float, unit: str, reference: str, reference_value: float) -> dict[str, object]:
    return {
        "name": name,
        "what": what,
        "ours": ours,
        "unit": unit,
        "reference": reference,
        "reference_value": reference_value,
        "ratio": ours / reference_value,
    }


def _seconds(run: Callable[[], object]) -> float:
    """Processor time of the fastest of a few runs."""
    spent = []
    for _ in range(REPEATS):
        started_s = time.process_time()
        run()
        spent.append(time.process_time() - started_s)
    return min(spent)


def _by_scipy(xy: Floats, range_m: Floats, sd_m: Floats) -> None:
    for own_m, own_sd_m in zip(range_m, sd_m, strict=True):
        heard = np.isfinite(own_m)
        near, target, spread = xy[heard], own_m[heard], own_sd_m[heard]

        def residual(place: Floats, near: Floats = near, target: Floats = target, spread: Floats = spread) -> Floats:
            return np.asarray((np.hypot(*(near - place).T) - target) / spread)

        least_squares(residual, near.mean(axis=0))


def _by_easy_trilateration(xy: Floats, range_m: Floats) -> None:
    for own_m in range_m:
        circles = [Circle(x, y, r) for (x, y), r in zip(xy.tolist(), own_m.tolist(), strict=True) if np.isfinite(r)]
        easy_trilateration.least_squares.easy_least_squares(circles, Circle(30, 20, 0))
