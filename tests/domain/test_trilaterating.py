from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from store_server.domain.trilaterating import trilaterate

ANCHORS = np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 8.0], [10.0, 8.0]])


@given(st.floats(0.5, 9.5), st.floats(0.5, 7.5))
def test_exact_ranges_give_the_exact_place(x: float, y: float) -> None:
    ranges = np.hypot(*(ANCHORS - (x, y)).T)[None]
    xy, covariance = trilaterate(ANCHORS, ranges, np.ones_like(ranges))
    assert np.hypot(*(xy[0] - (x, y))) < 0.05
    assert np.linalg.eigvalsh(covariance[0]).min() > 0


@settings(max_examples=50)
@given(st.floats(-3.14, 3.14), st.floats(-500, 500), st.booleans())
def test_moving_the_anchors_moves_the_place_alike(angle: float, shift: float, mirrored: bool) -> None:
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    if mirrored:
        turn = turn @ np.diag([1.0, -1.0])
    ranges = np.array([[4.0, 7.5, 6.0, 9.0]])
    before, _ = trilaterate(ANCHORS, ranges, np.ones_like(ranges))
    after, _ = trilaterate(ANCHORS @ turn.T + shift, ranges, np.ones_like(ranges))
    assert np.abs(before @ turn.T + shift - after).max() < 1e-3


def test_fewer_than_three_ranges_give_no_place() -> None:
    ranges = np.array([[4.0, np.nan, np.nan, 3.0], [np.nan] * 4])
    xy, covariance = trilaterate(ANCHORS, ranges, np.ones_like(ranges))
    assert np.isnan(xy).all()
    assert np.isnan(covariance).all()


def test_ranges_that_contradict_each_other_widen_the_covariance() -> None:
    agreed = np.hypot(*(ANCHORS - (5.0, 4.0)).T)[None]
    spread = np.full_like(agreed, 0.5)
    _, calm = trilaterate(ANCHORS, agreed, spread)
    _, torn = trilaterate(ANCHORS, agreed + np.array([[4.0, -3.0, -3.0, 4.0]]), spread)
    assert torn[0, 0, 0] > 5 * calm[0, 0, 0]


def test_anchors_in_one_line_give_a_finite_place() -> None:
    line = np.array([[0.0, 0.0], [5.0, 0.0], [10.0, 0.0]])
    xy, covariance = trilaterate(line, np.array([[5.0, 5.0, 5.0]]), np.ones((1, 3)))
    assert np.isfinite(xy).all()
    assert np.isfinite(covariance).all()


def test_no_beacons_give_no_places() -> None:
    xy, covariance = trilaterate(ANCHORS, np.empty((0, 4)), np.empty((0, 4)))
    assert xy.shape == (0, 2)
    assert covariance.shape == (0, 2, 2)
