"""Orders of stops: exact up to twelve, never worse than what it started from above."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from store_server.domain import touring
from store_server.domain.touring import EXACT_STOPS, Tour, best_tour

Floats = NDArray[np.float64]


def between(points: Floats) -> Floats:
    return np.asarray(np.linalg.norm(points[:, None] - points[None], axis=2), dtype=np.float64)


def length(lengths_m: Floats, order: tuple[int, ...], has_end: bool) -> float:
    places = [0, *(stop + 1 for stop in order), *([len(lengths_m) - 1] if has_end else [])]
    return float(sum(lengths_m[a, b] for a, b in itertools.pairwise(places)))


@given(st.lists(st.tuples(st.floats(0, 60), st.floats(0, 40)), min_size=2, max_size=8), st.booleans())
@settings(max_examples=60, deadline=None)
def test_a_short_list_is_ordered_as_well_as_trying_every_order(
    places: list[tuple[float, float]], has_end: bool
) -> None:
    lengths_m = between(np.array(places))
    tour = best_tour(lengths_m, has_end)
    stops = len(places) - 1 - has_end
    orders = itertools.permutations(range(stops))
    assert tour.length_m == pytest.approx(min(length(lengths_m, order, has_end) for order in orders))
    assert tour.length_m == pytest.approx(length(lengths_m, tour.order, has_end))
    assert sorted(tour.order) == list(range(stops))


@given(st.integers(0, 2**31), st.integers(EXACT_STOPS + 1, 24), st.booleans())
@settings(max_examples=12, deadline=None)
def test_a_long_list_visits_each_stop_once_and_gives_the_same_order_again(seed: int, stops: int, has_end: bool) -> None:
    lengths_m = between(np.random.default_rng(seed).uniform((0, 0), (60, 40), (stops + 1 + has_end, 2)))
    tour = best_tour(lengths_m, has_end)
    assert sorted(tour.order) == list(range(stops))
    assert tour.length_m == pytest.approx(length(lengths_m, tour.order, has_end))
    assert best_tour(lengths_m, has_end) == tour


@pytest.mark.parametrize("seed", range(4))
def test_the_search_finds_what_the_exact_method_finds(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    lengths_m = between(np.random.default_rng(seed).uniform((0, 0), (60, 40), (13, 2)))
    exact = best_tour(lengths_m, has_end=True)
    monkeypatch.setattr(touring, "EXACT_STOPS", 0)
    assert best_tour(lengths_m, has_end=True).length_m == pytest.approx(exact.length_m, rel=0.01)


@given(st.lists(st.lists(st.floats(0, 50), min_size=7, max_size=7), min_size=7, max_size=7), st.booleans())
@settings(max_examples=40, deadline=None)
def test_ways_longer_there_than_back_are_ordered_as_well_as_trying_every_order(
    rows: list[list[float]], has_end: bool
) -> None:
    lengths_m = np.array(rows)
    tour = best_tour(lengths_m, has_end)
    orders = itertools.permutations(range(6 - has_end))
    assert tour.length_m == pytest.approx(min(length(lengths_m, order, has_end) for order in orders))
    assert tour.length_m == pytest.approx(length(lengths_m, tour.order, has_end))


@pytest.mark.parametrize("seed", range(4))
def test_on_a_slope_a_long_list_has_the_order_it_has_on_the_flat(seed: int) -> None:
    at = np.random.default_rng(seed).uniform((0, 0), (60, 40), (32, 2))
    # What is gone up is gone down again, but for the difference between start and end: each step is longer or shorter one way.
    rise_m = 0.9 * (at[None, :, 0] - at[:, None, 0])
    flat, sloping = best_tour(between(at), has_end=True), best_tour(between(at) + rise_m, has_end=True)
    assert sloping.order == flat.order
    assert sloping.length_m == pytest.approx(flat.length_m + 0.9 * (at[-1, 0] - at[0, 0]))


def test_stops_on_a_line_are_visited_along_it_however_many_there_are() -> None:
    at = np.linspace(0, 100, 32)
    shuffled = np.concatenate([at[:1], np.random.default_rng(3).permutation(at[1:-1]), at[-1:]])
    assert best_tour(np.abs(shuffled[:, None] - shuffled), has_end=True).length_m == pytest.approx(100)


def test_a_stop_without_a_way_makes_the_tour_infinite_but_not_senseless() -> None:
    lengths_m = np.abs(np.subtract.outer([0.0, 3.0, 1.0, 2.0], [0.0, 3.0, 1.0, 2.0]))
    lengths_m[2, :] = lengths_m[:, 2] = np.inf
    assert best_tour(lengths_m, has_end=False).length_m == np.inf


def test_nothing_to_visit_is_the_way_from_start_to_end() -> None:
    assert best_tour(np.array([[0.0, 7.0], [7.0, 0.0]]), has_end=True) == Tour((), 7.0)
    assert best_tour(np.zeros((1, 1)), has_end=False) == Tour((), 0.0)


@pytest.mark.parametrize("shape", [(0, 0), (1, 1), (2, 3), (4,)])
def test_a_matrix_that_cannot_be_one_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="square matrix"):
        best_tour(np.zeros(shape), has_end=True)
