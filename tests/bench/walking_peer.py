"""The walks of ``make bench BENCH=route`` asked of extremitypathfinder, in an environment made for it when it is first asked.

It gets the same floor with its corners cut, as it knows no arcs: its walks may be that much shorter or longer.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]

HERE = Path(__file__).resolve().parent
ENVIRONMENT = HERE.parents[1] / ".bench" / "peers"
LOCK = HERE / "peers.txt"


@dataclass(frozen=True, slots=True)
class PeerWalks:
    """What it took, in processor time. ``times_s`` and ``lengths_m`` are of shape (P,), NaN where it found no walk."""

    prepare_s: float
    times_s: Floats
    lengths_m: Floats


def peer_walks(floors: Sequence[tuple[shapely.MultiPolygon, Floats]]) -> list[PeerWalks] | None:
    """Each floor's walks between its pairs, shape (P, 2, 2); None, said on standard error, where it cannot be installed."""
    python = _python()
    if python is None or not floors:
        return None
    asked = [_as_rings(area, pairs) for area, pairs in floors]
    answer = subprocess.run(
        [str(python), str(HERE / "peer_walks.py")], input=json.dumps(asked), capture_output=True, text=True, check=True
    )
    return [
        PeerWalks(
            each["prepare_s"],
            np.array(each["times_s"], dtype=np.float64),
            np.array(each["lengths_m"], dtype=np.float64),
        )
        for each in json.loads(answer.stdout)
    ]


def _as_rings(area: shapely.MultiPolygon, pairs: Floats) -> dict[str, object]:
    """The largest part of the floor, its outside anticlockwise and its holes clockwise."""
    floor = shapely.orient_polygons(max(area.geoms, key=lambda part: float(part.area)))
    rings = [ring.coords[:-1] for ring in (floor.exterior, *floor.interiors)]
    return {"outer": rings[0], "holes": rings[1:], "pairs": pairs.tolist()}


def _python() -> Path | None:
    python, made = ENVIRONMENT / "bin" / "python", ENVIRONMENT / "installed"
    if made.is_file() and made.read_text("utf-8") == LOCK.read_text("utf-8"):
        return python
    pip = [str(python), "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input", "install"]
    try:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)], check=True)
        subprocess.run([*pip, "--require-hashes", "-r", str(LOCK)], check=True)
    except subprocess.CalledProcessError as error:
        print(f"extremitypathfinder: not measured, as it could not be installed ({error})", file=sys.stderr)
        return None
    made.write_text(LOCK.read_text("utf-8"), "utf-8")
    return python
