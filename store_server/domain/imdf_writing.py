"""A floorplan as an IMDF data set (OGC 20-094): what the standard has a feature for as it wants it, the rest as an extension.

The extension is declared in the manifest, as the standard's "Extending IMDF" says. It adds a member ``aisleway`` to features,
which holds what IMDF cannot say of them, and the feature types ``scanner_node``, ``shelf_slot``, ``wall``, ``aisle`` and
``blocked_area``, each in a file of its own. Other programs skip both.
"""

from __future__ import annotations

import copy
import itertools
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from store_server.domain.floorplan import levels_of
from store_server.domain.plan_exchange import HEADER_KEYS
from store_server.domain.plan_frames import in_degrees, origin_in_degrees, reframe
from store_server.domain.plan_structure import polygon_of
from store_server.wire.floorplans import FixtureKind, FloorplanDocument, LevelFeature, UnitFeature

EXTENSION = "imdf:extension:aisleway:store#1.0.0"

OURS = "aisleway"
"""The member of a feature that holds what IMDF cannot say."""

PLACELESS_LONLAT = (0.0, 0.0)
"""Where a plan lies that does not say it: in the Gulf of Guinea, where nobody takes it for a shop's true place."""

_IDS = uuid.UUID("c4c5a3c2-5a0b-4b55-8f7e-0d1b9f0c6a11")

