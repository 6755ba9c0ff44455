"""What waits to be sent: 30 s in memory, oldest dropped first, never on disk (B2). An older sighting says nothing any more."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Set

from scanner_node.batching import HeardBeacon
from store_server.wire.sightings import MAX_SIGHTINGS

LONGEST_S = 28.0
"""The server takes sightings up to 30 s old (C7); 2 s are left for the way and for clocks that differ."""
LONGEST_COUNT = 50_000
"""About 10 MB: more than 1,600 sightings a second, more than one radio can hear, for 30 s."""


class Spool:
    """Closed windows in the order they were heard."""

    def __init__(self, keeps_s: float = LONGEST_S, keeps_count: int = LONGEST_COUNT) -> None:
        self._keeps_s = min(keeps_s, LONGEST_S)
        self._keeps_count = keeps_count
        self._waiting: deque[HeardBeacon] = deque()
        self.dropped = 0
        """Sightings of valid ids that grew too old or had no room."""

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, window: Iterable[HeardBeacon], now_s: float) -> None:
        self._waiting.extend(window)
        self._drop_old(now_s)
        while len(self._waiting) > self._keeps_count:
            self._waiting.popleft()
            self.dropped += 1

    def take(self, valid_ids: Set[bytes], now_s: float) -> tuple[HeardBeacon, ...]:
        """The oldest that still count, as many as one batch may hold; those of ids no longer valid are forgotten."""
        self._drop_old(now_s)
        taken: list[HeardBeacon] = []
        while self._waiting and len(taken) < MAX_SIGHTINGS:
            heard = self._waiting.popleft()
            if heard.ephemeral_id in valid_ids:
                taken.append(heard)
        return tuple(taken)

    def still_counts(
        self, sent_before: Iterable[HeardBeacon], valid_ids: Set[bytes], now_s: float
    ) -> tuple[HeardBeacon, ...]:
        """What of a batch that is tried again may still be sent."""
        kept = []
        for heard in sent_before:
            if now_s - heard.heard_s > self._keeps_s:
                self.dropped += 1
            elif heard.ephemeral_id in valid_ids:
                kept.append(heard)
        return tuple(kept)

    def forget(self) -> None:
        self._waiting.clear()

    def _drop_old(self, now_s: float) -> None:
        while self._waiting and now_s - self._waiting[0].heard_s > self._keeps_s:
            self._waiting.popleft()
            self.dropped += 1
