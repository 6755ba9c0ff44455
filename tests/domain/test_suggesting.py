from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.domain.complements import KEPT, NOTHING_LEARNED, Complements, fit
from store_server.domain.suggesting import (
    LEAST_TOGETHER,
    SHOWN,
    Rules,
    SuggestedItem,
    candidates,
    choose,
    extra_walk_m,
    suggest,
)
from store_server.wire.shopping import Product

PRODUCTS = {
    "pasta": "pasta",
    "penne": "pasta",
    "sauce": "pasta sauces",
    "cheese": "cheese",
    "wine": "wine",
    "milk": "milk",
    "soap": "bath and shower",
    "cream": "intimate care",
}


def product(sku: str, category: str, is_sensitive: bool = False) -> Product:
    return Product(sku=sku, name=sku.title(), category=category, is_sensitive=is_sensitive)


CATALOGUE = {sku: product(sku, category, category in ("wine", "intimate care")) for sku, category in PRODUCTS.items()}


def rows(*baskets: tuple[int, str]) -> list[tuple[str, str]]:
    """(times, "a b c") as basket rows."""
    made = []
    for kind, (times, skus) in enumerate(baskets):
        made += [(f"{kind}/{time}", sku) for time in range(times) for sku in skus.split()]
    return made


LEARNED = fit(
    rows(
        (40, "pasta sauce cheese"),
        (20, "pasta sauce wine"),
        (15, "pasta cheese"),
        (12, "pasta penne sauce"),
        (30, "milk soap"),
        (25, "soap cream"),
        (60, "milk"),
        (4, "pasta soap"),
    )
)


def skus(found: tuple[SuggestedItem, ...]) -> list[str]:
    return [item.sku for item in found]


def test_what_is_bought_together_is_suggested_with_the_count_behind_it() -> None:
    first = candidates(LEARNED, ["pasta"])[0]
    assert (first.sku, first.because_sku) == ("sauce", "pasta")
    assert (first.baskets_together, first.baskets_with_because) == (72, 91)


def test_the_reason_is_the_product_of_the_list_that_says_most() -> None:
    reasons = {item.sku: item.because_sku for item in candidates(LEARNED, ["pasta", "milk"])}
    assert reasons["sauce"] == "pasta"
    assert reasons["soap"] == "milk"


def test_a_reason_rests_on_enough_baskets() -> None:
    assert "soap" not in skus(candidates(LEARNED, ["pasta"]))
    assert all(item.baskets_together >= LEAST_TOGETHER for item in candidates(LEARNED, PRODUCTS))


def test_unknown_products_and_empty_lists_suggest_nothing() -> None:
    assert candidates(LEARNED, []) == ()
    assert candidates(LEARNED, ["bicycle"]) == ()
    assert candidates(NOTHING_LEARNED, ["pasta"]) == ()


def test_excluded_products_make_room_for_others() -> None:
    assert skus(candidates(LEARNED, ["pasta"], excluded={"sauce"}, limit=1)) == ["cheese"]


def test_nothing_of_the_list_is_suggested_in_whatever_state() -> None:
    rules = Rules(CATALOGUE, on_list=["pasta", "sauce"])
    assert "sauce" not in skus(suggest(LEARNED, ["pasta"], rules, {}))


def test_not_this_again_is_obeyed() -> None:
    rules = Rules(CATALOGUE, on_list=["pasta"], dismissed={"sauce"})
    assert skus(suggest(LEARNED, ["pasta"], rules, {})) == ["cheese"]


def test_what_is_out_of_stock_is_not_suggested_and_what_is_unknown_may_be() -> None:
    rules = Rules(CATALOGUE, on_list=["pasta"], stock={"sauce": 0, "cheese": 3})
    assert skus(suggest(LEARNED, ["pasta"], rules, {})) == ["cheese"]


def test_a_substitute_of_the_same_category_is_not_suggested() -> None:
    assert "penne" in skus(candidates(LEARNED, ["pasta"]))
    assert "penne" not in skus(suggest(LEARNED, ["pasta"], Rules(CATALOGUE, on_list=["pasta"]), {}))


def test_a_sensitive_product_is_neither_suggested_nor_a_reason() -> None:
    assert "wine" not in skus(suggest(LEARNED, ["pasta"], Rules(CATALOGUE, on_list=["pasta"]), {}))
    assert suggest(LEARNED, ["cream"], Rules(CATALOGUE, on_list=["cream"]), {}) == ()
    named = [SuggestedItem("soap", "cream", 25, 25, 0.9)]
    assert choose(named, Rules(CATALOGUE), {}) == ()


def test_a_category_the_manager_calls_sensitive_is_kept_back_whatever_its_letters() -> None:
    rules = Rules(CATALOGUE, on_list=["pasta"], sensitive_categories={"Pasta Sauces"})
    assert skus(suggest(LEARNED, ["pasta"], rules, {})) == ["cheese"]


def test_a_product_the_catalogue_does_not_know_is_not_suggested() -> None:
    known = {sku: entry for sku, entry in CATALOGUE.items() if sku != "sauce"}
    assert skus(suggest(LEARNED, ["pasta"], Rules(known, on_list=["pasta"]), {})) == ["cheese"]


