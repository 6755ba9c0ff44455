"""The tour a shopper is on, kept from one look to the next: planned anew when it must be, and only then.

Stops that are done fall out of the order and the others stay as they are. A new stop, or a shelf that moved, makes a new tour.
A shopper who strays gets another order only when that saves a clear stretch, weighed at most once in ``WEIGH_EVERY_S``: a
list whose order changes under one's eyes is worse than one that is a few metres long.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from store_server.domain.level_network import Place
from store_server.domain.touring import best_tour

Floats = NDArray[np.float64]

MOVED_M = 0.5
"""Below this a position is the same position; it trembles by as much in a shopper who stands still."""

WEIGH_EVERY_S = 3.0

SHORTER_BY_M = 5.0
"""By how much another order must be shorter before the present one is given up. A shopper sent to and fro between two shelves
at the same distance loses trust; walking 5 m too far costs four seconds."""

LATE_M = 1e4
"""Added to each way between what is fetched last and what is not: longer than any tour, so that there is one such way only."""


class Lengths(Protocol):
    """The part of ``building.BuildingWays`` a tour needs."""

    def lengths(self, start: Place, ends: Sequence[Place]) -> Floats: ...
    def measured(self, start: Place, ends: Sequence[Place]) -> tuple[Floats, Floats]: ...


@dataclass(frozen=True, slots=True)
class KeptTour:
    """Stops in the order they will be walked.

    Attributes
    ----------
    order : tuple of str
        Skus still to be fetched; those no way leads to at the end.
    stops : Mapping of sku to Place
        Where they were when it was planned.
    between_m : ndarray, shape (S + 1, S + 1)
        Walking lengths between the stops, in the order of ``stops``, and last to the nearest checkout. Stairs and lifts count as
        metres too, so that one does not go up and down for each item.
    walked_m : ndarray, shape (S + 1, S + 1)
        The metres walked of these.
    from_m : Place or None
        Where the shopper was when the order was last weighed; None while they have not been seen.
    weighed_s : float
        When that was, Unix seconds.
    late : frozenset of str
        What was to be fetched last.
    ends : Mapping of sku to Place
        The checkout nearest to each stop from which one can be reached: the tour ends at that of its last stop.
    """

    order: tuple[str, ...]
    stops: Mapping[str, Place]
    between_m: Floats = field(repr=False)
    walked_m: Floats = field(repr=False)
    from_m: Place | None
    weighed_s: float
    late: frozenset[str]
    ends: Mapping[str, Place] = field(default_factory=dict)

    def length_m(self, to_first_m: float) -> float | None:
        """What is left to walk from ``to_first_m`` before the first stop; None where some stop cannot be reached."""
        if not self.order:
            return None
        number = {sku: k for k, sku in enumerate(self.stops)}
        places = [*(number[sku] for sku in self.order), len(self.stops)]
        total_m = to_first_m + sum(float(self.walked_m[a, b]) for a, b in pairwise(places))
        return total_m if math.isfinite(total_m) else None


def keep_tour(
    before: KeptTour | None,
    *,
    stops: Mapping[str, Place],
    late: Collection[str],
    place: Place | None,
    radius_m: float,
    walkways: Lengths,
    checkouts: Sequence[Place],
    at_s: float,
) -> KeptTour:
    """The tour of now.

    Parameters
    ----------
    before : KeptTour or None
    stops : Mapping of sku to Place
        Where one stands to take each wanted product, in the order of the list.
    late : collection of str
        Skus to fetch after all others: what thaws.
    place : Place or None
        None while the shopper is not seen: the order then stays, new stops are appended.
    radius_m : float
        The 95 % radius of ``place``: an order that is shorter by less may not be shorter at all.
    walkways : Lengths
        Asked for all pairs when there are new stops, else for the ways from ``place`` only.
    checkouts : sequence of Place
        The tour ends at the one nearest to its last stop; where there is none it ends at that stop.
    at_s : float

    Returns
    -------
    KeptTour
    """
    late = frozenset(late) & stops.keys()
    is_new = before is None or late != before.late & stops.keys()
    if before is not None:
        is_new = is_new or any(sku not in before.order or before.stops[sku] != at for sku, at in stops.items())
        if not is_new and not _is_to_be_weighed(before, place, at_s):
            order = tuple(sku for sku in before.order if sku in stops)
            return before if order == before.order else _with_order(before, order)
    if before is not None and not is_new:
        tour = before
    else:
        kept = [] if before is None else [sku for sku in before.order if sku in stops]
        order = (*kept, *(sku for sku in stops if sku not in kept))
        between_m, walked_m, ends = _between(stops, checkouts, walkways)
        tour = KeptTour(order, dict(stops), between_m, walked_m, None, at_s, late, ends)
    if place is None or not stops:
        return _with_order(tour, tuple(sku for sku in tour.order if sku in stops))
    return _weighed(tour, stops, place, max(SHORTER_BY_M, radius_m), walkways, at_s, is_new)


def _is_to_be_weighed(before: KeptTour, place: Place | None, at_s: float) -> bool:
    if place is None:
        return False
    if before.from_m is None:
        return True
    return place.is_beyond(MOVED_M, before.from_m) and not 0 <= at_s - before.weighed_s < WEIGH_EVERY_S


def _with_order(tour: KeptTour, order: tuple[str, ...]) -> KeptTour:
    return replace(tour, order=order)


def _between(
    stops: Mapping[str, Place], checkouts: Sequence[Place], walkways: Lengths
) -> tuple[Floats, Floats, dict[str, Place]]:
    """``KeptTour.between_m``, ``walked_m`` and ``ends``."""
    places = list(stops.values())
    between_m = np.zeros((len(places) + 1, len(places) + 1))
    walked_m = np.zeros_like(between_m)
    ends: dict[str, Place] = {}
    for k, (sku, place) in enumerate(stops.items()):
        lengths_m, metres = walkways.measured(place, [*places, *checkouts])
        between_m[k, :-1], walked_m[k, :-1] = lengths_m[: len(places)], metres[: len(places)]
        to_checkouts_m = lengths_m[len(places) :]
        # A checkout that cannot be reached is no reason to have no tour.
        if np.isfinite(to_checkouts_m).any():
            nearest = int(to_checkouts_m.argmin())
            between_m[k, -1] = between_m[-1, k] = to_checkouts_m[nearest]
            walked_m[k, -1] = metres[len(places) + nearest]
            ends[sku] = checkouts[nearest]
    return between_m, walked_m, ends


def _weighed(
    tour: KeptTour,
    stops: Mapping[str, Place],
    place: Place,
    margin_m: float,
    walkways: Lengths,
    at_s: float,
    is_new: bool,
) -> KeptTour:
    """The tour in the best order from here, or as it was where that saves little."""
    number = {sku: k for k, sku in enumerate(tour.stops)}
    first_m = walkways.lengths(place, list(stops.values()))
    here = {sku: float(length_m) for sku, length_m in zip(stops, first_m, strict=True)}
    order = tuple(sku for sku in tour.order if sku in stops)
    reached = [sku for sku in stops if math.isfinite(here[sku])]
    if not reached:
        return replace(tour, order=order, from_m=place if is_new else tour.from_m, weighed_s=at_s)
    rows = [number[sku] for sku in reached]
    lengths_m = np.zeros((len(rows) + 2, len(rows) + 2))
    lengths_m[1:, 1:] = tour.between_m[np.ix_([*rows, -1], [*rows, -1])]
    lengths_m[0, 1:-1] = lengths_m[1:-1, 0] = [here[sku] for sku in reached]
    best = best_tour(_late_last(lengths_m, [sku in tour.late for sku in reached]), has_end=True)
    found = tuple(reached[k] for k in best.order)
    unreached = tuple(sku for sku in order if sku not in here or not math.isfinite(here[sku]))
    if not is_new and tour.from_m is not None:
        kept = [sku for sku in order if sku not in unreached]
        saved_m = _along(kept, reached, lengths_m) - _along(found, reached, lengths_m)
        if not saved_m > margin_m:
            found = tuple(kept)
    return replace(tour, order=(*found, *unreached), from_m=place, weighed_s=at_s)


def _late_last(lengths_m: Floats, is_late: Sequence[bool]) -> Floats:
    """The lengths with a price on each way between the two groups; the start belongs to the early, the end to the late."""
    if not any(is_late):
        return lengths_m
    group = np.array([False, *is_late, True])
    return np.where(group[:, None] != group, lengths_m + LATE_M, lengths_m)


def _along(order: Sequence[str], reached: Sequence[str], lengths_m: Floats) -> float:
    number = {sku: k + 1 for k, sku in enumerate(reached)}
    places = [0, *(number[sku] for sku in order), len(reached) + 1]
    return float(lengths_m[places[:-1], places[1:]].sum())
