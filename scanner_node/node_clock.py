"""The node's time: one clock that never steps, and its offset to the server's."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

_STEADY_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Goes on while the machine sleeps: a laptop that wakes must not take an old set of valid ids for a fresh one."""

EARLIEST_S, LATEST_S = 946_771_200.0, 7_258_000_000.0
"""2000-01-02 and 2199-12: a machine without a clock battery wakes in 1970, which the wire does not carry. It sends this instead,
and the server's answer puts it right."""

TRUSTED_SKEW_S = 0.5
"""Below this the node's own clock stands: a network's delay is no reason to move sightings in time."""


def steady_s() -> float:
    """Seconds on the clock that never steps; only differences mean something."""
    return time.clock_gettime(_STEADY_CLOCK)


class NodeClock:
    """Dates sightings and requests in the server's time.

    Sightings are kept by the steady clock and dated when they are sent, so that a clock set in between (by the network, or by
    the server's correction) dates them right.
    """

    def __init__(self, steady: Callable[[], float] = steady_s, wall: Callable[[], float] = time.time) -> None:
        self.steady_s = steady
        self.wall_s = wall
        self.skew_s: float | None = None
        """The server's clock minus ours, as last measured."""
        self._correction_s = 0.0

    def at(self, steady_s: float) -> datetime:
        """The instant, in the server's time, at which the steady clock showed this."""
        age_s = self.steady_s() - steady_s
        unix_s = self.wall_s() + self._correction_s - age_s
        return datetime.fromtimestamp(min(max(unix_s, EARLIEST_S), LATEST_S), UTC)

    def now(self) -> datetime:
        return self.at(self.steady_s())

    def steady_at(self, wall_s: float) -> float:
        """What the steady clock shows when our own wall clock shows this."""
        return self.steady_s() + (wall_s - self.wall_s())

    def learn(self, server_at: datetime, sent_s: float, answered_s: float) -> bool:
        """The server named its time in an answer to a request of ``sent_s``; returns whether ours is corrected differently now.

        The answer's delay bounds how well we know: within it, or within ``TRUSTED_SKEW_S``, nothing is corrected.
        """
        middle_wall_s = self.wall_s() - (self.steady_s() - (sent_s + answered_s) / 2)
        self.skew_s = server_at.timestamp() - middle_wall_s
        doubt_s = max(TRUSTED_SKEW_S, answered_s - sent_s)
        if abs(self.skew_s - self._correction_s) <= doubt_s:
            return False
        self._correction_s = 0.0 if abs(self.skew_s) <= doubt_s else self.skew_s
        return True
