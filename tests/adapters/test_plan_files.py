"""Plan files and planograms: read whole or refused with the line at fault."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from store_server.adapters.plan_files import COLUMNS, load_plan, read_bounded, with_slots
from store_server.domain import plan_checks
from store_server.domain.floorplan import Floorplan
from store_server.domain.plan_form import MAX_BYTES
from store_server.domain.plan_problems import InvalidFloorplan, Problem, Rule
from store_server.wire.floorplans import SlotFeature
from tests.domain.floors import REPOSITORY, document, shop

GOOD = "A-W-1,A,W,1,1,5,5,-1,0,dairy,SKU9\n"
HEADER = ",".join(COLUMNS) + "\n"


@pytest.fixture
def plan_path(tmp_path: Path) -> Path:
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(shop()))
    return path


def refused(plan_path: Path, planogram: bytes) -> tuple[Problem, ...]:
    path = plan_path.with_suffix(".csv")
    path.write_bytes(planogram)
    with pytest.raises(InvalidFloorplan) as error:
        load_plan(plan_path, path)
    return error.value.problems


def test_the_planograms_slots_take_the_place_of_the_plans(plan_path: Path) -> None:
    path = plan_path.with_suffix(".csv")
    path.write_text("\ufeff" + HEADER + GOOD)
    read = load_plan(plan_path, path)
    assert load_plan(plan_path, path) == read
    slots = Floorplan.from_document(read).slots
    assert list(slots) == ["A-W-1"]
    assert (slots["A-W-1"].sku, slots["A-W-1"].facing, slots["A-W-1"].shelf) == ("SKU9", (-1.0, 0.0), 1)


def test_packed_files_are_read_by_their_name(tmp_path: Path) -> None:
    path = tmp_path / "plan.json.gz"
    path.write_bytes(gzip.compress(json.dumps(shop()).encode()))
    assert load_plan(path) == document(shop())


def test_a_bomb_is_unpacked_no_further_than_a_plan_can_be(tmp_path: Path) -> None:
    path = tmp_path / "plan.json.gz"
    path.write_bytes(gzip.compress(b" " * (MAX_BYTES * 3)))
    assert len(read_bounded(path)) == MAX_BYTES + 1
    with pytest.raises(InvalidFloorplan):
        load_plan(path)


@pytest.mark.parametrize("content", [b"no gzip at all", gzip.compress(b"cut" * 1000, mtime=0)[:-9]])
def test_a_broken_archive_is_an_error_of_the_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "plan.json.gz"
    path.write_bytes(content)
    with pytest.raises(OSError, match=r"gzip|ends too early"):
        load_plan(path)


@pytest.mark.parametrize(
    ("planogram", "rule", "words"),
    [
        (b"\xff\xfe", Rule.BAD_FORM, "UTF-8"),
        (b"key,fixture\nA,A\n", Rule.BAD_FORM, "line 2: no side"),
        (HEADER.encode() + GOOD.replace(",A,", ",Z,", 1).encode(), Rule.UNKNOWN_REFERENCE, "fixture Z"),
        (HEADER.encode() + GOOD.replace("-1,0", "west,0").encode(), Rule.BAD_FORM, "are numbers"),
        (HEADER.encode() + GOOD.replace(",1,1,", ",1.5,1,").encode(), Rule.BAD_FORM, "are numbers"),
        (HEADER.encode() + GOOD.replace("-1,0", "nan,0").encode(), Rule.BAD_FORM, "facing"),
        (HEADER.encode() + GOOD.replace(",5,5,", ",inf,5,").encode(), Rule.BAD_FORM, "line 2"),
        (HEADER.encode() + GOOD.replace(",1,1,", ",0,1,").encode(), Rule.BAD_FORM, "bay"),
        (HEADER.encode() + b'"' + b"x" * 200_000, Rule.BAD_FORM, "not CSV"),
    ],
)
def test_a_wrong_planogram_is_refused_with_its_line(plan_path: Path, planogram: bytes, rule: Rule, words: str) -> None:
    problems = refused(plan_path, planogram)
    assert problems[0].rule is rule
    assert words in problems[0].words


def test_a_planogram_that_is_wrong_everywhere_is_listed_in_part(plan_path: Path) -> None:
    assert len(refused(plan_path, HEADER.encode() + b"a,Z,,,,,,,,,\n" * 500)) == 50


def test_more_slots_than_a_plan_can_hold_are_refused() -> None:
    row = dict(zip(COLUMNS, GOOD.strip().split(","), strict=True))
    with pytest.raises(InvalidFloorplan, match="more than"):
        with_slots(document(shop()), ({**row, "key": str(n)} for n in range(200_000)))


def test_the_invented_floors_are_what_their_code_draws(tmp_path: Path) -> None:
    from store_server.demo import draw_plans

    draw_plans.main(tmp_path)
    for drawn in sorted(tmp_path.iterdir()):
        # Another zlib packs the same text otherwise.
        assert read_bounded(drawn) == read_bounded(REPOSITORY / "floorplans" / drawn.name), (
            f"{drawn.name}: draw it again"
        )
    assert len(list(tmp_path.iterdir())) == 8


@pytest.mark.parametrize(
    ("name", "slots"),
    [("demo_store", 1599), ("hall", 192), ("drugstore", 904), ("hypermarket", 20_000), ("three_levels", 0)],
)
def test_every_floor_here_passes_the_checks(name: str, slots: int) -> None:
    folder = REPOSITORY / "floorplans"
    planogram = next(iter(folder.glob(f"{name}.planogram.csv*")), None)
    document = load_plan(folder / f"{name}.floorplan.json", planogram)
    assert sum(isinstance(feature, SlotFeature) for feature in document.features) == slots
    assert [problem for problem in plan_checks.problems(document) if problem.is_error] == []