def test_a_product_beside_the_route_beats_a_better_one_far_off() -> None:
    rules = Rules(CATALOGUE, on_list=["pasta"])
    assert skus(suggest(LEARNED, ["pasta"], rules, {"sauce": 3.0, "cheese": 3.0}))[0] == "sauce"
    assert skus(suggest(LEARNED, ["pasta"], rules, {"sauce": 40.0, "cheese": 3.0}))[0] == "cheese"


def test_a_product_no_way_leads_to_counts_as_far_away() -> None:
    rules = Rules(CATALOGUE, on_list=["pasta"])
    unreachable = suggest(LEARNED, ["pasta"], rules, {"sauce": float("inf"), "cheese": 3.0})
    unplaced = suggest(LEARNED, ["pasta"], rules, {"cheese": 3.0})
    assert unreachable == unplaced
    assert skus(unplaced)[0] == "cheese"


def test_at_most_three_are_shown_each_of_another_category() -> None:
    found = [SuggestedItem(str(n), "pasta", 50, 60, 1.0 - n / 100) for n in range(9)]
    catalogue = CATALOGUE | {str(n): product(str(n), f"category {n // 2}") for n in range(9)}
    assert skus(choose(found, Rules(catalogue, on_list=["pasta"]), {})) == ["0", "2", "4"]


def test_extra_walking_is_what_the_detour_adds() -> None:
    extra = extra_walk_m(np.array([2.0, 8.0, np.inf]), np.array([8.0, 30.0, np.inf]), direct_m=10.0)
    assert extra.tolist() == [0.0, 28.0, np.inf]


@pytest.mark.parametrize(("from_next", "direct_m"), [(None, 0.0), (np.array([1.0]), float("inf"))])
def test_without_a_next_item_the_extra_walking_is_the_way_there(
    from_next: np.ndarray[tuple[int], np.dtype[np.float64]] | None, direct_m: float
) -> None:
    assert extra_walk_m(np.array([7.0]), from_next, direct_m).tolist() == [7.0]


SKUS = [str(n) for n in range(12)]
BASKETS = st.lists(st.tuples(st.sampled_from([str(n) for n in range(40)]), st.sampled_from(SKUS)), max_size=200)


@given(
    BASKETS,
    st.lists(st.sampled_from(SKUS), max_size=5, unique=True),
    st.sets(st.sampled_from(SKUS)),
    st.sets(st.sampled_from(SKUS)),
    st.sets(st.sampled_from(SKUS)),
    st.dictionaries(st.sampled_from(SKUS), st.floats(0, 100)),
)
def test_over_random_catalogues_every_rule_holds(
    basket_rows: list[tuple[str, str]],
    on_list: list[str],
    sensitive: set[str],
    dismissed: set[str],
    sold_out: set[str],
    extra_m: dict[str, float],
) -> None:
    catalogue = {sku: product(sku, f"category {int(sku) % 5}", sku in sensitive) for sku in SKUS}
    rules = Rules(catalogue, on_list, dismissed, dict.fromkeys(sold_out, 0))
    found = suggest(fit(basket_rows), on_list, rules, extra_m)
    assert len(found) <= SHOWN
    categories = {catalogue[sku].category for sku in on_list}
    for item in found:
        assert item.sku not in {*on_list, *sensitive, *dismissed, *sold_out}
        assert item.because_sku in on_list
        assert item.because_sku not in sensitive
        assert catalogue[item.sku].category not in categories
        both = {b for b, s in basket_rows if s == item.sku} & {b for b, s in basket_rows if s == item.because_sku}
        assert item.baskets_together == len(both) >= LEAST_TOGETHER
        assert item.baskets_with_because == len({b for b, s in basket_rows if s == item.because_sku})


def test_learned_complements_survive_being_stored() -> None:
    again = Complements.from_bytes(LEARNED.to_bytes())
    assert again.skus == LEARNED.skus
    assert again.baskets == LEARNED.baskets
    assert candidates(again, ["pasta", "milk"]) == candidates(LEARNED, ["pasta", "milk"])


def test_nothing_learned_survives_being_stored() -> None:
    assert Complements.from_bytes(NOTHING_LEARNED.to_bytes()).skus == ()


@pytest.mark.parametrize(
    "content", [b"", b"not an archive", LEARNED.to_bytes()[:200], fit([("1", "a")]).to_bytes()[:-9]]
)
def test_broken_content_is_refused_with_what_to_do(content: bytes) -> None:
    with pytest.raises(ValueError, match="learn them anew"):
        Complements.from_bytes(content)


def test_content_whose_parts_do_not_fit_together_is_refused() -> None:
    broken = Complements(LEARNED.skus, 1, LEARNED.bought_in, LEARNED.neighbours[:2], LEARNED.weights, LEARNED.together)
    with pytest.raises(ValueError, match="do not fit together"):
        Complements.from_bytes(broken.to_bytes())


def test_at_most_a_hundred_neighbours_are_kept() -> None:
    wide = fit([(str(basket), f"p{n}") for basket in range(6) for n in range(150)])
    assert wide.neighbours.shape == (150, KEPT)
