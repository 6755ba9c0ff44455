"""How this node is doing: sums over all senders, never one per sender."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from store_server.wire.sightings import NodeHealth, RadioState, ScanMode


def software_version() -> str:
    try:
        return version("aisleway")
    except PackageNotFoundError:
        return "0"


@dataclass
class Vitals:
    """Written by the radio and the uplink, read once every few seconds."""

    scan_mode: ScanMode
    radio: RadioState = RadioState.STARTING
    heard: int = 0
    """Advertisements of any sender since the start."""
    last_heard_s: float | None = None
    """On the steady clock."""
    radio_restarts: int = 0
    sightings_dropped: int = 0
    _version: str = ""
    _heard_before: int = 0
    _reported_s: float | None = None

    def health(self, now_s: float, queue_length: int, clock_skew_s: float | None) -> NodeHealth:
        """The message for the server; averages since the one before."""
        if not self._version:
            self._version = software_version()
        over_s = 0.0 if self._reported_s is None else now_s - self._reported_s
        rate = (self.heard - self._heard_before) / over_s if over_s > 0 else 0.0
        self._heard_before, self._reported_s = self.heard, now_s
        return NodeHealth(
            radio=self.radio,
            scan_mode=self.scan_mode,
            advertisements_per_s=min(rate, 1e6),
            last_heard_s=None if self.last_heard_s is None else max(0.0, now_s - self.last_heard_s),
            radio_restarts=self.radio_restarts,
            sightings_dropped=self.sightings_dropped,
            queue_length=queue_length,
            clock_skew_s=None if clock_skew_s is None else min(max(clock_skew_s, -1e9), 1e9),
            software_version=self._version,
        )
