from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.domain.consent import admit_recording
from store_server.domain.ranging import (
    TELLS_MOTION_AFTER_S,
    WINDOW_S,
    estimate_ranges,
    log_distance_range_m,
    log_distance_rssi_dbm,
    range_sd_m,
    rssi_window,
)
from store_server.domain.sightings import AdmittedSightings, columns
from tests.domain.radio_floor import ANCHORS, heard

NODES = ("n1", "n2")


def window_of(*rows: tuple[str, str, float, float]) -> AdmittedSightings:
    return admit_recording(columns(rows, beacon_ids=("b",), node_ids=NODES))


@given(st.floats(0.3, 200), st.floats(-90, -30), st.floats(1, 5))
def test_a_range_and_the_strength_expected_there_are_each_others_inverse(m: float, power: float, n: float) -> None:
    assert log_distance_range_m(log_distance_rssi_dbm(m, power, n), power, n) == pytest.approx(m, rel=1e-6)


def test_nobody_is_nearer_than_the_model_can_tell() -> None:
    assert log_distance_rssi_dbm(0.0, -59, 2.0) == log_distance_rssi_dbm(0.3, -59, 2.0)


def test_the_spread_of_a_range_grows_with_it() -> None:
    near, far = range_sd_m([2.0, 20.0], 4.0, 2.5)
    assert far == pytest.approx(10 * near)


def test_the_mean_is_taken_in_milliwatts_so_that_one_fade_hardly_counts() -> None:
    window = rssi_window(window_of(("b", "n1", -60, 1.0), ("b", "n1", -90, 1.0)), NODES, at_s=1.0)
    assert window.rssi_dbm[0, 0] == pytest.approx(-63.0, abs=0.1)


def test_an_old_sighting_counts_less_than_a_new_one() -> None:
    window = rssi_window(window_of(("b", "n1", -60, 4.0), ("b", "n1", -70, 0.0)), NODES, at_s=4.0)
    assert window.rssi_dbm[0, 0] == pytest.approx(-61.4, abs=0.1)  # the plain mean of both is -62.6
    assert 1 < window.packets[0, 0] < 2


def test_nothing_heard_later_and_nothing_too_old_is_looked_at() -> None:
    window = rssi_window(window_of(("b", "n1", -50, 20.1), ("b", "n2", -50, 20.0 - WINDOW_S)), NODES, at_s=20.0)
    assert not window.heard.any()
    assert window.newest_s[0] == -np.inf


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf"), 0.0, 12.0, -127.5, -1e30])
def test_a_strength_no_radio_reports_is_left_out_and_noted(bad: float) -> None:
    window = rssi_window(window_of(("b", "n1", bad, 1.0), ("b", "n2", -60, 1.0)), NODES, at_s=1.0)
    assert window.heard.tolist() == [[False, True]]
    assert window.has_invalid.tolist() == [True]


def test_sightings_of_nodes_that_are_no_anchors_are_left_out() -> None:
    window = rssi_window(window_of(("b", "n1", -60, 1.0), ("b", "stranger", -40, 1.0)), NODES, at_s=1.0)
    assert window.heard.tolist() == [[True, False]]


def test_no_sightings_give_an_empty_window_and_no_anchors_an_empty_row() -> None:
    assert rssi_window(admit_recording(columns([])), NODES, 1.0).heard.shape == (0, 2)
    assert rssi_window(window_of(("b", "n1", -60, 1.0)), (), 1.0).heard.shape == (1, 0)


def test_a_stuck_driver_is_told_by_its_constant_strength() -> None:
    stuck = [("b", node, -70.0, t) for node in NODES for t in (0.5, 1.0)]
    assert rssi_window(window_of(*stuck), NODES, 1.0).is_constant.tolist() == [True]
    assert rssi_window(window_of(*stuck, ("b", "n1", -71, 1.0)), NODES, 1.0).is_constant.tolist() == [False]


def test_ranges_are_known_only_where_something_was_heard() -> None:
    window = rssi_window(window_of(("b", "n1", -84, 1.0)), NODES, 1.0)
    found = estimate_ranges(window, -59.0, 2.5, 4.0)
    assert found.range_m[0, 0] == pytest.approx(10.0)
    assert np.isnan(found.range_m[0, 1])
    assert np.isnan(found.range_sd_m[0, 1])


def told_moving(places: list[tuple[float, float]], seeds: int, until_s: float = 30.0) -> list[bool | None]:
    """What is told of motion each half second from ``TELLS_MOTION_AFTER_S`` on; None: not sure."""
    told: list[bool | None] = []
    for seed in range(seeds):
        sightings = heard(places, noise_db=3.0, seed=seed)
        for at_s in np.arange(TELLS_MOTION_AFTER_S, until_s, 0.5):
            window = rssi_window(sightings, [anchor.node_id for anchor in ANCHORS], float(at_s))
            told.append(True if window.is_moving[0] else False if window.is_still[0] else None)
    return told


@pytest.mark.parametrize("place", [(2.0, 2.0), (6.0, 6.0), (11.0, 4.5)])
def test_a_beacon_that_stands_is_told_from_its_strengths(place: tuple[float, float]) -> None:
    told = told_moving([place] * 120, seeds=5)
    assert None not in told
    assert told.count(False) > 0.9 * len(told)


def test_a_beacon_that_walks_is_told_from_its_strengths() -> None:
    told = told_moving([(1 + abs((0.2 * i + 10) % 20 - 10), 3.0) for i in range(120)], seeds=5)
    assert None not in told
    assert told.count(True) > 0.8 * len(told)


def test_nothing_is_told_of_the_motion_of_a_beacon_that_was_just_met_or_is_silent() -> None:
    sightings = heard([(3.0, 3.0)] * 12, noise_db=3.0)
    for at_s in (0.0, 1.0, TELLS_MOTION_AFTER_S - 0.1, 60.0):
        window = rssi_window(sightings, [anchor.node_id for anchor in ANCHORS], at_s)
        assert np.isnan(window.stir[0])
        assert not window.is_moving[0]
        assert not window.is_still[0]


def test_a_beacon_that_moves_is_averaged_over_a_shorter_past() -> None:
    walks = heard([(0.25 * i, 4.5) for i in range(48)])
    window = rssi_window(walks, [anchor.node_id for anchor in ANCHORS], 11.75)
    assert window.is_moving[0]
    stands = rssi_window(heard([(6.0, 6.0)] * 48, noise_db=1.0), [anchor.node_id for anchor in ANCHORS], 11.75)
    assert stands.is_still[0]
    assert (2 * window.packets[0] < stands.packets[0]).all()
