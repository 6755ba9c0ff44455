"""``make bench BENCH=fix``: fixes a second for a thousand beacons on a 60 x 40 m floor, beside what others take."""

from __future__ import annotations

import time
from collections.abc import Callable

import easy_trilateration.least_squares
import numpy as np
from easy_trilateration.model import Circle
from numpy.typing import NDArray
from scipy.optimize import least_squares

from store_server.domain.consent import admit_recording
from store_server.domain.positioning import FACTORY_CALIBRATION, Anchor, Fix, FloorEstimator
from store_server.domain.ranging import log_distance_rssi_dbm, rssi_window
from store_server.domain.sightings import SightingColumns
from store_server.domain.trilaterating import trilaterate
from tests.accuracy.peers import anchors_xy, by_localization, ranges

Floats = NDArray[np.float64]

BEACONS = 1000
PEER_FIXES = 60
"""Peers go one by one, at a millisecond or more each; sixty tell their speed."""

AT_S = 2.0
REPEATS = 3


def rows() -> list[dict[str, object]]:
    """``fix`` (over ``localization``) and ``fix-peers``, all on the same sightings in the same run."""
    anchors = tuple(
        Anchor(f"n{column}-{row}", 5.0 + 10 * column, 5.0 + 10 * row, 2.8) for column in range(6) for row in range(4)
    )
    many, one = _sightings(anchors, BEACONS), _sightings(anchors, 1)
    estimator = FloorEstimator(anchors)
    answers = estimator.fixes(admit_recording(many), AT_S)
    if not all(isinstance(answer, Fix) for answer in answers):
        raise RuntimeError("each simulated beacon must have a fix")
    ours_s = _seconds(lambda: estimator.fixes(admit_recording(many), AT_S)) / BEACONS
    single_s = _seconds(lambda: estimator.fixes(admit_recording(one), AT_S))
    few = rssi_window(admit_recording(_sightings(anchors, PEER_FIXES)), [a.node_id for a in anchors], AT_S)
    range_m, sd_m = ranges(few, anchors, None)
    xy = anchors_xy(anchors)
    peers = {
        "scipy.optimize.least_squares": _seconds(lambda: _by_scipy(xy, range_m, sd_m)) / PEER_FIXES,
        "easy-trilateration": _seconds(lambda: _by_easy_trilateration(xy, range_m)) / PEER_FIXES,
    }
    localization_s = _seconds(lambda: by_localization(few, anchors, None)) / PEER_FIXES
    window = rssi_window(admit_recording(many), [a.node_id for a in anchors], AT_S)
    all_ranges = ranges(window, anchors, None)
    newton_s = _seconds(lambda: trilaterate(xy, *all_ranges)) / BEACONS
    size = f"{BEACONS} beacons at once, 24 anchors, 60 x 40 m"
    return [
        _row("fix", f"likelihood grid, {size}", 1 / ours_s, "fixes/s", "localization", 1 / localization_s),
        *(
            _row("fix-peers", f"likelihood grid, {size}", 1 / ours_s, "fixes/s", name, 1 / seconds)
            for name, seconds in peers.items()
        ),
        _row("fix-peers", f"likelihood grid, {size}", 1 / ours_s, "fixes/s", "batched Gauss-Newton", 1 / newton_s),
        _row("fix-peers", f"one fix among {BEACONS}", ours_s * 1000, "ms", "limit", 0.15),
        _row("fix-peers", "a single beacon", single_s * 1000, "ms", "limit", 2.0),
    ]


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
    """The fastest of a few runs: the one least disturbed by what else the machine does."""
    spent = []
    for _ in range(REPEATS):
        started_s = time.perf_counter()
        run()
        spent.append(time.perf_counter() - started_s)
    return min(spent)


def _sightings(anchors: tuple[Anchor, ...], beacons: int) -> SightingColumns:
    """Two seconds of beacons strewn over the floor, each heard twice a second within 25 m."""
    random = np.random.default_rng(3)
    place = random.uniform((0, 0), (60, 40), (beacons, 2))
    away_m = np.hypot(*(place[:, None] - anchors_xy(anchors)[None]).transpose(2, 0, 1))
    beacon, node = np.nonzero(away_m < 25)
    beacon, node = np.tile(beacon, 4), np.tile(node, 4)
    known = FACTORY_CALIBRATION
    expected = log_distance_rssi_dbm(away_m[beacon, node], known.measured_power_dbm, known.path_loss_exponent)
    return SightingColumns(
        tuple(f"b{number}" for number in range(beacons)),
        tuple(anchor.node_id for anchor in anchors),
        beacon,
        node,
        np.clip(np.round(expected + random.normal(0, 5, len(expected))), -127, -1),
        random.uniform(0, AT_S, len(expected)),
    )


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


if __name__ == "__main__":
    for row in rows():
        print(row)
