"""From fixes to tracks: a filter that knows that successive fixes err alike, and a dot that moves only as a person can.

What makes a fix wrong (a shadow, a body, a gap in the map) is still there half a second later, so fixes are not independent:
the filter carries, beside place and velocity, by how much the fixes of these seconds are off, and lets that fade over a few
seconds of walking (coloured measurement noise by state augmentation: Bryson and Henrikson, J. Spacecraft and Rockets 5, 1968).
Measured in the hall that is worth a tenth of the median; a particle filter with walls and a grid filter were no better.
All beacons of a tick are moved together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from store_server.domain.fixes import STALE_AFTER_S, Fix, Floats, Motion, Track, is_stale, reaching
from store_server.domain.positioning import FloorEstimator
from store_server.domain.walking_steps import WalkingSteps

__all__ = ["STALE_AFTER_S", "Track", "advance", "advance_all", "is_stale"]

ACCELERATION_SD_MPS2 = 0.2
"""How hard a shopper starts, stops and turns: strolling, not running."""

STILL_ACCELERATION_SD_MPS2 = 0.05
"""The same while the strengths say that nobody moves."""

STILL_SLOWS_PER_S = 0.49
"""What is left of the velocity after a second of that."""

ERROR_FADES_S = 4.0
"""While a beacon walks, a fix's error is forgotten with this time constant (measured in the hall: 0.35 after 4 s)."""

STILL_ERROR_FADES_S = 30.0
"""While it stands, the error stays with the place."""

LASTING_SHARE = 0.8
"""Which part of a fix's covariance is such an error; the rest is new in each fix."""

FRESH_SD_M = 0.22
"""Added to each fix: cells are half a metre wide."""

NEWEST_COUNTS = 0.8
"""The radius is at least that of a circle this much of the newest fix's: usually the filter's is larger."""

START_SD_M = 5.0
START_SPEED_SD_MPS = 0.5

FASTEST_MPS = 2.5
"""Hurrying through an aisle. A dot that moves faster is wrong whatever the radio says."""

UNPROVEN_MPS = 0.9
"""How fast the dot may move where the strengths do not say that the beacon does: what moves then is the estimate."""

SETTLES_S = 0.5
"""The first fix stands on a packet or two. For this long after it the dot may go wherever the next ones say."""

OBSERVED = np.array([[1.0, 0, 0, 0, 1, 0], [0, 1.0, 0, 0, 0, 1]])
"""A fix shows the place plus its error."""


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """A fix, the track it moves (None: it begins one) and the track id to begin one with."""

    track: Track | None
    fix: Fix
    track_id: str

    @property
    def begins(self) -> bool:
        """Whether a track begins here: there is none, or it is over."""
        return self.track is None or is_stale(self.track, self.fix.at_s)


def advance(track: Track | None, fix: Fix, track_id: str, estimator: FloorEstimator) -> Track:
    """``advance_all`` for one beacon."""
    return advance_all([Step(track, fix, track_id)], estimator)[0]


def advance_all(steps: Sequence[Step], estimator: FloorEstimator) -> list[Track]:
    """Move each track by its fix; begin one where there is none, or where it is stale.

    Parameters
    ----------
    steps : sequence of Step
        One for each beacon, all of one floor.
    estimator : FloorEstimator
        That made the fixes: it knows what can be walked on and what radius to state.

    Returns
    -------
    list of Track
        In the same order. A fix no later than the track changes nothing.
    """
    tracks: list[Track | None] = [None] * len(steps)
    begun: list[int] = []
    moved: list[int] = []
    for number, step in enumerate(steps):
        if step.track is None or step.begins:
            begun.append(number)
        elif step.fix.at_s <= step.track.at_s:
            tracks[number] = step.track
        else:
            moved.append(number)
    for chosen, shown_at in ((begun, _begun), (moved, _moved)):
        if chosen:
            some = [steps[number] for number in chosen]
            for number, track in zip(chosen, shown_at(some, estimator), strict=True):
                tracks[number] = track
    return [track for track in tracks if track is not None]


