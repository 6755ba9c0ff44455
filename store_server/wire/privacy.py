"""shopper <-> store_server: purposes, consent, and what is held."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from store_server.wire.message import Identifier, Instant, Label, Message


class Purpose(StrEnum):
    """What a shopper may say yes to. Positioning is a means to these, never a purpose."""

    GUIDANCE = "GUIDANCE"
    SUGGESTIONS = "SUGGESTIONS"
    CAMPAIGNS = "CAMPAIGNS"
    HEATMAP = "HEATMAP"
    PREDICTION = "PREDICTION"


class ConsentEventKind(StrEnum):
    GIVEN = "given"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


Sha256Hex = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]


class ConsentEvent(Message):
    """One line of the append-only ledger; ``hash`` is SHA-256 over the canonical JSON without ``hash``."""

    seq: Annotated[int, Field(ge=1)]
    record_id: Identifier
    shopper_id: Identifier
    purpose: Purpose
    event: ConsentEventKind
    at: Instant
    notice_version: Label
    notice_sha256: Sha256Hex
    language: Language
    screen: Label
    """Where it was said: ``kiosk:entrance``, ``portal``, ``desk``."""
    prev: Sha256Hex
    hash: Sha256Hex


class PurposeNotice(Message):
    """One switch of the notice."""

    purpose: Purpose
    sentence: Label
    """What saying yes allows, in one plain sentence."""
    why: Label
    data: Label
    kept: Label


class Notice(Message):
    """GET /api/notice: what every person may read before saying anything."""

    version: Label
    language: Language
    sha256: Sha256Hex
    controller: Label
    promises: tuple[Label, ...]
    purposes: tuple[PurposeNotice, ...]


Secret = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{22}$")]
"""128 random bits, as they stand in the fragment of an address."""

CardSecret = Secret
"""Of the address that is printed on a card."""


class OpenCard(Message):
    """POST /api/shopper/sessions: the card's secret, and the PIN for more than seeing and withdrawing."""

    card_secret: CardSecret
    pin: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")] | None = None


class PurposeState(Message):
    purpose: Purpose
    is_given: bool
    changed_at: Instant | None


class ShopperOverview(Message):
    """GET /api/shopper/overview."""

    can_change: bool
    """True after card and PIN; the card alone may see, withdraw and pause."""
    purposes: tuple[PurposeState, ...]
    is_paused: bool
    beacon: Label | None
    """The label of the beacon in the shopper's hand, None when it was returned."""
    is_family_tag: bool
    """A family tag never has CAMPAIGNS or PREDICTION."""


class ChangeConsent(Message):
    """POST /api/shopper/consents and /api/kiosk/consents. Withdrawing asks for nothing more than the purpose."""

    purpose: Purpose
    event: Literal["given", "withdrawn"]
    notice_sha256: Sha256Hex | None = None
    """What was read; needed for ``given``."""
    language: Language = "en"


class ChangePause(Message):
    """POST /api/shopper/pause: nothing is computed while paused, nothing is lost."""

    is_paused: bool
