"""Where a beacon is looked for, and how far each place is from each anchor."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from store_server.domain.fixes import Anchor
from store_server.domain.obstacle_loss import FloorObstacles

Floats = NDArray[np.float64]

CELL_M = 0.5
"""Finer cells cost time and move no fix by more than a few centimetres: the posterior is metres wide."""

MOST_CELLS = 20_000
"""A hypermarket gets coarser cells rather than more of them."""

MARGIN_M = 1.0
"""Without a floorplan, beacons are looked for this far outside the anchors' bounding box."""


def anchor_xyz_m(anchors: Sequence[Anchor]) -> Floats:
    """Where the anchors hang, shape (A, 3); z is NaN where nobody measured it."""
    heights = [np.nan if a.z_m is None else a.z_m for a in anchors]
    return np.array([(a.x_m, a.y_m, z) for a, z in zip(anchors, heights, strict=True)], dtype=np.float64).reshape(-1, 3)


def slant_range_m(xy_m: Floats, anchors: Sequence[Anchor], beacon_height_m: float) -> Floats:
    """Distance through the air from each place to each anchor, shape (C, A); level where a height is not known."""
    xyz = anchor_xyz_m(anchors)
    rise = np.nan_to_num(xyz[:, 2] - beacon_height_m)
    level = np.hypot(*(xy_m[:, None] - xyz[None, :, :2]).transpose(2, 0, 1))
    return np.asarray(np.hypot(level, rise))


def searched_places(known_xy: Floats, floor: FloorObstacles) -> Floats:
    """Centres of the cells a beacon can be in, shape (C, 2), laid symmetrically so that mirroring a floor mirrors them."""
    area = floor.walkable_area if floor.walkable_area is not None else floor.outline
    if area is not None and not area.is_empty:
        west, south, east, north = area.bounds
    else:
        (west, south), (east, north) = known_xy.min(axis=0) - MARGIN_M, known_xy.max(axis=0) + MARGIN_M
        whole = shapely.box(west, south, east, north)
        area = whole.difference(shapely.union_all(np.array([shape for shape, _ in floor.fixtures])))
        # A floor that is all shelf is drawn wrong; beacons are somewhere on it all the same.
        area = whole if area.is_empty else area
    xy, _ = cells_within(area)
    return xy


def cells_within(area: BaseGeometry) -> tuple[Floats, float]:
    """Centres of the square cells of an area, shape (C, 2), and their side in metres; at least one cell.

    >>> cells_within(shapely.box(0, 0, 1, 0.4))
    (array([[0.25, 0.2 ],
           [0.75, 0.2 ]]), 0.5)
    """
    west, south, east, north = area.bounds
    cell_m = max(CELL_M, float(np.sqrt((east - west) * (north - south) / MOST_CELLS)))
    x = _centred((west + east) / 2, east - west, cell_m)
    y = _centred((south + north) / 2, north - south, cell_m)
    xy = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    shapely.prepare(area)
    walkable = xy[shapely.contains_xy(area, xy)]
    return (walkable if len(walkable) else xy), cell_m


def _centred(middle: float, length: float, step: float) -> Floats:
    # A hair beyond a whole number of cells is rounding, not one more cell: moving a floor must not change its cells.
    count = max(1, int(np.ceil(length / step - 1e-6)))
    return np.asarray(middle + (np.arange(count) - (count - 1) / 2) * step)
