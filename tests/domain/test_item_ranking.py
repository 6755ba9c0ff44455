from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store_server.domain import item_ranking
from store_server.domain.baskets import collect
from store_server.domain.item_ranking import DEFAULT, REGRESSIONS, Tuning, learn_ranking, rank, tune

PAIRS = [(f"{n}", sku) for n in range(60) for sku in (("pasta", "sauce") if n % 3 else ("milk", "tea"))]


def ranked(rows: list[tuple[str, str]], *questions: list[str], top: int = 10) -> list[list[str]]:
    return list(rank(learn_ranking(collect(rows)), questions, top))


def test_what_goes_together_comes_first_and_the_question_itself_never() -> None:
    assert ranked(PAIRS, ["pasta"], ["tea"]) == [["sauce", "milk", "tea"], ["milk", "pasta", "sauce"]]


def test_an_unknown_product_is_answered_with_what_everybody_buys() -> None:
    assert ranked(PAIRS, ["bicycle"], top=2) == [["pasta", "sauce"]]


def test_a_question_about_everything_has_no_answer() -> None:
    assert ranked(PAIRS, ["pasta", "sauce", "milk", "tea"]) == [[]]


def test_nothing_learned_answers_nothing() -> None:
    assert ranked([], ["pasta"]) == [[]]


def test_products_beyond_the_regression_are_still_ranked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(item_ranking, "MAX_LEARNED", 2)
    assert ranked(PAIRS, ["pasta"]) == [["sauce", "milk", "tea"]]


def test_many_questions_are_answered_block_by_block() -> None:
    answers = ranked(PAIRS, *([["pasta"]] * 600), ["tea"], top=1)
    assert len(answers) == 601
    assert answers[599:] == [["sauce"], ["milk"]]


def test_few_baskets_are_not_worth_tuning() -> None:
    assert tune(collect(PAIRS)) == DEFAULT


def test_tuning_chooses_among_those_tried_and_the_same_each_time() -> None:
    random = np.random.default_rng(3)
    rows = [(str(b), f"p{p}") for b, p in np.argwhere(random.random((2500, 20)) < np.linspace(0.5, 0.05, 20))]
    chosen = tune(collect(rows))
    assert (chosen.regularisation, chosen.size_exponent) in REGRESSIONS
    assert tune(collect(rows)) == chosen


def test_popularity_decides_more_the_more_it_weighs() -> None:
    rows = [(f"a{n}", sku) for n in range(30) for sku in ("kite", "string")] + [(f"b{n}", "milk") for n in range(900)]
    plain = learn_ranking(collect(rows), Tuning(popularity_weight=0.0))
    crowd = learn_ranking(collect(rows), Tuning(popularity_weight=9.0))
    assert next(rank(plain, [["kite"]], 1)) == ["string"]
    assert next(rank(crowd, [["kite"]], 1)) == ["milk"]


ROWS = st.lists(st.tuples(st.sampled_from("123456"), st.sampled_from("abcdef")), max_size=50)


@given(ROWS, st.lists(st.sampled_from("abcdefgh"), max_size=5), st.integers(1, 9))
@settings(deadline=None)
def test_an_answer_names_each_other_product_at_most_once(
    rows: list[tuple[str, str]], question: list[str], top: int
) -> None:
    (answer,) = ranked(rows, question, top=top)
    others = {sku for _, sku in rows} - set(question)
    assert len(answer) == len(set(answer)) == min(top, len(others))
    assert set(answer) <= others
