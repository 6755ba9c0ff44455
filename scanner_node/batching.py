"""Sightings to batches, pure: one entry per beacon and window, closed by size or age.

Batches are numbered only when they are first sent (see ``uplink``): a number given here would grow old in the spool during an
outage and fall out of the server's replay window, which spans 64 numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from store_server.wire.sightings import MAX_SIGHTINGS, RSSI_DBM_MAX, RSSI_DBM_MIN

BATCH_AGE_S = 0.25

DOUBLE_WITHIN_S = 0.005
"""BlueZ tells of one advertisement in up to two signals (RSSI, then data), a millisecond apart. No beacon sends twice this
fast: 20 ms is the shortest advertising interval Bluetooth allows."""


class HeardBeacon(NamedTuple):
    """One beacon in one window, before it gets the server's time: becomes a ``Sighting`` when it is sent."""

    ephemeral_id: bytes
    rssi_dbm: int
    heard_s: float
    """On the node's own clock that never steps."""


@dataclass(slots=True)
class _Gathered:
    milliwatts: float
    count: int
    last_rssi_dbm: int
    last_heard_s: float


class Batching:
    """The open window. ``add`` and ``close`` return what is ready to go."""

    def __init__(self, max_age_s: float = BATCH_AGE_S, max_sightings: int = MAX_SIGHTINGS) -> None:
        self._max_age_s = max_age_s
        self._max_sightings = max_sightings
        self._opened_s: float | None = None
        self._gathered: dict[bytes, _Gathered] = {}

    @property
    def closes_s(self) -> float | None:
        """When the open window closes by age; None while nothing was heard."""
        return None if self._opened_s is None else self._opened_s + self._max_age_s

    def add(self, ephemeral_id: bytes, rssi_dbm: int, heard_s: float, now_s: float) -> tuple[HeardBeacon, ...] | None:
        """Take one hearing; returns the closed window where this one filled it or came after its time.

        A strength outside what the wire allows says that the radio did not measure: it is dropped.
        """
        if not RSSI_DBM_MIN <= rssi_dbm <= RSSI_DBM_MAX:
            return None
        closed = self.close_if_due(now_s)
        if self._opened_s is None:
            self._opened_s = now_s
        known = self._gathered.get(ephemeral_id)
        if known is None:
            self._gathered[ephemeral_id] = _Gathered(10 ** (rssi_dbm / 10), 1, rssi_dbm, heard_s)
        elif rssi_dbm != known.last_rssi_dbm or abs(heard_s - known.last_heard_s) > DOUBLE_WITHIN_S:
            known.milliwatts += 10 ** (rssi_dbm / 10)
            known.count += 1
            known.last_rssi_dbm = rssi_dbm
            known.last_heard_s = max(known.last_heard_s, heard_s)
        if len(self._gathered) >= self._max_sightings:
            return (closed or ()) + self.close()
        return closed

    def close_if_due(self, now_s: float) -> tuple[HeardBeacon, ...] | None:
        """The window, if its time is over."""
        closes_s = self.closes_s
        return self.close() if closes_s is not None and now_s >= closes_s else None

    def close(self) -> tuple[HeardBeacon, ...]:
        """End the window now; empty where nothing was heard."""
        closed = tuple(
            HeardBeacon(ephemeral_id, _mean_dbm(each), each.last_heard_s)
            for ephemeral_id, each in self._gathered.items()
        )
        self.forget()
        return closed

    def forget(self) -> None:
        """Drop what was gathered: the ids are no longer valid."""
        self._opened_s = None
        self._gathered = {}


def _mean_dbm(gathered: _Gathered) -> int:
    """Mean power, not mean of decibels: what a receiver that averages longer would have measured."""
    mean_dbm = round(10 * math.log10(gathered.milliwatts / gathered.count))
    return min(max(mean_dbm, RSSI_DBM_MIN), RSSI_DBM_MAX)
