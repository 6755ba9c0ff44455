"""A card held before a kiosk's reader, which types: it opens its bearer's list, and its secret is seen nowhere."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from store_server.wire.privacy import Purpose
from store_server.wire.shopping import ChangeWishListItem
from tests.journeys.accessible import faults
from tests.journeys.kiosk_store import KioskStore

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

TYPE = """(text) => {
  const at = document.activeElement ?? document.body;
  for (const key of [...text, "Enter"]) {
    const kept = at.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    if (kept && key !== "Enter" && at instanceof HTMLInputElement) {
      at.value += key;
      at.dispatchEvent(new InputEvent("input", { bubbles: true }));
    }
  }
}"""
"""As a reader types, all at once, however busy this machine is."""


def scan(page: Page, text: str) -> None:
    page.evaluate(TYPE, text)


def card_of(store: KioskStore) -> str:
    """The address on the card of somebody with peas on the list, who stands at the kiosk."""
    shopper_id, card = store.opened.hand_out()
    store.opened.give(shopper_id, Purpose.GUIDANCE)
    store.opened.store.lists.put(shopper_id, ChangeWishListItem(sku="peas"))
    store.stand_at_kiosk()
    return f"{store.origin}/shopper#card={card.secret}"


def reads(page: Page) -> list[str]:
    """The bodies of what the kiosk asks about cards from now on."""
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.post_data or "") if r.url.endswith("/api/kiosk/cards") else None)
    return asked


def is_seen(page: Page, secret: str) -> bool:
    """On the page, in its fields, its address, or kept by its browser."""
    fields = "[...document.querySelectorAll('input')].map((each) => each.value).join()"
    return secret in page.content() or secret in page.url or secret in str(page.evaluate(fields))


def test_a_card_before_the_reader_opens_its_bearers_list(store: KioskStore, page: Page) -> None:
    store.pair(page)
    address = card_of(store)
    page.locator('[data-testid^="token-"]').first.wait_for()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    scan(page, address)
    page.get_by_test_id("wish-item-peas").wait_for()
    secret = address[-22:]
    assert not is_seen(page, secret)
    assert not any(secret in url or "/api/products" in url for url in asked)


def test_a_card_opens_the_list_from_an_empty_field_too_and_leaves_nothing_in_it(store: KioskStore, page: Page) -> None:
    store.pair(page)
    address = card_of(store)
    page.get_by_test_id("search").click()
    scan(page, address)
    page.get_by_test_id("wish-item-peas").wait_for()
    expect(page.get_by_test_id("search")).to_have_value("")
    assert not is_seen(page, address[-22:])


def test_a_card_read_while_somebody_types_disturbs_nothing(store: KioskStore, page: Page) -> None:
    store.pair(page)
    address = card_of(store)
    page.get_by_test_id("search").fill("pea")
    page.get_by_test_id("found-peas").wait_for()
    asked = reads(page)
    scan(page, address)
    expect(page.get_by_test_id("search")).to_have_value("pea")
    page.get_by_test_id("found-peas").wait_for()
    assert asked == []
    assert not is_seen(page, address[-22:])


def test_a_reader_gone_wild_asks_once_and_is_answered_in_plain_words(store: KioskStore, page: Page) -> None:
    store.pair(page)
    asked = reads(page)
    unknown = f"{store.origin}/shopper#card={'A' * 22}"
    with page.expect_response("**/api/kiosk/cards"):
        page.evaluate(f"(text) => {{ for (let i = 0; i < 50; i++) ({TYPE})(text); }}", unknown)
    expect(page.get_by_test_id("card-words")).to_contain_text("This card opens nothing here just now")
    assert len(asked) == 1
    assert faults(page) == []
    for hostile in ("x" * 20_000, "\u0000" * 50, unknown[:-1], unknown + "\u202e", "<img src=x onerror=alert(1)>"):
        scan(page, hostile)
    page.get_by_test_id("search").fill("pea")
    page.get_by_test_id("found-peas").wait_for()
    assert len(asked) == 1
    assert not is_seen(page, "A" * 22)
