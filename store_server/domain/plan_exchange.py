"""Plans as other tools write them: GeoJSON in degrees (RFC 7946), with IMDF's feature types, to and from our local metres."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from store_server.domain.floorplan import levels_of
from store_server.domain.foreign_features import FEATURE_TYPES, MADE_LEVEL_ID, FeatureTaker, type_of
from store_server.domain.plan_form import read_document, read_header, read_json
from store_server.domain.plan_frames import (
    LonLat,
    Place,
    found_origin,
    in_degrees,
    in_metres,
    origin_in_degrees,
    positions_in,
    reframe,
    scaled,
    stated_origin,
)
from store_server.domain.plan_problems import InvalidFloorplan, Rule, error, said
from store_server.domain.reading_report import Assumed, ReadingReport, ReadPlan
from store_server.domain.shape_reading import printable, read_shapes
from store_server.wire.floorplans import (
    MAX_FEATURES,
    Feature,
    FloorplanDocument,
    LevelFeature,
    LevelProperties,
    LocalFrame,
    PointGeometry,
    PolygonGeometry,
)
from store_server.wire.plan_files import LengthUnit

HEADER_KEYS = ("synthetic", "generator", "attribution", "accepted")
"""What a plan says of itself beside its name and place."""

SMALLEST_LEVEL_M = 0.01


def export_geojson(document: FloorplanDocument, origin_lonlat: LonLat | None = None) -> str:
    """The plan as GeoJSON text: in degrees where its place on Earth is known, otherwise as it is, in metres.

    Parameters
    ----------
    origin_lonlat : (longitude, latitude), optional
        Where the plan's origin lies; what the plan itself says by default.
    """
    plain: dict[str, Any] = document.model_dump(mode="json", exclude_none=True)
    origin = origin_lonlat or origin_in_degrees(document)
    if origin is not None:
        reframe(plain["features"], in_degrees(origin))
        del plain["crs_local"]
        plain["origin_lonlat"] = list(origin)
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")) + "\n"


def import_geojson(raw: bytes, unit: LengthUnit | None = None, draft: FloorplanDocument | None = None) -> ReadPlan:
    """A plan from GeoJSON, shape by shape: ours in metres as it is, anybody's in degrees turned into metres.

    Parameters
    ----------
    unit : LengthUnit, optional
        What one unit of its coordinates is, where somebody says so.
    draft : FloorplanDocument, optional
        On whose levels shapes are put, and beside whose shapes they lie, where the file has no level of its own.

    Raises
    ------
    InvalidFloorplan
        Where nothing at all can be read, with what stands against it.
    """
    plain = read_json(raw)
    frame = plain.get("crs_local")
    is_ours = isinstance(frame, dict)
    if is_ours and unit is None:
        try:
            document = read_document(raw)
        except InvalidFloorplan as invalid:
            unit = _unit_of(plain["crs_local"], invalid)
        else:
            unit = LengthUnit.METRE
            if not _has_twice(document.features):
                return ReadPlan(document, Counter(), unit=unit)
    report = ReadingReport()
    if is_ours and unit is not None:
        kept = (name for name in ("origin_lonlat", "georeference") if plain["crs_local"].get(name) is not None)
        laid = _Laid(scaled(unit, plain["features"]), {name: plain["crs_local"][name] for name in kept}, unit)
    else:
        laid = _laid(plain, unit, draft, report)
    header = _header(plain, laid, report)
    taker = FeatureTaker(laid.place, report, is_ours=plain.get("format") == header.format)
    for number, feature in enumerate(plain["features"], start=1):
        taker.take(number, feature)
    features = read_shapes(taker.shapes(levels_of(draft) if draft is not None else []), report)
    features = [*_made_level(features, report), *features]
    problems = report.problems(len(plain["features"]))
    if len(features) > MAX_FEATURES:
        words = said("not_a_plan.too_many_features", count=len(features), most=MAX_FEATURES)
        raise InvalidFloorplan([error(Rule.NOT_A_PLAN, (), None, words)])
    if not features:
        raise InvalidFloorplan([error(Rule.NOT_A_PLAN, (), None, said("not_a_plan.nothing_usable")), *problems])
    return ReadPlan(header.model_copy(update={"features": tuple(features)}), taker.left_out, tuple(problems), laid.unit)


class _Laid(NamedTuple):
    """How a file's coordinates lie."""

    place: Place
    frame: Mapping[str, Any]
    """What ties them to the Earth, as the contract's ``crs_local`` has it."""
    unit: LengthUnit | None
    """What they were taken for; None: degrees."""


