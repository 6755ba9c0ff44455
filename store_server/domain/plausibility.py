"""Which beacons can have no fix, and why: silence, too few anchors, numbers no radio reports, two places at once, just come."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from store_server.domain.fixes import Floats, NoFixReason, Track, circle_95_m, is_stale
from store_server.domain.ranging import RssiWindow, log_distance_rssi_dbm
from store_server.wire.calibration import Calibration

FEWEST_ANCHORS = 3
"""Two circles meet in two points."""

STALE_AFTER_S = 5.0
"""A beacon silent for this long has no fix: a person has walked ten metres since."""

LOUD_RANGE_M = 5.0
IMPOSSIBLE_DISTANCE_M = 30.0
"""Loud (an implied range under 5 m) at two anchors this far apart within four seconds: nobody walks 20 m in that."""

FIRST_CIRCLE_M = 7.0
"""A track does not begin while the model's circle is wider than this, for the three seconds in which nobody can tell whether the
beacon moves: a dot that begins two aisles off takes longer to come right than the wait."""

UNSURVEYED_FIRST_CIRCLE_M = 9.0
"""The same where nobody has measured the path loss: circles are wider there for good, and waiting narrows them less."""


def no_fix_reasons(
    window: RssiWindow, at_s: float, offsets_db: Floats, is_far: NDArray[np.bool_], calibration: Calibration
) -> list[NoFixReason | None]:
    """Why each beacon has no fix; None: it may have one.

    Parameters
    ----------
    window : RssiWindow
        Of ``B`` beacons at ``A`` anchors.
    at_s : float
    offsets_db : ndarray, shape (A,)
        How much louder each anchor hears.
    is_far : ndarray of bool, shape (A, A)
        Which anchors are more than ``IMPOSSIBLE_DISTANCE_M`` apart.
    calibration : Calibration

    Returns
    -------
    list of NoFixReason or None, length B
    """
    heard_by = window.heard.sum(axis=1)
    loud_dbm = log_distance_rssi_dbm(LOUD_RANGE_M, calibration.measured_power_dbm, calibration.path_loss_exponent)
    is_loud = (window.loudest_dbm - offsets_db > loud_dbm).astype(np.float64)
    impossible = ((is_loud @ is_far) * is_loud).sum(axis=1) > 0
    silent = window.newest_s < at_s - STALE_AFTER_S
    reasons: list[NoFixReason | None] = [None] * len(heard_by)
    for row in range(len(heard_by)):
        if impossible[row]:
            reasons[row] = NoFixReason.IMPOSSIBLE
        elif silent[row]:
            reasons[row] = NoFixReason.INVALID if window.has_invalid[row] else NoFixReason.STALE
        elif heard_by[row] < FEWEST_ANCHORS:
            reasons[row] = NoFixReason.TOO_FEW_ANCHORS
        elif window.is_constant[row]:
            reasons[row] = NoFixReason.INVALID
    return reasons


def heard_too_little(
    stir: Floats, covariance_m2: Floats, tracks: Sequence[Track | None], at_s: float, calibration: Calibration
) -> NDArray[np.bool_]:
    """Which beacons have just come and are better not shown yet.

    Parameters
    ----------
    stir : ndarray, shape (B,)
        See ``RssiWindow``: NaN for who has just come.
    covariance_m2 : ndarray, shape (B, 2, 2)
        Of their places, by what was heard.
    tracks : sequence of Track or None, length B or 0
        A track that goes on is not held up. Empty: nobody is followed, and the question is only where the beacons are.
    at_s : float
    calibration : Calibration

    Returns
    -------
    ndarray of bool, shape (B,)
    """
    begins = np.array([track is None or is_stale(track, at_s) for track in tracks], dtype=np.bool_)
    if not begins.any():
        return np.zeros(len(covariance_m2), dtype=np.bool_)
    widest_m = UNSURVEYED_FIRST_CIRCLE_M if calibration.path_loss_exponent_sd > 0 else FIRST_CIRCLE_M
    return np.asarray(begins & np.isnan(stir) & (circle_95_m(covariance_m2) > widest_m))
