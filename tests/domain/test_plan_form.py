"""Bytes that are no plan: each is told what it is not, by name, and quickly refused by size."""

from __future__ import annotations

import json
from typing import Any

import pytest

from store_server.domain import plan_form
from store_server.domain.plan_form import MAX_BYTES, MAX_COMMAS, read_document
from store_server.domain.plan_problems import InvalidFloorplan, Problem, Rule
from store_server.wire.floorplans import MAX_FEATURES, MAX_POSITIONS
from tests.domain.floors import Json, changed, found, shop


def refused(raw: bytes | Json) -> tuple[Problem, ...]:
    with pytest.raises(InvalidFloorplan) as error:
        read_document(raw if isinstance(raw, bytes) else json.dumps(raw).encode())
    return error.value.problems


def test_a_sound_plan_is_read_with_or_without_a_byte_order_mark() -> None:
    raw = json.dumps(shop()).encode()
    assert read_document(raw) == read_document(b"\xef\xbb\xbf" + raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"features": [' + b"9" * 5000 + b"]}",
        b"null",
        b"[]",
        b'{"features": 3}',
        b" " * (MAX_BYTES + 1),
        b"," * (MAX_COMMAS + 1),
        b'{"features": [' + b"1," * MAX_FEATURES + b"1]}",
        json.dumps({"features": []} | {f"k{n}": n for n in range(200)}).encode(),
        json.dumps({"features": [], "crs_local": {f"k{n}": n for n in range(200)}}).encode(),
    ],
)
def test_what_is_no_plan_at_all_is_one_problem(raw: bytes) -> None:
    assert [problem.rule for problem in refused(raw)] == [Rule.NOT_A_PLAN]


def without(field: str) -> Json:
    raw = changed(shop())
    del found(raw, "A")["properties"][field]
    return raw


def with_change(key: str, change: dict[str, Any], inside: str | None = None) -> Json:
    raw = changed(shop())
    item = found(raw, key)
    (item if inside is None else item[inside]).update(change)
    return raw


@pytest.mark.parametrize(
    ("raw", "key", "words"),
    [
        (without("category"), "A", "category: this field is missing"),
        (with_change("A", {"feature_type": "spaceship"}), "A", "does not know this feature_type"),
        (with_change("n1", {"coordinates": [float("nan"), 1]}, "geometry"), "n1", "not NaN"),
        (with_change("n1", {"coordinates": ["1", 1]}, "geometry"), "n1", "number"),
        (with_change("A", {"coordinates": [[[0, 0]]]}, "geometry"), "A", "geometry"),
        (
            with_change("A", {"coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]]}, "geometry"),
            "A",
            "ends where it begins",
        ),
        (with_change("A", {"surprise": 1}), "A", "take it out"),
        (with_change("A", {"id": "no space allowed"}), "A", "not allowed here"),
        (with_change("A", {f"k{n}": n for n in range(101)}), "A", "more than 100 fields"),
        (with_change("A", {"coordinates": [[[0, 0]] * (MAX_POSITIONS + 1)]}, "geometry"), "A", "positions in one ring"),
        (with_change("A", {"coordinates": [[0, 0]] * (MAX_POSITIONS + 1)}, "geometry"), "A", "positions in one ring"),
    ],
)
def test_a_wrong_feature_is_named_and_told_what_to_mend(raw: Json, key: str, words: str) -> None:
    problems = refused(raw)
    assert all(problem.rule is Rule.BAD_FORM and problem.feature_keys == (key,) for problem in problems)
    assert any(words in problem.words for problem in problems), problems


def test_all_wrong_features_are_listed_not_only_the_first() -> None:
    raw = changed(shop())
    for key in ("A", "B", "n1"):
        found(raw, key)["feature_type"] = "spaceship"
    assert [problem.feature_keys for problem in refused(raw)] == [("A",), ("B",), ("n1",)]


def test_a_long_list_is_cut() -> None:
    raw = changed(shop())
    raw["features"] = [{}] * 300
    assert len(refused(raw)) == plan_form.LISTED_AT_MOST


def test_features_that_are_nothing_are_counted_by_their_place() -> None:
    raw = changed(shop())
    raw["features"] += [None, {"properties": {"key": "bad\nkey"}}, {"properties": {"key": 7}}]
    assert {problem.words.split(":")[0] for problem in refused(raw)} == {f"Feature {n}" for n in (16, 17, 18)}


def test_what_is_wrong_with_the_head_is_said_beside_the_features() -> None:
    raw = changed(shop())
    raw["surprise"] = 1
    del raw["name"]
    del found(raw, "A")["properties"]["category"]
    problems = refused(raw)
    assert {"name", "surprise", "Feature 2 (A)"} <= {problem.words.split(":")[0] for problem in problems}


def test_a_number_written_as_text_is_found_although_the_lax_list_would_take_it() -> None:
    raw = with_change("A", {"height_m": "2"}, "properties")
    assert [problem.feature_keys for problem in refused(raw)] == [("A",)]
