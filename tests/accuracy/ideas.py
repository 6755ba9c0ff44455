"""Each idea of the positioning, taken out by replacing one named thing; the product itself has no such settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr

from store_server.domain import likelihood_grid
from store_server.domain.drifting import RadioDrifts
from store_server.domain.fixes import Anchor, Fix, Track
from store_server.domain.following import Moment, follow
from store_server.domain.likelihood_grid import CENTRE_DBM, Heard, Posterior
from store_server.domain.obstacle_loss import FloorObstacles
from store_server.domain.positioning import FloorEstimator
from store_server.domain.ranging import STRONGEST_DBM, WEAKEST_DBM, RssiWindow
from store_server.domain.search_places import searched_places, slant_range_m
from store_server.domain.sightings import AdmittedSightings
from store_server.domain.surveys import Recording, SurveyPoints, survey_points
from store_server.domain.tracking import advance
from store_server.domain.walking_steps import WalkingSteps
from tests.accuracy.locating import Follow

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

MIDDLE_DBM = -64.0
DRAWN_TOGETHER = 1e-3


def survey_in_decibels(recordings: Sequence[Recording], node_ids: Sequence[str]) -> SurveyPoints:
    """Survey points whose strengths are means of decibels.

    Drawn together to a thousandth, strengths are so alike that a mean of their powers is the mean of their decibels.
    """

    def drawn(recording: Recording) -> Recording:
        s = recording.sightings
        s = s.where((s.rssi_dbm >= WEAKEST_DBM) & (s.rssi_dbm <= STRONGEST_DBM))
        return replace(
            recording, sightings=replace(s, rssi_dbm=MIDDLE_DBM + DRAWN_TOGETHER * (s.rssi_dbm - MIDDLE_DBM))
        )

    points = survey_points([drawn(recording) for recording in recordings], node_ids)
    return replace(points, mean_dbm=MIDDLE_DBM + (points.mean_dbm - MIDDLE_DBM) / DRAWN_TOGETHER)


class _Means(Protocol):
    cell: NDArray[np.int64]
    age_s: Floats
    milliwatts: Floats
    shape: tuple[int, int]


def _over_decibels(means: _Means, tau_s: float) -> tuple[Floats, Floats]:
    """A window's means of decibels, for ``ranging._Means.over``."""
    cells = means.shape[0] * means.shape[1]
    weight = np.exp(means.age_s / tau_s)
    total = np.bincount(means.cell, weight, cells)
    squares = np.bincount(means.cell, weight * weight, cells)
    decibels = np.bincount(means.cell, weight * 10 * np.log10(means.milliwatts), cells)
    heard = total > 0
    mean_dbm, packets = np.zeros(cells), np.zeros(cells)
    mean_dbm[heard] = decibels[heard] / total[heard]
    packets[heard] = total[heard] ** 2 / squares[heard]
    return mean_dbm.reshape(means.shape), packets.reshape(means.shape)


def _no_loss(xy_m: Floats, anchor_xyz_m: Floats, _floor: FloorObstacles, _calibration: object) -> Floats:
    return np.zeros((len(xy_m), len(anchor_xyz_m)))


def _anywhere(known_xy: Floats, _: FloorObstacles) -> Floats:
    return searched_places(known_xy, FloorObstacles())


def _straight(_: FloorObstacles) -> WalkingSteps:
    return WalkingSteps(FloorObstacles())


def _level(xy_m: Floats, anchors: Sequence[Anchor], beacon_height_m: float) -> Floats:
    return slant_range_m(xy_m, [replace(anchor, z_m=None) for anchor in anchors], beacon_height_m)


def _nobody_waits(stir: Floats, *_: object) -> NDArray[np.bool_]:
    return np.zeros(len(stir), dtype=np.bool_)


def _as_wide(carried: Floats, _: Floats) -> Floats:
    return np.ones(len(carried))


def follow_fixes(estimator: FloorEstimator, sightings: AdmittedSightings, at_s: Floats) -> list[Moment]:
    """Each moment's fix alone, the last one held; the track serves only to learn the radio."""
    moments: list[Moment] = []
    track: Track | None = None
    place: tuple[float, float, float] | None = None
    for now_s in at_s.tolist():
        answer = estimator.fixes(sightings, now_s, [track])[0]
        if isinstance(answer, Fix):
            track = advance(track, answer, answer.beacon_id, estimator)
            place = (answer.x_m, answer.y_m, answer.accuracy_radius_m)
        moments.append(Moment(now_s, place))
    return moments


SILENT_BELOW_DBM = -85.0
SILENCE_WEIGHT = 0.3
"""An anchor is silent for other reasons too (a busy radio, a body): the best of 0.1, 0.3 and 1."""


