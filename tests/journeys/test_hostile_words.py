"""Words that would be markup, scripts or a changed direction, in every text that others may give freely (T29).

Nodes, kiosks, beacons and people have names of letters, digits and a few signs: theirs are refused where they are given.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from store_server.domain.picked_pairs import PickedPair
from store_server.wire.floorplans import FloorplanDocument
from store_server.wire.people import Role
from store_server.wire.privacy import Purpose
from store_server.wire.shopping import ChangeWishListItem, Product
from tests.journeys.demo_process import PHONE
from tests.journeys.kiosk_store import KioskStore
from tests.journeys.plan_page import DESKTOP
from tests.journeys.test_languages import seen
from tests.opened_store import MANAGER, PASSWORD, PLAN, STAFF, OpenedStore

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

IMAGE = '<img src=x onerror="hit()">'
SVG = '"><svg/onload=hit()>'
LINK = "javascript:hit()"
TURNED = "abc\u202egnp.\u2066exe\u200b\u200d"
HOSTILE = (IMAGE, SVG, LINK, TURNED)
NAMES = {"peas": IMAGE, "rice": SVG, "salt": LINK, "turned": TURNED, SVG: "Its key is markup"}
NAMED = ("level", "fixture", "section", "opening", "amenity", "aisle")

WATCH = """
  window.hits = [];
  window.hit = () => hits.push("ran");
  addEventListener("securitypolicyviolation", (event) => hits.push(`${event.violatedDirective} ${event.blockedURI}`));
  const made = new MutationObserver(() => {
    for (const each of document.querySelectorAll("img[src='x'], [onerror], [onload], a[href^='javascript'], iframe")) {
      hits.push(each.outerHTML);
    }
  });
  addEventListener("DOMContentLoaded", () => made.observe(document, { subtree: true, childList: true, attributes: true }));
"""
"""Tells of whatever ran, was stopped by the page's policy, or became an element."""


def hostile_plan() -> FloorplanDocument:
    plan = json.loads(PLAN.model_dump_json())
    plan["name"] = SVG
    for n, feature in enumerate(plan["features"]):
        if feature["feature_type"] in NAMED:
            feature["properties"]["name"] = {"en": HOSTILE[n % len(HOSTILE)]}
        if feature["feature_type"] == "fixture":
            feature["properties"] |= {"key": SVG, "department": IMAGE}
    ring = [[[x, y] for x, y in ((1, 1), (9, 1), (9, 10), (1, 10), (1, 1))]]
    zone = {"key": "zone", "level_id": "L", "category": IMAGE, "name": {"en": IMAGE}}
    geometry = {"type": "Polygon", "coordinates": ring}
    plan["features"].append(
        {"type": "Feature", "id": "Z", "feature_type": "section", "geometry": geometry, "properties": zone}
    )
    return FloorplanDocument.model_validate_json(json.dumps(plan))


@pytest.fixture
def opened(opened: OpenedStore) -> OpenedStore:
    opened.settings = opened.settings.model_copy(update={"store_name": SVG, "controller": IMAGE})
    return opened


@pytest.fixture
def store(store: KioskStore) -> KioskStore:
    """The small store, whose every word somebody else chose."""
    records, now = store.opened.records, store.opened.clock.now()
    records.plans.publish(hostile_plan(), None, IMAGE, SVG, now)
    records.plans.publish(hostile_plan(), None, SVG, TURNED, now)
    records.store.put_products([Product(sku=sku, name=name, category=SVG) for sku, name in NAMES.items()])
    records.assortment.put_pairing(PickedPair("peas", "rice", IMAGE), 10)
    for user_name, role in ((MANAGER, Role.MANAGER), (STAFF, Role.STAFF)):
        store.opened.add_user(user_name, role)
    return store


@contextmanager
def watched(chromium: Browser, size: tuple[int, int]) -> Iterator[Page]:
    """A page on which nothing that was given as a word may become anything else."""
    with seen(chromium, size) as page:
        page.add_init_script(WATCH)
        yield page
        assert page.evaluate("hits") == []


def is_told(page: Page, *words: str) -> None:
    """Each stands on the page as it was written."""
    for each in words:
        expect(page.get_by_text(each, exact=False).first).to_be_attached()


def sign_in(page: Page, store: KioskStore, place: str, user_name: str) -> None:
    page.goto(f"{store.origin}/{place}")
    page.get_by_label("Name").first.fill(user_name)
    page.locator("input[type=password]").fill(PASSWORD)
    page.keyboard.press("Enter")


