"""Keys and secrets: wrapping what must be readable again, hashing what must not, checking signatures."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import stat
import threading
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MASTER_KEY_BYTES = 32
_NONCE_BYTES = 12


class UnsafeKeyFile(Exception):
    """The master key's file is missing, too short or readable by others; the message says what to mend."""


def read_master_key(path: Path, *, create: bool = False) -> bytes:
    """The store's master key, from a file that only its owner can read.

    Raises
    ------
    UnsafeKeyFile
        Where the file is missing, readable by others, or not 32 bytes in hex.
    """
    if create and not path.exists():
        _write_new_key(path)
    try:
        mode = path.stat().st_mode
        content = path.read_bytes()
    except OSError as error:
        raise UnsafeKeyFile(f"no key file at {path}: make one with `aisleway make-key {path}`") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise UnsafeKeyFile(f"the key file {path} can be read by others: run `chmod 600 {path}`")
    try:
        key = bytes.fromhex(content.decode("ascii").strip())
    except ValueError:
        key = b""
    if len(key) != MASTER_KEY_BYTES:
        raise UnsafeKeyFile(f"the key file {path} does not hold 64 hex digits")
    return key


def _write_new_key(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(MASTER_KEY_BYTES) + "\n")
    except OSError as error:
        raise UnsafeKeyFile(f"no key file can be made at {path} ({error.strerror}): name another place") from error


class KeyWrap:
    """Wraps small secrets with AES-256-GCM under the master key, bound to what they belong to."""

    def __init__(self, master_key: bytes) -> None:
        self._cipher = AESGCM(master_key)

    def wrap(self, secret: bytes, belongs_to: str) -> bytes:
        """Nonce and ciphertext; only ``unwrap`` with the same ``belongs_to`` opens it."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret, belongs_to.encode())

    def unwrap(self, wrapped: bytes, belongs_to: str) -> bytes:
        """The secret.

        Raises
        ------
        UnsafeKeyFile
            Where the master key is not the one it was wrapped with, or the bytes were changed.
        """
        try:
            return self._cipher.decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], belongs_to.encode())
        except (InvalidTag, ValueError) as error:  # ValueError: too short to be a wrapping
            raise UnsafeKeyFile(
                "this key file does not open the database's keys: use the one it was made with"
            ) from error


def new_token() -> str:
    """128 random bits, 22 characters that can stand in a URL."""
    return base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")


def new_session_token() -> str:
    """256 random bits (requirement D3)."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """SHA-256: enough for a secret of 64 random bits or more, which nobody can guess their way through."""
    return hashlib.sha256(token.encode()).hexdigest()


# No letters that are mistaken for another: I, L, O, 0, 1 are left out. 31 signs, 13 of them: 64 bits.
_CODE_SIGNS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


def new_code() -> str:
    """A one-time code of 64 random bits that can be read aloud and typed: ``ABCD-EFGH-JKMN-P``."""
    signs = "".join(secrets.choice(_CODE_SIGNS) for _ in range(13))
    return "-".join(signs[i : i + 4] for i in range(0, 13, 4))


def normal_code(code: str) -> str:
    """The code as hashed, whatever case and dashes it was typed with."""
    return "".join(sign for sign in code.upper() if sign in _CODE_SIGNS)


class PasswordHashes:
    """argon2id, at most two at once (requirement D1): each takes 64 MiB for about a quarter of a second."""

    def __init__(self, *, memory_kib: int = 64 * 1024, time_cost: int = 3) -> None:
        self._hasher = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)
        self._at_once = threading.BoundedSemaphore(2)
        self._nobody = self._hasher.hash(secrets.token_hex(16))

    def hash(self, password: str) -> str:
        with self._at_once:
            return self._hasher.hash(password)

    def verify(self, stored: str | None, password: str) -> bool:
        """Whether the password fits; takes the same time where there is no such account (``stored`` None)."""
        with self._at_once:
            try:
                return self._hasher.verify(stored or self._nobody, password) and stored is not None
            except (VerificationError, InvalidHashError):
                return False


def verify_signature(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Ed25519 (RFC 8032); False for anything that does not fit, whatever its length."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
