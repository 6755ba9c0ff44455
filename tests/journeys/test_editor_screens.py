"""Every screen of the floorplan editor can be seen whole and used by everybody, on a desk and on a tablet, in each language."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.accessible import faults
from tests.journeys.demo_process import PATIENCE_MS, browser
from tests.journeys.plan_page import DESKTOP, TABLET
from tests.journeys.served_store import PASSWORD, ManagerClient, served_store
from tests.tree import REPOSITORY

pytestmark = pytest.mark.browser

DEMO = REPOSITORY / "floorplans"
UPRIGHT = (768, 1024)
PANELS = ("properties", "layers", "history", "accuracy")
DIALOGS = ("array", "import", "add-level", "discard", "review")


@contextmanager
def seen_as(opened: Browser, origin: str, size: tuple[int, int], language: str, is_dark: bool) -> Iterator[Page]:
    """The editor, signed in, as somebody with this device and these settings sees it."""
    context = opened.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale=language,
        color_scheme="dark" if is_dark else "light",
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto(f"{origin}/manager")
    try:
        page.locator("input[type=password]").fill(PASSWORD)
        page.locator("input").first.fill("ada")
        page.keyboard.press("Enter")
        page.locator('[data-testid="sync-state"][data-state="saved"]').wait_for()
        page.get_by_test_id("problem-count").filter(has_text=",").wait_for()
        yield page
    finally:
        context.close()


def screens(page: Page) -> Iterator[str]:
    """Each screen's name, once it is shown."""
    page.get_by_test_id("find").fill("G010")
    page.get_by_test_id("find").press("Enter")
    for panel in PANELS:
        page.get_by_test_id(f"tab-{panel}").click()
        if panel == "accuracy":
            page.get_by_test_id("show-accuracy").check()
            page.locator(".accuracy-legend").wait_for()
        yield panel
    page.get_by_test_id("show-accuracy").uncheck()
    page.get_by_test_id("tab-properties").click()
    for dialog in DIALOGS:
        page.get_by_test_id(dialog).click()
        page.get_by_role("dialog").wait_for()
        if dialog == "review":
            page.get_by_test_id("difference-plan").wait_for()
        yield dialog
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_test_id("go-versions").click()
    page.get_by_test_id("versions").wait_for()
    page.get_by_test_id("compare").click()
    page.get_by_test_id("difference-plan").wait_for()
    yield "versions"


SEEN_AS = [
    pytest.param(DESKTOP, "en-GB", False, id="desktop, English, light", marks=pytest.mark.long),
    pytest.param(DESKTOP, "de-DE", True, id="desktop, German, dark", marks=pytest.mark.long),
    pytest.param(TABLET, "de-DE", False, id="tablet, German, light", marks=pytest.mark.long),
    pytest.param(UPRIGHT, "en-GB", True, id="upright tablet, English, dark", marks=pytest.mark.long),
]


@pytest.fixture(scope="module")
def origins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A store nobody has drawn yet, and the demo's with a draft that differs from what is published."""
    with (
        served_store(tmp_path_factory.mktemp("empty"), "ada") as empty,
        served_store(tmp_path_factory.mktemp("drawn"), "ada") as drawn,
    ):
        drawn.command("publish-plan", str(DEMO / "demo_store.floorplan.json"))
        resize(drawn.manager("ada"), "G011")
        yield empty.origin, drawn.origin


def resize(manager: ManagerClient, key: str) -> None:
    """Make a fixture a little shorter, as one step of the editor."""
    _, draft = manager.ask("GET", "/api/manager/draft")
    (before,) = (each for each in draft["document"]["features"] if each["properties"]["key"] == key)
    after = json.loads(json.dumps(before))
    top_m = max(y for _, y in before["geometry"]["coordinates"][0])
    after["geometry"]["coordinates"] = [
        [[x, y - 0.5 if y == top_m else y] for x, y in before["geometry"]["coordinates"][0]]
    ]
    edit = {
        "edit_id": secrets.token_hex(16),
        "draft_id": draft["draft_id"],
        "base_revision": draft["revision"],
        "kind": "resize",
        "what": key,
        "changes": [{"before": before, "after": after}],
    }
    assert manager.ask("POST", "/api/manager/draft/edits", edit)[0] == 201


@pytest.mark.parametrize(("size", "language", "is_dark"), SEEN_AS)
def test_every_screen_can_be_seen_whole_and_used_by_everybody(
    origins: tuple[str, str], size: tuple[int, int], language: str, is_dark: bool
) -> None:
    empty, drawn = origins
    wrong: dict[str, list[str]] = {}
    with browser() as opened:
        with seen_as(opened, empty, size, language, is_dark) as page:
            wrong["empty"] = faults(page)
        with seen_as(opened, drawn, size, language, is_dark) as page:
            wrong["plan"] = faults(page)
            for name in screens(page):
                wrong[name] = faults(page)
    assert set(wrong) == {"empty", "plan", *PANELS, *DIALOGS, "versions"}
    assert {name: found for name, found in wrong.items() if found} == {}
