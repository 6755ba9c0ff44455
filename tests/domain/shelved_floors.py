"""Floors strewn with shelving and walls, for tests of what may be walked through."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from store_server.domain.fixes import Fix, Motion
from store_server.domain.obstacle_loss import FloorObstacles

ROOM = shapely.box(0, 0, 20, 15)


def decimetres(least: int, most: int) -> st.SearchStrategy[float]:
    return st.integers(least, most).map(lambda count: count / 10)


spots = st.tuples(decimetres(0, 200), decimetres(0, 150))


def shelf(corner: tuple[float, float], length_m: float, depth_m: float, lies: bool) -> BaseGeometry:
    x, y = corner
    east, north = (length_m, depth_m) if lies else (depth_m, length_m)
    return shapely.box(x, y, x + east, y + north).intersection(ROOM)


corners = st.tuples(decimetres(0, 190), decimetres(0, 140))
shelves = st.builds(shelf, corners, decimetres(5, 80), decimetres(3, 15), st.booleans())
walls = st.tuples(spots, spots).filter(lambda ends: ends[0] != ends[1]).map(shapely.LineString)


@st.composite
def shelved_floors(draw: st.DrawFn) -> FloorObstacles:
    """With an outline and what is left to walk on, with the outline alone, or with neither."""
    fixtures = draw(st.lists(shelves, max_size=4))
    lines = draw(st.lists(walls, max_size=3))
    known = draw(st.sampled_from(["area", "outline", "neither"]))
    return FloorObstacles(
        None if known == "neither" else ROOM,
        ROOM.difference(shapely.union_all(np.array(fixtures))) if known == "area" else None,
        tuple((line, None) for line in lines),
        tuple((fixture, None) for fixture in fixtures),
    )


def is_walkable(floor: FloorObstacles, xy_m: tuple[float, float]) -> bool:
    """Whether a place is inside the outline and in no fixture."""
    place = shapely.Point(xy_m)
    inside = floor.outline is None or floor.outline.covers(place)
    return inside and not any(shape.contains_properly(place) for shape, _ in floor.fixtures)


def passes_through_something(
    floor: FloorObstacles, from_xy_m: tuple[float, float], to_xy_m: tuple[float, float]
) -> bool:
    """Whether the straight step crosses a wall, a fixture or the outline."""
    step = shapely.LineString([from_xy_m, to_xy_m])
    return (
        any(step.intersects(line) for line, _ in floor.walls)
        or any(step.intersects(shape.buffer(-1e-6)) for shape, _ in floor.fixtures)
        or (floor.outline is not None and not floor.outline.covers(step))
    )


def fix_at(xy_m: tuple[float, float], at_s: float, motion: Motion = Motion.UNKNOWN, sd_m: float = 0.5) -> Fix:
    """A fix of beacon "b", as if it had been found there."""
    return Fix("b", *xy_m, sd_m**2 * np.eye(2), 2.0, 5, at_s, motion=motion)
