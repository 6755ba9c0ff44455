from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from store_server.domain.radio_model import (
    RadioModel,
    RadioParameters,
    fading_db,
    reception,
    shadowing_db,
)
from store_server.domain.radio_obstacles import Obstacle, obstacle_loss_db

ROOM = shapely.box(0, 0, 20, 12)
ANCHORS = (("rpi-01", 2.0, 2.0, 3.2), ("rpi-02", 18.0, 2.0, None), ("rpi-03", 10.0, 10.0, 0.8))
PLAIN = RadioParameters(shadowing_sd_db=0.0, receiver_offset_sd_db=0.0)


def heard(seed: int = 1, draw: int = 2, parameters: RadioParameters | None = None) -> np.ndarray:
    positions = np.random.default_rng(9).random((40, 2)) * [20, 12]
    return RadioModel.prepare(ROOM, (), ANCHORS, parameters, seed).hear(positions, np.random.default_rng(draw))


def test_the_same_seed_gives_the_same_store_and_the_same_sightings() -> None:
    np.testing.assert_array_equal(heard(), heard())


def test_another_seed_gives_another_store_and_another_draw_other_packets() -> None:
    assert not np.array_equal(heard(seed=1), heard(seed=3), equal_nan=True)
    assert not np.array_equal(heard(draw=2), heard(draw=3), equal_nan=True)


def test_a_node_hears_the_same_whichever_other_nodes_the_plan_has() -> None:
    here = [[5.0, 5.0], [11.3, 7.7]]
    all_three = RadioModel.prepare(ROOM, (), ANCHORS, seed=4).mean_rssi_dbm(here)
    alone = RadioModel.prepare(ROOM, (), ANCHORS[1:2], seed=4).mean_rssi_dbm(here)
    np.testing.assert_allclose(all_three[:, 1:2], alone)


def test_strength_follows_the_log_distance_line_where_nothing_else_plays() -> None:
    flat = (("level-with-the-beacon", 0.0, 0.0, PLAIN.beacon_height_m),)
    model = RadioModel.prepare(ROOM, (), flat, PLAIN)
    mean = model.mean_rssi_dbm([[1.0, 0.0], [10.0, 0.0], [0.0, 0.0]])[:, 0]
    at_nearest = PLAIN.measured_power_dbm - 10 * PLAIN.path_loss_exponent * np.log10(0.3)
    np.testing.assert_allclose(mean, [-61.0, -79.0, at_nearest], atol=1e-4)


def test_a_node_whose_height_is_unknown_hangs_at_the_stated_height() -> None:
    model = RadioModel.prepare(ROOM, (), (("n", 5.0, 5.0, None),), PLAIN)
    expected = PLAIN.measured_power_dbm - 18 * np.log10(PLAIN.node_height_m - PLAIN.beacon_height_m)
    assert model.mean_rssi_dbm([5.0, 5.0])[0, 0] == pytest.approx(expected, abs=1e-4)


def test_nobody_is_heard_where_nobody_is() -> None:
    model = RadioModel.prepare(ROOM, (), ANCHORS)
    answer = model.hear([[np.nan, np.nan], [5.0, 5.0], [np.inf, 1.0]], np.random.default_rng(0))
    assert np.isnan(answer[0]).all()
    assert np.isnan(answer[2]).all()
    assert np.isfinite(answer[1]).any()


def test_no_beacon_or_no_node_gives_an_empty_answer() -> None:
    rng = np.random.default_rng(0)
    assert RadioModel.prepare(ROOM, (), ANCHORS).hear(np.empty((0, 2)), rng).shape == (0, 3)
    assert RadioModel.prepare(ROOM, (), ()).hear([[1.0, 1.0]], rng).shape == (1, 0)


def test_reports_are_whole_numbers_a_radio_can_give() -> None:
    answer = heard(parameters=RadioParameters(measured_power_dbm=-1.0, path_loss_exponent=0.1))
    numbers = answer[np.isfinite(answer)]
    assert (numbers == np.rint(numbers)).all()
    assert numbers.max() <= -20
    assert numbers.min() >= -127


def test_a_place_outside_the_plan_is_heard_like_the_edge() -> None:
    model = RadioModel.prepare(ROOM, (), ANCHORS)
    assert np.isfinite(model.mean_rssi_dbm([[-50.0, 400.0]])).all()


