"""IMDF features of anybody's archive as a floorplan: in metres, each with the key, level and properties a floorplan needs."""

from __future__ import annotations

import itertools
import json
import math
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import shapely

from store_server.domain.drawn_shapes import standing_before
from store_server.domain.imdf_writing import OURS
from store_server.domain.plan_exchange import FEATURE_TYPES, HEADER_KEYS, in_metres, made_id, origin_of, reframe
from store_server.domain.plan_form import read_document
from store_server.domain.plan_problems import InvalidFloorplan, Rule, error, said
from store_server.wire.floorplans import FloorplanDocument

_IDS = uuid.UUID("a7d5f5c7-3f9f-4d6f-8b6e-2d1f52a07e10")

SILENT = frozenset({"venue", "address", "building", "footprint", "relationship"})
"""What gives the plan its name, place and ways; the shapes themselves have no use for it."""

Json = dict[str, Any]


def plan_of_imdf(files: Mapping[str, Sequence[Any]]) -> tuple[FloorplanDocument, Counter[str]]:
    """A plan from the features of an archive.

    Parameters
    ----------
    files : mapping of file name (without ``.geojson``) to features
        As parsed; nothing is taken for granted.

    Returns
    -------
    document : FloorplanDocument
    left_out : Counter
        Feature types and parts that a floorplan has no place for.

    Raises
    ------
    InvalidFloorplan
    """
    try:
        reader = _Reader(files)
        text = json.dumps(reader.document())
    except (OverflowError, RecursionError):
        raise InvalidFloorplan([error(Rule.NOT_A_PLAN, (), None, said("not_a_plan.no_numbers"))]) from None
    return read_document(text.encode()), reader.left_out


class _Reader:
    def __init__(self, files: Mapping[str, Sequence[Any]]) -> None:
        self.left_out: Counter[str] = Counter()
        self._by_kind: dict[str, list[Json]] = defaultdict(list)
        for name, features in files.items():
            for given in features:
                feature = _object(given)
                kind = feature.get("feature_type")
                kind = kind if isinstance(kind, str) and kind else name
                if kind in FEATURE_TYPES or kind in SILENT:
                    self._by_kind[kind].append(feature)
                else:
                    self.left_out[kind[:200]] += 1
        self._ids: dict[str, str] = {}
        self._level_of_unit: dict[str, str] = {}
        self._ways = self._connections()
        self._keys: set[tuple[str, str]] = set()

    def document(self) -> Json:
        venue = (self._by_kind["venue"] or self._by_kind["building"] or [{}])[0]
        header = _object(venue.get(OURS))
        name = _label(header.get("name")) or _label(_object(venue.get("properties")).get("name")) or "imported"
        features = [
            taken
            for kind in ("level", "unit", *sorted(FEATURE_TYPES - {"level", "unit"}))
            for taken in self._taken(kind)
        ]
        # The levels say where the plan lies; a footprint or a geofence may reach further.
        everything = [feature for features in self._by_kind.values() for feature in features]
        origin = origin_of(header.get("origin_lonlat"), self._by_kind["level"] or everything)
        reframe(features, in_metres(origin))
        for feature in features:
            if feature["feature_type"] == "kiosk" and "display_point" not in feature["properties"]:
                feature["properties"]["display_point"] = _standing(feature["geometry"])
        is_placed = header.get("is_placed") is not False
        return {
            "type": "FeatureCollection",
            "name": name[:200],
            "crs_local": {"origin_lonlat": list(origin)} if is_placed else {},
            "features": features,
        } | {key: header[key] for key in HEADER_KEYS if key in header}

    def _taken(self, kind: str) -> Iterator[Json]:
        for number, feature in enumerate(self._by_kind[kind], start=1):
            ours = _object(feature.get(OURS))
            if ours.get("is_made") is True:
                self._level_of_unit[str(feature.get("id"))] = str(_object(feature.get("properties")).get("level_id"))
                continue
            parts = list(_parts(feature.get("geometry")))
            if kind == "level" and len(parts) > 1:
                self.left_out["further parts of a level"] += len(parts) - 1
                parts = [max(parts, key=lambda given: float(_outer(given).area))]
            for part, geometry in enumerate(parts):
                yield self._feature(kind, number, part, geometry, feature, ours)

    def _feature(self, kind: str, number: int, part: int, geometry: Any, feature: Json, ours: Json) -> Json:
        given = _object(feature.get("properties"))
        imdf_id = str(feature.get("id") or f"{kind}/{number}")
        kept = _object(ours.get("properties"))
        feature_id = _text(ours.get("id")) or _plain_id(imdf_id)
        feature_id = made_id(_IDS, f"{feature_id}/{part}") if part else feature_id
        if not part:
            self._ids[imdf_id] = feature_id
        if kind == "unit" and not part:
            self._level_of_unit[imdf_id] = str(given.get("level_id"))
        level_id = feature_id if kind == "level" else self._level(kind, given)
        key = self._key(kind, _text(kept.get("key")) or _label(given.get("name")) or f"{kind}/{number}", part)
        properties = {**self._properties(kind, imdf_id, given), **kept, "key": key, "level_id": level_id}
        if labels := _labels(given.get("name")):
            properties["name"] = labels
        return {
            "type": "Feature",
            "id": feature_id,
            "feature_type": kind,
            "geometry": geometry,
            "properties": properties,
        }

    def _properties(self, kind: str, imdf_id: str, given: Json) -> Json:
        """What IMDF says that a floorplan has a word for."""
        taken: Json = {}
        category = _text(given.get("category"))
        if kind in ("fixture", "opening", "unit", "amenity", "section"):
            taken["category"] = (category or "unspecified")[:64]
        if kind == "level":
            taken["ordinal"] = given.get("ordinal", 0)
        if kind == "unit" and imdf_id in self._ways:
            taken["connects"] = self._ways[imdf_id]
        if kind == "opening" and category == "emergencyexit":
            taken["access"] = "out"
        if kind == "kiosk":
            name = _label(given.get("name")) or imdf_id
            taken["kiosk_key"] = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name)[
                :64
            ]
            if isinstance(given.get("display_point"), dict):
                taken["display_point"] = dict(given["display_point"])
        return taken

    def _level(self, kind: str, given: Json) -> str:
        """The id of the level a feature is on; an amenity's is its unit's. A store of one level has no other."""
        level_id = given.get("level_id")
        units = given.get("unit_ids")
        if kind == "amenity" and level_id is None and isinstance(units, list) and units:
            level_id = self._level_of_unit.get(str(units[0]))
        known = self._ids.get(str(level_id))
        levels = self._by_kind["level"]
        if known is None and len(levels) == 1:
            known = self._ids.get(str(levels[0].get("id") or "level/1"))
        return known or "unknown"

    def _key(self, kind: str, wanted: str, part: int) -> str:
        wanted = "".join(letter if letter.isprintable() else "?" for letter in wanted)
        wanted = f"{wanted[:56]}/{part + 1}" if part else wanted[:64]
        key, number = wanted, 1
        while (kind, key) in self._keys:
            number += 1
            key = f"{wanted[:56]}-{number}"
        self._keys.add((kind, key))
        return key

    def _connections(self) -> dict[str, str]:
        """A name for each set of units that relationships tie together: the same stairs, the same lift."""
        joined: dict[str, str] = {}

        def root(unit: str) -> str:
            while joined.setdefault(unit, unit) != unit:
                joined[unit] = joined[joined[unit]]
                unit = joined[unit]
            return unit

        for relationship in self._by_kind["relationship"]:
            given = _object(relationship.get("properties"))
            ends = [_object(given.get(end)) for end in ("origin", "destination")]
            if all(end.get("feature_type") == "unit" and isinstance(end.get("id"), str) for end in ends):
                first, second = sorted((root(ends[0]["id"]), root(ends[1]["id"])))
                joined[second] = first
        return {unit: f"way-{made_id(_IDS, root(unit))[:13]}" for unit in list(joined)}


