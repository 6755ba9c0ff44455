"""A card held before a kiosk's reader: its bearer's own tap, and nothing more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from store_server.ports import LiveState
from store_server.use_cases.refusals import NotFound
from store_server.use_cases.shop import AtKiosk
from store_server.use_cases.sign_in import Doors
from store_server.wire.shopping import KioskState
from store_server.wire.visits import ReadCard


@dataclass(frozen=True)
class CardReader:
    """Opens by card what a tap would open (requirement G3).

    A card alone shows no list: that takes the PIN (requirement D10). What it may stand for is the tap on its bearer's own token,
    where that is shown because their beacon is here and they said yes to guidance: anybody may tap there, so the card shows
    nobody more than they could see without it. It spares the search for one's own sign among others'.
    """

    live: LiveState
    doors: Doors
    at_kiosk: AtKiosk

    def read(self, kiosk_key: str, card: ReadCard) -> KioskState:
        """The kiosk's state with the bearer's list open.

        Raises
        ------
        NotFound
            The same words for a card that is unknown, whose bearer is not here, or who switched guidance off.
        TooMany
            Unknown cards are tried too often, at this kiosk or of this kind.
        """
        shopper_id = self.doors.bearer_of(card.card_secret, f"kiosk:{kiosk_key}")
        view = self.live.kiosk_view(kiosk_key)
        visitor = next((v for v in view.visitors if v.bearer.shopper_id == shopper_id), None)
        if visitor is None or view.opened is not None:
            _nothing_opens()
        try:
            return self.at_kiosk.tap(kiosk_key, visitor.token.token_id)
        except NotFound:
            _nothing_opens()


def _nothing_opens() -> NoReturn:
    raise NotFound("This card opens nothing here just now. Keep its beacon with you, or ask our staff.") from None
