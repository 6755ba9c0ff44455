"""What ``StoreRecords`` promises of products, stock, baskets and what was learned, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from datetime import timedelta

import pytest

from store_server.domain.complements import fit
from store_server.ports import Records, StockRecord
from store_server.wire.shopping import Product
from tests.fakes import OPENING


def product(sku: str, name: str, **more: object) -> Product:
    return Product.model_validate({"sku": sku, "name": name, "category": "food", **more})


def test_products_are_put_replaced_and_found_by_word(records: Records) -> None:
    wares = [product("1", "Green Peas"), product("2", "Straße 50%_off"), product("3", "peas, canned", brand="Acme")]
    records.store.put_products(wares)
    records.store.put_products([product("1", "Green peas, frozen")])
    records.store.put_products([])
    assert records.store.product("1") == product("1", "Green peas, frozen")
    assert records.store.product("%") is None
    found = {
        word: {p.sku for p in records.store.find_products(word, 10)} for word in ("PEAS", "acme peas", "STRASSE", "")
    }
    assert found == {"PEAS": {"1", "3"}, "acme peas": {"3"}, "STRASSE": {"2"}, "": set()}
    assert len(records.store.find_products("peas", 1)) == 1


@pytest.mark.parametrize("query", ["'", '"', ";--", "%", "_", "\\", "' OR '1'='1", "\u2019", "\\%"])
def test_t33_no_sign_means_anything_in_a_search(records: Records, query: str) -> None:
    records.store.put_products([product("1", "plain"), product("2", f"odd {query} name")])
    assert [p.sku for p in records.store.find_products(query, 10)] == ["2"]
    assert records.store.products([query]) == {}
    assert records.shoppers.beacon_by_label(query) is None


def test_more_skus_than_one_question_holds_are_all_answered(records: Records) -> None:
    records.store.put_products([product(f"{n:05d}", "thing") for n in range(1203)])
    records.store.put_stock([(f"{n:05d}", n) for n in range(1203)], OPENING)
    asked = [f"{n:05d}" for n in range(2000)]
    assert len(records.store.products(asked)) == 1203
    assert records.store.stock(asked)["01202"] == StockRecord(1202, OPENING)


def test_stock_is_replaced_with_its_time(records: Records) -> None:
    records.store.put_stock([("peas", 3)], OPENING)
    records.store.put_stock([("peas", 2)], OPENING + timedelta(hours=1))
    assert records.store.stock(["peas", "rice"]) == {"peas": StockRecord(2, OPENING + timedelta(hours=1))}


def test_baskets_come_back_together_and_once(records: Records) -> None:
    records.store.put_basket_items([("2", "a"), ("1", "a"), ("2", "b"), ("1", "a")])
    assert sorted(records.store.baskets()) == [("1", "a"), ("2", "a"), ("2", "b")]
    assert [basket for basket, _ in records.store.baskets()] == ["1", "2", "2"]


def test_what_was_learned_comes_back(records: Records) -> None:
    assert records.store.complements() is None
    learned = fit([(str(n), sku) for n in range(20) for sku in ("a", "b")])
    records.store.save_complements(learned, OPENING)
    records.store.save_complements(learned, OPENING + timedelta(seconds=1))
    again = records.store.complements()
    assert again is not None
    assert again[0] == OPENING.timestamp() + 1
    assert again[1].to_bytes() == learned.to_bytes()
