"""The commands about floorplans, as a shop and outside checks run them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.plan_commands import COMMANDS, run, write
from tests.domain.floors import changed, found, shop


@pytest.fixture
def shop_file(tmp_path: Path) -> Path:
    return write(tmp_path / "shop.json", shop())


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_explains_itself_with_an_example(name: str) -> None:
    shown = run(name, "--help")
    assert shown.exit_code == 0
    assert "Example: aisleway" in " ".join(shown.output.split())


def test_a_sound_plan_passes(shop_file: Path) -> None:
    shown = run("check-plan", shop_file)
    assert shown.exit_code == 0
    assert "0 errors, 0 warnings." in shown.output
    assert json.loads(run("check-plan", shop_file, "--json").output) == []


def test_a_broken_plan_is_listed_with_key_place_and_words(tmp_path: Path) -> None:
    raw = changed(shop())
    found(raw, "A-E-1")["properties"]["facing"] = [-1, 0]
    path = write(tmp_path / "plan.json", raw)
    shown = run("check-plan", path)
    assert shown.exit_code == 1
    assert "error facing_into_fixture A-E-1, A at (6, 5):" in shown.output
    assert "1 errors" in shown.output
    (problem,) = json.loads(run("check-plan", path, "--json").output)
    assert problem["severity"] == "error"
    assert problem["rule"] == "facing_into_fixture"
    assert problem["key"] == "A-E-1"
    assert problem["feature_keys"] == ["A-E-1", "A"]
    assert problem["place"] == [6.0, 5.0]
    assert problem["words"]


def test_warnings_alone_exit_with_0(tmp_path: Path) -> None:
    raw = changed(shop())
    raw["features"] = [item for item in raw["features"] if item["feature_type"] != "scanner_node"]
    shown = run("check-plan", write(tmp_path / "plan.json", raw))
    assert shown.exit_code == 0
    assert "warning too_few_nodes L, left, right" in shown.output


@pytest.mark.parametrize("content", [b"", b"{", b"[[[[", b"\x00\xff", b'{"features": []}'])
def test_hostile_files_are_problems_never_a_traceback(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(content)
    shown = run("check-plan", path, "--json")
    assert shown.exit_code == 1
    assert json.loads(shown.output)
    walks = {
        "route": ("--pairs", b"pair_id,from_x_m,from_y_m,to_x_m,to_y_m\n"),
        "tour": ("--stops", b"tour_id,kind,x_m,y_m\n"),
    }
    for name, (option, header) in walks.items():
        table = tmp_path / "table.csv"
        table.write_bytes(header)
        assert run(name, "--plan", path, option, table, "--out", tmp_path / "out.csv").exit_code == 1
    assert run("import-plan", path, "--format", "geojson", "--out", tmp_path / "out.json").exit_code == 1
    assert run("export-plan", path, "--format", "geojson", "--out", tmp_path / "out.json").exit_code == 1


def test_a_broken_archive_is_said_to_be_one(tmp_path: Path) -> None:
    path = tmp_path / "plan.json.gz"
    path.write_bytes(b"no gzip")
    for name in ("check-plan", "export-plan", "import-plan"):
        options = () if name == "check-plan" else ("--format", "geojson", "--out", tmp_path / "x")
        shown = run(name, path, *options)
        assert shown.exit_code == 1
        assert "cannot be read" in shown.output


def test_what_cannot_be_written_is_said(tmp_path: Path, shop_file: Path) -> None:
    nowhere = tmp_path / "no" / "folder.csv"
    pairs, stops = tmp_path / "pairs.csv", tmp_path / "stops.csv"
    pairs.write_text("pair_id,from_x_m,from_y_m,to_x_m,to_y_m\n")
    stops.write_text("tour_id,kind,x_m,y_m\n")
    for shown in (
        run("route", "--plan", shop_file, "--pairs", pairs, "--out", nowhere),
        run("tour", "--plan", shop_file, "--stops", stops, "--out", nowhere),
        run("export-plan", shop_file, "--format", "geojson", "--out", nowhere),
    ):
        assert shown.exit_code == 1
        assert "folder.csv" in shown.output
