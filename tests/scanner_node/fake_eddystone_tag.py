"""A beacon with the Eddystone Configuration Service, as BlueZ shows a connected device on D-Bus.

Written from the specification (google/eddystone, configuration-service/README.md) and not from our client, so that both can be
wrong only in different ways. It keeps the service's lock: what may be read and written when, with the ATT errors for the rest.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from dbus_fast import Message, Variant

SERVICE_INTERFACE, CHARACTERISTIC_INTERFACE = "org.bluez.GattService1", "org.bluez.GattCharacteristic1"
BASE = "a3c8{:04x}-8ed3-4bdf-8a39-a01bebede295"
CAPABILITIES, ACTIVE_SLOT, LOCK_STATE, UNLOCK, SLOT_DATA, REMAIN = 0x7501, 0x7502, 0x7506, 0x7507, 0x750A, 0x750C


def aes(key: bytes, block: bytes, *, decrypts: bool = False) -> bytes:
    cipher = Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305
    step = cipher.decryptor() if decrypts else cipher.encryptor()
    return step.update(block) + step.finalize()


class Refused(Exception):
    """An ATT error, as BlueZ names it."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.name = name


def not_permitted(kind: str) -> Refused:
    return Refused("org.bluez.Error.NotPermitted", f"{kind} not permitted")


WRONG_LENGTH = ("org.bluez.Error.InvalidArguments", "Invalid Length")


@dataclass
class FakeEddystoneTag:
    address: str = "C0:FF:EE:00:00:77"
    lock_code: bytes = b"\xff" * 16
    lock_state: int = 0
    clock_s: int = 65_280
    slot_count: int = 3
    eid_slots: int = 1
    frame_types: int = 0x000F
    has_service: bool = True
    challenge_bytes: int = 16
    is_silent_on_wrong_code: bool = False
    lags_a_rotation: bool = False
    """It still shows the id of the rotation before, as a beacon may."""
    active_slot: int = 0
    slots: dict[int, bytes] = field(default_factory=lambda: {0: b"\x00" + bytes(16), 1: b"\x10hello", 2: b""})
    identity_key: bytes | None = None
    exponent: int | None = None
    remains_connectable: int = 1
    writes: list[tuple[int, bytes]] = field(default_factory=list)
    _challenge: bytes | None = None

    def disconnected(self) -> None:
        self.active_slot = 0
        if self.lock_state == 1:
            self.lock_state = 0

    def objects(self, device_path: str) -> dict[str, dict[str, dict[str, Variant]]]:
        service = f"{device_path}/service0010"
        uuid = BASE.format(0x7500) if self.has_service else "0000180a-0000-1000-8000-00805f9b34fb"
        found: dict[str, dict[str, dict[str, Variant]]] = {
            service: {
                SERVICE_INTERFACE: {
                    "UUID": Variant("s", uuid),
                    "Device": Variant("o", device_path),
                    "Primary": Variant("b", True),
                }
            }
        }
        for number in (CAPABILITIES, ACTIVE_SLOT, LOCK_STATE, UNLOCK, SLOT_DATA, REMAIN) if self.has_service else ():
            found[f"{service}/char{number & 0xFF:04x}"] = {
                CHARACTERISTIC_INTERFACE: {
                    "UUID": Variant("s", BASE.format(number)),
                    "Service": Variant("o", service),
                    "Flags": Variant("as", ["read", "write"]),
                }
            }
        return found

    def answer(self, device_path: str, message: Message) -> Message | None:
        if message.interface != CHARACTERISTIC_INTERFACE or not message.path:
            return None
        number = 0x7500 | int(message.path[-4:], 16)
        try:
            if message.member == "ReadValue":
                return Message.new_method_return(message, "ay", [self.read(number)])
            self.write(number, bytes(message.body[0]))
            return Message.new_method_return(message)
        except Refused as refused:
            return Message.new_error(message, refused.name, str(refused))

    # -- the service --------------------------------------------------------------------------------------------------

    def read(self, number: int) -> bytes:
        if number == LOCK_STATE:
            return bytes([self.lock_state])
        if number == UNLOCK:
            if self.lock_state != 0:
                raise not_permitted("Read")
            self._challenge = secrets.token_bytes(self.challenge_bytes)
            return self._challenge
        if self.lock_state == 0:
            raise not_permitted("Read")
        readers: dict[int, Callable[[], bytes]] = {
            CAPABILITIES: lambda: (
                bytes([0, self.slot_count, self.eid_slots, 0x03])
                + self.frame_types.to_bytes(2, "big")
                + b"\xec\xf4\x00"
            ),
            ACTIVE_SLOT: lambda: bytes([self.active_slot]),
            SLOT_DATA: lambda: self.slots.get(self.active_slot, b""),
            REMAIN: lambda: b"\x01",
        }
        return readers[number]()

    def write(self, number: int, value: bytes) -> None:
        self.writes.append((number, value))
        if number == UNLOCK:
            self._unlock(value)
            return
        if self.lock_state == 0:
            raise not_permitted("Write")
        writers: dict[int, Callable[[bytes], Any]] = {
            ACTIVE_SLOT: self._choose_slot,
            SLOT_DATA: self._fill_slot,
            LOCK_STATE: self._lock,
            REMAIN: lambda given: setattr(self, "remains_connectable", given[0]),
        }
        if number not in writers:
            raise not_permitted("Write")
        writers[number](value)

    def _unlock(self, token: bytes) -> None:
        if self.lock_state != 0 or self._challenge is None:
            raise not_permitted("Write")
        challenge, self._challenge = self._challenge, None  # good for one try
        if token == aes(self.lock_code, challenge):
            self.lock_state = 1
        elif not self.is_silent_on_wrong_code:
            raise not_permitted("Write")

    def _choose_slot(self, value: bytes) -> None:
        if len(value) != 1 or value[0] >= self.slot_count:
            raise Refused(*WRONG_LENGTH)
        self.active_slot = value[0]

    def _fill_slot(self, value: bytes) -> None:
        if value in (b"", b"\x00"):
            self.slots[self.active_slot] = b""
            return
        if value[0] != 0x30 or len(value) != 18:
            raise Refused(*WRONG_LENGTH)
        self.identity_key, self.exponent = aes(self.lock_code, value[1:17], decrypts=True), value[17]
        self.slots[self.active_slot] = bytes([0x30, self.exponent]) + self.clock_s.to_bytes(4, "big") + self.eid()

    def eid(self) -> bytes:
        """By the specification's two tables (eid-computation.md)."""
        assert self.identity_key is not None
        assert self.exponent is not None
        clock_s = self.clock_s - (2**self.exponent if self.lags_a_rotation else 0)
        salted = bytes(11) + b"\xff" + bytes(2) + clock_s.to_bytes(4, "big")[:2]
        rounded = clock_s & ~(2**self.exponent - 1)
        return aes(aes(self.identity_key, salted), bytes(11) + bytes([self.exponent]) + rounded.to_bytes(4, "big"))[:8]

    def _lock(self, value: bytes) -> None:
        if value[:1] == b"\x00" and len(value) in (1, 17):
            if len(value) == 17:
                self.lock_code = aes(self.lock_code, value[1:], decrypts=True)
            self.lock_state = 0
        elif value == b"\x02":
            self.lock_state = 2
        else:
            raise Refused(*WRONG_LENGTH)
