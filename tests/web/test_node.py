"""What a node may send, and every way in which a batch is refused (requirements C2 to C7, T07 to T10)."""

from __future__ import annotations

import base64
import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from werkzeug.test import TestResponse

from scanner_node.identity import NodeIdentity, public_key_base64
from store_server.ports import CodeKind
from store_server.wire.people import Problem
from store_server.wire.privacy import Purpose
from store_server.wire.sightings import BatchReceipt, EnrolledNode, Envelope, NodeState, ValidIds
from tests.fakes import MovableClock, RecordingMessenger
from tests.opened_store import OpenedStore, SigningNode

BATCHES = "/api/node/batches"
NO_SIGHTINGS = b'{"sightings": []}'


@pytest.fixture
def node(opened: OpenedStore) -> SigningNode:
    """A confirmed node, and a shopper whose beacon it may hear."""
    shopper_id, _ = opened.hand_out()
    opened.give(shopper_id, Purpose.GUIDANCE)
    return opened.node()


def problem(answer: TestResponse) -> Problem:
    assert answer.mimetype == "application/problem+json"
    return Problem.model_validate_json(answer.data)


def one_sighting(opened: OpenedStore) -> bytes:
    return b'{"sightings": [' + opened.heard().model_dump_json().encode() + b"]}"


def rotate_to(public_key: str) -> bytes:
    return b'{"public_key": "' + public_key.encode() + b'"}'


def assert_nothing_stored(opened: OpenedStore, node_id: str = "rpi-01") -> None:
    assert opened.stored_sightings() == 0
    record = opened.records.nodes.node(node_id)
    assert record is None or record.last_batch_at is None


def test_a_signed_batch_is_stored_and_answered_with_its_receipt(opened: OpenedStore, node: SigningNode) -> None:
    answer = node.send([opened.heard()])
    assert answer.status_code == 200, answer.data
    receipt = BatchReceipt.model_validate_json(answer.data)
    assert (receipt.node_id, receipt.boot_id, receipt.sequence) == ("rpi-01", 1, 0)
    assert receipt.received_at == opened.clock.now()
    assert opened.stored_sightings() == 1


def test_the_receipt_names_the_version_of_the_valid_ids(opened: OpenedStore, node: SigningNode) -> None:
    ids = ValidIds.model_validate_json(node.get("/api/node/valid-ids").data)
    assert ids.expires_in_s == 90
    assert opened.on_air() in ids.ids
    assert len(ids.ids) == 3, "windows -1, 0 and +1 of one beacon"
    receipt = BatchReceipt.model_validate_json(node.send([]).data)
    assert receipt.valid_ids_version == ids.version


def test_t07_an_unsigned_batch_is_refused(opened: OpenedStore, node: SigningNode) -> None:
    headers = node.headers("POST", BATCHES, NO_SIGHTINGS)
    for missing in (*Envelope.HEADERS, Envelope.SIGNATURE_HEADER):
        sent = {name: value for name, value in headers.items() if name != missing}
        assert node.client.post(BATCHES, data=NO_SIGHTINGS, headers=sent).status_code == 401
    assert node.client.post(BATCHES, json={"sightings": []}).status_code == 401
    assert_nothing_stored(opened)


@pytest.mark.parametrize(
    "signature", ["", "AAAA", "not base64", "é" * 88, "A" * 88, base64.b64encode(bytes(64)).decode() + "=="]
)
def test_t07_a_signature_that_is_none_is_refused(opened: OpenedStore, node: SigningNode, signature: str) -> None:
    answer = node.post(BATCHES, NO_SIGHTINGS, {Envelope.SIGNATURE_HEADER: signature})
    assert answer.status_code == 401
    assert_nothing_stored(opened)


def test_t07_another_nodes_key_does_not_sign_for_this_one(opened: OpenedStore, node: SigningNode) -> None:
    other = opened.node("rpi-02")
    answer = node.send([opened.heard()], signed_by=other.identity)
    assert answer.status_code == 401
    assert_nothing_stored(opened)
    assert_nothing_stored(opened, "rpi-02")


def test_t07_a_body_changed_after_signing_is_refused(opened: OpenedStore, node: SigningNode) -> None:
    headers = node.headers("POST", BATCHES, NO_SIGHTINGS)
    answer = node.client.post(BATCHES, data=b'{"sightings":  []}', headers=headers)
    assert answer.status_code == 401
    assert_nothing_stored(opened)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Aisleway-Node-Id", "rpi-02"),
        ("Aisleway-Boot-Id", "2"),
        ("Aisleway-Sequence", "7"),
        ("Aisleway-Sent-At", "2026-11-24T10:00:01.000Z"),
    ],
)
def test_t07_every_field_of_the_envelope_is_signed(
    opened: OpenedStore, node: SigningNode, header: str, value: str
) -> None:
    opened.node("rpi-02")
    assert node.post(BATCHES, NO_SIGHTINGS, {header: value}).status_code == 401
    assert_nothing_stored(opened)


