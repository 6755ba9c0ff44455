"""All formats behind one door: shapes and problems, never an exception, and the draft's own faults kept apart."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store_server.adapters.plan_formats import PlanFormats
from store_server.domain.plan_problems import InvalidFloorplan
from store_server.wire.floorplans import FloorplanDocument, LevelFeature, SlotFeature
from store_server.wire.plan_files import DxfLayerUse, DxfMapping, DxfUse, ImportedPlan, LengthUnit, PlanFormat
from tests.domain.drawn_plans import off_by_m, plans, shapes
from tests.domain.floors import Json, area, changed, document, fixture, found, line, node, plan, shop

AT = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
FORMATS = PlanFormats()
EMPTY = document({"type": "FeatureCollection", "name": "empty", "crs_local": {}, "features": []})
READ = [one for one in PlanFormat if one is not PlanFormat.PNG]


def read(
    plan_format: PlanFormat, raw: bytes, draft: FloorplanDocument = EMPTY, mapping: DxfMapping | None = None
) -> ImportedPlan:
    imported = FORMATS.read(plan_format, raw, draft, mapping)
    assert ImportedPlan.model_validate_json(imported.model_dump_json()) == imported
    return imported


def written(plan_format: PlanFormat, raw: Json | FloorplanDocument) -> bytes:
    draft = raw if isinstance(raw, FloorplanDocument) else document(raw)
    return FORMATS.write(plan_format, draft, None, AT).content


@pytest.mark.parametrize("plan_format", [PlanFormat.GEOJSON, PlanFormat.IMDF])
@given(plan=plans())
@settings(max_examples=15, deadline=None)
def test_out_and_back_is_the_same_geometry(plan_format: PlanFormat, plan: FloorplanDocument) -> None:
    imported = read(plan_format, written(plan_format, plan))
    assert [problem for problem in imported.problems if problem.severity == "error"] == []
    back = {feature.id: shape for feature, shape in zip(imported.features, shapes(_again(imported)), strict=True)}
    for feature, shape in zip(plan.features, shapes(plan), strict=True):
        assert shape[:2] == back[feature.id][:2]
        assert off_by_m(shape[2], back[feature.id][2]) < 0.001


def _again(imported: ImportedPlan) -> FloorplanDocument:
    return EMPTY.model_copy(update={"features": imported.features})


@given(
    st.lists(
        st.text("=+-@'\t milké,\"\n;", min_size=1, max_size=12).map(str.strip).filter(bool), min_size=4, max_size=4
    )
)
@settings(max_examples=60, deadline=None)
def test_a_planogram_is_read_back_alike_and_holds_no_formula(words: list[str]) -> None:
    raw = changed(shop())
    printable = ["".join(letter if letter.isprintable() else "x" for letter in word) for word in words]
    item = found(raw, "A-E-1")
    found(raw, "A")["properties"]["key"] = printable[0]
    item["properties"] |= {"key": printable[1][:60] + "k", "sku": printable[2], "department": printable[3]}
    draft = document(raw)
    exported = written(PlanFormat.PLANOGRAM, draft)
    cells = [cell for row in csv.reader(io.StringIO(exported.decode())) for cell in row]
    assert not [cell for cell in cells if cell[0:1] in set("=+-@\t\r") and not _is_number(cell)]
    imported = read(PlanFormat.PLANOGRAM, exported, draft)
    assert imported.problems == ()
    assert imported.features == tuple(feature for feature in draft.features if isinstance(feature, SlotFeature))


def _is_number(cell: str) -> bool:
    return cell.removeprefix("-").replace(".", "", 1).isdigit()


def test_a_planogram_for_other_shelves_is_listed_by_line() -> None:
    imported = read(PlanFormat.PLANOGRAM, written(PlanFormat.PLANOGRAM, shop()))
    assert imported.features == ()
    assert [problem.rule for problem in imported.problems] == ["unknown_reference"] * 3
    assert "line 2" in imported.problems[0].words


def test_a_drawing_is_put_on_the_drafts_level_where_it_has_none() -> None:
    raw = written(PlanFormat.DXF, shop())
    mapping = DxfMapping(layers=(DxfLayerUse(name="L0-fixture", use=DxfUse.FIXTURE),))
    imported = read(PlanFormat.DXF, raw, document(plan()), mapping)
    assert {feature.properties.level_id for feature in imported.features} == {"L"}
    assert [problem.severity for problem in imported.problems] == ["warning"]
    assert "no_level" in {problem.rule for problem in read(PlanFormat.DXF, raw, EMPTY, mapping).problems}


def test_a_drawing_nobody_mapped_is_taken_by_its_guesses() -> None:
    imported = read(PlanFormat.DXF, written(PlanFormat.DXF, shop()))
    assert sum(isinstance(feature, LevelFeature) for feature in imported.features) == 1
    assert len(imported.features) == len(shop()["features"]) - 3


def test_a_fault_of_a_shape_is_told_with_its_place_and_the_shapes_are_there_to_be_mended() -> None:
    raw = changed(shop())
    corners = found(raw, "B")["geometry"]["coordinates"][0]
    corners[1], corners[2] = corners[2], corners[1]
    imported = read(PlanFormat.GEOJSON, json.dumps(raw).encode())
    (problem,) = imported.problems
    assert (problem.rule, problem.feature_keys) == ("self_intersection", ("B",))
    assert problem.x_m is not None
    assert len(imported.features) == len(raw["features"])


def test_the_drafts_own_faults_are_not_those_of_a_file() -> None:
    raw = changed(shop())
    corners = found(raw, "B")["geometry"]["coordinates"][0]
    corners[1], corners[2] = corners[2], corners[1]
    draft = document(raw)
    assert read(PlanFormat.PLANOGRAM, written(PlanFormat.PLANOGRAM, draft), draft).problems == ()


def test_shapes_of_one_id_or_one_name_get_their_own_and_it_is_said() -> None:
    raw = plan(fixture("A", (1, 1, 2, 2)), fixture("A", (3, 3, 4, 4)), area("section", "A", (0, 0, 9, 9)))
    imported = read(PlanFormat.GEOJSON, json.dumps(raw).encode())
    assert [feature.properties.key for feature in imported.features] == ["L", "A", "A-2", "A"]
    assert len({feature.id for feature in imported.features}) == 4
    assert [problem.message for problem in imported.problems] == ["import.key_twice", "import.id_twice"]


def test_two_nodes_of_one_name_are_handed_on_to_be_mended() -> None:
    raw = plan(node("n1", (2, 2)), node("n2", (5, 5)))
    found(raw, "n2")["properties"]["node_key"] = "n1"
    imported = read(PlanFormat.GEOJSON, json.dumps(raw).encode())
    assert len(imported.features) == 3
    assert [problem.rule for problem in imported.problems] == ["duplicate_id"]


def test_a_plan_of_too_many_corners_is_not_handed_on() -> None:
    wave = [[n / 1000, 1 + n % 2] for n in range(9000)]
    walls = [
        {**area("wall", f"w{n}", (0, 0, 1, 1)), "geometry": {"type": "LineString", "coordinates": wave}}
        for n in range(6)
    ]
    imported = read(PlanFormat.GEOJSON, json.dumps(plan(*walls)).encode())
    assert imported.features == ()
    assert [problem.rule for problem in imported.problems] == ["too_detailed"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1e9, "C.*at most 100000"),
        (float("nan"), "C.*not NaN or infinite"),
        ("east", "C.*number"),
        (None, "C.*number"),
    ],
)
def test_a_corner_of_no_place_is_named_with_its_shape(value: object, words: str) -> None:
    raw = plan(fixture("C", (1, 1, 2, 2)))
    found(raw, "C")["geometry"]["coordinates"][0][1][0] = value
    imported = read(PlanFormat.GEOJSON, json.dumps(raw).encode())
    assert [feature.id for feature in imported.features] == ["L"]
    lost, named = imported.problems
    assert lost.words == "Left out, as they cannot be read: 1 of 2 shapes."
    assert (named.severity, named.feature_keys, named.x_m) == ("error", ("C",), 1.0)
    assert re.search(words, named.words)


def test_metres_where_degrees_are_meant_are_taken_as_metres_and_said() -> None:
    raw = plan(fixture("C", (1, 1, 2, 11)))
    del raw["crs_local"]
    imported = read(PlanFormat.GEOJSON, json.dumps(raw).encode())
    assert (imported.unit, imported.likely_unit, imported.origin_lonlat) == ("m", None, None)
    assert [problem.message for problem in imported.problems] == ["import.metres_assumed"]
    assert imported.features == document(plan(fixture("C", (1, 1, 2, 11)))).features


def hundredfold() -> Json:
    raw = plan(fixture("A", (5, 3, 6, 9)), line("opening", "door", (1, 0), (3, 0), category="pedestrian"))
    for item in raw["features"]:
        item["geometry"] = json.loads(json.dumps(item["geometry"]), parse_int=lambda number: int(number) * 100)
    return raw


def test_a_drawing_whose_unit_is_wrong_is_said_and_taken_in_another() -> None:
    drawing = written(PlanFormat.DXF, hundredfold())
    layers = (DxfLayerUse(name="L0-outline", use=DxfUse.OUTLINE), DxfLayerUse(name="L0-fixture", use=DxfUse.FIXTURE))
    imported = read(PlanFormat.DXF, drawing, EMPTY, DxfMapping(layers=layers))
    assert (imported.unit, imported.likely_unit) == ("m", "cm")
    assert [p.message for p in imported.problems][:2] == ["unlikely_size.level", "unlikely_size.unit"]
    again = read(PlanFormat.DXF, drawing, EMPTY, DxfMapping(layers=layers, unit=LengthUnit.CENTIMETRE))
    assert (again.unit, again.likely_unit) == ("cm", None)
    assert "unlikely_size" not in {problem.rule for problem in again.problems}


def test_an_archive_too_large_for_a_shop_is_said_and_has_no_other_unit() -> None:
    imported = read(PlanFormat.IMDF, written(PlanFormat.IMDF, hundredfold()))
    assert (imported.unit, imported.likely_unit) == (None, None)
    assert [problem.message for problem in imported.problems] == ["unlikely_size.level"]


@pytest.mark.parametrize("plan_format", [PlanFormat.GEOJSON, PlanFormat.IMDF])
@pytest.mark.parametrize("latitude", [-90.0, 90.0, 86.0, 84.9])
def test_a_plan_at_a_pole_goes_out_and_comes_back(plan_format: PlanFormat, latitude: float) -> None:
    raw = shop()
    raw["crs_local"] = {"origin_lonlat": [-180.0, latitude]}
    imported = read(plan_format, written(plan_format, raw))
    after = {feature.id: shape for feature, shape in zip(imported.features, shapes(_again(imported)), strict=True)}
    for feature, shape in zip(document(raw).features, shapes(document(raw)), strict=True):
        assert off_by_m(shape[2], after[feature.id][2]) < 0.001


@pytest.mark.parametrize("plan_format", [PlanFormat.GEOJSON, PlanFormat.IMDF])
@given(
    change=st.tuples(
        st.integers(0, 10_000),
        st.sampled_from([None, True, -1, 1e300, 10**400, "", "\ud800", "x" * 300, [], {}, [[1, 2]]]),
    )
)
@settings(max_examples=150, deadline=None)
def test_a_value_of_another_kind_anywhere_is_read_or_told(plan_format: PlanFormat, change: tuple[int, object]) -> None:
    files = _plain_files(plan_format)
    places = [place for content in files.values() for place in _places(content)]
    holder, key = places[change[0] % len(places)]
    holder[key] = change[1]
    raw = json.dumps(files["plan"]).encode() if plan_format is PlanFormat.GEOJSON else _zipped(files)
    imported = read(plan_format, raw, document(shop()))
    assert imported.features or imported.problems


def _plain_files(plan_format: PlanFormat) -> dict[str, Any]:
    raw = shop()
    raw["crs_local"] = {"origin_lonlat": [8.54, 47.37]}
    exported = written(plan_format, raw)
    if plan_format is PlanFormat.GEOJSON:
        return {"plan": json.loads(exported)}
    with zipfile.ZipFile(io.BytesIO(exported)) as archive:
        return {name: json.loads(archive.read(name)) for name in archive.namelist()}


def _zipped(files: dict[str, Any]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, json.dumps(content))
    return packed.getvalue()


def _places(part: Any) -> Iterator[tuple[Any, Any]]:
    """Everything that can be changed in parsed JSON."""
    for key in part if isinstance(part, dict) else range(len(part)) if isinstance(part, list) else ():
        yield part, key
        yield from _places(part[key])


def million_points() -> bytes:
    corners = ",".join(["[0.5,0.5]"] * 1_000_000)
    level = '{"type":"Feature","id":"L","feature_type":"level","geometry":{"type":"Polygon","coordinates":[['
    return f'{{"type":"FeatureCollection","features":[{level}{corners}]]}}}}]}}'.encode()


@pytest.mark.parametrize("plan_format", READ)
@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        b"{}",
        b"null",
        b"[" * 50_000,
        b"PK\x05\x06" + b"\0" * 18,
        b"0\nSECTION\n",
        million_points(),
    ],
    ids=["empty", "not_text", "object", "null", "deep", "empty_zip", "cut_drawing", "million_points"],
)
def test_no_file_makes_more_than_a_list_of_problems(plan_format: PlanFormat, raw: bytes) -> None:
    imported = read(plan_format, raw, document(shop()))
    assert imported.features == ()
    # A planogram without a row holds no slots, which its reader says in other words.
    assert imported.problems
    assert all(problem.words for problem in imported.problems)


def test_a_picture_is_not_imported_and_an_empty_plan_is_not_written() -> None:
    assert read(PlanFormat.PNG, b"\x89PNG").problems
    for plan_format in PlanFormat:
        with pytest.raises(InvalidFloorplan, match="no level"):
            FORMATS.write(plan_format, EMPTY, None, AT)


def test_what_is_no_drawing_has_no_layers_but_a_problem() -> None:
    layers = FORMATS.dxf_layers(b"AC1032" + b"\0" * 100)
    assert layers.layers == ()
    assert "DWG" in layers.problems[0].words
