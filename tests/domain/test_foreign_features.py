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
from store_server.domain.plan_frames import metres_per_degree
from store_server.domain.plan_problems import InvalidFloorplan, Problem
from store_server.domain.reading_report import ReadPlan
from store_server.wire.floorplans import (
    MAX_POSITIONS,
    BlockedAreaFeature,
    FixtureFeature,
    FloorplanDocument,
    KioskFeature,
    LevelFeature,
    NodeFeature,
    SectionFeature,
    SlotFeature,
)
from store_server.wire.plan_files import LengthUnit
from tests.domain.floors import Json, area, changed, document, found, line, plan, ring, shop
from tests.domain.floors import feature as ours

LON, LAT = 8.54, 47.37
EAST, NORTH = (1 / metres for metres in metres_per_degree(LAT))


def box(kind: str | None, x: float, y: float, width: float, depth: float, **properties: Any) -> Json:
    """A box in metres from a corner in a city, as longitude and latitude, with what another tool says of it."""
    x0, y0, x1, y1 = LON + x * EAST, LAT + y * NORTH, LON + (x + width) * EAST, LAT + (y + depth) * NORTH
    said = properties if kind is None else {"feature_type": kind, **properties}
    geometry = {"type": "Polygon", "coordinates": [ring((x0, y0, x1, y1))]}
    return {"type": "Feature", "geometry": geometry, "properties": said}


def point(kind: str, x: float, y: float, **properties: Any) -> Json:
    at = [LON + x * EAST, LAT + y * NORTH]
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": at},
        "properties": {"feature_type": kind, **properties},
    }


def read(
    *features: Any, draft: FloorplanDocument | None = None, unit: LengthUnit | None = None, **head: Any
) -> ReadPlan:
    raw = {"type": "FeatureCollection", "features": list(features), **head}
    return import_geojson(json.dumps(raw).encode(), unit, draft)


def messages(problems: tuple[Problem, ...]) -> list[str]:
    return [problem.said.message for problem in problems]


LEVEL = box("level", 0, 0, 20, 12, name="Shop")


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


def broken(change: Any) -> Json:
    item = box("fixture", 5, 5, 1, 2, name="Bad", category="gondola")
    change(item)
    return item


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
    assert (ground.id, above.properties.key) == ("17", "the upper floor {ä}")
    assert fixture.properties.level_id == on_it.properties.level_id == above.id
    assert isinstance(on_it, SlotFeature)
    assert on_it.properties.fixture_id == fixture.id
    assert lost.properties.level_id == ground.id
    assert messages(problems) == ["import.level_given"]
    assert problems[0].feature_keys == ("Lost",)


def test_shapes_without_a_level_go_onto_the_drafts_beside_what_is_there() -> None:
    draft = document({**shop(), "crs_local": {"origin_lonlat": [LON, LAT]}})
    plan, _, problems, _ = read(box("section", 3, 4, 2, 2), draft=draft)
    (section,) = plan.features
    assert section.properties.level_id == "L"
    assert isinstance(section, SectionFeature)
    assert section.geometry.coordinates[0][0] == pytest.approx((3, 4), abs=0.001)
    assert messages(problems) == ["import.level_given"]


def test_shapes_without_any_level_get_one_round_them() -> None:
    plan, _, problems, _ = read(box("section", 3, 4, 2, 2), point("amenity", 9, 1, category="checkout"))
    level = plan.features[0]
    assert isinstance(level, LevelFeature)
    assert {feature.properties.level_id for feature in plan.features} == {level.id}
    corners = [value for at in level.geometry.coordinates[0] for value in at]
    assert (min(corners), max(corners)) == pytest.approx((0, 6), abs=0.001)
    assert messages(problems) == ["import.level_made"]
    alone, _, problems, _ = read(point("amenity", 9, 1, category="checkout"))
    assert (len(alone.features), problems) == (1, ())


def test_one_slip_of_a_digit_moves_no_store() -> None:
    far = point("amenity", 0, 0, category="checkout", name="Slip")
    far["geometry"]["coordinates"] = [0.0, 0.0]
    plan, _, problems, _ = read(LEVEL, far, box("section", 1, 1, 2, 2))
    assert plan.crs_local.origin_lonlat == pytest.approx((LON, LAT))
    assert [feature.feature_type for feature in plan.features] == ["level", "section"]
    assert problems[1].feature_keys == ("Slip",)


def test_a_surveyors_grid_is_moved_to_the_origin() -> None:
    raw = plan(area("section", "S", (1, 2, 3, 4)))
    for item in raw["features"]:
        item["geometry"]["coordinates"] = [
            [[x + 2_683_000, y + 1_247_000] for x, y in item["geometry"]["coordinates"][0]]
        ]
    read_plan = read(*raw["features"])
    assert read_plan.unit is LengthUnit.METRE
    assert messages(read_plan.problems) == ["import.metres_assumed"]
    assert read_plan.document.features == document(plan(area("section", "S", (1, 2, 3, 4)))).features


@pytest.mark.parametrize("unit", list(LengthUnit))
def test_a_unit_that_is_told_or_written_in_the_frame_is_taken(unit: LengthUnit) -> None:
    metres = {"mm": 0.001, "cm": 0.01, "dm": 0.1, "m": 1.0, "in": 0.0254, "ft": 0.3048}[unit]
    raw = changed(plan(area("section", "S", (1, 2, 3, 4))))
    told = read(*raw["features"], unit=unit)
    written = read(*raw["features"], crs_local={"units": unit.value})
    for plan_read in (told, written):
        assert plan_read.unit is unit
        section = plan_read.document.features[1]
        assert isinstance(section, SectionFeature)
        assert section.geometry.coordinates[0][2] == pytest.approx((3 * metres, 4 * metres), abs=1e-4)


@pytest.mark.parametrize("frame", [{"units": "furlong"}, {"axes": "x=north,y=up"}, {"units": ["m"]}, {"units": None}])
def test_a_frame_nobody_can_guess_is_refused(frame: Json) -> None:
    with pytest.raises(InvalidFloorplan) as refused:
        read(*shop()["features"], crs_local=frame, name="shop")
    assert "crs_local" in refused.value.problems[0].words


def test_a_frame_of_no_place_on_earth_is_left_out_and_the_plan_kept() -> None:
    frame = {"origin_lonlat": [854, 47], "georeference": [], "colour": "red"}
    plan, _, _, unit = read(*shop()["features"], crs_local=frame, synthetic="perhaps", accepted=[1], name="x" * 500)
    assert plan.features == document(shop()).features
    assert (plan.crs_local.origin_lonlat, plan.synthetic, plan.accepted, unit) == (None, None, (), LengthUnit.METRE)
    assert len(plan.name) == 200


def test_what_of_the_head_could_not_be_read_is_said() -> None:
    frame = {"origin_lonlat": [854, 47]}
    _, _, problems, _ = read(*shop()["features"], crs_local=frame, synthetic="perhaps", accepted=[1])
    assert [problem.said.figures["field"] for problem in problems] == [
        "synthetic",
        "accepted",
        "crs_local",
    ]
    _, _, problems, _ = read(LEVEL, origin_lonlat=[1000, 2])
    assert [problem.said.figures["field"] for problem in problems] == ["origin_lonlat"]


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


def test_a_plan_of_ours_is_read_as_it_is() -> None:
    raw = shop()
    found(raw, "A")["properties"]["key"] = "  spaces  "
    assert read(*raw["features"], crs_local={}, name="small") == (document(raw), {}, (), LengthUnit.METRE)
