"""Managers: products and where they stand, sensitive categories, pairings, the till's files."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from store_server.use_cases.refusals import Unfit
from store_server.web.audience import answer, body, large_body, raw_body, store
from store_server.wire.assortment import (
    MAX_IMPORT_BYTES,
    MAX_PRODUCTS_LISTED,
    AddPairing,
    FlagCategory,
    LookUpProducts,
    ProductPlacing,
    RemovePairing,
)

assortment = Blueprint("assortment", __name__, url_prefix="/api/manager")

CSV = "text/csv"
MAX_LOOK_UP_BYTES = 1024 * 1024
"""The most skus, each as long as it may be and all of it escaped."""
MOST_LETTERS = 200
MOST_DIGITS = 9


def _asked(name: str) -> str:
    """A text of the address. No product has a control character in what is searched, and no database is asked for one."""
    return "".join(letter for letter in request.args.get(name, "")[:MOST_LETTERS] if letter >= " ")


def _number(name: str, usual: int) -> int:
    text = request.args.get(name, str(usual))
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise Unfit(f"{name} is a whole number.", (name,))
    return int(text)


def _only_check() -> bool:
    only = request.args.get("only", "")
    if only not in ("", "check"):
        raise Unfit("only is check, or left out.", ("only",))
    return only == "check"


@assortment.get("/products")
def products() -> ResponseReturnValue:
    placing = request.args.get("placing", ProductPlacing.ALL)
    if placing not in list(ProductPlacing):
        raise Unfit(f"placing is one of {', '.join(ProductPlacing)}.", ("placing",))
    return answer(
        store().assortment.products(
            _asked("q"),
            _asked("category") or None,
            ProductPlacing(placing),
            _number("offset", 0),
            _number("limit", MAX_PRODUCTS_LISTED),
        )
    )


@assortment.post("/products/lookups")
def look_up() -> ResponseReturnValue:
    return answer(store().assortment.look_up(large_body(LookUpProducts, MAX_LOOK_UP_BYTES)))


@assortment.get("/categories")
def categories() -> ResponseReturnValue:
    return answer(store().assortment.categories())


@assortment.post("/categories/flags")
def flag_category() -> ResponseReturnValue:
    return answer(store().assortment.flag_category(body(FlagCategory)))


@assortment.get("/pairings")
def pairings() -> ResponseReturnValue:
    return answer(store().assortment.pairings())


@assortment.post("/pairings")
def add_pairing() -> ResponseReturnValue:
    return answer(store().assortment.add_pairing(body(AddPairing)), 201)


@assortment.delete("/pairings")
def remove_pairing() -> ResponseReturnValue:
    return answer(store().assortment.remove_pairing(body(RemovePairing)))


@assortment.post("/catalogue-imports")
def import_catalogue() -> ResponseReturnValue:
    only_check = _only_check()
    return answer(store().assortment.take_catalogue(raw_body(MAX_IMPORT_BYTES, CSV), only_check=only_check))


@assortment.post("/stock-imports")
def import_stock() -> ResponseReturnValue:
    only_check = _only_check()
    return answer(store().assortment.take_stock(raw_body(MAX_IMPORT_BYTES, CSV), only_check=only_check))
