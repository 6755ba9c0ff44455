"""Which ids are valid now, and how a beacon's clock is followed (requirement A3)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from store_server.domain.beacon_clocks import recentred_offset_s, rotation_s, valid_windows, window_at

NOW_S = st.floats(1.6e9, 2.2e9)
OFFSET_S = st.floats(-1.5e9, 1e6)
EXPONENT = st.integers(0, 15)


@given(NOW_S, OFFSET_S, EXPONENT)
def test_three_windows_are_valid_and_each_time_lies_in_its_window(now_s: float, offset_s: float, exponent: int) -> None:
    windows = list(valid_windows(now_s, offset_s, exponent))
    present = window_at(now_s, offset_s, exponent)
    assert [window for window, _ in windows] == [present - 1, present, present + 1]
    for window, beacon_time_s in windows:
        assert beacon_time_s // rotation_s(exponent) == window


def test_there_is_no_window_before_a_beacon_began() -> None:
    assert list(valid_windows(10.0, 0.0, 9)) == [(0, 0), (1, 512)]
    assert list(valid_windows(10.0, -600.0, 9)) == []
    assert list(valid_windows(10.0, -500.0, 9)) == [(0, 0)]


@given(NOW_S, OFFSET_S, EXPONENT, st.integers(-1, 1))
def test_recentring_puts_the_heard_instant_into_its_window(
    now_s: float, offset_s: float, exponent: int, step: int
) -> None:
    window = window_at(now_s, offset_s, exponent) + step
    moved_s = recentred_offset_s(now_s, window, offset_s, exponent)
    assert abs(window_at(now_s, moved_s, exponent) - window) <= (1 if exponent == 0 else 0)
    assert abs(moved_s - offset_s) <= rotation_s(exponent) + 1
    # Settled: hearing it again moves nothing further, but for the rounding of large numbers.
    assert abs(recentred_offset_s(now_s, window, moved_s, exponent) - moved_s) <= 1


@given(NOW_S, OFFSET_S, EXPONENT)
def test_an_offset_that_agrees_is_left_alone(now_s: float, offset_s: float, exponent: int) -> None:
    window = window_at(now_s, offset_s, exponent)
    assert recentred_offset_s(now_s, window, offset_s, exponent) == offset_s


def test_a_clock_that_runs_ahead_or_behind_is_moved_no_further_than_needed() -> None:
    assert recentred_offset_s(1000.0, 2, 0.0, 9) == 24.0
    assert recentred_offset_s(1030.0, 1, 0.0, 9) == -7.0
