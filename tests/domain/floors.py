"""Small floors for tests, drawn in code, and the shared ones where they are there."""

from __future__ import annotations

import copy
import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest

from store_server.wire.floorplans import FloorplanDocument

REPOSITORY = Path(__file__).resolve().parents[2]
SHARED = (REPOSITORY / os.environ.get("AISLEWAY_DATA", "../shared/data")).resolve() / "floorplans"

Box = tuple[float, float, float, float]
Json = dict[str, Any]


def ring(box: Box) -> list[list[float]]:
    x0, y0, x1, y1 = box
    return [[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]]


def feature(feature_type: str, key: str, geometry: Json, **properties: Any) -> Json:
    """A feature on the level ``L``; its id is its key."""
    return {
        "type": "Feature",
        "id": key,
        "feature_type": feature_type,
        "geometry": geometry,
        "properties": {"key": key, "level_id": "L", **properties},
    }


def area(feature_type: str, key: str, box: Box, **properties: Any) -> Json:
    return feature(feature_type, key, {"type": "Polygon", "coordinates": [ring(box)]}, **properties)


def fixture(key: str, box: Box) -> Json:
    return area("fixture", key, box, category="gondola")


def line(feature_type: str, key: str, *points: tuple[float, float], **properties: Any) -> Json:
    return feature(feature_type, key, {"type": "LineString", "coordinates": [list(p) for p in points]}, **properties)


def slot(key: str, fixture_key: str, at: tuple[float, float], facing: tuple[float, float], **properties: Any) -> Json:
    given = {"side": "W", "bay": 1, "shelf": 1, "fixture_id": fixture_key, "facing": list(facing), **properties}
    return feature("shelf_slot", key, {"type": "Point", "coordinates": list(at)}, **given)


def node(key: str, at: tuple[float, float]) -> Json:
    return feature("scanner_node", key, {"type": "Point", "coordinates": list(at)}, node_key=key, z_m=3.0)


def kiosk(key: str, box: Box, display: tuple[float, float], radius_m: float = 3.0) -> Json:
    point = {"type": "Point", "coordinates": list(display)}
    return area("kiosk", key, box, kiosk_key=f"screen-{key}", display_point=point, catchment_radius_m=radius_m)


def plan(*features: Json, outline: Box = (0, 0, 20, 12), **head: Any) -> Json:
    """A plan of one level with the given features."""
    level = area("level", "L", outline, ordinal=0)
    return {"type": "FeatureCollection", "name": "small", "crs_local": {}, "features": [level, *features], **head}


def shop() -> Json:
    """A small sound shop: two gondolas, slots on both sides of the aisle between them, nodes, a kiosk, two zones."""
    return plan(
        fixture("A", (5, 3, 6, 9)),
        fixture("B", (8, 3, 9, 9)),
        slot("A-E-1", "A", (6, 5), (1, 0), side="E", sku="SKU1", department="dairy"),
        slot("A-E-2", "A", (6, 7), (1, 0), side="E", bay=2, sku="SKU2"),
        slot("B-W-1", "B", (8, 5), (-1, 0), sku="SKU3"),
        area("section", "left", (0, 0, 7, 12), name={"de": "Links", "en": "Left"}),
        area("section", "right", (7, 0, 20, 12), name={"de": "Rechts"}, is_sensitive=True),
        line("opening", "door", (1, 0), (3, 0), category="pedestrian.principal"),
        line("opening", "exit", (0, 5), (0, 6), category="emergencyexit", access="out"),
        feature("amenity", "till", {"type": "Point", "coordinates": [15, 2]}, category="checkout"),
        node("n1", (2, 2)),
        node("n2", (18, 2)),
        node("n3", (10, 11)),
        kiosk("k", (14.75, 7.75, 15.25, 8.25), (15, 7)),
    )


def document(raw: Json) -> FloorplanDocument:
    return FloorplanDocument.model_validate_json(json.dumps(raw))


def found(raw: Json, key: str) -> Json:
    """The feature with this key, to be changed in place."""
    (match,) = (item for item in raw["features"] if item["properties"]["key"] == key)
    return match  # type: ignore[no-any-return]


def changed(raw: Json) -> Json:
    """A copy that may be changed."""
    return copy.deepcopy(raw)


def shared_plan(name: str) -> Json:
    """A shared plan; the test is skipped where the data is not there."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{name} is not there: not measured")
    raw = path.read_bytes()
    return json.loads(gzip.decompress(raw) if name.endswith(".gz") else raw)  # type: ignore[no-any-return]
