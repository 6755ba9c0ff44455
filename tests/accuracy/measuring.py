"""One part of one scenario: its calibration, ours and the peers at the same instants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray

from store_server.domain.calibrating import fit_calibration
from store_server.domain.consent import admit_recording
from store_server.domain.cross_validating import calibrate
from store_server.domain.following import instants_s
from store_server.domain.positioning import FloorEstimator
from store_server.domain.ranging import rssi_window
from store_server.domain.surveys import Recording
from store_server.wire.calibration import Calibration
from tests.accuracy.data_sets import DataSet, Scenario, read_data_set
from tests.accuracy.locating import Located, locate
from tests.accuracy.peers import PEERS, Known
from tests.accuracy.running import Job, side_by_side

PEER_STRIDE = 4
"""Peers are asked at each fourth instant: ``localization`` takes milliseconds for one."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """What one part, or all parts of a scenario, gave.

    Attributes
    ----------
    calibrations : tuple of Calibration or None
        One for each part; None: the factory's.
    located : tuple of Located
        Every instant of every recording, in the scenario's order.
    peer_errors_m : dict of str to ndarray
        Of each peer, at the instants it was asked; empty where it needs what is not known.
    """

    calibrations: tuple[Calibration | None, ...]
    located: tuple[Located, ...]
    peer_errors_m: dict[str, Floats]

    @classmethod
    def joined(cls, parts: Sequence[Measured]) -> Measured:
        """Of all parts."""
        return cls(
            tuple(calibration for part in parts for calibration in part.calibrations),
            tuple(located for part in parts for located in part.located),
            {name: np.concatenate([part.peer_errors_m[name] for part in parts]) for name in PEERS},
        )


@cache
def data_set(folder: str) -> DataSet:
    """A data set that is there, read once a process."""
    found = read_data_set(folder)
    if found is None:
        raise FileNotFoundError(f"rssi/{folder} is not here (see AISLEWAY_DATA)")
    return found


def measure_part(scenario: Scenario, number: int) -> Measured:
    """Calibrate with what a part knows, and locate the rest of it."""
    data = data_set(scenario.folder)
    part = scenario.parts(data)[number]
    floor = data.floor if scenario.with_plan else None
    survey = scenario.survey(part, data.anchors)
    calibration = None
    if part.known is not None:
        calibration = calibrate(data.anchors, part.known, floor, None if scenario.points is None else survey)
    # Peers know no walls: theirs is fitted without, or it would be off by what the walls take.
    known = Known(None if survey is None else fit_calibration(data.anchors, survey), survey)
    estimator = FloorEstimator(data.anchors, calibration, floor)
    peers = [_peer_errors_m(recording, data, scenario.every * PEER_STRIDE, known) for recording in part.located]
    return Measured(
        (calibration,),
        tuple(locate(estimator, recording) for recording in part.located),
        {name: np.concatenate([each[name] for each in peers]) for name in PEERS},
    )


def measure_all(scenarios: Sequence[Scenario]) -> dict[str, Measured]:
    """Each scenario by its name, all parts side by side; what is not there is left out."""
    there = [scenario for scenario in scenarios if read_data_set(scenario.folder) is not None]
    owners, jobs = [], []
    for scenario in there:
        for number in range(len(scenario.parts(data_set(scenario.folder)))):
            owners.append(scenario.name)
            jobs.append(Job(f"{scenario.name}, part {number + 1}", partial(measure_part, scenario, number)))
    parts: dict[str, list[Measured]] = {scenario.name: [] for scenario in there}
    for owner, measured in zip(owners, side_by_side(jobs), strict=True):
        parts[owner].append(measured)
    return {name: Measured.joined(each) for name, each in parts.items()}


def _peer_errors_m(recording: Recording, data: DataSet, stride: int, known: Known) -> dict[str, Floats]:
    node_ids = [anchor.node_id for anchor in data.anchors]
    sightings = admit_recording(recording.sightings)
    at_s = instants_s(recording.sightings.heard_s)[::stride]
    errors: dict[str, list[float]] = {name: [] for name in PEERS}
    for now_s, truth in zip(at_s.tolist(), recording.truth_at(at_s), strict=True):
        window = rssi_window(sightings, node_ids, now_s)
        if window.heard.sum() < 3:
            continue
        for name, peer in PEERS.items():
            xy = peer(window, data.anchors, known)[0]
            if np.isfinite(xy).all():
                errors[name].append(float(np.hypot(*(xy - truth))))
    return {name: np.array(each) for name, each in errors.items()}
