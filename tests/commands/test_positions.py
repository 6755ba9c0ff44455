from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store_server.commands.positions import MOST_PROBLEMS_SHOWN, calibrate_command, locate_command
from store_server.wire.calibration import Estimator
from tests.commands.position_files import Folder
from tests.domain.floors import SHARED
from tests.domain.radio_floor import ANCHORS, walk


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_a_survey_becomes_a_calibration_with_its_left_out_error(folder: Folder) -> None:
    result = folder.calibrate()
    assert result.exit_code == 0, result.stderr
    found = folder.read_calibration()
    assert found.survey_points > 12
    assert found.cross_validated_median_m is not None
    assert f"median {found.cross_validated_median_m:.2f} m" in result.stdout
    best, other = found.compared
    assert {best.estimator, other.estimator} == set(Estimator)
    assert best.estimator is found.estimator
    assert best.median_m <= other.median_m + other.p95_m
    assert f"{best.median_m:.2f} m, 95 % {best.p95_m:.2f} m; serves this floor" in result.stdout


def test_a_walk_is_located_every_half_second_near_where_it_was(folder: Folder) -> None:
    folder.calibrate()
    result = folder.locate("--calibration", str(folder.calibration))
    assert result.exit_code == 0, result.stderr
    rows = [row for row in folder.fix_rows() if row["beacon_id"] == "walk"]
    assert [float(row["t_s"]) for row in rows] == [0.5 * i for i in range(41)]
    assert list(rows[0]) == ["t_s", "beacon_id", "x_m", "y_m", "accuracy_radius_m"]
    truth = walk().truth_at(np.array([float(row["t_s"]) for row in rows]))
    errors = [
        np.hypot(float(r["x_m"]) - x, float(r["y_m"]) - y) for r, (x, y) in zip(rows, truth, strict=True) if r["x_m"]
    ]
    assert len(errors) >= 0.9 * len(rows)
    assert np.median(errors) < 1.0
    assert all(float(row["accuracy_radius_m"]) > 0 for row in rows if row["x_m"])


def test_rows_begin_and_end_at_the_multiples_after_the_first_and_last_sighting(folder: Folder) -> None:
    lines = [(0.3, "n1", -60), (0.4, "n2", -70), (0.9, "n3", -71), (1.6, "n1", -61)]
    folder.write(
        "sightings.csv", "t_s,beacon_id,receiver_id,rssi_dbm\n" + "".join(f"{t},b,{n},{r}\n" for t, n, r in lines)
    )
    assert folder.locate().exit_code == 0
    rows = folder.fix_rows()
    assert [row["t_s"] for row in rows] == ["0.5", "1.0", "1.5", "2.0"]
    assert rows[0]["x_m"] == rows[0]["y_m"] == rows[0]["accuracy_radius_m"] == ""
    assert rows[1]["x_m"] != ""


def test_truth_is_never_read_by_locate(folder: Folder) -> None:
    folder.locate()
    with_truth = folder.fixes.read_bytes()
    folder.write("truth.csv", "not,even\na,table,at,all\n")
    assert folder.locate().exit_code == 0
    assert folder.fixes.read_bytes() == with_truth


def test_a_later_sighting_changes_no_earlier_row(folder: Folder) -> None:
    folder.locate()
    before = folder.fix_rows()
    folder.append("sightings.csv", "".join(f"20.4,walk,{a.node_id},-50\n" for a in ANCHORS))
    folder.locate()
    after = [row for row in folder.fix_rows() if row["beacon_id"] != "walk" or float(row["t_s"]) <= 20.0]
    assert after == before


def test_strengths_no_radio_reports_are_dropped_counted_and_no_fault(folder: Folder) -> None:
    folder.append("sightings.csv", "1.0,walk,n1,0\n1.0,walk,n1,20\n1.0,walk,n1,-128\n1.0,walk,n1,-54.25\n")
    result = folder.locate()
    assert result.exit_code == 0
    assert "3 sightings outside -127..-1 dBm were left out." in result.stderr


def test_sightings_of_unknown_receivers_are_dropped_and_counted(folder: Folder) -> None:
    folder.append("sightings.csv", "1.0,walk,somebody,-60\n")
    result = folder.locate()
    assert result.exit_code == 0
    assert "1 sightings of receivers not in receivers.csv were left out." in result.stderr


