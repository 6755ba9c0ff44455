"""How still a standing beacon stays, and how fast any dot moves (``python -m tests.accuracy.standing``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from store_server.domain.following import STEP_S
from store_server.domain.positioning import FloorEstimator
from store_server.wire.calibration import Calibration
from tests.accuracy.data_sets import SCENARIOS
from tests.accuracy.locating import Located, locate
from tests.accuracy.measuring import Measured, data_set, measure_all
from tests.accuracy.running import Job, side_by_side

KNOWN = "hall walks, survey of another day"
"""The same places calibrate and are located."""

LEFT_OUT = "hall points, a quarter left out"

TICKS_PER_S = round(1 / STEP_S)

CELL_M = 3.0
BORDER_M = 0.75
"""Nearer to a cell's border, which cell it is is a matter of centimetres."""

TEN_MINUTES_S = 600.0

SETTLED_AFTER_S = 1.0
"""The first fix of all stands on a packet or two; the dot may leave it at once."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Stillness:
    """Of standing beacons: each step between places one second apart (m), once settled and the longest before; changes of cell
    in ten minutes."""

    step_m: Floats
    longest_before_m: float
    cell_changes: float
    places_off_border: int

    @classmethod
    def of(cls, located: Sequence[Located]) -> Stillness:
        """Of recordings made standing."""
        off_border = [each for each in located if _is_off_border(each.truth_xy_m[0])]
        changes = sum(_cell_changes(each) for each in off_border)
        seconds = sum(float(each.at_s[-1] - each.at_s[0]) for each in off_border)
        settled, before = settled_and_before_m(located)
        return cls(settled, float(before.max()), changes / seconds * TEN_MINUTES_S, len(off_border))


def steps_m(located: Located) -> Floats:
    """How far the shown place is from that of a second before, NaN where either is none."""
    xy = located.place[:, :2]
    return np.asarray(np.hypot(*(xy[TICKS_PER_S:] - xy[:-TICKS_PER_S]).T))


def settled_and_before_m(located: Sequence[Located]) -> tuple[Floats, Floats]:
    """Steps of all recordings after each one's first second, and those that begin within it."""
    steps = np.concatenate([steps_m(each) for each in located])
    settled = np.concatenate([each.at_s[:-TICKS_PER_S] >= each.at_s[0] + SETTLED_AFTER_S for each in located])
    found = np.isfinite(steps)
    return steps[found & settled], steps[found & ~settled]


def _is_off_border(xy_m: Floats) -> bool:
    within = xy_m % CELL_M
    return bool((np.minimum(within, CELL_M - within) >= BORDER_M).all())


def _cell_changes(located: Located) -> int:
    xy = located.place[np.isfinite(located.place[:, 0]), :2]
    cells = np.floor(xy / CELL_M)
    return int((cells[1:] != cells[:-1]).any(axis=1).sum())


def _known_places(calibration: Calibration | None) -> list[Located]:
    data = data_set(_folder(KNOWN))
    estimator = FloorEstimator(data.anchors, calibration)
    return [locate(estimator, recording) for recording in data.still]


def _folder(name: str) -> str:
    return next(scenario.folder for scenario in SCENARIOS if scenario.name == name)


def report(measured: dict[str, Measured]) -> None:
    """Print steps of standing beacons, and the fastest step of every walk."""
    if not measured:
        return
    standing: dict[str, list[Located]] = {}
    if KNOWN in measured:
        job = Job("standing", partial(_known_places, measured[KNOWN].calibrations[0]))
        standing["at surveyed points"] = next(iter(side_by_side([job])))
    if LEFT_OUT in measured:
        standing["at points left out"] = list(measured[LEFT_OUT].located)
    print(
        f"\nStanding still in the hall: m between places a second apart, changes of {CELL_M:g} m cell in ten minutes"
        " (before: the longest step that begins in a recording's first second, when a packet or two are all there is)"
    )
    print(f"{'':<22} {'p50':>5} {'p90':>5} {'p99':>5} {'max':>5}  {'before':>6}  {'cell changes':>12}")
    for name, located in standing.items():
        still = Stillness.of(located)
        quantiles = " ".join(f"{each:5.2f}" for each in np.quantile(still.step_m, [0.5, 0.9, 0.99, 1.0]))
        print(
            f"{name:<22} {quantiles}  {still.longest_before_m:6.2f}  {still.cell_changes:12.1f}"
            f"  ({still.places_off_border} places off borders)"
        )
    print("\nLongest step of a shown place, m in a second")
    print(f"{'':<42} {'':>5}  {'before':>6}")
    for name, each in measured.items():
        if "walk" in name or "flat" in name:
            settled, before = settled_and_before_m(each.located)
            print(f"{name:<42} {settled.max():5.2f}  {before.max():6.2f}")


if __name__ == "__main__":
    report(measure_all([scenario for scenario in SCENARIOS if scenario.name in {KNOWN, LEFT_OUT}]))