def _object(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _labels(value: Any) -> Json:
    return {key: text[:200] for key, text in _object(value).items() if isinstance(text, str) and text.strip()}


def _label(value: Any) -> str | None:
    """A name, in English where there is one."""
    if isinstance(value, str):
        return _text(value)
    labels = _labels(value)
    found = labels.get("en") or next(iter(labels.values()), None)
    return None if found is None else found[:200]


def _plain_id(imdf_id: str) -> str:
    """The id as it is where a floorplan can hold it."""
    is_plain = 0 < len(imdf_id) <= 64 and imdf_id.isascii() and imdf_id.replace("-", "").isalnum()
    return imdf_id if is_plain else made_id(_IDS, imdf_id)


def _parts(geometry: Any) -> Iterator[Any]:
    """The parts of a geometry of several, each by itself."""
    given = _object(geometry)
    kind, coordinates = given.get("type"), given.get("coordinates")
    if isinstance(kind, str) and kind.startswith("Multi") and isinstance(coordinates, list):
        yield from ({"type": kind.removeprefix("Multi"), "coordinates": part} for part in coordinates)
    else:
        yield geometry


def _outer(geometry: Any) -> shapely.Polygon:
    """The outer ring as a shape; empty where the geometry is none, which the contract says better."""
    try:
        corners = [(float(at[0]), float(at[1])) for at in geometry["coordinates"][0]]
        return shapely.Polygon(corners if all(map(math.isfinite, itertools.chain(*corners))) else None)
    except (ValueError, TypeError, LookupError, OverflowError):
        return shapely.Polygon()


def _standing(geometry: Any) -> Json:
    shape = _outer(geometry)
    return {"type": "Point", "coordinates": [0.0, 0.0]} if shape.is_empty else standing_before(shape)
