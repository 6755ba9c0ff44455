from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from store_server.domain.baskets import collect


def test_a_row_met_twice_counts_once() -> None:
    baskets = collect([("1", "a"), ("1", "a"), ("2", "a"), ("2", "b")])
    assert baskets.bought_in.tolist() == [2, 1]
    assert baskets.sizes.tolist() == [1, 2]


def test_no_rows_make_no_baskets() -> None:
    assert collect([]).held.shape == (0, 0)


@given(st.lists(st.tuples(st.sampled_from("123"), st.sampled_from("abc"))))
def test_the_order_of_the_rows_does_not_matter(rows: list[tuple[str, str]]) -> None:
    here, there = collect(rows), collect(rows[::-1])
    assert dict(zip(here.skus, here.bought_in.tolist(), strict=True)) == dict(
        zip(there.skus, there.bought_in.tolist(), strict=True)
    )
