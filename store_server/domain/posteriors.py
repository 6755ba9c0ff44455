"""What the likelihood grid is asked and what it answers: strengths of beacons, and where those put them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from store_server.domain.drifting import Residuals
from store_server.domain.fixes import Floats

Singles = NDArray[np.float32]

APART_M = 3.0
"""Places nearer to the likeliest one than this are the same place for a shopper: the next aisle begins there."""

PEAK_CLEAR_M = 0.5
"""A second peak lies beyond ``APART_M`` by at least this, one cell; nearer it is the slope of the first."""

TOLD_PROBABILITY = 0.25
"""A second place less likely than this is not worth a word."""


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """What ``B`` beacons sounded like at ``A`` anchors, and what is believed of their visits.

    Attributes
    ----------
    rssi_dbm : ndarray, shape (B, A)
        Offsets and the beacon's power taken off.
    weight : ndarray, shape (B, A)
        0 where not heard, up to 1 where heard often: how much of the precision applies.
    power_variance_db2 : ndarray, shape (B,)
        Of the beacon's power about the calibration's, integrated out.
    exponent, exponent_variance : ndarray, shape (B,)
        What is added to the path-loss exponent; its variance is integrated out too.
    """

    rssi_dbm: Floats
    weight: Floats
    power_variance_db2: Floats
    exponent: Floats
    exponent_variance: Floats

    def at(self, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> Heard:
        """Some beacons at some anchors."""
        cells = np.ix_(rows, columns)
        return Heard(
            self.rssi_dbm[cells],
            self.weight[cells],
            self.power_variance_db2[rows],
            self.exponent[rows],
            self.exponent_variance[rows],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """Where ``B`` beacons are, given what was heard.

    Attributes
    ----------
    xy_m : ndarray, shape (B, 2)
    covariance_m2 : ndarray, shape (B, 2, 2)
    misfit : ndarray, shape (B,)
        Squared deviation, in spreads, per anchor at the likeliest place: about 1 where the model holds.
    other_xy_m : ndarray, shape (B, 2)
        The likeliest place more than ``APART_M`` from the likeliest one; NaN where there is none worth a word.
    other_probability : ndarray, shape (B,)
        Of being near that one rather than near the likeliest; 0 where there is none.
    residuals : Residuals
        At ``A`` anchors.
    """

    xy_m: Floats
    covariance_m2: Floats
    misfit: Floats
    other_xy_m: Floats
    other_probability: Floats
    residuals: Residuals


def other_places(x: Singles, y: Singles, mass: Singles, likeliest: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """The second places worth a word, shape (B, 2), NaN where there are none, and their probability, shape (B,).

    Parameters
    ----------
    x, y : ndarray, shape (places,)
    mass : ndarray, shape (B, places)
        In proportion to each place's probability.
    likeliest : ndarray of int, shape (B,)
        The place of the greatest mass.
    """
    along, across = np.empty_like(mass), np.empty_like(mass)

    def is_near(place: NDArray[np.int64]) -> NDArray[np.bool_]:
        np.subtract(x, x[place][:, None], out=along)
        np.subtract(y, y[place][:, None], out=across)
        np.multiply(along, along, out=along)
        np.multiply(across, across, out=across)
        return np.asarray(np.add(along, across, out=along) <= APART_M**2)

    near_first = is_near(likeliest)
    second = np.multiply(mass, ~near_first, out=across).argmax(axis=1)
    first_mass = np.multiply(mass, near_first, out=across).sum(axis=1).astype(np.float64)
    near_second = is_near(second)
    second_mass = np.multiply(mass, near_second, out=across).sum(axis=1).astype(np.float64)
    probability = second_mass / np.maximum(first_mass + second_mass, 1e-30)
    is_peak = np.hypot(x[second] - x[likeliest], y[second] - y[likeliest]) > APART_M + PEAK_CLEAR_M
    told = (probability >= TOLD_PROBABILITY) & is_peak
    xy = np.stack([x[second], y[second]], axis=1).astype(np.float64)
    return np.where(told[:, None], xy, np.nan), np.where(told, probability, 0.0)
