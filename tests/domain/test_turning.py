from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.domain.turning import Turn, first_bearing_deg, turn_towards


@pytest.mark.parametrize(
    ("end", "bearing_deg"), [((0.0, 5.0), 0.0), ((5.0, 0.0), 90.0), ((0.0, -5.0), 180.0), ((-5.0, 0.0), -90.0)]
)
def test_the_bearing_counts_clockwise_from_north(end: tuple[float, float], bearing_deg: float) -> None:
    assert first_bearing_deg([(0.0, 0.0), end]) == pytest.approx(bearing_deg)


def test_the_first_centimetres_of_a_path_do_not_decide() -> None:
    assert first_bearing_deg([(0.0, 0.0), (0.0, -0.05), (9.0, -0.05)]) == pytest.approx(92, abs=1)


def test_what_comes_later_on_the_path_does_not_decide() -> None:
    assert first_bearing_deg([(0.0, 0.0), (0.0, 2.0), (90.0, 2.0)]) == pytest.approx(0)


@pytest.mark.parametrize("points", [[], [(1.0, 1.0)], [(1.0, 1.0), (1.0, 1.0)]])
def test_a_path_of_no_length_has_no_bearing(points: list[tuple[float, float]]) -> None:
    assert first_bearing_deg(points) is None


@pytest.mark.parametrize(
    ("angle_deg", "turn"), [(0, "ahead"), (90, "right"), (180, "back"), (-90, "left"), (725, "ahead")]
)
def test_each_quarter_has_its_word(angle_deg: float, turn: Turn) -> None:
    assert turn_towards(angle_deg) == turn


def test_the_turn_told_before_stays_until_it_is_clearly_wrong() -> None:
    assert turn_towards(59.0, kept="ahead") == "ahead"
    assert turn_towards(61.0, kept="ahead") == "right"
    assert turn_towards(-59.0, kept="ahead") == "ahead"


@given(st.floats(-1e6, 1e6), st.sampled_from(["ahead", "left", "right", "back", None]))
def test_the_same_angle_twice_gives_the_same_turn(angle_deg: float, kept: Turn | None) -> None:
    turn = turn_towards(angle_deg, kept)
    assert turn_towards(angle_deg, turn) == turn
