"""The two ports a test must hold in its hand: a clock it moves and a messenger that remembers. Everything else is real."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from store_server.ports import Credential, Messenger
from store_server.wire.message import Message

OPENING = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


class MovableClock:
    """Stands still until it is moved."""

    def __init__(self, at: datetime = OPENING) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    def move(self, seconds: float) -> datetime:
        self._at += timedelta(seconds=seconds)
        return self._at


@dataclass
class RecordingMessenger:
    """Remembers what was sent, in order; hands it on where ``onward`` is set."""

    onward: Messenger | None = None
    to_kiosks: list[tuple[str, Message]] = field(default_factory=list)
    staff: list[Message] = field(default_factory=list)
    disconnected: list[tuple[Credential, str]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def to_kiosk(self, kiosk_key: str, message: Message) -> None:
        with self._lock:
            self.to_kiosks.append((kiosk_key, message))
        if self.onward is not None:
            self.onward.to_kiosk(kiosk_key, message)

    def to_staff(self, message: Message) -> None:
        with self._lock:
            self.staff.append(message)
        if self.onward is not None:
            self.onward.to_staff(message)

    def disconnect(self, credentials: Iterable[Credential], subject: str) -> None:
        ended = list(credentials)
        with self._lock:
            self.disconnected.extend((credential, subject) for credential in ended)
        if self.onward is not None:
            self.onward.disconnect(ended, subject)
