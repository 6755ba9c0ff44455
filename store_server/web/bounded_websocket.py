"""What a client may say over a websocket, bounded (requirement D8): whoever says more is cut off.

Screens ask for everything over HTTP; over the socket they only hear, and answer the server's pings.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Any

from engineio.async_drivers._websocket_wsgi import SimpleWebSocketWSGI
from flask_socketio import SocketIO

MOST_BYTES = 64 * 1024
MOST_MESSAGES_A_SECOND = 20
_WITH_ATTACHMENTS = ("45", "46")
"""How an event or an acknowledgement begins that announces binary attachments, for which the server would wait."""


class BoundedWebSocket(SimpleWebSocketWSGI):  # type: ignore[misc]  # the library has no types
    """Engine.IO's websocket for threads; ``wait`` ends the connection where a client goes past the bounds."""

    def __init__(self, handler: Callable[..., Any], server: object, **more: Any) -> None:
        # By itself the library puts a message of any size together before it looks at it.
        super().__init__(handler, server, max_message_size=MOST_BYTES, **more)
        self._heard_s: deque[float] = deque(maxlen=MOST_MESSAGES_A_SECOND)

    def wait(self) -> str | None:
        """The next message; None where the connection has ended."""
        message: str | bytes | None = super().wait()
        if message is None:
            return None
        if isinstance(message, str) and not message.startswith(_WITH_ATTACHMENTS) and not self._is_flooding():
            return message
        self.close()
        return None

    def _is_flooding(self) -> bool:
        now_s = time.monotonic()
        is_full = len(self._heard_s) == MOST_MESSAGES_A_SECOND
        is_flooding = is_full and now_s - self._heard_s[0] < 1.0
        self._heard_s.append(now_s)
        return is_flooding


def bound_websockets(socketio: SocketIO) -> None:
    """Let each of the server's websockets be a bounded one; after ``init_app``."""
    # There is no setting for it: Engine.IO chooses its websocket by the way it runs.
    socketio.server.eio._async["websocket"] = BoundedWebSocket
