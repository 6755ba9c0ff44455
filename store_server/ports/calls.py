"""Calls for help from kiosks: which screen, when, and who of the staff went; never who called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class CallRecord:
    call_id: str
    kiosk_key: str
    called_at: datetime
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    done_at: datetime | None = None
    done_by: str | None = None


class CallRecords(Protocol):
    def add(self, call_id: str, kiosk_key: str, at: datetime) -> CallRecord:
        """A new call, or the open one that this kiosk has already: there is never a second."""
        ...

    def call(self, call_id: str) -> CallRecord | None: ...
    def open_call(self, kiosk_key: str) -> CallRecord | None: ...
    def open_calls(self) -> Sequence[CallRecord]:
        """The longest waiting first."""
        ...

    def done_calls(self, limit: int) -> Sequence[CallRecord]:
        """The last done first."""
        ...

    def count_since(self, kiosk_key: str, since: datetime) -> int:
        """How often this kiosk has called since then."""
        ...

    def acknowledge(self, call_id: str, user_name: str, at: datetime) -> bool:
        """False, and nothing done, where somebody was first or the call is not open."""
        ...

    def end(self, call_id: str, user_name: str | None, at: datetime) -> bool:
        """False, and nothing done, where the call is not open."""
        ...

    def purge(self, done_before: datetime) -> int: ...
