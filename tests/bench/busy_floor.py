"""A made-up sales floor full of shoppers who walk its aisles, for measuring what a tick of positions costs."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from store_server.domain.consent import admit_recording
from store_server.domain.obstacle_loss import FloorObstacles, obstacle_loss_db
from store_server.domain.positioning import FACTORY_CALIBRATION, Anchor, Fix, FloorEstimator
from store_server.domain.ranging import WINDOW_S, log_distance_rssi_dbm
from store_server.domain.search_places import anchor_xyz_m, searched_places, slant_range_m
from store_server.domain.sightings import AdmittedSightings, SightingColumns
from store_server.domain.tracking import Step, Track, advance_all
from store_server.wire.calibration import AnchorCalibration, Calibration

Floats = NDArray[np.float64]

TICK_S = 0.5
HEARD_EVERY_S = 0.5
"""By each node in reach: a tag sends a few times a second, a node listens to one channel of three at a time."""

HEARD_WITHIN_M = 25.0
FADING_DB = 4.0

GONDOLA_M, AISLE_M, RUN_M, GAP_M = 1.0, 2.0, 6.0, 2.0
"""Depth and length of a gondola, and the ways between: 100 of them stand on 60 x 40 m."""

SURVEY_EVERY_M = 4.0
WARM_UP_TICKS = 4
MEASURED_TICKS = 7
PASSES = 3

FEWEST_FIXES_TIMED = 50
"""Fewer shoppers are asked about again and again: processors' clocks tell a few milliseconds, no less."""


@dataclass(frozen=True, slots=True, eq=False)
class BusyFloor:
    """A floor, its nodes, and what they hear while so many shoppers walk about for as long as the ticks last."""

    width_m: float
    depth_m: float
    obstacles: FloorObstacles
    anchors: tuple[Anchor, ...]
    sightings: AdmittedSightings

    @property
    def shoppers(self) -> int:
        return len(self.sightings.beacon_ids)

    def estimator(self, is_surveyed: bool) -> FloorEstimator:
        """The floor's estimator, with a survey's calibration or the factory's."""
        calibration = _surveyed(self) if is_surveyed else FACTORY_CALIBRATION
        return FloorEstimator(self.anchors, calibration, self.obstacles)


def busy_floor(width_m: float, depth_m: float, nodes: int, shoppers: int) -> BusyFloor:
    """The floor with gondolas in rows, nodes spread evenly under its ceiling, and the sightings of all ticks."""
    obstacles = _obstacles(width_m, depth_m)
    anchors = _anchors(width_m, depth_m, nodes)
    return BusyFloor(width_m, depth_m, obstacles, anchors, _heard(obstacles, anchors, shoppers))


def fix_s(floor: BusyFloor, estimator: FloorEstimator) -> float:
    """What one shopper's fix and track take once every visit is under way, in seconds of processor time.

    The median tick of the pass least disturbed by what else the machine does. Shoppers whom too few nodes hear have no fix
    and are not counted.
    """
    return min(_median_fix_s(floor, estimator) for _ in range(PASSES))


