"""Which checkout a shopper pays at: the open ones, and of those the one their tour was planned to end at.

They are led to another only when that saves a clear stretch: who stands between two tills must not be sent to and fro.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import shapely

from store_server.domain.floor_shapes import Point
from store_server.domain.floorplan import Floorplan
from store_server.domain.level_network import Place
from store_server.domain.tour_keeping import MOVED_M, SHORTER_BY_M, WEIGH_EVERY_S, KeptTour, Lengths


def open_checkouts(floorplan: Floorplan) -> tuple[Point, ...]:
    """The checkouts of a level that no blocked area lies over."""
    is_shut = [
        any(area.intersects(shapely.Point(at_m)) for area in floorplan.blocked_areas) for at_m in floorplan.checkouts
    ]
    return tuple(at_m for at_m, shut in zip(floorplan.checkouts, is_shut, strict=True) if not shut)


@dataclass(frozen=True, slots=True)
class KeptCheckout:
    """The checkout to lead to when all is fetched.

    Attributes
    ----------
    at : Place
    from_m : Place or None
        Where the shopper was when it was last weighed against the others; None as long as it is the tour's.
    weighed_s : float
        When that was, Unix seconds.
    walkways : Lengths
        By which ways it was weighed.
    """

    at: Place
    from_m: Place | None
    weighed_s: float
    walkways: Lengths = field(repr=False, compare=False)


def keep_checkout(
    before: KeptCheckout | None,
    tour: KeptTour,
    *,
    place: Place | None,
    radius_m: float,
    walkways: Lengths,
    checkouts: Sequence[Place],
    at_s: float,
) -> KeptCheckout | None:
    """The checkout of now.

    Parameters
    ----------
    before : KeptCheckout or None
    tour : KeptTour
        As long as it has stops, its end is the answer and no way is asked for.
    place : Place or None
        None while the shopper is not seen.
    radius_m : float
        The 95 % radius of ``place``.
    walkways : Lengths
    checkouts : sequence of Place
    at_s : float

    Returns
    -------
    KeptCheckout or None
        None where there is none, or none can be reached.
    """
    if tour.order:
        planned = tour.ends.get(tour.order[-1])
        return None if planned is None else KeptCheckout(planned, None, at_s, walkways)
    kept = before if before is not None and before.at in checkouts else None
    if place is None or not checkouts or (kept is not None and not _is_to_be_weighed(kept, place, walkways, at_s)):
        return kept
    lengths_m = walkways.lengths(place, checkouts)
    nearest = int(lengths_m.argmin())
    if not np.isfinite(lengths_m[nearest]):
        return kept
    if kept is not None:
        kept_m = float(lengths_m[checkouts.index(kept.at)])
        if kept_m - float(lengths_m[nearest]) <= max(SHORTER_BY_M, radius_m):
            return replace(kept, from_m=place, weighed_s=at_s, walkways=walkways)
    return KeptCheckout(checkouts[nearest], place, at_s, walkways)


def _is_to_be_weighed(kept: KeptCheckout, place: Place, walkways: Lengths, at_s: float) -> bool:
    if kept.from_m is None or kept.walkways is not walkways:
        return True
    return place.is_beyond(MOVED_M, kept.from_m) and not 0 <= at_s - kept.weighed_s < WEIGH_EVERY_S
