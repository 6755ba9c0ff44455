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

from store_server.domain.drifting import RadioDrifts, Residuals, learn, learning_rate
from store_server.domain.fixes import (
    Anchor,
    Fix,
    Floats,
    Motion,
    NoFix,
    NoFixReason,
    OtherPlace,
    Track,
    circle_95_m,
    contradiction,
    reaching,
)
from store_server.domain.likelihood_grid import Heard, LikelihoodGrid, Posterior
from store_server.domain.obstacle_loss import FloorObstacles, obstacle_loss_db
from store_server.domain.plausibility import FEWEST_ANCHORS, IMPOSSIBLE_DISTANCE_M, heard_too_little, no_fix_reasons
from store_server.domain.radio_map import MapSpread, residual_map
from store_server.domain.ranging import (
    RssiWindow,
    estimate_ranges,
    log_distance_rssi_dbm,
    log_distance_slope_db,
    rssi_window,
)
from store_server.domain.search_places import anchor_xyz_m, searched_places, slant_range_m
from store_server.domain.sightings import AdmittedSightings
from store_server.domain.trilaterating import trilaterate
from store_server.domain.walking_steps import WalkingSteps
from store_server.wire.calibration import Calibration, Estimator

if TYPE_CHECKING:
    from store_server.domain.floorplan import Floorplan

__all__ = ["FACTORY_CALIBRATION", "Anchor", "Fix", "FloorEstimator", "NoFix", "NoFixReason", "trilaterate"]

FACTORY_CALIBRATION = Calibration(
    measured_power_dbm=-58.0,
    path_loss_exponent=2.3,
    path_loss_exponent_sd=0.4,
    shadowing_sd_db=4.0,
    shadowing_growth_db_per_m=0.3,
    power_sd_db=5.0,
    drift_sd_db=2.5,
    residual_sd_db=0.0,
    radius_scale=2.42,
    radius_power=0.25,
    usual_misfit=0.45,
)
"""For a floor nobody has measured: typical indoor figures (Rappaport, Wireless Communications, 2nd ed. 2002: exponents of 1.8 in
a grocery store to 3 in offices), none of them sure, so that what a visit teaches counts for more."""

CELLS_NEVER_CROPPED = 2500
"""A small hall is searched whole: cropping saves nothing there, and signals that barely fall off put beacons anywhere in it."""

CROP_M = 20.0
"""On a larger floor, places farther than this from the anchors that hear a beacon best are not searched."""

UNEXPLAINED_SHARE = 0.4
"""However dense the survey, another day and another body leave this much of the variance."""

STILL_WEIGHT = 1.6
"""Strengths of a beacon that stands still count for more: while it moves, a mean mixes several places. That makes the model's
circle smaller, but not the error, since the shadows stand still too: the stated radius has it back."""

