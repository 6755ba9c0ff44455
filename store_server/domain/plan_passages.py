"""Whether people get everywhere: shelves reached from a door, passages wide enough, exits free."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from store_server.domain.floor_shapes import Opening, polygons_in
from store_server.domain.floorplan import Floorplan
from store_server.domain.narrow_strips import CARE_M, Strip
from store_server.domain.plan_placing import DOOR_CARE_M
from store_server.domain.plan_problems import Problem, Rule, error, said, warning
from store_server.domain.plan_shelves import JudgedShelf, Surroundings
from store_server.domain.plan_structure import NAMED_AT_MOST, SLOTS_NAMED_AT_MOST, place_of
from store_server.domain.shelf_problems import STEP_FREE_M
from store_server.wire.floorplans import SlotFeature

DOOR_REACH_M = 1.0
"""A door leads to the floor that begins this near it."""

EXIT_REACH_M = 4.0
"""What stands farther from a door is in nobody's way before it, however sharp its corners are when they are grown by a body."""


def unreachable(floorplan: Floorplan, shelves: Sequence[JudgedShelf]) -> Iterator[Problem]:
    """Slots nobody gets to from a door; those whose facing is wrong already are not counted again."""
    if not shelves:
        return
    # All at once: of twenty thousand slots hardly any is missed.
    reached = _reached(floorplan, np.concatenate([shelf.standing_m for shelf in shelves]))
    is_shut, has_room = (np.concatenate(each) for each in zip(*((s.is_shut, s.has_room) for s in shelves), strict=True))
    is_missed = ~(is_shut | (has_room & reached))
    if not is_missed.any():
        return
    ends = np.cumsum([len(shelf.standing_m) for shelf in shelves])
    for shelf, is_own in zip(shelves, np.split(is_missed, ends[:-1]), strict=True):
        if is_own.any():
            yield from _missed(shelf, is_own)


def _missed(shelf: JudgedShelf, is_missed: np.ndarray) -> Iterator[Problem]:
    sides: dict[str, list[SlotFeature]] = defaultdict(list)
    for slot, place in zip(shelf.shelf.slots, shelf.shelf.places[2], strict=True):
        if is_missed[place]:
            sides[slot.properties.side].append(slot)
    for side, found in sides.items():
        keys = [slot.properties.key for slot in found]
        words = (
            said("slot_unreachable.one", slot=keys[0])
            if len(keys) == 1
            else said("slot_unreachable.many", count=len(keys), fixture=shelf.fixture_key, side=side)
        )
        x_m, y_m = found[0].geometry.coordinates[:2]
        yield error(Rule.SLOT_UNREACHABLE, (*keys[:SLOTS_NAMED_AT_MOST], shelf.fixture_key), (x_m, y_m), words)


