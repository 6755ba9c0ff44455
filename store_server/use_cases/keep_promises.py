"""Giving and withdrawing consent, pausing, resuming: at once, everywhere."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from store_server.domain.consent import NEVER_FOR_FAMILY_TAGS, Standing
from store_server.domain.kiosk_views import without
from store_server.domain.ledger import Saying, append
from store_server.domain.notices import notice
from store_server.ports import Clock, Credential, LiveState, Records
from store_server.use_cases.admit_beacons import Admissions
from store_server.use_cases.publish_views import Views
from store_server.use_cases.refusals import Conflict, NotAllowed, NotFound
from store_server.wire.privacy import (
    ChangeConsent,
    ConsentEventKind,
    Purpose,
    PurposeState,
    ShopperOverview,
)
from store_server.wire.shopping import ClosedReason


@dataclass(frozen=True)
class Promises:
    """The store's side of the shopper's switches."""

    records: Records
    live: LiveState
    admissions: Admissions
    views: Views
    clock: Clock
    controller: str

    def overview(self, shopper_id: str, *, can_change: bool) -> ShopperOverview:
        record = self.records.shoppers.shopper(shopper_id)
        if record is None:
            raise NotFound("This card is not known here.")
        standing = record.standing
        label = None
        if standing.beacon_id is not None:
            label = next(
                (b.label for b, s in self.records.shoppers.bound_beacons() if s.shopper_id == shopper_id), None
            )
        return ShopperOverview(
            can_change=can_change,
            purposes=tuple(
                PurposeState(purpose=p, is_given=p in standing.given, changed_at=record.changed_at.get(p))
                for p in Purpose
            ),
            is_paused=standing.is_paused,
            beacon=label,
            is_family_tag=record.is_family_tag,
        )

    def change_consent(self, shopper_id: str, change: ChangeConsent, screen: str) -> None:
        if change.event == "given":
            self.give_consent(shopper_id, change, screen)
        else:
            self.withdraw_consent(shopper_id, change.purpose, change.language, screen)

    def give_consent(self, shopper_id: str, change: ChangeConsent, screen: str) -> None:
        """Switch one purpose on, after the notice that is in force was read."""
        read = notice(change.language, self.controller)
        if change.notice_sha256 != read.sha256:
            raise Conflict("The notice has changed since you read it. Please read it again, then switch on.")
        record = self.records.shoppers.shopper(shopper_id)
        if record is None:
            raise NotFound("This card is not known here.")
        if record.is_family_tag and change.purpose in NEVER_FOR_FAMILY_TAGS:
            raise NotAllowed("A family beacon never takes part in offers or predictions.")
        if change.purpose in record.standing.given:
            return
        self._say(shopper_id, change.purpose, ConsentEventKind.GIVEN, read.language, screen)
        self.admissions.refresh(self.clock.now())

    def withdraw_consent(self, shopper_id: str, purpose: Purpose, language: str, screen: str) -> None:
        """Switch one purpose off. When this returns, nothing more of it is stored or emitted (requirement B4)."""
        record = self.records.shoppers.shopper(shopper_id)
        if record is None:
            raise NotFound("This card is not known here.")
        if purpose not in record.standing.given:
            return
        standing = self._say(shopper_id, purpose, ConsentEventKind.WITHDRAWN, language, screen)
        self.end_what_stands_on(standing, ClosedReason.WITHDRAWN)

    def pause(self, shopper_id: str, is_paused: bool) -> None:
        """Nothing is computed while paused; nothing is lost."""
        standing = self.records.shoppers.set_paused(shopper_id, is_paused, self.clock.now())
        if is_paused:
            self.end_what_stands_on(standing, ClosedReason.WITHDRAWN)
        else:
            self.live.raise_epoch(shopper_id, standing.epoch)
            self.admissions.refresh(self.clock.now())

    def end_what_stands_on(self, standing: Standing, reason: ClosedReason, beacon_id: str | None = None) -> None:
        """Fence first, then forget, then tell nodes and kiosks: the order matters (requirement B5)."""
        self.live.raise_epoch(standing.shopper_id, standing.epoch)
        held = beacon_id or standing.beacon_id
        if held is not None:
            self.live.forget(held)
        now = self.clock.now()
        self.admissions.refresh(now)
        for kiosk_key in self.views.showing(standing.shopper_id):
            if standing.permits(Purpose.GUIDANCE) and reason is ClosedReason.WITHDRAWN:
                # Another purpose ended (suggestions, say): the view goes on without it, under the new epoch.
                self.views.continue_under(kiosk_key, standing, now)
            else:
                self.views.change(kiosk_key, lambda view: without(view, standing.shopper_id, reason), now)
        if reason is ClosedReason.RETURNED or not standing.permits(Purpose.GUIDANCE):
            self.records.people.close_sessions_of([Credential.VISIT], standing.shopper_id)

    def _say(self, shopper_id: str, purpose: Purpose, event: ConsentEventKind, language: str, screen: str) -> Standing:
        read = notice(language, self.controller)
        saying = Saying(
            record_id=secrets.token_hex(16),
            shopper_id=shopper_id,
            purpose=purpose,
            event=event,
            at=self.clock.now(),
            notice_version=read.version,
            notice_sha256=read.sha256,
            language=read.language,
            screen=screen,
        )
        return self.records.shoppers.change_consents(
            shopper_id,
            lambda last: append(last, [saying]),
            raise_epoch=event is not ConsentEventKind.GIVEN,
        )
