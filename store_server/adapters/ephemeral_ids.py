"""Eddystone-EID: the id a beacon shows for one rotation (eddystone-eid/eid-computation.md in google/eddystone)."""

from __future__ import annotations

from functools import lru_cache

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

IDENTITY_KEY_BYTES = 16
_SALT = 0xFF


def _encrypt_block(key: bytes, block: bytes) -> bytes:
    # One block of AES-128, as the specification's figures have it; ECB of a single block is the bare cipher.
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305
    return encryptor.update(block) + encryptor.finalize()


@lru_cache(maxsize=50_000)  # changes each 65,536 s per beacon; measured to halve the cost of a resolve table
def _temporary_key(identity_key: bytes, time_high: int) -> bytes:
    return _encrypt_block(identity_key, bytes(11) + bytes([_SALT]) + bytes(2) + time_high.to_bytes(2, "big"))


def ephemeral_id(identity_key: bytes, k: int, beacon_time_s: int) -> bytes:
    """The 8 bytes a beacon broadcasts while its clock is in the window that holds ``beacon_time_s``.

    Parameters
    ----------
    identity_key : bytes
        16 bytes, known to the beacon and, wrapped, to the server.
    k : int
        Rotation exponent, 0 to 15: a new id every ``2**k`` seconds.
    beacon_time_s : int
        The beacon's own 32-bit seconds counter.

    Examples
    --------
    A vector published with Radius Networks' `ephemeral_calc`:

    >>> ephemeral_id(bytes.fromhex("0102030405060708090a111213141516"), 10, 0).hex()
    'a9b76a71c5f89290'
    """
    if len(identity_key) != IDENTITY_KEY_BYTES:
        raise ValueError("an identity key is 16 bytes")
    if not 0 <= k <= 15:
        raise ValueError("a rotation exponent lies between 0 and 15")
    t = beacon_time_s & 0xFFFFFFFF
    temporary = _temporary_key(identity_key, t >> 16)
    return _encrypt_block(temporary, bytes(11) + bytes([k]) + (t >> k << k).to_bytes(4, "big"))[:8]