def _reached(floorplan: Floorplan, standing_m: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which of these places, shape (P, 2), lie on the parts of the floor that doors lead to; the largest where no door does.

    A place off the floor altogether may be said to be reached: it has no room to stand in, which is asked as well.
    """
    parts = np.array(polygons_in(floorplan.standing_area), dtype=object)
    if len(parts) == 0:
        return np.zeros(len(standing_m), dtype=np.bool_)
    is_led_to = np.zeros(len(parts), dtype=np.bool_)
    if floorplan.entrances:
        is_led_to = np.asarray(shapely.distance(parts, shapely.MultiPoint(list(floorplan.entrances))) <= DOOR_REACH_M)
    if not is_led_to.any():
        is_led_to[shapely.area(parts).argmax()] = True
    reached = np.ones(len(standing_m), dtype=np.bool_)
    # The parts nobody gets to are few and small: only places at them are asked about, and there are twenty thousand.
    is_beside = np.zeros(len(standing_m), dtype=np.bool_)
    for low_x, low_y, high_x, high_y in shapely.bounds(parts[~is_led_to]):
        low, high = np.array((low_x, low_y)) - CARE_M, np.array((high_x, high_y)) + CARE_M
        is_beside |= ((low <= standing_m) & (standing_m <= high)).all(axis=1)
    if is_beside.any():
        reachable = shapely.MultiPolygon(parts[is_led_to].tolist())
        shapely.prepare(reachable)
        reached[is_beside] = shapely.dwithin(reachable, shapely.points(standing_m[is_beside]), CARE_M)
    return reached


def exits(floorplan: Floorplan) -> Iterator[Problem]:
    """Doors with something standing before them, or from which no way leads on.

    Errors where shoppers come in: they would be led into a shelf. A way out that is shut sends nobody wrong, so it is a
    warning, however dangerous.
    """
    wall = shapely.buffer(floorplan.outline.boundary, DOOR_CARE_M)
    in_wall = [opening for opening in floorplan.openings if shapely.covers(wall, opening.line)]
    if not in_wall:
        return
    parts = np.array(polygons_in(floorplan.standing_area), dtype=object)
    areas = shapely.area(parts)
    leads_to = [set(np.flatnonzero(shapely.dwithin(parts, opening.line, DOOR_REACH_M)).tolist()) for opening in in_wall]
    for index, opening in enumerate(in_wall):
        others = set().union(*(led for at, led in enumerate(leads_to) if at != index))
        goes_on = leads_to[index] & (others | {int(areas.argmax())} if len(parts) else others)
        if _is_free_before(floorplan, opening) and goes_on:
            continue
        words = (
            said("exit_blocked.no_way", shape=opening.key, least_m=STEP_FREE_M)
            if leads_to[index] and not goes_on
            else said("exit_blocked.something", shape=opening.key, least_m=STEP_FREE_M)
        )
        severe = error if opening.is_entrance else warning
        yield severe(Rule.EXIT_BLOCKED, (opening.key,), opening.middle, words)


def seen_by_exits(floorplan: Floorplan, around: Surroundings) -> list[object]:
    """What ``exits`` depends on: the doors, what stands near them, and where the floor falls apart all of it."""
    doors = [opening.line for opening in floorplan.openings]
    near = np.unique(around.tree.query(doors, predicate="dwithin", distance=EXIT_REACH_M)[1]).tolist() if doors else []
    whole = [] if len(floorplan.standing_area.geoms) == 1 else [floorplan.walkable_area, floorplan.standing_area]
    return [*(around.shapes[i] for i in near), *floorplan.blocked_areas, *whole]


def _is_free_before(floorplan: Floorplan, opening: Opening) -> bool:
    """Whether a wheelchair fits before the door: its middle is then half its width from the door itself."""
    min_x, min_y, max_x, max_y = opening.line.bounds
    near = shapely.box(*(np.array([min_x, min_y, max_x, max_y]) + 2 * STEP_FREE_M * np.array([-1, -1, 1, 1])))
    middles = shapely.buffer(shapely.intersection(floorplan.walkable_area, near), -STEP_FREE_M / 2 + CARE_M)
    return bool(shapely.dwithin(middles, opening.line, STEP_FREE_M / 2 + DOOR_CARE_M))


def narrow(strips: Sequence[Strip], around: Surroundings, faced: Sequence[Problem]) -> Iterator[Problem]:
    """Passages no slot faces through which no wheelchair comes."""
    known = [set(problem.feature_keys) for problem in faced if problem.rule is Rule.AISLE_TOO_NARROW]
    for strip in strips:
        if not strip.is_passage:
            continue
        met = around.tree.query(shapely.buffer(strip.part, 0.01), predicate="intersects")
        beside = [around.keys[i] for i in sorted(met.tolist())]
        if not beside or any(set(beside) <= keys for keys in known):
            continue
        words = said("aisle_too_narrow.passage", shapes=", ".join(beside[:3]), least_m=STEP_FREE_M)
        yield warning(Rule.AISLE_TOO_NARROW, beside[:NAMED_AT_MOST], place_of(strip.part), words, strip.part.wkt)
