"""Keys and secrets (requirements A2, C3, D1, D3; T47)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from store_server.adapters.secrets_box import (
    KeyWrap,
    PasswordHashes,
    UnsafeKeyFile,
    hash_token,
    new_code,
    new_session_token,
    new_token,
    normal_code,
    read_master_key,
    verify_signature,
)
from tests.opened_store import HASHES


def test_a_new_key_is_its_owners_alone_and_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "store.key"
    key = read_master_key(path, create=True)
    assert len(key) == 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_master_key(path) == key
    assert read_master_key(path, create=True) == key, "what is there is kept"


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o602, 0o610, 0o666, 0o777])
def test_t47_a_key_that_others_can_reach_is_refused_by_name(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "store.key"
    read_master_key(path, create=True)
    path.chmod(mode)
    with pytest.raises(UnsafeKeyFile, match=r"store\.key.*chmod 600"):
        read_master_key(path)


@pytest.mark.parametrize(
    "content", [b"", b"00", b"zz" * 32, b"\xff\xfe\x00", b"0" * 65, "é".encode() * 32, b"a" * 10**6]
)
def test_a_key_file_that_holds_no_key_is_refused_without_telling_its_content(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "store.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(UnsafeKeyFile, match="64 hex digits") as refused:
        read_master_key(path)
    assert len(str(refused.value)) < 300 + len(str(path))


def test_a_missing_key_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(UnsafeKeyFile, match="make-key"):
        read_master_key(tmp_path / "store.key")
    with pytest.raises(UnsafeKeyFile, match="no key file"):
        read_master_key(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(UnsafeKeyFile, match="another place"):
        read_master_key(tmp_path / "file" / "store.key", create=True)


@given(st.binary(max_size=64), st.text(max_size=40))
def test_what_is_wrapped_is_unwrapped_for_whom_it_belongs_to(secret: bytes, owner: str) -> None:
    wrap = KeyWrap(bytes(32))
    wrapped = wrap.wrap(secret, owner)
    assert wrap.unwrap(wrapped, owner) == secret
    assert wrap.wrap(secret, owner) != wrapped, "never the same twice"
    with pytest.raises(UnsafeKeyFile):
        wrap.unwrap(wrapped, owner + "x")
    with pytest.raises(UnsafeKeyFile):
        KeyWrap(bytes([1] * 32)).unwrap(wrapped, owner)


@pytest.mark.parametrize("place", range(0, 44, 6))
def test_a_changed_wrapping_opens_nothing(place: int) -> None:
    wrap = KeyWrap(bytes(32))
    wrapped = bytearray(wrap.wrap(bytes(16), "b"))
    wrapped[place] ^= 1
    with pytest.raises(UnsafeKeyFile):
        wrap.unwrap(bytes(wrapped), "b")


@pytest.mark.parametrize("wrapped", [b"", b"short", bytes(12), bytes(27)])
def test_a_wrapping_too_short_to_be_one_opens_nothing(wrapped: bytes) -> None:
    with pytest.raises(UnsafeKeyFile):
        KeyWrap(bytes(32)).unwrap(wrapped, "b")


def test_secrets_are_long_enough_and_never_the_same() -> None:
    assert len({new_token() for _ in range(100)}) == 100
    assert {len(new_token()) for _ in range(20)} == {22}
    assert {len(new_session_token()) for _ in range(20)} == {43}
    assert len({new_code() for _ in range(100)}) == 100


def test_a_code_is_read_however_it_was_typed() -> None:
    code = new_code()
    assert len(code.split("-")) == 4
    assert normal_code(code.lower().replace("-", " ")) == normal_code(code) == code.replace("-", "")
    assert normal_code("ß!§0O1Il") == "SS", "signs that are in no code are left out"
    assert hash_token(code) != hash_token(normal_code(code))


@given(st.text(max_size=128).filter(lambda text: "\x00" not in text))
def test_any_password_fits_itself_and_no_other(password: str) -> None:
    if any(0xD800 <= ord(sign) <= 0xDFFF for sign in password):
        return
    stored = HASHES.hash(password)
    assert password == "" or password not in stored or len(password) < 5
    assert HASHES.verify(stored, password)
    assert not HASHES.verify(stored, password + "x")
    assert HASHES.hash(password) != stored


def test_no_account_and_a_broken_hash_fit_nothing() -> None:
    assert not HASHES.verify(None, "anything")
    assert not HASHES.verify("not a hash", "anything")


def test_d1_passwords_are_hashed_at_full_cost_by_default() -> None:
    stored = PasswordHashes().hash("correct horse battery")
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=1$")


def test_a_signature_of_the_wrong_shape_is_false_and_no_error() -> None:
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw()
    assert verify_signature(public, key.sign(b"words"), b"words")
    assert not verify_signature(public, key.sign(b"words"), b"word")
    for signature in (b"", bytes(63), bytes(64), bytes(65), os.urandom(10_000)):
        assert not verify_signature(public, signature, b"words")
    for wrong_key in (b"", bytes(31), bytes(33), bytes([255] * 32)):
        assert not verify_signature(wrong_key, key.sign(b"words"), b"words")
