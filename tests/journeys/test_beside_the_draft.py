"""What happens beside an open draft is told there at once, in plain words; and nobody's steps are thrown away unnamed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.demo_process import browser, screen
from tests.journeys.plan_page import DESKTOP, SAVES, PlanPage
from tests.served_store import PASSWORD, ServedStore, served_store
from tests.tree import REPOSITORY

pytestmark = pytest.mark.browser

DEMO = REPOSITORY / "floorplans"


@pytest.fixture
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedStore]:
    """The demo's plan in its second version, and kim, who edits it but does not publish."""
    with served_store(tmp_path_factory.mktemp("beside"), "ada") as served:
        served.command("create-manager", "kim", "--password", PASSWORD, "--may-not-publish")
        for _ in range(2):
            served.publish(DEMO / "demo_store.floorplan.json")
        yield served


@contextmanager
def plan_of(opened: Browser, store: ServedStore, user_name: str) -> Iterator[PlanPage]:
    with screen(opened, DESKTOP, f"{store.origin}/manager") as page:
        plan = PlanPage(page)
        plan.sign_in(user_name)
        plan.saved()
        yield plan


def test_an_open_draft_is_told_of_a_version_gone_back_to_and_of_its_own_end(store: ServedStore) -> None:
    ada = store.manager("ada")

    def go_back(version: int) -> None:
        assert ada.ask("POST", "/api/manager/plan-versions/rollbacks", {"version": version, "note": ""})[0] == 201

    with browser() as opened, plan_of(opened, store, "kim") as kim:
        told = kim.page.get_by_test_id("published-beside")
        go_back(1)
        expect(kim.page.get_by_test_id("draft-ended")).to_contain_text("Another version is in use: version 3.")
        expect(kim.page.locator(".draft-line")).to_contain_text("Draft on version 3")
        kim.draw("n", "20;5")
        kim.saved()
        expect(kim.page.get_by_test_id("draft-ended")).to_have_count(0)
        go_back(2)
        expect(told).to_contain_text("ada went back to version 2: it is in use as version 4.")
        expect(told).to_contain_text("This draft began from version 3 and stays as it is.")
        told.get_by_role("button", name="Understood").click()
        expect(told).to_have_count(0)
        expect(kim.page.locator(".draft-line")).to_contain_text("Version 4 was published meanwhile")
        # Back to what the draft began from: nothing is out of date any more.
        go_back(3)
        expect(kim.page.locator(".draft-line")).not_to_contain_text("published meanwhile")
        expect(told).to_have_count(0)
        _, draft = ada.ask("GET", "/api/manager/draft")
        asked = {"draft_id": draft["draft_id"], "revision": draft["revision"], "note": ""}
        assert ada.ask("POST", "/api/manager/draft/publications", asked)[0] == 201
        expect(kim.page.get_by_test_id("draft-ended")).to_contain_text("ada published the draft: version 6 is in use.")


def test_news_from_beside_the_draft_lie_over_the_plan_and_over_no_question(store: ServedStore) -> None:
    ada = store.manager("ada")
    with browser() as opened, plan_of(opened, store, "kim") as kim:
        page = kim.page
        kim.draw("n", "20;5")
        kim.saved()
        page.route(SAVES, lambda route: route.abort())
        kim.draw("n", "22;5")
        expect(page.get_by_test_id("sync-state")).to_contain_text("Not saved")
        assert ada.ask("POST", "/api/manager/plan-versions/rollbacks", {"version": 1, "note": ""})[0] == 201
        page.reload()
        asked, told = page.get_by_test_id("left-steps"), page.get_by_test_id("published-beside")
        expect(told).to_contain_text("version 3")
        expect(asked).to_contain_text("One step of yours was not saved")
        above, below = asked.bounding_box(), told.bounding_box()
        assert above is not None
        assert below is not None
        assert above["y"] + above["height"] <= below["y"]


def test_a_draft_that_equals_the_plan_in_use_is_not_published_and_says_why(store: ServedStore) -> None:
    with browser() as opened, plan_of(opened, store, "ada") as ada:
        ada.draw("n", "20;5")
        ada.page.get_by_test_id("undo").click()
        ada.saved()
        ada.page.get_by_test_id("review").click()
        reason = "Nothing to publish: the draft is the same as version 2."
        expect(ada.page.get_by_test_id("nothing-to-publish")).to_have_text(reason)
        expect(ada.page.get_by_test_id("publish")).to_be_disabled()
        expect(ada.page.get_by_test_id("publish")).to_have_accessible_description(reason)


def test_whose_steps_would_be_lost_is_said_and_others_steps_are_not_for_everybody_to_discard(
    store: ServedStore,
) -> None:
    with browser() as opened, plan_of(opened, store, "kim") as kim, plan_of(opened, store, "ada") as ada:
        kim.draw("n", "20;5")
        kim.saved()
        kim.page.get_by_test_id("discard").click()
        expect(kim.page.get_by_test_id("discard-loss")).to_contain_text("Lost would be: 1 step of yours.")
        expect(kim.page.get_by_test_id("discard-now")).to_be_enabled()
        kim.page.keyboard.press("Escape")
        ada.draw("n", "22;5")
        ada.draw("n", "24;5")
        ada.saved()
        kim.page.get_by_test_id("discard").click()
        expect(kim.page.get_by_test_id("discard-loss")).to_contain_text("2 steps of ada and 1 step of yours")
        expect(kim.page.get_by_test_id("discard-not-yours")).to_contain_text("ask somebody who may publish")
        expect(kim.page.get_by_test_id("discard-now")).to_be_disabled()
        ada.page.get_by_test_id("discard").click()
        expect(ada.page.get_by_test_id("discard-loss")).to_contain_text("2 steps of yours and 1 step of kim")
        ada.page.get_by_test_id("discard-now").click()
        expect(kim.page.get_by_test_id("draft-ended")).to_contain_text("ada discarded the draft.")
