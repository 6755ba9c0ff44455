"""From the bytes of a plan file to a ``FloorplanDocument``, or to a list of what is wrong with its form.

Whatever the bytes are, the answer is one of the two, in bounded time: size first, then JSON, then the contract.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

from pydantic import TypeAdapter, ValidationError

from store_server.domain.field_faults import fault_said, path_of
from store_server.domain.plan_problems import InvalidFloorplan, Point, Problem, Rule, Said, error, said
from store_server.wire.floorplans import MAX_FEATURES, MAX_POSITIONS, Feature, FloorplanDocument
from store_server.wire.message import Message

MAX_BYTES = 16 * 1024 * 1024
"""A hypermarket with 20,000 slots takes 7.5 MB."""

MAX_COMMAS = 750_000
"""That hypermarket holds 325,000. A flood of tiny values takes a hundred times its size in memory."""

MAX_MEMBERS = 100
"""Of one JSON object. The contract knows at most ten, other tools add some."""

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""Some editors begin UTF-8 files with it."""

LISTED_AT_MOST = 50
"""A file that is wrong everywhere is wrong in one way."""

_FEATURE: TypeAdapter[Feature] = TypeAdapter(Feature)

_PROPERTIES: Mapping[str, type[Message]] = {
    get_args(kind.model_fields["feature_type"].annotation)[0]: kind.model_fields["properties"].annotation
    for kind in get_args(get_args(Feature)[0])
}
"""The properties of each feature_type."""


def read_document(raw: bytes) -> FloorplanDocument:
    """The document in a plan file's bytes.

    Raises
    ------
    InvalidFloorplan
        With NOT_A_PLAN or BAD_FORM problems, at most ``LISTED_AT_MOST``.
    """
    features: list[Any] = read_json(raw)["features"]
    for index, feature in enumerate(features):
        if refused := too_much(feature):
            raise InvalidFloorplan([shape_problem(refused, index + 1, _key(feature))])
    try:
        return FloorplanDocument.model_validate_json(raw.removeprefix(BYTE_ORDER_MARK))
    except ValidationError as invalid:
        # The contract stops at the first feature at fault; the list goes on to the others.
        faults = faults_of(invalid)
    first = [_problem(fault, features) for fault in faults]
    more = _wrong_features(features)
    problems = [problem for fault, problem in zip(faults, first, strict=True) if not _is_of_feature(fault)] + more
    raise InvalidFloorplan((problems or first)[:LISTED_AT_MOST])


