"""The commands about floorplans, as a shop and outside checks run them."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import pytest
import shapely
from click.testing import CliRunner, Result

from store_server.commands import exchanging, plans
from tests.domain.floors import Json, changed, found, line, plan, shop

COMMANDS = {str(command.name): command for command in (*plans.COMMANDS, *exchanging.COMMANDS)}


def run(name: str, *arguments: str | Path) -> Result:
    return CliRunner().invoke(COMMANDS[name], [str(argument) for argument in arguments])


def write(path: Path, raw: Json) -> Path:
    path.write_text(json.dumps(raw))
    return path


def rows(path: Path) -> list[dict[str, str]]:
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
    return list(csv.DictReader(text.splitlines()))


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


def test_routes_are_written_with_their_shape_or_their_reason(tmp_path: Path, shop_file: Path) -> None:
    pairs = tmp_path / "pairs.csv"
    pairs.write_text(
        "pair_id,from_x_m,from_y_m,to_x_m,to_y_m,level\n"
        "one,1,1,4,5,\ntwo,4,6,10,6,L\nthree,4,6,100,100,0\nfour,100,0,4,6,\n"
    )
    out = tmp_path / "routes.csv.gz"
    shown = run("route", "--plan", shop_file, "--pairs", pairs, "--out", out)
    assert shown.exit_code == 0, shown.output
    written = rows(out)
    assert [row["reason"] for row in written] == ["", "", "end_not_walkable", "start_not_walkable"]
    assert float(written[0]["length_m"]) == 5.0
    way = shapely.from_wkt(written[1]["path_wkt"])
    assert way.length == pytest.approx(float(written[1]["length_m"]), abs=1e-3)
    assert shapely.distance(way, shapely.box(5, 3, 6, 9)) >= 0.3
    assert written[2]["length_m"] == written[2]["path_wkt"] == ""


def test_step_free_ways_avoid_narrow_passages(tmp_path: Path) -> None:
    raw = plan(line("wall", "w1", (10, 0), (10, 5.6)), line("wall", "w2", (10, 6.45), (10, 12)))
    path, pairs, out = write(tmp_path / "plan.json", raw), tmp_path / "pairs.csv", tmp_path / "out.csv"
    pairs.write_text("pair_id,from_x_m,from_y_m,to_x_m,to_y_m\na,5,6,15,6\n")
    assert run("route", "--plan", path, "--pairs", pairs, "--out", out).exit_code == 0
    assert rows(out)[0]["reason"] == ""
    assert run("route", "--plan", path, "--pairs", pairs, "--out", out, "--step-free").exit_code == 0
    assert rows(out)[0]["reason"] == "not_connected"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"pair_id,from_x_m\n", "has no column from_y_m, to_x_m, to_y_m"),
        (b"pair_id,from_x_m,from_y_m,to_x_m,to_y_m\na,1,2,nan,4\nb,1,2\n", "line 3"),
        (b"pair_id,from_x_m,from_y_m,to_x_m,to_y_m,level\na,1,2,3,4,attic\n", "no level attic"),
        (b"\xff", "UTF-8"),
        (b'pair_id,from_x_m,from_y_m,to_x_m,to_y_m\n"' + b"x" * 200_000, "not CSV"),
        (b"x" * (16 * 1024 * 1024 + 1), "larger than"),
    ],
)
def test_wrong_pairs_are_listed(tmp_path: Path, shop_file: Path, content: bytes, words: str) -> None:
    pairs = tmp_path / "pairs.csv"
    pairs.write_bytes(content)
    shown = run("route", "--plan", shop_file, "--pairs", pairs, "--out", tmp_path / "out.csv")
    assert shown.exit_code == 1
    assert words in shown.output
    assert not (tmp_path / "out.csv").exists()


def test_a_plan_that_cannot_be_opened_is_not_walked_on(tmp_path: Path) -> None:
    raw = changed(shop())
    found(raw, "n2")["id"] = "n1"
    path, pairs = write(tmp_path / "plan.json", raw), tmp_path / "pairs.csv"
    pairs.write_text("pair_id,from_x_m,from_y_m,to_x_m,to_y_m\n")
    shown = run("route", "--plan", path, "--pairs", pairs, "--out", tmp_path / "out.csv")
    assert shown.exit_code == 1
    assert "duplicate_id" in shown.output


def test_tours_begin_at_the_start_and_end_at_the_end(tmp_path: Path, shop_file: Path) -> None:
    stops, out = tmp_path / "stops.csv", tmp_path / "tours.csv"
    stops.write_text(
        "tour_id,kind,x_m,y_m\n"
        "a,stop,18,1\na,start,1,1\na,stop,4,1\na,end,19,1\na,stop,10,1\n"
        "b,start,1,1\nb,stop,10,1\n"
        "c,start,1,1\nc,stop,500,1\n"
    )
    shown = run("tour", "--plan", shop_file, "--stops", stops, "--out", out)
    assert shown.exit_code == 0, shown.output
    written = rows(out)
    assert [float(row["x_m"]) for row in written if row["tour_id"] == "a"] == [1, 4, 10, 18, 19]
    assert {float(row["length_m"]) for row in written if row["tour_id"] == "a"} == {18.0}
    assert [row["order"] for row in written if row["tour_id"] == "b"] == ["0", "1"]
    assert {row["length_m"] for row in written if row["tour_id"] == "c"} == {""}
    assert "Tour c" in shown.output


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a,stop,1,1\n", "tour a has no start"),
        ("a,start,1,1\na,start,2,2\n", "line 3"),
        ("a,start,1,1\na,end,2,2\na,end,2,2\n", "line 4"),
        ("a,start,1,1\na,pause,2,2\n", "one more pause"),
        ("a,start,x,1\n", "numbers of metres"),
        ("a,start,1,1\n" + "a,stop,2,2\n" * 301, "line 303"),
        ("a,start,x,1\n" * 1200, "and 201 more"),
    ],
)
def test_wrong_stops_are_listed(tmp_path: Path, shop_file: Path, content: str, words: str) -> None:
    stops = tmp_path / "stops.csv"
    stops.write_text("tour_id,kind,x_m,y_m\n" + content)
    shown = run("tour", "--plan", shop_file, "--stops", stops, "--out", tmp_path / "out.csv")
    assert shown.exit_code == 1
    assert words in shown.output


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
