"""The notice: what every person may read before saying yes, in plain words, versioned and hashed."""

from __future__ import annotations

import hashlib

from store_server.wire.privacy import Notice, Purpose, PurposeNotice

NOTICE_VERSION = "2026-11"
LANGUAGES = ("en",)
"""Languages the notice exists in. A consent names the language it was read in."""

_PROMISES = (
    "Nothing without your yes. A radio that was not handed out here and switched on by you is ignored.",
    "One yes per use. Five separate switches, all off, none needed for another or for shopping here.",
    "No is as easy as yes. It takes two taps and works within a second.",
    "No trail. Where you walked is forgotten within 30 minutes of your leaving.",
    "No name. We ask for no name, e-mail or phone number. A card with a code is enough.",
    "No person on a staff screen. Staff see crowds in zones, never your dot, list or path.",
    "Same price, same goods. Nothing here sets a price, a limit or a refusal by who you are.",
    "You can see everything we hold about you and why, and have it gone.",
    "The data is about you and stays here. It leaves the store for nobody.",
)

_PURPOSES = (
    PurposeNotice(
        purpose=Purpose.GUIDANCE,
        sentence="Kiosks show you the way to the things on your list.",
        why="To know where you stand and which shelf is next.",
        data="Your list. Where your beacon is during this visit.",
        kept="Your list until you clear it, at most 13 months without a visit. Your place at most 30 minutes, in memory only.",
    ),
    PurposeNotice(
        purpose=Purpose.SUGGESTIONS,
        sentence="Kiosks suggest things that go well with your list, and say why.",
        why="To find what other baskets held beside the things on your list.",
        data="Your list, what you picked up on this visit, and what you asked not to see again.",
        kept="This visit. What you asked not to see again, as long as this switch is on.",
    ),
    PurposeNotice(
        purpose=Purpose.CAMPAIGNS,
        sentence="You may be shown the store's offers.",
        why="To show an offer where it is of use, and not too often.",
        data="Which offers you were shown, and when.",
        kept="30 days.",
    ),
    PurposeNotice(
        purpose=Purpose.HEATMAP,
        sentence="You are counted in zones, together with others.",
        why="So that staff see where it is full. They see groups, never one person.",
        data="One count in a zone in a window of a minute, without your number once the window ends.",
        kept="Minutes. The group counts 13 months.",
    ),
    PurposeNotice(
        purpose=Purpose.PREDICTION,
        sentence="The store may learn what you buy, to tell you what you may soon need.",
        why="To guess what runs low in your kitchen.",
        data="What you bought across visits.",
        kept="12 months, or until you switch it off.",
    ),
)


def notice(language: str, controller: str) -> Notice:
    """The notice in this language, or in English where there is no translation yet.

    ``sha256`` covers the words, the version and the controller: a consent points to exactly what was read.
    """
    spoken = language if language in LANGUAGES else "en"
    draft = Notice(
        version=NOTICE_VERSION,
        language=spoken,
        sha256="0" * 64,
        controller=controller,
        promises=_PROMISES,
        purposes=_PURPOSES,
    )
    digest = hashlib.sha256(draft.model_dump_json(exclude={"sha256"}).encode()).hexdigest()
    return draft.model_copy(update={"sha256": digest})
