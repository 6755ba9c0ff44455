"""One level of a plan as shapes: built once from the document, then only asked.

Several levels are several ``Floorplan``s: a body is on one of them, and nothing here joins them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from store_server.domain.floor_shapes import (
    BODY_RADIUS_M,
    CARE_M,
    WALL_HALF_THICKNESS_M,
    Fixture,
    KioskPlace,
    Opening,
    Point,
    Slot,
    Wall,
    Zone,
    floor_between,
    sight_area,
)
from store_server.domain.floor_slots import first_zones, slots_by_key
from store_server.domain.plan_problems import InvalidFloorplan, Rule, error
from store_server.domain.plan_structure import polygon_of, structure_problems
from store_server.wire.floorplans import (
    AmenityFeature,
    BlockedAreaFeature,
    Feature,
    FixtureFeature,
    FixtureKind,
    FloorplanDocument,
    KioskFeature,
    Labels,
    LevelFeature,
    NodeFeature,
    OpeningFeature,
    SectionFeature,
    SlotFeature,
    WallFeature,
)

__all__ = ["Floorplan", "InvalidFloorplan", "levels_of"]

_F = TypeVar("_F", bound=Feature)


def levels_of(document: FloorplanDocument) -> tuple[LevelFeature, ...]:
    """The plan's levels, the one nearest the ground first."""
    found = (feature for feature in document.features if isinstance(feature, LevelFeature))
    return tuple(sorted(found, key=lambda level: (abs(level.properties.ordinal), level.properties.ordinal)))


@dataclass(frozen=True, slots=True, eq=False)
class Floorplan:
    """The shapes of one level and the floor between them.

    Attributes
    ----------
    outline : Polygon
    walkable_area : MultiPolygon
        Outline minus fixtures, walls, kiosks and blocked areas.
    standing_area : MultiPolygon
        Where the middle of a body of ``BODY_RADIUS_M`` can be.
    anchors : tuple of (node_key, x_m, y_m, z_m or None)
    slots : Mapping of slot key to Slot
    kiosks : Mapping of kiosk_key to KioskPlace
    entrances, checkouts : tuple of (x_m, y_m)
        Middles of the doors shoppers come in by; places where they pay.
    """

    level_id: str
    level_key: str
    outline: shapely.Polygon
    walkable_area: shapely.MultiPolygon
    standing_area: shapely.MultiPolygon
    fixtures: tuple[Fixture, ...]
    walls: tuple[Wall, ...]
    blocked_areas: tuple[shapely.Polygon, ...]
    zones: tuple[Zone, ...]
    openings: tuple[Opening, ...]
    slots: Mapping[str, Slot]
    anchors: tuple[tuple[str, float, float, float | None], ...]
    kiosks: Mapping[str, KioskPlace]
    entrances: tuple[Point, ...]
    checkouts: tuple[Point, ...]
    _zone_tree: shapely.STRtree = field(repr=False)

    @classmethod
    def from_document(
        cls, document: FloorplanDocument, level_id: str | None = None, at: datetime | None = None
    ) -> Floorplan:
        """The shapes of a document.

        Parameters
        ----------
        document : FloorplanDocument
        level_id : str, optional
            Which level; the one nearest the ground by default.
        at : aware datetime, optional
            Areas blocked for a time stand in the way only at that time; without it only those blocked for good do.

        Raises
        ------
        InvalidFloorplan
            With what ``structure_problems`` found, or UNKNOWN_REFERENCE for a level the plan does not have. How shapes lie
            to each other does not keep a plan from opening: ``plan_checks`` lists that.
        """
        if problems := structure_problems(document):
            raise InvalidFloorplan(problems)
        level = next((found for found in levels_of(document) if level_id in (None, found.id)), None)
        if level is None:
            raise InvalidFloorplan([error(Rule.UNKNOWN_REFERENCE, (), None, f"The plan has no level {level_id}.")])
        on_level = [feature for feature in document.features if feature.properties.level_id == level.id]
        outline = polygon_of(level.geometry)
        fixtures = tuple(_fixture(feature) for feature in _of(on_level, FixtureFeature))
        walls = tuple(_wall(feature) for feature in _of(on_level, WallFeature))
        blocked = tuple(
            polygon_of(area.geometry) for area in _of(on_level, BlockedAreaFeature) if _is_blocked(area, at)
        )
        kiosk_features = _of(on_level, KioskFeature)
        obstacles = _obstacles(fixtures, walls, blocked, [polygon_of(kiosk.geometry) for kiosk in kiosk_features])
        walkable_area = floor_between(outline, obstacles, 0.0)
        standing_area = floor_between(outline, obstacles, BODY_RADIUS_M + CARE_M)
        shapely.prepare(walkable_area)
        shapely.prepare(standing_area)
        zones = tuple(_zone(feature) for feature in _of(on_level, SectionFeature))
        openings = tuple(_opening(feature) for feature in _of(on_level, OpeningFeature))
        zone_tree = shapely.STRtree([zone.polygon for zone in zones])
        return cls(
            level_id=level.id,
            level_key=level.properties.key,
            outline=outline,
            walkable_area=walkable_area,
            standing_area=standing_area,
            fixtures=fixtures,
            walls=walls,
            blocked_areas=blocked,
            zones=zones,
            openings=openings,
            slots=slots_by_key(_of(on_level, SlotFeature), fixtures, zones, zone_tree, standing_area, walkable_area),
            anchors=tuple(_anchor(feature) for feature in _of(on_level, NodeFeature)),
            kiosks=MappingProxyType({k.properties.kiosk_key: _kiosk(k, walkable_area) for k in kiosk_features}),
            entrances=tuple(opening.middle for opening in openings if opening.is_entrance),
            checkouts=_checkouts(_of(on_level, AmenityFeature), fixtures),
            _zone_tree=zone_tree,
        )

    @property
    def obstacles(self) -> list[BaseGeometry]:
        """All that stands in the way, walls with their thickness."""
        return _obstacles(self.fixtures, self.walls, self.blocked_areas, [k.polygon for k in self.kiosks.values()])

    def area_for_body(self, radius_m: float) -> shapely.MultiPolygon:
        """Where the middle of a body of this radius can be, a millimetre of care kept."""
        if radius_m == BODY_RADIUS_M:
            return self.standing_area
        return floor_between(self.outline, self.obstacles, radius_m + CARE_M)

    def zone_at(self, x_m: float, y_m: float) -> Zone | None:
        """The zone of a place; on a shared border, and where zones overlap, the first of the document."""
        index = int(self.zones_at(np.array([[x_m, y_m]], dtype=np.float64))[0])
        return None if index < 0 else self.zones[index]

    def zones_at(self, points_m: NDArray[np.float64]) -> NDArray[np.int64]:
        """Zones of many places at once.

        Parameters
        ----------
        points_m : ndarray, shape (P, 2)

        Returns
        -------
        ndarray of int, shape (P,)
            Index into ``zones``, -1 for none.
        """
        return first_zones(self._zone_tree, len(self.zones), points_m)

    def nearest_walkable(self, x_m: float, y_m: float) -> Point:
        """The place itself where it is walkable, else the nearest that is; the place where nothing is walkable."""
        point = shapely.Point(x_m, y_m)
        if self.walkable_area.is_empty or shapely.intersects(self.walkable_area, point):
            return (x_m, y_m)
        nearest = shapely.get_point(shapely.shortest_line(self.walkable_area, point), 0)
        return (float(nearest.x), float(nearest.y))


