"""Databases, an opened store, and the people and nodes in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from sqlalchemy import inspect, text

from store_server.adapters.sql_database import Database
from tests.fakes import MovableClock, RecordingMessenger
from tests.opened_store import OpenedStore
from tests.private_postgres import PrivatePostgres

# How long an example took says how busy the machine is, and nothing of us.
hypothesis.settings.register_profile("untimed", deadline=None)
# Of a mutant it is enough to know that a test fails: to look for the smallest example it fails on takes minutes each.
hypothesis.settings.register_profile(
    "mutants",
    deadline=None,
    derandomize=True,
    database=None,
    phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
)
hypothesis.settings.load_profile("untimed")

SLOWEST_FIRST = ("journeys", "scanner_node", "demo", "accuracy")
"""Folders whose tests start processes and wait for them, or compute for long."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Workers take files in this order: a slow one begun last would leave the other worker idle."""

    def place(item: pytest.Item) -> int:
        folder = item.path.parent.name
        return SLOWEST_FIRST.index(folder) if folder in SLOWEST_FIRST else len(SLOWEST_FIRST)

    items.sort(key=place)


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file at the present schema, to be copied: migrating anew for each test would take most of the time."""
    path = tmp_path_factory.mktemp("schema") / "empty.db"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.close()
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[PrivatePostgres]:
    with PrivatePostgres() as server:
        yield server


@pytest.fixture(scope="session")
def migrated_postgres(postgres: PrivatePostgres) -> str:
    url = postgres.database_url()
    database = Database(url)
    database.migrate()
    database.close()
    return url


@pytest.fixture
def postgres_url(migrated_postgres: str) -> str:
    """A store on PostgreSQL, emptied: a new database for each test would take most of the time."""
    database = Database(migrated_postgres)
    with database.durable.begin() as connection:
        names = ", ".join(sorted(set(inspect(connection).get_table_names()) - {"alembic_version"}))
        connection.execute(text(f"TRUNCATE {names}"))
    database.close()
    return migrated_postgres


@pytest.fixture
def sqlite_url(empty_sqlite: Path, tmp_path: Path) -> str:
    """A new, empty store on SQLite."""
    shutil.copy(empty_sqlite, tmp_path / "store.db")
    return f"sqlite:///{tmp_path / 'store.db'}"


@pytest.fixture(scope="session")
def stocked_sqlite(empty_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with plan, products and beacons in it."""
    path = tmp_path_factory.mktemp("stocked") / "stocked.db"
    shutil.copy(empty_sqlite, path)
    store = OpenedStore(f"sqlite:///{path}", MovableClock(), RecordingMessenger())
    store.fill()
    store.close()
    return path


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def messenger() -> RecordingMessenger:
    return RecordingMessenger()


@pytest.fixture
def opened(
    stocked_sqlite: Path, tmp_path: Path, clock: MovableClock, messenger: RecordingMessenger
) -> Iterator[OpenedStore]:
    """A whole store on a real SQLite file: plan published, products on the shelves, three beacons in the rack."""
    shutil.copy(stocked_sqlite, tmp_path / "store.db")
    store = OpenedStore(f"sqlite:///{tmp_path / 'store.db'}", clock, messenger)
    yield store
    store.close()
