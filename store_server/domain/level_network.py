"""The levels of a building joined at their landings, for one kind of walker: shortest ways between all landings, and by them.

``building`` makes one of these for all and one for step-free walks.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from store_server.domain.floor_shapes import Point
from store_server.domain.routing import NoPath, NoPathReason, WalkingGraph, WalkingPath
from store_server.domain.transitions import MAX_LANDINGS, Landing, Transition, Unit, cost_m, landings_of, too_many

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

NO_DETOUR_M = 1e-6
"""Lengths this near are the same walk: then it stays on its level."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place on one level, in metres."""

    level_id: str
    x_m: float
    y_m: float

    @property
    def at_m(self) -> Point:
        return (self.x_m, self.y_m)

    def is_beyond(self, far_m: float, other: Place) -> bool:
        """Whether it is farther from another place than this, as the crow flies; always where that is on another level."""
        return self.level_id != other.level_id or math.dist(self.at_m, other.at_m) > far_m


@dataclass(frozen=True, slots=True)
class Leg:
    """The part of a walk that is on one level; ``transition`` is what is taken at its end, None on the last."""

    level_id: str
    points_m: tuple[Point, ...]
    length_m: float
    transition: Transition | None


@dataclass(frozen=True, slots=True)
class BuildingPath:
    """A walk through a building.

    Attributes
    ----------
    legs : tuple of Leg
        At least one; each next one is on another level.
    length_m : float
        All legs, and for each transition the metres it counts as.
    """

    legs: tuple[Leg, ...]
    length_m: float

    @property
    def walked_m(self) -> float:
        """All legs alone."""
        return sum(leg.length_m for leg in self.legs)


