"""A one-time code becomes a node; TLS with the store's own CA."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
import threading
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

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


def make_authority(name: str) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    return _certificate(name, key, None, key), key


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate | None,
    signing_key: ec.EllipticCurvePrivateKey,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    usage = x509.KeyUsage(True, False, False, False, False, authority is None, authority is None, False, False)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(authority.subject if authority else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=authority is None, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key()), critical=False)
        .add_extension(usage, critical=True)
    )
    return builder.sign(signing_key, hashes.SHA256())


@pytest.fixture
def store_ca(tmp_path: Path) -> tuple[Path, ssl.SSLContext]:
    """The store's CA file, and a server's side of TLS with a certificate from it."""
    authority, authority_key = make_authority("store CA")
    (tmp_path / "ca.pem").write_bytes(authority.public_bytes(Encoding.PEM))
    key = ec.generate_private_key(ec.SECP256R1())
    chain = tmp_path / "server.pem"
    chain.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + _certificate("store", key, authority, authority_key).public_bytes(Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return tmp_path / "ca.pem", context


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
    other, _ = make_authority("somebody else")
    (tmp_path / "other.pem").write_bytes(other.public_bytes(Encoding.PEM))
    with ReceivingServer(tls=store_ca[1]) as server:
        done = command(*enrol_words(server, tmp_path / "state", "--ca", str(tmp_path / "other.pem")))
        assert done.returncode == 1
        assert "does not come from the CA" in done.stderr
        assert server.requests == []


def test_a_ca_file_that_is_no_certificate_is_named(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("hello")
    words = ("enrol", "--server", "https://127.0.0.1:9", "--code", CODE, "--ca", str(tmp_path / "ca.pem"))
    done = command(*words, "--state", str(tmp_path / "state"))
    assert done.returncode == 2
    assert "not a PEM certificate" in done.stderr
