"""Shortest walking paths between the shelves.

A path keeps the body's radius from every fixture, kiosk and wall: it is exact for the floor that is left when the outline
is shrunk and the obstacles are grown by it, corners kept as corners. Where start or end cannot be stood on, the nearest place
that can be is taken when it is at most ``SNAP_M`` away; the path then begins or ends there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from store_server.domain.floor_shapes import BODY_RADIUS_M, CARE_M, Point, floor_between, grown
from store_server.domain.floorplan import Floorplan
from store_server.domain.plan_problems import InvalidFloorplan, Rule, error, said
from store_server.domain.visibility import Corners, all_ways, are_clear, corners_of, seen_from

Floats = NDArray[np.float64]

SNAP_M = 1.0
"""A shelf face is 0.3 m from where a body can be, the middle of a gondola 0.9 m. Beyond that it is a mistake."""

MAX_CORNERS = 2500
"""A hypermarket has 800. Preparing takes about a minute at this many and grows with the cube."""

OUTWARD_SLACKS_M = (0.0, 0.02, 0.05, 0.1, 0.2)
"""A plan with too many corners (pillars drawn as circles) is drawn simpler by the first of these that is enough, outward."""

TARGETS_REMEMBERED = 8192
"""What is seen from a shelf's standing place does not change: a hypermarket has 4,000 such places."""

STARTS_REMEMBERED = 64
"""Starts are where people happen to be, and so seldom come again, but one is often asked about several times in a row. They are
kept apart, so that they do not push the shelves out."""


class NoPathReason(StrEnum):
    START_NOT_WALKABLE = "start_not_walkable"
    END_NOT_WALKABLE = "end_not_walkable"
    NOT_CONNECTED = "not_connected"
    NO_STEP_FREE_WAY = "no_step_free_way"
    """There is one for people who can take stairs and narrow passages."""


@dataclass(frozen=True, slots=True)
class WalkingPath:
    """A polyline in metres inside the walkable area: at least two points, the same one twice where start is end."""

    points_m: tuple[Point, ...]
    length_m: float


@dataclass(frozen=True, slots=True)
class NoPath:
    """There is no way, and why."""

    reason: NoPathReason


@dataclass(frozen=True, slots=True)
class _Sight:
    """A place to stand and the corners seen from it."""

    point_m: Floats
    corners: NDArray[np.int64]
    length_m: Floats


