"""What ``NodeRecords`` promises of codes, nodes, their replay window and kiosks, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from store_server.adapters.sql_database import Database
from store_server.ports import CodeKind, Records, ReplayVerdict
from store_server.wire.sightings import NodeHealth, NodeState, RadioState, ScanMode
from tests.adapters.at_once import at_once
from tests.fakes import OPENING

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
