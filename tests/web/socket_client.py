"""A real server on a real port, and a websocket client that speaks Socket.IO's own words, so that tests see every byte."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import websocket
from flask import Flask
from werkzeug.serving import BaseWSGIServer, make_server

from store_server.web.audience import audience_cookie
from tests.opened_store import ORIGIN, Browser

TIMEOUT_S = 20.0
OPEN, CLOSE, PING, PONG, MESSAGE = "0", "1", "2", "3", "4"
CONNECT, DISCONNECT, EVENT, CONNECT_ERROR = "0", "1", "2", "4"


@contextmanager
def served(app: Flask) -> Iterator[int]:
    """Serve the app on loopback; the port."""
    with serving(make_server("127.0.0.1", 0, app, threaded=True)) as port:
        yield port


@contextmanager
def serving(server: BaseWSGIServer) -> Iterator[int]:
    """Let this server run; the port."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Closed(Exception):
    """The server ended the connection."""


class SocketClient:
    """One websocket to the store; ``connect`` proves who it is, ``event`` waits for the next message."""

    def __init__(
        self,
        port: int,
        browser: Browser | None,
        *,
        audience: str = "kiosk",
        origin: str | None = ORIGIN,
        cookie: str = "",
    ) -> None:
        for name in ("kiosk", "people", "shopper"):
            token = None if browser is None else browser.token(name)
            if token is not None:
                cookie += f"; {audience_cookie(name)}={token}"
        # Raises websocket.WebSocketBadStatusException where the handshake is refused.
        self._socket = websocket.create_connection(
            f"ws://127.0.0.1:{port}/socket.io/?EIO=4&transport=websocket&audience={audience}",
            timeout=TIMEOUT_S,
            origin=origin,
            suppress_origin=origin is None,
            cookie=cookie.removeprefix("; ") or None,
        )

    def connect(self) -> bool:
        """Ask for the one namespace there is; whether the server let us in."""
        assert self._receive().startswith(OPEN)
        self._socket.send(MESSAGE + CONNECT)
        return self._receive().startswith(MESSAGE + CONNECT + "{")

    def send(self, message: str | bytes) -> None:
        if isinstance(message, str):
            self._socket.send(message)
        else:
            self._socket.send_binary(message)

    def event(self) -> tuple[str, Any]:
        """The next event's name and content.

        Raises
        ------
        Closed
        """
        while True:
            text = self._receive()
            if text.startswith(MESSAGE + EVENT):
                name, content = json.loads(text[2:])
                return name, content
            if text.startswith((CLOSE, MESSAGE + DISCONNECT)):
                raise Closed

    def _receive(self) -> str:
        while True:
            try:
                text = self._socket.recv()
            except (websocket.WebSocketConnectionClosedException, ConnectionError) as error:
                raise Closed from error
            assert isinstance(text, str)
            if text == "":
                raise Closed
            if text != PING:
                return text
            self._socket.send(PONG)

    def close(self) -> None:
        self._socket.close()
        self._socket.shutdown()  # type: ignore[no-untyped-call]  # close() leaves the descriptor open where the server was first

    def __enter__(self) -> SocketClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
