"""Mends that redraw a shape: a ring that crosses itself, a zone over another, a door beside the wall."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from store_server.domain.draft_form import DraftForm
from store_server.domain.floor_reading import line_of
from store_server.domain.floor_shapes import polygons_in
from store_server.domain.floorplan import Floorplan
from store_server.domain.plan_mend_shifts import CLEAR_M, Outcome
from store_server.domain.plan_structure import polygon_of
from store_server.wire.floorplans import (
    AisleFeature,
    BlockedAreaFeature,
    Feature,
    KioskFeature,
    LineGeometry,
    OpeningFeature,
    PolygonGeometry,
    SectionFeature,
    WallFeature,
)

LEAST_KEPT = 0.95
"""Share of a crossed ring's area that must be left; less would be another shape."""

LEAST_ZONE_KEPT = 0.5
"""A zone that would lose more than half is not trimmed but wrong."""

QUAD = 4


def unfolded(shape: Feature) -> Iterator[Outcome]:
    """A ring that crosses itself: without its small loops, or with its four corners in order."""
    if isinstance(shape, KioskFeature) and shape.properties.catchment is not None:
        for geometry in _sound(shape.properties.catchment):
            properties = shape.properties.model_copy(update={"catchment": geometry})
            yield {shape.id: shape.model_copy(update={"properties": properties})}
    if isinstance(shape.geometry, PolygonGeometry):
        for geometry in _sound(shape.geometry):
            yield {shape.id: shape.model_copy(update={"geometry": geometry})}


def _sound(geometry: PolygonGeometry) -> Iterator[PolygonGeometry]:
    polygon = polygon_of(geometry)
    if polygon.is_valid:
        return
    corners = np.unique(np.asarray(polygon.exterior.coords)[:, :2], axis=0)
    hull = polygon.convex_hull
    if len(corners) == QUAD and isinstance(hull, shapely.Polygon) and len(hull.exterior.coords) == QUAD + 1:
        yield from _drawn(hull)
        return
    parts = polygons_in(shapely.make_valid(polygon))
    largest = max(parts, key=lambda part: part.area, default=None)
    if largest is not None and largest.area >= LEAST_KEPT * sum(part.area for part in parts):
        yield from _drawn(largest)


def trimmed(form: DraftForm, one: SectionFeature, other: SectionFeature) -> Iterator[Outcome]:
    """Two zones over each other, what they share taken from the one that loses the smaller share."""
    shapes = [(zone, form.polygon(zone.geometry)) for zone in (one, other)]
    (first, a), (second, b) = sorted(shapes, key=lambda each: -each[1].area)
    for zone, polygon, cutter in ((first, a, b), (second, b, a)):
        yield from _cut(zone, polygon, shapely.difference(polygon, cutter))


def clipped(
    form: DraftForm, floorplan: Floorplan, shape: SectionFeature | BlockedAreaFeature | WallFeature | AisleFeature
) -> Iterator[Outcome]:
    """An area or a line that runs off the level, cut off at its edge."""
    if isinstance(shape, WallFeature | AisleFeature):
        line = line_of(shape)
        parts = shapely.get_parts(shapely.intersection(line, floorplan.outline)).tolist()
        lines = [part for part in parts if part.geom_type == "LineString" and part.length >= line.length / 2]
        for part in lines:
            ends = tuple((round(x, 3), round(y, 3)) for x, y in part.coords)
            yield {shape.id: shape.model_copy(update={"geometry": LineGeometry(type="LineString", coordinates=ends)})}
        return
    polygon = form.polygon(shape.geometry)
    yield from _cut(shape, polygon, shapely.intersection(polygon, floorplan.outline))


def into_the_wall(floorplan: Floorplan, opening: OpeningFeature) -> Iterator[Outcome]:
    """A door beside the outline, moved onto the nearest side of it, as wide as it was where there is room."""
    line = line_of(opening)
    middle = np.array(line.interpolate(0.5, normalized=True).coords[0])
    rings = [floorplan.outline.exterior, *floorplan.outline.interiors]
    sides = [side for ring in rings for side in zip(ring.coords[:-1], ring.coords[1:], strict=True)]
    for start, end in sorted(sides, key=lambda side: shapely.LineString(side).distance(shapely.Point(middle)))[:2]:
        begin, along = np.array(start), np.array(end) - np.array(start)
        side_m = float(np.hypot(*along))
        along = along / side_m
        width_m = min(line.length, side_m)
        at_m = float(np.clip((middle - begin) @ along, width_m / 2, side_m - width_m / 2))
        ends = [begin + (at_m + half * width_m) * along for half in (-0.5, 0.5)]
        if (np.array(line.coords[-1]) - np.array(line.coords[0])) @ along < 0:
            ends.reverse()
        drawn = tuple((round(float(x), 3), round(float(y), 3)) for x, y in ends)
        yield {opening.id: opening.model_copy(update={"geometry": LineGeometry(type="LineString", coordinates=drawn)})}


def _cut(shape: SectionFeature | BlockedAreaFeature, polygon: shapely.Polygon, left: BaseGeometry) -> Iterator[Outcome]:
    parts = [part for part in polygons_in(left) if part.area > CLEAR_M]
    if len(parts) == 1 and parts[0].area >= LEAST_ZONE_KEPT * polygon.area:
        for geometry in _drawn(parts[0]):
            yield {shape.id: shape.model_copy(update={"geometry": geometry})}


def _drawn(polygon: shapely.Polygon) -> Iterator[PolygonGeometry]:
    """The polygon as it is drawn, to the millimetre; nothing where that folds it."""
    rounded = shapely.set_precision(polygon, 0.001)
    if rounded.geom_type == "Polygon" and not rounded.is_empty:
        rings = (rounded.exterior, *rounded.interiors)
        drawn = tuple(tuple((round(x, 3), round(y, 3)) for x, y in ring.coords) for ring in rings)
        yield PolygonGeometry(type="Polygon", coordinates=drawn)
