"""One level's judgement, and the same after an edit: only shelves near what changed are looked at again.

What is cheap over the whole level (overlaps, zones, doors, coverage) is done anew each time; what costs is the shelves, twenty
thousand slots of them, and those depend on what stands near them only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import is_

import numpy as np
import shapely
from numpy.typing import NDArray

from store_server.domain import plan_coverage, plan_passages, plan_placing
from store_server.domain.floor_reading import PolygonOf, is_blocked, line_of, of_type
from store_server.domain.floorplan import Floorplan, Known
from store_server.domain.narrow_strips import Strip, strips_after, strips_of
from store_server.domain.plan_problems import InvalidFloorplan, Problem
from store_server.domain.plan_shelves import CHANGE_REACH_M, JudgedShelf, Shelf, Surroundings, judged
from store_server.wire.floorplans import (
    AisleFeature,
    BlockedAreaFeature,
    Feature,
    FixtureFeature,
    KioskFeature,
    LevelFeature,
    NodeFeature,
    OpeningFeature,
    SectionFeature,
    SlotFeature,
    WallFeature,
)

Box = tuple[float, float, float, float]

SIGHT_CARE_M = 0.5
"""Half a wall, and then some."""

_STANDING = (FixtureFeature, KioskFeature, WallFeature, BlockedAreaFeature)
"""What stands on the floor, and so changes it."""


class Memory:
    """What rules found the last time, for those that look at the very same things."""

    def __init__(self, before: Memory | None = None) -> None:
        self._of_all: dict[str, tuple[Sequence[object], Sequence[Problem]]] = {}
        self._of_each: dict[str, tuple[object, Mapping[int, tuple[Feature, Sequence[Problem]]]]] = {}
        self._before = before

    def of(self, name: str, seen: Sequence[object], find: Callable[[], Iterable[Problem]]) -> Sequence[Problem]:
        """What the rule of this name says of these things, which must be all that it depends on."""
        known = None if self._before is None else self._before._of_all.get(name)
        is_known = known is not None and len(known[0]) == len(seen) and all(map(is_, known[0], seen))
        self._of_all[name] = known if known is not None and is_known else (seen, tuple(find()))
        return self._of_all[name][1]

    def of_each(
        self, name: str, beside: object, things: Iterable[Feature], find: Callable[[Feature], Iterable[Problem]]
    ) -> Sequence[Problem]:
        """The same for a rule that looks at one thing after the other, and at one more beside each."""
        known = (None, {}) if self._before is None else self._before._of_each.get(name, (None, {}))
        had = known[1] if known[0] is beside else {}
        has = {id(thing): had.get(id(thing)) or (thing, tuple(find(thing))) for thing in things}
        self._of_each[name] = (beside, has)
        return [problem for _, found in has.values() for problem in found]

    def kept(self) -> Memory:
        """What was found now, for the next time; the time before is let go."""
        self._before = None
        return self


@dataclass(frozen=True, slots=True, eq=False)
class JudgedLevel:
    """A level as it was last looked at.

    Attributes
    ----------
    drawn : tuple of Feature
        All on the level but its slots, in the document's order.
    floorplan : Floorplan or None
        None where its shapes are too finely drawn or heaped for the geometry engine; ``problems`` then says that above all.
    shelves : Mapping of fixture id to JudgedShelf
        In the order of the fixtures.
    """

    level: LevelFeature
    drawn: tuple[Feature, ...]
    floorplan: Floorplan | None
    shelves: Mapping[str, JudgedShelf]
    strips: tuple[Strip, ...]
    problems: tuple[Problem, ...]
    memory: Memory
    """What single rules found."""


def judged_level(
    level: LevelFeature,
    drawn: Sequence[Feature],
    shelves: Mapping[str, Shelf],
    polygon: PolygonOf,
    before: JudgedLevel | None,
) -> JudgedLevel:
    """What is wrong on a level whose structure is sound.

    Parameters
    ----------
    drawn : sequence of Feature
        All on the level but its slots, in the document's order.
    shelves : Mapping of fixture id to Shelf
        Those on this level, at least.
    before : JudgedLevel or None
        The level before an edit, whatever the edit was; None looks at everything. The answer is the same.
    """
    drawn = tuple(drawn)
    before = None if before is None or before.floorplan is None or before.level.geometry != level.geometry else before
    touched = None if before is None else _touched(before.drawn, drawn, polygon)
    try:
        floorplan = Floorplan.of_level(
            level, drawn, lambda: _slots(shelves, level.id), known=_known(before, touched, drawn, polygon)
        )
    except InvalidFloorplan as invalid:
        return JudgedLevel(level, drawn, None, {}, (), _on(level, invalid.problems), Memory())
    around = Surroundings.of(floorplan)
    here = [shelves[fixture.fixture_id] for fixture in floorplan.fixtures if fixture.fixture_id in shelves]
    known = {} if before is None or touched is None else _untouched(before.shelves, touched)
    try:
        rows = {
            shelf.fixture_id: found
            if (found := known.get(shelf.fixture_id)) and found.shelf is shelf
            else judged(shelf, around, None if before is None else before.shelves.get(shelf.fixture_id))
            for shelf in here
        }
    except InvalidFloorplan as invalid:
        problems = [*invalid.problems, *plan_placing.overlaps(floorplan)]
        return JudgedLevel(level, drawn, None, {}, (), _on(level, problems), Memory())
    memory = Memory(None if before is None else before.memory)
    strips = (
        strips_of(floorplan.walkable_area)
        if before is None or touched is None
        else strips_after(floorplan.walkable_area, before.strips, touched)
    )
    problems = _problems(level, floorplan, drawn, polygon, around, list(rows.values()), strips, memory)
    return JudgedLevel(level, drawn, floorplan, rows, strips, _on(level, problems), memory.kept())


def _on(level: LevelFeature, problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """The problems with the level they are on, which what finds them need not know."""
    return tuple(replace(problem, level_id=level.id) for problem in problems)


def _slots(shelves: Mapping[str, Shelf], level_id: str) -> list[SlotFeature]:
    found = [slot for shelf in shelves.values() if level_id in shelf.level_ids for slot in shelf.slots]
    return sorted(found, key=lambda slot: (slot.properties.key, slot.id))


def _problems(
    level: LevelFeature,
    floorplan: Floorplan,
    drawn: Sequence[Feature],
    polygon: PolygonOf,
    around: Surroundings,
    rows: Sequence[JudgedShelf],
    strips: Sequence[Strip],
    memory: Memory,
) -> list[Problem]:
    faced = [problem for row in rows for problem in row.faced]
    node_keys = {f.properties.node_key: f.properties.key for f in drawn if isinstance(f, NodeFeature)}
    zones, doors = of_type(drawn, SectionFeature), of_type(drawn, OpeningFeature)
    ways: list[Feature] = [*of_type(drawn, AisleFeature), *of_type(drawn, FixtureFeature)]
    room = floorplan.standing_area
    by_doors = plan_passages.seen_by_exits(floorplan, around)

    def outside(feature: Feature) -> Iterable[Problem]:
        return plan_placing.outside_level(floorplan.outline, [feature], polygon)

    return [
        *memory.of_each("outside", level, drawn, outside),
        *(problem for row in rows for problem in row.face.outside),
        *plan_placing.overlaps(floorplan),
        *memory.of("aisles", (level, *ways), lambda: plan_placing.aisles(floorplan, drawn)),
        *memory.of("openings", (level, *doors), lambda: plan_placing.openings(floorplan)),
        *memory.of("zones", (level, *zones), lambda: plan_placing.zones(floorplan)),
        *faced,
        *memory.of("unreachable", (room, *doors, *rows), lambda: plan_passages.unreachable(floorplan, rows)),
        *memory.of("exits", (level, *doors, *by_doors), lambda: plan_passages.exits(floorplan)),
        *plan_passages.narrow(strips, around, faced),
        *plan_coverage.coverage(floorplan, node_keys),
        *plan_coverage.kiosks(floorplan),
    ]


def _touched(before: Sequence[Feature], after: Sequence[Feature], polygon: PolygonOf) -> list[Box]:
    """Boxes around what stands on the floor and is not as it was: where it stood and where it stands."""
    stood, stands = (
        {id(feature): feature for feature in each if isinstance(feature, _STANDING)} for each in (before, after)
    )
    changed = [f for key, f in stood.items() if key not in stands] + [
        f for key, f in stands.items() if key not in stood
    ]
    return [_box(feature, polygon) for feature in changed]


def _stands_the_same(before: Sequence[Feature], after: Sequence[Feature]) -> bool:
    """Whether the same shapes stand on the floor in the same order, whatever else of them has changed."""
    stood, stands = ([feature for feature in each if isinstance(feature, _STANDING)] for each in (before, after))
    return len(stood) == len(stands) and all(
        was is now or (was.geometry == now.geometry and _is_in_the_way(was) == _is_in_the_way(now))
        for was, now in zip(stood, stands, strict=True)
    )


def _is_in_the_way(feature: Feature) -> bool:
    return not isinstance(feature, BlockedAreaFeature) or is_blocked(feature, None)


def _box(feature: FixtureFeature | KioskFeature | WallFeature | BlockedAreaFeature, polygon: PolygonOf) -> Box:
    shape = line_of(feature) if isinstance(feature, WallFeature) else polygon(feature.geometry)
    min_x, min_y, max_x, max_y = shape.bounds
    return (min_x, min_y, max_x, max_y)


def _known(
    before: JudgedLevel | None, touched: Sequence[Box] | None, drawn: Sequence[Feature], polygon: PolygonOf
) -> Known:
    if before is None or before.floorplan is None or touched is None:
        return Known(polygon)
    floorplan = before.floorplan
    is_same = _stands_the_same(before.drawn, drawn)
    same = {id(feature) for feature in before.drawn}
    boxes = np.array(touched).reshape(-1, 4)
    kiosks = {
        feature.id: floorplan.kiosks[feature.properties.kiosk_key]
        for feature in drawn
        if isinstance(feature, KioskFeature) and id(feature) in same and not _in_sight(feature, boxes)
    }
    return Known(polygon, floorplan.floors, is_same, kiosks)


def _in_sight(kiosk: KioskFeature, boxes: NDArray[np.float64]) -> bool:
    """Whether anything in these boxes (shape (B, 4)) may stand where the kiosk's catchment is looked for."""
    p = kiosk.properties
    x_m, y_m = p.display_point.coordinates[:2]
    reach_m = p.catchment_radius_m + SIGHT_CARE_M
    min_x, min_y, max_x, max_y = boxes.T
    meets = (min_x <= x_m + reach_m) & (max_x >= x_m - reach_m) & (min_y <= y_m + reach_m) & (max_y >= y_m - reach_m)
    return bool(meets.any())


def _untouched(shelves: Mapping[str, JudgedShelf], touched: Sequence[Box]) -> Mapping[str, JudgedShelf]:
    """The shelves that have nothing changed within their reach."""
    if not touched or not shelves:
        return shelves
    boxes = np.array([row.box for row in shelves.values()]) + CHANGE_REACH_M * np.array([-1, -1, 1, 1])
    near = shapely.STRtree(shapely.box(*np.array(touched).T)).query(shapely.box(*boxes.T))[0]
    is_near = np.zeros(len(boxes), dtype=np.bool_)
    is_near[near] = True
    return {
        fixture_id: row
        for (fixture_id, row), is_touched in zip(shelves.items(), is_near, strict=True)
        if not is_touched
    }
