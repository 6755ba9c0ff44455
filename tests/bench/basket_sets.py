"""The public basket sets the bench measures on: read where they are, never carried in the repository."""

from __future__ import annotations

import os
import zlib
from pathlib import Path

from store_server.adapters.till_files import BadRow, BasketRow, read_baskets

ROOT = Path(__file__).parents[2]


def basket_rows(name: str) -> list[BasketRow] | None:
    """The set's rows, or None where it is not to be had."""
    path = Path(os.environ.get("AISLEWAY_DATA", ROOT / ".." / "shared" / "data")) / "baskets" / name / "baskets.csv.gz"
    if not path.is_file():
        return None
    return [row for row in read_baskets(path) if not isinstance(row, BadRow)]


def is_held_back(row: BasketRow) -> bool:
    """One in five, by shopper; by basket where the set knows no shoppers."""
    return zlib.crc32((row.shopper_id or row.basket_id).encode()) % 5 == 0


def bench_row(
    name: str, what: str, ours: float | None, unit: str, reference: str, reference_value: float | None
) -> dict[str, object]:
    """One row of the bench table; ``ours`` None: not measured."""
    ratio = None if ours is None or not reference_value else ours / reference_value
    return {
        "name": name,
        "what": what if ours is not None else f"{what}: not measured, the data is not here",
        "ours": ours,
        "unit": unit,
        "reference": reference,
        "reference_value": reference_value,
        "ratio": ratio,
    }
