"""The spool keeps 30 s less the way to the server, and the oldest goes first."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from scanner_node.batching import HeardBeacon
from scanner_node.spool import LONGEST_S, Spool
from store_server.wire.sightings import MAX_SIGHTINGS

A, B = b"AAAAAAAA", b"BBBBBBBB"


def heard(ephemeral_id: bytes, heard_s: float) -> HeardBeacon:
    return HeardBeacon(ephemeral_id, -60, heard_s)


def test_what_is_older_than_the_server_takes_is_dropped_and_counted() -> None:
    spool = Spool()
    spool.put([heard(A, 0.0), heard(A, 10.0)], 10.0)
    assert spool.take({A}, LONGEST_S + 5) == (heard(A, 10.0),)
    assert spool.dropped == 1


def test_without_room_the_oldest_goes_first() -> None:
    spool = Spool(keeps_count=2)
    spool.put([heard(A, 1.0), heard(A, 2.0), heard(A, 3.0)], 3.0)
    assert spool.take({A}, 3.0) == (heard(A, 2.0), heard(A, 3.0))
    assert spool.dropped == 1


def test_ids_withdrawn_while_waiting_are_forgotten() -> None:
    spool = Spool()
    spool.put([heard(A, 1.0), heard(B, 1.0)], 1.0)
    assert spool.take({B}, 1.0) == (heard(B, 1.0),)
    assert (len(spool), spool.dropped) == (0, 0)


def test_a_batch_that_is_tried_again_loses_what_no_longer_counts() -> None:
    spool = Spool()
    before = (heard(A, 0.0), heard(A, 10.0), heard(B, 10.0))
    assert spool.still_counts(before, {A}, LONGEST_S + 5) == (heard(A, 10.0),)
    assert spool.dropped == 1


def test_forgetting_empties_it() -> None:
    spool = Spool()
    spool.put([heard(A, 1.0)], 1.0)
    spool.forget()
    assert spool.take({A}, 1.0) == ()


@settings(deadline=None)  # two shared cores
@given(st.lists(st.integers(0, 400), max_size=12))
def test_everything_comes_out_once_and_in_order_in_batches_the_wire_allows(windows: list[int]) -> None:
    spool, put = Spool(), []
    for number, size in enumerate(windows):
        window = [heard(A, number + each / 1000) for each in range(size)]
        spool.put(window, float(number + 1))
        put += window
    taken: list[HeardBeacon] = []
    while batch := spool.take({A}, 12.0):
        assert len(batch) <= MAX_SIGHTINGS
        taken += batch
    assert taken == put
