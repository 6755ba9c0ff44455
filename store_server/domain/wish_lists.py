"""A shopper's wish list: how it changes, and which item is next.

Everything here takes a list and returns one; the version rises by one with each change the shopper made, and with nothing else,
so that a screen can tell a list it knows from one it does not.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from store_server.wire.shopping import MAX_WISH_LIST_ITEMS, ShelfPlace, WishList, WishListItem, WishState

EMPTY: Final = WishList(version=0, items=())

NEARER_BY_M = 5.0
"""By how much another item must be nearer before the present target is given up. A shopper sent to and fro between two
shelves at the same distance loses trust; walking 5 m too far costs four seconds."""


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


def place_items(wish_list: WishList, places: Mapping[str, ShelfPlace]) -> WishList:
    """The list with each item's place on the plan of now.

    The version stays: where a product stands is the store's to say, and no change of the shopper's.
    """
    placed = tuple(item.model_copy(update={"place": places.get(item.sku)}) for item in wish_list.items)
    return wish_list if placed == wish_list.items else wish_list.model_copy(update={"items": placed})


def next_item(
    wish_list: WishList,
    lengths_m: Mapping[str, float],
    present_sku: str | None = None,
    nearer_by_m: float = NEARER_BY_M,
) -> WishListItem | None:
    """Which wanted item to fetch next.

    The nearest by walking length; but the present target stays unless another is nearer by a clear margin. Then items no way
    leads to, then items that stand on no shelf, each in the order of the list.

    Parameters
    ----------
    wish_list : WishList
    lengths_m : mapping of str to float
        By sku, the walking length to each wanted item that has a place; infinite where there is no way, NaN-free. Items that
        are not in it have no place.
    present_sku : str or None
        The item the shopper is being led to now.
    nearer_by_m : float
        The margin.

    Returns
    -------
    WishListItem or None
        None where nothing is wanted any more.
    """
    items = wanted(wish_list)
    if not items:
        return None
    placed = [item for item in items if item.sku in lengths_m]
    if not placed:
        return next((item for item in items if item.sku == present_sku), items[0])
    nearest = min(placed, key=lambda item: lengths_m[item.sku])  # min keeps the list's order among equals
    present = next((item for item in placed if item.sku == present_sku), None)
    if present is None:
        return nearest
    here, there = lengths_m[present.sku], lengths_m[nearest.sku]
    is_clearly_nearer = math.isfinite(there) and here - there > nearer_by_m
    return nearest if is_clearly_nearer else present


def _changed(wish_list: WishList, items: tuple[WishListItem, ...]) -> WishList:
    return WishList(version=wish_list.version + 1, items=items)
