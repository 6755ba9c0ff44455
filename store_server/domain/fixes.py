"""What positioning is asked about and what it answers: anchors, fixes, and the reasons there is none."""

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
    """

    beacon_id: str
    x_m: float
    y_m: float
    covariance_m2: Floats
    accuracy_radius_m: float
    anchors_used: int
    at_s: float


@dataclass(frozen=True, slots=True)
class NoFix:
    """There is no fix, and why."""

    beacon_id: str
    reason: NoFixReason
    at_s: float


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
