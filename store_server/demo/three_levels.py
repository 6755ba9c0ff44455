"""Make a floorplan of a real building of three levels: ``python -m store_server.demo.three_levels demo-map.geojson [PLAN]``.

The source is OpenIndoorMaps' demo map (Apache-2.0; see NOTICE). It calls the floor of each level a corridor, leaves the ground
level's number out, and marks rooms with points and specks of lines beside their polygons. What is mended here: floors become
levels, of an outline that touches itself the largest sound part stays, rooms drawn twice are taken once and cut to their level,
points and specks are left out.

What is added: the source names no way between its levels. The small block that stands alike on every level is taken for the lift,
and stairs are invented beside it, where the floor of every level is free.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.affinity import affine_transform

from store_server.domain.plan_exchange import import_geojson
from store_server.domain.plan_structure import polygon_of
from store_server.wire.floorplans import FloorplanDocument, LevelFeature, UnitFeature

PLAN = Path(__file__).resolve().parents[2] / "floorplans" / "three_levels.floorplan.json"

NAMES = {0: "Ground floor", 1: "First floor", 2: "Second floor"}

SAME_SHARE = 0.9
"""Of the smaller of two rooms: more within another, and it is that room drawn twice."""
SMALLEST_ROOM_M2 = 0.5

LARGEST_LIFT_M2 = 10.0
STAIRS_M = (3.6, 1.6)
"""Along the lift's side and away from it."""
BESIDE_M = 0.2
ALIKE_M = 0.05

Json = dict[str, Any]


def three_levels(raw: bytes) -> tuple[FloorplanDocument, Counter[str]]:
    """The plan in the demo map's bytes, and what was left out of it."""
    source: Json = json.loads(raw)
    told = [told for feature in source["features"] if (told := _told(feature)) is not None]
    left_out = Counter({"points and specks": len(source["features"]) - len(told)})
    for number, feature in enumerate(told):
        feature["properties"]["key"] = feature["properties"].get("key") or f"room/{number}"
        feature["id"] = f"three-levels/{feature['properties']['key']}"
    collection = {
        "type": "FeatureCollection",
        "name": "Three levels",
        "generator": "store_server/demo/three_levels.py",
        "attribution": "OpenIndoorMaps demo map, Apache-2.0; outlines mended, stairs added for Aisleway.",
        "features": told,
    }
    document, unknown, _, _ = import_geojson(json.dumps(collection).encode())
    mended = _mended(document)
    left_out["rooms drawn twice"] = len(document.features) - len(mended)
    features = _with_ways(mended)
    text = json.dumps({**document.model_dump(mode="json", exclude_none=True), "features": features})
    return FloorplanDocument.model_validate_json(text), left_out + unknown


def _told(feature: Json) -> Json | None:
    """The feature in our words; None for what is no area."""
    given = feature["properties"]
    ordinal = int(given["level_id"] or 0)
    if feature["geometry"]["type"] != "Polygon":
        return None
    level_id = f"three-levels/level/{ordinal}"
    if given["feature_type"] == "corridor":
        properties = {"key": f"level/{ordinal}", "ordinal": ordinal, "name": {"en": NAMES[ordinal]}}
        return {**feature, "feature_type": "level", "properties": properties}
    properties = {"level_id": level_id, "category": "unspecified"}
    return {**feature, "feature_type": "unit", "properties": properties}


def _mended(document: FloorplanDocument) -> list[Json]:
    floors = {
        level.id: _sound(polygon_of(level.geometry)) for level in document.features if isinstance(level, LevelFeature)
    }
    kept: dict[str, list[shapely.Polygon]] = {level_id: [] for level_id in floors}
    features = []
    for feature in document.features:
        if isinstance(feature, LevelFeature):
            features.append(_with_shape(feature, floors[feature.id]))
        elif isinstance(feature, UnitFeature):
            level_id = feature.properties.level_id
            shape = _sound(shapely.intersection(_sound(polygon_of(feature.geometry)), floors[level_id]))
            if shape.area >= SMALLEST_ROOM_M2 and not any(_same(shape, other) for other in kept[level_id]):
                kept[level_id].append(shape)
                features.append(_with_shape(feature, shape))
    return features


