"""A shopper's no is as easy as their yes, leaves nothing behind on a screen, and costs them nothing at it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from store_server.use_cases.hand_out_beacons import Card
from store_server.wire.privacy import Purpose
from store_server.wire.shopping import ChangeWishListItem, Product
from tests.journeys.demo_process import PHONE
from tests.journeys.kiosk_store import KioskStore, everything_kept
from tests.journeys.test_languages import seen

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

COUNT_TAPS = """() => {
  window.taps = 0;
  addEventListener("click", () => { taps += 1; }, true);
  addEventListener("keydown", (event) => { if (event.key.length === 1) taps += 1; }, true);
}"""
"""A digit that is typed counts as one, too."""


class Counted:
    """What somebody does on a page, tap by tap."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.evaluate(COUNT_TAPS)

    def taps(self) -> int:
        """Since it was asked last."""
        counted: int = self.page.evaluate("() => { const before = taps; taps = 0; return before; }")
        return counted

    def tap(self, test_id: str) -> None:
        self.page.get_by_test_id(test_id).click()

    def type(self, test_id: str, digits: str) -> None:
        self.page.get_by_test_id(test_id).press_sequentially(digits)


def switch(page: Page, purpose: Purpose) -> Locator:
    return page.get_by_test_id(f"switch-{purpose.value}")


def open_card(page: Page, store: KioskStore, card: Card) -> None:
    page.goto(f"{store.origin}/shopper#card={card.secret}")
    switch(page, Purpose.GUIDANCE).wait_for()


def tokens(page: Page) -> Locator:
    return page.locator('[data-testid^="token-"]')


def is_given(page: Page, purpose: Purpose, *, is_on: bool) -> None:
    expect(switch(page, purpose)).to_have_attribute("aria-checked", "true" if is_on else "false")


def test_t40_a_no_takes_no_more_taps_than_a_yes_on_the_phone_and_at_the_kiosk(
    chromium: Browser, store: KioskStore, page: Page
) -> None:
    shopper_id, card = store.opened.hand_out()
    yes, no = {}, {}
    with seen(chromium, PHONE) as phone:
        open_card(phone, store, card)
        counted = Counted(phone)
        for purpose in Purpose:
            counted.tap(f"switch-{purpose.value}")
            if purpose is Purpose.GUIDANCE:  # the first yes asks for the PIN
                counted.type("pin", card.pin or "")
                counted.tap("pin-send")
            is_given(phone, purpose, is_on=True)
            yes[purpose] = counted.taps()
        for purpose in Purpose:
            counted.tap(f"switch-{purpose.value}")
            is_given(phone, purpose, is_on=False)
            no[purpose] = counted.taps()
    store.opened.give(shopper_id, Purpose.GUIDANCE)
    with seen(chromium, PHONE) as phone:
        open_card(phone, store, card)  # the card alone is enough for a no
        counted = Counted(phone)
        counted.tap("switch-GUIDANCE")
        is_given(phone, Purpose.GUIDANCE, is_on=False)
        without_pin = counted.taps()
    store.opened.give(shopper_id, Purpose.GUIDANCE)
    store.opened.store.lists.put(shopper_id, ChangeWishListItem(sku="peas"))
    store.pair(page)
    store.stand_at_kiosk()
    tokens(page).first.click()
    page.get_by_test_id("wish-item-peas").wait_for()
    counted = Counted(page)
    counted.tap("withdraw")
    counted.tap("withdraw-confirm-GUIDANCE")
    page.get_by_test_id("attract").wait_for()
    at_kiosk = counted.taps()
    print(f"\ntaps for a yes: {sorted(yes.values())}; for a no: {sorted(no.values())}, at a kiosk {at_kiosk}")
    assert all(no[purpose] <= yes[purpose] for purpose in Purpose)
    assert set(no.values()) == {1}
    assert without_pin == 1
    assert at_kiosk == 2, "promise 3"
    assert at_kiosk <= yes[Purpose.GUIDANCE]


