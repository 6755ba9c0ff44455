from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.adapters.ephemeral_ids import ephemeral_id
from store_server.demo.emulated_tags import (
    EmulatedTag,
    ForeignDevice,
    ForeignKind,
    Frame,
    foreign_devices,
    private_address,
)

KEY = bytes.fromhex("0102030405060708090a111213141516")
SHOP = (0.0, 0.0, 60.0, 40.0)


def said(frame: Frame) -> dict[str, Any]:
    content: dict[str, Any] = json.loads("{" + frame.members + "}")
    return content


def test_the_published_vectors_go_on_the_air() -> None:
    tag = EmulatedTag("tag", KEY, exponent=10)
    assert said(tag.frame_at(0.0))["service_data"] == {"feaa": "30ec" + "a9b76a71c5f89290"}
    assert said(tag.frame_at(2000.0))["service_data"] == {"feaa": "30ec" + "4144413e45fefa58"}


def test_the_frame_states_the_strength_at_no_distance() -> None:
    power = bytes.fromhex(said(EmulatedTag("tag", KEY, measured_power_dbm=-59).frame_at(0.0))["service_data"]["feaa"])[
        1:2
    ]
    assert int.from_bytes(power, signed=True) == -18


@given(st.integers(0, 2**31), st.floats(-1e6, 1e6), st.integers(0, 15))
def test_the_id_is_that_of_the_tags_own_clock(at_s: int, offset_s: float, exponent: int) -> None:
    beacon_s = int((at_s + offset_s) // 1)
    tag = EmulatedTag("tag", KEY, exponent, clock_offset_s=offset_s)
    if beacon_s >= 0:
        assert said(tag.frame_at(at_s))["service_data"]["feaa"][4:] == ephemeral_id(KEY, exponent, beacon_s).hex()


def test_id_and_address_change_together_at_the_border_of_a_window() -> None:
    tag = EmulatedTag("tag", KEY, clock_offset_s=100.0)
    before, same, after = tag.frame_at(923.99), tag.frame_at(412.0), tag.frame_at(924.0)
    assert before == same
    assert before.address != after.address
    assert said(before)["service_data"] != said(after)["service_data"]
    assert tag.frame_at(412.0) == before  # a tag asked about the past answers for the past


def test_ids_over_three_rotations_and_the_key_change_never_repeat() -> None:
    tag = EmulatedTag("tag", KEY)
    around_the_key_change = [tag.frame_at(65_536.0 - 1024 + 512 * i) for i in range(5)]
    assert len({frame.address for frame in around_the_key_change}) == 5
    assert len({said(frame)["service_data"]["feaa"] for frame in around_the_key_change}) == 5


def test_two_tags_never_share_an_address_or_an_id() -> None:
    frames = [EmulatedTag("tag", bytes([i]) * 16).frame_at(1e9) for i in range(200)]
    assert len({frame.address for frame in frames}) == 200


def test_addresses_are_private_and_of_the_right_form() -> None:
    for i in range(100):
        address = private_address(bytes([i]))
        assert len(address) == 6
        assert address[0] >> 6 == 0


def test_neither_label_nor_key_is_on_the_air_or_in_a_printed_tag() -> None:
    tag = EmulatedTag("anna-at-the-bakery", KEY)
    assert "anna" not in tag.frame_at(5e8).members
    assert KEY.hex() not in tag.frame_at(5e8).members
    assert KEY.hex() not in repr(tag)
    assert repr(KEY)[2:-1] not in repr(tag)


@pytest.mark.parametrize("kind", list(ForeignKind))
def test_strangers_frames_fit_into_an_advertisement_and_are_not_ours(kind: ForeignKind) -> None:
    content = said(ForeignDevice(kind, b"serial").frame_at(1e9))
    (data,) = content.get("service_data", content.get("manufacturer_data", {})).values()
    assert len(data) // 2 + 2 + 2 <= 31 - 3  # id and length bytes; flags take three
    assert (content.get("service_data", {}).get("feaa", "")[:2] == "30") == (kind is ForeignKind.OTHER_STORES_EID)


def test_phones_change_address_and_content_together_and_fixed_beacons_never() -> None:
    phone, beacon = ForeignDevice(ForeignKind.PHONE, b"p"), ForeignDevice(ForeignKind.FIXED_IBEACON, b"b")
    assert phone.frame_at(899.9) == phone.frame_at(0.0)
    assert phone.frame_at(900.0).address != phone.frame_at(0.0).address
    assert (
        phone.frame_at(900.0).members.split('"manufacturer')[1] != phone.frame_at(0.0).members.split('"manufacturer')[1]
    )
    assert beacon.frame_at(1e9) == beacon.frame_at(0.0)


def test_strangers_are_seeded_and_stand_within_the_shop() -> None:
    some, again, others = (foreign_devices(30, 10, 120, SHOP, seed) for seed in (1, 1, 2))
    assert [d.serial for d in some] == [d.serial for d in again]
    assert [d.serial for d in some] != [d.serial for d in others]
    assert all(d.follows is not None and 0 <= d.follows < 120 for d in some[:30])
    assert all(0 <= d.place_m[0] <= 60 and 0 <= d.place_m[1] <= 40 for d in some[30:])
    assert {d.kind for d in some} == set(ForeignKind)
    assert len(foreign_devices(30, 10, 0, SHOP, 1)) == 10
