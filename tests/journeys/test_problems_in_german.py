"""A German manager reads German: what is wrong with a file, with the draft, and on which level; and why something is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.domain import broken_shops
from tests.domain.floors import area, changed, fixture, shop
from tests.journeys.demo_process import PATIENCE_MS, browser
from tests.journeys.plan_page import DESKTOP
from tests.served_store import PASSWORD, served_store

pytestmark = pytest.mark.browser


def two_levels() -> bytes:
    """A shop with a passage that is too narrow; above it shelves in each other, in a zone called as a shelf below is."""
    raw = changed(shop())
    broken_shops.narrow(raw)
    above = [
        area("level", "Above", (0, 0, 20, 12), ordinal=1),
        fixture("A2", (2, 2, 3, 8)),
        fixture("B2", (2.5, 2, 4, 8)),
        area("section", "A", (0, 0, 20, 12)) | {"id": "zone-above"},
    ]
    above[0]["id"] = "above"
    for shape in above:
        shape["properties"]["level_id"] = "above"
    raw["features"] += above
    return json.dumps(raw).encode()


def test_a_german_manager_reads_german_down_to_the_numbers(tmp_path: Path) -> None:
    with served_store(tmp_path, "ada") as store, browser() as opened:
        context = opened.new_context(viewport={"width": DESKTOP[0], "height": DESKTOP[1]}, locale="de-DE")
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.goto(f"{store.origin}/manager")
        page.locator("input").first.fill("ada")
        page.locator("input[type=password]").fill(PASSWORD)
        page.keyboard.press("Enter")
        saved = page.locator('[data-testid="sync-state"][data-state="saved"]')
        saved.wait_for()

        def send(kind: str, name: str, content: bytes) -> None:
            page.get_by_test_id("import").click()
            page.get_by_test_id(f"import-{kind}").set_input_files(
                {"name": name, "mimeType": "application/octet-stream", "buffer": content}
            )

        dialog = page.get_by_role("dialog")
        send("dxf", "plan.dwg", b"AC1032" + b"\0" * 200)
        expect(dialog).to_contain_text("Das ist DWG.")
        dialog.get_by_role("button", name="Abbrechen").click()
        send("picture", "plan.gif", b"GIF89a")
        expect(dialog).to_contain_text("Das ist GIF: als PNG speichern.")
        dialog.get_by_role("button", name="Abbrechen").click()
        send("geojson", "plan.geojson", two_levels())
        page.get_by_test_id("take-import").click()
        saved.wait_for()

        problems = page.get_by_test_id("problem")
        narrow = problems.filter(has_text="nur 0,80 m Platz vor dem Regal, bis B; nötig sind 0,9 m.")
        expect(narrow).to_contain_text("2 Regalplätze von A, Seite E")
        expect(problems.filter(has_text="A2 und B2 stehen ineinander (3,00 m²): eines verschieben.")).to_have_count(1)

        def marks() -> set[str]:
            return set(page.locator(".draft-problem").all_inner_texts())

        narrow.get_by_test_id("show-problem").click()
        expect(page.locator(".draft-problem.is-shown")).to_have_count(1)
        below = marks()
        problems.filter(has_text="A2 und B2").get_by_test_id("show-problem").click()
        expect(page.locator(".draft-problem.is-shown")).to_have_count(1)
        above = marks()
        assert below
        assert above
        assert not below & above, "a mark of one level stands on the other"
        context.close()
