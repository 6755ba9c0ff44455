"""What each idea is worth: the same recordings with it and without (``python -m tests.accuracy.ablation``)."""

from __future__ import annotations

from functools import partial

import numpy as np

from store_server.domain.calibrating import fit_calibration
from store_server.domain.positioning import FACTORY_CALIBRATION
from store_server.wire.calibration import Calibration
from tests.accuracy.data_sets import SCENARIOS, Part, Scenario
from tests.accuracy.ideas import AS_IT_IS, IDEAS, Idea
from tests.accuracy.locating import Errors, Located, locate
from tests.accuracy.measuring import Measured, data_set, measure_all
from tests.accuracy.running import Job, side_by_side

COLUMNS = {
    "hall, surveyed": "hall walks, survey of another day",
    "flat, other walks": "flat, other walks, with walls",
    "library, 3/4 known": "library, a quarter left out, with shelves",
    "hall, unknown": "hall walks, not calibrated",
    "flat, unknown": "flat, not calibrated, with walls",
    "library, unknown": "library, not calibrated, with shelves",
}

CHOSEN_BY_LEFT_OUT_ERRORS = ("spread_scale", "drift_sd_db", "estimator", "radius_scale", "radius_power")
"""Kept as they were with every idea in place: one thing is changed at a time."""


def located_without(idea: Idea, scenario: Scenario, calibrations: tuple[Calibration | None, ...]) -> list[Located]:
    """The scenario's recordings, calibrated and located without an idea."""
    data = data_set(scenario.folder)
    floor = data.floor if scenario.with_plan else None
    located = []
    with idea.taken_out():
        for part, usual in zip(scenario.parts(data), calibrations, strict=True):
            calibration = _calibration_without(idea, scenario, part, usual)
            estimator = idea.estimator(data.anchors, calibration, floor)
            for recording in part.located:
                located.append(locate(estimator, recording, idea.following).at(slice(None, None, scenario.every)))
    return located


def _calibration_without(idea: Idea, scenario: Scenario, part: Part, usual: Calibration | None) -> Calibration:
    data = data_set(scenario.folder)
    survey = scenario.survey(part, data.anchors)
    if survey is None or usual is None:
        return FACTORY_CALIBRATION.model_copy(update=dict(idea.calibration))
    fitted = fit_calibration(data.anchors, survey, data.floor if scenario.with_plan else None)
    chosen = {name: getattr(usual, name) for name in CHOSEN_BY_LEFT_OUT_ERRORS}
    return fitted.model_copy(update={**chosen, **idea.calibration})


def _errors_without(idea: Idea, scenario: Scenario, calibrations: tuple[Calibration | None, ...]) -> Errors:
    return Errors.of(located_without(idea, scenario, calibrations))


def report(measured: dict[str, Measured]) -> None:
    """Print median/p95 without each idea, and by how much that is worse."""
    by_name = {scenario.name: scenario for scenario in SCENARIOS}
    columns = {title: by_name[name] for title, name in COLUMNS.items() if name in measured}
    if not columns:
        return
    asked, jobs = [], []
    for idea in (AS_IT_IS, *IDEAS):
        for title, scenario in columns.items():
            calibrations = measured[scenario.name].calibrations
            if idea.applies(calibrations[0] is not None, scenario.with_plan):
                asked.append((idea.name, title))
                jobs.append(Job(f"{idea.name}: {title}", partial(_errors_without, idea, scenario, calibrations)))
    answers = dict(zip(asked, side_by_side(jobs), strict=True))
    print("\nWhat each idea is worth: median/p95 in m without it, and how much worse that is (+: the idea gains)")
    print(f"{'':<28}" + "".join(f"{title:>26}" for title in columns))
    usual = {title: answers[AS_IT_IS.name, title] for title in columns}
    print(f"{AS_IT_IS.name:<28}" + "".join(f"{_figures(usual[title]):>26}" for title in columns))
    for idea in IDEAS:
        cells = [_cell(answers.get((idea.name, title)), usual[title], idea) for title in columns]
        print(f"{idea.name:<28}" + "".join(f"{cell:>26}" for cell in cells), flush=True)


def _figures(errors: Errors) -> str:
    return f"{errors.median_m:.2f}/{errors.p95_m:.2f}"


def _cell(changed: Errors | None, usual: Errors, idea: Idea) -> str:
    if changed is None:
        return "-"
    # An idea that is not ours gains where the run with it is better.
    gain = np.array([changed.median_m - usual.median_m, changed.p95_m - usual.p95_m])
    gain *= 1 if idea.is_ours else -1
    return f"{_figures(changed)} {gain[0]:+.2f}/{gain[1]:+.2f}"


if __name__ == "__main__":
    report(measure_all([scenario for scenario in SCENARIOS if scenario.name in COLUMNS.values()]))
