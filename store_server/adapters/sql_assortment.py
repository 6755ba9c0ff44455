"""Categories, sensitive ones among them, and pairings, in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, delete, func, text
from sqlmodel import Session, col, select

from store_server.adapters.sql_database import Database
from store_server.adapters.sql_store import parts, search_words
from store_server.adapters.tables import CategoryFlagRow, PairingRow, ProductRow
from store_server.domain.picked_pairs import PickedPair
from store_server.wire.assortment import CategoryFlag
from store_server.wire.shopping import Product

# Both engines speak the same ON CONFLICT.
_FLAG = text(
    "INSERT INTO category_flag (category, flag, written) VALUES (:category, :flag, :written) "
    "ON CONFLICT (category, flag) DO UPDATE SET written = excluded.written"
)
_PAIR = text(
    "INSERT INTO pairing (sku, with_sku, note) VALUES (:sku, :with_sku, :note) "
    "ON CONFLICT (sku, with_sku) DO UPDATE SET note = excluded.note"
)


def _matching(query: str, category: str | None) -> list[ColumnElement[bool]]:
    of_category = [] if category is None else [col(ProductRow.category) == category.casefold()]
    return [*search_words(query), *of_category]


class SqlAssortmentRecords:
    def __init__(self, database: Database) -> None:
        self._database = database

    def _reading(self) -> Session:
        session = Session(self._database.durable)
        session.connection(execution_options={"writes": False})
        return session

    def skus(self, query: str, category: str | None, offset: int = 0, limit: int | None = None) -> Sequence[str]:
        statement = select(ProductRow.sku).where(*_matching(query, category))
        with self._reading() as session:
            in_order = statement.order_by(ProductRow.search_text, ProductRow.sku)
            return session.exec(in_order.offset(offset).limit(limit)).all()

    def count(self, query: str, category: str | None) -> int:
        with self._reading() as session:
            return session.exec(select(func.count()).select_from(ProductRow).where(*_matching(query, category))).one()

    def known(self, skus: Iterable[str]) -> frozenset[str]:
        found: set[str] = set()
        with self._reading() as session:
            for part in parts(skus):
                found.update(session.exec(select(ProductRow.sku).where(col(ProductRow.sku).in_(part))))
        return frozenset(found)

    def categories(self) -> Sequence[tuple[str, int]]:
        counted = select(ProductRow.category, func.count(), func.min(ProductRow.sku)).group_by(ProductRow.category)
        with self._reading() as session:
            flagged = {row.category: row.written for row in session.exec(select(CategoryFlagRow))}
            rows = session.exec(counted).all()
            # One product of each tells how the category is written.
            written = {
                product.sku: product.category
                for part in parts(sku for _, _, sku in rows)
                for product in (
                    Product.model_validate_json(content)
                    for content in session.exec(select(ProductRow.product_json).where(col(ProductRow.sku).in_(part)))
                )
            }
        found = {category: (written[sku], count) for category, count, sku in rows}
        found |= {category: (name, 0) for category, name in flagged.items() if category not in found}
        return [found[category] for category in sorted(found)]

    def flagged(self, flag: CategoryFlag) -> frozenset[str]:
        with self._reading() as session:
            return frozenset(session.exec(select(CategoryFlagRow.category).where(CategoryFlagRow.flag == flag)))

    def flag_category(self, category: str, flag: CategoryFlag, *, is_on: bool) -> None:
        with self._database.durable.begin() as connection:
            if is_on:
                connection.execute(_FLAG, {"category": category.casefold(), "flag": flag, "written": category})
            else:
                gone = (col(CategoryFlagRow.category) == category.casefold()) & (col(CategoryFlagRow.flag) == flag)
                connection.execute(delete(CategoryFlagRow).where(gone))

    def pairings(self) -> Sequence[PickedPair]:
        with self._reading() as session:
            rows = session.exec(select(PairingRow).order_by(PairingRow.sku, PairingRow.with_sku)).all()
            return [PickedPair(row.sku, row.with_sku, row.note) for row in rows]

    def put_pairing(self, pair: PickedPair, most: int) -> bool:
        with self._database.durable.connect() as connection:
            connection.execute(_PAIR, {"sku": pair.sku, "with_sku": pair.with_sku, "note": pair.note})
            is_kept = connection.execute(select(func.count()).select_from(PairingRow)).scalar_one() <= most
            if is_kept:
                connection.commit()
            return is_kept  # what is not committed is taken back

    def remove_pairing(self, sku: str, with_sku: str) -> bool:
        gone = (col(PairingRow.sku) == sku) & (col(PairingRow.with_sku) == with_sku)
        with self._database.durable.begin() as connection:
            return connection.execute(delete(PairingRow).where(gone)).rowcount > 0
