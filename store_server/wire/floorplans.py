"""The floorplan as files, the editor and the database hold it: one GeoJSON FeatureCollection in local metres.

x is east, y is north, the origin is the lower-left corner of the outline. ``feature_type`` names follow IMDF (OGC 20-094);
``scanner_node``, ``shelf_slot``, ``wall``, ``aisle`` and ``blocked_area`` are ours. Wider than RFC 7946 in one point only:
coordinates are metres, not degrees, which ``crs_local`` says.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from store_server.wire.message import Instant, Key, Label, LonLat, Message, Metres, Sku

MAX_POSITIONS = 10_000
"""In one ring or line: a shop's outline needs dozens; a million is an attack or the wrong file."""
MAX_FEATURES = 100_000

FeatureId = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z._:/-]+$")]
# Coordinates stop at the first fault (fail_fast): a file of a million wrong numbers is refused as fast as one.
Position = Annotated[tuple[Metres, ...], Field(min_length=2, max_length=3, fail_fast=True)]


class OpenRing(ValueError):
    """A ring that does not end where it begins."""


def _closed(ring: tuple[Position, ...]) -> tuple[Position, ...]:
    if ring[0][:2] != ring[-1][:2]:
        raise OpenRing("a ring ends where it begins: repeat the first position at the end")
    return ring


Ring = Annotated[
    tuple[Position, ...], Field(min_length=4, max_length=MAX_POSITIONS, fail_fast=True), AfterValidator(_closed)
]


class PointGeometry(Message):
    type: Literal["Point"]
    coordinates: Position


class LineGeometry(Message):
    type: Literal["LineString"]
    coordinates: Annotated[tuple[Position, ...], Field(min_length=2, max_length=MAX_POSITIONS, fail_fast=True)]


class PolygonGeometry(Message):
    type: Literal["Polygon"]
    coordinates: Annotated[tuple[Ring, ...], Field(min_length=1, max_length=1000, fail_fast=True)]


_Language = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
Labels = Annotated[dict[_Language, Label], Field(max_length=20)]
"""A label in one or more languages, as IMDF has it: ``{"en": "Bakery"}``."""


class FixtureKind(StrEnum):
    """What stands on the floor. Anything else a file names is kept as OTHER, and stands in the way all the same."""

    GONDOLA = "gondola"
    ENDCAP = "endcap"
    WALL_SHELF = "wall_shelf"
    PROMO_ISLAND = "promo_island"
    COOLER = "cooler"
    TABLE = "table"
    CHECKOUT_DESK = "checkout_desk"
    OTHER = "other"


FeatureKey = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""What people call a shape: ``G001``, ``K 12 left``."""


class _OnLevel(Message):
    """Properties of any shape. Foreign members are dropped (RFC 7946, 6.1, allows them), so that other tools' files open."""

    model_config = ConfigDict(extra="ignore")

    key: FeatureKey
    level_id: FeatureId


class LevelProperties(_OnLevel):
    ordinal: Annotated[int, Field(ge=-50, le=200)] = 0
    name: Labels | None = None
    height_m: Annotated[float, Field(gt=0, le=100)] | None = None


class FixtureProperties(_OnLevel):
    category: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    """A ``FixtureKind`` where we know it."""
    department: Label | None = None
    name: Labels | None = None
    height_m: Annotated[float, Field(gt=0, le=100)] | None = None


class SectionProperties(_OnLevel):
    category: Annotated[str, StringConstraints(min_length=1, max_length=64)] = "retail"
    name: Labels | None = None
    is_sensitive: bool = False
    """Pharmacy, intimate, baby, alcohol, medical: no dwell, no heat cell, no suggestion is derived here."""


class OpeningProperties(_OnLevel):
    category: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    access: Literal["in", "out", "both"] = "both"
    is_step_free: bool = True
    """False where there is a step or a turnstile."""
    name: Labels | None = None


class UnitProperties(_OnLevel):
    """A way between levels, as IMDF's units are: stairs, elevator, escalator, ramp; or any other room."""

    category: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    connects: Key | None = None
    """Units of the same name on other levels are the same stairs or lift."""
    direction: Literal["both", "up", "down"] = "both"
    is_step_free: bool | None = None
    """None: as its category is (an elevator and a ramp are, stairs and escalators are not)."""
    name: Labels | None = None


class AisleProperties(_OnLevel):
    name: Labels | None = None


class AmenityProperties(_OnLevel):
    category: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    name: Labels | None = None


class NodeProperties(_OnLevel):
    node_key: Key
    z_m: Annotated[float, Field(ge=-10, le=100)] | None = None
    """Mounting height above this level's floor."""


