"""What is seconds old, and the fence that holds consent over it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from store_server.domain.consent import Admitted
from store_server.domain.heard_levels import HeardLevel
from store_server.domain.kiosk_views import KioskView
from store_server.domain.sightings import AdmittedSightings
from store_server.domain.tracking import Track
from store_server.wire.presence import KioskScreen


@dataclass(frozen=True, slots=True)
class LiveTrack:
    """A track and the consent it stands on."""

    track: Track
    shopper_id: str
    epoch: int
    level_id: str | None = None
    """The level the track is on. None: the one nearest the ground."""
    heard: HeardLevel | None = None
    """The level the beacon is heard on; the track follows with its first fix there."""


@dataclass(frozen=True, slots=True, eq=False)
class LiveWindow:
    """The sightings of the last seconds; ``bearers`` says under which consent each beacon's were admitted."""

    sightings: AdmittedSightings
    bearers: Mapping[str, tuple[str, int]]
    """beacon_id -> (shopper_id, epoch)."""


@dataclass(frozen=True, slots=True)
class LiveKiosk:
    """How a kiosk said it does, last time it was heard of."""

    heard_at: datetime
    bundle: str
    screen: KioskScreen
    last_touch_at: datetime | None


class LiveState(Protocol):
    """Things that are seconds old. Whatever is of a shopper is dropped here when its epoch has passed."""

    def raise_epoch(self, shopper_id: str, epoch: int) -> None:
        """From now on nothing admitted under an earlier epoch of this shopper is kept, returned or emitted."""
        ...

    def while_current(self, bearers: Iterable[tuple[str, int]]) -> AbstractContextManager[bool]:
        """Hold these (shopper_id, epoch) still: inside, True means that what was admitted under them may be emitted."""
        ...

    def add(self, admitted: Admitted) -> None: ...
    def window(self, since_s: float) -> LiveWindow: ...
    def nodes_heard_since(self, since_s: float) -> frozenset[str]: ...
    def note_node(self, node_id: str, at_s: float) -> None: ...
    def tracks(self) -> Sequence[LiveTrack]: ...
    def save_tracks(self, tracks: Iterable[LiveTrack]) -> None: ...
    def forget(self, beacon_id: str) -> None:
        """Sightings and track of this beacon are gone."""
        ...

    def drop_older(self, before_s: float) -> None:
        """Sightings and tracks past their time are gone."""
        ...

    def note_kiosk(self, kiosk_key: str, kiosk: LiveKiosk) -> None: ...
    def kiosks(self) -> Mapping[str, LiveKiosk]: ...
    def kiosk_view(self, kiosk_key: str) -> KioskView: ...
    def kiosk_views(self) -> Mapping[str, KioskView]: ...
    def change_kiosk_view(self, kiosk_key: str, change: Callable[[KioskView], KioskView]) -> KioskView:
        """Read, change and write as one step; ``change`` may be called again if another process was first."""
        ...
