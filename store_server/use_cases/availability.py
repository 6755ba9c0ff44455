"""Whether what is on a list can be had: where it stands, whether it is sold out, what to take instead."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from store_server.domain.substitutes import most_like
from store_server.domain.wish_lists import Shelved, place_items, wanted
from store_server.ports import Clock, Records
from store_server.use_cases.floors import Floor
from store_server.wire.shopping import Product, Substitute, WishList

STOCK_HOLDS = timedelta(hours=36)
"""A stock told longer ago than yesterday morning says nothing: shelves have been filled since."""

LIKE_HOLDS = timedelta(minutes=1)
"""For this long what is like a product is not looked up again."""

MOST_KEPT = 500

MOST_LIKE = 400
"""Products of a category looked at for a substitute."""


@dataclass(frozen=True)
class Availability:
    records: Records
    clock: Clock
    _alike: dict[tuple[str, int], tuple[datetime, tuple[Product, ...]]] = field(default_factory=dict)
    """By sku and version of the plan. A kiosk looks twice a second; what is like a product changes with the catalogue. It says
    nothing of whose list the product was on."""

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
        alike = [product for product in self._like(sku, floor, now) if product.sku not in on_list]
        stock = self.records.store.stock([product.sku for product in alike])
        for product in alike:
            held = stock.get(product.sku)
            # What nobody counted may be sold out too.
            if held is not None and held.quantity > 0 and _holds(held.as_of, now):
                return Substitute(sku=product.sku, name=product.name, place=floor.places[product.sku])
        return None

    def _like(self, sku: str, floor: Floor, now: datetime) -> tuple[Product, ...]:
        key = (sku, floor.plan.version)
        kept = self._alike.get(key)
        if kept is not None and abs(now - kept[0]) < LIKE_HOLDS:
            return kept[1]
        missing = self.records.store.product(sku)
        found: tuple[Product, ...] = ()
        if missing is not None:
            skus = self.records.assortment.skus("", missing.category, limit=MOST_LIKE)
            found = most_like(missing, self.records.store.products(skus).values(), floor.places)
        if len(self._alike) >= MOST_KEPT:
            self._alike.clear()
        self._alike[key] = (now, found)
        return found


def _holds(as_of: datetime, now: datetime) -> bool:
    return now - as_of <= STOCK_HOLDS
