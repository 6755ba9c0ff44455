"""From sightings to one strength per beacon and anchor, and from a strength to a range.

A window weighs each sighting by its age (exponentially) and averages in milliwatts: a fade lasts one packet and
drags a mean of decibels down, while a mean of power barely sees it (measured in the hall: p95 3.41 to 2.91 m).
A beacon that stands still is averaged for longer than one that moves, and whether it moves is read from the strengths
themselves: past a few metres they no longer sound like the seconds before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from store_server.domain.sightings import AdmittedSightings

Floats = NDArray[np.float64]

MOVING_TAU_S = 1.0
"""While a beacon moves, a sighting this old counts 1/e of a new one: longer lags a walker by more than it gains, and the track
averages too."""

STILL_TAU_S = 5.0
"""The same for a beacon that stands still, or of which nobody can tell yet."""

COMPARED_TAU_S = 2.0
"""The recent past that is compared with ``STILL_TAU_S`` to see whether a beacon moves."""

WINDOW_S = 12.0
"""Sightings older than this are left out."""

TELLS_MOTION_AFTER_S = 3.0
"""A beacon heard for less than this has no past to compare with."""

PACKET_SD_DB = 3.0
"""Spread of single packets about their mean where nothing moves (the hall: 2.8, median place)."""

MOVING_ABOVE = 0.7
"""In ``RssiWindow.stir``: in the hall nine in ten moments of standing are below, of walking (0.2 m/s and more) above."""

NEAREST_RANGE_M = 0.3
"""The log-distance model has a pole at 0 m; nobody wears a beacon nearer to a node than this."""

WEAKEST_DBM, STRONGEST_DBM = -127.0, -1.0
"""What a radio can report; 0, positive numbers and -128 are drivers' ways to say "unknown"."""


def log_distance_rssi_dbm(range_m: ArrayLike, measured_power_dbm: float, path_loss_exponent: float) -> Floats:
    """Strength the log-distance model expects at a range; the range is cut at ``NEAREST_RANGE_M``.

    >>> log_distance_rssi_dbm([1.0, 10.0], -59, path_loss_exponent=2.0).tolist()
    [-59.0, -79.0]
    """
    nearest_m = np.maximum(np.asarray(range_m, dtype=np.float64), NEAREST_RANGE_M)
    return np.asarray(measured_power_dbm - 10 * path_loss_exponent * np.log10(nearest_m))


EXPONENT_PIVOT_M = 5.0
"""A changed path-loss exponent leaves what is heard at this range as it is, so that power and exponent can be told apart."""


def log_distance_slope_db(range_m: ArrayLike) -> Floats:
    """By how much the expected strength at a range grows with the path-loss exponent about ``EXPONENT_PIVOT_M``.

    >>> log_distance_slope_db([0.5, 5.0, 50.0]).tolist()
    [10.0, 0.0, -10.0]
    """
    nearest_m = np.maximum(np.asarray(range_m, dtype=np.float64), NEAREST_RANGE_M)
    return np.asarray(-10 * np.log10(nearest_m / EXPONENT_PIVOT_M))


def log_distance_range_m(rssi_dbm: ArrayLike, measured_power_dbm: ArrayLike, path_loss_exponent: float) -> Floats:
    """Range at which a beacon of this measured power is heard this loudly.

    The spread is not here: it is Gaussian in dB, so in metres it grows with range (see ``range_sd_m``).

    >>> log_distance_range_m([-59, -79], -59, path_loss_exponent=2.0).tolist()
    [1.0, 10.0]
    """
    loss_db = np.asarray(measured_power_dbm, dtype=np.float64) - np.asarray(rssi_dbm, dtype=np.float64)
    return np.asarray(10 ** (loss_db / (10 * path_loss_exponent)))


def range_sd_m(range_m: ArrayLike, shadowing_sd_db: ArrayLike, path_loss_exponent: float) -> Floats:
    """Spread of a range: a spread in dB turned into metres at this range.

    >>> range_sd_m(10.0, 4.0, path_loss_exponent=2.0).round(2).item()
    4.61
    """
    per_db = np.log(10) / (10 * path_loss_exponent)
    return np.asarray(np.asarray(range_m, dtype=np.float64) * per_db * np.asarray(shadowing_sd_db, dtype=np.float64))


