from __future__ import annotations

import numpy as np
import pytest

from store_server.domain.radio_map import MapSpread, residual_map

SPREAD = MapSpread(sd_db=3.0, length_m=3.0, noise_db=0.5, drift_db=0.0)
ONE_VISIT = np.zeros(2, dtype=np.int64)


def test_the_map_repeats_the_survey_at_its_points_and_forgets_it_far_away() -> None:
    points, residual = np.array([[0.0, 0.0], [20.0, 0.0]]), np.array([[5.0], [-4.0]])
    places = np.array([[0.0, 0.0], [20.0, 0.0], [200.0, 0.0]])
    mean, explained = residual_map(places, points, residual, ONE_VISIT, SPREAD)
    assert mean[:, 0] == pytest.approx([5.0, -4.0, 0.0], abs=0.3)
    assert explained[:2, 0] == pytest.approx([9.0, 9.0], abs=0.4)
    assert explained[2, 0] == pytest.approx(0.0, abs=1e-6)


def test_an_anchor_not_heard_at_a_point_learns_nothing_there() -> None:
    points = np.array([[0.0, 0.0], [1.0, 0.0]])
    residual = np.array([[5.0, np.nan, np.nan], [5.0, 2.0, np.nan]])
    mean, explained = residual_map(points, points, residual, ONE_VISIT, SPREAD)
    assert mean[0, 0] > mean[0, 1] > 0
    assert mean[:, 2].tolist() == [0.0, 0.0]
    assert explained[:, 2].tolist() == [0.0, 0.0]


def test_no_survey_is_an_empty_map() -> None:
    mean, explained = residual_map(
        np.zeros((4, 2)), np.empty((0, 2)), np.empty((0, 3)), np.empty(0, dtype=np.int64), SPREAD
    )
    assert not mean.any()
    assert not explained.any()
    assert mean.shape == (4, 3)


def test_what_all_points_of_one_visit_share_is_drift_rather_than_map() -> None:
    points, residual = np.array([[0.0, 0.0], [0.5, 0.0]]), np.array([[4.0], [4.0]])
    still = residual_map(points, points, residual, ONE_VISIT, SPREAD)[0]
    drifting = residual_map(points, points, residual, ONE_VISIT, MapSpread(3.0, 3.0, 0.5, 4.0))[0]
    assert np.abs(drifting).max() < 0.6 * np.abs(still).max()
