"""From a survey or a walk to a floor's calibration: power, path loss, offsets of the receivers, spread, residual map.

Every part has a prior, so ten points give a sound calibration, none gives the factory's, and eighty a map.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve

from store_server.domain.fixes import Anchor
from store_server.domain.node_hearings import between_nodes_db, between_nodes_m
from store_server.domain.obstacle_loss import FloorObstacles, obstacle_loss_db
from store_server.domain.positioning import FACTORY_CALIBRATION
from store_server.domain.radio_map import MapSpread
from store_server.domain.ranging import NEAREST_RANGE_M
from store_server.domain.search_places import anchor_xyz_m, slant_range_m
from store_server.domain.surveys import SurveyPoints, spread_out
from store_server.wire.calibration import AnchorCalibration, Calibration
from store_server.wire.floorplans import FloorplanDocument, NodeFeature

Floats = NDArray[np.float64]

PRIOR_POWER_SD_DB = 10.0
PRIOR_EXPONENT_SD = 0.5
"""Indoor surveys find 1.8 to 3.5."""
PRIOR_OFFSET_SD_DB = 3.0
"""Receivers of one type differ by this much once mounted."""

HEARD_EXPONENT_SD = 0.2
"""What stays unsure of the exponent between nodes: down among the shelves a tag's signal falls off otherwise."""

SURVEYED_SPREAD_DB = 3.5
SURVEYED_GROWTH_DB_PER_M = 0.2
"""What weighs near anchors against far ones. Not fitted: the spread within one survey says too little of that on another day,
and these held on three floors; how wide the radius must be is measured instead."""

WALL_LOSSES_DB = (0.0, 1.5, 3.0, 5.0)
FIXTURE_LOSSES_DB_PER_M = (0.0, 2.0, 4.0, 8.0)
"""Tried in turn; the pair that leaves the least unexplained is kept."""

MOST_MAP_POINTS = 600
"""The map's cost grows with the cube of its points, its worth hardly at all past one for each square metre or two."""

POINTS_TO_CHOOSE_SPREADS = 250


def fit_calibration(
    anchors: Sequence[Anchor],
    points: SurveyPoints,
    floor: FloorObstacles | None = None,
    start: Calibration = FACTORY_CALIBRATION,
    between_dbm: Floats | None = None,
) -> Calibration:
    """The calibration these points support.

    Parameters
    ----------
    anchors : sequence of Anchor
        In the order of the points' columns.
    points : SurveyPoints
    floor : FloorObstacles or None
        Their losses are taken off before fitting.
    start : Calibration
        The prior, and what stays where nothing was measured.
    between_dbm : ndarray, shape (A, A), or None
        What the nodes hear of each other (see ``node_hearings``): path loss, walls and offsets, but neither a tag's power nor how
        it sounds down among the shelves.

    Returns
    -------
    Calibration
        Without cross-validation (see ``cross_validating.py``); ``start`` with the anchors filled in where no point was heard.
    """
    among = None if between_dbm is None or not np.isfinite(between_dbm).any() else between_dbm
    is_surveyed = bool(np.isfinite(points.mean_dbm).any())
    if not is_surveyed and among is None:
        return start.model_copy(update={"anchors": _described(anchors, np.zeros(len(anchors)))})
    points = spread_out(points, MOST_MAP_POINTS)
    fitted = min(
        (_fit_log_distance(anchors, points, floor, start, losses, among) for losses in _losses_to_try(floor, start)),
        key=lambda fit: fit.cost,
    )
    if not is_surveyed:
        return start.model_copy(
            update={
                "path_loss_exponent": fitted.path_loss_exponent,
                "path_loss_exponent_sd": HEARD_EXPONENT_SD,
                "wall_loss_db": fitted.losses_db[0],
                "fixture_loss_db_per_m": fitted.losses_db[1],
                "anchors": _described(anchors, fitted.offset_db),
            }
        )
    spread = _likeliest_spread(points, fitted.residual_db)
    return start.model_copy(
        update={
            "measured_power_dbm": fitted.measured_power_dbm,
            "path_loss_exponent": fitted.path_loss_exponent,
            "path_loss_exponent_sd": 0.0,
            "shadowing_sd_db": SURVEYED_SPREAD_DB,
            "shadowing_growth_db_per_m": SURVEYED_GROWTH_DB_PER_M,
            "power_sd_db": _power_sd_db(points, fitted.residual_db),
            "wall_loss_db": fitted.losses_db[0],
            "fixture_loss_db_per_m": fitted.losses_db[1],
            "anchors": _described(anchors, fitted.offset_db),
            "survey_points": len(points),
            "survey_xy_m": tuple((round(float(x), 3), round(float(y), 3)) for x, y in points.xy_m),
            "survey_visit": tuple(int(v) for v in points.visit),
            "survey_residual_db": tuple(
                tuple(round(float(r), 2) if np.isfinite(r) else None for r in row) for row in fitted.residual_db
            ),
            "residual_sd_db": spread.sd_db,
            "residual_noise_db": spread.noise_db,
            "residual_length_m": spread.length_m,
            "drift_sd_db": spread.drift_db,
            "radius_scale": 1.0,
            "radius_power": 1.0,
        }
    )


