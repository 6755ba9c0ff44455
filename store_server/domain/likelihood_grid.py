"""The likelihood of what was heard, at every place a beacon can be, for many beacons at once.

The log-likelihood of a Gaussian in dB is a sum over anchors of products of something about the beacon (strength, weight) and
something about the place (expected strength, spread). So all beacons against all places is one matrix product, which is
what makes a thousand beacons cost tens of milliseconds. A large floor is cropped to a tile around the anchors that hear a
beacon best.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from store_server.domain.drifting import Residuals
from store_server.domain.fixes import Floats

Singles = NDArray[np.float32]

CENTRE_DBM = -70.0
"""Strengths are taken relative to this, so that single precision keeps a thousandth of a decibel after squaring."""

FARTHEST_ANCHOR_CROPS = 1.5
"""Anchors farther than this many crop radii from a tile's centre tell nothing there that nearer ones do not tell better."""

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


@dataclass(frozen=True, slots=True, eq=False)
class _Tile:
    """The places near one anchor and the anchors that matter there, ready for the matrix products."""

    centre_m: Floats
    anchors: NDArray[np.int64]
    features: Singles  # (7 * anchors, places), see _FEATURES
    moments: Singles  # (places, 6): 1, x, y, x^2, x y, y^2 about the centre
    expected: Singles  # (places, 4 * anchors): expected strength, its square, spread^2, slope with the exponent

    def feature(self, number: int) -> Singles:
        count = len(self.anchors)
        return self.features[number * count : (number + 1) * count]


PRECISION, LOG_SPREAD, STRENGTH, STRENGTH_2, SLOPE, SLOPE_2, SLOPE_STRENGTH = range(7)
"""What ``_Tile.features`` holds, each but the second times the precision."""


class LikelihoodGrid:
    """Places, what each anchor is expected to hear of a beacon there, and how far off that may be.

    Parameters
    ----------
    xy_m : ndarray, shape (C, 2)
        The places.
    expected_dbm, spread_db : ndarray, shape (C, A)
    slope_db : ndarray, shape (C, A)
        By how much ``expected_dbm`` grows with the path-loss exponent.
    anchor_xy_m : ndarray, shape (A, 2)
    crop_m : float
        Places farther than this from the tile's anchor are not looked at.
    """

    def __init__(
        self,
        xy_m: Floats,
        expected_dbm: Floats,
        spread_db: Floats,
        slope_db: Floats,
        anchor_xy_m: Floats,
        crop_m: float,
    ) -> None:
        self.mean_variance_db2 = np.asarray((spread_db**2).mean(axis=0))
        self._tiles = [
            _tile(xy_m, expected_dbm, spread_db, slope_db, anchor_xy_m, anchor, crop_m)
            for anchor in range(len(anchor_xy_m))
        ]

    def locate(self, heard: Heard, tile_of: NDArray[np.int64], with_exponent: bool) -> Posterior:
        """Posterior mean and covariance of each beacon.

        Parameters
        ----------
        heard : Heard
        tile_of : ndarray of int, shape (B,)
            The anchor about which each beacon is searched for.
        with_exponent : bool
            Whether any path-loss exponent differs from the calibration's or is unsure; costs twice the time.

        Returns
        -------
        Posterior
        """
        beacons, anchors = heard.rssi_dbm.shape
        xy, covariance, misfit = np.empty((beacons, 2)), np.empty((beacons, 2, 2)), np.empty(beacons)
        other_xy, other_probability = np.full((beacons, 2), np.nan), np.zeros(beacons)
        residual = Residuals(*(np.full((beacons, anchors), fill) for fill in (0.0, np.inf, 0.0)))
        for anchor in np.unique(tile_of):
            rows = np.flatnonzero(tile_of == anchor)
            tile = self._tiles[anchor]
            here = heard.at(rows, tile.anchors)
            log_likelihood, squares = _log_likelihood(tile, here, with_exponent)
            likeliest = log_likelihood.argmax(axis=1)
            mass = log_likelihood - np.take_along_axis(log_likelihood, likeliest[:, None], axis=1)
            np.exp(mass, out=mass)
            moments = (mass @ tile.moments).astype(np.float64)
            total = moments[:, :1]
            moments = moments[:, 1:] / total
            mean = moments[:, :2]
            xy[rows] = mean + tile.centre_m
            covariance[rows, 0, 0] = moments[:, 2] - mean[:, 0] ** 2
            covariance[rows, 1, 1] = moments[:, 4] - mean[:, 1] ** 2
            covariance[rows, 0, 1] = covariance[rows, 1, 0] = moments[:, 3] - mean[:, 0] * mean[:, 1]
            misfit[rows] = squares
            _fill_residuals(residual, rows, tile, here, mass, total)
            wide = np.flatnonzero(covariance[rows, 0, 0] + covariance[rows, 1, 1] > (APART_M / 2) ** 2)
            other_xy[rows[wide]], other_probability[rows[wide]] = _other_places(tile, mass[wide], likeliest[wide])
        return Posterior(xy, covariance, misfit, other_xy, other_probability, residual)


