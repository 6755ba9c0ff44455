"""The shoppers' screens in their six languages: nothing cut off, nothing the wrong way round, and the reader's own notice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from store_server.domain.notices import LANGUAGES, notice
from store_server.use_cases.hand_out_beacons import Card
from store_server.wire.privacy import Purpose
from store_server.wire.shopping import ChangeWishListItem
from tests.journeys.accessible import faults, small_targets
from tests.journeys.demo_process import CHROMIUM, CHROMIUM_ARGUMENTS, KIOSK, PATIENCE_MS, PHONE
from tests.journeys.kiosk_store import KioskStore, kiosk_store
from tests.opened_store import OpenedStore

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

OWN_NAMES = {"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español", "ar": "العربية", "zh": "中文"}
UPRIGHT = (768, 1024)
LARGE_TEXT = "--blink-settings=defaultFontSize=32"
"""What a person sets who wants text at 200 %."""


@contextmanager
def chromium(*, is_large: bool) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        arguments = [*CHROMIUM_ARGUMENTS, *([LARGE_TEXT] if is_large else [])]
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        try:
            yield opened
        finally:
            opened.close()


@pytest.fixture
def store(opened: OpenedStore) -> Iterator[KioskStore]:
    with kiosk_store(opened) as served:
        yield served


@contextmanager
def seen(opened: Browser, size: tuple[int, int], locale: str = "en-GB") -> Iterator[Page]:
    """A page of this size; a page error fails the test."""
    context = opened.new_context(
        viewport={"width": size[0], "height": size[1]}, locale=locale, reduced_motion="reduce", has_touch=True
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    try:
        yield page
    finally:
        context.close()
    assert not wrong, wrong


def choose(page: Page, language: str) -> None:
    page.get_by_role("button", name=OWN_NAMES[language], exact=True).click()
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")


def hand_out(store: KioskStore) -> Card:
    """A card whose shopper wants guidance and suggestions, with two things on the list."""
    shopper_id, card = store.opened.hand_out()
    store.opened.give(shopper_id, Purpose.GUIDANCE, Purpose.SUGGESTIONS)
    for sku in ("peas", "rice"):
        store.opened.store.lists.put(shopper_id, ChangeWishListItem(sku=sku))
    return card


def kiosk_screens(store: KioskStore, page: Page, language: str) -> Iterator[str]:
    """Each screen's name, once it is shown."""
    store.pair(page)
    choose(page, language)
    yield "nobody near"
    if page.locator(".keys-button").is_visible():  # not on a phone
        page.locator(".keys-button").click()
        page.locator(".keys").wait_for()
    page.get_by_test_id("search").fill("peas")
    page.get_by_test_id("found-peas").wait_for()
    yield "search"
    page.get_by_test_id("search").fill("no such thing")
    page.locator("p.note").wait_for()
    yield "nothing found"
    page.get_by_test_id("search").fill("")
    if page.locator(".keys").is_visible():
        page.locator(".keys-button").click()
    hand_out(store)
    store.stand_at_kiosk()
    page.locator('[data-testid^="token-"]').first.wait_for()
    yield "token"
    page.locator('[data-testid^="token-"]').first.click()
    page.get_by_test_id("wish-item-peas").wait_for()
    yield "guiding"
    page.get_by_test_id("withdraw").click()
    page.get_by_role("dialog").wait_for()
    yield "what to stop"
    page.keyboard.press("Escape")
    page.get_by_test_id("tick-peas").click()
    page.locator('[data-testid="wish-item-peas"][data-state="picked_up"]').wait_for()
    yield "picked up"
    page.get_by_test_id("tick-rice").click()
    page.locator('[data-testid="instruction"][data-kind="to_checkout"]').wait_for()
    yield "to the till"
    page.get_by_test_id("done").click()
    page.get_by_test_id("closed-message").wait_for()
    yield "left"


def shopper_screens(store: KioskStore, page: Page, language: str) -> Iterator[str]:
    card = hand_out(store)
    page.goto(f"{store.origin}/shopper")
    page.get_by_test_id("card-code").wait_for()
    choose(page, language)
    yield "scan"
    page.get_by_test_id("card-code").fill(card.secret or "")
    page.get_by_test_id("open-card").click()
    page.get_by_test_id("switch-CAMPAIGNS").wait_for()
    page.locator("summary").first.click()
    page.get_by_test_id("switch-CAMPAIGNS").click()
    page.get_by_test_id("pin").wait_for()
    yield "choices"
    page.get_by_test_id("pin").fill(card.pin or "")
    page.get_by_test_id("pin-send").click()
    expect(page.get_by_test_id("switch-CAMPAIGNS")).to_have_attribute("aria-checked", "true")
    yield "switched on"
    page.get_by_test_id("show-list").click()
    page.get_by_test_id("product-search").fill("salt")
    page.get_by_test_id("add-salt").wait_for()
    yield "list"