def _of(features: Sequence[Feature], kind: type[_F]) -> list[_F]:
    return [feature for feature in features if isinstance(feature, kind)]


def _obstacles(
    fixtures: Sequence[Fixture], walls: Sequence[Wall], blocked: Sequence[BaseGeometry], kiosks: Sequence[BaseGeometry]
) -> list[BaseGeometry]:
    thick = [shapely.buffer(wall.line, WALL_HALF_THICKNESS_M, cap_style="square", join_style="mitre") for wall in walls]
    return [*(fixture.polygon for fixture in fixtures), *thick, *blocked, *kiosks]


def _is_blocked(area: BlockedAreaFeature, at: datetime | None) -> bool:
    begins, ends = area.properties.from_at, area.properties.until_at
    if begins is None and ends is None:
        return True
    return at is not None and (begins is None or begins <= at) and (ends is None or at < ends)


def _xy(position: Sequence[float]) -> Point:
    return (round(float(position[0]), 6), round(float(position[1]), 6))


def _line(coordinates: Sequence[Sequence[float]]) -> shapely.LineString:
    return shapely.LineString([_xy(position) for position in coordinates])


def _label(labels: Labels | None, key: str) -> str:
    return key if not labels else labels.get("en") or next(iter(labels.values()))


def _fixture(feature: FixtureFeature) -> Fixture:
    p = feature.properties
    return Fixture(p.key, feature.id, p.category, polygon_of(feature.geometry), p.department, p.height_m)


def _wall(feature: WallFeature) -> Wall:
    return Wall(feature.properties.key, _line(feature.geometry.coordinates), feature.properties.attenuation_db)


def _zone(feature: SectionFeature) -> Zone:
    p = feature.properties
    return Zone(p.key, _label(p.name, p.key), polygon_of(feature.geometry), p.is_sensitive)


def _opening(feature: OpeningFeature) -> Opening:
    p = feature.properties
    is_entrance = p.access != "out" and p.category != "emergencyexit"
    return Opening(p.key, _line(feature.geometry.coordinates), is_entrance)


def _anchor(feature: NodeFeature) -> tuple[str, float, float, float | None]:
    x_m, y_m = _xy(feature.geometry.coordinates)
    return (feature.properties.node_key, x_m, y_m, feature.properties.z_m)


def _kiosk(feature: KioskFeature, walkable_area: BaseGeometry) -> KioskPlace:
    p = feature.properties
    eye = _xy(p.display_point.coordinates)
    catchment = sight_area(walkable_area, eye, p.catchment_radius_m) if p.catchment is None else polygon_of(p.catchment)
    return KioskPlace(p.kiosk_key, p.key, polygon_of(feature.geometry), eye, catchment, p.facing_deg)


def _checkouts(amenities: Sequence[AmenityFeature], fixtures: Sequence[Fixture]) -> tuple[Point, ...]:
    tills = tuple(_xy(a.geometry.coordinates) for a in amenities if a.properties.category == "checkout")
    if tills:
        return tills
    desks = (fixture.polygon.centroid for fixture in fixtures if fixture.category == FixtureKind.CHECKOUT_DESK)
    return tuple((float(desk.x), float(desk.y)) for desk in desks)
