"""From a survey or a walk to a floor's calibration: power, path loss, offsets of the receivers, spread, residual map.

Every part has a prior, so ten points give a sound calibration, none gives the factory's, and eighty a map.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve

from store_server.domain.obstacle_loss import FloorObstacles, obstacle_loss_db
from store_server.domain.positioning import FACTORY_CALIBRATION, Anchor, anchor_xyz_m, slant_range_m
from store_server.domain.radio_map import MapSpread
from store_server.domain.ranging import NEAREST_RANGE_M, STRONGEST_DBM, WEAKEST_DBM
from store_server.domain.sightings import SightingColumns
from store_server.wire.calibration import AnchorCalibration, Calibration

Floats = NDArray[np.float64]

PRIOR_POWER_SD_DB = 10.0
PRIOR_EXPONENT_SD = 0.5
"""Indoor surveys find 1.8 to 3.5."""
PRIOR_OFFSET_SD_DB = 3.0
"""Receivers of one type differ by this much once mounted."""

WALK_CELL_M = 1.0
"""A walk's sightings are gathered per square of this side: nearer places sound alike, and the map stays small."""

MOST_MAP_POINTS = 600
"""The map's cost grows with the cube of its points, its worth hardly at all past one for each square metre or two."""

POINTS_TO_CHOOSE_SPREADS = 250


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """One test beacon's sightings and where it truly was.

    Attributes
    ----------
    beacon_id : str
    sightings : SightingColumns
    truth_s : ndarray, shape (T,)
        Ascending; one entry for a beacon that stood still.
    truth_xy_m : ndarray, shape (T, 2)
    """

    beacon_id: str
    sightings: SightingColumns
    truth_s: Floats
    truth_xy_m: Floats

    @property
    def is_still(self) -> bool:
        """Whether the beacon stood at one point."""
        return len(self.truth_s) == 1

    def truth_at(self, at_s: Floats) -> Floats:
        """Where the beacon was at each instant, shape (len(at_s), 2): interpolated, held at both ends."""
        return np.stack([np.interp(at_s, self.truth_s, self.truth_xy_m[:, axis]) for axis in (0, 1)], axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class SurveyPoints:
    """What ``N`` places sounded like at ``A`` anchors.

    Attributes
    ----------
    xy_m : ndarray, shape (N, 2)
    mean_dbm : ndarray, shape (N, A)
        Taken in milliwatts, NaN where an anchor was not heard.
    visit : ndarray of int, shape (N,)
        0 for all still points, another number for each walk.
    """

    xy_m: Floats
    mean_dbm: Floats
    visit: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.xy_m)

    def at(self, rows: NDArray[np.int64]) -> SurveyPoints:
        """Some of the points."""
        return SurveyPoints(self.xy_m[rows], self.mean_dbm[rows], self.visit[rows])


def survey_points(recordings: Sequence[Recording], node_ids: Sequence[str]) -> SurveyPoints:
    """Gather recordings into points: one for a beacon that stood still, one for each square metre of a walk.

    Parameters
    ----------
    recordings : sequence of Recording
    node_ids : sequence of str
        The anchors, in the order of the result's columns.

    Returns
    -------
    SurveyPoints
    """
    column_of = {node_id: column for column, node_id in enumerate(node_ids)}
    xy: list[Floats] = []
    means: list[Floats] = []
    visits: list[int] = []
    for number, recording in enumerate(recordings, start=1):
        s = recording.sightings
        columns = np.array([column_of.get(node_id, -1) for node_id in s.node_ids] or [-1], dtype=np.int64)[s.node_index]
        usable = (s.rssi_dbm >= WEAKEST_DBM) & (s.rssi_dbm <= STRONGEST_DBM) & (columns >= 0)
        if not usable.any():
            continue
        places = recording.truth_at(s.heard_s[usable])
        squares = np.zeros_like(places) if recording.is_still else np.floor(places / WALK_CELL_M)
        _, square_of = np.unique(squares, axis=0, return_inverse=True)
        count = int(square_of.max()) + 1
        cell, cells = square_of * len(node_ids) + columns[usable], count * len(node_ids)
        packets = np.bincount(cell, minlength=cells)
        milliwatts = np.bincount(cell, 10 ** (s.rssi_dbm[usable] / 10), cells)
        mean_dbm = np.full(cells, np.nan)
        mean_dbm[packets > 0] = 10 * np.log10(milliwatts[packets > 0] / packets[packets > 0])
        in_square = np.bincount(square_of, minlength=count)
        xy.append(np.stack([np.bincount(square_of, places[:, axis], count) / in_square for axis in (0, 1)], axis=1))
        means.append(mean_dbm.reshape(count, len(node_ids)))
        visits += [0 if recording.is_still else number] * count
    if not xy:
        return SurveyPoints(np.empty((0, 2)), np.empty((0, len(node_ids))), np.empty(0, dtype=np.int64))
    return SurveyPoints(np.concatenate(xy), np.concatenate(means), np.array(visits, dtype=np.int64))


