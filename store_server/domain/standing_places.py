"""Where a person stands to take something from a shelf."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Floats = NDArray[np.float64]

ARM_M = 0.45
"""From the shelf's face to the middle of the person before it: a body of 0.3 m and a hand's breadth."""

REACH_M = 0.9
"""Farther than this from the face nobody takes anything; a kiosk or a pillar may stand in the very place."""

TOUCHING_M = 0.001


def standing_places(
    shelf_m: Floats, facing: Floats, standing_area: BaseGeometry, walkable_area: BaseGeometry
) -> tuple[Floats, NDArray[np.bool_]]:
    """Standing places of many slots at once. Slots one above the other share theirs: ask for it once.

    Parameters
    ----------
    shelf_m, facing : ndarray, shape (S, 2)
        The slots' places on their shelf faces, and unit vectors away from them.
    standing_area : Polygon or MultiPolygon
        Where the middle of a body can be.
    walkable_area : Polygon or MultiPolygon
        The floor between the things, over which an arm can reach.

    Returns
    -------
    standing_m : ndarray, shape (S, 2)
        ``ARM_M`` in front of the shelf, or the place in ``standing_area`` nearest to that.
    has_room : ndarray of bool, shape (S,)
        Whether it lies in front of the shelf, within ``REACH_M``, and nothing stands between.
    """
    if standing_area.is_empty or len(shelf_m) == 0:
        return shelf_m + ARM_M * facing, np.zeros(len(shelf_m), dtype=np.bool_)
    standing_m = shelf_m + ARM_M * facing
    wished = np.asarray(shapely.points(standing_m))
    off = ~shapely.intersects(standing_area, wished)
    lines = shapely.shortest_line(standing_area, wished[off])
    standing_m[off] = shapely.get_coordinates(shapely.get_point(lines, 0))
    away_m = standing_m - shelf_m
    near = ((away_m * facing).sum(axis=1) > 0) & (np.hypot(away_m[:, 0], away_m[:, 1]) <= REACH_M)
    return standing_m, near & _can_reach(shelf_m, standing_m, walkable_area)


def _can_reach(shelf_m: Floats, standing_m: Floats, walkable_area: BaseGeometry) -> NDArray[np.bool_]:
    """Whether the floor is free all the way; a slot drawn inside its fixture begins a little before the floor does."""
    arms = np.asarray(shapely.linestrings(np.stack([shelf_m, standing_m], axis=1)))
    free = np.asarray(shapely.covers(walkable_area, arms))
    rest = np.flatnonzero(~free)
    blocked = shapely.difference(arms[rest], walkable_area)
    begins_at_shelf = shapely.dwithin(blocked, shapely.points(shelf_m[rest]), TOUCHING_M)
    free[rest] = shapely.is_empty(blocked) | ((shapely.get_num_geometries(blocked) == 1) & begins_at_shelf)
    return free