def _tile(
    xy: Floats,
    expected: Floats,
    spread: Floats,
    slope: Floats,
    anchor_xy: Floats,
    anchor: int,
    crop_m: float,
) -> _Tile:
    centre = anchor_xy[anchor]
    away_m = np.hypot(*(xy - centre).T)
    places = np.flatnonzero(away_m <= max(crop_m, float(away_m.min())))
    anchors = np.flatnonzero(np.hypot(*(anchor_xy - centre).T) <= FARTHEST_ANCHOR_CROPS * crop_m)
    cells = np.ix_(places, anchors)
    m, s, g = expected[cells].T - CENTRE_DBM, spread[cells].T, slope[cells].T
    p = s**-2
    x, y = (xy[places] - centre).T
    return _Tile(
        centre,
        anchors,
        np.concatenate([p, np.log(s), p * m, p * m * m, p * g, p * g * g, p * g * m]).astype(np.float32),
        np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=1).astype(np.float32),
        np.concatenate([m, m * m, s * s, g]).T.astype(np.float32),
    )


def _log_likelihood(tile: _Tile, heard: Heard, with_exponent: bool) -> tuple[Singles, Floats]:
    """Log-likelihood, shape (B, places), and the mean squared deviation at its highest place, shape (B,)."""
    is_heard = (heard.weight > 0).astype(np.float32)
    w = heard.weight.astype(np.float32)
    r = ((heard.rssi_dbm - CENTRE_DBM) * is_heard).astype(np.float32)
    power_variance = heard.power_variance_db2.astype(np.float32)[:, None]
    precision = w @ tile.feature(PRECISION)
    log_spread = is_heard @ tile.feature(LOG_SPREAD)
    shift = (w * r) @ tile.feature(PRECISION) - w @ tile.feature(STRENGTH)
    squares = np.concatenate([w * r * r, -2 * w * r, w], axis=1) @ np.concatenate(
        [tile.feature(PRECISION), tile.feature(STRENGTH), tile.feature(STRENGTH_2)]
    )
    if with_exponent:
        e = heard.exponent.astype(np.float32)[:, None]
        variance = np.maximum(heard.exponent_variance, 1e-6).astype(np.float32)[:, None]
        slope = w @ tile.feature(SLOPE)
        slope_2 = w @ tile.feature(SLOPE_2)
        slope_shift = (w * r) @ tile.feature(SLOPE) - w @ tile.feature(SLOPE_STRENGTH)
        squares = squares - 2 * e * slope_shift + e * e * slope_2
        shift = shift - e * slope
        slope_shift = slope_shift - e * slope_2
        # Power and exponent are both linear in decibels: a Gaussian over the two, integrated in closed form.
        a, b, c = precision + 1 / power_variance, slope, slope_2 + 1 / variance
        determinant = a * c - b * b
        squares = (
            squares - (c * shift * shift - 2 * b * shift * slope_shift + a * slope_shift * slope_shift) / determinant
        )
        log_spread = log_spread + 0.5 * np.log(determinant * power_variance * variance)
    else:
        # A common offset of N(0, variance) added to all of one beacon's strengths, integrated in closed form.
        total = precision + 1 / power_variance
        squares = squares - shift * shift / total
        log_spread = log_spread + 0.5 * np.log(total * power_variance)
    log_likelihood = -0.5 * squares - log_spread
    at_best = np.take_along_axis(squares, log_likelihood.argmax(axis=1)[:, None], axis=1)[:, 0]
    return log_likelihood, at_best.astype(np.float64) / np.maximum(is_heard.sum(axis=1), 1)


def _fill_residuals(
    residuals: Residuals, rows: NDArray[np.int64], tile: _Tile, heard: Heard, mass: Singles, total: Floats
) -> None:
    mean, square, variance, slope = np.split((mass @ tile.expected).astype(np.float64) / total, 4, axis=1)
    is_heard = heard.weight > 0
    off = heard.rssi_dbm - CENTRE_DBM - mean - heard.exponent[:, None] * slope
    cells = np.ix_(rows, tile.anchors)
    residuals.mean_db[cells] = np.where(is_heard, off, 0.0)
    noise = variance / np.maximum(heard.weight, 1e-3) + np.maximum(square - mean * mean, 0.0)
    residuals.variance_db2[cells] = np.where(is_heard, noise, np.inf)
    residuals.exponent_slope_db[cells] = slope


def _other_places(tile: _Tile, mass: Singles, likeliest: NDArray[np.int64]) -> tuple[Floats, Floats]:
    x, y = tile.moments[:, 1], tile.moments[:, 2]

    def is_near(place: NDArray[np.int64]) -> NDArray[np.bool_]:
        near = (x[None] - x[place][:, None]) ** 2 + (y[None] - y[place][:, None]) ** 2 <= APART_M**2
        return np.asarray(near)

    near_first = is_near(likeliest)
    second = np.where(near_first, 0, mass).argmax(axis=1)
    first_mass = (mass * near_first).sum(axis=1).astype(np.float64)
    second_mass = (mass * is_near(second)).sum(axis=1).astype(np.float64)
    probability = second_mass / np.maximum(first_mass + second_mass, 1e-30)
    is_peak = np.hypot(x[second] - x[likeliest], y[second] - y[likeliest]) > APART_M + PEAK_CLEAR_M
    told = (probability >= TOLD_PROBABILITY) & is_peak
    xy = np.stack([x[second], y[second]], axis=1).astype(np.float64) + tile.centre_m
    return np.where(told[:, None], xy, np.nan), np.where(told, probability, 0.0)
