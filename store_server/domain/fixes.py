"""What positioning is asked about and what it answers: anchors, fixes, tracks, and the reasons there is none."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Anchor:
    """A node's surveyed place; ``z_m`` is its mounting height, None where nobody measured it."""

    node_id: str
    x_m: float
    y_m: float
    z_m: float | None = None


class NoFixReason(StrEnum):
    """Why a beacon has no fix."""

    STALE = "stale"
    """Not heard for ``STALE_AFTER_S``."""
    TOO_FEW_ANCHORS = "too_few_anchors"
    IMPOSSIBLE = "impossible"
    """Loud at two far places at once: a cloned or replayed beacon. Its track must not move."""
    INVALID = "invalid"
    """Not numbers, or the very same strength everywhere, or an instant that is no number."""
    HEARD_TOO_LITTLE = "heard_too_little"
    """Just come: what was heard so far could be from too many places to begin a track at one."""


class Motion(StrEnum):
    """What the strengths say of a beacon's motion."""

    MOVING = "moving"
    STILL = "still"
    UNKNOWN = "unknown"
    """Heard for too short a time to tell."""


@dataclass(frozen=True, slots=True)
class OtherPlace:
    """A second place the signals fit about as well: the next aisle, the far side of a hall."""

    x_m: float
    y_m: float
    probability: float


@dataclass(frozen=True, slots=True, eq=False)
class RadioDrift:
    """What one visit has taught of the radio beyond the calibration, with how sure that is.

    Attributes
    ----------
    node_ids : tuple of str
        The anchors, in the order of the arrays, length A.
    offset_db, offset_variance_db2 : ndarray, shape (A,)
        How much louder each anchor hears on this visit.
    power_db, power_variance_db2 : float
        How much stronger this beacon sends than the calibration's.
    exponent, exponent_variance : float
        What is added to the path-loss exponent.
    """

    node_ids: tuple[str, ...]
    offset_db: Floats
    offset_variance_db2: Floats
    power_db: float
    power_variance_db2: float
    exponent: float
    exponent_variance: float


@dataclass(frozen=True, slots=True, eq=False)
class Fix:
    """Where a beacon is.

    Attributes
    ----------
    beacon_id : str
    x_m, y_m : float
    covariance_m2 : ndarray, shape (2, 2)
    accuracy_radius_m : float
        Of the circle about (x_m, y_m) that holds the beacon with 95 % probability.
    anchors_used : int
    at_s : float
    misfit : float
        Squared deviation, in spreads, per anchor at the likeliest place: about 1 where the model holds.
    motion : Motion
    other_place : OtherPlace or None
    drift : RadioDrift or None
        What the visit has taught up to this fix; None where nothing is adapted.
    """

    beacon_id: str
    x_m: float
    y_m: float
    covariance_m2: Floats
    accuracy_radius_m: float
    anchors_used: int
    at_s: float
    misfit: float = 1.0
    motion: Motion = Motion.UNKNOWN
    other_place: OtherPlace | None = None
    drift: RadioDrift | None = None


@dataclass(frozen=True, slots=True)
class NoFix:
    """There is no fix, and why."""

    beacon_id: str
    reason: NoFixReason
    at_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """The motion of one beacon.

    Attributes
    ----------
    track_id : str
        A pseudonym.
    beacon_id : str
    x_m, y_m : float
        What is shown: a place one can walk to, reached from the one before without passing through a wall.
    accuracy_radius_m : float
        95 %.
    state : ndarray, shape (6,)
        Of the filter: x, y, vx, vy, and by how much the fixes of these seconds are off in x and y.
    covariance : ndarray, shape (6, 6)
    begun_s, at_s, last_fix_s : float
    other_place : OtherPlace or None
        Of the last fix.
    drift : RadioDrift or None
        What this visit has taught of the radio.
    misfit : float
        Of the last fix.
    """

    track_id: str
    beacon_id: str
    x_m: float
    y_m: float
    accuracy_radius_m: float
    state: Floats
    covariance: Floats
    begun_s: float
    at_s: float
    last_fix_s: float
    other_place: OtherPlace | None = None
    drift: RadioDrift | None = None
    misfit: float = 1.0

    @property
    def speed_mps(self) -> float:
        """How fast the beacon moves, by the filter."""
        return float(np.hypot(self.state[2], self.state[3]))


STALE_AFTER_S = 10.0
"""Without a fix for this long a track is over: guidance from it would send people wrong."""


def is_stale(track: Track, now_s: float) -> bool:
    """Whether the track has gone without a fix for too long to be shown or acted on."""
    return not now_s - track.last_fix_s <= STALE_AFTER_S


MOST_CONTRADICTION = 3.0
"""Receivers that contradict each other widen the radius up to so many times; past that the place means nothing anyway."""


def contradiction(misfit: Floats, usual_misfit: float) -> Floats:
    """How much wider a radius is because anchors contradict even the likeliest place: dead, lying, behind a crowd; shape (B,).

    >>> contradiction(np.array([0.2, 0.8, 9.0]), usual_misfit=0.4).tolist()
    [1.0, 2.0, 3.0]
    """
    return np.asarray(np.clip(misfit / usual_misfit, 1.0, MOST_CONTRADICTION))


def reaching(radius_m: float, x_m: float, y_m: float, other: OtherPlace | None) -> float:
    """The radius, wide enough for the second place that is told: what is likely enough for a word is no rare error.

    >>> [reaching(2.0, 0.0, 0.0, other) for other in (None, OtherPlace(3.0, 4.0, 0.3))]
    [2.0, 5.0]
    """
    return radius_m if other is None else max(radius_m, float(np.hypot(other.x_m - x_m, other.y_m - y_m)))


def circle_95_m(covariance_m2: Floats) -> Floats:
    """Radius holding 95 % of a Gaussian with each of these covariances, shape (B, 2, 2) to (B,).

    1.96 spreads for a needle, 2.45 for a round one; in between within 1 % by this interpolation.

    >>> circle_95_m(np.array([np.eye(2), np.diag([1.0, 0.0])])).round(2).tolist()
    [2.45, 1.96]
    """
    middle = (covariance_m2[:, 0, 0] + covariance_m2[:, 1, 1]) / 2
    half = np.hypot((covariance_m2[:, 0, 0] - covariance_m2[:, 1, 1]) / 2, covariance_m2[:, 0, 1])
    longer, shorter = np.maximum(middle + half, 1e-12), np.maximum(middle - half, 0.0)
    return np.asarray(np.sqrt(longer) * (1.96 + 0.488 * (shorter / longer) ** 1.5))