def test_gzipped_files_are_read_and_written_by_name(folder: Folder) -> None:
    folder.calibrate()
    folder.locate("--calibration", str(folder.calibration))
    plain = folder.fixes.read_text(encoding="utf-8")
    for name in ("receivers.csv", "sightings.csv", "cal.json"):
        folder.zip(name)
    out = folder.path / "fixes.csv.gz"
    arguments = [str(folder.path), "--out", str(out), "--calibration", str(folder.path / "cal.json.gz")]
    assert CliRunner().invoke(locate_command, arguments).exit_code == 0
    assert gzip.decompress(out.read_bytes()).decode() == plain


def test_points_limits_the_survey(folder: Folder) -> None:
    assert folder.calibrate("--points", "5").exit_code == 0
    assert folder.read_calibration().survey_points == 5
    assert folder.calibrate("--points", "0").exit_code == 0
    assert folder.read_calibration().survey_points == 0
    assert folder.locate("--calibration", str(folder.calibration)).exit_code == 0


def test_each_bad_line_is_listed_with_its_number_and_what_to_mend(folder: Folder) -> None:
    folder.write(
        "receivers.csv",
        "receiver_id,x_m,y_m\nn1,zero,0\nn2,12,0\nn2,13,0\nn3,nan,9\nn4,1\nbad id,1,1\n,2,2\nn9,1e9,0\n",
    )
    folder.write("sightings.csv", "t_s,beacon_id,receiver_id,rssi_dbm\n0.5,b,n2,loud\n\n1.0,,n2,-60\ninf,b,n2,-60\n")
    result = folder.locate()
    assert result.exit_code == 1
    expected = {
        "receivers.csv line 2": "x_m is 'zero'",
        "receivers.csv line 4": "a second time",
        "receivers.csv line 5": "x_m is nan",
        "receivers.csv line 6": "2 fields",
        "receivers.csv line 7": "receiver_id",
        "receivers.csv line 8": "empty",
        "receivers.csv line 9": "must lie between",
        "sightings.csv line 2": "rssi_dbm is 'loud'",
        "sightings.csv line 4": "beacon_id is empty",
        "sightings.csv line 5": "t_s is inf",
    }
    told = dict(line.split(": ", 1) for line in result.stderr.splitlines())
    assert told.keys() == expected.keys()
    assert all(words in told[place] for place, words in expected.items()), told
    assert not folder.fixes.exists()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("receivers.csv", b"", "the header lacks receiver_id"),
        ("receivers.csv", b"receiver_id,x_m,y_m\n", "no receiver is listed"),
        ("sightings.csv", b"t_s,beacon_id\n1,b\n", "the header lacks receiver_id, rssi_dbm"),
        ("sightings.csv", b"t_s,beacon_id,receiver_id,rssi_dbm\n1,\xff\xfe,n1,-60\n", "not UTF-8"),
        (
            "sightings.csv",
            b't_s,beacon_id,receiver_id,rssi_dbm\n1,"' + b"x" * 200_000 + b'",n1,-60\n',
            "cannot be read on",
        ),
        ("walls.csv", b"x_m,y_m\n0,north\n", "walls.csv line 2"),
        ("obstacles.csv", b"shape_id,x_m\n1,0\n", "the header lacks y_m"),
        ("shop.geojson", b"{]", "shop.geojson"),
        (
            "shop.geojson",
            b'{"type": "FeatureCollection", "name": "x", "crs_local": {}, "features": []}',
            "shop.geojson",
        ),
    ],
)
def test_a_malformed_file_is_told_and_nothing_is_written(folder: Folder, name: str, content: bytes, words: str) -> None:
    folder.write(name, content)
    result = folder.locate()
    assert result.exit_code == 1
    assert words in result.stderr
    assert not folder.fixes.exists()


def test_a_missing_file_and_a_broken_archive_are_told(folder: Folder) -> None:
    folder.zip("sightings.csv")
    folder.write("sightings.csv.gz", (folder.path / "sightings.csv.gz").read_bytes()[:200])
    (folder.path / "receivers.csv").unlink()
    folder.write("shop.geojson.gz", b"no archive")
    result = folder.locate()
    assert result.exit_code == 1
    assert "receivers.csv: the folder has no such file" in result.stderr
    assert "sightings.csv.gz line" in result.stderr
    assert "shop.geojson.gz: the file cannot be read" in result.stderr


