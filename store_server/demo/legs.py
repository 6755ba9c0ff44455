"""Where simulated shoppers may go, and the walking paths between those places, each asked for once."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Protocol

import numpy as np
import shapely
from numpy.typing import NDArray

from store_server.domain.floor_shapes import KioskPlace, Slot
from store_server.domain.routing import NoPath, WalkingPath

Point = tuple[float, float]

APART_M = 1000.0
"""From one level to the next where they lie side by side: more than any floor is wide."""
CROSSING_M = 20.0
"""What going by stairs, lift or escalator takes, in metres of walking: some 18 s."""


class Shop(Protocol):
    """The part of ``Floorplan`` or ``sheet.Sheet`` that walkers need."""

    @property
    def entrances(self) -> tuple[Point, ...]: ...
    @property
    def checkouts(self) -> tuple[Point, ...]: ...
    @property
    def slots(self) -> Mapping[str, Slot]: ...
    @property
    def kiosks(self) -> Mapping[str, KioskPlace]: ...
    @property
    def standing_area(self) -> shapely.MultiPolygon: ...


class Walks(Protocol):
    """The part of ``WalkingGraph`` or ``sheet.Sheet`` that walkers need."""

    def path(self, start: Point, end: Point) -> WalkingPath | NoPath: ...
    def lengths(self, start: Point, ends: Sequence[Point]) -> NDArray[np.float64]: ...


@dataclass(frozen=True, slots=True)
class Places:
    """Where shoppers go, numbered: ``points_m[i]`` is a door, a shelf or a checkout if ``i`` is in that tuple."""

    points_m: tuple[Point, ...]
    doors: tuple[int, ...]
    shelves: tuple[int, ...]
    checkouts: tuple[int, ...]


def standing_point(floorplan: Shop, point_m: Point) -> Point:
    """The place nearest to a door, a till or a kiosk where the middle of a body can be."""
    if floorplan.standing_area.is_empty:
        return point_m
    nearest = shapely.get_point(shapely.shortest_line(floorplan.standing_area, shapely.Point(point_m)), 0)
    return float(nearest.x), float(nearest.y)


def reachable_places(floorplan: Shop, graph: Walks, shelves: int, rng: np.random.Generator) -> Places:
    """Doors, at most ``shelves`` drawn shelf places and checkouts, those left out that cannot be walked to from the first door.

    Raises
    ------
    ValueError
        Where no door or no shelf is left.
    """
    doors = [standing_point(floorplan, door) for door in floorplan.entrances]
    if not doors:
        raise ValueError("the plan has no entrance for shoppers to come in by: draw an opening")
    standing = sorted({slot.standing_m for slot in floorplan.slots.values() if slot.has_standing_room})
    drawn = [standing[i] for i in rng.permutation(len(standing))[:shelves]]
    tills = [standing_point(floorplan, till) for till in floorplan.checkouts]
    points = [*doors, *drawn, *tills]
    is_reached = np.isfinite(graph.lengths(doors[0], points))
    numbers = np.flatnonzero(is_reached).tolist()
    new = {old: i for i, old in enumerate(numbers)}
    kinds = [range(len(doors)), range(len(doors), len(doors) + len(drawn)), range(len(doors) + len(drawn), len(points))]
    door_numbers, shelf_numbers, till_numbers = (tuple(new[i] for i in kind if i in new) for kind in kinds)
    if not door_numbers or not shelf_numbers:
        raise ValueError(
            "no shelf can be walked to from the plan's first entrance: give the plan slots and clear the way"
        )
    return Places(tuple(points[i] for i in numbers), door_numbers, shelf_numbers, till_numbers)


@dataclass(frozen=True, slots=True)
class Leg:
    """A polyline to walk along."""

    points_m: tuple[Point, ...]
    walked_m: tuple[float, ...]
    """Way from the start to each point; to another level it counts ``CROSSING_M``."""

    @classmethod
    def along(cls, points_m: Sequence[Point]) -> Leg:
        """A leg of one or more points."""
        return cls(tuple(points_m), tuple(accumulate((_length_m(a, b) for a, b in pairwise(points_m)), initial=0.0)))

    @property
    def length_m(self) -> float:
        return self.walked_m[-1]

    def point_m(self, along_m: float) -> Point:
        """Where one is after ``along_m``; the end from ``length_m`` on."""
        i = bisect_right(self.walked_m, along_m)
        if i == len(self.walked_m):
            return self.points_m[-1]
        (ax, ay), (bx, by) = self.points_m[i - 1], self.points_m[i]
        share = (along_m - self.walked_m[i - 1]) / (self.walked_m[i] - self.walked_m[i - 1])
        if _is_crossing((ax, ay), (bx, by)):
            return (ax, ay) if share < 0.5 else (bx, by)
        return ax + share * (bx - ax), ay + share * (by - ay)


def _is_crossing(a: Point, b: Point) -> bool:
    """Whether from one to the other is a step to another level."""
    return abs(b[0] - a[0]) > APART_M / 2


def _length_m(a: Point, b: Point) -> float:
    return CROSSING_M if _is_crossing(a, b) else math.dist(a, b)


class Legs:
    """Paths between numbered places."""

    def __init__(self, graph: Walks, points_m: Sequence[Point]) -> None:
        self._graph = graph
        self._points_m = list(points_m)
        self._known: dict[tuple[int, int], Leg] = {}

    def add(self, point_m: Point) -> int:
        """Number one more place."""
        self._points_m.append(point_m)
        return len(self._points_m) - 1

    def point_m(self, place: int) -> Point:
        return self._points_m[place]

    def between(self, start: int, end: int) -> Leg:
        """The way from one place to another.

        Raises
        ------
        LookupError
            Where there is none; ``reachable_places`` has left such places out.
        """
        if (start, end) not in self._known:
            path = self._graph.path(self._points_m[start], self._points_m[end])
            if isinstance(path, NoPath):
                raise LookupError(path.reason)
            self._known[start, end] = Leg.along(path.points_m)
        return self._known[start, end]
