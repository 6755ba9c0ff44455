"""What the screen of one who tapped shows of the tour: in which order, what is sold out, what to take instead."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from store_server.use_cases.availability import STOCK_HOLDS
from store_server.wire.assortment import CategoryFlag, FlagCategory
from store_server.wire.floorplans import FloorplanDocument
from store_server.wire.shopping import ChangeWishListItem, GuidanceKind, Product, ShelfHeight, WishListItem, WishState
from tests.opened_store import KIOSK, PLAN, OpenedStore
from tests.use_cases.tapped import Tapped


@pytest.fixture
def tapped(opened: OpenedStore) -> Tapped:
    tapped = Tapped(opened)
    opened.store.lists.put(tapped.shopper_id, ChangeWishListItem(sku="rice"))
    return tapped


def item(tapped: Tapped, sku: str) -> WishListItem:
    return next(item for item in tapped.shown().wish_list.items if item.sku == sku)


def test_what_the_store_has_fetched_last_ends_the_tour(tapped: Tapped) -> None:
    order = tapped.shown().guidance.order
    assert set(order) == {"peas", "rice"}
    flag = FlagCategory(category=f"{order[0]} and the like", flag=CategoryFlag.LAST, is_on=True)
    tapped.opened.store.assortment.flag_category(flag)
    tapped.stand(4)
    assert tapped.shown().guidance.order == order[::-1]


def test_the_way_is_told_in_turns_and_shelves_say_how_high(tapped: Tapped) -> None:
    guidance = tapped.shown().guidance
    assert guidance.kind is GuidanceKind.GO_TO
    assert guidance.distance_m is not None
    assert sum(step.walk_m for step in guidance.steps) == pytest.approx(guidance.distance_m, abs=0.1)
    assert guidance.shelf_side is not None
    assert guidance.tour_m is not None
    assert guidance.tour_m >= guidance.distance_m
    assert guidance.next_item is not None
    assert guidance.next_item.place is not None
    assert guidance.next_item.place.height in set(ShelfHeight)


def test_what_is_sold_out_is_said_and_led_past(tapped: Tapped) -> None:
    tapped.opened.records.store.put_stock([("peas", 0), ("rice", 4)], tapped.opened.clock.now())
    shown = tapped.shown()
    assert shown.guidance.order == ("rice",)
    assert item(tapped, "peas").is_sold_out
    assert item(tapped, "peas").substitute is None
    assert not item(tapped, "rice").is_sold_out


def test_what_is_most_like_it_is_offered_instead(tapped: Tapped) -> None:
    records = tapped.opened.records.store
    records.put_products([Product(sku="peas", name="Peas", category="rice and the like")])
    records.put_stock([("peas", 0), ("rice", 4)], tapped.opened.clock.now())
    assert item(tapped, "peas").substitute is None  # it is on the list already
    tapped.opened.store.lists.remove(tapped.shopper_id, "rice")
    found = item(tapped, "peas").substitute
    assert found is not None
    assert (found.sku, found.place is not None) == ("rice", True)
    records.put_stock([("rice", 0)], tapped.opened.clock.now())
    assert item(tapped, "peas").substitute is None


def test_stock_of_long_ago_says_nothing(tapped: Tapped) -> None:
    then = tapped.opened.clock.now() - STOCK_HOLDS - timedelta(minutes=1)
    tapped.opened.records.store.put_stock([("peas", 0)], then)
    assert not item(tapped, "peas").is_sold_out
    assert "peas" in tapped.shown().guidance.order


def test_what_was_fetched_is_not_called_sold_out(tapped: Tapped) -> None:
    tapped.opened.records.store.put_stock([("peas", 0)], tapped.opened.clock.now())
    tapped.opened.store.lists.put(tapped.shopper_id, ChangeWishListItem(sku="peas", state=WishState.PICKED_UP))
    assert not item(tapped, "peas").is_sold_out


def test_a_product_that_is_new_in_the_store_is_offered_instead_a_minute_later(tapped: Tapped) -> None:
    records = tapped.opened.records.store
    tapped.opened.store.lists.remove(tapped.shopper_id, "rice")
    records.put_stock([("peas", 0), ("rice", 4)], tapped.opened.clock.now())
    assert item(tapped, "peas").substitute is None
    records.put_products([Product(sku="rice", name="Peas", category="peas and the like")])
    for _ in range(2):
        tapped.stand(31)
        tapped.opened.store.at_kiosk.touch(KIOSK)  # who touches nothing for so long is taken to have left
    found = item(tapped, "peas").substitute
    assert found is not None
    assert found.sku == "rice"


def test_when_all_is_fetched_the_way_leads_to_the_till_unless_that_is_shut(tapped: Tapped) -> None:
    for sku in ("peas", "rice"):
        tapped.opened.store.lists.put(tapped.shopper_id, ChangeWishListItem(sku=sku, state=WishState.PICKED_UP))
    guidance = tapped.shown().guidance
    assert (guidance.kind, guidance.next_item) == (GuidanceKind.TO_CHECKOUT, None)
    assert guidance.path[-1] == pytest.approx((15.0, 2.0))
    raw = PLAN.model_dump(mode="json")
    shut = {"type": "Polygon", "coordinates": [[[14, 1], [16, 1], [16, 3], [14, 3], [14, 1]]]}
    properties = {"key": "shut", "level_id": "L"}
    area = {"type": "Feature", "id": "shut", "feature_type": "blocked_area", "geometry": shut, "properties": properties}
    without_till = FloorplanDocument.model_validate_json(json.dumps({**raw, "features": [*raw["features"], area]}))
    tapped.opened.records.plans.publish(without_till, None, "test", "", tapped.opened.clock.now())
    tapped.opened.store.floors.current()
    tapped.stand(2)
    shown = tapped.shown().guidance
    assert (shown.kind, shown.path) == (GuidanceKind.ALL_DONE, ())
