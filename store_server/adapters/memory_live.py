"""``LiveState`` in this process: bounded, locked, gone with the process."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from store_server.domain.consent import Admitted
from store_server.domain.kiosk_views import KioskView, without_passed
from store_server.domain.sightings import AdmittedSightings, SightingColumns
from store_server.ports import LiveKiosk, LiveTrack, LiveWindow

MOST_BATCHES = 20_000
"""Batches kept at most: 40 s of 500 batches/s. A flood pushes out its own oldest."""

Bearing = tuple[str, str, int]
"""(beacon_id, shopper_id, epoch)."""

Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class _Batch:
    """Sightings as they wait for a tick: who is heard, and by whom, is numbered once, not again on each tick.

    Attributes
    ----------
    bearing, node : ndarray of int, shape (S,)
    rssi_dbm, heard_s : ndarray, shape (S,)
    newest_s : float
    """

    bearing: Indices
    node: Indices
    rssi_dbm: NDArray[np.float64]
    heard_s: NDArray[np.float64]
    newest_s: float

    def without(self, bearings: Indices) -> _Batch:
        keep = ~np.isin(self.bearing, bearings)
        return _Batch(self.bearing[keep], self.node[keep], self.rssi_dbm[keep], self.heard_s[keep], self.newest_s)


class MemoryLive:
    """One lock over everything: each step is short, and a withdrawal must be able to stop all of them."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._epochs: dict[str, int] = {}
        self._batches: deque[_Batch] = deque(maxlen=MOST_BATCHES)
        self._numbers: dict[Bearing, int] = {}
        """Of everybody in a batch, and of nobody else: a number is never given again."""
        self._next_number = 0
        self._node_numbers: dict[str, int] = {}
        self._tracks: dict[str, LiveTrack] = {}
        self._nodes: dict[str, float] = {}
        self._kiosks: dict[str, LiveKiosk] = {}
        self._views: dict[str, KioskView] = {}

    # --- the fence ---------------------------------------------------------------------------------------------------

    def raise_epoch(self, shopper_id: str, epoch: int) -> None:
        with self._lock:
            self._epochs[shopper_id] = max(epoch, self._epochs.get(shopper_id, 0))

    def _is_current(self, shopper_id: str, epoch: int) -> bool:
        return epoch >= self._epochs.get(shopper_id, 0)

    @contextmanager
    def while_current(self, bearers: Iterable[tuple[str, int]]) -> Iterator[bool]:
        with self._lock:
            yield all(self._is_current(shopper_id, epoch) for shopper_id, epoch in bearers)

    # --- sightings and tracks ----------------------------------------------------------------------------------------

    def add(self, admitted: Admitted) -> None:
        sightings = admitted.sightings
        with self._lock:
            bearings = zip(sightings.beacon_ids, admitted.shopper_ids, admitted.epochs, strict=True)
            numbers = np.array(
                [self._number(bearing) if self._is_current(*bearing[1:]) else -1 for bearing in bearings],
                dtype=np.int64,
            )
            known = self._node_numbers
            nodes = np.array([known.setdefault(n, len(known)) for n in sightings.node_ids], dtype=np.int64)
            bearing = numbers[sightings.beacon_index]
            keep = bearing >= 0
            if keep.any():
                heard_s, node = sightings.heard_s[keep], nodes[sightings.node_index[keep]]
                batch = _Batch(bearing[keep], node, sightings.rssi_dbm[keep], heard_s, float(heard_s.max()))
                self._batches.append(batch)

    def _number(self, bearing: Bearing) -> int:
        number = self._numbers.get(bearing)
        if number is None:
            number = self._numbers[bearing] = self._next_number
            self._next_number += 1
        return number

    def window(self, since_s: float) -> LiveWindow:
        with self._lock:
            while self._batches and self._batches[0].newest_s < since_s:
                self._batches.popleft()
            batches = list(self._batches)
            bearing = np.concatenate([batch.bearing for batch in batches]) if batches else np.empty(0, dtype=np.int64)
            first = int(bearing.min(initial=self._next_number))
            is_heard = np.zeros(self._next_number - first, dtype=np.bool_)
            is_heard[bearing - first] = True
            self._numbers = {of: n for of, n in self._numbers.items() if n >= first and is_heard[n - first]}
            newest: dict[str, int] = {}
            bearers: dict[str, tuple[str, int]] = {}
            for (beacon_id, shopper_id, epoch), number in self._numbers.items():
                if self._is_current(shopper_id, epoch) and bearers.get(beacon_id, ("", -1))[1] < epoch:
                    bearers[beacon_id], newest[beacon_id] = (shopper_id, epoch), number
            node_ids = tuple(self._node_numbers)
        # Rows of a beacon admitted under an earlier epoch than its present one are left out.
        places = np.full(len(is_heard), -1, dtype=np.int64)
        for place, beacon_id in enumerate(bearers):
            places[newest[beacon_id] - first] = place
        whole = SightingColumns(
            tuple(bearers),
            node_ids,
            places[bearing - first],
            np.concatenate([batch.node for batch in batches]) if batches else bearing,
            np.concatenate([batch.rssi_dbm for batch in batches]) if batches else np.empty(0),
            np.concatenate([batch.heard_s for batch in batches]) if batches else np.empty(0),
        )
        keep = (whole.beacon_index >= 0) & (whole.heard_s >= since_s)
        return LiveWindow(AdmittedSightings(whole.where(keep)), bearers)

    def note_node(self, node_id: str, at_s: float) -> None:
        with self._lock:
            self._nodes[node_id] = max(at_s, self._nodes.get(node_id, at_s))

    def nodes_heard_since(self, since_s: float) -> frozenset[str]:
        with self._lock:
            return frozenset(node_id for node_id, at_s in self._nodes.items() if at_s >= since_s)

    def tracks(self) -> Sequence[LiveTrack]:
        with self._lock:
            return list(self._tracks.values())

    def save_tracks(self, tracks: Iterable[LiveTrack]) -> None:
        with self._lock:
            for track in tracks:
                if self._is_current(track.shopper_id, track.epoch):
                    self._tracks[track.track.beacon_id] = track

    def forget(self, beacon_id: str) -> None:
        with self._lock:
            self._tracks.pop(beacon_id, None)
            gone = [bearing for bearing in self._numbers if bearing[0] == beacon_id]
            numbers = np.array([self._numbers.pop(bearing) for bearing in gone], dtype=np.int64)
            kept = (batch.without(numbers) for batch in self._batches)
            self._batches = deque((batch for batch in kept if len(batch.heard_s)), maxlen=MOST_BATCHES)

    def drop_older(self, before_s: float) -> None:
        with self._lock:
            self._tracks = {b: t for b, t in self._tracks.items() if t.track.last_fix_s >= before_s}

    # --- kiosks and their views ------------------------------------------------------------------------------------------

    def note_kiosk(self, kiosk_key: str, kiosk: LiveKiosk) -> None:
        with self._lock:
            self._kiosks[kiosk_key] = kiosk

    def kiosks(self) -> Mapping[str, LiveKiosk]:
        with self._lock:
            return dict(self._kiosks)

    def kiosk_view(self, kiosk_key: str) -> KioskView:
        with self._lock:
            return without_passed(self._views.get(kiosk_key, KioskView()), self._is_current)

    def kiosk_views(self) -> Mapping[str, KioskView]:
        with self._lock:
            return dict(self._views)

    def change_kiosk_view(self, kiosk_key: str, change: Callable[[KioskView], KioskView]) -> KioskView:
        # `change` reads the database and works out paths, so it runs outside the lock, on a view nobody can alter; if
        # another thread was first, it runs again on what that one left.
        while True:
            with self._lock:
                before = self._views.get(kiosk_key)
            after = change(before or KioskView())
            with self._lock:
                if self._views.get(kiosk_key) is before:
                    after = without_passed(after, self._is_current)
                    self._views[kiosk_key] = after
                    return after
