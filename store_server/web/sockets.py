"""Sockets: who may connect, and the one room they hear. A connection that proves nothing never reaches Socket.IO."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, request
from flask_socketio import SocketIO, join_room
from werkzeug.http import parse_cookie

from store_server.ports import Credential, Session
from store_server.use_cases.sign_in import Doors
from store_server.web.audience import audience_cookie, store
from store_server.web.roles import EVENTS, HEADERS, PEOPLE, session_for

MOST_SOCKETS_A_CREDENTIAL = 4
MOST_SOCKETS_AN_ADDRESS = 20

_Start = Callable[..., Any]


class SocketGuard:
    """WSGI, in front of Socket.IO: each socket holds a thread, so whoever proves nothing must not get one (requirement D8)."""

    def __init__(self, wsgi: Callable[..., Iterable[bytes]], doors: Doors, origins: tuple[str, ...]) -> None:
        self._wsgi, self._doors, self._origins = wsgi, doors, origins
        self._open: Counter[str] = Counter()
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: _Start) -> Iterable[bytes]:
        if not environ.get("PATH_INFO", "").startswith("/socket.io"):
            return self._wsgi(environ, start_response)
        if environ.get("HTTP_ORIGIN") not in self._origins:
            return _refuse(start_response, "403 Forbidden", b"Not from a page of this store.")
        session = self._session(environ.get("HTTP_COOKIE", ""))
        if session is None:
            return _refuse(start_response, "401 Unauthorized", b"Sign in first.")
        if environ.get("HTTP_UPGRADE", "").lower() != "websocket":
            return _refuse(start_response, "400 Bad Request", b"Use a websocket.")
        counted = (f"session:{session.token_hash}", f"address:{environ.get('REMOTE_ADDR', '')}")
        if not self._enter(counted):
            return _refuse(start_response, "429 Too Many Requests", b"Too many connections.")
        try:
            # A websocket's whole life passes inside this call.
            return self._wsgi(environ, start_response)
        finally:
            self._leave(counted)

    def _session(self, cookie_header: str) -> Session | None:
        cookies = parse_cookie(cookie_header)
        for audience in ("kiosk", "people"):
            token = cookies.get(audience_cookie(audience))
            session = None if token is None else self._doors.find(token)
            if session is not None and session.credential in EVENTS["connect"]:
                return session
        return None

    def _enter(self, counted: tuple[str, str]) -> bool:
        with self._lock:
            mine, address = (self._open[key] for key in counted)
            if mine >= MOST_SOCKETS_A_CREDENTIAL or address >= MOST_SOCKETS_AN_ADDRESS:
                return False
            self._open.update(counted)
            return True

    def _leave(self, counted: tuple[str, str]) -> None:
        with self._lock:
            self._open.subtract(counted)
            for key in counted:
                if self._open[key] <= 0:
                    del self._open[key]


class OpenSockets:
    """Which session let each open socket in: it ends with that session, whichever process ended it and why (requirement D3)."""

    def __init__(self, socketio: SocketIO, doors: Doors) -> None:
        self._socketio, self._doors = socketio, doors
        self._sessions: dict[str, str] = {}
        self._lock = threading.Lock()

    def opened(self, sid: str, token_hash: str) -> None:
        with self._lock:
            self._sessions[sid] = token_hash

    def closed(self, sid: str) -> None:
        with self._lock:
            self._sessions.pop(sid, None)

    def __len__(self) -> int:
        with self._lock:
            return len(self._sessions)

    def end_with_their_sessions(self) -> None:
        """Disconnect whoever was signed out, disabled, given another role or password, or has been idle too long."""
        with self._lock:
            sessions = dict(self._sessions)
        if not sessions:
            return
        living = self._doors.living(set(sessions.values()))
        for sid, token_hash in sessions.items():
            if token_hash not in living:
                self._socketio.server.disconnect(sid)
                self.closed(sid)  # its own end may have been told before its beginning was noted


def _refuse(start_response: _Start, status: str, words: bytes) -> Iterable[bytes]:
    headers = {"Content-Type": "text/plain", "Content-Length": str(len(words)), "Cache-Control": "no-store", **HEADERS}
    start_response(status, list(headers.items()))
    return [words]


def listen(
    app: Flask, socketio: SocketIO, doors: Doors, room_of: Callable[[Credential, str], str], staff_room: str
) -> OpenSockets:
    """Answer connections: the room follows from the proven identity, never from what a client asks for (D7)."""
    sockets = OpenSockets(socketio, doors)

    @socketio.on("connect")  # type: ignore[untyped-decorator]
    def _connect(_auth: object = None) -> bool:
        # The page says which of a browser's sessions it wants to be heard as; it can only choose among its own.
        wanted = request.args.get("audience", "kiosk")
        allowed = PEOPLE if wanted == "people" else EVENTS["connect"] - PEOPLE
        with app.app_context():
            session = session_for(allowed)
            if session is None or session.credential not in allowed:
                return False
            join_room(room_of(session.credential, session.subject))
            if session.credential in PEOPLE:
                join_room(staff_room)
            else:
                store().records.nodes.see_kiosk(session.subject, store().spine.clock.now())
        sockets.opened(_sid(), session.token_hash)
        return True

    @socketio.on("disconnect")  # type: ignore[untyped-decorator]
    def _disconnect(_reason: object = None) -> None:
        sockets.closed(_sid())

    return sockets


def _sid() -> str:
    """The socket that the present event came from; Flask-SocketIO puts it on the request."""
    return str(request.sid)  # type: ignore[attr-defined]