def read_json(raw: bytes) -> dict[str, Any]:
    """A FeatureCollection as plain JSON, its size bounded, its shapes not looked at (``too_much`` bounds those).

    Returns
    -------
    dict
        Whose ``features`` is a list.

    Raises
    ------
    InvalidFloorplan
        For what is no JSON object with a list of features.
    """
    if len(raw) > MAX_BYTES or raw.count(b",") > MAX_COMMAS:
        words = said("not_a_plan.too_large", most_mb=MAX_BYTES // 1024**2, most_values=MAX_COMMAS)
        raise InvalidFloorplan([error(Rule.NOT_A_PLAN, (), None, words, f"{len(raw)} bytes")])
    try:
        document = json.loads(raw.removeprefix(BYTE_ORDER_MARK))
    except UnicodeDecodeError:
        raise _not_a_plan(said("not_a_plan.not_utf8")) from None
    except json.JSONDecodeError as broken:
        raise _not_a_plan(said("not_a_plan.not_json", line=broken.lineno, column=broken.colno)) from None
    except (ValueError, RecursionError):
        raise _not_a_plan(said("not_a_plan.too_deep")) from None
    if not isinstance(document, dict) or not isinstance(document.get("features"), list):
        raise _not_a_plan(said("not_a_plan.no_features"))
    features: list[Any] = document["features"]
    if len(features) > MAX_FEATURES:
        raise _not_a_plan(said("not_a_plan.too_many_features", count=len(features), most=MAX_FEATURES))
    if len(document) > MAX_MEMBERS or len(_object(document.get("crs_local"))) > MAX_MEMBERS:
        raise _not_a_plan(said("not_a_plan.too_many_fields", most=MAX_MEMBERS))
    return document


def _not_a_plan(words: Said) -> InvalidFloorplan:
    return InvalidFloorplan([error(Rule.NOT_A_PLAN, (), None, words)])


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _objects_of(feature: Any) -> Iterator[Mapping[str, Any]]:
    properties = _object(_object(feature).get("properties"))
    yield _object(feature)
    yield properties
    yield _object(_object(feature).get("geometry"))
    yield _object(properties.get("name"))
    yield _object(properties.get("display_point"))


def too_much(feature: Any) -> Said | None:
    """What makes a feature too large for the contract to look through it in bounded time."""
    if any(len(part) > MAX_MEMBERS for part in _objects_of(feature)):
        return said("bad_form.too_many_fields", where="", most=MAX_MEMBERS)
    coordinates = _object(_object(feature).get("geometry")).get("coordinates")
    rings = coordinates if isinstance(coordinates, list) else []
    if len(rings) > MAX_POSITIONS or any(len(ring) > MAX_POSITIONS for ring in rings if isinstance(ring, list)):
        return said("bad_form.too_many_positions", where="", most=MAX_POSITIONS)
    return None


def _wrong_features(features: Sequence[Any]) -> list[Problem]:
    problems: list[Problem] = []
    for index, feature in enumerate(features):
        if len(problems) >= LISTED_AT_MOST:
            break
        try:
            # Lax, because parsed JSON holds lists where the contract has tuples.
            _FEATURE.validate_python(feature, strict=False)
        except ValidationError as invalid:
            located = ({**fault, "loc": ("features", index, *fault["loc"])} for fault in faults_of(invalid))
            problems.extend(_problem(fault, features) for fault in located)
    return problems


def faults_of(invalid: ValidationError) -> list[Mapping[str, Any]]:
    """What a validation found, without the values it found it in."""
    return [dict(fault) for fault in invalid.errors(include_url=False, include_input=False)]


def _is_of_feature(fault: Mapping[str, Any]) -> bool:
    return len(fault["loc"]) > 1 and fault["loc"][0] == "features"


def _problem(fault: Mapping[str, Any], features: Sequence[Any]) -> Problem:
    location = fault["loc"]
    if not _is_of_feature(fault):
        return error(Rule.BAD_FORM, (), None, fault_said(fault, path_of(location) or "FeatureCollection"))
    index = int(location[1])
    # After the index comes the feature_type the contract chose, which the key's owner knows already.
    return shape_problem(fault_said(fault, path_of(location[3:])), index + 1, _key(features[index]))


@dataclass(frozen=True, slots=True)
class ShapeFault:
    """Why a shape is none of the contract's.

    Attributes
    ----------
    words : Said
        The first fault; its ``where`` is the field it is in.
    properties : tuple of str
        The properties at fault; none where something else is, too.
    """

    words: Said
    properties: tuple[str, ...]


def read_shape(given: Mapping[str, Any]) -> Feature | ShapeFault:
    """One shape of parsed JSON, numbers and flags that are written as text taken as well."""
    try:
        return _FEATURE.validate_python(given, strict=False)
    except ValidationError as invalid:
        faults = faults_of(invalid)
    # Before the field comes the feature_type, which the contract chose by.
    words = fault_said(faults[0], path_of(faults[0]["loc"][1:]))
    is_mendable = all(fault["loc"][1:2] == ("properties",) and len(fault["loc"]) > 2 for fault in faults)
    names = dict.fromkeys(str(fault["loc"][2]) for fault in faults) if is_mendable else ()
    return ShapeFault(words, tuple(names))


def is_optional(feature: Mapping[str, Any], name: str) -> bool:
    """Whether a shape does without this property."""
    model = _PROPERTIES[feature["feature_type"]]
    return name in model.model_fields and not model.model_fields[name].is_required()


def read_header(given: Mapping[str, Any], name: str) -> tuple[FloorplanDocument, tuple[str, ...]]:
    """An empty plan with what a file says of itself, and the fields that could not be read."""
    kept: dict[str, Any] = {"type": "FeatureCollection", "name": name, "crs_local": {}, "features": ()}
    plan = FloorplanDocument.model_validate(kept, strict=False)
    unread = []
    for field, value in given.items():
        try:
            plan = FloorplanDocument.model_validate({**kept, field: value}, strict=False)
            kept[field] = value
        except ValidationError:
            unread.append(field)
    return plan, tuple(unread)


def shape_problem(words: Said, number: int, key: str | None, place: Point | None = None) -> Problem:
    """What keeps one shape of a file from being read.

    Parameters
    ----------
    words : Said
        Whose ``where`` is the path to the field within the shape, empty for the shape itself.
    number : int
        Which of the file's features it is, counted from 1.
    """
    # As GeoJSON calls it, whatever the reader's language.
    name = f"Feature {number}" if key is None else f"Feature {number} ({key})"
    field = words.figures["where"]
    within = replace(words, figures={**words.figures, "where": f"{name}: {field}" if field else name})
    return error(Rule.BAD_FORM, () if key is None else (key,), place, within)


def _key(feature: Any) -> str | None:
    key = _object(_object(feature).get("properties")).get("key")
    return key[:64] if isinstance(key, str) and key.isprintable() and key else None
