"""What the store picks goes first, within the rules that hold for every suggestion."""

from __future__ import annotations

import pytest

from store_server.domain.picked_pairs import ALWAYS_SENSITIVE, PickedPair, StoreChoices, picked
from store_server.domain.suggesting import Rules, SuggestedItem, choose
from store_server.wire.shopping import Product

CATALOGUE = {
    sku: Product(sku=sku, name=sku.title(), category=category)
    for sku, category in {
        "pasta": "pasta",
        "penne": "Pasta",
        "sauce": "sauces",
        "basil": "herbs",
        "mint": "herbs",
        "wine": "wine",
    }.items()
}
CHOICES = StoreChoices.of(
    ["Wine"], [PickedPair("pasta", "basil", "Fresh today"), PickedPair("pasta", "wine"), PickedPair("rice", "basil")]
)
LEARNED = SuggestedItem("sauce", "pasta", 50, 60, 9.0)


def shown(
    items: tuple[SuggestedItem, ...],
    on_list: str = "pasta",
    extra_m: dict[str, float] | None = None,
    dismissed: tuple[str, ...] = (),
    stock: dict[str, int] | None = None,
) -> list[str]:
    rules = Rules(CATALOGUE, [on_list], dismissed, stock or {}, CHOICES.sensitive_categories)
    return [item.sku for item in choose(items, rules, extra_m or {})]


def test_what_the_store_picked_comes_before_what_was_learned_however_far_it_is() -> None:
    items = (LEARNED, *picked(CHOICES, ["pasta"]))
    assert shown(items, extra_m={"sauce": 0.0, "basil": 90.0}) == ["basil", "sauce"]


def test_among_what_the_store_picked_the_nearer_comes_first() -> None:
    choices = StoreChoices.of([], [PickedPair("pasta", "basil"), PickedPair("pasta", "sauce")])
    items = picked(choices, ["pasta"])
    assert shown(items, extra_m={"basil": 20.0, "sauce": 2.0}) == ["sauce", "basil"]
    assert shown(items, extra_m={"basil": 2.0, "sauce": 20.0}) == ["basil", "sauce"]


def test_a_pick_carries_its_reason_and_the_stores_words() -> None:
    item = picked(CHOICES, ["rice", "pasta"])[0]
    assert (item.sku, item.because_sku, item.note, item.is_picked) == ("basil", "rice", None, True)
    item = picked(CHOICES, ["pasta", "rice"])[0]
    assert (item.because_sku, item.note) == ("pasta", "Fresh today")


@pytest.mark.parametrize(
    "against",
    [{"dismissed": ("basil",)}, {"on_list": "basil"}, {"stock": {"basil": 0}}],
    ids=["dismissed", "on the list", "out of stock"],
)
def test_a_pick_is_not_shown_against_the_shopper_or_an_empty_shelf(against: dict[str, object]) -> None:
    assert shown(picked(CHOICES, ["pasta"]), **against) == []  # type: ignore[arg-type]


def test_a_pick_of_a_sensitive_category_is_never_shown_however_it_is_written() -> None:
    assert "wine" not in shown(picked(CHOICES, ["pasta"]))
    assert "wine" in CHOICES.sensitive_categories


def test_a_sensitive_product_is_no_reason_for_a_pick() -> None:
    choices = StoreChoices.of([], [PickedPair("wine", "basil")])
    assert shown(picked(choices, ["wine"]), on_list="wine") == []


def test_the_store_may_pick_another_of_the_same_kind() -> None:
    choices = StoreChoices.of([], [PickedPair("pasta", "penne")])
    assert shown(picked(choices, ["pasta"])) == ["penne"]
    learned = SuggestedItem("penne", "pasta", 50, 60, 1.0)
    assert shown((learned,)) == [], "what is only often bought with it is a substitute"


def test_two_picks_of_one_kind_are_shown_as_one() -> None:
    choices = StoreChoices.of([], [PickedPair("pasta", "basil"), PickedPair("pasta", "mint")])
    assert shown(picked(choices, ["pasta"]), extra_m={"basil": 3.0, "mint": 1.0}) == ["mint"]


def test_what_is_excluded_is_not_even_looked_at() -> None:
    assert [item.sku for item in picked(CHOICES, ["pasta"], {"basil"})] == ["wine"]
    assert picked(CHOICES, ["milk"]) == ()
    assert picked(StoreChoices(), ["pasta"]) == ()


def test_some_categories_are_sensitive_whatever_the_store_says() -> None:
    assert StoreChoices().sensitive_categories == ALWAYS_SENSITIVE
    assert StoreChoices.of(["Tea"], []).sensitive_categories == ALWAYS_SENSITIVE | {"tea"}
