"""What the slots of one fixture look at, and whether one can stand before them: judged shelf by shelf.

A shelf's judgement depends on what stands within ``Shelf.box`` grown by ``CHANGE_REACH_M`` and on nothing else, so that a
draft's checks need to look again only near what was edited.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from store_server.domain.floorplan import Floorplan
from store_server.domain.narrow_strips import CARE_M
from store_server.domain.plan_placing import slots_outside
from store_server.domain.plan_problems import InvalidFloorplan, Problem, Rule, error, said
from store_server.domain.shelf_problems import ON_FACE_M, STEP_FREE_M, faced_problem
from store_server.domain.standing_places import ARM_M, standing_places
from store_server.wire.floorplans import SlotFeature

INSIDE_M = 5.0
"""Fixtures are less deep than this."""

STANDING_REACH_M = 1.5
"""Nobody takes from a slot standing farther than this from where a body is wished: 0.9 m of reach, 0.45 m of arm."""

CHANGE_REACH_M = STANDING_REACH_M + 2.0
"""A body's 0.3 m and half a wall make a sharp corner reach five times as far: so much more around where one may stand."""

RAYS_AT_ONCE = 256

THINGS_A_RAY_MEETS = 50
"""Within ``STEP_FREE_M``, in the mean of so many rays: in a shop it is one or two."""

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class Shelf:
    """The slots of one fixture.

    Attributes
    ----------
    slots : tuple of SlotFeature
        In the document's order; at least one.
    """

    fixture_id: str
    slots: tuple[SlotFeature, ...]

    @cached_property
    def level_ids(self) -> frozenset[str]:
        return frozenset(slot.properties.level_id for slot in self.slots)

    @cached_property
    def places(self) -> tuple[Floats, Floats, NDArray[np.intp]]:
        """Places on the face and unit vectors away from it, each shape (P, 2), and which of them each slot has, shape (S,).

        Slots one above the other share theirs.
        """
        rows = np.array([(*slot.geometry.coordinates[:2], *slot.properties.facing) for slot in self.slots])
        both, slot_place = np.unique(rows.astype(np.float64), axis=0, return_inverse=True)
        facing = both[:, 2:] / np.maximum(np.hypot(both[:, 2], both[:, 3]), 1e-9)[:, None]
        return both[:, :2], facing, slot_place

    @cached_property
    def products(self) -> dict[str, list[str]]:
        """The slots' keys by the product named."""
        named: dict[str, list[str]] = defaultdict(list)
        for slot in self.slots:
            if slot.properties.sku is not None:
                named[slot.properties.sku].append(slot.properties.key)
        return dict(named)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What may stand before a shelf: fixtures, kiosks, walls, in this order; the outline is not among them."""

    floorplan: Floorplan
    keys: Sequence[str]
    shapes: NDArray[np.object_]
    tree: shapely.STRtree
    fixture_at: dict[str, int]
    """A fixture's place among them, by its id."""

    @classmethod
    def of(cls, floorplan: Floorplan) -> Surroundings:
        keys = [fixture.key for fixture in floorplan.fixtures]
        shapes: list[BaseGeometry] = [fixture.polygon for fixture in floorplan.fixtures]
        for kiosk in floorplan.kiosks.values():
            keys.append(kiosk.feature_key)
            shapes.append(kiosk.polygon)
        for wall in floorplan.walls:
            keys.append(wall.key)
            shapes.append(wall.shape)
        array = np.empty(len(shapes), dtype=object)
        array[:] = shapes
        fixture_at = {fixture.fixture_id: index for index, fixture in enumerate(floorplan.fixtures)}
        return cls(floorplan, keys, array, shapely.STRtree(array), fixture_at)


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """How a shelf's slots lie on their own fixture and on the level, whatever else stands there.

    Attributes
    ----------
    own_shape, outline : BaseGeometry
        The fixture, and the level.
    is_off, is_into : ndarray of bool, shape (P,)
        Places not on the fixture, and places that look into it.
    exit_m : ndarray, shape (P,)
        How far inside the fixture the others lie, measured along their facing.
    """

    own_shape: BaseGeometry
    outline: BaseGeometry
    is_off: Bools
    is_into: Bools
    exit_m: Floats
    outside: tuple[Problem, ...]

    @classmethod
    def of(cls, shelf: Shelf, fixture_key: str, own_shape: BaseGeometry, outline: BaseGeometry) -> Face:
        at_m, facing, _ = shelf.places
        is_off = np.asarray(shapely.distance(own_shape, shapely.points(at_m))) > ON_FACE_M
        is_into, exit_m = _into_own(at_m, facing, own_shape)
        outside = tuple(slots_outside(outline, shelf.slots, fixture_key))
        return cls(own_shape, outline, is_off, is_into, exit_m, outside)


