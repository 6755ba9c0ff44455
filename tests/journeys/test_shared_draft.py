"""Two managers in the same draft in Chromium: no silent overwrite, no step lost, each with their own right to publish."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.demo_process import browser, screen
from tests.journeys.plan_page import DESKTOP, PlanPage
from tests.served_store import PASSWORD, ServedStore, served_store
from tests.tree import REPOSITORY

pytestmark = [pytest.mark.browser, pytest.mark.long]
"""The short run has `test_editing_at_once.py`; here the same promises are kept through other doors."""

DEMO = REPOSITORY / "floorplans"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ServedStore]:
    """The demo's plan, and kim, who edits it but does not publish."""
    with served_store(tmp_path, "ada") as served:
        served.command("create-manager", "kim", "--password", PASSWORD, "--may-not-publish")
        planogram = str(DEMO / "demo_store.planogram.csv")
        served.publish(DEMO / "demo_store.floorplan.json", "--planogram", planogram)
        yield served


@contextmanager
def plan_of(opened: Browser, store: ServedStore, user_name: str) -> Iterator[PlanPage]:
    with screen(opened, DESKTOP, f"{store.origin}/manager") as page:
        plan = PlanPage(page)
        plan.sign_in(user_name)
        yield plan


def set_depth(page: Page, key: str, depth_m: str) -> None:
    page.get_by_test_id("find").fill(key)
    page.get_by_test_id("find").press("Enter")
    page.get_by_test_id("tab-properties").click()
    expect(page.get_by_test_id("properties").get_by_role("heading").first).to_have_text(key)
    page.get_by_test_id("field-depth").fill(depth_m)
    page.get_by_test_id("field-depth").press("Enter")


def depth_m(plan: PlanPage, key: str) -> float:
    """As the server holds it: the shorter side of an upright gondola."""
    (fixture,) = (each for each in plan.features("fixture") if each["properties"]["key"] == key)
    xs = [corner[0] for corner in fixture["geometry"]["coordinates"][0]]
    return float(round(max(xs) - min(xs), 3))


def test_who_was_away_is_asked_whose_change_stands(store: ServedStore) -> None:
    with browser() as opened, plan_of(opened, store, "ada") as ada, plan_of(opened, store, "kim") as kim:
        kim.page.context.set_offline(True)
        for key in ("G010", "G011", "G012"):
            set_depth(kim.page, key, "0.7")
        expect(kim.page.get_by_test_id("sync-state")).to_have_text("Not saved: no connection, 3 steps wait")
        for key in ("G010", "G011"):
            set_depth(ada.page, key, "0.8")
        ada.saved()
        kim.page.context.set_offline(False)
        question = kim.page.get_by_test_id("clash")
        expect(question).to_contain_text("G010")
        expect(kim.page.get_by_role("dialog")).to_contain_text("ada changed the same")
        assert depth_m(ada, "G010") == 0.8, "nothing is overwritten before kim has answered"
        kim.page.get_by_test_id("keep-theirs").click()
        expect(question).to_contain_text("G011")
        kim.page.get_by_test_id("mine-again").click()
        expect(kim.page.get_by_role("dialog")).to_have_count(0)
        kim.saved()
        assert [depth_m(ada, key) for key in ("G010", "G011", "G012")] == [0.8, 0.7, 0.7]
        assert ada.draft_text() == kim.draft_text()
        ada.page.get_by_test_id("tab-history").click()
        expect(ada.page.get_by_test_id("history")).to_contain_text("kim")


def test_steps_of_a_page_that_was_closed_while_the_server_was_down_are_offered_and_done_again(
    store: ServedStore,
) -> None:
    with browser() as opened, plan_of(opened, store, "ada") as ada:
        context = ada.page.context
        store.kill()
        for key in ("G010", "G011"):
            set_depth(ada.page, key, "0.7")
        expect(ada.page.get_by_test_id("sync-state")).to_contain_text("2 steps wait")
        ada.page.close()
        store.start()
        again = PlanPage(context.new_page())
        again.page.goto(f"{store.origin}/manager")
        offer = again.page.get_by_test_id("left-steps")
        expect(offer).to_contain_text("resize G010, resize G011")
        assert depth_m(again, "G010") == 0.9, "nothing is done in silence"
        again.page.get_by_test_id("left-apply").click()
        expect(offer).to_have_count(0)
        assert [depth_m(again, key) for key in ("G010", "G011")] == [0.7, 0.7]


def test_who_may_not_publish_is_told_whom_to_ask_and_sees_a_publication_at_once(store: ServedStore) -> None:
    with browser() as opened, plan_of(opened, store, "kim") as kim, plan_of(opened, store, "ada") as ada:
        set_depth(kim.page, "G010", "0.8")
        kim.saved()
        kim.page.get_by_test_id("review").click()
        expect(kim.page.get_by_test_id("may-not-publish")).to_have_text("Ask somebody who may publish.")
        expect(kim.page.get_by_test_id("publish")).to_have_count(0)
        kim.page.keyboard.press("Escape")
        ada.page.get_by_test_id("review").click()
        expect(ada.page.get_by_test_id("difference-legend")).to_contain_text("Moved or reshaped: 1")
        ada.page.get_by_test_id("publish").click()
        expect(kim.page.get_by_test_id("draft-ended")).to_contain_text("ada published the draft: version 2 is in use.")
        ada.page.get_by_test_id("go-versions").click()
        ada.page.get_by_test_id("roll-back-1").click()
        ada.page.get_by_test_id("roll-back-now").click()
        expect(ada.page.get_by_test_id("versions")).to_contain_text("Back to version 1")
        kim.page.get_by_test_id("go-versions").click()
        expect(kim.page.get_by_test_id("versions")).to_contain_text("Version 3")
        expect(kim.page.get_by_test_id("roll-back-2")).to_have_count(0)
