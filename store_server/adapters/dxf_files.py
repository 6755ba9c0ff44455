"""DXF files: what their layers hold, the shapes of the mapped ones, and a plan as a drawing with one layer per kind of shape."""

from __future__ import annotations

import io
from collections import Counter, defaultdict

import ezdxf
from ezdxf.layouts import Modelspace
from ezdxf.lldxf import const

from store_server.adapters.dxf_drawings import read_drawing, refusal
from store_server.domain.drawn_layers import Stroke, box_of, guessed_ordinal, guessed_use
from store_server.domain.drawn_shapes import Json, shapes_of
from store_server.domain.floorplan import levels_of
from store_server.domain.plan_frames import METRES
from store_server.domain.plan_problems import said
from store_server.wire.floorplans import (
    FloorplanDocument,
    LineGeometry,
    PointGeometry,
    PolygonGeometry,
    Position,
    SlotFeature,
)
from store_server.wire.plan_files import DxfLayer, DxfLayers, DxfMapping, DxfUse, LeftOut, LengthUnit

WIDEST_M = 5000.0
NARROWEST_M = 0.5

MAX_LAYERS = 2000


def dxf_layers(raw: bytes, unit: LengthUnit | None = None) -> DxfLayers:
    """What each layer of a drawing holds, and a guess of what it is.

    Raises
    ------
    InvalidFloorplan
        For what is no DXF, or more of it than a plan can be.
    """
    drawing = read_drawing(raw, unit)
    by_layer: dict[str, list[Stroke]] = defaultdict(list)
    for stroke in drawing.strokes:
        by_layer[stroke.layer].append(stroke)
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    for (layer, kind), count in drawing.kinds.items():
        kinds[layer.encode("utf-8", "replace").decode()[:255] or "0"][kind] += count
    names = sorted({*by_layer, *kinds})
    if len(names) > MAX_LAYERS:
        raise refusal(said("dxf.too_many_layers", count=len(names), most=MAX_LAYERS))
    whole = box_of(drawing.strokes)
    return DxfLayers(
        unit=drawing.unit,
        layers=tuple(
            DxfLayer(
                name=name,
                entities=tuple(LeftOut(name=kind[:200], count=count) for kind, count in sorted(kinds[name].items())),
                box=box_of(by_layer[name]),
                guess=guessed_use(name, by_layer[name], whole),
                ordinal=guessed_ordinal(name),
            )
            for name in names
        ),
    )


def import_dxf(raw: bytes, mapping: DxfMapping) -> tuple[list[Json], Counter[str], LengthUnit]:
    """The shapes of a drawing's mapped layers as plain features in metres, what was left out, and the unit it was taken in.

    Raises
    ------
    InvalidFloorplan
        For what is no DXF, has no unit, or would be no shop with the one given.
    """
    drawing = read_drawing(raw, mapping.unit)
    unit = mapping.unit or drawing.unit
    if unit is None:
        raise refusal(said("dxf.no_unit"))
    used = {layer.name for layer in mapping.layers if layer.use is not DxfUse.SKIP}
    box = box_of(stroke for stroke in drawing.strokes if stroke.layer in used)
    size_m = max(box[2] - box[0], box[3] - box[1]) * METRES[unit] if box else 0.0
    if box and not NARROWEST_M <= size_m <= WIDEST_M:
        raise refusal(said("dxf.no_shop", unit=unit.value, width_m=size_m))
    features, left_out = shapes_of(drawing.strokes, mapping, METRES[unit])
    left_out.update(drawing.undrawn)
    if not features:
        kinds = ", ".join(f"{count} {kind}" for kind, count in drawing.undrawn.most_common(5))
        raise refusal(said("dxf.only_undrawn", kinds=kinds) if kinds else said("dxf.nothing_drawn"))
    return features, left_out, unit


def export_dxf(document: FloorplanDocument) -> bytes:
    """The plan as DXF in metres: layers ``L0-fixture`` and so on by level and kind; slots, names and heights stay behind.

    A shape with holes is a hatch, any other a closed polyline.
    """
    drawing = ezdxf.new("R2010", units=6)
    space = drawing.modelspace()
    ordinals = {level.id: level.properties.ordinal for level in levels_of(document)}
    for feature in document.features:
        if isinstance(feature, SlotFeature) or feature.properties.level_id not in ordinals:
            continue
        kind = "outline" if feature.feature_type == "level" else feature.feature_type
        layer = f"L{ordinals[feature.properties.level_id]}-{kind}"
        if layer not in drawing.layers:
            drawing.layers.add(layer)
        _draw(space, feature.geometry, layer)
    text = io.StringIO()
    drawing.write(text)
    return text.getvalue().encode("utf-8", "replace")


def _draw(space: Modelspace, geometry: PointGeometry | LineGeometry | PolygonGeometry, layer: str) -> None:
    look = {"layer": layer}
    if isinstance(geometry, PointGeometry):
        space.add_point(geometry.coordinates[:2], dxfattribs=look)
    elif isinstance(geometry, LineGeometry):
        space.add_lwpolyline(_flat(geometry.coordinates), dxfattribs=look)
    elif len(geometry.coordinates) == 1:
        space.add_lwpolyline(_flat(geometry.coordinates[0][:-1]), close=True, dxfattribs=look)
    else:
        hatch = space.add_hatch(dxfattribs=look)
        for number, ring in enumerate(geometry.coordinates):
            flags = const.BOUNDARY_PATH_OUTERMOST if number else const.BOUNDARY_PATH_EXTERNAL
            hatch.paths.add_polyline_path(_flat(ring[:-1]), is_closed=True, flags=flags)


def _flat(path: tuple[Position, ...]) -> list[tuple[float, float]]:
    return [(position[0], position[1]) for position in path]
