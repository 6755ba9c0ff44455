"""The way to one shelf: worked out when the shopper has moved, and told in words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from store_server.domain.certainty import Seen
from store_server.domain.directions import Direction, Side, Surroundings, directions, side_of
from store_server.domain.routing import NoPath, NoPathReason, WalkingPath
from store_server.domain.tour_keeping import MOVED_M

Point = tuple[float, float]

MAX_PATH_POINTS = 2000
MAX_STEPS = 60


class Walkways(Protocol):
    """The part of ``routing.WalkingGraph`` guidance needs."""

    def path(self, start: Point, end: Point) -> WalkingPath | NoPath: ...
    def lengths(self, start: Point, ends: Sequence[Point]) -> NDArray[np.float64]: ...


@dataclass(frozen=True, slots=True)
class Ground:
    """What a published plan gives guidance.

    Attributes
    ----------
    walkways : Walkways
    standing_m : Mapping of sku to (x_m, y_m)
        Where a person stands to take the product; skus that are not in it have no place on the plan.
    shelf_m : Mapping of sku to (x_m, y_m)
        Where the product itself is.
    checkouts : tuple of (x_m, y_m)
    surroundings : Surroundings or None
        What one sees on the way; without it the way is not told in words.
    """

    walkways: Walkways
    standing_m: Mapping[str, Point]
    shelf_m: Mapping[str, Point]
    checkouts: tuple[Point, ...] = ()
    surroundings: Surroundings | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """A path worked out earlier; ``length_m`` is None and ``points_m`` empty where there is none."""

    sku: str
    start_m: Point
    end_m: Point
    points_m: tuple[Point, ...]
    length_m: float | None


@dataclass(frozen=True, slots=True)
class Told:
    """A way in words, and since when these words stand."""

    sku: str
    steps: tuple[Direction, ...]
    shelf_side: Side | None
    since_s: float


def way_to(sku: str, before: Way | None, place: Seen | None, ground: Ground) -> Way | None:
    """The path to a product: the one worked out before while the shopper has hardly moved, or is not seen."""
    end_m = ground.standing_m[sku]
    fits = before is not None and before.sku == sku and before.end_m == end_m
    if before is not None and fits and (place is None or math.dist(before.start_m, place.point) <= MOVED_M):
        return before
    if place is None:
        return None
    found = ground.walkways.path(place.point, end_m)
    if isinstance(found, NoPath):
        if found.reason is NoPathReason.START_NOT_WALKABLE:
            return before if fits else None  # the position is wrong, not the floor
        return Way(sku, place.point, end_m, (), None)
    points_m = tuple((round(float(x), 3), round(float(y), 3)) for x, y in found.points_m[:MAX_PATH_POINTS])
    return Way(sku, place.point, end_m, points_m, float(found.length_m))


def told(way: Way, before: Told | None, ground: Ground, facing_deg: float | None, at_s: float, hold_s: float) -> Told:
    """The way in words. Other words come at most each ``hold_s``; only the metres in them are always those of now."""
    if ground.surroundings is None or not way.points_m:
        return Told(way.sku, (), None, at_s)
    steps = directions(way.points_m, ground.surroundings, facing_deg)[:MAX_STEPS]
    shelf_m = ground.shelf_m.get(way.sku)
    side = None if shelf_m is None or not steps else side_of(way.points_m, shelf_m)
    if before is None or before.sku != way.sku:
        return Told(way.sku, steps, side, at_s)
    if (_words(steps), side) == (_words(before.steps), before.shelf_side):
        return Told(way.sku, steps, side, before.since_s)
    return before if 0 <= at_s - before.since_s < hold_s else Told(way.sku, steps, side, at_s)


def _words(steps: Sequence[Direction]) -> list[Direction]:
    return [replace(step, walk_m=0.0) for step in steps]
