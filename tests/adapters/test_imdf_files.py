"""IMDF archives: out and back within a millimetre, other tools' files as far as a floorplan goes, hostile ones refused."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store_server.adapters.imdf_files import (
    MAX_ARCHIVE_BYTES,
    MAX_MEMBERS,
    MAX_UNPACKED_BYTES,
    export_imdf,
    import_imdf,
)
from store_server.domain.imdf_writing import EXTENSION
from store_server.domain.plan_problems import InvalidFloorplan, Rule
from store_server.domain.plan_structure import structure_problems
from store_server.wire.floorplans import FloorplanDocument, KioskFeature, UnitFeature
from tests.domain.drawn_plans import off_by_m, plans, shapes
from tests.domain.floors import Json, document, ring, shop

AT = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
X, Y = 8.54, 47.37


def archive(files: Mapping[str, Any], **options: Any) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, **options) as written:
        for name, content in files.items():
            written.writestr(name, content if isinstance(content, bytes | str) else json.dumps(content))
    return packed.getvalue()


def collection(*features: Json) -> Json:
    return {"type": "FeatureCollection", "features": list(features)}


def area(kind: str, key: str, **properties: Any) -> Json:
    box = {"type": "Polygon", "coordinates": [ring((X, Y, X + 0.001, Y + 0.001))]}
    return {"type": "Feature", "id": key, "feature_type": kind, "geometry": box, "properties": properties}


def others() -> dict[str, Any]:
    """An archive as another tool writes it: two levels, stairs, and much a floorplan has no place for."""
    ground = area("level", "l0", ordinal=0, name={"en": "Ground", "de": "Erdgeschoss"})
    upper = area("level", "l1", ordinal=1, name={"en": "Upper"})
    stairs = [area("unit", f"u{n}", category="stairs", name=None, level_id=f"l{n}") for n in (0, 1)]
    tied = {"origin": {"id": "u0", "feature_type": "unit"}, "destination": {"id": "u1", "feature_type": "unit"}}
    way = {"type": "Feature", "id": "r", "feature_type": "relationship", "geometry": None, "properties": tied}
    shelf = area("fixture", "f", category="furniture", name={"en": "Shelf"}, level_id="l1")
    shelf["geometry"] = {"type": "MultiPolygon", "coordinates": [shelf["geometry"]["coordinates"]] * 2}
    till = {**area("amenity", "a", category="checkin.desk", name=None, unit_ids=["u1"])}
    till["geometry"] = {"type": "Point", "coordinates": [X, Y]}
    door = {**area("opening", "d", category="emergencyexit", level_id="l0", name=None)}
    door["geometry"] = {"type": "LineString", "coordinates": [[X, Y], [X, Y + 1e-5]]}
    return {
        "manifest.json": {"version": "1.0.0", "created": "2026-05-04T12:00:00Z", "language": "en"},
        "venue.geojson": collection(area("venue", "v", category="retailstore", name={"en": "Corner shop"})),
        "level.geojson": collection(ground, upper),
        "unit.geojson": collection(*stairs),
        "relationship.geojson": collection(way),
        "fixture.geojson": collection(shelf),
        "amenity.geojson": collection(till),
        "opening.geojson": collection(door),
        "kiosk.geojson": collection(area("kiosk", "k", name={"en": "Screen 1"}, level_id="l0", display_point=None)),
        "geofence.geojson": collection(area("geofence", "g"), area("geofence", "h")),
        "detail.geojson": collection(),
        "__MACOSX/._level.geojson": b"\x00\x05\x16\x07",
    }


@given(plans(), st.one_of(st.none(), st.tuples(st.floats(-179, 179), st.floats(-80, 80))))
@settings(max_examples=30, deadline=None)
def test_out_and_back_is_the_same_plan_within_a_millimetre(plan: FloorplanDocument, origin: Any) -> None:
    placed = plan.model_copy(update={"crs_local": plan.crs_local.model_copy(update={"origin_lonlat": origin})})
    raw, notes = export_imdf(placed, AT)
    back, left_out, problems, _ = import_imdf(raw)
    assert not problems
    assert not left_out
    assert back.crs_local == placed.crs_local
    assert (back.name, back.attribution) == (plan.name, plan.attribution)
    assert any("longitude 0" in note for note in notes) is (origin is None)
    after = {feature.id: feature for feature in back.features}
    assert set(after) == {feature.id for feature in plan.features}
    before = dict(zip((f.id for f in plan.features), shapes(plan), strict=True))
    for feature_id, shape in zip((f.id for f in back.features), shapes(back), strict=True):
        assert shape[:2] == before[feature_id][:2]
        assert off_by_m(before[feature_id][2], shape[2]) < 0.001
    for feature in plan.features:
        same = feature.properties.model_dump(exclude={"display_point", "catchment"})
        assert after[feature.id].properties.model_dump(exclude={"display_point", "catchment"}) == same


def test_a_kiosks_places_move_with_it() -> None:
    raw = shop()
    (kiosk,) = (item for item in raw["features"] if item["feature_type"] == "kiosk")
    kiosk["properties"]["catchment"] = {"type": "Polygon", "coordinates": [ring((10, 1, 17, 9))]}
    plan = document(raw)
    back, *_ = import_imdf(export_imdf(plan, AT)[0])
    (before,) = (feature for feature in plan.features if isinstance(feature, KioskFeature))
    (after,) = (feature for feature in back.features if isinstance(feature, KioskFeature))
    assert after == before


def test_what_imdf_has_no_word_for_is_an_extension_named_in_the_manifest() -> None:
    raw, notes = export_imdf(document(shop()), AT)
    with zipfile.ZipFile(io.BytesIO(raw)) as written:
        names = set(written.namelist())
        manifest = json.loads(written.read("manifest.json"))
        files = {name: json.loads(written.read(name))["features"] for name in names - {"manifest.json"}}
    assert manifest["extensions"] == [EXTENSION]
    assert (manifest["version"], manifest["created"]) == ("1.0.0", "2026-05-04T12:00:00+00:00")
    assert {"venue.geojson", "address.geojson", "building.geojson", "footprint.geojson", "level.geojson"} <= names
    assert {"scanner_node.geojson", "shelf_slot.geojson"} <= names
    assert any(EXTENSION in note for note in notes)
    ids = {item["id"] for features in files.values() for item in features}
    assert all(str(uuid.UUID(feature_id)) == feature_id for feature_id in ids)
    (level,) = files["level.geojson"]
    assert all(item["properties"]["level_id"] == level["id"] for item in files["fixture.geojson"])
    assert {item["properties"]["category"] for item in files["fixture.geojson"]} == {"furniture"}
    (till,) = files["amenity.geojson"]
    assert set(till["properties"]["unit_ids"]) <= {item["id"] for item in files["unit.geojson"]}


def test_stairs_are_tied_by_relationships() -> None:
    raw = shop()
    raw["features"].append({**raw["features"][0], "id": "M", "properties": {"key": "M", "level_id": "M", "ordinal": 1}})
    stairs = {"type": "Polygon", "coordinates": [ring((17, 9, 19, 11))]}
    for level in ("L", "M"):
        given = {"key": f"stairs {level}", "level_id": level, "category": "stairs", "connects": "main"}
        raw["features"].append(
            {"type": "Feature", "id": f"s{level}", "feature_type": "unit", "geometry": stairs, "properties": given}
        )
    exported = export_imdf(document(raw), AT)[0]
    with zipfile.ZipFile(io.BytesIO(exported)) as written:
        (way,) = json.loads(written.read("relationship.geojson"))["features"]
        units = {item["id"] for item in json.loads(written.read("unit.geojson"))["features"]}
    assert way["properties"]["category"] == "stairs"
    assert {way["properties"][end]["id"] for end in ("origin", "destination")} < units


def test_another_tools_archive_is_read_as_far_as_a_floorplan_goes() -> None:
    plan, left_out, problems, _ = import_imdf(archive(others()))
    assert not problems
    assert plan.name == "Corner shop"
    assert left_out == {"geofence": 2}
    assert plan.crs_local.origin_lonlat == (X, Y)
    kinds = sorted(feature.feature_type for feature in plan.features)
    assert kinds == ["amenity", "fixture", "fixture", "kiosk", "level", "level", "opening", "unit", "unit"]
    on = {feature.properties.key: feature.properties.level_id for feature in plan.features}
    assert on["Shelf"] == on["Shelf/2"] == "l1"
    assert on["amenity/1"] == "l1"
    stairs = [feature for feature in plan.features if isinstance(feature, UnitFeature)]
    assert stairs[0].properties.connects == stairs[1].properties.connects is not None
    (kiosk,) = (feature for feature in plan.features if isinstance(feature, KioskFeature))
    assert kiosk.properties.kiosk_key == "Screen-1"
    assert kiosk.properties.display_point.coordinates[1] < 0


def broken(change: Any) -> bytes:
    files = others()
    change(files)
    return archive(files)


def outline(files: dict[str, Any]) -> Json:
    return files["level.geojson"]["features"][0]["geometry"]  # type: ignore[no-any-return]


def set_corner(value: Any) -> Any:
    def change(files: dict[str, Any]) -> None:
        outline(files)["coordinates"][0][1] = value

    return change


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "not a zip"),
        (b"PK\x03\x04 cut short", "not a zip"),
        (archive(others())[:-300], "not a zip"),
        (archive({}), "no GeoJSON file"),
        (archive({"level.geojson": b"{"}), "level.geojson: This is not JSON"),
        (archive({"level.geojson": b"[" * 100_000}), "nested too deeply"),
        (archive({"a.geojson": {"features": []}, "more.zip": b""}), "archive in the archive"),
        (archive({"x/level.geojson": {"features": []}, "level.geojson": {"features": []}}), "there twice"),
        (archive({f"{n}.geojson": b"{}" for n in range(MAX_MEMBERS + 1)}), "files: an IMDF archive"),
        (archive({f"{n}.txt": b"" for n in range(5000)}), "more than"),
        (archive({"level.geojson": b" " * (MAX_UNPACKED_BYTES + 1)}), "more than a plan can"),
        (archive({"level.geojson": b"0," * 800_000}), "more than a plan can"),
        (b"x" * (MAX_ARCHIVE_BYTES + 1), "larger than 20 MB"),
    ],
)
def test_hostile_and_broken_archives_are_refused_with_words(raw: bytes, words: str) -> None:
    with pytest.raises(InvalidFloorplan) as refused:
        import_imdf(raw)
    said = " ".join(problem.words for problem in refused.value.problems)
    assert words in said


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (broken(set_corner([X, float("nan")])), "not NaN or infinite"),
        (broken(set_corner([X, 1e9])), "at most 100000"),
        (broken(set_corner([1000, 2000])), "at most 100000"),
        (broken(set_corner([10**400, 1])), "no numbers of this world"),
        (broken(lambda files: outline(files)["coordinates"].clear()), "at least 1"),
        (broken(lambda files: outline(files).update(coordinates=[[[X, Y]] * 20_000])), "more than 10000 positions"),
        (broken(lambda files: outline(files).update(type="GeometryCollection")), "Polygon"),
        (broken(lambda files: files["level.geojson"]["features"][0].update(geometry=None)), "an object"),
    ],
    ids=["nan", "far", "no_degrees", "huge", "no_ring", "too_many", "collection", "none"],
)
def test_one_broken_shape_keeps_no_other_from_being_read(raw: bytes, words: str) -> None:
    plan, _, problems, _ = import_imdf(raw)
    whole = import_imdf(archive(others())).document
    assert [f.id for f in plan.features] == [f.id for f in whole.features if f.id != "l0"]
    assert plan.crs_local == whole.crs_local
    lost, named = problems[:2]
    assert (lost.said.message, lost.said.figures["count"]) == ("import.unread", 1)
    assert named.is_error
    assert words in named.words
    assert named.feature_keys == ("Ground",)


def test_an_archive_of_nothing_but_broken_shapes_is_refused_with_each_of_them() -> None:
    level = {**area("level", "l0"), "geometry": {"type": "Polygon", "coordinates": [[[X, Y], "here"]]}}
    with pytest.raises(InvalidFloorplan) as refused:
        import_imdf(archive({"level.geojson": collection(level, {**level, "id": "l1"})}))
    said = [problem.said.message for problem in refused.value.problems]
    assert said[:2] == ["not_a_plan.nothing_usable", "import.unread"]
    assert [problem.feature_keys for problem in refused.value.problems[2:]] == [("level/1",), ("level/2",)]


@pytest.mark.parametrize("values", [[[1000, 2000], [1001, 2001]], []])
def test_an_archive_of_no_degrees_is_refused(values: Any) -> None:
    line = {"type": "LineString", "coordinates": values}
    wall = {"type": "Feature", "id": "w", "feature_type": "wall", "geometry": line, "properties": {}}
    with pytest.raises(InvalidFloorplan, match="no degrees" if values else "no shape with coordinates"):
        import_imdf(archive({"wall.geojson": collection(wall)}))


def test_shapes_of_one_id_get_one_each() -> None:
    files = others()
    files["fixture.geojson"]["features"].append(area("fixture", "u0", category="furniture", level_id="l1"))
    plan, _, problems, _ = import_imdf(archive(files))
    ids = [feature.id for feature in plan.features]
    assert len(set(ids)) == len(ids)
    assert [problem.said.message for problem in problems] == ["import.id_twice"]


def test_an_encrypted_archive_is_refused() -> None:
    raw = bytearray(archive({"level.geojson": b"{}"}))
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(InvalidFloorplan, match="encrypted"):
        import_imdf(bytes(raw))


@pytest.mark.parametrize("corner", [[X, float("nan")], [X], "corner", None, [10**400, 1]])
def test_a_kiosk_of_no_shape_is_told_and_left_out(corner: Any) -> None:
    def change(files: dict[str, Any]) -> None:
        files["kiosk.geojson"]["features"][0]["geometry"]["coordinates"][0][1] = corner

    plan, _, problems, _ = import_imdf(broken(change))
    assert not [feature for feature in plan.features if isinstance(feature, KioskFeature)]
    assert [(problem.rule, problem.feature_keys) for problem in problems] == [
        (Rule.BAD_FORM, ()),
        (Rule.BAD_FORM, ("Screen 1",)),
    ]


def test_an_archive_without_a_level_is_read_and_left_to_the_checks() -> None:
    plan, *_ = import_imdf(broken(lambda files: files.pop("level.geojson")))
    assert {problem.rule for problem in structure_problems(plan)} >= {Rule.NO_LEVEL, Rule.UNKNOWN_REFERENCE}


def test_a_shape_that_crosses_itself_is_named_with_its_place() -> None:
    def fold(files: dict[str, Any]) -> None:
        corners = outline(files)["coordinates"][0]
        corners[1], corners[2] = corners[2], corners[1]

    plan, *_ = import_imdf(broken(fold))
    (problem,) = structure_problems(plan)
    assert (problem.rule, problem.feature_keys) == (Rule.SELF_INTERSECTION, ("Ground",))
    assert problem.place is not None
