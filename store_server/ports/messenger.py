"""Messages to screens."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from store_server.ports.people import Credential
from store_server.wire.message import Message


class Messenger(Protocol):
    """Wire messages to screens."""

    def to_kiosk(self, kiosk_key: str, message: Message) -> None: ...
    def to_staff(self, message: Message) -> None: ...
    def disconnect(self, credentials: Iterable[Credential], subject: str) -> None:
        """Close the sockets of a session subject whose access ended."""
        ...
