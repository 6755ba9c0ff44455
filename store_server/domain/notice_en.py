"""The notice in English."""

from __future__ import annotations

from store_server.domain.notice_text import NoticeText
from store_server.wire.privacy import Purpose, PurposeNotice

TEXT = NoticeText(
    promises=(
        "Nothing without your yes. A radio that was not handed out here and switched on by you is ignored.",
        "One yes per use. Five separate switches, all off, none needed for another or for shopping here.",
        "No is as easy as yes. It takes two taps and works within a second.",
        "No trail. Where you walked is forgotten within 30 minutes of your leaving.",
        "No name. We ask for no name, e-mail or phone number. A card with a code is enough.",
        "No person on a staff screen. Staff see crowds in zones, never your dot, list or path.",
        "Same price, same goods. Nothing here sets a price, a limit or a refusal by who you are.",
        "You can see everything we hold about you and why, and have it gone.",
        "The data is about you and stays here. It leaves the store for nobody.",
    ),
    purposes=(
        PurposeNotice(
            purpose=Purpose.GUIDANCE,
            sentence="Kiosks show you the way to the things on your list.",
            why="To know where you stand and which shelf is next.",
            data="Your list. Where your beacon is during this visit.",
            kept=(
                "Your list until you clear it, at most 13 months without a visit. "
                "60 minutes at most on a phone you take it to. "
                "Your place at most 30 minutes, in memory only."
            ),
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
    ),
)
