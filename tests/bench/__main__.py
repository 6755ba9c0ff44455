"""``make bench``: one table, a row per claim: what, ours, the peer or limit, the ratio.

Each module of this folder that defines ``rows()`` is a part of the table; ``make bench BENCH=name`` runs the module of that
name, or the one that lists it in ``NAMES``. The rows are also written to ``.bench/latest.json``, each with its instant.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

from rich.console import Console
from rich.table import Table

from tests import bench

LATEST = Path(__file__).resolve().parents[2] / ".bench" / "latest.json"
FIELDS = ("name", "what", "ours", "unit", "reference", "reference_value", "ratio")
WIDTH_WHERE_NOBODY_LOOKS = 150

Row = Mapping[str, object]


def parts() -> dict[str, ModuleType]:
    """The modules that measure, by name, with hyphens for underscores."""
    found = {}
    for info in sorted(pkgutil.iter_modules(bench.__path__), key=lambda each: each.name):
        if info.name != "__main__":
            module = importlib.import_module(f"tests.bench.{info.name}")
            if hasattr(module, "rows"):
                found[info.name.replace("_", "-")] = module
    return found


def names_of(part: str, module: ModuleType) -> set[str]:
    """What this module's rows are called; its own name unless it says otherwise."""
    return {part, *getattr(module, "NAMES", ())}


def checked(row: Row) -> dict[str, object]:
    """The row with its instant.

    Raises
    ------
    ValueError
        For a row that has not exactly the agreed fields.
    """
    if set(row) != set(FIELDS):
        raise ValueError(f"a row has the fields {', '.join(FIELDS)}; this one has {', '.join(row)}")
    return {**row, "at": datetime.now(UTC).isoformat(timespec="seconds")}


def as_figure(value: object, unit: object = "") -> str:
    """A number as people read it: 3 digits that matter, thousands apart."""
    if value is None:
        return "not measured"
    if not isinstance(value, int | float):
        return str(value)
    words = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return f"{words} {unit}".strip()


def save(measured: Sequence[Row], is_whole: bool) -> None:
    """Write the rows; after a part of the table, earlier rows of other names stay with their own instants."""
    kept: list[Row] = []
    if not is_whole and LATEST.is_file():
        anew = {row["name"] for row in measured}
        kept = [row for row in json.loads(LATEST.read_text("utf-8")) if row["name"] not in anew]
    LATEST.parent.mkdir(exist_ok=True)
    LATEST.write_text(json.dumps([*kept, *measured], indent=1, ensure_ascii=False) + "\n", "utf-8")


def main(words: Sequence[str]) -> int:
    """Measure, print, save; 0 done, 1 a part failed, 2 no such row."""
    known = parts()
    wanted = words[0] if words else None
    chosen = {part: module for part, module in known.items() if wanted is None or wanted in names_of(part, module)}
    if not chosen:
        every = sorted(set().union(*(names_of(part, module) for part, module in known.items())))
        sys.stderr.write(f"There is no row called {wanted}. There are: {', '.join(every)}\n")
        return 2
    measured: list[dict[str, object]] = []
    failed = []
    for part, module in chosen.items():
        sys.stderr.write(f"Measuring {part} ...\n")
        began_s = time.monotonic()
        try:
            rows = [checked(row) for row in module.rows()]
        except Exception as error:  # one part that cannot measure must not hide the others
            failed.append(part)
            sys.stderr.write(f"  {part} failed: {type(error).__name__}: {error}\n")
            continue
        measured += [row for row in rows if wanted in (None, part, row["name"])]
        sys.stderr.write(f"  {time.monotonic() - began_s:.0f} s\n")
    show(measured)
    save(measured, is_whole=wanted is None)
    return 1 if failed else 0


def show(measured: Sequence[Row]) -> None:
    console = Console(width=None if sys.stdout.isatty() else WIDTH_WHERE_NOBODY_LOOKS)
    table = Table("name", "what", box=None, pad_edge=False, title="make bench", title_justify="left")
    for heading in ("ours", "peer or limit", "", "ratio"):
        table.add_column(heading, justify="left" if heading == "peer or limit" else "right")
    for row in measured:
        table.add_row(
            str(row["name"]),
            str(row["what"]),
            as_figure(row["ours"], row["unit"]),
            str(row["reference"]),
            as_figure(row["reference_value"]) if row["reference_value"] is not None else "",
            as_figure(row["ratio"]) if row["ratio"] is not None else "",
        )
    console.print(table)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
