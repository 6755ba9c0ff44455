"""What walls and shelving take from a signal, worked out so that a shape or a node that moves costs only what it changes.

Seen from a node, every straight way is a ray, and a cell lies on the ray nearest its bearing. An edge is met by the rays it
spans, each at one distance. What shapes take adds up before it saturates, so a shape that moves takes its old shadow away and
throws a new one. ``obstacle_loss`` says the same for any place, more slowly; shelving that overlaps counts twice here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from store_server.domain.fixes import Anchor, Floats
from store_server.domain.obstacle_edges import Edges

Indices = NDArray[np.int64]

FARTHEST_M = 60.0
"""No node is asked about cells farther off: on a large floor the estimator looks half as far."""

ON_THE_WALL_M = 1e-6
"""A node on a wall is not behind it, whichever side it looks to."""

FULL_TURN = 720
"""Rays of a node: half a degree, or a quarter of a metre at 30 m."""

FEWEST_RAYS = 45

MOST_MEETINGS = 30_000_000
"""Edges met by rays, all nodes together; a hypermarket has half a million. More are met by fewer rays."""


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

    def darker(self, cells: Indices, more_m: Floats, more_db: Floats) -> Shadows:
        """With so much more shelving and wall between the node and some of the cells."""
        shelving_m, walls_db = self.shelving_m, self.walls_db
        if more_m.any():
            shelving_m = shelving_m.copy()
            shelving_m[cells] += more_m
        if more_db.any():
            walls_db = walls_db.copy()
            walls_db[cells] += more_db
        return Shadows(self.anchor, self.ray, self.level_m, shelving_m, walls_db, self.rays)

    def cast(self, edges: Edges, beacon_height_m: float) -> tuple[Shadows, Indices]:
        """With the shadows of these edges too; and the cells they fall on."""
        return cast([self], edges, beacon_height_m)[0]


def cast(views: Sequence[Shadows], edges: Edges, beacon_height_m: float) -> list[tuple[Shadows, Indices]]:
    """The same of several nodes at once: each view with the shadows of these edges too, and the cells they fall on.

    The views look at the same cells by as many rays. A node's rays are counted on from those of the node before.
    """
    rays = views[0].rays if views else 0
    if rays == 0 or len(edges) == 0:
        return [(view, np.empty(0, dtype=np.int64)) for view in views]
    met = _Met.by(edges, views)
    is_hit = np.zeros((len(views), rays), dtype=bool)
    is_hit.ravel()[met.ray] = True
    found = [
        np.flatnonzero(hit[view.ray] & (view.level_m <= FARTHEST_M)) for hit, view in zip(is_hit, views, strict=True)
    ]
    ray = np.concatenate(
        [view.ray[cells] + node * rays for node, (view, cells) in enumerate(zip(views, found, strict=True))]
    )
    level_m = np.concatenate([view.level_m[cells] for view, cells in zip(views, found, strict=True)])
    walls_db, shelving_m = np.zeros(len(ray)), np.zeros(len(ray))
    is_wall = np.isfinite(edges.loss_db[met.edge])
    if is_wall.any():
        walls = met.at(is_wall & (met.range_m > ON_THE_WALL_M))
        walls_db += walls.before(walls.sign * edges.loss_db[walls.edge], ray, level_m)
    rise_m = np.array([0.0 if view.anchor.z_m is None else view.anchor.z_m - beacon_height_m for view in views])
    below = _part_below(edges.height_m[met.edge] - beacon_height_m, rise_m[met.ray // rays])
    for part in np.unique(below[~is_wall & (below > 0)]):
        of_part = ~is_wall & (below == part)
        # How much of a way lies below a top differs from node to node where they hang at different heights.
        is_node = np.zeros(len(views), dtype=bool)
        is_node[met.ray[of_part] // rays] = True
        rows = np.flatnonzero(is_node[ray // rays])
        shelving_m[rows] += met.at(of_part).metres(ray[rows], level_m[rows] * (1 - part), level_m[rows])
    ends = np.cumsum([len(cells) for cells in found])[:-1]
    return [
        (view.darker(cells, more_m, more_db), cells)
        for view, cells, more_m, more_db in zip(
            views, found, np.split(shelving_m, ends), np.split(walls_db, ends), strict=True
        )
    ]


def _part_below(room_m: Floats, rise_m: Floats) -> Floats:
    """Which part of the way, from the beacon on, runs below a fixture's top; 1 all (also where no height is known), 0 none.

    Parameters
    ----------
    room_m : ndarray, shape (M,)
        From the beacon's height up to the top.
    rise_m : ndarray, shape (M,)
        From the beacon's height up to the node.
    """
    climbing = np.clip(room_m / np.where(rise_m > 0, rise_m, 1.0), 0.0, 1.0)
    return np.where(rise_m > 0, climbing, np.where(room_m > 0, 1.0, 0.0))


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
        Of all nodes together.
    """

    edge: Indices
    ray: Indices
    range_m: Floats
    sign: Floats
    inwards: Floats
    rays: int

    @classmethod
    def by(cls, edges: Edges, views: Sequence[Shadows]) -> _Met:
        rays, of = views[0].rays, len(edges)
        at_m = np.array([(view.anchor.x_m, view.anchor.y_m) for view in views])
        start, end = (edges.ends_m[None] - at_m[:, None, None]).reshape(-1, 2, 2).transpose(1, 0, 2)
        # Each corner has one number, whichever edge asks: so a closed rim is entered as often as it is left.
        first, last = (
            np.ceil(np.arctan2(at[:, 1], at[:, 0]) * (rays / (2 * np.pi))).astype(np.int64) for at in (start, end)
        )
        turn = (last - first + rays // 2) % rays - rays // 2
        edge = np.repeat(np.arange(len(turn)), np.abs(turn))
        within = np.arange(len(edge)) - np.repeat(np.cumsum(np.abs(turn)) - np.abs(turn), np.abs(turn))
        ray = (np.minimum(first, first + turn)[edge] + within) % rays
        along = end - start
        toward = ray * (2 * np.pi / rays)
        slant = np.cos(toward) * along[edge, 1] - np.sin(toward) * along[edge, 0]
        area = (start[:, 0] * along[:, 1] - start[:, 1] * along[:, 0])[edge]
        # An edge that points at the node is met at once or not at all.
        range_m = np.clip(area / np.where(slant == 0, 1.0, slant), 0.0, 2 * FARTHEST_M)
        ray += edge // of * rays
        order = np.lexsort((range_m, ray))
        sign = edges.sign[edge % of]
        inwards = -np.sign(turn)[edge] * sign
        return cls(edge[order] % of, ray[order], range_m[order], sign[order], inwards[order], rays * len(views))

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
        return np.concatenate([[0], np.cumsum(np.bincount(self.ray, minlength=self.rays))])
