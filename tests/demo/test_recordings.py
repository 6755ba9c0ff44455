from __future__ import annotations

import gzip
import itertools
import math
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store_server.demo.recordings import BrokenRecording, Recording

HALL = Path(__file__).parents[2] / "floorplans" / "hall_recording"
RECEIVERS = "receiver_id,x_m,y_m,z_m\nr1,0.0,0.0,2.3\nr2,5.0,0.0,\n"
SIGHTINGS = """t_s,beacon_id,receiver_id,rssi_dbm
2.0,walk,r1,-60
0.5,walk,r2,-71.5
1.0,walk,r1,-60
1.0,walk,r1,12
1.5,walk,r2,nan
"""
TRUTH = "t_s,beacon_id,x_m,y_m\n0.0,walk,0.0,0.0\n2.0,walk,4.0,2.0\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "receivers.csv").write_text(RECEIVERS)
    (tmp_path / "sightings.csv").write_text(SIGHTINGS)
    (tmp_path / "truth.csv").write_text(TRUTH)
    return tmp_path


def test_the_carried_walk_holds_what_its_readme_says() -> None:
    hall = Recording.read(HALL)
    assert (len(hall.receivers), len(hall.t_s), len(hall.truth_t_s), hall.dropped) == (12, 1949, 168, 0)
    assert 83 < hall.duration_s < 84
    start, end = hall.truth_at(0.0), hall.truth_at(83.5)
    assert start is not None
    assert end is not None
    assert math.dist(start, end) < 0.5  # the walk ends where it began, so the loop does not jump
    assert set(hall.receiver_index.tolist()) == set(range(12))


def test_the_carried_survey_opens_as_a_recording_of_each_point(tmp_path: Path) -> None:
    shutil.copy(HALL / "receivers.csv", tmp_path / "receivers.csv")
    shutil.copy(HALL / "survey_sightings.csv.gz", tmp_path / "sightings.csv.gz")
    shutil.copy(HALL / "survey_truth.csv", tmp_path / "truth.csv")
    point = Recording.read(tmp_path, "survey-s1-7.78-8.78")
    assert point.truth_at(0.0) == (7.78, 8.78)
    assert len(point.t_s) > 500


def test_what_the_repository_carries_of_the_hall_stays_small() -> None:
    assert sum(path.stat().st_size for path in HALL.iterdir()) < 600_000


def test_sightings_come_in_time_order_without_impossible_strengths(folder: Path) -> None:
    recording = Recording.read(folder)
    assert list(recording.sightings()) == [("r2", 0.5, -71.5), ("r1", 1.0, -60.0), ("r1", 2.0, -60.0)]
    assert recording.dropped == 2
    assert recording.receivers == {"r1": (0.0, 0.0, 2.3), "r2": (5.0, 0.0, None)}


def test_the_walk_starts_again_after_a_pause(folder: Path) -> None:
    recording = Recording.read(folder, pause_s=3.0)
    assert recording.loop_s == 5.0
    assert [t_s for t_s, _, _ in recording.between(-1.0, 11.0)] == [0.5, 1.0, 2.0, 5.5, 6.0, 7.0, 10.5]
    assert list(recording.between(1.0, 1.0)) == []
    assert list(recording.between(2.0, 1.0)) == []


def test_truth_is_interpolated_repeated_and_absent_in_the_pause(folder: Path) -> None:
    recording = Recording.read(folder, pause_s=3.0)
    assert recording.truth_at(1.0) == (2.0, 1.0)
    assert recording.truth_at(6.0) == (2.0, 1.0)
    assert recording.truth_at(4.0) is None
    assert recording.truth_at(-0.1) is None


@settings(max_examples=50)
@given(st.lists(st.floats(0, 40), min_size=2, max_size=12))
def test_steps_of_any_length_give_each_sighting_once(cuts: list[float]) -> None:
    recording = Recording.read(HALL)
    cuts = sorted(cuts)
    stepped = [row for a, b in itertools.pairwise(cuts) for row in recording.between(a, b)]
    assert stepped == list(recording.between(cuts[0], cuts[-1]))


def test_files_may_be_packed(folder: Path) -> None:
    packed = folder / "sightings.csv.gz"
    packed.write_bytes(gzip.compress((folder / "sightings.csv").read_bytes()))
    (folder / "sightings.csv").unlink()
    assert len(Recording.read(folder).t_s) == 3


