"""A document as shapes: what is walkable, who stands where, and what hostile documents do."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from store_server.domain.floor_shapes import BODY_RADIUS_M, sight_area
from store_server.domain.floorplan import Floorplan, InvalidFloorplan, levels_of
from store_server.domain.free_floor import floor_between
from store_server.domain.plan_checks import problems
from store_server.domain.plan_problems import Rule
from store_server.domain.plan_structure import place_of
from store_server.domain.standing_places import standing_places
from tests.domain.floors import area, changed, document, fixture, found, kiosk, line, node, plan, shop, slot


def test_the_walkable_area_is_what_fixtures_walls_and_kiosks_leave() -> None:
    features = [fixture("A", (5, 5, 7, 6)), line("wall", "w", (10, 2), (10, 8)), kiosk("k", (15, 5, 16, 6), (15.5, 4))]
    floorplan = Floorplan.from_document(document(plan(*features)))
    assert floorplan.walkable_area.area == pytest.approx(240 - 2 - 0.1 * 6.1 - 1)
    assert not shapely.intersects(floorplan.standing_area, shapely.box(5, 5, 7, 6).buffer(BODY_RADIUS_M))
    assert len(floorplan.walkable_area.geoms[0].interiors) == 3


def test_a_sound_shop_is_read_whole() -> None:
    floorplan = Floorplan.from_document(document(shop()))
    assert [fixture.key for fixture in floorplan.fixtures] == ["A", "B"]
    assert [(zone.key, zone.name, zone.is_sensitive) for zone in floorplan.zones] == [
        ("left", "Left", False),
        ("right", "Rechts", True),
    ]
    assert floorplan.anchors[0] == ("n1", 2.0, 2.0, 3.0)
    assert floorplan.entrances == ((2.0, 0.0),)
    assert floorplan.checkouts == ((15.0, 2.0),)
    assert set(floorplan.kiosks) == {"screen-k"}
    assert floorplan.kiosks["screen-k"].feature_key == "k"
    first = floorplan.slots["A-E-1"]
    assert (first.fixture_key, first.side, first.sku, first.department) == ("A", "E", "SKU1", "dairy")
    assert first.facing == (1.0, 0.0)
    assert first.standing_m == pytest.approx((6.45, 5))
    assert first.has_standing_room
    assert first.zone_name == "Left"


def test_nothing_of_a_floorplan_can_be_changed() -> None:
    floorplan = Floorplan.from_document(document(shop()))
    with pytest.raises(AttributeError):
        floorplan.level_key = "other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        floorplan.slots["new"] = floorplan.slots["A-E-1"]  # type: ignore[index]


def test_reading_twice_gives_the_same() -> None:
    one, two = (Floorplan.from_document(document(shop())) for _ in range(2))
    assert one.walkable_area.equals_exact(two.walkable_area)
    assert dict(one.slots) == dict(two.slots)


def test_tills_without_a_marker_are_their_desks() -> None:
    desk = area("fixture", "C", (5, 2, 6, 4), category="checkout_desk")
    assert Floorplan.from_document(document(plan(desk))).checkouts == ((5.5, 3.0),)


def test_a_place_is_in_the_first_zone_that_holds_it_or_in_none() -> None:
    floorplan = Floorplan.from_document(document(shop()))
    at = floorplan.zone_at(7, 5)
    assert at is not None
    assert at.key == "left"
    assert floorplan.zone_at(-1, 5) is None
    assert floorplan.zones_at(np.array([[8.0, 1.0], [1.0, 1.0], [30.0, 1.0]])).tolist() == [1, 0, -1]
    assert Floorplan.from_document(document(plan())).zone_at(1, 1) is None


def test_a_zone_without_names_is_called_by_its_key() -> None:
    floorplan = Floorplan.from_document(document(plan(area("section", "z9", (0, 0, 5, 5)))))
    assert floorplan.zones[0].name == "z9"


def test_the_nearest_walkable_place_is_before_the_shelf() -> None:
    floorplan = Floorplan.from_document(document(shop()))
    assert floorplan.nearest_walkable(1.5, 1.5) == (1.5, 1.5)
    assert floorplan.nearest_walkable(5.9, 5) == pytest.approx((6, 5))
    assert floorplan.nearest_walkable(-3, 5) == pytest.approx((0, 5))
    full = Floorplan.from_document(document(plan(fixture("A", (0, 0, 20, 12)))))
    assert full.nearest_walkable(1, 2) == (1, 2)


def test_a_kiosk_serves_those_who_see_it_and_not_those_behind_a_shelf() -> None:
    raw = plan(kiosk("k", (9.75, 5.75, 10.25, 6.25), (10, 5.2), radius_m=4), fixture("A", (8, 3, 12, 4)))
    catchment = Floorplan.from_document(document(raw)).kiosks["screen-k"].catchment
    assert shapely.covers(catchment, shapely.Point(12, 5))
    assert not shapely.intersects(catchment, shapely.Point(10, 2.5))
    assert catchment.area < np.pi * 16


def test_a_display_point_in_a_shelf_serves_nobody() -> None:
    raw = plan(kiosk("k", (9.75, 5.75, 10.25, 6.25), (10, 3.5)), fixture("A", (8, 3, 12, 4)))
    assert Floorplan.from_document(document(raw)).kiosks["screen-k"].catchment.is_empty


def test_in_an_empty_hall_the_catchment_reaches_its_rim() -> None:
    seen = sight_area(shapely.box(-20, -20, 20, 20), (0, 0), 3.0)
    assert seen.area == pytest.approx(np.pi * 9, rel=0.01)


def test_an_area_blocked_for_a_time_stands_in_the_way_at_that_time_only() -> None:
    times = {"from_at": "2026-05-01T08:00:00Z", "until_at": "2026-05-01T10:00:00Z"}
    raw = document(
        plan(area("blocked_area", "spill", (5, 5, 7, 7), **times), area("blocked_area", "hole", (9, 5, 10, 6)))
    )

    def at(hour: int) -> datetime:
        return datetime(2026, 5, 1, hour, tzinfo=UTC)

    assert len(Floorplan.from_document(raw).blocked_areas) == 1
    assert len(Floorplan.from_document(raw, at=at(7)).blocked_areas) == 1
    assert len(Floorplan.from_document(raw, at=at(9)).blocked_areas) == 2
    assert len(Floorplan.from_document(raw, at=at(10)).blocked_areas) == 1


def test_the_ground_floor_is_read_unless_another_is_asked_for() -> None:
    raw = plan(fixture("A", (5, 5, 6, 6)))
    raw["features"].append(area("level", "up", (0, 0, 8, 8), ordinal=1))
    raw["features"][-1]["properties"]["level_id"] = "up"
    raw["features"].append(area("level", "cellar", (0, 0, 9, 9), ordinal=-1))
    raw["features"][-1]["properties"]["level_id"] = "cellar"
    read = document(raw)
    assert [level.id for level in levels_of(read)] == ["L", "cellar", "up"]
    assert Floorplan.from_document(read).level_id == "L"
    assert Floorplan.from_document(read, "up").fixtures == ()
    with pytest.raises(InvalidFloorplan) as refused:
        Floorplan.from_document(read, "roof")
    assert refused.value.problems[0].rule is Rule.UNKNOWN_REFERENCE


def test_a_broken_document_is_refused_with_all_its_problems() -> None:
    raw = changed(shop())
    found(raw, "A-E-1")["properties"]["fixture_id"] = "nowhere"
    found(raw, "n2")["properties"]["node_key"] = "n1"
    with pytest.raises(InvalidFloorplan, match="and 1 more") as refused:
        Floorplan.from_document(document(raw))
    assert {problem.rule for problem in refused.value.problems} == {Rule.UNKNOWN_REFERENCE, Rule.DUPLICATE_ID}


def test_a_larger_body_has_less_room() -> None:
    floorplan = Floorplan.from_document(document(shop()))
    assert floorplan.area_for_body(BODY_RADIUS_M) is floorplan.standing_area
    assert floorplan.area_for_body(0.45).area < floorplan.standing_area.area


def test_before_a_shelf_that_is_built_up_the_nearest_place_is_named_but_is_no_room() -> None:
    raw = plan(fixture("A", (5, 5, 6, 6)), fixture("B", (6.1, 3, 9, 8)), slot("s", "A", (6, 5.5), (1, 0)))
    only = Floorplan.from_document(document(raw)).slots["s"]
    assert not only.has_standing_room
    assert only.zone_name is None


def test_without_any_room_slots_stand_where_they_would() -> None:
    nowhere = shapely.MultiPolygon()
    standing, has_room = standing_places(np.array([[1.0, 1.0]]), np.array([[1.0, 0.0]]), nowhere, nowhere)
    assert standing.tolist() == [[1.45, 1.0]]
    assert has_room.tolist() == [False]


def test_a_lost_obstacle_is_an_error_and_never_a_path_through_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapely, "difference", lambda shape, _: shape)
    with pytest.raises(InvalidFloorplan, match="too finely drawn"):
        floor_between(shapely.box(0, 0, 9, 9), [shapely.box(0, 3, 4, 4)], 0.3)
    raw = changed(shop())
    raw["features"].append(fixture("C", (18, 5, 20, 6)))
    assert [problem.rule for problem in problems(document(raw))] == [Rule.TOO_DETAILED]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(1, 4), st.integers(1, 4)), max_size=8))
def test_the_floor_is_the_outline_without_what_stands_on_it(boxes: list[tuple[int, int, int, int]]) -> None:
    """Whether they stand apart, meet, touch at their corners, close a ring, or stick out of the outline."""
    obstacles = [shapely.box(x, y, x + width, y + depth) for x, y, width, depth in boxes]
    free = floor_between(shapely.box(0, 0, 10, 10), obstacles, 0.0)
    assert free.is_valid
    expected = shapely.difference(shapely.box(0, 0, 10, 10), shapely.union_all(obstacles))
    assert shapely.area(shapely.symmetric_difference(free, expected)) == pytest.approx(0, abs=1e-9)


def test_a_place_of_nothing_is_none() -> None:
    assert place_of(shapely.Point()) is None


numbers = st.floats(-1e5, 1e5) | st.integers(-30, 30).map(float)
rings = st.lists(st.tuples(numbers, numbers), min_size=3, max_size=8).map(
    lambda ring: [*map(list, ring), list(ring[0])]
)


@given(
    st.lists(
        st.tuples(st.sampled_from(["level", "fixture", "section", "kiosk", "blocked_area"]), rings),
        min_size=1,
        max_size=6,
    )
)
@settings(max_examples=150, deadline=None)
def test_any_well_formed_document_is_a_floorplan_or_a_list_of_problems(drawn: list[tuple[str, list[Any]]]) -> None:
    features = []
    for n, (kind, ring) in enumerate(drawn):
        item = (
            kiosk(f"F{n}", (0, 0, 1, 1), (0, 0)) if kind == "kiosk" else area(kind, f"F{n}", (0, 0, 1, 1), category="x")
        )
        item["geometry"]["coordinates"] = [ring]
        if kind == "level":
            item["properties"]["level_id"] = item["id"]
        features.append(item)
    raw = document(plan(*features, node("n", (1, 1))))
    try:
        floorplan = Floorplan.from_document(raw)
    except InvalidFloorplan as refused:
        assert refused.problems  # noqa: PT017 - either outcome is right
    else:
        assert floorplan.walkable_area.area <= floorplan.outline.area + 1e-6