@dataclass(frozen=True, slots=True, eq=False)
class RssiWindow:
    """What ``B`` beacons sounded like at ``A`` anchors, just before one instant.

    Attributes
    ----------
    rssi_dbm : ndarray, shape (B, A)
        Weighted mean, taken in milliwatts; 0 where nothing was heard (see ``heard``).
    packets : ndarray, shape (B, A)
        Effective number of sightings behind it, 0 where nothing was heard.
    stir : ndarray, shape (B,)
        How unlike the last two seconds sound to the last five, in squared spreads of a packet's fading: about 0.3 for a beacon
        that stands still, 2 for one that walks; NaN while that cannot be told.
    newest_s : ndarray, shape (B,)
        When the beacon was last heard by any anchor; -inf: not within the window.
    loudest_dbm : ndarray, shape (B, A)
        The single loudest recent sighting, -inf where none; what the check for impossible pairs looks at.
    is_constant : ndarray of bool, shape (B,)
        Every sighting of the window has the very same strength: a stuck driver or a forgery, not a radio.
    has_invalid : ndarray of bool, shape (B,)
        Rows without a usable number were left out for this beacon.
    """

    rssi_dbm: Floats
    packets: Floats
    stir: Floats
    newest_s: Floats
    loudest_dbm: Floats
    is_constant: NDArray[np.bool_]
    has_invalid: NDArray[np.bool_]

    @property
    def heard(self) -> NDArray[np.bool_]:
        """Which anchors heard which beacon, shape (B, A)."""
        return self.packets > 0

    @property
    def is_moving(self) -> NDArray[np.bool_]:
        """Which beacons surely move, shape (B,)."""
        return self.stir > MOVING_ABOVE  # False for NaN

    @property
    def is_still(self) -> NDArray[np.bool_]:
        """Which beacons surely stand still, shape (B,)."""
        return self.stir <= MOVING_ABOVE


LOUD_WITHIN_S = 4.0
"""How old a sighting may be to count as "at once" with a new one: nobody crosses 30 m in it."""


def rssi_window(sightings: AdmittedSightings, node_ids: Sequence[str], at_s: float) -> RssiWindow:
    """Average each beacon at each anchor over the recent past of ``at_s``; nothing later is looked at.

    Parameters
    ----------
    sightings : AdmittedSightings
    node_ids : sequence of str
        The anchors, in the order of the result's columns; sightings of other nodes are left out.
    at_s : float
        On the clock of ``heard_s``.

    Returns
    -------
    RssiWindow
        One row for each of ``sightings.beacon_ids``, also for the silent ones. The time constant of the weights is
        ``MOVING_TAU_S`` for beacons that surely move, ``STILL_TAU_S`` for the others.
    """
    beacons, anchors = len(sightings.beacon_ids), len(node_ids)
    column_of = {node_id: column for column, node_id in enumerate(node_ids)}
    columns = np.array([column_of.get(node_id, -1) for node_id in sightings.node_ids] or [-1], dtype=np.int64)
    column, rssi = columns[sightings.node_index], sightings.rssi_dbm
    in_time = (sightings.heard_s <= at_s) & (sightings.heard_s > at_s - WINDOW_S)
    in_range = (rssi >= WEAKEST_DBM) & (rssi <= STRONGEST_DBM)  # False for NaN
    has_invalid = np.bincount(sightings.beacon_index[in_time & ~in_range], minlength=beacons) > 0
    usable = np.flatnonzero(in_time & in_range & (column >= 0))
    beacon, heard_s = sightings.beacon_index[usable], sightings.heard_s[usable]
    rssi, column = rssi[usable], column[usable]
    cell, shape = beacon * anchors + column, (beacons, anchors)

    newest_s, quietest, loudest = np.full(beacons, -np.inf), np.full(beacons, np.inf), np.full(beacons, -np.inf)
    oldest_s = np.full(beacons, np.inf)
    np.maximum.at(newest_s, beacon, heard_s)
    np.minimum.at(oldest_s, beacon, heard_s)
    np.minimum.at(quietest, beacon, rssi)
    np.maximum.at(loudest, beacon, rssi)
    recent = np.flatnonzero(heard_s > at_s - LOUD_WITHIN_S)
    loudest_dbm = np.full(beacons * anchors, -np.inf)
    np.maximum.at(loudest_dbm, cell[recent], rssi[recent])

    means = _Means(cell, heard_s - at_s, np.exp(rssi * (np.log(10) / 10)), shape)
    slow = means.over(STILL_TAU_S)
    stir = _stir(means.over(COMPARED_TAU_S), slow)
    stir[oldest_s > at_s - TELLS_MOTION_AFTER_S] = np.nan
    fast = means.over(MOVING_TAU_S)
    moves = (stir > MOVING_ABOVE)[:, None]
    mean_dbm, packets = (np.where(moves, of_fast, of_slow) for of_fast, of_slow in zip(fast, slow, strict=True))
    return RssiWindow(mean_dbm, packets, stir, newest_s, loudest_dbm.reshape(shape), quietest == loudest, has_invalid)


