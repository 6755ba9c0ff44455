"""The desk, the overview, and what a manager decides."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from store_server.ports import CodeKind
from store_server.wire.people import IssuedCard, MadeCode, PlanReport, Role, TagList, TagStatus
from store_server.wire.presence import NodeOverview, StoreOverview
from store_server.wire.privacy import Purpose
from store_server.wire.sightings import NodeState
from tests.opened_store import KIOSK, NODES, OpenedStore


def test_a_beacon_is_handed_out_with_a_card_and_taken_back(opened: OpenedStore) -> None:
    staff = opened.signed_in(Role.STAFF)
    answer = staff.ask("POST", "/api/staff/bindings", {"tag_label": "TAG-001"})
    card = IssuedCard.model_validate_json(answer.data)
    address, _, secret = card.card_url.partition("#card=")
    assert (address, len(secret)) == ("http://localhost/shopper", 22)
    assert base64.b64decode(card.card_qr_png.removeprefix("data:image/png;base64,")).startswith(b"\x89PNG")
    assert card.pin is not None
    tags = TagList.model_validate_json(staff.ask("GET", "/api/staff/tags").data)
    assert (tags.free, tags.bound_count) == (("TAG-002", "TAG-003"), 1)
    status = TagStatus.model_validate_json(staff.ask("GET", "/api/staff/tags/TAG-001").data)
    assert (status.is_bound, status.bound_since) == (True, opened.clock.now())
    assert staff.ask("POST", "/api/staff/bindings", {"tag_label": "TAG-001"}).status_code == 409
    back = TagStatus.model_validate_json(staff.ask("POST", "/api/staff/returns", {"tag_label": "TAG-001"}).data)
    assert (back.is_bound, back.bound_since) == (False, None)
    assert staff.ask("POST", "/api/staff/returns", {"tag_label": "TAG-001"}).status_code == 200, "twice is once"


def test_a_known_card_gets_another_beacon_and_keeps_its_switches(opened: OpenedStore) -> None:
    staff = opened.signed_in(Role.STAFF)
    shopper_id, card = opened.hand_out("TAG-001")
    opened.give(shopper_id, Purpose.GUIDANCE)
    again = {"tag_label": "TAG-002", "card_secret": card.secret}
    assert staff.ask("POST", "/api/staff/bindings", again).status_code == 409, "one beacon a card"
    opened.store.desk.take_back("TAG-001")
    answer = staff.ask("POST", "/api/staff/bindings", again)
    assert IssuedCard.model_validate_json(answer.data).pin is None
    record = opened.records.shoppers.shopper(shopper_id)
    assert record is not None
    assert set(record.standing.given) == {Purpose.GUIDANCE}
    opened.store.desk.take_back("TAG-002")
    assert staff.ask("POST", "/api/staff/bindings", {**again, "is_family_tag": True}).status_code == 409
    assert staff.ask("POST", "/api/staff/bindings", {**again, "card_secret": "A" * 22}).status_code == 404
    assert staff.ask("POST", "/api/staff/bindings", {"tag_label": "TAG-999"}).status_code == 404


def test_two_desks_cannot_hand_out_the_same_beacon(opened: OpenedStore) -> None:
    beacon = opened.records.shoppers.beacon_by_label("TAG-001")
    assert beacon is not None
    shopper_id, _ = opened.hand_out("TAG-002")
    opened.store.desk.take_back("TAG-002")
    assert opened.records.shoppers.bind(shopper_id, beacon.beacon_id, opened.clock.now())
    staff = opened.signed_in(Role.STAFF)
    assert staff.ask("POST", "/api/staff/bindings", {"tag_label": "TAG-001"}).status_code == 409


def test_the_overview_tells_of_nodes_and_kiosks(opened: OpenedStore) -> None:
    staff = opened.signed_in(Role.STAFF)
    for node_id in NODES:
        opened.receive(opened.node(node_id).node_id, [], 0)
    opened.paired_kiosk()
    overview = StoreOverview.model_validate_json(staff.ask("GET", "/api/staff/overview").data)
    assert [node.node_key for node in overview.nodes] == list(NODES)
    assert {node.state for node in overview.nodes} == {NodeState.CONFIRMED}
    assert [(kiosk.kiosk_key, kiosk.is_paired) for kiosk in overview.kiosks] == [(KIOSK, True)]
    assert (overview.plan_version, overview.positions_are_live) == (1, True)
    opened.clock.move(6)
    later = StoreOverview.model_validate_json(staff.ask("GET", "/api/staff/overview").data)
    assert not later.positions_are_live


def test_codes_are_made_for_what_stands_on_the_plan(opened: OpenedStore) -> None:
    manager = opened.signed_in(Role.MANAGER)
    made = MadeCode.model_validate_json(manager.ask("POST", "/api/manager/node-codes", {"key": "rpi-01"}).data)
    assert made.key == "rpi-01"
    assert len(made.code.replace("-", "")) == 13, "64 random bits"
    assert manager.ask("POST", "/api/manager/kiosk-codes", {"key": KIOSK}).status_code == 201
    for path, key in (("node-codes", KIOSK), ("kiosk-codes", "rpi-01"), ("node-codes", "rpi-99")):
        assert manager.ask("POST", f"/api/manager/{path}", {"key": key}).status_code == 404


def test_c3_a_node_is_confirmed_by_its_fingerprint_and_no_other(opened: OpenedStore) -> None:
    manager = opened.signed_in(Role.MANAGER)
    opened.node(confirm=False)
    (node,) = opened.records.nodes.nodes()
    fingerprint = opened.store.enrolment.node_overview(node).fingerprint

    def confirm(**changes: Any) -> Any:
        content = {"node_key": "rpi-01", "fingerprint": fingerprint, **changes}
        return manager.ask("POST", "/api/manager/nodes/confirmations", content)

    assert confirm(fingerprint="0000-0000-0000-0000-0000-0000").status_code == 409
    assert confirm(node_key="rpi-02").status_code == 404
    assert opened.records.nodes.nodes()[0].state is NodeState.PENDING
    assert NodeOverview.model_validate_json(confirm().data).state is NodeState.CONFIRMED
    assert manager.ask("POST", "/api/manager/nodes/revocations", {"node_key": "rpi-01"}).status_code == 200
    assert confirm().status_code == 409, "a revoked node is enrolled anew"
    assert manager.ask("POST", "/api/manager/nodes/revocations", {"node_key": "rpi-02"}).status_code == 404


def test_a_kiosk_that_is_not_paired_cannot_be_revoked(opened: OpenedStore) -> None:
    manager = opened.signed_in(Role.MANAGER)
    assert manager.ask("POST", "/api/manager/kiosks/revocations", {"kiosk_key": KIOSK}).status_code == 404


def test_the_plan_is_judged(opened: OpenedStore) -> None:
    report = PlanReport.model_validate_json(opened.signed_in(Role.MANAGER).ask("GET", "/api/manager/plan-report").data)
    assert report.plan_version == 1
    assert not [problem for problem in report.problems if problem.severity == "error"]


def test_the_manager_is_told_how_exact_positions_are(opened: OpenedStore) -> None:
    manager = opened.signed_in(Role.MANAGER)
    floor = opened.store.oversight.floors.current()
    assert floor is not None
    report = PlanReport.model_validate_json(manager.ask("GET", "/api/manager/plan-report").data).positions
    assert report is not None
    calibration = floor.estimator.calibration
    assert (report.survey_points, report.estimator) == (calibration.survey_points, calibration.estimator)
    assert report.compared == calibration.compared
    assert report.radius_held == calibration.cross_validated_coverage


@pytest.mark.parametrize("kind", list(CodeKind))
def test_a_new_code_ends_the_one_before(opened: OpenedStore, kind: CodeKind) -> None:
    key = KIOSK if kind is CodeKind.KIOSK else "rpi-01"
    first, second = (opened.store.enrolment.make_code(kind, key).code for _ in range(2))
    assert first != second
    hashed = opened.store.enrolment.hash_code
    assert opened.records.nodes.use_code(kind, hashed(first), opened.clock.now()) is None
    assert opened.records.nodes.use_code(kind, hashed(second), opened.clock.now()) == key
