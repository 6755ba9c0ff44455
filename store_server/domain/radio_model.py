"""What a radio would hear in a store that is only drawn: the documented model behind every simulated shopper.

strength = measured power - log-distance path loss - walls and fixtures in the way + shadowing + fading, and a packet that
arrives too weak is lost. Everything that only depends on place is worked out once for each anchor on a grid of cells, so that
hearing 120 beacons at 12 anchors is one table look-up. Seeded: the same plan, parameters and seed give the same store.

Not modelled: the bearer's own body, which way the tag hangs, other people, channels that differ, Wi-Fi, radios that stall.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import map_coordinates
from shapely.geometry.base import BaseGeometry

from store_server.domain.radio_obstacles import Obstacle, obstacle_loss_db, obstacles_of
from store_server.domain.radio_parameters import RadioParameters

__all__ = ["Obstacle", "RadioModel", "RadioParameters", "obstacles_of"]

Floats = NDArray[np.float64]

NEAREST_M = 0.3
"""The log-distance model has a pole at 0 m; nobody's beacon comes nearer to a node on a ceiling or a shelf."""
STRONGEST_DBM, WEAKEST_DBM = -20.0, -127.0
"""What the demo's radios report at most, and what any can report at least."""
MAX_CELLS = 4_000_000
"""Cells of all anchors together (16 MB): a plan that needs more is drawn in the wrong unit."""


@dataclass(frozen=True, slots=True, eq=False)
class RadioModel:
    """One store, prepared. Made by ``prepare``; ``hear`` is called for each advertisement.

    Attributes
    ----------
    node_keys : tuple of str, length A
    parameters : RadioParameters
    """

    node_keys: tuple[str, ...]
    parameters: RadioParameters
    _anchors_m: Floats
    """Shape (A, 3)."""
    _excess_db: NDArray[np.float32]
    """Shape (A, rows, columns): what each cell adds to the log-distance line."""
    _origin_m: Floats
    _cell_m: float

    @classmethod
    def prepare(
        cls,
        outline: BaseGeometry,
        obstacles: Sequence[Obstacle],
        anchors: Sequence[tuple[str, float, float, float | None]],
        parameters: RadioParameters | None = None,
        seed: int = 0,
        cell_m: float = 0.25,
        obstacle_cell_m: float = 1.0,
    ) -> RadioModel:
        """Work out everything that depends only on place.

        Parameters
        ----------
        outline : polygon
            Only its bounds count: positions outside are heard like the nearest cell inside.
        obstacles : sequence of Obstacle
        anchors : sequence of (node_key, x_m, y_m, z_m or None), length A
            As ``Floorplan.anchors`` has them.
        parameters : RadioParameters, optional
        seed : int
            Shadowing and receiver offsets; a node's depend on the seed and its key alone, so moving another changes nothing here.
        cell_m, obstacle_cell_m : float
            Cells of the shadowing, and those at which losses are worked out exactly (between them, linearly).

        Raises
        ------
        ValueError
            Where the outline is empty, or larger than ``MAX_CELLS`` allow.
        """
        parameters = parameters or RadioParameters()
        if outline.is_empty:
            raise ValueError("the outline is empty: draw the level first")
        min_x, min_y, max_x, max_y = outline.bounds
        rows, columns = int(np.ceil((max_y - min_y) / cell_m)) + 1, int(np.ceil((max_x - min_x) / cell_m)) + 1
        if rows * columns * max(1, len(anchors)) > MAX_CELLS:
            raise ValueError("the outline is too large for the radio model: check that its coordinates are metres")
        anchors_m = np.array(
            [(x, y, parameters.node_height_m if z is None else z) for _, x, y, z in anchors], dtype=np.float64
        ).reshape(-1, 3)
        excess_db = np.empty((len(anchors), rows, columns), dtype=np.float32)
        for a, (node_key, *_) in enumerate(anchors):
            rng = np.random.default_rng([seed, zlib.crc32(node_key.encode())])
            excess_db[a] = shadowing_db((rows, columns), cell_m, parameters, rng)
            excess_db[a] += rng.normal(0.0, parameters.receiver_offset_sd_db)
            excess_db[a] -= _loss_grid_db(
                (rows, columns), (min_x, min_y), cell_m, obstacle_cell_m, anchors_m[a], obstacles, parameters
            )
        return cls(tuple(a[0] for a in anchors), parameters, anchors_m, excess_db, np.array([min_x, min_y]), cell_m)

    def mean_rssi_dbm(self, positions_m: ArrayLike) -> Floats:
        """Strength before fading and loss.

        Parameters
        ----------
        positions_m : array_like, shape (B, 2)

        Returns
        -------
        ndarray, shape (B, A)
            NaN rows for positions that are not numbers (nobody there).
        """
        positions = np.asarray(positions_m, dtype=np.float64).reshape(-1, 2)
        is_there = np.asarray(np.isfinite(positions).all(axis=1))
        placed: Floats = np.where(is_there[:, None], positions, 0.0)
        height_m = self._anchors_m[:, 2] - self.parameters.beacon_height_m
        away_m = placed[:, None, :] - self._anchors_m[None, :, :2]
        distance_m = np.maximum(np.sqrt((away_m**2).sum(axis=2) + height_m**2), NEAREST_M)
        cells = np.rint((placed - self._origin_m) / self._cell_m)
        column = np.clip(cells[:, 0], 0, self._excess_db.shape[2] - 1).astype(np.intp)
        row = np.clip(cells[:, 1], 0, self._excess_db.shape[1] - 1).astype(np.intp)
        line_dbm = self.parameters.measured_power_dbm - 10 * self.parameters.path_loss_exponent * np.log10(distance_m)
        rssi_dbm: Floats = line_dbm + self._excess_db[:, row, column].T
        rssi_dbm[~is_there] = np.nan
        return rssi_dbm

    def hear(self, positions_m: ArrayLike, rng: np.random.Generator) -> Floats:
        """One advertisement of each beacon, as each anchor's radio reports it.

        Parameters
        ----------
        positions_m : array_like, shape (B, 2)
        rng : numpy Generator
            Fading and loss are drawn from it; the same state gives the same answer.

        Returns
        -------
        ndarray, shape (B, A)
            Whole dBm; NaN where nothing was heard.
        """
        rssi_dbm = self.mean_rssi_dbm(positions_m)
        rssi_dbm += fading_db(rssi_dbm.shape, self.parameters.fading_k_db, rng)
        is_lost = rng.random(rssi_dbm.shape) >= reception(rssi_dbm, self.parameters)
        heard_dbm: Floats = np.clip(np.rint(rssi_dbm), WEAKEST_DBM, STRONGEST_DBM)
        heard_dbm[is_lost] = np.nan
        return heard_dbm