@dataclass(frozen=True, slots=True, eq=False)
class _Means:
    """Sightings ready to be averaged: which cell of (B, A) each falls in, its age (negative, s) and its power (mW)."""

    cell: NDArray[np.int64]
    age_s: Floats
    milliwatts: Floats
    shape: tuple[int, int]

    def over(self, tau_s: float) -> tuple[Floats, Floats]:
        """Mean in dBm and effective number of sightings, shape (B, A) each, 0 where there are none."""
        cells = self.shape[0] * self.shape[1]
        weight = self.age_s * (1 / tau_s)
        np.exp(weight, out=weight)
        total = np.bincount(self.cell, weight, cells)
        milliwatts = np.bincount(self.cell, weight * self.milliwatts, cells)
        weight *= weight
        squares = np.bincount(self.cell, weight, cells)
        heard = np.flatnonzero(total > 0)
        mean_dbm, packets = np.zeros(cells), np.zeros(cells)
        mean_dbm[heard] = np.log(milliwatts[heard] / total[heard]) * (10 / np.log(10))
        packets[heard] = total[heard] ** 2 / squares[heard]
        return mean_dbm.reshape(self.shape), packets.reshape(self.shape)


def _stir(recent: tuple[Floats, Floats], slow: tuple[Floats, Floats]) -> Floats:
    """Mean over the anchors of the squared difference of both means, in its own variance where nothing moves, shape (B,)."""
    both = (recent[1] > 0) & (slow[1] > 0)
    # The recent past is part of the longer one, so the variance of the difference is that of the part less that of the whole.
    variance = PACKET_SD_DB**2 * np.maximum(1 / np.maximum(recent[1], 0.1) - 1 / np.maximum(slow[1], 0.1), 0.05)
    squares = np.where(both, (recent[0] - slow[0]) ** 2 / variance, 0.0).sum(axis=1)
    anchors = both.sum(axis=1)
    return np.where(anchors > 0, squares / np.maximum(anchors, 1), np.nan)


@dataclass(frozen=True, slots=True, eq=False)
class Ranges:
    """Ranges of ``B`` beacons to ``A`` anchors by the log-distance model, with spread.

    Attributes
    ----------
    range_m, range_sd_m : ndarray, shape (B, A)
        NaN where nothing was heard.
    """

    range_m: Floats
    range_sd_m: Floats


def estimate_ranges(
    window: RssiWindow, measured_power_dbm: ArrayLike, path_loss_exponent: float, shadowing_sd_db: float
) -> Ranges:
    """Turn strengths into ranges.

    Parameters
    ----------
    window : RssiWindow
    measured_power_dbm : float or ndarray, shape (A,)
        RSSI at 1 m, per anchor where their offsets are known.
    path_loss_exponent : float
    shadowing_sd_db : float

    Returns
    -------
    Ranges
    """
    range_m = log_distance_range_m(window.rssi_dbm, measured_power_dbm, path_loss_exponent)
    range_m = np.where(window.heard, range_m, np.nan)
    return Ranges(range_m, range_sd_m(range_m, shadowing_sd_db, path_loss_exponent))