def test_one_of_several_recordings_is_chosen_by_name(folder: Path) -> None:
    with (folder / "sightings.csv").open("a") as file:
        file.write("0.0,other,r1,-50\n")
    assert len(Recording.read(folder, "walk").t_s) == 3
    with pytest.raises(BrokenRecording, match="name one of its 2 recordings, among them other, walk"):
        Recording.read(folder)
    with pytest.raises(BrokenRecording, match="nothing usable of other"):
        Recording.read(folder, "other")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("receivers.csv", b"receiver_id,x_m\nr1,0\n", "must name the columns y_m"),
        ("receivers.csv", b"", "must name the columns"),
        ("receivers.csv", b"receiver_id,x_m,y_m\n,0,0\n", "receiver_id is empty"),
        ("receivers.csv", b"receiver_id,x_m,y_m\nr1,1e9,0\n", "line 2: x_m is out of bounds"),
        ("receivers.csv", b"\xff\xfe", "UTF-8"),
        ("sightings.csv", b"t_s,beacon_id,receiver_id,rssi_dbm\n0,walk,r9,-60\n", "not in receivers.csv"),
        ("sightings.csv", b"t_s,beacon_id,receiver_id,rssi_dbm\n0,walk,r1,loud\n", "line 2: rssi_dbm is not a number"),
        ("sightings.csv", b"t_s,beacon_id,receiver_id,rssi_dbm\nnan,walk,r1,-60\n", "t_s is out of bounds"),
        ("sightings.csv", b"t_s,beacon_id,receiver_id,rssi_dbm\n-1,walk,r1,-60\n", "t_s is out of bounds"),
        ("sightings.csv", b"t_s,beacon_id,receiver_id,rssi_dbm\n1,walk\n", "receiver_id is empty"),
        ("sightings.csv", b'a,"' + b"x" * 200_000 + b'"\n', "plain CSV"),
        ("sightings.csv", b"t_s,beacon_id,receiver_id,rssi_dbm\n", "name one of its 0 recordings"),
        ("truth.csv", b"t_s,beacon_id,x_m,y_m\n", "needs sightings and truth"),
        ("truth.csv", b"t_s,beacon_id,x_m,y_m\n0,walk,inf,0\n", "x_m is out of bounds"),
    ],
)
def test_a_broken_file_is_refused_with_what_to_mend(folder: Path, name: str, content: bytes, words: str) -> None:
    (folder / name).write_bytes(content)
    with pytest.raises(BrokenRecording, match=words):
        Recording.read(folder)


def test_a_missing_a_damaged_and_an_overlong_file_are_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "truth.csv").unlink()
    with pytest.raises(BrokenRecording, match=r"truth.csv or truth.csv.gz is missing"):
        Recording.read(folder)
    whole = gzip.compress(TRUTH.encode() * 50)
    (folder / "truth.csv.gz").write_bytes(whole[:-20])
    with pytest.raises(BrokenRecording, match="fetch it again"):
        Recording.read(folder)
    (folder / "truth.csv.gz").write_bytes(whole[:30] + bytes(20) + whole[50:])
    with pytest.raises(BrokenRecording, match="fetch it again"):
        Recording.read(folder)
    monkeypatch.setattr("store_server.demo.recordings.MAX_FILE_BYTES", 1000)
    (folder / "truth.csv.gz").write_bytes(gzip.compress(bytes(5000)))
    with pytest.raises(BrokenRecording, match="holds more than"):
        Recording.read(folder)


@given(st.binary(max_size=300))
@settings(max_examples=200)
def test_no_bytes_make_the_reader_fail_in_another_way(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "receivers.csv").write_text(RECEIVERS)
        (folder / "truth.csv").write_text(TRUTH)
        (folder / "sightings.csv").write_bytes(b"t_s,beacon_id,receiver_id,rssi_dbm\n" + content)
        with pytest.raises(BrokenRecording):
            Recording.read(folder, "walk")


def test_a_recording_without_length_still_repeats_at_most_once_a_second(folder: Path) -> None:
    (folder / "sightings.csv").write_text("t_s,beacon_id,receiver_id,rssi_dbm\n0,walk,r1,-60\n")
    (folder / "truth.csv").write_text("t_s,beacon_id,x_m,y_m\n0,walk,1,1\n")
    recording = Recording.read(folder, pause_s=0.0)
    assert len(list(recording.between(0.0, 10.0))) == 10
    assert np.isfinite(recording.loop_s)
    with pytest.raises(ValueError, match="pause_s"):
        Recording.read(folder, pause_s=-1.0)
