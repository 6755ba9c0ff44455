"""Whether what is on a list can be had: where it stands, whether it is sold out, what to take instead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from store_server.domain.substitutes import substitute
from store_server.domain.wish_lists import Shelved, place_items, wanted
from store_server.ports import Clock, Records
from store_server.use_cases.floors import Floor
from store_server.wire.shopping import Substitute, WishList

STOCK_HOLDS = timedelta(hours=36)
"""A stock told longer ago than yesterday morning says nothing: shelves have been filled since."""

MOST_LIKE = 400
"""Products of a category looked at for a substitute."""


@dataclass(frozen=True)
class Availability:
    records: Records
    clock: Clock

    def told(self, wish_list: WishList, floor: Floor | None) -> WishList:
        """The list with what is known of each item now; its version stays, as the shopper changed nothing."""
        if floor is None:
            return place_items(wish_list, {})
        now = self.clock.now()
        items = wanted(wish_list)
        on_list = {item.sku for item in wish_list.items}
        stock = self.records.store.stock([item.sku for item in items])
        shelved = {sku: Shelved(floor.places[sku]) for sku in on_list if sku in floor.places}
        for item in items:
            held = stock.get(item.sku)
            if held is not None and held.quantity <= 0 and _holds(held.as_of, now):
                instead = self._instead(item.sku, on_list, floor, now)
                shelved[item.sku] = Shelved(floor.places.get(item.sku), is_sold_out=True, substitute=instead)
        return place_items(wish_list, shelved)

    def _instead(self, sku: str, on_list: set[str], floor: Floor, now: datetime) -> Substitute | None:
        missing = self.records.store.product(sku)
        if missing is None:
            return None
        alike = self.records.assortment.skus("", missing.category, limit=MOST_LIKE)
        candidates = self.records.store.products(alike).values()
        stock = {sku: row.quantity for sku, row in self.records.store.stock(alike).items() if _holds(row.as_of, now)}
        found = substitute(missing, candidates, stock, floor.places, on_list)
        return None if found is None else Substitute(sku=found.sku, name=found.name, place=floor.places[found.sku])


def _holds(as_of: datetime, now: datetime) -> bool:
    return now - as_of <= STOCK_HOLDS
