"""A list goes from the kiosk to the phone by a code: once, and the code goes from the screen with the list."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from store_server.wire.privacy import Purpose
from store_server.wire.shopping import WishState
from tests.journeys.accessible import faults, small_targets
from tests.journeys.demo_process import PHONE
from tests.journeys.kiosk_store import KioskStore
from tests.journeys.test_languages import choose, seen

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def tap(store: KioskStore, page: Page, *skus: str) -> str:
    shopper_id = store.shopper(*skus)
    store.stand_at_kiosk()
    page.locator('[data-testid^="token-"]').first.click()
    page.get_by_test_id(f"wish-item-{skus[0]}").wait_for()
    return shopper_id


def offered(page: Page) -> str:
    """The address in the code that the kiosk shows now."""
    with page.expect_response("**/api/kiosk/hand-offs") as answer:
        page.get_by_test_id("to-phone").click()
    page.get_by_test_id("phone-code").wait_for()
    address: str = answer.value.json()["address"]
    return address


def test_the_list_goes_on_on_the_phone_until_it_is_cleared_there(
    chromium: Browser, store: KioskStore, page: Page
) -> None:
    store.pair(page)
    shopper_id = tap(store, page, "peas", "rice")
    address = offered(page)
    assert faults(page) == []
    with seen(chromium, PHONE) as phone:
        phone.goto(address)
        phone.get_by_test_id("visit-list").wait_for()
        assert phone.url == f"{store.origin}/shopper", "the secret is out of the address bar"
        phone.get_by_test_id("visit-way").wait_for()
        expect(page.get_by_test_id("phone-taken")).to_be_visible()
        assert [*faults(phone), *small_targets(phone), *faults(page)] == []
        page.get_by_test_id("phone-close").click()
        phone.get_by_test_id("tick-peas").click()
        phone.locator('[data-testid="list-item-peas"][data-state="picked_up"]').wait_for()
        assert store.states(shopper_id) == {"peas": WishState.PICKED_UP, "rice": WishState.WANTED}
        page.get_by_test_id("done").click()
        page.get_by_test_id("attract").wait_for()
        phone.reload()
        phone.get_by_test_id("list-item-rice").wait_for()
        choose(phone, "ar")
        assert [*faults(phone), *small_targets(phone)] == []
        phone.get_by_test_id("end-visit").click()
        phone.get_by_test_id("card-code").wait_for()
        phone.reload()
        phone.get_by_test_id("card-code").wait_for()
        assert "Rice" not in phone.content()


def test_a_code_used_twice_says_so_and_a_withdrawal_ends_the_phones_list(
    chromium: Browser, store: KioskStore, page: Page
) -> None:
    store.pair(page)
    shopper_id = tap(store, page, "peas")
    address = offered(page)
    with seen(chromium, PHONE) as first, seen(chromium, PHONE) as second:
        first.goto(address)
        first.get_by_test_id("visit-list").wait_for()
        second.goto(address)
        expect(second.get_by_role("alert")).to_contain_text("This code was used or is too old")
        assert "Peas" not in second.content()
        store.opened.withdraw(shopper_id, Purpose.GUIDANCE)
        first.get_by_test_id("tick-peas").click()
        first.get_by_test_id("card-code").wait_for()
        assert "Peas" not in first.content()


def test_g3_the_code_goes_from_the_screen_with_the_list(store: KioskStore, page: Page) -> None:
    store.pair(page)
    shopper_id = tap(store, page, "peas")
    offered(page)
    store.opened.withdraw(shopper_id, Purpose.GUIDANCE)
    page.get_by_test_id("attract").wait_for()
    expect(page.get_by_test_id("phone-code")).to_have_count(0)
    store.opened.give(shopper_id, Purpose.GUIDANCE)
    store.stand_at_kiosk()
    page.locator('[data-testid^="token-"]').first.click()
    page.get_by_test_id("wish-item-peas").wait_for()
    expect(page.get_by_test_id("phone-code")).to_have_count(0)
    assert "#visit=" not in page.content()
