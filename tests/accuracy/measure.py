"""``make accuracy`` (``python -m tests.accuracy.measure``): ours beside the peers, whole recordings or places left out.

Prints the table, then what each idea is worth, what failing receivers cost and how still a standing beacon stays, draws the
pictures, and compares ours with ``baseline.json``; a median or p95 worse by more than 5 % fails.
``--move-baseline`` writes the figures of this run as the new baseline.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

from tests.accuracy import ablation, forecasts, outages, plots, standing
from tests.accuracy.data_sets import SCENARIOS, Scenario
from tests.accuracy.locating import Errors, median_and_p95
from tests.accuracy.measuring import Measured, measure_all
from tests.accuracy.peers import PEERS

BASELINE = Path(__file__).parent / "baseline.json"
TOLERANCE = 1.05


def errors_of(scenario: Scenario, measured: Measured) -> Errors:
    """Ours, at the instants the scenario looks at."""
    return Errors.of([located.at(slice(None, None, scenario.every)) for located in measured.located])


def tracked(errors: Errors) -> dict[str, float]:
    """The figures the baseline holds."""
    return {
        "median_m": round(errors.median_m, 3),
        "p95_m": round(errors.p95_m, 3),
        "coverage": round(errors.coverage, 3),
        "radius_m": round(errors.radius_m, 3),
    }


def worse_than(baseline: dict[str, dict[str, float]], name: str, now: dict[str, float]) -> list[str]:
    """Which tracked distances have grown by more than the tolerance."""
    before = baseline.get(name, {})
    return [
        f"{name}: {key} {before[key]:.2f} -> {now[key]:.2f}"
        for key in ("median_m", "p95_m")
        if key in before and now[key] > before[key] * TOLERANCE
    ]


def _line(name: str, errors: Errors, measured: Measured) -> str:
    peers = "  ".join(
        f"{'-':>11}" if len(error_m) == 0 else "{:5.2f}/{:5.2f}".format(*median_and_p95(error_m))
        for error_m in measured.peer_errors_m.values()
    )
    lowest = "-" if np.isnan(errors.lowest_coverage) else f"{errors.lowest_coverage:.1%}"
    return (
        f"{name:<42} {errors.instants:5d}  {errors.median_m:5.2f}/{errors.p95_m:5.2f}  {errors.coverage:6.1%}"
        f"  {lowest:>6}  {errors.radius_m:6.2f} {errors.without_fix:5.1%}  {peers}"
    )


def _print_table(measured: dict[str, Measured]) -> dict[str, dict[str, float]]:
    print("median/p95 in m; cover: errors within the stated 95 % radius; lowest: of any one walk")
    header = "  ".join(f"{name[:11]:>11}" for name in PEERS)
    print(f"{'':<42} {'fixes':>5}  {'ours':>11}  {'cover':>6}  {'lowest':>6}  {'radius':>6} {'none':>5}  {header}")
    figures = {}
    for scenario in SCENARIOS:
        if scenario.name not in measured:
            print(f"{scenario.name:<42} not measured: rssi/{scenario.folder} is not here (see AISLEWAY_DATA)")
            continue
        errors = errors_of(scenario, measured[scenario.name])
        print(_line(scenario.name, errors, measured[scenario.name]), flush=True)
        figures[scenario.name] = tracked(errors)
    return figures


def main(arguments: list[str]) -> int:
    """Print the tables; 1 where a tracked figure is worse than the baseline."""
    baseline = json.loads(BASELINE.read_text(encoding="utf-8")) if BASELINE.is_file() else {}
    measured = measure_all(SCENARIOS)
    figures = _print_table(measured)
    ablation.report(measured)
    swept = outages.report(measured)
    standing.report(measured)
    forecasts.report({name: each["median_m"] for name, each in figures.items()})
    plots.draw(measured, swept)
    if "--move-baseline" in arguments:
        BASELINE.write_text(json.dumps({**baseline, **figures}, indent=1) + "\n", encoding="utf-8")
        return 0
    worse = [words for name, now in figures.items() for words in worse_than(baseline, name, now)]
    for words in worse:
        print(f"worse than the baseline: {words}", file=sys.stderr)
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
