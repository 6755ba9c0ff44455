from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from store_server.adapters.till_files import BadRow, read_baskets, read_catalogue, read_stock
from store_server.demo.assortment import DEPARTMENTS
from store_server.demo.catalogue import invent_articles, write_files
from store_server.demo.missions import MISSIONS, STAPLES
from store_server.domain.suggesting import Rules, fit, suggest

FLOORPLANS = Path(__file__).parents[2] / "floorplans"
STORES = ("demo_store", "drugstore", "hall")


def shelved(store: str) -> set[str]:
    with (FLOORPLANS / f"{store}.planogram.csv").open(encoding="utf-8", newline="") as file:
        return {row["sku"] for row in csv.DictReader(file)}


@pytest.mark.parametrize("store", STORES)
def test_the_committed_files_are_what_the_planogram_gives(store: str, tmp_path: Path) -> None:
    shutil.copy(FLOORPLANS / f"{store}.planogram.csv", tmp_path)
    for name in write_files(tmp_path / f"{store}.planogram.csv"):
        assert (tmp_path / name).read_bytes() == (FLOORPLANS / name).read_bytes(), f"make {name} anew"


@pytest.mark.parametrize("store", STORES)
def test_every_shelved_product_has_a_name_of_its_own_and_a_stock(store: str) -> None:
    products = [row for row in read_catalogue(FLOORPLANS / f"{store}.catalogue.csv") if not isinstance(row, BadRow)]
    stock = [row for row in read_stock(FLOORPLANS / f"{store}.stock.csv") if not isinstance(row, BadRow)]
    assert {product.sku for product in products} == shelved(store) == {row.sku for row in stock}
    assert len({product.name for product in products}) == len({product.gtin for product in products}) == len(products)
    assert any(product.is_sensitive for product in products)


@pytest.mark.parametrize("store", STORES)
def test_spaghetti_calls_for_tomato_sauce_and_nothing_sensitive_for_anything(store: str) -> None:
    products = {p.sku: p for p in read_catalogue(FLOORPLANS / f"{store}.catalogue.csv") if not isinstance(p, BadRow)}
    rows = [row for row in read_baskets(FLOORPLANS / f"{store}.baskets.csv.gz") if not isinstance(row, BadRow)]
    learned = fit((row.basket_id, row.item) for row in rows)
    assert set(learned.skus) <= set(products)
    spaghetti = next(sku for sku, product in products.items() if "Spaghetti" in product.name)
    found = suggest(learned, [spaghetti], Rules(products, [spaghetti]), dict.fromkeys(products, 5.0))
    assert any("Tomato Sauce" in products[item.sku].name for item in found)


def test_whatever_a_mission_asks_for_is_sold() -> None:
    sold = {name for categories in DEPARTMENTS.values() for category in categories for name in category.products}
    asked = {name for mission in MISSIONS for name, _ in mission.chances} | {name for name, _ in STAPLES}
    assert asked <= sold


def test_a_department_with_more_shelves_than_products_is_refused() -> None:
    with pytest.raises(ValueError, match="fish: 500 shelf places"):
        invent_articles([(f"SKU{n:06d}", "fish") for n in range(500)])
