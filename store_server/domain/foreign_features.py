"""The features of anybody's GeoJSON with what a floorplan needs of each: an id, a key of its own, a level, the names we use."""

from __future__ import annotations

import re
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from store_server.domain.left_out import LeftOutName
from store_server.domain.plan_form import too_much
from store_server.domain.plan_frames import Place, reframe
from store_server.domain.plan_problems import Point, said
from store_server.domain.reading_report import Assumed, ReadingReport
from store_server.domain.shape_reading import Json, key_of, outer_of, place_of_plain, printable
from store_server.wire.floorplans import LevelFeature

IDS = uuid.UUID("51d3c9b0-3f3c-4a55-9d0f-6a8a4c0f9e77")

FEATURE_TYPES = frozenset(
    {
        *("level", "section", "fixture", "opening", "amenity", "unit", "kiosk"),
        *("scanner_node", "shelf_slot", "wall", "aisle", "blocked_area"),
    }
)

NO_TYPE = LeftOutName(said("left_out.no_type"))

UNDETERMINED = "und"
"""The language of a name that does not say it (BCP 47)."""

_ID = re.compile(r"[0-9A-Za-z._:/-]{1,64}")


def made_id(kind: uuid.UUID, name: str) -> str:
    """An id that is the same each time, whatever the name holds: half a letter (a lone surrogate) as well."""
    return str(uuid.uuid5(kind, name.encode("utf-8", "backslashreplace").decode()))


MADE_LEVEL_ID = made_id(IDS, "level/0")
"""The level of a file that has none, where the draft has none either."""


def type_of(feature: Any) -> str | None:
    """What a feature says it is, itself or among its properties."""
    given = feature if isinstance(feature, dict) else {}
    properties = given.get("properties")
    told = given.get("feature_type") or (properties.get("feature_type") if isinstance(properties, dict) else None)
    return told.strip().casefold()[:200] or None if isinstance(told, str) else None


class FeatureTaker:
    """Takes features one by one; what is no shape of a floorplan is counted and told.

    Parameters
    ----------
    place : Place
        From the file's numbers to metres.
    is_ours : bool
        Whether the file is one of ours, whose ids are ids whatever they look like.
    """

    def __init__(self, place: Place, report: ReadingReport, *, is_ours: bool) -> None:
        self._is_ours = is_ours
        self.left_out: Counter[str] = Counter()
        self._place = place
        self._report = report
        self._taken: list[tuple[int, Json]] = []
        self._ids: dict[str, str] = {}
        """What the file calls a shape, and its id here."""
        self._used: set[str] = set()
        self._keys: set[tuple[str, str]] = set()
        self._numbers: Counter[tuple[str, str]] = Counter()

    def take(self, number: int, feature: Any) -> None:
        """One feature of the file, the ``number``-th."""
        given = feature if isinstance(feature, dict) else {}
        kind = type_of(given)
        if kind not in FEATURE_TYPES:
            self.left_out[kind or NO_TYPE] += 1
            what = Assumed.NO_TYPE if kind is None else Assumed.UNKNOWN_TYPE
            self._report.assumed(what, key_of(given) or f"{number}", self._seen_at(given), printable(kind or "")[:60])
            return
        if refused := too_much(given):
            self._report.unread(refused, number, key_of(given), None)
            return
        parts = list(_parts(given.get("geometry")))
        if kind == "level" and len(parts) > 1:
            self._report.assumed(Assumed.PART_LEFT, key_of(given) or f"{number}", self._seen_at(given))
            parts = [max(parts, key=lambda geometry: float(outer_of(geometry).area))]
        for part, geometry in enumerate(parts):
            try:
                shape = self._shape(number, part, kind, geometry, given)
                reframe([shape], self._place)
            except (OverflowError, RecursionError, TypeError):
                self._report.unread(said("bad_form.no_numbers", where="geometry"), number, key_of(given), None)
            else:
                self._taken.append((number, shape))

    def shapes(self, home: Sequence[LevelFeature]) -> list[tuple[int, Json]]:
        """All that was taken, each on a level.

        Parameters
        ----------
        home : sequence of LevelFeature
            The draft's levels, for a file that has none; the first is where shapes go that name none.
        """
        levels = [shape for _, shape in self._taken if shape["feature_type"] == "level"]
        known = _names_of_levels(levels) if levels else {level.id: level.id for level in home}
        usual = _ground(levels) if levels else home[0].id if home else MADE_LEVEL_ID
        for _, shape in self._taken:
            properties = shape["properties"]
            if shape["feature_type"] == "level":
                properties["level_id"] = shape["id"]
                continue
            wanted = str(properties.get("level_id"))
            level_id = known.get(self._ids.get(wanted, wanted)) or known.get(wanted)
            if level_id is None and (len(levels) > 1 or (not levels and home)):
                self._report.assumed(Assumed.LEVEL_GIVEN, properties["key"], place_of_plain(shape))
            properties["level_id"] = level_id or usual
            if shape["feature_type"] == "shelf_slot" and isinstance(properties.get("fixture_id"), str | int):
                properties["fixture_id"] = self._ids.get(str(properties["fixture_id"]), properties["fixture_id"])
        return self._taken

    def _shape(self, number: int, part: int, kind: str, geometry: Any, given: Mapping[str, Any]) -> Json:
        told = given.get("properties")
        properties = (
            {name: value for name, value in told.items() if value is not None} if isinstance(told, dict) else {}
        )
        name = _text(given.get("id")) or _text(properties.get("id"))
        labels = _labels(properties.get("name"))
        if labels:
            properties["name"] = labels
        own_key = _text(properties.get("key"))
        label = next(iter(labels.values()), None)
        key = self._key(kind, own_key or label or name or f"{kind}/{number}", part, is_told=own_key is not None)
        for inner in ("display_point", "catchment"):
            if isinstance(properties.get(inner), dict):
                properties[inner] = _plain(properties[inner])
        return {
            "type": "Feature",
            "id": self._id(name if part == 0 else None, f"{number}/{key}/{geometry!r}", key),
            "feature_type": kind,
            "geometry": _plain(geometry),
            "properties": {**properties, "key": key},
        }

    def _id(self, wanted: str | None, otherwise: str, key: str) -> str:
        """The file's own id where it is one anywhere; else one of the shape's number, name and form.

        So the same file read again gives the same shapes, and another file, which counts from 1 as well, takes no shape's place.
        """
        is_free = wanted is not None and _ID.fullmatch(wanted) is not None and wanted not in self._used
        if wanted is not None and wanted.isdigit() and not self._is_ours:
            is_free = False
        if wanted is not None and wanted in self._ids:
            self._report.assumed(Assumed.ID_TWICE, key, None, printable(wanted)[:60])
        made = wanted if is_free and wanted is not None else made_id(IDS, otherwise)
        if wanted is not None:
            self._ids.setdefault(wanted, made)
        self._used.add(made)
        return made

    def _key(self, kind: str, wanted: str, part: int, *, is_told: bool) -> str:
        wanted = printable(wanted)
        wanted = f"{wanted[:56]}/{part + 1}" if part else wanted[:64]
        key = wanted
        while (kind, key) in self._keys:
            # Counted on from the last one of that name, so that a hundred thousand of one name take no longer.
            self._numbers[(kind, wanted)] += 1
            key = f"{wanted[:56]}-{self._numbers[(kind, wanted)] + 1}"
        if key != wanted and is_told:
            self._report.assumed(Assumed.KEY_TWICE, key, None, wanted)
        self._keys.add((kind, key))
        return key

    def _seen_at(self, given: Mapping[str, Any]) -> Point | None:
        """Where on the plan a shape lies that is not taken."""
        shape: Json = {"geometry": _plain(given.get("geometry")), "properties": {}}
        try:
            reframe([shape], self._place)
        except (OverflowError, RecursionError, TypeError):
            return None
        return place_of_plain(shape)


