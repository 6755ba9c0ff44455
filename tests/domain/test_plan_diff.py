"""What two plans differ in."""

from __future__ import annotations

import json
from typing import Any

from store_server.domain.plan_diff import product_moves, shape_diffs, zones_changed
from store_server.wire.floorplans import FloorplanDocument
from tests.opened_store import PLAN


def changed(**by_id: dict[str, Any] | None) -> FloorplanDocument:
    """The plan with members of some features replaced (None: left out)."""
    plain = json.loads(PLAN.model_dump_json(exclude_none=True))
    kept = []
    for feature in plain["features"]:
        change = by_id.get(feature["id"].replace("-", "_"), {})
        if change is not None:
            kept.append({**feature, **change, "properties": {**feature["properties"], **change.get("properties", {})}})
    return FloorplanDocument.model_validate_json(json.dumps({**plain, "features": kept}))


def told(before: FloorplanDocument, after: FloorplanDocument) -> list[tuple[str, str]]:
    shapes = ((diff, diff.before or diff.after) for diff in shape_diffs(before, after))
    return [(diff.difference.value, "" if shape is None else shape.properties.key) for diff, shape in shapes]


def test_a_plan_does_not_differ_from_itself() -> None:
    assert shape_diffs(PLAN, PLAN) == ()


def test_each_kind_of_difference_is_named() -> None:
    after = changed(
        till=None,
        A={"geometry": {"type": "Polygon", "coordinates": [[[4, 3], [5, 3], [5, 10], [4, 10], [4, 3]]]}},
        rpi_01={"properties": {"z_m": 2.5}},
        K={"properties": {"facing_deg": 90.0}},
    )
    assert told(PLAN, after) == [("moved", "A"), ("removed", "till"), ("moved", "K"), ("changed", "rpi-01")]
    assert told(after, PLAN)[1] == ("added", "till")


def test_a_shape_drawn_anew_is_the_same_by_its_type_and_key() -> None:
    assert told(PLAN, changed(A={"id": "another-id"})) == []
    assert told(PLAN, changed(A={"id": "another-id", "properties": {"height_m": 2.0}})) == [("changed", "A")]


def test_products_that_moved_came_or_went_are_told_and_slots_are_not_listed() -> None:
    after = changed(
        A_1={"geometry": {"type": "Point", "coordinates": [5, 6]}},
        A_2={"properties": {"sku": "salt"}},
    )
    moves = product_moves(PLAN, after)
    assert (set(moves.before), set(moves.after), set(moves.moved)) == ({"peas", "rice"}, {"peas", "salt"}, {"peas"})
    assert told(PLAN, after) == []


def test_a_shelf_straightened_by_centimetres_moves_no_product() -> None:
    after = changed(A_1={"geometry": {"type": "Point", "coordinates": [5.05, 4.05]}})
    assert product_moves(PLAN, after).moved == frozenset()


def test_zones_that_changed_are_counted() -> None:
    zone = {
        "type": "Feature",
        "id": "Z",
        "feature_type": "section",
        "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [9, 0], [9, 9], [0, 9], [0, 0]]]},
        "properties": {"key": "Z", "level_id": "L"},
    }
    plain = json.loads(PLAN.model_dump_json(exclude_none=True))
    zoned = FloorplanDocument.model_validate_json(json.dumps({**plain, "features": [*plain["features"], zone]}))
    assert zones_changed(shape_diffs(PLAN, zoned)) == 1
    assert zones_changed(shape_diffs(PLAN, PLAN)) == 0
