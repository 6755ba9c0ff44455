"""Calling staff: from a kiosk to whoever of the store's people looks at any page, and back."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import APIResponse, Browser, Page, Route, expect

from store_server.wire.people import Role
from tests.journeys.accessible import faults, small_targets
from tests.journeys.demo_process import KIOSK, PHONE
from tests.journeys.kiosk_store import KioskStore
from tests.journeys.test_languages import seen
from tests.opened_store import KIOSK as KIOSK_KEY
from tests.opened_store import PASSWORD, STAFF

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def sign_in(store: KioskStore, page: Page, path: str = "staff") -> None:
    store.opened.add_user(STAFF, Role.MANAGER)
    page.goto(f"{store.origin}/{path}")
    page.get_by_test_id("user-name").fill(STAFF)
    page.get_by_test_id("password").fill(PASSWORD)
    page.get_by_test_id("sign-in").click()
    page.get_by_test_id("sign-out").wait_for()


def test_a_call_is_seen_at_once_taken_and_done_and_survives_a_reload(
    chromium: Browser, store: KioskStore, page: Page
) -> None:
    store.pair(page)
    with seen(chromium, PHONE) as people:
        sign_in(store, people)
        page.get_by_test_id("call-staff").click()
        expect(page.get_by_test_id("call-band")).to_have_attribute("data-state", "waiting")
        call = people.get_by_test_id(f"call-{KIOSK_KEY}")
        call.wait_for()
        assert people.title().startswith("(1) ")
        assert [*faults(people), *small_targets(people), *faults(page)] == []
        for reloaded, shown in ((page, page.get_by_test_id("call-band")), (people, call)):
            reloaded.reload()
            expect(shown).to_have_attribute("data-state", "waiting")
        people.get_by_test_id(f"take-{KIOSK_KEY}").click()
        expect(call).to_have_attribute("data-state", "coming")
        expect(call).to_contain_text(f"{STAFF} is on the way")
        expect(page.get_by_test_id("call-band")).to_have_text("Someone is on the way")
        assert [*faults(people), *small_targets(people), *faults(page)] == []
        people.get_by_test_id(f"end-{KIOSK_KEY}").click()
        call.wait_for(state="detached")
        expect(page.get_by_test_id("call-band")).to_have_count(0)
        expect(people.get_by_test_id("last-calls")).to_contain_text(STAFF)
        assert faults(people) == []


def test_an_answer_from_before_a_call_does_not_hide_it(chromium: Browser, store: KioskStore, page: Page) -> None:
    """A page asks for the calls, somebody calls, and the answer from before reaches the page after what was told of it."""
    store.pair(page)
    with seen(chromium, PHONE) as people:
        held: list[tuple[Route, APIResponse]] = []
        people.route("**/api/staff/calls", lambda route: held.append((route, route.fetch())))
        sign_in(store, people)
        until = time.monotonic() + 30
        while not held:
            people.wait_for_timeout(20)
            assert time.monotonic() < until, "the page did not ask for the calls"
        page.get_by_test_id("call-staff").click()
        call = people.get_by_test_id(f"call-{KIOSK_KEY}")
        call.wait_for()
        for route, before in held:
            assert before.json()["calls"] == []
            with people.expect_event("requestfinished", lambda request, asked=route.request: request is asked):
                route.fulfill(response=before)
        people.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        expect(call).to_have_attribute("data-state", "waiting")


def test_a_call_is_taken_back_by_the_same_button_and_stands_above_the_editor_too(
    chromium: Browser, store: KioskStore, page: Page
) -> None:
    store.pair(page)
    with seen(chromium, (1280, 800)) as people:
        sign_in(store, people, "manager")
        people.locator(".editor").wait_for()
        page.get_by_test_id("lower-controls").click()
        page.get_by_test_id("call-staff").click()
        call = people.get_by_test_id(f"call-{KIOSK_KEY}")
        expect(call).to_be_in_viewport(ratio=1)
        expect(page.get_by_test_id("call-staff")).to_have_text("No help needed")
        box = page.get_by_test_id("call-staff").bounding_box()
        assert box is not None
        assert box["y"] > KIOSK[1] * 0.4, "who sits before it reaches it"
        page.get_by_test_id("call-staff").click()
        call.wait_for(state="detached")
        expect(page.get_by_test_id("call-staff")).to_have_text("Call staff")


def test_a_call_is_the_screens_and_outlives_the_visit(store: KioskStore, page: Page) -> None:
    store.pair(page)
    store.shopper("peas")
    store.stand_at_kiosk()
    page.locator('[data-testid^="token-"]').first.click()
    page.get_by_test_id("wish-item-peas").wait_for()
    page.get_by_test_id("call-staff").click()
    expect(page.get_by_test_id("call-band")).to_have_attribute("data-state", "waiting")
    page.get_by_test_id("done").click()
    page.get_by_test_id("attract").wait_for()
    expect(page.get_by_test_id("call-band")).to_be_visible()


def test_calling_too_often_is_answered_in_words(store: KioskStore, page: Page) -> None:
    store.pair(page)
    calls = store.opened.store.staff_calls
    for _ in range(6):
        calls.call(KIOSK_KEY)
        calls.take_back(KIOSK_KEY)
    page.get_by_test_id("call-staff").click()
    expect(page.get_by_test_id("call-trouble")).to_contain_text("too often")
    expect(page.get_by_test_id("call-band")).to_have_count(0)
