"""What can be walked to from a place straight away, and how two such places are joined by the ways between bends.

Ways between bends share out what is walked along an arc between the line before it and the line after, and do not ask whether the
second leaves behind where the first arrives. For a line of some length that is never the shortest; for a place right at a
corner it can be, so from there the next line is chosen by hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from store_server.domain.round_corners import ROUNDING_RAD, Floats, Indices, RoundCorners
from store_server.domain.visibility import Sight, Ways, turned_round


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """A place to stand and the bends walked to from it; the same, the other way round, lead to it.

    Attributes
    ----------
    point_m : ndarray, shape (2,)
    bends : ndarray of int, shape (R,)
    arrives_rad : ndarray, shape (R,)
        How far past the middle of their arcs.
    costs_m : ndarray, shape (R,)
        To the middle of the arc, as in ``Ways``.
    through : ndarray of int, shape (R,)
        The bend gone round before; negative where the place itself sees the arc.
    begins_rad : ndarray, shape (R,)
        Where the line from the place arrives: past the middle of the arc gone round first.
    goes_on : ndarray of bool, shape (R,)
        Whether any line may follow; else only the end itself.
    is_at_corner : bool
        Whether there is any that only the end may follow.
    """

    point_m: Floats
    bends: Indices
    arrives_rad: Floats
    costs_m: Floats
    through: Indices
    begins_rad: Floats
    goes_on: NDArray[np.bool_]
    is_at_corner: bool

    def fields(self) -> tuple[Indices, Floats, Floats, Indices, Floats, NDArray[np.bool_]]:
        """What there is of each bend."""
        return self.bends, self.arrives_rad, self.costs_m, self.through, self.begins_rad, self.goes_on


@dataclass(frozen=True, slots=True)
class Joined:
    """The shortest way between two reaches: with which bend of each it begins and ends."""

    length_m: float
    first: int
    last: int


@dataclass(frozen=True, slots=True, eq=False)
class RoundWalk:
    """The bends of a walk and where their arcs begin and end.

    Attributes
    ----------
    bends : ndarray of int, shape (B,)
    arrives_rad, leaves_rad : ndarray, shape (B,)
        Past the middle of each arc, the way it is gone round.
    length_m : float
    """

    bends: Indices
    arrives_rad: Floats
    leaves_rad: Floats
    length_m: float


def reach_of(sight: Sight, corners: RoundCorners, ways: Ways) -> Reach:
    """The reach of a place."""
    half_rad = corners.half_rad[sight.bends % max(len(corners), 1)]
    could_turn_back_rad = np.maximum(sight.arrives_rad + half_rad, 0.0)
    is_at_corner = sight.length_m < corners.radius_m * np.tan(could_turn_back_rad / 2)
    costs_m = sight.length_m - corners.radius_m * sight.arrives_rad
    direct = np.full(len(costs_m), -1)
    arrives_rad, goes_on = sight.arrives_rad, ~is_at_corner
    reach = Reach(sight.point_m, sight.bends, arrives_rad, costs_m, direct, arrives_rad, goes_on, is_at_corner=False)
    if goes_on.all():
        return reach
    parts = [reach.fields()]
    for index in np.flatnonzero(is_at_corner).tolist():
        bend = int(sight.bends[index])
        lines = np.arange(ways.begins[bend], ways.begins[bend + 1])
        lines = lines[ways.lines.leaves_rad[lines] >= sight.arrives_rad[index] - ROUNDING_RAD]
        arrives_rad = ways.lines.arrives_rad[lines]
        along_m = corners.radius_m * (ways.lines.leaves_rad[lines] - arrives_rad)
        over_m = costs_m[index] + along_m + ways.lines.length_m[lines]
        through, begins_rad = np.full(len(lines), bend), np.full(len(lines), sight.arrives_rad[index])
        goes_on = np.ones(len(lines), dtype=np.bool_)
        parts.append((ways.lines.last[lines], arrives_rad, over_m, through, begins_rad, goes_on))
    bends, arrives_rad, costs_m, through, begins_rad, goes_on = map(np.concatenate, zip(*parts, strict=True))
    return Reach(sight.point_m, bends, arrives_rad, costs_m, through, begins_rad, goes_on, is_at_corner=True)


def joined(near: Reach, far: Reach, corners: RoundCorners, ways: Ways) -> Joined | None:
    """The shortest way from one place to another that does not see it; None where there is none."""
    first, last = np.flatnonzero(near.goes_on), np.flatnonzero(far.goes_on)
    found = []
    if len(first) and len(last):
        between_m = ways.costs_m[near.bends[first][:, None], turned_round(far.bends[last], corners)]
        over_m = near.costs_m[first][:, None] + between_m + far.costs_m[last]
        row, column = np.unravel_index(int(over_m.argmin()), over_m.shape)
        found.append(Joined(float(over_m[row, column]), int(first[row]), int(last[column])))
    if near.is_at_corner or far.is_at_corner:
        i, j = _at_one_arc(near, far, corners)
        if len(i):
            over = near.costs_m[i] + far.costs_m[j]
            least = int(over.argmin())
            found.append(Joined(float(over[least]), int(i[least]), int(j[least])))
    shortest = min(found, key=lambda each: each.length_m, default=None)
    return shortest if shortest is not None and np.isfinite(shortest.length_m) else None


def costs_to(near: Reach, ways: Ways) -> Floats:
    """From a place to the middles of all arcs, shape (2N,)."""
    over_m = near.costs_m[near.goes_on, None] + ways.costs_m[near.bends[near.goes_on]]
    costs_m: Floats = over_m.min(axis=0, initial=np.inf)
    return costs_m


def lengths_between(nears: Sequence[Reach], to_arcs_m: Floats, far: Reach, corners: RoundCorners) -> Floats:
    """Lengths of the shortest ways from some places to one that none of them sees, shape (S,).

    Parameters
    ----------
    to_arcs_m : ndarray, shape (S, 2N)
        From ``costs_to``, for each of the places.
    """
    last = turned_round(far.bends[far.goes_on], corners)
    lengths_m: Floats = (to_arcs_m[:, last] + far.costs_m[far.goes_on]).min(axis=1, initial=np.inf)
    for index, near in enumerate(nears):
        if near.is_at_corner or far.is_at_corner:
            i, j = _at_one_arc(near, far, corners)
            lengths_m[index] = (near.costs_m[i] + far.costs_m[j]).min(initial=lengths_m[index])
    return lengths_m


def round_walk(way: Joined, near: Reach, far: Reach, corners: RoundCorners, ways: Ways) -> RoundWalk:
    """The whole of a way."""
    begins, ends = int(near.bends[way.first]), int(turned_round(far.bends[way.last], corners))
    bends = [ends]
    while bends[-1] != begins:
        bends.append(int(ways.via[begins, bends[-1]]))
    if near.through[way.first] >= 0:
        bends.append(int(near.through[way.first]))
    bends.reverse()
    if far.through[way.last] >= 0:
        bends.append(int(turned_round(far.through[way.last], corners)))
    lines = [_line(ways, first, last) for first, last in pairwise(bends)]
    arrives_rad = np.array([near.begins_rad[way.first], *ways.lines.arrives_rad[lines]])
    leaves_rad = np.array([*ways.lines.leaves_rad[lines], -far.begins_rad[way.last]])
    return RoundWalk(np.array(bends), arrives_rad, leaves_rad, way.length_m)


def _line(ways: Ways, first: int, last: int) -> int:
    begins, ends = int(ways.begins[first]), int(ways.begins[first + 1])
    return begins + int((ways.lines.last[begins:ends] == last).argmax())


def _at_one_arc(near: Reach, far: Reach, corners: RoundCorners) -> tuple[Indices, Indices]:
    """Which of both come to the same bend, the second leaving it after the first has arrived."""
    i, j = np.nonzero(near.bends[:, None] == turned_round(far.bends, corners))
    is_ahead = -far.arrives_rad[j] >= near.arrives_rad[i] - ROUNDING_RAD
    return i[is_ahead], j[is_ahead]
