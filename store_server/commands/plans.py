"""``aisleway check-plan``: what is to mend in a floorplan; and how plans are opened and problems told by all commands."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click

from store_server.adapters.plan_files import load_plan
from store_server.domain import plan_checks
from store_server.domain.plan_problems import InvalidFloorplan, Problem
from store_server.wire.floorplans import FloorplanDocument

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
TO_WRITE = click.Path(dir_okay=False, path_type=Path)

LINES_AT_MOST = 1000


def stop(lines: Sequence[str]) -> NoReturn:
    """Say what is wrong with the data, and end with 1."""
    for line in lines[:LINES_AT_MOST]:
        click.echo(line, err=True)
    if len(lines) > LINES_AT_MOST:
        click.echo(f"... and {len(lines) - LINES_AT_MOST} more.", err=True)
    raise click.exceptions.Exit(1)


def line_of(problem: Problem) -> str:
    """A problem in one line: what, where, and what to do."""
    keys = f" {', '.join(problem.feature_keys[:4])}" if problem.feature_keys else ""
    more = f" and {len(problem.feature_keys) - 4} more" if len(problem.feature_keys) > 4 else ""
    place = f" at ({problem.place[0]:g}, {problem.place[1]:g})" if problem.place else ""
    return f"{problem.severity} {problem.rule}{keys}{more}{place}: {problem.words}"


def _as_json(problem: Problem) -> dict[str, object]:
    return {
        "severity": problem.severity,
        "rule": problem.rule,
        "key": problem.feature_keys[0] if problem.feature_keys else None,
        "feature_keys": problem.feature_keys,
        "place": problem.place,
        "words": problem.words,
        "message": problem.said.message,
        "figures": dict(problem.said.figures),
        "evidence": problem.evidence,
    }


def opened(path: Path, planogram: Path | None = None) -> FloorplanDocument:
    """The plan in a file; ends with its problems where it cannot be read."""
    try:
        return load_plan(path, planogram)
    except InvalidFloorplan as invalid:
        stop([line_of(problem) for problem in invalid.problems])
    except OSError as fault:
        stop([f"{path}: cannot be read ({fault.strerror or fault})."])


@click.command("check-plan")
@click.argument("file", type=FILE)
@click.option("--planogram", type=FILE, help="The slots, as CSV, where the plan does not hold them.")
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="One JSON list: severity, rule, feature_keys, place, words, message, figures, evidence.",
)
def check_plan(file: Path, planogram: Path | None, as_json: bool) -> None:
    """List what is to mend in the floorplan FILE: errors, which would send people wrong, and warnings.

    Exit code 1 if there is an error. Example: aisleway check-plan floorplans/demo_store.floorplan.json
    """
    try:
        found = plan_checks.problems(load_plan(file, planogram))
    except InvalidFloorplan as invalid:
        found = list(invalid.problems)
    except OSError as fault:
        stop([f"{file}: cannot be read ({fault.strerror or fault})."])
    if as_json:
        click.echo(json.dumps([_as_json(problem) for problem in found], ensure_ascii=False, indent=1))
    else:
        for problem in found:
            click.echo(line_of(problem))
        errors = sum(problem.is_error for problem in found)
        click.echo(f"{errors} errors, {len(found) - errors} warnings.", err=True)
    if any(problem.is_error for problem in found):
        raise click.exceptions.Exit(1)


COMMANDS: tuple[click.Command, ...] = (check_plan,)
