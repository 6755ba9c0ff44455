"""From admitted sightings to a fix for each beacon, with its covariance and an honest radius; or the reason there is none.

The posterior of the likelihood grid gives the fix: the log-distance model with each anchor's offset, what walls and
shelving take, the survey's residual map, and only places a beacon can be. Nothing here remembers anything: what
one tick learns for the next travels in ``Track``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from store_server.domain.fixes import Anchor, Fix, NoFix, NoFixReason, circle_95_m
from store_server.domain.likelihood_grid import LikelihoodGrid, Posterior
from store_server.domain.obstacle_loss import FloorObstacles, obstacle_loss_db
from store_server.domain.radio_map import MapSpread, residual_map
from store_server.domain.ranging import RssiWindow, log_distance_rssi_dbm, rssi_window
from store_server.domain.search_places import anchor_xyz_m, searched_places, slant_range_m
from store_server.domain.sightings import AdmittedSightings
from store_server.domain.trilaterating import trilaterate
from store_server.wire.calibration import Calibration

if TYPE_CHECKING:
    from store_server.domain.floorplan import Floorplan

__all__ = ["FACTORY_CALIBRATION", "Anchor", "Fix", "FloorEstimator", "NoFix", "NoFixReason", "trilaterate"]

Floats = NDArray[np.float64]

FACTORY_CALIBRATION = Calibration(
    measured_power_dbm=-59.0,
    path_loss_exponent=2.5,
    shadowing_sd_db=4.0,
    shadowing_growth_db_per_m=0.25,
    power_sd_db=4.0,
    residual_sd_db=0.0,
    radius_scale=1.3,
)
"""For a floor nobody has measured: typical indoor figures, and a beacon whose power is only roughly known."""

CELLS_NEVER_CROPPED = 2500
"""A small hall is searched whole: cropping saves nothing there, and signals that barely fall off put beacons anywhere in it."""

CROP_M = 20.0
"""On a larger floor, places farther than this from the anchors that hear a beacon best are not searched."""

UNEXPLAINED_SHARE = 0.4
"""However dense the survey, another day and another body leave this much of the variance."""

FEWEST_ANCHORS = 3
"""Two circles meet in two points."""

STALE_AFTER_S = 5.0
"""A beacon silent for this long has no fix: a person has walked ten metres since."""

LOUD_RANGE_M = 5.0
IMPOSSIBLE_DISTANCE_M = 30.0
"""Loud (an implied range under 5 m) at two anchors this far apart within four seconds: nobody walks 20 m in that."""

MOST_CONTRADICTION = 9.0
"""Strengths three spreads off on average triple the radius; past that the place means nothing and a wider circle no more."""

SMALLEST_RADIUS_M = 0.5
"""No RSSI fix is better than this, whatever the posterior believes of itself."""


class FloorEstimator:
    """Fixes on one floor. Prepared once for its anchors, calibration and floorplan, then asked each tick.

    Parameters
    ----------
    anchors : sequence of Anchor
        Where the nodes hang now; the calibration's offsets apply to those it knows by ``node_id``.
    calibration : Calibration or None
        None: ``FACTORY_CALIBRATION``.
    floorplan : Floorplan, FloorObstacles or None
        Its walkable area is where beacons are looked for, its walls and fixtures weaken signals.
    """

    def __init__(
        self,
        anchors: Sequence[Anchor],
        calibration: Calibration | None = None,
        floorplan: Floorplan | FloorObstacles | None = None,
    ) -> None:
        self.anchors = tuple(anchors)
        self.calibration = calibration or FACTORY_CALIBRATION
        self._node_ids = tuple(anchor.node_id for anchor in self.anchors)
        self._anchor_xy = np.array([(a.x_m, a.y_m) for a in self.anchors], dtype=np.float64).reshape(-1, 2)
        self._offsets_db = self._calibrated_offsets()
        between_m = np.hypot(*(self._anchor_xy[:, None] - self._anchor_xy[None]).transpose(2, 0, 1))
        self._is_far = between_m > IMPOSSIBLE_DISTANCE_M
        self._grid = self._prepare(between_m, _obstacles(floorplan)) if self.anchors else None

    def fixes(self, sightings: AdmittedSightings, at_s: float) -> list[Fix | NoFix]:
        """One answer per beacon, from what was heard up to ``at_s`` and nothing later.

                Parameters
                ----------
                sightings : AdmittedSightings
                    At least the last ``ranging.WINDOW_S`` seconds; older and later rows are passed over.
                at_s : float
                    On the clock of ``heard_s``.

                Returns
                -------
                list of Fix or NoFix
                    In the order of ``sightings.beacon_ids``.

                Examples
                --------
                >>> from store_server.domain.consent import admit_recording
                >>> from store_server.domain.search_places import anchor_xyz_m, searched_places, slant_range_m
        from store_server.domain.sightings import columns
                >>> estimator = FloorEstimator([Anchor("n1", 0, 0), Anchor("n2", 8, 0), Anchor("n3", 0, 8)])
                >>> heard = admit_recording(columns([("b", "n1", -60, 0.1), ("b", "n2", -75, 0.2), ("b", "n3", -76, 0.4)]))
                >>> [type(answer).__name__ for answer in estimator.fixes(heard, at_s=0.5)]
                ['Fix']
                >>> estimator.fixes(heard, at_s=60.0)
                [NoFix(beacon_id='b', reason=<NoFixReason.STALE: 'stale'>, at_s=60.0)]
                >>> estimator.fixes(admit_recording(columns([])), at_s=0.5)
                []
        """
        if not np.isfinite(at_s):
            return [NoFix(beacon_id, NoFixReason.INVALID, at_s) for beacon_id in sightings.beacon_ids]
        window = rssi_window(sightings, self._node_ids, at_s)
        reasons = self._reasons(window, at_s)
        answers: list[Fix | NoFix] = [
            NoFix(beacon_id, reason or NoFixReason.STALE, at_s)
            for beacon_id, reason in zip(sightings.beacon_ids, reasons, strict=True)
        ]
        rows = np.array([row for row, reason in enumerate(reasons) if reason is None], dtype=np.int64)
        if self._grid is None or len(rows) == 0:
            return answers
        posterior = self._posterior(window, rows)
        radius = self._radius_m(posterior)
        used = window.heard[rows].sum(axis=1)
        for i, row in enumerate(rows):
            answers[row] = Fix(
                sightings.beacon_ids[row],
                float(posterior.xy_m[i, 0]),
                float(posterior.xy_m[i, 1]),
                posterior.covariance_m2[i],
                float(radius[i]),
                int(used[i]),
                at_s,
            )
        return answers

    def _posterior(self, window: RssiWindow, rows: NDArray[np.int64]) -> Posterior:
        assert self._grid is not None  # noqa: S101 (the caller has looked)
        packets = window.packets[rows]
        rssi = window.rssi_dbm[rows] - self._offsets_db
        # One loud anchor can be across the hall (a reflection, a shelf between); the middle of three rarely is.
        loudest = np.argsort(np.where(packets > 0, -rssi, np.inf), axis=1)[:, :FEWEST_ANCHORS]
        middle = self._anchor_xy[loudest].mean(axis=1)
        nearest = np.hypot(*(middle[:, None] - self._anchor_xy[None]).transpose(2, 0, 1)).argmin(axis=1)
        return self._grid.locate(rssi, packets / (packets + 1.0), nearest, self.calibration.power_sd_db)

    def _radius_m(self, posterior: Posterior) -> Floats:
        # Anchors that contradict even the likeliest place (dead, lying, behind a crowd) make the place less sure.
        contradiction = np.sqrt(np.clip(posterior.misfit, 1.0, MOST_CONTRADICTION))
        radius = self.calibration.radius_scale * circle_95_m(posterior.covariance_m2) * contradiction
        return np.maximum(radius, SMALLEST_RADIUS_M)

    def _reasons(self, window: RssiWindow, at_s: float) -> list[NoFixReason | None]:
        """Why each beacon has no fix; None: it may have one."""
        heard_by = window.heard.sum(axis=1)
        c = self.calibration
        loud_dbm = log_distance_rssi_dbm(LOUD_RANGE_M, c.measured_power_dbm, c.path_loss_exponent)
        is_loud = (window.loudest_dbm - self._offsets_db > loud_dbm).astype(np.float64)
        impossible = ((is_loud @ self._is_far) * is_loud).sum(axis=1) > 0
        silent = window.newest_s < at_s - STALE_AFTER_S
        reasons: list[NoFixReason | None] = [None] * len(heard_by)
        for row in range(len(heard_by)):
            if impossible[row]:
                reasons[row] = NoFixReason.IMPOSSIBLE
            elif silent[row]:
                reasons[row] = NoFixReason.INVALID if window.has_invalid[row] else NoFixReason.STALE
            elif heard_by[row] < FEWEST_ANCHORS:
                reasons[row] = NoFixReason.TOO_FEW_ANCHORS
            elif window.is_constant[row]:
                reasons[row] = NoFixReason.INVALID
        return reasons

    def _calibrated_offsets(self) -> Floats:
        known = {anchor.node_id: anchor.offset_db for anchor in self.calibration.anchors}
        return np.array([known.get(node_id, 0.0) for node_id in self._node_ids], dtype=np.float64)

    def _calibrated_residuals(self) -> Floats:
        """Survey residuals with this floor's anchors as columns, NaN where unknown, shape (N, A)."""
        c = self.calibration
        measured = np.array(c.survey_residual_db, dtype=np.float64).reshape(len(c.survey_xy_m), len(c.anchors))
        residual = np.full((len(measured), len(self.anchors)), np.nan)
        column_of = {anchor.node_id: column for column, anchor in enumerate(c.anchors)}
        for column, node_id in enumerate(self._node_ids):
            if node_id in column_of:
                residual[:, column] = measured[:, column_of[node_id]]
        return residual

    def _prepare(self, between_m: Floats, floor: FloorObstacles) -> LikelihoodGrid:
        c = self.calibration
        survey_xy = np.array(c.survey_xy_m, dtype=np.float64).reshape(-1, 2)
        xy = searched_places(np.concatenate([self._anchor_xy, survey_xy]), floor)
        range_m = slant_range_m(xy, self.anchors, c.beacon_height_m)
        expected = log_distance_rssi_dbm(range_m, c.measured_power_dbm, c.path_loss_exponent)
        expected -= obstacle_loss_db(xy, anchor_xyz_m(self.anchors), floor, c)
        residual, explained = residual_map(
            xy,
            survey_xy,
            self._calibrated_residuals(),
            np.array(c.survey_visit, dtype=np.int64),
            MapSpread(c.residual_sd_db, c.residual_length_m, c.residual_noise_db, c.drift_sd_db),
        )
        variance = (c.shadowing_sd_db + c.shadowing_growth_db_per_m * range_m) ** 2
        # The survey takes from the spread the part that stays at its place; the rest (bodies, fading, drift) remains.
        spread = np.sqrt(np.maximum(variance - explained, UNEXPLAINED_SHARE * variance))
        crop_m = float(between_m.max()) + CROP_M if len(xy) <= CELLS_NEVER_CROPPED else CROP_M
        return LikelihoodGrid(xy, expected + residual, spread, self._anchor_xy, crop_m, np.zeros(len(xy)))


def _obstacles(floorplan: Floorplan | FloorObstacles | None) -> FloorObstacles:
    if floorplan is None:
        return FloorObstacles()
    return floorplan if isinstance(floorplan, FloorObstacles) else FloorObstacles.of(floorplan)
