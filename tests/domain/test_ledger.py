"""The chain in which nothing can be changed or taken out unseen (requirement F1, T38)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.domain.ledger import FIRST_PREV, Saying, append, event_hash, verify
from store_server.wire.privacy import ConsentEvent, ConsentEventKind, Purpose
from tests.fakes import OPENING

SAYINGS = st.lists(
    st.builds(
        Saying,
        st.integers(0, 2**128 - 1).map(lambda n: f"{n:032x}"),
        st.integers(0, 2**128 - 1).map(lambda n: f"{n:032x}"),
        st.sampled_from(Purpose),
        st.sampled_from(ConsentEventKind),
        st.integers(0, 10**9).map(lambda s: OPENING + timedelta(microseconds=s)),
        st.just("2026-11"),
        st.just("a" * 64),
        st.sampled_from(["en", "de"]),
        st.sampled_from(["portal", "kiosk:entrance", "kiosk:größe"]),
    ),
    min_size=2,
    max_size=8,
)


def chain(sayings: list[Saying]) -> list[ConsentEvent]:
    return append(None, sayings)


def saying(number: int = 0) -> Saying:
    return Saying(
        f"{number:032x}", "a" * 32, Purpose.GUIDANCE, ConsentEventKind.GIVEN, OPENING, "1", "b" * 64, "en", "portal"
    )


@given(SAYINGS)
def test_a_chain_holds_together_however_it_was_appended(sayings: list[Saying]) -> None:
    events = chain(sayings)
    last: ConsentEvent | None = None
    one_by_one = []
    for each in sayings:
        (last,) = append(last, [each])
        one_by_one.append(last)
    assert one_by_one == events
    verdict = verify(events)
    assert (verdict.events, verdict.bad_seq, verdict.head) == (len(events), None, events[-1].hash)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))


def test_an_empty_ledger_holds_together() -> None:
    verdict = verify([])
    assert (verdict.events, verdict.head, verdict.bad_seq) == (0, FIRST_PREV, None)


CHANGES: dict[str, Any] = {
    "record_id": "f" * 32,
    "shopper_id": "f" * 32,
    "purpose": Purpose.PREDICTION,
    "event": ConsentEventKind.EXPIRED,
    "at": OPENING - timedelta(days=1),
    "notice_version": "0",
    "notice_sha256": "c" * 64,
    "language": "fr",
    "screen": "elsewhere",
    "prev": "d" * 64,
    "hash": "e" * 64,
}


@given(SAYINGS, st.data())
def test_t38_an_edited_event_is_named(sayings: list[Saying], data: st.DataObject) -> None:
    events = chain(sayings)
    place = data.draw(st.integers(0, len(events) - 1))
    field = data.draw(st.sampled_from(sorted(CHANGES)))
    edited = events[place].model_copy(update={field: CHANGES[field]})
    if edited == events[place]:
        return
    verdict = verify([*events[:place], edited, *events[place + 1 :]])
    assert verdict.bad_seq == place + 1
    assert str(place + 1) in verdict.reason


@given(SAYINGS, st.data())
def test_t38_an_edit_with_a_new_hash_is_named_by_what_follows_it(sayings: list[Saying], data: st.DataObject) -> None:
    events = chain(sayings)
    place = data.draw(st.integers(0, len(events) - 2))
    edited = events[place].model_copy(update={"screen": "forged"})
    edited = edited.model_copy(update={"hash": event_hash(edited)})
    assert verify([*events[:place], edited, *events[place + 1 :]]).bad_seq == place + 2


@given(SAYINGS, st.data())
def test_t38_a_deleted_event_is_named(sayings: list[Saying], data: st.DataObject) -> None:
    events = chain(sayings)
    place = data.draw(st.integers(0, len(events) - 2))
    verdict = verify([*events[:place], *events[place + 1 :]])
    assert verdict.bad_seq == place + 1
    assert "missing" in verdict.reason


@given(SAYINGS, st.data())
def test_t38_two_swapped_events_are_named(sayings: list[Saying], data: st.DataObject) -> None:
    events = chain(sayings)
    first, second = sorted(data.draw(st.sets(st.integers(0, len(events) - 1), min_size=2, max_size=2)))
    events[first], events[second] = events[second], events[first]
    assert verify(events).bad_seq == first + 1
    # Swapped with their numbers corrected:
    relabelled = [event.model_copy(update={"seq": place}) for place, event in enumerate(events, start=1)]
    assert verify(relabelled).bad_seq == first + 1


@given(SAYINGS)
def test_t38_a_doubled_event_is_named(sayings: list[Saying]) -> None:
    events = chain(sayings)
    assert verify([events[0], *events]).bad_seq == 2


def test_the_hash_covers_every_field_but_itself() -> None:
    (event,) = chain([saying()])
    for field in set(ConsentEvent.model_fields) - {"hash"}:
        value = CHANGES.get(field, 9)
        assert event_hash(event.model_copy(update={field: value})) != event.hash, field
    assert event_hash(event.model_copy(update={"hash": "e" * 64})) == event.hash


def test_the_hash_is_the_same_after_a_journey_through_json() -> None:
    (event,) = chain([saying()])
    assert event_hash(ConsentEvent.model_validate_json(event.model_dump_json())) == event.hash


@pytest.mark.parametrize("count", [1, 3])
def test_each_event_follows_the_one_before(count: int) -> None:
    events = chain([saying(n) for n in range(count)])
    assert [event.prev for event in events] == [FIRST_PREV, *(event.hash for event in events[:-1])]