class HearsSilence(FloorEstimator):
    """Takes an anchor's silence for a strength below its threshold: an idea that was measured and not taken."""

    def _posterior(self, window: RssiWindow, rows: NDArray[np.int64], drifts: RadioDrifts) -> Posterior:
        with_silence = partial(_with_silence, likelihood_grid._log_likelihood, SILENT_BELOW_DBM - self._offsets_db)
        with patch.object(likelihood_grid, "_log_likelihood", with_silence):
            return super()._posterior(window, rows, drifts)


def _with_silence(
    usual: Callable[..., tuple[Singles, Floats]],
    threshold_dbm: Floats,
    tile: likelihood_grid._Tile,
    heard: Heard,
    with_exponent: bool,
) -> tuple[Singles, Floats]:
    log_likelihood, squares = usual(tile, heard, with_exponent)
    expected, _, variance, _ = np.split(tile.expected.astype(np.float64), 4, axis=1)
    spreads_below = (threshold_dbm[tile.anchors] - CENTRE_DBM - expected) / np.sqrt(variance)
    silent = (heard.weight == 0).astype(np.float64)
    said = SILENCE_WEIGHT * silent @ log_ndtr(spreads_below).T
    return log_likelihood + said.astype(np.float32), squares


@dataclass(frozen=True, slots=True, eq=False)
class Idea:
    """One idea and how it is taken out (or, where we left it out, put in).

    Attributes
    ----------
    name : str
    replaced : mapping of str to object
        Dotted names, and what stands for them meanwhile.
    calibration : mapping of str to object
        Fields of the calibration set to these.
    following, estimator
        What follows a recording, and what it asks.
    needs_survey, needs_plan, needs_no_survey : bool
        Where it says something at all.
    is_ours : bool
        False: measured, and left out of the product.
    """

    name: str
    replaced: Mapping[str, object] = field(default_factory=dict)
    calibration: Mapping[str, object] = field(default_factory=dict)
    following: Follow = follow
    estimator: type[FloorEstimator] = FloorEstimator
    needs_survey: bool = False
    needs_plan: bool = False
    needs_no_survey: bool = False
    is_ours: bool = True

    @contextmanager
    def taken_out(self) -> Iterator[None]:
        """While this lasts, calibrating and locating do without."""
        with ExitStack() as stack:
            for name, instead in self.replaced.items():
                stack.enter_context(patch(name, instead))
            yield

    def applies(self, is_surveyed: bool, has_plan: bool) -> bool:
        """Whether a floor of which so much is known can tell."""
        if self.needs_plan and not has_plan:
            return False
        return not (self.needs_survey and not is_surveyed) and not (self.needs_no_survey and is_surveyed)


DOMAIN = "store_server.domain"

AS_IT_IS = Idea("all of it")

IDEAS = (
    Idea(
        "milliwatt mean",
        {
            f"{DOMAIN}.ranging._Means.over": _over_decibels,
            "tests.accuracy.data_sets.survey_points": survey_in_decibels,
        },
    ),
    Idea("residual map", calibration={"residual_sd_db": 0.0}, needs_survey=True),
    Idea(
        "walls and fixtures",
        {f"{DOMAIN}.{module}.obstacle_loss_db": _no_loss for module in ("positioning", "calibrating")},
        needs_plan=True,
    ),
    Idea("walkable prior", {f"{DOMAIN}.positioning.searched_places": _anywhere}, needs_plan=True),
    Idea("steps round walls", {f"{DOMAIN}.positioning.WalkingSteps": _straight}, needs_plan=True),
    Idea("motion constraint", following=follow_fixes),
    Idea(
        "standing still",
        {f"{DOMAIN}.ranging.MOVING_ABOVE": -1.0, f"{DOMAIN}.ranging.TELLS_MOTION_AFTER_S": -np.inf},
    ),
    Idea(
        "power prior",
        # Nothing divides by a spread of zero, so it is as small as single precision bears.
        {f"{DOMAIN}.drifting.SMALLEST_POWER_SD_DB": 0.01},
        {"power_sd_db": 0.0},
    ),
    Idea("waiting for enough", {f"{DOMAIN}.positioning.heard_too_little": _nobody_waits}),
    Idea("narrowing errors", {f"{DOMAIN}.tracking._narrowed": _as_wide}),
    Idea("learning offsets", calibration={"drift_sd_db": 0.0}),
    Idea("unsure path loss", calibration={"path_loss_exponent_sd": 0.0}, needs_no_survey=True),
    Idea("chosen spread", calibration={"spread_scale": 1.0}, needs_survey=True),
    Idea("slant ranges", {f"{DOMAIN}.{module}.slant_range_m": _level for module in ("positioning", "calibrating")}),
    Idea("hearing silence (not taken)", estimator=HearsSilence, is_ours=False),
)
