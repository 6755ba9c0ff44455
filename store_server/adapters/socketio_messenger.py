"""``Messenger`` on Flask-SocketIO rooms. A room is named by the server from the proven identity; no client ever names one."""

from __future__ import annotations

from collections.abc import Iterable

from flask_socketio import SocketIO

from store_server.ports import Credential
from store_server.wire.message import Message

STAFF_ROOM = "staff"


def room_of(credential: Credential, subject: str) -> str:
    """The one room a credential's sockets hear.

    >>> room_of(Credential.KIOSK, "kiosk-1")
    'kiosk:kiosk-1'
    """
    return f"{credential.value}:{subject}"


class SocketioMessenger:
    def __init__(self, socketio: SocketIO) -> None:
        self._socketio = socketio

    def to_kiosk(self, kiosk_key: str, message: Message) -> None:
        self._emit(message, room_of(Credential.KIOSK, kiosk_key))

    def to_staff(self, message: Message) -> None:
        self._emit(message, STAFF_ROOM)

    def disconnect(self, credentials: Iterable[Credential], subject: str) -> None:
        server = self._socketio.server
        for credential in credentials:
            for sid, _ in list(server.manager.get_participants("/", room_of(credential, subject))):
                server.disconnect(sid)

    def _emit(self, message: Message, room: str) -> None:
        self._socketio.emit(message.event_name(), message.model_dump(mode="json"), to=room)
