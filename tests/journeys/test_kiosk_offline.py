"""A kiosk is never blank: without its server, with a page that hangs, with a new build; and it keeps nothing of a shopper."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from store_server.web import pages
from store_server.wire.people import Role
from store_server.wire.shopping import WishState
from tests.journeys.accessible import faults
from tests.journeys.demo_process import KIOSK, PATIENCE_MS
from tests.journeys.kiosk_store import KioskStore, another_build, everything_kept, wait_until_kept
from tests.opened_store import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SIZES = [KIOSK, *(pytest.param(size, marks=pytest.mark.long) for size in ((1920, 1080), (768, 1024)))]


def found(page: Page, query: str) -> list[str]:
    """What a search for this shows, in its order."""
    page.get_by_test_id("search").fill(query)
    page.locator('[data-testid^="found-"]:not([data-testid="found-as-of"])').first.wait_for()
    answers = page.locator('[data-testid^="found-"]:not([data-testid="found-as-of"])')
    return [answer.inner_text() for answer in answers.all()]


def lose_server(page: Page) -> None:
    page.context.set_offline(True)
    page.get_by_test_id("offline-band").wait_for()


def find_server(page: Page) -> None:
    page.context.set_offline(False)
    page.get_by_test_id("offline-band").wait_for(state="detached")


def open_own_list(store: KioskStore, page: Page, *skus: str) -> str:
    """A shopper steps up and taps; their shopper_id."""
    shopper_id = store.shopper(*skus)
    store.stand_at_kiosk()
    page.locator('[data-testid^="token-"]').first.click()
    page.get_by_test_id(f"wish-item-{skus[0]}").wait_for()
    return shopper_id


def test_without_the_server_the_plan_stands_and_search_answers_as_it_did(store: KioskStore, page: Page) -> None:
    store.pair(page)
    answers = found(page, "and the like")
    assert len(answers) == 3
    page.get_by_test_id("search").fill("")
    lose_server(page)
    expect(page.get_by_test_id("offline-band")).to_contain_text("live position is back as soon as we can")
    assert found(page, "and the like") == answers
    expect(page.get_by_test_id("found-as-of")).to_be_visible()
    page.get_by_role("button", name="Show on the plan").first.click()
    page.locator(".shelf-face").wait_for(state="attached")
    page.reload()
    page.locator(".plan-fixture").first.wait_for()
    page.get_by_test_id("offline-band").wait_for()
    assert found(page, "and the like") == answers, "a kiosk that was switched off and on meanwhile"
    find_server(page)
    page.get_by_test_id("search").fill("pea")
    page.get_by_test_id("found-peas").wait_for()
    expect(page.get_by_test_id("found-as-of")).to_have_count(0)


def test_a_tick_made_without_the_server_is_handed_over(store: KioskStore, page: Page) -> None:
    store.pair(page)
    shopper_id = open_own_list(store, page, "peas", "rice")
    lose_server(page)
    page.get_by_test_id("tick-peas").click()
    page.locator('[data-testid="wish-item-peas"][data-state="picked_up"]').wait_for()
    expect(page.get_by_test_id("offline-band")).to_contain_text("1 tick waits here")
    expect(page.get_by_test_id("instruction")).to_have_attribute("data-certainty", "unknown")
    assert store.states(shopper_id)["peas"] is WishState.WANTED
    with page.expect_response(lambda answer: answer.request.method == "PUT"):
        find_server(page)
    expect(page.get_by_test_id("instruction")).not_to_have_attribute("data-certainty", "unknown")
    page.locator('[data-testid="wish-item-peas"][data-state="picked_up"]').wait_for()
    assert store.states(shopper_id) == {"peas": WishState.PICKED_UP, "rice": WishState.WANTED}


def test_g3_an_opened_list_is_wiped_without_the_server_too(store: KioskStore, page: Page) -> None:
    store.pair(page)
    shopper_id = open_own_list(store, page, "peas")
    lose_server(page)
    page.get_by_test_id("tick-peas").click()
    page.get_by_test_id("closed-message").wait_for()
    expect(page.get_by_test_id("attract")).to_be_visible()
    assert "Peas" not in page.content()
    expect(page.locator('[data-testid^="token-"]')).to_have_count(0)
    with page.expect_response(lambda answer: answer.url.endswith("/api/kiosk/leave")):
        find_server(page)
    page.locator('[data-testid^="token-"]').first.wait_for()
    assert store.opened.store.views.state("kiosk-1").opened is None, "the server is told that the view was closed"
    assert store.states(shopper_id) == {"peas": WishState.WANTED}, "what was wiped is not sent behind their back"


def test_what_cannot_be_done_without_the_server_is_said(store: KioskStore, page: Page) -> None:
    store.pair(page)
    open_own_list(store, page, "peas")
    lose_server(page)
    page.get_by_test_id("withdraw").click()
    page.get_by_test_id("withdraw-confirm-GUIDANCE").click()
    expect(page.get_by_role("alert").filter(has_text="Nothing was stopped")).to_be_visible()
    found(page, "rice")
    expect(page.get_by_test_id("add-rice")).to_be_disabled()


def test_g3_nothing_of_a_shopper_is_kept_by_the_browser(store: KioskStore, page: Page) -> None:
    store.pair(page)
    shopper_id = open_own_list(store, page, "peas", "rice")
    found(page, "salt")
    page.get_by_test_id("search").fill("")
    page.get_by_test_id("tick-peas").click()
    page.locator('[data-testid="wish-item-peas"][data-state="picked_up"]').wait_for()
    lose_server(page)
    page.get_by_test_id("tick-rice").click()
    find_server(page)
    digits = page.locator(".own-token .figures").inner_text()
    token_id = store.opened.store.views.state("kiosk-1").tokens[0].token_id
    kept = everything_kept(page)
    assert set(kept["answers"]) == {"/api/plan", "/api/kiosk/self", "/api/kiosk/catalogue", "/kiosk/confirmed-at"}
    assert all(path == "/kiosk" or path.startswith("/assets/") for path in kept["files"])
    assert kept["elsewhere"] == []
    for mark in (shopper_id, token_id, f'"{digits}"', "picked_up", "wish_list", "guidance", "accuracy_radius_m"):
        assert not [path for path, text in kept["answers"].items() if mark in text], mark


def test_a_kiosk_that_missed_a_message_finds_out_by_its_heartbeat(store: KioskStore, page: Page) -> None:
    store.pair(page)
    store.opened.messenger.onward = None  # what is pushed from now on is lost
    store.shopper("peas")
    store.stand_at_kiosk()
    page.locator('[data-testid^="token-"]').first.wait_for()


def test_a_hung_page_is_led_to_a_new_one(store: KioskStore, page: Page) -> None:
    store.pair(page)
    page.evaluate("window.isTheOldPage = true")
    page.evaluate("setTimeout(() => { for (;;); }, 0)")
    page.wait_for_event("load", timeout=60_000)
    page.get_by_test_id("attract").wait_for()
    page.locator(".plan-fixture").first.wait_for()
    assert page.evaluate("window.isTheOldPage") is None
    assert page.url == f"{store.origin}/kiosk"


def test_staff_see_that_a_kiosk_is_used_and_not_what_it_shows(store: KioskStore, page: Page, chromium: Browser) -> None:
    store.opened.add_user("kim", Role.STAFF)
    store.pair(page)
    context = chromium.new_context()
    context.set_default_timeout(PATIENCE_MS)
    try:
        staff = context.new_page()
        staff.goto(f"{store.origin}/staff")
        staff.get_by_test_id("user-name").fill("kim")
        staff.get_by_test_id("password").fill(PASSWORD)
        staff.get_by_test_id("sign-in").click()
        kiosk = staff.get_by_test_id("kiosk-kiosk-1")
        expect(kiosk).to_have_attribute("data-screen", "attract")
        expect(kiosk).to_contain_text(build_shown(page) or "no build")
        expect(kiosk.get_by_test_id("last-touch")).to_have_text("never")
        with page.expect_response(lambda answer: '"opened"' in (answer.request.post_data or "")):
            open_own_list(store, page, "peas")
        store.opened.store.oversight.tell_staff()
        expect(kiosk).to_have_attribute("data-screen", "opened")
        expect(kiosk.get_by_test_id("last-touch")).not_to_have_text("never")
        assert "Peas" not in staff.content()
        assert faults(staff) == []
    finally:
        context.close()


def build_shown(page: Page) -> str | None:
    return page.locator('meta[name="bundle"]').get_attribute("content")


def test_a_new_build_takes_over_when_nobody_is_in_the_middle_of_something(
    store: KioskStore, page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    static = tmp_path / "static"
    shutil.copytree(pages.STATIC, static)
    monkeypatch.setattr(pages, "STATIC", static)
    store.pair(page)
    first = build_shown(page)
    open_own_list(store, page, "peas")
    another_build(static, "0123456789")
    page.evaluate(
        """async () => {
          const registration = await navigator.serviceWorker.getRegistration("/kiosk");
          await registration.update();
          while (registration.waiting === null) await new Promise((on) => setTimeout(on, 50));
        }"""
    )
    page.get_by_test_id("tick-peas").click()
    page.locator('[data-testid="wish-item-peas"][data-state="picked_up"]').wait_for()
    page.wait_for_timeout(3000)
    assert build_shown(page) == first, "not in the middle of a visit"
    assert everything_kept(page)["files"].keys() >= {"/kiosk"}
    page.get_by_test_id("done").click()
    page.locator('meta[name="bundle"][content="0123456789"]').wait_for(state="attached")
    page.get_by_test_id("attract").wait_for()
    wait_until_kept(page)
    names = page.evaluate("caches.keys()")
    assert sorted(names) == ["kiosk-answers", "kiosk-files-0123456789"]
    lose_server(page)
    page.reload()
    page.get_by_test_id("attract").wait_for()
    assert build_shown(page) == "0123456789"


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_nothing_is_cut_off_without_the_server(store: KioskStore, page: Page, size: tuple[int, int]) -> None:
    store.pair(page)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    open_own_list(store, page, "peas", "rice")
    lose_server(page)
    assert faults(page) == []
    page.get_by_role("button", name="Deutsch").click()
    expect(page.get_by_test_id("offline-band")).to_contain_text("Plan vom Stand")
    assert faults(page) == []
    page.get_by_test_id("done").click()
    page.get_by_role("button", name="Deutsch").click()
    found(page, "peas")
    assert faults(page) == []


def test_the_worker_stands_before_no_other_screen(store: KioskStore, chromium: Browser) -> None:
    context: BrowserContext = chromium.new_context()
    try:
        answer = context.request.get(f"{store.origin}/kiosk-worker.js")
        assert answer.headers["service-worker-allowed"] == "/kiosk"
        assert answer.headers["cache-control"] == "no-cache"
        assert "no-cache" in context.request.get(f"{store.origin}/kiosk").headers["cache-control"]
        page = context.new_page()
        store.pair(page)
        page.goto(f"{store.origin}/staff")
        assert page.evaluate("navigator.serviceWorker.controller") is None
    finally:
        context.close()