def _with_ways(features: list[Json]) -> list[Json]:
    """The features, the lift known as one and stairs beside it on every level; as they are where there is no lift."""
    floors = {f["id"]: _drawn(f) for f in features if f["feature_type"] == "level"}
    rooms = [feature for feature in features if feature["feature_type"] == "unit"]
    lift = _lift(rooms, set(floors))
    if not lift:
        return features
    shaft = _drawn(lift[0])
    # A room round the lift is its landing.
    standing = [shape for shape in map(_drawn, rooms) if not shape.intersects(shaft)]
    free = shapely.intersection_all(list(floors.values())).difference(shapely.union_all(standing))
    place = next((place for place in _beside(shaft) if free.contains(place)), None)
    if place is None:
        return features
    ids = {room["id"] for room in lift}
    told = [
        {**f, "properties": {**f["properties"], "category": "elevator", "connects": "lift"}} if f["id"] in ids else f
        for f in features
    ]
    tidy = shapely.transform(place.normalize(), lambda at: np.round(at, 3) + 0.0)
    for level_id in floors:
        key = f"stairs/{level_id.rsplit('/', 1)[-1]}"
        told.append(
            {
                "type": "Feature",
                "id": f"three-levels/{key}",
                "feature_type": "unit",
                "geometry": json.loads(shapely.to_geojson(tidy)),
                "properties": {"key": key, "level_id": level_id, "category": "stairs", "connects": "stairs"},
            }
        )
    return told


def _lift(rooms: list[Json], level_ids: set[str]) -> list[Json]:
    """The smallest room that stands alike on every level, once on each."""
    small = sorted((room for room in rooms if _drawn(room).area <= LARGEST_LIFT_M2), key=lambda room: _drawn(room).area)
    for room in small:
        alike = [other for other in small if shapely.hausdorff_distance(_drawn(room), _drawn(other)) <= ALIKE_M]
        if len(alike) == len(level_ids) and {other["properties"]["level_id"] for other in alike} == level_ids:
            return alike
    return []


def _beside(shaft: shapely.Polygon) -> Iterator[shapely.Polygon]:
    """Where stairs might be: along each side of the lift, a little away from it."""
    along_m, away_m = STAIRS_M
    corners = shapely.get_coordinates(shapely.orient_polygons(shapely.oriented_envelope(shaft)))
    for start, end in pairwise(corners):
        ux, uy = (end - start) / max(float(np.hypot(*(end - start))), 1e-9)
        middle = (start + end) / 2 + np.array([uy, -ux]) * BESIDE_M
        # Anticlockwise, so that out is to the right.
        flat = shapely.box(-along_m / 2, -away_m, along_m / 2, 0)
        yield affine_transform(flat, [ux, -uy, uy, ux, middle[0], middle[1]])


def _drawn(feature: Json) -> shapely.Polygon:
    return shapely.Polygon(feature["geometry"]["coordinates"][0], feature["geometry"]["coordinates"][1:])


def _same(room: shapely.Polygon, other: shapely.Polygon) -> bool:
    return shapely.intersection(room, other).area > SAME_SHARE * min(room.area, other.area)


def _sound(shape: shapely.Geometry) -> shapely.Polygon:
    """The largest sound part, to the millimetre."""
    parts = shapely.get_parts(shapely.set_precision(shapely.make_valid(shape), 0.001))
    areas = [part for part in parts if isinstance(part, shapely.Polygon)]
    return max(areas, key=lambda part: float(part.area), default=shapely.Polygon())


def _with_shape(feature: LevelFeature | UnitFeature, shape: shapely.Polygon) -> Json:
    plain: Json = feature.model_dump(mode="json", exclude_none=True)
    tidy = shapely.transform(shape.normalize(), lambda at: np.round(at, 3) + 0.0)
    return {**plain, "geometry": json.loads(shapely.to_geojson(tidy))}


def plan_text(document: FloorplanDocument) -> str:
    """The plan file: one feature a line, so that a change shows as a line."""
    plain = document.model_dump(mode="json", exclude_none=True)
    features = plain.pop("features")
    lines = ",\n".join(json.dumps(feature, separators=(",", ":"), ensure_ascii=False) for feature in features)
    return json.dumps(plain, ensure_ascii=False)[:-1] + ', "features": [\n' + lines + "\n]}\n"


def main(source: Path, plan: Path = PLAN) -> None:
    document, left_out = three_levels(source.read_bytes())
    plan.write_text(plan_text(document), encoding="utf-8", newline="")
    sys.stdout.write("".join(f"{count} {name}\n" for name, count in sorted(left_out.items())))


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:3]))
