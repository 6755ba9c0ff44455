"""The floorplan editor by keys alone, from signing in to publishing; and what a drag, Escape and undo leave behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.demo_process import browser, screen
from tests.journeys.plan_page import DESKTOP, PlanPage
from tests.served_store import PASSWORD, ServedStore, served_store
from tests.tree import REPOSITORY

pytestmark = pytest.mark.browser

DEMO = REPOSITORY / "floorplans"
MOST_STOPS = 60

# Where the focus is, whether it can be seen there, and whether anything lies over it.
FOCUSED = """() => {
  const here = document.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(here);
  const isOutlined = here.matches(":focus-visible") && outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  const { left, top, right, bottom } = here.getBoundingClientRect();
  const isInWindow = left < innerWidth && top < innerHeight && right > 0 && bottom > 0;
  return { name: here.dataset.testid || here.id || here.textContent, isSeen: isOutlined && isInWindow };
}"""


def tab_to(page: Page, name: str, key: str = "Tab") -> list[str]:
    """Press Tab until the focus is there, seeing it at every stop; the names of the stops."""
    stops: list[str] = []
    while len(stops) < MOST_STOPS:
        page.keyboard.press(key)
        if page.evaluate("document.activeElement === document.body"):
            continue  # between the end of the page and its beginning
        focused = page.evaluate(FOCUSED)
        stops.append(focused["name"])
        if focused["name"] == name:
            return stops
        assert focused["isSeen"], f"nobody can see the focus on {focused['name']!r}"
    raise AssertionError(f"Tab never came to {name}: {stops}")


def type_in(page: Page, *lines: str) -> None:
    for line in lines:
        page.keyboard.type(line)
        page.keyboard.press("Enter")


def find(page: Page, key: str) -> None:
    page.keyboard.press("Control+f")
    type_in(page, key)
    expect(page.get_by_test_id("plan")).to_be_focused()


def no_mouse(page: Page) -> None:
    """Whatever a pointer does is refused from now on."""
    page.evaluate(
        """() => { for (const kind of ["pointerdown", "mousedown", "touchstart"])
          addEventListener(kind, (event) => { window.hadMouse = true; event.stopImmediatePropagation(); }, true); }"""
    )


def test_a_store_is_drawn_mended_and_published_by_keys_alone(tmp_path: Path) -> None:
    with (
        served_store(tmp_path, "ada") as store,
        browser() as opened,
        screen(opened, DESKTOP, f"{store.origin}/manager") as page,
    ):
        plan = PlanPage(page)
        page.locator("input[type=password]").wait_for()
        no_mouse(page)
        tab_to(page, "user-name")
        page.keyboard.type("ada")
        tab_to(page, "password")
        type_in(page, PASSWORD)
        plan.saved()
        order = ["fit", "find", "import", "export", "review", "tool-select", "snap", "grid", "plan"]
        assert tab_to(page, "plan") == order, "from top to bottom, the tools one stop"

        # Each tool by its letter, each measure typed; the tool stays for nodes.
        page.keyboard.press("o")
        type_in(page, "0;0", "40<0", "25<90", "40<180", "")
        page.keyboard.press("g")
        type_in(page, "8;8", "0.9x12")
        page.keyboard.press("g")
        type_in(page, "8.5;18", "9.4;22")
        page.keyboard.press("e")
        type_in(page, "20;0", "3")
        page.keyboard.press("z")
        type_in(page, "0;0", "40;0", "40;25", "0;25", "")
        page.keyboard.press("k")
        type_in(page, "25;20")
        page.keyboard.press("n")
        type_in(page, *(f"{x_m};{y_m}" for x_m in (3, 20, 37) for y_m in (3, 22)))
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        (level,) = plan.features("level")
        assert sorted(map(tuple, level["geometry"]["coordinates"][0][:4])) == [(0, 0), (0, 25), (40, 0), (40, 25)]
        kinds = ("fixture", "opening", "section", "kiosk", "scanner_node")
        assert [len(plan.features(kind)) for kind in kinds] == [2, 1, 1, 1, 6]

        # Select, and move by arrows: one step for as long as the key is held.
        node = plan.features("scanner_node")[0]["properties"]["key"]
        find(page, node)
        page.keyboard.down("Shift")
        page.keyboard.press("ArrowRight")
        page.keyboard.up("Shift")
        page.keyboard.press("ArrowUp")
        page.keyboard.press("Alt+ArrowUp")
        assert plan.features("scanner_node")[0]["geometry"]["coordinates"] == [4, 3.11]

        # To its properties and back, with the node still chosen.
        page.keyboard.press("F2")
        tab_to(page, "field-z_m")
        page.keyboard.press("Control+a")
        type_in(page, "3.2")
        plan.saved()
        expect(page.get_by_test_id("field-z_m")).to_be_focused()
        assert plan.features("scanner_node")[0]["properties"]["z_m"] == 3.2
        page.keyboard.press("F2")
        expect(page.get_by_test_id("plan")).to_be_focused()
        page.keyboard.press("Escape")

        # The fixtures overlap: shown and mended, and the focus stays with the problems.
        overlap = plan.problems("stand in each other")
        expect(overlap).to_have_count(1)
        tab_to(page, "show-problem")
        tab_to(page, "mend")
        page.keyboard.press("Enter")
        expect(overlap).to_have_count(0)
        expect(page.locator(".problems > summary")).to_be_focused()
        # What only advises is meant so here.
        warnings = page.get_by_test_id("accept").filter(visible=True)
        while (left := warnings.count()) > 0:
            tab_to(page, "accept")
            page.keyboard.press("Enter")
            expect(warnings).to_have_count(left - 1)
        expect(page.get_by_test_id("problem-count")).to_contain_text("no errors, no warnings")

        # Publish with a note.
        tab_to(page, "review", "Shift+Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("note")).to_be_focused()
        page.keyboard.type("drawn by keys")
        expect(page.get_by_test_id("publish")).to_be_enabled()
        tab_to(page, "publish")
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_have_count(0)
        tab_to(page, "go-versions", "Shift+Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("versions")).to_contain_text("drawn by keys")
        assert page.evaluate("window.hadMouse") is None


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedStore]:
    with served_store(tmp_path_factory.mktemp("by mouse"), "ada") as served:
        served.publish(DEMO / "demo_store.floorplan.json")
        yield served


def grab(plan: PlanPage, key: str) -> tuple[float, float]:
    """Choose a fixture, and press the mouse on it a quarter from its lower end, away from what stands on its middle."""
    page = plan.page
    find(page, key)
    expect(page.get_by_test_id("properties").get_by_role("heading").first).to_have_text(key)
    box = page.locator(".hand-chosen").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] * 3 / 4
    page.mouse.move(x, y)
    page.mouse.down()
    return x, y


def corners(plan: PlanPage, key: str) -> list[list[float]]:
    (fixture,) = (each for each in plan.features("fixture") if each["properties"]["key"] == key)
    ring: list[list[float]] = fixture["geometry"]["coordinates"][0]
    return ring


def test_a_drag_is_one_step_and_escape_gives_the_start_back(store: ServedStore) -> None:
    with browser() as opened, screen(opened, DESKTOP, f"{store.origin}/manager") as page:
        plan = PlanPage(page)
        plan.sign_in("ada")
        before = plan.draft_text()
        start = corners(plan, "G010")
        x, y = grab(plan, "G010")
        for step in range(1, 13):
            page.mouse.move(x + 3 * step, y)
        page.mouse.up()
        moved = corners(plan, "G010")
        assert {(round(b[0] - a[0], 2) > 0, b[1] - a[1]) for a, b in zip(start, moved, strict=True)} == {(True, 0)}
        expect(page.get_by_test_id("undo")).to_have_text("Undo: move G010")
        page.keyboard.press("Control+z")
        expect(page.get_by_test_id("undo")).to_be_disabled()
        assert plan.draft_text() == before
        page.keyboard.press("Control+Shift+z")
        assert corners(plan, "G010") == moved

        x, y = grab(plan, "G011")
        page.mouse.move(x + 12, y)
        page.mouse.move(x + 24, y)
        expect(page.locator(".hand-measure")).not_to_have_count(0)
        page.keyboard.press("Escape")
        expect(page.locator(".hand-measure")).to_have_count(0)
        page.mouse.move(x + 36, y)
        page.mouse.up()
        expect(page.get_by_test_id("undo")).to_have_text("Undo: move G010")
        page.keyboard.press("Control+z")
        assert plan.draft_text() == before, "nothing but the first drag was a step"


def test_undo_survives_a_reload_with_the_steps_names(store: ServedStore) -> None:
    with browser() as opened, screen(opened, DESKTOP, f"{store.origin}/manager") as page:
        plan = PlanPage(page)
        plan.sign_in("ada")
        before = plan.draft_text()
        plan.draw("n", "20;5")
        page.keyboard.press("Escape")
        (node,) = [
            each["properties"]["key"]
            for each in plan.features("scanner_node")
            if each["geometry"]["coordinates"] == [20, 5]
        ]
        find(page, "G010")
        page.keyboard.press("ArrowLeft")
        find(page, "G011")
        page.keyboard.press("Delete")
        after = plan.draft_text()
        names = ["remove G011", "move G010", f"draw {node}"]
        page.reload()
        for name in names:
            expect(page.get_by_test_id("undo")).to_have_attribute("title", f"Undo: {name}")
            page.get_by_test_id("undo").click()
        assert plan.draft_text() == before
        page.reload()
        for name in reversed(names):
            expect(page.get_by_test_id("redo")).to_have_attribute("title", f"Redo: {name}")
            page.get_by_test_id("redo").click()
        expect(page.get_by_test_id("redo")).to_be_disabled()
        assert plan.draft_text() == after
        plan.undo_all()
