"""From nodes on two levels to two kiosks: on which level a shopper is, where they are led, and what each screen is told."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from store_server.adapters.plan_files import load_plan
from store_server.demo.three_levels import PLAN as THREE_LEVELS
from store_server.domain.building import BuildingPath, Place
from store_server.domain.kiosk_views import led_step_free
from store_server.ports import LiveTrack, PlanRecord
from store_server.use_cases.floors import make_floor
from store_server.use_cases.refusals import Conflict
from store_server.wire.calibration import AnchorCalibration, Calibration
from store_server.wire.levels import ChooseWays
from store_server.wire.presence import TrackMoved
from store_server.wire.shopping import (
    ChangeWishListItem,
    ClosedReason,
    GuidanceKind,
    OpenedShopper,
    WishState,
)
from tests.opened_store import PLAN as ONE_LEVEL
from tests.opened_store import OpenedStore
from tests.two_levels import AT_KIOSK, FIRST, GROUND, KIOSKS, NODES, PLAN, TwoLevels

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def shop(opened: OpenedStore) -> TwoLevels:
    return TwoLevels(opened, "rice")


def track(shop: TwoLevels) -> LiveTrack:
    (held,) = shop.opened.live.tracks()
    return held


def shown(shop: TwoLevels, level_id: str) -> OpenedShopper:
    opened = shop.opened.store.views.state(KIOSKS[level_id]).opened
    assert opened is not None
    return opened


def means(shopper: OpenedShopper) -> list[str]:
    return [crossing.means for crossing in shopper.guidance.crossings]


@pytest.mark.parametrize("level_id", [GROUND, FIRST])
def test_a_shopper_is_on_the_level_whose_nodes_hear_them_best(shop: TwoLevels, level_id: str) -> None:
    shop.stand_at_kiosk(level_id)
    held = track(shop)
    assert held.level_id == level_id
    assert (held.track.x_m, held.track.y_m) == pytest.approx(AT_KIOSK[level_id], abs=2.5)


def test_only_the_kiosk_on_the_shoppers_level_shows_their_token(shop: TwoLevels) -> None:
    for level_id, other_id in ((GROUND, FIRST), (FIRST, GROUND)):
        shop.stand((level_id, 13.0, 5.5), 40)  # so near to the place of either kiosk that each would serve it
        tokens = {key: len(shop.opened.store.views.state(KIOSKS[key]).tokens) for key in (level_id, other_id)}
        assert tokens == {level_id: 1, other_id: 0}


def test_the_track_goes_on_upstairs_under_its_own_name_after_a_while_and_not_at_once(shop: TwoLevels) -> None:
    shop.stand((GROUND, 14.0, 10.0))
    before = track(shop)
    shop.stand((FIRST, 14.0, 10.0), 2)
    assert track(shop).level_id == GROUND
    shop.stand((FIRST, 14.0, 10.0), 20)
    after = track(shop)
    assert (after.level_id, after.track.track_id) == (FIRST, before.track.track_id)
    assert after.track.begun_s > before.track.begun_s
    assert (after.track.x_m, after.track.y_m) == pytest.approx((14.0, 10.0), abs=2.5)


def test_a_shopper_is_led_to_the_stairs_comes_up_and_is_led_on(shop: TwoLevels) -> None:
    shop.stand_at_kiosk(GROUND)
    shop.tap(GROUND)
    below = shown(shop, GROUND)
    assert (below.guidance.kind, below.guidance.level_id, means(below)) == (GuidanceKind.GO_TO, GROUND, ["stairs"])
    (crossing,) = below.guidance.crossings
    assert (crossing.heading, crossing.to_level.names["en"]) == ("up", "First floor")
    assert below.guidance.next_item is not None
    assert below.guidance.next_item.place is not None
    assert below.guidance.next_item.place.level is not None
    assert below.guidance.next_item.place.level.level_id == FIRST
    assert below.guidance.path[-1][1] > 9.5
    shop.stand_at_kiosk(FIRST, 40)
    assert shop.opened.store.views.state(KIOSKS[GROUND]).closed_reason is ClosedReason.LEFT
    shop.tap(FIRST)
    above = shown(shop, FIRST)
    assert (above.guidance.kind, above.guidance.level_id, means(above)) == (GuidanceKind.GO_TO, FIRST, [])
    assert above.guidance.path[-1] == pytest.approx((6.45, 4.0), abs=0.1)


def test_without_steps_it_is_the_lift_and_the_choice_ends_with_the_visit(shop: TwoLevels) -> None:
    shop.stand_at_kiosk(GROUND)
    shop.tap(GROUND)
    at_kiosk = shop.opened.store.at_kiosk
    state = at_kiosk.choose_ways(KIOSKS[GROUND], ChooseWays(is_step_free=True))
    assert state.opened is not None
    assert (state.opened.is_step_free, means(state.opened)) == (True, ["elevator"])
    assert state.opened.guidance.path[-1][0] < 2.5
    shop.stand_at_kiosk(GROUND, 4)
    assert means(shown(shop, GROUND)) == ["elevator"]
    state = at_kiosk.choose_ways(KIOSKS[GROUND], ChooseWays(is_step_free=False))
    assert state.opened is not None
    assert means(state.opened) == ["stairs"]
    at_kiosk.choose_ways(KIOSKS[GROUND], ChooseWays(is_step_free=True))
    at_kiosk.leave(KIOSKS[GROUND])
    shop.tap(GROUND)
    assert (shown(shop, GROUND).is_step_free, means(shown(shop, GROUND))) == (False, ["stairs"])


def test_a_choice_that_comes_late_is_not_the_next_shoppers(shop: TwoLevels) -> None:
    shop.stand_at_kiosk(GROUND)
    shop.tap(GROUND)
    late = ChooseWays(is_step_free=True, token_id="0" * 32)
    with pytest.raises(Conflict):
        shop.opened.store.at_kiosk.choose_ways(KIOSKS[GROUND], late)
    view = shop.opened.live.kiosk_view(KIOSKS[GROUND])
    assert led_step_free(view, "somebody else", True) is view
    mine = ChooseWays(is_step_free=True, token_id=shown(shop, GROUND).token.token_id)
    state = shop.opened.store.at_kiosk.choose_ways(KIOSKS[GROUND], mine)
    assert state.opened is not None
    assert state.opened.is_step_free


def test_the_screen_is_told_on_which_level_its_shopper_is(shop: TwoLevels) -> None:
    shop.stand_at_kiosk(GROUND)
    shop.tap(GROUND)
    shop.stand_at_kiosk(GROUND, 1)
    moves = [message for _, message in shop.opened.messenger.to_kiosks if isinstance(message, TrackMoved)]
    assert {move.level_id for move in moves} == {GROUND}


def test_what_is_upstairs_is_fetched_in_one_go(shop: TwoLevels) -> None:
    for sku in ("peas", "salt"):
        shop.opened.store.lists.put(shop.shopper_id, ChangeWishListItem(sku=sku))
    shop.stand_at_kiosk(GROUND)
    shop.tap(GROUND)
    order = shown(shop, GROUND).guidance.order
    assert sorted(order) == ["peas", "rice", "salt"]
    assert order[1] != "peas"
    for sku in ("rice", "salt"):
        shop.opened.store.at_kiosk.put(KIOSKS[GROUND], ChangeWishListItem(sku=sku, state=WishState.PICKED_UP))
    assert shown(shop, GROUND).guidance.crossings == ()


def test_a_plan_without_the_level_goes_on_with_the_one_there_is(shop: TwoLevels) -> None:
    shop.stand_at_kiosk(FIRST, 12)
    assert track(shop).level_id == FIRST
    shop.opened.records.plans.publish(ONE_LEVEL, None, "test", "", shop.opened.clock.now())
    floor = shop.opened.store.floors.current()
    assert floor is not None
    shop.opened.store.spine.tick()
    assert floor.level(track(shop).level_id).level_id == "L"


def test_a_level_that_was_not_surveyed_knows_the_radio_and_not_the_places_of_the_one_that_was() -> None:
    surveyed = tuple(
        AnchorCalibration(node_id=key, x_m=x_m, y_m=y_m)
        for key, (level_id, x_m, y_m) in NODES.items()
        if level_id == GROUND
    )
    calibration = Calibration(
        measured_power_dbm=-61.0,
        path_loss_exponent=2.5,
        shadowing_sd_db=4.0,
        anchors=surveyed,
        survey_points=1,
        survey_xy_m=((5.0, 5.0),),
        survey_residual_db=((0.0, 1.0, None, 2.0, None, 0.5),),
        survey_visit=(0,),
    )
    floor = make_floor(PlanRecord(1, NOW, PLAN, calibration), NOW)
    ground, first = floor.level(GROUND).estimator.calibration, floor.level(FIRST).estimator.calibration
    assert ground == calibration
    assert (first.measured_power_dbm, first.survey_xy_m, first.anchors) == (-61.0, (), calibration.anchors)


def test_a_real_building_of_three_levels_is_made_ready_to_guide_in() -> None:
    floor = make_floor(PlanRecord(1, NOW, load_plan(THREE_LEVELS), None), NOW)
    below, above = (level_id for level_id, ordinal in floor.grounds[False].ordinals.items() if ordinal in (0, 2))
    corner = floor.level(below).floorplan.standing_area.representative_point()
    there = floor.level(above).floorplan.standing_area.representative_point()
    for is_step_free, means in ((False, {"lift", "stairs"}), (True, {"lift"})):
        found = floor.grounds[is_step_free].walkways.path(
            Place(below, corner.x, corner.y), Place(above, there.x, there.y)
        )
        assert isinstance(found, BuildingPath)
        taken = {leg.transition.name for leg in found.legs if leg.transition is not None}
        assert taken
        assert taken <= means
