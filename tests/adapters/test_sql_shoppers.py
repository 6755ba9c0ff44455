"""What ``ShopperRecords`` promises of beacons, their bearers, consents and lists, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from datetime import timedelta

import pytest

from store_server.domain.ledger import Saying, append, verify
from store_server.domain.wish_lists import put
from store_server.ports import BeaconRecord, Records
from store_server.wire.privacy import ConsentEvent, ConsentEventKind, Purpose
from store_server.wire.shopping import WishListItem
from tests.adapters.at_once import at_once
from tests.fakes import OPENING

SHOPPER, OTHER = "a" * 32, "b" * 32


def beacon(label: str = "TAG-1") -> BeaconRecord:
    return BeaconRecord(label.encode().hex().rjust(32, "0"), label, b"\x00wrapped\xff", 9, 0.0)


def say(
    records: Records,
    shopper_id: str,
    purpose: Purpose,
    kind: ConsentEventKind = ConsentEventKind.GIVEN,
    after_s: float = 0,
) -> None:
    saying = Saying(
        f"{hash((shopper_id, purpose, kind)) % 2**64:032x}",
        shopper_id,
        purpose,
        kind,
        OPENING + timedelta(seconds=after_s),
        "1",
        "0" * 64,
        "en",
        "test",
    )
    raises = kind is not ConsentEventKind.GIVEN
    records.shoppers.change_consents(shopper_id, lambda last: append(last, [saying]), raise_epoch=raises)


def add_shopper(records: Records, shopper_id: str = SHOPPER) -> None:
    records.shoppers.add_shopper(shopper_id, f"card-of-{shopper_id}", "pin", False, OPENING)


@pytest.fixture
def shopper(records: Records) -> Records:
    """A shopper with a beacon in the hand, and another beacon in the rack."""
    for label in ("TAG-1", "TAG-2"):
        records.shoppers.add_beacon(beacon(label), OPENING)
    add_shopper(records)
    assert records.shoppers.bind(SHOPPER, beacon().beacon_id, OPENING)
    return records


def test_a_beacon_is_found_by_label_and_by_its_bearer(shopper: Records) -> None:
    assert shopper.shoppers.beacon_by_label("TAG-1") == beacon()
    assert shopper.shoppers.beacon_by_label("tag-1") is None
    ((held, standing),) = shopper.shoppers.bound_beacons()
    assert (held, standing.shopper_id, standing.bound_at) == (beacon(), SHOPPER, OPENING)
    assert shopper.shoppers.holder_of(beacon().beacon_id) == standing
    assert shopper.shoppers.holder_of(beacon("TAG-2").beacon_id) is None
    assert shopper.shoppers.free_labels() == ["TAG-2"]
    assert shopper.shoppers.bound_count() == 1


def test_a_taken_beacon_and_a_full_hand_are_left_as_they_are(shopper: Records) -> None:
    add_shopper(shopper, OTHER)
    assert not shopper.shoppers.bind(OTHER, beacon().beacon_id, OPENING)
    assert not shopper.shoppers.bind(SHOPPER, beacon("TAG-2").beacon_id, OPENING)
    assert shopper.shoppers.bind(OTHER, beacon("TAG-2").beacon_id, OPENING)
    assert shopper.shoppers.bound_count() == 2


def test_a_beacon_handed_out_at_many_desks_at_once_goes_to_one(records: Records) -> None:
    records.shoppers.add_beacon(beacon(), OPENING)
    ids = [f"{n:032x}" for n in range(6)]
    for shopper_id in ids:
        add_shopper(records, shopper_id)
    bound = at_once(lambda n: records.shoppers.bind(ids[n], beacon().beacon_id, OPENING), 6)
    assert sorted(bound) == [False] * 5 + [True]


def test_unbinding_raises_the_epoch_and_keeps_the_consents(shopper: Records) -> None:
    say(shopper, SHOPPER, Purpose.GUIDANCE)
    before = shopper.shoppers.holder_of(beacon().beacon_id)
    assert before is not None
    after = shopper.shoppers.unbind(beacon().beacon_id)
    assert after is not None
    assert (after.epoch, after.beacon_id, after.bound_at) == (before.epoch + 1, None, None)
    assert set(after.given) == {Purpose.GUIDANCE}
    assert shopper.shoppers.unbind(beacon().beacon_id) is None
    assert shopper.shoppers.bound_beacons() == []


def test_a_shopper_is_found_by_card_and_only_by_theirs(shopper: Records) -> None:
    assert shopper.shoppers.shopper_id_by_card(f"card-of-{SHOPPER}") == SHOPPER
    assert shopper.shoppers.shopper_id_by_card("%") is None
    assert shopper.shoppers.shopper(OTHER) is None


def test_consents_stand_as_the_ledger_says(shopper: Records) -> None:
    say(shopper, SHOPPER, Purpose.GUIDANCE)
    say(shopper, SHOPPER, Purpose.HEATMAP, after_s=1)
    record = shopper.shoppers.shopper(SHOPPER)
    assert record is not None
    assert record.standing.epoch == 0, "giving raises no epoch"
    assert record.standing.given == {
        Purpose.GUIDANCE: OPENING,
        Purpose.HEATMAP: OPENING + timedelta(seconds=1),
    }
    say(shopper, SHOPPER, Purpose.GUIDANCE, ConsentEventKind.WITHDRAWN, 2)
    record = shopper.shoppers.shopper(SHOPPER)
    assert record is not None
    assert set(record.standing.given) == {Purpose.HEATMAP}
    assert record.standing.epoch == 1
    assert record.changed_at[Purpose.GUIDANCE] == OPENING + timedelta(seconds=2)
    assert [event.event for event in shopper.shoppers.ledger()] == ["given", "given", "withdrawn"]


def test_consents_said_at_once_make_one_unbroken_chain(records: Records) -> None:
    ids = [f"{n:032x}" for n in range(8)]
    for shopper_id in ids:
        add_shopper(records, shopper_id)
    at_once(lambda n: say(records, ids[n], Purpose.GUIDANCE), 8)
    at_once(lambda n: say(records, ids[n], Purpose.GUIDANCE, ConsentEventKind.WITHDRAWN), 8)
    verdict = verify(records.shoppers.ledger())
    assert (verdict.events, verdict.bad_seq) == (16, None)


def test_withdrawing_and_unbinding_at_once_both_raise_the_epoch(shopper: Records) -> None:
    say(shopper, SHOPPER, Purpose.GUIDANCE)

    def work(number: int) -> None:
        if number:
            shopper.shoppers.unbind(beacon().beacon_id)
        else:
            say(shopper, SHOPPER, Purpose.GUIDANCE, ConsentEventKind.WITHDRAWN)

    at_once(work, 2)
    record = shopper.shoppers.shopper(SHOPPER)
    assert record is not None
    assert (record.standing.epoch, record.standing.beacon_id, record.standing.given) == (2, None, {})


def test_a_consent_that_cannot_be_written_changes_nothing(shopper: Records) -> None:
    def fail(_: ConsentEvent | None) -> list[ConsentEvent]:
        raise RuntimeError("the power went")

    with pytest.raises(RuntimeError):
        shopper.shoppers.change_consents(SHOPPER, fail, raise_epoch=True)
    record = shopper.shoppers.shopper(SHOPPER)
    assert record is not None
    assert record.standing.epoch == 0
    assert list(shopper.shoppers.ledger()) == []


def test_pausing_raises_the_epoch_once_and_resuming_says_when(shopper: Records) -> None:
    paused = shopper.shoppers.set_paused(SHOPPER, True, OPENING)
    assert (paused.is_paused, paused.epoch, paused.resumed_at) == (True, 1, None)
    assert shopper.shoppers.set_paused(SHOPPER, True, OPENING).epoch == 1
    resumed = shopper.shoppers.set_paused(SHOPPER, False, OPENING + timedelta(minutes=1))
    assert (resumed.is_paused, resumed.epoch, resumed.resumed_at) == (False, 2, OPENING + timedelta(minutes=1))


def test_a_beacons_clock_is_moved(shopper: Records) -> None:
    shopper.shoppers.move_clock(beacon().beacon_id, -7.5)
    moved = shopper.shoppers.beacon_by_label("TAG-1")
    assert moved is not None
    assert moved.clock_offset_s == -7.5


def test_two_screens_cannot_lose_each_others_change_of_a_list(shopper: Records) -> None:
    def add(number: int) -> None:
        item = WishListItem(sku=f"sku-{number}", name="thing")
        shopper.shoppers.change_wish_list(SHOPPER, lambda wish_list: put(wish_list, item))

    at_once(add, 8)
    wish_list = shopper.shoppers.wish_list(SHOPPER)
    assert {item.sku for item in wish_list.items} == {f"sku-{n}" for n in range(8)}
    assert wish_list.version == 8
    assert shopper.shoppers.wish_list(OTHER).items == ()


def test_what_was_dismissed_is_dismissed_for_one_shopper(shopper: Records) -> None:
    shopper.shoppers.dismiss(SHOPPER, "peas")
    shopper.shoppers.dismiss(SHOPPER, "peas")
    assert shopper.shoppers.dismissed(SHOPPER) == {"peas"}
    assert shopper.shoppers.dismissed(OTHER) == frozenset()
