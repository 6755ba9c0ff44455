"""The posterior of a fix written plainly: one place at a time, one dense Gaussian over all strengths."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely
from scipy.stats import multivariate_normal

from store_server.domain.drifting import SMALLEST_POWER_SD_DB
from store_server.domain.fixes import Fix, Floats, RadioDrift
from store_server.domain.obstacle_loss import FloorObstacles, obstacle_loss_db
from store_server.domain.positioning import OFFSET_DOUBT, STILL_WEIGHT, UNEXPLAINED_SHARE, FloorEstimator
from store_server.domain.radio_map import MapSpread, residual_map
from store_server.domain.ranging import rssi_window
from store_server.domain.search_places import anchor_xyz_m, cells_within
from store_server.domain.sightings import AdmittedSightings
from store_server.domain.tracking import Track, advance
from store_server.wire.calibration import AnchorCalibration, Calibration
from tests.domain.radio_floor import ANCHORS

OUTLINE = shapely.box(-1, -1, 13, 10)
HALL = FloorObstacles(
    outline=OUTLINE,
    walls=((shapely.LineString([(6.3, -1), (6.3, 5)]), 5.0),),
    fixtures=((shapely.box(2, 5, 5, 5.8), 1.8),),
)

SURVEY_XY = ((1.0, 1.0), (6.0, 2.0), (10.0, 3.0), (3.0, 8.0), (9.0, 8.0))
SURVEYED = Calibration(
    measured_power_dbm=-59.0,
    path_loss_exponent=2.5,
    shadowing_sd_db=3.0,
    shadowing_growth_db_per_m=0.2,
    power_sd_db=2.0,
    spread_scale=1.2,
    drift_sd_db=1.5,
    # Another order than the floor's, one that hangs there no more (n9) and two that were hung later (n4, n5).
    anchors=tuple(
        AnchorCalibration(node_id=node_id, x_m=0, y_m=0, offset_db=offset_db)
        for node_id, offset_db in (("n3", -2.0), ("n9", 9.0), ("n1", 3.0), ("n2", 1.0))
    ),
    survey_points=5,
    survey_xy_m=SURVEY_XY,
    survey_residual_db=(
        (4.0, 30.0, -3.0, None),
        (2.0, 30.0, 1.0, 5.0),
        (-4.0, 30.0, 3.0, 2.0),
        (1.0, 30.0, None, -6.0),
        (0.0, 30.0, 5.0, -1.0),
    ),
    survey_visit=(0, 0, 1, 1, 1),
    residual_sd_db=3.5,
    residual_noise_db=1.0,
    residual_length_m=4.0,
    radius_scale=1.3,
    radius_power=0.8,
)
UNSURE = SURVEYED.model_copy(update={"path_loss_exponent_sd": 0.3, "power_sd_db": 4.0})

DRIFT = RadioDrift(
    tuple(anchor.node_id for anchor in ANCHORS),
    np.array([2.0, -1.0, 0.5, 3.0, -2.0]),
    np.array([1.0, 2.0, 0.5, 4.0, 0.1]),
    -3.0,
    1.5,
    0.2,
    0.02,
)


def plain_model(calibration: Calibration) -> tuple[Floats, Floats, Floats, Floats]:
    """Places, and of each anchor there the expected strength, its spread and its growth with the exponent."""
    c = calibration
    xy, _ = cells_within(OUTLINE)
    range_m = np.empty((len(xy), len(ANCHORS)))
    for column, anchor in enumerate(ANCHORS):
        rise_m = 0.0 if anchor.z_m is None else anchor.z_m - c.beacon_height_m
        for row, (x, y) in enumerate(xy):
            range_m[row, column] = np.sqrt((x - anchor.x_m) ** 2 + (y - anchor.y_m) ** 2 + rise_m**2)
    expected = c.measured_power_dbm - 10 * c.path_loss_exponent * np.log10(np.maximum(range_m, 0.3))
    expected -= obstacle_loss_db(xy, anchor_xyz_m(ANCHORS), HALL, c)
    variance = (c.spread_scale * (c.shadowing_sd_db + c.shadowing_growth_db_per_m * range_m)) ** 2
    column_of = {anchor.node_id: column for column, anchor in enumerate(c.anchors)}
    surveyed = np.array(
        [
            [row[column_of[a.node_id]] if a.node_id in column_of else None for a in ANCHORS]
            for row in c.survey_residual_db
        ],
        dtype=np.float64,
    ).reshape(-1, len(ANCHORS))
    spread = MapSpread(c.residual_sd_db, c.residual_length_m, c.residual_noise_db, c.drift_sd_db)
    visit = np.array(c.survey_visit, dtype=np.int64)
    residual, explained = residual_map(xy, np.array(c.survey_xy_m).reshape(-1, 2), surveyed, visit, spread)
    left = np.maximum(variance - explained, UNEXPLAINED_SHARE * variance)
    return xy, expected + residual, np.sqrt(left), -10 * np.log10(np.maximum(range_m, 0.3) / 5.0)


def plain_posterior(
    calibration: Calibration, sightings: AdmittedSightings, at_s: float, drift: RadioDrift | None
) -> tuple[Floats, Floats, float]:
    """Mean and covariance of the places, each weighed by one Gaussian over all strengths; and the misfit of the likeliest."""
    c, nodes = calibration, tuple(anchor.node_id for anchor in ANCHORS)
    window = rssi_window(sightings, nodes, at_s)
    if drift is None:
        zero, own = np.zeros(5), np.full(5, c.drift_sd_db**2)
        drift = RadioDrift(nodes, zero, own, 0.0, c.power_sd_db**2, 0.0, c.path_loss_exponent_sd**2)
    xy, expected, spread, slope = plain_model(c)
    offsets = {anchor.node_id: anchor.offset_db for anchor in c.anchors}
    off = window.rssi_dbm[0] - [offsets.get(node, 0.0) for node in nodes] - drift.offset_db - drift.power_db
    typical = (spread**2).mean(axis=0)
    weight = (
        window.packets[0] / (window.packets[0] + 1) * typical / (typical + OFFSET_DOUBT * drift.offset_variance_db2)
    )
    weight *= STILL_WEIGHT if window.is_still[0] else 1.0
    is_heard = window.heard[0]
    power_variance = max(drift.power_variance_db2, SMALLEST_POWER_SD_DB**2)
    exponent, exponent_variance = (drift.exponent, drift.exponent_variance) if c.path_loss_exponent_sd else (0.0, 0.0)
    log_mass, misfit = np.empty(len(xy)), np.empty(len(xy))
    for place in range(len(xy)):
        s, g = spread[place, is_heard], slope[place, is_heard]
        among = np.diag(s**2 / weight[is_heard]) + power_variance + exponent_variance * np.outer(g, g)
        mean = expected[place, is_heard] + exponent * g
        log_mass[place] = multivariate_normal.logpdf(off[is_heard], mean, among)
        misfit[place] = (off[is_heard] - mean) @ np.linalg.solve(among, off[is_heard] - mean) / is_heard.sum()
    mass = np.exp(log_mass - log_mass.max())
    mass /= mass.sum()
    middle = mass @ xy
    return middle, (mass[:, None] * (xy - middle)).T @ (xy - middle), float(misfit[log_mass.argmax()])


def track_of(drift: RadioDrift, at_s: float = 0.0, speed_mps: float = 0.0) -> Track:
    """A track of a visit that has taught this, at (4, 4) and walking east."""
    track = advance(None, Fix("b", 4.0, 4.0, np.eye(2), 2.0, 5, at_s, drift=drift), "t", FloorEstimator([]))
    return replace(track, state=np.array([4.0, 4.0, speed_mps, 0.0, 0.0, 0.0]))
