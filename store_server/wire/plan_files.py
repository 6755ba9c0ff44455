"""Plans in files of other tools: what an import found, a drawing's layers and what they are, the picture that is traced."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from store_server.wire.floorplans import Feature, FeatureId
from store_server.wire.message import Identifier, Key, Label, LonLat, Message, Metres
from store_server.wire.people import PlanProblem

MAX_PICTURE_SIDE_PX = 16_000


class PlanFormat(StrEnum):
    """What a plan's file is."""

    GEOJSON = "geojson"
    IMDF = "imdf"
    """A zip archive as OGC 20-094 has it."""
    DXF = "dxf"
    PLANOGRAM = "planogram"
    """The slots, as CSV."""
    PNG = "png"
    """To look at; export only."""


class LengthUnit(StrEnum):
    """What one unit of a file's coordinates is."""

    MILLIMETRE = "mm"
    CENTIMETRE = "cm"
    DECIMETRE = "dm"
    METRE = "m"
    INCH = "in"
    FOOT = "ft"


class LeftOut(Message):
    """What a file holds and a floorplan has no place for."""

    name: Label
    """As the file calls it, or in English where there is a message for it."""
    count: Annotated[int, Field(ge=1)]
    message: Key | None = None
    """Which sentence names it, in any language."""
    figures: Annotated[dict[Key, float | Label], Field(max_length=12)] | None = None
    """What stands in that sentence."""


class ImportedPlan(Message):
    """POST /api/manager/draft/imports: the shapes of a file, for the editor to make an edit of. The draft is untouched."""

    name: Label
    features: tuple[Feature, ...]
    """None of them where the file cannot be used."""
    left_out: tuple[LeftOut, ...] = ()
    problems: tuple[PlanProblem, ...] = ()
    """What is wrong with the file or its shapes, and (warnings) what was assumed."""
    unit: LengthUnit | None = None
    """What one unit of the file was taken for; None where it is in degrees, or has no places of its own."""
    likely_unit: LengthUnit | None = None
    """The unit in which it would have the size of a shop, where it has not: ask."""
    origin_lonlat: LonLat | None = None
    """Longitude and latitude of the plan's origin, where the file says it."""
    attribution: Label | None = None


LayerName = Annotated[str, StringConstraints(min_length=1, max_length=255)]


class DxfUse(StrEnum):
    """What a layer of a drawing is in a floorplan."""

    OUTLINE = "outline"
    WALL = "wall"
    FIXTURE = "fixture"
    ZONE = "zone"
    AISLE = "aisle"
    OPENING = "opening"
    UNIT = "unit"
    """Stairs, lifts, rooms."""
    KIOSK = "kiosk"
    NODE = "node"
    TILL = "till"
    BLOCKED = "blocked"
    SKIP = "skip"


class DxfLayer(Message):
    """One layer of a drawing."""

    name: LayerName
    entities: tuple[LeftOut, ...]
    """How many of each kind: LINE, LWPOLYLINE, INSERT ..."""
    box: Annotated[tuple[float, ...], Field(min_length=4, max_length=4)] | None
    """Its smallest x and y and its largest, in the drawing's own unit; None where it holds nothing that is drawn."""
    guess: DxfUse
    ordinal: Annotated[int, Field(ge=-50, le=200)] = 0
    """The level it seems to be of."""


class DxfLayers(Message):
    """POST /api/manager/draft/dxf-layers: what there is to map."""

    unit: LengthUnit | None
    """None: the drawing does not say; ask."""
    layers: tuple[DxfLayer, ...]
    problems: tuple[PlanProblem, ...] = ()


class DxfLayerUse(Message):
    name: LayerName
    use: DxfUse
    ordinal: Annotated[int, Field(ge=-50, le=200)] = 0
    """The level it is of, where the drawing holds several."""


class DxfMapping(Message):
    """The ``mapping`` of an import of a drawing."""

    unit: LengthUnit | None = None
    """None: as the drawing says."""
    layers: Annotated[tuple[DxfLayerUse, ...], Field(max_length=2000)] = ()
    """A layer that is not named here is skipped."""
    level_id: FeatureId | None = None
    """The level of the draft that shapes are put on where the drawing has no outline."""


class PlanPicture(Message):
    """POST /api/manager/draft/underlays: a picture to trace, kept as a clean PNG."""

    picture_id: Identifier
    width_px: Annotated[int, Field(ge=1, le=MAX_PICTURE_SIDE_PX)]
    height_px: Annotated[int, Field(ge=1, le=MAX_PICTURE_SIDE_PX)]


Pixel = Annotated[
    tuple[Annotated[float, Field(ge=-MAX_PICTURE_SIDE_PX, le=2 * MAX_PICTURE_SIDE_PX)], ...],
    Field(min_length=2, max_length=2),
]


class UnderlayMeasure(Message):
    """One thing whose length is known, from point to point on the picture."""

    from_px: Pixel
    to_px: Pixel
    length_m: Annotated[float, Field(gt=0, le=10_000)]


class AskUnderlayScale(Message):
    """POST /api/manager/draft/underlay-scales: two measures, one more along the picture, the other more across it."""

    measures: Annotated[tuple[UnderlayMeasure, ...], Field(min_length=2, max_length=10)]


class UnderlayScale(Message):
    m_per_px_x: float
    m_per_px_y: float
    stretch: float
    """How much larger one is than the other: 0.1 is 10 %."""
    is_stretched: bool
    """More than a scan or a photo of a plan should be: measure again, or take a better picture."""


Scale = Annotated[float, Field(gt=0, le=100)]


class PlacedUnderlay(Message):
    """GET and PUT /api/manager/draft/underlay: the picture under the draft, and how it lies."""

    picture: PlanPicture | None = None
    """None: there is none; put so, it is taken away."""
    level_id: FeatureId | None = None
    m_per_px_x: Scale = 0.01
    m_per_px_y: Scale = 0.01
    x_m: Metres = 0.0
    y_m: Metres = 0.0
    """Where its lower left corner lies."""
    opacity: Annotated[float, Field(ge=0, le=1)] = 0.5