def _names_of_levels(levels: Sequence[Json]) -> dict[str, str]:
    """What shapes may call a level: by its id, its key, or its number where that is one level's alone."""
    ordinals = Counter(str(level["properties"].get("ordinal")) for level in levels)
    numbered = {
        str(number): level["id"]
        for level in levels
        if ordinals[str(number := level["properties"].get("ordinal"))] == 1 and number is not None
    }
    return {
        **numbered,
        **{level["properties"]["key"]: level["id"] for level in levels},
        **{level["id"]: level["id"] for level in levels},
    }


def _ground(levels: Sequence[Json]) -> str:
    def height(level: Json) -> float:
        ordinal = level["properties"].get("ordinal")
        return abs(ordinal) if isinstance(ordinal, int | float) else 0

    found: str = min(levels, key=height)["id"]
    return found


def _text(value: Any) -> str | None:
    """A name or a number as text; None for what is neither, or empty."""
    is_one = isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1e18)
    return str(value) if is_one and str(value).strip() else None


def _labels(value: Any) -> dict[str, str]:
    """A name as IMDF has it: one in each language."""
    if isinstance(value, dict):
        return {
            str(key): printable(text)[:200] for key, text in value.items() if isinstance(text, str) and text.strip()
        }
    text = _text(value)
    return {} if text is None else {UNDETERMINED: printable(text)[:200]}


def _plain(geometry: Any) -> Any:
    """The geometry without what other tools add to it."""
    if not isinstance(geometry, dict):
        return geometry
    return {name: geometry[name] for name in ("type", "coordinates") if name in geometry}


def _parts(geometry: Any) -> Iterator[Any]:
    """The parts of a geometry of several, each by itself."""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    parts = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if isinstance(kind, str) and kind.startswith("Multi") and isinstance(parts, list) and parts:
        yield from ({"type": kind.removeprefix("Multi"), "coordinates": part} for part in parts)
    else:
        yield geometry
