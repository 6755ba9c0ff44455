"""Two managers in one draft, and a server not always there: what each does is seen, asked about or kept, and done once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.journeys.demo_process import browser, screen
from tests.journeys.plan_page import DESKTOP, SAVES, PlanPage
from tests.served_store import PASSWORD, ManagerClient, ServedStore, served_store
from tests.tree import REPOSITORY

pytestmark = pytest.mark.browser

DEMO = REPOSITORY / "floorplans"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedStore]:
    """The demo's plan, and kim, who edits it but does not publish."""
    with served_store(tmp_path_factory.mktemp("at once"), "ada") as served:
        served.command("create-manager", "kim", "--password", PASSWORD, "--may-not-publish")
        served.publish(DEMO / "demo_store.floorplan.json")
        yield served


@pytest.fixture
def store(served: ServedStore) -> ServedStore:
    """With a draft nobody has changed."""
    ada = served.manager("ada")
    _, draft = ada.ask("GET", "/api/manager/draft")
    asked = {"draft_id": draft["draft_id"], "revision": draft["revision"]}
    assert ada.ask("POST", "/api/manager/draft/discards", asked)[0] == 200
    return served


@contextmanager
def plan_of(opened: Browser, store: ServedStore, user_name: str) -> Iterator[PlanPage]:
    with screen(opened, DESKTOP, f"{store.origin}/manager") as page:
        plan = PlanPage(page)
        plan.sign_in(user_name)
        plan.saved()
        yield plan


def shapes(manager: ManagerClient) -> dict[str, Any]:
    """Of the draft as the server holds it: the shape with each key."""
    _, draft = manager.ask("GET", "/api/manager/draft")
    features = [each for each in draft["document"]["features"] if each["feature_type"] != "shelf_slot"]
    by_key = {each["properties"]["key"]: each for each in features}
    assert len(by_key) == len(features), "a shape is there twice"
    return by_key


def depth_m(manager: ManagerClient, key: str) -> float:
    """The shorter side of an upright gondola."""
    xs = [corner[0] for corner in shapes(manager)[key]["geometry"]["coordinates"][0]]
    return float(round(max(xs) - min(xs), 3))


def steps(manager: ManagerClient) -> list[tuple[int, str, str, str]]:
    """All saved since the draft began: number, author, kind, and what."""
    _, told = manager.ask("GET", "/api/manager/draft/edits?since=0")
    saved = [(each["revision"], each["author"], each["edit"]["kind"], each["edit"]["what"]) for each in told["edits"]]
    assert [each[0] for each in saved] == list(range(1, len(saved) + 1))
    assert len({each["edit"]["edit_id"] for each in told["edits"]}) == len(saved), "a step was saved twice"
    return saved


def test_what_each_draws_is_on_the_other_s_screen_without_a_reload(store: ServedStore) -> None:
    with browser() as opened, plan_of(opened, store, "ada") as ada, plan_of(opened, store, "kim") as kim:
        ada.page.evaluate("window.isStillThere = true")
        kim.page.evaluate("window.isStillThere = true")
        kim.draw("n", "20;5")
        ada.draw("n", "30;5")
        ada.set_depth("G010", "0.7")
        kim.set_depth("G011", "0.8")
        for plan in (ada, kim):
            plan.saved()
            plan.page.get_by_test_id("tab-history").click()
            history = plan.page.get_by_test_id("history")
            expect(history.get_by_role("listitem")).to_have_count(4)
            for words in ("Resize G010 ada", "Resize G011 kim"):
                expect(history.get_by_role("listitem").filter(has_text=words.split()[1])).to_contain_text(
                    words.split()[2]
                )
            plan.page.get_by_test_id("tab-properties").click()
            plan.choose("G010")
            expect(plan.page.get_by_test_id("field-depth")).to_have_value("0.7")
            plan.choose("G011")
            expect(plan.page.get_by_test_id("field-depth")).to_have_value("0.8")
            assert plan.page.evaluate("window.isStillThere")
        assert ada.draft_text() == kim.draft_text()