def _begun(steps: list[Step], estimator: FloorEstimator) -> list[Track]:
    found = np.array([(step.fix.x_m, step.fix.y_m) for step in steps])
    state = np.zeros((len(steps), 6))
    state[:, :2] = found
    lasting, fresh = _noises(steps)
    covariance = np.zeros((len(steps), 6, 6))
    covariance[:, :2, :2] = START_SD_M**2 * np.eye(2)
    covariance[:, 2:4, 2:4] = START_SPEED_SD_MPS**2 * np.eye(2)
    covariance[:, 4:, 4:] = lasting
    state, covariance = _corrected(state, covariance, found, fresh)
    return _tracks(steps, state, covariance, estimator.walking.kept_walkable(found), estimator)


def _moved(steps: list[Step], estimator: FloorEstimator) -> list[Track]:
    before = [step.track for step in steps if step.track is not None]
    found = np.array([(step.fix.x_m, step.fix.y_m) for step in steps])
    elapsed_s = np.array([step.fix.at_s for step in steps]) - np.array([track.at_s for track in before])
    shown_before = np.array([(track.x_m, track.y_m) for track in before])
    # A fix outside the stated circle says that the dot is wrong (nodes have come up, or gone), not that it should stay there.
    agrees = np.hypot(*(found - shown_before).T) <= np.array([track.accuracy_radius_m for track in before])
    stands = np.array([step.fix.motion is Motion.STILL for step in steps])
    still = stands & agrees
    lasting, fresh = _noises(steps)
    state, covariance = _predicted(before, elapsed_s, still, lasting)
    state, covariance = _corrected(state, covariance, found, fresh)
    speed = np.hypot(state[:, 2], state[:, 3])
    state[:, 2:4] *= np.minimum(1.0, FASTEST_MPS / np.maximum(speed, 1e-9))[:, None]
    moving = np.array([step.fix.motion is Motion.MOVING for step in steps])
    young = np.array([step.fix.at_s for step in steps]) <= np.array([track.begun_s for track in before]) + SETTLES_S
    reach_m = elapsed_s * np.select([young, moving], [np.inf, FASTEST_MPS], UNPROVEN_MPS)
    # Who stands still does not hurry round a shelf either: what moves there is the estimate.
    detour_m = elapsed_s * np.select([young, stands], [np.inf, UNPROVEN_MPS], FASTEST_MPS)
    shown = _walked(shown_before, state[:, :2], reach_m, detour_m, estimator.walking)
    return _tracks(steps, state, covariance, shown, estimator)


def _noises(steps: list[Step]) -> tuple[Floats, Floats]:
    """Covariance of the error that lasts and of what is new in each fix, shape (B, 2, 2) each."""
    covariance = np.array([step.fix.covariance_m2 for step in steps])
    return LASTING_SHARE * covariance, (1 - LASTING_SHARE) * covariance + FRESH_SD_M**2 * np.eye(2)


def _predicted(
    before: list[Track], elapsed_s: Floats, still: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], lasting: Floats
) -> tuple[Floats, Floats]:
    state = np.array([track.state for track in before])
    covariance = np.array([track.covariance for track in before])
    state[:, 2:4] *= np.where(still, STILL_SLOWS_PER_S**elapsed_s, 1.0)[:, None]
    faded = np.exp(-elapsed_s / np.where(still, STILL_ERROR_FADES_S, ERROR_FADES_S))
    carried = covariance[:, 4:, 4:]
    narrowed = _narrowed(carried, lasting)
    unsure = (faded**2 * narrowed * (1 - narrowed))[:, None, None] * carried
    step = np.tile(np.eye(6), (len(before), 1, 1))
    step[:, 0, 2] = step[:, 1, 3] = elapsed_s
    step[:, 4, 4] = step[:, 5, 5] = faded * narrowed
    push = np.zeros((len(before), 6, 2))
    push[:, 0, 0] = push[:, 1, 1] = elapsed_s**2 / 2
    push[:, 2, 0] = push[:, 3, 1] = elapsed_s
    push *= np.where(still, STILL_ACCELERATION_SD_MPS2, ACCELERATION_SD_MPS2)[:, None, None]
    state = np.einsum("bij,bj->bi", step, state)
    covariance = step @ covariance @ step.transpose(0, 2, 1) + push @ push.transpose(0, 2, 1)
    covariance[:, 4:, 4:] += (1 - faded**2)[:, None, None] * lasting + unsure
    return state, covariance