class WalkingGraph:
    """All corners of a floor and the ways between them; prepared once per plan, then asked from any thread.

    Attributes
    ----------
    body_radius_m : float
    floor : MultiPolygon
        Where the middle of the body can be.
    """

    def __init__(
        self, floor: shapely.MultiPolygon, blocked: BaseGeometry, corners: Corners, body_radius_m: float
    ) -> None:
        self.floor = floor
        self.body_radius_m = body_radius_m
        self._blocked = blocked
        self._corners = corners
        shapely.prepare(self.floor)
        shapely.prepare(self._blocked)
        self._lengths_m, self._via = all_ways(corners, blocked)
        self._target = lru_cache(maxsize=TARGETS_REMEMBERED)(self._sight)
        self._start = lru_cache(maxsize=STARTS_REMEMBERED)(self._sight)

    @classmethod
    def prepare(cls, floorplan: Floorplan, body_radius_m: float = BODY_RADIUS_M) -> WalkingGraph:
        """The graph of a floorplan for a body of this radius (0.45 m for a wheelchair or a pram).

        Raises
        ------
        InvalidFloorplan
            With TOO_DETAILED when more than ``MAX_CORNERS`` corners are left however simply they are drawn.
        """
        for slack_m in OUTWARD_SLACKS_M:
            outline = shapely.simplify(floorplan.outline, slack_m)
            obstacles = [shapely.simplify(obstacle, slack_m) for obstacle in floorplan.obstacles]
            clearance_m = body_radius_m + slack_m
            # Paths keep a millimetre more from things than the sight test asks: no line along a shelf fails by rounding.
            floor = floor_between(outline, obstacles, clearance_m + CARE_M)
            corners = corners_of(floor)
            if len(corners) <= MAX_CORNERS:
                return cls(floor, _blocked(outline, obstacles, clearance_m), corners, body_radius_m)
        words = said("too_detailed.walking", most=MAX_CORNERS)
        raise InvalidFloorplan(
            [error(Rule.TOO_DETAILED, (floorplan.level_key,), None, words, f"{len(corners)} corners")]
        )

    def path(self, start: Point, end: Point) -> WalkingPath | NoPath:
        """The shortest path.

        Parameters
        ----------
        start, end : (x_m, y_m)

        Returns
        -------
        WalkingPath or NoPath
        """
        begins, ends = self.standing(start), self.standing(end)
        if begins is None:
            return NoPath(NoPathReason.START_NOT_WALKABLE)
        if ends is None:
            return NoPath(NoPathReason.END_NOT_WALKABLE)
        if bool(are_clear(self._blocked, np.array([begins]), np.array([ends]))[0]):
            return _as_path(np.array([begins, ends]))
        near, far = self._start(begins), self._target(ends)
        total_m = near.length_m[:, None] + self._lengths_m[np.ix_(near.corners, far.corners)] + far.length_m
        if total_m.size == 0 or not np.isfinite(total_m.min()):
            return NoPath(NoPathReason.NOT_CONNECTED)
        i, j = np.unravel_index(int(total_m.argmin()), total_m.shape)
        corners = self._way(int(near.corners[i]), int(far.corners[j]))
        return _as_path(np.vstack([near.point_m, self._corners.at_m[corners], far.point_m]))

    def lengths(self, start: Point, ends: Sequence[Point]) -> Floats:
        """Lengths of the shortest paths from one place to many.

        What is seen from an end is remembered, so ends should be places that come again: a slot's ``standing_m``.

        Returns
        -------
        ndarray, shape (E,)
            Metres; infinite where there is no path.
        """
        begins = self.standing(start)
        if begins is None:
            return np.full(len(ends), np.inf)
        lengths_m: Floats = self._lengths([self._start(begins)], ends)[0]
        return lengths_m

    def matrix(self, places: Sequence[Point]) -> Floats:
        """Lengths between all pairs of places, shape (P, P); infinite where there is no path."""
        return self.lengths_between(places, places)

    def lengths_between(self, starts: Sequence[Point], ends: Sequence[Point]) -> Floats:
        """Lengths from each of some places to each of others; starts too should be places that come again.

        Returns
        -------
        ndarray, shape (S, E)
        """
        places = [self.standing(start) for start in starts]
        lengths_m = np.full((len(starts), len(ends)), np.inf)
        there = [index for index, place in enumerate(places) if place is not None]
        lengths_m[there] = self._lengths([self._target(place) for place in places if place is not None], ends)
        return lengths_m

    def _lengths(self, nears: Sequence[_Sight], ends: Sequence[Point]) -> Floats:
        """Shape (S, E)."""
        lengths_m = np.full((len(nears), len(ends)), np.inf)
        places = [self.standing(end) for end in ends]
        there = [index for index, place in enumerate(places) if place is not None]
        if not nears or not there:
            return lengths_m
        starts_m = np.repeat([near.point_m for near in nears], len(there), axis=0)
        ends_m = np.tile([places[index] for index in there], (len(nears), 1))
        straight_m = np.hypot(*(ends_m - starts_m).T)
        straight_m[~are_clear(self._blocked, starts_m, ends_m)] = np.inf
        lengths_m[:, there] = straight_m.reshape(len(nears), len(there))
        to_corner_m = np.array(
            [(near.length_m[:, None] + self._lengths_m[near.corners]).min(axis=0, initial=np.inf) for near in nears]
        )
        for index in there:
            hidden = np.isinf(lengths_m[:, index])
            if hidden.any():
                far = self._target(places[index])
                over_m = to_corner_m[np.ix_(hidden, far.corners)] + far.length_m
                lengths_m[hidden, index] = over_m.min(axis=1, initial=np.inf)
        return lengths_m

    def standing(self, place: Point) -> Point | None:
        """The place itself, or the nearest that can be stood on within ``SNAP_M``."""
        if not (np.isfinite(place[0]) and np.isfinite(place[1])):
            return None
        point = shapely.Point(place)
        if shapely.intersects(self.floor, point):
            return (float(place[0]), float(place[1]))
        line = shapely.shortest_line(self.floor, point)
        if line is None or line.length > SNAP_M:
            return None
        x_m, y_m = shapely.get_coordinates(line)[0]
        return (float(x_m), float(y_m))

    def _sight(self, place: Point) -> _Sight:
        point_m = np.array(place)
        corners = seen_from(point_m, self._corners, self._blocked)
        return _Sight(point_m, corners, np.hypot(*(self._corners.at_m[corners] - point_m).T))

    def _way(self, first: int, last: int) -> list[int]:
        way = [last]
        while way[-1] != first:
            way.append(int(self._via[first, way[-1]]))
        return way[::-1]


def _blocked(outline: BaseGeometry, obstacles: Sequence[BaseGeometry], clearance_m: float) -> BaseGeometry:
    """Everything a body's middle must not touch, as far out as a path could stray."""
    min_x, min_y, max_x, max_y = outline.bounds
    around = shapely.box(min_x - SNAP_M, min_y - SNAP_M, max_x + SNAP_M, max_y + SNAP_M)
    outside = shapely.difference(around, grown(outline, -clearance_m))
    return shapely.union_all([outside, *(grown(obstacle, clearance_m) for obstacle in obstacles)])


def _as_path(points_m: Floats) -> WalkingPath:
    length_m = float(np.hypot(*np.diff(points_m, axis=0).T).sum())
    return WalkingPath(tuple((float(x), float(y)) for x, y in points_m), length_m)
