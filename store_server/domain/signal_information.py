"""What one node's strength tells of where a beacon is: Fisher information on its place, its power and the path loss.

Information of several nodes adds up. It is kept as the upper half of a symmetric 4 x 4 matrix for each cell (x, y, power,
path-loss exponent), with one more row that counts the nodes heard.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.spatial import cKDTree

from store_server.domain.drifting import SMALLEST_POWER_SD_DB
from store_server.domain.fixes import Anchor, Floats
from store_server.domain.floor_cells import FloorCells
from store_server.domain.obstacle_loss import MOST_FIXTURE_LOSS_DB, MOST_WALL_LOSS_DB, saturating
from store_server.domain.positioning import OFFSET_DOUBT, UNEXPLAINED_SHARE
from store_server.domain.radio_shadows import FARTHEST_M, Indices, Shadows
from store_server.domain.ranging import NEAREST_RANGE_M, log_distance_rssi_dbm, log_distance_slope_db
from store_server.wire.calibration import Calibration

UPPER = tuple((i, j) for i in range(4) for j in range(i, 4))
"""Which entries of the matrix the first rows are."""

ROWS = len(UPPER) + 1

FAINTEST_DBM = -97.0
"""Half of the packets that arrive this weakly on average are lost (the hall's receivers)."""

FAINTEST_SPREAD_DB = 3.0
"""How gradually packets are lost about that: shadows of four to five decibels, as a logistic curve."""

LOSS_DOUBT = 0.1
"""By which part what walls and shelving take is misjudged, fitted with ``MEDIAN_SHARE``: little, as an estimator that knows them
is helped by the edges of their shadows, which are not counted here."""

MOVED_M = 0.5
"""So far is a slip of the tape; a node hung elsewhere hears other shadows than the survey did."""

SURE_EXPONENT_SD = 1e-3

POINTS_THAT_TELL = 12
"""Survey points nearest a cell, of which its residual is known; those behind them hardly add."""


class SignalInformation:
    """What nodes tell on one floor with one calibration.

    Parameters
    ----------
    calibration : Calibration
    cells : FloorCells
    """

    def __init__(self, calibration: Calibration, cells: FloorCells) -> None:
        self.calibration = calibration
        self._cells = cells
        self._offset_db = {anchor.node_id: anchor.offset_db for anchor in calibration.anchors}
        self._surveyed_m = {
            anchor.node_id: (anchor.x_m, anchor.y_m)
            for column, anchor in enumerate(calibration.anchors)
            if any(row[column] is not None for row in calibration.survey_residual_db)
        }
        self._explained_db2 = _explained_db2(calibration, cells.xy_m)

    def nothing(self) -> Floats:
        """Of no node at all, shape (ROWS, C)."""
        return np.zeros((ROWS, len(self._cells.xy_m)))

    def told(self, view: Shadows, cells: Indices) -> Floats:
        """What one node tells of a beacon in some of the cells, shape (ROWS, len(cells))."""
        return self.told_by([(view, cells)])

    def told_by(self, seen: Sequence[tuple[Shadows, Indices]]) -> Floats:
        """The same of several nodes, one after the other, shape (ROWS, all their cells together)."""
        c = self.calibration
        count = np.array([len(cells) for _, cells in seen])
        every = np.concatenate([cells for _, cells in seen])
        level_m, walls_db, shelving_m = (
            np.concatenate([getattr(view, name)[cells] for view, cells in seen])
            for name in ("level_m", "walls_db", "shelving_m")
        )
        of_nodes = np.array([self._of_node(view.anchor) for view, _ in seen])
        x_m, y_m, rise_m, offset_db, is_surveyed = np.repeat(of_nodes, count, axis=0).T
        range_m = np.maximum(np.hypot(level_m, rise_m), NEAREST_RANGE_M)
        loss_db = saturating(np.maximum(walls_db, 0.0), MOST_WALL_LOSS_DB)
        loss_db += saturating(c.fixture_loss_db_per_m * np.maximum(shelving_m, 0.0), MOST_FIXTURE_LOSS_DB)
        expected_dbm = log_distance_rssi_dbm(range_m, c.measured_power_dbm, c.path_loss_exponent) - loss_db + offset_db
        is_asked = level_m <= FARTHEST_M
        above = np.clip((expected_dbm - FAINTEST_DBM) / FAINTEST_SPREAD_DB, -50, 50)
        variance_db2 = self._variance_db2(np.where(is_surveyed > 0, self._explained_db2[every], 0.0), range_m, loss_db)
        weight = is_asked / (1 + np.exp(-above)) / variance_db2
        per_m = -10 * c.path_loss_exponent / np.log(10) / range_m**2
        x, y = self._cells.xy_m[every].T
        slopes = (per_m * (x - x_m), per_m * (y - y_m), np.ones(len(every)), log_distance_slope_db(range_m))
        told = np.empty((ROWS, len(every)))
        for row, (i, j) in enumerate(UPPER):
            told[row] = weight * slopes[i] * slopes[j]
        told[-1] = is_asked & (expected_dbm >= FAINTEST_DBM)
        return told

    def _of_node(self, anchor: Anchor) -> tuple[float, float, float, float, bool]:
        """Its place, how high it hangs over beacons, its own offset, and whether the survey's residuals are its."""
        rise_m = 0.0 if anchor.z_m is None else anchor.z_m - self.calibration.beacon_height_m
        offset_db = self._offset_db.get(anchor.node_id, 0.0)
        return anchor.x_m, anchor.y_m, rise_m, offset_db, self._is_surveyed(anchor)

    def _variance_db2(self, explained_db2: Floats, range_m: Floats, loss_db: Floats) -> Floats:
        c = self.calibration
        variance = (c.spread_scale * (c.shadowing_sd_db + c.shadowing_growth_db_per_m * range_m)) ** 2
        variance = np.maximum(variance - explained_db2, UNEXPLAINED_SHARE * variance)
        return np.asarray(variance + OFFSET_DOUBT * c.drift_sd_db**2 + (LOSS_DOUBT * loss_db) ** 2)

    def _is_surveyed(self, anchor: Anchor) -> bool:
        """Whether the survey heard this node, and where it hangs now."""
        place = self._surveyed_m.get(anchor.node_id)
        return place is not None and math.hypot(place[0] - anchor.x_m, place[1] - anchor.y_m) <= MOVED_M

    @staticmethod
    def covariance_m2(total: Floats, floor_m2: Floats, calibration: Calibration) -> Floats:
        """The bound on a place's covariance, shape (C, 2, 2).

        Parameters
        ----------
        total : ndarray, shape (ROWS, C)
            What all nodes tell together.
        floor_m2 : ndarray, shape (2, 2)
            Of somebody who may be anywhere on the floor: known before anything is heard.
        calibration : Calibration
            How well power and path loss are known.
        """
        xx, xy, x_power, x_loss, yy, y_power, y_loss, power, both, loss = total[: len(UPPER)]
        known = np.linalg.inv(floor_m2)
        power = power + max(calibration.power_sd_db, SMALLEST_POWER_SD_DB) ** -2
        loss = loss + max(calibration.path_loss_exponent_sd, SURE_EXPONENT_SD) ** -2
        # What goes into learning power and path loss is lost to the place: the Schur complement of their block.
        determinant = power * loss - both * both

        def lost(a_power: Floats, a_loss: Floats, b_power: Floats, b_loss: Floats) -> Floats:
            crossed = a_power * b_loss + a_loss * b_power
            return np.asarray((a_power * b_power * loss - crossed * both + a_loss * b_loss * power) / determinant)

        xx = xx - lost(x_power, x_loss, x_power, x_loss) + known[0, 0]
        yy = yy - lost(y_power, y_loss, y_power, y_loss) + known[1, 1]
        xy = xy - lost(x_power, x_loss, y_power, y_loss) + known[0, 1]
        inverse = np.stack([np.stack([yy, -xy], axis=-1), np.stack([-xy, xx], axis=-1)], axis=-2)
        return np.asarray(inverse / (xx * yy - xy * xy)[:, None, None])


def _explained_db2(calibration: Calibration, xy_m: Floats) -> Floats:
    """The variance a survey has taken from the residual at each place, shape (C,); see ``radio_map.residual_map``."""
    c = calibration
    survey_xy = np.array(c.survey_xy_m, dtype=np.float64).reshape(-1, 2)
    explained = np.zeros(len(xy_m))
    if len(survey_xy) == 0 or len(xy_m) == 0 or c.residual_sd_db == 0:
        return explained
    tree = cKDTree(survey_xy)
    away_m, nearest = tree.query(xy_m, k=np.arange(1, 1 + min(POINTS_THAT_TELL, len(survey_xy))))
    near_xy, visit = survey_xy[nearest], np.array(c.survey_visit, dtype=np.int64)[nearest]
    apart_m = np.hypot(*(near_xy[:, :, None] - near_xy[:, None]).transpose(3, 0, 1, 2))
    # As ``MapSpread.covariance``, of a few points for each place instead of all of them for every place.
    among = c.residual_sd_db**2 * np.exp(-apart_m / c.residual_length_m)
    among += c.drift_sd_db**2 * (visit[:, :, None] == visit[:, None]) + c.residual_noise_db**2 * np.eye(
        nearest.shape[1]
    )
    across = c.residual_sd_db**2 * np.exp(-away_m / c.residual_length_m)
    solved = np.linalg.solve(among, across[:, :, None])[:, :, 0]
    return np.asarray((across * solved).sum(axis=1))
