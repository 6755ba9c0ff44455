"""What the demo's radios send: our tags, and the strangers' devices that fill the air of any shop."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

import numpy as np

from store_server.adapters.ephemeral_ids import ephemeral_id
from store_server.domain.beacon_clocks import rotation_s, window_at

EDDYSTONE = "feaa"
APPLE = "004c"
EID_FRAME, UID_FRAME = 0x30, 0x00
POWER_AT_0_M_OVER_1_M_DB = 41
"""Eddystone states the strength at 0 m, 41 dB above that at 1 m (google/eddystone, protocol specification)."""
PHONE_ROTATION_S = 900
"""A phone changes its private address about every 15 minutes (Bluetooth Core, Vol 3 Part C, appendix A: TGAP)."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One advertisement's content, ready to be written many times."""

    address: str
    members: str
    """The JSON members ``address``, ``service_data`` and ``manufacturer_data`` of a replay line, without braces."""

    @classmethod
    def of(
        cls,
        address: bytes,
        service_data: Mapping[str, bytes] | None = None,
        manufacturer_data: Mapping[str, bytes] | None = None,
    ) -> Frame:
        """A frame from 6 address bytes and its data by 16-bit id in hex."""
        said: dict[str, object] = {"address": address.hex(":").upper()}
        if service_data:
            said["service_data"] = {key: data.hex() for key, data in service_data.items()}
        if manufacturer_data:
            said["manufacturer_data"] = {key: data.hex() for key, data in manufacturer_data.items()}
        return cls(address.hex(":").upper(), json.dumps(said)[1:-1])


class Transmitter(Protocol):
    """Anything that advertises."""

    def frame_at(self, unix_s: float) -> Frame:
        """What it sends at this instant."""
        ...


def private_address(*parts: bytes) -> bytes:
    """A non-resolvable private address (two highest bits 0; Core, Vol 6 Part B, 1.3.2.2) that only its maker could foretell."""
    digest = hashlib.sha256(b"\0".join((b"address", *parts))).digest()
    return bytes([digest[0] & 0x3F]) + digest[1:6]


@dataclass(slots=True, eq=False)
class EmulatedTag:
    """One of our tags: Eddystone-EID, and a new Bluetooth address at the same moment as a new id (requirement A1).

    ``label`` is for the demo's own messages; it is never sent.
    """

    label: str
    identity_key: bytes = field(repr=False)
    exponent: int = 9
    clock_offset_s: float = 0.0
    """The tag's clock minus ours."""
    measured_power_dbm: int = -61
    _window: int | None = field(default=None, init=False, repr=False)
    _frame: Frame | None = field(default=None, init=False, repr=False)

    def frame_at(self, unix_s: float) -> Frame:
        """The frame of the moment; worked out once for each rotation."""
        window = window_at(unix_s, self.clock_offset_s, self.exponent)
        if self._frame is None or window != self._window:
            beacon_time_s = window * rotation_s(self.exponent)
            power = (self.measured_power_dbm + POWER_AT_0_M_OVER_1_M_DB).to_bytes(1, signed=True)
            payload = bytes([EID_FRAME]) + power + ephemeral_id(self.identity_key, self.exponent, beacon_time_s)
            address = private_address(self.identity_key, window.to_bytes(8, signed=True))
            self._window, self._frame = window, Frame.of(address, service_data={EDDYSTONE: payload})
        return self._frame


class ForeignKind(StrEnum):
    PHONE = "phone"
    """Rotating address, manufacturer data of changing content."""
    WATCH = "watch"
    """Rotating address, service data of changing content."""
    OTHER_STORES_EID = "other_stores_eid"
    """A well-formed Eddystone-EID frame that is not ours."""
    FIXED_UID = "fixed_uid"
    FIXED_IBEACON = "fixed_ibeacon"


WATCH_SERVICE = "fcf1"
IBEACON_PREFIX = bytes.fromhex("0215")
CARRIED = (ForeignKind.PHONE, ForeignKind.PHONE, ForeignKind.WATCH, ForeignKind.OTHER_STORES_EID)
FIXED = (ForeignKind.FIXED_UID, ForeignKind.FIXED_IBEACON)


@dataclass(slots=True, eq=False)
class ForeignDevice:
    """A stranger's device: nothing of it may ever leave a node."""

    kind: ForeignKind
    serial: bytes
    follows: int | None = None
    """The walker in whose pocket it is; None: it stands at ``place_m``."""
    place_m: tuple[float, float] = (0.0, 0.0)
    _window: int | None = field(default=None, init=False, repr=False)
    _frame: Frame | None = field(default=None, init=False, repr=False)

    def frame_at(self, unix_s: float) -> Frame:
        """What it sends at this instant; fixed devices always send the same."""
        window = 0 if self.kind in FIXED else int(unix_s // PHONE_ROTATION_S)
        if self._frame is None or window != self._window:
            self._window, self._frame = window, self._frame_of(window.to_bytes(8))
        return self._frame

    def _frame_of(self, window: bytes) -> Frame:
        noise = hashlib.sha256(b"\0".join((b"payload", self.serial, window))).digest()
        address = private_address(self.serial, window)
        match self.kind:
            case ForeignKind.PHONE:
                return Frame.of(address, manufacturer_data={APPLE: b"\x10\x05" + noise[:5]})
            case ForeignKind.WATCH:
                return Frame.of(address, service_data={WATCH_SERVICE: noise[:20]})
            case ForeignKind.OTHER_STORES_EID:
                return Frame.of(address, service_data={EDDYSTONE: bytes([EID_FRAME, 0xEB]) + noise[:8]})
            case ForeignKind.FIXED_UID:
                return Frame.of(address, service_data={EDDYSTONE: bytes([UID_FRAME, 0xEB]) + noise[:16] + bytes(2)})
            case ForeignKind.FIXED_IBEACON:
                return Frame.of(address, manufacturer_data={APPLE: IBEACON_PREFIX + noise[:20] + b"\xc5"})


def foreign_devices(
    carried: int, fixed: int, walkers: int, bounds_m: tuple[float, float, float, float], seed: int
) -> tuple[ForeignDevice, ...]:
    """Phones and watches that go with the walkers, and beacons of others that stand somewhere.

    Parameters
    ----------
    carried, fixed : int
        How many of each.
    walkers : int
        Carried ones are spread over this many; none where it is 0.
    bounds_m : tuple
        (min_x, min_y, max_x, max_y) of the floor.
    """
    rng = np.random.default_rng([seed, 0xF0])
    devices = [
        ForeignDevice(CARRIED[i % len(CARRIED)], rng.bytes(8), follows=int(rng.integers(walkers)))
        for i in range(carried if walkers else 0)
    ]
    for i in range(fixed):
        x_m, y_m = rng.uniform(bounds_m[:2], bounds_m[2:]).tolist()
        devices.append(ForeignDevice(FIXED[i % len(FIXED)], rng.bytes(8), place_m=(x_m, y_m)))
    return tuple(devices)
