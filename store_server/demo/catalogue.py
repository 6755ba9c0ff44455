"""Makes the demo stores' products, stock and baskets from their planogram: invented, and the same each time.

``python -m store_server.demo.catalogue floorplans/demo_store.planogram.csv`` writes ``demo_store.catalogue.csv``,
``demo_store.stock.csv`` and ``demo_store.baskets.csv.gz`` beside it. Prices are the same for everybody.
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from random import Random

from store_server.demo.assortment import BRANDS, DEPARTMENTS, Category
from store_server.demo.missions import MISSIONS, STAPLES
from store_server.wire.shopping import Product

SEED = 20_260_501
FIRST_DAY = date(2026, 3, 2)
DAYS = 60
BASKETS_PER_PRODUCT = 4
LEAST_BASKETS = 2_500
ELSEWHERE = "grocery"
"""Where a department of the planogram is none of ours, its shelves hold this."""

_PACK_FACTORS = (1.0, 1.8, 2.5, 3.1)
_BRAND_FACTORS = (1.0, 0.85, 1.25, 1.5)


@dataclass(frozen=True, slots=True)
class Article:
    """One product of the store, and which plain product it is a kind of."""

    product: Product
    plain_name: str
    rank: int
    """0 for the best-selling kind of its plain product, then 1, 2, ..."""


@dataclass(frozen=True, slots=True)
class _Kind:
    category_at: int
    product_at: int
    variant: int


def invent_articles(slots: Sequence[tuple[str, str]]) -> list[Article]:
    """A product for each sku of a planogram.

    Parameters
    ----------
    slots : sequence of (sku, department)
        In planogram order, so that neighbours on the shelf are of one category.

    Raises
    ------
    ValueError
        If a department has more shelf places than there are products to invent.
    """
    by_department: dict[str, list[str]] = {}
    for sku, department in dict(slots).items():
        name = department if department in DEPARTMENTS else ELSEWHERE
        by_department.setdefault(name, []).append(sku)
    articles: list[Article] = []
    for department, skus in by_department.items():
        kinds = sorted(_first_kinds(department, len(skus)), key=lambda k: (k.category_at, k.product_at, k.variant))
        articles.extend(_article(department, sku, kind) for sku, kind in zip(skus, kinds, strict=True))
    return sorted(articles, key=lambda article: article.product.sku)


def _first_kinds(department: str, wanted: int) -> list[_Kind]:
    """So many kinds, spread over the categories: first the best known product of each, then the next."""
    streams = [_kinds_of(at, category) for at, category in enumerate(DEPARTMENTS[department])]
    kinds: list[_Kind] = []
    while streams and len(kinds) < wanted:
        found = [next(stream, None) for stream in streams]
        kinds.extend(kind for kind in found if kind is not None)
        streams = [stream for stream, kind in zip(streams, found, strict=True) if kind is not None]
    if len(kinds) < wanted:
        raise ValueError(f"{department}: {wanted} shelf places, but only {len(kinds)} products can be invented")
    return kinds[:wanted]


def _kinds_of(category_at: int, category: Category) -> Iterator[_Kind]:
    for variant in range(len(_BRAND_FACTORS) * len(category.packs)):
        for product_at in range(len(category.products)):
            yield _Kind(category_at, product_at, variant)


def _article(department: str, sku: str, kind: _Kind) -> Article:
    category = DEPARTMENTS[department][kind.category_at]
    plain_name = category.products[kind.product_at]
    brand_at = (kind.variant + kind.product_at) % len(_BRAND_FACTORS)
    pack_at = (kind.variant // len(_BRAND_FACTORS) + kind.variant) % len(category.packs)
    brand = BRANDS[department][brand_at]
    price = category.price_minor * _PACK_FACTORS[pack_at] * _BRAND_FACTORS[brand_at] * (1 + 0.12 * kind.product_at)
    product = Product(
        sku=sku,
        name=f"{brand} {plain_name}, {category.packs[pack_at]}",
        category=category.name,
        brand=brand,
        gtin=_gtin(sku),
        price_minor=round(price / 10) * 10 + 9,
        is_sensitive=category.is_sensitive,
    )
    return Article(product, plain_name, kind.variant)


def _gtin(sku: str) -> str:
    """A 13-digit number of the range kept for use within one store (it begins with 20), with its check digit."""
    digits = "20" + "".join(c for c in sku if c.isdigit())[-10:].rjust(10, "0")
    odd, even = sum(map(int, digits[::2])), sum(map(int, digits[1::2]))
    return digits + str(-(odd + 3 * even) % 10)


def invent_stock(articles: Iterable[Article], seed: int = SEED) -> list[tuple[str, int]]:
    """(sku, quantity); one product in forty has just run out."""
    random = Random(seed)
    return [(a.product.sku, 0 if random.random() < 0.025 else random.randint(3, 60)) for a in articles]


def invent_baskets(articles: Sequence[Article], baskets: int, seed: int = SEED) -> Iterator[tuple[str, date, str]]:
    """(basket_id, date, sku): each basket serves one to three missions, some staples, and a whim or two."""
    random = Random(seed)
    kinds: dict[str, list[Article]] = {}
    for article in sorted(articles, key=lambda a: a.rank):
        kinds.setdefault(article.plain_name, []).append(article)
    missions = [mission for mission in MISSIONS if mission.chances[0][0] in kinds]
    weights = [mission.weight for mission in missions]
    whims = random.sample(list(articles), len(articles))
    whim_weights = [1 / (place + 20) for place in range(len(whims))]
    numbers = count(1)
    for made in range(baskets):
        taken: list[str] = []
        mission_count = min(len(missions), random.choices((1, 2, 3), (55, 33, 12))[0])
        chances = [pair for mission in random.choices(missions, weights, k=mission_count) for pair in mission.chances]
        for name, chance in (*chances, *STAPLES):
            if name in kinds and random.random() < chance:
                ranked = kinds[name]
                taken.append(random.choices(ranked, [(a.rank + 1) ** -1.8 for a in ranked])[0].product.sku)
        whim_count = random.choices((0, 1, 2, 3), (40, 32, 20, 8))[0]
        taken.extend(article.product.sku for article in random.choices(whims, whim_weights, k=whim_count))
        if taken:
            day = FIRST_DAY + timedelta(days=made * DAYS // baskets)
            basket_id = f"{next(numbers):06d}"
            yield from ((basket_id, day, sku) for sku in dict.fromkeys(taken))


def write_files(planogram: Path) -> Counter[str]:
    """Write the three files beside the planogram; how many rows each got."""
    with planogram.open(encoding="utf-8", newline="") as file:
        slots = [(row["sku"], row["department"]) for row in csv.DictReader(file) if row["sku"]]
    articles = invent_articles(slots)
    stem = planogram.name.removesuffix(".planogram.csv")
    names = ("sku", "name", "category", "brand", "gtin", "price_minor", "is_sensitive")
    products = [
        [p.sku, p.name, p.category, p.brand, p.gtin, p.price_minor, "yes" if p.is_sensitive else "no"]
        for p in (article.product for article in articles)
    ]
    basket_count = max(LEAST_BASKETS, BASKETS_PER_PRODUCT * len(articles))
    baskets = [[basket_id, day, sku] for basket_id, day, sku in invent_baskets(articles, basket_count)]
    written: Counter[str] = Counter()
    for name, header, rows in (
        (f"{stem}.catalogue.csv", names, products),
        (f"{stem}.stock.csv", ("sku", "quantity"), invent_stock(articles)),
        (f"{stem}.baskets.csv.gz", ("basket_id", "date", "item"), baskets),
    ):
        _write(planogram.with_name(name), header, rows)
        written[name] = len(rows)
    return written


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    content = text.getvalue().encode()
    # No time in the archive: the same planogram gives the same bytes.
    path.write_bytes(gzip.compress(content, mtime=0) if path.name.endswith(".gz") else content)


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        for file_name, row_count in write_files(Path(argument)).items():
            sys.stdout.write(f"{file_name}: {row_count} rows\n")
