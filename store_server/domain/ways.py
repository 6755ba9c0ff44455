"""The way to one shelf, or to a till: worked out when the shopper has moved, and told in words.

It may lead over other levels. What is drawn and told in turns is the part on the shopper's own level; of the rest it is said what
takes one to which level.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from store_server.domain.certainty import Seen
from store_server.domain.directions import Direction, Side, Surroundings, directions, side_of
from store_server.domain.level_network import BuildingPath, Leg, Place
from store_server.domain.routing import NoPath, NoPathReason
from store_server.domain.tour_keeping import MOVED_M, SHORTER_BY_M

Point = tuple[float, float]
Floats = NDArray[np.float64]
Means = Literal["stairs", "elevator", "escalator", "movingwalkway", "ramp"]
Heading = Literal["up", "down", "across"]

MAX_PATH_POINTS = 2000
MAX_STEPS = 60
MAX_CROSSINGS = 20


class Walkways(Protocol):
    """The part of ``building.BuildingWays`` guidance needs."""

    def path(self, start: Place, end: Place) -> BuildingPath | NoPath: ...
    def lengths(self, start: Place, ends: Sequence[Place]) -> Floats: ...
    def measured(self, start: Place, ends: Sequence[Place]) -> tuple[Floats, Floats]: ...


@dataclass(frozen=True, slots=True)
class Ground:
    """What a published plan gives guidance.

    Attributes
    ----------
    walkways : Walkways
    standing : Mapping of sku to Place
        Where a person stands to take the product; skus that are not in it have no place on the plan.
    shelf_m : Mapping of sku to (x_m, y_m)
        Where the product itself is.
    checkouts : tuple of Place
    surroundings : Mapping of level id to Surroundings
        What one sees on the way; on a level that is not in it the way is not told in words.
    ordinals : Mapping of level id to int
        Which level is above which.
    """

    walkways: Walkways
    standing: Mapping[str, Place]
    shelf_m: Mapping[str, Point]
    checkouts: tuple[Place, ...] = ()
    surroundings: Mapping[str, Surroundings] = field(default_factory=dict)
    ordinals: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Crossing:
    """What is taken from one level to another.

    Attributes
    ----------
    name : str
        Of the stairs or lift on the plan (``connects``).
    means : str
    heading : str
        "across" where both levels have one ordinal.
    to_level_id : str
    """

    name: str
    means: Means
    heading: Heading
    to_level_id: str


@dataclass(frozen=True, slots=True)
class Way:
    """A path worked out earlier.

    Attributes
    ----------
    sku : str or None
        None on the way to a checkout.
    points_m : tuple of (x_m, y_m)
        The part on the level of ``start``: to the end, or to the first crossing. Empty where there is no path.
    points_length_m : float
        Of that part.
    crossings : tuple of Crossing
        In the order they are taken; none where the end is on the same level.
    length_m : float or None
        Of all of it, crossings counted as metres; None where there is no path.
    walked_m : float
        The metres walked of that.
    walkways : Walkways
        Where it was looked for.
    """

    sku: str | None
    start: Place
    end: Place
    points_m: tuple[Point, ...]
    points_length_m: float
    crossings: tuple[Crossing, ...]
    length_m: float | None
    walked_m: float
    walkways: Walkways = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Told:
    """A way in words, and since when these words stand."""

    sku: str | None
    level_id: str
    steps: tuple[Direction, ...]
    crossings: tuple[Crossing, ...]
    shelf_side: Side | None
    since_s: float


def way_to(sku: str | None, end: Place, before: Way | None, place: Seen | None, ground: Ground) -> Way | None:
    """The path to where a product is taken from, or, without one, to a checkout.

    It is the one worked out before while the shopper has hardly moved, or is not seen.
    On another plan it is worked out anew: the lift it led to may be out of use.
    """
    fits = before is not None and (before.sku, before.end) == (sku, end) and before.walkways is ground.walkways
    if before is not None and fits and (place is None or not place.place.is_beyond(MOVED_M, before.start)):
        return before
    if place is None:
        return None
    found = ground.walkways.path(place.place, end)
    if isinstance(found, NoPath):
        if found.reason is NoPathReason.START_NOT_WALKABLE:
            return before if fits else None  # the position is wrong, not the floor
        return Way(sku, place.place, end, (), 0.0, (), None, 0.0, ground.walkways)
    crossings = _crossings(found.legs, ground.ordinals)
    first = found.legs[0]
    way = Way(
        sku,
        place.place,
        end,
        _rounded(first),
        float(first.length_m),
        crossings,
        float(found.length_m),
        float(found.walked_m),
        ground.walkways,
    )
    kept = None if before is None or not fits else _by_the_same_crossings(before, way, ground)
    return kept or way


def _crossings(legs: Sequence[Leg], ordinals: Mapping[str, int]) -> tuple[Crossing, ...]:
    found = []
    for leg, onward in pairwise(legs):
        if leg.transition is not None:
            rise = ordinals.get(onward.level_id, 0) - ordinals.get(leg.level_id, 0)
            heading: Heading = "up" if rise > 0 else "down" if rise < 0 else "across"
            found.append(Crossing(leg.transition.name, _means(leg.transition.category), heading, onward.level_id))
    return tuple(found[:MAX_CROSSINGS])


def _means(category: str) -> Means:
    """A word we do not know is stairs, as it is where lengths are counted."""
    means: Means
    for means in ("elevator", "escalator", "movingwalkway", "ramp"):
        if means == category:
            return means
    return "stairs"


def _by_the_same_crossings(before: Way, found: Way, ground: Ground) -> Way | None:
    """The way over the stairs or lift told before, unless another saves a clear stretch: a shopper between two of them at the
    same distance must not be sent to and fro."""
    if before.length_m is None or found.length_m is None or before.crossings == found.crossings:
        return None
    if not before.crossings or before.start.level_id != found.start.level_id:
        return None
    to_crossing = ground.walkways.path(found.start, Place(before.start.level_id, *before.points_m[-1]))
    if isinstance(to_crossing, NoPath) or len(to_crossing.legs) > 1:
        return None
    onward_m = before.length_m - before.points_length_m
    if to_crossing.length_m + onward_m > found.length_m + SHORTER_BY_M:
        return None
    (leg,) = to_crossing.legs
    return replace(
        before,
        start=found.start,
        points_m=_rounded(leg),
        points_length_m=float(leg.length_m),
        length_m=float(leg.length_m) + onward_m,
        walked_m=float(leg.length_m) + before.walked_m - before.points_length_m,
    )


def _rounded(leg: Leg) -> tuple[Point, ...]:
    return tuple((round(float(x), 3), round(float(y), 3)) for x, y in leg.points_m[:MAX_PATH_POINTS])


def told(way: Way, before: Told | None, ground: Ground, facing_deg: float | None, at_s: float, hold_s: float) -> Told:
    """The way in words. Other words come at most each ``hold_s``; only the metres in them are always those of now, and on
    another level all of it is new."""
    level_id = way.start.level_id
    surroundings = ground.surroundings.get(level_id)
    steps: tuple[Direction, ...] = ()
    side: Side | None = None
    if surroundings is not None and way.points_m:
        steps = directions(way.points_m, surroundings, facing_deg)[:MAX_STEPS]
        shelf_m = None if way.sku is None else ground.shelf_m.get(way.sku)
        side = None if shelf_m is None or not steps or way.crossings else side_of(way.points_m, shelf_m)
    now = Told(way.sku, level_id, steps, way.crossings, side, at_s)
    if not way.points_m or before is None or (before.sku, before.level_id) != (way.sku, level_id):
        return now
    if not all(crossing.to_level_id in ground.ordinals for crossing in before.crossings):
        return now  # the plan is another one, without that level
    if _words(now) == _words(before):
        return replace(now, since_s=before.since_s)
    return before if 0 <= at_s - before.since_s < hold_s else now


def _words(told: Told) -> tuple[object, ...]:
    return ([replace(step, walk_m=0.0) for step in told.steps], told.crossings, told.shelf_side)
