"""What stands in the way of the waves, and what it takes from them.

The way from a beacon at the belt to a node near the ceiling passes above most fixtures: only its part below the top counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from store_server.domain.radio_parameters import RadioParameters
from store_server.wire.floorplans import FixtureFeature, FloorplanDocument, PolygonGeometry, WallFeature

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something in the way: a wall (a line, counted at each crossing) or a fixture (an area, counted on the way through)."""

    shape: BaseGeometry
    loss_db_per_m: float = 0.0
    loss_db_per_crossing: float = 0.0
    height_m: float | None = None
    """Waves pass above it; None: it reaches the ceiling."""


def obstacles_of(document: FloorplanDocument, parameters: RadioParameters) -> tuple[Obstacle, ...]:
    """The fixtures and walls of a plan as radio obstacles."""
    obstacles: list[Obstacle] = []
    for feature in document.features:
        if isinstance(feature, FixtureFeature):
            obstacles.append(
                Obstacle(
                    _polygon(feature.geometry),
                    loss_db_per_m=parameters.fixture_loss_db_per_m,
                    height_m=feature.properties.height_m,
                )
            )
        elif isinstance(feature, WallFeature):
            stated_db = feature.properties.attenuation_db
            loss_db = parameters.wall_loss_db if stated_db is None else stated_db
            line = shapely.LineString([position[:2] for position in feature.geometry.coordinates])
            obstacles.append(Obstacle(line, loss_db_per_crossing=loss_db))
    return tuple(obstacles)


def _polygon(geometry: PolygonGeometry) -> BaseGeometry:
    outer, *holes = ([position[:2] for position in ring] for ring in geometry.coordinates)
    return shapely.make_valid(shapely.Polygon(outer, holes))  # a plan that is being drawn may cross itself


def obstacle_loss_db(
    points_m: Floats, anchor_m: Floats, obstacles: Sequence[Obstacle], parameters: RadioParameters
) -> Floats:
    """What walls and fixtures take from a signal on the straight way to one anchor.

    Parameters
    ----------
    points_m : ndarray, shape (P, 2)
        Where the beacon is, ``beacon_height_m`` above the floor.
    anchor_m : ndarray, shape (3,)

    Returns
    -------
    ndarray, shape (P,)
        At most ``obstacle_loss_limit_db``.
    """
    loss_db = np.zeros(len(points_m))
    for height_m in {obstacle.height_m for obstacle in obstacles}:
        start, end = _part_below(height_m, parameters.beacon_height_m, float(anchor_m[2]))
        if end <= start:
            continue
        group = [obstacle for obstacle in obstacles if obstacle.height_m == height_m]
        shapes = np.array([obstacle.shape for obstacle in group])
        way = anchor_m[:2] - points_m
        lines = np.asarray(shapely.linestrings(np.stack([points_m + start * way, points_m + end * way], axis=1)))
        met, shape = shapely.STRtree(shapes).query(lines, predicate="intersects")
        shared = shapely.intersection(lines[met], shapes[shape])
        per_m = np.array([obstacle.loss_db_per_m for obstacle in group])[shape]
        per_crossing = np.array([obstacle.loss_db_per_crossing for obstacle in group])[shape]
        np.add.at(loss_db, met, shapely.length(shared) * per_m + shapely.get_num_geometries(shared) * per_crossing)
    return np.minimum(loss_db, parameters.obstacle_loss_limit_db)


def _part_below(height_m: float | None, beacon_z_m: float, anchor_z_m: float) -> tuple[float, float]:
    """The part of the way from beacon (0) to anchor (1) that runs no higher than ``height_m``."""
    if height_m is None or height_m >= max(beacon_z_m, anchor_z_m):
        return 0.0, 1.0
    if height_m < min(beacon_z_m, anchor_z_m):
        return 0.0, 0.0
    crossing = (height_m - beacon_z_m) / (anchor_z_m - beacon_z_m)
    return (0.0, crossing) if beacon_z_m < anchor_z_m else (crossing, 1.0)
