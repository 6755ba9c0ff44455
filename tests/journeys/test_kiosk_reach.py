"""A kiosk for who sits before it, and for who hears it: controls come down, guidance is read aloud, both end with the visit."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.accessible import faults
from tests.journeys.demo_process import KIOSK
from tests.journeys.kiosk_store import KioskStore

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

VOICES = """
window.spoken = [];
speechSynthesis.getVoices = () => [
  { lang: "en-GB", localService: false, default: true, name: "far away" },
  { lang: "en-US", localService: true, default: false, name: "here" },
];
window.SpeechSynthesisUtterance = function (words) { this.words = words; };
speechSynthesis.speak = ({ words, voice }) => window.spoken.push(`${voice.name}: ${words}`);
"""
"""This machine has no voices: two are lent to its browser, and what they are given to say is written down."""


def tap(store: KioskStore, page: Page) -> None:
    store.pair(page)
    store.shopper("peas", "rice")
    store.stand_at_kiosk()
    page.locator('[data-testid^="token-"]').first.click()
    page.get_by_test_id("wish-item-peas").wait_for()


def top_of(page: Page, selector: str) -> float:
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return box["y"]


def test_what_is_touched_comes_down_where_it_is_reached_sitting_and_goes_back_when_the_shopper_leaves(
    store: KioskStore, page: Page
) -> None:
    tap(store, page)
    assert top_of(page, ".instruction") < top_of(page, ".store-plan")
    page.get_by_test_id("lower-controls").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("lower-controls")).to_have_text("Raise the controls")
    expect(page.get_by_test_id("lower-controls")).to_be_focused()
    for control in (".kiosk-bar button", '[data-testid="tick-next"]', '[data-testid="search"]', '[data-testid="done"]'):
        assert top_of(page, control) > KIOSK[1] * 0.4, control
    assert faults(page) == []
    page.get_by_test_id("tick-next").click()
    page.locator('[data-state="picked_up"]').wait_for()
    page.get_by_test_id("done").click()
    page.get_by_test_id("attract").wait_for()
    expect(page.get_by_test_id("lower-controls")).to_have_text("Lower the controls")
    assert top_of(page, ".kiosk-bar") < 10


def test_the_room_hears_the_way_by_a_voice_of_this_machine_and_no_product(store: KioskStore, page: Page) -> None:
    page.add_init_script(VOICES)
    tap(store, page)
    page.get_by_test_id("read-aloud").click()
    assert faults(page) == []
    page.get_by_test_id("listen-room").click()
    page.wait_for_function("() => window.spoken.length === 1")
    (said,) = page.evaluate("window.spoken")
    assert said.startswith("here: Walk off")
    assert not any(product in said for product in ("Peas", "Rice"))
    page.get_by_test_id("read-aloud").click()
    page.get_by_test_id("read-aloud").click()
    page.get_by_test_id("listen-headset").click()
    page.wait_for_function("() => window.spoken.length === 2")
    assert any(product in page.evaluate("window.spoken[1]") for product in ("Peas", "Rice"))
    page.get_by_test_id("done").click()
    page.get_by_test_id("attract").wait_for()
    store.stand_at_kiosk()
    page.locator('[data-testid^="token-"]').first.click()
    page.get_by_test_id("wish-item-peas").wait_for()
    expect(page.get_by_test_id("read-aloud")).to_have_text("Read aloud")
    assert page.evaluate("window.spoken.length") == 2


def test_without_a_voice_for_the_language_nothing_is_offered(store: KioskStore, page: Page) -> None:
    page.add_init_script(VOICES)
    tap(store, page)
    page.get_by_test_id("read-aloud").wait_for()
    page.get_by_role("button", name="Deutsch").click()
    page.get_by_role("button", name="Bedienung nach unten").wait_for()
    expect(page.get_by_test_id("read-aloud")).to_have_count(0)
