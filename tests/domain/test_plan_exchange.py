"""GeoJSON in degrees and back: the same plan to the millimetre, whatever else the file holds."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store_server.domain.plan_exchange import export_geojson, import_geojson
from store_server.domain.plan_frames import metres_per_degree
from store_server.domain.plan_problems import InvalidFloorplan, Rule
from store_server.wire.floorplans import FloorplanDocument, PolygonGeometry
from tests.domain.floors import Json, document, ring, shop

CITY = (8.54, 47.37)


def imported(raw: Json) -> FloorplanDocument:
    return import_geojson(json.dumps(raw).encode()).document


@given(st.floats(-179, 179), st.floats(-80, 80))
@settings(max_examples=30, deadline=None)
def test_to_degrees_and_back_is_the_same_plan(longitude: float, latitude: float) -> None:
    plan = document(shop())
    back, left_out, problems, unit = import_geojson(export_geojson(plan, (longitude, latitude)).encode())
    assert back.features == plan.features
    assert back.name == plan.name
    assert not left_out
    assert not problems
    assert unit is None


def test_ids_of_ours_stay_whatever_they_look_like() -> None:
    raw = shop()
    (first, *_) = (item for item in raw["features"] if item["feature_type"] == "section")
    first["id"] = "17"
    plan = document(raw)
    assert import_geojson(export_geojson(plan, CITY).encode()).document.features == plan.features


def test_a_degree_of_latitude_is_longer_at_the_pole() -> None:
    assert metres_per_degree(60)[0] == pytest.approx(55_800, rel=1e-3)
    assert metres_per_degree(80)[1] > metres_per_degree(0)[1]


def test_without_a_place_on_earth_it_is_written_in_metres_and_read_as_it_is() -> None:
    plan = document(shop())
    assert import_geojson(export_geojson(plan).encode()).document == plan


def test_what_the_plan_says_of_its_place_is_used() -> None:
    raw = shop()
    raw["crs_local"] = {"origin_lonlat": list(CITY)}
    exported = json.loads(export_geojson(document(raw)))
    assert exported["origin_lonlat"] == list(CITY)
    assert exported["features"][0]["geometry"]["coordinates"][0][0] == pytest.approx(CITY)
    assert exported["features"][-1]["properties"]["display_point"]["coordinates"] != [15, 7]


def degrees(item: Json) -> Json:
    """A box of a thousandth of a degree, as other tools write it."""
    x, y = CITY
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring((x, y, x + 0.001, y + 0.001))]},
        **item,
    }


def test_features_of_other_tools_get_the_ids_keys_and_level_they_lack() -> None:
    level = degrees({"properties": {"feature_type": "level", "ordinal": 0, "name": None}})
    shelf = degrees({"id": "f-1", "feature_type": "fixture", "properties": {"category": "gondola"}})
    shelf["geometry"] = {"type": "MultiPolygon", "coordinates": [shelf["geometry"]["coordinates"]]}
    raw = {
        "type": "FeatureCollection",
        "features": [level, shelf, degrees({"properties": {"feature_type": "footprint"}}), None],
    }
    plan, left_out, problems, _ = import_geojson(json.dumps(raw).encode())
    assert [(p.said.message, p.feature_keys, p.place is None) for p in problems] == [
        ("import.unknown_type", ("3",), False),
        ("import.no_type", ("4",), True),
    ]
    assert left_out == {"footprint": 1, "without a feature_type": 1}
    assert [feature.properties.key for feature in plan.features] == ["level/1", "f-1"]
    assert plan.features[1].properties.level_id == plan.features[0].id
    assert plan.name == "imported"
    outline = plan.features[0].geometry
    assert isinstance(outline, PolygonGeometry)
    assert outline.coordinates[0][2] == pytest.approx([value / 1000 for value in metres_per_degree(CITY[1])], abs=0.001)


@pytest.mark.parametrize(
    "coordinates",
    [[float("nan"), 1.0], ["a", "b"], [], None, [[[[1.0]]]], [10**400, 1], [1.0]],
)
def test_a_file_of_nothing_but_what_is_no_place_is_refused(coordinates: Any) -> None:
    point = {"type": "Feature", "feature_type": "amenity", "geometry": {"type": "Point", "coordinates": coordinates}}
    with pytest.raises(InvalidFloorplan) as refused:
        imported({"type": "FeatureCollection", "features": [point]})
    assert refused.value.problems[0].rule in (Rule.NOT_A_PLAN, Rule.BAD_FORM)


def test_several_parts_in_one_geometry_are_several_shapes_and_a_level_is_its_largest_part() -> None:
    item = degrees({"feature_type": "section", "id": "s", "properties": {}})
    small = [[[x, y] for x, y in ring((CITY[0], CITY[1], CITY[0] + 0.0001, CITY[1] + 0.0001))]]
    both = {"type": "MultiPolygon", "coordinates": [small, item["geometry"]["coordinates"]]}
    level = {**item, "feature_type": "level", "id": "l", "geometry": both}
    raw = {"type": "FeatureCollection", "features": [level, {**item, "geometry": both}]}
    plan, left_out, problems, _ = import_geojson(json.dumps(raw).encode())
    assert [(f.feature_type, f.properties.key) for f in plan.features] == [
        ("level", "l"),
        ("section", "s"),
        ("section", "s/2"),
    ]
    assert plan.features[0].geometry == plan.features[2].geometry
    assert [problem.said.message for problem in problems] == ["import.part_left"]
    assert not left_out


def test_coordinates_nested_without_end_are_refused() -> None:
    deep: list[Any] = []
    for _ in range(900):
        deep = [deep]
    item = degrees({"feature_type": "level", "properties": {}})
    item["geometry"]["coordinates"] = deep
    raw = {"features": [item], "origin_lonlat": list(CITY)}
    with pytest.raises(InvalidFloorplan):
        imported(raw)


def test_a_stated_origin_keeps_the_frame() -> None:
    raw = {
        "type": "FeatureCollection",
        "features": [degrees({"feature_type": "level", "properties": {}})],
        "synthetic": True,
    }
    raw["origin_lonlat"] = [CITY[0] - 0.001, CITY[1]]
    plan = imported(raw)
    outline = plan.features[0].geometry
    assert isinstance(outline, PolygonGeometry)
    assert math.isclose(outline.coordinates[0][0][0], metres_per_degree(CITY[1])[0] / 1000, abs_tol=0.001)
    assert plan.synthetic is True
