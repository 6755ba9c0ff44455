"""A sound shop, broken in one way each: by what rule that is found, and which shape is named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from store_server.domain.plan_problems import Rule
from tests.domain.floors import Json, area, fixture, found, kiosk, line, ring, slot

Breakage = Callable[[Json], None]


def moved(item: Json, dx: float, dy: float) -> None:
    """Move a feature in place."""

    def shift(part: Any) -> Any:
        if isinstance(part[0], int | float):
            return [part[0] + dx, part[1] + dy]
        return [shift(inner) for inner in part]

    item["geometry"]["coordinates"] = shift(item["geometry"]["coordinates"])


def door_off(raw: Json) -> None:
    moved(found(raw, "door"), 0, 0.4)


def facing_own(raw: Json) -> None:
    found(raw, "A-E-1")["properties"]["facing"] = [-1, 0]


def facing_along(raw: Json) -> None:
    found(raw, "A-E-1")["properties"]["facing"] = [0, 1]


def facing_other(raw: Json) -> None:
    raw["features"].append(fixture("C", (6.02, 4.5, 6.5, 5.5)))


def bow_tie(raw: Json) -> None:
    corners = found(raw, "A")["geometry"]["coordinates"][0]
    corners[1], corners[2] = corners[2], corners[1]


def flat(raw: Json) -> None:
    found(raw, "A")["geometry"]["coordinates"] = [[[5, 3], [5, 9], [5, 3], [5, 3]]]


def tiny(raw: Json) -> None:
    found(raw, "A")["geometry"]["coordinates"] = [ring((5, 3, 5.001, 3.001))]


def overlap(raw: Json) -> None:
    raw["features"].append(fixture("C", (8.95, 8.95, 12, 10)))


def kiosk_overlap(raw: Json) -> None:
    raw["features"].append(fixture("C", (15, 8, 17, 9)))


def outside(raw: Json) -> None:
    raw["features"].append(fixture("C", (19, 11, 20.5, 12)))


def slot_outside(raw: Json) -> None:
    raw["features"].append(fixture("C", (19.2, 9, 20.5, 10)))
    raw["features"].append(slot("C-1", "C", (20.5, 9.5), (1, 0)))


def node_outside(raw: Json) -> None:
    moved(found(raw, "n1"), -3, 0)


def wall_outside(raw: Json) -> None:
    raw["features"].append(line("wall", "w", (18, 5), (22, 5)))


def display_outside(raw: Json) -> None:
    found(raw, "k")["properties"]["display_point"]["coordinates"] = [15, -2]


def walled_in(raw: Json) -> None:
    raw["features"].append(line("wall", "w1", (5, 3), (9, 3)))
    raw["features"].append(line("wall", "w2", (5, 9), (9, 9)))


def no_room(raw: Json) -> None:
    raw["features"].append(line("wall", "w", (6.4, 3.2), (6.4, 8.8)))


def zone_over(raw: Json) -> None:
    found(raw, "left")["geometry"]["coordinates"] = [ring((0, 0, 7.5, 12))]


def narrow(raw: Json) -> None:
    for key in ("B", "B-W-1"):
        moved(found(raw, key), -1.2, 0)


def narrow_outer_wall(raw: Json) -> None:
    raw["features"].append(fixture("C", (18, 5, 19.4, 7)))
    raw["features"].append(slot("C-1", "C", (19.4, 6), (1, 0)))


def slot_left_behind(raw: Json) -> None:
    moved(found(raw, "A"), -2, 0)


def unknown_fixture(raw: Json) -> None:
    found(raw, "A-E-1")["properties"]["fixture_id"] = "nowhere"


def unknown_level(raw: Json) -> None:
    found(raw, "B")["properties"]["level_id"] = "attic"


def other_level(raw: Json) -> None:
    raw["features"].append(area("level", "L2", (0, 0, 20, 12), ordinal=1) | {"id": "L2"})
    raw["features"][-1]["properties"]["level_id"] = "L2"
    found(raw, "A-E-1")["properties"]["level_id"] = "L2"


def duplicate_id(raw: Json) -> None:
    found(raw, "B-W-1")["id"] = "A-E-1"


def duplicate_key(raw: Json) -> None:
    found(raw, "B-W-1")["properties"]["key"] = "A-E-1"


def duplicate_node(raw: Json) -> None:
    found(raw, "n2")["properties"]["node_key"] = "n1"


def duplicate_kiosk(raw: Json) -> None:
    raw["features"].append(kiosk("k2", (17, 9, 17.5, 9.5), (17, 8)))
    raw["features"][-1]["properties"]["kiosk_key"] = "screen-k"


def zone_gap(raw: Json) -> None:
    found(raw, "left")["geometry"]["coordinates"] = [ring((0, 0, 6.5, 12))]


def few_nodes(raw: Json) -> None:
    raw["features"].remove(found(raw, "n3"))


def far_nodes(raw: Json) -> None:
    found(raw, "L")["geometry"]["coordinates"] = [ring((0, 0, 80, 12))]


def wide_door(raw: Json) -> None:
    found(raw, "door")["geometry"]["coordinates"] = [[1, 0], [15, 0]]


def kiosk_shut_in(raw: Json) -> None:
    found(raw, "k")["properties"]["display_point"]["coordinates"] = [8.5, 5]


def narrow_without_slots(raw: Json) -> None:
    raw["features"].append(fixture("C", (12, 3, 12.5, 9)))
    raw["features"].append(fixture("D", (13.1, 3, 13.6, 9)))


def overlap_by_a_hair(raw: Json) -> None:
    raw["features"].append(fixture("C", (9 - 0.01, 4, 10, 5)))


def aisle_through(raw: Json) -> None:
    raw["features"].append(line("aisle", "way", (2, 6), (8, 6)))


def out_by_a_hair(raw: Json) -> None:
    raw["features"].append(fixture("C", (19, 4, 20.01, 5)))


ERRORS: list[tuple[Breakage, Rule, str]] = [
    (door_off, Rule.OPENING_OFF_OUTLINE, "door"),
    (facing_own, Rule.FACING_INTO_FIXTURE, "A-E-1"),
    (facing_along, Rule.FACING_INTO_FIXTURE, "A-E-1"),
    (facing_other, Rule.FACING_INTO_FIXTURE, "A-E-1"),
    (bow_tie, Rule.SELF_INTERSECTION, "A"),
    (flat, Rule.NO_AREA, "A"),
    (tiny, Rule.NO_AREA, "A"),
    (overlap, Rule.FIXTURE_OVERLAP, "C"),
    (kiosk_overlap, Rule.FIXTURE_OVERLAP, "k"),
    (outside, Rule.OUTSIDE_LEVEL, "C"),
    (slot_outside, Rule.OUTSIDE_LEVEL, "C-1"),
    (node_outside, Rule.OUTSIDE_LEVEL, "n1"),
    (wall_outside, Rule.OUTSIDE_LEVEL, "w"),
    (display_outside, Rule.OUTSIDE_LEVEL, "k"),
    (walled_in, Rule.SLOT_UNREACHABLE, "A-E-2"),
    (no_room, Rule.SLOT_UNREACHABLE, "A-E-1"),
    (zone_over, Rule.ZONE_OVERLAP, "left"),
    (narrow, Rule.AISLE_TOO_NARROW, "A-E-1"),
    (narrow, Rule.AISLE_TOO_NARROW, "B"),
    (narrow_outer_wall, Rule.AISLE_TOO_NARROW, "C-1"),
    (slot_left_behind, Rule.SLOT_OFF_FIXTURE, "A-E-1"),
    (unknown_fixture, Rule.UNKNOWN_REFERENCE, "A-E-1"),
    (unknown_level, Rule.UNKNOWN_REFERENCE, "B"),
    (other_level, Rule.UNKNOWN_REFERENCE, "A-E-1"),
    (duplicate_id, Rule.DUPLICATE_ID, "B-W-1"),
    (duplicate_key, Rule.DUPLICATE_ID, "A-E-1"),
    (duplicate_node, Rule.DUPLICATE_ID, "n2"),
    (duplicate_kiosk, Rule.DUPLICATE_ID, "k2"),
]
"""Each an error."""

WARNINGS: list[tuple[Breakage, Rule, str]] = [
    (zone_gap, Rule.ZONE_GAP, "left"),
    (few_nodes, Rule.TOO_FEW_NODES, "L"),
    (far_nodes, Rule.TOO_FEW_NODES, "n2"),
    (wide_door, Rule.OPENING_SIZE, "door"),
    (kiosk_shut_in, Rule.KIOSK_WITHOUT_CATCHMENT, "k"),
    (narrow_without_slots, Rule.AISLE_TOO_NARROW, "D"),
    (overlap_by_a_hair, Rule.FIXTURE_OVERLAP, "C"),
    (out_by_a_hair, Rule.OUTSIDE_LEVEL, "C"),
    (aisle_through, Rule.AISLE_THROUGH_FIXTURE, "way"),
]
"""Each a warning, and no error with it."""
