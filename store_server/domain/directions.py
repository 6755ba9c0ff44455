"""A walking path as a person would tell it: "past the bakery, second opening on the left, then it is on your right".

A shortest path grazes corners, so that one turn of a person is often two or three of the line. Here the line becomes straights,
and what lies between two straights is one turn. What is told of a turn is read off the plan: which opening between the shelves
it is, counted along the side it leads to, and which named part of the store one has just walked past.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray

from store_server.domain.floorplan import Floorplan
from store_server.domain.straights import Straight, corners_along, straights_of
from store_server.domain.turning import first_bearing_deg, turn_towards

Point = tuple[float, float]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

Move = Literal["ahead", "left", "right", "back", "round_left", "round_right"]
"""``round_*``: round the end of something and back along its other side."""
Side = Literal["ahead", "left", "right"]

ROUND_DEG = 135.0

STEP_M = 0.25
"""How closely the sides of a straight are looked at: a quarter of the narrowest opening."""
REACH_M = 2.5
"""An opening leads at least so far from the path."""
OPENING_M = (0.8, 6.0)
"""What is narrower is a gap, what is wider is no opening but a place."""
FARTHEST_NTH = 5
"""Nobody counts further."""
PASSED_M = 1.0
"""A zone is passed when one has walked at least so far beside it, and is out of it by as much."""


@dataclass(frozen=True, slots=True)
class Direction:
    """One thing to do and how far to walk after it.

    Attributes
    ----------
    move : str
        As seen by somebody who walks the path; the first one by somebody who faces ``facing_deg``.
    walk_m : float
        From this turn to the next, or to the end.
    nth : int or None
        Which opening on that side it is, counted from where one began to walk straight; None where there is nothing to count.
    past : str or None
        The named part of the store that ends just before the turn.
    into : str or None
        The named part the turn leads into, where it is another.
    """

    move: Move
    walk_m: float
    nth: int | None = None
    past: str | None = None
    into: str | None = None


class Surroundings:
    """What one sees while walking a plan: prepared once, then asked for any path.

    Not for two threads at once: GEOS indexes a prepared shape when it is first asked.
    """

    def __init__(self, floorplan: Floorplan) -> None:
        self._floorplan = floorplan
        self._names = [None if zone.is_sensitive else zone.name for zone in floorplan.zones]
        self._free = floorplan.walkable_area

    def openings(self, start: Point, towards: Floats, to_side: Floats, length_m: float) -> list[tuple[float, float]]:
        """Where openings between shelves begin and end along one side of a straight line.

        Parameters
        ----------
        start : (x_m, y_m)
        towards, to_side : ndarray, shape (2,)
            Unit vectors: along the line, and to the side looked at.
        length_m : float

        Returns
        -------
        list of (begins_m, ends_m)
            Along the line; only those with something on both sides of them.
        """
        along_m = np.arange(0.0, length_m + STEP_M, STEP_M)
        eyes = np.asarray(start) + along_m[:, None] * towards
        rays = shapely.linestrings(np.stack([eyes, eyes + to_side * REACH_M], axis=1))
        is_open = np.asarray(shapely.covers(self._free, rays), dtype=bool)
        least_m, most_m = OPENING_M
        edges = np.flatnonzero(np.diff(is_open.astype(np.int8)))
        runs = [(int(a), int(b)) for a, b in pairwise(edges) if is_open[b]]
        found = [(float(along_m[a + 1]), float(along_m[b])) for a, b in runs]
        return [(begins, ends) for begins, ends in found if least_m <= ends - begins + STEP_M <= most_m]

    def names(self, points_m: Floats) -> list[str | None]:
        """What the part of the store at each place is called; None where it has no name to be shown. Shape (P, 2)."""
        return [None if index < 0 else self._names[index] for index in self._floorplan.zones_at(points_m).tolist()]


def directions(
    points_m: Sequence[Point], surroundings: Surroundings, facing_deg: float | None = None
) -> tuple[Direction, ...]:
    """What to do along a path, in order.

    Parameters
    ----------
    points_m : sequence of (x_m, y_m)
        From ``routing.WalkingGraph.path``: at least two.
    surroundings : Surroundings
    facing_deg : float or None
        The way one looks before the first step, clockwise from north; None: the first move is "ahead".

    Returns
    -------
    tuple of Direction
        Their ``walk_m`` add up to the length of the line; empty where start is end.
    """
    corners = corners_along(points_m)
    if len(corners) < 2:
        return ()
    straights = straights_of(corners)
    lengths_m = np.hypot(*np.diff(corners, axis=0).T)
    bearing_deg = first_bearing_deg(points_m)
    begin: Move = "ahead"
    if facing_deg is not None and bearing_deg is not None:
        begin = turn_towards(bearing_deg - facing_deg)
    told = [Direction(begin, _walked_m(straights, 0, lengths_m))]
    for i in range(1, len(straights)):
        move = _move(straights[i].turned_deg)
        walk_m = _walked_m(straights, i, lengths_m)
        told.append(_as_seen(Direction(move, walk_m), straights[i - 1], straights[i], corners, surroundings))
    return tuple(told)


def side_of(points_m: Sequence[Point], shelf_m: Point) -> Side:
    """On which side a shelf is for somebody who has walked the path to its end.

    >>> side_of([(0.0, 0.0), (5.0, 0.0)], (5.0, 1.0)), side_of([(0.0, 0.0), (5.0, 0.0)], (5.0, -1.0))
    ('left', 'right')
    """
    corners = corners_along(points_m)
    if len(corners) < 2:
        return "ahead"
    last = straights_of(corners)[-1]
    east_m, north_m = corners[last.last] - corners[last.first]
    x_m, y_m = corners[-1]
    turn = turn_towards(_bearing_deg(shelf_m[0] - x_m, shelf_m[1] - y_m) - _bearing_deg(east_m, north_m))
    return "ahead" if turn == "back" else turn


def _bearing_deg(east_m: float, north_m: float) -> float:
    return math.degrees(math.atan2(east_m, north_m))


def _walked_m(straights: Sequence[Straight], i: int, lengths_m: Floats) -> float:
    return float(lengths_m[straights[i].first : straights[i].last].sum())


def _move(turned_deg: float) -> Move:
    if abs(turned_deg) > ROUND_DEG:
        return "round_right" if turned_deg > 0 else "round_left"
    return "right" if turned_deg > 0 else "left"


def _as_seen(
    direction: Direction, before: Straight, after: Straight, corners: Floats, surroundings: Surroundings
) -> Direction:
    """The direction with what one sees of its turn."""
    start, turn, end = corners[before.first], corners[before.last], corners[after.last]
    length_m = float(np.hypot(*(turn - start)))
    towards = (turn - start) / length_m
    names = surroundings.names(_along(start, turn))
    into = _into(surroundings.names(_along(turn, end)), names)
    return replace(
        direction,
        nth=_nth(direction.move, tuple(start), towards, length_m, corners[after.first : after.last + 1], surroundings),
        past=_past(start, turn, towards, surroundings, {*names[:1], into}),
        into=into,
    )


def _into(ahead: Sequence[str | None], behind: Sequence[str | None]) -> str | None:
    """The first part of the store ahead that one has not been in, and stays in for more than a step or two."""
    for name in ahead:
        if name is not None and name not in behind and ahead.count(name) * STEP_M >= PASSED_M:
            return name
    return None


def _along(start: Floats, end: Floats) -> Floats:
    length_m = float(np.hypot(*(end - start)))
    shares = np.linspace(0.0, 1.0, max(2, math.ceil(length_m / STEP_M) + 1))
    return np.asarray(start + shares[:, None] * (end - start), dtype=np.float64)


def _nth(
    move: Move, start: Point, towards: Floats, length_m: float, onwards: Floats, surroundings: Surroundings
) -> int | None:
    """Which opening the turn takes, counted on its side; None where it takes none, or one too far to count."""
    if move not in ("left", "right"):
        return None
    left = np.array([-towards[1], towards[0]])
    to_side = left if move == "left" else -left
    openings = surroundings.openings(start, towards, to_side, length_m + OPENING_M[1])
    # Where the way on has left the line by half the reach it is inside the opening it takes.
    offsets_m = (onwards - np.asarray(start)) @ to_side
    inside = np.flatnonzero(offsets_m >= REACH_M / 2)
    if not inside.size or inside[0] == 0:
        return None
    k = int(inside[0])
    share = (REACH_M / 2 - offsets_m[k - 1]) / (offsets_m[k] - offsets_m[k - 1])
    taken_m = float((onwards[k - 1] + share * (onwards[k] - onwards[k - 1]) - np.asarray(start)) @ towards)
    for number, (begins_m, ends_m) in enumerate(openings, start=1):
        if begins_m - STEP_M <= taken_m <= ends_m + STEP_M:
            return number if number <= FARTHEST_NTH else None
    return None


def _past(
    start: Floats, turn: Floats, towards: Floats, surroundings: Surroundings, not_named: set[str | None]
) -> str | None:
    """The last part of the store one has walked by, on either hand, and left behind before the turn."""
    along = _along(start, turn)
    left = np.array([-towards[1], towards[0]])
    length_m = float(np.hypot(*(turn - start)))
    step_m = length_m / (len(along) - 1)
    ended = dict[str, float]()
    began = dict[str, float]()
    for offset_m in (-REACH_M, 0.0, REACH_M):
        for i, name in enumerate(surroundings.names(along + offset_m * left)):
            if name is not None:
                began.setdefault(name, i * step_m)
                began[name] = min(began[name], i * step_m)
                ended[name] = max(ended.get(name, 0.0), i * step_m)
    passed = {
        name: end_m
        for name, end_m in ended.items()
        if name not in not_named and length_m - end_m >= PASSED_M and end_m - began[name] >= PASSED_M
    }
    return max(passed, key=lambda name: passed[name], default=None)
