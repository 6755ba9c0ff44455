"""Calling staff to a kiosk: one call of each kiosk, of no person, told to both sides, and there after a restart."""

from __future__ import annotations

import json

import pytest

from store_server.adapters.socketio_messenger import NotForThem, SocketioMessenger
from store_server.app import create_app
from store_server.use_cases.call_staff import CALLS_COUNTED_FOR, DONE_KEPT_FOR, MOST_CALLS
from store_server.web.roles import HEARD
from store_server.wire.calls import AnswerCall, CallState, HelpCall, HelpCalls, KioskCall
from store_server.wire.people import Role
from tests.fakes import OPENING
from tests.opened_store import KIOSK, MANAGER, STAFF, Browser, OpenedStore
from tests.web.socket_client import SocketClient, served


def call(kiosk: Browser, method: str = "POST") -> KioskCall:
    answer = kiosk.ask(method, "/api/kiosk/call", {} if method != "GET" else None)
    assert answer.status_code == 200, answer.data
    return KioskCall.model_validate_json(answer.data)


def calls(staff: Browser) -> tuple[HelpCall, ...]:
    return HelpCalls.model_validate_json(staff.ask("GET", "/api/staff/calls").data).calls


def act(staff: Browser, what: str, call_id: str) -> int:
    return staff.ask("POST", f"/api/staff/calls/{what}", {"call_id": call_id}).status_code


def test_a_call_is_taken_and_done_and_says_who_and_when(opened: OpenedStore) -> None:
    kiosk, staff = opened.paired_kiosk(), opened.signed_in(Role.STAFF)
    assert call(kiosk, "GET").state is CallState.NONE
    assert call(kiosk) == KioskCall(state=CallState.WAITING, called_at=OPENING)
    (waiting,) = calls(staff)
    assert (waiting.kiosk_key, waiting.called_at, waiting.acknowledged_by) == (KIOSK, OPENING, None)
    at = opened.clock.move(20)
    assert act(staff, "acknowledgements", waiting.call_id) == 200
    assert call(kiosk, "GET").state is CallState.COMING
    (coming,) = calls(staff)
    assert (coming.acknowledged_at, coming.acknowledged_by, coming.done_at) == (at, STAFF, None)
    at = opened.clock.move(60)
    assert act(staff, "endings", waiting.call_id) == 200
    assert call(kiosk, "GET") == KioskCall(state=CallState.NONE, called_at=None)
    (done,) = calls(staff)
    assert (done.done_at, done.done_by) == (at, STAFF)


def test_a_kiosk_calls_once_however_often_its_button_is_pressed(opened: OpenedStore) -> None:
    kiosk, staff = opened.paired_kiosk(), opened.signed_in(Role.STAFF)
    for _ in range(MOST_CALLS * 2):
        assert call(kiosk).called_at == OPENING
        opened.clock.move(1)
    assert len(calls(staff)) == 1
    call(opened.paired_kiosk("other"))
    assert [each.kiosk_key for each in calls(staff)] == [KIOSK, "other"], "the longest waiting first"


def test_what_is_called_and_taken_back_again_and_again_waits(opened: OpenedStore) -> None:
    kiosk = opened.paired_kiosk()
    for _ in range(MOST_CALLS):
        call(kiosk)
        assert call(kiosk, "DELETE").state is CallState.NONE
    refused = kiosk.ask("POST", "/api/kiosk/call", {})
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert call(opened.paired_kiosk("other")).state is CallState.WAITING, "other kiosks call on"
    opened.clock.move(CALLS_COUNTED_FOR.total_seconds() + 1)
    assert call(kiosk).state is CallState.WAITING


def test_the_second_who_takes_a_call_hears_who_goes(opened: OpenedStore) -> None:
    kiosk, staff, manager = opened.paired_kiosk(), opened.signed_in(Role.STAFF), opened.signed_in(Role.MANAGER)
    call(kiosk)
    (waiting,) = calls(staff)
    assert act(staff, "acknowledgements", waiting.call_id) == 200
    assert act(staff, "acknowledgements", waiting.call_id) == 200, "twice by the same is once"
    late = manager.ask("POST", "/api/staff/calls/acknowledgements", {"call_id": waiting.call_id})
    assert late.status_code == 409
    assert STAFF in late.get_json()["detail"]
    assert act(manager, "endings", waiting.call_id) == 200
    assert calls(staff)[0].done_by == MANAGER
    assert act(staff, "endings", waiting.call_id) == 404
    assert act(staff, "acknowledgements", waiting.call_id) == 404


