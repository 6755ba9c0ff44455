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

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

CENTRE_DBM = -70.0
"""Strengths are taken relative to this, so that single precision keeps a thousandth of a decibel after squaring."""


FARTHEST_ANCHOR_CROPS = 1.5
"""Anchors farther than this many crop radii from a tile's centre tell nothing there that nearer ones do not tell better."""


@dataclass(frozen=True, slots=True, eq=False)
class _Tile:
    """The places near one anchor and the anchors that matter there, ready for the matrix products."""

    centre_m: Floats
    anchors: NDArray[np.int64]
    features: Singles  # (4 * anchors, places): precision, precision * expected, precision * expected^2, log spread
    moments: Singles  # (places, 6): 1, x, y, x^2, x y, y^2 about the centre
    log_prior: Singles  # (places,)


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """Where ``B`` beacons are, given what was heard.

    Attributes
    ----------
    xy_m : ndarray, shape (B, 2)
    covariance_m2 : ndarray, shape (B, 2, 2)
    misfit : ndarray, shape (B,)
        Squared deviation, in spreads, per anchor at the likeliest place: about 1 where the model holds.
    """

    xy_m: Floats
    covariance_m2: Floats
    misfit: Floats


class LikelihoodGrid:
    """Places, what each anchor is expected to hear of a beacon there, and how far off that may be.

    Parameters
    ----------
    xy_m : ndarray, shape (C, 2)
        The places.
    expected_dbm, spread_db : ndarray, shape (C, A)
    anchor_xy_m : ndarray, shape (A, 2)
    crop_m : float
        Places farther than this from the tile's anchor are not looked at.
    log_prior : ndarray, shape (C,)
    """

    def __init__(
        self,
        xy_m: Floats,
        expected_dbm: Floats,
        spread_db: Floats,
        anchor_xy_m: Floats,
        crop_m: float,
        log_prior: Floats,
    ) -> None:
        self._tiles = [
            _tile(xy_m, expected_dbm, spread_db, anchor_xy_m, anchor, crop_m, log_prior)
            for anchor in range(len(anchor_xy_m))
        ]

    def locate(self, rssi_dbm: Floats, weight: Floats, tile_of: NDArray[np.int64], power_sd_db: float) -> Posterior:
        """Posterior mean and covariance of each beacon.

        Parameters
        ----------
        rssi_dbm : ndarray, shape (B, A)
        weight : ndarray, shape (B, A)
            0 where not heard, up to 1 where heard often: how much of the precision applies.
        tile_of : ndarray of int, shape (B,)
            The anchor about which each beacon is searched for.
        power_sd_db : float
            Spread of the beacon's power about the calibration's, integrated out.

        Returns
        -------
        Posterior
        """
        beacons = len(rssi_dbm)
        xy, covariance, misfit = np.empty((beacons, 2)), np.empty((beacons, 2, 2)), np.empty(beacons)
        for anchor in np.unique(tile_of):
            rows = np.flatnonzero(tile_of == anchor)
            tile = self._tiles[anchor]
            columns = tile.anchors
            log_likelihood, squares = _log_likelihood(
                tile, rssi_dbm[np.ix_(rows, columns)], weight[np.ix_(rows, columns)], power_sd_db
            )
            best = log_likelihood.max(axis=1, keepdims=True)
            mass = np.exp(log_likelihood - best)
            moments = (mass @ tile.moments).astype(np.float64)
            moments = moments[:, 1:] / moments[:, :1]
            mean = moments[:, :2]
            xy[rows] = mean + tile.centre_m
            covariance[rows, 0, 0] = moments[:, 2] - mean[:, 0] ** 2
            covariance[rows, 1, 1] = moments[:, 4] - mean[:, 1] ** 2
            covariance[rows, 0, 1] = covariance[rows, 1, 0] = moments[:, 3] - mean[:, 0] * mean[:, 1]
            misfit[rows] = squares
        return Posterior(xy, covariance, misfit)


def _tile(
    xy: Floats,
    expected: Floats,
    spread: Floats,
    anchor_xy: Floats,
    anchor: int,
    crop_m: float,
    log_prior: Floats,
) -> _Tile:
    centre = anchor_xy[anchor]
    away_m = np.hypot(*(xy - centre).T)
    places = np.flatnonzero(away_m <= max(crop_m, float(away_m.min())))
    anchors = np.flatnonzero(np.hypot(*(anchor_xy - centre).T) <= FARTHEST_ANCHOR_CROPS * crop_m)
    m = expected[np.ix_(places, anchors)].T - CENTRE_DBM
    s = spread[np.ix_(places, anchors)].T
    precision = s**-2
    x, y = (xy[places] - centre).T
    return _Tile(
        centre,
        anchors,
        np.concatenate([precision, precision * m, precision * m * m, np.log(s)]).astype(np.float32),
        np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=1).astype(np.float32),
        log_prior[places].astype(np.float32),
    )


def _log_likelihood(tile: _Tile, rssi_dbm: Floats, weight: Floats, power_sd_db: float) -> tuple[Singles, Floats]:
    """Log-likelihood, shape (B, places), and the mean squared deviation at its highest place, shape (B,)."""
    heard = (weight > 0).astype(np.float32)
    w = weight.astype(np.float32)
    r = ((rssi_dbm - CENTRE_DBM) * heard).astype(np.float32)
    count = len(tile.anchors)
    precision, mean = tile.features[:count], tile.features[count : 2 * count]
    squares = np.concatenate([w * r * r, -2 * w * r, w], axis=1) @ tile.features[: 3 * count]
    log_spread = heard @ tile.features[3 * count :]
    if power_sd_db > 0:
        # A common offset of N(0, power_sd^2) added to all of one beacon's strengths, integrated in closed form.
        total = w @ precision + power_sd_db**-2
        shift = (w * r) @ precision - w @ mean
        squares = squares - shift * shift / total
        log_spread = log_spread + 0.5 * np.log(total * power_sd_db**2)
    log_likelihood = tile.log_prior - 0.5 * squares - log_spread
    at_best = np.take_along_axis(squares, log_likelihood.argmax(axis=1)[:, None], axis=1)[:, 0]
    return log_likelihood, at_best.astype(np.float64) / np.maximum(heard.sum(axis=1), 1)
