"""Ports for the servers that tests start."""

from __future__ import annotations

import random
import socket

FIRST, LAST = 12_000, 32_000
"""Below those the kernel gives to connections (Linux: from 32,768). One of those could be gone again before the server listens,
or while it is killed and started anew; and whoever knocks at one where nobody listens may be put through to themselves."""

_CHANCE = random.SystemRandom()
"""Not the seeded chance of the tests: two workers with one seed would choose alike."""


def free_port() -> int:
    """A port where nobody listens."""
    while True:
        port = _CHANCE.randint(FIRST, LAST)
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
