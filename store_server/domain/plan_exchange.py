"""Plans as other tools write them: GeoJSON in degrees (RFC 7946), with IMDF's feature types, to and from our local metres.

The frame is a tangent plane at the origin, true to a millimetre over the size of a shop. North stays up: nothing is turned.
"""

from __future__ import annotations

import json
import math
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from store_server.domain.plan_form import read_document, read_json
from store_server.domain.plan_problems import InvalidFloorplan, Rule, error, said
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

HEADER_KEYS = ("synthetic", "generator", "attribution", "accepted")
"""What a plan says of itself beside its name and place."""


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


def made_id(kind: uuid.UUID, name: str) -> str:
    """An id that is the same each time, whatever the name holds: half a letter (a lone surrogate) as well."""
    return str(uuid.uuid5(kind, name.encode("utf-8", "backslashreplace").decode()))


Place = Callable[[float, float], tuple[float, float]]


def in_degrees(origin_lonlat: Sequence[float]) -> Place:
    """From metres to longitude and latitude, to a hundredth of a millimetre."""
    longitude, latitude = origin_lonlat
    east_m, north_m = metres_per_degree(latitude)
    return lambda x, y: (round(longitude + x / east_m, 10), round(latitude + y / north_m, 10))


def in_metres(origin_lonlat: Sequence[float]) -> Place:
    """From longitude and latitude to metres, to the millimetre."""
    longitude, latitude = origin_lonlat
    east_m, north_m = metres_per_degree(latitude)
    return lambda x, y: (round((x - longitude) * east_m, 3), round((y - latitude) * north_m, 3))


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
        reframe(plain["features"], in_degrees(origin))
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
        raise InvalidFloorplan([error(Rule.NOT_A_PLAN, (), None, said("not_a_plan.no_numbers"))]) from None
    return read_document(text.encode()), left_out


def _in_metres(plain: Mapping[str, Any]) -> tuple[dict[str, Any], Counter[str]]:
    origin = origin_of(plain.get("origin_lonlat"), plain["features"])
    left_out: Counter[str] = Counter()
    features = _taken(plain["features"], left_out)
    reframe(features, in_metres(origin))
    given_name = plain.get("name")
    document = {
        "type": "FeatureCollection",
        "name": given_name if isinstance(given_name, str) and given_name else "imported",
        "crs_local": {"origin_lonlat": list(origin)},
        "features": features,
    }
    return document | {key: plain[key] for key in HEADER_KEYS if key in plain}, left_out


def origin_of(stated: Any, features: Iterable[Any]) -> tuple[float, float]:
    """Longitude and latitude of the plan's origin: what the file says, else the lower-left corner of everything in it.

    Raises
    ------
    InvalidFloorplan
        Naming the first feature whose coordinates are no degrees. What are no numbers is the contract's to find.
    """
    if isinstance(stated, list) and len(stated) == 2 and _are_numbers(stated):
        if not _are_degrees(stated):
            raise _not_degrees(None, stated)
        return (stated[0], stated[1])
    west, south = math.inf, math.inf
    for feature in features:
        for at in filter(_are_numbers, positions_of(feature)):
            if not _are_degrees(at):
                raise _not_degrees(feature, at)
            west, south = min(west, at[0]), min(south, at[1])
    if math.isinf(west):
        raise InvalidFloorplan([error(Rule.NOT_A_PLAN, (), None, said("not_a_plan.no_coordinates"))])
    return (west, south)


def _are_numbers(at: Sequence[Any]) -> bool:
    return all(isinstance(value, int | float) and math.isfinite(value) for value in at[:2])


def _are_degrees(at: Sequence[float]) -> bool:
    return abs(at[0]) <= 180 and abs(at[1]) <= 85


def _not_degrees(feature: Any, at: Sequence[float]) -> InvalidFloorplan:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    given = properties if isinstance(properties, dict) else {}
    key = next((str(k)[:64] for k in (given.get("key"), (feature or {}).get("id")) if isinstance(k, str) and k), None)
    x, y = float(at[0]), float(at[1])
    if key is None:
        return InvalidFloorplan([error(Rule.NOT_A_PLAN, (), None, said("not_a_plan.origin_no_degrees", x=x, y=y))])
    return InvalidFloorplan([error(Rule.NOT_A_PLAN, (key,), None, said("not_a_plan.no_degrees", shape=key, x=x, y=y))])


def positions_of(feature: Any) -> list[tuple[Any, ...]]:
    """All positions in a feature's geometry, whatever they are."""
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
        feature_id = given.get("id") if isinstance(given.get("id"), str) else made_id(_IDS, f"{number}/{key}")
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


def reframe(features: list[dict[str, Any]], place: Place) -> None:
    """Move all coordinates in place, those of display points and catchments as well."""

    def moved(part: Any) -> Any:
        if isinstance(part, list | tuple) and part:
            if all(isinstance(value, int | float) for value in part) and len(part) >= 2:
                return [*place(part[0], part[1]), *part[2:]]
            return [moved(inner) for inner in part]
        return part

    for feature in features:
        properties = feature["properties"]
        for geometry in (feature["geometry"], properties.get("display_point"), properties.get("catchment")):
            if isinstance(geometry, dict) and "coordinates" in geometry:
                geometry["coordinates"] = moved(geometry["coordinates"])
