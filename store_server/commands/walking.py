"""``aisleway route`` and ``aisleway tour``: walks through a floorplan's levels, from files, without a server."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import click

from store_server.adapters.walk_files import Pair, Stop, Stops, UnreadableRows, read_pairs, read_stops, write_rows
from store_server.commands.plans import FILE, TO_WRITE, line_of, opened, stop
from store_server.domain.building import Building, BuildingPath, Place
from store_server.domain.floor_shapes import Point
from store_server.domain.floorplan import levels_of
from store_server.domain.plan_problems import InvalidFloorplan
from store_server.domain.routing import NoPath, WalkingPath
from store_server.domain.touring import best_tour
from store_server.wire.floorplans import FloorplanDocument, LevelFeature

ROUTE_COLUMNS = ("pair_id", "length_m", "path_wkt", "reason")
TOUR_COLUMNS = ("tour_id", "order", "x_m", "y_m", "length_m")


def _building(document: FloorplanDocument, step_free: bool) -> Building:
    try:
        return Building.prepare(document, step_free=step_free)
    except InvalidFloorplan as invalid:
        stop([line_of(problem) for problem in invalid.problems])


def _levels(document: FloorplanDocument) -> dict[str, LevelFeature]:
    """The levels by key, id and ordinal; the empty name is the one nearest the ground."""
    levels: dict[str, LevelFeature] = {}
    for level in levels_of(document):
        for name in ("", level.properties.key, level.id, str(level.properties.ordinal)):
            levels.setdefault(name, level)
    return levels


def _refuse_unknown(named: Iterable[tuple[str, str]], levels: Mapping[str, LevelFeature]) -> None:
    unknown = dict.fromkeys((of, level) for of, level in named if level not in levels)
    if unknown:
        stop([f"{of}: the plan has no level {level}." for of, level in unknown])


class _Walks:
    """The answers to pairs, as rows."""

    def __init__(self, building: Building, levels: Mapping[str, LevelFeature], step_free: bool) -> None:
        self._building = building
        self._levels = levels
        self._step_free = step_free
        self._keys = {level.id: level.properties.key for level in levels.values()}

    def row(self, pair: Pair) -> tuple[object, ...]:
        """All of ``ROUTE_COLUMNS``, and the way: levels and what is taken between them."""
        level_id = self._levels[pair.level].id
        if not pair.to_level:
            walk = self._building.graph(level_id, step_free=self._step_free).path(pair.start, pair.end)
            if isinstance(walk, WalkingPath):
                return (
                    pair.pair_id,
                    f"{walk.drawn_m:.4f}",  # of the line that stands beside it
                    f"LINESTRING {_wkt(walk.points_m)}",
                    "",
                    self._keys[level_id],
                )
            return pair.pair_id, "", "", walk.reason, ""
        end = Place(self._levels[pair.to_level].id, *pair.end)
        path = self._building.path(Place(level_id, *pair.start), end, step_free=self._step_free)
        if isinstance(path, NoPath):
            return pair.pair_id, "", "", path.reason, ""
        return pair.pair_id, f"{path.length_m:.4f}", _shape(path), "", self._way(path)

    def _way(self, path: BuildingPath) -> str:
        told = [(self._keys[leg.level_id], leg.transition.name if leg.transition else "") for leg in path.legs]
        return " > ".join(name for leg in told for name in leg if name)


def _wkt(points_m: Sequence[Point]) -> str:
    return "(" + ", ".join(f"{x:.6f} {y:.6f}" for x, y in points_m) + ")"


def _shape(path: BuildingPath) -> str:
    legs = [_wkt(leg.points_m) for leg in path.legs]
    return f"LINESTRING {legs[0]}" if len(legs) == 1 else f"MULTILINESTRING ({', '.join(legs)})"


@click.command("route")
@click.option("--plan", required=True, type=FILE, help="The floorplan.")
@click.option(
    "--pairs", required=True, type=FILE, help="CSV: pair_id,from_x_m,from_y_m,to_x_m,to_y_m[,level[,to_level]]."
)
@click.option("--out", required=True, type=TO_WRITE, help="CSV to write: pair_id,length_m,path_wkt,reason.")
@click.option(
    "--step-free",
    is_flag=True,
    help="Only ways a wheelchair or a pram fits through (0.9 m), without stairs and escalators.",
)
def route(plan: Path, pairs: Path, out: Path, step_free: bool) -> None:
    """Find the shortest walks between pairs of places, at least 0.3 m from all fixtures, kiosks and walls.

    A place that cannot be stood on is moved to the nearest that can, at most 1 m away. Where there is no way, length_m and
    path_wkt are empty and reason says why. A level is named by its key, id or ordinal; without to_level a walk stays on it.

    With to_level a walk may take stairs and lifts, each of which counts as metres of walking in length_m. Over several levels
    path_wkt is a MULTILINESTRING, a line for each; a fifth column, way, names them and what is taken between them.

    Example: aisleway route --plan floorplans/hall.floorplan.json --pairs pairs.csv --out routes.csv
    """
    try:
        wanted = read_pairs(pairs)
        document = opened(plan)
        building, levels = _building(document, step_free), _levels(document)
        named = ((f"Pair {pair.pair_id}", level) for pair in wanted for level in (pair.level, pair.to_level))
        _refuse_unknown(named, levels)
        walks = _Walks(building, levels, step_free)
        columns = (*ROUTE_COLUMNS, "way") if any(pair.to_level for pair in wanted) else ROUTE_COLUMNS
        write_rows(out, columns, (walks.row(pair)[: len(columns)] for pair in wanted))
    except UnreadableRows as bad:
        stop(bad.lines)
    except OSError as fault:
        stop([f"{fault.filename or pairs}: {fault.strerror or fault}."])


def _tour_rows(
    building: Building, levels: Mapping[str, LevelFeature], tours: Mapping[str, Stops]
) -> Iterator[tuple[object, ...]]:
    """All of ``TOUR_COLUMNS``, and the level as it was named."""
    for tour_id, tour in tours.items():
        if tour.start is None:
            continue
        places = [tour.start, *tour.stops, *([] if tour.end is None else [tour.end])]
        best = best_tour(building.matrix([_place(place, levels) for place in places]), tour.end is not None)
        length = f"{best.length_m:.4f}" if best.length_m < float("inf") else ""
        if not length:
            click.echo(f"Tour {tour_id}: some place cannot be reached; its length is left empty.", err=True)
        ordered = [tour.start, *(tour.stops[index] for index in best.order), *places[1 + len(tour.stops) :]]
        for order, place in enumerate(ordered):
            yield tour_id, order, *place.at_m, length, place.level


def _place(named: Stop, levels: Mapping[str, LevelFeature]) -> Place:
    return Place(levels[named.level].id, *named.at_m)


def _all_stops(tour: Stops) -> list[Stop]:
    return [place for place in (tour.start, *tour.stops, tour.end) if place is not None]


@click.command("tour")
@click.option("--plan", required=True, type=FILE, help="The floorplan.")
@click.option("--stops", required=True, type=FILE, help="CSV: tour_id,kind (start, stop, end),x_m,y_m[,level].")
@click.option("--out", required=True, type=TO_WRITE, help="CSV to write: tour_id,order,x_m,y_m,length_m.")
def tour_command(plan: Path, stops: Path, out: Path) -> None:
    """Put the stops of each tour into the order of the shortest walk from its start, to its end where there is one.

    Order 0 is the start; length_m is the length of the whole tour, on each of its rows. A level is named by its key, id or
    ordinal; without it, it is the ground floor, and with it, it is written too. Stairs and lifts count as metres of walking.

    Example: aisleway tour --plan floorplans/hall.floorplan.json --stops stops.csv --out tours.csv
    """
    try:
        wanted = read_stops(stops)
        document = opened(plan)
        building, levels = _building(document, step_free=False), _levels(document)
        named = [(f"Tour {tour_id}", place.level) for tour_id, tour in wanted.items() for place in _all_stops(tour)]
        _refuse_unknown(named, levels)
        columns = (*TOUR_COLUMNS, "level") if any(level for _, level in named) else TOUR_COLUMNS
        write_rows(out, columns, [row[: len(columns)] for row in _tour_rows(building, levels, wanted)])
    except UnreadableRows as bad:
        stop(bad.lines)
    except OSError as fault:
        stop([f"{fault.filename or stops}: {fault.strerror or fault}."])


COMMANDS: tuple[click.Command, ...] = (route, tour_command)
