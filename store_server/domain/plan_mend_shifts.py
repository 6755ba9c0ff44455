"""Mends that move a shape: back onto the level, out of another, off an aisle. The smallest shift that lands free comes first.

A mend is said as what becomes of each shape it touches, by id; None takes the shape out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import shapely
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

from store_server.domain.draft_form import DraftForm
from store_server.domain.floor_shapes import grown
from store_server.domain.floorplan import Floorplan
from store_server.domain.plan_placing import is_deeper
from store_server.domain.shelf_problems import STEP_FREE_M
from store_server.wire.floorplans import (
    AmenityFeature,
    Feature,
    FixtureFeature,
    KioskFeature,
    NodeFeature,
    PointGeometry,
    PolygonGeometry,
    Position,
    SlotFeature,
    UnitFeature,
)

Outcome = Mapping[str, Feature | None]
"""What becomes of shapes, by id."""

Vector = tuple[float, float]

CLEAR_M = 0.002
"""Moved this much farther than need be: coordinates are kept to the millimetre."""

FARTHEST_M = 2.0
"""A shape that would have to go farther than this was not meant to stand there."""

SHIFTS_TRIED = 6

Standing = FixtureFeature | KioskFeature | UnitFeature


def back_inside(
    form: DraftForm, floorplan: Floorplan, shape: Standing | NodeFeature | AmenityFeature
) -> Iterator[Outcome]:
    """A shape that sticks out of the level, shifted until it does not."""
    inside = shapely.buffer(floorplan.outline, -CLEAR_M, join_style="mitre")
    if inside.is_empty:
        return
    if isinstance(shape, NodeFeature | AmenityFeature):
        x_m, y_m = shape.geometry.coordinates[:2]
        shift = _onto(inside, shapely.Point(x_m, y_m))
        yield shifted(form, shape, shift)
        return
    polygon = form.polygon(shape.geometry)
    total = (0.0, 0.0)
    for _ in range(SHIFTS_TRIED):
        corners = np.asarray(shapely.points(np.asarray(polygon.exterior.coords)[:, :2]))
        off_m = np.asarray(shapely.distance(inside, corners))
        worst = int(np.argmax(off_m))
        if off_m[worst] == 0:
            break
        dx, dy = _onto(inside, corners[worst])
        total = (total[0] + dx, total[1] + dy)
        polygon = translate(polygon, dx, dy)
    if total != (0.0, 0.0) and np.hypot(*total) <= FARTHEST_M:
        yield shifted(form, shape, total)


def apart(form: DraftForm, floorplan: Floorplan, one: Standing, other: Standing) -> Iterator[Outcome]:
    """Two shapes that stand in each other, one of them nudged out of the other: the shortest free way first."""
    first, second = form.polygon(one.geometry), form.polygon(other.geometry)
    ways = [(shift, one, first) for shift in _ways_out(first, second)]
    ways += [(shift, other, second) for shift in _ways_out(second, first)]
    # Of two ways as short, the shape with fewer slots goes.
    for shift, shape, polygon in sorted(ways, key=lambda way: (round(np.hypot(*way[0]), 3), _carried(form, way[1]))):
        if np.hypot(*shift) <= FARTHEST_M and _is_free(form, floorplan, shape, polygon, shift):
            yield shifted(form, shape, shift)


def wider(
    form: DraftForm, floorplan: Floorplan, shapes: Sequence[Standing], across: Vector | None, width_m: float | None
) -> Iterator[Outcome]:
    """An aisle that is too narrow, one of its sides moved away from the other.

    Parameters
    ----------
    shapes : sequence of features
        The one or two sides; the aisle's width is measured from the first.
    across : (dx, dy) or None
        Unit vector from the first into the aisle; None for the shortest way between the two.
    width_m : float or None
        How wide the aisle is; None: the distance of the two.
    """
    if len(shapes) > 1 and (across is None or width_m is None):
        line = shapely.shortest_line(form.polygon(shapes[0].geometry), form.polygon(shapes[1].geometry))
        width_m = line.length
        (x0, y0), (x1, y1) = line.coords
        across = ((x1 - x0) / width_m, (y1 - y0) / width_m) if width_m > 0 else None
    if across is None or width_m is None:
        return
    by_m = STEP_FREE_M - width_m + CLEAR_M
    for shape, sign in zip(shapes, (-1, 1), strict=False):
        shift = (sign * by_m * across[0], sign * by_m * across[1])
        if 0 < by_m <= FARTHEST_M and _is_free(form, floorplan, shape, form.polygon(shape.geometry), shift):
            yield shifted(form, shape, shift)


def before_the_screen(form: DraftForm, floorplan: Floorplan, kiosk: KioskFeature) -> Iterator[Outcome]:
    """A kiosk's display point, put where somebody can stand and see the screen."""
    free = grown(floorplan.standing_area, -CLEAR_M)
    if free.is_empty:
        return
    at = shapely.Point(kiosk.properties.display_point.coordinates[:2])
    screen = form.polygon(kiosk.geometry)
    near_screen = shapely.intersection(free, shapely.buffer(screen, STEP_FREE_M))
    for floor, start in ((free, at), (near_screen, at), (near_screen, screen)):
        if floor.is_empty:
            continue
        line = shapely.shortest_line(start, floor)
        x_m, y_m = line.coords[-1]
        if shapely.Point(x_m, y_m).distance(screen) <= kiosk.properties.catchment_radius_m:
            place = PointGeometry(type="Point", coordinates=(round(x_m, 3), round(y_m, 3)))
            properties = kiosk.properties.model_copy(update={"display_point": place})
            yield {kiosk.id: kiosk.model_copy(update={"properties": properties})}


