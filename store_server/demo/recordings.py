"""A recorded walk of one beacon past receivers, read from files, to be replayed again and again."""

from __future__ import annotations

import csv
import gzip
import io
import math
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from store_server.wire.sightings import RSSI_DBM_MAX, RSSI_DBM_MIN

Floats = NDArray[np.float64]

MAX_FILE_BYTES = 50_000_000
"""Unpacked. The hall's whole development set is 3 MB; a .gz that unpacks to more is damaged or hostile."""
LONGEST_S = 86_400.0
"""A walk of more than a day is a file in another unit."""
FURTHEST_M = 100_000.0


class BrokenRecording(Exception):
    """A recording that cannot be used; the text names file, line and what to mend."""


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """One walk, repeated for ever with a pause between.

    Attributes
    ----------
    receivers : dict of receiver_id to (x_m, y_m, z_m or None)
    receiver_ids : tuple of str
        What ``receiver_index`` points into.
    t_s, rssi_dbm : ndarray of float, shape (S,); receiver_index : ndarray of int, shape (S,)
        In time order.
    truth_t_s : ndarray, shape (T,); truth_m : ndarray, shape (T, 2)
    dropped : int
        Rows with a strength no radio can report; the source holds a few.
    pause_s : float
    """

    receivers: dict[str, tuple[float, float, float | None]]
    receiver_ids: tuple[str, ...]
    t_s: Floats
    receiver_index: NDArray[np.int64]
    rssi_dbm: Floats
    truth_t_s: Floats
    truth_m: Floats
    dropped: int
    pause_s: float

    @classmethod
    def read(cls, folder: Path, beacon_id: str | None = None, pause_s: float = 5.0) -> Recording:
        """Read ``receivers.csv``, ``sightings.csv`` and ``truth.csv`` (each may be ``.gz``) from a folder.

        Parameters
        ----------
        beacon_id : str, optional
            Which recording of the folder; needed where it holds more than one.

        Raises
        ------
        BrokenRecording
        """
        if not (math.isfinite(pause_s) and pause_s >= 0):
            raise ValueError("pause_s must be 0 or more")
        receivers = {
            row.text("receiver_id"): (
                row.number("x_m", FURTHEST_M),
                row.number("y_m", FURTHEST_M),
                row.number("z_m", FURTHEST_M) if row.values.get("z_m") else None,
            )
            for row in _rows(folder, "receivers.csv", ("receiver_id", "x_m", "y_m"))
        }
        index = {receiver_id: i for i, receiver_id in enumerate(receivers)}
        sightings = list(_rows(folder, "sightings.csv", ("t_s", "beacon_id", "receiver_id", "rssi_dbm")))
        beacon_id = _the_one(beacon_id, sightings, folder)
        heard: list[tuple[float, int, float]] = []
        dropped = 0
        for row in sightings:
            if row.values["beacon_id"] != beacon_id:
                continue
            if row.text("receiver_id") not in index:
                raise BrokenRecording(
                    f"{row.place}: receiver_id is not in receivers.csv; add it there or remove the row"
                )
            rssi_dbm = row.any_number("rssi_dbm")
            if RSSI_DBM_MIN <= rssi_dbm <= RSSI_DBM_MAX:
                heard.append((row.number("t_s", LONGEST_S, least=0.0), index[row.text("receiver_id")], rssi_dbm))
            else:
                dropped += 1
        truth = sorted(
            (row.number("t_s", LONGEST_S, least=0.0), row.number("x_m", FURTHEST_M), row.number("y_m", FURTHEST_M))
            for row in _rows(folder, "truth.csv", ("t_s", "beacon_id", "x_m", "y_m"))
            if row.values["beacon_id"] == beacon_id
        )
        if not heard or not truth:
            raise BrokenRecording(f"{folder}: nothing usable of {beacon_id}; it needs sightings and truth")
        heard.sort(key=lambda sighting: sighting[0])
        columns = np.array(heard, dtype=np.float64)
        truths = np.array(truth, dtype=np.float64)
        return cls(
            receivers=receivers,
            receiver_ids=tuple(receivers),
            t_s=columns[:, 0],
            receiver_index=columns[:, 1].astype(np.int64),
            rssi_dbm=columns[:, 2],
            truth_t_s=truths[:, 0],
            truth_m=truths[:, 1:],
            dropped=dropped,
            pause_s=pause_s,
        )

    @property
    def duration_s(self) -> float:
        """Of one pass, without the pause."""
        return float(max(self.t_s[-1], self.truth_t_s[-1]))

    @property
    def loop_s(self) -> float:
        """From the start of one pass to the start of the next; never 0, or nothing would be sent for ever."""
        return max(self.duration_s + self.pause_s, 1.0)

    def sightings(self) -> Iterator[tuple[str, float, float]]:
        """(receiver_id, t_s, rssi_dbm) of one pass, in time order."""
        for t_s, receiver, rssi_dbm in zip(
            self.t_s.tolist(), self.receiver_index.tolist(), self.rssi_dbm.tolist(), strict=True
        ):
            yield self.receiver_ids[receiver], t_s, rssi_dbm

    def between(self, from_s: float, to_s: float) -> Iterator[tuple[float, str, float]]:
        """(t_s, receiver_id, rssi_dbm) with ``from_s <= t_s < to_s``, counted from the start of the first pass."""
        if not to_s > max(0.0, from_s):
            return
        for number in range(max(0, int(from_s // self.loop_s)), int(to_s // self.loop_s) + 1):
            start_s = number * self.loop_s
            first, last = np.searchsorted(self.t_s, [from_s - start_s, to_s - start_s], side="left").tolist()
            for i in range(first, last):
                yield start_s + float(self.t_s[i]), self.receiver_ids[self.receiver_index[i]], float(self.rssi_dbm[i])

    def truth_at(self, t_s: float) -> tuple[float, float] | None:
        """Where the beacon truly was, counted from the start of the first pass; None in the pauses and before the start."""
        within_s = t_s % self.loop_s
        if t_s < 0 or within_s > self.duration_s:
            return None
        x_m, y_m = (float(np.interp(within_s, self.truth_t_s, self.truth_m[:, axis])) for axis in (0, 1))
        return x_m, y_m


@dataclass(frozen=True, slots=True)
class _Row:
    place: str
    values: dict[str, str]

    def text(self, column: str) -> str:
        if not self.values[column]:
            raise BrokenRecording(f"{self.place}: {column} is empty; fill it or remove the row")
        return self.values[column]

    def any_number(self, column: str) -> float:
        """A number or NaN or infinity: what a strength may be in a real file."""
        try:
            return float(self.values[column])
        except ValueError:
            raise BrokenRecording(f"{self.place}: {column} is not a number; correct it or remove the row") from None

    def number(self, column: str, most: float, least: float | None = None) -> float:
        value = self.any_number(column)
        if not (-most if least is None else least) <= value <= most:
            raise BrokenRecording(f"{self.place}: {column} is out of bounds; correct it or remove the row")
        return value


def _rows(folder: Path, name: str, needed: Sequence[str]) -> Iterator[_Row]:
    path = next((p for p in (folder / name, folder / f"{name}.gz") if p.is_file()), None)
    if path is None:
        raise BrokenRecording(f"{folder}: {name} or {name}.gz is missing")
    reader = csv.DictReader(io.StringIO(_text(path), newline=""), restval="")
    try:
        missing = [column for column in needed if column not in (reader.fieldnames or ())]
        if missing:
            raise BrokenRecording(f"{path.name}: the first line must name the columns {', '.join(missing)}")
        for values in reader:
            yield _Row(f"{path.name} line {reader.line_num}", {k: v for k, v in values.items() if isinstance(v, str)})
    except csv.Error as error:
        raise BrokenRecording(f"{path.name} line {reader.line_num}: {error}; save the file as plain CSV") from None


def _text(path: Path) -> str:
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise BrokenRecording(f"{path.name} cannot be read ({error}); fetch it again") from None
    if len(content) > MAX_FILE_BYTES:
        raise BrokenRecording(f"{path.name} holds more than {MAX_FILE_BYTES // 1_000_000} MB; cut it to one walk")
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise BrokenRecording(f"{path.name} is not UTF-8 text; save it as UTF-8") from None


def _the_one(beacon_id: str | None, sightings: Sequence[_Row], folder: Path) -> str:
    present = {row.values["beacon_id"] for row in sightings}
    if beacon_id is None and len(present) == 1:
        return present.pop()
    if beacon_id is None or beacon_id not in present:
        raise BrokenRecording(
            f"{folder}: name one of its {len(present)} recordings, among them {', '.join(sorted(present)[:3])}"
        )
    return beacon_id
