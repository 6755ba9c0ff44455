"""Other tools' GeoJSON, shape by shape: what can be read is read, what cannot is told, and nothing is lost unsaid."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store_server.domain.plan_exchange import export_geojson, import_geojson
from store_server.domain.plan_form import MAX_MEMBERS
from store_server.domain.plan_problems import InvalidFloorplan
from store_server.wire.floorplans import (
    MAX_POSITIONS,
    BlockedAreaFeature,
    FixtureFeature,
    FloorplanDocument,
    KioskFeature,
    NodeFeature,
    SlotFeature,
)
from tests.domain.floors import Json, area, document, line, plan, shop
from tests.domain.floors import feature as ours
from tests.domain.foreign_files import EAST, LAT, LEVEL, LON, NORTH, box, broken, messages, point, read


def test_what_another_tool_leaves_out_is_made_and_said() -> None:
    plan, left_out, problems, unit = read(
        LEVEL,
        box("fixture", 1, 1, 1, 4, height_m="tall", shop=7),
        box("KIOSK ", 10, 5, 1, 1, name={"de": "Bildschirm"}),
        point("scanner_node", 3, 3),
        point("scanner_node", 4, 4),
        point("amenity", 5, 5, category=None),
        {
            **box("opening", 0, 0, 0, 0),
            "geometry": {"type": "LineString", "coordinates": [[LON, LAT], [LON + EAST, LAT]]},
        },
    )
    assert [feature.properties.key for feature in plan.features] == [
        *("Shop", "fixture/2", "Bildschirm", "scanner_node/4", "scanner_node/5", "amenity/6", "opening/7"),
    ]
    assert len({feature.id for feature in plan.features}) == 7
    assert {feature.properties.level_id for feature in plan.features} == {plan.features[0].id}
    shelf, kiosk, one, other = plan.features[1:5]
    assert isinstance(shelf, FixtureFeature)
    assert (shelf.properties.category, shelf.properties.height_m) == ("other", None)
    assert shelf.geometry.coordinates[0][2] == pytest.approx((2, 5), abs=0.001)
    assert isinstance(kiosk, KioskFeature)
    assert kiosk.properties.kiosk_key == "Bildschirm"
    assert kiosk.properties.display_point.coordinates == pytest.approx((10.5, 4.5), abs=0.001)
    assert isinstance(one, NodeFeature)
    assert isinstance(other, NodeFeature)
    assert one.properties.node_key != other.properties.node_key
    assert not left_out
    assert unit is None
    assert not [problem for problem in problems if problem.is_error]
    given = {problem.said.figures["field"]: problem.said.figures["count"] for problem in problems}
    assert given == {
        "category = other": 1,
        "height_m": 1,
        "kiosk_key": 1,
        "display_point": 1,
        "node_key": 2,
        "category = unspecified": 1,
        "category = pedestrian": 1,
    }


@pytest.mark.parametrize(
    ("item", "words", "is_placed"),
    [
        (broken(lambda f: f.update(geometry=None)), "an object", False),
        (broken(lambda f: f["geometry"].update(type="Point", coordinates=[LON, LAT])), "Polygon", True),
        (broken(lambda f: f["geometry"].update(type="GeometryCollection")), "Polygon", True),
        (broken(lambda f: f["geometry"]["coordinates"].clear()), "at least 1", False),
        (broken(lambda f: f["geometry"]["coordinates"][0].__setitem__(2, [LON])), "at least 2", True),
        (broken(lambda f: f["geometry"]["coordinates"][0].__setitem__(2, [float("nan"), LAT])), "not NaN", True),
        (broken(lambda f: f["geometry"]["coordinates"][0].__setitem__(2, [float("inf"), LAT])), "not NaN", True),
        (broken(lambda f: f["geometry"]["coordinates"][0].__setitem__(2, [10**400, LAT])), "this world", False),
        (broken(lambda f: f["geometry"]["coordinates"][0].__setitem__(2, [-8.54, LAT])), "at least -100000", True),
        (broken(lambda f: f["geometry"]["coordinates"][0].extend([[LON, LAT]] * MAX_POSITIONS)), "positions", False),
        (broken(lambda f: f["properties"].update({f"p{n}": n for n in range(MAX_MEMBERS)})), "fields", False),
    ],
    ids=["none", "point", "collection", "empty", "short", "nan", "infinite", "huge", "far", "long", "wide"],
)
def test_one_shape_that_cannot_be_read_is_named_and_keeps_no_other_out(item: Json, words: str, is_placed: bool) -> None:
    plan, _, problems, _ = read(LEVEL, item, box("section", 1, 1, 5, 5))
    assert [feature.feature_type for feature in plan.features] == ["level", "section"]
    lost, named = problems
    assert (lost.said.figures["count"], lost.said.figures["total"]) == (1, 3)
    assert named.is_error
    assert "Feature 2 (Bad)" in named.words
    assert words in named.words
    assert (named.place is not None) is is_placed


def test_a_shape_of_many_broken_parts_is_one_shape_that_cannot_be_read() -> None:
    parts = {"type": "MultiLineString", "coordinates": [[[LON, LAT], [LON, LAT + NORTH]]] * 5}
    _, _, problems, _ = read(LEVEL, broken(lambda f: f.update(geometry=parts)))
    assert problems[0].said.figures == {"count": 1, "total": 2}
    assert len(problems) == 2


def test_outlines_are_closed_where_they_are_not() -> None:
    raw = [broken(lambda f: f["geometry"]["coordinates"][0].pop()) for _ in range(7)]
    line_round = broken(
        lambda f: f.update(geometry={"type": "LineString", "coordinates": f["geometry"]["coordinates"][0]})
    )
    plan, _, problems, _ = read(LEVEL, *raw, line_round)
    whole = read(LEVEL, *[broken(lambda f: None) for _ in range(8)]).document
    assert [feature.geometry for feature in plan.features] == [feature.geometry for feature in whole.features]
    assert messages(problems) == ["import.ring_closed", "import.line_closed"]
    assert problems[0].words.endswith("(7): Bad, Bad-2, Bad-3, Bad-4, Bad-5 …")
    assert problems[0].place == pytest.approx((5, 5), abs=0.001)


def test_what_is_no_shape_of_a_plan_is_counted_named_and_placed() -> None:
    plan, left_out, problems, _ = read(
        LEVEL, *(box("parking", n, 1, 1, 1, name=f"P{n}") for n in range(30)), box(None, 1, 1, 1, 1), "shape", None
    )
    assert len(plan.features) == 1
    assert left_out == {"parking": 30, "without a feature_type": 3}
    parking, nothing = problems
    assert parking.feature_keys == tuple(f"P{n}" for n in range(20))
    assert parking.place == pytest.approx((0, 1), abs=0.001)
    assert "(30)" in parking.words
    assert nothing.feature_keys == ("32", "33", "34")


def test_nothing_readable_is_a_refusal_that_says_why() -> None:
    with pytest.raises(InvalidFloorplan) as refused:
        read(box("parking", 0, 0, 1, 1), broken(lambda f: f.update(geometry=None)))
    assert messages(refused.value.problems)[:2] == ["not_a_plan.nothing_usable", "import.unread"]
    assert refused.value.problems[0].is_error
    with pytest.raises(InvalidFloorplan):
        read()


def test_ids_and_references_of_any_kind_are_followed() -> None:
    level = {**box("level", 0, 0, 20, 12, ordinal=0), "id": 17}
    upper = {**box("level", 0, 0, 20, 12, ordinal=1), "id": "the upper floor {ä}"}
    shelf = {**box("fixture", 1, 1, 1, 4, category="gondola", level_id="the upper floor {ä}"), "id": "a b"}
    slot = point("shelf_slot", 1, 2, fixture_id="a b", side="W", bay=1, shelf=1, facing=[-1, 0], level_id=1)
    plan, _, problems, _ = read(level, upper, shelf, slot, box("section", 1, 1, 2, 2, level_id="attic", name="Lost"))
    ground, above, fixture, on_it, lost = plan.features
    assert (ground.properties.key, above.properties.key) == ("17", "the upper floor {ä}")
    assert fixture.properties.level_id == on_it.properties.level_id == above.id
    assert isinstance(on_it, SlotFeature)
    assert on_it.properties.fixture_id == fixture.id
    assert lost.properties.level_id == ground.id
    assert messages(problems) == ["import.level_given"]
    assert problems[0].feature_keys == ("Lost",)


def test_a_blocked_area_that_ends_before_it_begins_is_blocked_for_good_and_said() -> None:
    times = {"from_at": "2026-05-04T12:00:00Z", "until_at": "2026-05-03T12:00:00Z"}
    plan_read = read(
        *plan(area("blocked_area", "X", (1, 1, 2, 2), **times), ours("wall", "w", {"type": "None"}))["features"]
    )
    (blocked,) = (f for f in plan_read.document.features if isinstance(f, BlockedAreaFeature))
    assert blocked.properties.from_at is not None
    assert blocked.properties.until_at is None
    assert "import.field_left" in messages(plan_read.problems)


def test_many_shapes_of_one_name_are_named_in_time_that_grows_with_them() -> None:
    plan_read = read(LEVEL, *([point("scanner_node", 1, 1, key="same key ä", node_key="?")] * 3000))
    keys = {feature.properties.key for feature in plan_read.document.features}
    assert len(keys) == len(plan_read.document.features) == 3001
    assert {"same key ä", "same key ä-2", "same key ä-3000"} < keys


VALUES: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        -1,
        0,
        1e300,
        10**400,
        float("nan"),
        "",
        " ",
        "x" * 300,
        "\ud800",
        "0",
        [],
        {},
        [[1, 2]],
        [[[[0]]]],
        {"a": {}},
    ]
)


@given(st.data())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_wrong_each_shape_is_read_or_told(data: st.DataObject) -> None:
    raw = json.loads(export_geojson(document(shop()), (LON, LAT) if data.draw(st.booleans()) else None))
    if data.draw(st.booleans()):
        raw.pop("crs_local", None)
    raw["features"] += [line("wall", f"w{n}", (1, 1), (2, 2)) for n in range(2)]
    for _ in range(data.draw(st.integers(1, 6))):
        item = raw["features"][data.draw(st.integers(0, len(raw["features"]) - 1))]
        owners = [item, *(item.get(part) for part in ("properties", "geometry"))]
        owner = data.draw(st.sampled_from([each for each in owners if isinstance(each, dict) and each]))
        owner[data.draw(st.sampled_from(sorted(owner)))] = copy.deepcopy(data.draw(VALUES))
    sent = json.dumps(raw).encode()
    try:
        plan_read, left_out, problems, _ = import_geojson(sent)
    except InvalidFloorplan:
        return
    told = next((p.said.figures["count"] for p in problems if p.said.message == "import.unread"), 0)
    made = sum(problem.said.message == "import.level_made" for problem in problems)
    assert len(plan_read.features) - made + int(told) + sum(left_out.values()) == len(raw["features"])
    assert len({feature.id for feature in plan_read.features}) == len(plan_read.features)
    assert FloorplanDocument.model_validate_json(plan_read.model_dump_json()) == plan_read


@pytest.mark.parametrize("given_id", [{}, {"id": 2}, {"id": "2"}])
def test_the_same_file_gives_the_same_ids_and_another_takes_no_shapes_place(given_id: Json) -> None:
    one, again, other = (
        {f.id for f in read(LEVEL, {**box("fixture", x, 1, 1, 4, category="gondola"), **given_id}).document.features}
        for x in (1, 1, 5)
    )
    assert one == again
    assert len(one & other) == 1, "the level is the same in both"
