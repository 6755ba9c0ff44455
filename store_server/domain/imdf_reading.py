"""IMDF features of anybody's archive as a floorplan: in metres, each with the key, level and properties a floorplan needs."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from store_server.domain.drawn_shapes import standing_before
from store_server.domain.foreign_features import FEATURE_TYPES, made_id
from store_server.domain.imdf_writing import OURS
from store_server.domain.plan_exchange import HEADER_KEYS
from store_server.domain.plan_form import read_header
from store_server.domain.plan_frames import in_metres, origin_of, reframe
from store_server.domain.plan_problems import InvalidFloorplan, Rule, error, said
from store_server.domain.reading_report import Assumed, ReadingReport, ReadPlan
from store_server.domain.shape_reading import Json, key_of, outer_of, printable, read_shapes

_IDS = uuid.UUID("a7d5f5c7-3f9f-4d6f-8b6e-2d1f52a07e10")

SILENT = frozenset({"venue", "address", "building", "footprint", "relationship"})
"""What gives the plan its name, place and ways; the shapes themselves have no use for it."""


def plan_of_imdf(files: Mapping[str, Sequence[Any]]) -> ReadPlan:
    """A plan from the features of an archive, shape by shape.

    Parameters
    ----------
    files : mapping of file name (without ``.geojson``) to features
        As parsed; nothing is taken for granted.

    Raises
    ------
    InvalidFloorplan
        Where nothing at all can be read, with what stands against it.
    """
    report = ReadingReport()
    try:
        reader = _Reader(files, report)
        header, given = reader.header(), list(enumerate(reader.features(), start=1))
    except (OverflowError, RecursionError):
        raise InvalidFloorplan([error(Rule.NOT_A_PLAN, (), None, said("not_a_plan.no_numbers"))]) from None
    features = read_shapes(given, report)
    document, unread = read_header({key: value for key, value in header.items() if key != "name"}, header["name"])
    for field in unread:
        report.warn(said("import.header_left", field=field))
    problems = tuple(report.problems(reader.count))
    if not features:
        nothing = error(Rule.NOT_A_PLAN, (), None, said("not_a_plan.nothing_usable"))
        raise InvalidFloorplan([nothing, *problems])
    return ReadPlan(document.model_copy(update={"features": tuple(features)}), reader.left_out, problems)


class _Reader:
    def __init__(self, files: Mapping[str, Sequence[Any]], report: ReadingReport) -> None:
        self.left_out: Counter[str] = Counter()
        self.count = 0
        """Shapes that a floorplan has a place for, readable or not."""
        self._report = report
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
        self._numbers: Counter[tuple[str, str]] = Counter()
        self._used: set[str] = set()

    def header(self) -> Json:
        """What the archive says of itself; its ``crs_local`` is where the levels lie."""
        told = self._told()
        venue = (self._by_kind["venue"] or self._by_kind["building"] or [{}])[0]
        name = _label(told.get("name")) or _label(_object(venue.get("properties")).get("name")) or "imported"
        is_placed = told.get("is_placed") is not False
        return {
            "name": printable(name)[:200],
            "crs_local": {"origin_lonlat": self._origin} if is_placed else {},
        } | {key: told[key] for key in HEADER_KEYS if key in told}

    def features(self) -> Iterator[Json]:
        """All shapes in metres; what has coordinates of no kind is told of and left out."""
        place = in_metres(self._origin)
        for kind in ("level", "unit", *sorted(FEATURE_TYPES - {"level", "unit"})):
            for feature in self._taken(kind):
                self.count += 1
                try:
                    reframe([feature], place)
                except (OverflowError, RecursionError, TypeError):
                    words = said("bad_form.no_numbers", where="geometry")
                    self._report.unread(words, self.count, key_of(feature), None)
                    continue
                if feature["feature_type"] == "kiosk" and "display_point" not in feature["properties"]:
                    shape = outer_of(feature["geometry"])
                    if not shape.is_empty:
                        feature["properties"]["display_point"] = standing_before(shape)
                yield feature

    def _told(self) -> Json:
        """What our own archives say beside IMDF."""
        venue = (self._by_kind["venue"] or self._by_kind["building"] or [{}])[0]
        return _object(venue.get(OURS))

    @cached_property
    def _origin(self) -> tuple[float, float]:
        # The levels say where the plan lies; a footprint or a geofence may reach further.
        shapes = [feature for kind in sorted(FEATURE_TYPES) for feature in self._by_kind[kind]]
        everything = [feature for features in list(self._by_kind.values()) for feature in features]
        return origin_of(self._told().get("origin_lonlat"), shapes or everything, self._by_kind["level"])

    def _taken(self, kind: str) -> Iterator[Json]:
        for number, feature in enumerate(self._by_kind[kind], start=1):
            ours = _object(feature.get(OURS))
            if ours.get("is_made") is True:
                self._level_of_unit[str(feature.get("id"))] = str(_object(feature.get("properties")).get("level_id"))
                continue
            parts = list(_parts(feature.get("geometry")))
            if kind == "level" and len(parts) > 1:
                self._report.assumed(Assumed.PART_LEFT, key_of(feature) or f"level/{number}")
                parts = [max(parts, key=lambda given: float(outer_of(given).area))]
            for part, geometry in enumerate(parts):
                yield self._feature(kind, number, part, geometry, feature, ours)

    def _feature(self, kind: str, number: int, part: int, geometry: Any, feature: Json, ours: Json) -> Json:
        given = _object(feature.get("properties"))
        imdf_id = str(feature.get("id") or f"{kind}/{number}")
        kept = _object(ours.get("properties"))
        feature_id = _text(ours.get("id")) or _plain_id(imdf_id)
        feature_id = made_id(_IDS, f"{feature_id}/{part}") if part else feature_id
        if feature_id in self._used:
            self._report.assumed(Assumed.ID_TWICE, key_of(feature) or f"{kind}/{number}", None, printable(imdf_id)[:60])
            feature_id = made_id(_IDS, f"{kind}/{number}/{feature_id}/{part}")
        self._used.add(feature_id)
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
        wanted = printable(wanted)
        wanted = f"{wanted[:56]}/{part + 1}" if part else wanted[:64]
        key = wanted
        while (kind, key) in self._keys:
            # Counted on from the last one of that name, so that a hundred thousand of one name take no longer.
            self._numbers[(kind, wanted)] += 1
            key = f"{wanted[:56]}-{self._numbers[(kind, wanted)] + 1}"
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
