"""Guidance in a building of two levels: to the lift or the stairs, up, and on; one tour over both."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store_server.domain.building import Building
from store_server.domain.certainty import Seen
from store_server.domain.directions import Surroundings
from store_server.domain.floorplan import Floorplan, levels_of
from store_server.domain.guidance import HOLD_S, GuidanceState, guide
from store_server.domain.level_network import Place
from store_server.domain.tour_keeping import SHORTER_BY_M
from store_server.domain.transitions import LIFT_M, LIFT_WAIT_M, STAIRS_M
from store_server.domain.ways import Ground
from store_server.domain.wish_lists import EMPTY, put, set_state
from store_server.wire.levels import LevelName
from store_server.wire.shopping import Guidance, GuidanceKind, WishList, WishListItem, WishState
from tests.domain.floors import Json, document
from tests.domain.storeys import LIFT, OUTLINE, STAIRS, both_levels, levels

NAMES = {key: LevelName(level_id=key, names={"en": name}) for key, name in (("L0", "Ground"), ("L1", "First"))}
STANDING = {
    "milk": Place("L0", 18.0, 2.0),
    "soap": Place("L1", 16.0, 2.0),
    "lamp": Place("L1", 3.0, 8.0),
    "bread": Place("L0", 2.0, 8.0),
}


def ground_of(raw: Json, *, step_free: bool = False) -> Ground:
    drawn = document(raw)
    floorplans = {level.id: Floorplan.from_document(drawn, level.id) for level in levels_of(drawn)}
    return Ground(
        Building.of(drawn, floorplans).ways(step_free=step_free),
        STANDING,
        {sku: place.at_m for sku, place in STANDING.items()},
        (Place("L0", 10.0, 1.0),),
        {level_id: Surroundings(floorplan) for level_id, floorplan in floorplans.items()},
        {level.id: level.properties.ordinal for level in levels_of(drawn)},
    )


BOTH = levels(2, *both_levels("lift", LIFT, "elevator"), *both_levels("stairs", STAIRS, "stairs"))
GROUND, STEP_FREE = ground_of(BOTH), ground_of(BOTH, step_free=True)
ONLY_STAIRS = levels(2, *both_levels("stairs", STAIRS, "stairs"))


def list_of(*skus: str) -> WishList:
    wish_list = EMPTY
    for sku in skus:
        wish_list = put(wish_list, WishListItem(sku=sku, name=sku))
    return wish_list


@dataclass
class Walk:
    wish_list: WishList
    ground: Ground = field(default_factory=lambda: GROUND)
    state: GuidanceState | None = None
    at_s: float = 1000.0

    def step(self, level_id: str, x_m: float, y_m: float, after_s: float = 4.0) -> Guidance:
        self.at_s += after_s
        self.state, guidance = guide(
            self.state,
            wish_list=self.wish_list,
            ground=self.ground,
            seen=Seen(Place(level_id, x_m, y_m), 1.5),
            at_s=self.at_s,
            facing_deg=0.0,
            level_names=NAMES,
        )
        return guidance


def crossings(guidance: Guidance) -> list[tuple[str, str, str]]:
    return [(each.means, each.heading, each.to_level.level_id) for each in guidance.crossings]


def sku_of(guidance: Guidance) -> str | None:
    return None if guidance.next_item is None else guidance.next_item.sku


def is_within(box: tuple[float, float, float, float], point: tuple[float, float]) -> bool:
    return box[0] - 0.4 <= point[0] <= box[2] + 0.4 and box[1] - 0.4 <= point[1] <= box[3] + 0.4


def test_what_is_upstairs_is_led_to_by_what_makes_the_whole_way_shortest() -> None:
    by_stairs = Walk(list_of("lamp")).step("L0", 6.0, 2.0)
    assert crossings(by_stairs) == [("stairs", "up", "L1")]
    assert is_within(STAIRS, by_stairs.path[-1])
    # From the far corner the lift costs 55 m against 40 m of stairs, and saves less than that of walking.
    assert crossings(Walk(list_of("soap")).step("L0", 16.0, 8.0)) == [("elevator", "up", "L1")]
    assert LIFT_WAIT_M + LIFT_M > STAIRS_M


def test_the_path_and_its_metres_end_where_the_level_does() -> None:
    guidance = Walk(list_of("lamp")).step("L0", 8.0, 2.0)
    assert guidance.kind is GuidanceKind.GO_TO
    assert guidance.level_id == "L0"
    assert guidance.distance_m is not None
    assert 3.0 < guidance.distance_m < 7.0
    assert sum(step.walk_m for step in guidance.steps) == pytest.approx(guidance.distance_m, abs=0.2)
    assert guidance.shelf_side is None
    # Up, to the lamp, back and to the till: walked, without what the stairs count as.
    assert guidance.tour_m is not None
    assert guidance.distance_m + 10.0 < guidance.tour_m < 2 * STAIRS_M


def test_without_steps_one_is_led_to_the_lift_and_past_the_stairs() -> None:
    guidance = Walk(list_of("lamp"), STEP_FREE).step("L0", 6.0, 2.0)
    assert crossings(guidance) == [("elevator", "up", "L1")]
    assert is_within(LIFT, guidance.path[-1])


def test_without_steps_where_there_is_no_way_nobody_is_sent_to_the_stairs() -> None:
    guidance = Walk(list_of("lamp"), ground_of(ONLY_STAIRS, step_free=True)).step("L0", 6.0, 2.0)
    assert (guidance.kind, guidance.crossings, guidance.path) == (GuidanceKind.NO_PATH, (), ())


def test_who_comes_up_is_guided_on_at_once() -> None:
    walk = Walk(list_of("lamp"))
    walk.step("L0", 4.0, 2.0)
    up = walk.step("L1", 4.5, 1.5, after_s=0.5)
    assert (up.kind, up.level_id, crossings(up)) == (GuidanceKind.GO_TO, "L1", [])
    assert up.path[-1] == pytest.approx(STANDING["lamp"].at_m)
    assert up.shelf_side is not None
    assert walk.step("L1", 3.2, 8.0).kind is GuidanceKind.ARRIVED


def test_who_strays_to_a_wrong_level_is_led_back() -> None:
    walk = Walk(list_of("milk"))
    assert crossings(walk.step("L0", 6.0, 2.0)) == []
    astray = walk.step("L1", 6.0, 2.0)
    assert crossings(astray) == [("stairs", "down", "L0")]
    assert crossings(walk.step("L0", 6.0, 2.0)) == []


def test_just_above_the_shelf_is_not_at_it() -> None:
    walk = Walk(list_of("milk"))
    assert walk.step("L1", *STANDING["milk"].at_m).kind is GuidanceKind.GO_TO


def test_one_does_not_go_up_and_down_for_each_item() -> None:
    guidance = Walk(list_of("milk", "soap", "bread", "lamp")).step("L0", 10.0, 2.0)
    on = [STANDING[sku].level_id for sku in guidance.order]
    # The tills are on the ground: all that is there may come before, after, or both, but upstairs is one stretch.
    first, last = on.index("L1"), len(on) - 1 - on[::-1].index("L1")
    assert set(on[first : last + 1]) == {"L1"}


def test_the_tour_goes_on_below_once_upstairs_is_done() -> None:
    walk = Walk(list_of("milk", "soap", "lamp"))
    walk.step("L0", 10.0, 2.0)
    for sku in ("soap", "lamp"):
        walk.wish_list = set_state(walk.wish_list, sku, WishState.PICKED_UP)
    guidance = walk.step("L1", 3.0, 8.0)
    assert (sku_of(guidance), crossings(guidance)) == ("milk", [("stairs", "down", "L0")])


def test_who_is_done_upstairs_is_led_down_to_the_till() -> None:
    for ground, means in ((GROUND, "stairs"), (STEP_FREE, "elevator")):
        walk = Walk(list_of("lamp"), ground)
        walk.step("L1", 3.2, 8.0)
        walk.wish_list = set_state(walk.wish_list, "lamp", WishState.PICKED_UP)
        guidance = walk.step("L1", 3.2, 8.0, after_s=0.1)
        assert (guidance.kind, guidance.level_id) == (GuidanceKind.TO_CHECKOUT, "L1")
        assert crossings(guidance) == [(means, "down", "L0")]
        down = walk.step("L0", 6.0, 3.0)
        assert (down.kind, crossings(down)) == (GuidanceKind.TO_CHECKOUT, [])
        assert down.path[-1] == pytest.approx((10.0, 1.0))
        assert walk.step("L0", 9.5, 1.0).kind is GuidanceKind.AT_CHECKOUT


def test_a_till_without_a_step_free_way_is_nobodys_till_who_goes_without_steps() -> None:
    walk = Walk(list_of("lamp"), ground_of(ONLY_STAIRS, step_free=True))
    walk.wish_list = set_state(walk.wish_list, "lamp", WishState.PICKED_UP)
    guidance = walk.step("L1", 3.2, 8.0)
    assert (guidance.kind, guidance.crossings) == (GuidanceKind.ALL_DONE, ())


def test_between_two_stairs_one_is_not_sent_to_and_fro() -> None:
    west, east = (1.0, 5.0, 3.0, 7.0), (17.0, 5.0, 19.0, 7.0)
    raw = levels(2, *both_levels("west", west, "stairs"), *both_levels("east", east, "stairs"))
    walk = Walk(list_of("middle"), ground_of(raw))
    walk.ground.standing["middle"] = Place("L1", 10.0, 6.0)  # type: ignore[index]
    begun = walk.step("L0", 9.8, 6.0).path[-1]
    for x_m in (10.5, 9.5, 10.9, 10.0 + SHORTER_BY_M / 2 - 0.3):
        assert walk.step("L0", x_m, 6.0).path[-1] == pytest.approx(begun, abs=0.5)
    assert is_within(west, begun)
    assert is_within(east, walk.step("L0", 10.0 + SHORTER_BY_M / 2 + 0.5, 6.0).path[-1])


def test_a_lift_that_is_out_of_use_is_left_at_once_by_who_stands_still() -> None:
    walk = Walk(list_of("soap"))
    assert crossings(walk.step("L0", 16.0, 8.0)) == [("elevator", "up", "L1")]
    walk.ground = ground_of(ONLY_STAIRS)
    assert is_within(STAIRS, walk.step("L0", 16.0, 8.0, after_s=0.5).path[-1])
    walk.ground = ground_of(levels(1))
    assert walk.step("L0", 16.0, 8.0, after_s=0.5).crossings == ()


PLACES = st.tuples(st.sampled_from(["L0", "L1"]), st.floats(OUTLINE[0], OUTLINE[2]), st.floats(OUTLINE[1], OUTLINE[3]))


@given(st.lists(st.tuples(PLACES, st.floats(0.1, 4)), max_size=25), st.booleans())
@settings(deadline=None, max_examples=60)
def test_wherever_one_is_the_path_begins_there_and_ends_at_the_shelf_or_where_one_leaves_the_level(
    steps: list[tuple[tuple[str, float, float], float]], step_free: bool
) -> None:
    walk = Walk(list_of("milk", "soap", "lamp"), STEP_FREE if step_free else GROUND)
    told: list[tuple[str, str, str]] | None = None
    level_id, known_sku, changed_s = "", "", 0.0
    for place, after_s in steps:
        guidance = walk.step(*place, after_s=after_s)
        assert guidance.kind in (GuidanceKind.GO_TO, GuidanceKind.ARRIVED)
        assert guidance.level_id == place[0]
        sku = sku_of(guidance)
        assert sku is not None
        if STANDING[sku].level_id == place[0] and not guidance.crossings:
            assert guidance.path[-1] == pytest.approx(STANDING[sku].at_m, abs=1e-3)
        if step_free:
            assert all(each.means == "elevator" for each in guidance.crossings)
        if told is not None and crossings(guidance) != told and (level_id, sku) == (place[0], known_sku):
            assert walk.at_s - changed_s >= HOLD_S
        if crossings(guidance) != told or (level_id, sku) != (place[0], known_sku):
            told, level_id, known_sku, changed_s = crossings(guidance), place[0], sku, walk.at_s