@pytest.mark.parametrize("call_id", ["f" * 32, "x", "", None, "F" * 32])
def test_a_call_that_is_none_is_neither_taken_nor_done(opened: OpenedStore, call_id: object) -> None:
    staff = opened.signed_in(Role.STAFF)
    for what in ("acknowledgements", "endings"):
        answer = staff.ask("POST", f"/api/staff/calls/{what}", {"call_id": call_id})
        assert answer.status_code == (404 if call_id == "f" * 32 else 422)


def test_d7_a_kiosk_calls_for_itself_alone(opened: OpenedStore) -> None:
    other = opened.paired_kiosk("other")
    call(opened.paired_kiosk())
    assert call(other, "GET").state is CallState.NONE
    assert call(other, "DELETE").state is CallState.NONE
    assert [each.kiosk_key for each in calls(opened.signed_in(Role.STAFF))] == [KIOSK]


def test_a_call_tells_of_a_screen_and_a_time_and_of_nobody_who_called(opened: OpenedStore) -> None:
    shopper_id, _ = opened.hand_out()
    kiosk = opened.paired_kiosk()
    call(kiosk)
    told = opened.signed_in(Role.STAFF).ask("GET", "/api/staff/calls").get_json()["calls"][0]
    assert {name for name, value in told.items() if value is not None} == {"call_id", "kiosk_key", "called_at"}
    assert shopper_id not in json.dumps(told)


def test_a_call_outlives_the_server(opened: OpenedStore) -> None:
    call(opened.paired_kiosk())
    opened.app = create_app(opened.settings, opened.ports)
    (waiting,) = calls(opened.signed_in(Role.STAFF))
    assert waiting.kiosk_key == KIOSK
    assert call(opened.paired_kiosk(), "GET").state is CallState.WAITING


def test_who_went_where_is_forgotten_after_a_day(opened: OpenedStore) -> None:
    kiosk, staff = opened.paired_kiosk(), opened.signed_in(Role.STAFF)
    call(kiosk)
    act(staff, "endings", calls(staff)[0].call_id)
    opened.clock.move(DONE_KEPT_FOR.total_seconds() - 1)
    assert opened.store.staff_calls.purge() == 0
    opened.clock.move(2)
    assert opened.store.staff_calls.purge() == 1
    assert opened.store.staff_calls.overview().calls == ()


def test_both_sides_hear_at_once_and_no_other_kiosk(opened: OpenedStore) -> None:
    opened.messenger.onward = SocketioMessenger(opened.app.extensions["socketio"], HEARD)
    kiosk, other, staff = opened.paired_kiosk(), opened.paired_kiosk("other"), opened.signed_in(Role.STAFF)
    with (
        served(opened.app) as port,
        SocketClient(port, kiosk) as mine,
        SocketClient(port, other) as others,
        SocketClient(port, staff, audience="people") as people,
    ):
        assert mine.connect()
        assert others.connect()
        assert people.connect()
        call(kiosk)
        name, content = people.event()
        assert (name, content["calls"][0]["kiosk_key"]) == ("help_calls", KIOSK)
        assert mine.event()[1]["state"] == "waiting"
        act(staff, "acknowledgements", content["calls"][0]["call_id"])
        assert mine.event() == ("kiosk_call", {"state": "coming", "called_at": content["calls"][0]["called_at"]})
        opened.messenger.to_kiosk("other", opened.store.views.state("other"))
        assert others.event()[0] == "kiosk_state", "nothing of it came before"


def test_d6_an_event_that_the_table_does_not_name_is_sent_to_nobody(opened: OpenedStore) -> None:
    messenger = SocketioMessenger(opened.app.extensions["socketio"], HEARD)
    with pytest.raises(NotForThem, match="help_calls is not for kiosk"):
        messenger.to_kiosk(KIOSK, opened.store.staff_calls.overview())
    with pytest.raises(NotForThem, match="kiosk_call is not for staff"):
        messenger.to_staff(opened.store.staff_calls.of_kiosk(KIOSK))
    with pytest.raises(NotForThem):
        messenger.to_staff(AnswerCall(call_id="f" * 32))
