"""Whether the devices on a plan can do their work: nodes that hear every place, kiosks somebody can stand before."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from store_server.domain.floor_shapes import KioskPlace
from store_server.domain.floorplan import Floorplan
from store_server.domain.plan_problems import Point, Problem, Rule, said, warning
from store_server.domain.plan_structure import NAMED_AT_MOST

HEARING_RADIUS_M = 25.0
"""A beacon at 0 dBm is still heard at this distance across a furnished shop, mostly; a calibrated model says more."""

NODES_FOR_A_FIX = 3

PLACES_AT_MOST = 5000

SMALLEST_CATCHMENT_M2 = 0.5
"""Standing room for one."""

ROOM_M, ROOM_REACH_M = 0.45, 1.0
"""A circle larger than that, seen whole from a display point beside it."""

_TURNS = [math.radians(turn_deg) for turn_deg in range(0, 360, 45)]
_ROOMS = np.array(
    [
        shapely.union(
            shapely.Point(0.5 * math.sin(turn), 0.5 * math.cos(turn)).buffer(ROOM_M), shapely.Point(0, 0)
        ).convex_hull
        for turn in _TURNS
    ]
)


def coverage(floorplan: Floorplan, node_keys: dict[str, str]) -> Iterator[Problem]:
    """Places too few nodes hear, as one warning for the level.

    Parameters
    ----------
    node_keys : dict of node_key to the key of its shape
    """
    nodes_m = tuple((x_m, y_m) for _, x_m, y_m, _ in floorplan.anchors)
    grid_m, third_m = _third_nearest(floorplan.outline.bounds, nodes_m)
    if not (third_m > HEARING_RADIUS_M).any():
        return  # wherever the floor is
    is_floor = shapely.intersects_xy(floorplan.walkable_area, grid_m)
    places_m, third_m = grid_m[is_floor], third_m[is_floor]
    poor = third_m > HEARING_RADIUS_M
    if not poor.any():
        return
    worst = places_m[int(third_m.argmax())]
    near = sorted(floorplan.anchors, key=lambda anchor: math.hypot(anchor[1] - worst[0], anchor[2] - worst[1]))
    zones = dict.fromkeys(floorplan.zones[i].key for i in floorplan.zones_at(places_m[poor]) if i >= 0)
    keys = [floorplan.level_key, *(node_keys[anchor[0]] for anchor in near[: NODES_FOR_A_FIX - 1]), *zones]
    share = float(poor.mean())
    words = said("too_few_nodes", share=share, radius_m=HEARING_RADIUS_M, least=NODES_FOR_A_FIX)
    place = (round(float(worst[0]), 2), round(float(worst[1]), 2))
    yield warning(
        Rule.TOO_FEW_NODES, keys[:NAMED_AT_MOST], place, words, f"{share * floorplan.walkable_area.area:.0f} m2"
    )


@lru_cache(maxsize=8)
def _third_nearest(
    bounds: tuple[float, float, float, float], nodes_m: tuple[Point, ...]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Places over the level, a metre apart or, on a large one, so that they stay few; and how far the third node is.

    Most edits leave the nodes alone: the answer is remembered.
    """
    min_x, min_y, max_x, max_y = bounds
    step_m = max(1.0, math.sqrt((max_x - min_x) * (max_y - min_y) / PLACES_AT_MOST))
    xs, ys = np.arange(min_x + step_m / 2, max_x, step_m), np.arange(min_y + step_m / 2, max_y, step_m)
    grid_m = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    third_m = np.full(len(grid_m), np.inf)
    if len(nodes_m) >= NODES_FOR_A_FIX:
        third_m = np.asarray(cKDTree(np.array(nodes_m)).query(grid_m, k=NODES_FOR_A_FIX)[0])[:, -1]
    return grid_m, third_m


def kiosks(floorplan: Floorplan) -> Iterator[Problem]:
    """Kiosks nobody can stand before."""
    for kiosk in floorplan.kiosks.values():
        if not _has_room(kiosk):
            words = said("kiosk_without_catchment", shape=kiosk.feature_key)
            yield warning(Rule.KIOSK_WITHOUT_CATCHMENT, (kiosk.feature_key,), kiosk.display_point, words)


def _has_room(kiosk: KioskPlace) -> bool:
    """Whether somebody can stand in the catchment; mostly without looking all round, for which it must be drawn first."""
    if kiosk.drawn_catchment is None and kiosk.catchment_radius_m >= ROOM_REACH_M:
        rooms = shapely.transform(_ROOMS, lambda corners_m: corners_m + kiosk.display_point)
        if shapely.covers(kiosk.floor, rooms).any():
            return True
    return kiosk.catchment.area >= SMALLEST_CATCHMENT_M2
