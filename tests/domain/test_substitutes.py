"""Substitutes: of the same kind, on a shelf, the most like what is missing first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from store_server.domain.substitutes import most_like
from store_server.wire.shopping import Product, ShelfPlace


def product(
    sku: str, name: str, category: str = "Pasta", price: int | None = 100, *, is_sensitive: bool = False
) -> Product:
    return Product(sku=sku, name=name, category=category, price_minor=price, is_sensitive=is_sensitive)


def place(x_m: float) -> ShelfPlace:
    return ShelfPlace(slot_key="s", fixture_key="f", zone=None, side="W", bay=1, shelf=1, x_m=x_m, y_m=0.0)


MISSING = product("0", "Spaghetti")


def chosen(*candidates: Product, at: dict[str, float] | None = None) -> str | None:
    places = {c.sku: place((at or {}).get(c.sku, 1.0)) for c in candidates} | {"0": place(0.0)}
    found = most_like(MISSING, candidates, places)
    return found[0].sku if found else None


def test_the_same_kind_of_thing_comes_before_its_neighbour() -> None:
    assert chosen(product("1", "Penne"), product("2", "Wholegrain spaghetti")) == "2"


def test_among_equals_the_price_and_then_the_shelf_decide() -> None:
    assert chosen(product("1", "Spaghetti", price=300), product("2", "Spaghetti", price=110)) == "2"
    assert chosen(product("1", "Spaghetti"), product("2", "Spaghetti"), at={"1": 30.0, "2": 2.0}) == "2"


def test_a_brand_is_no_likeness() -> None:
    missing = Product(sku="0", name="Roma Spaghetti", category="Pasta", brand="Roma")
    same_brand = Product(sku="1", name="Roma Farfalle", category="Pasta", brand="Roma")
    same_thing = Product(sku="2", name="Napoli Spaghetti", category="Pasta", brand="Napoli")
    places = {sku: place(0.0) for sku in "012"}
    assert most_like(missing, [same_brand, same_thing], places) == (same_thing, same_brand)


def test_what_is_no_substitute_is_not_offered() -> None:
    assert most_like(MISSING, [product("1", "Spaghetti")], {}) == ()
    assert chosen(MISSING) is None
    assert chosen(product("1", "Spaghetti", category="Rice")) is None
    assert chosen(product("1", "Spaghetti", is_sensitive=True)) is None


names = st.sampled_from(["Spaghetti", "Penne", "Spaghetti fine", "Rice"])
candidates = st.lists(
    st.builds(product, st.sampled_from("0123456"), names, st.sampled_from(["Pasta", "pasta", "Rice"])), max_size=8
)


@given(candidates)
def test_all_that_fit_are_there_the_most_like_first(products: list[Product]) -> None:
    places = {sku: place(float(sku)) for sku in "01234"}
    found = most_like(MISSING, products, places)
    fitting = [p for p in products if p.sku != "0" and p.sku in places and p.category.casefold() == "pasta"]
    assert sorted(found, key=repr) == sorted(fitting, key=repr)
    names = [product.name == "Spaghetti" for product in found if product.sku == "1"]
    assert names == sorted(names, reverse=True)