class LevelNetwork:
    """The landings of a building and the shortest ways between all of them."""

    def __init__(self, graphs: Mapping[str, WalkingGraph], units: Iterable[Unit]) -> None:
        self.graphs = graphs
        self._landings: list[Landing] = [
            landing for unit in units for landing in landings_of(unit, graphs[unit.level_id].floor)
        ]
        if len(self._landings) > MAX_LANDINGS:
            raise too_many(len(self._landings))
        self._on_level = {
            level_id: np.array([i for i, each in enumerate(self._landings) if each.unit.level_id == level_id], np.int64)
            for level_id in graphs
        }
        costs_m, walks_m = self._costs(), self._walks()
        self._least_m = float(costs_m.min(initial=np.inf))
        # Of each length, what is no walking.
        counted_m = np.where(costs_m < walks_m, costs_m, 0.0)
        self._lengths_m, self._via, self._counted_m = _shortest(np.minimum(costs_m, walks_m), counted_m)

    def _costs(self) -> Floats:
        """Of going straight from landing to landing by what both belong to, shape (K, K)."""
        costs_m = np.full((len(self._landings), len(self._landings)), np.inf)
        for i, start in enumerate(self._landings):
            for j, end in enumerate(self._landings):
                counted_m = cost_m(start.unit, end.unit)
                if counted_m is not None:
                    costs_m[i, j] = counted_m
        return costs_m

    def _walks(self) -> Floats:
        walks_m = np.full((len(self._landings), len(self._landings)), np.inf)
        for level_id, here in self._on_level.items():
            walks_m[np.ix_(here, here)] = self.graphs[level_id].matrix([self._landings[i].at_m for i in here])
        return walks_m

    def path(self, start: Place, end: Place) -> BuildingPath | NoPath:
        if start.level_id not in self.graphs or self.graphs[start.level_id].standing(start.at_m) is None:
            return NoPath(NoPathReason.START_NOT_WALKABLE)
        if end.level_id not in self.graphs or self.graphs[end.level_id].standing(end.at_m) is None:
            return NoPath(NoPathReason.END_NOT_WALKABLE)
        straight = self._straight(start, end)
        straight_m = straight.length_m if isinstance(straight, WalkingPath) else np.inf
        # Leaving a level and coming back is two transitions at least.
        if isinstance(straight, WalkingPath) and straight_m <= 2 * self._least_m:
            return _on_one_level(start.level_id, straight)
        first, last = self._on_level[start.level_id], self._on_level[end.level_id]
        over_m = (
            self._to_landings(start, first)[:, None]
            + self._lengths_m[np.ix_(first, last)]
            + self._to_landings(end, last)
        )
        shortest_m = over_m.min(initial=np.inf)
        if isinstance(straight, WalkingPath) and straight_m <= shortest_m + NO_DETOUR_M:
            return _on_one_level(start.level_id, straight)
        if not np.isfinite(shortest_m):
            return NoPath(NoPathReason.NOT_CONNECTED)
        i, j = np.unravel_index(int(over_m.argmin()), over_m.shape)
        return self._legs(start, self._way(int(first[i]), int(last[j])), end)

    def lengths(self, starts: Sequence[Place], ends: Sequence[Place]) -> Floats:
        """Shape (S, E)."""
        lengths_m = np.full((len(starts), len(ends)), np.inf)
        for level_id, graph in self.graphs.items():
            here, there = _those_on(starts, level_id), _those_on(ends, level_id)
            points_m = [ends[index].at_m for index in there]
            # One place alone is where somebody happens to be: not to be remembered long.
            if len(starts) == 1 and len(here):
                lengths_m[0, there] = graph.lengths(starts[0].at_m, points_m)
            elif len(here):
                begins_m = [starts[index].at_m for index in here]
                lengths_m[np.ix_(here, there)] = graph.lengths_between(begins_m, points_m)
        from_landings_m = self._from_landings(ends)
        to_landings_m = from_landings_m if starts is ends else self._from_landings(starts)
        for index in range(len(starts)):
            over_m = (to_landings_m[:, index, None] + self._lengths_m).min(axis=0, initial=np.inf)
            by_levels_m = (over_m[:, None] + from_landings_m).min(axis=0, initial=np.inf)
            lengths_m[index] = np.minimum(lengths_m[index], by_levels_m)
        return lengths_m

    def measured(self, start: Place, ends: Sequence[Place]) -> tuple[Floats, Floats]:
        """Lengths from one place, and the metres walked of each: all but what its ways between levels count as. Shape (E,)."""
        lengths_m = np.full(len(ends), np.inf)
        if start.level_id not in self.graphs:
            return lengths_m, lengths_m
        there = _those_on(ends, start.level_id)
        lengths_m[there] = self.graphs[start.level_id].lengths(start.at_m, [ends[index].at_m for index in there])
        first = self._on_level[start.level_id]
        if not len(first):
            return lengths_m, lengths_m
        over_m = self._to_landings(start, first)[:, None] + self._lengths_m[first]
        by_levels_m = over_m.min(axis=0)[:, None] + self._from_landings(ends)
        last = by_levels_m.argmin(axis=0)
        counted_m = self._counted_m[first[over_m.argmin(axis=0)[last]], last]
        levels_m = by_levels_m[last, np.arange(len(ends))]
        walked_m = np.where(levels_m < lengths_m, levels_m - counted_m, lengths_m)
        return np.minimum(lengths_m, levels_m), walked_m

    def _straight(self, start: Place, end: Place) -> WalkingPath | NoPath:
        """On one level all the way."""
        if start.level_id != end.level_id:
            return NoPath(NoPathReason.NOT_CONNECTED)
        return self.graphs[start.level_id].path(start.at_m, end.at_m)

    def _to_landings(self, place: Place, landings: Indices) -> Floats:
        graph = self.graphs[place.level_id]
        return graph.lengths(place.at_m, [self._landings[index].at_m for index in landings])

    def _from_landings(self, places: Sequence[Place]) -> Floats:
        """Walked on one level, shape (K, P); on a level a walk is as long there as back."""
        lengths_m = np.full((len(self._landings), len(places)), np.inf)
        for level_id, graph in self.graphs.items():
            there = _those_on(places, level_id)
            points_m = [places[index].at_m for index in there]
            here = self._on_level[level_id]
            landings_m = [self._landings[index].at_m for index in here]
            lengths_m[np.ix_(here, there)] = graph.lengths_between(landings_m, points_m)
        return lengths_m

    def _way(self, first: int, last: int) -> list[int]:
        way = [last]
        while way[-1] != first:
            way.append(int(self._via[first, way[-1]]))
        return way[::-1]

    def _legs(self, start: Place, way: Sequence[int], end: Place) -> BuildingPath:
        legs = []
        begins, counted_m = start, 0.0
        # Only a transition leads to another level: landings passed by on one level are not told.
        for here, there in pairwise([self._landings[index] for index in way]):
            if here.unit.level_id != there.unit.level_id:
                walk = self._walk(begins, here.at_m)
                legs.append(Leg(begins.level_id, walk.points_m, walk.length_m, here.unit.transition))
                begins = Place(there.unit.level_id, *there.at_m)
                counted_m += cost_m(here.unit, there.unit) or 0.0
        # Found backwards, from where what the end sees is remembered already.
        walk = self._walk(end, begins.at_m)
        legs.append(Leg(end.level_id, walk.points_m[::-1], walk.length_m, None))
        return BuildingPath(tuple(legs), sum(leg.length_m for leg in legs) + counted_m)

    def _walk(self, begins: Place, ends: Point) -> WalkingPath:
        walk = self.graphs[begins.level_id].path(begins.at_m, ends)
        if isinstance(walk, NoPath):
            raise RuntimeError(f"a walk that has a length has a path too: {begins} to {ends}, {walk.reason}")
        return walk


def _on_one_level(level_id: str, walk: WalkingPath) -> BuildingPath:
    return BuildingPath((Leg(level_id, walk.points_m, walk.length_m, None),), walk.length_m)


def _those_on(places: Sequence[Place], level_id: str) -> Indices:
    return np.array([index for index, place in enumerate(places) if place.level_id == level_id], np.int64)


def _shortest(lengths_m: Floats, counted_m: Floats) -> tuple[Floats, Indices, Floats]:
    """All shortest ways by Floyd and Warshall; for each the landing before its last, and its share of what ``counted_m`` says.

    SciPy's takes a length of nothing for "no way", and two landings may be at one place.
    """
    via = np.repeat(np.arange(len(lengths_m))[:, None], len(lengths_m), axis=1)
    for k in range(len(lengths_m)):
        over_m = lengths_m[:, k, None] + lengths_m[k]
        shorter = over_m < lengths_m
        lengths_m = np.where(shorter, over_m, lengths_m)
        via = np.where(shorter, via[k], via)
        counted_m = np.where(shorter, counted_m[:, k, None] + counted_m[k], counted_m)
    return lengths_m, via, counted_m
