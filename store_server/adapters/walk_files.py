"""What ``aisleway route`` and ``aisleway tour`` read and write: CSV with a header, UTF-8, ``.gz`` by name."""

from __future__ import annotations

import csv
import gzip
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from store_server.adapters.plan_files import read_bounded
from store_server.domain.plan_form import MAX_BYTES

Point = tuple[float, float]

MAX_STOPS = 300
"""Of one tour. Nobody's list is longer, and the lengths between them grow with the square."""


class UnreadableRows(ValueError):
    """Rows that cannot be taken.

    Attributes
    ----------
    lines : tuple of str
        One for each, with its line number and what to mend.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = tuple(lines)
        super().__init__(self.lines[0])


@dataclass(frozen=True, slots=True)
class Pair:
    """From where to where.

    Attributes
    ----------
    level : str
        A level's key, id or ordinal; empty for the ground floor.
    to_level : str
        The same of the end; empty where the walk is to stay on its level.
    """

    pair_id: str
    start: Point
    end: Point
    level: str
    to_level: str


@dataclass(frozen=True, slots=True)
class Stop:
    """A place of a tour; ``level`` as in ``Pair``."""

    at_m: Point
    level: str


@dataclass(slots=True)
class Stops:
    """One tour to be ordered."""

    start: Stop | None = None
    end: Stop | None = None
    stops: list[Stop] = field(default_factory=list)


def read_pairs(path: Path) -> list[Pair]:
    """Pairs from pair_id,from_x_m,from_y_m,to_x_m,to_y_m[,level[,to_level]].

    Raises
    ------
    UnreadableRows
    OSError
    """
    bad: list[str] = []
    pairs = []
    for line, row in _rows(path, ("pair_id", "from_x_m", "from_y_m", "to_x_m", "to_y_m")):
        places = [_number(row[column]) for column in ("from_x_m", "from_y_m", "to_x_m", "to_y_m")]
        x0, y0, x1, y1 = places
        if x0 is None or y0 is None or x1 is None or y1 is None:
            bad.append(f"{path.name} line {line}: from_x_m, from_y_m, to_x_m and to_y_m are numbers of metres.")
        else:
            pairs.append(Pair(row["pair_id"], (x0, y0), (x1, y1), row.get("level", ""), row.get("to_level", "")))
    if bad:
        raise UnreadableRows(bad)
    return pairs


def read_stops(path: Path) -> dict[str, Stops]:
    """Tours by id from tour_id,kind,x_m,y_m[,level]; each has one start and at most one end.

    Raises
    ------
    UnreadableRows
    OSError
    """
    bad: list[str] = []
    tours: dict[str, Stops] = {}
    for line, row in _rows(path, ("tour_id", "kind", "x_m", "y_m")):
        tour = tours.setdefault(row["tour_id"], Stops())
        x_m, y_m = _number(row["x_m"]), _number(row["y_m"])
        kind = row["kind"]
        if x_m is None or y_m is None:
            bad.append(f"{path.name} line {line}: x_m and y_m are numbers of metres.")
            continue
        stop = Stop((x_m, y_m), row.get("level", ""))
        if kind == "stop" and len(tour.stops) < MAX_STOPS:
            tour.stops.append(stop)
        elif kind == "start" and tour.start is None:
            tour.start = stop
        elif kind == "end" and tour.end is None:
            tour.end = stop
        else:
            words = f"kind is start (one), stop (at most {MAX_STOPS}) or end (at most one)"
            bad.append(
                f"{path.name} line {line}: tour {row['tour_id']}: {words}; this is one more {kind or 'of nothing'}."
            )
    bad += [f"{path.name}: tour {tour_id} has no start." for tour_id, tour in tours.items() if tour.start is None]
    if bad:
        raise UnreadableRows(bad)
    return tours


def write_rows(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a CSV, packed where the name ends in ``.gz``.

    Raises
    ------
    OSError
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    raw = text.getvalue().encode()
    path.write_bytes(gzip.compress(raw, mtime=0) if path.suffix == ".gz" else raw)


def _rows(path: Path, columns: Sequence[str]) -> Iterable[tuple[int, dict[str, str]]]:
    """Line numbers and cells; rows that are too short have empty cells."""
    raw = read_bounded(path)
    if len(raw) > MAX_BYTES:
        raise UnreadableRows([f"{path.name} is larger than {MAX_BYTES // 1024**2} MB: split it."])
    try:
        reader = csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline=""))
        missing = [column for column in columns if column not in (reader.fieldnames or ())]
        if missing:
            raise UnreadableRows([f"{path.name} has no column {', '.join(missing)}: add it to the header."])
        for row in reader:
            cells = {column: value.strip() for column, value in row.items() if column and isinstance(value, str)}
            yield reader.line_num, dict.fromkeys(columns, "") | cells
    except UnicodeDecodeError:
        raise UnreadableRows([f"{path.name} is not text in UTF-8: save it as UTF-8 CSV."]) from None
    except csv.Error as broken:
        raise UnreadableRows([f"{path.name} is not CSV: {broken}."]) from None


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
