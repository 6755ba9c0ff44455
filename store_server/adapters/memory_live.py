"""``LiveState`` in this process: bounded, locked, gone with the process."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np

from store_server.domain.consent import Admitted
from store_server.domain.kiosk_views import KioskView, without_passed
from store_server.domain.sightings import AdmittedSightings, SightingColumns
from store_server.ports import LiveKiosk, LiveTrack, LiveWindow

MOST_BATCHES = 20_000
"""Batches kept at most: 40 s of 500 batches/s. A flood pushes out its own oldest."""


class MemoryLive:
    """One lock over everything: each step is short, and a withdrawal must be able to stop all of them."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._epochs: dict[str, int] = {}
        self._batches: deque[Admitted] = deque(maxlen=MOST_BATCHES)
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
        with self._lock:
            passed = [
                i
                for i, (shopper_id, epoch) in enumerate(zip(admitted.shopper_ids, admitted.epochs, strict=True))
                if not self._is_current(shopper_id, epoch)
            ]
            if passed:
                keep = ~np.isin(admitted.sightings.beacon_index, passed)
                admitted = Admitted(
                    AdmittedSightings(admitted.sightings.where(keep)), admitted.shopper_ids, admitted.epochs
                )
            if len(admitted.sightings):
                self._batches.append(admitted)

    def window(self, since_s: float) -> LiveWindow:
        with self._lock:
            while self._batches and self._batches[0].sightings.heard_s.max() < since_s:
                self._batches.popleft()
            batches = list(self._batches)
            bearers: dict[str, tuple[str, int]] = {}
            for batch in batches:
                for beacon_id, shopper_id, epoch in zip(
                    batch.sightings.beacon_ids, batch.shopper_ids, batch.epochs, strict=True
                ):
                    if self._is_current(shopper_id, epoch) and bearers.get(beacon_id, ("", -1))[1] < epoch:
                        bearers[beacon_id] = (shopper_id, epoch)
        return _joined(batches, bearers, since_s)

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
            kept = (_without_beacon(batch, beacon_id) for batch in self._batches)
            self._batches = deque((batch for batch in kept if len(batch.sightings)), maxlen=MOST_BATCHES)

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


def _without_beacon(batch: Admitted, beacon_id: str) -> Admitted:
    if beacon_id not in batch.sightings.beacon_ids:
        return batch
    place = batch.sightings.beacon_ids.index(beacon_id)
    kept = batch.sightings.where(batch.sightings.beacon_index != place)
    return Admitted(AdmittedSightings(kept), batch.shopper_ids, batch.epochs)


def _joined(batches: Sequence[Admitted], bearers: Mapping[str, tuple[str, int]], since_s: float) -> LiveWindow:
    """All batches as one set of columns; rows of a beacon admitted under an earlier epoch than its present one are left out."""
    beacons = {beacon_id: i for i, beacon_id in enumerate(bearers)}
    nodes: dict[str, int] = {}
    beacon_index, node_index, rssi_dbm, heard_s = [], [], [], []
    for batch in batches:
        sightings = batch.sightings
        places = np.array(
            [
                beacons[beacon_id] if beacon_id in beacons and bearers[beacon_id][1] == epoch else -1
                for beacon_id, epoch in zip(sightings.beacon_ids, batch.epochs, strict=True)
            ],
            dtype=np.int64,
        )
        node_places = np.array([nodes.setdefault(n, len(nodes)) for n in sightings.node_ids], dtype=np.int64)
        beacon_index.append(places[sightings.beacon_index])
        node_index.append(node_places[sightings.node_index])
        rssi_dbm.append(sightings.rssi_dbm)
        heard_s.append(sightings.heard_s)
    if not batches:
        empty = np.empty(0)
        whole = SightingColumns((), (), empty.astype(np.int64), empty.astype(np.int64), empty, empty)
        return LiveWindow(AdmittedSightings(whole), {})
    whole = SightingColumns(
        tuple(beacons),
        tuple(nodes),
        np.concatenate(beacon_index),
        np.concatenate(node_index),
        np.concatenate(rssi_dbm),
        np.concatenate(heard_s),
    )
    keep = (whole.beacon_index >= 0) & (whole.heard_s >= since_s)
    return LiveWindow(AdmittedSightings(whole.where(keep)), bearers)
