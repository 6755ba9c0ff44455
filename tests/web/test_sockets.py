"""Who may open a socket, what it hears, and when it ends (requirements D5, D7, D8; T20, T22, T28)."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import websocket

from store_server.adapters.socketio_messenger import SocketioMessenger
from store_server.ports import Credential
from store_server.web.roles import HEARD
from store_server.web.sockets import MOST_SOCKETS_A_CREDENTIAL
from store_server.wire.people import Role
from store_server.wire.presence import StoreOverview
from store_server.wire.privacy import Purpose
from store_server.wire.shopping import KioskState
from tests.opened_store import KIOSK, NODES, OpenedStore
from tests.use_cases.hearing import hear, step_up
from tests.web.socket_client import EVENT, MESSAGE, Closed, SocketClient, served


@pytest.fixture
def port(opened: OpenedStore) -> Iterator[int]:
    """The opened store, served; what is sent to screens goes out on its sockets."""
    opened.messenger.onward = SocketioMessenger(opened.app.extensions["socketio"], HEARD)
    with served(opened.app) as port:
        yield port


def refused_status(port: int, **how: object) -> int:
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        SocketClient(port, **how)  # type: ignore[arg-type]
    return int(refused.value.status_code)


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example", "http://localhost:81", "http://localhost.x"])
def test_t28_a_handshake_from_elsewhere_is_refused(opened: OpenedStore, port: int, origin: str | None) -> None:
    assert refused_status(port, browser=opened.paired_kiosk(), origin=origin) == 403


@pytest.mark.parametrize("credential", [Credential.CARD, Credential.CARD_PIN])
def test_t20_a_card_opens_no_socket(opened: OpenedStore, port: int, credential: Credential) -> None:
    shopper_id, _ = opened.hand_out()
    assert refused_status(port, browser=opened.with_session(credential, shopper_id)) == 401


def test_d8_whoever_proves_nothing_does_not_reach_socketio(opened: OpenedStore, port: int) -> None:
    assert refused_status(port, browser=None) == 401
    assert refused_status(port, browser=None, cookie="__Host-aisleway-kiosk=" + "A" * 43) == 401
    expired = opened.signed_in(Role.STAFF)
    opened.clock.move(16 * 60)
    assert refused_status(port, browser=expired, audience="people") == 401


def test_d8_polling_is_not_offered(opened: OpenedStore) -> None:
    kiosk = opened.paired_kiosk()
    for method in ("GET", "POST"):
        assert kiosk.ask(method, "/socket.io/?EIO=4&transport=polling").status_code == 400


def test_d8_a_credential_holds_only_so_many_sockets(opened: OpenedStore, port: int) -> None:
    kiosk = opened.paired_kiosk()
    held = [SocketClient(port, kiosk) for _ in range(MOST_SOCKETS_A_CREDENTIAL)]
    assert all(client.connect() for client in held)
    assert refused_status(port, browser=kiosk) == 429
    with SocketClient(port, opened.signed_in(Role.STAFF), audience="people") as other:
        assert other.connect(), "others are not kept out"
    for client in held:
        client.close()


@pytest.mark.parametrize("audience", ["people", "staff", "kiosk:kiosk-1", ""])
def test_d7_a_kiosk_is_heard_as_a_kiosk_whatever_it_asks_for(opened: OpenedStore, port: int, audience: str) -> None:
    with SocketClient(port, opened.paired_kiosk(), audience=audience) as client:
        is_in = client.connect()
        assert is_in is (audience != "people")
        opened.messenger.to_staff(opened.store.oversight.overview())
        if is_in:
            opened.messenger.to_kiosk(KIOSK, opened.store.views.state(KIOSK))
            assert client.event()[0] == "kiosk_state", "the staff's message did not come"


def test_a_kiosk_hears_its_own_state_and_no_other_kiosks(opened: OpenedStore, port: int) -> None:
    with SocketClient(port, opened.paired_kiosk()) as mine, SocketClient(port, opened.paired_kiosk("other")) as other:
        assert mine.connect()
        assert other.connect()
        for node_id in NODES:
            opened.node(node_id)
        shopper_id, _ = opened.hand_out()
        opened.give(shopper_id, Purpose.GUIDANCE)
        step_up(opened)
        states: list[KioskState] = []
        while not states or not states[-1].tokens:
            name, content = mine.event()
            assert name == "kiosk_state"
            assert content["kiosk_key"] == KIOSK
            states.append(KioskState.model_validate_json(json.dumps(content)))
        opened.store.at_kiosk.tap(KIOSK, states[-1].tokens[0].token_id)
        hear(opened, 100)
        opened.store.spine.tick()
        names = {mine.event()[0] for _ in range(2)}
        assert names == {"kiosk_state", "track_moved"}
        opened.withdraw(shopper_id, Purpose.GUIDANCE)
        while True:
            name, content = mine.event()
            if name == "kiosk_state" and content["opened"] is None:
                break
        assert content["tokens"] == []
        # Nothing of all that reached the other kiosk: its first event is its own.
        opened.messenger.to_kiosk("other", opened.store.views.state("other"))
        assert other.event()[1]["kiosk_key"] == "other"


def test_staff_hear_how_the_store_does(opened: OpenedStore, port: int) -> None:
    with SocketClient(port, opened.signed_in(Role.MANAGER), audience="people") as client:
        assert client.connect()
        opened.store.oversight.tell_staff()
        name, content = client.event()
        assert name == "store_overview"
        assert StoreOverview.model_validate_json(json.dumps(content)).plan_version == 1


@pytest.mark.parametrize(
    "text",
    [
        MESSAGE + EVENT + '["join","staff"]',
        MESSAGE + EVENT + '["join",{"room":"kiosk:other"}]',
        MESSAGE + EVENT + '["subscribe","shopper:*"]',
        MESSAGE + EVENT + '["kiosk_state",{"tokens":[]}]',
        MESSAGE + EVENT + '["message","x"]',
        MESSAGE + EVENT + "1" + '["connect",{}]',
        MESSAGE + "0/staff,",
        MESSAGE + "0/kiosk:other,",
    ],
)
def test_t22_a_client_asks_for_nothing_over_its_socket(opened: OpenedStore, port: int, text: str) -> None:
    with SocketClient(port, opened.paired_kiosk()) as client:
        assert client.connect()
        client.send(text)
        opened.messenger.to_kiosk("other", opened.store.views.state("other"))
        opened.store.oversight.tell_staff()
        opened.messenger.to_kiosk(KIOSK, opened.store.views.state(KIOSK))
        try:
            name, content = client.event()
        except Closed:
            return  # refused by ending the connection
        assert (name, content["kiosk_key"]) == ("kiosk_state", KIOSK)


def test_a_message_larger_than_allowed_ends_the_socket(opened: OpenedStore, port: int) -> None:
    with SocketClient(port, opened.paired_kiosk()) as client:
        assert client.connect()
        client.send(MESSAGE + EVENT + '["x","' + "a" * (70 * 1024) + '"]')
        with pytest.raises(Closed):
            client.event()


def test_d3_signing_out_ends_the_socket(opened: OpenedStore, port: int) -> None:
    staff = opened.signed_in(Role.STAFF)
    with SocketClient(port, staff, audience="people") as client:
        assert client.connect()
        staff.ask("DELETE", "/api/sessions")
        with pytest.raises(Closed):
            client.event()


def test_d9_a_revoked_kiosk_hears_nothing_more(opened: OpenedStore, port: int) -> None:
    kiosk, manager = opened.paired_kiosk(), opened.signed_in(Role.MANAGER)
    with SocketClient(port, kiosk) as client:
        assert client.connect()
        assert manager.ask("POST", "/api/manager/kiosks/revocations", {"kiosk_key": KIOSK}).status_code == 200
        with pytest.raises(Closed):
            client.event()
    assert kiosk.ask("GET", "/api/kiosk/state").status_code == 401
    assert refused_status(port, browser=kiosk) == 401
