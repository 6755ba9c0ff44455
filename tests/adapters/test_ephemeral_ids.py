"""Eddystone-EID against vectors published by others, and what a rotation must look like (T01)."""

from __future__ import annotations

from itertools import pairwise

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from store_server.adapters.ephemeral_ids import ephemeral_id

KEY = bytes.fromhex("0102030405060708090a111213141516")


def test_a_published_vector() -> None:
    assert ephemeral_id(KEY, 10, 0).hex() == "a9b76a71c5f89290"


@given(st.binary(min_size=16, max_size=16), st.integers(0, 15), st.integers(0, 2**32 - 1))
def test_an_id_holds_for_its_rotation_and_then_changes(key: bytes, k: int, beacon_time_s: int) -> None:
    begin = beacon_time_s >> k << k
    now = ephemeral_id(key, k, beacon_time_s)
    assert len(now) == 8
    assert ephemeral_id(key, k, begin) == now
    assert ephemeral_id(key, k, begin + (1 << k) - 1) == now
    assert ephemeral_id(key, k, (begin + (1 << k)) % 2**32) != now


@given(st.integers(0, 15))
def test_the_temporary_key_changes_after_65536_seconds(k: int) -> None:
    assert ephemeral_id(KEY, k, 0xFFFF) != ephemeral_id(KEY, k, 0x10000)


def as_specified(key: bytes, k: int, beacon_time_s: int) -> bytes:
    """Written anew from google/eddystone, eddystone-eid/eid-computation.md, as the referee."""

    def aes(with_key: bytes, block: bytes) -> bytes:
        encryptor = Cipher(algorithms.AES(with_key), modes.ECB()).encryptor()  # noqa: S305
        return encryptor.update(block) + encryptor.finalize()

    temporary = aes(key, bytes(11) + b"\xff" + bytes(2) + (beacon_time_s >> 16).to_bytes(2))
    return aes(temporary, bytes(11) + bytes([k]) + (beacon_time_s >> k << k).to_bytes(4))[:8]


@pytest.mark.parametrize("k", range(16))
def test_t01_every_exponent_is_as_specified_also_where_the_temporary_key_changes(k: int) -> None:
    for about_s in (0, 0x10000, 0x20000, 1_790_000_000, 0xFFFF0000, 0xFFFFFFFF):
        for beacon_time_s in (about_s - (1 << k), about_s - 1, about_s, about_s + 1, about_s + (1 << k)):
            if 0 <= beacon_time_s < 2**32:
                assert ephemeral_id(KEY, k, beacon_time_s) == as_specified(KEY, k, beacon_time_s)


def test_t01_ids_of_three_rotations_and_two_beacons_are_unrelated() -> None:
    ids = [ephemeral_id(key, 9, n * 512) for key in (KEY, bytes(16)) for n in range(200)]
    assert len(set(ids)) == 400
    for first, second in pairwise(ids):
        differing = (int.from_bytes(first, "big") ^ int.from_bytes(second, "big")).bit_count()
        assert 8 <= differing <= 56, "about half of the 64 bits"


def test_the_same_time_shows_another_id_under_another_exponent() -> None:
    assert len({ephemeral_id(KEY, k, 0) for k in range(16)}) == 16


def test_a_counter_that_has_gone_round_goes_on() -> None:
    assert ephemeral_id(KEY, 9, 2**32 + 512) == ephemeral_id(KEY, 9, 512)


@pytest.mark.parametrize(("key", "k"), [(b"", 9), (bytes(15), 9), (bytes(17), 9), (KEY, -1), (KEY, 16)])
def test_what_is_no_key_or_exponent_is_refused(key: bytes, k: int) -> None:
    with pytest.raises(ValueError, match=r"16 bytes|between 0 and 15"):
        ephemeral_id(key, k, 0)
