"""What the store sells and how it is arranged: products on shelves, sensitive categories, pairings, the till's files."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from store_server.wire.message import Label, Message, Sku
from store_server.wire.shopping import Count, FoundProduct, Product, ShelfPlace

MAX_IMPORT_BYTES = 20 * 1024 * 1024
MAX_IMPORT_ROWS = 200_000
"""A hypermarket sells some 60,000 products; larger files go in from the command line, part by part."""

MAX_PAIRINGS = 2000
MAX_PRODUCTS_LISTED = 100
MAX_LOOKED_UP = 2000
MAX_UNKNOWN_LISTED = 100
MAX_REFUSED_LISTED = 200


class ProductPlacing(StrEnum):
    """Which products a manager wants to see."""

    ALL = "all"
    PLACED = "placed"
    UNPLACED = "unplaced"
    """On no shelf of the published plan."""


class ShelvedProduct(FoundProduct):
    """A product of the catalogue and where it stands; ``place`` is the first of its slots."""

    slots: Count
    """On so many slots of the published plan."""
    is_category_sensitive: bool


class UnknownOnShelf(Message):
    """A slot whose product the catalogue does not know."""

    sku: Sku
    place: ShelfPlace


class ShelvedProducts(Message):
    """GET /api/manager/products?q=&category=&placing=&offset=&limit=: a page of the catalogue, by name."""

    products: Annotated[tuple[ShelvedProduct, ...], Field(max_length=MAX_PRODUCTS_LISTED)]
    matching: Count
    """All that match, on this page and others."""
    in_catalogue: Count
    on_no_shelf: Count
    unknown_on_shelf: Annotated[tuple[UnknownOnShelf, ...], Field(max_length=MAX_UNKNOWN_LISTED)]
    unknown_count: Count


class LookUpProducts(Message):
    """POST /api/manager/products/lookups: what these are, as the shelves of a plan name them."""

    skus: Annotated[tuple[Sku, ...], Field(max_length=MAX_LOOKED_UP)]


class LookedUpProducts(Message):
    """Those the catalogue knows; the others are left out."""

    products: tuple[Product, ...]


class CategoryFlag(StrEnum):
    """What a store may decide of a category."""

    SENSITIVE = "sensitive"
    """Nothing of it is suggested, and nothing is suggested because of it."""
    LAST = "last"
    """Fetched after everything else on a list: what thaws, or is heavy."""


class CategoryOverview(Message):
    category: Label
    products: Count
    is_sensitive: bool
    is_fetched_last: bool
    is_always_sensitive: bool
    """The notice promises it: it cannot be switched off."""


class Categories(Message):
    """GET /api/manager/categories, by name."""

    categories: tuple[CategoryOverview, ...]


class FlagCategory(Message):
    """POST /api/manager/categories/flags."""

    category: Label
    flag: CategoryFlag
    is_on: bool


PairingNote = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]+$")]


class AddPairing(Message):
    """POST /api/manager/pairings: who has ``sku`` on the list is offered ``with_sku`` first. Added again, its note is changed."""

    sku: Sku
    with_sku: Sku
    note: PairingNote | None = None
    """Shown to shoppers beside it."""

    @model_validator(mode="after")
    def _is_of_two(self) -> AddPairing:
        if self.sku == self.with_sku:
            raise ValueError("a pairing is of two products")
        return self


class RemovePairing(Message):
    """DELETE /api/manager/pairings."""

    sku: Sku
    with_sku: Sku


class PairingState(StrEnum):
    """Whether a pairing is shown to shoppers, or why it is not."""

    SHOWN = "shown"
    SENSITIVE = "sensitive"
    UNKNOWN_PRODUCT = "unknown_product"
    OUT_OF_STOCK = "out_of_stock"


class PairingOverview(Message):
    sku: Sku
    name: Label | None
    """None: the catalogue does not know it any more."""
    with_sku: Sku
    with_name: Label | None
    note: PairingNote | None
    state: PairingState


class Pairings(Message):
    """GET /api/manager/pairings, by the first product's name."""

    pairings: Annotated[tuple[PairingOverview, ...], Field(max_length=MAX_PAIRINGS)]


class RefusedRow(Message):
    line_number: Annotated[int, Field(ge=1)]
    reason: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    """What to mend; never what was in the row."""


class ImportedRows(Message):
    """POST /api/manager/catalogue-imports and /api/manager/stock-imports, a CSV file as the body.

    With ``?only=check`` nothing is taken: the answer says what would be. Otherwise all good rows are taken, or none.
    """

    kind: Literal["catalogue", "stock"]
    is_taken: bool
    good: Count
    refused: Count
    refused_rows: Annotated[tuple[RefusedRow, ...], Field(max_length=MAX_REFUSED_LISTED)]
    """The first of them."""