@dataclass(frozen=True, slots=True, eq=False)
class _LogDistanceFit:
    measured_power_dbm: float
    path_loss_exponent: float
    offset_db: Floats
    residual_db: Floats
    losses_db: tuple[float, float]
    cost: float


def _losses_to_try(floor: FloorObstacles | None, start: Calibration) -> list[tuple[float, float]]:
    """Pairs of wall loss and fixture loss; only what the floor has is varied."""
    walls: tuple[float, ...] = (start.wall_loss_db,)
    fixtures: tuple[float, ...] = (start.fixture_loss_db_per_m,)
    if floor is not None and (floor.walls or floor.outline is not None):
        walls = WALL_LOSSES_DB
    if floor is not None and floor.fixtures:
        fixtures = FIXTURE_LOSSES_DB_PER_M
    return list(product(walls, fixtures))


def _described(anchors: Sequence[Anchor], offsets_db: Floats) -> tuple[AnchorCalibration, ...]:
    return tuple(
        AnchorCalibration(node_id=a.node_id, x_m=a.x_m, y_m=a.y_m, z_m=a.z_m, offset_db=round(float(offset), 2))
        for a, offset in zip(anchors, offsets_db, strict=True)
    )


def _fit_log_distance(
    anchors: Sequence[Anchor],
    points: SurveyPoints,
    floor: FloorObstacles | None,
    start: Calibration,
    losses_db: tuple[float, float],
    between_dbm: Floats | None,
) -> _LogDistanceFit:
    """Power at 1 m, exponent and offsets by linear least squares with priors, given what walls and fixtures take.

    What nodes hear of each other adds rows, with one more unknown: how much stronger nodes send than the tags.
    """
    range_m = np.maximum(slant_range_m(points.xy_m, anchors, start.beacon_height_m), NEAREST_RANGE_M)
    tried = start.model_copy(update={"wall_loss_db": losses_db[0], "fixture_loss_db_per_m": losses_db[1]})
    lost_db = obstacle_loss_db(points.xy_m, anchor_xyz_m(anchors), floor or FloorObstacles(), tried)
    unlost_dbm, ranges_m = points.mean_dbm + lost_db, range_m
    if between_dbm is not None:
        unlost_dbm = np.concatenate(
            [unlost_dbm, between_dbm + between_nodes_db(anchors, floor or FloorObstacles(), tried)]
        )
        ranges_m = np.concatenate([range_m, np.maximum(between_nodes_m(anchors), NEAREST_RANGE_M)])
    heard = np.isfinite(unlost_dbm)
    row, column = np.nonzero(heard)
    design = np.zeros((len(row), 3 + len(anchors)))
    design[:, 0] = 1.0
    design[:, 1] = -10 * np.log10(ranges_m[heard])
    design[np.arange(len(row)), 2 + column] = 1.0
    design[:, -1] = row >= len(points)
    prior_mean = np.concatenate([[start.measured_power_dbm, start.path_loss_exponent], np.zeros(len(anchors) + 1)])
    prior_sd = np.concatenate(
        [[PRIOR_POWER_SD_DB, PRIOR_EXPONENT_SD], np.full(len(anchors), PRIOR_OFFSET_SD_DB), [PRIOR_POWER_SD_DB]]
    )
    weight = ((start.shadowing_sd_db + start.shadowing_growth_db_per_m * ranges_m)[heard]) ** -2
    normal = (design.T * weight) @ design + np.diag(prior_sd**-2)
    deviation = unlost_dbm[heard] - design @ prior_mean
    found = np.linalg.solve(normal, design.T @ (weight * deviation))
    power, exponent = prior_mean[:2] + found[:2]
    offset = found[2:-1]
    residual = points.mean_dbm + lost_db - (power - 10 * exponent * np.log10(range_m) + offset)
    cost = float((weight * (deviation - design @ found) ** 2).sum() + ((found / prior_sd) ** 2).sum())
    # Both are bounded by the wire contract; the priors keep any survey of a real floor well inside.
    power, exponent = np.clip(power, -127.0, 20.0), np.clip(exponent, 0.5, 8.0)
    return _LogDistanceFit(float(power), float(exponent), np.clip(offset, -60, 60), residual, losses_db, cost)


