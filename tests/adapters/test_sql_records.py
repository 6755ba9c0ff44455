"""What ``Records`` promises, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TypeVar

import pytest
from sqlalchemy import text

from store_server.adapters.sql_database import Database
from store_server.adapters.sql_records import SqlRecords
from store_server.domain.complements import fit
from store_server.domain.ledger import Saying, append, verify
from store_server.domain.wish_lists import put
from store_server.ports import (
    BeaconRecord,
    CodeKind,
    Credential,
    Records,
    ReplayVerdict,
    StockRecord,
)
from store_server.wire.people import Role
from store_server.wire.privacy import ConsentEvent, ConsentEventKind, Purpose
from store_server.wire.shopping import Product, WishListItem
from store_server.wire.sightings import NodeHealth, NodeState, RadioState, ScanMode
from tests.fakes import OPENING
from tests.opened_store import PLAN

SHOPPER, OTHER = "a" * 32, "b" * 32
HEALTH = NodeHealth(
    radio=RadioState.LISTENING,
    scan_mode=ScanMode.ACTIVE,
    advertisements_per_s=12.5,
    last_heard_s=0.1,
    radio_restarts=0,
    sightings_dropped=0,
    queue_length=0,
    clock_skew_s=None,
    software_version="0.1.0",
)
_T = TypeVar("_T")


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    opened = Database(request.getfixturevalue(f"{request.param}_url"))
    yield opened
    opened.close()


@pytest.fixture
def records(database: Database) -> Records:
    return SqlRecords(database)


def at_once(work: Callable[[int], _T], times: int) -> list[_T]:
    """The same work in many threads that begin together."""
    gate = threading.Barrier(times)

    def begin(number: int) -> _T:
        gate.wait()
        return work(number)

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(begin, range(times)))


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


# --- codes -----------------------------------------------------------------------------------------------------------


def test_a_code_opens_once_before_its_time_and_for_its_kind(records: Records) -> None:
    nodes = records.nodes
    nodes.make_code(CodeKind.NODE, "n1", "hash-1", OPENING + timedelta(minutes=10))
    assert nodes.use_code(CodeKind.KIOSK, "hash-1", OPENING) is None
    assert nodes.use_code(CodeKind.NODE, "other", OPENING) is None
    assert nodes.use_code(CodeKind.NODE, "hash-1", OPENING + timedelta(minutes=10, seconds=1)) is None
    assert nodes.use_code(CodeKind.NODE, "hash-1", OPENING) == "n1"
    assert nodes.use_code(CodeKind.NODE, "hash-1", OPENING) is None


def test_a_new_code_ends_the_one_before_of_the_same_key_only(records: Records) -> None:
    later = OPENING + timedelta(minutes=10)
    for key, code_hash in (("n1", "old"), ("n2", "elsewhere"), ("n1", "new")):
        records.nodes.make_code(CodeKind.NODE, key, code_hash, later)
    records.nodes.make_code(CodeKind.KIOSK, "n1", "kiosk", later)
    used = {h: records.nodes.use_code(CodeKind.NODE, h, OPENING) for h in ("old", "new", "elsewhere")}
    assert used == {"old": None, "new": "n1", "elsewhere": "n2"}
    assert records.nodes.use_code(CodeKind.KIOSK, "kiosk", OPENING) == "n1"


def test_a_code_used_by_many_at_once_opens_for_one(records: Records) -> None:
    records.nodes.make_code(CodeKind.NODE, "n1", "hash-1", OPENING + timedelta(minutes=10))
    opened = at_once(lambda _: records.nodes.use_code(CodeKind.NODE, "hash-1", OPENING), 8)
    assert sorted(opened, key=str) == [None] * 7 + ["n1"]


# --- nodes and their replay window -----------------------------------------------------------------------------------


def batch(records: Records, sequence: int, boot_id: int = 1, after_s: float = 0, version: str = "v") -> ReplayVerdict:
    at = OPENING + timedelta(seconds=after_s)
    return records.nodes.note_batch("n1", boot_id, sequence, version, None, at).verdict


@pytest.fixture
def node(records: Records) -> Records:
    records.nodes.enrol("n1", bytes(32), OPENING)
    return records


def test_a_node_is_pending_until_its_state_is_set(node: Records) -> None:
    enrolled = node.nodes.node("n1")
    assert enrolled is not None
    assert (enrolled.state, enrolled.public_key, enrolled.last_batch_at) == (NodeState.PENDING, bytes(32), None)
    node.nodes.set_state("n1", NodeState.CONFIRMED)
    node.nodes.set_key("n1", b"k" * 32)
    (now,) = node.nodes.nodes()
    assert (now.state, now.public_key) == (NodeState.CONFIRMED, b"k" * 32)
    assert node.nodes.node("n2") is None
    with pytest.raises(KeyError):
        node.nodes.set_state("n2", NodeState.REVOKED)


def test_a_batch_is_fresh_once_and_its_first_answer_is_kept(node: Records) -> None:
    assert batch(node, 0, version="first") is ReplayVerdict.FRESH
    again = node.nodes.note_batch("n1", 1, 0, "second", HEALTH, OPENING + timedelta(seconds=9))
    assert (again.verdict, again.received_at, again.valid_ids_version) == (ReplayVerdict.SEEN, OPENING, "first")
    known = node.nodes.node("n1")
    assert known is not None
    assert (known.last_batch_at, known.health) == (OPENING, None), "a repeated batch changes nothing"


def test_the_window_takes_the_last_64_numbers_in_any_order(node: Records) -> None:
    assert batch(node, 1000) is ReplayVerdict.FRESH
    assert batch(node, 936) is ReplayVerdict.TOO_OLD
    assert [batch(node, n) for n in range(937, 1000)] == [ReplayVerdict.FRESH] * 63
    assert [batch(node, n) for n in range(937, 1001)] == [ReplayVerdict.SEEN] * 64


def test_a_higher_boot_begins_anew_and_ends_the_one_before(node: Records) -> None:
    assert batch(node, 500, boot_id=2) is ReplayVerdict.FRESH
    assert batch(node, 501, boot_id=1) is ReplayVerdict.OLDER_BOOT
    assert batch(node, 0, boot_id=2**53) is ReplayVerdict.FRESH
    assert batch(node, 0, boot_id=2**53) is ReplayVerdict.SEEN
    assert batch(node, 502, boot_id=2) is ReplayVerdict.OLDER_BOOT


def test_the_window_stays_small_whatever_numbers_a_node_uses(node: Records, database: Database) -> None:
    for sequence in range(1, 2000, 5):  # never a multiple of 64
        batch(node, sequence)
    with database.quick.connect() as connection:
        kept = connection.execute(text("SELECT count(*) FROM node_batch")).scalar_one()
    assert kept <= 2 * 64
    assert batch(node, 1991) is ReplayVerdict.SEEN


def test_the_same_batch_many_times_at_once_is_fresh_once(node: Records) -> None:
    verdicts = at_once(lambda _: batch(node, 7), 8)
    assert sorted(verdicts) == [ReplayVerdict.FRESH] + [ReplayVerdict.SEEN] * 7


def test_many_batches_at_once_are_all_taken(node: Records) -> None:
    assert at_once(lambda n: batch(node, n), 8) == [ReplayVerdict.FRESH] * 8
    known = node.nodes.node("n1")
    assert known is not None
    assert known.highest_sequence == 7


def test_health_is_kept_as_it_was_last_sent(node: Records) -> None:
    node.nodes.note_batch("n1", 1, 0, "v", HEALTH, OPENING)
    batch(node, 1, after_s=1)
    known = node.nodes.node("n1")
    assert known is not None
    assert (known.health, known.last_batch_at) == (HEALTH, OPENING + timedelta(seconds=1))


def test_kiosks_are_paired_seen_and_unpaired(records: Records) -> None:
    records.nodes.pair_kiosk("k1", OPENING)
    records.nodes.see_kiosk("k1", OPENING + timedelta(seconds=5))
    records.nodes.see_kiosk("k2", OPENING)
    assert records.nodes.kiosks() == {"k1": OPENING + timedelta(seconds=5)}
    records.nodes.pair_kiosk("k1", OPENING + timedelta(seconds=9))
    assert records.nodes.kiosks() == {"k1": OPENING + timedelta(seconds=9)}
    records.nodes.unpair_kiosk("k1")
    assert records.nodes.kiosks() == {}


# --- shoppers and beacons --------------------------------------------------------------------------------------------


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


# --- the store -------------------------------------------------------------------------------------------------------


def test_the_last_published_plan_counts(records: Records) -> None:
    assert (records.plans.current(), records.plans.version()) == (None, 0)
    assert records.plans.publish(PLAN, None, "ada", "first", OPENING) == 1
    renamed = PLAN.model_copy(update={"name": "renamed"})
    assert records.plans.publish(renamed, None, "ada", "second", OPENING) == 2
    plan = records.plans.current()
    assert plan is not None
    assert (plan.version, plan.published_at, plan.document) == (2, OPENING, renamed)
    assert records.plans.version() == 2


def product(sku: str, name: str, **more: object) -> Product:
    return Product.model_validate({"sku": sku, "name": name, "category": "food", **more})


def test_products_are_put_replaced_and_found_by_word(records: Records) -> None:
    wares = [product("1", "Green Peas"), product("2", "Straße 50%_off"), product("3", "peas, canned", brand="Acme")]
    records.store.put_products(wares)
    records.store.put_products([product("1", "Green peas, frozen")])
    records.store.put_products([])
    assert records.store.product("1") == product("1", "Green peas, frozen")
    assert records.store.product("%") is None
    found = {
        word: {p.sku for p in records.store.find_products(word, 10)} for word in ("PEAS", "acme peas", "STRASSE", "")
    }
    assert found == {"PEAS": {"1", "3"}, "acme peas": {"3"}, "STRASSE": {"2"}, "": set()}
    assert len(records.store.find_products("peas", 1)) == 1


@pytest.mark.parametrize("query", ["'", '"', ";--", "%", "_", "\\", "' OR '1'='1", "\u2019", "\\%"])
def test_t33_no_sign_means_anything_in_a_search(records: Records, query: str) -> None:
    records.store.put_products([product("1", "plain"), product("2", f"odd {query} name")])
    assert [p.sku for p in records.store.find_products(query, 10)] == ["2"]
    assert records.store.products([query]) == {}
    assert records.shoppers.beacon_by_label(query) is None


def test_more_skus_than_one_question_holds_are_all_answered(records: Records) -> None:
    records.store.put_products([product(f"{n:05d}", "thing") for n in range(1203)])
    records.store.put_stock([(f"{n:05d}", n) for n in range(1203)], OPENING)
    asked = [f"{n:05d}" for n in range(2000)]
    assert len(records.store.products(asked)) == 1203
    assert records.store.stock(asked)["01202"] == StockRecord(1202, OPENING)


def test_stock_is_replaced_with_its_time(records: Records) -> None:
    records.store.put_stock([("peas", 3)], OPENING)
    records.store.put_stock([("peas", 2)], OPENING + timedelta(hours=1))
    assert records.store.stock(["peas", "rice"]) == {"peas": StockRecord(2, OPENING + timedelta(hours=1))}


def test_baskets_come_back_together_and_once(records: Records) -> None:
    records.store.put_basket_items([("2", "a"), ("1", "a"), ("2", "b"), ("1", "a")])
    assert sorted(records.store.baskets()) == [("1", "a"), ("2", "a"), ("2", "b")]
    assert [basket for basket, _ in records.store.baskets()] == ["1", "2", "2"]


def test_what_was_learned_comes_back(records: Records) -> None:
    assert records.store.complements() is None
    learned = fit([(str(n), sku) for n in range(20) for sku in ("a", "b")])
    records.store.save_complements(learned, OPENING)
    records.store.save_complements(learned, OPENING + timedelta(seconds=1))
    again = records.store.complements()
    assert again is not None
    assert again[0] == OPENING.timestamp() + 1
    assert again[1].to_bytes() == learned.to_bytes()


# --- people ----------------------------------------------------------------------------------------------------------


def test_a_user_has_one_password_at_a_time(records: Records) -> None:
    records.people.put_user("ada", Role.STAFF, "old")
    assert records.people.user("nobody") is None
    records.people.put_user("ada", Role.MANAGER, "new")
    after = records.people.user("ada")
    assert after is not None
    assert (after.role, after.password_hash, after.is_disabled) == (Role.MANAGER, "new", False)
    assert records.people.user("ADA") is None


def test_a_session_ends_by_idling_by_age_and_by_being_closed(records: Records) -> None:
    def opened(token: str, subject: str = "ada", credential: Credential = Credential.STAFF) -> None:
        records.people.open_session(token, credential, subject, OPENING, idle_s=100, absolute_s=250)

    def lives(token: str, after_s: float) -> bool:
        return records.people.session(token, OPENING + timedelta(seconds=after_s)) is not None

    opened("t1")
    assert lives("t1", 99), "and is seen"
    assert lives("t1", 198)
    assert not lives("t1", 251), "too old, although seen lately"
    opened("t2")
    assert not lives("t2", 101), "idled out"
    opened("t3")
    opened("t4", "kim")
    opened("t5", "ada", Credential.MANAGER)
    records.people.close_session("t3")
    assert (lives("t3", 0), lives("t4", 0)) == (False, True)
    records.people.close_sessions_of([Credential.MANAGER], "ada")
    assert (lives("t5", 0), lives("t4", 0)) == (False, True)
    assert not lives("t9", 0)
    assert records.people.purge_sessions(OPENING + timedelta(seconds=150)) == 2, "t2 and t4 idled out"
