"""What ``CallRecords`` promises, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from datetime import timedelta

from store_server.ports import CallRecord, Records
from tests.adapters.at_once import at_once
from tests.fakes import OPENING


def later(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def test_a_kiosk_has_one_open_call_and_another_when_that_is_done(records: Records) -> None:
    first = records.calls.add("c1", "k1", OPENING)
    assert first == CallRecord("c1", "k1", OPENING)
    assert records.calls.add("c2", "k1", OPENING + later(1)) == first
    other = records.calls.add("c3", "k2", OPENING - later(1))
    assert records.calls.open_calls() == [other, first]
    assert records.calls.end("c1", "kim", OPENING + later(2))
    assert records.calls.open_call("k1") is None
    assert records.calls.add("c4", "k1", OPENING + later(3)).call_id == "c4"
    assert [call.call_id for call in records.calls.open_calls()] == ["c3", "c4"]


def test_of_many_calls_at_once_one_stays(records: Records) -> None:
    added = at_once(lambda number: records.calls.add(f"c{number}", "k1", OPENING), 8)
    assert len({call.call_id for call in added}) == 1
    assert len(records.calls.open_calls()) == 1


def test_the_first_who_takes_a_call_has_it(records: Records) -> None:
    records.calls.add("c1", "k1", OPENING)
    taken = at_once(lambda number: records.calls.acknowledge("c1", f"user{number}", OPENING + later(number)), 4)
    assert sorted(taken) == [False, False, False, True]
    found = records.calls.call("c1")
    assert found is not None
    assert found.acknowledged_by == f"user{taken.index(True)}"
    assert found.acknowledged_at == OPENING + later(taken.index(True))


def test_a_call_that_is_done_is_neither_taken_nor_done_again(records: Records) -> None:
    records.calls.add("c1", "k1", OPENING)
    assert records.calls.end("c1", None, OPENING + later(1))
    assert not records.calls.acknowledge("c1", "kim", OPENING + later(2))
    assert not records.calls.end("c1", "kim", OPENING + later(2))
    assert records.calls.call("c1") == CallRecord("c1", "k1", OPENING, done_at=OPENING + later(1))
    assert records.calls.call("none") is None


def test_calls_are_counted_for_each_kiosk_and_old_ones_go(records: Records) -> None:
    for number in range(3):
        records.calls.add(f"c{number}", "k1", OPENING + later(number))
        records.calls.end(f"c{number}", "kim", OPENING + later(number))
    records.calls.add("open", "k1", OPENING)
    assert records.calls.count_since("k1", OPENING + later(1)) == 2
    assert records.calls.count_since("k2", OPENING) == 0
    assert [call.call_id for call in records.calls.done_calls(2)] == ["c2", "c1"]
    assert records.calls.purge(OPENING + later(2)) == 2
    assert records.calls.call("c2") is not None
    assert records.calls.call("open") is not None, "an open call stays, however old"
