"""The likelihood of what was heard, at every place a beacon can be, for many beacons at once.

The log-likelihood of a Gaussian in dB is a sum over anchors of products of something about the beacon (strength, weight) and
something about the place (expected strength, spread). So all beacons against all places is one matrix product, which is
what makes a thousand beacons cost tens of milliseconds. A large floor is cropped to a tile around the anchors that hear a
beacon best.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from store_server.domain.drifting import Residuals
from store_server.domain.fixes import Floats
from store_server.domain.posteriors import APART_M, Heard, Posterior, Singles, other_places

__all__ = ["Heard", "LikelihoodGrid", "Posterior"]

CENTRE_DBM = -70.0
"""Strengths are taken relative to this, so that single precision keeps a thousandth of a decibel after squaring."""

FARTHEST_ANCHOR_CROPS = 1.5
"""Anchors farther than this many crop radii from a tile's centre tell nothing there that nearer ones do not tell better."""

LOG_SPREAD, STRENGTH_2, PRECISION, STRENGTH, SLOPE, SLOPE_2, SLOPE_STRENGTH = range(7)
"""What ``_Tile.features`` holds, each but the first times the precision; ordered so that each product takes neighbours."""

MOMENTS = 6
"""Columns of ``_Tile.averaged`` that tell where a beacon is."""

AT_ONCE = 1 << 18
"""Beacons times places that are computed together: a megabyte an array, so that a few of them stay in a processor's cache."""


@dataclass(frozen=True, slots=True, eq=False)
class _Tile:
    """The places near one anchor and the anchors that matter there, ready for the matrix products.

    Attributes
    ----------
    centre_m : ndarray, shape (2,)
    anchors : ndarray of int, shape (a,)
        Columns of the floor's anchors.
    features : ndarray, shape (7 * a, places)
        Of each kind one row an anchor, see ``LOG_SPREAD`` and the others.
    x_m, y_m : ndarray, shape (places,)
        About the centre.
    averaged : ndarray, shape (places, MOMENTS + 4 * a)
        1, x, y, x^2, x y, y^2 about the centre; then for each anchor the strength expected about ``CENTRE_DBM``, its square,
        the spread's square, the slope with the exponent.
    """

    centre_m: Floats
    anchors: NDArray[np.int64]
    features: Singles
    x_m: Singles
    y_m: Singles
    averaged: Singles

    @property
    def places(self) -> int:
        """How many places it has."""
        return len(self.averaged)

    @property
    def expected(self) -> Singles:
        """The columns of ``averaged`` after the moments."""
        return self.averaged[:, MOMENTS:]

    @property
    def at_once(self) -> int:
        """How many beacons are computed together."""
        return max(1, AT_ONCE // self.places)

    def between(self, first: int, last: int) -> Singles:
        """Features from one kind to another, that one too, shape (kinds * anchors, places)."""
        return self.features[first * len(self.anchors) : (last + 1) * len(self.anchors)]


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
        for tile, rows in self._together(tile_of):
            here = heard.at(rows, tile.anchors)
            mass, misfit[rows] = _log_likelihood(tile, here, with_exponent)
            likeliest = mass.argmax(axis=1)
            mass -= np.take_along_axis(mass, likeliest[:, None], axis=1)
            np.exp(mass, out=mass)
            averages = (mass @ tile.averaged).astype(np.float64)
            total = averages[:, :1]
            averages = averages[:, 1:] / total
            mean = averages[:, :2]
            xy[rows] = mean + tile.centre_m
            covariance[rows, 0, 0] = averages[:, 2] - mean[:, 0] ** 2
            covariance[rows, 1, 1] = averages[:, 4] - mean[:, 1] ** 2
            covariance[rows, 0, 1] = covariance[rows, 1, 0] = averages[:, 3] - mean[:, 0] * mean[:, 1]
            _fill_residuals(residual, rows, tile, here, averages[:, MOMENTS - 1 :])
            wide = np.flatnonzero(covariance[rows, 0, 0] + covariance[rows, 1, 1] > (APART_M / 2) ** 2)
            second_xy, other_probability[rows[wide]] = other_places(tile.x_m, tile.y_m, mass[wide], likeliest[wide])
            other_xy[rows[wide]] = second_xy + tile.centre_m
        return Posterior(xy, covariance, misfit, other_xy, other_probability, residual)

    def _together(self, tile_of: NDArray[np.int64]) -> Iterator[tuple[_Tile, NDArray[np.int64]]]:
        """Beacons of one tile, as many as are computed together."""
        for anchor in np.unique(tile_of):
            tile, rows = self._tiles[anchor], np.flatnonzero(tile_of == anchor)
            for first in range(0, len(rows), tile.at_once):
                yield tile, rows[first : first + tile.at_once]


def _fill_residuals(residuals: Residuals, rows: NDArray[np.int64], tile: _Tile, heard: Heard, averages: Floats) -> None:
    mean, square, variance, slope = np.split(averages, 4, axis=1)
    is_heard = heard.weight > 0
    off = heard.rssi_dbm - CENTRE_DBM - mean - heard.exponent[:, None] * slope
    cells = np.ix_(rows, tile.anchors)
    residuals.mean_db[cells] = np.where(is_heard, off, 0.0)
    noise = variance / np.maximum(heard.weight, 1e-3) + np.maximum(square - mean * mean, 0.0)
    residuals.variance_db2[cells] = np.where(is_heard, noise, np.inf)
    residuals.exponent_slope_db[cells] = slope


def _tile(
    xy: Floats,
    expected: Floats,
    spread: Floats,
    slope: Floats,
    anchor_xy: Floats,
    anchor: int,
    crop_m: float,
) -> _Tile:
    """The places within ``crop_m`` of one anchor; the arguments are those of ``LikelihoodGrid`` and that anchor's number."""
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
        np.concatenate([np.log(s), p * m * m, p, p * m, p * g, p * g * g, p * g * m]).astype(np.float32),
        x.astype(np.float32),
        y.astype(np.float32),
        np.concatenate([[np.ones_like(x), x, y, x * x, x * y, y * y], m, m * m, s * s, g]).T.astype(
            np.float32, order="C"
        ),
    )


