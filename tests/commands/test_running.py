"""Commands that run the store, as people type them."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, suppress
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from store_server.adapters.secrets_box import read_master_key
from store_server.adapters.sql_database import Database
from store_server.adapters.sql_records import SqlRecords
from store_server.commands.running import demo, make_key, purge, serve, verify_ledger
from store_server.domain.ledger import Saying, append
from store_server.ports import Credential
from store_server.wire.people import Role
from store_server.wire.privacy import ConsentEvent, ConsentEventKind, Purpose
from tests.fakes import OPENING
from tests.free_ports import free_port
from tests.opened_store import HASHES


@pytest.fixture
def env(tmp_path: Path, sqlite_url: str) -> dict[str, str]:
    """The environment of a store with a key and an empty database."""
    read_master_key(tmp_path / "store.key", create=True)
    return {"DATABASE_URL": sqlite_url, "AISLEWAY_KEY_FILE": str(tmp_path / "store.key")}


@pytest.fixture
def records(sqlite_url: str) -> Iterator[SqlRecords]:
    database = Database(sqlite_url)
    yield SqlRecords(database)
    database.close()


def fill_ledger(records: SqlRecords, count: int = 5) -> None:
    shopper_id = "a" * 32
    records.shoppers.add_shopper(shopper_id, "card", None, False, OPENING)
    for number in range(count):
        saying = Saying(
            f"{number:032x}",
            shopper_id,
            list(Purpose)[number % 5],
            ConsentEventKind.GIVEN,
            OPENING,
            "1",
            "b" * 64,
            "en",
            "portal",
        )
        records.shoppers.change_consents(shopper_id, partial(_append, saying), raise_epoch=False)


def _append(saying: Saying, last: ConsentEvent | None) -> list[ConsentEvent]:
    return append(last, [saying])


def edit(folder: Path, *statements: str) -> None:
    with closing(sqlite3.connect(folder / "store.db")) as database, database:
        for statement in statements:
            database.execute(statement)


# --- keys ------------------------------------------------------------------------------------------------------------


def test_a_key_is_made_once(tmp_path: Path) -> None:
    path = tmp_path / "store.key"
    made = CliRunner().invoke(make_key, [str(path)])
    assert made.exit_code == 0
    assert path.stat().st_mode & 0o777 == 0o600
    key = path.read_text()
    assert key.strip() not in made.output
    again = CliRunner().invoke(make_key, [str(path)])
    assert (again.exit_code, path.read_text()) == (1, key)
    assert "is there already" in again.stderr


def test_a_key_that_cannot_be_made_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    refused = CliRunner().invoke(make_key, [str(tmp_path / "file" / "store.key")])
    assert refused.exit_code == 1
    assert "another place" in refused.stderr


# --- the ledger ------------------------------------------------------------------------------------------------------


def test_a_ledger_that_holds_together_is_said_to(records: SqlRecords, env: dict[str, str]) -> None:
    fill_ledger(records)
    done = CliRunner().invoke(verify_ledger, env=env)
    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith("5 events hold together. Head: ")


@pytest.mark.parametrize(
    ("statement", "bad"),
    [
        ("UPDATE consent_event SET event_json = replace(event_json, 'portal', 'kiosk') WHERE seq = 3", 3),
        ("UPDATE consent_event SET event_json = replace(event_json, 'given', 'withdrawn') WHERE seq = 1", 1),
        ("UPDATE consent_event SET event_json = 'no event' WHERE seq = 4", 4),
        ("UPDATE consent_event SET event_json = '{}' WHERE seq = 1", 1),
        ("DELETE FROM consent_event WHERE seq = 2", 2),
        ("DELETE FROM consent_event WHERE seq = 1", 1),
        ("UPDATE consent_event SET seq = 9 WHERE seq = 2", 2),
    ],
)
def test_t38_a_broken_ledger_names_the_first_bad_event_and_exits_with_1(
    records: SqlRecords, env: dict[str, str], tmp_path: Path, statement: str, bad: int
) -> None:
    fill_ledger(records)
    edit(tmp_path, statement)
    done = CliRunner().invoke(verify_ledger, env=env)
    assert done.exit_code == 1
    assert f"broken at event {bad}:" in done.stderr
    assert done.stdout == ""


def test_t38_two_swapped_events_are_named(records: SqlRecords, env: dict[str, str], tmp_path: Path) -> None:
    fill_ledger(records)
    places = {"99": "2", "2": "4", "4": "99"}
    edit(tmp_path, *(f"UPDATE consent_event SET seq = {to} WHERE seq = {of}" for to, of in places.items()))  # noqa: S608
    done = CliRunner().invoke(verify_ledger, env=env)
    assert done.exit_code == 1
    assert "broken at event 2:" in done.stderr


# --- purge -----------------------------------------------------------------------------------------------------------


def test_purge_removes_ended_sessions_and_says_how_many(records: SqlRecords, env: dict[str, str]) -> None:
    for number in range(3):
        records.people.open_session(f"t{number}", Credential.STAFF, "kim", OPENING, idle_s=1, absolute_s=1)
    done = CliRunner().invoke(purge, env=env)
    assert done.exit_code == 0, done.stderr
    assert "Removed 3 ended sessions." in done.stdout


# --- refusing to start -----------------------------------------------------------------------------------------------


def test_t47_a_server_does_not_start_with_an_unsafe_key_or_setting(env: dict[str, str], tmp_path: Path) -> None:
    def refused(**changes: str) -> str:
        done = CliRunner().invoke(serve, env={**env, **changes})
        assert done.exit_code == 1
        return done.stderr

    assert "AISLEWAY_TICK_HZ" in refused(AISLEWAY_TICK_HZ="0")
    assert "FLASK_DEBUG" in refused(FLASK_DEBUG="1")
    assert "make-key" in refused(AISLEWAY_KEY_FILE=str(tmp_path / "none.key"))
    (tmp_path / "store.key").chmod(0o644)
    assert "chmod 600" in refused()


def test_serve_serves_and_stops_when_told(env: dict[str, str], records: SqlRecords, tmp_path: Path) -> None:
    """The real server process: gunicorn, the real clock, full-cost hashes, one sign-in."""
    records.people.put_user("ada", Role.MANAGER, HASHES.hash("correct horse battery"))
    port = free_port()
    origin = f"http://localhost:{port}"
    code = "from store_server.commands.running import serve; serve()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "--port", str(port), "--threads", "10"],
        env={**os.environ, **env, "AISLEWAY_PUBLIC_ORIGINS": origin},
        cwd=Path(__file__).resolve().parents[2],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        while True:
            assert process.poll() is None, process.stderr.read()
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=10) as answer:
                    assert json.load(answer)["status"] == "ok"
                break
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                with suppress(subprocess.TimeoutExpired):
                    process.wait(0.1)  # unless it ended, ask again
        content = json.dumps({"user_name": "ada", "password": "correct horse battery"}).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{port}/api/sessions", content)
        request.add_header("Content-Type", "application/json")
        request.add_header("Origin", origin)
        with urllib.request.urlopen(request, timeout=60) as answer:
            assert answer.status == 201
    finally:
        process.terminate()
        _, words = process.communicate(timeout=30)
    assert process.returncode == 0, words
    assert "Traceback" not in words


def test_two_demos_at_once_are_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(demo, ["--hall", "--drugstore", "--data", str(tmp_path)])
    assert result.exit_code == 2
    assert "choose one" in result.output
    assert list(tmp_path.iterdir()) == []
