"""Routes and tours from files, on one level and across several."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely

from store_server.domain.transitions import LIFT_M, LIFT_WAIT_M, STAIRS_M
from tests.commands.plan_commands import rows, run, write
from tests.domain.floors import changed, found, line, plan, shop
from tests.domain.storeys import LIFT, STAIRS, both_levels, levels, on, unit


@pytest.fixture
def shop_file(tmp_path: Path) -> Path:
    return write(tmp_path / "shop.json", shop())


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


@pytest.fixture
def house_file(tmp_path: Path) -> Path:
    lifts = [unit("lift", level_id, LIFT, "elevator") for level_id in ("L0", "L1", "L2")]
    return write(tmp_path / "house.json", levels(3, *both_levels("stairs", STAIRS, "stairs"), *lifts))


PAIRS = "pair_id,from_x_m,from_y_m,to_x_m,to_y_m,level,to_level\n"


def test_a_route_to_another_level_has_a_line_for_each_and_names_its_way(tmp_path: Path, house_file: Path) -> None:
    pairs, out = tmp_path / "pairs.csv", tmp_path / "routes.csv"
    pairs.write_text(
        PAIRS + "up,2.5,6,2.5,6,L0,1\ntop,18,6,18,6,,L2\nstays,1,1,4,5,L1,\nback,1,1,4,5,L1,L1\nout,1,1,99,5,0,1\n"
    )
    shown = run("route", "--plan", house_file, "--pairs", pairs, "--out", out)
    assert shown.exit_code == 0, shown.output
    written = {row["pair_id"]: row for row in rows(out)}
    assert written["up"]["way"] == "L0 > stairs > L1"
    assert written["top"]["way"] == "L0 > lift > L2"
    for name, counted_m in (("up", STAIRS_M), ("top", LIFT_WAIT_M + 2 * LIFT_M)):
        shape = shapely.from_wkt(written[name]["path_wkt"])
        assert [shape.geom_type, shapely.get_num_geometries(shape)] == ["MultiLineString", 2]
        assert float(written[name]["length_m"]) == pytest.approx(shape.length + counted_m, abs=1e-3)
    assert (
        written["stays"]["path_wkt"]
        == written["back"]["path_wkt"]
        == "LINESTRING (1.000000 1.000000, 4.000000 5.000000)"
    )
    assert written["stays"]["way"] == written["back"]["way"] == "L1"
    assert [written["out"][column] for column in ("length_m", "path_wkt", "way")] == ["", "", ""]
    assert written["out"]["reason"] == "end_not_walkable"


def test_step_free_routes_take_the_lift_or_say_that_there_is_no_such_way(tmp_path: Path, house_file: Path) -> None:
    pairs, out = tmp_path / "pairs.csv", tmp_path / "routes.csv"
    pairs.write_text(PAIRS + "up,2.5,6,2.5,6,L0,L1\n")
    assert run("route", "--plan", house_file, "--pairs", pairs, "--out", out, "--step-free").exit_code == 0
    assert rows(out)[0]["way"] == "L0 > lift > L1"
    stairs_alone = write(tmp_path / "stairs.json", levels(2, *both_levels("stairs", STAIRS, "stairs")))
    assert run("route", "--plan", stairs_alone, "--pairs", pairs, "--out", out, "--step-free").exit_code == 0
    assert rows(out)[0]["reason"] == "no_step_free_way"


def test_without_to_level_a_walk_stays_on_its_level_and_the_columns_stay(tmp_path: Path) -> None:
    wall = line("wall", "w", (10, 0), (10, 12))
    path = write(tmp_path / "plan.json", levels(2, *both_levels("main", (8, 5, 12, 7), "stairs"), *on("L0", wall)))
    pairs, out = tmp_path / "pairs.csv", tmp_path / "routes.csv"
    pairs.write_text("pair_id,from_x_m,from_y_m,to_x_m,to_y_m,level\na,5,6,15,6,0\nb,5,6,15,6,1\n")
    assert run("route", "--plan", path, "--pairs", pairs, "--out", out).exit_code == 0
    across, above = rows(out)
    assert list(across) == ["pair_id", "length_m", "path_wkt", "reason"]
    assert across["reason"] == "not_connected"
    assert above["length_m"] == "10.0000"
    pairs.write_text(PAIRS + "a,5,6,15,6,0,0\n")
    assert run("route", "--plan", path, "--pairs", pairs, "--out", out).exit_code == 0
    assert rows(out)[0]["way"] == "L0 > main > L1 > main > L0"


def test_a_tour_goes_to_each_level_once(tmp_path: Path, house_file: Path) -> None:
    stops, out = tmp_path / "stops.csv", tmp_path / "tours.csv"
    stops.write_text(
        "tour_id,kind,x_m,y_m,level\n"
        "a,start,2,6,\na,stop,3,5,L1\na,stop,4,6,0\na,stop,5,4,1\na,stop,3,6,L0\na,end,2,5,L1\n"
        "b,start,2,6,0\nb,stop,99,6,L1\n"
    )
    shown = run("tour", "--plan", house_file, "--stops", stops, "--out", out)
    assert shown.exit_code == 0, shown.output
    written = [row for row in rows(out) if row["tour_id"] == "a"]
    assert [row["level"] for row in written] == ["", "L0", "0", "1", "L1", "L1"]
    assert [row["order"] for row in written] == list("012345")
    assert float(written[0]["length_m"]) < 2 * STAIRS_M
    assert "Tour b" in shown.output


def test_levels_the_plan_does_not_have_are_listed(tmp_path: Path, house_file: Path) -> None:
    table, out = tmp_path / "table.csv", tmp_path / "out.csv"
    table.write_text(PAIRS + "a,1,2,3,4,0,attic\nb,1,2,3,4,cellar,1\n")
    shown = run("route", "--plan", house_file, "--pairs", table, "--out", out)
    assert shown.exit_code == 1
    assert "Pair a: the plan has no level attic." in shown.output
    assert "Pair b: the plan has no level cellar." in shown.output
    table.write_text("tour_id,kind,x_m,y_m,level\na,start,1,1,0\na,stop,1,1,attic\na,stop,2,1,attic\n")
    shown = run("tour", "--plan", house_file, "--stops", table, "--out", out)
    assert shown.exit_code == 1
    assert shown.output.count("Tour a: the plan has no level attic.") == 1
    assert not out.exists()
