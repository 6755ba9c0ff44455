"""Position from three or more ranges by weighted least squares: the explainable default and the referee.

Batched Gauss-Newton in NumPy: all beacons take each step together, so a thousand cost little more than one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

STEPS = 12
"""Gauss-Newton from the weighted centroid has settled by then; more steps change centimetres."""

LONGEST_STEP_M = 5.0
"""Keeps one wild range from throwing a beacon out of the building before the others pull it back."""

DAMPING_PER_M2 = 1e-3
"""Added to the normal matrix: anchors in one line leave it singular across that line."""


def trilaterate(anchor_xy_m: Floats, range_m: Floats, range_sd_m: Floats) -> tuple[Floats, Floats]:
    """Weighted least squares on ranges.

    Parameters
    ----------
    anchor_xy_m : ndarray, shape (A, 2)
    range_m : ndarray, shape (B, A)
        Horizontal ranges; NaN where an anchor did not hear the beacon.
    range_sd_m : ndarray, shape (B, A)

    Returns
    -------
    xy_m : ndarray, shape (B, 2)
        NaN for a beacon with fewer than three ranges.
    covariance_m2 : ndarray, shape (B, 2, 2)
        Of the least-squares solution, widened where the ranges contradict each other more than their spread allows.

    Examples
    --------
    >>> anchors = np.array([[0.0, 0.0], [6.0, 0.0], [0.0, 8.0]])
    >>> xy, _ = trilaterate(anchors, np.array([[5.0, 5.0, 5.0]]), np.ones((1, 3)))
    >>> np.abs(xy.round(2)).tolist()
    [[3.0, 4.0]]
    >>> trilaterate(anchors, np.array([[5.0, np.nan, np.nan]]), np.ones((1, 3)))[0].tolist()
    [[nan, nan]]
    """
    heard = np.isfinite(range_m) & np.isfinite(range_sd_m) & (range_sd_m > 0)
    enough = heard.sum(axis=1) >= 3
    weight = np.where(heard, 1 / np.where(heard, range_sd_m, 1.0) ** 2, 0.0)
    target = np.where(heard, range_m, 0.0)
    near = np.where(heard, 1 / np.maximum(target, 0.5) ** 2, 0.0)
    near[~enough] = 1.0
    xy = near @ anchor_xy_m / near.sum(axis=1, keepdims=True)
    for _ in range(STEPS):
        normal, gradient, _ = _normal_equations(xy, anchor_xy_m, target, weight)
        step = np.linalg.solve(normal, gradient[..., None])[..., 0]
        length = np.linalg.norm(step, axis=1, keepdims=True)
        xy = xy + step * np.minimum(1.0, LONGEST_STEP_M / np.maximum(length, 1e-9))
    normal, _, squares = _normal_equations(xy, anchor_xy_m, target, weight)
    contradiction = np.maximum(1.0, squares / np.maximum(heard.sum(axis=1) - 2, 1))
    covariance = np.linalg.inv(normal) * contradiction[:, None, None]
    xy[~enough] = np.nan
    covariance[~enough] = np.nan
    return xy, covariance


def _normal_equations(xy: Floats, anchor_xy_m: Floats, target: Floats, weight: Floats) -> tuple[Floats, Floats, Floats]:
    offset = xy[:, None, :] - anchor_xy_m[None]
    distance = np.maximum(np.linalg.norm(offset, axis=2), 1e-6)
    direction = offset / distance[..., None]
    residual = target - distance
    normal = np.einsum("ba,bai,baj->bij", weight, direction, direction) + DAMPING_PER_M2 * np.eye(2)
    gradient = np.einsum("ba,bai,ba->bi", weight, direction, residual)
    return normal, gradient, np.einsum("ba,ba->b", weight, residual**2)
