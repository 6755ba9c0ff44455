from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from store_server.domain.building import Building
from store_server.domain.directions import Surroundings
from store_server.domain.floorplan import Floorplan
from store_server.domain.guidance import HOLD_S, GuidanceState, Seen, guide
from store_server.domain.level_network import BuildingPath, Leg, Place
from store_server.domain.routing import NoPath, NoPathReason
from store_server.domain.ways import Ground, Point
from store_server.domain.wish_lists import EMPTY, put, remove, set_state
from store_server.wire.shopping import Certainty, Guidance, GuidanceKind, WishList, WishListItem, WishState
from tests.domain.floors import document, fixture, plan

STANDING: dict[str, Point] = {"milk": (30.0, 10.0), "bread": (10.0, 30.0), "eggs": (12.0, 10.0)}


@dataclass
class OpenFloor:
    """A floor with nothing on it, but for a room no door leads to (x above 100) and ground where nobody stands (x below 0)."""

    asked: list[str] = field(default_factory=list)

    def path(self, start: Place, end: Place) -> BuildingPath | NoPath:
        self.asked.append("path")
        if start.x_m < 0:
            return NoPath(NoPathReason.START_NOT_WALKABLE)
        if (start.x_m > 100) != (end.x_m > 100):
            return NoPath(NoPathReason.NOT_CONNECTED)
        length_m = math.dist(start.at_m, end.at_m)
        return BuildingPath((Leg(start.level_id, (start.at_m, end.at_m), length_m, None),), length_m)

    def lengths(self, start: Place, ends: Sequence[Place]) -> NDArray[np.float64]:
        self.asked.append("lengths")
        found = [self._length(start, end) for end in ends]
        return np.array(found)

    def measured(self, start: Place, ends: Sequence[Place]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        lengths_m = self.lengths(start, ends)
        return lengths_m, lengths_m

    def _length(self, start: Place, end: Place) -> float:
        is_apart = start.x_m < 0 or (start.x_m > 100) != (end.x_m > 100)
        return math.inf if is_apart else math.dist(start.at_m, end.at_m)


def list_of(*skus: str) -> WishList:
    wish_list = EMPTY
    for sku in skus:
        wish_list = put(wish_list, WishListItem(sku=sku, name=sku))
    return wish_list


@dataclass
class Walk:
    """One shopper, led step by step."""

    wish_list: WishList
    standing_m: dict[str, Point] = field(default_factory=lambda: dict(STANDING))
    facing_deg: float | None = 0.0
    floor: OpenFloor = field(default_factory=OpenFloor)
    ground: Ground | None = None
    tills_m: tuple[Point, ...] = ()
    state: GuidanceState | None = None
    at_s: float = 1000.0

    def step(self, seen: Seen | None, after_s: float = 0.5) -> Guidance:
        self.at_s += after_s
        self.state, guidance = guide(
            self.state,
            wish_list=self.wish_list,
            ground=self.ground or self._ground(),
            seen=seen,
            at_s=self.at_s,
            facing_deg=self.facing_deg,
        )
        return guidance

    def _ground(self) -> Ground:
        tills = tuple(Place("L", *at_m) for at_m in self.tills_m)
        return Ground(self.floor, on_level(self.standing_m), self.standing_m, tills)


def on_level(standing_m: dict[str, Point]) -> dict[str, Place]:
    return {sku: Place("L", *at_m) for sku, at_m in standing_m.items()}


def sold_out(wish_list: WishList, sku: str) -> WishList:
    items = tuple(i.model_copy(update={"is_sold_out": i.is_sold_out or i.sku == sku}) for i in wish_list.items)
    return wish_list.model_copy(update={"items": items})


def shelved() -> Ground:
    """Gondolas 10 m deep in rows two metres apart, north of an alley; the milk is in the second aisle, on its left."""
    rows = [fixture(f"G{k}", (3 + 3 * k, 4, 4 + 3 * k, 14)) for k in range(4)]
    raw = document(plan(*rows, outline=(0, 0, 16, 18)))
    floorplan = Floorplan.from_document(raw)
    ways = Building.of(raw, {"L": floorplan}).ways()
    return Ground(ways, on_level({"milk": (7.4, 9.0)}), {"milk": (7.0, 9.0)}, (), {"L": Surroundings(floorplan)})


SHELVED = shelved()


def at(x_m: float, y_m: float, radius_m: float = 1.5) -> Seen:
    return Seen(Place("L", x_m, y_m), radius_m)


def sku_of(guidance: Guidance) -> str | None:
    return None if guidance.next_item is None else guidance.next_item.sku


def test_the_first_guidance_leads_to_the_nearest_item_at_once() -> None:
    guidance = Walk(list_of("milk", "bread")).step(at(20.0, 10.0))
    assert (guidance.kind, sku_of(guidance)) == (GuidanceKind.GO_TO, "milk")
    assert guidance.distance_m == 10.0
    assert guidance.path == ((20.0, 10.0), (30.0, 10.0))
    assert guidance.certainty is Certainty.SURE


def test_an_empty_list_is_done() -> None:
    guidance = Walk(EMPTY).step(at(20.0, 10.0))
    assert guidance.kind is GuidanceKind.ALL_DONE
    assert guidance.next_item is None
    assert guidance.path == ()


def test_items_on_no_shelf_are_to_be_asked_for() -> None:
    guidance = Walk(list_of("saffron")).step(at(20.0, 10.0))
    assert (guidance.kind, sku_of(guidance)) == (GuidanceKind.NO_PLACE, "saffron")
    assert guidance.distance_m is None


def test_an_unseen_shopper_is_still_told_the_items_place() -> None:
    guidance = Walk(list_of("milk")).step(None)
    assert (guidance.kind, sku_of(guidance)) == (GuidanceKind.NO_POSITION, "milk")
    assert guidance.certainty is Certainty.UNKNOWN
    assert guidance.turn is None


def test_an_item_no_way_leads_to_says_so() -> None:
    walk = Walk(list_of("fuse"), {"fuse": (120.0, 10.0)})
    guidance = walk.step(at(20.0, 10.0))
    assert (guidance.kind, sku_of(guidance)) == (GuidanceKind.NO_PATH, "fuse")
    assert guidance.path == ()


def test_a_position_where_nobody_can_stand_is_no_reason_to_deny_the_way() -> None:
    walk = Walk(list_of("milk"))
    assert walk.step(at(-5.0, 10.0)).kind is GuidanceKind.NO_POSITION
    assert walk.step(at(20.0, 10.0), after_s=4.0).kind is GuidanceKind.GO_TO
    guidance = walk.step(at(-5.0, 10.0), after_s=4.0)
    assert guidance.kind is GuidanceKind.GO_TO
    assert guidance.distance_m == 10.0


@pytest.mark.parametrize(
    ("radius_m", "certainty"),
    [(2.5, Certainty.SURE), (2.6, Certainty.NEAR), (12.0, Certainty.NEAR), (12.1, Certainty.UNKNOWN)],
)
def test_the_wording_follows_the_accuracy_radius(radius_m: float, certainty: Certainty) -> None:
    assert Walk(list_of("milk")).step(at(20.0, 10.0, radius_m)).certainty is certainty


def test_the_wording_does_not_flicker_at_its_limit() -> None:
    walk = Walk(list_of("milk"))
    words = [walk.step(at(20.0, 10.0, radius)).certainty for radius in (2.4, 2.6, 2.4, 2.6, 2.4, 2.2)]
    near = Certainty.NEAR
    assert words == [Certainty.SURE, near, near, near, near, Certainty.SURE]


def test_a_hopeless_radius_counts_as_not_seen() -> None:
    walk = Walk(list_of("milk"))
    assert walk.step(at(20.0, 10.0, math.inf)).kind is GuidanceKind.NO_POSITION
    assert walk.step(at(20.0, 10.0, 11.9), after_s=4.0).kind is GuidanceKind.NO_POSITION
    assert walk.step(at(20.0, 10.0, 10.0), after_s=4.0).kind is GuidanceKind.GO_TO


def test_arriving_begins_at_two_metres_and_ends_at_four() -> None:
    walk = Walk(list_of("milk"))
    kinds = [walk.step(at(30.0 - away, 10.0), after_s=4.0).kind for away in (6.0, 2.6, 1.9, 2.6, 3.9, 4.5, 3.0)]
    go, there = GuidanceKind.GO_TO, GuidanceKind.ARRIVED
    assert kinds == [go, go, there, there, there, go, go]


def test_a_blurred_position_arrives_a_little_earlier() -> None:
    assert Walk(list_of("milk")).step(at(27.1, 10.0, 2.0)).kind is GuidanceKind.GO_TO
    assert Walk(list_of("milk")).step(at(27.1, 10.0, 12.0)).kind is GuidanceKind.ARRIVED


def test_an_instruction_stands_for_three_seconds() -> None:
    walk = Walk(list_of("milk"))
    walk.step(at(20.0, 10.0))
    held = walk.step(at(30.0, 10.0), after_s=1.0)
    assert held.kind is GuidanceKind.GO_TO
    assert held.distance_m == 0.0
    assert walk.step(at(30.0, 10.0), after_s=2.0).kind is GuidanceKind.ARRIVED


def test_a_short_gap_keeps_the_instruction_and_says_that_the_position_is_unknown() -> None:
    walk = Walk(list_of("milk"))
    walk.step(at(20.0, 10.0))
    gap = walk.step(None)
    assert (gap.kind, gap.certainty) == (GuidanceKind.GO_TO, Certainty.UNKNOWN)
    assert gap.path != ()
    assert walk.step(None, after_s=3.0).kind is GuidanceKind.NO_POSITION


def test_the_target_changes_only_for_one_that_is_clearly_nearer() -> None:
    walk = Walk(list_of("milk", "eggs"))
    assert sku_of(walk.step(at(22.0, 10.0))) == "milk"
    assert sku_of(walk.step(at(20.0, 10.0), after_s=4.0)) == "milk"
    assert sku_of(walk.step(at(17.0, 10.0), after_s=4.0)) == "eggs"


@pytest.mark.parametrize("state", [WishState.PICKED_UP, WishState.SKIPPED])
def test_an_item_that_is_no_longer_wanted_is_left_at_once(state: WishState) -> None:
    walk = Walk(list_of("milk", "bread"))
    walk.step(at(29.0, 10.0))
    walk.wish_list = set_state(walk.wish_list, "milk", state)
    assert sku_of(walk.step(at(29.0, 10.0), after_s=0.1)) == "bread"
    walk.wish_list = remove(walk.wish_list, "bread")
    assert walk.step(at(29.0, 10.0), after_s=0.1).kind is GuidanceKind.ALL_DONE


def test_an_item_added_after_all_was_done_is_led_to_at_once() -> None:
    walk = Walk(EMPTY)
    walk.step(at(20.0, 10.0))
    walk.wish_list = list_of("milk")
    assert walk.step(at(20.0, 10.0), after_s=0.1).kind is GuidanceKind.GO_TO


def test_an_item_whose_shelf_is_gone_from_the_plan_is_not_led_to_any_more() -> None:
    walk = Walk(list_of("milk"))
    walk.step(at(20.0, 10.0))
    del walk.standing_m["milk"]
    assert walk.step(at(20.0, 10.0), after_s=0.1).kind is GuidanceKind.NO_PLACE


def test_a_shopper_who_stands_still_costs_no_new_path() -> None:
    walk = Walk(list_of("milk", "bread"))
    walk.step(at(20.0, 10.0))
    asked = len(walk.floor.asked)
    for shift in (0.1, -0.2, 0.3, 0.0):
        walk.step(at(20.0 + shift, 10.0), after_s=4.0)
    assert len(walk.floor.asked) == asked
    walk.step(at(21.0, 10.0), after_s=4.0)
    assert walk.floor.asked[asked:] == ["lengths", "path"]


def test_a_shelf_that_moved_on_the_plan_gets_a_new_path() -> None:
    walk = Walk(list_of("milk"))
    walk.step(at(20.0, 10.0))
    walk.standing_m["milk"] = (20.0, 40.0)
    assert walk.step(at(20.0, 10.0)).path[-1] == (20.0, 40.0)


@pytest.mark.parametrize(("facing_deg", "turn"), [(90.0, "ahead"), (0.0, "right"), (180.0, "left"), (270.0, "back")])
def test_the_turn_is_told_as_seen_at_the_kiosk(facing_deg: float, turn: str) -> None:
    walk = Walk(list_of("milk"), facing_deg=facing_deg)
    assert walk.step(at(20.0, 10.0)).turn == turn


def test_a_screen_that_moves_with_the_shopper_tells_no_turn() -> None:
    assert Walk(list_of("milk"), facing_deg=None).step(at(20.0, 10.0)).turn is None


def test_the_turn_stands_for_three_seconds_too() -> None:
    walk = Walk(list_of("milk"))
    assert walk.step(at(20.0, 10.0)).turn == "right"
    assert walk.step(at(30.0, 20.0), after_s=1.0).turn == "right"
    assert walk.step(at(30.0, 20.0), after_s=2.5).turn == "back"


def test_there_is_no_turn_on_a_path_of_no_length() -> None:
    walk = Walk(list_of("milk"))
    walk.step(at(20.0, 10.0))
    assert walk.step(at(30.0, 10.0)).turn is None


def test_a_clock_set_back_does_not_freeze_the_instruction() -> None:
    walk = Walk(list_of("milk"))
    walk.step(at(20.0, 10.0))
    assert walk.step(at(30.0, 10.0), after_s=-3600.0).kind is GuidanceKind.ARRIVED


def test_the_tour_is_told_with_what_is_left_of_it() -> None:
    walk = Walk(list_of("bread", "milk", "eggs", "saffron"))
    guidance = walk.step(at(20.0, 10.0))
    assert guidance.order == ("milk", "eggs", "bread")
    assert guidance.tour_m == pytest.approx(10.0 + 18.0 + math.dist((12.0, 10.0), (10.0, 30.0)), abs=0.1)
    walk.wish_list = set_state(walk.wish_list, "milk", WishState.PICKED_UP)
    assert walk.step(at(20.0, 10.0)).order == ("eggs", "bread")
    assert walk.step(None, after_s=4.0).tour_m is None


def test_nobody_is_led_to_what_is_sold_out() -> None:
    walk = Walk(sold_out(list_of("milk", "bread"), "milk"))
    guidance = walk.step(at(29.0, 10.0))
    assert (guidance.kind, sku_of(guidance), guidance.order) == (GuidanceKind.GO_TO, "bread", ("bread",))
    walk.wish_list = sold_out(walk.wish_list, "bread")
    guidance = walk.step(at(29.0, 10.0), after_s=0.1)
    assert (guidance.kind, sku_of(guidance), guidance.path) == (GuidanceKind.SOLD_OUT, "bread", ())
    walk.wish_list = list_of("milk", "bread")
    assert walk.step(at(29.0, 10.0), after_s=0.1).kind is GuidanceKind.ARRIVED


def test_what_stands_on_no_shelf_is_asked_for_before_what_is_sold_out() -> None:
    guidance = Walk(sold_out(list_of("milk", "saffron"), "milk")).step(at(29.0, 10.0))
    assert (guidance.kind, sku_of(guidance)) == (GuidanceKind.NO_PLACE, "saffron")


def test_the_way_is_told_in_words_only_while_the_position_is_known() -> None:
    walk = Walk(list_of("milk"), ground=SHELVED)
    guidance = walk.step(at(1.0, 2.8))
    assert [step.move for step in guidance.steps] == ["right", "left"]
    assert guidance.steps[1].nth == 2
    assert sum(step.walk_m for step in guidance.steps) == pytest.approx(guidance.distance_m, abs=0.2)
    assert guidance.shelf_side == "left"
    assert walk.step(None).steps == ()


def test_other_words_wait_their_three_seconds_but_metres_do_not() -> None:
    walk = Walk(list_of("milk"), ground=SHELVED)
    before = walk.step(at(1.0, 2.8)).steps
    nearer = walk.step(at(2.5, 2.8), after_s=0.5).steps
    assert [step.nth for step in nearer] == [step.nth for step in before]
    assert nearer[0].walk_m == pytest.approx(before[0].walk_m - 1.5, abs=0.1)
    assert walk.step(at(8.0, 9.0), after_s=0.5).steps == nearer
    assert [step.move for step in walk.step(at(8.0, 9.0), after_s=3.0).steps] == ["left"]


FIXES = st.none() | st.builds(
    at,
    st.floats(-20, 130),
    st.floats(-20, 60),
    st.floats(0.1, 12) | st.just(math.inf),
)
STEPS = st.lists(st.tuples(FIXES, st.floats(0.05, 4)), max_size=60)
PLACES = st.dictionaries(
    st.sampled_from(["milk", "bread", "eggs", "fuse"]), st.tuples(st.floats(0, 130), st.floats(0, 60))
)


TILLS = st.lists(st.tuples(st.floats(0, 130), st.floats(0, 60)), max_size=3)


@given(STEPS, PLACES, TILLS)
@settings(deadline=None)
def test_however_the_fixes_jump_the_instruction_changes_at_most_once_in_three_seconds(
    steps: list[tuple[Seen | None, float]], places: dict[str, Point], tills_m: list[Point]
) -> None:
    wish_list = set_state(list_of("milk", "bread", "eggs", "fuse"), "eggs", WishState.PICKED_UP)
    walk = Walk(wish_list, places, tills_m=tuple(tills_m))
    told: tuple[GuidanceKind, str | None] | None = None
    changed_s = -math.inf
    for seen, after_s in steps:
        guidance = walk.step(seen, after_s)
        instruction = (guidance.kind, sku_of(guidance))
        assert not guidance.order or guidance.order[0] == sku_of(guidance)
        if told is not None and instruction != told:
            assert walk.at_s - changed_s >= HOLD_S
        if instruction != told:
            told, changed_s = instruction, walk.at_s


ACTS = st.none() | st.tuples(st.sampled_from(["milk", "bread", "eggs", "fuse"]), st.sampled_from(list(WishState)))


@given(st.lists(st.tuples(FIXES, st.floats(0.05, 4), ACTS), max_size=60), PLACES, TILLS)
@settings(deadline=None)
def test_guidance_never_points_to_what_is_not_wanted_and_always_to_something_that_is_or_to_a_till(
    steps: list[tuple[Seen | None, float, tuple[str, WishState] | None]], places: dict[str, Point], tills_m: list[Point]
) -> None:
    walk = Walk(list_of("milk", "bread", "eggs", "fuse"), places, tills_m=tuple(tills_m))
    for seen, after_s, act in steps:
        if act is not None:
            walk.wish_list = set_state(walk.wish_list, *act)
        guidance = walk.step(seen, after_s)
        wanted = {item.sku for item in walk.wish_list.items if item.state is WishState.WANTED}
        is_to_pay = guidance.kind in (GuidanceKind.TO_CHECKOUT, GuidanceKind.AT_CHECKOUT)
        assert (sku_of(guidance) in wanted) if wanted else (is_to_pay or guidance.kind is GuidanceKind.ALL_DONE)
        assert not is_to_pay or not wanted & places.keys()
        if guidance.kind in (GuidanceKind.NO_POSITION, GuidanceKind.NO_PATH, GuidanceKind.NO_PLACE):
            assert guidance.path == ()
        if guidance.path and is_to_pay:
            assert any(guidance.path[-1] == pytest.approx(till_m, abs=1e-3) for till_m in tills_m)
        elif guidance.path:
            sku = sku_of(guidance)
            assert sku is not None
            assert guidance.path[-1] == pytest.approx(places[sku], abs=1e-3)