def test_t07_a_signature_for_another_address_or_method_is_refused(opened: OpenedStore, node: SigningNode) -> None:
    headers = node.headers("POST", "/api/node/keys", NO_SIGHTINGS)
    assert node.client.post(BATCHES, data=NO_SIGHTINGS, headers=headers).status_code == 401
    headers = node.headers("GET", BATCHES, NO_SIGHTINGS)
    assert node.client.post(BATCHES, data=NO_SIGHTINGS, headers=headers).status_code == 401
    assert_nothing_stored(opened)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Aisleway-Boot-Id", "0"),
        ("Aisleway-Boot-Id", "-1"),
        ("Aisleway-Boot-Id", "9" * 5000),
        ("Aisleway-Sequence", "NaN"),
        ("Aisleway-Node-Id", "../../x"),
        ("Aisleway-Node-Id", "x' OR 1=1 --"),
        ("Aisleway-Sent-At", "yesterday"),
        ("Aisleway-Sent-At", "9999-12-31T23:59:59.999Z"),
    ],
)
def test_t07_an_envelope_outside_its_bounds_is_no_envelope(
    opened: OpenedStore, node: SigningNode, header: str, value: str
) -> None:
    assert node.post(BATCHES, NO_SIGHTINGS, {header: value}).status_code == 401
    assert_nothing_stored(opened)


# --- enrolment -------------------------------------------------------------------------------------------------------


def enrol(opened: OpenedStore, code: str, key: str | None = None) -> TestResponse:
    public_key = key or public_key_base64(Ed25519PrivateKey.generate())
    return opened.app.test_client().post("/api/node/enrolments", json={"code": code, "public_key": public_key})


def test_an_enrolled_node_waits_for_a_managers_look_at_its_fingerprint(opened: OpenedStore) -> None:
    node = opened.node(confirm=False)
    assert EnrolledNode.model_validate_json(node.get("/api/node/self").data).state is NodeState.PENDING
    assert node.send([]).status_code == 403
    assert node.get("/api/node/valid-ids").status_code == 403, "who is not confirmed learns no ids"
    assert_nothing_stored(opened)


def test_t08_a_code_works_once(opened: OpenedStore) -> None:
    code = opened.store.enrolment.make_code(CodeKind.NODE, "rpi-01").code
    assert enrol(opened, code).status_code == 201
    before = opened.records.nodes.node("rpi-01")
    again = enrol(opened, code)
    assert again.status_code == 401
    assert code not in again.get_data(as_text=True)
    assert opened.records.nodes.node("rpi-01") == before


def test_t08_a_code_lives_ten_minutes(opened: OpenedStore) -> None:
    code = opened.store.enrolment.make_code(CodeKind.NODE, "rpi-01").code
    opened.clock.move(601)
    assert enrol(opened, code).status_code == 401
    assert opened.records.nodes.nodes() == []
    fresh = opened.store.enrolment.make_code(CodeKind.NODE, "rpi-01").code
    opened.clock.move(599)
    assert enrol(opened, code).status_code == 401, "a new code ends the one before"
    assert enrol(opened, fresh.lower().replace("-", " ")).status_code == 201, "however it is typed"


@pytest.mark.parametrize(
    "code", ["AAAA-BBBB-CCCC-D", "--------", "ßßßßßßßß", "'; DROP TABLE node; --", "\U0001f600" * 8]
)
def test_t08_a_wrong_code_enrols_nobody(opened: OpenedStore, code: str) -> None:
    opened.store.enrolment.make_code(CodeKind.NODE, "rpi-01")
    for _ in range(6):
        answer = enrol(opened, code)
        assert answer.status_code == 401
        assert code not in answer.get_data(as_text=True)
    assert opened.records.nodes.nodes() == []


def test_t08_a_kiosks_code_enrols_no_node(opened: OpenedStore) -> None:
    code = opened.store.enrolment.make_code(CodeKind.KIOSK, "kiosk-1").code
    assert enrol(opened, code).status_code == 401
    assert opened.records.nodes.nodes() == []


def test_a_code_is_stored_as_a_hash_only(opened: OpenedStore, tmp_path: Path) -> None:
    code = opened.store.enrolment.make_code(CodeKind.NODE, "rpi-01").code
    for file in tmp_path.glob("store.db*"):
        for spelling in (code, code.replace("-", "")):
            assert spelling.encode() not in file.read_bytes()


def test_a_node_enrolled_anew_begins_with_a_clean_window(opened: OpenedStore, node: SigningNode) -> None:
    assert node.send([], sequence=5000).status_code == 200
    anew = opened.node("rpi-01")
    assert anew.send([], sequence=0).status_code == 200
    assert node.send([], sequence=5001).status_code == 401, "the old key is not known any more"


# --- replay ----------------------------------------------------------------------------------------------------------


def test_t09_the_same_signed_batch_twice_has_one_effect_and_gets_its_first_receipt(
    opened: OpenedStore, node: SigningNode
) -> None:
    body = one_sighting(opened)
    headers = node.headers("POST", BATCHES, body)
    first = node.client.post(BATCHES, data=body, headers=headers)
    assert first.status_code == 200
    opened.clock.move(20)
    again = node.client.post(BATCHES, data=body, headers=headers)
    assert again.status_code == 409
    assert again.data == first.data, "the original receipt, not a new one"
    resigned = node.post(BATCHES, body, sequence=0)
    assert (resigned.status_code, resigned.data) == (409, first.data)
    assert opened.stored_sightings() == 1