@dataclass(frozen=True, slots=True, eq=False)
class JudgedShelf:
    """A shelf and what its surroundings say of it.

    Attributes
    ----------
    fixture_key : str
    box : (min_x, min_y, max_x, max_y)
        Around the fixture and all that was looked at, before it is grown by ``CHANGE_REACH_M``.
    face : Face
    faced : tuple of Problem
    is_shut : ndarray of bool, shape (P,)
        Places whose facing is wrong or which lie off the fixture: that nobody gets there is not said again.
    standing_m : ndarray, shape (P, 2)
    has_room : ndarray of bool, shape (P,)
        As ``standing_places`` gives them.
    """

    shelf: Shelf
    fixture_key: str
    box: Box
    face: Face
    faced: tuple[Problem, ...]
    is_shut: Bools
    standing_m: Floats
    has_room: Bools


def judged(shelf: Shelf, around: Surroundings, before: JudgedShelf | None = None) -> JudgedShelf:
    """What the slots look at, and where one stands to take from them.

    Parameters
    ----------
    before : JudgedShelf, optional
        How this fixture's shelf was judged, in whatever surroundings; the answer is the same without.

    Raises
    ------
    InvalidFloorplan
        With TOO_DETAILED where so much stands before the slots that no shop has it.
    """
    at_m, facing, slot_place = shelf.places
    own = around.fixture_at[shelf.fixture_id]
    fixture_key = around.keys[own]
    own_shape: BaseGeometry = around.shapes[own]
    outline = around.floorplan.outline
    face = None if before is None or before.shelf is not shelf or before.fixture_key != fixture_key else before.face
    if face is None or face.own_shape is not own_shape or face.outline is not outline:
        face = Face.of(shelf, fixture_key, own_shape, outline)
    is_off, is_into = face.is_off, face.is_into
    start_m = at_m + face.exit_m[:, None] * facing
    width_m, other = _clear_widths(start_m, facing, own, around)
    width_m[is_off | is_into] = 0.0
    is_shut = is_off | is_into | ((width_m < ON_FACE_M) & (other >= 0))
    is_wrong = is_shut | (width_m < STEP_FREE_M - CARE_M)
    groups: dict[tuple[Rule, int, str], list[int]] = defaultdict(list)
    for index in np.flatnonzero(is_wrong[slot_place]).tolist():
        place = slot_place[index]
        if is_off[place]:
            rule, met = Rule.SLOT_OFF_FIXTURE, -1
        elif is_into[place]:
            rule, met = Rule.FACING_INTO_FIXTURE, -1
        else:
            rule, met = Rule.FACING_INTO_FIXTURE if is_shut[place] else Rule.AISLE_TOO_NARROW, int(other[place])
        groups[rule, met, shelf.slots[index].properties.side].append(index)
    faced = tuple(
        faced_problem(
            rule,
            fixture_key,
            None if met < 0 else around.keys[met],
            [shelf.slots[i] for i in found],
            width_m[slot_place[found]],
        )
        for (rule, met, _), found in groups.items()
    )
    ends_m = np.concatenate([at_m, start_m + STEP_FREE_M * facing, at_m + ARM_M * facing])
    looked_at: Box = (*ends_m.min(axis=0).tolist(), *ends_m.max(axis=0).tolist())
    near = shapely.box(*_grown(looked_at, STANDING_REACH_M))
    standing_m, has_room = standing_places(
        at_m,
        facing,
        # Only what is near, and in one order of corners: of two places equally near the same is taken whatever is far away.
        shapely.normalize(shapely.intersection(around.floorplan.standing_area, near)),
        shapely.intersection(around.floorplan.walkable_area, near),
    )
    return JudgedShelf(
        shelf=shelf,
        fixture_key=fixture_key,
        box=shapely.total_bounds([shapely.box(*looked_at), own_shape]).tolist(),
        face=face,
        faced=faced,
        is_shut=is_shut,
        standing_m=standing_m,
        has_room=has_room,
    )