def test_a_million_bad_lines_do_not_flood_the_screen(folder: Folder) -> None:
    folder.write("sightings.csv", "t_s,beacon_id,receiver_id,rssi_dbm\n" + "x,b,n1,-60\n" * (MOST_PROBLEMS_SHOWN + 5))
    assert "... and 5 more." in folder.locate().stderr


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["receivers.csv", "sightings.csv", "walls.csv", "obstacles.csv"]), st.binary(max_size=300))
def test_hostile_bytes_never_raise(folder: Folder, name: str, content: bytes) -> None:
    before = folder.path / name
    kept = before.read_bytes() if before.exists() else None
    folder.write(name, content)
    result = folder.locate()
    assert result.exit_code in (0, 1), result.exception
    assert result.exception is None or isinstance(result.exception, SystemExit)
    if kept is None:
        before.unlink()
    else:
        before.write_bytes(kept)


def test_a_calibration_that_is_none_is_told(folder: Folder) -> None:
    folder.calibration.write_text(json.dumps({"format": "something else"}), encoding="utf-8")
    result = folder.locate("--calibration", str(folder.calibration))
    assert result.exit_code == 1
    assert "cal.json: measured_power_dbm" in result.stderr
    broken = folder.path / "cal.json.gz"
    broken.write_bytes(b"no archive")
    assert folder.locate("--calibration", str(broken)).exit_code == 1


def test_a_survey_without_a_single_point_is_told(folder: Folder) -> None:
    folder.write("truth.csv", "t_s,beacon_id,x_m,y_m\n0,stranger,1,1\n")
    result = folder.calibrate()
    assert result.exit_code == 1
    assert "names no beacon of sightings.csv" in result.stderr


def test_recordings_without_truth_are_left_out_of_the_survey_and_counted(folder: Folder) -> None:
    folder.append("sightings.csv", "0.5,unsurveyed,n1,-60\n")
    result = folder.calibrate()
    assert result.exit_code == 0
    assert "1 recordings without a line in truth.csv were left out." in result.stderr


def test_an_outline_keeps_positions_inside_and_obstacles_keep_them_out(folder: Folder) -> None:
    folder.write("walls.csv", "x_m,y_m\n-0.5,-0.5\n12.5,-0.5\n12.5,9.5\n-0.5,9.5\n-0.5,-0.5\n")
    folder.write(
        "obstacles.csv", "shape_id,x_m,y_m,kind\n1,5,3,1\n1,7,3,1\n1,7,8,1\n1,5,8,1\n1,5,3,1\n2,1,1,2\n2,2,1,2\n"
    )
    assert folder.locate().exit_code == 0
    for row in folder.fix_rows():
        if row["x_m"]:
            x, y = float(row["x_m"]), float(row["y_m"])
            assert -0.501 <= x <= 12.501
            assert -0.501 <= y <= 9.501
            assert not (5.001 < x < 6.999 and 3.001 < y < 7.999)


def test_open_walls_and_rings_round_few_receivers_weaken_but_do_not_bound(folder: Folder) -> None:
    folder.write("walls.csv", "shape_id,x_m,y_m\na,6,-1\na,6,10\nb,0,0\nb,1,0\nb,1,1\nb,0,0\nc,3,3\n")
    result = folder.locate()
    assert result.exit_code == 0, result.stderr


def test_a_floorplan_in_the_folder_is_used(folder: Folder) -> None:
    plan = SHARED / "synthetic-supermarket" / "floor.geojson"
    if not plan.is_file():
        pytest.skip("the shared floorplans are not here")
    folder.write("floor.geojson", plan.read_bytes())
    result = folder.locate()
    assert result.exit_code == 0, result.stderr
    rows = [row for row in folder.fix_rows() if row["beacon_id"] == "walk"]
    assert sum(row["x_m"] != "" for row in rows) > 0.8 * len(rows) > 20


def test_a_place_that_cannot_be_written_is_told(folder: Folder) -> None:
    arguments = [str(folder.path), "--out", str(folder.path / "no" / "such" / "fixes.csv")]
    result = CliRunner().invoke(locate_command, arguments)
    assert result.exit_code == 1
    assert "choose another place with --out" in result.stderr


@pytest.mark.parametrize("arguments", [[], ["/no/such/folder", "--out", "x"], ["."]])
def test_wrong_use_is_exit_code_2(arguments: list[str]) -> None:
    assert CliRunner().invoke(locate_command, arguments).exit_code == 2
    assert CliRunner().invoke(calibrate_command, arguments).exit_code == 2


def test_beacon_names_with_commas_come_out_as_they_went_in(folder: Folder) -> None:
    folder.write(
        "sightings.csv", 't_s,beacon_id,receiver_id,rssi_dbm\n0.5,"a ""b"", c",n1,-60\n0.5,"a ""b"", c",n2,-62\n'
    )
    folder.locate()
    assert [row["beacon_id"] for row in folder.fix_rows()] == ['a "b", c']
