"""What ``AssortmentRecords`` promises, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from store_server.adapters.sql_database import Database
from store_server.adapters.sql_records import SqlRecords
from store_server.domain.picked_pairs import PickedPair
from store_server.ports import Records
from store_server.wire.assortment import CategoryFlag
from store_server.wire.shopping import Product
from tests.adapters.at_once import at_once
from tests.private_postgres import PrivatePostgres


def put(records: Records, *products: tuple[str, str, str]) -> None:
    """(sku, name, category) each."""
    records.store.put_products([Product(sku=sku, name=name, category=kind) for sku, name, kind in products])


def test_products_are_listed_by_name_whatever_their_number(records: Records) -> None:
    put(records, ("1", "pears", "fruit"), ("2", "apples", "fruit"), ("3", "milk", "dairy"))
    assert records.assortment.skus("", None) == ["2", "3", "1"]
    assert records.assortment.skus("", "fruit") == ["2", "1"]
    assert records.assortment.skus("FRUIT pear", None) == ["1"]
    assert records.assortment.skus("pear", "dairy") == []
    assert records.assortment.skus("100%_", None) == []
    assert records.assortment.skus("", None, 1, 1) == ["3"]
    assert records.assortment.skus("", None, 9, 1) == []
    assert (records.assortment.count("", None), records.assortment.count("pear", "Fruit")) == (3, 1)


def test_which_products_the_catalogue_has_is_told_of_any_number(records: Records) -> None:
    put(records, ("1", "pears", "fruit"), ("2", "apples", "fruit"))
    assert records.assortment.known(str(n) for n in range(1200)) == {"1", "2"}
    assert records.assortment.known([]) == frozenset()


def test_categories_are_counted_without_case_and_written_as_the_catalogue_does(records: Records) -> None:
    put(records, ("1", "a", "Tea & Coffee"), ("2", "b", "tea & coffee"), ("3", "c", "Äpfel"))
    assert records.assortment.categories() == [("Tea & Coffee", 2), ("Äpfel", 1)]
    assert records.assortment.skus("", "TEA & COFFEE") == ["1", "2"]
    assert records.assortment.skus("", "äpfel") == ["3"]


def test_a_product_that_changes_its_category_is_counted_in_the_new_one(records: Records) -> None:
    put(records, ("1", "a", "tea"))
    put(records, ("1", "a", "coffee"))
    assert records.assortment.categories() == [("coffee", 1)]


def test_many_categories_are_read_in_parts(records: Records) -> None:
    put(records, *((f"{n:04d}", "x", f"kind {n:04d}") for n in range(1100)))
    assert records.assortment.categories() == [(f"kind {n:04d}", 1) for n in range(1100)]


def test_a_category_is_sensitive_until_it_is_not(records: Records) -> None:
    put(records, ("1", "a", "Tea"))
    for written in ("Tea", "TEA"):
        records.assortment.flag_category(written, CategoryFlag.SENSITIVE, is_on=True)
    assert records.assortment.flagged(CategoryFlag.SENSITIVE) == {"tea"}
    assert records.assortment.categories() == [("Tea", 1)]
    records.assortment.flag_category("tea", CategoryFlag.SENSITIVE, is_on=False)
    records.assortment.flag_category("tea", CategoryFlag.SENSITIVE, is_on=False)
    assert records.assortment.flagged(CategoryFlag.SENSITIVE) == frozenset()


def test_what_is_fetched_last_is_another_matter_than_what_is_sensitive(records: Records) -> None:
    put(records, ("1", "a", "Ice"))
    records.assortment.flag_category("Ice", CategoryFlag.LAST, is_on=True)
    assert records.assortment.flagged(CategoryFlag.SENSITIVE) == frozenset()
    records.assortment.flag_category("Ice", CategoryFlag.SENSITIVE, is_on=True)
    records.assortment.flag_category("ICE", CategoryFlag.SENSITIVE, is_on=False)
    assert records.assortment.flagged(CategoryFlag.LAST) == {"ice"}
    assert records.assortment.categories() == [("Ice", 1)]


def test_a_sensitive_category_without_products_is_still_there_to_be_switched_off(records: Records) -> None:
    records.assortment.flag_category("Gone", CategoryFlag.SENSITIVE, is_on=True)
    assert records.assortment.categories() == [("Gone", 0)]


def test_a_pairing_is_kept_changed_and_removed(records: Records) -> None:
    pairs = records.assortment
    assert pairs.put_pairing(PickedPair("a", "b", "good"), 10)
    assert pairs.put_pairing(PickedPair("b", "a"), 10)
    assert pairs.put_pairing(PickedPair("a", "b", "better"), 10)
    assert pairs.pairings() == [PickedPair("a", "b", "better"), PickedPair("b", "a")]
    assert pairs.remove_pairing("a", "b")
    assert not pairs.remove_pairing("a", "b")
    assert pairs.pairings() == [PickedPair("b", "a")]


def test_there_are_never_more_pairings_than_may_be_but_a_note_can_still_change(records: Records) -> None:
    pairs = records.assortment
    assert pairs.put_pairing(PickedPair("a", "b"), 1)
    assert not pairs.put_pairing(PickedPair("a", "c"), 1)
    assert pairs.put_pairing(PickedPair("a", "b", "new"), 1)
    assert pairs.pairings() == [PickedPair("a", "b", "new")]


def test_the_same_pairing_from_many_at_once_is_one(records: Records) -> None:
    added = at_once(lambda n: records.assortment.put_pairing(PickedPair("a", "b", str(n)), 10), 6)
    assert all(added)
    assert len(records.assortment.pairings()) == 1


@pytest.fixture(params=["sqlite", "postgres"])
def old_database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """At the schema before categories."""
    if request.param == "sqlite":
        opened = Database(f"sqlite:///{request.getfixturevalue('tmp_path') / 'old.db'}")
    else:
        server: PrivatePostgres = request.getfixturevalue("postgres")
        opened = Database(server.database_url())
    opened.migrate("0002")
    yield opened
    opened.close()


def test_products_of_an_older_schema_get_their_category(old_database: Database) -> None:
    insert = text("INSERT INTO product (sku, search_text, product_json) VALUES (:sku, 'x', :content)")
    with old_database.durable.begin() as connection:
        for sku, category in (("1", "Tea"), ("2", "Äpfel")):
            content = Product(sku=sku, name="x", category=category).model_dump_json(exclude_none=True)
            connection.execute(insert, {"sku": sku, "content": content})
    old_database.migrate()
    assert SqlRecords(old_database).assortment.categories() == [("Tea", 1), ("Äpfel", 1)]
