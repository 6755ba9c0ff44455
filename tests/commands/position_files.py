"""A data set of a small floor in a folder, and what the two commands make of it."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

from click.testing import CliRunner, Result

from store_server.commands.positions import calibrate_command, locate_command
from store_server.domain.surveys import Recording
from store_server.wire.calibration import Calibration
from tests.domain.radio_floor import ANCHORS, survey, walk

RECEIVERS = "receiver_id,x_m,y_m,z_m\n" + "".join(
    f"{a.node_id},{a.x_m},{a.y_m},{'' if a.z_m is None else a.z_m}\n" for a in ANCHORS
)


def sighting_lines(recording: Recording) -> str:
    s = recording.sightings
    return "".join(
        f"{t:.2f},{recording.beacon_id},{s.node_ids[n]},{r:.1f}\n"
        for t, n, r in zip(s.heard_s, s.node_index, s.rssi_dbm, strict=True)
    )


def truth_lines(recording: Recording) -> str:
    return "".join(
        f"{t},{recording.beacon_id},{x:.3f},{y:.3f}\n"
        for t, (x, y) in zip(recording.truth_s, recording.truth_xy_m, strict=True)
    )


class Folder:
    """A data set, and what the two commands make of it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.calibration = path / "cal.json"
        self.fixes = path / "fixes.csv"
        recordings = [*survey(12), walk()]
        self.write("receivers.csv", RECEIVERS)
        self.write("sightings.csv", "t_s,beacon_id,receiver_id,rssi_dbm\n" + "".join(map(sighting_lines, recordings)))
        self.write("truth.csv", "t_s,beacon_id,x_m,y_m\n" + "".join(map(truth_lines, recordings)))

    def write(self, name: str, text: str | bytes) -> None:
        (self.path / name).write_bytes(text if isinstance(text, bytes) else text.encode())

    def append(self, name: str, text: str) -> None:
        self.write(name, (self.path / name).read_text(encoding="utf-8") + text)

    def zip(self, name: str) -> None:
        self.write(f"{name}.gz", gzip.compress((self.path / name).read_bytes()))
        (self.path / name).unlink()

    def calibrate(self, *more: str) -> Result:
        return CliRunner().invoke(calibrate_command, [str(self.path), "--out", str(self.calibration), *more])

    def locate(self, *more: str) -> Result:
        return CliRunner().invoke(locate_command, [str(self.path), "--out", str(self.fixes), *more])

    def fix_rows(self) -> list[dict[str, str]]:
        with self.fixes.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def read_calibration(self) -> Calibration:
        return Calibration.model_validate_json(self.calibration.read_bytes())
