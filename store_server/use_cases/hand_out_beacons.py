"""The desk: beacons handed out, taken back, and the one thing that may be asked about them."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from store_server.ports import BeaconRecord, Clock, Records
from store_server.use_cases.keep_promises import Promises
from store_server.use_cases.refusals import Conflict, NotFound
from store_server.wire.people import BindTag, TagList, TagStatus
from store_server.wire.shopping import ClosedReason


@dataclass(frozen=True, slots=True)
class NewTag:
    """A beacon as ``aisleway provision-tag`` describes it."""

    label: str
    identity_key: bytes
    exponent: int
    clock_offset_s: float


@dataclass(frozen=True, slots=True)
class Card:
    """What is printed once."""

    tag_label: str
    secret: str | None
    """None where a known card got another beacon."""
    pin: str | None


@dataclass(frozen=True)
class Desk:
    records: Records
    promises: Promises
    clock: Clock
    wrap: Callable[[bytes, str], bytes]
    new_secret: Callable[[], str]
    hash_secret: Callable[[str], str]
    hash_pin: Callable[[str], str]

    def add_tag(self, tag: NewTag) -> bool:
        """Take a beacon into the store's stock; False where its label is already there."""
        if self.records.shoppers.beacon_by_label(tag.label) is not None:
            return False
        beacon_id = secrets.token_hex(16)
        wrapped = self.wrap(tag.identity_key, beacon_id)
        self.records.shoppers.add_beacon(
            BeaconRecord(beacon_id, tag.label, wrapped, tag.exponent, tag.clock_offset_s), self.clock.now()
        )
        return True

    def hand_out(self, request: BindTag, *, with_pin: bool = True) -> Card:
        """Bind a free beacon to a new card, all switches off, or to a card that is shown again, its switches as they were."""
        beacon = self._beacon(request.tag_label)
        if self.records.shoppers.holder_of(beacon.beacon_id) is not None:
            raise Conflict("This beacon is already handed out. Take it back first.")
        now = self.clock.now()
        if request.card_secret is not None:
            shopper_id = self.records.shoppers.shopper_id_by_card(self.hash_secret(request.card_secret))
            record = None if shopper_id is None else self.records.shoppers.shopper(shopper_id)
            if record is None:
                raise NotFound("This card is not known here.")
            if record.standing.beacon_id is not None:
                raise Conflict("This card already has a beacon. Take that one back first.")
            if request.is_family_tag and not record.is_family_tag:
                # The card decides what may be switched on, so a card of one kind stays of that kind.
                raise Conflict("This card is not a family card: hand a family beacon out with a new card.")
            self._bind(record.standing.shopper_id, beacon.beacon_id)
            return Card(request.tag_label, None, None)
        secret, pin = self.new_secret(), f"{secrets.randbelow(10**6):06d}" if with_pin else None
        shopper_id = secrets.token_hex(16)
        self.records.shoppers.add_shopper(
            shopper_id,
            self.hash_secret(secret),
            None if pin is None else self.hash_pin(pin),
            request.is_family_tag,
            now,
        )
        self._bind(shopper_id, beacon.beacon_id)
        return Card(request.tag_label, secret, pin)

    def shopper_of(self, card: Card) -> str:
        """Whose card this is: for who holds the card itself."""
        shopper_id = (
            None if card.secret is None else self.records.shoppers.shopper_id_by_card(self.hash_secret(card.secret))
        )
        if shopper_id is None:
            raise NotFound("This card is not known here.")
        return shopper_id

    def take_back(self, tag_label: str) -> TagStatus:
        """Unbind: from here on the beacon is nobody's, and nothing of it is heard."""
        beacon = self._beacon(tag_label)
        standing = self.records.shoppers.unbind(beacon.beacon_id)
        if standing is not None:
            self.promises.end_what_stands_on(standing, ClosedReason.RETURNED, beacon_id=beacon.beacon_id)
        return self.status(tag_label)

    def status(self, tag_label: str) -> TagStatus:
        """ "Whose tag is this": ours, unbound or bound since; never whose (requirement A6)."""
        holder = self.records.shoppers.holder_of(self._beacon(tag_label).beacon_id)
        return TagStatus(
            tag_label=tag_label, is_bound=holder is not None, bound_since=None if holder is None else holder.bound_at
        )

    def tags(self) -> TagList:
        return TagList(free=tuple(self.records.shoppers.free_labels()), bound_count=self.records.shoppers.bound_count())

    def _bind(self, shopper_id: str, beacon_id: str) -> None:
        now = self.clock.now()
        if not self.records.shoppers.bind(shopper_id, beacon_id, now):
            raise Conflict("Somebody else handed this beacon out a moment ago. Take another one.")
        self.promises.admissions.refresh(now)

    def _beacon(self, tag_label: str) -> BeaconRecord:
        beacon = self.records.shoppers.beacon_by_label(tag_label)
        if beacon is None:
            raise NotFound("No beacon of ours has this label.")
        return beacon
