"""``aisleway suggest-items`` and ``aisleway predict-baskets``: what goes together and what is bought again, from files."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import click

from store_server.adapters.till_files import BadRow, read_baskets, read_queries
from store_server.domain.baskets import collect
from store_server.domain.item_ranking import learn_ranking, rank, tune
from store_server.domain.rebuying import collect_histories, predict

LISTED = 20
"""Bad rows told one by one; the rest are counted."""

_Row = TypeVar("_Row")
_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
_OUT = click.Path(dir_okay=False, writable=True, path_type=Path)
_TOP = click.IntRange(min=1, max=1000)


class _Sieve:
    """Lets the good rows of a file through, tells the bad ones on stderr, and counts both."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.good = 0
        self.bad = 0

    def rows(self, found: Iterable[_Row | BadRow]) -> Iterator[_Row]:
        for row in found:
            if isinstance(row, BadRow):
                self.refuse(row)
            else:
                self.good += 1
                yield row

    def refuse(self, row: BadRow) -> None:
        self.bad += 1
        if self.bad <= LISTED:
            click.echo(f"{self._path.name}, line {row.line_number}: {row.reason}", err=True)

    def close(self) -> None:
        """Tell what was not listed."""
        if self.bad > LISTED:
            click.echo(f"{self._path.name}: {self.bad - LISTED} more rows refused", err=True)


@click.command("suggest-items")
@click.option("--baskets", type=_FILE, required=True, help="Purchases: basket_id,item and any further columns.")
@click.option("--queries", type=_FILE, required=True, help="Questions: query_id,item, several rows a question.")
@click.option("--top", type=_TOP, default=10, show_default=True, help="How many products to name for each question.")
@click.option("--out", type=_OUT, required=True, help="Where to write query_id,rank,item.")
def suggest_items(baskets: Path, queries: Path, top: int, out: Path) -> None:
    """Name the products that are most often bought with those of each question.

    Learns from the baskets, trying a few tunings on a part held back, and writes query_id,rank,item with rank from 1. No store
    rule applies here: sensitive products and substitutes are ranked like all others. Rows that cannot be read are listed with
    their line, the others are used, and the exit code is then 1.

    \b
    Example:
      aisleway suggest-items --baskets baskets.csv.gz --queries questions.csv --top 10 --out suggestions.csv
    """
    from_till, asked = _Sieve(baskets), _Sieve(queries)
    learned_from = collect((row.basket_id, row.item) for row in from_till.rows(read_baskets(baskets)))
    questions: dict[str, list[str]] = {}
    for row in asked.rows(read_queries(queries)):
        questions.setdefault(row.query_id, []).append(row.item)
    _stop_if_nothing(from_till, baskets)
    _stop_if_nothing(asked, queries)
    tuning = tune(learned_from)
    click.echo(
        f"{from_till.good} rows, {len(learned_from.skus)} products; regularisation {tuning.regularisation:g}, "
        f"basket size exponent {tuning.size_exponent:g}, popularity {tuning.popularity_weight:g}",
        err=True,
    )
    answers = rank(learn_ranking(learned_from, tuning), list(questions.values()), top)
    ranked = zip(questions, answers, strict=True)
    _write(
        out,
        ("query_id", "rank", "item"),
        ((query, n, item) for query, items in ranked for n, item in enumerate(items, 1)),
    )
    _finish(from_till, asked)


@click.command("predict-baskets")
@click.option("--history", type=_FILE, required=True, help="Purchases with shopper_id and, best, sequence or date.")
@click.option("--top", type=_TOP, default=20, show_default=True, help="How many products to name for each shopper.")
@click.option("--out", type=_OUT, required=True, help="Where to write shopper_id,rank,item.")
def predict_baskets(history: Path, top: int, out: Path) -> None:
    """Name the products each shopper is most likely to buy in their next basket.

    A product counts for each of the shopper's baskets that held it, the last one most. The shopper's baskets stand in the order
    of the sequence or date column, without one in the order of the rows. Rows that cannot be read are listed with their line,
    the others are used, and the exit code is then 1.

    \b
    Example:
      aisleway predict-baskets --history baskets.csv.gz --top 20 --out predictions.csv
    """
    from_till = _Sieve(history)
    histories = collect_histories(_of_shoppers(from_till, history))
    _stop_if_nothing(from_till, history)
    found = predict(histories, top)
    _write(
        out,
        ("shopper_id", "rank", "item"),
        ((shopper_id, n, rebuy.sku) for shopper_id, rebuys in found for n, rebuy in enumerate(rebuys, 1)),
    )
    _finish(from_till)


def _of_shoppers(sieve: _Sieve, path: Path) -> Iterator[tuple[str, str, str, int | None]]:
    anonymous = 0
    for row in sieve.rows(read_baskets(path)):
        if row.shopper_id is None:
            anonymous += 1
            sieve.good -= 1
        else:
            yield row.shopper_id, row.basket_id, row.item, row.order
    if anonymous:
        click.echo(f"{path.name}: {anonymous} rows without shopper_id left out", err=True)


def _stop_if_nothing(sieve: _Sieve, path: Path) -> None:
    if sieve.good == 0:
        sieve.close()
        click.echo(f"{path.name}: no row that can be used; nothing was written", err=True)
        raise SystemExit(1)


def _write(out: Path, header: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    try:
        with out.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(rows)
    except OSError as error:
        raise click.FileError(str(out), error.strerror) from error


def _finish(*sieves: _Sieve) -> None:
    for sieve in sieves:
        sieve.close()
    if any(sieve.bad for sieve in sieves):
        raise SystemExit(1)


COMMANDS: tuple[click.Command, ...] = (suggest_items, predict_baskets)
