"""Products and the plan: those of the catalogue that stand nowhere, and slots for products the catalogue does not have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from store_server.domain.plan_problems import Problem, Rule, warning
from store_server.domain.plan_shelves import Shelf
from store_server.domain.plan_structure import SLOTS_NAMED_AT_MOST

SAID_AT_MOST = 5
"""Products named in the words; the evidence names them all."""


def product_problems(
    shelves: Iterable[Shelf], fixture_keys: Mapping[str, str], catalogue: frozenset[str]
) -> Iterator[Problem]:
    """What catalogue and shelves do not agree on.

    Parameters
    ----------
    fixture_keys : Mapping of fixture id to key
    catalogue : frozenset of str
        The store's skus.
    """
    missing = set(catalogue)
    for shelf in sorted(shelves, key=lambda each: fixture_keys[each.fixture_id]):
        missing.difference_update(shelf.products)
        if unknown := shelf.products.keys() - catalogue:
            fixture = fixture_keys[shelf.fixture_id]
            skus = sorted(unknown)
            slots = sorted(key for sku in skus for key in shelf.products[sku])
            x_m, y_m = next(slot for slot in shelf.slots if slot.properties.sku in unknown).geometry.coordinates[:2]
            words = (
                f"{_said(skus)} on {fixture}: the catalogue does not know {'it' if len(skus) == 1 else 'them'}. "
                "Import the catalogue, or clear the slots."
            )
            keys = [*slots[:SLOTS_NAMED_AT_MOST], fixture]
            yield warning(Rule.UNKNOWN_PRODUCT, keys, (x_m, y_m), words, _evidence(skus))
    if missing:
        skus = sorted(missing)
        words = f"{len(skus)} of {len(catalogue)} products stand on no shelf, so nobody is led to them: {_said(skus)}."
        yield warning(Rule.PRODUCT_NOT_PLACED, (), None, words, _evidence(skus))


def _evidence(skus: list[str]) -> str:
    """All of them, and beginning as no shape does."""
    return f"{len(skus)} skus: {', '.join(skus)}"


def _said(skus: list[str]) -> str:
    more = len(skus) - SAID_AT_MOST
    return ", ".join(skus[:SAID_AT_MOST]) + (f" and {more} more" if more > 0 else "")
