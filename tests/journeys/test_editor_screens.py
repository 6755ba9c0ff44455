"""Every screen of the floorplan editor can be seen whole and used by everybody, on a desk and on a tablet, in each language."""

from __future__ import annotations

import io
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import ezdxf
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.accessible import faults, small_targets
from tests.journeys.demo_process import PATIENCE_MS, browser
from tests.journeys.plan_page import DESKTOP, TABLET
from tests.served_store import PASSWORD, ManagerClient, ServedStore, served_store
from tests.tree import REPOSITORY

pytestmark = pytest.mark.browser

DEMO = REPOSITORY / "floorplans"
UPRIGHT, PHONE = (768, 1024), (390, 844)
PANELS = ("properties", "layers", "history", "accuracy")
DIALOGS = ("array", "open-shelves", "discard", "review")
DRAWING_DIALOGS = ("add-level", "import")
"""Not on a phone, where nothing is drawn."""

SHORTER_M = 0.05


@contextmanager
def seen_as(opened: Browser, origin: str, size: tuple[int, int], language: str, is_dark: bool) -> Iterator[Page]:
    """The editor, signed in, as somebody with this device and these settings sees it."""
    context = opened.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale=language,
        color_scheme="dark" if is_dark else "light",
        reduced_motion="reduce",
        has_touch=size != DESKTOP,
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


def drawing() -> bytes:
    """A DXF with a layer whose name is longer than most."""
    made = ezdxf.new("R2010", units=6)
    space = made.modelspace()
    for layer, width_m in (("OUTLINE", 30), ("A-FURN-SHELVING-REFRIGERATED-GROUND-FLOOR", 5)):
        space.add_lwpolyline([(1, 1), (width_m, 1), (width_m, 4), (1, 4)], close=True, dxfattribs={"layer": layer})
    text = io.StringIO()
    made.write(text)
    return text.getvalue().encode()


def choose(page: Page, key: str) -> None:
    page.get_by_test_id("find").fill(key)
    page.get_by_test_id("find").press("Enter")
    expect(page.get_by_test_id("properties").locator("h2").first).to_have_text(key)  # shown or not


def screens(page: Page, store: ServedStore, is_phone: bool) -> Iterator[str]:
    """Each screen's name, once it is shown."""
    page.get_by_test_id("find").fill("G01")
    page.locator(".hits button").first.wait_for()
    yield "find"
    choose(page, "G010")
    for panel in PANELS:
        page.get_by_test_id(f"tab-{panel}").click()
        if panel == "accuracy":
            page.get_by_test_id("show-accuracy").check()
            page.locator(".accuracy-legend").wait_for()
        yield panel
    page.get_by_test_id("show-accuracy").uncheck()
    page.get_by_test_id("tab-properties").click()
    for dialog in DIALOGS if is_phone else (*DIALOGS, *DRAWING_DIALOGS):
        page.get_by_test_id(dialog).click()
        page.get_by_role("dialog").wait_for()
        if dialog == "review":
            page.get_by_test_id("difference-plan").wait_for()
        yield dialog
        if dialog == "import":
            yield from drawing_screens(page)
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_test_id("problem-count").click()
    expect(page.locator("details.problems")).to_have_attribute("open", "")
    yield "problems"
    yield from clash(page, store)
    page.get_by_test_id("go-versions").click()
    page.get_by_test_id("versions").wait_for()
    page.get_by_test_id("compare").click()
    page.get_by_test_id("difference-plan").wait_for()
    yield "versions"


def drawing_screens(page: Page) -> Iterator[str]:
    page.get_by_test_id("import-dxf").set_input_files(
        {"name": "plan.dxf", "mimeType": "image/vnd.dxf", "buffer": drawing()}
    )
    page.get_by_test_id("dxf-layers").wait_for()
    yield "drawing's layers"
    page.get_by_test_id("read-dxf").click()
    page.get_by_test_id("import-preview").wait_for()
    yield "drawing's shapes"


def clash(page: Page, store: ServedStore) -> Iterator[str]:
    """Somebody else changes what is changed here while nothing gets through."""
    choose(page, "G012")
    page.get_by_test_id("tab-properties").click()
    page.context.set_offline(True)
    page.get_by_test_id("field-depth").fill("0.8")
    page.get_by_test_id("field-depth").press("Enter")
    resize(store.manager("kim"), "G012")
    page.context.set_offline(False)
    page.get_by_test_id("keep-theirs").wait_for()
    yield "clash"
    page.get_by_test_id("keep-theirs").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


