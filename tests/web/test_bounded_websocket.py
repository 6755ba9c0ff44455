"""What a client may say over its socket: little, and nothing binary (requirement D8; T18)."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import websocket

from store_server.adapters.socketio_messenger import SocketioMessenger
from store_server.web.bounded_websocket import MOST_BYTES, MOST_MESSAGES_A_SECOND
from store_server.web.roles import HEARD
from store_server.web.sockets import MOST_SOCKETS_A_CREDENTIAL
from store_server.wire.people import Role
from tests.opened_store import OpenedStore
from tests.served_store import ManagerClient, ServedStore, served_store
from tests.web.socket_client import EVENT, MESSAGE, PONG, Closed, SocketClient, served

FLOOD = MESSAGE + EVENT + '["join","staff"]'
ATTACHMENT = MESSAGE + '51-["picture",{"_placeholder":true,"num":0}]'


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedStore]:
    with served_store(tmp_path_factory.mktemp("flooded"), "ada", "kim") as served_shop:
        yield served_shop


def is_cut_off(client: SocketClient) -> bool:
    """Whether the server ends the connection; else it goes on to say something."""
    try:
        client.event()
    except Closed:
        return True
    return False


@contextmanager
def flooded(open_one: Callable[[], SocketClient]) -> Iterator[list[int]]:
    """A thousand messages a second while the block lasts, on a new socket where one was cut off; how many each time."""
    ends, sent = threading.Event(), list[int]()

    def flood() -> None:
        while not ends.is_set():
            with open_one() as client:
                client.connect()
                sent.append(0)
                try:
                    while not ends.wait(0.001):
                        client.send(FLOOD)
                        sent[-1] += 1
                except (OSError, websocket.WebSocketException):
                    pass

    thread = threading.Thread(target=flood)
    thread.start()
    try:
        yield sent
    finally:
        ends.set()
        thread.join()


def answer_ms(person: ManagerClient) -> float:
    """The middle of many."""
    took_ms = []
    for _ in range(101):
        begun_s = time.perf_counter()
        assert person.ask("GET", "/api/sessions/mine")[0] == 200
        took_ms.append((time.perf_counter() - begun_s) * 1000)
    return statistics.median(took_ms)


@pytest.mark.timeout(120)
def test_t18_who_opens_too_many_sockets_or_says_too_much_is_refused_and_others_go_on(store: ServedStore) -> None:
    ada, kim = store.manager("ada"), store.manager("kim")

    def open_one(cookie: str = ada.cookie) -> SocketClient:
        return SocketClient(store.port, None, audience="people", origin=store.origin, cookie=cookie)

    with open_one(kim.cookie) as other:
        assert other.connect()
        held = [open_one() for _ in range(MOST_SOCKETS_A_CREDENTIAL)]
        assert all(client.connect() for client in held)
        for _ in range(50 - MOST_SOCKETS_A_CREDENTIAL):
            with pytest.raises(websocket.WebSocketBadStatusException) as refused:
                open_one()
            assert refused.value.status_code == 429
        for client, message in zip(held, ("x" * 1_000_000, b"\x04binary", ATTACHMENT, None), strict=True):
            if message is not None:
                client.send(message)
                while not is_cut_off(client):
                    pass  # what it was told before
            client.close()
        quiet_ms = answer_ms(kim)
        with flooded(open_one) as sent:
            flooded_ms = answer_ms(kim)
            while len(sent) < 2:
                time.sleep(0.01)  # cut off, and come again
        assert other.event()[0] == "store_overview"
    print(
        f"\nothers are answered in {quiet_ms:.1f} ms, while somebody floods in {flooded_ms:.1f} ms: {sent} said until cut off"
    )
    with open_one() as again:
        assert again.connect(), "nobody is shut out for good"


@pytest.mark.parametrize("message", ["x" * (MOST_BYTES + 1), b"\x04", ATTACHMENT, MESSAGE + '61-0["x"]'])
def test_d8_a_message_past_the_bounds_ends_the_connection(opened: OpenedStore, message: str | bytes) -> None:
    with served(opened.app) as port, SocketClient(port, opened.signed_in(Role.STAFF), audience="people") as client:
        assert client.connect()
        client.send(message)
        assert is_cut_off(client)


def test_d8_a_client_within_the_bounds_is_left_alone(opened: OpenedStore) -> None:
    opened.messenger.onward = SocketioMessenger(opened.app.extensions["socketio"], HEARD)
    with served(opened.app) as port, SocketClient(port, opened.signed_in(Role.STAFF), audience="people") as client:
        assert client.connect()
        for _ in range(MOST_MESSAGES_A_SECOND - 2):  # the request to be let in was one
            client.send(PONG)
        opened.store.oversight.tell_staff()
        assert not is_cut_off(client)
