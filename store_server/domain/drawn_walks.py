"""A walk as a line to draw: straight lines, and each arc by a few corners outside it.

Corners outside keep the line as far from things as the arc does. As few are drawn as make it longer by little; where it would
run into something beyond a narrow passage, its arcs are drawn by chords so short that they keep the distance too.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import shapely

from store_server.domain.floor_shapes import Point
from store_server.domain.lines_of_sight import Blocked
from store_server.domain.reach import RoundWalk
from store_server.domain.round_corners import LEAST_RAD, RoundCorners

DRAWN_LONGER = 0.002
"""A line may be drawn longer than it is by so much of it."""

STEPS_RAD = tuple(math.radians(step_deg) for step_deg in (90.0, 45.0, 30.0, 22.5, 15.0))
"""What one corner turns by at most."""

CHORD_RAD = math.radians(8.0)
"""A chord of so much keeps 0.3002 m from the corner of an arc of 0.301 m."""


@dataclass(frozen=True, slots=True)
class _Arc:
    """An arc about a corner, from an angle, turning by another: less than nothing is clockwise."""

    corner_m: Point
    begins_rad: float
    turn_rad: float

    def at_m(self, share: float, out_m: float) -> Point:
        """The place at a share of the turn, so far out from the corner."""
        angle_rad = self.begins_rad + share * self.turn_rad
        x_m, y_m = self.corner_m
        return (x_m + out_m * math.cos(angle_rad), y_m + out_m * math.sin(angle_rad))

    def in_steps_of(self, step_rad: float) -> int:
        return max(1, math.ceil(abs(self.turn_rad) / step_rad - LEAST_RAD))


def drawn(walk: RoundWalk, start: Point, end: Point, corners: RoundCorners, blocked: Blocked) -> tuple[Point, ...]:
    """The line from place to place, clear of what is blocked.

    Returns
    -------
    tuple of (x_m, y_m)
    """
    arcs = list(_arcs(walk, corners))
    for step_rad in STEPS_RAD:
        counts = [arc.in_steps_of(step_rad) for arc in arcs]
        if step_rad > STEPS_RAD[-1] and _longer_m(arcs, counts, corners.radius_m) > DRAWN_LONGER * walk.length_m:
            continue
        line = (start, *_by_corners(arcs, counts, corners.radius_m), end)
        if not shapely.intersects(blocked.wholly, shapely.LineString(line)):
            return line
    return (start, *_by_chords(arcs, corners.radius_m), end)


def _arcs(walk: RoundWalk, corners: RoundCorners) -> Iterator[_Arc]:
    n = len(corners)
    each = zip(walk.bends.tolist(), walk.arrives_rad.tolist(), walk.leaves_rad.tolist(), strict=True)
    for bend, arrives_rad, leaves_rad in each:
        if abs(leaves_rad - arrives_rad) > LEAST_RAD:
            turn = 1 if bend < n else -1
            x_m, y_m = corners.at_m[bend % n].tolist()
            begins_rad = float(corners.middle_rad[bend % n]) + turn * arrives_rad
            yield _Arc((x_m, y_m), begins_rad, turn * (leaves_rad - arrives_rad))


def _longer_m(arcs: Sequence[_Arc], counts: Sequence[int], radius_m: float) -> float:
    """How much longer than the arcs the corners outside them are."""
    half_rad = [abs(arc.turn_rad) / count / 2 for arc, count in zip(arcs, counts, strict=True)]
    return 2 * radius_m * sum(count * (math.tan(half) - half) for half, count in zip(half_rad, counts, strict=True))


def _by_corners(arcs: Sequence[_Arc], counts: Sequence[int], radius_m: float) -> Iterator[Point]:
    for arc, count in zip(arcs, counts, strict=True):
        out_m = radius_m / math.cos(arc.turn_rad / count / 2)
        yield from (arc.at_m((step + 0.5) / count, out_m) for step in range(count))


def _by_chords(arcs: Sequence[_Arc], radius_m: float) -> Iterator[Point]:
    for arc in arcs:
        count = arc.in_steps_of(CHORD_RAD)
        yield from (arc.at_m(step / count, radius_m) for step in range(count + 1))
