"""``make accuracy`` (``python -m tests.accuracy.measure``): ours beside the peers, whole recordings or places left out.

Prints one table and compares ours with ``baseline.json``; a median or p95 worse by more than 5 % fails.
``--move-baseline`` writes the figures of this run as the new baseline.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from store_server.domain.calibrating import fit_calibration
from store_server.domain.consent import admit_recording
from store_server.domain.cross_validating import calibrate
from store_server.domain.following import follow, instants_s
from store_server.domain.positioning import FloorEstimator
from store_server.domain.ranging import rssi_window
from store_server.domain.surveys import Recording
from store_server.wire.calibration import Calibration
from tests.accuracy.data_sets import SCENARIOS, DataSet, Scenario, read_data_set
from tests.accuracy.peers import PEERS, Peer

BASELINE = Path(__file__).parent / "baseline.json"
TOLERANCE = 1.05
PEER_STRIDE = 4
"""Peers are asked at each fourth instant: ``localization`` takes milliseconds for one."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Figures:
    """What one scenario gave; distances in metres, shares 0 to 1."""

    instants: int
    median_m: float
    p95_m: float
    coverage: float
    lowest_coverage: float
    radius_m: float
    without_fix: float
    peers: dict[str, tuple[float, float]]

    def tracked(self) -> dict[str, float]:
        """The figures the baseline holds."""
        return {
            "median_m": round(self.median_m, 3),
            "p95_m": round(self.p95_m, 3),
            "coverage": round(self.coverage, 3),
            "radius_m": round(self.radius_m, 3),
        }


def measure(scenario: Scenario, data: DataSet) -> Figures:
    """Locate what a scenario locates, each part with the calibration of what it knows."""
    floor = data.floor if scenario.with_plan else None
    errors: list[Floats] = []
    radii: list[Floats] = []
    coverages: list[float] = []
    instants = 0
    peers: dict[str, list[Floats]] = {name: [] for name in PEERS}
    for part in scenario.parts(data):
        survey = scenario.survey(part, data.anchors)
        calibration = None
        if part.known is not None:
            calibration = calibrate(data.anchors, part.known, floor, None if scenario.points is None else survey)
        # Peers know no walls: theirs is fitted without, or it would be off by what the walls take.
        peers_know = None if survey is None else fit_calibration(data.anchors, survey)
        estimator = FloorEstimator(data.anchors, calibration, floor)
        for recording in part.located:
            error_m, radius_m, asked = _errors_of(estimator, recording, data, scenario)
            errors.append(error_m)
            radii.append(radius_m)
            instants += asked
            if len(error_m) >= 20:
                coverages.append(float(np.mean(error_m <= radius_m)))
            at_s = instants_s(recording.sightings.heard_s)[:: scenario.every * PEER_STRIDE]
            for name, peer in PEERS.items():
                peers[name].append(_peer_errors(peer, recording, data, at_s, peers_know))
    error, radius = np.concatenate(errors), np.concatenate(radii)
    return Figures(
        instants,
        float(np.median(error)),
        float(np.quantile(error, 0.95)),
        float(np.mean(error <= radius)),
        min(coverages, default=float("nan")),
        float(np.median(radius)),
        1 - len(error) / instants,
        {name: _median_and_p95(np.concatenate(each)) for name, each in peers.items()},
    )


def _errors_of(
    estimator: FloorEstimator, recording: Recording, data: DataSet, scenario: Scenario
) -> tuple[Floats, Floats, int]:
    at_s = instants_s(recording.sightings.heard_s)
    floor = data.floor if scenario.with_plan else None
    moments = follow(estimator, admit_recording(recording.sightings), at_s, floor)[:: scenario.every]
    truth = recording.truth_at(at_s)[:: scenario.every]
    found = [
        (float(np.hypot(moment.place[0] - x, moment.place[1] - y)), moment.place[2])
        for moment, (x, y) in zip(moments, truth, strict=True)
        if moment.place is not None
    ]
    both = np.array(found, dtype=np.float64).reshape(-1, 2)
    return both[:, 0], both[:, 1], len(moments)


def _peer_errors(
    peer: Peer, recording: Recording, data: DataSet, at_s: Floats, calibration: Calibration | None
) -> Floats:
    node_ids = [anchor.node_id for anchor in data.anchors]
    errors = []
    for now_s, truth in zip(at_s, recording.truth_at(at_s), strict=True):
        window = rssi_window(admit_recording(recording.sightings), node_ids, now_s)
        if window.heard.sum() >= 3:
            xy = peer(window, data.anchors, calibration)[0]
            errors.append(float(np.hypot(*(xy - truth))))
    return np.array(errors)


def _median_and_p95(error: Floats) -> tuple[float, float]:
    return float(np.median(error)), float(np.quantile(error, 0.95))


def _line(name: str, figures: Figures) -> str:
    peers = "  ".join(f"{median:5.2f}/{p95:5.2f}" for median, p95 in figures.peers.values())
    return (
        f"{name:<42} {figures.instants:5d}  {figures.median_m:5.2f}/{figures.p95_m:5.2f}  {figures.coverage:6.1%}"
        f"  {figures.lowest_coverage:6.1%}  {figures.radius_m:5.2f}  {figures.without_fix:5.1%}  {peers}"
    )


def worse_than(baseline: dict[str, dict[str, float]], name: str, figures: Figures) -> list[str]:
    """Which tracked distances have grown by more than the tolerance."""
    before, now = baseline.get(name, {}), figures.tracked()
    return [
        f"{name}: {key} {before[key]:.2f} -> {now[key]:.2f}"
        for key in ("median_m", "p95_m")
        if key in before and now[key] > before[key] * TOLERANCE
    ]


def main(arguments: list[str]) -> int:
    """Print the table; 1 where a tracked figure is worse than the baseline."""
    baseline = json.loads(BASELINE.read_text(encoding="utf-8")) if BASELINE.is_file() else {}
    data: dict[str, DataSet | None] = {scenario.folder: None for scenario in SCENARIOS}
    data = {folder: read_data_set(folder) for folder in data}
    tracked: dict[str, dict[str, float]] = {}
    worse: list[str] = []
    print("median/p95 in m; cover: errors within the stated 95 % radius; lowest: of any one recording")
    header = "  ".join(f"{name[:11]:>11}" for name in PEERS)
    print(f"{'':<42} {'fixes':>5}  {'ours':>11}  {'cover':>6}  {'lowest':>6}  {'radius':>6} {'none':>5}  {header}")
    for scenario in SCENARIOS:
        found = data[scenario.folder]
        if found is None:
            print(f"{scenario.name:<42} not measured: rssi/{scenario.folder} is not here (see AISLEWAY_DATA)")
            continue
        figures = measure(scenario, found)
        print(_line(scenario.name, figures), flush=True)
        tracked[scenario.name] = figures.tracked()
        worse += worse_than(baseline, scenario.name, figures)
    if "--move-baseline" in arguments:
        BASELINE.write_text(json.dumps(tracked, indent=1) + "\n", encoding="utf-8")
        return 0
    for words in worse:
        print(f"worse than the baseline: {words}", file=sys.stderr)
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
