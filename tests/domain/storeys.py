"""Small buildings of several equal levels, drawn in code."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from store_server.domain.building import Building
from tests.domain.floors import Box, Json, area, document, plan

OUTLINE: Box = (0, 0, 20, 12)
STAIRS: Box = (1, 1, 4, 2)
LIFT: Box = (17, 9, 19, 11)


def on(level_id: str, *features: Json) -> list[Json]:
    """The features on another level than ``L``; their ids and keys are made other too."""
    moved = []
    for feature in features:
        key = f"{feature['properties']['key']}:{level_id}"
        moved.append({**feature, "id": key, "properties": {**feature["properties"], "key": key, "level_id": level_id}})
    return moved


def levels(count: int, *features: Json) -> Json:
    """A plan of so many equal levels ``L0``, ``L1``...; the features are given with their level."""
    floors = [
        area("level", f"L{n}", OUTLINE, ordinal=n) | {"properties": {"key": f"L{n}", "level_id": f"L{n}", "ordinal": n}}
        for n in range(count)
    ]
    return plan() | {"features": [*floors, *features]}


def unit(name: str, level_id: str, box: Box, category: str, **properties: Any) -> Json:
    return on(level_id, area("unit", f"{name}-{category}", box, category=category, connects=name, **properties))[0]


def both_levels(name: str, box: Box, category: str, **properties: Any) -> list[Json]:
    return [unit(name, level_id, box, category, **properties) for level_id in ("L0", "L1")]


def building_of(raw: Json, at: datetime | None = None) -> Building:
    return Building.prepare(document(raw), at)
