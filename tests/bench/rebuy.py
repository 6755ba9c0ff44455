"""``make bench BENCH=rebuy``: each shopper's last basket, foretold from those before it, beside plainer rules."""

from __future__ import annotations

import math
from collections import Counter

from store_server.adapters.till_files import BasketRow
from store_server.domain.rebuying import DECAY, POPULARITY_WEIGHT, collect_histories, predict
from tests.bench.basket_sets import basket_rows, bench_row

SETS = ("complete_journey", "tafeng")
PEERS = ("the same for all", "counts", "decayed counts")
TOP = 10
TIES_ONLY = 0.01
"""So little popularity that it decides between equals only."""


def rows() -> list[dict[str, object]]:
    """NDCG at 10, ours over each peer's."""
    made: list[dict[str, object]] = []
    for name in SETS:
        found = basket_rows(name)
        what = f"NDCG at 10, next basket, {name}"
        if found is None:
            made.append(bench_row("rebuy", what, None, "NDCG", PEERS[0], None))
            continue
        past, last = _split(found)
        for_all = [item for item, _ in Counter(row.item for row in past).most_common(TOP)]
        value = _ndcg(_foretold(past, DECAY, POPULARITY_WEIGHT), last)
        peers = (
            _ndcg(dict.fromkeys(last, for_all), last),
            _ndcg(_foretold(past, 1.0, TIES_ONLY), last),
            _ndcg(_foretold(past, DECAY, TIES_ONLY), last),
        )
        made += [
            bench_row("rebuy", what, value, "NDCG", peer, peer_value)
            for peer, peer_value in zip(PEERS, peers, strict=True)
        ]
    return made


def _split(found: list[BasketRow]) -> tuple[list[BasketRow], dict[str, set[str]]]:
    """All baskets but each shopper's last, and the last one's products, of shoppers who have two or more."""
    latest: dict[str, tuple[int, str]] = {}
    baskets: dict[str, set[str]] = {}
    for row in found:
        shopper_id = str(row.shopper_id)
        latest[shopper_id] = max(
            latest.get(shopper_id, (-1, "")), (row.order or 0, row.basket_id), key=lambda pair: pair[0]
        )
        baskets.setdefault(shopper_id, set()).add(row.basket_id)
    last: dict[str, set[str]] = {}
    past: list[BasketRow] = []
    for row in found:
        shopper_id = str(row.shopper_id)
        if len(baskets[shopper_id]) < 2:
            continue
        if row.basket_id == latest[shopper_id][1]:
            last.setdefault(shopper_id, set()).add(row.item)
        else:
            past.append(row)
    return past, last


def _foretold(past: list[BasketRow], decay: float, popularity_weight: float) -> dict[str, list[str]]:
    histories = collect_histories((str(row.shopper_id), row.basket_id, row.item, row.order) for row in past)
    return {
        shopper_id: [rebuy.sku for rebuy in rebuys]
        for shopper_id, rebuys in predict(histories, TOP, decay, popularity_weight)
    }


def _ndcg(foretold: dict[str, list[str]], last: dict[str, set[str]]) -> float:
    gains = [1 / math.log2(place + 2) for place in range(TOP)]
    total = 0.0
    for shopper_id, bought in last.items():
        gained = sum(gain for gain, item in zip(gains, foretold[shopper_id], strict=False) if item in bought)
        total += gained / sum(gains[: len(bought)])
    return total / len(last)
