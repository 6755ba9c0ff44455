"""How shapes may lie to each other and to the outline: inside it, not in each other, doors in the wall, zones side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from store_server.domain.floor_reading import PolygonOf, line_of
from store_server.domain.floor_shapes import grown, polygons_in
from store_server.domain.floorplan import Floorplan
from store_server.domain.plan_problems import Point, Problem, Rule, error, said, warning
from store_server.domain.plan_structure import NAMED_AT_MOST, SLOTS_NAMED_AT_MOST, place_of, polygon_of
from store_server.wire.floorplans import (
    AisleFeature,
    AmenityFeature,
    BlockedAreaFeature,
    Feature,
    FixtureFeature,
    KioskFeature,
    NodeFeature,
    SectionFeature,
    SlotFeature,
    UnitFeature,
    WallFeature,
)

SLIVER_M = 0.02
"""Shapes measured by hand meet within a centimetre or two; deeper overlaps and gaps are mistakes."""

DOOR_CARE_M = 0.05
"""How far a door may be drawn from the outline."""

DOOR_LENGTHS_M = (0.6, 10.0)

NODE_CARE_M = 0.25
"""Nodes hang on the outer wall, whose thickness the outline does not show."""

OVERLAPS_AT_MOST = 200

SHAPES_AT_ONCE = 64
"""So that a heap of thousands is left in time."""

FIXTURES_SAID_AT_MOST = 3
"""A sentence that names more is not read; all of them are drawn as its evidence."""


def is_deeper(shape: BaseGeometry, depth_m: float) -> bool:
    """Whether the shape is somewhere wider than this; area alone would call a long hairline large."""
    return not shapely.is_empty(grown(shape, -depth_m / 2))


def outside_level(
    outline: BaseGeometry, features: Sequence[Feature], polygon: PolygonOf = polygon_of
) -> Iterator[Problem]:
    """Anything not on the level, but for slots."""
    shapely.prepare(outline)
    for feature in features:
        key = feature.properties.key
        if isinstance(feature, FixtureFeature | KioskFeature | SectionFeature | BlockedAreaFeature | UnitFeature):
            yield from _sticking_out(outline, key, polygon(feature.geometry))
        elif isinstance(feature, WallFeature | AisleFeature):
            line = line_of(feature)
            if shapely.covers(outline, line):
                continue
            out = shapely.difference(line, shapely.buffer(outline, SLIVER_M))
            if not out.is_empty:
                yield _outside(key, place_of(out), out)
        elif isinstance(feature, NodeFeature | AmenityFeature):
            care_m = NODE_CARE_M if isinstance(feature, NodeFeature) else SLIVER_M
            if _is_off(outline, feature, care_m):
                yield _outside(key, _place(feature))
        if isinstance(feature, KioskFeature):
            display = feature.properties.display_point.coordinates
            if shapely.distance(outline, shapely.Point(display[:2])) > SLIVER_M:
                yield _outside(key, (display[0], display[1]))


def slots_outside(outline: BaseGeometry, slots: Sequence[SlotFeature], fixture_key: str) -> Iterator[Problem]:
    """Slots of one fixture that are not on the level, together and with their fixture."""
    at_m = np.array([slot.geometry.coordinates[:2] for slot in slots]).reshape(-1, 2)
    out = [slots[i] for i in np.flatnonzero(~shapely.dwithin(outline, shapely.points(at_m), SLIVER_M)).tolist()]
    if out:
        keys = [slot.properties.key for slot in out][:SLOTS_NAMED_AT_MOST]
        words = said("outside_level.slots", count=len(out), fixture=fixture_key)
        yield error(Rule.OUTSIDE_LEVEL, (*keys, fixture_key), _place(out[0]), words)


def _is_off(outline: BaseGeometry, feature: NodeFeature | AmenityFeature, care_m: float) -> bool:
    return bool(shapely.distance(outline, shapely.Point(feature.geometry.coordinates[:2])) > care_m)


def _place(feature: SlotFeature | NodeFeature | AmenityFeature) -> Point:
    x_m, y_m = feature.geometry.coordinates[:2]
    return (x_m, y_m)


def _sticking_out(outline: BaseGeometry, key: str, polygon: BaseGeometry) -> Iterator[Problem]:
    if shapely.covers(outline, polygon):
        return
    out = shapely.difference(polygon, outline)
    if is_deeper(out, SLIVER_M):
        yield _outside(key, place_of(out), out)
    elif is_deeper(out, SLIVER_M / 10):
        words = said("outside_level.a_little", shape=key, most_cm=SLIVER_M * 100)
        yield warning(Rule.OUTSIDE_LEVEL, (key,), place_of(out), words, out.wkt)


def _outside(key: str, place: Point | None, out: BaseGeometry | None = None) -> Problem:
    return error(Rule.OUTSIDE_LEVEL, (key,), place, said("outside_level", shape=key), "" if out is None else out.wkt)


def overlaps(floorplan: Floorplan) -> Iterator[Problem]:
    """Fixtures and kiosks standing in each other."""
    named = [(fixture.key, fixture.polygon) for fixture in floorplan.fixtures]
    named += [(kiosk.feature_key, kiosk.polygon) for kiosk in floorplan.kiosks.values()]
    for one, other, shared in _overlapping(named):
        if is_deeper(shared, SLIVER_M):
            words = said("fixture_overlap", shape=one, other=other, area_m2=shared.area)
            yield error(Rule.FIXTURE_OVERLAP, (one, other), place_of(shared), words, shared.wkt)
        elif is_deeper(shared, SLIVER_M / 10):
            words = said("fixture_overlap.a_little", shape=one, other=other, most_cm=SLIVER_M * 100)
            yield warning(Rule.FIXTURE_OVERLAP, (one, other), place_of(shared), words, shared.wkt)


def _overlapping(named: Sequence[tuple[str, BaseGeometry]]) -> Iterator[tuple[str, str, BaseGeometry]]:
    shapes = np.array([shape for _, shape in named], dtype=object)
    shapely.prepare(shapes)
    tree = shapely.STRtree(shapes)
    found = 0
    for first in range(0, len(shapes), SHAPES_AT_ONCE):
        met = tree.query(shapes[first : first + SHAPES_AT_ONCE], predicate="intersects")
        one, other = met[0] + first, met[1]
        one, other = one[other > one], other[other > one]
        for i in np.unique(one).tolist():
            beside = np.sort(other[one == i])
            shared = shapely.intersection(shapes[i], shapes[beside])
            for j in np.flatnonzero(shapely.area(shared) > 0).tolist():
                found += 1
                yield named[i][0], named[int(beside[j])][0], shared[j]
            if found >= OVERLAPS_AT_MOST:  # a heap of shapes: the first hundreds say it
                return


def aisles(floorplan: Floorplan, features: Sequence[Feature]) -> Iterator[Problem]:
    """Aisles drawn through what stands on the floor, each once with all it runs through."""
    drawn = [feature for feature in features if isinstance(feature, AisleFeature)]
    if not drawn or not floorplan.fixtures:
        return
    fixtures = floorplan.fixtures
    tree = shapely.STRtree([fixture.polygon for fixture in fixtures])
    for aisle in drawn:
        line = line_of(aisle)
        met = sorted(tree.query(line, predicate="intersects").tolist())
        inside = {
            fixtures[i].key: shapely.intersection(line, fixtures[i].polygon)
            for i in met
            if shapely.intersects(line, grown(fixtures[i].polygon, -SLIVER_M))  # along a face is not through it
        }
        if not inside:
            continue
        parts = shapely.union_all(list(inside.values()))
        named = ", ".join(list(inside)[:FIXTURES_SAID_AT_MOST])
        key = aisle.properties.key
        words = said("aisle_through_fixture", shape=key, fixtures=named, length_m=parts.length)
        keys = (key, *inside)[:NAMED_AT_MOST]
        yield warning(Rule.AISLE_THROUGH_FIXTURE, keys, place_of(parts), words, parts.wkt)


def openings(floorplan: Floorplan) -> Iterator[Problem]:
    """Doors off the outline, and doors nobody builds."""
    wall = shapely.buffer(floorplan.outline.boundary, DOOR_CARE_M)
    shortest_m, longest_m = DOOR_LENGTHS_M
    for opening in floorplan.openings:
        off = shapely.difference(opening.line, wall)
        if not off.is_empty:
            words = said("opening_off_outline", shape=opening.key)
            yield error(Rule.OPENING_OFF_OUTLINE, (opening.key,), place_of(off), words, off.wkt)
        width_m = opening.line.length
        if not shortest_m <= width_m <= longest_m:
            words = said("opening_size", shape=opening.key, width_m=width_m, least_m=shortest_m, most_m=longest_m)
            yield warning(Rule.OPENING_SIZE, (opening.key,), place_of(opening.line), words)


def zones(floorplan: Floorplan) -> Iterator[Problem]:
    """Zones over each other (a place would be in two), and floor between them that is in none."""
    if not floorplan.zones:
        return
    for one, other, shared in _overlapping([(zone.key, zone.polygon) for zone in floorplan.zones]):
        if is_deeper(shared, SLIVER_M):
            words = said("zone_overlap", shape=one, other=other, area_m2=shared.area)
            yield error(Rule.ZONE_OVERLAP, (one, other), place_of(shared), words, shared.wkt)
    covered = shapely.union_all([zone.polygon for zone in floorplan.zones])
    for gap in polygons_in(shapely.difference(floorplan.outline, covered)):
        if is_deeper(gap, SLIVER_M):
            beside = [zone.key for zone in floorplan.zones if shapely.distance(zone.polygon, gap) <= SLIVER_M]
            words = said("zone_gap", area_m2=gap.area)
            keys = beside[:NAMED_AT_MOST] or [floorplan.level_key]
            yield warning(Rule.ZONE_GAP, keys, place_of(gap), words, gap.wkt)
