"""Shapes of anybody's file, one by one: a fault of one keeps no other from being read.

Coordinates are metres here already, and each shape has an id, a key and a level. What a floorplan needs and a file leaves out is
given its usual value, what a shape can do without is left out where it is wrong, and both are told.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import shapely

from store_server.domain.drawn_shapes import standing_before
from store_server.domain.plan_form import ShapeFault, is_optional, read_shape, too_much
from store_server.domain.plan_problems import Point
from store_server.domain.reading_report import Assumed, ReadingReport
from store_server.wire.floorplans import BlockedAreaFeature, Feature, FixtureKind

Json = dict[str, Any]

USUAL_CATEGORY: Mapping[str, str] = {
    "fixture": FixtureKind.OTHER,
    "opening": "pedestrian",
    "unit": "unspecified",
    "amenity": "unspecified",
}
"""As IMDF calls what nobody has named."""

AREAS = frozenset({"level", "section", "fixture", "unit", "kiosk", "blocked_area"})

FARTHEST_M = 100_000.0
"""The contract's bound on a coordinate."""


def read_shapes(given: Iterable[tuple[int, Json]], report: ReadingReport) -> list[Feature]:
    """The shapes that can be read; of the others the report tells.

    Parameters
    ----------
    given : iterable of (number, feature)
        Which of the file's features it is, from 1, and what is known of it. Changed in place where something is mended.
    """
    features = []
    devices: Counter[tuple[str, str]] = Counter()
    for number, plain in given:
        found = _read(plain, devices, report)
        if isinstance(found, ShapeFault):
            report.unread(found.words, number, key_of(plain), place_of_plain(plain))
        else:
            features.append(found)
    return features


def _read(plain: Json, devices: Counter[tuple[str, str]], report: ReadingReport) -> Feature | ShapeFault:
    if refused := too_much(plain):
        return ShapeFault(refused, ())
    key, place = plain["properties"]["key"], place_of_plain(plain)
    for mended in _closed(plain):
        report.assumed(mended, key, place)
    found = read_shape(plain)
    if isinstance(found, ShapeFault):
        notes = _mended(plain, found, devices)
        if notes is None:
            return found
        again = read_shape(plain)
        if isinstance(again, ShapeFault):
            return again
        for what, field in notes:
            report.assumed(what, key, place, field)
        found = again
    return _lasting(found, report)


def _lasting(found: Feature, report: ReadingReport) -> Feature:
    """A time that ends before it begins is none."""
    if isinstance(found, BlockedAreaFeature):
        given = found.properties
        if given.from_at is not None and given.until_at is not None and given.until_at <= given.from_at:
            report.assumed(Assumed.FIELD_LEFT, given.key, None, "until_at")
            return found.model_copy(update={"properties": given.model_copy(update={"until_at": None})})
    return found


def _closed(plain: Json) -> list[Assumed]:
    """End outlines where they begin, in place; an area drawn as a line that comes back to its beginning is an area."""
    done = []
    geometry = plain["geometry"]
    if not isinstance(geometry, dict):
        return []
    line = geometry.get("coordinates")
    is_line = geometry.get("type") == "LineString" and plain["feature_type"] in AREAS
    if is_line and isinstance(line, list) and len(line) >= 4 and _is_same(line[0], line[-1]):
        plain["geometry"] = geometry = {"type": "Polygon", "coordinates": [line]}
        done.append(Assumed.LINE_CLOSED)
    for drawn in (geometry, plain["properties"].get("catchment")):
        rings = drawn.get("coordinates") if isinstance(drawn, dict) and drawn.get("type") == "Polygon" else None
        for ring in rings if isinstance(rings, list) else ():
            if isinstance(ring, list) and len(ring) >= 3 and not _is_same(ring[0], ring[-1]):
                ring.append(ring[0])
                done.append(Assumed.RING_CLOSED)
    return done[:1]


def _is_same(one: Any, other: Any) -> bool:
    """Whether both are the same place; what is no place is left to the contract."""
    if not isinstance(one, list) or not isinstance(other, list):
        return True
    return one[:2] == other[:2]


def _mended(plain: Json, fault: ShapeFault, devices: Counter[tuple[str, str]]) -> list[tuple[Assumed, str]] | None:
    """Change the properties at fault in place; None where one of them cannot be guessed."""
    notes = []
    properties = plain["properties"]
    for field in fault.properties:
        if is_optional(plain, field):
            properties.pop(field, None)
            notes.append((Assumed.FIELD_LEFT, field))
            continue
        usual = _usual(plain, field, devices)
        if usual is None:
            return None
        properties[field] = usual
        notes.append((Assumed.FIELD_GIVEN, f"{field} = {usual}" if field == "category" else field))
    return notes or None


def _usual(plain: Json, field: str, devices: Counter[tuple[str, str]]) -> Any:
    """What a property of a shape most likely is; None where nobody can tell."""
    if field == "category":
        return USUAL_CATEGORY.get(plain["feature_type"])
    if field in ("node_key", "kiosk_key"):
        return _device_key(field, plain["properties"]["key"], devices)
    if field == "display_point":
        shape = outer_of(plain["geometry"])
        return None if shape.is_empty else standing_before(shape)
    return None


def _device_key(field: str, key: str, devices: Counter[tuple[str, str]]) -> str:
    wanted = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in key)[:56]
    devices[(field, wanted)] += 1
    often = devices[(field, wanted)]
    return wanted if often == 1 else f"{wanted}-{often}"


def key_of(plain: Mapping[str, Any]) -> str | None:
    """What the shape is called, as far as that can be shown."""
    properties = plain.get("properties")
    given = properties if isinstance(properties, dict) else {}
    for name in (given.get("key"), plain.get("id"), given.get("name")):
        if isinstance(name, str | int) and not isinstance(name, bool) and str(name).strip():
            return printable(str(name))[:64]
    return None


def printable(text: str) -> str:
    """The text with a question mark for every letter that cannot be shown."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def place_of_plain(plain: Mapping[str, Any]) -> Point | None:
    """The first position of a shape, where that is a place on a plan."""
    geometry = plain.get("geometry")
    part = geometry.get("coordinates") if isinstance(geometry, dict) else None
    while isinstance(part, list) and part and isinstance(part[0], list):
        part = part[0]
    if not isinstance(part, list) or len(part) < 2:
        return None
    at = [value for value in part[:2] if isinstance(value, int | float) and abs(value) <= FARTHEST_M]
    return (float(at[0]), float(at[1])) if len(at) == 2 else None


def outer_of(geometry: Any) -> shapely.Polygon:
    """The outer ring as a shape; empty where the geometry is none, which the contract says better."""
    try:
        corners = [(float(at[0]), float(at[1])) for at in geometry["coordinates"][0]]
        return shapely.Polygon(corners if all(map(math.isfinite, itertools.chain(*corners))) else None)
    except (ValueError, TypeError, LookupError, OverflowError):
        return shapely.Polygon()