SCREENS = {"kiosk": kiosk_screens, "shopper": shopper_screens}


def look_at(store: KioskStore, page: Page, screen: str, language: str) -> list[str]:
    """What anybody would stumble over on any of these screens."""
    found = []
    for name in SCREENS[screen](store, page, language):
        found += [f"{name}: {fault}" for fault in [*faults(page), *small_targets(page)]]
    return found


@pytest.mark.parametrize(("screen", "size"), [("kiosk", KIOSK), ("shopper", PHONE)])
def test_arabic_reads_from_the_right_and_everything_is_in_sight(
    store: KioskStore, screen: str, size: tuple[int, int]
) -> None:
    with chromium(is_large=False) as opened, seen(opened, size) as page:
        assert look_at(store, page, screen, "ar") == []


@pytest.mark.long
@pytest.mark.parametrize("is_large", [False, True], ids=["text as it is", "text at 200 %"])
@pytest.mark.parametrize("size", [KIOSK, UPRIGHT, PHONE], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_fits_every_size(
    store: KioskStore, language: str, screen: str, size: tuple[int, int], is_large: bool
) -> None:
    with chromium(is_large=is_large) as opened, seen(opened, size) as page:
        assert look_at(store, page, screen, language) == []


def test_a_way_to_the_left_stays_on_the_left_and_the_plan_is_not_mirrored(store: KioskStore) -> None:
    def is_left_of_kiosk() -> bool:
        shelf = page.locator(".plan-fixture").first.bounding_box()
        kiosk = page.locator(".plan-kiosk").first.bounding_box()
        assert shelf is not None
        assert kiosk is not None
        return shelf["x"] < kiosk["x"]

    with chromium(is_large=False) as opened, seen(opened, KIOSK) as page:
        store.pair(page)
        hand_out(store)
        store.stand_at_kiosk()
        page.locator('[data-testid^="token-"]').first.click()
        page.get_by_test_id("wish-item-peas").wait_for()
        page.locator(".plan-fixture").first.wait_for()
        assert is_left_of_kiosk()
        sign = page.locator(".instruction-sign").inner_html()
        choose(page, "ar")
        expect(page.locator(".instruction-sign")).to_have_css("direction", "ltr")
        assert page.locator(".instruction-sign").inner_html() == sign
        turned = "svg => getComputedStyle(svg).transform"
        assert page.locator(".instruction-sign svg").evaluate(turned) == "none"
        assert page.get_by_test_id("done").locator("svg").evaluate(turned).startswith("matrix(-1,")
        page.locator(".plan-fixture").first.wait_for()
        assert is_left_of_kiosk()


def test_a_kiosk_speaks_its_own_language_again_when_the_shopper_is_gone(store: KioskStore) -> None:
    with chromium(is_large=False) as opened, seen(opened, KIOSK, "de-DE") as page:
        page.clock.install()
        store.pair(page)
        expect(page.locator("html")).to_have_attribute("lang", "de")
        choose(page, "zh")
        page.clock.fast_forward("01:00")
        expect(page.locator("html")).to_have_attribute("lang", "de")
        hand_out(store)
        store.stand_at_kiosk()
        page.locator('[data-testid^="token-"]').first.click()
        page.get_by_test_id("wish-item-peas").wait_for()
        choose(page, "ar")
        page.get_by_test_id("done").click()
        expect(page.locator("html")).to_have_attribute("lang", "de")


def test_what_is_read_before_a_yes_is_in_the_readers_language_and_the_ledger_says_so(store: KioskStore) -> None:
    card = hand_out(store)
    with chromium(is_large=False) as opened, seen(opened, PHONE, "fr-CH") as page:
        page.goto(f"{store.origin}/shopper#card={card.secret}")
        page.get_by_test_id("switch-CAMPAIGNS").wait_for()
        for language in ("fr", "es", "ar"):
            if language != "fr":
                choose(page, language)
            read = notice(language, store.opened.settings.controller)
            expect(page.locator(".promises li").first).to_have_text(read.promises[0])
        with page.expect_request(re.compile("/api/shopper/consents$")) as asked:
            page.get_by_test_id("switch-CAMPAIGNS").click()
        assert asked.value.post_data_json == {
            "purpose": "CAMPAIGNS",
            "event": "given",
            "notice_sha256": read.sha256,
            "language": "ar",
        }
        page.get_by_test_id("pin").fill(card.pin or "")
        page.get_by_test_id("pin-send").click()
        expect(page.get_by_test_id("switch-CAMPAIGNS")).to_have_attribute("aria-checked", "true")
    given = [event for event in store.opened.ports.records.shoppers.ledger() if event.language == "ar"]
    assert [(event.purpose, event.notice_sha256) for event in given] == [(Purpose.CAMPAIGNS, read.sha256)]
