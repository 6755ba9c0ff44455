"""Plans as other tools write them: GeoJSON in degrees (RFC 7946), with IMDF's feature types, to and from our local metres.

The frame is a tangent plane at the origin, true to a millimetre over the size of a shop. North stays up: nothing is turned.
"""

from __future__ import annotations

import json
import math
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from store_server.domain.plan_form import read_document, read_json
from store_server.domain.plan_problems import InvalidFloorplan, Rule, error
from store_server.wire.floorplans import FloorplanDocument

_EQUATOR_M = 6_378_137.0
_FLATTENING = 1 / 298.257223563
_IDS = uuid.UUID("51d3c9b0-3f3c-4a55-9d0f-6a8a4c0f9e77")

FEATURE_TYPES = frozenset(
    {
        *("level", "section", "fixture", "opening", "amenity", "unit", "kiosk"),
        *("scanner_node", "shelf_slot", "wall", "aisle", "blocked_area"),
    }
)


def metres_per_degree(latitude_deg: float) -> tuple[float, float]:
    """Metres of one degree of longitude and of latitude (WGS 84).

    >>> [round(metres) for metres in metres_per_degree(0.0)]
    [111319, 110574]
    """
    e2 = _FLATTENING * (2 - _FLATTENING)
    sine = math.sin(math.radians(latitude_deg))
    across_m = _EQUATOR_M / math.sqrt(1 - e2 * sine * sine)
    along_m = across_m * (1 - e2) / (1 - e2 * sine * sine)
    return math.radians(across_m) * math.cos(math.radians(latitude_deg)), math.radians(along_m)


def export_geojson(document: FloorplanDocument, origin_lonlat: tuple[float, float] | None = None) -> str:
    """The plan as GeoJSON text: in degrees where its place on Earth is known, otherwise as it is, in metres.

    Parameters
    ----------
    origin_lonlat : (longitude, latitude), optional
        Where the plan's origin lies; what the plan itself says by default.
    """
    plain: dict[str, Any] = document.model_dump(mode="json", exclude_none=True)
    origin = origin_lonlat or document.crs_local.origin_lonlat
    if origin is not None:
        east_m, north_m = metres_per_degree(origin[1])
        _reframe(
            plain["features"], lambda x, y: (round(origin[0] + x / east_m, 10), round(origin[1] + y / north_m, 10))
        )
        del plain["crs_local"]
        plain["origin_lonlat"] = list(origin)
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")) + "\n"


def import_geojson(raw: bytes) -> tuple[FloorplanDocument, Counter[str]]:
    """A plan from GeoJSON: ours in metres as it is, anybody's in degrees turned into metres.

    Returns
    -------
    document : FloorplanDocument
    left_out : Counter
        Feature types that a floorplan has no place for, and how many of each were left out.

    Raises
    ------
    InvalidFloorplan
        For what is no plan after that either.
    """
    plain = read_json(raw)
    if "crs_local" in plain:
        return read_document(raw), Counter()
    try:
        document, left_out = _in_metres(plain)
        text = json.dumps(document)
    except (OverflowError, RecursionError):
        words = "Coordinates are nested too deeply, or no numbers of this world."
        raise InvalidFloorplan([error(Rule.NOT_A_PLAN, (), None, words)]) from None
    return read_document(text.encode()), left_out


def _in_metres(plain: Mapping[str, Any]) -> tuple[dict[str, Any], Counter[str]]:
    origin = _origin(plain)
    east_m, north_m = metres_per_degree(origin[1])
    left_out: Counter[str] = Counter()
    features = _taken(plain["features"], left_out)
    _reframe(features, lambda x, y: (round((x - origin[0]) * east_m, 3), round((y - origin[1]) * north_m, 3)))
    given_name = plain.get("name")
    document = {
        "type": "FeatureCollection",
        "name": given_name if isinstance(given_name, str) and given_name else "imported",
        "crs_local": {"origin_lonlat": list(origin)},
        "features": features,
    }
    return document | {key: plain[key] for key in ("synthetic", "generator", "attribution") if key in plain}, left_out


