"""The catalogue, stock, baskets and what was learned from them, in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, text
from sqlmodel import Session, col, select

from store_server.adapters.sql_database import Database, instant, seconds
from store_server.adapters.tables import BasketItemRow, LearnedRow, ProductRow, StockRow
from store_server.domain.suggesting import Complements
from store_server.ports import StockRecord
from store_server.wire.shopping import Product

_COMPLEMENTS = "complements"
_MAX_PARAMETERS = 500
"""Skus in one IN list: well under SQLite's limit on bound parameters."""


class SqlStoreRecords:
    def __init__(self, database: Database) -> None:
        self._database = database

    def _reading(self) -> Session:
        session = Session(self._database.durable)
        session.connection(execution_options={"writes": False})
        return session

    def put_products(self, products: Sequence[Product]) -> None:
        rows: list[dict[str, object]] = [
            {
                "sku": p.sku,
                "search_text": _search_text(p),
                "category": p.category.casefold(),
                "product_json": p.model_dump_json(exclude_none=True),
            }
            for p in products
        ]
        self._put(ProductRow, rows, ("search_text", "category", "product_json"), ("sku",))

    def product(self, sku: str) -> Product | None:
        return self.products([sku]).get(sku)

    def products(self, skus: Iterable[str]) -> Mapping[str, Product]:
        found: dict[str, Product] = {}
        with self._reading() as session:
            for part in parts(skus):
                for row in session.exec(select(ProductRow).where(col(ProductRow.sku).in_(part))):
                    found[row.sku] = Product.model_validate_json(row.product_json)
        return found

    def find_products(self, query: str, limit: int) -> Sequence[Product]:
        words = search_words(query)
        if not words:
            return []
        statement = select(ProductRow).where(*words)
        with self._reading() as session:
            rows = session.exec(
                statement.order_by(func.length(ProductRow.search_text), ProductRow.sku).limit(limit)
            ).all()
            return [Product.model_validate_json(row.product_json) for row in rows]

    def put_stock(self, rows: Sequence[tuple[str, int]], as_of: datetime) -> None:
        as_of_s = seconds(as_of)
        values: list[dict[str, object]] = [
            {"sku": sku, "quantity": quantity, "as_of_s": as_of_s} for sku, quantity in rows
        ]
        self._put(StockRow, values, ("quantity", "as_of_s"), ("sku",))

    def stock(self, skus: Iterable[str]) -> Mapping[str, StockRecord]:
        found: dict[str, StockRecord] = {}
        with self._reading() as session:
            for part in parts(skus):
                for row in session.exec(select(StockRow).where(col(StockRow.sku).in_(part))):
                    found[row.sku] = StockRecord(row.quantity, instant(row.as_of_s))
        return found

    def put_basket_items(self, rows: Sequence[tuple[str, str]]) -> None:
        self._put(BasketItemRow, [{"basket_id": b, "sku": s} for b, s in rows], (), ("basket_id", "sku"))

    def baskets(self) -> Iterable[tuple[str, str]]:
        with self._reading() as session:
            query = select(BasketItemRow.basket_id, BasketItemRow.sku).order_by(BasketItemRow.basket_id)
            yield from session.exec(query.execution_options(yield_per=10_000))

    def save_complements(self, complements: Complements, at: datetime) -> None:
        with Session(self._database.durable) as session:
            session.merge(LearnedRow(name=_COMPLEMENTS, learned_s=seconds(at), content=complements.to_bytes()))
            session.commit()

    def complements(self) -> tuple[float, Complements] | None:
        with self._reading() as session:
            row = session.get(LearnedRow, _COMPLEMENTS)
            return None if row is None else (row.learned_s, Complements.from_bytes(row.content))

    def _put(self, table: type, rows: list[dict[str, object]], updates: Sequence[str], key: Sequence[str]) -> None:
        """Insert, or bring up to date what is there; both engines speak the same ON CONFLICT."""
        if not rows:
            return
        name = table.__tablename__  # type: ignore[attr-defined]
        names = ", ".join(rows[0])
        places = ", ".join(f":{column}" for column in rows[0])
        action = "UPDATE SET " + ", ".join(f"{c} = excluded.{c}" for c in updates) if updates else "NOTHING"
        # Table and column names are our own constants; the values are bound.
        statement = text(f"INSERT INTO {name} ({names}) VALUES ({places}) ON CONFLICT ({', '.join(key)}) DO {action}")  # noqa: S608
        with self._database.durable.begin() as connection:
            connection.execute(statement, rows)


def search_words(query: str) -> list[ColumnElement[bool]]:
    """A condition for each word of a query: it stands somewhere in what is searched of a product."""
    return [col(ProductRow.search_text).contains(word, autoescape=True) for word in query.casefold().split()]


def parts(skus: Iterable[str]) -> Iterable[list[str]]:
    """Without repeats, in lists that one statement takes."""
    wanted = list(dict.fromkeys(skus))
    for start in range(0, len(wanted), _MAX_PARAMETERS):
        yield wanted[start : start + _MAX_PARAMETERS]


def _search_text(product: Product) -> str:
    return " ".join(filter(None, (product.name, product.brand, product.category, product.sku, product.gtin))).casefold()
