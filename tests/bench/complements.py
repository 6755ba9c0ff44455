"""``make bench BENCH=complements``: what is hidden from a basket, found among the first ten, beside four plain methods.

One product is hidden from each held-back basket; the methods see the rest of it. Sensitive products and substitutes are ranked
like all others here; the product leaves them out.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from store_server.domain.baskets import Baskets, collect
from store_server.domain.complements import learn
from store_server.domain.item_ranking import DEFAULT, Tuning, learn_ranking, tune
from tests.bench.basket_sets import basket_rows, bench_row, is_held_back

SETS = ("complete_journey", "groceries")
PEERS = ("popularity", "conditional probability", "cosine", "weighted EASE^R, untuned")
QUESTIONS = 10_000
FIT_LIMIT_S = 5.0
_BLOCK = 512

Scores = Callable[[csr_array], NDArray[np.float64]]


def rows() -> list[dict[str, object]]:
    """Hit rate at 10, ours over each peer's; then the time to fit."""
    made: list[dict[str, object]] = []
    for name in SETS:
        found = basket_rows(name)
        what = f"hit rate at 10, {name}"
        if found is None:
            made.append(bench_row("complements", what, None, "share", PEERS[0], None))
            continue
        everything = collect((row.basket_id, row.item) for row in found)
        held_back = {row.basket_id for row in found if is_held_back(row)}
        is_test = np.array([basket_id in held_back for basket_id in dict.fromkeys(row.basket_id for row in found)])
        taught = Baskets(everything.skus, everything.held[~is_test])
        asked, hidden = _questions(everything.held[is_test])
        ours = _hit_rate(learn_ranking(taught, tune(taught)).scores, asked, hidden)
        made += [
            bench_row("complements", what, ours, "share", peer, _hit_rate(_peer(peer, taught), asked, hidden))
            for peer in PEERS
        ]
        if name == SETS[0]:
            spent_s = min(_timed(everything) for _ in range(3))
            size = f"fit, {len(everything.skus)} products, {everything.held.shape[0]} baskets"
            made.append(bench_row("complements", size, spent_s, "s", "limit", FIT_LIMIT_S))
    return made


def _timed(baskets: Baskets) -> float:
    started_s = time.perf_counter()
    learn(baskets)
    return time.perf_counter() - started_s


def _questions(held: csr_array) -> tuple[csr_array, NDArray[np.int64]]:
    random = np.random.default_rng(8)
    usable = np.flatnonzero(np.diff(held.indptr) >= 2)
    asked = held[np.sort(random.permutation(usable)[:QUESTIONS])]
    places = asked.indptr[:-1] + random.integers(0, np.diff(asked.indptr))
    hidden = asked.indices[places].astype(np.int64)
    asked.data[places] = 0.0
    asked.eliminate_zeros()
    return asked, hidden


def _hit_rate(scores: Scores, asked: csr_array, hidden: NDArray[np.int64]) -> float:
    hits = 0
    for start in range(0, len(hidden), _BLOCK):
        part = slice(start, start + _BLOCK)
        found = scores(asked[part])
        found[asked[part].nonzero()] = -np.inf
        own = found[np.arange(len(found)), hidden[part]]
        hits += int(((found > own[:, None]).sum(axis=1) < 10).sum())
    return hits / len(hidden)


def _peer(name: str, taught: Baskets) -> Scores:
    bought_in = taught.bought_in.astype(np.float64)
    if name == "popularity":
        return lambda asked: np.tile(bought_in, (asked.shape[0], 1))
    if name == "weighted EASE^R, untuned":
        return learn_ranking(taught, Tuning(DEFAULT.regularisation, DEFAULT.size_exponent, 0.0)).scores
    both = (taught.held.T @ taught.held).toarray().astype(np.float64)
    np.fill_diagonal(both, 0.0)
    own = np.maximum(bought_in, 1.0)
    weights = both / (own[:, None] if name == "conditional probability" else np.sqrt(np.outer(own, own)))
    return lambda asked: np.asarray(asked @ weights)
