"""Draw the demo's plans again: ``python -m store_server.demo.draw_plans FOLDER``, by default ``floorplans``."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from store_server.demo.drawn_hall import draw_hall
from store_server.demo.drawn_supermarket import draw_supermarket

FLOORPLANS = Path(__file__).resolve().parents[2] / "floorplans"


def drawn_files(receivers_file: Path) -> dict[str, str]:
    """File names and texts of both plans and planograms."""
    supermarket = draw_supermarket()
    with open(receivers_file, encoding="utf-8", newline="") as file:
        hall = draw_hall(list(csv.DictReader(file)), supermarket.rows)
    return {
        "demo_store.floorplan.json": supermarket.plan_text(),
        "demo_store.planogram.csv": supermarket.planogram_text(),
        "hall.floorplan.json": hall.plan_text(),
        "hall.planogram.csv": hall.planogram_text(),
    }


def main(folder: Path = FLOORPLANS) -> None:
    for name, text in drawn_files(FLOORPLANS / "hall_recording" / "receivers.csv").items():
        (folder / name).write_text(text, encoding="utf-8", newline="")


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:2]))