class KioskProperties(_OnLevel):
    kiosk_key: Key
    display_point: PointGeometry
    """Where a person stands to use it."""
    catchment_radius_m: Annotated[float, Field(gt=0, le=50)] = 3.0
    """Shoppers this near the display point, within sight, are offered their token here."""
    catchment: PolygonGeometry | None = None
    """Where it serves shoppers, drawn by hand: for a large screen, seen from afar. It then counts instead of the radius."""
    facing_deg: Annotated[float, Field(ge=0, lt=360)] = 0.0
    """The direction a person looking at it faces, clockwise from north: up on its map."""


class SlotProperties(_OnLevel):
    fixture_id: FeatureId
    side: Annotated[str, StringConstraints(min_length=1, max_length=8)]
    bay: Annotated[int, Field(ge=1, le=10_000)]
    shelf: Annotated[int, Field(ge=1, le=50)]
    """1 is the lowest."""
    facing: Annotated[tuple[Annotated[float, Field(ge=-1, le=1)], ...], Field(min_length=2, max_length=2)]
    """Unit vector from the shelf towards the person taking from it."""
    department: Label | None = None
    sku: Sku | None = None


class WallProperties(_OnLevel):
    attenuation_db: Annotated[float, Field(ge=0, le=60)] | None = None
    name: Labels | None = None


class BlockedAreaProperties(_OnLevel):
    from_at: Instant | None = None
    until_at: Instant | None = None
    name: Labels | None = None


class _Feature(Message):
    type: Literal["Feature"]
    id: FeatureId


class LevelFeature(_Feature):
    feature_type: Literal["level"]
    geometry: PolygonGeometry
    properties: LevelProperties


class FixtureFeature(_Feature):
    feature_type: Literal["fixture"]
    geometry: PolygonGeometry
    properties: FixtureProperties


class SectionFeature(_Feature):
    feature_type: Literal["section"]
    geometry: PolygonGeometry
    properties: SectionProperties


class OpeningFeature(_Feature):
    feature_type: Literal["opening"]
    geometry: LineGeometry
    properties: OpeningProperties


class AmenityFeature(_Feature):
    feature_type: Literal["amenity"]
    geometry: PointGeometry
    properties: AmenityProperties


class NodeFeature(_Feature):
    feature_type: Literal["scanner_node"]
    geometry: PointGeometry
    properties: NodeProperties


class KioskFeature(_Feature):
    feature_type: Literal["kiosk"]
    geometry: PolygonGeometry
    properties: KioskProperties


class UnitFeature(_Feature):
    feature_type: Literal["unit"]
    geometry: PolygonGeometry
    properties: UnitProperties


class AisleFeature(_Feature):
    """A named walkway between fixtures, by its middle line."""

    feature_type: Literal["aisle"]
    geometry: LineGeometry
    properties: AisleProperties


class SlotFeature(_Feature):
    feature_type: Literal["shelf_slot"]
    geometry: PointGeometry
    properties: SlotProperties


class WallFeature(_Feature):
    feature_type: Literal["wall"]
    geometry: LineGeometry
    properties: WallProperties


class BlockedAreaFeature(_Feature):
    feature_type: Literal["blocked_area"]
    geometry: PolygonGeometry
    properties: BlockedAreaProperties


Feature = Annotated[
    LevelFeature
    | FixtureFeature
    | SectionFeature
    | OpeningFeature
    | AmenityFeature
    | NodeFeature
    | KioskFeature
    | SlotFeature
    | WallFeature
    | BlockedAreaFeature
    | UnitFeature
    | AisleFeature,
    Field(discriminator="feature_type"),
]


class LocalFrame(Message):
    """How the plan's metres lie: always x east, y north; tied to the Earth only where the store says so."""

    units: Literal["m"] = "m"
    axes: Literal["x=east,y=north"] = "x=east,y=north"
    origin: Annotated[tuple[Metres, ...], Field(min_length=2, max_length=2)] = (0.0, 0.0)
    origin_lonlat: LonLat | None = None
    georeference: dict[str, Any] | None = None


class FloorplanDocument(Message):
    """A whole plan; ``aisleway check-plan`` judges its geometry, this contract only its form."""

    type: Literal["FeatureCollection"]
    format: Literal["aisleway-floorplan-1"] = "aisleway-floorplan-1"
    name: Label
    crs_local: LocalFrame
    features: Annotated[tuple[Feature, ...], Field(max_length=MAX_FEATURES, fail_fast=True)]
    synthetic: bool | None = None
    """True for an invented store, so that a screen can say so."""
    generator: Label | None = None
    attribution: Label | None = None
    """Whose plan or data this is, where a licence asks for it to be said."""
    accepted: Annotated[tuple[Label, ...], Field(max_length=1000)] = ()
    """Ids of warnings that are meant so (see ``DraftProblem``)."""
