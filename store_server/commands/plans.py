"""The commands about floorplans: check them, and walk on them without a server."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn

import click

from store_server.adapters.plan_files import load_plan
from store_server.adapters.walk_files import Pair, Stops, UnreadableRows, read_pairs, read_stops, write_rows
from store_server.domain import plan_checks
from store_server.domain.floor_shapes import BODY_RADIUS_M
from store_server.domain.floorplan import Floorplan, levels_of
from store_server.domain.plan_problems import InvalidFloorplan, Problem
from store_server.domain.plan_structure import structure_problems
from store_server.domain.routing import NoPath, WalkingGraph
from store_server.domain.touring import best_tour
from store_server.wire.floorplans import FloorplanDocument

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
TO_WRITE = click.Path(dir_okay=False, path_type=Path)

STEP_FREE_RADIUS_M = 0.45
"""Half of the 0.9 m a wheelchair or a pram needs."""

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


def _graphs(document: FloorplanDocument, body_radius_m: float) -> dict[str, WalkingGraph]:
    """A graph for each level, by its key, id and ordinal; the empty name is the one nearest the ground."""
    graphs: dict[str, WalkingGraph] = {}
    try:
        for level in levels_of(document):
            graph = WalkingGraph.prepare(Floorplan.from_document(document, level.id), body_radius_m)
            for name in ("", level.properties.key, level.id, str(level.properties.ordinal)):
                graphs.setdefault(name, graph)
    except InvalidFloorplan as invalid:
        stop([line_of(problem) for problem in invalid.problems])
    if not graphs:
        stop([line_of(problem) for problem in structure_problems(document)])
    return graphs


def _route_rows(graphs: dict[str, WalkingGraph], pairs: Sequence[Pair]) -> Iterator[tuple[object, ...]]:
    for pair in pairs:
        path = graphs[pair.level].path(pair.start, pair.end)
        if isinstance(path, NoPath):
            yield pair.pair_id, "", "", path.reason
        else:
            wkt = ", ".join(f"{x:.6f} {y:.6f}" for x, y in path.points_m)
            yield pair.pair_id, f"{path.length_m:.4f}", f"LINESTRING ({wkt})", ""


@click.command("route")
@click.option("--plan", required=True, type=FILE, help="The floorplan.")
@click.option("--pairs", required=True, type=FILE, help="CSV: pair_id,from_x_m,from_y_m,to_x_m,to_y_m[,level].")
@click.option("--out", required=True, type=TO_WRITE, help="CSV to write: pair_id,length_m,path_wkt,reason.")
@click.option("--step-free", is_flag=True, help="Only ways a wheelchair or a pram fits through (0.9 m).")
def route(plan: Path, pairs: Path, out: Path, step_free: bool) -> None:
    """Find the shortest walks between pairs of places, at least 0.3 m from all fixtures, kiosks and walls.

    A place that cannot be stood on is moved to the nearest that can, at most 1 m away. Where there is no way, length_m and
    path_wkt are empty and reason says why. A level is named by its key, id or ordinal.

    Example: aisleway route --plan floorplans/hall.floorplan.json --pairs pairs.csv --out routes.csv
    """
    try:
        wanted = read_pairs(pairs)
        graphs = _graphs(opened(plan), STEP_FREE_RADIUS_M if step_free else BODY_RADIUS_M)
        if unknown := [pair for pair in wanted if pair.level not in graphs]:
            stop([f"Pair {pair.pair_id}: the plan has no level {pair.level}." for pair in unknown])
        write_rows(out, ("pair_id", "length_m", "path_wkt", "reason"), _route_rows(graphs, wanted))
    except UnreadableRows as bad:
        stop(bad.lines)
    except OSError as fault:
        stop([f"{fault.filename or pairs}: {fault.strerror or fault}."])


def _tour_rows(graph: WalkingGraph, tours: dict[str, Stops]) -> Iterator[tuple[object, ...]]:
    for tour_id, tour in tours.items():
        if tour.start is None:
            continue
        places = [tour.start, *tour.stops, *([] if tour.end is None else [tour.end])]
        best = best_tour(graph.matrix(places), tour.end is not None)
        length = f"{best.length_m:.4f}" if best.length_m < float("inf") else ""
        if not length:
            click.echo(f"Tour {tour_id}: some place cannot be reached; its length is left empty.", err=True)
        ordered = [tour.start, *(tour.stops[stop] for stop in best.order), *places[1 + len(tour.stops) :]]
        for order, (x_m, y_m) in enumerate(ordered):
            yield tour_id, order, x_m, y_m, length


@click.command("tour")
@click.option("--plan", required=True, type=FILE, help="The floorplan.")
@click.option("--stops", required=True, type=FILE, help="CSV: tour_id,kind (start, stop, end),x_m,y_m.")
@click.option("--out", required=True, type=TO_WRITE, help="CSV to write: tour_id,order,x_m,y_m,length_m.")
def tour_command(plan: Path, stops: Path, out: Path) -> None:
    """Put the stops of each tour into the order of the shortest walk from its start, to its end where there is one.

    Order 0 is the start; length_m is the length of the whole tour, on each of its rows. The plan's ground floor is walked on.

    Example: aisleway tour --plan floorplans/hall.floorplan.json --stops stops.csv --out tours.csv
    """
    try:
        wanted = read_stops(stops)
        graph = _graphs(opened(plan), BODY_RADIUS_M)[""]
        write_rows(out, ("tour_id", "order", "x_m", "y_m", "length_m"), list(_tour_rows(graph, wanted)))
    except UnreadableRows as bad:
        stop(bad.lines)
    except OSError as fault:
        stop([f"{fault.filename or stops}: {fault.strerror or fault}."])


COMMANDS: tuple[click.Command, ...] = (check_plan, route, tour_command)