SEEN_AS = [
    pytest.param(size, language, is_dark, id=f"{name}, {language}, {'dark' if is_dark else 'light'}")
    for name, size in (("desktop", DESKTOP), ("tablet", TABLET), ("upright tablet", UPRIGHT), ("phone", PHONE))
    for language in ("en-GB", "de-DE")
    for is_dark in (False, True)
]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedStore]:
    """The demo's store with a draft that differs from what is published."""
    with served_store(tmp_path_factory.mktemp("drawn"), "ada", "kim") as store:
        store.publish(DEMO / "demo_store.floorplan.json")
        resize(store.manager("ada"), "G011")
        yield store


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedStore]:
    """A store nobody has drawn yet."""
    with served_store(tmp_path_factory.mktemp("empty"), "ada") as store:
        yield store


def resize(manager: ManagerClient, key: str) -> None:
    """Make a fixture a little shorter, as one step of the editor."""
    _, draft = manager.ask("GET", "/api/manager/draft")
    (before,) = (each for each in draft["document"]["features"] if each["properties"]["key"] == key)
    after = json.loads(json.dumps(before))
    top_m = max(y for _, y in before["geometry"]["coordinates"][0])
    after["geometry"]["coordinates"] = [
        [[x, round(y - SHORTER_M, 3) if y == top_m else y] for x, y in before["geometry"]["coordinates"][0]]
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


@pytest.mark.long
@pytest.mark.parametrize(("size", "language", "is_dark"), SEEN_AS)
def test_every_screen_can_be_seen_whole_and_used_by_everybody(
    empty: ServedStore, drawn: ServedStore, size: tuple[int, int], language: str, is_dark: bool
) -> None:
    wrong: dict[str, list[str]] = {}

    def looked_at(page: Page) -> list[str]:
        return [*faults(page), *(small_targets(page) if size != DESKTOP else [])]

    with browser() as opened:
        with seen_as(opened, empty.origin, size, language, is_dark) as page:
            wrong["empty"] = looked_at(page)
        with seen_as(opened, drawn.origin, size, language, is_dark) as page:
            wrong["plan"] = looked_at(page)
            for name in screens(page, drawn, size == PHONE):
                wrong[name] = looked_at(page)
    whole = {"empty", "plan", "find", *PANELS, *DIALOGS, "problems", "clash", "versions"}
    drawing_only = {*DRAWING_DIALOGS, "drawing's layers", "drawing's shapes"}
    assert set(wrong) == (whole if size == PHONE else whole | drawing_only)
    assert {name: found for name, found in wrong.items() if found} == {}


# What part of the plan shows the chosen shape, where the plan can be seen; and how high the plan is.
IN_SIGHT = """() => {
  const [shape, plan] = [".hand-chosen", ".plan-canvas"].map((each) => document.querySelector(each).getBoundingClientRect());
  const isIn = shape.left >= plan.left && shape.right <= plan.right && shape.top >= plan.top && shape.bottom <= plan.bottom;
  return { isIn, height: plan.height, isScrolled: document.documentElement.scrollHeight > innerHeight };
}"""


def test_on_an_upright_tablet_a_shape_and_its_properties_are_in_sight_together(drawn: ServedStore) -> None:
    with browser() as opened, seen_as(opened, drawn.origin, UPRIGHT, "de-DE", False) as page:
        expect(page.get_by_test_id("panel-toggle")).to_have_attribute("aria-expanded", "false")
        choose(page, "G010")
        expect(page.get_by_test_id("field-depth")).to_be_in_viewport()
        page.wait_for_function(f"() => ({IN_SIGHT})().isIn")
        beside = page.evaluate(IN_SIGHT)
        assert not beside["isScrolled"]
        assert [*faults(page), *small_targets(page)] == []
        page.get_by_test_id("panel-toggle").click()
        expect(page.get_by_test_id("field-depth")).to_be_hidden()
        alone = page.evaluate(IN_SIGHT)
        assert alone["height"] > beside["height"] > UPRIGHT[1] / 4
        page.get_by_test_id("problem-count").click()
        expect(page.locator(".problem-lists")).to_be_in_viewport()
