"""What is said to a beacon's Eddystone Configuration Service: bytes in, bytes out, nothing sent here.

After ``configuration-service/README.md`` and ``eddystone-eid/eid-computation.md`` in google/eddystone. We use the method with a
shared identity key (18 bytes), not the key exchange: the store, not the beacon, makes the key, and no cloud is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from store_server.adapters.ephemeral_ids import IDENTITY_KEY_BYTES, ephemeral_id

SERVICE = "a3c87500-8ed3-4bdf-8a39-a01bebede295"
CAPABILITIES = "a3c87501-8ed3-4bdf-8a39-a01bebede295"
ACTIVE_SLOT = "a3c87502-8ed3-4bdf-8a39-a01bebede295"
LOCK_STATE = "a3c87506-8ed3-4bdf-8a39-a01bebede295"
UNLOCK = "a3c87507-8ed3-4bdf-8a39-a01bebede295"
SLOT_DATA = "a3c8750a-8ed3-4bdf-8a39-a01bebede295"
REMAIN_CONNECTABLE = "a3c8750c-8ed3-4bdf-8a39-a01bebede295"

EID_FRAME = 0x30
FACTORY_LOCK_CODE = b"\xff" * IDENTITY_KEY_BYTES
"""What beacons most often leave the factory with; the maker's paper says, where it is another."""
LOCK = b"\x00"
CLEAR_SLOT = b"\x00"
_CAPABILITY_BYTES = 6  # before the list of radio powers
_EID_BIT = 0x0008
_EID_SLOT_BYTES = 14


class LockState(IntEnum):
    LOCKED = 0
    UNLOCKED = 1
    UNLOCKED_FOR_GOOD = 2
    """Unlocked, and it does not lock itself after the connection."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the beacon can do, as far as we need it."""

    slots: int
    """Frames it can send in turn."""
    does_eid: bool


@dataclass(frozen=True, slots=True)
class EidSlot:
    """What the beacon says of a slot that sends Eddystone-EID."""

    exponent: int
    clock_s: int
    """Its own 32-bit seconds counter."""
    ephemeral_id: bytes

    def comes_from(self, identity_key: bytes, exponent: int) -> bool:
        """Whether this id follows from this key: the proof that the beacon took it.

        A beacon may change its id some time within a rotation, so that the one before counts too.
        """
        if self.exponent != exponent:
            return False
        windows = (self.clock_s, self.clock_s - 2**exponent)
        return self.ephemeral_id in {ephemeral_id(identity_key, exponent, each) for each in windows}


def _cipher(key: bytes) -> Cipher[modes.ECB]:
    # Single blocks, as the service lays down; ECB of one block is the bare cipher.
    return Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305


def encrypted(lock_code: bytes, block: bytes) -> bytes:
    """One block of 16 bytes under the beacon's lock code.

    Raises
    ------
    ValueError
        Either is not 16 bytes.
    """
    if len(lock_code) != IDENTITY_KEY_BYTES or len(block) != IDENTITY_KEY_BYTES:
        raise ValueError("lock codes, challenges and identity keys are 16 bytes")
    encryptor = _cipher(lock_code).encryptor()
    return encryptor.update(block) + encryptor.finalize()


def unlock_token(lock_code: bytes, challenge: bytes) -> bytes:
    """The answer to the challenge that Unlock gives out; the code itself is never on the air."""
    return encrypted(lock_code, challenge)


def new_lock_code(old: bytes, new: bytes) -> bytes:
    """What to write to Lock State to lock under a new code."""
    return LOCK + encrypted(old, new)


def eid_slot_data(lock_code: bytes, identity_key: bytes, exponent: int) -> bytes:
    """What to write to ADV Slot Data so that the active slot sends Eddystone-EID.

    >>> eid_slot_data(bytes(16), bytes(16), 9).hex()
    '3066e94bd4ef8a2c3b884cfa59ca342b2e09'
    """
    if not 0 <= exponent <= 15:
        raise ValueError("a rotation exponent lies between 0 and 15")
    return bytes([EID_FRAME]) + encrypted(lock_code, identity_key) + bytes([exponent])


def read_capabilities(value: bytes) -> Capabilities | None:
    """The Capabilities characteristic, or None where it is cut short."""
    if len(value) < _CAPABILITY_BYTES:
        return None
    return Capabilities(value[1], value[2] > 0 and bool(int.from_bytes(value[4:6], "big") & _EID_BIT))


def read_eid_slot(value: bytes) -> EidSlot | None:
    """ADV Slot Data as read, or None where the slot does not send Eddystone-EID."""
    if len(value) != _EID_SLOT_BYTES or value[0] != EID_FRAME:
        return None
    return EidSlot(value[1], int.from_bytes(value[2:6], "big"), bytes(value[6:14]))
