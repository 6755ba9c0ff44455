"""Plans as hypothesis draws them: turned fixtures, holes, several levels, all kinds of shapes; and how far two lie apart."""

from __future__ import annotations

import math
from typing import Any

import shapely
from hypothesis import strategies as st
from shapely.affinity import rotate, translate
from shapely.geometry.base import BaseGeometry

from store_server.wire.floorplans import FloorplanDocument
from tests.domain.floors import Json, document

CELL_M = 6.0
"""Each shape has a square of its own, so that none overlaps another."""


def _feature(kind: str, key: str, level: str, shape: BaseGeometry, **properties: Any) -> Json:
    return {
        "type": "Feature",
        "id": level if kind == "level" else f"{level}.{kind}.{key}",
        "feature_type": kind,
        "geometry": shapely.geometry.mapping(shape),
        "properties": {"key": f"{level} {key}", "level_id": level, **properties},
    }


@st.composite
def _shape(draw: st.DrawFn, column: int, row: int) -> shapely.Polygon:
    """A turned rectangle, with a hole or without, in one cell."""
    width, depth = draw(st.floats(0.3, 4)), draw(st.floats(0.3, 2))
    shape = shapely.box(-width / 2, -depth / 2, width / 2, depth / 2)
    if draw(st.booleans()):
        hole = shapely.box(-width / 4, -depth / 4, width / 4, depth / 4)
        shape = shapely.Polygon(shape.exterior, [hole.exterior])
    turned = rotate(shape, draw(st.floats(0, 360)), origin=(0, 0))
    return translate(turned, (column + 0.5) * CELL_M, (row + 0.5) * CELL_M)


@st.composite
def _level(draw: st.DrawFn, ordinal: int) -> list[Json]:
    level = f"L{ordinal}"
    columns, rows = draw(st.integers(2, 4)), draw(st.integers(2, 4))
    wide, deep = columns * CELL_M, rows * CELL_M
    outline = shapely.Polygon([(0, 0), (wide, 0), (wide, deep / 2), (wide - 1, deep), (0, deep)])
    if draw(st.booleans()):
        court = shapely.box(wide - 2, 0.5, wide - 1, 1.5)
        outline = shapely.Polygon(outline.exterior, [court.exterior])
    features = [_feature("level", "outline", level, outline, ordinal=ordinal, name={"en": level})]
    kinds = (
        "fixture",
        "section",
        "unit",
        "kiosk",
        "blocked_area",
        "wall",
        "aisle",
        "opening",
        "scanner_node",
        "amenity",
    )
    cells = [(column, row) for column in range(columns) for row in range(rows)]
    for number, (column, row) in enumerate(draw(st.permutations(cells))[:6]):
        kind = draw(st.sampled_from(kinds))
        shape, key = draw(_shape(column, row)), f"{kind}-{number}"
        if kind in ("wall", "aisle", "opening"):
            line = shapely.LineString(shape.exterior.coords[:3])
            category = {"category": "pedestrian"} if kind == "opening" else {}
            features.append(_feature(kind, f"{number}", level, line, **category))
        elif kind in ("scanner_node", "amenity"):
            given = {"category": "checkout"} if kind == "amenity" else {"node_key": f"rpi-{level}-{number}", "z_m": 3.2}
            features.append(_feature(kind, f"{number}", level, shape.centroid, **given))
        elif kind == "kiosk":
            point = shapely.geometry.mapping(shape.centroid)
            given = {"kiosk_key": f"screen-{level}-{number}", "display_point": point, "facing_deg": 90.0}
            catchment = shapely.geometry.mapping(shape.convex_hull)
            features.append(_feature(kind, f"{number}", level, shape, catchment=catchment, **given))
        else:
            given = {"category": "gondola"} if kind == "fixture" else {}
            given = {"category": "stairs", "connects": f"stairs-{number}"} if kind == "unit" else given
            features.append(_feature(kind, f"{number}", level, shape, **given))
            if kind == "fixture":
                at = shapely.Point(shape.exterior.coords[0])
                slot = {"fixture_id": features[-1]["id"], "side": "W", "bay": 1, "shelf": 1, "facing": [-1.0, 0.0]}
                features.append(_feature("shelf_slot", key, level, at, sku=f"SKU {number}", **slot))
    return features


@st.composite
def plans(draw: st.DrawFn) -> FloorplanDocument:
    """A plan of one to three levels, its lower left corner in the origin."""
    ordinals = draw(st.sampled_from([(0,), (0, 1), (-1, 0, 1)]))
    levels = [draw(_level(ordinal)) for ordinal in ordinals]
    features = [feature for level in levels for feature in level]
    head: Json = {"name": draw(st.sampled_from(["Shop", "Markt é"])), "attribution": "Somebody"}
    return document({"type": "FeatureCollection", "crs_local": {}, "features": features, **head})


def shapes(plan: FloorplanDocument, *left_out: str) -> list[tuple[str, str, BaseGeometry]]:
    """Kind, level's ordinal and shape of all features but some kinds."""
    ordinals = {f.id: f.properties.ordinal for f in plan.features if f.feature_type == "level"}
    return [
        (f.feature_type, str(ordinals[f.properties.level_id]), shapely.geometry.shape(f.geometry.model_dump()))
        for f in plan.features
        if f.feature_type not in left_out
    ]


def off_by_m(before: BaseGeometry, after: BaseGeometry) -> float:
    """How far the corners of one shape lie from the other's outline, whatever order they are in."""
    if before.geom_type != after.geom_type:
        return math.inf
    holes = [len(shape.interiors) for shape in (before, after) if isinstance(shape, shapely.Polygon)]
    if holes and holes[0] != holes[1]:
        return math.inf
    return float(shapely.hausdorff_distance(_edge(before), _edge(after)))


def _edge(shape: BaseGeometry) -> BaseGeometry:
    return shape.boundary if isinstance(shape, shapely.Polygon) else shape
