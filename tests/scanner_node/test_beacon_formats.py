"""Published frames of each format, then whatever strangers may send."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner_node.beacon_formats import (
    APPLE_COMPANY_ID,
    EDDYSTONE_UUID,
    BeaconFormat,
    frames,
    parse_altbeacon,
    parse_eddystone_eid,
    parse_eddystone_uid,
    parse_ibeacon,
    valid_ephemeral_id,
)
from store_server.wire.sightings import static_ephemeral_id

EID = bytes.fromhex("30f2a9b76a71c5f89290")  # id: the vector of RadiusNetworks/ephemeral_calc for K 10, time 0
UID = bytes.fromhex("00e7" + "8b0ca750095477cb3e77" + "000000000001" + "0000")
IBEACON = bytes.fromhex(
    "0215" + "e2c56db5dffb48d2b060d0f5a71096e0" + "0001" + "0002" + "c5"
)  # Apple's AirLocate sample UUID
ALTBEACON = bytes.fromhex(
    "beac" + "2f234454cf6d4a0fadf2f4911ba9ffa6" + "00010002" + "c5" + "00"
)  # the AltBeacon library's sample id


def test_an_eddystone_eid_frame_gives_its_8_bytes_and_the_power_at_one_metre() -> None:
    frame = parse_eddystone_eid(EID)
    assert frame is not None
    assert (frame.beacon_format, frame.identity.hex()) == (BeaconFormat.EDDYSTONE_EID, "a9b76a71c5f89290")
    assert frame.measured_power_dbm == -14 - 41
    assert frame.ephemeral_id() == frame.identity


def test_an_eddystone_uid_frame_gives_namespace_and_instance() -> None:
    for data in (UID, UID[:-2]):  # with and without the reserved bytes
        frame = parse_eddystone_uid(data)
        assert frame is not None
        assert frame.identity.hex() == "8b0ca750095477cb3e77000000000001"
        assert frame.measured_power_dbm == -25 - 41


def test_an_ibeacon_frame_gives_uuid_major_minor() -> None:
    frame = parse_ibeacon(APPLE_COMPANY_ID, IBEACON)
    assert frame is not None
    assert frame.identity.hex() == "e2c56db5dffb48d2b060d0f5a71096e000010002"
    assert frame.measured_power_dbm == -59
    assert frame.ephemeral_id().hex() == static_ephemeral_id("ibeacon", frame.identity)
    assert parse_ibeacon(0x0059, IBEACON) is None


def test_an_altbeacon_frame_of_any_maker_gives_its_20_bytes() -> None:
    frame = parse_altbeacon(ALTBEACON)
    assert frame is not None
    assert frame.identity.hex() == "2f234454cf6d4a0fadf2f4911ba9ffa600010002"
    assert frame.measured_power_dbm == -59
    assert [each.beacon_format for each in frames({}, {0x0118: ALTBEACON})] == [BeaconFormat.ALTBEACON]


@pytest.mark.parametrize(
    ("parse", "frame"), [(parse_eddystone_eid, EID), (parse_eddystone_uid, UID[:-2]), (parse_altbeacon, ALTBEACON)]
)
def test_a_frame_cut_short_or_drawn_out_is_no_frame(parse: object, frame: bytes) -> None:
    assert callable(parse)
    for length in range(len(frame)):
        assert parse(frame[:length]) is None
    assert parse(frame + b"\0") is None
    assert parse(bytes([frame[0] ^ 0xFF]) + frame[1:]) is None


@settings(deadline=None)  # two shared cores
@given(st.binary(max_size=64), st.integers(0, 0xFFFF))
def test_no_bytes_raise(data: bytes, company_id: int) -> None:
    for frame in frames({EDDYSTONE_UUID: data}, {company_id: data, APPLE_COMPANY_ID: data}):
        assert -168 <= frame.measured_power_dbm <= 127
        assert len(frame.ephemeral_id()) == 8
    valid_ephemeral_id({EDDYSTONE_UUID: data}, {company_id: data}, frozenset({b"12345678"}), True)


@settings(deadline=None)  # two shared cores
@given(st.binary(min_size=8, max_size=8), st.integers(0, 255), st.booleans())
def test_an_eid_passes_exactly_when_it_is_valid(ephemeral_id: bytes, power: int, accepts_static: bool) -> None:
    heard = {EDDYSTONE_UUID: bytes([0x30, power]) + ephemeral_id}
    assert valid_ephemeral_id(heard, {}, frozenset({ephemeral_id}), accepts_static) == ephemeral_id
    assert valid_ephemeral_id(heard, {}, frozenset(), accepts_static) is None


def test_static_formats_pass_only_in_compatibility_mode() -> None:
    for service, manufacturer in (({EDDYSTONE_UUID: UID}, {}), ({}, {APPLE_COMPANY_ID: IBEACON}), ({}, {1: ALTBEACON})):
        (frame,) = frames(service, manufacturer)
        valid = frozenset({frame.ephemeral_id()})
        assert valid_ephemeral_id(service, manufacturer, valid, True) == frame.ephemeral_id()
        assert valid_ephemeral_id(service, manufacturer, valid, False) is None
        assert valid_ephemeral_id(service, manufacturer, frozenset({b"anything"}), True) is None
