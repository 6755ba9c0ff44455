"""The real building of three levels: what its source becomes, and what is mended on the way."""

from __future__ import annotations

import json
from typing import Any

import pytest

from store_server.demo.three_levels import PLAN, plan_text, three_levels
from store_server.domain.plan_checks import problems
from store_server.domain.plan_problems import Severity
from store_server.wire.floorplans import LevelFeature, UnitFeature
from tests.domain.floors import SHARED, ring

Box = tuple[float, float, float, float]


def drawn(feature_type: str, level_id: int | None, box: Box, kind: str = "Polygon") -> dict[str, Any]:
    """A feature as the source has it: about 0.8 m to the unit in x and 1.1 m in y, near 45 N."""
    at = [[3.0 + x * 1e-5, 45.0 + y * 1e-5] for x, y in ring(box)]
    properties = {"feature_type": feature_type, "level_id": level_id, "name": None}
    coordinates: Any = [at] if kind == "Polygon" else at[0]
    return {"type": "Feature", "geometry": {"type": kind, "coordinates": coordinates}, "properties": properties}


def test_floors_become_levels_and_rooms_are_taken_once_and_cut_to_them() -> None:
    features = [
        drawn("corridor", None, (0, 0, 40, 30)),
        drawn("corridor", 1, (0, 0, 40, 20)),
        drawn("unit", 0, (1, 1, 9, 9)),
        drawn("unit", 0, (1, 1, 9, 9.2)),
        drawn("unit", 1, (10, 10, 20, 25)),
        drawn("unit", 0, (5, 5, 6, 6), "Point"),
    ]
    plan, left_out = three_levels(json.dumps({"type": "FeatureCollection", "features": features}).encode())
    levels = [feature for feature in plan.features if isinstance(feature, LevelFeature)]
    assert [level.properties.ordinal for level in levels] == [0, 1]
    rooms = [feature for feature in plan.features if isinstance(feature, UnitFeature)]
    assert [room.properties.level_id for room in rooms] == [level.id for level in levels]
    assert left_out == {"points and specks": 1, "rooms drawn twice": 1}
    assert not [problem for problem in problems(plan) if problem.severity is Severity.ERROR]


def test_the_plan_here_is_what_its_source_becomes() -> None:
    source = SHARED / "openindoormaps-demo" / "demo-map.geojson"
    if not source.exists():
        pytest.skip("the demo map is not there")
    plan, _ = three_levels(source.read_bytes())
    assert plan_text(plan) == PLAN.read_text("utf-8"), "make it again: python -m store_server.demo.three_levels"
