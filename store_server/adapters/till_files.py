"""What the till and the stock system hand over as CSV: catalogue, stock, baskets; read row by row, whatever is in them.

UTF-8 with a header line, columns in any order, further columns ignored; a name that ends in ``.gz`` is unpacked on the way. One
row is one line, so a forgotten quote spoils its own row and no other. Each reader yields the good rows and, as ``BadRow``,
the others with their line and what to mend; it never raises for what a file holds, only (``OSError``) where there is no such
file. Memory stays bounded: nothing is kept but the skus already met, to find those met twice.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import IO, Final, NamedTuple, TypeVar, cast

from pydantic import ValidationError

from store_server.wire.shopping import Product

MAX_LINE_BYTES = 64 * 1024
"""A product with the longest texts we take has under 2 kB."""
MAX_FILE_BYTES = 4 * 1024**3
"""Unpacked: ten years of a busy store's baskets; more is a mistake or an archive made to fill a disk."""
MAX_QUANTITY = 10**9

_KEY: Final = re.compile(r"[^\x00-\x1f\x7f]{1,64}")
_YES_NO: Final = {"": False, "0": False, "no": False, "false": False, "1": True, "yes": True, "true": True}
_BELONGS: Final = {
    "sku": "1 to 64 characters, none of them a control character",
    "name": "1 to 200 characters, none of them a control character",
    "category": "1 to 200 characters, none of them a control character",
    "brand": "at most 200 characters, none of them a control character",
    "gtin": "8 to 14 digits",
}
_DAMAGED = (EOFError, gzip.BadGzipFile, zlib.error)


class BadRow(NamedTuple):
    """A row that was not taken: its line in the file, counted from 1, and what to mend. Never what was in it (E6)."""

    line_number: int
    reason: str


class StockRow(NamedTuple):
    sku: str
    quantity: int


class BasketRow(NamedTuple):
    """One product in one basket."""

    basket_id: str
    item: str
    shopper_id: str | None = None
    order: int | None = None
    """Grows with time: the sequence number, or the date's day number; None where the file says neither."""


class QueryRow(NamedTuple):
    """One product of one question "what goes with these?"."""

    query_id: str
    item: str


class _Refused(Exception):
    """Inside this module only: why one row is not taken."""


Source = Path | bytes
"""A file on disk, or one that was sent: that one is never unpacked."""

_Row = TypeVar("_Row")
_Fields = Mapping[str, str]


def read_catalogue(source: Source) -> Iterator[Product | BadRow]:
    """Products: sku,name,category and, where there are such columns, brand,gtin,price_minor,is_sensitive."""
    met: set[str] = set()

    def product(fields: _Fields) -> Product:
        made = Product(
            sku=fields["sku"],
            name=fields["name"],
            category=fields["category"],
            brand=fields.get("brand") or None,
            gtin=fields.get("gtin") or None,
            price_minor=_whole_number("price_minor", fields["price_minor"]) if fields.get("price_minor") else None,
            is_sensitive=_yes_no("is_sensitive", fields.get("is_sensitive", "")),
        )
        _only_once(made.sku, met)
        return made

    return _read(source, ("sku", "name", "category"), product)


def read_stock(source: Source) -> Iterator[StockRow | BadRow]:
    """Stock: sku,quantity."""
    met: set[str] = set()

    def stock(fields: _Fields) -> StockRow:
        row = StockRow(_key("sku", fields["sku"]), _whole_number("quantity", fields["quantity"]))
        _only_once(row.sku, met)
        return row

    return _read(source, ("sku", "quantity"), stock)


def read_baskets(path: Path) -> Iterator[BasketRow | BadRow]:
    """Baskets: basket_id,item and, where there are such columns, shopper_id and sequence or date (2026-05-31).

    The same product twice in one basket is no error: two were bought.
    """

    def basket(fields: _Fields) -> BasketRow:
        shopper_id, sequence, day = fields.get("shopper_id"), fields.get("sequence"), fields.get("date")
        order = _whole_number("sequence", sequence) if sequence else _day_number(day) if day else None
        return BasketRow(
            _key("basket_id", fields["basket_id"]),
            _key("item", fields["item"]),
            _key("shopper_id", shopper_id) if shopper_id else None,
            order,
        )

    return _read(path, ("basket_id", "item"), basket)


def read_queries(path: Path) -> Iterator[QueryRow | BadRow]:
    """Questions "what goes with these?": query_id,item, several rows a question."""

    def query(fields: _Fields) -> QueryRow:
        return QueryRow(_key("query_id", fields["query_id"]), _key("item", fields["item"]))

    return _read(path, ("query_id", "item"), query)


