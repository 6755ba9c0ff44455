"""What a visit teaches of the radio beyond the calibration: offsets of the receivers, the beacon's power, the path loss.

Receivers hear two or three decibels otherwise than on the day of the survey, bodies and goods stand elsewhere, and without a
survey even the path loss is a guess. While a beacon walks past them, what the anchors hear too loud or too quiet for its
likely places shows by how much. The belief is a Gaussian with a variance for each quantity;
assumed-density filtering (Maybeck 1982) carries it from tick to tick. A beacon that stands still teaches
nothing: its residuals are those of its one place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from store_server.domain.fixes import Floats, RadioDrift
from store_server.wire.calibration import Calibration

LEARNED_PER_S = 0.8
"""How much of a second's residuals counts as news while a beacon walks: they are alike for about the first 1.5 m."""

FULL_SPEED_MPS = 0.4
"""A slower beacon learns less, in proportion."""

LONGEST_STEP_S = 1.0

SMALLEST_POWER_SD_DB = 0.7
"""However well a beacon is known, its bearer turns, sits down, puts a hand on it."""


@dataclass(frozen=True, slots=True, eq=False)
class RadioDrifts:
    """The drift of ``B`` visits at ``A`` anchors; see ``RadioDrift`` for the words."""

    node_ids: tuple[str, ...]
    offset_db: Floats
    offset_variance_db2: Floats
    power_db: Floats
    power_variance_db2: Floats
    exponent: Floats
    exponent_variance: Floats

    @classmethod
    def of(cls, known: Sequence[RadioDrift | None], node_ids: tuple[str, ...], calibration: Calibration) -> RadioDrifts:
        """Those of visits: as far as they are known at these very anchors, else the calibration's prior."""
        prior = RadioDrift(
            node_ids,
            np.zeros(len(node_ids)),
            np.full(len(node_ids), calibration.drift_sd_db**2),
            0.0,
            calibration.power_sd_db**2,
            0.0,
            calibration.path_loss_exponent_sd**2,
        )
        rows = [one if one is not None and one.node_ids == node_ids else prior for one in known]
        anchors = (len(rows), len(node_ids))
        return cls(
            node_ids,
            np.array([row.offset_db for row in rows]).reshape(anchors),
            np.array([row.offset_variance_db2 for row in rows]).reshape(anchors),
            np.array([row.power_db for row in rows]),
            np.maximum(np.array([row.power_variance_db2 for row in rows]), SMALLEST_POWER_SD_DB**2),
            np.array([row.exponent for row in rows]),
            np.array([row.exponent_variance for row in rows]),
        )

    def row(self, number: int) -> RadioDrift:
        """Of one visit."""
        return RadioDrift(
            self.node_ids,
            self.offset_db[number],
            self.offset_variance_db2[number],
            float(self.power_db[number]),
            float(self.power_variance_db2[number]),
            float(self.exponent[number]),
            float(self.exponent_variance[number]),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Residuals:
    """What was heard less what was expected, averaged over the places each beacon may be at.

    Attributes
    ----------
    mean_db : ndarray, shape (B, A)
        With the drift already taken off.
    variance_db2 : ndarray, shape (B, A)
        Of one moment's residual; inf where nothing was heard.
    exponent_slope_db : ndarray, shape (B, A)
        By how much the expected strength grows with the path-loss exponent there.
    """

    mean_db: Floats
    variance_db2: Floats
    exponent_slope_db: Floats


def learning_rate(speed_mps: Floats, elapsed_s: Floats, moves: NDArray[np.bool_]) -> Floats:
    """Which part of a tick's residuals is news, shape (B,).

    >>> learning_rate(np.array([0.0, 0.2, 3.0]), np.full(3, 0.5), np.array([True, True, True])).round(2).tolist()
    [0.0, 0.2, 0.4]
    """
    news = LEARNED_PER_S * np.clip(elapsed_s, 0.0, LONGEST_STEP_S) * np.minimum(speed_mps / FULL_SPEED_MPS, 1.0)
    return np.where(moves, news, 0.0)


def learn(drifts: RadioDrifts, residuals: Residuals, rate: Floats) -> RadioDrifts:
    """The drifts after one more tick.

    Parameters
    ----------
    drifts : RadioDrifts
    residuals : Residuals
    rate : ndarray, shape (B,)
        See ``learning_rate``; a visit of rate 0 stays as it was.

    Returns
    -------
    RadioDrifts
    """
    with np.errstate(divide="ignore", over="ignore"):
        noise = residuals.variance_db2 / rate[:, None]
    # The covariance of the residuals is diagonal but for the two quantities all anchors share, so its inverse is by Woodbury.
    inverse = 1 / (drifts.offset_variance_db2 + noise)
    slope = residuals.exponent_slope_db
    shared = np.stack([np.ones_like(inverse), slope], axis=1)  # (B, 2, A): how each shared quantity pulls the anchors
    weighted = shared * inverse[:, None]
    prior = np.stack([drifts.power_variance_db2, drifts.exponent_variance], axis=1)
    inner = np.linalg.inv(np.eye(2) * (1 / np.maximum(prior, 1e-12))[:, None, :] + weighted @ shared.transpose(0, 2, 1))
    spread = inner @ weighted

    def solved(right: Floats) -> Floats:
        of_shared = weighted @ right[:, :, None]
        return np.asarray(inverse * right - (spread * of_shared).sum(axis=1))

    news = solved(np.where(np.isfinite(noise), residuals.mean_db, 0.0))
    diagonal = inverse - (weighted * spread).sum(axis=1)
    power_gain = solved(np.ones_like(inverse)).sum(axis=1)
    slope_gain = (slope * solved(slope)).sum(axis=1)
    return RadioDrifts(
        drifts.node_ids,
        drifts.offset_db + drifts.offset_variance_db2 * news,
        drifts.offset_variance_db2 * np.clip(1 - drifts.offset_variance_db2 * diagonal, 0.0, 1.0),
        drifts.power_db + drifts.power_variance_db2 * news.sum(axis=1),
        drifts.power_variance_db2 * np.clip(1 - drifts.power_variance_db2 * power_gain, 0.0, 1.0),
        drifts.exponent + drifts.exponent_variance * (slope * news).sum(axis=1),
        drifts.exponent_variance * np.clip(1 - drifts.exponent_variance * slope_gain, 0.0, 1.0),
    )
