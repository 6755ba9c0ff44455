"""Which corners a walker can see, and the shortest ways between all of them.

A shortest walk among obstacles is straight except where it follows the arc of a corner that sticks out into the floor. So the
arcs are the nodes, each once for either way round (a bend: anticlockwise below N, clockwise above), and the straight lines that
touch two of them the edges; every walk is: start, some bends, end. Nothing is rasterised: the result is exact.

What is walked along an arc depends on where it is come to and left. The sum of both is shared out: a line's cost is its length,
more the farther past the middle of its first arc it leaves, less the farther past the middle of its second it arrives.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import shortest_path

from store_server.domain.lines_of_sight import Blocked, are_clear, are_clear_from
from store_server.domain.round_corners import ROUNDING_RAD, Floats, Indices, RoundCorners

PAIRS_AT_ONCE = 400_000

SAME_RAD = 1e-8
"""Lines that leave an arc so near to one another are one line."""

LEAST_COST_M = 1e-9
"""SciPy takes a stored zero for "no edge": a millionth of a millimetre is one."""

ROUNDS = 64
"""Lines that cost less than nothing are few and short, and so are chains of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Straight lines that touch arcs, from bend to bend.

    Attributes
    ----------
    first, last : ndarray of int, shape (L,)
        Bends.
    leaves_rad, arrives_rad : ndarray, shape (L,)
        How far past the middle of their arcs, the way these are gone round.
    length_m : ndarray, shape (L,)
        Of the straight line alone.
    """

    first: Indices
    last: Indices
    leaves_rad: Floats
    arrives_rad: Floats
    length_m: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """A place to stand, and the bends that the next line from it can come to; the same, the other way round, lead to it.

    Attributes
    ----------
    point_m : ndarray, shape (2,)
    bends : ndarray of int, shape (S,)
    arrives_rad, length_m : ndarray, shape (S,)
        As in ``Lines``.
    """

    point_m: Floats
    bends: Indices
    arrives_rad: Floats
    length_m: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """Shortest ways between all bends.

    Attributes
    ----------
    costs_m : ndarray, shape (2N, 2N)
        From the middle of one arc to the middle of another; infinite where there is no way.
    via : ndarray of int, shape (2N, 2N)
        ``via[i, j]`` is the bend before j on the way from i; negative where there is none.
    lines : Lines
        By their first bend: those of bend i are ``begins[i]`` to ``begins[i + 1]``.
    begins : ndarray of int, shape (2N + 1,)
    """

    costs_m: Floats
    via: NDArray[np.int32]
    lines: Lines
    begins: Indices


def _turn(bends: Indices, n: int) -> Indices:
    """1 for anticlockwise, -1 for clockwise."""
    return 1 - 2 * (bends // max(n, 1))


def turned_round(bends: Indices, corners: RoundCorners) -> Indices:
    """The same arcs, the other way round."""
    return (bends + len(corners)) % (2 * len(corners))


def seen_from(point_m: Floats, corners: RoundCorners, blocked: Blocked) -> Sight:
    """What is seen from a place.

    Parameters
    ----------
    point_m : ndarray, shape (2,)
    """
    n = len(corners)
    radius_m = corners.radius_m
    away_x_m, away_y_m = (corners.at_m - point_m).T
    apart_m2 = away_x_m**2 + away_y_m**2
    # Whoever stands on an arc may be nearer to its corner by rounding.
    length_m = np.sqrt(np.maximum(apart_m2 - radius_m**2, 0.0))
    # Unit vectors from the corners to where lines touch the circles, first anticlockwise; and the cosines to their arcs' middles.
    # Nearly all are touched beyond the arcs' ends, and angles would take longer.
    back, across = -radius_m / apart_m2, np.stack([length_m, -length_m]) / apart_m2
    out_x, out_y = back * away_x_m + across * away_y_m, back * away_y_m - across * away_x_m
    bends = np.flatnonzero(out_x * corners.out[:, 0] + out_y * corners.out[:, 1] >= corners.least_cos)
    corner, out = bends % max(n, 1), np.stack([out_x.ravel()[bends], out_y.ravel()[bends]], axis=1)
    touches_m = corners.at_m[corner] + radius_m * out
    clear = are_clear_from(blocked, point_m, touches_m)
    bends, corner, out = bends[clear], corner[clear], out[clear]
    arrives_rad = _turn(bends, n) * corners.from_middle_rad(corner, np.arctan2(out[:, 1], out[:, 0]))
    return Sight(point_m, bends, arrives_rad, length_m[corner])


def all_ways(corners: RoundCorners, blocked: Blocked) -> Ways:
    """Shortest ways between all bends."""
    n = 2 * len(corners)
    if n == 0:
        none, none_m = np.empty(0, dtype=np.int64), np.empty(0)
        lines = Lines(none, none, none_m, none_m, none_m)
        return Ways(np.empty((0, 0)), np.empty((0, 0), dtype=np.int32), lines, np.zeros(1, dtype=np.int64))
    lines = _all_lines(corners, blocked)
    begins = np.searchsorted(lines.first, np.arange(n + 1))
    cost_m = lines.length_m + corners.radius_m * (lines.leaves_rad - lines.arrives_rad)
    ahead_m = _potential(lines, cost_m, n)
    positive_m = np.maximum(cost_m + ahead_m[lines.first] - ahead_m[lines.last], LEAST_COST_M)
    graph: csr_array = coo_array((positive_m, (lines.first, lines.last)), shape=(n, n)).tocsr()
    costs_m, via = shortest_path(graph, method="D", return_predecessors=True)
    costs_m += ahead_m
    costs_m -= ahead_m[:, None]
    return Ways(costs_m, via.astype(np.int32), lines, begins)


def _line_between(corners: RoundCorners, first: Indices, last: Indices) -> Lines:
    """The lines that touch the arcs of two bends, whether in sight or not.

    Parameters
    ----------
    first, last : ndarray of int, shape (L,)
        Not about the same corner.
    """
    n = len(corners)
    i, j, turn_i, turn_j = first % n, last % n, _turn(first, n), _turn(last, n)
    away_m = corners.at_m[j] - corners.at_m[i]
    across_m = corners.radius_m * (turn_j - turn_i)
    length_m = np.sqrt(np.maximum((away_m**2).sum(axis=1) - across_m**2, 0.0))
    heading_rad = np.arctan2(away_m[:, 1], away_m[:, 0]) - np.arctan2(across_m, length_m)
    leaves_rad = turn_i * corners.from_middle_rad(i, heading_rad - turn_i * np.pi / 2)
    arrives_rad = turn_j * corners.from_middle_rad(j, heading_rad - turn_j * np.pi / 2)
    return Lines(first, last, leaves_rad, arrives_rad, length_m)


def _all_lines(corners: RoundCorners, blocked: Blocked) -> Lines:
    """All that are in sight and touch no arc on their way, ordered by their first bend."""
    n = len(corners)
    found = [_touching_pairs(corners, rows) for rows in _row_blocks(n)]
    lines = _line_between(corners, *(np.concatenate(each) for each in zip(*found, strict=True)))
    lines = _those(lines, _are_shortest(lines, corners))
    starts_m = corners.places_m(lines.first % n, _turn(lines.first, n) * lines.leaves_rad)
    ends_m = corners.places_m(lines.last % n, _turn(lines.last, n) * lines.arrives_rad)
    both = _both_ways(_those(lines, are_clear(blocked, starts_m, ends_m)), corners)
    return _those(both, np.argsort(both.first, kind="stable"))


def _row_blocks(n: int) -> list[range]:
    at_once = max(1, PAIRS_AT_ONCE // n)
    return [range(begin, min(begin + at_once, n)) for begin in range(0, n, at_once)]


def _touching_pairs(corners: RoundCorners, rows: range) -> tuple[Indices, Indices]:
    """Bends of some corners, and of later ones, whose arcs one straight line touches."""
    n = len(corners)
    i = np.repeat(np.arange(rows.start, rows.stop), n - 1 - np.arange(rows.start, rows.stop))
    j = np.concatenate([np.arange(row + 1, n) for row in rows])
    away_m = corners.at_m[j] - corners.at_m[i]
    apart_m = np.hypot(away_m[:, 0], away_m[:, 1])
    heading_rad = np.arctan2(away_m[:, 1], away_m[:, 0])
    crossing_rad = np.arcsin(np.minimum(2 * corners.radius_m / np.maximum(apart_m, 1e-12), 1.0))
    first, last = [], []
    for turn_i in (1, -1):
        for turn_j in (1, -1):
            along_rad = heading_rad - crossing_rad * ((turn_j - turn_i) // 2)
            is_apart = apart_m > (1e-9 if turn_i == turn_j else 2 * corners.radius_m)
            near = np.flatnonzero(is_apart & _touches(corners, i, along_rad - turn_i * np.pi / 2))
            both = near[_touches(corners, j[near], along_rad[near] - turn_j * np.pi / 2)]
            first.append(i[both] + (0 if turn_i > 0 else n))
            last.append(j[both] + (0 if turn_j > 0 else n))
    return np.concatenate(first), np.concatenate(last)


def _are_shortest(lines: Lines, corners: RoundCorners) -> NDArray[np.bool_]:
    """Whether lines touch no arc on their way: else two shorter ones do as well, and are in sight where the whole is.

    Shelves stand in rows, so that most lines do.
    """
    both = _both_ways(lines, corners)
    order = np.lexsort((both.length_m, np.round(both.leaves_rad / SAME_RAD), both.first))
    is_same = (np.diff(both.first[order]) == 0) & (np.abs(np.diff(both.leaves_rad[order])) < SAME_RAD)
    is_longer = np.zeros(len(order), dtype=np.bool_)
    is_longer[order[1:]] = is_same & (np.diff(both.length_m[order]) > 0)
    return np.asarray(~is_longer.reshape(2, -1).all(axis=0))


def _both_ways(lines: Lines, corners: RoundCorners) -> Lines:
    """The lines, and then the same gone the other way: they leave where they arrived."""
    return Lines(
        np.concatenate([lines.first, turned_round(lines.last, corners)]),
        np.concatenate([lines.last, turned_round(lines.first, corners)]),
        np.concatenate([lines.leaves_rad, -lines.arrives_rad]),
        np.concatenate([lines.arrives_rad, -lines.leaves_rad]),
        np.tile(lines.length_m, 2),
    )


def _those(lines: Lines, which: NDArray[np.bool_] | Indices) -> Lines:
    return Lines(
        lines.first[which],
        lines.last[which],
        lines.leaves_rad[which],
        lines.arrives_rad[which],
        lines.length_m[which],
    )


def _touches(corners: RoundCorners, corner: Indices, angle_rad: Floats) -> NDArray[np.bool_]:
    off_rad = np.abs(corners.from_middle_rad(corner, angle_rad))
    return np.asarray(off_rad <= corners.half_rad[corner] + ROUNDING_RAD)


def _potential(lines: Lines, cost_m: Floats, n: int) -> Floats:
    """For each bend a number that makes every cost positive when added before a line and taken away after it.

    Shortest ways need costs that are not negative, and a short line that arrives late on its arc has one.
    """
    ahead_m = np.zeros(n)
    for _ in range(ROUNDS):
        nearer_m = ahead_m.copy()
        np.minimum.at(nearer_m, lines.last, ahead_m[lines.first] + cost_m)
        if (nearer_m == ahead_m).all():
            break
        ahead_m = nearer_m
    return ahead_m
