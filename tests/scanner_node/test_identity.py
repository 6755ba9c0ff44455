"""The key, the name and the boot counter on disk."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from scanner_node.identity import (
    BOOT_FILE,
    KEY_FILE,
    NAME_FILE,
    NEXT_KEY_FILE,
    InUse,
    NodeIdentity,
    StateProblem,
    load_identity,
    open_key,
    public_key_bytes,
    remember_name,
)
from store_server.wire.sightings import Envelope, key_fingerprint


@pytest.fixture
def state(tmp_path: Path) -> Path:
    state = tmp_path / "state"
    open_key(state)
    remember_name(state, "rpi-07")
    return state


def load_elsewhere(state: Path) -> int:
    """The boot number of a start in another process, whose lock ends with it."""
    code = "import sys, pathlib, scanner_node.identity as i; print(i.load_identity(pathlib.Path(sys.argv[1])).boot_id)"
    done = subprocess.run([sys.executable, "-c", code, str(state)], capture_output=True, text=True, check=True)
    return int(done.stdout)


def test_the_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        first = open_key(tmp_path / "state")
    finally:
        os.umask(old)
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "state" / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert public_key_bytes(open_key(tmp_path / "state")) == public_key_bytes(first)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o622])
def test_a_key_that_others_may_touch_is_refused(state: Path, mode: int) -> None:
    (state / KEY_FILE).chmod(mode)
    with pytest.raises(StateProblem, match="chmod 600"):
        load_identity(state)


def test_each_start_has_a_higher_number(state: Path) -> None:
    assert [load_elsewhere(state) for _ in range(3)] == [1, 2, 3]
    assert load_identity(state).boot_id == 4
    assert (state / BOOT_FILE).read_text() == "4\n"


def test_enrolling_again_does_not_reset_the_starts(state: Path) -> None:
    load_elsewhere(state)
    remember_name(state, "rpi-08")
    identity = load_identity(state)
    assert (identity.node_id, identity.boot_id) == ("rpi-08", 2)


def test_two_programs_cannot_be_the_same_node(state: Path) -> None:
    load_identity(state)
    with pytest.raises(subprocess.CalledProcessError) as failed:
        load_elsewhere(state)
    assert InUse.__name__ in failed.value.stderr


def test_a_machine_that_is_not_enrolled_is_told_how(tmp_path: Path) -> None:
    with pytest.raises(StateProblem, match="aisleway-node enrol"):
        load_identity(tmp_path)


@pytest.mark.parametrize(
    ("name", "content"),
    [(NAME_FILE, "{"), (NAME_FILE, "[]"), (NAME_FILE, '{"node_id": 7}'), (BOOT_FILE, "many"), (KEY_FILE, "no key")],
)
def test_damaged_files_are_named(state: Path, name: str, content: str) -> None:
    (state / name).write_text(content)
    with pytest.raises(StateProblem, match=name):
        load_identity(state)


def test_a_key_of_another_kind_is_refused(state: Path) -> None:
    other = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (state / KEY_FILE).write_bytes(other)
    with pytest.raises(StateProblem, match="not an Ed25519 key"):
        load_identity(state)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StateProblem, match="--state"):
        open_key(tmp_path / "file" / "state")


def test_a_signature_covers_who_when_what_and_where(state: Path) -> None:
    identity = load_identity(state)
    envelope = Envelope(
        node_id="rpi-07", boot_id=identity.boot_id, sequence=identity.next_sequence(), sent_at=datetime.now(UTC)
    )
    assert envelope.sequence == 0
    signature = base64.b64decode(identity.sign(envelope, "POST", "/api/node/batches", b"{}"))
    public_key = identity.key.public_key()
    public_key.verify(signature, envelope.signed_bytes("POST", "/api/node/batches", b"{}"))
    for method, path, body in (
        ("GET", "/api/node/batches", b"{}"),
        ("POST", "/x", b"{}"),
        ("POST", "/api/node/batches", b""),
    ):
        with pytest.raises(InvalidSignature):
            public_key.verify(signature, envelope.signed_bytes(method, path, body))


def test_a_rotation_keeps_the_new_key_on_disk_until_the_server_knows_it(state: Path) -> None:
    identity = load_identity(state)
    new_key = identity.make_next_key()
    assert (state / NEXT_KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert public_key_bytes(identity.make_next_key()) == public_key_bytes(new_key), "a second try makes no second key"
    waiting = identity.waiting_key()
    assert waiting is not None
    assert public_key_bytes(waiting) == public_key_bytes(new_key)
    identity.take_next_key(new_key)
    assert identity.waiting_key() is None
    assert identity.fingerprint == key_fingerprint(public_key_bytes(new_key))
    assert public_key_bytes(open_key(state)) == public_key_bytes(new_key)


def test_a_refused_rotation_leaves_the_old_key(state: Path) -> None:
    identity: NodeIdentity = load_identity(state)
    before = identity.fingerprint
    identity.make_next_key()
    identity.drop_next_key()
    identity.drop_next_key()
    assert identity.waiting_key() is None
    assert key_fingerprint(public_key_bytes(open_key(state))) == before