_FIXTURES = {
    FixtureKind.CHECKOUT_DESK: "desk",
    FixtureKind.COOLER: "equipment",
    FixtureKind.OTHER: "obstruction",
}
_WAYS = frozenset({"stairs", "steps", "elevator", "escalator", "ramp", "movingwalkway"})
"""Units that lead from level to level; their categories are those of a relationship too, but for steps."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ImdfDataSet:
    """The files of an archive by their names without ``.geojson``, the manifest, and what the reader should know."""

    manifest: Json
    files: Mapping[str, Sequence[Json]]
    notes: tuple[str, ...]


def imdf_of(document: FloorplanDocument, created: str) -> ImdfDataSet:
    """The plan as IMDF features in degrees.

    Parameters
    ----------
    document : FloorplanDocument
    created : str
        The instant the archive is made, RFC 3339.
    """
    return _Writer(document).data_set(created)


class _Writer:
    def __init__(self, document: FloorplanDocument) -> None:
        self._document = document
        self._levels = levels_of(document)
        stated = origin_in_degrees(document)
        self._origin = tuple(stated or PLACELESS_LONLAT)
        self._is_placed = stated is not None
        self._files: dict[str, list[Json]] = defaultdict(list)
        self._ids: dict[str, str] = {}
        self._building, self._walkways = (
            self._id("/building"),
            {level.id: self._id(f"/walkway/{level.id}") for level in self._levels},
        )

    def data_set(self, created: str) -> ImdfDataSet:
        self._whole()
        for feature in self._document.features:
            plain: Json = feature.model_dump(mode="json", exclude_none=True)
            self._put(plain["feature_type"], plain["id"], plain["geometry"], self._standard(plain), plain)
        self._relationships()
        placed = [written for file in self._files.values() for written in file if written["geometry"] is not None]
        reframe(placed, in_degrees(self._origin))
        ours = [written[OURS].get("properties", {}) for written in placed if OURS in written]
        reframe([{"geometry": None, "properties": properties} for properties in ours], in_degrees(self._origin))
        notes = [
            f"Nodes, slots, walls and the like are in files of the extension {EXTENSION}; other programs skip them."
        ]
        if not self._is_placed:
            notes.append("The plan does not say where on Earth it lies: written at longitude 0, latitude 0.")
        manifest = {
            "version": "1.0.0",
            "created": created,
            "generated_by": "Aisleway",
            "language": "en",
            "extensions": [EXTENSION],
        }
        return ImdfDataSet(manifest, dict(self._files), tuple(notes))

    def _whole(self) -> None:
        """The venue, its address and building, and each level's walkway, which amenities lie in."""
        name = {"en": self._document.name}
        shapes = [polygon_of(level.geometry) for level in self._levels]
        around = shapely.geometry.mapping(shapely.MultiPolygon(shapes).convex_hull) if shapes else None
        address = self._id("/address")
        header: Json = {key: value for key in HEADER_KEYS if (value := getattr(self._document, key))}
        header |= {"name": self._document.name, "origin_lonlat": list(self._origin), "is_placed": self._is_placed}
        street = {"address": self._document.name, "locality": "unknown", "country": "ZZ"}
        no_more = dict.fromkeys(("unit", "province", "postal_code", "postal_code_ext"))
        self._add("address", address, None, {**street, **no_more})
        venue = {"category": "retailstore", "name": name, "address_id": address, "display_point": None}
        more = dict.fromkeys(("restriction", "alt_name", "hours", "phone", "website"))
        self._add("venue", self._id("/venue"), around, {**venue, **more}, header)
        building = {"category": "unspecified", "name": name, "address_id": address, "display_point": None}
        self._add("building", self._building, None, {**building, "restriction": None, "alt_name": None})
        self._add(
            "footprint",
            self._id("/footprint"),
            around,
            {"category": "ground", "name": None, "building_ids": [self._building]},
        )
        for level, shape in zip(self._levels, shapes, strict=True):
            properties = {"category": "walkway", "level_id": self._id(level.id), "name": None, "alt_name": None}
            none = dict.fromkeys(("restriction", "accessibility", "display_point"))
            walkway = self._walkways[level.id]
            self._add("unit", walkway, self._free_of_units(level, shape), {**properties, **none}, {"is_made": True})

    def _free_of_units(self, level: LevelFeature, shape: shapely.Polygon) -> Json:
        units = [f for f in self._document.features if isinstance(f, UnitFeature) and f.properties.level_id == level.id]
        taken = [polygon_of(unit.geometry) for unit in units]
        free: BaseGeometry = shape
        if shape.is_valid and all(unit.is_valid for unit in taken):
            free = shapely.difference(shape, shapely.union_all(taken))
        is_area = isinstance(free, shapely.Polygon | shapely.MultiPolygon) and not free.is_empty
        return copy.deepcopy(shapely.geometry.mapping(free if is_area else shape))

    def _standard(self, plain: Json) -> Json:
        """The properties IMDF asks for."""
        given, kind = plain["properties"], plain["feature_type"]
        level_id, name = self._id(given["level_id"]), given.get("name")
        on_level = {"name": name, "alt_name": None, "level_id": level_id, "display_point": None}
        category = given.get("category", "unspecified")
        if kind == "level":
            label = name or {"en": given["key"]}
            rest = {"outdoor": False, "restriction": None, "display_point": None, "address_id": None}
            more = {"building_ids": [self._building], "short_name": label, "name": label}
            return {"category": "unspecified", "ordinal": given.get("ordinal", 0), **rest, **more}
        if kind == "fixture":
            shown = _FIXTURES.get(category, "furniture") if category in set(FixtureKind) else category
            return {"category": shown, "anchor_id": None, **on_level}
        if kind == "kiosk":
            return {**on_level, "anchor_id": None, "display_point": copy.deepcopy(given["display_point"])}
        if kind == "amenity":
            more = dict.fromkeys(
                ("accessibility", "alt_name", "hours", "phone", "website", "address_id", "correlation_id")
            )
            inside = self._walkways.get(given["level_id"])
            return {"category": category, "name": name, "unit_ids": [inside] if inside else None, **more}
        if kind == "opening":
            access = ["wheelchair"] if given.get("is_step_free", True) else None
            return {"category": category, "accessibility": access, "access_control": None, "door": None, **on_level}
        if kind == "section":
            more = dict.fromkeys(("restriction", "accessibility", "address_id", "correlation_id", "parents"))
            return {"category": category, **on_level, **more}
        if kind == "unit":
            return {"category": category, "restriction": None, "accessibility": None, **on_level}
        return {"level_id": level_id, "name": name}

    def _put(self, kind: str, feature_id: str, geometry: Json, properties: Json, plain: Json) -> None:
        ours = {"id": feature_id, "properties": plain["properties"]}
        self._add(kind, self._id(feature_id), geometry, properties, ours)

    def _relationships(self) -> None:
        """From each flight of stairs or lift to the next one of its name."""
        ordinal = {level.id: level.properties.ordinal for level in self._levels}
        ways: dict[str, list[UnitFeature]] = defaultdict(list)
        for feature in self._document.features:
            if (
                isinstance(feature, UnitFeature)
                and feature.properties.connects
                and feature.properties.level_id in ordinal
            ):
                ways[feature.properties.connects].append(feature)
        for connects, units in ways.items():
            units.sort(key=lambda unit: ordinal[unit.properties.level_id])
            for lower, upper in itertools.pairwise(units):
                downwards = lower.properties.direction == "down"
                ends = (upper, lower) if downwards else (lower, upper)
                category = lower.properties.category if lower.properties.category in _WAYS else "traversal"
                origin, destination = ({"id": self._id(unit.id), "feature_type": "unit"} for unit in ends)
                properties = {
                    "category": "stairs" if category == "steps" else category,
                    "direction": "undirected" if lower.properties.direction == "both" else "directed",
                    "origin": origin,
                    "intermediary": None,
                    "destination": destination,
                    "hours": None,
                }
                self._add("relationship", self._id(f"/way/{connects}/{lower.id}/{upper.id}"), None, properties)

    def _add(self, kind: str, imdf_id: str, geometry: Any, properties: Json, ours: Json | None = None) -> None:
        feature = {
            "id": imdf_id,
            "type": "Feature",
            "feature_type": kind,
            "geometry": geometry,
            "properties": properties,
        }
        self._files[kind].append(feature if ours is None else {**feature, OURS: ours})

    def _id(self, name: str) -> str:
        """IMDF wants UUIDs; ours mostly are."""
        if name not in self._ids:
            try:
                known = str(uuid.UUID(name))
            except ValueError:
                known = ""
            self._ids[name] = known if known == name else str(uuid.uuid5(_IDS, name))
        return self._ids[name]
