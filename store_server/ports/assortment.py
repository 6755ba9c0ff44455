"""What the store sells, how much of it there is, and how it is arranged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from store_server.domain.picked_pairs import PickedPair
from store_server.domain.suggesting import Complements
from store_server.wire.assortment import CategoryFlag
from store_server.wire.shopping import Product


@dataclass(frozen=True, slots=True)
class StockRecord:
    quantity: int
    as_of: datetime


class StoreRecords(Protocol):
    def put_products(self, products: Sequence[Product]) -> None: ...
    def product(self, sku: str) -> Product | None: ...
    def products(self, skus: Iterable[str]) -> Mapping[str, Product]: ...
    def find_products(self, query: str, limit: int) -> Sequence[Product]: ...
    def put_stock(self, rows: Sequence[tuple[str, int]], as_of: datetime) -> None: ...
    def stock(self, skus: Iterable[str]) -> Mapping[str, StockRecord]: ...
    def put_basket_items(self, rows: Sequence[tuple[str, str]]) -> None: ...
    def baskets(self) -> Iterable[tuple[str, str]]: ...
    def save_complements(self, complements: Complements, at: datetime) -> None: ...
    def complements(self) -> tuple[float, Complements] | None:
        """When they were learned (Unix seconds), and they; None where nothing was learned yet."""
        ...


class AssortmentRecords(Protocol):
    """How the store arranges what it sells: its categories, what it decided of them, and what goes with what."""

    def skus(self, query: str, category: str | None, offset: int = 0, limit: int | None = None) -> Sequence[str]:
        """Products, of one category or of all, whose name, brand, category, sku or barcode holds every word; by name."""
        ...

    def count(self, query: str, category: str | None) -> int:
        """How many ``skus`` would answer without a limit."""
        ...

    def known(self, skus: Iterable[str]) -> frozenset[str]:
        """Those of these that the catalogue has."""
        ...

    def categories(self) -> Sequence[tuple[str, int]]:
        """Each as it is written, and its number of products; flagged ones without products too."""
        ...

    def flagged(self, flag: CategoryFlag) -> frozenset[str]:
        """The categories the store has flagged so, without case."""
        ...

    def flag_category(self, category: str, flag: CategoryFlag, *, is_on: bool) -> None: ...
    def pairings(self) -> Sequence[PickedPair]: ...
    def put_pairing(self, pair: PickedPair, most: int) -> bool:
        """Add it or change its note; False, and nothing done, where there would be more than ``most``."""
        ...

    def remove_pairing(self, sku: str, with_sku: str) -> bool:
        """False where there was none."""
        ...
