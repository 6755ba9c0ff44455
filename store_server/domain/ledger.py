"""The consent ledger: an append-only chain of events in which nothing can be changed or taken out unseen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from store_server.wire.privacy import ConsentEvent, ConsentEventKind, Purpose

FIRST_PREV = "0" * 64
"""``prev`` of the first event."""


@dataclass(frozen=True, slots=True)
class Saying:
    """What was said, before it has its place in the chain."""

    record_id: str
    shopper_id: str
    purpose: Purpose
    event: ConsentEventKind
    at: datetime
    notice_version: str
    notice_sha256: str
    language: str
    screen: str


def event_hash(event: ConsentEvent) -> str:
    """SHA-256 over the event's canonical JSON (sorted keys, no spaces) without ``hash``."""
    content = event.model_dump(mode="json", exclude={"hash"})
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def append(last: ConsentEvent | None, sayings: Iterable[Saying]) -> list[ConsentEvent]:
    """The events of these sayings, each chained to the one before.

    >>> append(None, [])
    []
    """
    events: list[ConsentEvent] = []
    for saying in sayings:
        event = ConsentEvent(
            seq=1 if last is None else last.seq + 1,
            record_id=saying.record_id,
            shopper_id=saying.shopper_id,
            purpose=saying.purpose,
            event=saying.event,
            at=saying.at,
            notice_version=saying.notice_version,
            notice_sha256=saying.notice_sha256,
            language=saying.language,
            screen=saying.screen,
            prev=FIRST_PREV if last is None else last.hash,
            hash=FIRST_PREV,
        )
        last = event.model_copy(update={"hash": event_hash(event)})
        events.append(last)
    return events


@dataclass(frozen=True, slots=True)
class LedgerVerdict:
    """``bad_seq`` is None where all ``events`` events hold together; ``head`` is the last event's hash."""

    events: int
    head: str
    bad_seq: int | None = None
    reason: str = ""


def verify(events: Iterable[ConsentEvent]) -> LedgerVerdict:
    """Walk the chain and name the first event that was changed, taken out or moved."""
    count, prev = 0, FIRST_PREV
    for event in events:
        count += 1
        if event.seq != count:
            return LedgerVerdict(count, prev, count, f"event {count} is missing: event {event.seq} stands in its place")
        if event.prev != prev:
            return LedgerVerdict(count, prev, event.seq, f"event {event.seq} does not follow the event before it")
        if event.hash != event_hash(event):
            return LedgerVerdict(count, prev, event.seq, f"event {event.seq} was changed after it was written")
        prev = event.hash
    return LedgerVerdict(count, prev)
