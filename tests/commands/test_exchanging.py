"""Plans to and from other tools, on the command line."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from store_server.commands import exchanging
from tests.domain.floors import Json, area, changed, found, plan, shop

COMMANDS = {str(command.name): command for command in exchanging.COMMANDS}


def run(name: str, *arguments: str | Path) -> Result:
    return CliRunner().invoke(COMMANDS[name], [str(argument) for argument in arguments])


def write(path: Path, raw: Json) -> Path:
    path.write_text(json.dumps(raw))
    return path


@pytest.fixture
def shop_file(tmp_path: Path) -> Path:
    return write(tmp_path / "shop.json", shop())


def corners(path: Path) -> dict[str, object]:
    features = json.loads(path.read_text())["features"]
    return {feature["id"]: feature["geometry"]["coordinates"] for feature in features}


@pytest.mark.parametrize("file_format", ["geojson", "imdf"])
def test_a_plan_goes_out_in_degrees_and_comes_back_the_same(tmp_path: Path, shop_file: Path, file_format: str) -> None:
    out, back = tmp_path / "shop.out", tmp_path / "back.json"
    went = run("export-plan", shop_file, "--format", file_format, "--origin", "8.54", "47.37", "--out", out)
    assert went.exit_code == 0, went.output
    shown = run("import-plan", out, "--format", file_format, "--out", back)
    assert shown.exit_code == 0, shown.output
    assert corners(back) == corners(shop_file)
    assert json.loads(back.read_text())["crs_local"]["origin_lonlat"] == [8.54, 47.37]


def test_an_archive_of_a_plan_without_a_place_says_so(tmp_path: Path, shop_file: Path) -> None:
    out = tmp_path / "shop.zip"
    shown = run("export-plan", shop_file, "--format", "imdf", "--out", out)
    assert "longitude 0, latitude 0" in shown.stderr
    assert zipfile.is_zipfile(out)


def test_a_drawing_is_taken_as_its_layers_are_told_or_guessed(tmp_path: Path, shop_file: Path) -> None:
    out, back = tmp_path / "shop.dxf", tmp_path / "back.json"
    assert run("export-plan", shop_file, "--format", "dxf", "--out", out).exit_code == 0
    shown = run("import-plan", out, "--format", "dxf", "--out", back)
    assert shown.exit_code == 0, shown.output
    assert "Layer L0-fixture: taken as fixture" in shown.stderr
    told = ["--layer", "L0-outline=outline", "--layer", "L0-fixture=blocked", "--unit", "m"]
    shown = run("import-plan", out, "--format", "dxf", *told, "--out", back)
    assert shown.exit_code == 0, shown.output
    kinds = [feature["feature_type"] for feature in json.loads(back.read_text())["features"]]
    assert sorted(kinds) == ["blocked_area", "blocked_area", "level"]
    assert "left out: layer L0-kiosk" in shown.stderr


@pytest.mark.parametrize("told", ["L0-outline", "=wall", "L0-outline=roof"])
def test_a_layer_told_wrongly_is_wrong_use(tmp_path: Path, shop_file: Path, told: str) -> None:
    shown = run("import-plan", shop_file, "--format", "dxf", "--layer", told, "--out", tmp_path / "x")
    assert shown.exit_code == 2
    assert "NAME=USE" in shown.stderr


def test_a_plan_is_drawn_level_by_level(tmp_path: Path, shop_file: Path) -> None:
    out = tmp_path / "shop.png"
    assert (
        run("export-plan", shop_file, "--format", "png", "--width", "400", "--level", "L", "--out", out).exit_code == 0
    )
    assert Image.open(io.BytesIO(out.read_bytes()), formats=("PNG",)).width == 400
    shown = run("export-plan", shop_file, "--format", "png", "--level", "attic", "--out", out)
    assert shown.exit_code == 1
    assert "no level" in shown.stderr


def test_slots_go_out_as_a_planogram_and_come_back(tmp_path: Path, shop_file: Path) -> None:
    out, whole = tmp_path / "slots.csv", tmp_path / "whole.geojson"
    assert run("export-plan", shop_file, "--format", "planogram", "--out", out).exit_code == 0
    bare = changed(shop())
    bare["features"] = [item for item in bare["features"] if item["feature_type"] != "shelf_slot"]
    bare_file = write(tmp_path / "bare.json", bare)
    shown = run("export-plan", bare_file, "--planogram", out, "--format", "geojson", "--out", whole)
    assert shown.exit_code == 0, shown.output
    slots = [item for item in json.loads(whole.read_text())["features"] if item["feature_type"] == "shelf_slot"]
    assert [slot["properties"]["sku"] for slot in slots] == ["SKU1", "SKU2", "SKU3"]


def test_what_a_floorplan_has_no_place_for_is_counted(tmp_path: Path) -> None:
    place = {"type": "Point", "coordinates": [8, 47]}
    unit = {"type": "Feature", "properties": {"feature_type": "footprint"}, "geometry": place}
    path = write(tmp_path / "in.geojson", {"type": "FeatureCollection", "features": [unit]})
    shown = run("import-plan", path, "--format", "geojson", "--out", tmp_path / "out.json")
    assert shown.exit_code == 1
    assert "Of type footprint" in shown.stderr
    assert "not_a_plan" in shown.stderr


def test_what_can_be_read_is_written_and_what_cannot_is_said(tmp_path: Path) -> None:
    raw = changed(shop())
    found(raw, "B")["geometry"]["coordinates"][0][1] = "here"
    raw["features"].append({"type": "Feature", "properties": {"feature_type": "footprint"}, "geometry": None})
    out = tmp_path / "out.json"
    shown = run("import-plan", write(tmp_path / "in.json", raw), "--format", "geojson", "--out", out)
    assert "Feature 3 (B): geometry.coordinates.0.1: this must be a list." in shown.stderr
    assert "1 features were left out: footprint." in shown.stderr
    assert shown.exit_code == 1, "a slot of B stands on nothing now"
    raw["features"] = [f for f in raw["features"] if f["properties"].get("key") != "B-W-1"]
    shown = run("import-plan", write(tmp_path / "in.json", raw), "--format", "geojson", "--out", out)
    assert shown.exit_code == 0
    kept = {feature["properties"]["key"] for feature in json.loads(out.read_text())["features"]}
    assert kept == {f["properties"]["key"] for f in shop()["features"]} - {"B", "B-W-1"}


def test_a_unit_that_is_told_is_taken(tmp_path: Path) -> None:
    raw = plan(area("section", "all", (0, 0, 20, 12)))
    out = tmp_path / "out.json"
    shown = run("import-plan", write(tmp_path / "in.json", raw), "--format", "geojson", "--unit", "cm", "--out", out)
    assert shown.exit_code == 0
    assert "unlikely_size" in shown.stderr
    assert json.loads(out.read_text())["features"][0]["geometry"]["coordinates"][0][2] == [0.2, 0.12]


def test_a_broken_shape_is_named_with_its_place_and_nothing_is_written(tmp_path: Path) -> None:
    raw = changed(shop())
    ring = found(raw, "B")["geometry"]["coordinates"][0]
    ring[1], ring[2] = ring[2], ring[1]
    out = tmp_path / "out.json"
    shown = run("import-plan", write(tmp_path / "in.json", raw), "--format", "geojson", "--out", out)
    assert shown.exit_code == 1
    assert "error self_intersection B at (" in shown.stderr
    assert not out.exists()


def test_without_a_place_on_earth_metres_are_written_and_said(tmp_path: Path, shop_file: Path) -> None:
    shown = run("export-plan", shop_file, "--format", "geojson", "--out", tmp_path / "out.geojson")
    assert shown.exit_code == 0
    assert "written in metres" in shown.stderr


@pytest.mark.parametrize("file_format", ["imdf", "dxf"])
def test_a_file_of_another_kind_is_refused_with_words(tmp_path: Path, shop_file: Path, file_format: str) -> None:
    shown = run("import-plan", shop_file, "--format", file_format, "--out", tmp_path / "x")
    assert shown.exit_code == 1
    assert shown.stderr.startswith("error not_a_plan")
    assert not (tmp_path / "x").exists()


def test_formats_that_are_not_known_are_wrong_use(tmp_path: Path, shop_file: Path) -> None:
    assert run("import-plan", shop_file, "--format", "shapefile", "--out", tmp_path / "x").exit_code == 2
    assert run("import-plan", shop_file, "--format", "png", "--out", tmp_path / "x").exit_code == 2
