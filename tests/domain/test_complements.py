from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.domain import complements
from store_server.domain.baskets import collect
from store_server.domain.complements import NOTHING_LEARNED, fit, learn, regression_weights


def random_rows(baskets: int, products: int, seed: int = 1) -> list[tuple[str, str]]:
    random = np.random.default_rng(seed)
    held = random.random((baskets, products)) < np.linspace(0.4, 0.02, products)
    return [(str(b), f"p{p}") for b, p in np.argwhere(held)]


def test_the_weights_are_those_of_the_published_formula() -> None:
    baskets = collect(random_rows(300, 25))
    held = baskets.held.toarray().astype(float)
    weight = np.maximum(held.sum(axis=1), 1) ** -0.5
    inverse = np.linalg.inv(held.T @ (held * weight[:, None]) + 30.0 * np.eye(held.shape[1]))
    expected = inverse / -np.diag(inverse)
    np.fill_diagonal(expected, 0.0)
    found = regression_weights(baskets, np.arange(held.shape[1]), 30.0, 0.5)
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_working_block_by_block_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    baskets = collect(random_rows(200, 23))
    whole = learn(baskets)
    monkeypatch.setattr(complements, "_BLOCK", 5)
    pieces = learn(baskets)
    np.testing.assert_array_equal(pieces.neighbours, whole.neighbours)
    np.testing.assert_array_equal(pieces.together, whole.together)
    np.testing.assert_allclose(pieces.weights, whole.weights, rtol=1e-5)


def test_products_beyond_the_regression_fall_back_to_what_their_own_baskets_hold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(complements, "MAX_LEARNED", 2)
    rows = [(f"a{n}", sku) for n in range(30) for sku in ("bread", "butter")]
    rows += [(f"b{n}", sku) for n in range(9) for sku in ("kite", "string")] + [(f"c{n}", "bread") for n in range(9)]
    learned = fit(rows)
    kite = learned.index["kite"]
    assert learned.skus[learned.neighbours[kite, 0]] == "string"
    assert learned.together[kite, 0] == 9
    # 9 of 9 baskets against 9 of 48 in all, believed by 9 / (9 + 10).
    assert learned.weights[kite, 0] == pytest.approx((1 - 9 / 48) * 9 / 19)


def test_products_bought_too_seldom_fall_back_too() -> None:
    learned = fit([("1", "a"), ("1", "b"), ("2", "c")])
    assert learned.skus[learned.neighbours[learned.index["a"], 0]] == "b"


def test_nothing_is_learned_from_nothing() -> None:
    assert fit([]) is NOTHING_LEARNED


def test_a_store_with_one_product_has_no_complements() -> None:
    assert fit([(str(n), "only") for n in range(20)]).neighbours.tolist() == [[-1]]


@given(st.lists(st.tuples(st.sampled_from("123456789"), st.sampled_from("abcdef")), max_size=80))
def test_counts_are_true_and_no_product_is_its_own_neighbour(rows: list[tuple[str, str]]) -> None:
    learned = fit(rows)
    holders = {sku: {b for b, s in rows if s == sku} for sku in learned.skus}
    for i, sku in enumerate(learned.skus):
        assert learned.bought_in[i] == len(holders[sku])
        for j, weight, together in zip(learned.neighbours[i], learned.weights[i], learned.together[i], strict=True):
            assert j != i
            assert (weight > 0) == (j >= 0)
            assert together == (len(holders[sku] & holders[learned.skus[j]]) if j >= 0 else 0)
