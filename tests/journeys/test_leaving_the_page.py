"""A page that goes away at any moment takes nothing with it: no step, and no shape that is half drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Dialog, expect

from tests.journeys.demo_process import browser, screen
from tests.journeys.plan_page import DESKTOP, PlanPage
from tests.journeys.served_store import ServedStore, served_store
from tests.tree import REPOSITORY

pytestmark = pytest.mark.browser

DEMO = REPOSITORY / "floorplans"
EDITS = re.compile(r"/api/manager/draft/edits(\?problems=.*)?$")
# One task of the page: the step, and the page is told to go before anything else happens in it.
STEP_AND_GO = """(depth) => {
  const field = document.querySelector("[data-testid='field-depth']");
  field.value = depth;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  location.reload();
}"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedStore]:
    with served_store(tmp_path_factory.mktemp("leaving"), "ada") as served:
        served.command("publish-plan", str(DEMO / "demo_store.floorplan.json"))
        yield served


@pytest.fixture
def plan(store: ServedStore) -> Iterator[PlanPage]:
    with browser() as opened, screen(opened, DESKTOP, f"{store.origin}/manager") as page:
        plan = PlanPage(page)
        plan.sign_in("ada")
        plan.saved()
        yield plan


def choose(plan: PlanPage, key: str) -> None:
    plan.page.get_by_test_id("find").fill(key)
    plan.page.get_by_test_id("find").press("Enter")
    expect(plan.page.get_by_test_id("properties").get_by_role("heading").first).to_have_text(key)


def test_a_step_made_without_a_connection_is_there_after_the_page_was_loaded_again_at_once(plan: PlanPage) -> None:
    page, asked = plan.page, list[str]()

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.route(EDITS, lambda route: route.abort())
    for number in range(5):
        choose(plan, f"G01{number}")
        with page.expect_event("load"):
            page.evaluate(STEP_AND_GO, "0.7")
        offer = page.get_by_test_id("left-steps")
        expect(offer).to_contain_text(f"resize G01{number}")
        page.get_by_test_id("left-drop").click()
        expect(offer).to_have_count(0)
    assert set(asked) <= {"beforeunload"}
    # Once it is written down the page goes without a question, and still has it.
    asked.clear()
    choose(plan, "G010")
    page.get_by_test_id("field-depth").fill("0.7")
    page.get_by_test_id("field-depth").press("Enter")
    expect(page.get_by_test_id("sync-state")).to_contain_text("Not saved: no connection")
    page.reload()
    expect(page.get_by_test_id("left-steps")).to_contain_text("resize G010")
    assert asked == []
    page.unroute(EDITS)
    page.get_by_test_id("left-apply").click()
    plan.saved()
    page.reload()
    plan.saved()
    assert asked == []