def _narrowed(carried: Floats, newest: Floats) -> Floats:
    """How much of the lasting error is left by a fix that may err less than those before; covariances, shape (B, 2, 2) to (B,).

    The first fixes stand on a few packets; those after hold the same packets and more, and leave less room for error.
    """
    wide_m2, narrow_m2 = (np.trace(each, axis1=1, axis2=2) for each in (carried, newest))
    return np.asarray(np.sqrt(np.minimum(1.0, narrow_m2 / np.maximum(wide_m2, 1e-12))))


def _corrected(state: Floats, covariance: Floats, found: Floats, fresh: Floats) -> tuple[Floats, Floats]:
    expected = OBSERVED @ covariance @ OBSERVED.T + fresh
    gain = np.linalg.solve(expected, OBSERVED @ covariance).transpose(0, 2, 1)
    state = state + np.einsum("bij,bj->bi", gain, found - state @ OBSERVED.T)
    keep = np.eye(6) - gain @ OBSERVED
    # Joseph's form stays symmetric and positive whatever is rounded.
    covariance = keep @ covariance @ keep.transpose(0, 2, 1) + gain @ fresh @ gain.transpose(0, 2, 1)
    return state, covariance


def _walked(before_xy: Floats, wanted_xy: Floats, reach_m: Floats, detour_m: Floats, walking: WalkingSteps) -> Floats:
    """Where each dot is shown: toward the filter's place, no farther than one can walk, and round what stands between.

    A dot on the wrong side of a wall walks round it, as fast as anybody can unless the beacon stands still. While a track
    settles it has not been anywhere: it is put on the other side.
    """
    wanted_xy = walking.kept_walkable(wanted_xy)
    way = wanted_xy - before_xy
    length = np.hypot(way[:, 0], way[:, 1])
    there = before_xy + way * np.minimum(1.0, reach_m / np.maximum(length, 1e-9))[:, None]
    # Looked at to the end: a step straight ahead may be free and yet lead into a dead end, there and back for ever.
    blocked = walking.are_blocked(before_xy, wanted_xy)
    for row in np.flatnonzero(blocked):
        if np.isfinite(detour_m[row]):
            there[row] = walking.toward(before_xy[row], wanted_xy[row], float(detour_m[row]))
        else:
            there[row] = wanted_xy[row]
    return there


def _tracks(
    steps: list[Step], state: Floats, covariance: Floats, shown: Floats, estimator: FloorEstimator
) -> list[Track]:
    misfit = np.array([step.fix.misfit for step in steps])
    # The filter's covariance shrinks over many fixes; receivers that fall silent show in the very next one.
    latest = NEWEST_COUNTS**2 * np.array([step.fix.covariance_m2 for step in steps])
    stands = np.array([step.fix.motion is Motion.STILL for step in steps])
    radius = np.maximum(*(estimator.radius_m(each, misfit, stands) for each in (covariance[:, :2, :2], latest)))
    lag_m = np.hypot(*(state[:, :2] - shown).T)
    radii = np.maximum(radius, np.minimum(lag_m, 2 * radius)).tolist()
    return [
        _track(step, state[row], covariance[row], xy_m, radii[row])
        for row, (step, xy_m) in enumerate(zip(steps, shown.tolist(), strict=True))
    ]


def _track(step: Step, state: Floats, covariance: Floats, shown: list[float], radius_m: float) -> Track:
    fix, before = step.fix, step.track
    if before is None or step.begins:
        track_id, begun_s = step.track_id, fix.at_s
    else:
        track_id, begun_s = before.track_id, before.begun_s
    return Track(
        track_id,
        fix.beacon_id,
        shown[0],
        shown[1],
        reaching(radius_m, shown[0], shown[1], fix.other_place),
        state,
        covariance,
        begun_s,
        fix.at_s,
        fix.at_s,
        fix.other_place,
        fix.drift,
        fix.misfit,
    )
