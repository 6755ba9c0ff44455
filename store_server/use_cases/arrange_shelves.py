"""Managers: what the store sells and where it stands, which categories are sensitive, what goes with what, the till's files."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal, TypeVar

from store_server.domain.floor_shapes import Slot
from store_server.domain.picked_pairs import ALWAYS_SENSITIVE, PickedPair
from store_server.domain.suggesting import Rules
from store_server.ports import Clock, Records, StockRecord, TillFiles
from store_server.use_cases.floors import Floors
from store_server.use_cases.guide_shoppers import Guides
from store_server.use_cases.refusals import Conflict, NotFound, Unfit
from store_server.wire.assortment import (
    MAX_IMPORT_ROWS,
    MAX_PAIRINGS,
    MAX_PRODUCTS_LISTED,
    MAX_REFUSED_LISTED,
    MAX_UNKNOWN_LISTED,
    AddPairing,
    Categories,
    CategoryFlag,
    CategoryOverview,
    FlagCategory,
    ImportedRows,
    LookedUpProducts,
    LookUpProducts,
    PairingOverview,
    Pairings,
    PairingState,
    ProductPlacing,
    RefusedRow,
    RemovePairing,
    ShelvedProduct,
    ShelvedProducts,
    UnknownOnShelf,
)
from store_server.wire.shopping import Product, ShelfPlace

_Row = TypeVar("_Row")

_FILLED_LINE = re.compile(rb"[^\s,][^\n]*")

MAX_LINES = 1_100_000
"""A spreadsheet saved to its last line, most of it empty, has 1,048,576."""


@dataclass(frozen=True)
class Assortment:
    """The shelves as managers see and arrange them. What is changed here rules the very next suggestion."""

    records: Records
    floors: Floors
    guides: Guides
    clock: Clock
    till_files: TillFiles

    # --- products ----------------------------------------------------------------------------------------------------

    def products(
        self, query: str, category: str | None, placing: ProductPlacing, offset: int, limit: int
    ) -> ShelvedProducts:
        """A page of the catalogue: what matches, where it stands on the published plan, and what is amiss with the whole."""
        floor = self.floors.current()
        places: Mapping[str, ShelfPlace] = {} if floor is None else floor.places
        slots: Sequence[Slot] = () if floor is None else floor.slots
        slots_of = Counter(slot.sku for slot in slots if slot.sku is not None)
        records = self.records.assortment
        limit = min(limit, MAX_PRODUCTS_LISTED)
        if placing is ProductPlacing.ALL:
            page, matching = records.skus(query, category, offset, limit), records.count(query, category)
        else:
            is_placed = placing is ProductPlacing.PLACED
            found = [sku for sku in records.skus(query, category) if (sku in slots_of) == is_placed]
            page, matching = found[offset : offset + limit], len(found)
        known, in_catalogue = records.known(slots_of), records.count("", None)
        unknown = sorted(set(slots_of) - known)
        products, stock = self.records.store.products(page), self.records.store.stock(page)
        sensitive = ALWAYS_SENSITIVE | records.flagged(CategoryFlag.SENSITIVE)
        return ShelvedProducts(
            # A product can go between the two looks.
            products=tuple(
                _shelved(products[sku], places.get(sku), stock.get(sku), slots_of[sku], sensitive)
                for sku in page
                if sku in products
            ),
            matching=matching,
            in_catalogue=in_catalogue,
            on_no_shelf=in_catalogue - len(known),
            unknown_on_shelf=tuple(
                UnknownOnShelf(sku=sku, place=places[sku]) for sku in unknown[:MAX_UNKNOWN_LISTED] if sku in places
            ),
            unknown_count=len(unknown),
        )

    def look_up(self, wanted: LookUpProducts) -> LookedUpProducts:
        return LookedUpProducts(products=tuple(self.records.store.products(wanted.skus).values()))

    # --- categories --------------------------------------------------------------------------------------------------

    def categories(self) -> Categories:
        sensitive = ALWAYS_SENSITIVE | self.records.assortment.flagged(CategoryFlag.SENSITIVE)
        last = self.records.assortment.flagged(CategoryFlag.LAST)
        return Categories(
            categories=tuple(
                CategoryOverview(
                    category=category,
                    products=products,
                    is_sensitive=category.casefold() in sensitive,
                    is_fetched_last=category.casefold() in last,
                    is_always_sensitive=category.casefold() in ALWAYS_SENSITIVE,
                )
                for category, products in self.records.assortment.categories()
            )
        )

    def flag_category(self, flag: FlagCategory) -> Categories:
        if flag.category.casefold() not in {name.casefold() for name, _ in self.records.assortment.categories()}:
            raise NotFound("The catalogue has no such category.")
        if flag.flag is CategoryFlag.SENSITIVE and flag.category.casefold() in ALWAYS_SENSITIVE:
            if not flag.is_on:
                raise Conflict("This category is always sensitive: the notice to shoppers promises it.")
        else:
            self.records.assortment.flag_category(flag.category, flag.flag, is_on=flag.is_on)
            self.guides.look_again()
        return self.categories()

    # --- pairings ----------------------------------------------------------------------------------------------------

    def pairings(self) -> Pairings:
        pairs = self.records.assortment.pairings()
        products = self.records.store.products([sku for pair in pairs for sku in (pair.sku, pair.with_sku)])
        stock = self.records.store.stock([pair.with_sku for pair in pairs])
        rules = self._rules(products)
        shown = [
            PairingOverview(
                sku=pair.sku,
                name=_name(products.get(pair.sku)),
                with_sku=pair.with_sku,
                with_name=_name(products.get(pair.with_sku)),
                note=pair.note,
                state=_state(pair, rules, stock),
            )
            for pair in pairs
        ]
        shown.sort(key=lambda pair: ((pair.name or pair.sku).casefold(), (pair.with_name or pair.with_sku).casefold()))
        return Pairings(pairings=tuple(shown))

    def add_pairing(self, pairing: AddPairing) -> Pairings:
        products = self.records.store.products([pairing.sku, pairing.with_sku])
        if len(products) < 2:
            raise NotFound("The catalogue does not have both products.")
        rules = self._rules(products)
        if sensitive := [product.name for sku, product in products.items() if rules.is_sensitive(sku)]:
            raise Conflict(f"Sensitive products are never suggested, nor a reason to suggest: {', '.join(sensitive)}.")
        pair = PickedPair(pairing.sku, pairing.with_sku, pairing.note)
        if not self.records.assortment.put_pairing(pair, MAX_PAIRINGS):
            raise Conflict(f"A store has at most {MAX_PAIRINGS} pairings: remove one first.")
        self.guides.look_again()
        return self.pairings()

    def remove_pairing(self, pairing: RemovePairing) -> Pairings:
        if not self.records.assortment.remove_pairing(pairing.sku, pairing.with_sku):
            raise NotFound("There is no such pairing any more.")
        self.guides.look_again()
        return self.pairings()

    # --- the till's files --------------------------------------------------------------------------------------------

    def take_catalogue(self, content: bytes, *, only_check: bool) -> ImportedRows:
        _bounded(content)
        return self._take("catalogue", self.till_files.catalogue(content), self.records.store.put_products, only_check)

    def take_stock(self, content: bytes, *, only_check: bool) -> ImportedRows:
        def put(rows: Sequence[tuple[str, int]]) -> None:
            self.records.store.put_stock(rows, self.clock.now())

        _bounded(content)
        return self._take("stock", self.till_files.stock(content), put, only_check)

    def _take(
        self,
        kind: Literal["catalogue", "stock"],
        rows: Iterable[_Row | RefusedRow],
        put: Callable[[Sequence[_Row]], None],
        only_check: bool,
    ) -> ImportedRows:
        """Read the whole file before anything is written; then write all good rows in one transaction."""
        good, refused, listed = list[_Row](), 0, list[RefusedRow]()
        for row in rows:
            if not isinstance(row, RefusedRow):
                good.append(row)
            else:
                refused += 1
                if len(listed) < MAX_REFUSED_LISTED:
                    listed.append(row)
        is_taken = not only_check and bool(good)
        if is_taken:
            put(good)
            self.guides.look_again()
        return ImportedRows(kind=kind, is_taken=is_taken, good=len(good), refused=refused, refused_rows=tuple(listed))

    def _rules(self, products: Mapping[str, Product]) -> Rules:
        return Rules(
            products,
            sensitive_categories=ALWAYS_SENSITIVE | self.records.assortment.flagged(CategoryFlag.SENSITIVE),
        )


def _bounded(content: bytes) -> None:
    """Refuse more rows than are taken at once, before any of them is read.

    Raises
    ------
    Unfit
    """
    most = MAX_IMPORT_ROWS + 1  # the first line names the columns
    if content.count(b"\n") > MAX_LINES or sum(1 for _ in islice(_FILLED_LINE.finditer(content), most + 1)) > most:
        words = f"The file has more than {MAX_IMPORT_ROWS:,} rows, which is the most at once"
        raise Unfit(f"{words}: split it, or use the command line (aisleway import-catalogue, import-stock).")


def _name(product: Product | None) -> str | None:
    return None if product is None else product.name


def _shelved(
    product: Product, place: ShelfPlace | None, stock: StockRecord | None, slots: int, sensitive: frozenset[str]
) -> ShelvedProduct:
    return ShelvedProduct(
        product=product,
        place=place,
        stock=None if stock is None else stock.quantity,
        stock_as_of=None if stock is None else stock.as_of,
        slots=slots,
        is_category_sensitive=product.category.casefold() in sensitive,
    )


def _state(pair: PickedPair, rules: Rules, stock: Mapping[str, StockRecord]) -> PairingState:
    if pair.sku not in rules.products or pair.with_sku not in rules.products:
        return PairingState.UNKNOWN_PRODUCT
    if rules.is_sensitive(pair.sku) or rules.is_sensitive(pair.with_sku):
        return PairingState.SENSITIVE
    if pair.with_sku in stock and stock[pair.with_sku].quantity <= 0:
        return PairingState.OUT_OF_STOCK
    return PairingState.SHOWN
