"""What a kiosk of any size shows without scrolling while it guides, and what a phone shows of wide things."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from store_server.wire.people import Role
from tests.journeys.accessible import faults
from tests.journeys.demo_process import KIOSK, PHONE
from tests.journeys.kiosk_store import KioskStore, kiosk_store
from tests.journeys.test_languages import choose, chromium, hand_out, seen
from tests.opened_store import PASSWORD, STAFF, OpenedStore

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

UPRIGHT, ACROSS = (768, 1024), (1920, 1080)
HALF_SEEN = """(selectors) => selectors.filter((selector) => {
  const element = document.querySelector(selector);
  const { top, bottom, left, right, height } = element.getBoundingClientRect();
  const side = (element.closest(".guiding-side") ?? document.documentElement).getBoundingClientRect();
  const [from, to] = [Math.max(0, side.top), Math.min(innerHeight, side.bottom)];
  return height < 20 || top < from - 1 || bottom > to + 1 || left < -1 || right > innerWidth + 1;
})"""
"""Those of these that are not wholly in the window, and in the part of it that scrolls."""
SEEN_AT_ONCE = [".instruction", ".store-plan", ".way", ".wish-head", ".wish-item.is-next", '[data-testid="done"]']


@pytest.fixture(scope="module", params=[False])
def opened_browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    """With text at its usual size, or where the test says so at twice that."""
    with chromium(is_large=request.param) as opened:
        yield opened


@pytest.fixture
def store(opened: OpenedStore) -> Iterator[KioskStore]:
    with kiosk_store(opened) as served:
        yield served


CUT_WORDS = """(plan) => [...plan.querySelectorAll(".you-dot span, .here-mark span, .crossing-mark span")].filter((words) => {
  const [mark, box, room] = [words.parentElement, words, plan].map((each) => each.getBoundingClientRect());
  return mark.left >= room.left && mark.left <= room.right && (box.left < room.left || box.right > room.right);
}).map((words) => words.textContent)"""
"""What is written beside a place on the plan and cut by its edge."""


def open_list(store: KioskStore, page: Page, language: str) -> None:
    store.pair(page)
    choose(page, language)
    hand_out(store)
    store.stand_at_kiosk()
    page.locator('[data-testid^="token-"]').first.click()
    page.locator(".wish-item.is-next").wait_for()


@pytest.mark.parametrize("size", [UPRIGHT, KIOSK, ACROSS])
def test_the_way_the_next_item_and_the_list_are_seen_at_once(
    opened_browser: Browser, store: KioskStore, size: tuple[int, int]
) -> None:
    with seen(opened_browser, size) as page:
        open_list(store, page, "de")
        assert page.evaluate(HALF_SEEN, SEEN_AT_ONCE) == []
        assert faults(page) == []
        page.get_by_test_id("lower-controls").click()
        page.locator(".kiosk-screen.is-low").wait_for()
        assert page.evaluate(HALF_SEEN, SEEN_AT_ONCE) == []
        assert faults(page) == []


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_small_plan_is_shown_whole_beside_the_list(opened_browser: Browser, store: KioskStore, language: str) -> None:
    with seen(opened_browser, UPRIGHT) as page:
        open_list(store, page, language)
        for sku in ("peas", "rice"):  # the way to the till leads into the corner of the plan
            page.get_by_test_id(f"tick-{sku}").click()
        page.get_by_test_id("till").wait_for(state="attached")
        drawn, window = (page.locator(each).bounding_box() for each in (".plan-outline", ".store-plan"))
        assert drawn is not None
        assert window is not None
        assert drawn["x"] >= window["x"]
        assert drawn["x"] + drawn["width"] <= window["x"] + window["width"]


@pytest.mark.parametrize("opened_browser", [True], indirect=True)
def test_with_large_text_what_to_do_fits_into_a_phones_window(opened_browser: Browser, store: KioskStore) -> None:
    with seen(opened_browser, PHONE) as page:
        open_list(store, page, "en")
        box = page.locator(".instruction").bounding_box()
        assert box is not None
        assert box["height"] < PHONE[1] - 60
        expect(page.locator(".you-dot span")).not_to_be_empty()
        assert page.get_by_test_id("map").evaluate(CUT_WORDS) == []
        assert faults(page) == []


@pytest.mark.parametrize("opened_browser", [True], indirect=True)
def test_with_large_text_everything_of_an_upright_kiosk_is_scrolled_to(
    opened_browser: Browser, store: KioskStore
) -> None:
    with seen(opened_browser, UPRIGHT) as page:
        open_list(store, page, "de")
        assert faults(page) == []
        for selector in SEEN_AT_ONCE:
            page.locator(selector).scroll_into_view_if_needed()
            expect(page.locator(selector)).to_be_in_viewport()


def test_a_phone_shows_the_choice_of_colours_as_a_sign_with_a_name(opened_browser: Browser, store: KioskStore) -> None:
    with seen(opened_browser, PHONE) as page:
        for path in ("shopper", "staff", "manager"):
            page.goto(f"{store.origin}/{path}")
            choice = page.get_by_role("combobox", name="Colours")
            box, sign = choice.bounding_box(), page.locator(".theme svg").bounding_box()
            assert box is not None
            assert sign is not None
            assert 43.5 <= box["width"] < 60
            assert box["x"] <= sign["x"] <= box["x"] + box["width"] <= PHONE[0]
            choice.select_option("dark")
            expect(page.locator("html")).to_have_attribute("data-theme", "dark")
            assert faults(page) == []


def test_a_phone_shows_tables_of_machines_and_versions_whole(opened_browser: Browser, store: KioskStore) -> None:
    store.opened.add_user(STAFF, Role.MANAGER)
    with seen(opened_browser, PHONE) as page:
        page.goto(f"{store.origin}/manager")
        page.get_by_test_id("user-name").fill(STAFF)
        page.get_by_test_id("password").fill(PASSWORD)
        page.get_by_test_id("sign-in").click()
        for place, words in (("nodes", "Fingerprint"), ("kiosks", "Last touch"), ("versions", "Published")):
            page.get_by_test_id(f"go-{place}").click()
            store.opened.store.oversight.tell_staff()  # as the server does by itself, every few seconds
            table = page.locator("table.stacking")
            table.wait_for()
            assert page.evaluate("(t) => t.scrollWidth <= t.parentElement.clientWidth", table.element_handle()), place
            label = "(t) => [...t.querySelectorAll('td')].map((td) => td.dataset.column ?? '')"
            assert words in page.evaluate(label, table.element_handle()), place
            assert faults(page) == []
