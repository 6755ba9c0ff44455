"""The floor left to walk on between what stands there, and the same after an edit.

Most things stand apart from each other and clear of the walls: they are holes in the floor as they are, with nothing to be
worked out. Only what meets is united, heap by heap, in a tenth of the time; a heap known from the floor before is taken over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely.geometry.base import BaseGeometry

from store_server.domain.floor_shapes import CARE_M, Shapes, area_of, grown, grown_round, polygons_in
from store_server.domain.plan_problems import InvalidFloorplan, Rule, error, said

SHAPES_AT_ONCE = 64

MEETINGS_A_SHAPE = 50
"""Where things meet more often than this in the mean, nothing is gained by telling heaps apart: they are one."""


@dataclass(frozen=True, slots=True, eq=False)
class Heap:
    """Things that meet, or one that stands apart.

    Attributes
    ----------
    things : tuple of BaseGeometry
        Held, so that their ``id`` stays their own.
    parts : tuple of Polygon
        The floor they take, each with the clearance round it.
    hole : LinearRing or None
        Where it is one simple hole of the floor; None where it meets a wall, or encloses some floor.
    """

    things: tuple[BaseGeometry, ...]
    parts: tuple[shapely.Polygon, ...]
    hole: shapely.LinearRing | None


@dataclass(frozen=True, slots=True, eq=False)
class FreeFloor:
    """Where the middle of a body can be, with what it was made from.

    Attributes
    ----------
    area : MultiPolygon
    inner : BaseGeometry
        The outline less the clearance.
    grown : Mapping of id to (thing, grown thing)
    heaps : Mapping of the things' ids to Heap
    edge : MultiPolygon
        ``inner`` less what is no hole of it.
    """

    outline: BaseGeometry
    clearance_m: float
    is_round: bool
    area: shapely.MultiPolygon
    inner: BaseGeometry
    grown: Mapping[int, tuple[BaseGeometry, BaseGeometry]]
    heaps: Mapping[tuple[int, ...], Heap]
    edge: shapely.MultiPolygon

    @classmethod
    def between(
        cls,
        outline: BaseGeometry,
        obstacles: Sequence[BaseGeometry],
        clearance_m: float,
        *,
        is_round: bool = False,
        before: FreeFloor | None = None,
    ) -> FreeFloor:
        """As ``floor_between``; the answer is the same whatever floor there was before."""
        is_known = before is not None and before.outline is outline
        if before is None or not is_known or (before.clearance_m, before.is_round) != (clearance_m, is_round):
            grow = grown_round if is_round else grown
            inner = grow(outline, -clearance_m) if clearance_m > 0 else outline
            shapely.prepare(inner)
            before = cls(outline, clearance_m, is_round, shapely.MultiPolygon(), inner, {}, {}, shapely.MultiPolygon())
        return before._with(obstacles)

    def _with(self, obstacles: Sequence[BaseGeometry]) -> FreeFloor:
        known = {id(thing): self.grown.get(id(thing)) for thing in obstacles}
        new = [thing for thing in obstacles if known[id(thing)] is None]
        known |= {id(thing): (thing, wider) for thing, wider in zip(new, self._grown(new), strict=True)}
        made = {key: pair for key, pair in known.items() if pair is not None}
        shapes = np.empty(len(obstacles), dtype=object)
        shapes[:] = [made[id(thing)][1] for thing in obstacles]
        heaps: dict[tuple[int, ...], Heap] = {}
        for members in _heaps(shapes):
            key = tuple(id(obstacles[index]) for index in members)
            heaps[key] = self.heaps.get(key) or self._heap([obstacles[i] for i in members], shapes[members])
        at_edge = [key for key, heap in heaps.items() if heap.hole is None]
        edge = self.edge
        if edge.is_empty or at_edge != [key for key, heap in self.heaps.items() if heap.hole is None]:
            edge = _without(self.inner, [part for key in at_edge for part in heaps[key].parts])
        area = _with_holes(edge, [heap for heap in heaps.values() if heap.hole is not None])
        return FreeFloor(self.outline, self.clearance_m, self.is_round, area, self.inner, made, heaps, edge)

    def _grown(self, things: Sequence[BaseGeometry]) -> Sequence[BaseGeometry]:
        if not things or self.clearance_m == 0:
            return things
        shapes = np.empty(len(things), dtype=object)
        shapes[:] = things
        return list((grown_round if self.is_round else grown)(shapes, self.clearance_m))

    def _heap(self, things: Sequence[BaseGeometry], shapes: Shapes) -> Heap:
        parts = tuple(polygons_in(shapely.union_all(shapes) if len(shapes) > 1 else shapes[0]))
        # Things that touch at their corners are several parts, and may close a ring: that is no hole.
        is_hole = len(parts) == 1 and not parts[0].interiors and shapely.contains_properly(self.inner, parts[0])
        return Heap(tuple(things), parts, parts[0].exterior if is_hole else None)


def floor_between(
    outline: BaseGeometry, obstacles: Sequence[BaseGeometry], clearance_m: float, *, is_round: bool = False
) -> shapely.MultiPolygon:
    """Where the middle of a body of this radius can be.

    Parameters
    ----------
    outline : Polygon
    obstacles : sequence of valid geometries
    clearance_m : float
        0 for the walkable area itself.
    is_round : bool
        Corners as a round body goes round them; else kept as corners.

    Returns
    -------
    MultiPolygon

    Raises
    ------
    InvalidFloorplan
        With TOO_DETAILED when GEOS lost an obstacle on the way (it has been seen to): better no path than one through a shelf.
    """
    return FreeFloor.between(outline, obstacles, clearance_m, is_round=is_round).area


def _heaps(shapes: Shapes) -> list[NDArray[np.intp]]:
    """Which shapes meet, directly or by way of others, in the order of the first of each."""
    if len(shapes) == 0:
        return []
    tree = shapely.STRtree(shapes)
    met: list[NDArray[np.int64]] = []
    count = 0
    for first in range(0, len(shapes), SHAPES_AT_ONCE):
        found = tree.query(shapes[first : first + SHAPES_AT_ONCE], predicate="intersects")
        count += found.shape[1]
        if count > MEETINGS_A_SHAPE * min(first + SHAPES_AT_ONCE, len(shapes)):
            return [np.arange(len(shapes))]
        met.append(found + np.array([[first], [0]]))
    one, other = np.concatenate(met, axis=1)
    graph = coo_array((np.ones(len(one), dtype=np.bool_), (one, other)), shape=(len(shapes), len(shapes)))
    heap_count, labels = connected_components(graph, directed=False)
    order = np.argsort(labels, kind="stable")
    groups = np.split(order, np.cumsum(np.bincount(labels, minlength=heap_count))[:-1])
    return sorted(groups, key=lambda group: int(group[0]))


def _without(inner: BaseGeometry, blocked: Sequence[shapely.Polygon]) -> shapely.MultiPolygon:
    """What is left of a floor; checked, as GEOS has been seen to lose an obstacle."""
    away = shapely.MultiPolygon(blocked)
    free = area_of(shapely.difference(inner, away))
    lost = sum(free.area for free in polygons_in(shapely.intersection(free, grown(away, -CARE_M))))
    if lost > CARE_M:
        evidence = f"{lost:.3f} m2 of obstacles were lost"
        raise InvalidFloorplan([error(Rule.TOO_DETAILED, (), None, said("too_detailed.fine"), evidence)])
    return free


def _with_holes(floor: shapely.MultiPolygon, heaps: Sequence[Heap]) -> shapely.MultiPolygon:
    """A floor with things standing inside of it that meet neither its edges nor each other."""
    parts = polygons_in(floor)
    rings = np.array([heap.hole for heap in heaps], dtype=object)
    part_at = np.zeros(len(heaps), dtype=np.intp)
    if len(parts) > 1 and heaps:
        hole_at, found = shapely.STRtree(parts).query([heap.parts[0] for heap in heaps], predicate="within")
        part_at[hole_at] = found
    cut = []
    for index, part in enumerate(parts):
        outer, *holes = shapely.get_rings(part)
        holes += rings[part_at == index].tolist()
        cut.append(shapely.polygons(outer, holes=holes) if holes else part)
    return shapely.MultiPolygon(cut)
