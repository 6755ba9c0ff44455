"""A shopper's wish list: how it changes.

Everything here takes a list and returns one; the version rises by one with each change the shopper made, and with nothing else,
so that a screen can tell a list it knows from one it does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from store_server.wire.shopping import MAX_WISH_LIST_ITEMS, ShelfPlace, Substitute, WishList, WishListItem, WishState

EMPTY: Final = WishList(version=0, items=())


class WishListFull(ValueError):
    """The list holds as many items as it may."""

    def __init__(self) -> None:
        super().__init__(f"The list is full: it holds at most {MAX_WISH_LIST_ITEMS} items. Remove one first.")


class NotOnTheList(LookupError):
    """The product is not on this list."""

    def __init__(self) -> None:
        super().__init__("This product is not on the list.")  # which product stays out of logs (requirement E6)


def find(wish_list: WishList, sku: str) -> WishListItem | None:
    """The item of this product, or None where it is not on the list."""
    return next((item for item in wish_list.items if item.sku == sku), None)


def wanted(wish_list: WishList) -> tuple[WishListItem, ...]:
    """The items still to be fetched, in the order the shopper wrote them."""
    return tuple(item for item in wish_list.items if item.state is WishState.WANTED)


def put(wish_list: WishList, item: WishListItem) -> WishList:
    """Add a product, or bring the item already there into ``item.state``.

    Parameters
    ----------
    wish_list : WishList
    item : WishListItem
        Where the product is on the list already, only its state is taken from here.

    Raises
    ------
    WishListFull
        If the product is new and the list holds ``MAX_WISH_LIST_ITEMS`` items.

    Examples
    --------
    >>> milk = WishListItem(sku="1", name="Milk")
    >>> put(EMPTY, milk).version, put(put(EMPTY, milk), milk).version
    (1, 1)
    """
    if find(wish_list, item.sku) is not None:
        return set_state(wish_list, item.sku, item.state)
    if len(wish_list.items) >= MAX_WISH_LIST_ITEMS:
        raise WishListFull
    return _changed(wish_list, (*wish_list.items, item))


def set_state(wish_list: WishList, sku: str, state: WishState) -> WishList:
    """Mark an item picked up, skipped, or wanted again; the same list where it is so already.

    Raises
    ------
    NotOnTheList
    """
    item = find(wish_list, sku)
    if item is None:
        raise NotOnTheList
    if item.state is state:
        return wish_list
    changed = item.model_copy(update={"state": state})
    return _changed(wish_list, tuple(changed if other.sku == sku else other for other in wish_list.items))


def remove(wish_list: WishList, sku: str) -> WishList:
    """The list without this product; the same list where it was not on it, so that removing twice does no harm."""
    left = tuple(item for item in wish_list.items if item.sku != sku)
    return wish_list if len(left) == len(wish_list.items) else _changed(wish_list, left)


@dataclass(frozen=True, slots=True)
class Shelved:
    """What is known of one product now."""

    place: ShelfPlace | None
    is_sold_out: bool = False
    substitute: Substitute | None = None


UNKNOWN: Final = Shelved(None)


def place_items(wish_list: WishList, shelved: Mapping[str, Shelved]) -> WishList:
    """The list with what is known of each item now, by sku; an item that is not in it stands on no shelf.

    The version stays: where a product stands and how many there are is the store's to say, and no change of the shopper's.
    """
    told = tuple(_told(item, shelved.get(item.sku, UNKNOWN)) for item in wish_list.items)
    return wish_list if told == wish_list.items else wish_list.model_copy(update={"items": told})


def _told(item: WishListItem, shelved: Shelved) -> WishListItem:
    known = {"place": shelved.place, "is_sold_out": shelved.is_sold_out, "substitute": shelved.substitute}
    return item.model_copy(update=known)


def _changed(wish_list: WishList, items: tuple[WishListItem, ...]) -> WishList:
    return WishList(version=wish_list.version + 1, items=items)
