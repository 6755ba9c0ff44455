"""What walls and shelving take from a signal, worked out so that a shape or a node that moves costs only what it changes.

Seen from a node, every straight way is a ray, and a cell lies on the ray nearest its bearing. An edge is met by the rays it
spans, each at one distance. What shapes take adds up before it saturates, so a shape that moves takes its old shadow away and
throws a new one. ``obstacle_loss`` says the same for any place, more slowly; shelving that overlaps counts twice here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from store_server.domain.fixes import Anchor, Floats
from store_server.domain.floor_shapes import area_of, polygons_in

Indices = NDArray[np.int64]

FARTHEST_M = 60.0
"""No node is asked about cells farther off: on a large floor the estimator looks half as far."""

ON_THE_WALL_M = 1e-6
"""A node on a wall is not behind it, whichever side it looks to."""

HEIGHT_STEP_M = 0.1
"""Fixtures are taken this coarsely by height, so that a thousand heights are a few dozen."""

FULL_TURN = 720
"""Rays of a node: half a degree, or a quarter of a metre at 30 m."""

FEWEST_RAYS = 45

MOST_MEETINGS = 30_000_000
"""Edges met by rays, all nodes together; a hypermarket has half a million. More are met by fewer rays."""


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """Edges of shapes that throw shadows, or (``sign`` -1) of shapes whose shadows are taken away.

    Attributes
    ----------
    ends_m : ndarray, shape (E, 2, 2)
        Of areas counter-clockwise about what is solid.
    sign : ndarray, shape (E,)
    loss_db : ndarray, shape (E,)
        For each crossing of a wall; NaN for the edges of areas, which take by the metre.
    height_m : ndarray, shape (E,)
        Of areas; inf: up to the ceiling.
    """

    ends_m: Floats
    sign: Floats
    loss_db: Floats
    height_m: Floats

    @classmethod
    def of_area(cls, area: BaseGeometry, height_m: float | None) -> Edges:
        """The rims of an area, its holes too."""
        rims = polygons_in(shapely.orient_polygons(area_of(area)))
        ends = _ends(ring for part in rims for ring in (part.exterior, *part.interiors))
        height = np.inf if height_m is None else np.round(height_m / HEIGHT_STEP_M) * HEIGHT_STEP_M
        return cls(ends, np.ones(len(ends)), np.full(len(ends), np.nan), np.full(len(ends), height))

    @classmethod
    def of_line(cls, line: BaseGeometry, loss_db: float) -> Edges:
        """The pieces of a wall."""
        ends = _ends(shapely.get_parts(line).tolist())
        return cls(ends, np.ones(len(ends)), np.full(len(ends), loss_db), np.full(len(ends), np.nan))

    @classmethod
    def joined(cls, parts: Iterable[Edges]) -> Edges:
        """All of these."""
        every = [cls.none(), *parts]
        return cls(
            np.concatenate([part.ends_m for part in every]),
            np.concatenate([part.sign for part in every]),
            np.concatenate([part.loss_db for part in every]),
            np.concatenate([part.height_m for part in every]),
        )

    @classmethod
    def none(cls) -> Edges:
        return cls(np.empty((0, 2, 2)), np.empty(0), np.empty(0), np.empty(0))

    def taken_away(self) -> Edges:
        """The same, to be taken away."""
        return Edges(self.ends_m, -self.sign, self.loss_db, self.height_m)

    def __len__(self) -> int:
        return len(self.sign)


def _ends(lines: Iterable[BaseGeometry]) -> Floats:
    corners = [shapely.get_coordinates(line) for line in lines]
    pieces = [np.stack([each[:-1], each[1:]], axis=1) for each in corners if len(each) > 1]
    return np.concatenate([np.empty((0, 2, 2)), *pieces])


def rays_for(nodes: int, edges: int) -> int:
    """How many rays a node casts: fewer where a plan has so many nodes and edges that it would take seconds; 0: too many."""
    rays = FULL_TURN
    # An edge is rarely seen under more than a quarter turn.
    while nodes * edges * rays // 4 > MOST_MEETINGS:
        rays //= 2
        if rays < FEWEST_RAYS:
            return 0
    return rays


@dataclass(frozen=True, slots=True, eq=False)
class Shadows:
    """What lies between one node and each cell.

    Attributes
    ----------
    anchor : Anchor
    ray : ndarray of int, shape (C,)
    level_m : ndarray, shape (C,)
        Distance to the node on the floor.
    shelving_m : ndarray, shape (C,)
        Metres of shelving on the way.
    walls_db : ndarray, shape (C,)
        What the walls on the way would take if they did not saturate.
    rays : int
    """

    anchor: Anchor
    ray: Indices
    level_m: Floats
    shelving_m: Floats
    walls_db: Floats
    rays: int

    @classmethod
    def of(cls, anchor: Anchor, xy_m: Floats, rays: int) -> Shadows:
        """Of an empty floor whose cells are at these places, shape (C, 2)."""
        away = xy_m - (anchor.x_m, anchor.y_m)
        ray = np.rint(np.arctan2(away[:, 1], away[:, 0]) * (max(rays, 1) / (2 * np.pi))).astype(np.int64) % max(rays, 1)
        nothing = np.zeros(len(xy_m))
        return cls(anchor, ray, np.asarray(np.hypot(*away.T)), nothing, nothing, rays)

    def cast(self, edges: Edges, beacon_height_m: float) -> tuple[Shadows, Indices]:
        """With the shadows of these edges too; and the cells they fall on."""
        if self.rays == 0 or len(edges) == 0:
            return self, np.empty(0, dtype=np.int64)
        met = _Met.by(edges, self)
        is_hit = np.zeros(self.rays, dtype=bool)
        is_hit[met.ray] = True
        cells = np.flatnonzero(is_hit[self.ray] & (self.level_m <= FARTHEST_M))
        ray, level_m = self.ray[cells], self.level_m[cells]
        walls_db, shelving_m = self.walls_db.copy(), self.shelving_m.copy()
        is_wall = np.isfinite(edges.loss_db[met.edge])
        if is_wall.any():
            walls = met.at(is_wall & (met.range_m > ON_THE_WALL_M))
            walls_db[cells] += walls.before(walls.sign * edges.loss_db[walls.edge], ray, level_m)
        below = _part_below(edges.height_m[met.edge], beacon_height_m, self.anchor.z_m)
        for part in np.unique(below[~is_wall & (below > 0)]):
            shelving_m[cells] += met.at(~is_wall & (below == part)).metres(ray, level_m * (1 - part), level_m)
        return Shadows(self.anchor, self.ray, self.level_m, shelving_m, walls_db, self.rays), cells


def _part_below(height_m: Floats, beacon_height_m: float, anchor_z_m: float | None) -> Floats:
    """Which part of the way, from the beacon on, runs below a fixture's top; 1 all (also where no height is known), 0 none."""
    rise_m = 0.0 if anchor_z_m is None else anchor_z_m - beacon_height_m
    room_m = height_m - beacon_height_m
    if rise_m <= 0:
        return np.where(room_m > 0, 1.0, 0.0)
    return np.asarray(np.clip(room_m / rise_m, 0.0, 1.0))


