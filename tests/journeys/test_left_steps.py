"""Steps a page could not save before it went are offered by the next one, once, and done at most once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.journeys.demo_process import browser, screen
from tests.journeys.plan_page import DESKTOP, SAVES, PlanPage
from tests.served_store import ServedStore, served_store
from tests.tree import REPOSITORY

pytestmark = pytest.mark.browser

# Whether the browser has written down this many steps.
KEPT_STEPS = """async (count) => {
  const done = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
  const database = await done(indexedDB.open("aisleway-editor", 1));
  const kept = await done(database.transaction("unsent").objectStore("unsent").getAll());
  database.close();
  return kept.flatMap(({ steps }) => steps).length === count;
}"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ServedStore]:
    with served_store(tmp_path, "ada") as served:
        served.publish(REPOSITORY / "floorplans" / "demo_store.floorplan.json")
        yield served


@contextmanager
def plan_of(opened: Browser, store: ServedStore) -> Iterator[PlanPage]:
    with screen(opened, DESKTOP, f"{store.origin}/manager") as page:
        plan = PlanPage(page)
        plan.sign_in("ada")
        plan.saved()
        yield plan


def saved_steps(store: ServedStore) -> list[str]:
    """All the draft's, each once."""
    _, told = store.manager("ada").ask("GET", "/api/manager/draft/edits?since=0")
    edits = [each["edit"] for each in told["edits"]]
    assert len({edit["edit_id"] for edit in edits}) == len(edits), "a step was saved twice"
    return [f"{edit['kind']} {edit['what']}" for edit in edits]


def test_a_reload_before_steps_were_saved_offers_them_and_one_whose_answer_was_lost_is_not_done_twice(
    store: ServedStore,
) -> None:

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    with browser() as opened, plan_of(opened, store) as ada:
        ada.page.route(SAVES, lose_the_answer, times=1)
        with ada.page.expect_event("requestfailed"):
            ada.set_depth("G010", "0.7")
        ada.page.route(SAVES, lambda route: route.abort())
        ada.set_depth("G011", "0.7")
        ada.set_depth("G012", "0.7")
        expect(ada.page.get_by_test_id("sync-state")).to_have_text("Not saved: no connection, 3 steps wait")
        ada.page.wait_for_function(KEPT_STEPS, arg=3)
        ada.page.reload()
        offer = ada.page.get_by_test_id("left-steps")
        expect(offer).to_contain_text("2 steps of yours were not saved")
        expect(offer).to_contain_text("resize G011, resize G012")
        ada.page.reload()
        expect(offer).to_contain_text("resize G011, resize G012")
        ada.page.unroute(SAVES)
        ada.page.get_by_test_id("left-apply").click()
        expect(offer).to_have_count(0)
        ada.saved()
        assert saved_steps(store) == ["resize G010", "resize G011", "resize G012"]
        ada.page.reload()
        ada.saved()
        expect(offer).to_have_count(0)


def test_the_steps_of_a_page_that_seems_to_live_a_moment_longer_than_its_reload_are_offered(store: ServedStore) -> None:
    with browser() as opened, plan_of(opened, store) as ada:
        ada.page.route(SAVES, lambda route: route.abort())
        ada.set_depth("G010", "0.7")
        ada.page.wait_for_function(KEPT_STEPS, arg=1)
        # Another page of the same browser waits for the lock that says this one lives, and gets it as it goes.
        other = ada.page.context.new_page()
        other.goto(f"{store.origin}/")
        (name,) = ada.page.evaluate("navigator.locks.query().then(({ held }) => held.map(({ name }) => name))")
        other.evaluate(
            "name => void navigator.locks.request(name, () => new Promise((on) => (window.letGo = on)))", name
        )
        ada.page.reload()
        ada.page.get_by_test_id("editor").wait_for()
        expect(ada.page.get_by_test_id("sync-state")).to_have_text("Saved")
        offer = ada.page.get_by_test_id("left-steps")
        expect(offer).to_have_count(0)
        other.evaluate("letGo()")
        expect(offer).to_contain_text("resize G010")
        ada.page.unroute(SAVES)
        ada.page.get_by_test_id("left-apply").click()
        expect(offer).to_have_count(0)
        ada.saved()
        assert saved_steps(store) == ["resize G010"]


def test_of_two_pages_of_one_person_the_reloaded_one_is_offered_its_steps(store: ServedStore) -> None:
    with browser() as opened, plan_of(opened, store) as ada:
        ada.page.route(SAVES, lambda route: route.abort())
        ada.set_depth("G010", "0.7")
        ada.page.wait_for_function(KEPT_STEPS, arg=1)
        other = ada.page.context.new_page()
        other.clock.install()
        other.goto(f"{store.origin}/manager")
        expect(other.get_by_test_id("sync-state")).to_have_text("Saved")
        waits = "navigator.locks.query().then(({ pending }) => pending.length)"
        assert other.evaluate(waits) == 1
        other.clock.run_for(6_000)
        ada.page.reload()
        expect(ada.page.get_by_test_id("left-steps")).to_contain_text("resize G010")
        other.clock.run_for(6_000)
        expect(other.get_by_test_id("sync-state")).to_have_text("Saved")
        expect(other.get_by_test_id("left-steps")).to_have_count(0)