def _power_sd_db(points: SurveyPoints, residual_db: Floats) -> float:
    """Spread of the beacons' own power: how much whole recordings are louder or weaker than chance makes them.

    Only points heard by five anchors or more can tell, and there must be ten; walks of one tag say nothing about others.
    """
    heard = np.isfinite(residual_db)
    telling = (heard.sum(axis=1) >= 5) & (points.visit == 0)
    if telling.sum() < 10:
        return 0.0
    residual, count = residual_db[telling], heard[telling].sum(axis=1)
    by_chance = np.nanvar(residual, axis=1, ddof=1) / count
    between = float(np.var(np.nanmean(residual, axis=1)) - by_chance.mean())
    return round(float(np.sqrt(max(between, 0.0))), 2)


def _likeliest_spread(points: SurveyPoints, residual_db: Floats) -> MapSpread:
    """The map's spread, length, noise and drift that make the residuals likeliest, from a short list each."""
    chosen = np.linspace(0, len(points) - 1, min(len(points), POINTS_TO_CHOOSE_SPREADS)).astype(np.int64)
    thinned, residual = points.at(chosen), residual_db[chosen]
    several_visits = len(np.unique(thinned.visit)) > 1
    best, best_cost = MapSpread(3.0, 3.0, 2.0, 2.0), np.inf
    for sd, length, noise, drift in product(
        (2.0, 3.0, 4.0, 5.0), (1.5, 3.0, 6.0), (1.0, 2.0, 3.0), (1.0, 2.0, 3.0) if several_visits else (2.0,)
    ):
        spread = MapSpread(sd, length, noise, drift)
        # A weak pull towards the middle of each list: ten points cannot tell, and should not choose an end.
        cost = 2 * (np.log(sd / 3) ** 2 + np.log(length / 3) ** 2 + np.log(noise / 2) ** 2 + np.log(drift / 2) ** 2)
        cost += _negative_log_likelihood(spread.covariance(thinned.xy_m, thinned.visit), residual)
        if cost < best_cost:
            best, best_cost = spread, cost
    return best


def _negative_log_likelihood(covariance: Floats, residual_db: Floats) -> float:
    heard = np.isfinite(residual_db)
    patterns, pattern_of = np.unique(heard.T, axis=0, return_inverse=True)
    cost = 0.0
    for number, pattern in enumerate(patterns):
        if not pattern.any():
            continue
        values = residual_db[np.ix_(pattern, np.flatnonzero(pattern_of == number))]
        factor = cho_factor(covariance[np.ix_(pattern, pattern)], lower=True)
        cost += 0.5 * float((values * cho_solve(factor, values)).sum())
        cost += values.shape[1] * float(np.log(np.diag(factor[0])).sum())
    return cost


MOVED_M = 0.5
"""A node hung elsewhere hears other shadows; this far is a slip of the tape."""


def kept_where_nodes_stand(calibration: Calibration, document: FloorplanDocument) -> Calibration:
    """What of a calibration still holds on a plan whose nodes may have moved.

    The floor-wide figures and each node's own offset stay; a moved node's part of the survey does not: it was measured from
    elsewhere. What the survey says of nodes that are gone is dropped with them.
    """
    now_m = {
        feature.properties.node_key: (feature.geometry.coordinates[0], feature.geometry.coordinates[1])
        for feature in document.features
        if isinstance(feature, NodeFeature)
    }
    columns = [column for column, anchor in enumerate(calibration.anchors) if anchor.node_id in now_m]
    anchors, stays = [], []
    for column in columns:
        anchor = calibration.anchors[column]
        x_m, y_m = now_m[anchor.node_id]
        stays.append(math.hypot(anchor.x_m - x_m, anchor.y_m - y_m) <= MOVED_M)
        anchors.append(anchor.model_copy(update={"x_m": x_m, "y_m": y_m}))
    residuals = tuple(
        tuple(row[column] if stay else None for column, stay in zip(columns, stays, strict=True))
        for row in calibration.survey_residual_db
    )
    return calibration.model_copy(update={"anchors": tuple(anchors), "survey_residual_db": residuals})