def spread_out(points: SurveyPoints, most: int) -> SurveyPoints:
    """At most so many of the points, as far from each other as they come: what a person with little time would walk to.

    Still points are taken before those of walks.
    """
    if len(points) <= most:
        return points
    if most <= 0:
        return points.at(np.empty(0, dtype=np.int64))
    still = np.flatnonzero(points.visit == 0)
    candidates = still if len(still) >= most else np.arange(len(points))
    xy = points.xy_m[candidates]
    chosen = [int(np.hypot(*(xy - xy.mean(axis=0)).T).argmin())]
    nearest_m = np.hypot(*(xy - xy[chosen[0]]).T)
    while len(chosen) < most:
        chosen.append(int(nearest_m.argmax()))
        nearest_m = np.minimum(nearest_m, np.hypot(*(xy - xy[chosen[-1]]).T))
    return points.at(candidates[np.sort(chosen)])


def fit_calibration(
    anchors: Sequence[Anchor],
    points: SurveyPoints,
    floor: FloorObstacles | None = None,
    start: Calibration = FACTORY_CALIBRATION,
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

    Returns
    -------
    Calibration
        Without cross-validation (see ``cross_validating.py``); ``start`` with the anchors filled in where no point was heard.
    """
    heard = np.isfinite(points.mean_dbm)
    if not heard.any():
        return start.model_copy(update={"anchors": _described(anchors, np.zeros(len(anchors)))})
    points = spread_out(points, MOST_MAP_POINTS)
    heard = np.isfinite(points.mean_dbm)
    range_m = np.maximum(slant_range_m(points.xy_m, anchors, start.beacon_height_m), NEAREST_RANGE_M)
    lost_db = obstacle_loss_db(points.xy_m, anchor_xyz_m(anchors), floor or FloorObstacles(), start)
    power, exponent, offsets = _fit_log_distance(points.mean_dbm + lost_db, range_m, heard, start)
    residual = points.mean_dbm + lost_db - (power - 10 * exponent * np.log10(range_m) + offsets)
    spread = _likeliest_spread(points, residual)
    shadowing_sd_db, growth = _likeliest_growth(residual[heard], range_m[heard])
    return start.model_copy(
        update={
            "measured_power_dbm": power,
            "path_loss_exponent": exponent,
            "shadowing_sd_db": shadowing_sd_db,
            "shadowing_growth_db_per_m": growth,
            "power_sd_db": 0.0,
            "anchors": _described(anchors, offsets),
            "survey_points": len(points),
            "survey_xy_m": tuple((float(x), float(y)) for x, y in points.xy_m),
            "survey_visit": tuple(int(v) for v in points.visit),
            "survey_residual_db": tuple(
                tuple(round(float(r), 2) if np.isfinite(r) else None for r in row) for row in residual
            ),
            "residual_sd_db": spread.sd_db,
            "residual_noise_db": spread.noise_db,
            "residual_length_m": spread.length_m,
            "drift_sd_db": spread.drift_db,
            "radius_scale": 1.0,
        }
    )


def _described(anchors: Sequence[Anchor], offsets_db: Floats) -> tuple[AnchorCalibration, ...]:
    return tuple(
        AnchorCalibration(node_id=a.node_id, x_m=a.x_m, y_m=a.y_m, z_m=a.z_m, offset_db=round(float(offset), 2))
        for a, offset in zip(anchors, offsets_db, strict=True)
    )


def _fit_log_distance(
    mean_dbm: Floats, range_m: Floats, heard: NDArray[np.bool_], start: Calibration
) -> tuple[float, float, Floats]:
    """Power at 1 m, exponent and offsets: linear least squares with priors, shape (A,) offsets."""
    anchors = mean_dbm.shape[1]
    row, column = np.nonzero(heard)
    design = np.zeros((len(row), 2 + anchors))
    design[:, 0] = 1.0
    design[:, 1] = -10 * np.log10(range_m[row, column])
    design[np.arange(len(row)), 2 + column] = 1.0
    prior_mean = np.concatenate([[start.measured_power_dbm, start.path_loss_exponent], np.zeros(anchors)])
    prior_sd = np.concatenate([[PRIOR_POWER_SD_DB, PRIOR_EXPONENT_SD], np.full(anchors, PRIOR_OFFSET_SD_DB)])
    noise_db = start.shadowing_sd_db
    normal = design.T @ design / noise_db**2 + np.diag(prior_sd**-2)
    right = design.T @ (mean_dbm[heard] - design @ prior_mean) / noise_db**2
    fitted = prior_mean + np.linalg.solve(normal, right)
    return float(np.clip(fitted[0], -120, 10)), float(np.clip(fitted[1], 1.0, 6.0)), fitted[2:]


def _likeliest_growth(residual_db: Floats, range_m: Floats) -> tuple[float, float]:
    """Spread at 0 m and its growth with distance that make these residuals likeliest, with a weak prior of 30 readings."""
    best = (np.inf, 4.0, 0.0)
    for sd, growth in product(np.arange(2.0, 8.1, 0.5), (0.0, 0.1, 0.2, 0.3)):
        spread = sd + growth * range_m
        factory = FACTORY_CALIBRATION
        expected = factory.shadowing_sd_db + factory.shadowing_growth_db_per_m * np.array([2.0, 5.0, 10.0])
        assumed = sd + growth * np.array([2.0, 5.0, 10.0])
        cost = float((np.log(spread) + 0.5 * (residual_db / spread) ** 2).sum())
        cost += 10 * float((np.log(assumed) + 0.5 * (expected / assumed) ** 2).sum())
        best = min(best, (cost, float(sd), float(growth)))
    return best[1], best[2]


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
