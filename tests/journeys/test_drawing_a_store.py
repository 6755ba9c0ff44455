"""From an empty store to a published plan, as a manager does it in Chromium; then back to empty and to the end again."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.journeys.demo_process import browser, screen
from tests.journeys.plan_page import DESKTOP, PlanPage, traced_picture
from tests.served_store import served_store

WIDTH_PX, HEIGHT_PX, MARGIN_PX = 1000, 600, 50
GONDOLAS = 12


def planogram(fixtures: list[dict[str, Any]], spoiled: str = "") -> bytes:
    """Two products on the east face of each gondola; ``spoiled`` names one gondola wrongly."""
    text = io.StringIO()
    table = csv.writer(text)
    columns = ("key", "fixture", "side", "bay", "shelf", "x", "y", "facing_x", "facing_y", "department", "sku")
    table.writerow(columns)
    for fixture in fixtures:
        key = fixture["properties"]["key"]
        xs, ys = ([corner[i] for corner in fixture["geometry"]["coordinates"][0]] for i in (0, 1))
        named = "G999" if key == spoiled else key
        for bay, y in enumerate((min(ys) + 1, max(ys) - 1), start=1):
            table.writerow((f"{key}-{bay}", named, "E", bay, 1, max(xs), y, 1, 0, "", f"SKU-{key}-{bay}"))
    return text.getvalue().encode()


def trace(plan: PlanPage) -> None:
    """A picture under the plan, scaled by two measures, and the outline drawn over it."""

    def click(x_px: float, y_px: float) -> None:
        plan.click_picture(x_px, y_px, WIDTH_PX, HEIGHT_PX)

    page = plan.page
    plan.send_file("Picture to trace", "scan.png", "image/png", traced_picture(WIDTH_PX, HEIGHT_PX, MARGIN_PX))
    right, low = WIDTH_PX - MARGIN_PX, HEIGHT_PX - MARGIN_PX
    for corner, metres in (((right, MARGIN_PX), "45"), ((MARGIN_PX, low), "25")):
        page.get_by_test_id("measuring").wait_for()
        click(MARGIN_PX, MARGIN_PX)
        click(*corner)
        page.get_by_test_id("measured-length").fill(metres)
        page.get_by_test_id("take-length").click()
    expect(page.get_by_test_id("stretch")).to_contain_text("5.0")  # centimetres for each pixel
    page.get_by_test_id("measuring").get_by_role("button", name="Done").click()
    page.get_by_test_id("fit").click()
    plan.tool("o")
    for corner in ((MARGIN_PX, low), (right, low), (right, MARGIN_PX), (MARGIN_PX, MARGIN_PX)):
        click(*corner)
    page.keyboard.press("Enter")
    (level,) = plan.features("level")
    xs, ys = ([corner[i] for corner in level["geometry"]["coordinates"][0]] for i in (0, 1))
    assert (round(max(xs) - min(xs)), round(max(ys) - min(ys))) == (45, 25)


def row_of_gondolas(plan: PlanPage) -> None:
    page = plan.page
    plan.draw("g", "8;8", "9;20")
    page.get_by_role("tab", name="Properties").click()
    page.get_by_test_id("array").click()
    page.get_by_test_id("array-columns").fill(str(GONDOLAS))
    page.get_by_test_id("array-gap_x_m").fill("2")
    page.get_by_test_id("make-array").click()
    keys = [fixture["properties"]["key"] for fixture in plan.features("fixture")]
    assert keys == [f"G{number:03d}" for number in range(1, GONDOLAS + 1)]


def zones_doors_and_devices(plan: PlanPage) -> None:
    """By keyboard alone: each corner typed."""
    # What was traced by hand is where the hand was, to the pixel.
    (level,) = plan.features("level")
    xs, ys = ([corner[i] for corner in level["geometry"]["coordinates"][0]] for i in (0, 1))
    west, south, east, north = min(xs), min(ys), max(xs), max(ys)
    plan.draw("z", f"{west};{south}", f"{east};{south}", f"{east};15", f"{west};15", "")
    plan.draw("z", f"{west};15", f"{east};15", f"{east};{north}", f"{west};{north}", "")
    plan.draw("e", f"20;{south}", f"23;{south}")
    plan.draw("c", "30;5")
    for x_m in (6, 18, 32, 44):
        for y_m in (5, 24):
            plan.draw("n", f"{x_m};{y_m}")
    plan.draw("k", "25;24")
    kinds = ("section", "opening", "amenity", "scanner_node", "kiosk")
    assert [len(plan.features(kind)) for kind in kinds] == [2, 1, 1, 8, 1]


def see_and_mend_an_error(plan: PlanPage) -> None:
    """A gondola put half into another is told, shown, and moved away with one click."""
    page = plan.page
    plan.draw("g", "8.5;21", "9.5;19")
    overlap = plan.problems("stand in each other")
    expect(overlap).to_have_count(1)
    overlap.get_by_test_id("show-problem").click()
    overlap.get_by_test_id("mend").click()
    expect(overlap).to_have_count(0)
    page.get_by_test_id("plan").focus()


def take_the_planogram(plan: PlanPage) -> None:
    """First one with a mistake, which is named and changes nothing."""
    page = plan.page
    fixtures = plan.features("fixture")[:GONDOLAS]
    before = plan.draft_text()
    plan.send_file("Planogram", "slots.csv", "text/csv", planogram(fixtures, spoiled="G003"))
    preview = page.get_by_test_id("import-preview")
    expect(preview).to_contain_text("G999")
    preview.get_by_role("button", name="Cancel").click()
    assert plan.draft_text() == before
    plan.send_file("Planogram", "slots.csv", "text/csv", planogram(fixtures))
    page.get_by_test_id("take-import").click()
    assert len(plan.features("shelf_slot")) == 2 * GONDOLAS


def mend_what_is_left(page: Page) -> None:
    """The gondola that was moved now stands before a shelf: each error there is has its one click; the warnings are meant so."""
    count = page.get_by_test_id("problem-count")
    expect(count).to_contain_text("1 error")
    page.get_by_test_id("mend").first.click()
    expect(count).to_contain_text("no errors")
    meant_so = page.get_by_role("button", name="It is meant so", exact=True)
    while (warnings := meant_so.count()) > 0:
        meant_so.first.click()
        expect(meant_so).to_have_count(warnings - 1)
    expect(count).to_contain_text("no warnings")


def publish(page: Page, note: str) -> None:
    page.get_by_test_id("review").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Products on shelves: 24 instead of 0")
    page.get_by_test_id("note").fill(note)
    page.get_by_test_id("publish").click()
    expect(dialog).to_have_count(0)


def test_a_picture_to_trace_is_shown_whole(tmp_path: Path) -> None:
    """Wherever the plan was looked at before: on an empty plan there is nothing else to see."""
    with (
        served_store(tmp_path, "ada") as store,
        browser() as opened,
        screen(opened, DESKTOP, f"{store.origin}/manager") as page,
    ):
        plan = PlanPage(page)
        plan.sign_in("ada")
        page.get_by_test_id("problem").first.wait_for()  # their list takes of the plan's room
        page.get_by_test_id("plan").focus()
        for _ in range(3):
            page.keyboard.press("+")
        plan.send_file("Picture to trace", "scan.png", "image/png", traced_picture(WIDTH_PX, HEIGHT_PX, MARGIN_PX))
        page.get_by_test_id("measuring").wait_for()
        plan_box = page.get_by_test_id("plan").bounding_box()
        picture_box = page.locator("img.leaflet-image-layer").bounding_box()
        assert plan_box is not None
        assert picture_box is not None
        assert picture_box["x"] >= plan_box["x"]
        assert picture_box["y"] >= plan_box["y"]
        assert picture_box["x"] + picture_box["width"] <= plan_box["x"] + plan_box["width"]
        assert picture_box["y"] + picture_box["height"] <= plan_box["y"] + plan_box["height"]


def test_a_store_drawn_from_nothing(tmp_path: Path) -> None:
    with (
        served_store(tmp_path, "ada") as store,
        browser() as opened,
        screen(opened, DESKTOP, f"{store.origin}/manager") as page,
    ):
        plan = PlanPage(page)
        plan.sign_in("ada")
        expect(page.get_by_test_id("first-steps")).to_be_visible()
        empty = plan.draft_text()
        trace(plan)
        row_of_gondolas(plan)
        zones_doors_and_devices(plan)
        see_and_mend_an_error(plan)
        take_the_planogram(plan)
        mend_what_is_left(page)
        drawn = plan.draft_text()
        steps = plan.undo_all()
        assert plan.draft_text() == empty
        page.reload()
        page.get_by_test_id("editor").wait_for()
        assert plan.redo_all() == steps
        assert plan.draft_text() == drawn
        print(f"\na store drawn in {steps} steps, undone to nothing and done again: the same {len(drawn):,} bytes")
        publish(page, "opening day")
        page.get_by_role("button", name="Versions").click()
        expect(page.get_by_text("opening day")).to_be_visible()
