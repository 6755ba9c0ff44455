"""The set of valid ids expires by an injected clock: no test waits."""

from __future__ import annotations

from scanner_node.valid_ids import LONGEST_LIFE_S, ValidIdSet
from store_server.wire.sightings import ValidIds
from tests.scanner_node.node_process import MINE, OTHER

MINE_BYTES = frozenset({bytes.fromhex(MINE)})


def ids(version: str = "v1", expires_in_s: float = 90.0, *, accepts_static: bool = False) -> ValidIds:
    return ValidIds(version=version, expires_in_s=expires_in_s, accept_static_formats=accepts_static, ids=(MINE,))


def test_nothing_is_valid_before_the_first_set() -> None:
    assert ValidIdSet().at(0.0) == frozenset()


def test_t05_a_cut_off_set_is_gone_after_90_s_and_stays_gone() -> None:
    held = ValidIdSet()
    held.replace(ids(accepts_static=True), 1000.0)
    assert held.at(1000.0 + LONGEST_LIFE_S - 0.001) == MINE_BYTES
    assert held.at(1000.0 + LONGEST_LIFE_S) == frozenset()
    assert held.at(1000.0) == frozenset(), "the ids are still in memory"
    assert (held.version, held.accepts_static_formats) == (None, False)


def test_a_receipt_that_names_our_version_lets_the_set_live_on() -> None:
    held = ValidIdSet()
    held.replace(ids(), 1000.0)
    assert held.confirm("v1", 1060.0)
    assert held.at(1149.0) == MINE_BYTES
    assert held.at(1150.0) == frozenset()


def test_a_receipt_that_names_another_version_lengthens_nothing() -> None:
    held = ValidIdSet()
    held.replace(ids(), 1000.0)
    assert not held.confirm("v2", 1060.0)
    assert held.at(1090.0) == frozenset()


def test_a_receipt_cannot_wake_an_expired_set() -> None:
    held = ValidIdSet()
    held.replace(ids(), 1000.0)
    assert not held.confirm("v1", 1090.0)
    assert held.at(1090.0) == frozenset()


def test_an_answer_that_came_late_counts_from_when_it_was_asked_for() -> None:
    held = ValidIdSet()
    held.replace(ids(), 1000.0)
    held.confirm("v1", 1050.0)
    held.confirm("v1", 1040.0)  # overtaken by the one before
    assert held.at(1139.0) == MINE_BYTES


def test_the_server_may_shorten_the_life() -> None:
    held = ValidIdSet()
    held.replace(ids(expires_in_s=2.0), 1000.0)
    held.confirm("v1", 1001.0)
    assert held.at(1002.9) == MINE_BYTES
    assert held.at(1003.0) == frozenset()


def test_a_new_set_replaces_the_old_one_whole() -> None:
    held = ValidIdSet()
    held.replace(ids(), 1000.0)
    held.replace(ValidIds(version="v2", expires_in_s=90, accept_static_formats=False, ids=(OTHER,)), 1001.0)
    assert held.at(1001.0) == frozenset({bytes.fromhex(OTHER)})
    assert held.version == "v2"
