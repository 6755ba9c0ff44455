"""One level of a plan as shapes: built once from the document, then only asked.

Several levels are several ``Floorplan``s: a body is on one of them, and nothing here joins them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from store_server.domain.floor_reading import (
    PolygonOf,
    anchor_of,
    checkouts_of,
    fixture_of,
    in_the_way,
    is_blocked,
    kiosk_of,
    of_type,
    opening_of,
    wall_of,
    zone_of,
)
from store_server.domain.floor_shapes import (
    BODY_RADIUS_M,
    CARE_M,
    Fixture,
    KioskPlace,
    Opening,
    Point,
    Slot,
    Wall,
    Zone,
)
from store_server.domain.floor_slots import SlotsOnDemand, first_zones, slots_by_key
from store_server.domain.free_floor import FreeFloor, floor_between
from store_server.domain.plan_problems import InvalidFloorplan, Rule, error, said
from store_server.domain.plan_structure import polygon_of, structure_problems
from store_server.wire.floorplans import (
    AmenityFeature,
    BlockedAreaFeature,
    Feature,
    FixtureFeature,
    FloorplanDocument,
    KioskFeature,
    LevelFeature,
    NodeFeature,
    OpeningFeature,
    SectionFeature,
    SlotFeature,
    WallFeature,
)

__all__ = ["Floorplan", "InvalidFloorplan", "levels_in", "levels_of"]

Floors = tuple[FreeFloor, FreeFloor]
"""Of the ``walkable_area`` and the ``standing_area``."""


def levels_of(document: FloorplanDocument) -> tuple[LevelFeature, ...]:
    """The plan's levels, the one nearest the ground first."""
    return levels_in(document.features)


def levels_in(features: Iterable[Feature]) -> tuple[LevelFeature, ...]:
    """The levels among some shapes, the one nearest the ground first."""
    found = (feature for feature in features if isinstance(feature, LevelFeature))
    return tuple(sorted(found, key=lambda level: (abs(level.properties.ordinal), level.properties.ordinal)))


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What is known of a level before its shapes are made.

    Attributes
    ----------
    polygon : callable
        How rings become polygons.
    floors : (FreeFloor, FreeFloor) or None
        Those of the level as it was.
    are_floors_same : bool
        Whether the same stands on the floor still, in the same order.
    kiosks : Mapping of feature id to KioskPlace
    """

    polygon: PolygonOf = polygon_of
    floors: Floors | None = None
    are_floors_same: bool = False
    kiosks: Mapping[str, KioskPlace] = field(default_factory=dict)


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
    floors: Floors = field(repr=False)
    """What the floor of the level after an edit is made from."""
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
            words = said("unknown_reference.no_such_level", level=str(level_id))
            raise InvalidFloorplan([error(Rule.UNKNOWN_REFERENCE, (), None, words)])
        on_level = [feature for feature in document.features if feature.properties.level_id == level.id]
        floorplan = cls.of_level(level, on_level, lambda: of_type(on_level, SlotFeature), at)
        # Made at once: a running store must not wait for them when the first shopper comes.
        for kiosk in floorplan.kiosks.values():
            _ = kiosk.catchment
        return replace(floorplan, slots=MappingProxyType(dict(floorplan.slots)))

    @classmethod
    def of_level(
        cls,
        level: LevelFeature,
        drawn: Sequence[Feature],
        slots: Callable[[], Sequence[SlotFeature]],
        at: datetime | None = None,
        known: Known | None = None,
    ) -> Floorplan:
        """The shapes of a level whose structure is known to be sound; its slots are worked out when first asked for.

        Parameters
        ----------
        drawn : sequence of Feature
            What is on the level.
        slots : callable
            Gives the slots on the level, in their order.
        known : Known, optional
            What need not be worked out again.

        Raises
        ------
        InvalidFloorplan
            As ``floor_between`` does.
        """
        known = known or Known()
        polygon, floors = known.polygon, known.floors
        outline = polygon(level.geometry)
        fixtures = tuple(fixture_of(feature, polygon) for feature in of_type(drawn, FixtureFeature))
        walls = tuple(wall_of(feature) for feature in of_type(drawn, WallFeature))
        blocked = tuple(polygon(area.geometry) for area in of_type(drawn, BlockedAreaFeature) if is_blocked(area, at))
        kiosks = of_type(drawn, KioskFeature)
        if floors is None or not known.are_floors_same:
            walkable, standing = floors or (None, None)
            obstacles = in_the_way(fixtures, walls, blocked, [polygon(kiosk.geometry) for kiosk in kiosks])
            floors = (
                FreeFloor.between(outline, obstacles, 0.0, before=walkable),
                FreeFloor.between(outline, obstacles, BODY_RADIUS_M + CARE_M, before=standing),
            )
        walkable_area, standing_area = floors[0].area, floors[1].area
        shapely.prepare(walkable_area)
        shapely.prepare(standing_area)
        zones = tuple(zone_of(feature, polygon) for feature in of_type(drawn, SectionFeature))
        openings = tuple(opening_of(feature) for feature in of_type(drawn, OpeningFeature))
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
            slots=SlotsOnDemand(
                lambda: slots_by_key(slots(), fixtures, zones, zone_tree, standing_area, walkable_area)
            ),
            anchors=tuple(anchor_of(feature) for feature in of_type(drawn, NodeFeature)),
            kiosks=MappingProxyType(
                {k.properties.kiosk_key: known.kiosks.get(k.id) or kiosk_of(k, walkable_area, polygon) for k in kiosks}
            ),
            entrances=tuple(opening.middle for opening in openings if opening.is_entrance),
            checkouts=checkouts_of(of_type(drawn, AmenityFeature), fixtures),
            floors=floors,
            _zone_tree=zone_tree,
        )

    @property
    def obstacles(self) -> list[BaseGeometry]:
        """All that stands in the way, walls with their thickness."""
        return in_the_way(self.fixtures, self.walls, self.blocked_areas, [k.polygon for k in self.kiosks.values()])

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


def next_blocking_change(document: FloorplanDocument, at: datetime) -> datetime | None:
    """The first instant after ``at`` at which an area begins or ends to be blocked; None where nothing is dated after it."""
    dated = (
        instant
        for feature in document.features
        if isinstance(feature, BlockedAreaFeature)
        for instant in (feature.properties.from_at, feature.properties.until_at)
        if instant is not None and instant > at
    )
    return min(dated, default=None)