def test_of_two_changes_made_at_the_same_moment_the_second_is_asked_about(store: ServedStore) -> None:
    """Both are under way at once: the second has left its page before the first is known there."""
    manager = store.manager("ada")
    held: list[Route] = []
    with browser() as opened, plan_of(opened, store, "ada") as ada, plan_of(opened, store, "kim") as kim:
        kim.page.route(SAVES, lambda route: held.append(route), times=1)
        with kim.page.expect_request(SAVES):
            kim.set_depth("G010", "0.7")
        expect(kim.page.get_by_test_id("sync-state")).to_have_attribute("data-state", "saving")
        ada.choose("G010")
        ada.page.get_by_test_id("remove").click()
        ada.saved()
        held[0].continue_()
        dialog = kim.page.get_by_role("dialog")
        expect(dialog.get_by_role("heading")).to_have_text("ada changed the same")
        expect(dialog).to_contain_text("Your step “resize G010” was not saved, because G010 changed meanwhile.")
        assert "G010" not in shapes(manager), "theirs stands until it is answered"
        kim.page.get_by_test_id("mine-again").click()
        expect(dialog).to_have_count(0)
        kim.saved()
        assert depth_m(manager, "G010") == 0.7
        ada.set_depth("G010", "0.75")
        ada.saved()
        assert [each[1:] for each in steps(manager)] == [
            ("ada", "remove", "G010"),
            ("kim", "resize", "G010"),
            ("ada", "resize", "G010"),
        ]
        # The other way round: kim lets ada's stand, and the page shows it.
        kim.page.route(SAVES, lambda route: held.append(route), times=1)
        with kim.page.expect_request(SAVES):
            kim.set_depth("G011", "0.7")
        ada.set_depth("G011", "0.8")
        ada.saved()
        held[1].continue_()
        for figure in ("clash-theirs", "clash-mine"):
            expect(kim.page.get_by_test_id(figure)).to_be_visible()
        expect(kim.page.get_by_test_id("clash-differences")).to_contain_text("Size8.00 × 0.80 m8.00 × 0.70 m")
        kim.page.get_by_test_id("keep-theirs").click()
        expect(dialog).to_have_count(0)
        kim.saved()
        assert depth_m(manager, "G011") == 0.8
        kim.choose("G011")
        expect(kim.page.get_by_test_id("field-depth")).to_have_value("0.8")
        assert ada.draft_text() == kim.draft_text()


@pytest.mark.long  # the short run kills it under two managers: test_drawing_together.py
def test_a_server_killed_while_the_browser_saves_comes_back_to_every_step_once(store: ServedStore) -> None:
    shapes_each, kills = 6, 2
    before = len(shapes(store.manager("ada")))
    with browser() as opened, plan_of(opened, store, "ada") as ada:
        state = ada.page.get_by_test_id("sync-state")
        ada.tool("n")
        for killed in range(kills):
            for number in range(shapes_each):
                if number == shapes_each // 2:
                    with ada.page.expect_request(SAVES):
                        ada.page.keyboard.type(f"{20 + number};{5 + killed}")
                        ada.page.keyboard.press("Enter")
                    store.kill()  # the step is on its way, or being written, or its answer is
                else:
                    ada.page.keyboard.type(f"{20 + number};{5 + killed}")
                    ada.page.keyboard.press("Enter")
            expect(state).to_contain_text("Not saved: no connection")
            store.start()
            expect(state).to_have_text("Saved")
    manager = store.manager("ada")
    assert len(steps(manager)) == kills * shapes_each
    places = [
        tuple(each["geometry"]["coordinates"]) for each in shapes(manager).values() if each["properties"].get("z_m")
    ]
    for killed in range(kills):
        for number in range(shapes_each):
            assert places.count((20 + number, 5 + killed)) == 1
    assert len(shapes(manager)) == before + kills * shapes_each


def test_an_old_version_runs_again_at_one_click_and_only_who_may_publish_has_it(store: ServedStore) -> None:
    ada_asks, kim_asks = store.manager("ada"), store.manager("kim")

    def running() -> list[dict[str, Any]]:
        """The shapes of the plan all screens are given."""
        _, plan = ada_asks.ask("GET", "/api/plan")
        return [each for each in plan["document"]["features"] if each["feature_type"] != "shelf_slot"]

    first = running()
    with browser() as opened, plan_of(opened, store, "ada") as ada, plan_of(opened, store, "kim") as kim:
        ada.set_depth("G010", "0.7")
        ada.saved()
        ada.page.get_by_test_id("review").click()
        ada.page.get_by_test_id("note").fill("narrower")
        ada.page.get_by_test_id("publish").click()
        expect(ada.page.get_by_role("dialog")).to_have_count(0)
        assert running() != first
        kim.page.get_by_test_id("review").click()
        expect(kim.page.get_by_test_id("may-not-publish")).to_be_visible()
        expect(kim.page.get_by_role("button", name="Publish", exact=True)).to_have_count(0)
        kim.page.keyboard.press("Escape")
        kim.page.get_by_test_id("go-versions").click()
        expect(kim.page.get_by_test_id("versions")).to_contain_text("narrower")
        expect(kim.page.get_by_role("button", name="Use version 1 again")).to_have_count(0)
        assert kim_asks.ask("POST", "/api/manager/plan-versions/rollbacks", {"version": 1, "note": ""})[0] == 403
        _, draft = kim_asks.ask("GET", "/api/manager/draft")
        asked = {"draft_id": draft["draft_id"], "revision": draft["revision"], "note": ""}
        assert kim_asks.ask("POST", "/api/manager/draft/publications", asked)[0] == 403
        assert running() != first
        ada.page.get_by_test_id("go-versions").click()
        ada.page.get_by_test_id("roll-back-1").click()
        ada.page.get_by_test_id("roll-back-now").click()
        expect(ada.page.get_by_text("Version 3 is in use now.")).to_be_visible()
        assert running() == first
        # Nobody had begun to draw on the version before: the draft is of the plan in use.
        ada.page.reload()
        expect(ada.page.locator(".draft-line")).to_contain_text("Draft on version 3")
        assert depth_m(ada_asks, "G010") == 0.9
