"""From what is drawn on a level to its shapes, one feature at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar, cast

import shapely
from shapely.geometry.base import BaseGeometry

from store_server.domain.floor_shapes import (
    Fixture,
    KioskPlace,
    Opening,
    Point,
    Wall,
    Zone,
)
from store_server.wire.floorplans import (
    AisleFeature,
    AmenityFeature,
    BlockedAreaFeature,
    Feature,
    FixtureFeature,
    FixtureKind,
    KioskFeature,
    Labels,
    NodeFeature,
    OpeningFeature,
    PolygonGeometry,
    SectionFeature,
    WallFeature,
)

PolygonOf = Callable[[PolygonGeometry], shapely.Polygon]
"""How a drawn ring becomes a polygon; a draft remembers those it has made."""

_F = TypeVar("_F", bound=Feature)


def of_type(features: Sequence[Feature], kind: type[_F]) -> list[_F]:
    """Those of one kind, in their order."""
    # No kind is made from another, and to ask a model's class about its instances takes ten times as long.
    return [cast(_F, feature) for feature in features if type(feature) is kind]


def in_the_way(
    fixtures: Sequence[Fixture], walls: Sequence[Wall], blocked: Sequence[BaseGeometry], kiosks: Sequence[BaseGeometry]
) -> list[BaseGeometry]:
    """The shapes nobody walks through, walls with their thickness."""
    thick = [wall.shape for wall in walls]
    return [*(fixture.polygon for fixture in fixtures), *thick, *blocked, *kiosks]


def is_blocked(area: BlockedAreaFeature, at: datetime | None) -> bool:
    """Whether the area is shut then; without an instant, whether it is shut for good."""
    begins, ends = area.properties.from_at, area.properties.until_at
    if begins is None and ends is None:
        return True
    return at is not None and (begins is None or begins <= at) and (ends is None or at < ends)


def _xy(position: Sequence[float]) -> Point:
    return (round(float(position[0]), 6), round(float(position[1]), 6))


def line_of(feature: WallFeature | OpeningFeature | AisleFeature) -> shapely.LineString:
    """The drawn line, to the micrometre as ``polygon_of`` has it."""
    return shapely.LineString([_xy(position) for position in feature.geometry.coordinates])


def _label(labels: Labels | None, key: str) -> str:
    return key if not labels else labels.get("en") or next(iter(labels.values()))


def fixture_of(feature: FixtureFeature, polygon: PolygonOf) -> Fixture:
    p = feature.properties
    return Fixture(p.key, feature.id, p.category, polygon(feature.geometry), p.department, p.height_m)


def wall_of(feature: WallFeature) -> Wall:
    return Wall(feature.properties.key, line_of(feature), feature.properties.attenuation_db)


def zone_of(feature: SectionFeature, polygon: PolygonOf) -> Zone:
    p = feature.properties
    return Zone(p.key, _label(p.name, p.key), polygon(feature.geometry), p.is_sensitive)


def opening_of(feature: OpeningFeature) -> Opening:
    p = feature.properties
    is_entrance = p.access != "out" and p.category != "emergencyexit"
    return Opening(p.key, line_of(feature), is_entrance)


def anchor_of(feature: NodeFeature) -> tuple[str, float, float, float | None]:
    x_m, y_m = _xy(feature.geometry.coordinates)
    return (feature.properties.node_key, x_m, y_m, feature.properties.z_m)


def kiosk_of(feature: KioskFeature, walkable_area: shapely.MultiPolygon, polygon: PolygonOf) -> KioskPlace:
    p = feature.properties
    drawn = None if p.catchment is None else polygon(p.catchment)
    eye, own = _xy(p.display_point.coordinates), polygon(feature.geometry)
    return KioskPlace(p.kiosk_key, p.key, own, eye, p.facing_deg, p.catchment_radius_m, drawn, walkable_area)


def checkouts_of(amenities: Sequence[AmenityFeature], fixtures: Sequence[Fixture]) -> tuple[Point, ...]:
    """Where people pay: the tills drawn, else the middles of the checkout desks."""
    tills = tuple(_xy(a.geometry.coordinates) for a in amenities if a.properties.category == "checkout")
    if tills:
        return tills
    desks = (fixture.polygon.centroid for fixture in fixtures if fixture.category == FixtureKind.CHECKOUT_DESK)
    return tuple((float(desk.x), float(desk.y)) for desk in desks)