def _grown(box: Box, by_m: float) -> Box:
    return (box[0] - by_m, box[1] - by_m, box[2] + by_m, box[3] + by_m)


def _into_own(at_m: Floats, facing: Floats, own_shape: BaseGeometry) -> tuple[Bools, Floats]:
    """Which slots face into their own fixture, and how far inside it the others lie, measured along their facing."""
    points = shapely.points(at_m)
    on_face = (shapely.distance(shapely.boundary(own_shape), points) < 0.02) | ~shapely.intersects(own_shape, points)
    # On the face: a hand's breadth on, the floor must have begun; a slot facing along its shelf fails as well.
    touching = shapely.distance(own_shape, shapely.points(at_m + ON_FACE_M * facing)) < ON_FACE_M / 2
    is_into, exit_m = np.asarray(touching).copy(), np.zeros(len(at_m))
    inside = np.flatnonzero(~on_face)
    ahead_m, behind_m = (
        shapely.length(
            shapely.intersection(
                shapely.linestrings(np.stack([at_m[inside], at_m[inside] + sign * facing[inside]], axis=1)), own_shape
            )
        )
        for sign in (INSIDE_M, -INSIDE_M)
    )
    is_into[inside] = ahead_m > behind_m + 0.01
    exit_m[inside] = ahead_m
    return is_into, exit_m


def _clear_widths(start_m: Floats, facing: Floats, own: int, around: Surroundings) -> tuple[Floats, NDArray[np.int64]]:
    """Clear width before each place up to ``STEP_FREE_M``, and the thing that ends it (-1: nothing, or the outer wall)."""
    outline = around.floorplan.outline
    rays = np.asarray(shapely.linestrings(np.stack([start_m, start_m + STEP_FREE_M * facing], axis=1)))
    points = np.asarray(shapely.points(start_m))
    width_m = np.full(len(start_m), np.inf)
    other = np.full(len(start_m), -1, dtype=np.int64)
    leaving = np.flatnonzero(~shapely.covers(outline, rays))
    beyond = shapely.distance(shapely.difference(rays[leaving], outline), points[leaving])
    width_m[leaving] = np.where(np.isnan(beyond), np.inf, beyond)
    met_by, met = _met(rays, around)
    is_other = met != own
    met_by, met = met_by[is_other], met[is_other]
    met_m = np.asarray(shapely.distance(shapely.intersection(rays[met_by], around.shapes[met]), points[met_by]))
    # Nearest last, so that the last write is the one that stays; ties go to the first shape of the document.
    for k in np.lexsort((met, met_m))[::-1]:
        if met_m[k] <= width_m[met_by[k]]:
            width_m[met_by[k]] = met_m[k]
            other[met_by[k]] = met[k]
    return width_m, other


def _met(rays: NDArray[np.object_], around: Surroundings) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which rays meet which things, shape (M,) each; a few rays at a time, so that a heap of things is refused in time."""
    found: list[NDArray[np.int64]] = []
    for first in range(0, len(rays), RAYS_AT_ONCE):
        met = around.tree.query(rays[first : first + RAYS_AT_ONCE], predicate="intersects")
        if met.shape[1] > RAYS_AT_ONCE * THINGS_A_RAY_MEETS:
            raise InvalidFloorplan([error(Rule.TOO_DETAILED, (), None, said("too_detailed.heap"))])
        found.append(met + np.array([[first], [0]]))
    met_by, things = np.concatenate(found, axis=1)
    return met_by, things
