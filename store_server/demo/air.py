"""The air between the demo's transmitters and its nodes: "this frame is heard by that node at this strength, now".

Each node listens to a FIFO in the replay format. Only frames, strengths and times go in: where anybody stands stays here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import numpy as np

from store_server.demo.emulated_tags import EmulatedTag, ForeignDevice, Frame, Transmitter
from store_server.demo.fifos import NodeFifo
from store_server.demo.recordings import Recording
from store_server.demo.walkers import Walkers
from store_server.domain.radio_model import Floats
from store_server.wire.sightings import RSSI_DBM_MAX, RSSI_DBM_MIN, format_instant

__all__ = ["Air", "EmulatedTag", "Floor", "ReplayedWalk", "replay", "simulate"]

TICK_S = 0.1
"""Transmissions are gathered for this long: a tenth of a shopper's step, and far inside the 2 s after which nodes skip lines."""
LATEST_S = 1.0
"""What should have been sent longer ago than this is left out: after a stall the air goes on, it does not catch up in a burst."""
ADVERTISING_DELAY_S = 0.010
"""Each interval is lengthened by a random 0 to 10 ms (Bluetooth Core, Vol 6 Part B, 4.4.2.2.1: advDelay)."""


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant, aware UTC."""
        ...


class StopEvent(Protocol):
    """A ``threading.Event``, as far as the loops need one."""

    def wait(self, timeout: float | None = None) -> bool:
        """Sleep; true when it is time to stop."""
        ...


class Radio(Protocol):
    """The part of ``RadioModel`` or ``sheet.SheetRadio`` the air needs."""

    @property
    def node_keys(self) -> tuple[str, ...]: ...
    def hear(self, positions_m: Floats, rng: np.random.Generator) -> Floats: ...


class Air:
    """The FIFOs of all nodes. Not for several threads at once."""

    def __init__(self, directory: Path, node_keys: Iterable[str], started_at: datetime) -> None:
        """Make ``<directory>/<node_key>.fifo`` for each node.

        Raises
        ------
        ValueError
            For a node key that is no file name.
        FileExistsError
            Where something else lies in a FIFO's place.
        """
        started_at = started_at.astimezone(UTC)
        started_ms = format_instant(started_at)
        self.started_s = datetime.fromisoformat(started_ms).timestamp()  # what the header says, to the millisecond
        header = json.dumps({"format": "aisleway-advertisements-1", "start_at": started_ms}) + "\n"
        self._fifos: dict[str, NodeFifo] = {}
        for node_key in node_keys:
            if "/" in node_key or node_key.startswith("."):
                raise ValueError(
                    f"the demo names a file after each node: rename node {node_key!r}, without / or leading dot"
                )
            self._fifos[node_key] = NodeFifo(directory / f"{node_key}.fifo", header.encode())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def node_keys(self) -> tuple[str, ...]:
        return tuple(self._fifos)

    def path_of(self, node_key: str) -> Path:
        """Where this node's FIFO is, for ``--radio replay:PATH``."""
        return self._fifos[node_key].path

    def counts(self) -> Mapping[str, tuple[int, int]]:
        """Lines (written, dropped) by node."""
        return {key: (fifo.written, fifo.dropped) for key, fifo in self._fifos.items()}

    def listening(self) -> frozenset[str]:
        """The nodes that had their FIFO open at the last flush."""
        return frozenset(key for key, fifo in self._fifos.items() if fifo.has_reader)

    def emit(self, node_key: str, at_s: float, rssi_dbm: float, frame: Frame) -> None:
        """One frame, heard by one node at Unix time ``at_s``; strengths no radio reports are left out.

        A node the air does not know hears nothing.
        """
        fifo = self._fifos.get(node_key)
        if fifo is None or not RSSI_DBM_MIN <= rssi_dbm <= RSSI_DBM_MAX:
            return
        line = f'{{"t_s": {max(0.0, at_s - self.started_s):.3f}, "rssi_dbm": {round(rssi_dbm)}, {frame.members}}}\n'
        fifo.put(line.encode())

    def flush(self) -> None:
        """Hand over what was emitted since the last flush."""
        for fifo in self._fifos.values():
            fifo.flush()

    def close(self) -> None:
        for fifo in self._fifos.values():
            fifo.close()


class Timetable:
    """When each of T transmitters sends next: every interval plus the random delay of the standard."""

    def __init__(self, transmitters: int, rate_hz: float, now_s: float, rng: np.random.Generator) -> None:
        if not 0 < rate_hz <= 1 / TICK_S:
            raise ValueError(f"rate_hz must lie above 0 and be at most {1 / TICK_S:g} advertisements a second")
        self._interval_s = 1.0 / rate_hz
        self._rng = rng
        self._next_s = now_s + rng.uniform(0.0, self._interval_s, transmitters)

    def due(self, now_s: float) -> list[tuple[int, float]]:
        """(transmitter, when it sent) of each that has sent since the last call: at most once, within ``LATEST_S``.

        What a stall left behind, or a clock that was set back, starts anew within the coming interval.
        """
        is_lost = (self._next_s < now_s - LATEST_S) | (self._next_s > now_s + self._interval_s + ADVERTISING_DELAY_S)
        self._next_s[is_lost] = now_s + self._rng.uniform(0.0, self._interval_s, int(is_lost.sum()))
        index = np.flatnonzero(self._next_s <= now_s)
        sent_s = self._next_s[index]
        self._next_s[index] = sent_s + self._interval_s + self._rng.uniform(0.0, ADVERTISING_DELAY_S, len(index))
        return list(zip(index.tolist(), sent_s.tolist(), strict=True))


