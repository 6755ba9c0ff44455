"""A shop of two levels: a shopper on the ground floor is led to what takes them up, comes up, and is led on there."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from store_server.ports import CodeKind
from tests.journeys.accessible import faults
from tests.journeys.demo_process import KIOSK, PATIENCE_MS
from tests.journeys.kiosk_store import KioskStore
from tests.two_levels import FIRST, GROUND, KIOSKS, TwoLevels

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

IN_LIFT, ON_STAIRS = (1.5, 6.0), (14.0, 10.5)


@pytest.fixture
def screens(chromium: Browser, store: KioskStore) -> Iterator[dict[str, Page]]:
    """The kiosk of each level, each in a browser of its own."""
    pages = {}
    for level_id in (GROUND, FIRST):
        context = chromium.new_context(viewport={"width": KIOSK[0], "height": KIOSK[1]}, reduced_motion="reduce")
        context.set_default_timeout(PATIENCE_MS)
        pages[level_id] = context.new_page()
    yield pages
    for page in pages.values():
        page.context.close()


def pair(store: KioskStore, screens: dict[str, Page]) -> None:
    for level_id, page in screens.items():
        code = store.opened.store.enrolment.make_code(CodeKind.KIOSK, KIOSKS[level_id], must_be_on_plan=False).code
        page.goto(f"{store.origin}/kiosk#code={code}")
        page.get_by_test_id("attract").wait_for()
        page.get_by_test_id("map-level").wait_for()


def tap(page: Page) -> None:
    page.locator('[data-testid^="token-"]').first.click()
    page.get_by_test_id("instruction").wait_for()


def title(page: Page) -> str:
    return page.locator('[data-testid="instruction"] h1').inner_text()


@pytest.mark.parametrize(
    ("is_step_free", "taken", "place"),
    [(False, "take the stairs up to First floor", ON_STAIRS), (True, "take the lift up to First floor", IN_LIFT)],
)
def test_a_shopper_is_led_to_the_way_up_comes_up_and_is_led_on(
    store: KioskStore, screens: dict[str, Page], is_step_free: bool, taken: str, place: tuple[float, float]
) -> None:
    below, above = screens[GROUND], screens[FIRST]
    shop = TwoLevels(store.opened, "rice")
    pair(store, screens)
    expect(below.get_by_test_id("map-level")).to_have_text("Ground floor")
    expect(above.get_by_test_id("map-level")).to_have_text("First floor")
    shop.stand_at_kiosk(GROUND)
    tap(below)
    switch = below.get_by_test_id("step-free")
    expect(switch).to_have_attribute("aria-checked", "false")
    if is_step_free:
        switch.focus()
        below.keyboard.press("Enter")
        expect(switch).to_have_attribute("aria-checked", "true")
        expect(switch).to_be_focused()
    instruction = below.get_by_test_id("instruction")
    expect(instruction).to_contain_text(taken)
    expect(instruction).to_contain_text("Rice · First floor · Home")
    expect(below.get_by_test_id("crossing")).to_have_text("↑ First floor")
    expect(below.get_by_test_id("way").locator("li").last).to_have_text(f"T{taken[1:]}")
    below.get_by_test_id("you-dot").wait_for(state="attached")
    expect(below.locator(".target-mark")).to_have_count(0)
    assert faults(below) == []
    expect(above.locator('[data-testid^="token-"]')).to_have_count(0)

    shop.stand((GROUND, *place))
    shop.stand((FIRST, *place), 45)  # until the screen below has counted down
    below.get_by_test_id("attract").wait_for()
    expect(below.get_by_test_id("you-dot")).to_have_count(0)
    shop.stand_at_kiosk(FIRST, 30)
    tap(above)
    expect(above.get_by_test_id("map-level")).to_have_text("First floor")
    expect(above.get_by_test_id("instruction").locator("h1")).to_have_text(re.compile("Rice$"))
    expect(above.get_by_test_id("crossing")).to_have_count(0)
    expect(above.locator(".target-mark")).to_have_count(1)
    above.get_by_test_id("you-dot").wait_for(state="attached")
    # It was chosen for the visit to the other screen.
    expect(above.get_by_test_id("step-free")).to_have_attribute("aria-checked", "false")
    assert faults(above) == []
    assert "lift" not in title(above)

    above.get_by_test_id("tick-next").click()
    expect(above.get_by_test_id("instruction")).to_have_attribute("data-kind", "to_checkout")
    expect(above.get_by_test_id("instruction")).to_contain_text("take the stairs down to Ground floor")
    expect(above.get_by_test_id("instruction")).to_contain_text("to the till")
    expect(above.get_by_test_id("crossing")).to_have_text("↓ Ground floor")
    expect(above.get_by_test_id("till")).to_have_count(0)
    assert faults(above) == []


def test_the_next_shopper_finds_the_switch_as_it_was(store: KioskStore, screens: dict[str, Page]) -> None:
    below = screens[GROUND]
    shop = TwoLevels(store.opened, "rice")
    pair(store, {GROUND: below})
    expect(below.get_by_test_id("step-free")).to_have_count(0)
    shop.stand_at_kiosk(GROUND)
    tap(below)
    below.get_by_test_id("step-free").click()
    expect(below.get_by_test_id("instruction")).to_contain_text("take the lift")
    below.get_by_test_id("done").click()
    below.get_by_test_id("attract").wait_for()
    shop.stand_at_kiosk(GROUND, 2)
    tap(below)
    expect(below.get_by_test_id("step-free")).to_have_attribute("aria-checked", "false")
    expect(below.get_by_test_id("instruction")).to_contain_text("take the stairs")


def test_what_is_searched_for_is_shown_on_its_own_level(store: KioskStore, screens: dict[str, Page]) -> None:
    below = screens[GROUND]
    TwoLevels(store.opened)
    pair(store, {GROUND: below})
    below.get_by_test_id("search").fill("rice")
    answer = below.get_by_test_id("found-rice")
    expect(answer).to_contain_text("First floor · Home")
    expect(below.locator(".here-mark")).to_have_count(1)
    answer.get_by_role("button", name="Show on the plan").click()
    expect(below.get_by_test_id("map-level")).to_have_text("First floor")
    expect(below.locator(".target-mark")).to_have_count(1)
    expect(below.locator(".here-mark")).to_have_count(0)
    below.get_by_role("button", name="Clear").click()
    expect(below.get_by_test_id("map-level")).to_have_text("Ground floor")
    expect(below.locator(".here-mark")).to_have_count(1)
