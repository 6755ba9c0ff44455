"""What to take instead of a product that is sold out."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from heapq import nsmallest

from store_server.wire.shopping import Product, ShelfPlace

NEAR_M = 15.0
"""Another shelf so far away makes a product half as good an answer as the one beside the empty place."""

_WORDS = re.compile(r"[^\W\d_]{2,}")


MOST = 30
"""Substitutes looked at: the thirty-first is not like it any more."""


def most_like(missing: Product, candidates: Iterable[Product], places: Mapping[str, ShelfPlace]) -> tuple[Product, ...]:
    """What could be taken instead of a product, the most like it first, at most ``MOST``.

    Like is what shares the words of its name, without the brand, costs about as much and stands near.

    Parameters
    ----------
    missing : Product
    candidates : iterable of Product
        Of the same category; others are passed over.
    places : Mapping of sku to ShelfPlace
        A product on no shelf is not offered.

    Examples
    --------
    >>> peas, corn = (Product(sku=s, name=n, category="frozen") for s, n in (("1", "Polar Peas"), ("2", "Polar Corn")))
    >>> more = Product(sku="3", name="Frost Peas", category="frozen", brand="Frost")
    >>> at = ShelfPlace(slot_key="a", fixture_key="a", zone=None, side="W", bay=1, shelf=1, x_m=0.0, y_m=0.0)
    >>> [product.name for product in most_like(peas, [corn, more], {"2": at, "3": at})]
    ['Frost Peas', 'Polar Corn']
    """
    fitting = (
        product
        for product in candidates
        if product.sku != missing.sku
        and product.sku in places
        and product.category.casefold() == missing.category.casefold()
        and product.is_sensitive == missing.is_sensitive
    )
    return tuple(nsmallest(MOST, fitting, key=lambda product: (-_likeness(missing, product, places), product.sku)))


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
