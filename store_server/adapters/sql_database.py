"""The database behind ``Records``: engines, pragmas, migrations. SQLite or PostgreSQL, by URL."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url

LOG_PAGES = 16_384
"""64 MiB. SQLite lets the writer who makes its log longer than this wait until all of it is at its place: by default that is one
in some twenty steps of whoever draws a plan. ``settle`` sees to it that nobody has to."""

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def seconds(at: datetime) -> float:
    """Unix seconds, as rows hold instants."""
    return at.timestamp()


def instant(at_s: float) -> datetime:
    """The aware UTC instant of a row's seconds."""
    return datetime.fromtimestamp(at_s, UTC)


def instant_or_none(at_s: float | None) -> datetime | None:
    return None if at_s is None else instant(at_s)


class Database:
    """Two engines on one database.

    ``durable`` is for what people said and managers decided: once answered it survives a power cut. ``quick`` is for what a
    machine repeats many times a second (batch numbers): it survives a killed process, and a power cut costs at most the
    last moments, which nodes send again. On PostgreSQL both are the same engine.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        if self.is_sqlite:
            self.durable = _sqlite_engine(url, "FULL")
            self.quick = _sqlite_engine(url, "NORMAL")
        else:
            self.durable = self.quick = create_engine(
                url, pool_size=10, max_overflow=20, pool_pre_ping=True, hide_parameters=True
            )

    def migrate(self, revision: str = "head") -> None:
        """Bring the schema to ``revision``, forward."""
        command.upgrade(self._alembic(), revision)

    def migrate_back(self, revision: str) -> None:
        """Take the schema back to ``revision``."""
        command.downgrade(self._alembic(), revision)

    def settle(self) -> None:
        """Move what was written lately from SQLite's write-ahead log to its place; readers and writers go on meanwhile."""
        if self.is_sqlite:
            # Not in a transaction, which each connection of the engine begins with.
            connection = self.durable.raw_connection()
            try:
                connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)").close()
            finally:
                connection.close()

    def close(self) -> None:
        self.durable.dispose()
        self.quick.dispose()

    def _alembic(self) -> Config:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["engine"] = self.durable
        return config


def _sqlite_engine(url: str, synchronous: str) -> Engine:
    # autocommit off in pysqlite's old sense: we begin IMMEDIATE ourselves, so that a reader never has to be upgraded to a
    # writer in mid-transaction, which SQLite answers with "database is locked" whatever the timeout.
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": 10.0}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute(f"PRAGMA synchronous={synchronous}")
        cursor.execute(f"PRAGMA wal_autocheckpoint={LOG_PAGES}")
        cursor.execute("PRAGMA secure_delete=ON")  # requirement E4: deleted rows are overwritten
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        write = connection.get_execution_options().get("writes", True)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine
