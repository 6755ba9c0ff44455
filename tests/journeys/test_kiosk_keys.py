"""A kiosk used by keys: questions give the focus back, and the touch that keeps a list does only that."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from store_server.wire.shopping import WishState
from tests.journeys.kiosk_store import KioskStore

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

WARNED_MS = 38_000
"""The last ten of the 45 seconds without a touch."""


def open_list(store: KioskStore, page: Page) -> str:
    """The shopper_id."""
    page.clock.install()
    store.pair(page)
    shopper_id = store.shopper("peas", "rice")
    store.stand_at_kiosk()
    page.locator('[data-testid^="token-"]').first.click()
    page.get_by_test_id("tick-next").wait_for()
    return shopper_id


def test_after_a_question_keys_go_on_where_they_were(store: KioskStore, page: Page) -> None:
    open_list(store, page)
    page.get_by_test_id("withdraw").focus()
    page.keyboard.press("Enter")
    keep = page.get_by_role("dialog").get_by_role("button").last
    keep.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_test_id("withdraw")).to_be_focused()


@pytest.mark.parametrize("key", ["Enter", "Space", "Escape", "Tab"])
def test_the_key_that_keeps_a_list_does_nothing_else(store: KioskStore, page: Page, key: str) -> None:
    shopper_id = open_list(store, page)
    page.get_by_test_id("tick-next").focus()
    page.clock.fast_forward(WARNED_MS)
    page.get_by_test_id("idle-warning").wait_for()
    page.keyboard.press(key)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_test_id("tick-next")).to_be_focused()
    expect(page.locator('.wish-item[data-state="wanted"]')).to_have_count(2)
    assert store.states(shopper_id) == {"peas": WishState.WANTED, "rice": WishState.WANTED}


def test_the_server_hears_of_the_last_touch_though_it_came_soon_after_another(store: KioskStore, page: Page) -> None:
    open_list(store, page)
    page.keyboard.press("Shift")
    page.keyboard.press("Shift")
    with page.expect_request("**/api/kiosk/touches"):
        page.clock.fast_forward(6000)
