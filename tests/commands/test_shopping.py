from __future__ import annotations

import csv
import gzip
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from store_server.commands.shopping import LISTED, predict_baskets, suggest_items

PAIRS = [(n, sku) for n in range(30) for sku in (("pasta", "sauce") if n % 3 else ("milk", "tea"))]
BASKETS = "basket_id,shopper_id,sequence,item\n" + "".join(f"{n},s{n % 2},{n},{sku}\n" for n, sku in PAIRS)


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


class Files:
    """A folder with the files of one run."""

    def __init__(self, folder: Path) -> None:
        self.baskets = folder / "baskets.csv.gz"
        self.queries = folder / "queries.csv"
        self.out = folder / "out.csv"
        self.write(BASKETS)
        self.queries.write_text("query_id,item\nq1,pasta\nq2,tea\n", encoding="utf-8")

    def write(self, baskets: str | bytes) -> None:
        self.baskets.write_bytes(gzip.compress(baskets if isinstance(baskets, bytes) else baskets.encode()))

    def suggest(self, *more: str) -> Result:
        paths = ["--baskets", str(self.baskets), "--queries", str(self.queries), "--out", str(self.out)]
        return CliRunner().invoke(suggest_items, [*paths, *more])

    def predict(self, *more: str) -> Result:
        return CliRunner().invoke(predict_baskets, ["--history", str(self.baskets), "--out", str(self.out), *more])


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def test_suggestions_are_written_per_question_with_rank_from_one(files: Files) -> None:
    result = files.suggest("--top", "2")
    assert result.exit_code == 0
    assert rows_of(files.out) == [
        ["query_id", "rank", "item"],
        ["q1", "1", "sauce"],
        ["q1", "2", "milk"],
        ["q2", "1", "milk"],
        ["q2", "2", "pasta"],
    ]


def test_predictions_are_written_per_shopper_with_rank_from_one(files: Files) -> None:
    files.write("basket_id,shopper_id,sequence,item\n2,ann,2,tea\n1,ann,1,milk\n3,bob,1,jam\n")
    result = files.predict("--top", "2")
    assert result.exit_code == 0
    assert rows_of(files.out)[:3] == [["shopper_id", "rank", "item"], ["ann", "1", "tea"], ["ann", "2", "milk"]]
    assert rows_of(files.out)[3][::2] == ["bob", "jam"]


def test_rows_of_nobody_are_left_out_of_histories_and_counted(files: Files) -> None:
    files.write("basket_id,shopper_id,item\n1,ann,milk\n2,,tea\n")
    result = files.predict()
    assert result.exit_code == 0
    assert "1 rows without shopper_id left out" in result.stderr
    assert [row[0] for row in rows_of(files.out)[1:]] == ["ann"]


def test_bad_rows_are_listed_with_their_line_the_good_ones_used_and_the_exit_code_is_1(files: Files) -> None:
    files.write(BASKETS + "1,ann,-4,milk\n\x00\n")
    result = files.suggest()
    assert result.exit_code == 1
    assert "baskets.csv.gz, line 62: sequence: must not be negative" in result.stderr
    assert "baskets.csv.gz, line 63: the line holds a NUL character" in result.stderr
    assert len(rows_of(files.out)) > 1


def test_a_thousand_bad_rows_do_not_fill_the_screen(files: Files) -> None:
    files.write(BASKETS + "bad\n" * 1000)
    result = files.predict()
    assert result.exit_code == 1
    assert result.stderr.count(".gz, line ") == LISTED
    assert f"{1000 - LISTED} more rows refused" in result.stderr


@pytest.mark.parametrize("content", ["", "a;b\n1;2\n", BASKETS.encode("utf-16"), "basket_id,item\n"])
def test_without_a_good_row_nothing_is_written(files: Files, content: str | bytes) -> None:
    files.write(content)
    for result in (files.suggest(), files.predict()):
        assert result.exit_code == 1
        assert "no row that can be used; nothing was written" in result.stderr
    assert not files.out.exists()


def test_a_history_of_nobody_is_refused(files: Files) -> None:
    files.write("basket_id,item\n1,milk\n")
    assert files.predict().exit_code == 1


def test_questions_that_cannot_be_read_are_refused(files: Files) -> None:
    files.queries.write_bytes(b"\xff\xfe\x00")
    result = files.suggest()
    assert result.exit_code == 1
    assert "queries.csv, line 1: the text is not UTF-8" in result.stderr


def test_wrong_use_is_exit_code_2(files: Files) -> None:
    assert files.suggest("--top", "0").exit_code == 2
    assert files.suggest("--baskets", "none.csv").exit_code == 2
    assert CliRunner().invoke(suggest_items, []).exit_code == 2


def test_an_output_that_cannot_be_written_is_told_without_a_traceback(files: Files) -> None:
    files.out = files.out.parent / "no such folder" / "out.csv"
    result = files.suggest()
    assert result.exit_code == 1
    assert "no such folder" in result.stderr.lower()


@pytest.mark.parametrize("command", [suggest_items, predict_baskets])
def test_help_shows_an_example(command: click.Command) -> None:
    assert f"aisleway {command.name} --" in CliRunner().invoke(command, ["--help"]).stdout
