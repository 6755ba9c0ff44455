"""How wrong a calibration is where it has not been: recordings, or places, left out in turn, and the radius made honest by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from store_server.domain.calibrating import fit_calibration
from store_server.domain.consent import admit_recording
from store_server.domain.following import follow, instants_s
from store_server.domain.obstacle_loss import FloorObstacles
from store_server.domain.positioning import Anchor, FloorEstimator
from store_server.domain.surveys import Recording, SurveyPoints, survey_points
from store_server.wire.calibration import Calibration

Floats = NDArray[np.float64]

FOLDS = 4
"""Still points are left out a quarter at a time, all recordings of one place together; each walk is left out alone."""

MOST_INSTANTS_PER_WALK = 120
INSTANTS_PER_POINT = 4
"""A walk counts as many instants as some thirty still points: neither drowns the other."""

RADIUS_HOLDS = 0.955
"""Aimed at by the radius on left-out recordings: a little above the 95 % it states, as new days differ more than folds."""

FEWEST_ERRORS = 40
"""From fewer left-out errors a 95th percentile cannot be told."""

SCALE_WITHOUT_MEASUREMENT = 1.2


@dataclass(frozen=True, slots=True, eq=False)
class LeftOutErrors:
    """Errors at instants whose recording was left out, with the radius stated there; shape (E,) each."""

    error_m: Floats
    radius_m: Floats


def calibrate(
    anchors: Sequence[Anchor],
    recordings: Sequence[Recording],
    floor: FloorObstacles | None = None,
    chosen: SurveyPoints | None = None,
) -> Calibration:
    """Calibrate a floor, with its cross-validated error and a radius that held there.

    Parameters
    ----------
    anchors : sequence of Anchor
    recordings : sequence of Recording
    floor : FloorObstacles or None
    chosen : SurveyPoints or None
        Only these points are used; the recordings elsewhere then serve to measure the error. None: all.

    Returns
    -------
    Calibration
    """
    node_ids = [anchor.node_id for anchor in anchors]
    points = survey_points(recordings, node_ids) if chosen is None else chosen
    calibration = fit_calibration(anchors, points, floor)
    if len(points) == 0:
        return calibration
    if chosen is None:
        errors = _errors_left_out(anchors, recordings, floor)
    else:
        away = [r for r in recordings if not _stands_at(r, chosen.xy_m)]
        errors = _errors(anchors, calibration, away, floor)
    scale = SCALE_WITHOUT_MEASUREMENT
    if len(errors.error_m) >= FEWEST_ERRORS:
        scale = float(np.clip(np.quantile(errors.error_m / errors.radius_m, RADIUS_HOLDS), 0.5, 5.0))
    if len(errors.error_m) == 0:
        return calibration.model_copy(update={"radius_scale": scale})
    return calibration.model_copy(
        update={
            "radius_scale": round(scale, 3),
            "cross_validated_median_m": round(float(np.median(errors.error_m)), 3),
            "cross_validated_p95_m": round(float(np.quantile(errors.error_m, 0.95)), 3),
            "cross_validated_coverage": round(float(np.mean(errors.error_m <= errors.radius_m * scale)), 4),
        }
    )


def _errors_left_out(
    anchors: Sequence[Anchor], recordings: Sequence[Recording], floor: FloorObstacles | None
) -> LeftOutErrors:
    node_ids = [anchor.node_id for anchor in anchors]
    found: list[LeftOutErrors] = []
    for left_out in _folds(recordings):
        kept = [recording for number, recording in enumerate(recordings) if number not in left_out]
        calibration = fit_calibration(anchors, survey_points(kept, node_ids), floor)
        found.append(_errors(anchors, calibration, [recordings[number] for number in sorted(left_out)], floor))
    return LeftOutErrors(
        np.concatenate([errors.error_m for errors in found]), np.concatenate([errors.radius_m for errors in found])
    )


def _folds(recordings: Sequence[Recording]) -> list[set[int]]:
    walks = [{number} for number, recording in enumerate(recordings) if not recording.is_still]
    still = [number for number, recording in enumerate(recordings) if recording.is_still]
    if not still:
        return walks
    places = np.array([recordings[number].truth_xy_m[0] for number in still])
    _, place_of = np.unique(places, axis=0, return_inverse=True)
    quarters = [
        {number for number, place in zip(still, place_of, strict=True) if place % FOLDS == f} for f in range(FOLDS)
    ]
    return walks + [quarter for quarter in quarters if quarter]


def _errors(
    anchors: Sequence[Anchor], calibration: Calibration, recordings: Sequence[Recording], floor: FloorObstacles | None
) -> LeftOutErrors:
    estimator = FloorEstimator(anchors, calibration, floor)
    error: list[float] = []
    radius: list[float] = []
    for recording in recordings:
        at_s = instants_s(recording.sightings.heard_s)
        if len(at_s) == 0:
            continue
        most = INSTANTS_PER_POINT if recording.is_still else MOST_INSTANTS_PER_WALK
        moments = follow(estimator, admit_recording(recording.sightings), at_s, floor)
        looked_at = np.unique(np.linspace(0, len(at_s) - 1, min(most, len(at_s))).astype(np.int64))
        for i, truth in zip(looked_at, recording.truth_at(at_s[looked_at]), strict=True):
            place = moments[int(i)].place
            if place is not None:
                error.append(float(np.hypot(place[0] - truth[0], place[1] - truth[1])))
                radius.append(place[2])
    return LeftOutErrors(np.array(error), np.array(radius))


def _stands_at(recording: Recording, xy_m: Floats) -> bool:
    return recording.is_still and bool((np.hypot(*(xy_m - recording.truth_xy_m[0]).T) < 0.01).any())
