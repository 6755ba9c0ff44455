"""The durable records, empty, on SQLite and on PostgreSQL: both must keep the same promises."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from store_server.adapters.sql_database import Database
from store_server.adapters.sql_records import SqlRecords
from store_server.ports import Records


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    opened = Database(request.getfixturevalue(f"{request.param}_url"))
    yield opened
    opened.close()


@pytest.fixture
def records(database: Database) -> Records:
    return SqlRecords(database)