def test_t09_a_number_too_far_behind_is_refused_and_a_late_one_is_not(opened: OpenedStore, node: SigningNode) -> None:
    assert node.send([opened.heard()], sequence=100).status_code == 200
    too_old = node.send([opened.heard()], sequence=36)
    assert too_old.status_code == 409
    assert problem(too_old).status == 409
    assert opened.stored_sightings() == 1
    assert node.send([opened.heard()], sequence=37).status_code == 200, "within the window, out of order"
    assert node.send([opened.heard()], sequence=37).status_code == 409
    assert opened.stored_sightings() == 2


def test_t09_an_older_boot_is_refused(opened: OpenedStore, node: SigningNode) -> None:
    node.identity.boot_id = 3
    assert node.send([opened.heard()], sequence=9).status_code == 200
    node.identity.boot_id = 2
    older = node.send([opened.heard()], sequence=10)
    assert older.status_code == 409
    assert problem(older).status == 409
    node.identity.boot_id = 4
    assert node.send([opened.heard()], sequence=0).status_code == 200, "a new boot begins anew"
    assert opened.stored_sightings() == 2


def test_t09_the_window_survives_the_server(
    opened: OpenedStore, node: SigningNode, tmp_path: Path, clock: MovableClock
) -> None:
    body = one_sighting(opened)
    headers = node.headers("POST", BATCHES, body)
    first = node.client.post(BATCHES, data=body, headers=headers)
    # What a killed server leaves: the files as they are, write-ahead log and all.
    for file in tmp_path.glob("store.db*"):
        shutil.copy(file, tmp_path / file.name.replace("store", "left"))
    after = OpenedStore(f"sqlite:///{tmp_path / 'left.db'}", clock, RecordingMessenger())
    try:
        again = after.app.test_client().post(BATCHES, data=body, headers=headers)
        assert (again.status_code, again.data) == (409, first.data)
        assert after.stored_sightings() == 0
    finally:
        after.close()


def test_a_request_from_a_wrong_clock_learns_the_servers_time(opened: OpenedStore, node: SigningNode) -> None:
    sent_at = opened.clock.now()
    opened.clock.move(31)
    answer = node.send([opened.heard()], sent_at=sent_at)
    assert answer.status_code == 401
    assert problem(answer).server_at == opened.clock.now()
    assert_nothing_stored(opened)
    opened.clock.move(-2)
    assert node.send([opened.heard()], sent_at=sent_at).status_code == 200


def test_an_unproven_sender_does_not_learn_the_servers_time(opened: OpenedStore, node: SigningNode) -> None:
    sent_at = opened.clock.now()
    opened.clock.move(31)
    stranger = NodeIdentity(Path(), "rpi-01", Ed25519PrivateKey.generate(), 1)
    assert problem(node.send([], sent_at=sent_at, signed_by=stranger)).server_at is None


# --- keys, revocation ------------------------------------------------------------------------------------------------


def test_t10_a_revoked_nodes_next_request_is_refused(opened: OpenedStore, node: SigningNode) -> None:
    assert node.send([opened.heard()]).status_code == 200
    opened.store.enrolment.revoke_node("rpi-01")
    assert node.send([opened.heard()]).status_code == 401
    assert node.get("/api/node/valid-ids").status_code == 401
    assert node.get("/api/node/self").status_code == 401
    assert opened.stored_sightings() == 1


def test_a_rotated_key_counts_from_the_next_request_on(opened: OpenedStore, node: SigningNode) -> None:
    new_key = Ed25519PrivateKey.generate()
    body = rotate_to(public_key_base64(new_key))
    headers = node.headers("POST", "/api/node/keys", body)
    assert node.client.post("/api/node/keys", data=body, headers=headers).status_code == 200
    assert node.client.post("/api/node/keys", data=body, headers=headers).status_code == 401, "replayed"
    assert node.send([]).status_code == 401
    node.identity.key = new_key
    assert node.send([]).status_code == 200


def test_a_key_is_not_rotated_by_a_request_of_an_older_boot(opened: OpenedStore, node: SigningNode) -> None:
    node.identity.boot_id = 5
    assert node.send([]).status_code == 200
    node.identity.boot_id = 4
    body = rotate_to(public_key_base64(Ed25519PrivateKey.generate()))
    assert node.post("/api/node/keys", body).status_code == 409
    node.identity.boot_id = 5
    assert node.send([]).status_code == 200, "the old key still counts"


def test_a_rotation_is_signed_with_the_old_key_and_brings_a_new_one(opened: OpenedStore, node: SigningNode) -> None:
    new = NodeIdentity(Path(), "rpi-01", Ed25519PrivateKey.generate(), 1)
    body = rotate_to(public_key_base64(new.key))
    assert node.post("/api/node/keys", body, signed_by=new).status_code == 401
    assert node.post("/api/node/keys", rotate_to(node.public_key)).status_code == 422
    assert node.send([]).status_code == 200
