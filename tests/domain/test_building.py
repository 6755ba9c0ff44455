"""Walks across levels, told leg by leg: by stairs, escalators and lifts, or not at all, and why not."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest
import shapely

from store_server.domain import level_network, transitions
from store_server.domain.building import Building, BuildingPath, Place, Transition
from store_server.domain.plan_problems import InvalidFloorplan, Rule
from store_server.domain.routing import NoPath, NoPathReason
from store_server.domain.transitions import ESCALATOR_M, LIFT_M, LIFT_WAIT_M, RAMP_M, STAIRS_M
from tests.domain.floors import area, changed, fixture, found, line
from tests.domain.storeys import LIFT, OUTLINE, STAIRS, both_levels, building_of, levels, on, unit


def walked(building: Building, start: Place, end: Place, *, step_free: bool = False) -> BuildingPath:
    path = building.path(start, end, step_free=step_free)
    assert isinstance(path, BuildingPath), path
    return path


BELOW, ABOVE = Place("L0", 10, 6), Place("L1", 10, 6)


def test_a_walk_to_another_level_is_told_leg_by_leg() -> None:
    path = walked(building_of(levels(2, *both_levels("main", STAIRS, "stairs"))), BELOW, ABOVE)
    middle = (2.5, 1.5)
    assert [leg.level_id for leg in path.legs] == ["L0", "L1"]
    assert [leg.transition for leg in path.legs] == [Transition("main", "stairs"), None]
    assert [leg.points_m for leg in path.legs] == [((10, 6), middle), (middle, (10, 6))]
    assert path.walked_m == pytest.approx(2 * math.dist((10, 6), middle))
    assert path.length_m == pytest.approx(path.walked_m + STAIRS_M)


def test_a_lift_waits_once_however_far_it_goes_and_stairs_cost_by_the_storey() -> None:
    three = ["L0", "L1", "L2"]
    lift = building_of(levels(3, *(unit("lift", level_id, LIFT, "elevator") for level_id in three)))
    stairs = building_of(levels(3, *(unit("stairs", level_id, LIFT, "stairs") for level_id in three)))
    for start, end, by_lift_m, by_stairs_m in (
        ("L0", "L1", LIFT_WAIT_M + LIFT_M, STAIRS_M),
        ("L2", "L0", LIFT_WAIT_M + 2 * LIFT_M, 2 * STAIRS_M),
    ):
        for building, expected_m in ((lift, by_lift_m), (stairs, by_stairs_m)):
            path = walked(building, Place(start, 10, 6), Place(end, 10, 6))
            assert len(path.legs) == 2
            assert path.length_m - path.walked_m == pytest.approx(expected_m)


def test_an_escalator_is_taken_one_way_only() -> None:
    building = building_of(levels(2, *both_levels("up", STAIRS, "escalator", direction="up")))
    path = walked(building, BELOW, ABOVE)
    assert path.length_m - path.walked_m == pytest.approx(ESCALATOR_M)
    assert building.path(ABOVE, BELOW) == NoPath(NoPathReason.NOT_CONNECTED)
    assert building.matrix([BELOW, ABOVE]).tolist() == [[0.0, pytest.approx(path.length_m)], [math.inf, 0.0]]
    down = building_of(levels(2, *both_levels("down", STAIRS, "escalator", direction="down")))
    assert isinstance(down.path(BELOW, ABOVE), NoPath)
    assert isinstance(down.path(ABOVE, BELOW), BuildingPath)


def test_levels_side_by_side_are_joined_by_what_goes_both_ways_alone() -> None:
    raw = levels(2, *both_levels("steps", STAIRS, "steps"))
    raw["features"][1]["properties"]["ordinal"] = 0
    path = walked(building_of(raw), BELOW, ABOVE)
    assert path.length_m - path.walked_m == pytest.approx(STAIRS_M)
    one_way = changed(raw)
    found(one_way, "steps-steps:L0")["properties"]["direction"] = "up"
    assert isinstance(building_of(one_way).path(BELOW, ABOVE), NoPath)


def test_step_free_takes_the_lift_where_others_take_the_stairs() -> None:
    building = building_of(
        levels(2, *both_levels("main", (9, 5, 11, 7), "stairs"), *both_levels("lift", LIFT, "elevator"))
    )
    assert walked(building, BELOW, ABOVE).legs[0].transition == Transition("main", "stairs")
    path = walked(building, BELOW, ABOVE, step_free=True)
    assert path.legs[0].transition == Transition("lift", "elevator")
    assert building.lengths(BELOW, [ABOVE], step_free=True) == pytest.approx([path.length_m])


def test_no_step_free_way_is_told_from_no_way() -> None:
    stairs = building_of(levels(2, *both_levels("main", STAIRS, "stairs")))
    assert stairs.path(BELOW, ABOVE, step_free=True) == NoPath(NoPathReason.NO_STEP_FREE_WAY)
    apart = building_of(levels(2))
    assert apart.path(BELOW, ABOVE, step_free=True) == NoPath(NoPathReason.NOT_CONNECTED)
    assert apart.path(BELOW, ABOVE) == NoPath(NoPathReason.NOT_CONNECTED)
    walls = (line("wall", "w1", (10, 0), (10, 5.6)), line("wall", "w2", (10, 6.45), (10, 12)))
    narrow = building_of(levels(1, *on("L0", *walls)))
    left, right = Place("L0", 5, 6), Place("L0", 15, 6)
    assert narrow.path(left, right, step_free=True) == NoPath(NoPathReason.NO_STEP_FREE_WAY)
    assert isinstance(narrow.path(left, right), BuildingPath)


@pytest.mark.parametrize(
    ("category", "flag", "is_fit"),
    [
        ("elevator", None, True),
        ("ramp", None, True),
        ("stairs", None, False),
        ("escalator", None, False),
        ("movingwalkway", None, False),
        ("teleporter", None, False),
        ("elevator", False, False),
        ("stairs", True, True),
    ],
)
def test_the_plan_says_what_is_step_free_and_else_the_category_does(
    category: str, flag: bool | None, is_fit: bool
) -> None:
    building = building_of(levels(2, *both_levels("way", STAIRS, category, is_step_free=flag)))
    assert isinstance(building.path(BELOW, ABOVE), BuildingPath)
    assert isinstance(building.path(BELOW, ABOVE, step_free=True), BuildingPath) is is_fit


def test_a_category_nobody_knows_counts_as_stairs_and_of_two_the_dearer() -> None:
    raw = levels(2, unit("way", "L0", STAIRS, "teleporter"), unit("way", "L1", STAIRS, "ramp"))
    path = walked(building_of(raw), BELOW, ABOVE)
    assert path.legs[0].transition == Transition("way", "teleporter")
    assert path.length_m - path.walked_m == pytest.approx(max(STAIRS_M, RAMP_M))
    assert building_of(raw).path(BELOW, ABOVE, step_free=True) == NoPath(NoPathReason.NO_STEP_FREE_WAY)


def test_what_is_drawn_on_one_level_alone_leads_nowhere() -> None:
    twice = [unit("main", "L0", STAIRS, "stairs"), unit("main", "L0", LIFT, "ramp")]
    assert isinstance(building_of(levels(2, twice[0])).path(BELOW, ABOVE), NoPath)
    assert isinstance(building_of(levels(2, *twice)).path(BELOW, ABOVE), NoPath)


def test_rooms_without_a_name_to_connect_are_no_ways() -> None:
    rooms = [on(level_id, area("unit", "room", STAIRS, category="stairs"))[0] for level_id in ("L0", "L1")]
    assert isinstance(building_of(levels(2, *rooms)).path(BELOW, ABOVE), NoPath)


def test_a_unit_away_from_the_floor_is_not_stepped_into() -> None:
    near = both_levels("main", (20.2, 4, 22, 6), "stairs")
    far = both_levels("main", (20.8, 4, 22, 6), "stairs")
    assert isinstance(building_of(levels(2, *near)).path(BELOW, ABOVE), BuildingPath)
    assert isinstance(building_of(levels(2, *far)).path(BELOW, ABOVE), NoPath)


def test_a_cabin_walled_in_is_stepped_into_from_before_its_wall() -> None:
    x0, y0, x1, y1 = LIFT
    around = line("wall", "cabin", (x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0))
    raw = levels(2, *both_levels("lift", LIFT, "elevator"), *on("L0", around))
    path = walked(building_of(raw), BELOW, ABOVE)
    at = path.legs[0].points_m[-1]
    assert shapely.distance(shapely.Point(at), shapely.box(*LIFT)) == pytest.approx(0.351, abs=1e-3)
    assert path.legs[1].points_m[0] == pytest.approx((18, 10))


def test_a_wall_through_the_stairs_gives_them_a_way_in_on_each_side() -> None:
    wall = line("wall", "w", (10, 0), (10, 12))
    raw = levels(2, *both_levels("main", (8, 5, 12, 7), "stairs"), *on("L0", wall))
    building = building_of(raw)
    for side in (Place("L0", 5, 6), Place("L0", 15, 6)):
        assert len(walked(building, side, ABOVE).legs) == 2
    # From side to side there is a way over the level above, and no other.
    over = walked(building, Place("L0", 5, 6), Place("L0", 15, 6))
    assert [leg.level_id for leg in over.legs] == ["L0", "L1", "L0"]
    assert over.length_m == pytest.approx(over.walked_m + 2 * STAIRS_M)


def test_a_level_that_is_all_stairs_is_reached_by_them() -> None:
    raw = levels(2, *both_levels("main", OUTLINE, "stairs"))
    assert isinstance(building_of(raw).path(BELOW, ABOVE), BuildingPath)


def test_a_blocked_lift_is_out_of_use_on_all_levels_while_it_is_blocked() -> None:
    begins, ends = datetime(2026, 3, 1, 8, tzinfo=UTC), datetime(2026, 3, 1, 18, tzinfo=UTC)
    shut = area("blocked_area", "shut", LIFT, from_at=begins.isoformat(), until_at=ends.isoformat())
    lifts = [unit("lift", level_id, LIFT, "elevator") for level_id in ("L0", "L1", "L2")]
    raw = levels(3, *lifts, *on("L0", shut))
    above, top = Place("L1", 10, 6), Place("L2", 10, 6)
    assert isinstance(building_of(raw, begins).path(above, top), NoPath)
    assert isinstance(building_of(raw, ends).path(above, top), BuildingPath)
    assert isinstance(building_of(raw).path(BELOW, top), BuildingPath)


def test_a_corner_cordoned_off_does_not_shut_the_stairs() -> None:
    for box, is_open in (((1, 1, 2, 2), True), ((1, 1, 3, 2), False)):
        raw = levels(2, *both_levels("main", STAIRS, "stairs"), *on("L0", area("blocked_area", "b", box)))
        assert isinstance(building_of(raw).path(BELOW, ABOVE), BuildingPath) is is_open


def test_places_nobody_can_stand_at_have_a_reason_on_any_level() -> None:
    building = building_of(levels(2, *both_levels("main", STAIRS, "stairs"), *on("L1", fixture("A", (5, 2, 15, 10)))))
    inside, attic = Place("L1", 10, 6), Place("attic", 1, 1)
    assert building.path(inside, BELOW) == building.path(attic, BELOW) == NoPath(NoPathReason.START_NOT_WALKABLE)
    assert building.path(BELOW, inside) == building.path(BELOW, attic) == NoPath(NoPathReason.END_NOT_WALKABLE)
    assert building.lengths(BELOW, [inside, attic, BELOW]).tolist() == [math.inf, math.inf, 0.0]
    assert building.lengths(attic, [BELOW, attic]).tolist() == [math.inf, math.inf]
    assert building.lengths(BELOW, []).shape == (0,)
    assert building.matrix([]).shape == (0, 0)


def test_a_plan_with_hundreds_of_lifts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    wall = line("wall", "w", (10, 0), (10, 12))
    raw = levels(2, *both_levels("main", (8, 5, 12, 7), "stairs"), *on("L0", wall))
    for most in (1, 2):  # of units; of places to step into them, which are three
        monkeypatch.setattr(transitions, "MAX_LANDINGS", most)
        monkeypatch.setattr(level_network, "MAX_LANDINGS", most)
        with pytest.raises(InvalidFloorplan) as refused:
            building_of(raw)
        assert refused.value.problems[0].rule is Rule.TOO_DETAILED


def test_a_plan_of_unsound_structure_is_refused_as_one_level_is() -> None:
    raw = levels(2, *both_levels("main", STAIRS, "stairs"))
    found(raw, "main-stairs:L1")["id"] = "L0"
    with pytest.raises(InvalidFloorplan):
        building_of(raw)
