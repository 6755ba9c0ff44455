from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.domain.wish_lists import (
    EMPTY,
    NotOnTheList,
    Shelved,
    WishListFull,
    find,
    place_items,
    put,
    remove,
    set_state,
    wanted,
)
from store_server.wire.shopping import MAX_WISH_LIST_ITEMS, ShelfPlace, WishList, WishListItem, WishState

PLACE = ShelfPlace(slot_key="G1-W-1-1", fixture_key="G1", zone=None, side="W", bay=1, shelf=1, x_m=1.0, y_m=2.0)


def item(sku: str, state: WishState = WishState.WANTED) -> WishListItem:
    return WishListItem(sku=sku, name=f"Product {sku}", state=state)


def list_of(*skus: str) -> WishList:
    wish_list = EMPTY
    for sku in skus:
        wish_list = put(wish_list, item(sku))
    return wish_list


def test_a_new_item_goes_to_the_end_and_raises_the_version() -> None:
    wish_list = list_of("a", "b")
    assert [i.sku for i in wish_list.items] == ["a", "b"]
    assert wish_list.version == 2


def test_adding_what_is_wanted_already_changes_nothing() -> None:
    wish_list = list_of("a")
    assert put(wish_list, item("a")) is wish_list


def test_adding_what_was_picked_up_makes_it_wanted_again_and_keeps_its_place_in_the_list() -> None:
    wish_list = set_state(list_of("a", "b"), "a", WishState.PICKED_UP)
    again = put(wish_list, item("a"))
    assert [i.sku for i in wanted(again)] == ["a", "b"]
    assert again.version == wish_list.version + 1


def test_setting_the_state_it_has_changes_nothing() -> None:
    wish_list = set_state(list_of("a"), "a", WishState.SKIPPED)
    assert set_state(wish_list, "a", WishState.SKIPPED) is wish_list


def test_a_state_for_a_product_that_is_not_on_the_list_is_refused() -> None:
    with pytest.raises(NotOnTheList):
        set_state(list_of("a"), "b", WishState.PICKED_UP)


def test_removing_twice_does_no_harm() -> None:
    once = remove(list_of("a", "b"), "a")
    assert find(once, "a") is None
    assert once.version == 3
    assert remove(once, "a") is once


def test_a_full_list_takes_no_new_item_but_still_changes_those_it_has() -> None:
    full = list_of(*(str(n) for n in range(MAX_WISH_LIST_ITEMS)))
    with pytest.raises(WishListFull, match="at most 200"):
        put(full, item("one more"))
    assert put(full, item("7", WishState.PICKED_UP)).version == full.version + 1


def test_placing_the_items_is_no_change_of_the_shoppers() -> None:
    wish_list = list_of("a", "b")
    placed = place_items(wish_list, {"a": Shelved(PLACE)})
    assert placed.version == wish_list.version
    assert [i.place for i in placed.items] == [PLACE, None]
    assert place_items(placed, {"a": Shelved(PLACE)}) is placed


CHANGES = st.lists(
    st.tuples(st.sampled_from(["put", "state", "remove"]), st.sampled_from("abcde"), st.sampled_from(list(WishState)))
)


@given(CHANGES)
def test_the_version_rises_by_one_exactly_when_the_list_changes(changes: list[tuple[str, str, WishState]]) -> None:
    wish_list = EMPTY
    for kind, sku, state in changes:
        before = wish_list
        if kind == "put":
            wish_list = put(wish_list, item(sku, state))
        elif kind == "remove":
            wish_list = remove(wish_list, sku)
        elif find(wish_list, sku) is not None:
            wish_list = set_state(wish_list, sku, state)
        assert wish_list.version - before.version == (wish_list.items != before.items)
        assert len({i.sku for i in wish_list.items}) == len(wish_list.items)
