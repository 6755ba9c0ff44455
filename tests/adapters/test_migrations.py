"""The schema goes forward and back on both engines, and is what the models say."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlmodel import SQLModel

import store_server.adapters.tables  # noqa: F401  (fills SQLModel.metadata)
from store_server.adapters.sql_database import MIGRATIONS, Database
from store_server.adapters.sql_records import SqlRecords
from store_server.ports import DraftAt
from store_server.wire.people import Role
from tests.fakes import OPENING
from tests.opened_store import PLAN
from tests.private_postgres import PrivatePostgres


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """At no schema at all."""
    if request.param == "sqlite":
        opened = Database(f"sqlite:///{request.getfixturevalue('tmp_path') / 'new.db'}")
    else:
        server: PrivatePostgres = request.getfixturevalue("postgres")
        opened = Database(server.database_url())
    yield opened
    opened.close()


def tables(database: Database) -> set[str]:
    return set(inspect(database.durable).get_table_names()) - {"alembic_version"}


def fill(database: Database) -> None:
    records = SqlRecords(database)
    records.plans.publish(PLAN, None, "ada", "", OPENING)
    records.people.put_user("ada", Role.MANAGER, "hash")
    records.nodes.enrol("n1", bytes(32), OPENING)


def test_models_and_migrations_agree(database: Database) -> None:
    database.migrate()
    with database.durable.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_migrating_twice_changes_nothing_and_loses_nothing(database: Database) -> None:
    database.migrate()
    fill(database)
    database.migrate()
    records = SqlRecords(database)
    assert records.plans.version() == 1
    assert records.people.user("ada") is not None


def test_every_revision_goes_forward_and_back_with_data(database: Database) -> None:
    script = ScriptDirectory(str(MIGRATIONS))
    forward = [revision.revision for revision in reversed(list(script.walk_revisions()))]
    for revision in forward:
        database.migrate(revision)
    fill(database)
    assert tables(database) == set(SQLModel.metadata.tables)
    for revision in [*reversed(forward[:-1]), "base"]:
        database.migrate_back(revision)
    assert tables(database) == set()
    database.migrate()
    fill(database)
    assert tables(database) == set(SQLModel.metadata.tables)


def test_an_older_schema_knows_how_far_the_draft_has_come(database: Database) -> None:
    database.migrate()
    SqlRecords(database).plans.begin_draft("d" * 32, 0, PLAN, OPENING)
    with database.durable.begin() as connection:
        for revision in (1, 2):
            row = {"draft": "d" * 32, "revision": revision, "edit": f"{revision:032x}"}
            connection.execute(text("INSERT INTO plan_edit VALUES (:draft, :revision, :edit, '{}')"), row)
    assert SqlRecords(database).plans.draft_at() == DraftAt("d" * 32, 2)
    database.migrate_back("0003")
    with database.durable.connect() as connection:
        assert connection.execute(text("SELECT revision FROM plan_draft")).scalar_one() == 2
    database.migrate()
    assert SqlRecords(database).plans.draft_at() == DraftAt("d" * 32, 2)


def test_sqlite_overwrites_what_is_deleted_and_survives_a_kill(tmp_path_factory: pytest.TempPathFactory) -> None:
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('pragmas') / 'new.db'}")
    try:
        for engine, synchronous in ((database.durable, 2), (database.quick, 1)):
            with engine.connect() as connection:
                found = {
                    name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
                    for name in ("journal_mode", "secure_delete", "foreign_keys", "synchronous")
                }
            assert found == {
                "journal_mode": "wal",
                "secure_delete": 1,
                "foreign_keys": 1,
                "synchronous": synchronous,
            }
    finally:
        database.close()
