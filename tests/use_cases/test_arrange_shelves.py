"""Sensitive categories and picked pairs rule the very next suggestion, on screens that are open already too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from store_server.adapters.till_uploads import TillUploads
from store_server.use_cases.arrange_shelves import MAX_LINES
from store_server.use_cases.refusals import Conflict, NotFound, Unfit
from store_server.wire import assortment as wire
from store_server.wire.assortment import AddPairing, CategoryFlag, FlagCategory, PairingState, RefusedRow, RemovePairing
from store_server.wire.floorplans import FloorplanDocument
from store_server.wire.privacy import Purpose
from store_server.wire.shopping import ChangeWishListItem, Product
from tests.opened_store import PLAN, OpenedStore
from tests.use_cases.tapped import Tapped


@pytest.fixture
def tapped(opened: OpenedStore) -> Tapped:
    return Tapped(opened)


def flag(opened: OpenedStore, category: str, is_sensitive: bool = True) -> None:
    opened.store.assortment.flag_category(
        FlagCategory(category=category, flag=CategoryFlag.SENSITIVE, is_on=is_sensitive)
    )


def pair(opened: OpenedStore, sku: str, with_sku: str, note: str | None = None) -> None:
    opened.store.assortment.add_pairing(AddPairing(sku=sku, with_sku=with_sku, note=note))


def test_a_product_of_a_sensitive_category_leaves_the_open_screen_and_comes_back(tapped: Tapped) -> None:
    assert tapped.suggested() == "rice"
    flag(tapped.opened, "RICE and the like")
    assert tapped.suggested() is None
    flag(tapped.opened, "rice and the like", is_sensitive=False)
    assert tapped.suggested() == "rice"


def test_nothing_is_suggested_because_of_a_product_of_a_sensitive_category(tapped: Tapped) -> None:
    assert tapped.suggested() == "rice"
    flag(tapped.opened, "peas and the like")
    assert tapped.suggested() is None


def test_a_product_that_becomes_sensitive_in_the_catalogue_leaves_the_open_screen(tapped: Tapped) -> None:
    assert tapped.suggested() == "rice"
    content = b"sku,name,category,is_sensitive\nrice,Rice,rice and the like,yes\n"
    assert tapped.opened.store.assortment.take_catalogue(content, only_check=True).good == 1
    assert tapped.suggested() == "rice", "a check takes nothing"
    tapped.opened.store.assortment.take_catalogue(content, only_check=False)
    assert tapped.suggested() is None


def test_what_runs_out_leaves_the_open_screen(tapped: Tapped) -> None:
    assert tapped.suggested() == "rice"
    tapped.opened.store.assortment.take_stock(b"sku,quantity\nrice,0\n", only_check=False)
    assert tapped.suggested() is None


def test_what_the_store_picked_comes_first_with_its_reason(tapped: Tapped) -> None:
    assert tapped.suggested() == "rice"
    pair(tapped.opened, "peas", "salt", "A pinch is enough")
    suggestion = tapped.suggestion()
    assert suggestion is not None
    assert (suggestion.sku, suggestion.reason.because_name) == ("salt", "Peas")
    assert (suggestion.reason.is_picked_by_store, suggestion.reason.note) == (True, "A pinch is enough")
    tapped.opened.store.assortment.remove_pairing(RemovePairing(sku="peas", with_sku="salt"))
    suggestion = tapped.suggestion()
    assert suggestion is not None
    assert (suggestion.sku, suggestion.reason.is_picked_by_store) == ("rice", False)


def test_a_pick_is_never_shown_without_the_yes_to_suggestions(tapped: Tapped) -> None:
    pair(tapped.opened, "peas", "salt")
    assert tapped.suggested() == "salt"
    (bearer,) = {track.shopper_id for track in tapped.opened.live.tracks()}
    tapped.opened.withdraw(bearer, Purpose.SUGGESTIONS)
    assert tapped.suggested() is None


def with_sensitive_zone(reaches_m: float) -> FloorplanDocument:
    """The small shop with a sensitive zone from the south up to some y: peas stand at y = 4, rice at 8."""
    plain = json.loads(PLAN.model_dump_json(exclude_none=True))
    ring = [[0, 0], [20, 0], [20, reaches_m], [0, reaches_m], [0, 0]]
    properties = {"key": "Z", "level_id": "L", "name": {"en": "Pharmacy"}, "is_sensitive": True}
    geometry = {"type": "Polygon", "coordinates": [ring]}
    plain["features"].append(
        {"type": "Feature", "id": "Z", "feature_type": "section", "geometry": geometry, "properties": properties}
    )
    return FloorplanDocument.model_validate_json(json.dumps(plain))


def publish_with_sensitive_zone(opened: OpenedStore, reaches_m: float) -> None:
    opened.records.plans.publish(with_sensitive_zone(reaches_m), None, "test", "", opened.clock.now())
    opened.store.floors.current()  # made ready, as the server does each second


@pytest.mark.parametrize("reaches_m", [6.0, 10.0], ids=["the reason", "the reason and the product"])
def test_nothing_is_derived_from_what_stands_in_a_sensitive_zone(tapped: Tapped, reaches_m: float) -> None:
    opened = tapped.opened
    assert tapped.suggested() == "rice"
    publish_with_sensitive_zone(opened, reaches_m)
    assert tapped.suggested() is None


def test_a_pick_that_stands_in_a_sensitive_zone_is_not_shown(tapped: Tapped) -> None:
    opened = tapped.opened
    shopper_id = next(track.shopper_id for track in opened.live.tracks())
    opened.store.lists.remove(shopper_id, "peas")
    opened.store.lists.put(shopper_id, ChangeWishListItem(sku="salt"))
    pair(opened, "salt", "peas")
    assert tapped.suggested() == "peas"
    publish_with_sensitive_zone(opened, 6.0)
    assert tapped.suggested() is None


# --- what managers are told and refused --------------------------------------------------------------------------------


def test_a_pairing_says_whether_it_is_shown_or_why_not(opened: OpenedStore) -> None:
    def states() -> list[PairingState]:
        return [each.state for each in opened.store.assortment.pairings().pairings]

    pair(opened, "peas", "rice")
    assert states() == [PairingState.SHOWN]
    opened.records.store.put_stock([("rice", 0)], opened.clock.now())
    assert states() == [PairingState.OUT_OF_STOCK]
    flag(opened, "rice and the like")
    assert states() == [PairingState.SENSITIVE]


def test_a_pairing_is_of_products_the_catalogue_knows_and_may_suggest(opened: OpenedStore) -> None:
    with pytest.raises(NotFound):
        pair(opened, "peas", "caviar")
    flag(opened, "rice and the like")
    for sku, with_sku in (("peas", "rice"), ("rice", "peas")):
        with pytest.raises(Conflict, match="Rice"):
            pair(opened, sku, with_sku)
    assert opened.records.assortment.pairings() == []
    with pytest.raises(NotFound):
        opened.store.assortment.remove_pairing(RemovePairing(sku="peas", with_sku="rice"))


def test_there_is_a_most_for_pairings(opened: OpenedStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store_server.use_cases.arrange_shelves.MAX_PAIRINGS", 1)
    pair(opened, "peas", "rice")
    with pytest.raises(Conflict):
        pair(opened, "peas", "salt")
    assert len(opened.records.assortment.pairings()) == 1


def test_what_is_always_sensitive_cannot_be_switched_off(opened: OpenedStore) -> None:
    opened.records.store.put_products([Product(sku="wine", name="Wine", category="Alcohol")])
    flag(opened, "alcohol")
    with pytest.raises(Conflict):
        flag(opened, "Alcohol", is_sensitive=False)
    overview = {each.category: each for each in opened.store.assortment.categories().categories}
    assert (overview["Alcohol"].is_sensitive, overview["Alcohol"].is_always_sensitive) == (True, True)
    with pytest.raises(NotFound):
        flag(opened, "no such thing")


# --- the till's files --------------------------------------------------------------------------------------------------


def test_a_file_is_taken_whole_or_not_at_all(opened: OpenedStore) -> None:
    refuse = (
        "CREATE TRIGGER full BEFORE INSERT ON product WHEN NEW.sku = 'new4000' BEGIN SELECT RAISE(ABORT, 'full'); END"
    )
    with opened.database.durable.begin() as connection:
        connection.execute(text(refuse))
    rows = "".join(f"new{n},New {n},new\n" for n in range(5000))
    with pytest.raises(IntegrityError, match="full"):
        opened.store.assortment.take_catalogue(f"sku,name,category\n{rows}".encode(), only_check=False)
    assert opened.records.assortment.skus("", "new") == []


def test_a_file_with_too_many_rows_is_refused_before_anything_is_written(
    opened: OpenedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store_server.use_cases.arrange_shelves.MAX_IMPORT_ROWS", 3)
    with pytest.raises(Unfit):
        opened.store.assortment.take_stock(b"sku,quantity\na,1\nb,1\nc,1\nd,1\n", only_check=False)
    assert opened.records.store.stock(["a"]) == {}
    assert opened.store.assortment.take_stock(b"sku,quantity\na,1\nb,1\nc,1\n", only_check=False).is_taken


def test_rows_are_counted_before_one_is_read_and_empty_lines_are_none(
    opened: OpenedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store_server.use_cases.arrange_shelves.MAX_IMPORT_ROWS", 3)

    class Unread(TillUploads):
        def catalogue(self, content: bytes) -> Iterator[Product | RefusedRow]:
            raise AssertionError("no row is read of a file with too many")

    assortment = replace(opened.store.assortment, till_files=Unread())
    too_many = b"sku,name,category\r\n" + b"a,A,x\r\n" * 4
    with pytest.raises(Unfit, match="more than 3 rows"):
        assortment.take_catalogue(too_many, only_check=True)
    enough = b"sku,name,category\n\n \n" + b"a,A,x\r\n\r\n\n" * 3 + b"\n" * 10
    assert opened.store.assortment.take_catalogue(enough + b",,\n , ,\n" * 10, only_check=True).good == 1


@pytest.mark.parametrize("line", [b"a,A,x\n", b'"\n', b"\xff\n", b"\x00\n"], ids=repr)
def test_a_catalogue_of_more_than_200000_rows_is_refused_with_its_limit(opened: OpenedStore, line: bytes) -> None:
    for content in (line * (wire.MAX_IMPORT_ROWS + 1), b",\n" * (MAX_LINES + 1)):
        with pytest.raises(Unfit, match=r"more than 200,000 rows.*split it"):
            opened.store.assortment.take_catalogue(b"sku,name,category\n" + content, only_check=True)


def test_of_very_many_refused_rows_the_first_are_listed(opened: OpenedStore) -> None:
    content = b"sku,quantity\n" + b"a,some\n" * 5000
    told = opened.store.assortment.take_stock(content, only_check=False)
    assert (told.is_taken, told.good, told.refused) == (False, 0, 5000)
    assert [row.line_number for row in told.refused_rows] == list(range(2, 2 + wire.MAX_REFUSED_LISTED))
