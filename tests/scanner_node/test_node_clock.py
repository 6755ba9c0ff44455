"""Sightings are dated in the server's time, whatever the node's own clock does meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from scanner_node.node_clock import NodeClock

START = datetime(2026, 11, 24, 10, 0, 0, tzinfo=UTC)


class Hands:
    """Two clocks to turn by hand."""

    def __init__(self) -> None:
        self.steady_s, self.wall_s = 100.0, START.timestamp()
        self.clock = NodeClock(lambda: self.steady_s, lambda: self.wall_s)

    def pass_time(self, seconds: float) -> None:
        self.steady_s += seconds
        self.wall_s += seconds


def test_a_sighting_is_dated_when_it_was_heard_not_when_it_is_sent() -> None:
    hands = Hands()
    hands.pass_time(7.0)
    assert hands.clock.at(100.0) == START
    assert hands.clock.now() == START + timedelta(seconds=7)


def test_a_clock_that_the_network_sets_in_between_dates_it_right() -> None:
    hands = Hands()
    hands.pass_time(5.0)
    hands.wall_s += 3600.0
    assert hands.clock.at(100.0) == START + timedelta(hours=1)


def test_the_servers_time_corrects_ours() -> None:
    hands = Hands()
    server_at = START + timedelta(seconds=100)
    assert hands.clock.learn(server_at, sent_s=99.9, answered_s=100.1)
    assert hands.clock.now() == server_at
    assert hands.clock.skew_s is not None
    assert abs(hands.clock.skew_s - 100) < 1e-6
    assert not hands.clock.learn(server_at, sent_s=99.9, answered_s=100.1), "told again, nothing changes"


def test_a_correction_ends_when_the_node_is_set_right() -> None:
    hands = Hands()
    hands.clock.learn(START + timedelta(seconds=100), 99.9, 100.1)
    hands.wall_s += 100.0
    assert hands.clock.learn(START + timedelta(seconds=100), 99.9, 100.1)
    assert hands.clock.now() == START + timedelta(seconds=100)


def test_small_differences_and_slow_answers_correct_nothing() -> None:
    hands = Hands()
    assert not hands.clock.learn(START + timedelta(seconds=0.4), 99.9, 100.0)
    assert not hands.clock.learn(START + timedelta(seconds=1.4), 97.0, 100.0)
    assert hands.clock.now() == START


def test_a_machine_that_wakes_in_1970_says_a_date_the_wire_carries() -> None:
    hands = Hands()
    hands.wall_s = 12.0
    assert hands.clock.now().year == 2000
    hands.clock.learn(START, 99.9, 100.1)
    assert abs(hands.clock.now() - START) < timedelta(seconds=1)


def test_a_recordings_wall_time_becomes_steady_time() -> None:
    hands = Hands()
    assert abs(hands.clock.steady_at(START.timestamp() + 30) - 130.0) < 1e-3
