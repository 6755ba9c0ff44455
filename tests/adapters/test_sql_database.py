"""SQLite's write-ahead log: no writer waits until it is moved to its place, and yet it does not grow for ever."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from store_server.adapters.sql_database import Database

WRITES, WRITTEN_BYTES = 20, 1_000_000
"""Five times what SQLite would keep in its log by itself."""


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    opened = Database(sqlite_url)
    with opened.durable.begin() as connection:
        connection.execute(text("CREATE TABLE written (number INTEGER, content BLOB)"))
    opened.settle()
    yield opened
    opened.close()


def write(database: Database) -> None:
    for number in range(WRITES):
        with database.quick.begin() as connection:
            row = {"number": number, "content": bytes(WRITTEN_BYTES)}
            connection.execute(text("INSERT INTO written VALUES (:number, :content)"), row)


def test_what_is_written_waits_in_the_log_until_it_is_settled(database: Database) -> None:
    place = Path(make_url(database.url).database or "")
    log = place.with_name(place.name + "-wal")
    write(database)
    assert place.stat().st_size < WRITTEN_BYTES, "a writer was made to move it"
    database.settle()
    assert place.stat().st_size > WRITES * WRITTEN_BYTES
    grown_bytes = log.stat().st_size
    write(database)
    assert log.stat().st_size <= grown_bytes * 1.01, "the log begins anew once all of it is at its place"


def test_settling_waits_for_nobody_and_disturbs_nobody(database: Database) -> None:
    with database.durable.connect().execution_options(writes=False) as reader:
        before = reader.execute(text("SELECT count(*) FROM written")).scalar_one()
        write(database)
        database.settle()
        assert reader.execute(text("SELECT count(*) FROM written")).scalar_one() == before
        reader.rollback()
    with database.durable.begin() as writer:
        writer.execute(text("DELETE FROM written"))
        database.settle()
    with database.durable.connect() as reader:
        assert reader.execute(text("SELECT count(*) FROM written")).scalar_one() == 0
