"""Shortest walking paths between the shelves.

A path keeps the body's radius from every fixture, kiosk and wall, and goes round their corners on arcs of that radius: it is
exact for a round body. Where start or end cannot be stood on, the nearest place that can be is taken when it is at most
``SNAP_M`` away; the path then begins or ends there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np
import shapely

from store_server.domain.drawn_walks import drawn
from store_server.domain.floor_shapes import BODY_RADIUS_M, CARE_M, Point
from store_server.domain.floorplan import Floorplan
from store_server.domain.free_floor import floor_between
from store_server.domain.lines_of_sight import Blocked, are_clear, blocked_by
from store_server.domain.plan_problems import InvalidFloorplan, Rule, error, said
from store_server.domain.reach import Reach, costs_to, joined, lengths_between, reach_of, round_walk
from store_server.domain.round_corners import Floats, RoundCorners, round_corners
from store_server.domain.visibility import all_ways, seen_from

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
    """A walk in metres inside the walkable area.

    Attributes
    ----------
    points_m : tuple of (x_m, y_m)
        At least two, the same one twice where start is end. Arcs are drawn by a few corners outside them.
    length_m : float
        With the arcs as they are walked: what is drawn is longer by up to 0.2 %, a very short walk by up to 0.6 %.
    """

    points_m: tuple[Point, ...]
    length_m: float

    @property
    def drawn_m(self) -> float:
        """The length of the line as it is drawn."""
        return sum(map(math.dist, self.points_m, self.points_m[1:]))


@dataclass(frozen=True, slots=True)
class NoPath:
    """There is no way, and why."""

    reason: NoPathReason


class WalkingGraph:
    """All corners of a floor and the ways between them; prepared once per plan, then asked from any thread.

    Attributes
    ----------
    body_radius_m : float
    floor : MultiPolygon
        Where the middle of the body can be.
    """

    def __init__(
        self, floor: shapely.MultiPolygon, blocked: Blocked, corners: RoundCorners, body_radius_m: float
    ) -> None:
        self.floor = floor
        self.body_radius_m = body_radius_m
        self._blocked = blocked
        self._corners = corners
        shapely.prepare(self.floor)
        self._ways = all_ways(corners, blocked)
        self._target = lru_cache(maxsize=TARGETS_REMEMBERED)(self._reach)
        self._start = lru_cache(maxsize=STARTS_REMEMBERED)(self._reach)

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
            # Walks keep a millimetre more from things than the sight test asks: no line along a shelf fails by rounding.
            floor = floor_between(outline, obstacles, clearance_m + CARE_M, is_round=True)
            # All of it: a round shape's chords lie within it by as much as half of that, the more the wider the body is.
            area, blocked = blocked_by(outline, obstacles, clearance_m, SNAP_M)
            walkable = floor_between(outline, obstacles, 0.0) if slack_m else floorplan.walkable_area
            corners = round_corners(walkable, area, clearance_m + CARE_M)
            if len(corners) <= MAX_CORNERS:
                return cls(floor, blocked, corners, body_radius_m)
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
            return WalkingPath((begins, ends), math.dist(begins, ends))
        near, far = self._start(begins), self._target(ends)
        way = joined(near, far, self._corners, self._ways)
        if way is None:
            return NoPath(NoPathReason.NOT_CONNECTED)
        walk = round_walk(way, near, far, self._corners, self._ways)
        return WalkingPath(drawn(walk, begins, ends, self._corners, self._blocked), walk.length_m)

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

    def _lengths(self, nears: Sequence[Reach], ends: Sequence[Point]) -> Floats:
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
        to_arcs_m = np.array([costs_to(near, self._ways) for near in nears])
        for index in there:
            hidden = np.flatnonzero(np.isinf(lengths_m[:, index]))
            if len(hidden):
                far, those = self._target(places[index]), [nears[int(row)] for row in hidden]
                lengths_m[hidden, index] = lengths_between(those, to_arcs_m[hidden], far, self._corners)
        return lengths_m

    def standing(self, place: Point) -> Point | None:
        """The place itself, or the nearest that can be stood on within ``SNAP_M``."""
        if not (np.isfinite(place[0]) and np.isfinite(place[1])):
            return None
        if shapely.intersects_xy(self.floor, place[0], place[1]):
            return (float(place[0]), float(place[1]))
        line = shapely.shortest_line(self.floor, shapely.Point(place))
        if line is None or line.length > SNAP_M:
            return None
        x_m, y_m = shapely.get_coordinates(line)[0]
        return (float(x_m), float(y_m))

    def _reach(self, place: Point) -> Reach:
        return reach_of(seen_from(np.array(place), self._corners, self._blocked), self._corners, self._ways)
