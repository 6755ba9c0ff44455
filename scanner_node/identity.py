"""Who this node is: its Ed25519 key, its name, its boot counter. The key never leaves the state folder (C2, C5).

The folder holds ``node-key.pem`` (0600), ``node.json`` (the name the server gave) and ``boot-count``; nothing about sightings.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import time
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from store_server.wire.sightings import Envelope, key_fingerprint

KEY_FILE, NEXT_KEY_FILE, CA_FILE = "node-key.pem", "next-key.pem", "ca.pem"
NAME_FILE, BOOT_FILE, LOCK_FILE = "node.json", "boot-count", "lock"


class StateProblem(Exception):
    """The state folder cannot be used; the message says what to mend."""


class InUse(StateProblem):
    """Another aisleway-node runs on this state folder."""


def public_key_bytes(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


def public_key_base64(key: Ed25519PrivateKey) -> str:
    """As ``EnrolNode`` and ``RotateNodeKey`` carry it."""
    return base64.b64encode(public_key_bytes(key)).decode()


@dataclass
class NodeIdentity:
    """An enrolled node in its present run."""

    state_dir: Path
    node_id: str
    key: Ed25519PrivateKey
    boot_id: int
    _sequence: int = field(default=-1, repr=False)

    @property
    def fingerprint(self) -> str:
        return key_fingerprint(public_key_bytes(self.key))

    def next_sequence(self) -> int:
        self._sequence += 1
        return self._sequence

    def sign(self, envelope: Envelope, method: str, path: str, body: bytes) -> str:
        """The value of the signature header."""
        return base64.b64encode(self.key.sign(envelope.signed_bytes(method, path, body))).decode()

    def begin_boot(self, step: int = 1) -> None:
        """A higher boot number: at each start, and where the server has seen a higher one (a restored state folder)."""
        self.boot_id = _raise_boot_count(self.state_dir, step)
        self._sequence = -1

    def key_age_s(self) -> float:
        return time.time() - (self.state_dir / KEY_FILE).stat().st_mtime

    def make_next_key(self) -> Ed25519PrivateKey:
        """A key to rotate to, on disk before the server hears of it, so that no crash leaves us with the old one alone."""
        path = self.state_dir / NEXT_KEY_FILE
        if path.exists():
            return _read_key(path)
        key = Ed25519PrivateKey.generate()
        _write_key(path, key)
        return key

    def waiting_key(self) -> Ed25519PrivateKey | None:
        """The key of a rotation whose answer never came; the server may hold either."""
        path = self.state_dir / NEXT_KEY_FILE
        return _read_key(path) if path.exists() else None

    def take_next_key(self, key: Ed25519PrivateKey) -> None:
        """The server confirmed the rotation."""
        os.replace(self.state_dir / NEXT_KEY_FILE, self.state_dir / KEY_FILE)
        _sync_folder(self.state_dir)
        self.key = key

    def drop_next_key(self) -> None:
        (self.state_dir / NEXT_KEY_FILE).unlink(missing_ok=True)


def open_key(state_dir: Path) -> Ed25519PrivateKey:
    """The node's key, made on first use (enrolment).

    Raises
    ------
    StateProblem
        Where the folder or key cannot be made or read, or others may read the key.
    """
    try:
        state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = state_dir / KEY_FILE
        if path.exists():
            return _read_key(path)
        key = Ed25519PrivateKey.generate()
        _write_key(path, key)
    except OSError as error:
        raise StateProblem(
            f"cannot use the state folder {state_dir}: {error.strerror}; choose another with --state"
        ) from error
    return key


def remember_name(state_dir: Path, node_id: str) -> None:
    """Keep the name the server gave at enrolment. A boot counter that is already there goes on."""
    _write_durably(state_dir / NAME_FILE, json.dumps({"node_id": node_id}).encode())
    if not (state_dir / BOOT_FILE).exists():
        _write_durably(state_dir / BOOT_FILE, b"0\n")


def remember_ca(state_dir: Path, certificate: bytes) -> None:
    """Keep the store's CA certificate, so that later runs need not name it."""
    _write_durably(state_dir / CA_FILE, certificate)


def load_identity(state_dir: Path) -> NodeIdentity:
    """The enrolled identity, with its boot counter raised for this run.

    Raises
    ------
    StateProblem
        Not enrolled, damaged, readable by others, or in use by another running node.
    """
    if not (state_dir / NAME_FILE).exists() or not (state_dir / KEY_FILE).exists():
        raise StateProblem(
            f"this node is not enrolled (nothing in {state_dir}): run "
            f"'aisleway-node enrol --server URL --code CODE --state {state_dir}' with a code from the manager's screen"
        )
    _lock(state_dir)
    try:
        node_id = json.loads((state_dir / NAME_FILE).read_bytes())["node_id"]
        if not isinstance(node_id, str):
            raise TypeError
        key = _read_key(state_dir / KEY_FILE)
    except (ValueError, KeyError, TypeError) as error:
        raise StateProblem(f"{state_dir / NAME_FILE} is damaged: enrol this node again") from error
    except OSError as error:
        raise StateProblem(f"cannot read {state_dir}: {error.strerror}") from error
    identity = NodeIdentity(state_dir, node_id, key, 0)
    identity.begin_boot()
    return identity


_held_locks: list[int] = []  # a lock lives as long as its descriptor: for this program's life


def _lock(state_dir: Path) -> None:
    descriptor = os.open(state_dir / LOCK_FILE, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise InUse(
            f"another aisleway-node is running on {state_dir}: stop it, or give this one its own --state"
        ) from error
    _held_locks.append(descriptor)


def _raise_boot_count(state_dir: Path, step: int) -> int:
    path = state_dir / BOOT_FILE
    try:
        boot_id = int(path.read_text()) + step
    except (OSError, ValueError) as error:
        raise StateProblem(f"{path} is damaged: enrol this node again") from error
    _write_durably(path, f"{boot_id}\n".encode())
    return boot_id


def _read_key(path: Path) -> Ed25519PrivateKey:
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        raise StateProblem(
            f"others may read the key {path} (mode {mode:o}): if it never left this machine run 'chmod 600 {path}', "
            "otherwise delete it and enrol again"
        )
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise StateProblem(f"{path} is damaged: delete it and enrol this node again") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise StateProblem(f"{path} is not an Ed25519 key: delete it and enrol this node again")
    return key


def _write_key(path: Path, key: Ed25519PrivateKey) -> None:
    _write_durably(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _write_durably(path: Path, content: bytes) -> None:
    """The old content or the new one after a power cut, never half of it; for the owner's eyes only."""
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
