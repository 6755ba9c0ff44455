"""Plans as another tool writes them: boxes in a city, in degrees, with whatever that tool says of them."""

from __future__ import annotations

import json
from typing import Any

from store_server.domain.plan_exchange import import_geojson
from store_server.domain.plan_frames import metres_per_degree
from store_server.domain.plan_problems import Problem
from store_server.domain.reading_report import ReadPlan
from store_server.wire.floorplans import FloorplanDocument
from store_server.wire.plan_files import LengthUnit
from tests.domain.floors import Json, ring

LON, LAT = 8.54, 47.37
EAST, NORTH = (1 / metres for metres in metres_per_degree(LAT))


def box(kind: str | None, x: float, y: float, width: float, depth: float, **properties: Any) -> Json:
    """A box in metres from a corner in a city, as longitude and latitude, with what another tool says of it."""
    x0, y0, x1, y1 = LON + x * EAST, LAT + y * NORTH, LON + (x + width) * EAST, LAT + (y + depth) * NORTH
    said = properties if kind is None else {"feature_type": kind, **properties}
    geometry = {"type": "Polygon", "coordinates": [ring((x0, y0, x1, y1))]}
    return {"type": "Feature", "geometry": geometry, "properties": said}


def point(kind: str, x: float, y: float, **properties: Any) -> Json:
    at = [LON + x * EAST, LAT + y * NORTH]
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": at},
        "properties": {"feature_type": kind, **properties},
    }


def read(
    *features: Any, draft: FloorplanDocument | None = None, unit: LengthUnit | None = None, **head: Any
) -> ReadPlan:
    raw = {"type": "FeatureCollection", "features": list(features), **head}
    return import_geojson(json.dumps(raw).encode(), unit, draft)


def messages(problems: tuple[Problem, ...]) -> list[str]:
    return [problem.said.message for problem in problems]


LEVEL = box("level", 0, 0, 20, 12, name="Shop")


def broken(change: Any) -> Json:
    item = box("fixture", 5, 5, 1, 2, name="Bad", category="gondola")
    change(item)
    return item
