"""From the bytes of a plan file to a ``FloorplanDocument``, or to a list of what is wrong with its form.

Whatever the bytes are, the answer is one of the two, in bounded time: size first, then JSON, then the contract.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError

from store_server.domain.plan_problems import InvalidFloorplan, Problem, Rule, error
from store_server.wire.floorplans import MAX_FEATURES, MAX_POSITIONS, Feature, FloorplanDocument

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

_WORDS = {
    "missing": "this field is missing: add it",
    "finite_number": "this must be a number, not NaN or infinite",
    "union_tag_invalid": "Aisleway does not know this feature_type: use level, section, fixture, opening, amenity, kiosk, ...",
    "union_tag_not_found": "it has no feature_type: add it",
    "too_long": "too many of them: draw it with fewer",
    "extra_forbidden": "the format does not have this field: take it out",
    "string_pattern_mismatch": "it holds a character that is not allowed here",
}
"""Faults whose usual wording would not tell a shop what to do."""


def read_document(raw: bytes) -> FloorplanDocument:
    """The document in a plan file's bytes.

    Raises
    ------
    InvalidFloorplan
        With NOT_A_PLAN or BAD_FORM problems, at most ``LISTED_AT_MOST``.
    """
    features: list[Any] = read_json(raw)["features"]
    try:
        return FloorplanDocument.model_validate_json(raw.removeprefix(BYTE_ORDER_MARK))
    except ValidationError as invalid:
        # The contract stops at the first feature at fault; the list goes on to the others.
        first = [_problem(fault, features) for fault in _faults(invalid)]
    more = _wrong_features(features)
    problems = [problem for problem in first if not problem.feature_keys and "Feature" not in problem.words] + more
    raise InvalidFloorplan((problems or first)[:LISTED_AT_MOST])


def read_json(raw: bytes) -> dict[str, Any]:
    """A FeatureCollection as plain JSON, its size and the size of its parts bounded, its content not looked at.

    Returns
    -------
    dict
        Whose ``features`` is a list.

    Raises
    ------
    InvalidFloorplan
        For what is no JSON object with a list of features, or has objects too large to be looked through.
    """
    if len(raw) > MAX_BYTES or raw.count(b",") > MAX_COMMAS:
        words = (
            f"The file holds more than a plan can ({MAX_BYTES // 1024**2} MB, 750,000 values): is it the right file?"
        )
        raise InvalidFloorplan([error(Rule.NOT_A_PLAN, (), None, words, f"{len(raw)} bytes")])
    try:
        document = json.loads(raw.removeprefix(BYTE_ORDER_MARK))
    except UnicodeDecodeError:
        raise _not_a_plan("This is not text in UTF-8: save it as UTF-8 JSON.") from None
    except json.JSONDecodeError as broken:
        raise _not_a_plan(f"This is not JSON: {broken}.") from None
    except (ValueError, RecursionError):
        raise _not_a_plan("This JSON is nested too deeply or holds a number of thousands of digits.") from None
    if not isinstance(document, dict) or not isinstance(document.get("features"), list):
        raise _not_a_plan("This is not a FeatureCollection: a plan is a JSON object with a list called features.")
    features: list[Any] = document["features"]
    if len(features) > MAX_FEATURES:
        raise _not_a_plan(f"The plan has {len(features)} features; {MAX_FEATURES} is the most.")
    if len(document) > MAX_MEMBERS or len(_object(document.get("crs_local"))) > MAX_MEMBERS:
        raise _not_a_plan(f"An object of this file has more than {MAX_MEMBERS} fields: is it the right file?")
    for index, feature in enumerate(features):
        if said := _too_much(feature):
            key = _key(features, index)
            words = f"{_name(features, index)}: {said}."
            raise InvalidFloorplan([error(Rule.BAD_FORM, () if key is None else (key,), None, words)])
    return document


def _not_a_plan(words: str) -> InvalidFloorplan:
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


def _too_much(feature: Any) -> str | None:
    """What makes a feature too large for the contract to look through it in bounded time."""
    if any(len(part) > MAX_MEMBERS for part in _objects_of(feature)):
        return f"more than {MAX_MEMBERS} fields in one object: take out what is not needed"
    coordinates = _object(_object(feature).get("geometry")).get("coordinates")
    rings = coordinates if isinstance(coordinates, list) else []
    if len(rings) > MAX_POSITIONS or any(len(ring) > MAX_POSITIONS for ring in rings if isinstance(ring, list)):
        return f"more than {MAX_POSITIONS} positions in one ring: draw it with fewer"
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
            located = ({**fault, "loc": ("features", index, *fault["loc"])} for fault in _faults(invalid))
            problems.extend(_problem(fault, features) for fault in located)
    return problems


def _faults(invalid: ValidationError) -> list[Mapping[str, Any]]:
    return [dict(fault) for fault in invalid.errors(include_url=False, include_context=False, include_input=False)]


def _problem(fault: Mapping[str, Any], features: Sequence[Any]) -> Problem:
    location = fault["loc"]
    kind = str(fault["type"])
    said = _WORDS.get(kind) or str(fault["msg"]).removeprefix("Value error, ")[:120]
    if len(location) < 2 or location[0] != "features":
        field = ".".join(str(part) for part in location)
        return error(Rule.BAD_FORM, (), None, f"{field or 'The file'}: {said}.")
    index = int(location[1])
    key = _key(features, index)
    # After the index comes the feature_type the contract chose, which the key's owner knows already.
    field = ".".join(str(part) for part in location[3:])
    words = f"{_name(features, index)}: {field + ': ' if field else ''}{said}."
    return error(Rule.BAD_FORM, () if key is None else (key,), None, words)


def _name(features: Sequence[Any], index: int) -> str:
    key = _key(features, index)
    return f"Feature {index + 1}" if key is None else f"Feature {index + 1} ({key})"


def _key(features: Sequence[Any], index: int) -> str | None:
    key = _object(_object(features[index]).get("properties")).get("key")
    return key[:64] if isinstance(key, str) and key.isprintable() and key else None
