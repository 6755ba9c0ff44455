"""The real building of three levels: what its source becomes, and what is mended on the way."""

from __future__ import annotations

import json
from typing import Any

import pytest

from store_server.adapters.plan_files import load_plan
from store_server.demo.three_levels import PLAN, plan_text, three_levels
from store_server.domain.plan_checks import problems
from store_server.domain.plan_problems import Rule, Severity
from store_server.domain.plan_structure import polygon_of
from store_server.wire.floorplans import FloorplanDocument, LevelFeature, UnitFeature
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


def test_stairs_stand_beside_the_lift_on_every_level_and_on_free_floor() -> None:
    floors = [drawn("corridor", level or None, (0, 0, 40, 30)) for level in (0, 1, 2)]
    lifts = [drawn("unit", level, (10, 10, 12.5, 12)) for level in (0, 1, 2)]
    room_in_the_way = drawn("unit", 1, (5, 3, 18, 9.8))
    landing = drawn("unit", 2, (9, 9, 20, 20))
    raw = {"type": "FeatureCollection", "features": [*floors, *lifts, room_in_the_way, landing]}
    plan, _ = three_levels(json.dumps(raw).encode())
    ways = ways_of(plan)
    assert {name: sorted(by_level) for name, by_level in ways.items()} == {
        name: [f"three-levels/level/{n}" for n in (0, 1, 2)] for name in ("lift", "stairs")
    }
    lift, stairs = (next(iter(ways[name].values())) for name in ("lift", "stairs"))
    assert lift.properties.category == "elevator"
    assert {stair.geometry for stair in ways["stairs"].values()} == {stairs.geometry}
    assert polygon_of(lift.geometry).distance(polygon_of(stairs.geometry)) == pytest.approx(0.2, abs=0.01)
    (room,) = (f for f in plan.features if isinstance(f, UnitFeature) and f.properties.key == "room/6")
    assert not polygon_of(room.geometry).intersects(polygon_of(stairs.geometry))
    assert not [problem for problem in problems(plan) if problem.severity is Severity.ERROR]


def test_without_a_lift_or_room_beside_it_nothing_is_invented() -> None:
    floors = [drawn("corridor", level, (0, 0, 3, 3)) for level in (0, 1)]
    one_lift = [drawn("unit", 0, (1, 1, 2, 2))]
    tight_lifts = [drawn("unit", level, (0.1, 0.1, 2.9, 2.9)) for level in (0, 1)]
    for rooms in (one_lift, tight_lifts):
        raw = {"type": "FeatureCollection", "features": [*floors, *rooms]}
        assert ways_of(three_levels(json.dumps(raw).encode())[0]) == {}


def ways_of(plan: FloorplanDocument) -> dict[str, dict[str, UnitFeature]]:
    """The ways between levels by name and level."""
    found: dict[str, dict[str, UnitFeature]] = {}
    for feature in plan.features:
        if isinstance(feature, UnitFeature) and feature.properties.connects is not None:
            found.setdefault(feature.properties.connects, {})[feature.properties.level_id] = feature
    return found


def test_the_plan_here_has_stairs_and_a_lift_between_all_its_levels() -> None:
    plan = load_plan(PLAN)
    levels = {feature.id for feature in plan.features if isinstance(feature, LevelFeature)}
    assert {name: set(by_level) for name, by_level in ways_of(plan).items()} == {"lift": levels, "stairs": levels}
    assert not [problem for problem in problems(plan) if problem.severity is Severity.ERROR]
    assert Rule.TRANSITION_ALONE not in {problem.rule for problem in problems(plan)}


def test_the_plan_here_is_what_its_source_becomes() -> None:
    source = SHARED / "openindoormaps-demo" / "demo-map.geojson"
    if not source.exists():
        pytest.skip("the demo map is not there")
    plan, _ = three_levels(source.read_bytes())
    assert plan_text(plan) == PLAN.read_text("utf-8"), "make it again: python -m store_server.demo.three_levels"