def _read(source: Source, needed: tuple[str, ...], make: Callable[[_Fields], _Row]) -> Iterator[_Row | BadRow]:
    """Make each line's row; stop only where nothing sensible can follow."""
    names: list[str] | None = None
    for line_number, line in _lines(source):
        if isinstance(line, BadRow):
            yield line
            if names is None:
                return  # without its header the rest of the file means nothing
            continue
        try:
            cells = _cells(line)
            if names is None:
                names = _header(cells, needed)
            elif cells:
                yield make(_fields(names, cells))
        except _Refused as refusal:
            yield BadRow(line_number, str(refusal))
            if names is None:
                return
        except ValidationError as error:
            yield BadRow(line_number, _words(error))
    if names is None:
        yield BadRow(1, f"the file is empty: its first line must name the columns {','.join(needed)}")


def _lines(source: Source) -> Iterator[tuple[int, str | BadRow]]:
    """The file's lines as text; in place of one that cannot be had, why."""
    number, total = 0, 0
    with closing(_opened(source)) as file:
        while True:
            number += 1
            try:
                raw = file.readline(MAX_LINE_BYTES + 1)
                is_long = len(raw) > MAX_LINE_BYTES
                total += len(raw)
                while len(raw) > MAX_LINE_BYTES and total <= MAX_FILE_BYTES:
                    raw = file.readline(MAX_LINE_BYTES + 1)
                    total += len(raw)
            except _DAMAGED:
                yield number, BadRow(number, "the packed file is damaged from here on: pack it again")
                return
            if total > MAX_FILE_BYTES:
                yield number, BadRow(number, f"the file is larger than {MAX_FILE_BYTES // 1024**3} GB: split it")
                return
            if is_long:
                yield number, BadRow(number, f"the line is longer than {MAX_LINE_BYTES // 1024} kB")
            elif not raw:
                return
            else:
                yield number, _text(raw, number)


def _opened(source: Source) -> IO[bytes]:
    if isinstance(source, bytes):
        return io.BytesIO(source)
    return cast(IO[bytes], gzip.open(source, "rb")) if source.name.endswith(".gz") else source.open("rb")


def _text(raw: bytes, number: int) -> str | BadRow:
    try:
        text = raw.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError:
        return BadRow(number, "the text is not UTF-8: save the file as UTF-8")
    return BadRow(number, "the line holds a NUL character") if "\x00" in text else text


def _cells(line: str) -> list[str]:
    """One line's cells, trimmed; none for a blank line."""
    try:
        rows = list(csv.reader([line], strict=True))
    except csv.Error:
        raise _Refused("a quote is opened and not closed on the same line") from None
    cells = [cell.strip() for cell in rows[0]] if rows else []
    return cells if any(cells) else []


def _header(cells: list[str], needed: tuple[str, ...]) -> list[str]:
    names = [cell.casefold() for cell in cells]
    missing = [name for name in needed if name not in names]
    if missing:
        raise _Refused(f"the first line must name the columns, separated by commas; missing: {', '.join(missing)}")
    if any(names.count(name) > 1 for name in needed):
        raise _Refused("the first line names a column twice")
    return names


def _fields(names: list[str], cells: list[str]) -> _Fields:
    if len(cells) != len(names):
        raise _Refused(f"{len(cells)} columns where the first line names {len(names)}")
    return dict(zip(names, cells, strict=True))


def _key(name: str, text: str) -> str:
    if _KEY.fullmatch(text) is None:
        raise _Refused(f"{name}: 1 to 64 characters, none of them a control character")
    return text


def _whole_number(name: str, text: str) -> int:
    if text.isascii() and text.removeprefix("-").isdigit() and len(text) <= 20:
        number = int(text)
        if number < 0:
            raise _Refused(f"{name}: must not be negative")
        if number <= MAX_QUANTITY:
            return number
        raise _Refused(f"{name}: at most {MAX_QUANTITY}")
    raise _Refused(f"{name}: must be a whole number")


def _yes_no(name: str, text: str) -> bool:
    answer = _YES_NO.get(text.casefold())
    if answer is None:
        raise _Refused(f"{name}: must be yes or no")
    return answer


def _day_number(text: str) -> int:
    try:
        return date.fromisoformat(text).toordinal()
    except ValueError:
        raise _Refused("date: must be written like 2026-05-31") from None


def _only_once(sku: str, met: set[str]) -> None:
    if sku in met:
        raise _Refused("sku: stands in the file a second time; the first row was taken")
    met.add(sku)


def _words(error: ValidationError) -> str:
    """Which columns are wrong and what belongs there, without what was in them."""
    columns = dict.fromkeys(str(part["loc"][0]) for part in error.errors(include_input=False, include_url=False))
    return "; ".join(f"{column}: {_BELONGS[column]}" for column in columns)
