"""``open_radio(spec)``: where advertisements come from, and the watchdog that keeps them coming.

A radio calls ``hear`` for each advertisement rather than filling a queue that somebody reads later: what is not of ours is to be
dropped in the first line of that call, before anything holds it (requirement B1).
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple, Protocol

from scanner_node.node_clock import NodeClock
from scanner_node.settings import WrongSetting
from scanner_node.vitals import Vitals
from store_server.wire.sightings import RadioState, ScanMode

log = logging.getLogger("aisleway.radio")

FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 30.0
"""Between two tries to start a radio. bluetoothd needs a moment after a restart; a pulled dongle stays away for long."""
LONGEST_SILENCE_S = 60.0
"""A shop at night is silent too. Each restart that brings nothing doubles the patience up to this, so that listening goes on."""


class Advertisement(NamedTuple):
    """One BLE packet as the radio gave it, without its sender's address and name: those are never even read."""

    service_data: Mapping[str, bytes]
    """By full UUID in lower case."""
    manufacturer_data: Mapping[int, bytes]
    """By company id."""
    rssi_dbm: int
    heard_s: float
    """On the steady clock."""


Hear = Callable[[Advertisement], None]


class RadioFault(Exception):
    """The radio cannot start or has stopped; the message says so to the person at the shelf, and what to do."""


class Radio(Protocol):
    """One way to hear."""

    scan_mode: ScanMode
    falls_silent: bool
    """Whether hearing nothing at all may mean that it is stalled."""

    async def start(self, hear: Hear) -> None:
        """Begin to hear; raises RadioFault."""
        ...

    async def wait_until_over(self) -> None:
        """Return when there will be nothing more to hear, which for a real radio is never; raises RadioFault."""
        ...

    async def stop(self) -> None:
        """End, whatever state it is in; never raises."""
        ...


def open_radio(spec: str, clock: NodeClock, *, scans_passively: bool = False) -> Radio:
    """The radio of a ``scheme:spec`` string: ``bleak:``, ``bleak:hci1``, ``replay:FILE``.

    Raises
    ------
    WrongSetting
    """
    scheme, colon, rest = spec.partition(":")
    if scheme == "bleak" and colon:
        from scanner_node.bleak_radio import BleakRadio  # a replaying node needs no D-Bus in memory

        return BleakRadio(rest or None, clock, scans_passively=scans_passively)
    if scheme == "replay" and rest:
        from scanner_node.replay_radio import ReplayRadio

        return ReplayRadio(Path(rest), clock)
    raise WrongSetting(f"--radio {spec}: one of bleak: or bleak:hci1 or replay:FILE")


class Watchdog:
    """Starts the radio, and starts it again whenever it fails or falls silent, with growing waits."""

    def __init__(self, radio: Radio, hear: Hear, vitals: Vitals, clock: NodeClock, silent_after_s: float) -> None:
        self._radio = radio
        self._hear = hear
        self._vitals = vitals
        self._clock = clock
        self._silent_after_s = self._patience_s = silent_after_s
        self._wait_s = FIRST_WAIT_S
        self._said: str | None = None
        self._trouble_since_s: float | None = None

    async def run(self) -> None:
        """Until cancelled, or until a replay is over."""
        is_over = False
        while not is_over:
            try:
                is_over = await self._listen()
            except RadioFault as fault:
                self._vitals.radio = RadioState.FAILED
                self._begin_trouble(str(fault), self._clock.steady_s())
                self._wait_s = min(self._wait_s * 2, LONGEST_WAIT_S)
            finally:
                await self._radio.stop()
            if not is_over:
                await asyncio.sleep(self._wait_s * random.uniform(0.5, 1.0))
                self._vitals.radio_restarts += 1
        self._vitals.radio = RadioState.SILENT
        log.info("the replay is over: nothing more will be heard")

    async def _listen(self) -> bool:
        """One start; returns whether the radio is over for good, or False where it fell silent."""
        await self._radio.start(self._hear)
        self._vitals.scan_mode = self._radio.scan_mode
        self._wait_s = FIRST_WAIT_S
        if self._vitals.radio is not RadioState.SILENT:  # a silent one is believed again when it hears
            self._vitals.radio = RadioState.LISTENING
        started_s, heard_before = self._clock.steady_s(), self._vitals.heard
        over = asyncio.ensure_future(self._radio.wait_until_over())
        try:
            while True:
                done, _ = await asyncio.wait([over], timeout=min(0.25, self._silent_after_s / 4))
                if self._vitals.heard != heard_before:
                    self._end_trouble()
                if done:
                    over.result()
                    return True
                if self._radio.falls_silent and self._has_been_silent(started_s):
                    return False
        finally:
            over.cancel()

    def _has_been_silent(self, started_s: float) -> bool:
        now_s = self._clock.steady_s()
        last_s = max(started_s, self._vitals.last_heard_s or started_s)
        if now_s - last_s <= self._patience_s:
            return False
        self._vitals.radio = RadioState.SILENT
        self._patience_s = max(self._silent_after_s, min(self._patience_s * 2, LONGEST_SILENCE_S))
        words = f"nothing at all heard for {self._silent_after_s:g} s: restarting the scanner"
        self._begin_trouble(words, self._vitals.last_heard_s or started_s)
        return True

    def _begin_trouble(self, words: str, since_s: float) -> None:
        if self._trouble_since_s is None:
            self._trouble_since_s = since_s
        if words != self._said:  # once, not at each try
            self._said = words
            log.warning("radio: %s (trying again until it works)", words)

    def _end_trouble(self) -> None:
        self._patience_s = self._silent_after_s
        self._said = None
        self._vitals.radio = RadioState.LISTENING
        if self._trouble_since_s is not None and self._vitals.last_heard_s is not None:
            away_s = self._vitals.last_heard_s - self._trouble_since_s
            self._trouble_since_s = None
            log.info("radio: hearing again, %.1f s after it was last heard or failed", away_s)
