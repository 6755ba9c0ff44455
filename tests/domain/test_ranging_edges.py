"""Ranges and what is told of motion, against the same figures written plainly."""

from __future__ import annotations

import math

import numpy as np
import pytest

from store_server.domain.consent import admit_recording
from store_server.domain.ranging import (
    COMPARED_TAU_S,
    PACKET_SD_DB,
    STILL_TAU_S,
    estimate_ranges,
    log_distance_slope_db,
    range_sd_m,
    rssi_window,
)
from store_server.domain.sightings import columns


def test_the_growth_with_the_exponent_turns_about_the_pivot() -> None:
    assert log_distance_slope_db([0.5, 5.0, 50.0]).tolist() == pytest.approx([10.0, 0.0, -10.0])
    assert log_distance_slope_db(0.0) == log_distance_slope_db(0.3)


def test_a_spread_of_a_decibel_is_that_part_of_a_range_which_changes_the_strength_by_one() -> None:
    for range_m, sd_db, exponent in ((10.0, 4.0, 2.0), (3.0, 2.5, 3.5)):
        a_hair_db = 1e-6
        farther_m = range_m * (10 ** (a_hair_db / (10 * exponent)) - 1)
        assert range_sd_m(range_m, sd_db, exponent) == pytest.approx(sd_db * farther_m / a_hair_db, rel=1e-6)


def test_ranges_come_with_the_spread_of_the_calibration() -> None:
    window = rssi_window(admit_recording(columns([("b", "n1", -84, 1.0)])), ("n1",), 1.0)
    found = estimate_ranges(window, -59.0, 2.5, 4.0)
    assert found.range_sd_m[0, 0] == pytest.approx(range_sd_m(10.0, 4.0, 2.5))


def plain_mean(rows: list[tuple[float, float]], at_s: float, tau_s: float) -> tuple[float, float]:
    """Mean strength in dBm and effective number of (dBm, s) sightings."""
    weights = [math.exp((heard_s - at_s) / tau_s) for _, heard_s in rows]
    power = sum(w * 10 ** (dbm / 10) for w, (dbm, _) in zip(weights, rows, strict=True)) / sum(weights)
    return 10 * math.log10(power), sum(weights) ** 2 / sum(w * w for w in weights)


def test_stir_is_the_mean_over_anchors_of_how_unlike_the_last_seconds_are() -> None:
    at_s = 8.0
    heard = {
        "n1": [(-60.0 - 1.5 * step, 0.5 * step) for step in range(16)],
        "n2": [(-70.0 + (3 * step) % 4, 0.5 * step) for step in range(16)],
        "n3": [(-66.0, 0.5), (-80.0, 7.9)],
    }
    rows = [("b", node, dbm, heard_s) for node, those in heard.items() for dbm, heard_s in those]
    window = rssi_window(admit_recording(columns(rows)), tuple(heard), at_s)
    squares = []
    for those in heard.values():
        (recent_dbm, recent), (slow_dbm, slow) = (plain_mean(those, at_s, tau) for tau in (COMPARED_TAU_S, STILL_TAU_S))
        variance = PACKET_SD_DB**2 * max(1 / recent - 1 / slow, 0.05)
        squares.append((recent_dbm - slow_dbm) ** 2 / variance)
    assert window.stir[0] == pytest.approx(np.mean(squares))
