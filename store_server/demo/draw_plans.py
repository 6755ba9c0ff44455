"""Draw the invented plans again: ``python -m store_server.demo.draw_plans FOLDER``, by default ``floorplans``."""

from __future__ import annotations

import csv
import gzip
import sys
from pathlib import Path

from store_server.demo.drawn_drugstore import draw_drugstore
from store_server.demo.drawn_hall import draw_hall
from store_server.demo.drawn_hypermarket import draw_hypermarket
from store_server.demo.drawn_supermarket import draw_supermarket

FLOORPLANS = Path(__file__).resolve().parents[2] / "floorplans"


def drawn_files(receivers_file: Path) -> dict[str, bytes]:
    """File names and contents of the plans and planograms."""
    supermarket, hypermarket, drugstore = draw_supermarket(), draw_hypermarket(), draw_drugstore()
    with open(receivers_file, encoding="utf-8", newline="") as file:
        hall = draw_hall(list(csv.DictReader(file)), supermarket.rows)
    return {
        "demo_store.floorplan.json": supermarket.plan_text().encode(),
        "demo_store.planogram.csv": supermarket.planogram_text().encode(),
        "drugstore.floorplan.json": drugstore.plan_text().encode(),
        "drugstore.planogram.csv": drugstore.planogram_text().encode(),
        "hall.floorplan.json": hall.plan_text().encode(),
        "hall.planogram.csv": hall.planogram_text().encode(),
        "hypermarket.floorplan.json": hypermarket.plan_text().encode(),
        # Without the time of packing, so that the same text is the same file.
        "hypermarket.planogram.csv.gz": gzip.compress(hypermarket.planogram_text().encode(), mtime=0),
    }


def main(folder: Path = FLOORPLANS) -> None:
    for name, content in drawn_files(FLOORPLANS / "hall_recording" / "receivers.csv").items():
        (folder / name).write_bytes(content)


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:2]))
