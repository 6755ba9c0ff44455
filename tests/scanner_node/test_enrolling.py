"""A one-time code becomes a node; TLS with the store's own CA."""

from __future__ import annotations

import datetime as dt
import ssl
import threading
from pathlib import Path

import pytest

from store_server.adapters.certificates import AUTHORITY, SERVER, SERVER_KEY, certify
from store_server.wire.sightings import NodeState, key_fingerprint
from tests.scanner_node.node_process import MINE, Air, NodeProcess, command, enrol, say_until, wait_for
from tests.scanner_node.receiving_server import CODE, NODE_ID, ReceivingServer


def enrol_words(server: ReceivingServer, state: Path, *more: str, code: str = CODE) -> tuple[str, ...]:
    return ("enrol", "--server", server.url, "--code", code, "--state", str(state), *more)


def test_enrolling_shows_the_fingerprint_of_the_key_it_made(server: ReceivingServer, tmp_path: Path) -> None:
    done = command(*enrol_words(server, tmp_path / "state"))
    assert done.returncode == 0
    assert server.public_key is not None
    assert done.stdout == f"enrolled as {NODE_ID}\nfingerprint {key_fingerprint(server.public_key)}\n"
    for file in (tmp_path / "state").iterdir():
        assert file.stat().st_mode & 0o077 == 0


def test_a_wrong_code_is_refused_in_words(server: ReceivingServer, tmp_path: Path) -> None:
    done = command(*enrol_words(server, tmp_path / "state", code="WRONG-CODE"))
    assert (done.returncode, done.stderr) == (1, "aisleway-node: Code not valid.\n")
    assert not (tmp_path / "state" / "node.json").exists()


def test_enrolling_waits_until_the_manager_confirms(server: ReceivingServer, tmp_path: Path) -> None:
    server.state = NodeState.PENDING

    def confirm_when_asked() -> None:
        server.until(lambda: ("/api/node/self", 200) in server.statuses)
        server.state = NodeState.CONFIRMED

    manager = threading.Thread(target=confirm_when_asked)
    manager.start()
    done = command(*enrol_words(server, tmp_path / "state"))
    manager.join()
    assert done.returncode == 0
    assert done.stdout.endswith("confirmed\n")


def test_no_wait_leaves_the_manager_for_later(server: ReceivingServer, tmp_path: Path) -> None:
    server.state = NodeState.PENDING
    done = command(*enrol_words(server, tmp_path / "state", "--no-wait"))
    assert done.returncode == 0
    assert "a manager must now compare" in done.stdout


def test_a_manager_who_says_no_ends_the_wait(server: ReceivingServer, tmp_path: Path) -> None:
    server.state = NodeState.PENDING

    def refuse_when_asked() -> None:
        server.until(lambda: ("/api/node/self", 200) in server.statuses)
        server.state = NodeState.REVOKED

    manager = threading.Thread(target=refuse_when_asked)
    manager.start()
    done = command(*enrol_words(server, tmp_path / "state"))
    manager.join()
    assert done.returncode == 1
    assert "refused this node" in done.stderr


def test_an_enrolment_waits_for_a_server_that_is_still_starting(tmp_path: Path) -> None:
    with ReceivingServer() as gone:
        port = gone.port
    url = f"http://127.0.0.1:{port}"
    results: list[int] = []
    words = ("enrol", "--server", url, "--code", CODE, "--state", str(tmp_path / "state"))
    enrolling = threading.Thread(target=lambda: results.append(command(*words).returncode))
    enrolling.start()
    wait_for(lambda: (tmp_path / "state" / "node-key.pem").exists())  # it has begun
    late = ReceivingServer(port=port)
    with late:
        enrolling.join(30)
    assert results == [0]


# -- TLS ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def store_ca(tmp_path: Path) -> tuple[Path, ssl.SSLContext]:
    """The store's CA file, and a server's side of TLS with a certificate from it."""
    certify(tmp_path / "tls", ["127.0.0.1"], dt.datetime.now(dt.UTC))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "tls" / SERVER, tmp_path / "tls" / SERVER_KEY)
    return tmp_path / "tls" / AUTHORITY, context


def test_over_tls_the_node_keeps_the_stores_ca_and_talks_to_it_alone(
    store_ca: tuple[Path, ssl.SSLContext], tmp_path: Path, air: Air
) -> None:
    ca_file, context = store_ca
    with ReceivingServer(tls=context) as server:
        server.ids = (MINE,)
        enrol(server, tmp_path / "state", "--ca", str(ca_file))
        ca_file.unlink()
        with NodeProcess(server.url, air.radio, tmp_path / "state"):
            say_until(air, lambda: server.sightings)


def test_a_certificate_of_another_ca_is_refused(store_ca: tuple[Path, ssl.SSLContext], tmp_path: Path) -> None:
    certify(tmp_path / "other", ["127.0.0.1"], dt.datetime.now(dt.UTC))
    with ReceivingServer(tls=store_ca[1]) as server:
        done = command(*enrol_words(server, tmp_path / "state", "--ca", str(tmp_path / "other" / AUTHORITY)))
        assert done.returncode == 1
        assert "does not come from the CA" in done.stderr
        assert server.requests == []


def test_a_ca_file_that_is_no_certificate_is_named(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("hello")
    words = ("enrol", "--server", "https://127.0.0.1:9", "--code", CODE, "--ca", str(tmp_path / "ca.pem"))
    done = command(*words, "--state", str(tmp_path / "state"))
    assert done.returncode == 2
    assert "not a PEM certificate" in done.stderr
