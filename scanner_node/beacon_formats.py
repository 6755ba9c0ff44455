"""Advertisement bytes to beacon identities: Eddystone-EID, Eddystone-UID, iBeacon, AltBeacon.

Pure. Each parser checks the length before it looks at a byte, and answers None for anything that is not its format: what is
on the air is written by strangers.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from enum import StrEnum
from typing import Final, NamedTuple

from store_server.wire.sightings import static_ephemeral_id

EDDYSTONE_UUID: Final = "0000feaa-0000-1000-8000-00805f9b34fb"
"""The key of Eddystone's service data, 0xFEAA, as BlueZ spells it."""
APPLE_COMPANY_ID: Final = 0x004C

EPHEMERAL_ID_BYTES: Final = 8

_EID_FRAME: Final = 0x30
_EID_LENGTH: Final = 10  # frame type, power, 8 bytes of id
_UID_FRAME: Final = 0x00
_UID_LENGTHS: Final = (
    18,
    20,
)  # frame type, power, 10 + 6 bytes of id; the 2 reserved bytes are left out by some beacons
_IBEACON_START: Final = b"\x02\x15"
_IBEACON_LENGTH: Final = 23  # type and length, 16 + 2 + 2 bytes of id, power
_ALTBEACON_START: Final = b"\xbe\xac"
_ALTBEACON_LENGTH: Final = 24  # code, 20 bytes of id, power, one byte for the maker
_STATIC_ID_BYTES: Final = 20
_DB_FROM_0_M_TO_1_M: Final = 41
"""Eddystone claims its power at 0 m, the others at 1 m; free space takes 41 dB on the first metre (Eddystone-UID, "Tx power")."""


class BeaconFormat(StrEnum):
    """Names as ``static_ephemeral_id`` takes them."""

    EDDYSTONE_EID = "eddystone-eid"
    EDDYSTONE_UID = "eddystone-uid"
    IBEACON = "ibeacon"
    ALTBEACON = "altbeacon"


class BeaconFrame(NamedTuple):
    """What one advertisement says of its sender."""

    beacon_format: BeaconFormat
    identity: bytes
    """8 bytes for Eddystone-EID, 16 for Eddystone-UID (namespace, instance), 20 for iBeacon and AltBeacon."""
    measured_power_dbm: int
    """The RSSI at 1 m that the frame claims."""

    def ephemeral_id(self) -> bytes:
        """The 8 bytes under which this beacon stands in the set of valid ids, where it stands there at all."""
        if self.beacon_format is BeaconFormat.EDDYSTONE_EID:
            return self.identity
        return bytes.fromhex(static_ephemeral_id(self.beacon_format, self.identity))


def _signed(byte: int) -> int:
    return byte - 256 if byte > 127 else byte


def parse_eddystone_eid(service_data: bytes) -> BeaconFrame | None:
    """Service data of 0xFEAA with frame type 0x30, or None.

    >>> parse_eddystone_eid(bytes.fromhex("30f2a9b76a71c5f89290")).identity.hex()
    'a9b76a71c5f89290'
    >>> parse_eddystone_eid(b"") is None
    True
    """
    if len(service_data) != _EID_LENGTH or service_data[0] != _EID_FRAME:
        return None
    power_dbm = _signed(service_data[1]) - _DB_FROM_0_M_TO_1_M
    return BeaconFrame(BeaconFormat.EDDYSTONE_EID, bytes(service_data[2:10]), power_dbm)


def parse_eddystone_uid(service_data: bytes) -> BeaconFrame | None:
    """Service data of 0xFEAA with frame type 0x00, or None."""
    if len(service_data) not in _UID_LENGTHS or service_data[0] != _UID_FRAME:
        return None
    power_dbm = _signed(service_data[1]) - _DB_FROM_0_M_TO_1_M
    return BeaconFrame(BeaconFormat.EDDYSTONE_UID, bytes(service_data[2:18]), power_dbm)


def parse_ibeacon(company_id: int, data: bytes) -> BeaconFrame | None:
    """Apple's manufacturer data of type 0x02, or None. The identity is UUID, major, minor."""
    if company_id != APPLE_COMPANY_ID or len(data) != _IBEACON_LENGTH or data[:2] != _IBEACON_START:
        return None
    return BeaconFrame(BeaconFormat.IBEACON, bytes(data[2 : 2 + _STATIC_ID_BYTES]), _signed(data[22]))


def parse_altbeacon(data: bytes) -> BeaconFrame | None:
    """Any maker's manufacturer data that begins with 0xBEAC, or None."""
    if len(data) != _ALTBEACON_LENGTH or data[:2] != _ALTBEACON_START:
        return None
    return BeaconFrame(BeaconFormat.ALTBEACON, bytes(data[2 : 2 + _STATIC_ID_BYTES]), _signed(data[22]))


def frames(service_data: Mapping[str, bytes], manufacturer_data: Mapping[int, bytes]) -> list[BeaconFrame]:
    """Every beacon frame in one advertisement, Eddystone-EID first; empty for most senders.

    >>> frames({}, {0x004C: b"\\x10\\x05"})
    []
    """
    found: list[BeaconFrame | None] = []
    eddystone = service_data.get(EDDYSTONE_UUID)
    if eddystone is not None:
        found += (parse_eddystone_eid(eddystone), parse_eddystone_uid(eddystone))
    for company_id, data in manufacturer_data.items():
        found += (parse_ibeacon(company_id, data), parse_altbeacon(data))
    return [frame for frame in found if frame is not None]


def valid_ephemeral_id(
    service_data: Mapping[str, bytes],
    manufacturer_data: Mapping[int, bytes],
    valid_ids: Set[bytes],
    accepts_static_formats: bool,
) -> bytes | None:
    """The valid id this advertisement carries, or None: the first thing that happens to whatever is heard (B1).

    The order is for speed: nearly all that is on the air is of strangers, and for an Eddystone frame one slice and one
    set look-up settle it.

    Parameters
    ----------
    service_data, manufacturer_data : mapping
        As the radio gives them.
    valid_ids : set of bytes
        8 bytes each.
    accepts_static_formats : bool
        Whether beacons that never change their identity are let in (compatibility mode, A4).
    """
    eddystone = service_data.get(EDDYSTONE_UUID)
    if eddystone is not None and len(eddystone) == _EID_LENGTH and eddystone[0] == _EID_FRAME:
        ephemeral_id = bytes(eddystone[2:10])
        return ephemeral_id if ephemeral_id in valid_ids else None
    if not accepts_static_formats:
        return None
    for frame in frames(service_data, manufacturer_data):
        ephemeral_id = frame.ephemeral_id()
        if ephemeral_id in valid_ids:
            return ephemeral_id
    return None
