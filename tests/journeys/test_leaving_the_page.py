"""A page that goes away at any moment takes nothing with it: no step, and no shape that is half drawn."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Dialog, expect

from tests.journeys.accessible import faults
from tests.journeys.demo_process import browser, screen
from tests.journeys.plan_page import DESKTOP, SAVES, PlanPage
from tests.served_store import ServedStore, served_store
from tests.tree import REPOSITORY

pytestmark = pytest.mark.browser

DEMO = REPOSITORY / "floorplans"
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
        served.publish(DEMO / "demo_store.floorplan.json")
        yield served


@pytest.fixture
def plan(store: ServedStore) -> Iterator[PlanPage]:
    with browser() as opened, screen(opened, DESKTOP, f"{store.origin}/manager") as page:
        plan = PlanPage(page)
        plan.sign_in("ada")
        plan.saved()
        yield plan


def test_a_step_made_without_a_connection_is_there_after_the_page_was_loaded_again_at_once(plan: PlanPage) -> None:
    page, asked = plan.page, list[str]()

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        # As soon as a person could: until then what was begun is written, however slow the disk is just now.
        time.sleep(0.5)
        dialog.accept()

    page.on("dialog", leave)
    page.route(SAVES, lambda route: route.abort())
    for number in range(5):
        plan.choose(f"G01{number}")
        with page.expect_event("load"):
            page.evaluate(STEP_AND_GO, "0.7")
        offer = page.get_by_test_id("left-steps")
        expect(offer).to_contain_text(f"resize G01{number}")
        page.get_by_test_id("left-drop").click()
        expect(offer).to_have_count(0)
    assert set(asked) <= {"beforeunload"}
    # Once it is written down the page goes without a question, and still has it.
    asked.clear()
    plan.choose("G010")
    page.get_by_test_id("field-depth").fill("0.7")
    page.get_by_test_id("field-depth").press("Enter")
    expect(page.get_by_test_id("sync-state")).to_contain_text("Not saved: no connection")
    page.reload()
    expect(page.get_by_test_id("left-steps")).to_contain_text("resize G010")
    assert asked == []
    page.unroute(SAVES)
    page.get_by_test_id("left-apply").click()
    plan.saved()
    page.reload()
    plan.saved()
    assert asked == []


def corners_of(plan: PlanPage, key: str) -> list[tuple[float, float]]:
    (zone,) = (each for each in plan.features("section") if each["properties"]["key"] == key)
    return [(x, y) for x, y in zone["geometry"]["coordinates"][0]]


def test_a_half_drawn_shape_waits_while_another_tool_is_used_another_place_shown_or_the_page_loaded_again(
    plan: PlanPage,
) -> None:
    page = plan.page
    half, before = page.get_by_test_id("half-drawn"), {each["id"] for each in plan.features("section")}
    plan.draw("z", "20;3", "22;3")
    expect(half).to_have_count(0)
    # To measure something belongs to drawing.
    plan.tool("m")
    expect(half).to_contain_text("Half drawn: Zone, 2 points")
    page.get_by_test_id("go-on-drawing").click()
    expect(half).to_have_count(0)
    expect(page.get_by_test_id("plan")).to_be_focused()
    page.keyboard.type("22;5")
    page.keyboard.press("Enter")
    page.get_by_test_id("go-versions").click()
    expect(page.get_by_test_id("versions")).to_be_visible()
    page.get_by_test_id("go-plan").click()
    # The tool is still in hand, and what it had drawn with it.
    expect(page.get_by_test_id("tool-zone")).to_have_attribute("aria-pressed", "true")
    expect(half).to_have_count(0)
    page.reload()
    expect(half).to_contain_text("Half drawn: Zone, 3 points")
    assert faults(page) == []
    # The tool's own key takes it up as well.
    plan.tool("z")
    expect(half).to_have_count(0)
    page.keyboard.type("20;5")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    plan.saved()
    (drawn,) = (each for each in plan.features("section") if each["id"] not in before)
    assert corners_of(plan, drawn["properties"]["key"]) == [(20, 3), (22, 3), (22, 5), (20, 5), (20, 3)]


def test_escape_lets_a_half_drawn_shape_go_and_so_does_the_note(plan: PlanPage) -> None:
    half = plan.page.get_by_test_id("half-drawn")
    plan.draw("z", "20;3", "22;3")
    plan.page.keyboard.press("Escape")
    plan.tool("v")
    expect(half).to_have_count(0)
    plan.draw("w", "20;3")
    plan.tool("v")
    expect(half).to_contain_text("Half drawn: Wall, 1 point")
    plan.page.get_by_test_id("let-half-drawn-go").click()
    expect(half).to_have_count(0)
    plan.tool("w")
    plan.tool("v")
    expect(half).to_have_count(0)
