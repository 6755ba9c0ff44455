"""An opened list goes on to its shopper's phone: by an address shown once, for one use, on the screen they stand at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from store_server.domain.kiosk_views import HandOff, KioskView, Opened, handed_off, offering
from store_server.ports import Clock, Credential, LiveState, Records
from store_server.use_cases.publish_views import Views
from store_server.use_cases.refusals import Conflict, NotProven
from store_server.use_cases.shop import Lists
from store_server.use_cases.sign_in import Doors
from store_server.wire.privacy import Purpose
from store_server.wire.shopping import Guidance
from store_server.wire.visits import TakenOver

LIVES_FOR: Final = timedelta(minutes=2)
"""Time to take a phone out and point it; a picture of the screen taken in passing is worth little afterwards."""


@dataclass(frozen=True)
class HandOffs:
    """What the phone gets is what the screen showed: the list, and the way as it was told there.

    It never gets a place: where a beacon is, is told at a screen that hears it and nowhere else (requirement A6). Nor may it do
    what takes the card: a bystander can tap, so whoever takes the address over is known for no more than that tap.
    """

    records: Records
    live: LiveState
    views: Views
    lists: Lists
    doors: Doors
    clock: Clock
    new_secret: Callable[[], str]
    hash_secret: Callable[[str], str]

    def offer(self, kiosk_key: str, token_id: str) -> tuple[str, datetime]:
        """A new secret for the list that is open under this token, and until when it is good; an earlier one is not any more."""
        secret, until = self.new_secret(), self.clock.now() + LIVES_FOR
        offered = HandOff(self.hash_secret(secret), until.timestamp())
        now = self.clock.now()
        self.views.change(kiosk_key, lambda view: offering(view, token_id, offered, now.timestamp()), now)
        opened = self.live.kiosk_view(kiosk_key).opened
        if opened is None or opened.hand_off != offered:
            raise Conflict("This list is not open here any more.")
        return secret, until

    def take(self, secret: str, address: str) -> tuple[str, TakenOver]:
        """The token of a session for this visit's list, and what the screen showed.

        Raises
        ------
        NotProven
            The same words whether it was used, is too old, or never was.
        """
        secret_hash = self.hash_secret(secret)
        account = f"visit:{secret_hash}"
        self.doors.slow_down(account, address)
        opened = self._take_out(secret_hash)
        if opened is None or not self.goes_on(opened.bearer.shopper_id):
            raise NotProven("This code was used already or is too old. Show a new one at the kiosk.")
        self.doors.throttle.take_back(account, address, with_all_before=True)
        shopper_id = opened.bearer.shopper_id
        self.records.people.close_sessions_of([Credential.VISIT], shopper_id)  # one phone goes on, the last that asked
        token, _ = self.doors.open(Credential.VISIT, shopper_id)
        taken = TakenOver(wish_list=self.lists.wish_list(shopper_id), guidance=_without_places(opened.guidance))
        return token, taken

    def goes_on(self, shopper_id: str) -> bool:
        """Whether what was handed off still stands on a yes to guidance."""
        record = self.records.shoppers.shopper(shopper_id)
        return record is not None and record.standing.permits(Purpose.GUIDANCE)

    def _take_out(self, secret_hash: str) -> Opened | None:
        """Who this secret stands for, once."""
        now = self.clock.now()
        for kiosk_key in self.live.kiosk_views():
            taken: Opened | None = None

            def take(view: KioskView) -> KioskView:
                nonlocal taken
                after = handed_off(view, secret_hash, now.timestamp())
                taken = None if after is view else view.opened
                return after

            self.views.change(kiosk_key, take, now)
            if taken is not None and self._is_current(taken):
                return taken
        return None

    def _is_current(self, opened: Opened) -> bool:
        with self.live.while_current([(opened.bearer.shopper_id, opened.bearer.epoch)]) as is_current:
            return is_current


def _without_places(guidance: Guidance | None) -> Guidance | None:
    return None if guidance is None else guidance.model_copy(update={"path": (), "near": (), "level_id": None})
