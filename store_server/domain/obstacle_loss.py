"""What walls and shelving take from a signal, for each place on the floor and each anchor.

Computed once per floorplan and calibration; the estimator only looks it up.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from store_server.wire.calibration import Calibration

if TYPE_CHECKING:
    from store_server.domain.floorplan import Floorplan

Floats = NDArray[np.float64]

MOST_FIXTURE_LOSS_DB = 12.0
"""Past this the signal comes over the top or round the end of the shelving, not through more of it."""

MOST_WALL_LOSS_DB = 15.0
"""The same for walls: doors and reflections carry what ten walls would have stopped."""

SAMPLE_M = 0.25
"""Step along a ray when adding up the shelving it crosses: half a gondola's depth."""


@dataclass(frozen=True, slots=True, eq=False)
class FloorObstacles:
    """The shapes of a floor that matter to a radio and to feet.

    Attributes
    ----------
    outline : Polygon or None
    walkable_area : Polygon or MultiPolygon or None
        Where a beacon can be.
    walls : tuple of (LineString, float or None)
        Each with its own attenuation in dB, or None for the calibration's.
    fixtures : tuple of (Polygon, float or None)
        Shelving, pillars and the like, each with its height in metres; None: up to the ceiling.
    """

    outline: BaseGeometry | None = None
    walkable_area: BaseGeometry | None = None
    walls: tuple[tuple[BaseGeometry, float | None], ...] = ()
    fixtures: tuple[tuple[BaseGeometry, float | None], ...] = ()

    @classmethod
    def of(cls, floorplan: Floorplan) -> FloorObstacles:
        """Those of a floorplan."""
        return cls(
            floorplan.outline,
            floorplan.walkable_area,
            tuple((wall.line, wall.attenuation_db) for wall in floorplan.walls),
            tuple((fixture.polygon, fixture.height_m) for fixture in floorplan.fixtures),
        )


def obstacle_loss_db(xy_m: Floats, anchor_xyz_m: Floats, floor: FloorObstacles, calibration: Calibration) -> Floats:
    """Loss between each place and each anchor.

    Parameters
    ----------
    xy_m : ndarray, shape (C, 2)
        Of beacons at the calibration's height.
    anchor_xyz_m : ndarray, shape (A, 3)
        z is NaN where nobody measured it: waves then go level, through everything.
    floor : FloorObstacles
    calibration : Calibration
        Its losses for each wall and each metre of shelving.

    Returns
    -------
    ndarray, shape (C, A)
        0 where nothing stands between.
    """
    anchor_xy = anchor_xyz_m[:, :2]
    walls_db: Floats = np.zeros((len(xy_m), len(anchor_xy)))
    for line, own_loss_db in floor.walls:
        one_db = calibration.wall_loss_db if own_loss_db is None else own_loss_db
        walls_db += one_db * _crossings(xy_m, anchor_xy, line)
    if floor.outline is not None:
        # A drawn outline goes round both faces of an inner wall, so two crossings are one wall.
        walls_db += calibration.wall_loss_db / 2 * _crossings(xy_m, anchor_xy, floor.outline.boundary)
    loss_db = saturating(walls_db, MOST_WALL_LOSS_DB)
    crossed_m: Floats = np.zeros_like(loss_db)
    for height_m in {height_m for _, height_m in floor.fixtures}:
        shapes = shapely.union_all(np.array([shape for shape, height in floor.fixtures if height == height_m]))
        below = _part_below(height_m, calibration.beacon_height_m, anchor_xyz_m[:, 2])
        crossed_m += _metres_within(xy_m, anchor_xy, below, shapes)
    return loss_db + saturating(calibration.fixture_loss_db_per_m * crossed_m, MOST_FIXTURE_LOSS_DB)


def _part_below(height_m: float | None, beacon_height_m: float, anchor_z_m: Floats) -> Floats:
    """Which part of the way, from the beacon on, runs below the top of a fixture, shape (A,): 1 all, 0 none."""
    if height_m is None:
        return np.ones_like(anchor_z_m)
    rise_m = np.where(np.isfinite(anchor_z_m), anchor_z_m, beacon_height_m) - beacon_height_m
    room_m = height_m - beacon_height_m
    climbing = np.clip(room_m / np.where(rise_m > 0, rise_m, 1.0), 0.0, 1.0)
    return np.where(rise_m > 0, climbing, 1.0 if room_m > 0 else 0.0)


def saturating(loss_db: Floats, most_db: float) -> Floats:
    """What is lost where ``loss_db`` would be if nothing went round, any shape."""
    return np.asarray(most_db * (1 - np.exp(-loss_db / most_db)))


def _crossings(xy: Floats, anchor_xy: Floats, line: BaseGeometry) -> Floats:
    """How often the straight way from each place to each anchor crosses the line, shape (C, A)."""
    count = np.zeros((len(xy), len(anchor_xy)))
    x, y = xy[:, 0, None], xy[:, 1, None]
    ax, ay = anchor_xy[None, :, 0], anchor_xy[None, :, 1]
    for part in shapely.get_parts(line):
        points = shapely.get_coordinates(part)
        for (x1, y1), (x2, y2) in pairwise(points):
            dx, dy = x2 - x1, y2 - y1
            place_side = (y - y1) * dx - (x - x1) * dy
            anchor_side = (ay - y1) * dx - (ax - x1) * dy
            start_side = (ax - x) * (y1 - y) - (ay - y) * (x1 - x)
            end_side = (ax - x) * (y2 - y) - (ay - y) * (x2 - x)
            # Half-open on both sides: a ray through a corner counts its two segments once.
            count += ((place_side > 0) != (anchor_side > 0)) & ((start_side > 0) != (end_side > 0))
    return count


def _metres_within(xy: Floats, anchor_xy: Floats, below: Floats, area: BaseGeometry) -> Floats:
    """How much of the lower part of the way from each place to each anchor lies in the area, shape (C, A)."""
    west, south, east, north = area.bounds
    columns = max(1, int(np.ceil((east - west) / SAMPLE_M)))
    rows = max(1, int(np.ceil((north - south) / SAMPLE_M)))
    grid_x = west + (np.arange(columns) + 0.5) * (east - west) / columns
    grid_y = south + (np.arange(rows) + 0.5) * (north - south) / rows
    shapely.prepare(area)
    raster = np.zeros((rows + 2, columns + 2), dtype=bool)  # a border of nothing, for samples that fall outside
    raster[1:-1, 1:-1] = shapely.contains_xy(area, grid_x[None, :], grid_y[:, None])
    crossed = np.empty((len(xy), len(anchor_xy)))
    for a, anchor in enumerate(anchor_xy):
        way = (anchor - xy) * below[a]
        length = np.linalg.norm(way, axis=1)
        samples = max(1, int(np.ceil(length.max(initial=0.0) / SAMPLE_M)))
        inside = np.zeros(len(xy))
        for fraction in (np.arange(samples) + 0.5) / samples:
            at = xy + fraction * way
            column = np.floor((at[:, 0] - west) / max(east - west, 1e-9) * columns).astype(np.int64) + 1
            row = np.floor((at[:, 1] - south) / max(north - south, 1e-9) * rows).astype(np.int64) + 1
            inside += raster[np.clip(row, 0, rows + 1), np.clip(column, 0, columns + 1)]
        crossed[:, a] = inside / samples * length
    return crossed
