"""Bodies that a node of ours would never send: refused whole, by field and never by value (T11 to T16)."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from store_server.wire.people import Problem
from store_server.wire.privacy import Purpose
from store_server.wire.sightings import MAX_BODY_BYTES, MAX_SIGHTINGS, format_instant
from tests.opened_store import OpenedStore, SigningNode, as_json, stranger

BATCHES = "/api/node/batches"


@pytest.fixture
def node(opened: OpenedStore) -> SigningNode:
    shopper_id, _ = opened.hand_out()
    opened.give(shopper_id, Purpose.GUIDANCE)
    return opened.node()


def refused(opened: OpenedStore, answer: TestResponse, status: int) -> Problem:
    """The problem document, once it is certain that nothing was stored."""
    assert answer.status_code == status, answer.data
    assert opened.stored_sightings() == 0
    record = opened.records.nodes.node("rpi-01")
    assert record is not None
    assert (record.last_batch_at, record.highest_sequence) == (None, -1), "no number was taken"
    return Problem.model_validate_json(answer.data)


@pytest.mark.parametrize(
    "written", ["NaN", "1e999", '"-60"', "true", "-60.5", "1" + "0" * 30, "null", "-128", "0", "[]"]
)
def test_t11_a_strength_that_is_none_refuses_the_whole_batch(
    opened: OpenedStore, node: SigningNode, written: str
) -> None:
    good = opened.heard().model_dump_json()
    bad = good.replace('"rssi_dbm":-60', f'"rssi_dbm":{written}')
    assert bad != good
    problem = refused(opened, node.post(BATCHES, f'{{"sightings": [{good}, {bad}]}}'.encode()), 422)
    text = problem.model_dump_json(exclude={"status"}, exclude_none=True)
    assert written.strip('"') not in text or len(written) < 4
    if written not in ("NaN", "1e999"):  # those two are no JSON, so there is no field to name
        assert problem.fields == ("sightings.1.rssi_dbm",)
        assert "sightings.1.rssi_dbm" in problem.detail


def test_t11_a_missing_strength_is_named(opened: OpenedStore, node: SigningNode) -> None:
    sighting = as_json(opened.heard())
    del sighting["rssi_dbm"]
    assert refused(opened, node.send([sighting]), 422).fields == ("sightings.0.rssi_dbm",)


def test_t12_more_sightings_than_a_batch_holds(opened: OpenedStore, node: SigningNode) -> None:
    sighting = as_json(opened.heard())
    refused(opened, node.send([sighting] * (MAX_SIGHTINGS + 1)), 413)
    assert node.send([sighting] * MAX_SIGHTINGS).status_code == 200


@pytest.mark.parametrize("size", [MAX_BODY_BYTES + 1, 257 * 1024, 8 * 1024 * 1024])
def test_t12_a_body_larger_than_allowed(opened: OpenedStore, node: SigningNode, size: int) -> None:
    body = b'{"sightings": []}'.ljust(size)
    refused(opened, node.post(BATCHES, body), 413)


def test_t12_a_body_of_just_the_allowed_size_is_read(opened: OpenedStore, node: SigningNode) -> None:
    assert node.post(BATCHES, b'{"sightings": []}'.ljust(MAX_BODY_BYTES)).status_code == 200


def test_t12_a_body_of_no_stated_length_is_not_waited_for(opened: OpenedStore, node: SigningNode) -> None:
    refused(opened, node.post(BATCHES, b'{"sightings": []}', {"Transfer-Encoding": "chunked"}), 411)
    refused(opened, node.post(BATCHES, b""), 411)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "identity", "x"])
def test_t13_an_encoded_body_is_not_unpacked(opened: OpenedStore, node: SigningNode, encoding: str) -> None:
    bomb = gzip.compress(bytes(100 * 1024 * 1024)) if encoding == "gzip" else b'{"sightings": []}'
    refused(opened, node.post(BATCHES, bomb, {"Content-Encoding": encoding}), 415)


@pytest.mark.parametrize("media_type", ["application/msgpack", "text/plain", "application/x-www-form-urlencoded", ""])
def test_t13_anything_but_json_is_refused(opened: OpenedStore, node: SigningNode, media_type: str) -> None:
    refused(opened, node.post(BATCHES, b"\x81\xa9sightings\x90", {"Content-Type": media_type}), 415)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"sightings": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"a":' * 40_000 + b"1" + b"}" * 40_000,
        b'{"sightings": [{"rssi_dbm": ' + b"1" * 5000 + b"}]}",
        b'{"sightings": [], "mac": "AA:BB:CC:DD:EE:FF"}',
        b'{"sightings": [], "sightings": [1]}',
        b" ",
        b"null",
        b"{",
        b"\xff\xfe\x00",
        b'{"sightings": "\xed\xa0\x80"}',
        b'{"wire_version": 2, "sightings": []}',
    ],
)
def test_t14_no_body_makes_the_server_stumble(opened: OpenedStore, node: SigningNode, body: bytes) -> None:
    problem = refused(opened, node.post(BATCHES, body), 422)
    assert "AA:BB:CC" not in problem.model_dump_json()


def test_t14_an_unknown_field_of_a_sighting_is_refused_by_name(opened: OpenedStore, node: SigningNode) -> None:
    problem = refused(opened, node.send([as_json(opened.heard(), address="C0:FF:EE:00:00:01")]), 422)
    assert problem.fields == ("sightings.0.address",)
    assert "C0:FF:EE" not in problem.model_dump_json()


@pytest.mark.parametrize(
    "heard_at",
    [
        lambda now: format_instant(now + timedelta(hours=1)),
        lambda now: format_instant(now + timedelta(seconds=2.1)),
        lambda now: format_instant(now - timedelta(days=1)),
        lambda now: format_instant(now - timedelta(seconds=30.1)),
        lambda now: now.replace(tzinfo=None).isoformat(),
        lambda now: "9999-12-31T23:59:59Z",
        lambda now: "0001-01-01T00:00:00+23:59",
        lambda now: now.timestamp(),
        lambda now: "now",
    ],
)
def test_t15_an_instant_out_of_time_refuses_the_batch_and_moves_no_clock(
    opened: OpenedStore, node: SigningNode, heard_at: Any
) -> None:
    good, bad = as_json(opened.heard()), as_json(opened.heard(), heard_at=heard_at(opened.clock.now()))
    before = [beacon for beacon, _ in opened.records.shoppers.bound_beacons()]
    problem = refused(opened, node.send([good, bad]), 422)
    assert any(field.endswith("heard_at") for field in problem.fields), "the field is named"
    assert str(bad["heard_at"]) not in problem.model_dump_json()
    assert [beacon for beacon, _ in opened.records.shoppers.bound_beacons()] == before
    assert opened.live.nodes_heard_since(0) == frozenset()


def test_t15_sightings_at_the_edge_of_the_time_allowed_are_taken(opened: OpenedStore, node: SigningNode) -> None:
    opened.clock.move(60)
    now = opened.clock.now()
    edges = [as_json(opened.heard(at=now + timedelta(seconds=s))) for s in (-30, 2)]
    assert node.send(edges).status_code == 200
    assert opened.stored_sightings() == 2


def test_t16_an_unknown_node_is_refused(opened: OpenedStore, node: SigningNode) -> None:
    unknown = SigningNode("rpi-99", opened.app.test_client(), opened.clock)
    answer = unknown.send([opened.heard()])
    refused(opened, answer, 401)
    opened.store.enrolment.revoke_node("rpi-01")
    revoked = node.send([opened.heard()])
    assert revoked.data == answer.data, "unknown and revoked are answered alike"


def test_t16_a_node_of_another_store_is_refused(opened: OpenedStore, node: SigningNode) -> None:
    elsewhere = SigningNode("rpi-01", opened.app.test_client(), opened.clock)
    refused(opened, elsewhere.send([opened.heard()]), 401)


def test_t16_an_unknown_beacon_is_dropped_in_silence(opened: OpenedStore, node: SigningNode) -> None:
    foreign = as_json(opened.heard(), ephemeral_id=stranger())
    answer = node.send([foreign])
    assert answer.status_code == 200
    assert foreign["ephemeral_id"] not in answer.get_data(as_text=True)
    assert opened.stored_sightings() == 0


def test_t16_a_beacon_whose_bearer_said_nothing_is_a_stranger(opened: OpenedStore, node: SigningNode) -> None:
    opened.hand_out("TAG-002")
    assert node.send([opened.heard("TAG-002"), opened.heard("TAG-003")]).status_code == 200
    assert opened.stored_sightings() == 0


def test_a_foreign_id_reaches_no_file(opened: OpenedStore, node: SigningNode, tmp_path: Any) -> None:
    ids = [stranger() for _ in range(50)]
    assert node.send([as_json(opened.heard(), ephemeral_id=each) for each in ids]).status_code == 200
    for file in tmp_path.glob("store.db*"):
        content = file.read_bytes()
        assert not [each for each in ids if each.encode() in content or bytes.fromhex(each) in content]


def test_json_is_compared_by_meaning_not_by_spelling(opened: OpenedStore, node: SigningNode) -> None:
    body = json.dumps({"sightings": [as_json(opened.heard())]}, indent=3).encode()
    assert node.post(BATCHES, body).status_code == 200
    assert opened.stored_sightings() == 1
