"""How still a standing beacon stays, and how fast any dot moves (``python -m tests.accuracy.standing``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
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

CLEAR_M = 0.5
"""A dot is clear of a border when it is so far inside a cell: one that wavers upon a border has not gone anywhere."""

MENDED_AFTER_S = 5.0
"""By then the first fix, made from a packet or two, has been mended."""

TEN_MINUTES_S = 600.0

SETTLED_AFTER_S = 1.0
"""The first fix of all stands on a packet or two; the dot may leave it at once."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Changes:
    """Changes of cell in ten minutes of standing; NaN of none."""

    from_first_fix: float
    once_mended: float

    @classmethod
    def of(cls, located: Sequence[Located], clear_m: float = 0.0) -> Changes:
        """Of recordings made standing; a change counts where the dot is ``clear_m`` inside its new cell."""
        return cls(_per_ten_minutes(located, 0.0, clear_m), _per_ten_minutes(located, MENDED_AFTER_S, clear_m))


@dataclass(frozen=True, slots=True, eq=False)
class Stillness:
    """Of standing beacons: each step between places one second apart (m), once settled and the longest before; and how often
    the shown place changes its cell.

    ``off_border`` is of beacons that stand off every border of one grid laid over the floor, ``clear`` of the same where only a
    dot clear of the border counts, ``centred`` of all beacons, each at the middle of a cell.
    """

    step_m: Floats
    longest_before_m: float
    off_border: Changes
    clear: Changes
    centred: Changes
    places_off_border: int

    @classmethod
    def of(cls, located: Sequence[Located]) -> Stillness:
        """Of recordings made standing."""
        off_border = [each for each in located if _is_off_border(each.truth_xy_m[0])]
        settled, before = settled_and_before_m(located)
        middle = np.full(2, CELL_M / 2)
        return cls(
            settled,
            float(before.max()),
            Changes.of(off_border),
            Changes.of(off_border, clear_m=CLEAR_M),
            Changes.of([replace(each, place=_moved(each.place, middle - each.truth_xy_m[0])) for each in located]),
            len(off_border),
        )


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


def _moved(place: Floats, by_m: Floats) -> Floats:
    return np.asarray(place + np.append(by_m, 0.0))


def _per_ten_minutes(located: Sequence[Located], after_s: float, clear_m: float) -> float:
    looked_at = [each.at(each.at_s >= each.at_s[0] + after_s) for each in located]
    seconds = sum(float(each.at_s[-1] - each.at_s[0]) for each in looked_at if len(each.at_s))
    if seconds == 0:
        return float("nan")
    return sum(_cell_changes(each.place, clear_m) for each in looked_at) / seconds * TEN_MINUTES_S


def _cell_changes(place: Floats, clear_m: float) -> int:
    xy = place[np.isfinite(place[:, 0]), :2]
    within = xy % CELL_M
    clear = np.asarray((np.minimum(within, CELL_M - within) >= clear_m).all(axis=1))
    clear[:1] = True
    cells = np.floor(xy[clear] / CELL_M)
    return int((cells[1:] != cells[:-1]).any(axis=1).sum())


def _known_places(calibration: Calibration | None) -> list[Located]:
    data = data_set(_folder(KNOWN))
    estimator = FloorEstimator(data.anchors, calibration)
    return [locate(estimator, recording) for recording in data.still]


def _folder(name: str) -> str:
    return next(scenario.folder for scenario in SCENARIOS if scenario.name == name)


def report_standing(standing: dict[str, list[Located]]) -> None:
    """Print steps and changes of cell of some sets of standing beacons."""
    print(
        f"\nStanding still in the hall: m between places a second apart, changes of {CELL_M:g} m cell in ten minutes"
        " (before: the longest step that begins in a recording's first second, when a packet or two are all there is)"
    )
    print(f"{'':<22} {'':>31}  changes of cell, from the first fix / after {MENDED_AFTER_S:g} s")
    print(
        f"{'':<22} {'p50':>5} {'p90':>5} {'p99':>5} {'max':>5}  {'before':>6}"
        f"  {'off borders':>13}  {f'{CLEAR_M:g} m clear':>13}  {'centred':>13}"
    )
    for name, located in standing.items():
        still = Stillness.of(located)
        quantiles = " ".join(f"{each:5.2f}" for each in np.quantile(still.step_m, [0.5, 0.9, 0.99, 1.0]))
        changes = "  ".join(
            f"{f'{each.from_first_fix:.1f} / {each.once_mended:.1f}':>13}"
            for each in (still.off_border, still.clear, still.centred)
        )
        print(
            f"{name:<22} {quantiles}  {still.longest_before_m:6.2f}  {changes}  ({still.places_off_border} off borders)"
        )


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
    report_standing(standing)
    print("\nLongest step of a shown place, m in a second")
    print(f"{'':<42} {'':>5}  {'before':>6}")
    for name, each in measured.items():
        if "walk" in name or "flat" in name:
            settled, before = settled_and_before_m(each.located)
            print(f"{name:<42} {settled.max():5.2f}  {before.max():6.2f}")


if __name__ == "__main__":
    report(measure_all([scenario for scenario in SCENARIOS if scenario.name in {KNOWN, LEFT_OUT}]))
