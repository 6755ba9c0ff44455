"""A manager puts products on shelves and says what goes together, by keys alone, on a desk and on a tablet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page

from tests.journeys.demo_process import browser, screen
from tests.served_store import PASSWORD, ServedStore, served_store
from tests.tree import REPOSITORY

pytestmark = pytest.mark.browser

DESK, TABLET = (1280, 800), (768, 1024)
DEMO = REPOSITORY / "floorplans"
AXE = REPOSITORY / "kiosk_ui/node_modules/axe-core/axe.min.js"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedStore]:
    folder: Path = tmp_path_factory.mktemp("shelves")
    with served_store(folder, "ada") as store:
        store.command("import-catalogue", str(DEMO / "demo_store.catalogue.csv"))
        planogram = str(DEMO / "demo_store.planogram.csv")
        store.publish(DEMO / "demo_store.floorplan.json", "--planogram", planogram)
        yield store


def is_accessible(page: Page) -> bool:
    """Whether axe finds nothing; prints what it does find."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    for violation in found["violations"]:
        print(violation["id"], [node["target"] for node in violation["nodes"]][:3])
    return len(found["violations"]) == 0


def sign_in(page: Page) -> None:
    page.locator("input[type=password]").wait_for()
    page.locator("input").first.fill("ada")
    page.locator("input[type=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_test_id("go-products").wait_for()


def go_to(page: Page, testid: str) -> None:
    page.get_by_test_id(testid).focus()
    page.keyboard.press("Enter")


def slot_of(served: ServedStore, sku: str) -> str | None:
    """Where shoppers are told it stands."""
    _, told = served.manager("ada").ask("GET", f"/api/products?q={quote(sku)}")
    (found,) = (each for each in told["products"] if each["product"]["sku"] == sku)
    return None if found["place"] is None else str(found["place"]["slot_key"])


@pytest.mark.parametrize(
    "size", [pytest.param(DESK, id="desk"), pytest.param(TABLET, id="tablet", marks=pytest.mark.long)]
)
def test_a_product_is_moved_emptied_and_placed_by_keys_and_published(
    served: ServedStore, size: tuple[int, int]
) -> None:
    manager = served.manager("ada")
    _, before = manager.ask("GET", "/api/manager/draft")
    with browser() as opened, screen(opened, size, f"{served.origin}/manager") as page:
        sign_in(page)
        page.get_by_test_id("find").fill("G002")
        page.keyboard.press("Enter")
        go_to(page, "open-shelves")
        page.get_by_test_id("slot-G002-W-01-4").or_(page.get_by_test_id("slot-G002-E-01-4")).wait_for()
        cell = page.locator('[role="gridcell"][tabindex="0"]')
        cell.focus()
        page.keyboard.press("ArrowRight")
        second = cell.get_attribute("data-testid")
        assert second == "slot-G002-E-02-4"
        held = cell.locator(".shelf-sku").inner_text()
        page.keyboard.press("m")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        page.get_by_test_id("slot-G002-E-03-4").locator(".shelf-sku", has_text=held).wait_for()
        page.keyboard.press("Delete")
        page.get_by_test_id("slot-G002-E-03-4").and_(page.locator(".is-empty")).wait_for()
        page.keyboard.press("Enter")
        page.keyboard.type("SKU000301")
        page.get_by_test_id("found-SKU000301").wait_for()
        assert is_accessible(page)
        page.keyboard.press("Enter")
        page.get_by_test_id("slot-G002-E-03-4").locator(".shelf-sku", has_text="SKU000301").wait_for()
        assert page.evaluate("document.activeElement.dataset.testid") == "slot-G002-E-03-3"
        page.keyboard.press("Control+z")
        page.get_by_test_id("slot-G002-E-03-4").and_(page.locator(".is-empty")).wait_for()
        page.keyboard.press("ArrowUp")
        page.keyboard.press("Enter")
        page.keyboard.type(held)
        page.get_by_test_id(f"found-{held}").wait_for()
        page.keyboard.press("Enter")
        page.get_by_test_id("slot-G002-E-03-4").locator(".shelf-sku", has_text=held).wait_for()
        go_to(page, "close-shelves")
        page.locator('[data-testid="sync-state"][data-state="saved"]').wait_for()
    _, draft = manager.ask("GET", "/api/manager/draft")
    assert draft["revision"] > before["revision"]
    asked = {"draft_id": draft["draft_id"], "revision": draft["revision"], "note": "moved"}
    assert manager.ask("POST", "/api/manager/draft/publications", asked)[0] == 201
    assert slot_of(served, held) == "G002-E-03-4"


def test_bays_and_shelves_are_made_anew_with_what_stands_there(served: ServedStore) -> None:
    with browser() as opened, screen(opened, DESK, f"{served.origin}/manager") as page:
        sign_in(page)
        page.get_by_test_id("find").fill("G010")
        page.keyboard.press("Enter")
        go_to(page, "open-shelves")
        cell = page.get_by_test_id("slot-G010-E-02-2")
        held = cell.locator(".shelf-sku").inner_text()
        go_to(page, "change-shelving")
        page.get_by_test_id("shelf-count").fill("5")
        go_to(page, "make-shelves")
        page.get_by_test_id("slot-G010-E-02-5").and_(page.locator(".is-empty")).wait_for()
        assert cell.locator(".shelf-sku").inner_text() == held
        go_to(page, "undo-shelves")
        page.get_by_test_id("slot-G010-E-02-5").wait_for(state="detached")
        assert is_accessible(page)


def test_products_categories_pairings_and_files_by_keys(served: ServedStore) -> None:
    manager = served.manager("ada")
    with browser() as opened, screen(opened, TABLET, f"{served.origin}/manager") as page:
        sign_in(page)
        go_to(page, "go-products")
        page.get_by_test_id("product-query").fill("SKU000305")
        page.locator(".product-table tbody tr").and_(page.get_by_test_id("product-SKU000305")).wait_for()
        assert is_accessible(page)

        go_to(page, "products-categories")
        go_to(page, "sensitive-beer")
        page.locator('[data-testid="sensitive-beer"][aria-checked="true"]').wait_for()
        assert is_accessible(page)

        go_to(page, "products-pairings")
        for field, sku in (("pair-sku", "SKU000305"), ("pair-with", "SKU001498")):
            page.get_by_test_id(field).focus()
            page.keyboard.type(sku)
            page.get_by_test_id(f"pick-{sku}").wait_for()
            page.keyboard.press("Enter")
            page.get_by_test_id(f"{field}-chosen").wait_for()
        page.get_by_test_id("pair-note").fill("Fresh today")
        page.keyboard.press("Enter")
        page.get_by_test_id("pairing-SKU000305-SKU001498").wait_for()
        assert is_accessible(page)

        go_to(page, "products-files")
        rows = b"sku,name,category\nJAM1,Quince jelly,jam\n,nameless,jam\n"
        page.get_by_test_id("file-catalogue").set_input_files(
            {"name": "new.csv", "mimeType": "text/csv", "buffer": rows}
        )
        page.get_by_test_id("take-catalogue").wait_for()
        assert page.locator(".refused-rows tbody tr").count() == 1
        _, told = manager.ask("GET", "/api/manager/products?q=JAM1")
        assert told["products"] == [], "nothing is taken before the manager has seen it"
        go_to(page, "take-catalogue")
        page.get_by_test_id("take-catalogue").wait_for(state="detached")
        assert is_accessible(page)
    _, told = manager.ask("GET", "/api/manager/products?q=JAM1")
    assert [each["product"]["name"] for each in told["products"]] == ["Quince jelly"]
    assert manager.ask("GET", "/api/manager/pairings")[1]["pairings"][0]["note"] == "Fresh today"
    _, categories = manager.ask("GET", "/api/manager/categories")
    assert "beer" in {each["category"] for each in categories["categories"] if each["is_sensitive"]}
