"""How wrong a calibration is where it has not been: recordings, or places, left out in turn.

What the left-out errors decide: which estimator serves the floor, how wide the model's spread is, whether receivers are adapted
while a beacon walks, and how wide a radius is honest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from store_server.domain.calibrating import fit_calibration
from store_server.domain.consent import admit_recording
from store_server.domain.fixes import contradiction
from store_server.domain.following import follow, instants_s
from store_server.domain.obstacle_loss import FloorObstacles
from store_server.domain.positioning import Anchor, FloorEstimator
from store_server.domain.surveys import Recording, SurveyPoints, survey_points
from store_server.wire.calibration import Calibration, ComparedEstimator, Estimator

Floats = NDArray[np.float64]

FOLDS = 8
"""Still points are left out an eighth at a time, all recordings of one place together; each walk is left out alone."""

MOST_INSTANTS_PER_WALK = 120
INSTANTS_PER_POINT = 4
"""A walk counts as many instants as some thirty still points: neither drowns the other."""

LONGEST_STAND = 24
"""So many half seconds of a still recording are enough to look at."""

RADIUS_HOLDS = 0.94
"""Aimed at by the radius: so that it held 92 to 98.5 % in each of eight rows on three buildings, other days and other walks."""

FEWEST_ERRORS = 40
"""From fewer left-out errors a 95th percentile cannot be told."""

RADIUS_POWERS = (0.5, 1.5)
"""One for floors on which errors follow the model's circle hardly, one for those on which they do."""

SCALE_WITHOUT_MEASUREMENT = 0.7

SPREAD_SCALES = (0.7, 0.85, 1.0, 1.25, 1.6)

REPEATS_TO_TRUST = 3
"""A spread tighter than the usual one is taken only where places were measured this often, or walked on several visits: one
visit says nothing of the next (in the hall it would choose 0.7, and be worse by a fifth on the walks of another day)."""

BETTER_BY = 0.97
"""A setting replaces the usual one if its errors are at least this much smaller: less is chance."""


