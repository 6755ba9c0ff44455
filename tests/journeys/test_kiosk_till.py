"""Everything is fetched: the kiosk shows the way to the till, a phone takes it along, and at the till there is a closing word."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from store_server.wire.shopping import GuidanceKind
from tests.journeys.accessible import faults, small_targets
from tests.journeys.demo_process import PHONE
from tests.journeys.kiosk_store import KioskStore
from tests.journeys.test_kiosk_to_phone import offered, tap
from tests.journeys.test_languages import seen
from tests.opened_store import KIOSK
from tests.use_cases.hearing import hear

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

AT_TILL = (16.5, 1.5)
MOST_LOOKS = 40
"""Until a position has followed somebody to the till: 20 s, in which no screen clears itself."""


def walk_to_the_till(store: KioskStore) -> None:
    """Heard there until the kiosk takes them to have arrived."""
    for _ in range(MOST_LOOKS):
        store.opened.clock.move(0.5)
        hear(store.opened, store.sequence, AT_TILL)
        store.opened.store.spine.tick()
        store.sequence += 1
        shown = store.opened.store.views.state(KIOSK).opened
        if shown is not None and shown.guidance.kind is GuidanceKind.AT_CHECKOUT:
            return


def tick_all(page: Page, *skus: str) -> None:
    for sku in skus:
        page.get_by_test_id(f"tick-{sku}").click()
        page.locator(f'[data-testid="wish-item-{sku}"][data-state="picked_up"]').wait_for()


def test_the_last_tick_shows_the_way_to_the_till_and_being_there_ends_it(store: KioskStore, page: Page) -> None:
    store.pair(page)
    tap(store, page, "peas", "rice")
    instruction = page.get_by_test_id("instruction")
    tick_all(page, "peas")
    expect(instruction).to_have_attribute("data-kind", "go_to")
    expect(page.get_by_test_id("till")).to_have_count(0)
    tick_all(page, "rice")
    expect(instruction).to_have_attribute("data-kind", "to_checkout")
    expect(instruction.locator("h1")).to_contain_text("To the till: ")
    expect(instruction).to_contain_text("Your list is done")
    expect(page.get_by_test_id("tick-next")).to_have_count(0)
    expect(page.get_by_test_id("till")).to_have_text("Till")
    expect(page.locator(".way-line")).to_have_count(1)
    way = page.get_by_test_id("way")
    expect(way.get_by_role("heading")).to_have_text("The way to the till")
    expect(way.locator("li").last).to_have_text("There is the till")
    expect(way.locator("li").first).to_contain_text("steps")
    expect(page.locator(".wish-head")).to_contain_text("to the tills")
    assert [*faults(page), *small_targets(page)] == []

    walk_to_the_till(store)
    expect(instruction).to_have_attribute("data-kind", "at_checkout")
    expect(instruction).to_contain_text("Your list is done. Thank you, and goodbye.")
    assert [*faults(page), *small_targets(page)] == []


def test_what_is_wanted_again_is_led_to_instead_of_the_till(store: KioskStore, page: Page) -> None:
    store.pair(page)
    tap(store, page, "peas")
    tick_all(page, "peas")
    instruction = page.get_by_test_id("instruction")
    expect(instruction).to_have_attribute("data-kind", "to_checkout")
    page.get_by_test_id("wish-item-peas").get_by_role("button").click()
    expect(instruction).to_have_attribute("data-kind", "go_to")
    expect(page.get_by_test_id("till")).to_have_count(0)


def test_what_is_sold_out_is_still_said_on_the_way_to_the_till(store: KioskStore, page: Page) -> None:
    store.pair(page)
    store.opened.records.store.put_stock([("rice", 0)], store.opened.clock.now())
    tap(store, page, "peas", "rice")
    tick_all(page, "peas")
    instruction = page.get_by_test_id("instruction")
    expect(instruction).to_have_attribute("data-kind", "to_checkout")
    expect(instruction).to_contain_text("Rice is sold out just now")
    expect(page.locator(".target-mark")).to_have_count(0)
    expect(page.locator(".is-next")).to_have_count(0)
    expect(page.get_by_test_id("till")).to_have_count(1)


def test_the_phone_takes_the_way_to_the_till_along_and_no_place(
    chromium: Browser, store: KioskStore, page: Page
) -> None:
    store.pair(page)
    tap(store, page, "peas")
    tick_all(page, "peas")
    expect(page.get_by_test_id("instruction")).to_have_attribute("data-kind", "to_checkout")
    address = offered(page)
    with seen(chromium, PHONE) as phone:
        phone.goto(address)
        way = phone.get_by_test_id("visit-way")
        expect(way.get_by_role("heading")).to_have_text("The way to the till")
        expect(way.locator("li").last).to_contain_text("There is the till")
        assert [*faults(phone), *small_targets(phone)] == []
        phone.get_by_test_id("tick-peas").click()
        phone.locator('[data-testid="list-item-peas"][data-state="wanted"]').wait_for()
        expect(way).to_have_count(0)
