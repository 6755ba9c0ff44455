"""Receivers that fail, lie or tell the wrong time, on the hall's walks (``python -m tests.accuracy.outages``)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import comb

import numpy as np
from numpy.typing import NDArray

from store_server.domain.consent import admit_recording
from store_server.domain.following import follow, instants_s
from store_server.domain.positioning import Fix, FloorEstimator, NoFix
from store_server.domain.ranging import STRONGEST_DBM, WEAKEST_DBM
from store_server.domain.sightings import AdmittedSightings, SightingColumns
from store_server.domain.surveys import Recording
from store_server.domain.tracking import Track
from store_server.wire.calibration import Calibration
from tests.accuracy.data_sets import SCENARIOS
from tests.accuracy.locating import Errors, Located, places
from tests.accuracy.measuring import Measured, data_set, measure_all
from tests.accuracy.running import Job, side_by_side

SCENARIO = "hall walks, survey of another day"
DRAWS = 12
MOST_SILENT = 6
SEED = 20190924
"""The day of the hall's survey."""

Floats = NDArray[np.float64]
Struck = NDArray[np.bool_]


def _silent(sightings: SightingColumns, is_struck: Struck, _: float) -> tuple[SightingColumns, Floats]:
    left = sightings.where(~is_struck)
    return left, left.heard_s


def _fails(sightings: SightingColumns, is_struck: Struck, middle_s: float) -> tuple[SightingColumns, Floats]:
    left = sightings.where(~is_struck | (sightings.heard_s < middle_s))
    return left, left.heard_s


def _hears_louder(
    by_db: float, sightings: SightingColumns, is_struck: Struck, _: float
) -> tuple[SightingColumns, Floats]:
    is_strength = (sightings.rssi_dbm >= WEAKEST_DBM) & (sightings.rssi_dbm <= STRONGEST_DBM)
    louder = np.clip(sightings.rssi_dbm + by_db, WEAKEST_DBM, STRONGEST_DBM)
    return replace(sightings, rssi_dbm=np.where(is_struck & is_strength, louder, sightings.rssi_dbm)), sightings.heard_s


def _clock_ahead(
    by_s: float, sightings: SightingColumns, is_struck: Struck, _: float
) -> tuple[SightingColumns, Floats]:
    return replace(sightings, heard_s=sightings.heard_s + by_s * is_struck), sightings.heard_s


@dataclass(frozen=True, slots=True, eq=False)
class Trouble:
    """What befalls receivers.

    Attributes
    ----------
    name : str
    receivers : int
        How many at once.
    strikes : callable
        From a walk's sightings, which of them are of the struck receivers and the walk's middle (s), to what then is sent, and
        when each of it arrives.
    from_middle : bool
        Only the second half of the walk is looked at.
    """

    name: str
    receivers: int
    strikes: Callable[[SightingColumns, Struck, float], tuple[SightingColumns, Floats]]
    from_middle: bool = False

    def draws(self, anchors: int) -> Iterator[NDArray[np.int64]]:
        """Which receivers are struck together: each alone, or so many draws."""
        if comb(anchors, self.receivers) <= DRAWS:
            yield from np.arange(anchors)[:, None] if self.receivers else np.empty((1, 0), dtype=np.int64)
            return
        rng = np.random.default_rng([SEED, self.receivers])
        for _ in range(DRAWS):
            yield rng.choice(anchors, self.receivers, replace=False)


TROUBLES = (
    Trouble("none", 0, _silent),
    *(Trouble(f"{count} silent", count, _silent) for count in range(1, MOST_SILENT + 1)),
    Trouble("none, second half", 0, _silent, from_middle=True),
    *(Trouble(f"{count} fail at half", count, _fails, from_middle=True) for count in range(1, MOST_SILENT + 1)),
    Trouble("one 10 dB louder", 1, partial(_hears_louder, 10.0)),
    Trouble("one 10 dB weaker", 1, partial(_hears_louder, -10.0)),
    Trouble("one clock 2 s ahead", 1, partial(_clock_ahead, 2.0)),
    Trouble("one clock 2 s behind", 1, partial(_clock_ahead, -2.0)),
)


class _AsItArrives(FloorEstimator):
    """Asked in the middle of a walk, it must not see what a slow clock stamped in the past but was not heard yet."""

    arrived_s: Floats

    def fixes(
        self, sightings: AdmittedSightings, at_s: float, tracks: Sequence[Track | None] = ()
    ) -> list[Fix | NoFix]:
        here = AdmittedSightings(sightings.where(self.arrived_s <= at_s))
        return super().fixes(here, at_s, tracks)


def _located(estimator: _AsItArrives, recording: Recording, trouble: Trouble, struck: set[str]) -> Located:
    sightings = recording.sightings
    at_s = instants_s(sightings.heard_s)
    middle_s = float(at_s[len(at_s) // 2])
    is_struck = np.array([node_id in struck for node_id in sightings.node_ids])[sightings.node_index]
    sent, estimator.arrived_s = trouble.strikes(sightings, is_struck, middle_s)
    moments = follow(estimator, admit_recording(sent), at_s)
    located = Located(recording.beacon_id, at_s, recording.truth_at(at_s), places(moments))
    return located.at(at_s >= middle_s) if trouble.from_middle else located


def _errors_in(trouble: Trouble, calibration: Calibration | None) -> Errors:
    data = data_set(_folder())
    estimator = _AsItArrives(data.anchors, calibration)
    return Errors.of(
        [
            _located(estimator, walk, trouble, {data.anchors[number].node_id for number in struck})
            for struck in trouble.draws(len(data.anchors))
            for walk in data.walks
        ]
    )


def _folder() -> str:
    return next(scenario.folder for scenario in SCENARIOS if scenario.name == SCENARIO)


def report(measured: dict[str, Measured]) -> dict[str, Errors]:
    """Print what each trouble costs; answers it too, empty where the hall is not to be had."""
    if SCENARIO not in measured:
        return {}
    calibration = measured[SCENARIO].calibrations[0]
    jobs = [Job(trouble.name, partial(_errors_in, trouble, calibration)) for trouble in TROUBLES]
    print(f"\nReceivers failing ({SCENARIO}; each receiver alone, or {DRAWS} draws; half: second half of each walk)")
    print(f"{'':<22} {'ours':>11}  {'cover':>6}  {'lowest':>6}  {'radius':>6} {'none':>5}")
    found = {}
    for trouble, errors in zip(TROUBLES, side_by_side(jobs), strict=True):
        found[trouble.name] = errors
        print(
            f"{trouble.name:<22} {errors.median_m:5.2f}/{errors.p95_m:5.2f}  {errors.coverage:6.1%}"
            f"  {errors.lowest_coverage:6.1%}  {errors.radius_m:6.2f} {errors.without_fix:5.1%}",
            flush=True,
        )
    return found


if __name__ == "__main__":
    report(measure_all([scenario for scenario in SCENARIOS if scenario.name == SCENARIO]))
