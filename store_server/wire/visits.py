"""kiosk <-> store_server: one shopper's visit to one screen, begun with their card."""

from __future__ import annotations

from store_server.wire.message import Message
from store_server.wire.privacy import CardSecret


class ReadCard(Message):
    """POST /api/kiosk/cards: what a card reader at this kiosk read off a card."""

    card_secret: CardSecret
