"""The nine promises, and what holds each: abuse tests by their ids, as section 5 of the privacy requirements numbers them."""

from __future__ import annotations

from collections.abc import Mapping

PROOFS: Mapping[int, Mapping[str, str]] = {
    1: {
        "T02": "of a thousand foreign devices a node writes, counts and sends nothing",
        "T03": "no Bluetooth address and no name is in a sighting or a node's log",
        "T16": "a beacon that nobody switched on is dropped in silence",
    },
    2: {"T39": "a yes to one use is a yes to that one"},
    3: {
        "T04": "nothing is stored or sent after a no was answered",
        "T05": "a node that is cut off forwards nothing once its ids are 90 seconds old",
        "T40": "a no takes no more taps than a yes, two at a kiosk and one on a phone",
    },
    4: {
        "T46": "the shopper's page tells no place; a kiosk only where the tag is, after the tap",
        "T44": "whoever walks off leaves nothing on the screen to whoever comes next",
    },
    5: {
        "T34": "a whole visit with marked ids leaves none of them in any log",
        "T35": "no secret and no card stands in a log or an address",
    },
    6: {
        "T45": "no route or event tells people of the store of one shopper",
        "T22": "a screen hears its own shopper alone",
        "T19": "every role at every address is answered as the table of rights says",
        "T20": "every role at every socket event, too",
    },
    7: {"T50": "after every no the kiosk works by hand, at the same prices"},
    8: {
        "T38": "an event of the ledger that was changed, taken out or moved is named",
        "T21": "another shopper's page, list and choices cannot be reached",
    },
    9: {"T49": "no page asks another host for anything"},
}
"""By promise: test id, and what the test shows."""

NOT_YET: Mapping[int, Mapping[str, str]] = {
    4: {"T36": "what is erased is in no file, log or backup"},
    6: {
        "T42": "few shoppers in a zone, or in the store, are not shown at all",
        "T43": "a day's counts are the same however often they are asked for",
    },
    8: {
        "T41": "the export holds everything of this shopper and nothing of anybody else",
        "T37": "a backup brings nobody back who was erased",
    },
}
"""What the promise asks for beside that, and no test holds so far."""