def _header(plain: Mapping[str, Any], laid: _Laid, report: ReadingReport) -> FloorplanDocument:
    given: dict[str, Any] = {key: plain[key] for key in HEADER_KEYS if key in plain}
    given["crs_local"] = laid.frame
    name = plain.get("name")
    document, unread = read_header(given, printable(name)[:200] if isinstance(name, str) and name else "imported")
    for field in unread:
        report.warn(said("import.header_left", field=field))
    return document


def _unit_of(frame: Mapping[str, Any], invalid: InvalidFloorplan) -> LengthUnit:
    """What a frame that says metres, or another unit we know, is in; one of other axes is nobody's to guess."""
    units, usual = frame.get("units", LengthUnit.METRE), LocalFrame()
    if units not in list(LengthUnit) or frame.get("axes", usual.axes) != usual.axes:
        raise invalid
    return LengthUnit(units)


def _has_twice(features: Sequence[Feature]) -> bool:
    ids = {feature.id for feature in features}
    keys = {(feature.feature_type, feature.properties.key) for feature in features}
    return min(len(ids), len(keys)) < len(features)


def _laid(
    plain: Mapping[str, Any], unit: LengthUnit | None, draft: FloorplanDocument | None, report: ReadingReport
) -> _Laid:
    """How the coordinates of a file lie that does not say so: in degrees where they can be."""
    if unit is not None:
        return _Laid(scaled(unit, plain["features"]), {}, unit)
    stated = stated_origin(plain.get("origin_lonlat"))
    if stated is None and "origin_lonlat" in plain:
        report.warn(said("import.header_left", field="origin_lonlat"))
    known = [feature for feature in plain["features"] if type_of(feature) in FEATURE_TYPES]
    levels = [feature for feature in known if type_of(feature) == "level"]
    origin = stated or found_origin(known, levels)
    if origin is None:
        if len(positions_in(known)):
            report.warn(said("import.metres_assumed"))
        return _Laid(scaled(LengthUnit.METRE, known), {}, LengthUnit.METRE)
    if stated is None and not levels and draft is not None:
        origin = origin_in_degrees(draft) or origin
    return _Laid(in_metres(origin), {"origin_lonlat": origin}, None)


def _made_level(features: Sequence[Feature], report: ReadingReport) -> list[Feature]:
    """A level round everything, where there is none to put it on."""
    homeless = [feature for feature in features if feature.properties.level_id == MADE_LEVEL_ID]
    corners = [at for feature in homeless for at in _positions(feature)]
    if not corners or any(isinstance(feature, LevelFeature) for feature in homeless):
        return []
    (x0, x1), (y0, y1) = ((min(values), max(values)) for values in zip(*corners, strict=True))
    if min(x1 - x0, y1 - y0) < SMALLEST_LEVEL_M:
        return []
    outline = ((x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0))
    report.assumed(Assumed.LEVEL_MADE, "level/0", (x0, y0))
    return [
        LevelFeature(
            type="Feature",
            id=MADE_LEVEL_ID,
            feature_type="level",
            geometry=PolygonGeometry(type="Polygon", coordinates=(outline,)),
            properties=LevelProperties(key="level/0", level_id=MADE_LEVEL_ID),
        )
    ]


def _positions(feature: Feature) -> list[tuple[float, float]]:
    geometry = feature.geometry
    if isinstance(geometry, PointGeometry):
        paths: Sequence[Sequence[Sequence[float]]] = ((geometry.coordinates,),)
    else:
        paths = geometry.coordinates if isinstance(geometry, PolygonGeometry) else (geometry.coordinates,)
    return [(at[0], at[1]) for path in paths for at in path]
