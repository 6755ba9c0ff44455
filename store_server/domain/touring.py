"""In which order to visit the shelves: exact for a usual list, close to exact for a long one.

The lengths between all places come from ``WalkingGraph.matrix``, or across levels from ``Building.matrix``; this file only
orders. There may be longer than back: an escalator goes one way. Same lengths, same order, on any machine: the search is
bounded by a number of steps, never by a clock, and its random numbers start from a fixed seed.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

EXACT_STOPS = 12
"""Held-Karp looks at 12 * 2^12 half tours, 10 ms; two more stops are four times as many."""

STARTS = 16
"""Searches side by side: one from the nearest stop to the nearest, the others each time to any of the ``NEAREST``. Of 680 lists
of 13 to 30 stops in both demo stores two came out longer than the optimum, by up to 1 %."""

NEAREST = 3
"""Orders by pure chance take longer to mend, and end no shorter."""

RESTARTS = 2
"""Kicked copies of the best tour so far, for each start."""

LONG_LIST_STOPS = 40
"""Above it there is one start, kicked ``LONG_LIST_RESTARTS`` times, and less often the longer the list, as each takes longer."""

LONG_LIST_RESTARTS = 72

STRETCH_STOPS = 3
"""So many stops in a row are moved together at most."""

SHORTER_M = 1e-6
"""Less is rounding, and a search that follows rounding may go round in circles."""

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
        From each row's place to each column's: the first is the start, the last the end where ``has_end``, the others the stops.
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
    """Exact: the shortest way through each set of stops, ending at each of its members; all sets of a size at once."""
    if stops == 0:
        return []
    between = lengths_m[1 : stops + 1, 1 : stops + 1]
    sets = np.arange(1 << stops)
    sizes = np.bitwise_count(sets)
    best_m = np.full((len(sets), stops), np.inf)
    before = np.zeros((len(sets), stops), dtype=np.int8)
    best_m[1 << np.arange(stops), np.arange(stops)] = lengths_m[0, 1 : stops + 1]
    for size in range(2, stops + 1):
        of_size = sets[sizes == size]
        for last in range(stops):
            visited = of_size[of_size >> last & 1 == 1]
            via_m = best_m[visited ^ (1 << last)] + between[:, last]
            before[visited, last] = via_m.argmin(axis=1)
            best_m[visited, last] = via_m.min(axis=1)
    last = int((best_m[-1] + lengths_m[1 : stops + 1, stops + 1]).argmin())
    order, left = [], len(sets) - 1
    while left:
        order.append(last)
        last, left = int(before[left, last]), left ^ (1 << last)
    return order[::-1]


def _improved(lengths_m: Floats, stops: int) -> list[int]:
    """2-opt and Or-opt from some starts until neither helps; then kicked and repeated, the best of each kept."""
    rng = random.Random(SEED)
    starts, kicks = [_near_to_near(lengths_m, stops, 1, rng)], RESTARTS
    if stops <= LONG_LIST_STOPS:
        starts += [_near_to_near(lengths_m, stops, NEAREST, rng) for _ in range(STARTS - 1)]
    else:
        kicks = max(2, LONG_LIST_RESTARTS * LONG_LIST_STOPS**2 // stops**2)
    best = np.array(starts)
    best_m = _settle(best, lengths_m)
    for _ in range(kicks):
        tried = np.array([_kicked(tour, rng) for tour in best])
        tried_m = _settle(tried, lengths_m)
        is_shorter = tried_m < best_m
        best[is_shorter], best_m[is_shorter] = tried[is_shorter], tried_m[is_shorter]
    return [int(place) - 1 for place in best[best_m.argmin()][1:-1]]


def _near_to_near(lengths_m: Floats, stops: int, choices: int, rng: random.Random) -> Indices:
    """From each place to one of so many that are nearest to it."""
    tour, left = [0], list(range(1, stops + 1))
    while left:
        left.sort(key=lengths_m[tour[-1]].tolist().__getitem__)
        tour.append(left.pop(min(rng.randrange(choices), len(left) - 1)))
    return np.array([*tour, stops + 1])


def _kicked(tour: Indices, rng: random.Random) -> Indices:
    """A double bridge: two neighbouring stretches change places, which 2-opt cannot undo in one step."""
    a, b, c = sorted(rng.sample(range(1, len(tour)), 3))
    return np.concatenate([tour[:a], tour[b:c], tour[a:b], tour[c:]])


def _settle(tours: Indices, lengths_m: Floats) -> Floats:
    """Steps each tour until no step shortens it any more; start and end stay where they are.

    Parameters
    ----------
    tours : ndarray of int, shape (T, P)
        Changed in place. All are stepped at once: on short arrays NumPy takes longer for each call than for what it counts.

    Returns
    -------
    ndarray, shape (T,)
        Their lengths.
    """
    going = np.arange(len(tours))
    while len(going):
        stepped, added_m = _stepped(tours[going], lengths_m)
        is_shorter = added_m < -SHORTER_M
        going = going[is_shorter]
        tours[going] = stepped[is_shorter]
    total_m: Floats = lengths_m[tours[:, :-1], tours[:, 1:]].sum(axis=1)
    return total_m


def _stepped(tours: Indices, lengths_m: Floats) -> tuple[Indices, Floats]:
    """Each tour after the one step that saves most, and what it adds: a stretch turned round, or a short one moved elsewhere,
    turned or not."""
    count, places = tours.shape
    moves = _moves(places)
    at = tours[:, :, None] * len(lengths_m) + tours[:, None, :]
    there, back_again = lengths_m.ravel().take(at), lengths_m.T.ravel().take(at)
    ahead = np.diagonal(there, 1, 1, 2)
    # What is added by walking the tour backwards from its start up to each place: nothing where back is as long as there.
    back = np.zeros((count, places))
    np.cumsum(np.diagonal(back_again, 1, 1, 2) - ahead, axis=1, out=back[:, 1:])

    # Turned: from the i-th to the j-th, both between start and end.
    turned_m = there[:, :-2, 1:-1] + there[:, 1:-1, 2:]
    turned_m -= (ahead[:, :-1] + back[:, 1:-1])[:, :, None]
    turned_m -= (ahead[:, 1:] - back[:, 1:-1])[:, None]
    turned_m += moves.not_turned
    turns = turned_m.reshape(count, -1)
    turn = turns.argmin(axis=1)

    # Moved: from the i-th to the j-th taken out, and put between the k-th and the next.
    i, j = moves.first, moves.last
    out_m = there[:, i - 1, j + 1] - ahead[:, i - 1] - ahead[:, j]
    as_it_is_m = back_again.take(i, axis=1)[:, :, :-1] + there.take(j, axis=1)[:, :, 1:]
    other_way_m = back_again.take(j, axis=1)[:, :, :-1] + there.take(i, axis=1)[:, :, 1:]
    other_way_m += (back[:, j] - back[:, i])[:, :, None]
    moved_m = np.minimum(as_it_is_m, other_way_m)
    moved_m -= ahead[:, None]
    moved_m += out_m[:, :, None]
    moved_m += moves.not_moved
    shifts = moved_m.reshape(count, -1)
    shift = shifts.argmin(axis=1)

    every = np.arange(count)
    turn_adds_m, shift_adds_m = turns[every, turn], shifts[every, shift]
    is_turn = turn_adds_m <= shift_adds_m
    stepped = np.empty_like(tours)
    for index, tour in enumerate(tours):
        if is_turn[index]:
            begins, ends = divmod(int(turn[index]), places - 2)
            stepped[index] = tour
            stepped[index, begins + 1 : ends + 2] = tour[begins + 1 : ends + 2][::-1]
        else:
            which, after = divmod(int(shift[index]), places - 1)
            is_as_it_is = as_it_is_m[index, which, after] <= other_way_m[index, which, after]
            stepped[index] = _moved(tour, int(i[which]), int(j[which]) + 1, after, 1 if is_as_it_is else -1)
    return stepped, np.where(is_turn, turn_adds_m, shift_adds_m)


def _moved(tour: Indices, begins: int, ends: int, after: int, way: int) -> Indices:
    """The stretch taken out and put behind another place, the other way round where ``way`` is -1."""
    stretch = tour[begins:ends][::way]
    if after < begins:
        return np.concatenate([tour[: after + 1], stretch, tour[after + 1 : begins], tour[ends:]])
    return np.concatenate([tour[:begins], tour[ends : after + 1], stretch, tour[after + 1 :]])


@dataclass(frozen=True, slots=True)
class _Moves:
    """The steps there are for a tour of P places.

    Attributes
    ----------
    not_turned : ndarray, shape (P - 2, P - 2)
        Infinite where the row's stop is not before the column's, else nothing.
    first, last : ndarray, shape (M,)
        The stretches of up to ``STRETCH_STOPS`` stops.
    not_moved : ndarray, shape (M, P - 1)
        Infinite where the gap touches the stretch, else nothing.
    """

    not_turned: Floats
    first: Indices
    last: Indices
    not_moved: Floats


@lru_cache(maxsize=8)
def _moves(places: int) -> _Moves:
    stops = np.arange(1, places - 1)
    first = np.concatenate([stops[: len(stops) - more] for more in range(STRETCH_STOPS)])
    last = np.concatenate([stops[more:] for more in range(STRETCH_STOPS)])
    gap = np.arange(places - 1)
    touches = (gap >= first[:, None] - 1) & (gap <= last[:, None])
    return _Moves(np.where(stops[:, None] < stops, 0.0, np.inf), first, last, np.where(touches, np.inf, 0.0))