def test_the_share_heard_falls_with_distance() -> None:
    hall = shapely.box(0, 0, 400, 4)
    model = RadioModel.prepare(hall, (), (("n", 0.0, 2.0, 3.0),), dataclasses.replace(PLAIN, path_loss_exponent=2.2))
    rng = np.random.default_rng(5)
    shares = [np.isfinite(model.hear(np.full((4000, 2), [x, 2.0]), rng)).mean() for x in (3, 30, 60, 120, 390)]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] == pytest.approx(PLAIN.best_reception, abs=0.01)
    assert shares[-1] < 0.02


@given(st.lists(st.floats(-200, 100), min_size=2, max_size=30))
def test_a_stronger_packet_is_never_less_likely_to_arrive(strengths: list[float]) -> None:
    chance = reception(np.array(sorted(strengths)), PLAIN)
    assert (np.diff(chance) >= 0).all()
    assert ((chance >= 0) & (chance <= PLAIN.best_reception)).all()


def test_half_of_the_packets_are_lost_at_the_sensitivity() -> None:
    at = reception(np.array([PLAIN.sensitivity_dbm]), dataclasses.replace(PLAIN, best_reception=1.0))
    assert at[0] == pytest.approx(0.5)


def test_fading_spreads_as_rice_and_rayleigh_have_it() -> None:
    rng = np.random.default_rng(6)
    rayleigh, rice = fading_db((200_000,), -60.0, rng), fading_db((200_000,), 6.0, rng)
    assert rayleigh.std() == pytest.approx(5.57, abs=0.06)  # the known spread of an exponential power in dB
    assert 3.0 < rice.std() < 3.5
    for fades in (rayleigh, rice):
        assert (10 ** (fades / 10)).mean() == pytest.approx(1.0, abs=0.01)
        assert fades.min() >= -40


def test_shadowing_has_its_spread_and_its_correlation_length() -> None:
    parameters = RadioParameters(shadowing_sd_db=4.0, shadowing_correlation_m=2.0)
    field = shadowing_db((600, 600), 0.5, parameters, np.random.default_rng(7))
    assert field.std() == pytest.approx(4.0, abs=0.15)
    for cells in (2, 4, 8):
        along = (field[:, :-cells] * field[:, cells:]).mean() / field.var()
        across = (field[:-cells] * field[cells:]).mean() / field.var()
        assert along == pytest.approx(np.exp(-cells * 0.5 / 2.0), abs=0.05)
        assert across == pytest.approx(np.exp(-cells * 0.5 / 2.0), abs=0.05)


def test_opposite_edges_of_the_store_are_not_shadowed_alike() -> None:
    draws = [
        shadowing_db((8, 80), 0.5, RadioParameters(shadowing_sd_db=1.0), np.random.default_rng(s)) for s in range(400)
    ]
    left, right = np.array([d[4, 0] for d in draws]), np.array([d[4, -1] for d in draws])
    assert abs(np.corrcoef(left, right)[0, 1]) < 0.15


def test_the_grid_of_losses_agrees_with_the_exact_ones_on_average() -> None:
    obstacles = (
        Obstacle(shapely.box(6, 3, 7, 9), loss_db_per_m=5.0),
        Obstacle(shapely.box(12, 0, 13, 6), loss_db_per_m=5.0),
    )
    model = RadioModel.prepare(ROOM, obstacles, ANCHORS[:1], PLAIN)
    bare = RadioModel.prepare(ROOM, (), ANCHORS[:1], PLAIN)
    points = np.random.default_rng(8).random((500, 2)) * [20, 12]
    exact = obstacle_loss_db(points, np.array([2.0, 2.0, 3.2]), obstacles, PLAIN)
    gridded = (bare.mean_rssi_dbm(points) - model.mean_rssi_dbm(points))[:, 0]
    assert exact.max() > 5
    assert np.abs(exact - gridded).mean() < 0.5


def test_an_empty_outline_and_one_in_the_wrong_unit_are_refused() -> None:
    with pytest.raises(ValueError, match="draw the level"):
        RadioModel.prepare(shapely.Polygon(), (), ANCHORS)
    with pytest.raises(ValueError, match="metres"):
        RadioModel.prepare(shapely.box(0, 0, 60_000, 40_000), (), ANCHORS)
