"""The shapes of one level, each a named record."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import overload

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Point = tuple[float, float]
Shapes = NDArray[np.object_]

WALL_HALF_THICKNESS_M = 0.05
"""Inner walls are drawn as lines; a light partition is about 10 cm thick."""

CARE_M = 0.001
"""One millimetre. Smaller tolerances make GEOS lose holes: ``buffer(1e-5)`` silently filled one in 3.14."""

BODY_RADIUS_M = 0.3
"""Half the width of a person with a basket; paths keep this far from everything."""

MITRE_LIMIT = 5.0
"""Corners of grown shapes stay corners; needles are cut off this many radii away, still outside the round growth."""

QUARTER_SEGMENTS = 24
"""Round shapes are drawn by so many chords a quarter, and GEOS makes a chord up to half as long again: even then it lies within
0.4 mm of a circle of 0.3 m, less than what ``routing`` sets aside for it."""

SIGHT_LINES = 120
"""Rays by which a kiosk's catchment is drawn: one each 3 degrees, 16 cm apart at 3 m."""


@dataclass(frozen=True, slots=True)
class Fixture:
    """Anything standing on the floor. ``category`` is a ``FixtureKind`` where we know it."""

    key: str
    fixture_id: str
    category: str
    polygon: shapely.Polygon
    department: str | None
    height_m: float | None


@dataclass(frozen=True, slots=True)
class Wall:
    """An inner wall: a line, ``WALL_HALF_THICKNESS_M`` to each side of it."""

    key: str
    line: shapely.LineString
    attenuation_db: float | None

    @property
    def shape(self) -> BaseGeometry:
        """The wall with its thickness."""
        return shapely.buffer(self.line, WALL_HALF_THICKNESS_M, cap_style="square", join_style="mitre")


@dataclass(frozen=True, slots=True)
class Zone:
    """A named part of the floor. ``name`` is English where there is English, else the first label, else the key."""

    key: str
    name: str
    polygon: shapely.Polygon
    is_sensitive: bool


@dataclass(frozen=True, slots=True)
class Slot:
    """One place for one product on a shelf.

    Attributes
    ----------
    facing : (float, float)
        Unit vector from the shelf towards the person taking from it.
    standing_m : (x, y)
        Where a body of ``BODY_RADIUS_M`` stands to take from it.
    has_standing_room : bool
        False where no such place lies in front of the shelf; ``standing_m`` is then the nearest one that there is.
    """

    key: str
    fixture_key: str
    side: str
    bay: int
    shelf: int
    x_m: float
    y_m: float
    facing: Point
    sku: str | None
    department: str | None
    zone_name: str | None
    standing_m: Point
    has_standing_room: bool


@dataclass(frozen=True)
class KioskPlace:
    """Where a screen stands and whom it serves.

    Attributes
    ----------
    key : str
        The ``kiosk_key`` the screen is enrolled under.
    feature_key : str
        The name of the shape on the plan.
    drawn_catchment : Polygon or None
        As the store drew it; None where it is what can be seen.
    floor : MultiPolygon
        The walkable floor.
    """

    key: str
    feature_key: str
    polygon: shapely.Polygon
    display_point: Point
    facing_deg: float
    catchment_radius_m: float
    drawn_catchment: shapely.Polygon | None = field(repr=False)
    floor: shapely.MultiPolygon = field(repr=False)

    @cached_property
    def catchment(self) -> shapely.Polygon:
        """The walkable floor within ``catchment_radius_m`` and in sight of the display point; empty if that is not walkable."""
        if self.drawn_catchment is not None:
            return self.drawn_catchment
        return sight_area(self.floor, self.display_point, self.catchment_radius_m)


@dataclass(frozen=True, slots=True)
class Opening:
    """A door in the outline. ``is_entrance``: shoppers come in by it (not an emergency exit, not out only)."""

    key: str
    line: shapely.LineString
    is_entrance: bool

    @property
    def middle(self) -> Point:
        point = self.line.interpolate(0.5, normalized=True)
        return (float(point.x), float(point.y))


def polygons_in(shape: BaseGeometry) -> list[shapely.Polygon]:
    """The polygons a shape consists of; lines and points left by an overlay are dropped.

    >>> polygons_in(shapely.Polygon())
    []
    """
    return [part for part in shapely.get_parts(shape).tolist() if part.geom_type == "Polygon" and not part.is_empty]


def area_of(shape: BaseGeometry) -> shapely.MultiPolygon:
    """The same as a MultiPolygon, so that callers need not ask how many parts there are."""
    return shapely.MultiPolygon(polygons_in(shape))


@overload
def grown(shape: BaseGeometry, by_m: float) -> BaseGeometry: ...
@overload
def grown(shape: Shapes, by_m: float) -> Shapes: ...
def grown(shape: BaseGeometry | Shapes, by_m: float) -> BaseGeometry | Shapes:
    """Grown (or shrunk) with corners kept as corners, so that the round growth always lies inside."""
    return shapely.buffer(shape, by_m, join_style="mitre", mitre_limit=MITRE_LIMIT)


@overload
def grown_round(shape: BaseGeometry, by_m: float) -> BaseGeometry: ...
@overload
def grown_round(shape: Shapes, by_m: float) -> Shapes: ...
def grown_round(shape: BaseGeometry | Shapes, by_m: float) -> BaseGeometry | Shapes:
    """Grown (or shrunk) as a round body keeps away, its arcs by ``QUARTER_SEGMENTS`` chords a quarter."""
    return shapely.buffer(shape, by_m, quad_segs=QUARTER_SEGMENTS)


@overload
def grown_cut(shape: BaseGeometry, by_m: float) -> BaseGeometry: ...
@overload
def grown_cut(shape: Shapes, by_m: float) -> Shapes: ...
def grown_cut(shape: BaseGeometry | Shapes, by_m: float) -> BaseGeometry | Shapes:
    """Grown (or shrunk) with corners cut off, so that it always lies inside the round growth."""
    return shapely.buffer(shape, by_m, join_style="bevel")


def sight_area(free: BaseGeometry, eye: Point, radius_m: float) -> shapely.Polygon:
    """The part of ``free`` within ``radius_m`` and in sight of ``eye``; empty where the eye is not in it."""
    if not shapely.covers(free, shapely.Point(eye)):
        return shapely.Polygon()
    # Only what is near: rays over the whole floor of a hypermarket take ten times as long.
    x_m, y_m = eye
    far_m = radius_m + CARE_M
    free = shapely.intersection(free, shapely.box(x_m - far_m, y_m - far_m, x_m + far_m, y_m + far_m))
    turns = np.linspace(0.0, 2 * math.pi, SIGHT_LINES, endpoint=False)
    ends = np.array(eye) + radius_m * np.stack([np.cos(turns), np.sin(turns)], axis=1)
    rays = np.asarray(shapely.linestrings(np.stack([np.broadcast_to(np.array(eye), ends.shape), ends], axis=1)))
    shapely.prepare(free)
    is_met = ~shapely.covers(free, rays)
    reach = np.full(SIGHT_LINES, radius_m)
    met = shapely.distance(shapely.difference(rays[is_met], free), shapely.Point(eye))
    # A ray that meets nothing leaves an empty rest, whose distance is NaN: it reaches the rim.
    reach[is_met] = np.minimum(np.where(np.isnan(met), radius_m, met), radius_m)
    seen = shapely.Polygon(np.array(eye) + (ends - np.array(eye)) * (reach / radius_m)[:, None])
    parts = polygons_in(shapely.intersection(shapely.make_valid(seen), free))
    return max(parts, key=lambda part: part.area, default=shapely.Polygon())
