"""Windows: whatever is heard, in whatever order, nothing is lost, doubled or late."""

from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from scanner_node.batching import BATCH_AGE_S, DOUBLE_WITHIN_S, Batching, HeardBeacon

A, B = b"AAAAAAAA", b"BBBBBBBB"


def test_a_window_closes_a_quarter_second_after_its_first_sighting() -> None:
    batching = Batching()
    assert batching.closes_s is None
    assert batching.add(A, -60, 10.0, 10.0) is None
    assert batching.closes_s == 10.25
    assert batching.close_if_due(10.2) is None
    assert batching.close_if_due(10.25) == (HeardBeacon(A, -60, 10.0),)
    assert batching.closes_s is None
    assert batching.close() == ()


def test_one_beacon_in_one_window_is_one_sighting_of_mean_power_at_its_latest_time() -> None:
    batching = Batching()
    for heard_s, rssi_dbm in ((10.0, -50), (10.1, -60), (10.2, -60)):
        batching.add(A, rssi_dbm, heard_s, heard_s)
    mean_dbm = 10 * math.log10((10**-5 + 2 * 10**-6) / 3)
    assert batching.close() == (HeardBeacon(A, round(mean_dbm), 10.2),)


def test_bluez_double_signal_counts_once() -> None:
    batching = Batching()
    for heard_s, rssi_dbm in ((10.0, -50), (10.001, -50), (10.1, -70), (10.2, -70)):
        batching.add(A, rssi_dbm, heard_s, heard_s)
    assert batching.close()[0].rssi_dbm == round(10 * math.log10((10**-5 + 2 * 10**-7) / 3))


def test_a_full_window_closes_at_once() -> None:
    batching = Batching(max_sightings=2)
    assert batching.add(A, -60, 1.0, 1.0) is None
    assert batching.add(B, -61, 1.1, 1.1) == (HeardBeacon(A, -60, 1.0), HeardBeacon(B, -61, 1.1))
    assert batching.closes_s is None


def test_a_strength_that_is_none_is_dropped() -> None:
    batching = Batching()
    for rssi_dbm in (0, 20, 127, -128):
        assert batching.add(A, rssi_dbm, 1.0, 1.0) is None
    assert batching.close() == ()


hearings = st.lists(
    st.tuples(st.sampled_from([bytes([i] * 8) for i in range(6)]), st.integers(-127, -1), st.floats(0, 0.4)),
    max_size=80,
)


@settings(deadline=None)  # two shared cores
@given(hearings, st.integers(1, 8))
def test_every_hearing_is_in_exactly_one_window(heard: list[tuple[bytes, int, float]], max_sightings: int) -> None:
    batching = Batching(max_sightings=max_sightings)
    windows: list[tuple[HeardBeacon, ...]] = []
    now_s = 0.0
    since: list[tuple[float, bytes, int]] = []
    for ephemeral_id, rssi_dbm, pause_s in heard:
        now_s += pause_s
        since.append((now_s, ephemeral_id, rssi_dbm))
        closed = batching.add(ephemeral_id, rssi_dbm, now_s, now_s)
        if closed:
            windows.append(closed)
    windows.append(batching.close())
    for window in windows[:-1]:
        assert window
        assert max(each.heard_s for each in window) - min(each.heard_s for each in window) <= BATCH_AGE_S + 0.4
    latest = {(each.ephemeral_id, each.heard_s) for window in windows for each in window}
    by_time = {(ephemeral_id, heard_s) for heard_s, ephemeral_id, _ in since}
    assert latest <= by_time
    assert {each for each, _ in latest} == {each for each, _ in by_time}
    for window in windows:
        for each in window:
            strengths = [rssi for heard_s, ephemeral_id, rssi in since if ephemeral_id == each.ephemeral_id]
            assert min(strengths) <= each.rssi_dbm <= max(strengths)


@settings(deadline=None)  # two shared cores
@given(st.lists(st.floats(0, 0.1), min_size=1, max_size=60))
def test_no_sighting_waits_longer_than_the_window(pauses_s: list[float]) -> None:
    batching = Batching()
    now_s, waiting_since_s = 0.0, None
    for pause_s in pauses_s:
        now_s += pause_s
        if batching.close_if_due(now_s):
            waiting_since_s = None
        if waiting_since_s is not None:
            assert now_s - waiting_since_s < BATCH_AGE_S
        assert batching.add(A, -60, now_s, now_s) is None
        waiting_since_s = now_s if waiting_since_s is None else waiting_since_s


def test_the_double_limit_lies_far_below_the_fastest_beacon() -> None:
    assert DOUBLE_WITHIN_S < 0.020 / 2