OFFSET_DOUBT = 0.5
"""Which part of an offset's variance counts against its anchor: the other part is one all anchors share."""

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
        obstacles = _obstacles(floorplan)
        self.walking = WalkingSteps(obstacles)
        self._grid = self._prepare(between_m, obstacles) if self.anchors else None

    def fixes(
        self, sightings: AdmittedSightings, at_s: float, tracks: Sequence[Track | None] = ()
    ) -> list[Fix | NoFix]:
        """One answer per beacon, from what was heard up to ``at_s`` and nothing later.

        Parameters
        ----------
        sightings : AdmittedSightings
            At least the last ``ranging.WINDOW_S`` seconds; older and later rows are passed over.
        at_s : float
            On the clock of ``heard_s``.
        tracks : sequence of Track or None
            Each beacon's until now, in the order of ``sightings.beacon_ids``: what its visit has taught of the radio is used
            and added to; who has none yet waits until enough was heard. Empty: nothing is known of any, and nobody waits.

        Returns
        -------
        list of Fix or NoFix
            In the order of ``sightings.beacon_ids``.

        Examples
        --------
        >>> from store_server.domain.consent import admit_recording
        >>> from store_server.domain.sightings import columns
        >>> estimator = FloorEstimator([Anchor("n1", 0, 0), Anchor("n2", 8, 0), Anchor("n3", 0, 8)])
        >>> heard = admit_recording(columns([("b", "n1", -60, 0.1), ("b", "n2", -75, 0.2), ("b", "n3", -76, 0.4)]))
        >>> [type(answer).__name__ for answer in estimator.fixes(heard, at_s=0.5)]
        ['Fix']
        >>> [answer.reason.value for answer in estimator.fixes(heard, at_s=60)]
        ['stale']
        """
        if not np.isfinite(at_s):
            return [NoFix(beacon_id, NoFixReason.INVALID, at_s) for beacon_id in sightings.beacon_ids]
        window = rssi_window(sightings, self._node_ids, at_s)
        reasons = no_fix_reasons(window, at_s, self._offsets_db, self._is_far, self.calibration)
        answers: list[Fix | NoFix] = [
            NoFix(beacon_id, reason or NoFixReason.STALE, at_s)
            for beacon_id, reason in zip(sightings.beacon_ids, reasons, strict=True)
        ]
        rows = np.array([row for row, reason in enumerate(reasons) if reason is None], dtype=np.int64)
        if self._grid is None or len(rows) == 0:
            return answers
        before = [tracks[row] if tracks else None for row in rows]
        drifts = RadioDrifts.of([None if t is None else t.drift for t in before], self._node_ids, self.calibration)
        if self.calibration.estimator is Estimator.TRILATERATION:
            posterior = self._trilaterated(window, rows)
        else:
            posterior = self._posterior(window, rows, drifts)
        radius = self.radius_m(posterior.covariance_m2, posterior.misfit, window.is_still[rows])
        used = window.heard[rows].sum(axis=1)
        begun = before if tracks else ()
        waits = heard_too_little(window.stir[rows], posterior.covariance_m2, begun, at_s, self.calibration)
        if self._adapts:
            speed_mps = np.array([0.0 if t is None else t.speed_mps for t in before])
            elapsed_s = np.array([0.0 if t is None else at_s - t.at_s for t in before])
            drifts = learn(drifts, posterior.residuals, learning_rate(speed_mps, elapsed_s, window.is_moving[rows]))
        motions, misfits, radii, counts = _motions(window), posterior.misfit.tolist(), radius.tolist(), used.tolist()
        for i, (row, (x_m, y_m)) in enumerate(zip(rows.tolist(), posterior.xy_m.tolist(), strict=True)):
            if waits[i]:
                answers[row] = NoFix(sightings.beacon_ids[row], NoFixReason.HEARD_TOO_LITTLE, at_s)
                continue
            other = _other_place(posterior, i)
            answers[row] = Fix(
                sightings.beacon_ids[row],
                x_m,
                y_m,
                posterior.covariance_m2[i],
                reaching(radii[i], x_m, y_m, other),
                counts[i],
                at_s,
                misfits[i],
                motions[row],
                other,
                drifts.row(i) if self._adapts else None,
            )
        return answers

    @property
    def _adapts(self) -> bool:
        c = self.calibration
        learns = c.drift_sd_db > 0 or c.path_loss_exponent_sd > 0
        return learns and c.estimator is Estimator.LIKELIHOOD_GRID

    def _posterior(self, window: RssiWindow, rows: NDArray[np.int64], drifts: RadioDrifts) -> Posterior:
        assert self._grid is not None  # noqa: S101 (the caller has looked)
        packets = window.packets[rows]
        rssi = window.rssi_dbm[rows] - self._offsets_db - drifts.offset_db - drifts.power_db[:, None]
        # One loud anchor can be across the hall (a reflection, a shelf between); the middle of three rarely is.
        loudest = np.argsort(np.where(packets > 0, -rssi, np.inf), axis=1)[:, :FEWEST_ANCHORS]
        middle = self._anchor_xy[loudest].mean(axis=1)
        nearest = np.hypot(*(middle[:, None] - self._anchor_xy[None]).transpose(2, 0, 1)).argmin(axis=1)
        # An offset that is not sure takes from its anchor's weight what it would add to its spread.
        spread = self._grid.mean_variance_db2
        sure = spread / (spread + OFFSET_DOUBT * drifts.offset_variance_db2)
        heard = Heard(
            rssi,
            packets / (packets + 1.0) * sure * np.where(window.is_still[rows], STILL_WEIGHT, 1.0)[:, None],
            drifts.power_variance_db2,
            drifts.exponent,
            drifts.exponent_variance,
        )
        return self._grid.locate(heard, nearest, self.calibration.path_loss_exponent_sd > 0)

    def _trilaterated(self, window: RssiWindow, rows: NDArray[np.int64]) -> Posterior:
        c = self.calibration
        power_dbm = c.measured_power_dbm + self._offsets_db
        ranges = estimate_ranges(window, power_dbm, c.path_loss_exponent, c.shadowing_sd_db)
        xy, covariance = trilaterate(self._anchor_xy, ranges.range_m[rows], ranges.range_sd_m[rows])
        # Ranges that contradict each other meet outside the building: nobody is there.
        xy = self.walking.kept_walkable(np.clip(xy, *self._searched_box))
        shape = (len(rows), len(self.anchors))
        return Posterior(
            xy,
            covariance,
            np.ones(len(rows)),
            np.full((len(rows), 2), np.nan),
            np.zeros(len(rows)),
            Residuals(np.zeros(shape), np.full(shape, np.inf), np.zeros(shape)),
        )

    def radius_m(self, covariance_m2: Floats, misfit: Floats, is_still: NDArray[np.bool_]) -> Floats:
        """The 95 % radius to state for places of this covariance and misfit, shapes (B, 2, 2), (B,) and (B,) to (B,).

        See ``Calibration.radius_scale`` and ``radius_power``, and ``STILL_WEIGHT`` for who stands still.
        """
        circle = circle_95_m(covariance_m2) * np.where(is_still, np.sqrt(STILL_WEIGHT), 1.0)
        radius = self.calibration.radius_scale * circle**self.calibration.radius_power
        return np.maximum(radius * contradiction(misfit, self.calibration.usual_misfit), SMALLEST_RADIUS_M)

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
        self._searched_box = (xy.min(axis=0), xy.max(axis=0))
        range_m = slant_range_m(xy, self.anchors, c.beacon_height_m)
        expected = log_distance_rssi_dbm(range_m, c.measured_power_dbm, c.path_loss_exponent)
        slope = log_distance_slope_db(range_m)
        expected -= obstacle_loss_db(xy, anchor_xyz_m(self.anchors), floor, c)
        residual, explained = residual_map(
            xy,
            survey_xy,
            self._calibrated_residuals(),
            np.array(c.survey_visit, dtype=np.int64),
            MapSpread(c.residual_sd_db, c.residual_length_m, c.residual_noise_db, c.drift_sd_db),
        )
        variance = (c.spread_scale * (c.shadowing_sd_db + c.shadowing_growth_db_per_m * range_m)) ** 2
        # The survey takes from the spread the part that stays at its place; the rest (bodies, fading, drift) remains.
        spread = np.sqrt(np.maximum(variance - explained, UNEXPLAINED_SHARE * variance))
        crop_m = float(between_m.max()) + CROP_M if len(xy) <= CELLS_NEVER_CROPPED else CROP_M
        return LikelihoodGrid(xy, expected + residual, spread, slope, self._anchor_xy, crop_m)


def _motions(window: RssiWindow) -> list[Motion]:
    kinds = (Motion.UNKNOWN, Motion.STILL, Motion.MOVING)
    return [kinds[kind] for kind in np.select([window.is_moving, window.is_still], [2, 1], 0).tolist()]


def _other_place(posterior: Posterior, row: int) -> OtherPlace | None:
    probability, (x_m, y_m) = float(posterior.other_probability[row]), posterior.other_xy_m[row].tolist()
    return OtherPlace(x_m, y_m, probability) if probability > 0 else None


def _obstacles(floorplan: Floorplan | FloorObstacles | None) -> FloorObstacles:
    if floorplan is None:
        return FloorObstacles()
    return floorplan if isinstance(floorplan, FloorObstacles) else FloorObstacles.of(floorplan)
