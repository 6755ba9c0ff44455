"""How a position may be worded: here, near here, or not at all."""

from __future__ import annotations

import math
from dataclasses import dataclass

from store_server.domain.level_network import Place
from store_server.wire.shopping import Certainty

SURE_RADIUS_M = 2.5
"""Up to here "you are here" is right 95 times in 100: about an aisle's width."""
NEAR_RADIUS_M = 12.0
"""Up to here "you are near" still tells a part of the store (three aisles); beyond it we had better say that we do not know."""
BETTER_BY = 0.9
"""A better wording returns only once the radius is this fraction of its limit, so that it does not flicker at the limit.
A worse one comes at once: we never claim more than we know."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Where the shopper was last placed: the part of a ``Track`` guidance needs."""

    place: Place
    accuracy_radius_m: float
    near: tuple[str, ...] = ()
    """Names of the parts of the store this is in; two where the signals fit both."""


def certainty_of(seen: Seen | None, before: Certainty | None) -> Certainty:
    """How the position may be worded: worse at once, better with a margin."""
    if seen is None or not math.isfinite(seen.accuracy_radius_m):
        return Certainty.UNKNOWN
    radius_m = seen.accuracy_radius_m
    sure_m = SURE_RADIUS_M * (BETTER_BY if before is Certainty.NEAR else 1.0)
    near_m = NEAR_RADIUS_M * (BETTER_BY if before is Certainty.UNKNOWN else 1.0)
    if radius_m <= sure_m:
        return Certainty.SURE
    return Certainty.NEAR if radius_m <= near_m else Certainty.UNKNOWN
