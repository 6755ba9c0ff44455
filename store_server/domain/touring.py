"""In which order to visit the shelves: exact for a usual list, close to exact for a long one.

The lengths between all places come from ``WalkingGraph.matrix``; this file only orders. Same lengths, same order, on any
machine: the search is bounded by a number of steps, never by a clock, and its random numbers start from a fixed seed.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

EXACT_STOPS = 12
"""Held-Karp looks at 12 * 2^12 half tours; two more stops are four times as many."""

RESTARTS = 24
"""Kicked copies of the best tour so far; at 30 stops four hundred find nothing shorter."""

LONG_LIST_STOPS = 40
"""Above it the restarts become fewer, as each takes longer: a list of 120 takes about as long as one of 60."""

SEED = 20260101

NO_WAY_M = 1e7
"""Stands for "no path" in sums: longer than any walk, so that as few as possible are taken."""


@dataclass(frozen=True, slots=True)
class Tour:
    """An order of stops and how far it is in all.

    Attributes
    ----------
    order : tuple of int
        Indices of the stops as they were given, each once.
    length_m : float
        From the start over all stops to the end, if there is one; infinite where some stop cannot be reached.
    """

    order: tuple[int, ...]
    length_m: float


def best_tour(lengths_m: Floats, has_end: bool) -> Tour:
    """The shortest order of the stops, or nearly so above ``EXACT_STOPS``.

    Parameters
    ----------
    lengths_m : ndarray, shape (P, P)
        Between all places, symmetric: the first is the start, the last the end where ``has_end``, the others the stops.
    has_end : bool
        False: the tour may end at any stop.

    Examples
    --------
    >>> at = np.array([0.0, 5.0, 1.0, 6.0])
    >>> best_tour(abs(at[:, None] - at), has_end=True)
    Tour(order=(1, 0), length_m=6.0)
    >>> best_tour(np.zeros((1, 1)), has_end=False)
    Tour(order=(), length_m=0.0)
    """
    lengths_m = np.asarray(lengths_m, dtype=np.float64)
    if lengths_m.ndim != 2 or lengths_m.shape[0] != lengths_m.shape[1] or len(lengths_m) < 1 + has_end:
        raise ValueError("lengths_m is a square matrix of start, stops and, where there is one, the end")
    stops = len(lengths_m) - 1 - has_end
    known = np.where(np.isfinite(lengths_m), lengths_m, NO_WAY_M)
    if not has_end:
        # A last place to which every way is free of charge: the tour then ends where it likes.
        known = np.pad(known, ((0, 1), (0, 1)))
    order = _held_karp(known, stops) if stops <= EXACT_STOPS else _improved(known, stops)
    places = [0, *(stop + 1 for stop in order), *([stops + 1] if has_end else [])]
    return Tour(tuple(order), float(lengths_m[places[:-1], places[1:]].sum()))


def _held_karp(lengths_m: Floats, stops: int) -> list[int]:
    """Exact: the shortest way through each set of stops, ending at each of its members."""
    if stops == 0:
        return []
    between = lengths_m[1 : stops + 1, 1 : stops + 1]
    sets = 1 << stops
    best_m = np.full((sets, stops), np.inf)
    before = np.zeros((sets, stops), dtype=np.int8)
    for stop in range(stops):
        best_m[1 << stop, stop] = lengths_m[0, stop + 1]
    for visited in range(1, sets):
        members = [stop for stop in range(stops) if visited >> stop & 1]
        if len(members) < 2:
            continue
        for last in members:
            via_m = best_m[visited ^ (1 << last)] + between[:, last]
            before[visited, last] = via_m.argmin()
            best_m[visited, last] = via_m[before[visited, last]]
    last = int((best_m[-1] + lengths_m[1 : stops + 1, stops + 1]).argmin())
    order, visited = [], sets - 1
    while visited:
        order.append(last)
        last, visited = int(before[visited, last]), visited ^ (1 << last)
    return order[::-1]


def _improved(lengths_m: Floats, stops: int) -> list[int]:
    """2-opt and Or-opt until neither helps; then kicked and repeated, the best kept."""
    rng = random.Random(SEED)
    lengths = lengths_m.tolist()
    best = _settled(_nearest_first(lengths, stops), lengths)
    best_m = _length(best, lengths)
    for _ in range(max(2, RESTARTS * LONG_LIST_STOPS**2 // max(stops, LONG_LIST_STOPS) ** 2)):
        tried = _settled(_kicked(best, rng), lengths)
        tried_m = _length(tried, lengths)
        if tried_m < best_m - 1e-9:
            best, best_m = tried, tried_m
    return [place - 1 for place in best[1:-1]]


def _nearest_first(lengths: Sequence[Sequence[float]], stops: int) -> list[int]:
    tour, left = [0], set(range(1, stops + 1))
    while left:
        here = tour[-1]
        tour.append(min(left, key=lambda place: (lengths[here][place], place)))
        left.remove(tour[-1])
    return [*tour, stops + 1]


def _length(tour: Sequence[int], lengths: Sequence[Sequence[float]]) -> float:
    return sum(lengths[a][b] for a, b in itertools.pairwise(tour))


def _kicked(tour: Sequence[int], rng: random.Random) -> list[int]:
    """A double bridge: two neighbouring stretches change places, which 2-opt cannot undo in one step."""
    a, b, c = sorted(rng.sample(range(1, len(tour)), 3))
    return [*tour[:a], *tour[b:c], *tour[a:b], *tour[c:]]


def _settled(tour: list[int], lengths: Sequence[Sequence[float]]) -> list[int]:
    """The tour after every 2-opt and Or-opt step that shortens it; start and end stay where they are."""
    shorter = True
    while shorter:
        shorter = _turn_a_stretch(tour, lengths) or _move_a_stretch(tour, lengths)
    return tour


def _turn_a_stretch(tour: list[int], lengths: Sequence[Sequence[float]]) -> bool:
    """One pass of 2-opt: whether anything was turned."""
    turned = False
    for i in range(1, len(tour) - 2):
        for j in range(i + 1, len(tour) - 1):
            a, b, c, d = tour[i - 1], tour[i], tour[j], tour[j + 1]
            if lengths[a][c] + lengths[b][d] < lengths[a][b] + lengths[c][d] - 1e-9:
                tour[i : j + 1] = tour[i : j + 1][::-1]
                turned = True
    return turned


def _move_a_stretch(tour: list[int], lengths: Sequence[Sequence[float]]) -> bool:
    """One step of Or-opt: one to three stops in a row moved elsewhere, either way round; whether one was."""
    for size in (1, 2, 3):
        for i in range(1, len(tour) - size):
            before, first, last, after = tour[i - 1], tour[i], tour[i + size - 1], tour[i + size]
            gain = lengths[before][first] + lengths[last][after] - lengths[before][after]
            rest = tour[:i] + tour[i + size :]
            for j in range(len(rest) - 1):
                a, b = rest[j], rest[j + 1]
                straight = lengths[a][first] + lengths[last][b] - lengths[a][b]
                turned = lengths[a][last] + lengths[first][b] - lengths[a][b]
                if min(straight, turned) < gain - 1e-9:
                    stretch = tour[i : i + size] if straight <= turned else tour[i : i + size][::-1]
                    tour[:] = [*rest[: j + 1], *stretch, *rest[j + 1 :]]
                    return True
    return False