def _median_fix_s(floor: BusyFloor, estimator: FloorEstimator) -> float:
    spent_s = []
    again = -(-FEWEST_FIXES_TIMED // floor.shoppers)
    tracks: list[Track | None] = [None] * floor.shoppers
    for number in range(WARM_UP_TICKS + MEASURED_TICKS):
        at_s = WINDOW_S + number * TICK_S
        # As the live state does, only what the window holds is handed over.
        recent = (floor.sightings.heard_s > at_s - WINDOW_S) & (floor.sightings.heard_s <= at_s)
        sightings = admit_recording(floor.sightings.where(recent))
        started_s = time.process_time()
        for _ in range(again):
            moved = _ticked(estimator, sightings, at_s, tracks)
        spent_s.append((time.process_time() - started_s) / again / len(moved))
        of_beacon = {track.beacon_id: track for track in moved}
        tracks = [of_beacon.get(beacon_id) for beacon_id in sightings.beacon_ids]
    return float(np.median(spent_s[WARM_UP_TICKS:]))


def _ticked(
    estimator: FloorEstimator, sightings: AdmittedSightings, at_s: float, tracks: list[Track | None]
) -> list[Track]:
    answers = estimator.fixes(sightings, at_s, tracks)
    steps = [
        Step(track, fix, fix.beacon_id) for track, fix in zip(tracks, answers, strict=True) if isinstance(fix, Fix)
    ]
    return advance_all(steps, estimator)


def _obstacles(width_m: float, depth_m: float) -> FloorObstacles:
    outline = shapely.box(0, 0, width_m, depth_m)
    shelves = [
        shapely.box(x, y, x + GONDOLA_M, y + RUN_M)
        for x in np.arange(AISLE_M, width_m - GONDOLA_M, GONDOLA_M + AISLE_M).tolist()
        for y in np.arange(GAP_M / 2, depth_m - RUN_M, RUN_M + GAP_M).tolist()
    ]
    back_room = shapely.LineString([(0.0, depth_m - 0.5), (width_m / 3, depth_m - 0.5)])
    walkable = shapely.difference(outline, shapely.union_all(np.array(shelves)))
    return FloorObstacles(outline, walkable, ((back_room, None),), tuple((shelf, 1.8) for shelf in shelves))


def _anchors(width_m: float, depth_m: float, nodes: int) -> tuple[Anchor, ...]:
    rows = max(divisor for divisor in range(1, nodes + 1) if nodes % divisor == 0 and divisor**2 <= nodes)
    columns = nodes // rows
    return tuple(
        Anchor(f"n{column}-{row}", width_m * (column + 0.5) / columns, depth_m * (row + 0.5) / rows, 2.8)
        for column in range(columns)
        for row in range(rows)
    )


def _surveyed(floor: BusyFloor) -> Calibration:
    """What a survey every few metres would have left: offsets and residuals are drawn, not measured."""
    x, y = np.arange(1.0, floor.width_m, SURVEY_EVERY_M), np.arange(0.5, floor.depth_m, SURVEY_EVERY_M)
    xy = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    residual = np.random.default_rng(11).normal(0, 3, (len(xy), len(floor.anchors))).round(2)
    return FACTORY_CALIBRATION.model_copy(
        update={
            "path_loss_exponent_sd": 0.0,
            "shadowing_sd_db": 3.5,
            "shadowing_growth_db_per_m": 0.2,
            "power_sd_db": 2.0,
            "drift_sd_db": 2.0,
            "radius_scale": 1.0,
            "radius_power": 1.0,
            "residual_sd_db": 3.0,
            "anchors": tuple(
                AnchorCalibration(node_id=a.node_id, x_m=a.x_m, y_m=a.y_m, z_m=a.z_m, offset_db=offset)
                for a, offset in zip(floor.anchors, _offsets_db(len(floor.anchors)).tolist(), strict=True)
            ),
            "survey_points": len(xy),
            "survey_xy_m": tuple((float(x), float(y)) for x, y in xy),
            "survey_residual_db": tuple(tuple(row) for row in residual.tolist()),
            "survey_visit": tuple(0 for _ in xy),
        }
    )


def _offsets_db(nodes: int) -> Floats:
    """How much louder each node hears than the model has it, shape (nodes,)."""
    return np.random.default_rng(7).normal(0, 2, nodes).round(2)


def _heard(obstacles: FloorObstacles, anchors: tuple[Anchor, ...], shoppers: int) -> AdmittedSightings:
    """Shoppers walk up and down an aisle each, at 0.4 to 1.2 m/s, heard by the nodes in reach."""
    random = np.random.default_rng(3)
    _, _, width_m, depth_m = obstacles.outline.bounds if obstacles.outline is not None else (0.0,) * 4
    x = random.choice(np.arange(AISLE_M / 2, width_m, GONDOLA_M + AISLE_M), shoppers)
    begins, speed = random.uniform(0, 2 * depth_m, shoppers), random.uniform(0.4, 1.2, shoppers)
    times = np.arange(0, WINDOW_S + (WARM_UP_TICKS + MEASURED_TICKS) * TICK_S, HEARD_EVERY_S)
    far = (begins[:, None] + speed[:, None] * times) % (2 * depth_m)
    y = np.where(far > depth_m, 2 * depth_m - far, far)
    xy = np.stack([np.broadcast_to(x[:, None], y.shape), y], axis=-1)
    range_m = slant_range_m(xy.reshape(-1, 2), anchors, FACTORY_CALIBRATION.beacon_height_m)
    range_m = range_m.reshape(*y.shape, len(anchors))
    beacon, instant, node = np.nonzero(range_m < HEARD_WITHIN_M)
    expected = log_distance_rssi_dbm(
        range_m[beacon, instant, node], FACTORY_CALIBRATION.measured_power_dbm, FACTORY_CALIBRATION.path_loss_exponent
    )
    cells = searched_places(xy[0], obstacles)
    cell_of = np.asarray(cKDTree(cells).query(xy)[1])
    lost_db = obstacle_loss_db(cells, anchor_xyz_m(anchors), obstacles, FACTORY_CALIBRATION)
    fading_db = np.clip(random.normal(0, FADING_DB, len(expected)), -2 * FADING_DB, 2 * FADING_DB)
    rssi = expected - lost_db[cell_of[beacon, instant], node]
    rssi += _offsets_db(len(anchors))[node] + fading_db
    heard_s = times[instant] + random.uniform(0, HEARD_EVERY_S, len(expected))
    order = np.argsort(heard_s)  # as they come in
    return admit_recording(
        SightingColumns(
            tuple(f"b{number}" for number in range(shoppers)),
            tuple(anchor.node_id for anchor in anchors),
            beacon[order],
            node[order],
            np.clip(np.round(rssi), -127, -1)[order],
            heard_s[order],
        )
    )
