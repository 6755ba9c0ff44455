"""``Records`` on SQLite or PostgreSQL, by URL."""

from __future__ import annotations

from store_server.adapters.sql_assortment import SqlAssortmentRecords
from store_server.adapters.sql_calls import SqlCallRecords
from store_server.adapters.sql_database import Database
from store_server.adapters.sql_nodes import SqlNodeRecords
from store_server.adapters.sql_people import SqlPeopleRecords
from store_server.adapters.sql_plans import SqlPlanRecords
from store_server.adapters.sql_shoppers import SqlShopperRecords
from store_server.adapters.sql_store import SqlStoreRecords


class SqlRecords:
    """All durable records of one store."""

    def __init__(self, database: Database) -> None:
        self.calls = SqlCallRecords(database)
        self.nodes = SqlNodeRecords(database)
        self.shoppers = SqlShopperRecords(database)
        self.store = SqlStoreRecords(database)
        self.assortment = SqlAssortmentRecords(database)
        self.plans = SqlPlanRecords(database)
        self.people = SqlPeopleRecords(database)
        self._database = database

    def settle(self) -> None:
        self._database.settle()
