"""The predicted accuracy beside the measured one: each row of the table forecast from its nodes, plan and calibration alone.

``python -m tests.accuracy.forecasts`` prints it by what ``baseline.json`` holds and the settings ``chosen.json`` keeps of each
calibration, so that nothing has to be cross-validated again; ``--choose`` measures those anew (it takes some minutes).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from store_server.domain.accuracy_forecast import MEDIAN_SHARE, UNSURVEYED, ForecastFloor
from store_server.domain.calibrating import fit_calibration
from store_server.domain.cross_validating import calibrate
from store_server.domain.following import instants_s
from store_server.domain.positioning import STILL_WEIGHT
from store_server.wire.calibration import Calibration
from tests.accuracy import outages
from tests.accuracy.data_sets import SCENARIOS, DataSet, Part, Scenario, data_folder
from tests.accuracy.measuring import data_set
from tests.accuracy.running import Job, side_by_side

BASELINE = Path(__file__).parent / "baseline.json"
CHOSEN = Path(__file__).parent / "chosen.json"

KEPT = ("spread_scale", "drift_sd_db", "radius_scale", "radius_power", "estimator")
"""What the errors left out choose of a calibration; the rest is fitted in a moment."""

HALL = "tetam_hall"

ALLOWED = 0.3
"""The forecast is to be within this part of what is measured."""

ALLOWED_UNSEEN = 0.35
"""The same for a building its one constant was not fitted on."""

SILENT_MEDIANS_M = (1.06, 1.15, 1.28, 1.31, 1.57, 1.67, 1.79)
"""The hall's walks with none, one, two ... receivers silent, as ``outages`` measured them (see ``docs/accuracy.md``)."""

Chosen = Mapping[str, Sequence[Mapping[str, object]]]


@dataclass(frozen=True, slots=True)
class Predicted:
    """One row: medians in metres, measured, forecast where it was measured, and forecast over the whole floor."""

    name: str
    building: str
    measured_m: float
    at_places_m: float
    over_floor_m: float

    def off(self, share: float = MEDIAN_SHARE) -> tuple[float, float]:
        """By which part each forecast is off, had the one fitted constant been this."""
        scale = share / MEDIAN_SHARE / self.measured_m
        return self.at_places_m * scale - 1, self.over_floor_m * scale - 1


def calibration_of(
    scenario: Scenario, data: DataSet, part: Part, settings: Mapping[str, object] | None
) -> Calibration | None:
    """The calibration a part was measured with, from the settings kept of it."""
    survey = scenario.survey(part, data.anchors)
    if survey is None or settings is None:
        return None
    fitted = fit_calibration(data.anchors, survey, data.floor if scenario.with_plan else None)
    return Calibration.model_validate({**fitted.model_dump(), **settings}, strict=False)


def of_standing(calibration: Calibration) -> Calibration:
    """The same for beacons that stand: a forecast is of those that walk, and the radius stated of others is wider."""
    wider = STILL_WEIGHT ** (calibration.radius_power / 2)
    return calibration.model_copy(update={"radius_scale": calibration.radius_scale * wider})


def predict(scenario: Scenario, measured_m: float, settings: Sequence[Mapping[str, object]]) -> Predicted:
    """Forecast one row; ``settings`` has an entry for each calibrated part."""
    data = data_set(scenario.folder)
    at_places, over_floor = [], []
    for number, part in enumerate(scenario.parts(data)):
        calibration = calibration_of(scenario, data, part, settings[number] if settings else None)
        if all(recording.is_still for recording in part.located):
            calibration = of_standing(calibration or UNSURVEYED)
        forecast = ForecastFloor.of(data.floor if scenario.with_plan else None, data.anchors, calibration).forecast()
        places = [r.truth_at(instants_s(r.sightings.heard_s)[:: scenario.every]) for r in part.located]
        at_places.append(forecast.at(np.concatenate(places)))
        over_floor.append(forecast.error_m[forecast.walkable])
    return Predicted(
        scenario.name,
        scenario.folder,
        measured_m,
        float(np.median(np.concatenate(at_places))),
        float(np.median(np.concatenate(over_floor))),
    )


def predict_all(measured_m: Mapping[str, float], chosen: Chosen) -> list[Predicted]:
    """Every row whose data is there and that was measured."""
    return [
        predict(scenario, measured_m[scenario.name], chosen.get(scenario.name, ()))
        for scenario in SCENARIOS
        if data_folder(scenario.folder) is not None and scenario.name in measured_m
    ]


