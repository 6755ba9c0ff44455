"""Slowing down whoever guesses (requirement D4)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from store_server.use_cases.sign_in import LONGEST_DELAY_S, Throttle, delay_after_s
from tests.fakes import OPENING, MovableClock


@given(st.integers(0, 10**6))
def test_the_delay_never_shrinks_and_ends_at_a_quarter_of_an_hour(failures: int) -> None:
    assert delay_after_s(failures) <= delay_after_s(failures + 1) <= LONGEST_DELAY_S == 900


def test_a_try_counts_as_failed_until_it_is_taken_back() -> None:
    throttle = Throttle()
    for _ in range(5):
        assert throttle.attempt("user:a", "address:1", OPENING) == 0
    assert throttle.attempt("user:a", "address:1", OPENING) == 1
    throttle.take_back("user:a", "address:1", with_all_before=False)
    assert throttle.attempt("user:a", "address:1", OPENING) == 0
    throttle.take_back("user:a", "address:1", with_all_before=True)
    assert [throttle.attempt("user:a", "address:1", OPENING) for _ in range(6)] == [0, 0, 0, 0, 0, 1]


def test_a_waiting_try_does_not_make_the_wait_longer() -> None:
    throttle, clock = Throttle(), MovableClock()
    for _ in range(5):
        throttle.attempt("user:a", "address:1", clock.now())
    for _ in range(100):
        assert 0 < throttle.attempt("user:a", "address:2", clock.now()) <= 1
    clock.move(1)
    assert throttle.attempt("user:a", "address:2", clock.now()) == 0


def test_what_succeeded_leaves_nothing_behind() -> None:
    throttle = Throttle()
    throttle.attempt("user:a", "address:1", OPENING)
    throttle.take_back("user:a", "address:1", with_all_before=True)
    throttle.take_back("user:a", "address:1", with_all_before=False)
    assert throttle._failures == {}


def test_a_throttle_is_bounded_whatever_names_are_tried() -> None:
    throttle = Throttle(most_entries=10)
    for number in range(100):
        throttle.attempt(f"user:{number}", f"address:{number}", OPENING)
    assert len(throttle._failures) <= 11


def test_a_full_throttle_lets_go_of_what_is_old_first() -> None:
    throttle, clock = Throttle(most_entries=4), MovableClock()
    throttle.attempt("user:old", "address:old", clock.now())
    later = clock.move(3601)
    throttle.attempt("user:new", "address:new", later)
    throttle.attempt("user:newer", "address:newer", later)
    assert set(throttle._failures) == {"user:new", "address:new", "user:newer", "address:newer"}