def _origin(plain: Mapping[str, Any]) -> tuple[float, float]:
    """What the file says, else the lower-left corner of everything in it."""
    stated = plain.get("origin_lonlat")
    if isinstance(stated, list) and len(stated) == 2:
        corners = [tuple(stated)]
    else:
        corners = [at for feature in plain["features"] for at in _positions(feature)]
    numbers = [at for at in corners if all(isinstance(value, int | float) and math.isfinite(value) for value in at[:2])]
    if not numbers or not all(abs(at[0]) <= 180 and abs(at[1]) <= 85 for at in numbers):
        words = "The coordinates are not degrees, and the file has no crs_local that says they are metres: add one."
        raise InvalidFloorplan([error(Rule.NOT_A_PLAN, (), None, words)])
    return min(at[0] for at in numbers), min(at[1] for at in numbers)


def _positions(feature: Any) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    waiting = [geometry.get("coordinates")] if isinstance(geometry, dict) else []
    while waiting:
        part = waiting.pop()
        if not isinstance(part, list) or not part:
            continue
        if isinstance(part[0], list):
            waiting.extend(part)
        elif len(part) >= 2:
            found.append(tuple(part))
    return found


def _taken(features: list[Any], left_out: Counter[str]) -> list[dict[str, Any]]:
    """The features a floorplan has a place for, with the ids, keys and levels it needs."""
    kept = []
    for number, feature in enumerate(features, start=1):
        given = feature if isinstance(feature, dict) else {}
        properties = given.get("properties")
        properties = dict(properties) if isinstance(properties, dict) else {}
        feature_type = given.get("feature_type") or properties.pop("feature_type", None)
        if not isinstance(feature_type, str) or feature_type not in FEATURE_TYPES:
            left_out[feature_type if isinstance(feature_type, str) else "without a feature_type"] += 1
            continue
        geometry = _single(given.get("geometry"))
        key = next((str(k) for k in (properties.get("key"), given.get("id")) if k), f"{feature_type}/{number}")[:64]
        properties = {name: value for name, value in properties.items() if value is not None}
        feature_id = given.get("id") if isinstance(given.get("id"), str) else str(uuid.uuid5(_IDS, f"{number}/{key}"))
        kept.append(
            {
                "type": "Feature",
                "id": feature_id,
                "feature_type": feature_type,
                "geometry": geometry,
                "properties": {**properties, "key": key},
            }
        )
    levels = [feature["id"] for feature in kept if feature["feature_type"] == "level"]
    for feature in kept:
        if feature["feature_type"] == "level":
            feature["properties"]["level_id"] = feature["id"]
        elif len(levels) == 1 and feature["properties"].get("level_id") not in levels:
            feature["properties"]["level_id"] = levels[0]
    return kept


def _single(geometry: Any) -> Any:
    """A MultiPolygon of one polygon is that polygon, and so on; several parts are the contract's to refuse."""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    parts = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if isinstance(kind, str) and kind.startswith("Multi") and isinstance(parts, list) and len(parts) == 1:
        return {"type": kind.removeprefix("Multi"), "coordinates": parts[0]}
    return geometry


def _reframe(features: list[dict[str, Any]], place: Callable[[float, float], tuple[float, float]]) -> None:
    """Move all coordinates in place, those of display points as well."""

    def moved(part: Any) -> Any:
        if isinstance(part, list | tuple) and part:
            if all(isinstance(value, int | float) for value in part) and len(part) >= 2:
                return [*place(part[0], part[1]), *part[2:]]
            return [moved(inner) for inner in part]
        return part

    for feature in features:
        display = feature["properties"].get("display_point")
        for geometry in (feature["geometry"], display):
            if isinstance(geometry, dict) and "coordinates" in geometry:
                geometry["coordinates"] = moved(geometry["coordinates"])