@dataclass(frozen=True, slots=True, eq=False)
class LeftOutErrors:
    """Errors, with the model's own 95 % circle and the misfit there; shape (E,) each."""

    error_m: Floats
    radius_m: Floats
    misfit: Floats

    @property
    def median_m(self) -> float:
        return float(np.median(self.error_m))

    @property
    def p95_m(self) -> float:
        return float(np.quantile(self.error_m, 0.95))

    @property
    def cost_m(self) -> float:
        """What settings are compared by: half of a shopper's moments are better than the median, one in twenty worse than p95."""
        return self.median_m + 0.5 * self.p95_m

    def unscaled_m(self, power: float, usual_misfit: float) -> Floats:
        """What a radius of this power and scale 1 would have been, shape (E,): contradiction is not raised to the power."""
        contradicted = contradiction(self.misfit, usual_misfit)
        return np.asarray((self.radius_m / contradicted) ** power * contradicted)

    @classmethod
    def joined(cls, parts: Iterable[LeftOutErrors]) -> LeftOutErrors:
        parts = list(parts)
        return cls(
            np.concatenate([part.error_m for part in parts] or [np.empty(0)]),
            np.concatenate([part.radius_m for part in parts] or [np.empty(0)]),
            np.concatenate([part.misfit for part in parts] or [np.empty(0)]),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Fold:
    """A calibration, recordings it knows nothing of, and some it was made from."""

    calibration: Calibration
    unknown: tuple[Recording, ...]
    known: tuple[Recording, ...] = field(default=())


def calibrate(
    anchors: Sequence[Anchor],
    recordings: Sequence[Recording],
    floor: FloorObstacles | None = None,
    chosen: SurveyPoints | None = None,
    between_dbm: Floats | None = None,
) -> Calibration:
    """Calibrate a floor, with its cross-validated error and a radius that held there.

    Parameters
    ----------
    anchors : sequence of Anchor
    recordings : sequence of Recording
    floor : FloorObstacles or None
    chosen : SurveyPoints or None
        Only these points are used; the recordings elsewhere then serve to measure the error. None: all.
    between_dbm : ndarray, shape (A, A), or None
        What the nodes hear of each other (see ``node_hearings``).

    Returns
    -------
    Calibration
    """
    node_ids = [anchor.node_id for anchor in anchors]
    points = survey_points(recordings, node_ids) if chosen is None else chosen
    calibration = fit_calibration(anchors, points, floor, between_dbm=between_dbm)
    if len(points) == 0:
        return calibration
    if chosen is None:
        folds = _folds(anchors, recordings, floor, between_dbm)
    else:
        folds = [_at_chosen_and_away(calibration, recordings, chosen)]
    trial = _Trial(anchors, floor, folds)
    usual = trial.errors({})
    if len(usual.error_m) < FEWEST_ERRORS:
        return calibration.model_copy(update={"radius_scale": SCALE_WITHOUT_MEASUREMENT, **_measured(usual)})
    settings, errors = min(
        [({}, usual), *((setting, trial.errors(setting)) for setting in _candidates(recordings, chosen is None))],
        key=lambda each: each[1].cost_m,
    )
    if errors.cost_m > BETTER_BY * usual.cost_m:
        settings, errors = {}, usual
    compared = [(Estimator.LIKELIHOOD_GRID, settings, errors)]
    plain: dict[str, object] = {"estimator": Estimator.TRILATERATION}
    compared.append((Estimator.TRILATERATION, plain, trial.errors(plain)))
    compared.sort(key=lambda each: each[2].cost_m)
    _, settings, errors = compared[0]
    usual_misfit = round(float(np.clip(np.median(errors.misfit), 0.05, 100.0)), 3)
    settings = {**settings, "usual_misfit": usual_misfit}
    errors = trial.errors(settings)
    # A shopper stands between two survey points more often than on one or where one is missing: both kinds count the same.
    either = LeftOutErrors.joined([errors, trial.errors(settings, of_known=True)])
    power, scale = _fitting_radius(either, usual_misfit)
    holds = float(np.mean(errors.error_m <= scale * errors.unscaled_m(power, usual_misfit)))
    return calibration.model_copy(
        update={
            **settings,
            "radius_scale": round(scale, 3),
            "radius_power": power,
            "compared": tuple(
                ComparedEstimator(estimator=name, median_m=round(each.median_m, 3), p95_m=round(each.p95_m, 3))
                for name, _, each in compared
            ),
            **_measured(errors),
            "cross_validated_coverage": round(holds, 4),
        }
    )


def _fitting_radius(errors: LeftOutErrors, usual_misfit: float) -> tuple[float, float]:
    """Power and scale of the radius that holds ``RADIUS_HOLDS`` of the errors and follows them best.

    By the loss that is smallest for the 95th percentile of each moment's error (Koenker and Bassett, Econometrica 46, 1978): a
    metre too narrow costs as much as nineteen too wide. The narrowest for most would be narrow in the middle of a floor and
    endless in its corners.
    """
    found = []
    for power in RADIUS_POWERS:
        unscaled = errors.unscaled_m(power, usual_misfit)
        ratios = errors.error_m / unscaled
        scale = float(np.clip(np.quantile(ratios, RADIUS_HOLDS, method="higher"), 0.05, 20.0))
        beyond = errors.error_m - scale * unscaled
        found.append((float(np.where(beyond > 0, 0.95 * beyond, -0.05 * beyond).mean()), power, scale))
    _, power, scale = min(found)
    return power, scale


def _measured(errors: LeftOutErrors) -> dict[str, object]:
    if len(errors.error_m) == 0:
        return {}
    return {
        "cross_validated_median_m": round(errors.median_m, 3),
        "cross_validated_p95_m": round(errors.p95_m, 3),
    }


def _candidates(recordings: Sequence[Recording], all_points: bool) -> list[dict[str, object]]:
    """Settings to try beside the usual ones."""
    walks = sum(not recording.is_still for recording in recordings)
    places = {tuple(r.truth_xy_m[0].tolist()) for r in recordings if r.is_still}
    repeated = len(recordings) - walks >= REPEATS_TO_TRUST * len(places) > 0
    trusts = all_points and (repeated or walks >= REPEATS_TO_TRUST)
    scales = [scale for scale in SPREAD_SCALES if scale >= 1 or trusts]
    # What a beacon teaches while it walks shows on walks alone.
    drifts: list[dict[str, object]] = [{}, {"drift_sd_db": 0.0}] if walks else [{}]
    return [{"spread_scale": scale, **drift} for scale in scales for drift in drifts if scale != 1 or drift]


@dataclass(frozen=True, slots=True, eq=False)
class _Trial:
    anchors: Sequence[Anchor]
    floor: FloorObstacles | None
    folds: Sequence[Fold]

    def errors(self, settings: dict[str, object], of_known: bool = False) -> LeftOutErrors:
        """Errors with these settings, where the calibration was not; or, ``of_known``, where it was."""
        found: list[LeftOutErrors] = []
        for fold in self.folds:
            estimator = FloorEstimator(self.anchors, fold.calibration.model_copy(update=settings), self.floor)
            found += [_errors(estimator, recording) for recording in (fold.known if of_known else fold.unknown)]
        return LeftOutErrors.joined(found)


def _folds(
    anchors: Sequence[Anchor],
    recordings: Sequence[Recording],
    floor: FloorObstacles | None,
    between_dbm: Floats | None,
) -> list[Fold]:
    node_ids = [anchor.node_id for anchor in anchors]
    folds = []
    for left_out in left_out_in_turn(recordings):
        kept = [recording for number, recording in enumerate(recordings) if number not in left_out]
        calibration = fit_calibration(anchors, survey_points(kept, node_ids), floor, between_dbm=between_dbm)
        still = [recording for recording in kept if recording.is_still]
        stands = sum(recordings[number].is_still for number in left_out)
        some = [still[i] for i in np.unique(np.linspace(0, len(still) - 1, stands).astype(int))] if still else []
        folds.append(Fold(calibration, tuple(recordings[number] for number in sorted(left_out)), tuple(some)))
    return folds


def _at_chosen_and_away(calibration: Calibration, recordings: Sequence[Recording], chosen: SurveyPoints) -> Fold:
    """Few chosen points stand for as many places as were left out: near one a shopper is as often as far from all."""
    away = tuple(r for r in recordings if not _stands_at(r, chosen.xy_m))
    near = tuple(r for r in recordings if _stands_at(r, chosen.xy_m))
    times = round(sum(r.is_still for r in away) / max(len(near), 1))
    return Fold(calibration, away, near * max(times, 1))


def left_out_in_turn(recordings: Sequence[Recording]) -> list[set[int]]:
    """Which recordings are left out together: each walk alone, an eighth of the still places at a time."""
    walks = [{number} for number, recording in enumerate(recordings) if not recording.is_still]
    still = [number for number, recording in enumerate(recordings) if recording.is_still]
    if not still:
        return walks
    places = np.array([recordings[number].truth_xy_m[0] for number in still])
    _, place_of = np.unique(places, axis=0, return_inverse=True)
    parts = [
        {number for number, place in zip(still, place_of, strict=True) if place % FOLDS == f} for f in range(FOLDS)
    ]
    return walks + [part for part in parts if part]


def _errors(estimator: FloorEstimator, recording: Recording) -> LeftOutErrors:
    at_s = instants_s(recording.sightings.heard_s)
    if recording.is_still:
        at_s = at_s[:LONGEST_STAND]
    if len(at_s) == 0:
        return LeftOutErrors.joined([])
    most = INSTANTS_PER_POINT if recording.is_still else MOST_INSTANTS_PER_WALK
    moments = follow(estimator, admit_recording(recording.sightings), at_s)
    # The middles of equal parts: both ends would make of the first fix, a packet or two, a quarter of all there is.
    parts = min(most, len(at_s))
    looked_at = ((np.arange(parts) + 0.5) * len(at_s) / parts).astype(np.int64)
    found = [
        (float(np.hypot(place[0] - x, place[1] - y)), place[2], moments[int(i)].misfit)
        for i, (x, y) in zip(looked_at, recording.truth_at(at_s[looked_at]), strict=True)
        if (place := moments[int(i)].place) is not None
    ]
    rows = np.array(found, dtype=np.float64).reshape(-1, 3)
    return LeftOutErrors(rows[:, 0], rows[:, 1], rows[:, 2])


def _stands_at(recording: Recording, xy_m: Floats) -> bool:
    return recording.is_still and bool((np.hypot(*(xy_m - recording.truth_xy_m[0]).T) < 0.01).any())