def _log_likelihood(tile: _Tile, heard: Heard, with_exponent: bool) -> tuple[Singles, Floats]:
    """Log-likelihood but for a constant of each beacon, shape (B, places), and the misfit at its highest place, shape (B,)."""
    likelihood, shift, total = (np.empty((len(heard.weight), tile.places), dtype=np.float32) for _ in range(3))
    w, is_heard = heard.weight, (heard.weight > 0).astype(np.float64)
    wr = w * (heard.rssi_dbm - CENTRE_DBM)
    wrr = wr * (heard.rssi_dbm - CENTRE_DBM)
    ew = heard.exponent[:, None] * w
    half = np.sqrt(0.5)  # of the squares of what is shifted
    _product([w], tile.between(PRECISION, PRECISION), total)
    total += (1 / heard.power_variance_db2).astype(np.float32)[:, None]
    if with_exponent:
        slope_shift, slope, slope_2 = (np.empty_like(likelihood) for _ in range(3))
        e = heard.exponent[:, None]
        of_exponent = [e * wr, -0.5 * e * ew, -ew]
        _product([-is_heard, -0.5 * w, -0.5 * wrr, wr, *of_exponent], tile.features, likelihood)
        _product([half * wr, -half * w, -half * ew], tile.between(PRECISION, SLOPE), shift)
        _product([half * wr, -half * ew, -half * w], tile.between(SLOPE, SLOPE_STRENGTH), slope_shift)
        _product([w], tile.between(SLOPE, SLOPE), slope)
        _product([w], tile.between(SLOPE_2, SLOPE_2), slope_2)
        slope_2 += (1 / np.maximum(heard.exponent_variance, 1e-6)).astype(np.float32)[:, None]
        # Power and exponent are both linear in decibels: a Gaussian over the two, integrated in closed form.
        by_power = shift / total
        slope_shift -= np.multiply(slope, by_power)
        shift *= by_power
        slope_shift *= slope_shift
        slope_shift *= total
        total *= slope_2
        slope *= slope
        total -= slope  # now the determinant
        slope_shift /= total
        shift += slope_shift
    else:
        # A common offset of N(0, variance) added to all of one beacon's strengths, integrated in closed form.
        _product([-is_heard, -0.5 * w, -0.5 * wrr, wr], tile.between(LOG_SPREAD, STRENGTH), likelihood)
        _product([half * wr, -half * w], tile.between(PRECISION, STRENGTH), shift)
        shift *= shift
        shift /= total
    likelihood += shift
    np.log(total, out=total)
    total *= 0.5
    likelihood -= total
    return likelihood, _misfit(tile, heard, likelihood.argmax(axis=1), with_exponent)


def _product(weights: list[Floats], features: Singles, out: Singles) -> None:
    np.matmul(np.concatenate(weights, axis=1).astype(np.float32), features, out=out)


def _misfit(tile: _Tile, heard: Heard, likeliest: NDArray[np.int64], with_exponent: bool) -> Floats:
    """The mean squared deviation at the likeliest place, with the power and exponent that fit best there, shape (B,)."""
    kinds = tile.features.reshape(-1, len(tile.anchors), tile.places)[:, :, likeliest].astype(np.float64)
    precision, strength, slope = kinds[PRECISION].T, kinds[STRENGTH].T, kinds[SLOPE].T / kinds[PRECISION].T
    weight = heard.weight * precision
    off = heard.rssi_dbm - CENTRE_DBM - strength / precision
    if with_exponent:
        off -= heard.exponent[:, None] * slope
    shift, total = (weight * off).sum(axis=1), weight.sum(axis=1) + 1 / heard.power_variance_db2
    squares = (weight * off * off).sum(axis=1) - shift * shift / total
    if with_exponent:
        both = (weight * slope).sum(axis=1)
        slope_2 = (weight * slope * slope).sum(axis=1) + 1 / np.maximum(heard.exponent_variance, 1e-6)
        squares -= ((weight * slope * off).sum(axis=1) - both * shift / total) ** 2 / (slope_2 - both * both / total)
    return np.asarray(squares / np.maximum((heard.weight > 0).sum(axis=1), 1))
