"""Products and the plan: those of the catalogue that stand nowhere, and slots for products the catalogue does not have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

from store_server.domain.plan_problems import Problem, Rule, Said, said, warning
from store_server.domain.plan_shelves import Shelf
from store_server.domain.plan_structure import NAMED_AT_MOST, SLOTS_NAMED_AT_MOST

SAID_AT_MOST = 5
"""Products named in the words; the evidence names them all."""

FIXTURES_APART = 5
"""So many fixtures with unknown products are told one by one; more is one warning, not hundreds."""

EVERYWHERE = "unknown_product.everywhere"
"""What is said of products unknown on more fixtures than that."""


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
    strange = []
    for shelf in sorted(shelves, key=lambda each: fixture_keys[each.fixture_id]):
        missing.difference_update(shelf.products)
        if unknown := shelf.products.keys() - catalogue:
            strange.append((shelf, unknown))
    if len(strange) > FIXTURES_APART:
        yield _everywhere(strange, fixture_keys)
    else:
        yield from (_on_one(shelf, unknown, fixture_keys[shelf.fixture_id]) for shelf, unknown in strange)
    if missing:
        skus = sorted(missing)
        yield warning(Rule.PRODUCT_NOT_PLACED, (), None, _not_placed(skus, len(catalogue)), _evidence(skus))


def _evidence(skus: list[str]) -> str:
    """All of them, and beginning as no shape does."""
    return f"{len(skus)} skus: {', '.join(skus)}"


def _on_one(shelf: Shelf, unknown: Set[str], fixture: str) -> Problem:
    skus = sorted(unknown)
    slots = sorted(key for sku in skus for key in shelf.products[sku])
    first = next(slot for slot in shelf.slots if slot.properties.sku in unknown)
    x_m, y_m = first.geometry.coordinates[:2]
    keys = [*slots[:SLOTS_NAMED_AT_MOST], fixture]
    words = _unknown(skus, fixture, len(slots))
    return warning(Rule.UNKNOWN_PRODUCT, keys, (x_m, y_m), words, _evidence(skus), first.properties.level_id)


def _everywhere(strange: Sequence[tuple[Shelf, Set[str]]], fixture_keys: Mapping[str, str]) -> Problem:
    """One warning of all: it is the catalogue that is missing or old, and no shelf of them is to be cleared for that."""
    skus = sorted(set().union(*(unknown for _, unknown in strange)))
    slots = sum(len(shelf.products[sku]) for shelf, unknown in strange for sku in unknown)
    words = said(
        "unknown_product.everywhere",
        count=len(skus),
        slots=slots,
        fixtures=len(strange),
        products=", ".join(skus[:SAID_AT_MOST]),
    )
    keys = [fixture_keys[shelf.fixture_id] for shelf, _ in strange]
    return warning(Rule.UNKNOWN_PRODUCT, keys[:NAMED_AT_MOST], None, words, _evidence(skus))


def _unknown(skus: list[str], fixture: str, slots: int) -> Said:
    first, more = ", ".join(skus[:SAID_AT_MOST]), len(skus) - SAID_AT_MOST
    if len(skus) == 1:
        return said("unknown_product.one", products=first, fixture=fixture, slots=slots)
    if more <= 0:
        return said("unknown_product.few", products=first, fixture=fixture, slots=slots)
    return said("unknown_product.many", products=first, more=more, fixture=fixture, slots=slots)


def _not_placed(skus: list[str], total: int) -> Said:
    first, more = ", ".join(skus[:SAID_AT_MOST]), len(skus) - SAID_AT_MOST
    if more <= 0:
        return said("product_not_placed.few", count=len(skus), total=total, products=first)
    return said("product_not_placed.many", count=len(skus), total=total, products=first, more=more)