def reception(rssi_dbm: Floats, parameters: RadioParameters) -> Floats:
    """Probability that a packet of this strength arrives: rising from 0 to ``best_reception`` about the sensitivity."""
    above = np.clip((rssi_dbm - parameters.sensitivity_dbm) / parameters.sensitivity_width_db, -50, 50)
    return np.asarray(parameters.best_reception / (1 + np.exp(-above)))


def fading_db(shape: tuple[int, ...], k_db: float, rng: np.random.Generator) -> Floats:
    """Rician fading of single packets about a mean power of 1, in dB; Rayleigh as K goes to minus infinity."""
    k = 10 ** (k_db / 10)
    scattered = rng.normal(0.0, np.sqrt(0.5 / (k + 1)), (2, *shape))
    power = (np.sqrt(k / (k + 1)) + scattered[0]) ** 2 + scattered[1] ** 2
    return np.asarray(10 * np.log10(np.maximum(power, 1e-4)))  # a fade below 40 dB is below any radio's noise


def shadowing_db(
    shape: tuple[int, int], cell_m: float, parameters: RadioParameters, rng: np.random.Generator
) -> Floats:
    """A Gaussian field over ``shape`` cells whose correlation falls exponentially with distance (Gudmundson 1991).

    Drawn by circulant embedding: white noise coloured on a torus at least twice as long and wider by four correlation lengths, so
    that opposite edges of the store are not made alike.
    """
    margin = int(np.ceil(4 * parameters.shadowing_correlation_m / cell_m))
    size = [2 * n + margin for n in shape]
    offsets = [np.minimum(np.arange(n), n - np.arange(n)) * cell_m for n in size]
    apart_m = np.hypot(offsets[0][:, None], offsets[1][None, :])
    spectrum = np.fft.rfft2(np.exp(-apart_m / parameters.shadowing_correlation_m)).real
    noise = np.fft.rfft2(rng.normal(size=size))
    field = np.fft.irfft2(noise * np.sqrt(np.maximum(spectrum, 0.0)), s=size)
    return np.asarray(parameters.shadowing_sd_db * field[: shape[0], : shape[1]])


def _loss_grid_db(
    shape: tuple[int, int],
    origin_m: tuple[float, float],
    cell_m: float,
    obstacle_cell_m: float,
    anchor_m: Floats,
    obstacles: Sequence[Obstacle],
    parameters: RadioParameters,
) -> Floats:
    """Losses on the fine grid, from exact ones on the coarse grid."""
    coarse = [int(np.ceil((n - 1) * cell_m / obstacle_cell_m)) + 1 for n in shape]
    y, x = np.meshgrid(np.arange(coarse[0]), np.arange(coarse[1]), indexing="ij")
    points = np.column_stack([x.ravel(), y.ravel()]) * obstacle_cell_m + np.array(origin_m)
    exact = obstacle_loss_db(points, anchor_m, obstacles, parameters).reshape(coarse)
    row, column = np.meshgrid(*(np.arange(n) * (cell_m / obstacle_cell_m) for n in shape), indexing="ij")
    return np.asarray(map_coordinates(exact, [row, column], order=1, mode="nearest"))
