"""What is still on its way for a shopper who left reaches nobody who stands there next."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Request, Route, expect

from store_server.wire.privacy import Purpose
from store_server.wire.shopping import ChangeWishListItem, WishState
from tests.journeys.kiosk_store import KioskStore

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SEND = """(body) => fetch("/api/kiosk/wish-list/items", { method: "PUT", headers: { "content-type": "application/json" }, body })
  .then((answer) => answer.status)"""


def test_a_tick_that_was_held_up_changes_nothing_of_the_next_shoppers_list(store: KioskStore, page: Page) -> None:
    store.pair(page)
    first = store.shopper("peas")
    store.stand_at_kiosk()
    page.locator('[data-testid^="token-"]').first.click()
    page.get_by_test_id("wish-item-peas").wait_for()
    held: list[Request] = []

    def hold(route: Route) -> None:
        held.append(route.request)
        route.abort()

    page.route("**/api/kiosk/wish-list/items", hold)
    with page.expect_event("requestfailed", lambda request: request.method == "PUT"):
        page.get_by_test_id("tick-peas").click()
    store.opened.store.desk.take_back("TAG-001")
    page.get_by_test_id("attract").wait_for()
    second, _ = store.opened.hand_out("TAG-001")
    store.opened.give(second, Purpose.GUIDANCE)
    for sku in ("peas", "rice"):
        store.opened.store.lists.put(second, ChangeWishListItem(sku=sku))
    store.stand_at_kiosk()
    page.locator('[data-testid^="token-"]').first.click()
    page.get_by_test_id("wish-item-rice").wait_for()
    page.unroute("**/api/kiosk/wish-list/items")
    assert page.evaluate(SEND, held[0].post_data) == 409, "it arrives now"
    assert store.states(first) == {"peas": WishState.WANTED}
    assert store.states(second) == {"peas": WishState.WANTED, "rice": WishState.WANTED}
    # The screen shows a tick before it is saved.
    with page.expect_response(lambda answer: answer.request.method == "PUT"):
        page.get_by_test_id("tick-rice").click()
    page.locator('[data-testid="wish-item-rice"][data-state="picked_up"]').wait_for()
    expect(page.get_by_test_id("wish-item-peas")).to_have_attribute("data-state", "wanted")
    assert store.states(second)["rice"] is WishState.PICKED_UP
