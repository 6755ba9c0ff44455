"""Recordings as folders of CSV files: receivers, sightings, truth, and what a plan there is.

Every bad line is listed with its number and what to mend; a file name may end in ``.gz``.
"""

from __future__ import annotations

import csv
import gzip
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from store_server.domain.positioning import Anchor
from store_server.domain.ranging import STRONGEST_DBM, WEAKEST_DBM
from store_server.domain.sightings import SightingColumns
from store_server.domain.surveys import Recording

FARTHEST_M = 100_000.0
"""As the wire contract has it: a coordinate beyond this is in the wrong unit."""

LONGEST_ID = 64


@dataclass(frozen=True, slots=True)
class Dropped:
    """Rows that were read and left out, and why."""

    out_of_range: int = 0
    unknown_receiver: int = 0


class CsvFile:
    """One CSV file with a header, plain or gzipped, whose faults are gathered rather than raised one by one.

    Parameters
    ----------
    folder : Path
    name : str
        ``receivers.csv``; ``receivers.csv.gz`` is taken where it is the one that exists.
    problems : list of str
        What is wrong is added here.
    """

    def __init__(self, folder: Path, name: str, problems: list[str]) -> None:
        plain, zipped = folder / name, folder / f"{name}.gz"
        self.path = plain if plain.exists() or not zipped.exists() else zipped
        self.exists = self.path.is_file()
        self._problems = problems

    def fault(self, line: int, words: str) -> None:
        """Note what is wrong with a line, counted from 1 as editors do."""
        self._problems.append(f"{self.path.name} line {line}: {words}")

    def rows(self, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> Iterator[tuple[int, dict[str, str]]]:
        """Line number and fields of each row that has all required columns filled; columns not asked for are passed over."""
        if not self.exists:
            self._problems.append(f"{self.path.name}: the folder has no such file; add it.")
            return
        line = 1
        try:
            open_text = gzip.open if self.path.suffix == ".gz" else open
            with open_text(self.path, "rt", encoding="utf-8-sig", newline="") as text:
                reader = csv.reader(text)
                header = [name.strip() for name in next(reader, [])]
                if missing := [name for name in required if name not in header]:
                    self.fault(1, f"the header lacks {', '.join(missing)}; it must name {', '.join(required)}.")
                    return
                places = {name: header.index(name) for name in (*required, *optional) if name in header}
                for fields in reader:
                    line = reader.line_num
                    if not fields:
                        continue
                    if len(fields) != len(header):
                        self.fault(line, f"{len(fields)} fields where the header has {len(header)}; mend the commas.")
                        continue
                    row = {name: fields[place].strip() for name, place in places.items()}
                    if empty := [name for name in required if not row[name]]:
                        self.fault(line, f"{', '.join(empty)} is empty; fill it in or take the line out.")
                        continue
                    yield line, row
        except UnicodeDecodeError:
            self.fault(line, "after this line the file is not UTF-8 text; save it as UTF-8.")
        except (csv.Error, EOFError, OSError) as fault:
            self.fault(line, f"the file cannot be read on from here ({fault}); save or copy it again.")

    def number(self, line: int, row: dict[str, str], name: str, most: float = FARTHEST_M) -> float | None:
        """A field as a finite number within bounds; None where it is not, noted."""
        try:
            value = float(row[name])
        except ValueError:
            self.fault(line, f"{name} is {row[name][:40]!r}; write a number with a point, such as 3.25.")
            return None
        if not math.isfinite(value) or abs(value) > most:
            self.fault(line, f"{name} is {row[name][:40]}; it must lie between {-most:g} and {most:g}.")
            return None
        return value


def read_anchors(folder: Path, problems: list[str]) -> tuple[Anchor, ...]:
    """``receivers.csv``: receiver_id,x_m,y_m[,z_m]."""
    file = CsvFile(folder, "receivers.csv", problems)
    anchors: dict[str, Anchor] = {}
    for line, row in file.rows(("receiver_id", "x_m", "y_m"), ("z_m",)):
        x_m, y_m = file.number(line, row, "x_m"), file.number(line, row, "y_m")
        z_m = file.number(line, row, "z_m") if row.get("z_m") else None
        receiver_id = row["receiver_id"]
        if receiver_id in anchors:
            file.fault(line, f"receiver {receiver_id[:40]} stands here a second time; keep one line for each.")
        elif not _is_id(receiver_id):
            file.fault(
                line, f"receiver_id is longer than {LONGEST_ID} characters or has odd ones; use A-Z a-z 0-9 _ . / : -"
            )
        elif x_m is not None and y_m is not None:
            anchors[receiver_id] = Anchor(receiver_id, x_m, y_m, z_m)
    if file.exists and not anchors and not problems:
        file.fault(1, "no receiver is listed; add one line for each.")
    return tuple(anchors.values())


def _is_id(text: str) -> bool:
    return len(text) <= LONGEST_ID and all(c.isascii() and (c.isalnum() or c in "_./:-") for c in text)


def read_sightings(
    folder: Path, anchors: tuple[Anchor, ...], problems: list[str]
) -> tuple[dict[str, SightingColumns], Dropped]:
    """``sightings.csv``: t_s,beacon_id,receiver_id,rssi_dbm; one set of columns for each beacon, in the file's order."""
    file = CsvFile(folder, "sightings.csv", problems)
    index_of = {anchor.node_id: index for index, anchor in enumerate(anchors)}
    gathered: dict[str, tuple[list[int], list[float], list[float]]] = {}
    out_of_range = unknown = 0
    for line, row in file.rows(("t_s", "beacon_id", "receiver_id", "rssi_dbm")):
        t_s, rssi_dbm = file.number(line, row, "t_s", 1e11), file.number(line, row, "rssi_dbm", 1e9)
        if t_s is None or rssi_dbm is None:
            continue
        if not WEAKEST_DBM <= rssi_dbm <= STRONGEST_DBM:
            out_of_range += 1
        elif row["receiver_id"] not in index_of:
            unknown += 1
        else:
            nodes, strengths, times = gathered.setdefault(row["beacon_id"], ([], [], []))
            nodes.append(index_of[row["receiver_id"]])
            strengths.append(rssi_dbm)
            times.append(t_s)
    node_ids = tuple(anchor.node_id for anchor in anchors)
    recordings = {
        beacon_id: SightingColumns(
            (beacon_id,),
            node_ids,
            np.zeros(len(nodes), dtype=np.int64),
            np.array(nodes, dtype=np.int64),
            np.array(strengths),
            np.array(times),
        )
        for beacon_id, (nodes, strengths, times) in gathered.items()
    }
    return recordings, Dropped(out_of_range, unknown)


def read_truth(
    folder: Path, sightings: dict[str, SightingColumns], problems: list[str], other_beacons: Callable[[int], None]
) -> list[Recording]:
    """``truth.csv``: t_s,beacon_id,x_m,y_m; the recordings whose truth is known. Calls back with how many have no truth."""
    file = CsvFile(folder, "truth.csv", problems)
    truth: dict[str, list[tuple[float, float, float]]] = {}
    for line, row in file.rows(("t_s", "beacon_id", "x_m", "y_m")):
        t_s, x_m, y_m = (
            file.number(line, row, name, most) for name, most in (("t_s", 1e11), ("x_m", 1e5), ("y_m", 1e5))
        )
        if t_s is not None and x_m is not None and y_m is not None:
            truth.setdefault(row["beacon_id"], []).append((t_s, x_m, y_m))
    recordings = []
    for beacon_id, columns in sightings.items():
        if beacon_id in truth:
            rows = np.array(sorted(truth[beacon_id]))
            recordings.append(Recording(beacon_id, columns, rows[:, 0], rows[:, 1:]))
    other_beacons(len(sightings) - len(recordings))
    return recordings
