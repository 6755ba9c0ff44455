"""``Messenger`` on Flask-SocketIO rooms. A room is named by the server from the proven identity; no client ever names one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask_socketio import SocketIO

from store_server.ports import Credential
from store_server.wire.message import Message

STAFF_ROOM = "staff"


class NotForThem(Exception):
    """A message was to go to screens that may not hear it: our own mistake."""


def room_of(credential: Credential, subject: str) -> str:
    """The one room a credential's sockets hear.

    >>> room_of(Credential.KIOSK, "kiosk-1")
    'kiosk:kiosk-1'
    """
    return f"{credential.value}:{subject}"


class SocketioMessenger:
    """Sends what ``heard_by`` names, to whom it names: an event it does not name reaches nobody (requirement D6)."""

    def __init__(self, socketio: SocketIO, heard_by: Mapping[str, frozenset[Credential]]) -> None:
        self._socketio, self._heard_by = socketio, heard_by

    def to_kiosk(self, kiosk_key: str, message: Message) -> None:
        self._emit(message, Credential.KIOSK, room_of(Credential.KIOSK, kiosk_key))

    def to_staff(self, message: Message) -> None:
        self._emit(message, Credential.STAFF, STAFF_ROOM)

    def disconnect(self, credentials: Iterable[Credential], subject: str) -> None:
        server = self._socketio.server
        for credential in credentials:
            for sid, _ in list(server.manager.get_participants("/", room_of(credential, subject))):
                server.disconnect(sid)

    def _emit(self, message: Message, to: Credential, room: str) -> None:
        if to not in self._heard_by.get(message.event_name(), frozenset()):
            raise NotForThem(f"{message.event_name()} is not for {to.value}: see HEARD in web/roles.py")
        self._socketio.emit(message.event_name(), message.model_dump(mode="json"), to=room)
