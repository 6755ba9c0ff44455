"""One shopper's visit to one screen: begun with their card, and gone on with on their phone."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from store_server.wire.message import Identifier, Instant, Message
from store_server.wire.privacy import CardSecret, Secret
from store_server.wire.shopping import AnswerSuggestion, ChangeWishListItem, Guidance, RemoveWishListItem, WishList


class ReadCard(Message):
    """POST /api/kiosk/cards: what a card reader at this kiosk read off a card."""

    card_secret: CardSecret


class ChangeVisitItem(ChangeWishListItem):
    """PUT /api/kiosk/wish-list/items."""

    token_id: Identifier | None = None
    """Whose list it is meant for: a request that comes late changes nobody else's. None from a kiosk of an older build."""


class RemoveVisitItem(RemoveWishListItem):
    """DELETE /api/kiosk/wish-list/items."""

    token_id: Identifier | None = None
    """As in ChangeVisitItem."""


class AnswerVisitSuggestion(AnswerSuggestion):
    """POST /api/kiosk/suggestion-answers."""

    token_id: Identifier | None = None
    """As in ChangeVisitItem."""


class OfferHandOff(Message):
    """POST /api/kiosk/hand-offs: the list that is open under this token is to go on on a phone."""

    token_id: Identifier


class OfferedHandOff(Message):
    """Answer to OfferHandOff: shown on the kiosk that asked, and kept nowhere."""

    address_qr_png: Annotated[str, StringConstraints(max_length=20_000)]
    """A data: URI. The secret stands in the address's fragment, which a browser never sends."""
    address: Annotated[str, StringConstraints(max_length=300)]
    expires_at: Instant


class TakeOver(Message):
    """POST /api/shopper/visits: the secret of an address that a kiosk showed, good for one use."""

    visit_secret: Secret


class TakenOver(Message):
    """Answer to TakeOver: what the kiosk showed, without any place of the shopper."""

    wish_list: WishList
    guidance: Guidance | None
    """As it was told at the kiosk: the order of the tour, and the way from there; it does not follow the shopper."""