class Floor:
    """The simulated store: walkers with tags, strangers' devices, and what the nodes hear of them."""

    def __init__(
        self,
        walkers: Walkers,
        radio_model: Radio,
        tags: Sequence[EmulatedTag],
        air: Air,
        rate_hz: float,
        now_s: float,
        foreign: Sequence[ForeignDevice] = (),
        seed: int = 0,
    ) -> None:
        if len(tags) < walkers.pool_size:
            raise ValueError(f"{walkers.pool_size} beacons are in use, but only {len(tags)} tags are given")
        self._walkers, self._radio_model, self._air = walkers, radio_model, air
        self._transmitters: tuple[Transmitter, ...] = (*tags, *foreign)
        self._tag_count = len(tags)
        self._foreign = foreign
        self._rng = np.random.default_rng([seed, 0xA1])
        self._timetable = Timetable(len(self._transmitters), rate_hz, now_s, self._rng)
        self._then_s = now_s

    def step(self, now_s: float) -> None:
        """Walk to the present and send what is due; after a stall or a changed clock at most a second is made up."""
        positions_m, _ = self._walkers.step(min(max(0.0, now_s - self._then_s), LATEST_S))
        self._then_s = now_s
        places_m = self._places_m(positions_m)
        due = [(i, sent_s) for i, sent_s in self._timetable.due(now_s) if np.isfinite(places_m[i, 0])]
        heard_dbm = self._radio_model.hear(places_m[[i for i, _ in due]], self._rng)
        nodes = self._radio_model.node_keys
        for (i, sent_s), row in zip(due, heard_dbm.tolist(), strict=True):
            frame = self._transmitters[i].frame_at(sent_s)
            for node_key, rssi_dbm in zip(nodes, row, strict=True):
                if rssi_dbm == rssi_dbm:  # not NaN
                    self._air.emit(node_key, sent_s, rssi_dbm, frame)
        self._air.flush()

    def _places_m(self, positions_m: Floats) -> Floats:
        """Where each transmitter is, shape (T, 2); NaN for tags in the rack and devices whose owner is out."""
        places_m = np.full((len(self._transmitters), 2), np.nan)
        places_m[self._walkers.beacon_index] = positions_m
        for i, device in enumerate(self._foreign, start=self._tag_count):
            places_m[i] = device.place_m if device.follows is None else positions_m[device.follows]
        return places_m


class ReplayedWalk:
    """A recording on the air: its static beacon sent again as one of our rotating tags."""

    def __init__(
        self,
        recording: Recording,
        tag: EmulatedTag,
        air: Air,
        started_s: float,
        foreign: Sequence[ForeignDevice] = (),
        seed: int = 0,
    ) -> None:
        self._recording, self._tag, self._air, self._foreign = recording, tag, air, foreign
        self._started_s = self._then_s = started_s
        self._rng = np.random.default_rng([seed, 0xA2])
        self._timetable = Timetable(len(foreign), 1.0, started_s, self._rng)
        self._foreign_dbm = self._rng.uniform(-95.0, -60.0, (len(foreign), len(air.node_keys)))

    def step(self, now_s: float) -> None:
        """Send what the recording holds since the last step; after a stall at most its last second."""
        from_s, self._then_s = max(self._then_s, now_s - LATEST_S), now_s
        for t_s, receiver_id, rssi_dbm in self._recording.between(from_s - self._started_s, now_s - self._started_s):
            at_s = self._started_s + t_s
            self._air.emit(receiver_id, at_s, rssi_dbm, self._tag.frame_at(at_s))
        for i, sent_s in self._timetable.due(now_s):
            heard_dbm = self._foreign_dbm[i] + self._rng.normal(0.0, 4.0, self._foreign_dbm.shape[1])
            for node_key, level_dbm in zip(self._air.node_keys, heard_dbm.tolist(), strict=True):
                self._air.emit(node_key, sent_s, level_dbm, self._foreign[i].frame_at(sent_s))
        self._air.flush()


def simulate(
    walkers: Walkers,
    radio_model: Radio,
    tags: Sequence[EmulatedTag],
    air: Air,
    rate_hz: float,
    clock: Clock,
    stop_event: StopEvent,
    foreign: Sequence[ForeignDevice] = (),
    seed: int = 0,
) -> None:
    """Put the simulated store on the air in real time until ``stop_event`` is set.

    Parameters
    ----------
    tags : sequence of EmulatedTag, at least ``walkers.pool_size``
        ``tags[walkers.beacon_index[i]]`` is in walker i's hand.
    rate_hz : float
        Advertisements a second of each transmitter.
    """
    floor = Floor(walkers, radio_model, tags, air, rate_hz, clock.now().timestamp(), foreign, seed)
    while not stop_event.wait(TICK_S):
        floor.step(clock.now().timestamp())


def replay(
    recording: Recording,
    tag: EmulatedTag,
    air: Air,
    clock: Clock,
    stop_event: StopEvent,
    foreign: Sequence[ForeignDevice] = (),
    started_at: datetime | None = None,
    seed: int = 0,
) -> None:
    """Put a recording on the air in real time, again and again, until ``stop_event`` is set.

    Give ``started_at`` to compare with ``recording.truth_at``; by default the walk starts now.
    """
    started_at = started_at or clock.now()
    walk = ReplayedWalk(recording, tag, air, started_at.timestamp(), foreign, seed)
    while not stop_event.wait(TICK_S):
        walk.step(clock.now().timestamp())