def predict_silent(chosen: Chosen) -> list[Predicted]:
    """The hall with receivers taken away, the same draws as were measured: what a forecast of other nodes is worth."""
    scenario = next(scenario for scenario in SCENARIOS if scenario.name == outages.SCENARIO)
    data = data_set(scenario.folder)
    (part,) = scenario.parts(data)
    whole = ForecastFloor.of(None, data.anchors, calibration_of(scenario, data, part, chosen[scenario.name][0]))
    places = np.concatenate([walk.truth_at(instants_s(walk.sightings.heard_s)) for walk in part.located])
    rows = []
    for trouble, measured_m in zip(outages.TROUBLES, SILENT_MEDIANS_M, strict=False):
        at_places, over_floor = [], []
        for silent in trouble.draws(len(data.anchors)):
            left = [anchor for number, anchor in enumerate(data.anchors) if number not in silent]
            forecast = whole.with_anchors(left).forecast()
            at_places.append(forecast.at(places))
            over_floor.append(forecast.error_m)
        medians = (float(np.median(np.concatenate(each))) for each in (at_places, over_floor))
        rows.append(Predicted(f"hall, receivers: {trouble.name}", scenario.folder, measured_m, *medians))
    return rows


def fitted_share(rows: Sequence[Predicted]) -> float:
    """The constant that makes the largest part by which these rows are off, there and over the floor, smallest."""
    ratios = 1 + np.array([row.off() for row in rows])
    return float(MEDIAN_SHARE * 2 / (ratios.max() + ratios.min()))


def kept_settings() -> Chosen:
    """Of each calibrated row, what the errors left out chose when it was measured last."""
    kept: Chosen = json.loads(CHOSEN.read_text(encoding="utf-8"))
    return kept


def baseline_medians() -> dict[str, float]:
    """What was measured last, in metres."""
    rows = json.loads(BASELINE.read_text(encoding="utf-8"))
    return {name: float(figures["median_m"]) for name, figures in rows.items()}


def report(measured_m: Mapping[str, float] | None = None, chosen: Chosen | None = None) -> list[Predicted]:
    """Print the table, and what each building would have had by the constant the two others fit."""
    rows = predict_all(measured_m or baseline_medians(), chosen or kept_settings())
    print(f"\nPredicted accuracy: medians in m; median error {MEDIAN_SHARE} of the radius (fits best: {_fits(rows)})")
    print(f"{'':<42} {'measured':>8}  {'forecast there':>15}  {'whole floor':>14}  {'others alone':>14}")
    for row in rows:
        others = [other for other in rows if other.building != row.building]
        alone = "-" if not others else "{:+.0%} {:+.0%}".format(*row.off(fitted_share(others)))
        there, floor = row.off()
        print(
            f"{row.name:<42} {row.measured_m:8.2f}  {row.at_places_m:7.2f} {there:+7.0%}"
            f"  {row.over_floor_m:7.2f} {floor:+6.0%}  {alone:>14}"
        )
    if data_folder(HALL) is not None:
        print("\nThe hall, surveyed, with receivers taken away")
        for row in predict_silent(chosen or kept_settings()):
            print(f"{row.name:<42} {row.measured_m:8.2f}  {row.at_places_m:7.2f} {row.off()[0]:+7.0%}")
    if missing := sorted({s.folder for s in SCENARIOS} - {row.building for row in rows}):
        print(f"not measured: {', '.join(missing)} (see AISLEWAY_DATA)")
    return rows


def _fits(rows: Sequence[Predicted]) -> str:
    return f"{fitted_share(rows):.3f}" if rows else "not measured"


def settings_of(calibrations: Sequence[Calibration | None]) -> list[dict[str, object]]:
    """What is kept of some calibrations."""
    return [c.model_dump(mode="json", include=set(KEPT)) for c in calibrations if c is not None]


def _choose(scenario: Scenario, number: int) -> Calibration | None:
    data = data_set(scenario.folder)
    part = scenario.parts(data)[number]
    if part.known is None:
        return None
    points = None if scenario.points is None else scenario.survey(part, data.anchors)
    return calibrate(data.anchors, part.known, data.floor if scenario.with_plan else None, points)


def choose_anew() -> None:
    """Calibrate every part again and keep what was chosen."""
    jobs = [
        (s.name, Job(f"{s.name}, part {number + 1}", partial(_choose, s, number)))
        for s in SCENARIOS
        if data_folder(s.folder) is not None
        for number in range(len(s.parts(data_set(s.folder))))
    ]
    chosen: dict[str, list[dict[str, object]]] = {}
    for (name, _), calibration in zip(jobs, side_by_side([job for _, job in jobs]), strict=True):
        chosen.setdefault(name, []).extend(settings_of([calibration]))
    kept = {name: settings for name, settings in chosen.items() if settings}
    CHOSEN.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if "--choose" in sys.argv[1:]:
        choose_anew()
    report()
