"""What to take instead of a product that is sold out."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping

from store_server.wire.shopping import Product, ShelfPlace

NEAR_M = 15.0
"""Another shelf so far away makes a product half as good an answer as the one beside the empty place."""

_WORDS = re.compile(r"[^\W\d_]{2,}")


def substitute(
    missing: Product,
    candidates: Iterable[Product],
    stock: Mapping[str, int],
    places: Mapping[str, ShelfPlace],
    excluded: Collection[str] = (),
) -> Product | None:
    """The product most like the missing one of those that can be had.

    Like is what shares the words of its name, without the brand, costs about as much and stands near.

    Parameters
    ----------
    missing : Product
    candidates : iterable of Product
        Of the same category; others are passed over.
    stock : Mapping of sku to int
        What is known to be there; a product not in it is not offered, as it may be sold out too.
    places : Mapping of sku to ShelfPlace
        A product on no shelf is not offered.
    excluded : collection of str
        What is on the list already.

    Examples
    --------
    >>> peas, corn = (Product(sku=s, name=n, category="frozen") for s, n in (("1", "Polar Peas"), ("2", "Polar Corn")))
    >>> more = Product(sku="3", name="Frost Peas", category="frozen", brand="Frost")
    >>> at = ShelfPlace(slot_key="a", fixture_key="a", zone=None, side="W", bay=1, shelf=1, x_m=0.0, y_m=0.0)
    >>> found = substitute(peas, [corn, more], {"2": 4, "3": 9}, {"2": at, "3": at})
    >>> found is None or found.name
    'Frost Peas'
    """
    best: tuple[float, str] | None = None
    chosen: Product | None = None
    for product in candidates:
        sku = product.sku
        if sku == missing.sku or sku in excluded or product.category.casefold() != missing.category.casefold():
            continue
        if stock.get(sku, 0) <= 0 or sku not in places or product.is_sensitive != missing.is_sensitive:
            continue
        rank = (-_likeness(missing, product, places), sku)
        if best is None or rank < best:
            best, chosen = rank, product
    return chosen


def _likeness(missing: Product, product: Product, places: Mapping[str, ShelfPlace]) -> float:
    ours, theirs = _words(missing), _words(product)
    alike = len(ours & theirs) / max(1, len(ours | theirs))
    near = 1.0
    if missing.sku in places:
        here, there = places[missing.sku], places[product.sku]
        near = NEAR_M / (NEAR_M + math.dist((here.x_m, here.y_m), (there.x_m, there.y_m)))
    price = 1.0
    if missing.price_minor and product.price_minor:
        price = min(missing.price_minor, product.price_minor) / max(missing.price_minor, product.price_minor)
    return (0.25 + alike) * (0.5 + 0.5 * price) * near


def _words(product: Product) -> set[str]:
    brand = set(_WORDS.findall((product.brand or "").casefold()))
    return set(_WORDS.findall(product.name.casefold())) - brand
