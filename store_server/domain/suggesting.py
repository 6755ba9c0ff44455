"""What else a shopper may want, each with its plain reason.

Two steps, so that the caller asks the database only about a few products: ``candidates`` from what was learned, then ``choose``
by the store's rules and by how far out of the shopper's way each one stands. Neither is called without the SUGGESTIONS consent.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from store_server.domain.complements import NOTHING_LEARNED, Complements, fit
from store_server.wire.shopping import Product

__all__ = [
    "NOTHING_LEARNED",
    "Complements",
    "Rules",
    "SuggestedItem",
    "candidates",
    "choose",
    "extra_walk_m",
    "fit",
    "suggest",
]

SHOWN = 3
"""Suggestions on a screen at most."""
CONSIDERED = 60
"""Candidates looked up in the database: enough for the rules to leave three."""
LEAST_TOGETHER = 5
"""Baskets that must have held both before we say "often bought with": fewer is chance, or one family."""

HALF_AS_GOOD_M = 12.0
"""Extra walking that halves a suggestion's worth: from one aisle over to the next and back."""
UNPLACED_M = 48.0
"""A product on no shelf of the plan counts as this far away."""


@dataclass(frozen=True, slots=True)
class SuggestedItem:
    """One suggestion and its reason: of ``baskets_with_because`` baskets with ``because_sku``, so many held both; or the store
    picked it to go with ``because_sku``."""

    sku: str
    because_sku: str
    baskets_together: int
    baskets_with_because: int
    score: float
    is_picked: bool = False
    """By the store (``picked_pairs``): it comes before what was learned."""
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """What must not be suggested now.

    Attributes
    ----------
    products : mapping of str to Product
        The catalogue's entries of the candidates and of the list's products. A product that is not in it is never suggested
        and never a reason: nobody can say that it is not sensitive.
    on_list : collection of str
        Every product of the wish list, in whatever state: also what was picked up or skipped.
    dismissed : collection of str
        "Not this again".
    stock : mapping of str to int
        Where it is known; 0 is never suggested.
    sensitive_categories : collection of str
        Beside the products marked ``is_sensitive``; compared without case.
    """

    products: Mapping[str, Product]
    on_list: Collection[str] = frozenset()
    dismissed: Collection[str] = frozenset()
    stock: Mapping[str, int] = field(default_factory=dict)
    sensitive_categories: Collection[str] = frozenset()

    def is_sensitive(self, sku: str) -> bool:
        """Whether a screen must not name this product; true of products we do not know."""
        product = self.products.get(sku)
        if product is None or product.is_sensitive:
            return True
        return product.category.casefold() in {category.casefold() for category in self.sensitive_categories}

    def allow(self, item: SuggestedItem) -> bool:
        """Whether this may be shown."""
        if item.sku in self.on_list or item.sku in self.dismissed or self.stock.get(item.sku, 1) <= 0:
            return False
        if self.is_sensitive(item.sku) or self.is_sensitive(item.because_sku):
            return False
        if item.is_picked:
            return True
        # Another kind of what is on the list is a substitute, not a complement; a store that says otherwise knows better.
        category = self.products[item.sku].category.casefold()
        return all(self.products[sku].category.casefold() != category for sku in self.on_list if sku in self.products)


