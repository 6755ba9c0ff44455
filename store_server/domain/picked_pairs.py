"""What the store itself picks to go with a product, and what it decided of its categories."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from store_server.domain.suggesting import SuggestedItem

ALWAYS_SENSITIVE = frozenset({"pharmacy", "intimate", "alcohol", "baby health", "medical"})
"""Categories, without case, that no store can switch off; a product may also be marked sensitive by itself."""


@dataclass(frozen=True, slots=True)
class PickedPair:
    """Who has ``sku`` on the list is offered ``with_sku`` first."""

    sku: str
    with_sku: str
    note: str | None = None
    """The store's words to shoppers."""


@dataclass(frozen=True, slots=True)
class StoreChoices:
    """What this store has decided.

    Attributes
    ----------
    sensitive_categories : frozenset of str
        Without case, ``ALWAYS_SENSITIVE`` among them.
    last_categories : frozenset of str
        Without case: what is fetched last.
    pairs : mapping of str to tuple of PickedPair
        By the product on the list.
    """

    sensitive_categories: frozenset[str] = ALWAYS_SENSITIVE
    last_categories: frozenset[str] = frozenset()
    pairs: Mapping[str, tuple[PickedPair, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, sensitive: Iterable[str], pairs: Iterable[PickedPair], last: Iterable[str] = ()) -> StoreChoices:
        by_sku: dict[str, tuple[PickedPair, ...]] = {}
        for pair in pairs:
            by_sku[pair.sku] = (*by_sku.get(pair.sku, ()), pair)
        held_sensitive = ALWAYS_SENSITIVE | {category.casefold() for category in sensitive}
        return cls(held_sensitive, frozenset(category.casefold() for category in last), by_sku)


def picked(
    choices: StoreChoices, basis: Iterable[str], excluded: Collection[str] = frozenset()
) -> tuple[SuggestedItem, ...]:
    """What the store picked to go with the products of the basis, each product once.

    Parameters
    ----------
    choices : StoreChoices
    basis : iterable of str
        What is on the list, without sensitive products: their pairs would tell of them.
    excluded : collection of str
        Products not to return, such as those dismissed or on the list already.

    Examples
    --------
    >>> choices = StoreChoices.of([], [PickedPair("pasta", "basil"), PickedPair("rice", "basil", "for risotto")])
    >>> [(item.sku, item.because_sku, item.is_picked) for item in picked(choices, ["pasta", "rice"])]
    [('basil', 'pasta', True)]
    >>> picked(choices, ["milk"])
    ()
    """
    found: dict[str, SuggestedItem] = {}
    for sku in basis:
        for pair in choices.pairs.get(sku, ()):
            if pair.with_sku not in excluded:
                item = SuggestedItem(pair.with_sku, sku, 0, 0, 1.0, is_picked=True, note=pair.note)
                found.setdefault(pair.with_sku, item)
    return tuple(found.values())
