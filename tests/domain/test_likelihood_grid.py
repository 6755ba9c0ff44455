from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from store_server.domain.likelihood_grid import Heard, LikelihoodGrid, Posterior

Floats = NDArray[np.float64]

ANCHOR_XY = np.array([(0.0, 0.0), (10.0, 0.0), (0.0, 8.0), (10.0, 8.0)])
CELL_XY = np.stack(np.meshgrid(np.arange(0.25, 10, 0.5), np.arange(0.25, 8, 0.5)), axis=-1).reshape(-1, 2)
RANGE_M = np.maximum(np.hypot(*(CELL_XY[:, None] - ANCHOR_XY[None]).transpose(2, 0, 1)), 0.3)
EXPECTED_DBM = -59 - 25 * np.log10(RANGE_M)
SPREAD_DB = 3 + 0.2 * RANGE_M
SLOPE_DB = -10 * np.log10(RANGE_M / 5)
GRID = LikelihoodGrid(CELL_XY, EXPECTED_DBM, SPREAD_DB, SLOPE_DB, ANCHOR_XY, 40.0)

strengths = st.lists(st.floats(-95, -55), min_size=4, max_size=4)
weights = st.lists(st.sampled_from([0.0, 0.5, 0.9, 1.6]), min_size=4, max_size=4).filter(lambda w: max(w) > 0)


def heard(
    rssi_dbm: list[float],
    weight: list[float],
    power_sd_db: float = 2.0,
    exponent: float = 0.0,
    exponent_sd: float = 0.0,
) -> Heard:
    one = np.ones(1)
    return Heard(np.array([rssi_dbm]), np.array([weight]), one * power_sd_db**2, one * exponent, one * exponent_sd**2)


def locate(one: Heard, with_exponent: bool = False) -> Posterior:
    return GRID.locate(one, np.zeros(1, dtype=np.int64), with_exponent)


def plainly(one: Heard) -> tuple[Floats, Floats]:
    """Mean and covariance of the places, by adding up one Gaussian over power and exponent after the other."""
    powers, exponents = np.linspace(-9, 9, 145), np.linspace(-6, 6, 49)
    power_db = powers * np.sqrt(one.power_variance_db2[0])
    exponent = one.exponent[0] + exponents * np.sqrt(max(one.exponent_variance[0], 1e-6))
    log_likelihood = np.tile(-0.5 * (powers[:, None] ** 2 + exponents**2), (len(CELL_XY), 1, 1))
    for anchor in np.flatnonzero(one.weight[0] > 0):
        mean_dbm = (
            EXPECTED_DBM[:, anchor, None, None]
            + power_db[None, :, None]
            + SLOPE_DB[:, anchor, None, None] * exponent[None, None]
        )
        off = (one.rssi_dbm[0, anchor] - mean_dbm) / SPREAD_DB[:, anchor, None, None]
        log_likelihood += -0.5 * one.weight[0, anchor] * off**2 - np.log(SPREAD_DB[:, anchor, None, None])
    mass = np.exp(log_likelihood - log_likelihood.max()).sum(axis=(1, 2))
    mass /= mass.sum()
    mean = mass @ CELL_XY
    away = CELL_XY - mean
    return mean, (mass[:, None] * away).T @ away


@settings(max_examples=6, deadline=None)
@given(strengths, weights, st.floats(0.7, 5.0))
def test_the_closed_form_over_the_power_equals_adding_it_up(
    rssi_dbm: list[float], weight: list[float], power_sd_db: float
) -> None:
    one = heard(rssi_dbm, weight, power_sd_db)
    mean, covariance = plainly(one)
    found = locate(one)
    assert found.xy_m[0] == pytest.approx(mean, abs=0.02)
    assert found.covariance_m2[0] == pytest.approx(covariance, abs=0.05)


@settings(max_examples=6, deadline=None)
@given(strengths, weights, st.floats(0.7, 5.0), st.floats(-0.5, 0.5), st.floats(0.05, 0.4))
def test_the_closed_form_over_power_and_exponent_equals_adding_them_up(
    rssi_dbm: list[float], weight: list[float], power_sd_db: float, exponent: float, exponent_sd: float
) -> None:
    one = heard(rssi_dbm, weight, power_sd_db, exponent, exponent_sd)
    mean, covariance = plainly(one)
    found = locate(one, with_exponent=True)
    assert found.xy_m[0] == pytest.approx(mean, abs=0.02)
    assert found.covariance_m2[0] == pytest.approx(covariance, abs=0.05)


@settings(max_examples=20, deadline=None)
@given(strengths, weights)
def test_an_exponent_that_is_sure_and_as_calibrated_changes_nothing(rssi_dbm: list[float], weight: list[float]) -> None:
    one = heard(rssi_dbm, weight)
    without, with_it = locate(one), locate(one, with_exponent=True)
    assert with_it.xy_m == pytest.approx(without.xy_m, abs=1e-2)
    assert with_it.misfit == pytest.approx(without.misfit, rel=1e-2, abs=1e-2)


def test_strengths_as_expected_at_a_place_leave_no_misfit_and_hardly_a_residual() -> None:
    cell = int(np.hypot(*(CELL_XY - (4.25, 3.25)).T).argmin())
    found = locate(heard(EXPECTED_DBM[cell].tolist(), [1.0] * 4))
    assert found.misfit[0] < 0.05
    assert np.hypot(*(found.xy_m[0] - CELL_XY[cell])) < 1.0
    assert np.abs(found.residuals.mean_db).max() < 2.0
    contradicting = EXPECTED_DBM[cell] + (15.0, -15.0, -15.0, 15.0)
    assert locate(heard(contradicting.tolist(), [1.0] * 4)).misfit[0] > 2.0


def test_what_was_not_heard_has_no_residual_and_an_endless_spread() -> None:
    residuals = locate(heard([-60.0, -70.0, -72.0, 0.0], [1.0, 1.0, 1.0, 0.0])).residuals
    assert residuals.mean_db[0, 3] == 0.0
    assert residuals.variance_db2[0, 3] == np.inf
    assert (residuals.variance_db2[0, :3] >= SPREAD_DB.min() ** 2).all()


def test_a_residual_is_less_sure_the_less_often_an_anchor_was_heard() -> None:
    often = locate(heard([-70.0] * 3 + [-72.0], [1.0] * 4)).residuals.variance_db2[0, 0]
    seldom = locate(heard([-70.0] * 3 + [-72.0], [0.5, 1.0, 1.0, 1.0])).residuals.variance_db2[0, 0]
    assert seldom > often


def test_no_beacons_have_no_places() -> None:
    nobody = Heard(np.empty((0, 4)), np.empty((0, 4)), np.empty(0), np.empty(0), np.empty(0))
    found = GRID.locate(nobody, np.empty(0, dtype=np.int64), with_exponent=True)
    assert (found.xy_m.shape, found.covariance_m2.shape) == ((0, 2), (0, 2, 2))
