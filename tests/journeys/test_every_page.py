"""Every page of the store: what it asks for, and the headers of each answer (requirement D11)."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Response, expect

from store_server.web.roles import HEADERS
from tests.journeys.demo_process import PHONE, browser, screen
from tests.journeys.plan_page import DESKTOP, PlanPage
from tests.served_store import ServedStore, served_store
from tests.tree import REPOSITORY

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PAGES = ("", "kiosk", "shopper", "staff", "desk", "manager")
PLACES = ("plan", "versions", "products", "nodes", "kiosks", "overview", "desk")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedStore]:
    with served_store(tmp_path_factory.mktemp("pages"), "ada") as served:
        served.publish(REPOSITORY / "floorplans" / "demo_store.floorplan.json")
        yield served


@pytest.fixture(scope="module")
def opened() -> Iterator[Browser]:
    with browser() as running:
        yield running


def without_headers(answers: list[Response]) -> list[str]:
    """The answers that lack one of the headers, or have another value."""
    found = []
    for answer in answers:
        told = answer.all_headers()
        found += [f"{answer.url}: {name}" for name, value in HEADERS.items() if told.get(name.lower()) != value]
        if "cache-control" not in told:
            found.append(f"{answer.url}: Cache-Control")
    return found


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
@pytest.mark.parametrize("name", PAGES)
def test_t49_a_page_asks_no_other_host_and_every_answer_has_its_headers(
    store: ServedStore, opened: Browser, name: str, size: tuple[int, int]
) -> None:
    answers: list[Response] = []
    # ``screen`` fails the test on any request to another host.
    with screen(opened, size, "about:blank") as page:
        page.on("response", lambda answer: answers.append(answer))
        page.goto(f"{store.origin}/{name}")
        page.locator("h1, h2").first.wait_for()
        page.wait_for_load_state("networkidle") if name != "kiosk" else page.wait_for_timeout(500)
        assert len(answers) > 2
        assert without_headers(answers) == []


def test_t49_a_managers_places_ask_no_other_host_and_what_is_personal_is_kept_by_nobody(
    store: ServedStore, opened: Browser
) -> None:
    answers: list[Response] = []
    with screen(opened, DESKTOP, f"{store.origin}/manager") as page:
        page.on("response", lambda answer: answers.append(answer))
        PlanPage(page).sign_in("ada")
        for place in PLACES:
            page.get_by_test_id(f"go-{place}").click()
            expect(page.get_by_test_id(f"go-{place}")).to_have_attribute("aria-current", "page")
            page.locator("main").first.wait_for()
        asked = [answer for answer in answers if urlsplit(answer.url).path.startswith("/api/")]
        assert {urlsplit(answer.url).path for answer in asked} >= {"/api/manager/draft", "/api/staff/overview"}
        assert without_headers(answers) == []
        open_to_all = ("/api/plan", "/api/notice", "/api/products")
        kept = [answer.url for answer in asked if answer.all_headers()["cache-control"] != "no-store"]
        assert [url for url in kept if not urlsplit(url).path.startswith(open_to_all)] == []