def candidates(
    complements: Complements,
    basis: Iterable[str],
    excluded: Collection[str] = frozenset(),
    limit: int = CONSIDERED,
    least_together: int = LEAST_TOGETHER,
) -> tuple[SuggestedItem, ...]:
    """The products that go best with those of the basis, best first.

    Parameters
    ----------
    complements : Complements
    basis : iterable of str
        What is on the list. Leave sensitive products out: what they would bring in tells of them, even unnamed.
    excluded : collection of str
        Products not to return, such as those dismissed.
    limit : int
    least_together : int
        The reason must rest on so many baskets.

    Returns
    -------
    tuple of SuggestedItem
        None of the basis among them. The reason is the product of the basis that adds most to the score.

    Examples
    --------
    >>> rows = [(str(b), sku) for b in range(20) for sku in (("pasta", "sauce") if b % 2 else ("milk", "tea"))]
    >>> [(s.sku, s.because_sku, s.baskets_together) for s in candidates(fit(rows), ["pasta"])]
    [('sauce', 'pasta', 10)]
    >>> candidates(NOTHING_LEARNED, ["pasta"])
    ()
    """
    known = sorted({complements.index[sku] for sku in basis if sku in complements.index})
    if not known:
        return ()
    neighbours, weights, together = (
        part[known] for part in (complements.neighbours, complements.weights, complements.together)
    )
    is_pair = (neighbours >= 0) & ~np.isin(neighbours, known)
    scores = np.bincount(neighbours[is_pair], weights=weights[is_pair], minlength=len(complements.skus))
    because, partner = np.nonzero(is_pair & (together >= least_together))
    reasons: dict[int, tuple[float, int, int]] = {}
    for row, column in zip(because.tolist(), partner.tolist(), strict=True):
        reason = (float(weights[row, column]), int(together[row, column]), known[row])
        product = int(neighbours[row, column])
        if product not in reasons or reason[:2] > reasons[product][:2]:
            reasons[product] = reason
    found: list[SuggestedItem] = []
    for product in sorted(reasons, key=lambda p: (-scores[p], complements.skus[p])):
        if len(found) == limit:
            break
        sku = complements.skus[product]
        if sku not in excluded:
            _, both, source = reasons[product]
            bought_in = int(complements.bought_in[source])
            found.append(SuggestedItem(sku, complements.skus[source], both, bought_in, float(scores[product])))
    return tuple(found)


def choose(
    found: Iterable[SuggestedItem],
    rules: Rules,
    extra_m: Mapping[str, float],
    limit: int = SHOWN,
) -> tuple[SuggestedItem, ...]:
    """Those of the candidates that may be shown, re-ranked by how far out of the way they are.

    Parameters
    ----------
    found : iterable of SuggestedItem
    rules : Rules
    extra_m : mapping of str to float
        By sku, the extra walking it takes (``extra_walk_m``); missing or infinite counts as ``UNPLACED_M``.
    limit : int

    Returns
    -------
    tuple of SuggestedItem
        At most ``limit``, of different categories: what the store picked, then the best first; ``score`` now holds the
        distance too.
    """
    ranked = sorted(
        (replace(item, score=item.score * _nearness(extra_m.get(item.sku))) for item in found if rules.allow(item)),
        key=lambda item: (not item.is_picked, -item.score, item.sku),
    )
    shown: dict[str, SuggestedItem] = {}
    for item in ranked:
        shown.setdefault(rules.products[item.sku].category.casefold(), item)
    return tuple(shown.values())[:limit]


def suggest(
    complements: Complements,
    basis: Sequence[str],
    rules: Rules,
    extra_m: Mapping[str, float],
    limit: int = SHOWN,
) -> tuple[SuggestedItem, ...]:
    """``candidates`` and ``choose`` in one, for a caller who has all products at hand."""
    plain = [sku for sku in basis if not rules.is_sensitive(sku)]
    return choose(candidates(complements, plain, rules.dismissed, CONSIDERED), rules, extra_m, limit)


def extra_walk_m(
    from_shopper_m: NDArray[np.float64], from_next_m: NDArray[np.float64] | None = None, direct_m: float = 0.0
) -> NDArray[np.float64]:
    """How much longer the way becomes by fetching each product on the way to the next item.

    Parameters
    ----------
    from_shopper_m : ndarray, shape (E,)
        Walking lengths from the shopper to each product's standing point.
    from_next_m : ndarray, shape (E,), or None
        Walking lengths from the next item's standing point to the same; None where there is no next item.
    direct_m : float
        The walking length from the shopper to the next item.

    Returns
    -------
    ndarray, shape (E,)
        Infinite where there is no way; without a next item the length itself.

    Examples
    --------
    >>> extra_walk_m(np.array([4.0, 30.0]), np.array([9.0, 30.0]), direct_m=10.0)
    array([ 3., 50.])
    """
    if from_next_m is None or not math.isfinite(direct_m):
        return from_shopper_m
    return np.maximum(from_shopper_m + from_next_m - direct_m, 0.0)


def _nearness(extra_m: float | None) -> float:
    """Worth between 0 and 1."""
    walk_m = UNPLACED_M if extra_m is None or not math.isfinite(extra_m) else extra_m
    return float(0.5 ** (walk_m / HALF_AS_GOOD_M))
