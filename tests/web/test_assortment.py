"""The manager's products over HTTP, hostile requests first."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from werkzeug.test import TestResponse

from store_server.wire.assortment import (
    MAX_IMPORT_BYTES,
    MAX_UNKNOWN_LISTED,
    Categories,
    CategoryFlag,
    ImportedRows,
    LookedUpProducts,
    Pairings,
    PairingState,
    ShelvedProducts,
)
from store_server.wire.people import Problem, Role
from store_server.wire.shopping import Product
from tests.opened_store import ORIGIN, Browser, OpenedStore

AT = "/api/manager"
HEADER = b"sku,name,category\n"


@pytest.fixture
def manager(opened: OpenedStore) -> Browser:
    return opened.signed_in(Role.MANAGER)


def send(who: Browser, path: str, content: bytes, **headers: str) -> TestResponse:
    sent = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin", "Content-Type": "text/csv", **headers}
    return who.client.post(f"{AT}/{path}", data=content, headers=sent, buffered=True)


def products(who: Browser, **asked: str | int) -> ShelvedProducts:
    answer = who.client.get(f"{AT}/products", query_string=asked)
    assert answer.status_code == 200, answer.data
    return ShelvedProducts.model_validate_json(answer.data)


def skus(found: ShelvedProducts) -> list[str]:
    return [each.product.sku for each in found.products]


def taken(answer: TestResponse) -> ImportedRows:
    assert answer.status_code == 200, answer.data
    return ImportedRows.model_validate_json(answer.data)


# --- hostile -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked",
    [
        {"offset": "-1"},
        {"offset": "1e3"},
        {"limit": "٣"},
        {"limit": "9" * 4000},
        {"placing": "everywhere"},
        {"offset": ""},
    ],
)
def test_a_question_that_makes_no_sense_is_refused_in_words(manager: Browser, asked: dict[str, str]) -> None:
    answer = manager.client.get(f"{AT}/products", query_string=asked)
    assert answer.status_code == 422
    assert Problem.model_validate_json(answer.data).fields == tuple(asked)


@pytest.mark.parametrize("words", ["\x00", "%", "_", "' OR 1=1 --", "\\", "a" * 100_000, "\u202e", "\ud7ff"])
def test_whatever_is_searched_for_is_only_searched_for(manager: Browser, words: str) -> None:
    found = products(manager, q=words[:20_000])
    assert found.matching == (3 if words == "\x00" else 0), "nothing but control characters asks for everything"
    assert products(manager, category=words[:20_000] + "x").matching == 0
    assert found.in_catalogue == 3


@pytest.mark.parametrize(
    ("method", "path", "content"),
    [
        ("POST", "categories/flags", {"category": "peas and the like"}),
        ("POST", "categories/flags", {"category": "peas and the like", "flag": "sensitive", "is_on": "yes"}),
        ("POST", "categories/flags", {"category": "peas and the like", "flag": "odd", "is_on": True}),
        ("POST", "categories/flags", {"category": "", "flag": "sensitive", "is_on": True}),
        ("POST", "categories/flags", {"category": "\x00", "flag": "sensitive", "is_on": True}),
        ("POST", "categories/flags", {"category": "x" * 201, "flag": "sensitive", "is_on": True}),
        ("POST", "pairings", {"sku": "peas", "with_sku": "peas"}),
        ("POST", "pairings", {"sku": "peas", "with_sku": "rice", "note": "x" * 121}),
        ("POST", "pairings", {"sku": "peas", "with_sku": "rice", "note": "two\nlines"}),
        ("POST", "pairings", {"sku": "peas", "with_sku": "rice", "because": "I say so"}),
        ("POST", "pairings", {"sku": ["peas"], "with_sku": "rice"}),
        ("DELETE", "pairings", {"sku": "peas"}),
    ],
)
def test_what_does_not_fit_the_contract_changes_nothing(
    opened: OpenedStore, manager: Browser, method: str, path: str, content: dict[str, Any]
) -> None:
    assert manager.ask(method, f"{AT}/{path}", content).status_code == 422
    assert opened.records.assortment.pairings() == []
    assert opened.records.assortment.flagged(CategoryFlag.SENSITIVE) == frozenset()


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data; boundary=x", "text/csvv"])
def test_a_file_is_sent_as_csv_and_as_nothing_else(manager: Browser, kind: str) -> None:
    assert send(manager, "catalogue-imports", HEADER, **{"Content-Type": kind}).status_code == 415


def test_a_packed_file_is_refused_whichever_way_it_is_sent(opened: OpenedStore, manager: Browser) -> None:
    packed = gzip.compress(HEADER + b"new,New,new\n")
    assert send(manager, "catalogue-imports", packed, **{"Content-Encoding": "gzip"}).status_code == 415
    told = taken(send(manager, "catalogue-imports", packed))
    assert (told.is_taken, told.good) == (False, 0)
    assert opened.records.store.product("new") is None


def test_a_file_of_no_length_is_refused(manager: Browser) -> None:
    assert send(manager, "catalogue-imports", b"").status_code in (411, 422)


def test_a_file_larger_than_may_be_is_refused_before_it_is_read(manager: Browser) -> None:
    assert send(manager, "stock-imports", b"x" * (MAX_IMPORT_BYTES + 1)).status_code == 413


def test_a_file_is_not_taken_from_another_sites_page(opened: OpenedStore, manager: Browser) -> None:
    content = HEADER + b"new,New,new\n"
    assert send(manager, "catalogue-imports", content, Origin="https://evil.example").status_code == 403
    assert opened.records.store.product("new") is None


@pytest.mark.parametrize(
    "content",
    [
        b"\n\n\n",
        b"\xff\xfe\x00s",
        b"\x00" * 1000,
        b'"' * 70_000,
        b"name,price\nx,1\n",
        HEADER + b"\xff,a,b\n",
        HEADER + b"a,b\n",
        HEADER + b',"","\n',
        HEADER + b"=cmd|x!A1\n",
        HEADER + b"a," + b"n" * 201 + b",c\n",
        HEADER[:-1] + b",price_minor\na,b,c,NaN\n",
        HEADER[:-1] + b",price_minor\na,b,c," + b"9" * 5000 + b"\n",
    ],
)
def test_a_file_that_is_no_catalogue_is_answered_with_lines_and_reasons(
    opened: OpenedStore, manager: Browser, content: bytes
) -> None:
    told = taken(send(manager, "catalogue-imports", content))
    assert not told.is_taken
    assert told.good == 0
    assert told.refused >= 1
    assert all(row.line_number >= 1 and row.reason for row in told.refused_rows)
    assert len(opened.records.assortment.skus("", None)) == 3


@pytest.mark.parametrize("only", ["yes", "CHECK", "check,check"])
def test_only_is_check_or_nothing(opened: OpenedStore, manager: Browser, only: str) -> None:
    assert send(manager, f"catalogue-imports?only={only}", HEADER + b"new,New,new\n").status_code == 422
    assert opened.records.store.product("new") is None


def test_staff_see_nothing_of_it(opened: OpenedStore) -> None:
    staff = opened.signed_in(Role.STAFF)
    assert staff.ask("GET", f"{AT}/products").status_code == 403
    assert send(staff, "stock-imports", b"sku,quantity\npeas,1\n").status_code == 403


# --- products ----------------------------------------------------------------------------------------------------------


def test_products_say_where_they_stand_and_what_is_left_of_them(opened: OpenedStore, manager: Browser) -> None:
    opened.records.store.put_stock([("peas", 7)], opened.clock.now())
    found = products(manager)
    assert skus(found) == ["peas", "rice", "salt"]
    peas, _, salt = found.products
    assert peas.place is not None
    assert (peas.place.fixture_key, peas.place.bay, peas.slots) == ("A", 1, 1)
    assert (peas.stock, peas.stock_as_of) == (7, opened.clock.now())
    assert (salt.place, salt.slots, salt.stock) == (None, 0, None)
    assert (found.matching, found.in_catalogue, found.on_no_shelf, found.unknown_count) == (3, 3, 1, 0)


def test_products_are_found_filtered_and_turned_page_by_page(opened: OpenedStore, manager: Browser) -> None:
    assert skus(products(manager, q="RICE like")) == ["rice"]
    assert skus(products(manager, placing="unplaced")) == ["salt"]
    assert skus(products(manager, placing="placed", limit=1, offset=1)) == ["rice"]
    assert skus(products(manager, category="Salt and the like", placing="placed")) == []
    second = products(manager, limit=2, offset=2)
    assert (skus(second), second.matching) == (["salt"], 3)
    assert skus(products(manager, offset=999_999_999)) == []
    opened.records.store.put_products([Product(sku=f"n{n:03d}", name=f"n{n:03d}", category="n") for n in range(130)])
    assert len(products(manager, limit=130).products) == 100


def test_what_stands_on_a_shelf_and_is_in_no_catalogue_is_told(opened: OpenedStore, manager: Browser) -> None:
    features = tuple(
        feature.model_copy(update={"properties": feature.properties.model_copy(update={"sku": "rcie"})})
        if feature.id == "A-2"
        else feature
        for feature in opened.store.floors.current().plan.document.features  # type: ignore[union-attr]
    )
    document = opened.store.floors.current().plan.document.model_copy(update={"features": features})  # type: ignore[union-attr]
    opened.records.plans.publish(document, None, "test", "", opened.clock.now())
    found = products(manager)
    assert [(each.sku, each.place.slot_key) for each in found.unknown_on_shelf] == [("rcie", "A-2")]
    assert (found.unknown_count, found.on_no_shelf) == (1, 2)
    assert len(found.unknown_on_shelf) <= MAX_UNKNOWN_LISTED


def test_products_of_a_plan_are_looked_up_by_sku(manager: Browser) -> None:
    def known(*skus: str) -> list[str]:
        answer = manager.ask("POST", f"{AT}/products/lookups", {"skus": skus})
        return sorted(each.sku for each in LookedUpProducts.model_validate_json(answer.data).products)

    assert known("rice", "caviar", "peas", "rice") == ["peas", "rice"]
    assert known() == []
    assert known(*(f"{n:064d}" for n in range(1999)), "salt") == ["salt"]
    assert manager.ask("POST", f"{AT}/products/lookups", {"skus": ["x"] * 2001}).status_code == 422
    assert manager.ask("POST", f"{AT}/products/lookups", {"skus": ["\x00"]}).status_code == 422


def test_categories_are_flagged_and_products_say_so(manager: Browser) -> None:
    answer = manager.ask(
        "POST", f"{AT}/categories/flags", {"category": "rice and the like", "flag": "sensitive", "is_on": True}
    )
    told = Categories.model_validate_json(answer.data)
    assert told == Categories.model_validate_json(manager.ask("GET", f"{AT}/categories").data)
    assert [each.category for each in told.categories if each.is_sensitive] == ["rice and the like"]
    assert [each.product.sku for each in products(manager).products if each.is_category_sensitive] == ["rice"]
    unknown = manager.ask(
        "POST", f"{AT}/categories/flags", {"category": "unheard of", "flag": "sensitive", "is_on": True}
    )
    assert unknown.status_code == 404


def test_pairings_are_added_listed_and_removed(manager: Browser) -> None:
    pair = {"sku": "peas", "with_sku": "rice"}
    added = manager.ask("POST", f"{AT}/pairings", {**pair, "note": "Risi e bisi"})
    assert added.status_code == 201
    (told,) = Pairings.model_validate_json(manager.ask("GET", f"{AT}/pairings").data).pairings
    assert (told.name, told.with_name, told.note, told.state) == ("Peas", "Rice", "Risi e bisi", PairingState.SHOWN)
    assert manager.ask("POST", f"{AT}/pairings", {"sku": "peas", "with_sku": "caviar"}).status_code == 404
    assert manager.ask("DELETE", f"{AT}/pairings", pair).status_code == 200
    assert manager.ask("DELETE", f"{AT}/pairings", pair).status_code == 404


# --- files -------------------------------------------------------------------------------------------------------------


def test_good_rows_are_taken_and_the_others_named_by_line(opened: OpenedStore, manager: Browser) -> None:
    content = "\ufeffsku,name,category,brand\nnew,Néw,Things,B\n,no sku,Things,\nnew,twice,Things,\nlast,Last,Things,\n"
    checked = taken(send(manager, "catalogue-imports?only=check", content.encode()))
    assert (checked.is_taken, checked.good, checked.refused) == (False, 2, 2)
    assert opened.records.store.product("new") is None
    told = taken(send(manager, "catalogue-imports", content.encode()))
    assert (told.kind, told.is_taken, told.good) == ("catalogue", True, 2)
    assert [row.line_number for row in told.refused_rows] == [3, 4]
    assert told.refused_rows == checked.refused_rows
    assert skus(products(manager, category="things")) == ["last", "new"]
    assert taken(send(manager, "catalogue-imports", content.encode())).good == 2, "taking it again changes nothing"
    assert products(manager).in_catalogue == 5


def test_stock_is_taken_as_of_now(opened: OpenedStore, manager: Browser) -> None:
    opened.clock.move(60)
    told = taken(send(manager, "stock-imports", b"quantity,sku\n5,peas\n-1,rice\nmany,salt\n"))
    assert (told.kind, told.good, told.refused) == ("stock", 1, 2)
    (peas, rice, _) = products(manager).products
    assert (peas.stock, peas.stock_as_of) == (5, opened.clock.now())
    assert rice.stock is None