def test_t44_whoever_walks_off_with_the_list_open_leaves_nothing_to_whoever_comes_next(
    store: KioskStore, page: Page
) -> None:
    opened = store.opened
    store.pair(page)
    shopper_id = store.shopper("rice")
    store.stand_at_kiosk()
    old_token = tokens(page).first
    old_words = old_token.get_attribute("aria-label") or ""
    old_token.click()
    page.get_by_test_id("wish-item-rice").wait_for()

    def former_is_gone() -> None:
        page.get_by_test_id("attract").wait_for()
        expect(page.get_by_test_id("wish-item-rice")).to_have_count(0)
        kept = everything_kept(page)
        assert kept["elsewhere"] == []
        personal = {path: text for path, text in kept["answers"].items() if shopper_id in text or '"opened":{' in text}
        assert personal == {}
        fields = "[...document.querySelectorAll('input')].map((each) => each.value).join('')"
        assert page.evaluate(fields) == ""
        assert (page.url, page.evaluate("history.length")) == (at_rest_url, at_rest_length)

    at_rest_url, at_rest_length = page.url, page.evaluate("history.length")
    for _ in range(40):  # they are heard far away, then nowhere
        opened.clock.move(1)
        opened.store.spine.tick()
    former_is_gone()
    page.go_back(wait_until="commit")
    page.go_forward(wait_until="commit")
    former_is_gone()
    page.reload()
    former_is_gone()
    opened.store.desk.take_back("TAG-001")
    store.shopper("peas")
    store.stand_at_kiosk()
    new_token = tokens(page).first
    assert new_token.get_attribute("aria-label") != old_words, "a token is new each visit"
    new_token.click()
    page.get_by_test_id("wish-item-peas").wait_for()
    expect(page.get_by_test_id("wish-item-rice")).to_have_count(0)


def test_t50_whoever_takes_every_yes_back_still_uses_the_kiosk_by_hand_at_the_same_prices(
    chromium: Browser, store: KioskStore, page: Page
) -> None:
    opened = store.opened
    opened.records.store.put_products(
        [
            Product(sku=sku, name=sku.title(), category="food", price_minor=n)
            for sku, n in (("peas", 129), ("rice", 349))
        ]
    )

    def prices() -> list[tuple[str, int | None]]:
        """What the kiosk is told of every product, as it searches."""
        answer = page.request.get(f"{store.origin}/api/products?q=e")
        assert answer.status == 200
        return [(each["product"]["sku"], each["product"]["price_minor"]) for each in answer.json()["products"]]

    store.pair(page)
    shopper_id, card = opened.hand_out()
    opened.give(shopper_id, *Purpose)
    opened.store.lists.put(shopper_id, ChangeWishListItem(sku="peas"))
    store.stand_at_kiosk()
    tokens(page).first.click()
    page.get_by_test_id("wish-item-peas").wait_for()
    while_guided = prices()
    assert set(while_guided) >= {("peas", 129), ("rice", 349)}
    with seen(chromium, PHONE) as phone:
        open_card(phone, store, card)
        for purpose in Purpose:
            switch(phone, purpose).click()
            is_given(phone, purpose, is_on=False)
    page.get_by_test_id("attract").wait_for()
    store.stand_at_kiosk()
    expect(tokens(page)).to_have_count(0)
    page.get_by_test_id("search").fill("pea")
    page.get_by_test_id("found-peas").get_by_role("button").first.click()
    page.locator(".target-mark").first.wait_for(state="attached")  # where it is, on the plan
    assert prices() == while_guided
    page.get_by_test_id("call-staff").click()
    page.locator('[data-testid="call-band"]').wait_for()
    page.get_by_test_id("lower-controls").click()
    expect(page.get_by_test_id("search")).to_be_visible()
    stored = opened.records.shoppers.ledger()
    assert [event.event for event in stored][-len(Purpose) :] == ["withdrawn"] * len(Purpose)
