"""The first seconds: each walk cut into pieces, as if the beacon had come only then (``python -m tests.accuracy.starts``).

A walk has one beginning, and four walks have four: too few to tell what happens to who has just come. Calibrations are those
``chosen.json`` keeps, as in ``forecasts``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from store_server.domain.positioning import FloorEstimator
from store_server.domain.surveys import Recording
from tests.accuracy.data_sets import SCENARIOS, Scenario, data_folder
from tests.accuracy.forecasts import calibration_of, kept_settings
from tests.accuracy.ideas import AS_IT_IS, IDEAS, Idea
from tests.accuracy.locating import Errors, Located, locate
from tests.accuracy.measuring import data_set
from tests.accuracy.running import Job, side_by_side

EVERY_S = 7.0
LASTS_S = 12.0

OF_FIRST_SECONDS = (AS_IT_IS, *(idea for idea in IDEAS if idea.name in {"waiting for enough", "narrowing errors"}))


def pieces(walk: Recording) -> list[Recording]:
    """A walk's sightings from each ``EVERY_S`` on, for ``LASTS_S``; its very beginning is left to the other tables."""
    heard_s = walk.sightings.heard_s
    begins_s = np.arange(heard_s.min() + EVERY_S, heard_s.max() - LASTS_S, EVERY_S)
    parts = [(begin_s, (heard_s >= begin_s) & (heard_s < begin_s + LASTS_S)) for begin_s in begins_s.tolist()]
    return [
        replace(walk, beacon_id=f"{walk.beacon_id} from {begin_s:.0f} s", sightings=walk.sightings.where(part))
        for begin_s, part in parts
        if part.any()
    ]


def _located(scenario: Scenario, idea: Idea) -> list[Located]:
    data, settings = data_set(scenario.folder), kept_settings().get(scenario.name)
    floor = data.floor if scenario.with_plan else None
    located = []
    with idea.taken_out():
        for number, part in enumerate(scenario.parts(data)):
            calibration = calibration_of(scenario, data, part, settings[number] if settings else None)
            estimator = FloorEstimator(data.anchors, calibration, floor)
            located += [locate(estimator, piece) for walk in part.located for piece in pieces(walk)]
    return located


def _is_of_walks(scenario: Scenario) -> bool:
    parts = scenario.parts(data_set(scenario.folder))
    return not any(recording.is_still for part in parts for recording in part.located)


def report() -> None:
    """Print the errors of the first seconds, as it is and without what is there for them."""
    there = [scenario for scenario in SCENARIOS if data_folder(scenario.folder) is not None]
    rows = [scenario for scenario in there if _is_of_walks(scenario)]
    jobs = [
        Job(f"{scenario.name}: {idea.name}", partial(_located, scenario, idea))
        for scenario in rows
        for idea in OF_FIRST_SECONDS
    ]
    answers = side_by_side(jobs)
    print(f"\nThe first {LASTS_S:g} s of a beacon: median/p95 in m, positions withheld; without the idea")
    print(f"{'':<42} {'times':>5}" + "".join(f"{idea.name:>22}" for idea in OF_FIRST_SECONDS))
    for scenario in rows:
        located: list[Sequence[Located]] = [next(answers) for _ in OF_FIRST_SECONDS]
        cells = [_cell(Errors.of(each)) for each in located]
        print(f"{scenario.name:<42} {len(located[0]):5d}" + "".join(f"{cell:>22}" for cell in cells), flush=True)


def _cell(errors: Errors) -> str:
    return f"{errors.median_m:.2f}/{errors.p95_m:.2f} {errors.without_fix:.1%}"


if __name__ == "__main__":
    report()
