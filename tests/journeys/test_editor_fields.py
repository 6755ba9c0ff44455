"""What a field does not take stays in it as it was typed, with the reason, until it is mended or taken back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.accessible import faults
from tests.journeys.demo_process import browser, screen
from tests.journeys.plan_page import DESKTOP, PlanPage
from tests.served_store import ServedStore, served_store
from tests.tree import REPOSITORY

pytestmark = pytest.mark.browser

DEMO = REPOSITORY / "floorplans"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedStore]:
    with served_store(tmp_path_factory.mktemp("fields"), "ada") as served:
        served.publish(DEMO / "demo_store.floorplan.json")
        yield served


@pytest.fixture
def plan(store: ServedStore) -> Iterator[PlanPage]:
    with browser() as opened, screen(opened, DESKTOP, f"{store.origin}/manager") as page:
        plan = PlanPage(page)
        plan.sign_in("ada")
        plan.saved()
        plan.page.get_by_test_id("find").fill("G010")
        plan.page.get_by_test_id("find").press("Enter")
        expect(plan.page.get_by_test_id("properties").get_by_role("heading").first).to_have_text("G010")
        yield plan


def typed(plan: PlanPage, name: str, text: str) -> Locator:
    """Into the field as a person would: the keys of it, and Enter."""
    field = plan.page.get_by_test_id(f"field-{name}")
    field.focus()
    field.press("Control+A")
    plan.page.keyboard.type(text)
    field.press("Enter")
    return field


def is_refused(plan: PlanPage, name: str, words: str) -> None:
    field, fault = plan.page.get_by_test_id(f"field-{name}"), plan.page.get_by_test_id(f"fault-{name}")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(words)
    expect(fault).to_contain_text(words)


def steps(plan: PlanPage) -> int:
    plan.saved()
    revision: int = plan.page.evaluate("async () => (await (await fetch('/api/manager/draft')).json()).revision")
    return revision


def test_a_number_out_of_bounds_stays_with_what_is_allowed_until_it_is_mended_or_taken_back(plan: PlanPage) -> None:
    before = steps(plan)
    field = typed(plan, "depth", "0")
    is_refused(plan, "depth", "A number from 0.01 to 100,000.")
    expect(field).to_have_value("0")
    assert faults(plan.page) == []
    field.press("Escape")
    expect(field).to_have_value("0.9")
    expect(plan.page.get_by_test_id("fault-depth")).to_have_count(0)
    typed(plan, "depth", "e")
    is_refused(plan, "depth", "A number from 0.01 to 100,000.")
    assert steps(plan) == before, "nothing was saved of it"
    typed(plan, "depth", "0.8")
    expect(field).to_have_attribute("aria-invalid", "false")
    expect(field).to_have_value("0.8")
    assert steps(plan) == before + 1


def test_a_place_outside_the_outline_and_a_taken_key_are_told_at_their_fields(plan: PlanPage) -> None:
    before = steps(plan)
    field = typed(plan, "x", "500")
    is_refused(plan, "x", "G010 would leave the outline.")
    expect(field).to_have_value("500")
    typed(plan, "key", "G011")
    is_refused(plan, "key", "G011 is taken: choose one that is free.")
    plan.page.get_by_test_id("fault-key").get_by_role("button", name="Take back (Esc)").click()
    expect(plan.page.get_by_test_id("field-key")).to_have_value("G010")
    expect(plan.page.get_by_test_id("field-key")).to_be_focused()
    typed(plan, "key", "")
    plan.page.get_by_test_id("field-key").press("Backspace")
    plan.page.get_by_test_id("field-key").press("Enter")
    is_refused(plan, "key", "This may not be empty.")
    assert steps(plan) == before
    # Another shape's field begins with what that shape is.
    plan.page.get_by_test_id("find").fill("G012")
    plan.page.get_by_test_id("find").press("Enter")
    expect(plan.page.get_by_test_id("field-key")).to_have_value("G012")
    expect(plan.page.get_by_test_id("fault-key")).to_have_count(0)


def test_a_blocked_area_that_would_end_before_it_begins_is_told_at_its_end(plan: PlanPage) -> None:
    plan.draw("b", "20;3", "1x1")
    plan.saved()
    plan.page.get_by_test_id("field-from_at").fill("2026-03-02T10:00")
    plan.page.get_by_test_id("field-from_at").press("Tab")
    until = plan.page.get_by_test_id("field-until_at")
    until.fill("2026-03-01T10:00")
    until.press("Tab")
    is_refused(plan, "until_at", "B01 would end before it begins.")
    expect(until).to_have_value("2026-03-01T10:00")
    (area,) = plan.features("blocked_area")
    assert area["properties"]["from_at"] is not None
    assert area["properties"]["until_at"] is None
