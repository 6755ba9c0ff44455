"""`aisleway make-ca` and `aisleway promises`, as people type them."""

from __future__ import annotations

import ast
import re
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.x509 import load_pem_x509_certificate

from store_server.adapters.certificates import (
    AUTHORITY,
    AUTHORITY_KEY,
    AUTHORITY_LIVES,
    SERVER,
    SERVER_KEY,
    CannotCertify,
    certify,
)
from store_server.commands import main
from store_server.domain.notices import LANGUAGES, notice
from store_server.domain.promise_proofs import NOT_YET, PROOFS
from tests.tree import REPOSITORY

ALL_FILES = {AUTHORITY, AUTHORITY_KEY, SERVER, SERVER_KEY}


def made(folder: Path, *hosts: str, more: tuple[str, ...] = ()) -> Result:
    return CliRunner().invoke(
        main, ["make-ca", str(folder), *(word for host in hosts for word in ("--host", host)), *more]
    )


def content(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def greet(folder: Path, believed: Path, host: str) -> str:
    """What a client that believes this authority alone, and asks for this host, makes of the server."""
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(folder / SERVER, folder / SERVER_KEY)
    asking = ssl.create_default_context(cafile=str(believed))
    asking.verify_flags |= ssl.VERIFY_X509_STRICT
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            taken, _ = listening.accept()
            try:
                with serving.wrap_socket(taken, server_side=True) as spoken:
                    spoken.sendall(b"welcome")
            except OSError:
                taken.close()

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            with (
                socket.create_connection(listening.getsockname(), 20) as plain,
                asking.wrap_socket(plain, server_hostname=host) as spoken,
            ):
                return spoken.recv(100).decode()
        except ssl.SSLCertVerificationError as error:
            return error.verify_message
        finally:
            thread.join()


def test_c1_who_believes_the_stores_authority_reaches_the_server_by_each_of_its_names(tmp_path: Path) -> None:
    folder = tmp_path / "etc"
    done = made(folder, "store.example", "127.0.0.1", "::1")
    assert done.exit_code == 0, done.output
    assert set(content(folder)) == ALL_FILES
    for host in ("store.example", "127.0.0.1", "::1"):
        assert greet(folder, folder / AUTHORITY, host) == "welcome"
    assert "mismatch" in greet(folder, folder / AUTHORITY, "other.example")
    made(tmp_path / "other", "store.example")
    assert greet(folder, tmp_path / "other" / AUTHORITY, "store.example") != "welcome"
    modes = {file.name: file.stat().st_mode & 0o077 for file in folder.iterdir() if file.suffix == ".key"}
    assert modes == {AUTHORITY_KEY: 0, SERVER_KEY: 0}


def test_a_new_certificate_is_by_the_same_authority_and_only_when_asked_for(tmp_path: Path) -> None:
    made(tmp_path, "store.example")
    before = content(tmp_path)
    refused = made(tmp_path, "store.example")
    assert refused.exit_code == 1
    assert "--renew" in refused.output
    assert content(tmp_path) == before
    assert made(tmp_path, "new.example", more=("--renew",)).exit_code == 0
    after = content(tmp_path)
    assert {name for name in ALL_FILES if after[name] != before[name]} == {SERVER, SERVER_KEY}
    assert greet(tmp_path, tmp_path / AUTHORITY, "new.example") == "welcome"


@pytest.mark.parametrize(
    "host",
    [
        "",
        "a b",
        "-a.example",
        "x" * 64,
        "store.example/..",
        "*",
        "1.2.3.4.5:80",
        "ä.example",
        "192.168.1.500",
        "192.168.001.005",
        "fe80::1%eth0",
    ],
)
def test_what_is_no_host_writes_nothing(tmp_path: Path, host: str) -> None:
    done = made(tmp_path / "etc", "store.example", host)
    assert done.exit_code == 1
    assert "no name or address" in done.output
    assert not (tmp_path / "etc").exists()


def test_an_authority_that_is_not_there_is_not_made_anew_by_renewing(tmp_path: Path) -> None:
    made(tmp_path, "store.example")
    for name in (AUTHORITY, AUTHORITY_KEY):
        (tmp_path / name).unlink()
    before = content(tmp_path)
    done = made(tmp_path, "store.example", more=("--renew",))
    assert done.exit_code == 1
    assert "bring both back" in done.output
    (tmp_path / SERVER).unlink()
    before.pop(SERVER)
    done = made(tmp_path, "store.example")
    assert done.exit_code == 1, "a key alone is somebody's, too"
    assert content(tmp_path) == before


def test_a_place_that_is_taken_by_a_folder_leaves_all_as_it_was(tmp_path: Path) -> None:
    made(tmp_path, "store.example")
    key = (tmp_path / SERVER_KEY).read_bytes()
    (tmp_path / SERVER).unlink()
    (tmp_path / SERVER).mkdir()
    done = made(tmp_path, "store.example", more=("--renew",))
    assert done.exit_code == 1
    assert "is a folder" in done.output
    assert (tmp_path / SERVER_KEY).read_bytes() == key
    assert not list(tmp_path.glob(".*"))


def test_no_certificate_outlives_its_authority_and_an_old_one_signs_nothing(tmp_path: Path) -> None:
    begun = datetime(2026, 1, 1, tzinfo=UTC)
    certify(tmp_path, ["store.example"], begun)
    certify(tmp_path, ["store.example"], begun + AUTHORITY_LIVES - timedelta(days=300), renews=True)
    authority, server = (load_pem_x509_certificate((tmp_path / name).read_bytes()) for name in (AUTHORITY, SERVER))
    assert server.not_valid_after_utc == authority.not_valid_after_utc
    with pytest.raises(CannotCertify, match="ends on 2035-12-30"):
        certify(tmp_path, ["store.example"], begun + AUTHORITY_LIVES - timedelta(days=80), renews=True)


def test_half_an_authority_or_a_strange_one_signs_nothing(tmp_path: Path) -> None:
    made(tmp_path, "store.example")
    made(tmp_path / "other", "store.example")
    key = tmp_path / AUTHORITY_KEY
    own = key.read_bytes()
    for wrong, words in (
        (None, "bring store-ca.key back"),
        (b"hello", "cannot be read"),
        ((tmp_path / "other" / AUTHORITY_KEY).read_bytes(), "is not the key of"),
    ):
        key.unlink(missing_ok=True)
        if wrong is not None:
            key.write_bytes(wrong)
        done = made(tmp_path, "store.example", more=("--renew",))
        assert done.exit_code == 1
        assert words in done.output
    key.write_bytes(own)
    assert made(tmp_path, "store.example", more=("--renew",)).exit_code == 0


def test_a_folder_that_takes_no_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = CliRunner().invoke(main, ["make-ca", str(tmp_path / "file" / "etc"), "--host", "store.example"])
    assert done.exit_code in (1, 2)
    assert "file" in done.output
    assert "Traceback" not in done.output


def abuse_tests() -> set[str]:
    """The ids of the abuse tests there are: ``test_t04_...`` is T04."""
    found = set()
    for path in (REPOSITORY / "tests").rglob("test_*.py"):
        for step in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(step, ast.FunctionDef) and (named := re.match(r"test_t(\d\d)_", step.name)):
                found.add(f"T{named[1]}")
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_promise_is_printed_with_tests_that_there_are(language: str) -> None:
    done = CliRunner().invoke(main, ["promises", "--language", language])
    assert done.exit_code == 0
    told = notice(language, "the store").promises
    assert [line.split(". ", 1)[1] for line in done.output.splitlines() if line[0].isdigit()] == list(told)
    assert set(PROOFS) == set(range(1, len(told) + 1)) == set(range(1, 10))
    assert all(PROOFS.values()), "no promise without a test"
    held = set(re.findall(r"^   (T\d\d)  ", done.output, re.MULTILINE))
    assert held == {test_id for proofs in PROOFS.values() for test_id in proofs}
    assert held <= abuse_tests()
    missing = set(re.findall(r"^   not proved yet  (T\d\d)  ", done.output, re.MULTILINE))
    assert missing == {test_id for proofs in NOT_YET.values() for test_id in proofs}
    assert not missing & abuse_tests(), "it is there by now: it belongs to the proofs"
