from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.domain.consent import admit_recording
from store_server.domain.ranging import (
    WINDOW_S,
    estimate_ranges,
    log_distance_range_m,
    log_distance_rssi_dbm,
    range_sd_m,
    rssi_window,
)
from store_server.domain.sightings import AdmittedSightings, columns

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