def shifted(form: DraftForm, shape: Standing | NodeFeature | AmenityFeature, by: Vector) -> Outcome:
    """The shape elsewhere, with the slots on it and the place before its screen; to the millimetre."""
    dx, dy = round(by[0], 3), round(by[1], 3)
    outcome: dict[str, Feature | None] = {shape.id: _moved(shape, dx, dy)}
    if isinstance(shape, FixtureFeature) and shape.id in form.shelves:
        outcome |= {slot.id: _moved(slot, dx, dy) for slot in form.shelves[shape.id].slots}
    return outcome


def _carried(form: DraftForm, shape: Standing) -> int:
    return len(form.shelves[shape.id].slots) if shape.id in form.shelves else 0


def _moved(shape: Standing | NodeFeature | AmenityFeature | SlotFeature, dx: float, dy: float) -> Feature:
    def at(position: Position) -> Position:
        return (round(position[0] + dx, 6), round(position[1] + dy, 6), *position[2:])

    def polygon(geometry: PolygonGeometry) -> PolygonGeometry:
        rings = tuple(tuple(at(position) for position in ring) for ring in geometry.coordinates)
        return PolygonGeometry(type="Polygon", coordinates=rings)

    def point(geometry: PointGeometry) -> PointGeometry:
        return PointGeometry(type="Point", coordinates=at(geometry.coordinates))

    if isinstance(shape, NodeFeature | AmenityFeature | SlotFeature):
        return shape.model_copy(update={"geometry": point(shape.geometry)})
    updates: dict[str, object] = {"geometry": polygon(shape.geometry)}
    if isinstance(shape, KioskFeature):
        p = shape.properties
        catchment = None if p.catchment is None else polygon(p.catchment)
        moved = {"display_point": point(p.display_point), "catchment": catchment}
        updates["properties"] = p.model_copy(update=moved)
    return shape.model_copy(update=updates)


def _onto(inside: BaseGeometry, point: BaseGeometry) -> Vector:
    (x0, y0), (x1, y1) = shapely.shortest_line(point, inside).coords
    return (_up(x1 - x0), _up(y1 - y0))


def _up(length_m: float) -> float:
    """To the millimetre, away from nothing: rounding must not take back what was gained."""
    return float(np.copysign(np.ceil(abs(length_m) * 1000 - 1e-6) / 1000, length_m))


def _ways_out(moving: shapely.Polygon, still: shapely.Polygon) -> list[Vector]:
    """Shifts that take one shape out of the other, across each edge of both; exact where both are convex."""
    hulls = [shapely.get_coordinates(shape.convex_hull) for shape in (moving, still)]
    edges = np.concatenate([np.diff(hull, axis=0) for hull in hulls])
    lengths_m = np.hypot(edges[:, 0], edges[:, 1])
    edges = edges[lengths_m > 0] / lengths_m[lengths_m > 0, None]
    normals = np.unique(np.round(np.stack([edges[:, 1], -edges[:, 0]], axis=1), 9), axis=0)
    normals = np.concatenate([normals, -normals])
    # How far the moving one must go along each: until all of it lies beyond the farthest of the still one.
    depth_m = (hulls[1] @ normals.T).max(axis=0) - (hulls[0] @ normals.T).min(axis=0) + CLEAR_M
    order = np.argsort(depth_m, kind="stable")[:SHIFTS_TRIED]
    return [(float(x), float(y)) for x, y in (normals * depth_m[:, None])[order]]


def _is_free(form: DraftForm, floorplan: Floorplan, shape: Standing, polygon: shapely.Polygon, shift: Vector) -> bool:
    """Whether the shape stands in nothing else and on the level, where the shift takes it."""
    moved = translate(polygon, *shift)
    if not shapely.covers(shapely.buffer(floorplan.outline, CLEAR_M), moved):
        return False
    others = (f for f in form.on_level(shape.properties.level_id) if isinstance(f, FixtureFeature | KioskFeature))
    return not any(
        other.id != shape.id and is_deeper(shapely.intersection(form.polygon(other.geometry), moved), CLEAR_M)
        for other in others
    )
