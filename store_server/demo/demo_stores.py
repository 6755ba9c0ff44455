"""The stores the demo can run: the invented supermarket, an invented drugstore of two levels, and the hall of the recordings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FLOORPLANS = Path(__file__).resolve().parents[2] / "floorplans"


class DemoProblem(Exception):
    """The demo cannot go on; the text says what to mend."""


@dataclass(frozen=True, slots=True)
class DemoStore:
    """Which files make the store, and who walks in it.

    ``shoppers`` is 0 where a recording is replayed instead.
    """

    name: str
    store_name: str
    note: str
    shoppers: int
    recording: Path | None = None

    def file(self, kind: str) -> Path:
        """``demo_store.catalogue.csv`` for kind ``catalogue.csv``."""
        path = FLOORPLANS / f"{self.name}.{kind}"
        if not path.is_file():
            raise DemoProblem(f"{path} is missing: the demo runs from a checkout of the repository.")
        return path


def supermarket_demo(shoppers: int = 120) -> DemoStore:
    return DemoStore(
        "demo_store",
        "Aisleway Demo Market",
        f"Demo: store, products and {shoppers} walking shoppers are invented.",
        shoppers,
    )


def drugstore_demo(shoppers: int) -> DemoStore:
    return DemoStore(
        "drugstore",
        "Aisleway Demo Drugstore",
        f"Demo: store, products and {shoppers} walking shoppers are invented.",
        shoppers,
    )


def hall_demo() -> DemoStore:
    return DemoStore(
        "hall",
        "Aisleway Demo Hall",
        "Demo: the radio recording is real (Danis et al. 2022, CC0); shelves and products are invented here.",
        0,
        FLOORPLANS / "hall_recording",
    )
