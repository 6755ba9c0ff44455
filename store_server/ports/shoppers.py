"""Beacons, who bears them, what they agreed to, and their wish lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from store_server.domain.consent import Standing
from store_server.wire.privacy import ConsentEvent, Purpose
from store_server.wire.shopping import WishList


@dataclass(frozen=True, slots=True)
class BeaconRecord:
    beacon_id: str
    label: str
    wrapped_key: bytes
    exponent: int
    clock_offset_s: float
    """The beacon's seconds counter minus Unix time."""


@dataclass(frozen=True, slots=True)
class ShopperRecord:
    standing: Standing
    pin_hash: str | None
    is_family_tag: bool
    changed_at: Mapping[Purpose, datetime]
    """When each purpose was last given or withdrawn."""


class ShopperRecords(Protocol):
    def add_beacon(self, beacon: BeaconRecord, at: datetime) -> None: ...
    def beacon_by_label(self, label: str) -> BeaconRecord | None: ...
    def bound_beacons(self) -> Sequence[tuple[BeaconRecord, Standing]]:
        """The beacons in shoppers' hands."""
        ...

    def free_labels(self) -> Sequence[str]: ...
    def bound_count(self) -> int: ...
    def move_clock(self, beacon_id: str, clock_offset_s: float) -> None: ...
    def add_shopper(
        self, shopper_id: str, card_hash: str, pin_hash: str | None, is_family_tag: bool, at: datetime
    ) -> None: ...
    def bind(self, shopper_id: str, beacon_id: str, at: datetime) -> bool:
        """Put the beacon in the shopper's hand; False, and nothing done, where it or the hand is taken."""
        ...

    def unbind(self, beacon_id: str) -> Standing | None:
        """Take the beacon out of its bearer's hand and raise their epoch; None where nobody held it."""
        ...

    def shopper(self, shopper_id: str) -> ShopperRecord | None: ...
    def shopper_id_by_card(self, card_hash: str) -> str | None: ...
    def holder_of(self, beacon_id: str) -> Standing | None: ...
    def change_consents(
        self,
        shopper_id: str,
        make_events: Callable[[ConsentEvent | None], Sequence[ConsentEvent]],
        *,
        raise_epoch: bool,
    ) -> Standing:
        """Append the events made after the ledger's last one, and bring the standing up to them, in one transaction."""
        ...

    def set_paused(self, shopper_id: str, is_paused: bool, at: datetime) -> Standing:
        """Pausing raises the epoch."""
        ...

    def ledger(self) -> Iterable[ConsentEvent]: ...
    def wish_list(self, shopper_id: str) -> WishList: ...
    def change_wish_list(self, shopper_id: str, change: Callable[[WishList], WishList]) -> WishList:
        """Read, change and write in one transaction, so that two screens cannot lose each other's change."""
        ...

    def dismiss(self, shopper_id: str, sku: str) -> None: ...
    def dismissed(self, shopper_id: str) -> frozenset[str]: ...