@dataclass(frozen=True, slots=True, eq=False)
class _Met:
    """Where rays meet edges, ordered by ray and then outwards.

    Attributes
    ----------
    edge, ray : ndarray of int, shape (M,)
    range_m : ndarray, shape (M,)
    sign : ndarray, shape (M,)
        That of the edge.
    inwards : ndarray, shape (M,)
        The same where the ray enters the area there, its opposite where it leaves.
    rays : int
    """

    edge: Indices
    ray: Indices
    range_m: Floats
    sign: Floats
    inwards: Floats
    rays: int

    @classmethod
    def by(cls, edges: Edges, seen: Shadows) -> _Met:
        rays = seen.rays
        start, end = (edges.ends_m - (seen.anchor.x_m, seen.anchor.y_m)).transpose(1, 0, 2)
        # Each corner has one number, whichever edge asks: so a closed rim is entered as often as it is left.
        first, last = (
            np.ceil(np.arctan2(at[:, 1], at[:, 0]) * (rays / (2 * np.pi))).astype(np.int64) for at in (start, end)
        )
        turn = (last - first + rays // 2) % rays - rays // 2
        edge = np.repeat(np.arange(len(edges)), np.abs(turn))
        within = np.arange(len(edge)) - np.repeat(np.cumsum(np.abs(turn)) - np.abs(turn), np.abs(turn))
        ray = (np.minimum(first, first + turn)[edge] + within) % rays
        along = end - start
        toward = ray * (2 * np.pi / rays)
        slant = np.cos(toward) * along[edge, 1] - np.sin(toward) * along[edge, 0]
        area = (start[:, 0] * along[:, 1] - start[:, 1] * along[:, 0])[edge]
        # An edge that points at the node is met at once or not at all.
        range_m = np.clip(area / np.where(slant == 0, 1.0, slant), 0.0, 2 * FARTHEST_M)
        order = np.lexsort((range_m, ray))
        sign = edges.sign[edge]
        inwards = -np.sign(turn)[edge] * sign
        return cls(edge[order], ray[order], range_m[order], sign[order], inwards[order], rays)

    def at(self, chosen: NDArray[np.bool_]) -> _Met:
        """Some of the meetings."""
        return _Met(
            self.edge[chosen],
            self.ray[chosen],
            self.range_m[chosen],
            self.sign[chosen],
            self.inwards[chosen],
            self.rays,
        )

    def before(self, value: Floats, ray: Indices, range_m: Floats) -> Floats:
        """Sum of a value of each meeting over those nearer than ``range_m`` on the ray, shape (C,)."""
        total = np.concatenate([[0.0], np.cumsum(value)])
        return np.asarray(total[self._count(ray, range_m)] - total[self._firsts()[ray]])

    def metres(self, ray: Indices, from_m: Floats, to_m: Floats) -> Floats:
        """How much of a ray between two distances lies within the areas, shape (C,)."""
        firsts = self._firsts()
        depth = np.concatenate([[0.0], np.cumsum(self.inwards)])
        moment_m = np.concatenate([[0.0], np.cumsum(self.inwards * self.range_m)])
        # A ray ends outside of everything: what it leaves more often than it enters, the node itself stands in.
        outside = depth[firsts[1:]][ray]

        def within(range_m: Floats) -> Floats:
            count = self._count(ray, range_m)
            return np.asarray(range_m * (depth[count] - outside) - (moment_m[count] - moment_m[firsts[ray]]))

        return np.asarray(within(to_m) - within(from_m))

    def _key(self, ray: Indices, range_m: Floats) -> Floats:
        return np.asarray(ray + range_m * (0.25 / FARTHEST_M))

    def _count(self, ray: Indices, range_m: Floats) -> Indices:
        return np.searchsorted(self._key(self.ray, self.range_m), self._key(ray, range_m))

    def _firsts(self) -> Indices:
        return np.searchsorted(self.ray, np.arange(self.rays + 1))
