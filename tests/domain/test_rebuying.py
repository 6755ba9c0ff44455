from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.domain.rebuying import DECAY, POPULARITY_WEIGHT, Rebuy, collect_histories, predict

Row = tuple[str, str, str, int | None]


def predictions(rows: list[Row], top: int = 3) -> dict[str, tuple[Rebuy, ...]]:
    return dict(predict(collect_histories(rows), top))


def skus(found: tuple[Rebuy, ...]) -> list[str]:
    return [rebuy.sku for rebuy in found]


def test_what_was_bought_oftener_comes_first() -> None:
    rows: list[Row] = [("ann", "1", "milk", 1), ("ann", "1", "tea", 1), ("ann", "2", "milk", 2)]
    assert skus(predictions(rows)["ann"]) == ["milk", "tea"]


def test_among_equals_what_was_bought_lately_comes_first_whatever_the_order_of_the_rows() -> None:
    rows: list[Row] = [("ann", "new", "tea", 9), ("ann", "old", "milk", 3)]
    assert skus(predictions(rows)["ann"]) == ["tea", "milk"]
    assert skus(predictions(rows[::-1])["ann"]) == ["tea", "milk"]


def test_without_dates_the_rows_stand_in_order() -> None:
    rows: list[Row] = [("ann", "1", "milk", None), ("ann", "2", "tea", None)]
    assert skus(predictions(rows)["ann"]) == ["tea", "milk"]


def test_the_score_is_the_decayed_count_and_popularity() -> None:
    rows: list[Row] = [("ann", "1", "milk", 1), ("ann", "2", "tea", 2), ("ann", "3", "milk", 3)]
    best = predictions(rows)["ann"][0]
    assert best.score == pytest.approx(1 + DECAY**2 + POPULARITY_WEIGHT)
    assert (best.times_bought, best.baskets) == (2, 3)


def test_what_others_buy_fills_what_is_left() -> None:
    rows: list[Row] = [("ann", "1", "milk", 1), ("bob", "2", "tea", 1), ("cem", "4", "jam", 1)]
    found = predictions(rows)["ann"]
    assert skus(found) == ["milk", "tea", "jam"]
    assert found[1].times_bought == 0


def test_the_same_basket_number_of_two_shoppers_is_two_baskets() -> None:
    rows: list[Row] = [("ann", "1", "milk", 1), ("bob", "1", "tea", 1)]
    assert predictions(rows, 1)["bob"][0].sku == "tea"
    assert predictions(rows, 1)["ann"][0].baskets == 1


@pytest.mark.parametrize("top", [0, 3])
def test_no_history_or_no_wish_predicts_nothing(top: int) -> None:
    assert predictions([], top) == {}
    assert predictions([("ann", "1", "milk", 1)], 0) == {}


def test_many_shoppers_are_predicted_block_by_block() -> None:
    rows: list[Row] = [(f"s{n}", f"b{n}", f"p{n % 7}", n) for n in range(600)]
    found = predictions(rows, 1)
    assert len(found) == 600
    assert found["s599"][0].sku == "p4"


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("123"), st.sampled_from("pqrst"), st.integers(0, 5))),
    st.integers(1, 8),
)
def test_each_shopper_gets_each_product_at_most_once_in_falling_order(rows: list[Row], top: int) -> None:
    found = predictions(rows, top)
    assert set(found) == {row[0] for row in rows}
    for rebuys in found.values():
        assert len(set(skus(rebuys))) == len(rebuys) <= top
        assert [r.score for r in rebuys] == sorted((r.score for r in rebuys), reverse=True)
