"""The grid against the same posterior written plainly: one dense Gaussian at each place, one beacon at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import multivariate_normal

from store_server.domain.likelihood_grid import AT_ONCE, FARTHEST_ANCHOR_CROPS, Heard, LikelihoodGrid, Posterior
from store_server.domain.posteriors import APART_M, PEAK_CLEAR_M, TOLD_PROBABILITY

Floats = NDArray[np.float64]

CROP_M = 4.0
# Anchors and places stand on a raster, so that some lie exactly at the crop's edge.
ANCHOR_XY = np.array([(0.0, 0.0), (6.0, 0.0), (0.0, 3.0), (12.0, 0.0), (3.0, 5.0), (6.0, 6.0)])
CELL_XY = np.stack(np.meshgrid(np.arange(-1, 13.5, 0.5), np.arange(-1, 7.5, 0.5)), axis=-1).reshape(-1, 2)
RANGE_M = np.maximum(np.hypot(*(CELL_XY[:, None] - ANCHOR_XY[None]).transpose(2, 0, 1)), 0.3)
RANDOM = np.random.default_rng(11)
EXPECTED_DBM = -59 - 22 * np.log10(RANGE_M) + RANDOM.normal(0, 2, RANGE_M.shape)
SPREAD_DB = 3 + 0.4 * RANGE_M + RANDOM.uniform(0, 1, RANGE_M.shape)
SLOPE_DB = -10 * np.log10(RANGE_M / 5) + 0.3


def grid() -> LikelihoodGrid:
    return LikelihoodGrid(CELL_XY, EXPECTED_DBM, SPREAD_DB, SLOPE_DB, ANCHOR_XY, CROP_M)


def some_beacons(count: int) -> tuple[Heard, NDArray[np.int64]]:
    """Beacons of any place, heard by some anchors and more or less often, and about which anchor each is looked for."""
    random = np.random.default_rng(4)
    cells = random.integers(0, len(CELL_XY), count)
    weight = random.choice([0.0, 0.5, 0.9, 1.6], (count, len(ANCHOR_XY)))
    tile_of = random.integers(0, len(ANCHOR_XY), count)
    weight[np.arange(count), tile_of] = 0.7
    rssi_dbm = np.where(weight > 0, EXPECTED_DBM[cells] + random.normal(0, 4, weight.shape), 0.0)
    power, exponent = random.uniform(0.5, 30, count), random.normal(0, 0.3, count)
    return Heard(rssi_dbm, weight, power, exponent, random.uniform(0.05, 3.0, count)), tile_of


@dataclass(frozen=True)
class Plain:
    """What is believed of one beacon: its places with their share, and of each the misfit."""

    anchors: NDArray[np.int64]
    xy_m: Floats
    cells: NDArray[np.int64]
    mass: Floats
    misfit: float

    def mean_of(self, of_cells: Floats) -> Floats:
        return np.asarray(self.mass @ of_cells[self.cells])

    def other_place(self) -> tuple[float, float, float] | None:
        first = self.xy_m[self.mass.argmax()]
        near_first = np.hypot(*(self.xy_m - first).T) <= APART_M
        second = self.xy_m[np.where(near_first, 0.0, self.mass).argmax()]
        near_second = np.hypot(*(self.xy_m - second).T) <= APART_M
        ours, theirs = self.mass[near_first].sum(), self.mass[near_second].sum()
        is_apart = np.hypot(*(first - second)) > APART_M + PEAK_CLEAR_M
        told = is_apart and theirs / (ours + theirs) >= TOLD_PROBABILITY
        return (float(second[0]), float(second[1]), float(theirs / (ours + theirs))) if told else None


def plainly(heard: Heard, row: int, tile: int, with_exponent: bool) -> Plain:
    cells = np.flatnonzero(np.hypot(*(CELL_XY - ANCHOR_XY[tile]).T) <= CROP_M)
    anchors = np.flatnonzero(np.hypot(*(ANCHOR_XY - ANCHOR_XY[tile]).T) <= FARTHEST_ANCHOR_CROPS * CROP_M)
    used = anchors[heard.weight[row, anchors] > 0]
    exponent, doubt = (heard.exponent[row], heard.exponent_variance[row]) if with_exponent else (0.0, 0.0)
    log_mass, misfit = np.empty(len(cells)), np.empty(len(cells))
    for number, cell in enumerate(cells):
        slope = SLOPE_DB[cell, used]
        among = np.diag(SPREAD_DB[cell, used] ** 2 / heard.weight[row, used])
        among += heard.power_variance_db2[row] + doubt * np.outer(slope, slope)
        off = heard.rssi_dbm[row, used] - EXPECTED_DBM[cell, used] - exponent * slope
        log_mass[number] = multivariate_normal.logpdf(off, np.zeros(len(used)), among)
        misfit[number] = off @ np.linalg.solve(among, off) / len(used)
    mass = np.exp(log_mass - log_mass.max())
    return Plain(anchors, CELL_XY[cells], cells, mass / mass.sum(), float(misfit[log_mass.argmax()]))


def check_residuals(found: Posterior, heard: Heard, row: int, plain: Plain, with_exponent: bool) -> None:
    residuals, exponent = found.residuals, heard.exponent[row]
    for anchor in range(len(ANCHOR_XY)):
        if anchor not in plain.anchors:
            assert residuals.mean_db[row, anchor] == 0.0
            assert residuals.variance_db2[row, anchor] == np.inf
            assert residuals.exponent_slope_db[row, anchor] == 0.0
            continue
        expected, slope = plain.mean_of(EXPECTED_DBM[:, anchor]), plain.mean_of(SLOPE_DB[:, anchor])
        assert residuals.exponent_slope_db[row, anchor] == pytest.approx(slope, abs=5e-3)
        if heard.weight[row, anchor] == 0:
            assert residuals.mean_db[row, anchor] == 0.0
            assert residuals.variance_db2[row, anchor] == np.inf
            continue
        off = heard.rssi_dbm[row, anchor] - expected - exponent * slope
        assert residuals.mean_db[row, anchor] == pytest.approx(off, abs=2e-2)
        among_places = plain.mean_of((EXPECTED_DBM[:, anchor] - expected) ** 2)
        one_moment = plain.mean_of(SPREAD_DB[:, anchor] ** 2) / heard.weight[row, anchor] + among_places
        assert residuals.variance_db2[row, anchor] == pytest.approx(one_moment, rel=5e-3)


@pytest.mark.parametrize("with_exponent", [False, True])
def test_what_is_believed_of_many_beacons_is_what_is_found_place_by_place(with_exponent: bool) -> None:
    heard, tile_of = some_beacons(30)
    found = grid().locate(heard, tile_of, with_exponent)
    others = 0
    for row, tile in enumerate(tile_of.tolist()):
        plain = plainly(heard, row, tile, with_exponent)
        mean = plain.mean_of(CELL_XY)
        assert found.xy_m[row] == pytest.approx(mean, abs=5e-3)
        away = plain.xy_m - mean
        covariance = (plain.mass[:, None] * away).T @ away
        assert found.covariance_m2[row] == pytest.approx(covariance, abs=1e-2)
        assert found.misfit[row] == pytest.approx(plain.misfit, abs=5e-3)
        check_residuals(found, heard, row, plain, with_exponent)
        other = plain.other_place() if np.trace(covariance) > (APART_M / 2) ** 2 else None
        others += other is not None
        assert found.other_probability[row] == pytest.approx(other[2] if other else 0.0, abs=5e-3)
        assert found.other_xy_m[row] == pytest.approx(other[:2] if other else [np.nan] * 2, nan_ok=True)
    assert 0 < others < len(tile_of)


@pytest.mark.parametrize("with_exponent", [False, True])
def test_strengths_that_contradict_each_other_wildly_still_have_a_likeliest_place(with_exponent: bool) -> None:
    rssi_dbm = np.array([[-20.0, -120.0, -20.0, -120.0, -120.0, -20.0]])
    one = np.ones(1)
    heard = Heard(rssi_dbm, np.full((1, 6), 1.6), 0.5 * one, 0.0 * one, 1e-4 * one)
    plain = plainly(heard, 0, 0, with_exponent)
    found = grid().locate(heard, np.zeros(1, dtype=np.int64), with_exponent)
    assert found.xy_m[0] == pytest.approx(plain.mean_of(CELL_XY), abs=5e-2)
    assert found.misfit[0] == pytest.approx(plain.misfit, rel=1e-3)
    assert found.misfit[0] > 100


def test_where_the_place_is_sure_a_residual_is_as_sure_as_the_radio() -> None:
    precise = LikelihoodGrid(CELL_XY, EXPECTED_DBM, np.full_like(SPREAD_DB, 0.2), SLOPE_DB, ANCHOR_XY, CROP_M)
    cell = int(np.hypot(*(CELL_XY - (1.0, 1.0)).T).argmin())
    one = np.ones(1)
    heard = Heard(EXPECTED_DBM[cell : cell + 1], np.ones((1, 6)), 0.01 * one, 0.0 * one, one)
    found = precise.locate(heard, np.zeros(1, dtype=np.int64), False)
    assert found.xy_m[0] == pytest.approx(CELL_XY[cell], abs=1e-3)
    assert found.residuals.variance_db2[0, :3] == pytest.approx(0.2**2, abs=5e-3)


@pytest.mark.parametrize("with_exponent", [False, True])
def test_a_single_anchor_has_a_misfit_too(with_exponent: bool) -> None:
    alone = Heard(np.full((1, 6), -95.0), np.eye(6)[:1] * 0.8, np.full(1, 4.0), np.full(1, 0.2), np.full(1, 0.05))
    found = grid().locate(alone, np.zeros(1, dtype=np.int64), with_exponent)
    assert found.misfit[0] == pytest.approx(plainly(alone, 0, 0, with_exponent).misfit, rel=1e-3)
    assert found.misfit[0] > 0.3


def test_more_beacons_than_are_computed_at_once_are_all_found() -> None:
    few, _ = some_beacons(6)
    places = int((np.hypot(*(CELL_XY - ANCHOR_XY[1]).T) <= CROP_M).sum())
    times = AT_ONCE // places // 6 + 3
    many = few.at(np.tile(np.arange(6), times), np.arange(6))
    tile_of = np.ones(6 * times, dtype=np.int64)
    found, expected = grid().locate(many, tile_of, True), grid().locate(few, tile_of[:6], True)
    assert len(tile_of) * places > AT_ONCE
    assert found.xy_m == pytest.approx(np.tile(expected.xy_m, (times, 1)), abs=1e-4)
    assert found.misfit == pytest.approx(np.tile(expected.misfit, times), abs=1e-4)


def test_a_grid_knows_each_anchors_mean_variance() -> None:
    expected = [float(np.mean([spread**2 for spread in SPREAD_DB[:, anchor]])) for anchor in range(len(ANCHOR_XY))]
    assert grid().mean_variance_db2 == pytest.approx(np.array(expected))


def test_an_anchor_far_from_every_place_looks_at_the_nearest_ones() -> None:
    distant = LikelihoodGrid(CELL_XY, EXPECTED_DBM, SPREAD_DB, SLOPE_DB, ANCHOR_XY - (40.0, 0.0), CROP_M)
    heard, _ = some_beacons(1)
    found = distant.locate(heard, np.zeros(1, dtype=np.int64), False)
    assert found.xy_m[0] == pytest.approx([-1.0, 0.0], abs=1e-3)