def test_t29_a_kiosk_shows_hostile_words_as_words(chromium: Browser, store: KioskStore) -> None:
    with watched(chromium, (1080, 1920)) as page:
        store.pair(page)
        page.get_by_test_id("search").fill("<img")
        page.get_by_test_id("found-peas").wait_for()
        is_told(page, IMAGE)
        page.get_by_test_id("found-peas").get_by_role("button").first.click()
        page.get_by_test_id("search").fill(SVG)
        page.get_by_test_id("found-rice").wait_for()
        page.get_by_test_id("search").fill("")
        shopper_id, _ = store.opened.hand_out()
        store.opened.give(shopper_id, Purpose.GUIDANCE, Purpose.SUGGESTIONS)
        for sku in ("peas", "salt", "turned", SVG):
            store.opened.store.lists.put(shopper_id, ChangeWishListItem(sku=sku))
        store.stand_at_kiosk()
        page.locator('[data-testid^="token-"]').first.click()
        page.get_by_test_id("wish-item-peas").wait_for()
        is_told(page, IMAGE, LINK, TURNED, NAMES[SVG])
        page.get_by_test_id("suggestion-reason").wait_for()
        is_told(page, SVG)


def test_t29_a_shoppers_page_shows_hostile_words_as_words(chromium: Browser, store: KioskStore) -> None:
    shopper_id, card = store.opened.hand_out()
    store.opened.give(shopper_id, Purpose.GUIDANCE)
    for sku in NAMES:
        store.opened.store.lists.put(shopper_id, ChangeWishListItem(sku=sku))
    with watched(chromium, PHONE) as page:
        page.goto(f"{store.origin}/shopper#card={card.secret}")
        is_told(page, f"{IMAGE}")  # who answers for the data
        page.get_by_test_id("switch-HEATMAP").click()
        page.get_by_test_id("pin").fill(card.pin or "")
        page.get_by_test_id("pin-send").click()
        expect(page.get_by_test_id("switch-HEATMAP")).to_have_attribute("aria-checked", "true")
        page.get_by_test_id("show-list").click()
        page.get_by_text(IMAGE).first.wait_for()
        is_told(page, *NAMES.values())
        page.get_by_test_id("product-search").fill(TURNED[:3])
        page.wait_for_timeout(500)
    with watched(chromium, PHONE) as page:
        page.goto(f"{store.origin}/shopper#card={IMAGE}")
        page.locator("h1").first.wait_for()


def test_t29_what_staff_see_shows_hostile_words_as_words(chromium: Browser, store: KioskStore) -> None:
    for place in ("staff", "desk"):
        with watched(chromium, DESKTOP) as page:
            sign_in(page, store, place, STAFF)
            expect(page.get_by_role("button", name="Sign out")).to_be_visible()
            page.wait_for_load_state("networkidle")
            assert "hit()" not in page.locator("main").inner_html(), "nothing of others' words is for them"


def test_t29_what_a_manager_sees_shows_hostile_words_as_words(chromium: Browser, store: KioskStore) -> None:
    with watched(chromium, DESKTOP) as page:
        sign_in(page, store, "manager", MANAGER)
        page.get_by_test_id("editor").wait_for()
        page.get_by_test_id("find").fill(SVG)
        page.get_by_test_id("find").press("Enter")
        page.get_by_test_id("tab-properties").click()
        expect(page.get_by_test_id("properties").get_by_role("heading").first).to_have_text(SVG)
        for tab in ("tab-layers", "tab-history"):
            page.get_by_test_id(tab).click()
        is_told(page, IMAGE)
        for place in ("versions", "products", "nodes", "kiosks", "overview", "desk"):
            page.get_by_test_id(f"go-{place}").click()
            expect(page.get_by_test_id(f"go-{place}")).to_have_attribute("aria-current", "page")
            page.locator("main h1, main h2").first.wait_for()
            page.wait_for_load_state("networkidle")
            if place == "versions":
                is_told(page, IMAGE, SVG, TURNED)
            if place == "products":
                is_told(page, IMAGE, LINK, NAMES[SVG])


def test_t29_the_door_shows_nothing_of_an_address(chromium: Browser, store: KioskStore) -> None:
    with watched(chromium, PHONE) as page:
        page.goto(f"{store.origin}/?q={IMAGE}#{SVG}")
        page.locator("h1").first.wait_for()
        assert "onerror" not in page.locator("body").inner_html()
