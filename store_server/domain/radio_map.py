"""The residual map: what a survey teaches beyond the log-distance model, interpolated as a Gaussian process.

At a survey point an anchor is heard some decibels louder or weaker than the model says, and places a few metres away share
most of that difference. The process gives the expected difference everywhere and how much spread it removes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve, solve_triangular
from scipy.spatial.distance import cdist

Floats = NDArray[np.float64]


def likeness(from_xy_m: Floats, to_xy_m: Floats, length_m: float) -> Floats:
    """How alike the residuals of two places are: 1 at one place, falling exponentially with distance.

    Shadowing falls off exponentially, with a kink at 0, rather than smoothly (Gudmundson 1991).

    >>> likeness(np.zeros((1, 2)), np.array([[0.0, 0.0], [3.0, 0.0]]), 3.0).round(3).tolist()
    [[1.0, 0.368]]
    """
    return np.exp(-cdist(from_xy_m, to_xy_m) / length_m)


@dataclass(frozen=True, slots=True)
class MapSpread:
    """How the residuals of a floor vary.

    Attributes
    ----------
    sd_db, length_m : float
        Spread of what stays at its place, and over how many metres it stays alike.
    noise_db : float
        Spread of one survey point about that.
    drift_db : float
        Spread of what all points of one visit share at an anchor and no other visit does.
    """

    sd_db: float
    length_m: float
    noise_db: float
    drift_db: float

    def covariance(self, xy_m: Floats, visit: NDArray[np.int64]) -> Floats:
        """Covariance of the measured residuals among survey points, shape (N, N)."""
        shared = self.drift_db**2 * (visit[:, None] == visit[None])
        alike = self.sd_db**2 * likeness(xy_m, xy_m, self.length_m)
        return np.asarray(alike + shared + self.noise_db**2 * np.eye(len(xy_m)))


def residual_map(
    xy_m: Floats, survey_xy_m: Floats, survey_residual_db: Floats, visit: NDArray[np.int64], spread: MapSpread
) -> tuple[Floats, Floats]:
    """Expected residual, and the variance the survey has taken from it, at each place for each anchor.

    Parameters
    ----------
    xy_m : ndarray, shape (C, 2)
    survey_xy_m : ndarray, shape (N, 2)
    survey_residual_db : ndarray, shape (N, A)
        NaN where a survey point did not hear an anchor.
    visit : ndarray of int, shape (N,)
        Which points were measured on one visit (a day's survey, one walk).
    spread : MapSpread

    Returns
    -------
    mean_db : ndarray, shape (C, A)
        0 far from any survey point.
    explained_db2 : ndarray, shape (C, A)
        0 far from any survey point, up to the map's variance at one.
    """
    places, anchors = len(xy_m), survey_residual_db.shape[1]
    mean, explained = np.zeros((places, anchors)), np.zeros((places, anchors))
    if len(survey_xy_m) == 0 or spread.sd_db <= 0:
        return mean, explained
    among = spread.covariance(survey_xy_m, visit)
    across = spread.sd_db**2 * likeness(survey_xy_m, xy_m, spread.length_m)
    heard = np.isfinite(survey_residual_db)
    patterns, pattern_of = np.unique(heard.T, axis=0, return_inverse=True)
    for number, pattern in enumerate(patterns):
        if not pattern.any():
            continue
        columns = np.flatnonzero(pattern_of == number)
        factor = cho_factor(among[np.ix_(pattern, pattern)], lower=True)
        mean[:, columns] = across[pattern].T @ cho_solve(factor, survey_residual_db[np.ix_(pattern, columns)])
        half = solve_triangular(factor[0], across[pattern], lower=True)
        explained[:, columns] = (half**2).sum(axis=0)[:, None]
    return mean, explained
