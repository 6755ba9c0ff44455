"""The till's files as they come through the browser: the same rows and refusals as from the command line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from store_server.adapters.till_files import BadRow, read_catalogue, read_stock
from store_server.wire.assortment import RefusedRow
from store_server.wire.shopping import Product

_Row = TypeVar("_Row")


class TillUploads:
    """``TillFiles`` on CSV that was sent."""

    def catalogue(self, content: bytes) -> Iterator[Product | RefusedRow]:
        return _told(read_catalogue(content))

    def stock(self, content: bytes) -> Iterator[tuple[str, int] | RefusedRow]:
        return _told(read_stock(content))


def _told(rows: Iterator[_Row | BadRow]) -> Iterator[_Row | RefusedRow]:
    for row in rows:
        yield RefusedRow(line_number=row.line_number, reason=row.reason) if isinstance(row, BadRow) else row
