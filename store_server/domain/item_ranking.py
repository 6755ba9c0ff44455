"""Ranks all products by how well they go with those of a question: for files, where nothing is cut short and no rule applies.

The same regression as ``complements``, whole instead of a short list per product, plus a little popularity for questions that say
little. How strongly to regularise, to discount large baskets and to lean on popularity differs between a corner shop and a
supermarket, so it is tried out on baskets held back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from store_server.domain.baskets import Baskets
from store_server.domain.complements import MAX_LEARNED, REGULARISATION, SIZE_EXPONENT, regression_weights

HELD_BACK = 0.2
"""The part of the baskets tunings are tried on."""
MAX_TRIALS = 4_000
"""Held-back questions per tuning: the difference of two tunings is then known to about half a hit in a hundred."""
TRIAL_TOPS = (5, 10, 15, 20)
"""A tuning is as good as its mean hit rate at these lengths: smoother than at one."""
LEAST_TRIALS = 200
"""With fewer held-back questions chance decides, so the defaults do."""
_BLOCK = 512


@dataclass(frozen=True, slots=True)
class Tuning:
    regularisation: float = REGULARISATION
    size_exponent: float = SIZE_EXPONENT
    popularity_weight: float = 0.1
    """What being in every basket would add to a product's score."""


DEFAULT = Tuning()
REGRESSIONS = ((30.0, 0.5), (100.0, 0.5), (10.0, 1.0), (30.0, 1.0), (100.0, 1.0), (200.0, 1.0))
"""(regularisation, size exponent) tried."""
POPULARITY_WEIGHTS = (0.0, 0.1, 0.2, 0.3)


@dataclass(frozen=True, slots=True, eq=False)
class ItemRanking:
    """What was learned of N products, the M most bought of them regressed.

    Attributes
    ----------
    skus : tuple of str, length N
    products : ndarray of int, shape (M,)
    weights : ndarray of float32, shape (M, M)
        What product i in the question adds to product j.
    share : ndarray of float, shape (N,)
        Of the baskets, how many held each product.
    popularity_weight : float
    """

    skus: tuple[str, ...]
    products: NDArray[np.int64]
    weights: NDArray[np.float32]
    share: NDArray[np.float64]
    popularity_weight: float

    def scores(self, asked: csr_array) -> NDArray[np.float64]:
        """Shape (Q, N) for questions of shape (Q, N); what was asked with scores -inf."""
        # A hair of popularity always, so that products nothing else is known of still stand in a sensible order.
        scores = np.tile(self.share * (self.popularity_weight + 1e-9), (asked.shape[0], 1))
        scores[:, self.products] += asked[:, self.products] @ self.weights
        scores[asked.nonzero()] = -np.inf
        return scores


def learn_ranking(baskets: Baskets, tuning: Tuning = DEFAULT) -> ItemRanking:
    """Learn from all the baskets given."""
    bought_in = baskets.bought_in
    products = np.sort(np.argsort(-bought_in, kind="stable")[:MAX_LEARNED])
    weights = np.zeros((0, 0), dtype=np.float32)
    if len(products):
        learned = regression_weights(baskets, products, tuning.regularisation, tuning.size_exponent)
        weights = learned.astype(np.float32)
    share = bought_in / max(baskets.held.shape[0], 1)
    return ItemRanking(baskets.skus, products, weights, share, tuning.popularity_weight)


def rank(ranking: ItemRanking, questions: Sequence[Sequence[str]], top: int) -> Iterator[list[str]]:
    """For each question the ``top`` products that go with it, best first, none of its own.

    Products nobody ever bought say nothing; a question of such only is answered with the most bought products.
    """
    index = {sku: i for i, sku in enumerate(ranking.skus)}
    for start in range(0, len(questions), _BLOCK):
        block = questions[start : start + _BLOCK]
        known = [sorted({index[sku] for sku in question if sku in index}) for question in block]
        scores = ranking.scores(_asked(known, len(ranking.skus)))
        best = np.argsort(-scores, axis=1, kind="stable")[:, :top]
        for row, products in enumerate(best.tolist()):
            yield [ranking.skus[p] for p in products if np.isfinite(scores[row, p])]


def tune(baskets: Baskets, seed: int = 1) -> Tuning:
    """The tuning that finds most of what is hidden from baskets held back; the defaults where there are too few."""
    random = np.random.default_rng(seed)
    is_held_back = random.random(baskets.held.shape[0]) < HELD_BACK
    trials = np.flatnonzero(is_held_back & (baskets.sizes >= 2))
    if len(trials) < LEAST_TRIALS:
        return DEFAULT
    trials = np.sort(random.permutation(trials)[:MAX_TRIALS])
    asked, hidden = _hide_one(baskets.held[trials], random)
    rest = Baskets(baskets.skus, baskets.held[~is_held_back])
    found: dict[Tuning, float] = {}
    for regularisation, size_exponent in REGRESSIONS:
        ranking = learn_ranking(rest, Tuning(regularisation, size_exponent, 0.0))
        hits = np.zeros(len(POPULARITY_WEIGHTS))
        for start in range(0, len(trials), _BLOCK):
            part = slice(start, start + _BLOCK)
            scores = ranking.scores(asked[part])
            for i, weight in enumerate(POPULARITY_WEIGHTS):
                hits[i] += _hits(scores + weight * ranking.share, hidden[part])
        for weight, hit_count in zip(POPULARITY_WEIGHTS, hits, strict=True):
            found[Tuning(regularisation, size_exponent, weight)] = float(hit_count)
    return max(found, key=lambda tuning: found[tuning])


def _hide_one(held: csr_array, random: np.random.Generator) -> tuple[csr_array, NDArray[np.int64]]:
    """The baskets without one product each, and that product."""
    places = held.indptr[:-1] + random.integers(0, np.diff(held.indptr))
    hidden = held.indices[places].astype(np.int64)
    asked = held.copy()
    asked.data[places] = 0.0
    asked.eliminate_zeros()
    return asked, hidden


def _hits(scores: NDArray[np.float64], hidden: NDArray[np.int64]) -> float:
    """The hidden products found, averaged over ``TRIAL_TOPS``."""
    own = scores[np.arange(len(hidden)), hidden]
    better = (scores > own[:, None]).sum(axis=1)
    return float(np.mean([(better < top).sum() for top in TRIAL_TOPS]))


def _asked(known: Sequence[Sequence[int]], products: int) -> csr_array:
    counts = np.array([len(question) for question in known], dtype=np.int64)
    indices = np.array([p for question in known for p in question], dtype=np.int64)
    return csr_array(
        (np.ones(len(indices), dtype=np.float32), indices, np.concatenate([[0], np.cumsum(counts)])),
        shape=(len(known), products),
    )
