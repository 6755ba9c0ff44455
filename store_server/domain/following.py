"""A recording, followed as the server would have: at each instant a fix and a track, from nothing heard later."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from store_server.domain.positioning import Fix, FloorEstimator, NoFixReason
from store_server.domain.sightings import AdmittedSightings
from store_server.domain.tracking import Track, advance

Floats = NDArray[np.float64]

STEP_S = 0.5
"""The server's tick."""

HELD_S = 30.0
"""For how long a file's reader is told the last place, its radius growing: past that the circle is most of a shop. (Screens show
nothing once the track is stale, much earlier.)"""

WANDER_MPS = 0.7
"""A beacon that is not heard may have walked on at an ordinary shopper's pace: the radius grows by that."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Where the beacon was said to be at one instant; ``place`` is (x_m, y_m, accuracy_radius_m), or None for no fix.

    ``misfit`` says how well what was heard fits that place (see ``Fix``).
    """

    at_s: float
    place: tuple[float, float, float] | None
    misfit: float = 1.0


def instants_s(heard_s: Floats) -> Floats:
    """Every multiple of ``STEP_S`` from the first at or after the first sighting to the first at or after the last.

    >>> instants_s(np.array([0.08, 1.2])).tolist()
    [0.5, 1.0, 1.5]
    >>> instants_s(np.array([1.0])).tolist()
    [1.0]
    >>> instants_s(np.array([])).tolist()
    []
    """
    if len(heard_s) == 0:
        return np.empty(0)
    steps = np.arange(np.ceil(heard_s.min() / STEP_S), np.ceil(heard_s.max() / STEP_S) + 1)
    return np.asarray(steps * STEP_S)


def follow(estimator: FloorEstimator, sightings: AdmittedSightings, at_s: Floats) -> list[Moment]:
    """Follow the one beacon of a recording.

    Parameters
    ----------
    estimator : FloorEstimator
    sightings : AdmittedSightings
        Of one beacon.
    at_s : ndarray, shape (T,)
        Ascending instants.

    Returns
    -------
    list of Moment
        One for each instant. Between fixes the last place is held, its radius growing, for ``HELD_S``;
        an impossible pair of sightings is never papered over.
    """
    moments: list[Moment] = []
    track: Track | None = None
    for now_s in at_s.tolist():
        answer = estimator.fixes(sightings, now_s, [track])[0]
        if isinstance(answer, Fix):
            track = advance(track, answer, answer.beacon_id, estimator)
        elif answer.reason is NoFixReason.IMPOSSIBLE:
            moments.append(Moment(now_s, None))
            continue
        place = None if track is None else _held(track, now_s)
        moments.append(Moment(now_s, place, 1.0 if track is None else track.misfit))
    return moments


def _held(track: Track, now_s: float) -> tuple[float, float, float] | None:
    if now_s - track.last_fix_s > HELD_S:
        return None
    return (track.x_m, track.y_m, track.accuracy_radius_m + WANDER_MPS * (now_s - track.last_fix_s))
