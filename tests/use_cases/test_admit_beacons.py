"""The table of who may be heard now (requirements A2, A3)."""

from __future__ import annotations

import json
from datetime import datetime
from itertools import combinations

import pytest

from store_server.adapters.ephemeral_ids import ephemeral_id
from store_server.demo.emulated_tags import EmulatedTag
from store_server.domain.beacon_clocks import rotation_s
from store_server.use_cases.admit_beacons import REFRESH_S, AdmissionTable
from store_server.wire.privacy import Purpose
from store_server.wire.sightings import Sighting
from tests.opened_store import TAGS, OpenedStore

LABEL = "TAG-001"
ROTATION_S = rotation_s(9)


@pytest.fixture
def shopper_id(opened: OpenedStore) -> str:
    opened.node()
    shopper_id, _ = opened.hand_out(LABEL)
    opened.give(shopper_id, Purpose.GUIDANCE)
    return shopper_id


def table(opened: OpenedStore) -> AdmissionTable:
    return opened.store.spine.admissions.current(opened.clock.now())


def shown(opened: OpenedStore, fast_s: float = 0.0) -> str:
    """What the tag shows whose clock runs this far ahead of ours."""
    return ephemeral_id(TAGS[LABEL], 9, int(opened.clock.now().timestamp() + fast_s)).hex()


def test_only_beacons_in_a_hand_with_a_purpose_that_needs_them_are_in_it(opened: OpenedStore, shopper_id: str) -> None:
    opened.hand_out("TAG-002")
    assert {a.shopper_id for a in table(opened).admissions.values()} == {shopper_id}
    assert len(table(opened).valid_ids().ids) == 3
    opened.withdraw(shopper_id, Purpose.GUIDANCE)
    assert table(opened).valid_ids().ids == ()


def test_the_version_names_the_set_of_ids(opened: OpenedStore, shopper_id: str) -> None:
    first = table(opened)
    opened.clock.move(REFRESH_S + 1)
    again = table(opened)
    assert again is not first
    assert again.version == first.version
    opened.withdraw(shopper_id, Purpose.GUIDANCE)
    assert table(opened).version != first.version


def test_a_change_counts_at_once_and_time_alone_within_seconds(opened: OpenedStore, shopper_id: str) -> None:
    held = table(opened)
    opened.clock.move(REFRESH_S - 1)
    assert table(opened) is held
    opened.give(shopper_id, Purpose.HEATMAP)
    assert table(opened) is not held


def test_a_clock_set_back_makes_the_table_anew(opened: OpenedStore, shopper_id: str) -> None:
    held = table(opened)
    opened.clock.move(-60)
    assert table(opened) is not held


def test_a_beacon_is_recognised_through_all_its_rotations(opened: OpenedStore, shopper_id: str) -> None:
    for _ in range(40):
        opened.clock.move(ROTATION_S / 7)
        assert shown(opened) in table(opened).admissions


def test_t01_emulated_tags_show_unrelated_ids_through_three_rotations_and_each_is_mapped(
    opened: OpenedStore,
) -> None:
    tags = {}
    for label, key in TAGS.items():
        shopper_id, _ = opened.hand_out(label)
        opened.give(shopper_id, Purpose.GUIDANCE)
        tags[shopper_id] = EmulatedTag(label, key)
    shown_ids, addresses = set(), set()
    for _ in range(4 * 3):  # three rotations, and their ends, by quarters
        for shopper_id, tag in tags.items():
            frame = tag.frame_at(opened.clock.now().timestamp())
            shown_id = json.loads("{" + frame.members + "}")["service_data"]["feaa"][4:]
            assert table(opened).admissions[shown_id].shopper_id == shopper_id
            shown_ids.add(shown_id)
            addresses.add((frame.address, shown_id))
        opened.clock.move(ROTATION_S / 4)
    rotations = len(shown_ids) / len(tags)
    assert rotations in (3, 4), "the first began somewhere in one"
    assert len(addresses) == len({address for address, _ in addresses}) == len(shown_ids), "both change together"
    for one, other in combinations(sorted(shown_ids), 2):
        assert 8 <= (int(one, 16) ^ int(other, 16)).bit_count() <= 56, "about half of the 64 bits"


@pytest.mark.parametrize("drift_s_each", [12.0, -12.0])
def test_a3_a_clock_that_drifts_is_followed_as_long_as_it_is_heard(
    opened: OpenedStore, shopper_id: str, drift_s_each: float
) -> None:
    fast_s = 0.0
    for sequence in range(120):  # almost three rotations off by the end: further than windows alone would reach
        opened.clock.move(30)
        fast_s += drift_s_each
        heard = Sighting(ephemeral_id=shown(opened, fast_s), rssi_dbm=-60, heard_at=opened.clock.now())
        before = opened.stored_sightings()
        opened.receive("rpi-01", [heard], sequence)
        assert opened.stored_sightings() == before + 1, f"lost at {fast_s} s"


def test_a_foreign_id_moves_no_clock(opened: OpenedStore, shopper_id: str) -> None:
    before = opened.records.shoppers.beacon_by_label(LABEL)
    heard = Sighting(ephemeral_id="0" * 16, rssi_dbm=-60, heard_at=opened.clock.now())
    opened.receive("rpi-01", [heard], 0)
    assert opened.records.shoppers.beacon_by_label(LABEL) == before


def test_a2_no_answer_holds_an_identity_key(opened: OpenedStore, shopper_id: str) -> None:
    text = table(opened).valid_ids().model_dump_json() + repr(table(opened))
    assert TAGS[LABEL].hex() not in text
    assert repr(TAGS[LABEL]) not in text


def test_ids_are_valid_for_at_most_ninety_seconds(opened: OpenedStore, shopper_id: str) -> None:
    ids = table(opened).valid_ids()
    assert ids.expires_in_s == 90
    assert not ids.accept_static_formats
    assert list(ids.ids) == sorted(ids.ids), "their order tells nothing"
    assert isinstance(table(opened).made_at, datetime)
