"""A store small enough to reason about: two shelves, one door, one till, one kiosk, three nodes; 20 x 12 m."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from store_server.domain.floorplan import Floorplan
from store_server.domain.routing import WalkingGraph
from store_server.wire.floorplans import FloorplanDocument

Feature = dict[str, Any]


def _feature(kind: str, key: str, shape: str, coordinates: Any, **properties: Any) -> Feature:
    return {
        "type": "Feature",
        "id": key,
        "feature_type": kind,
        "geometry": {"type": shape, "coordinates": coordinates},
        "properties": {"key": key, "level_id": "level", **properties},
    }


def _box(x0: float, y0: float, x1: float, y1: float) -> list[list[list[float]]]:
    return [[[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]]]


def _shelf(key: str, x0: float, y0: float, x1: float, y1: float) -> list[Feature]:
    places = [x0 + (i + 0.5) * (x1 - x0) / 3 for i in range(3)]
    slots = [
        _feature(
            "shelf_slot",
            f"{key}-{i}",
            "Point",
            [x, y0],
            fixture_id=key,
            side="S",
            bay=i + 1,
            shelf=1,
            facing=[0.0, -1.0],
        )
        for i, x in enumerate(places)
    ]
    return [_feature("fixture", key, "Polygon", _box(x0, y0, x1, y1), category="gondola", height_m=1.6), *slots]


def _level(width_m: float) -> Feature:
    return _feature("level", "level", "Polygon", _box(0.0, 0.0, width_m, 12.0))


SMALL_STORE: list[Feature] = [
    _level(20.0),
    *_shelf("G1", 4.0, 4.0, 12.0, 5.0),
    *_shelf("G2", 4.0, 9.0, 12.0, 10.0),
    _feature("opening", "door", "LineString", [[1.0, 0.0], [3.0, 0.0]], category="pedestrian.principal", access="both"),
    _feature("amenity", "till", "Point", [16.0, 2.0], category="checkout"),
    _feature(
        "kiosk",
        "K1",
        "Polygon",
        _box(1.0, 6.0, 1.5, 6.5),
        kiosk_key="kiosk-1",
        display_point={"type": "Point", "coordinates": [1.9, 6.25]},
    ),
    *(
        _feature("scanner_node", f"N{i}", "Point", place, node_key=f"rpi-0{i}", z_m=3.0)
        for i, place in enumerate(([2.0, 2.0], [18.0, 2.0], [10.0, 11.0]), start=1)
    ),
]

CLOSED_ROOM: list[Feature] = [
    _feature("wall", "W1", "LineString", [[14.0, 7.0], [14.0, 12.0]]),
    _feature("wall", "W2", "LineString", [[14.0, 7.0], [20.0, 7.0]]),
    *_shelf("G9", 15.0, 9.0, 19.0, 10.0),
]
"""A corner of the store behind walls, with a shelf in it."""


def document(*more: Feature, features: Sequence[Feature] = SMALL_STORE, width_m: float = 20.0) -> FloorplanDocument:
    drawn = [_level(width_m), *(f for f in features if f["feature_type"] != "level"), *more]
    plan = {"type": "FeatureCollection", "name": "small store", "crs_local": {}, "features": drawn}
    return FloorplanDocument.model_validate_json(json.dumps(plan))


def small_store(
    *more: Feature, features: Sequence[Feature] = SMALL_STORE, width_m: float = 20.0
) -> tuple[Floorplan, WalkingGraph]:
    plan = Floorplan.from_document(document(*more, features=features, width_m=width_m))
    return plan, WalkingGraph.prepare(plan)
