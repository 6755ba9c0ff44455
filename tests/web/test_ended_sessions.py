"""An open page and its socket lose access with the session behind them, whichever process ended it (requirement D3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner

from store_server.adapters.socketio_messenger import SocketioMessenger
from store_server.commands.stocking import disable_user
from store_server.web.roles import HEARD
from store_server.web.sockets import OpenSockets
from store_server.wire.people import Role
from tests.opened_store import KIOSK, STAFF, OpenedStore
from tests.served_store import PASSWORD, ManagerClient, ServedStore, served_store
from tests.web.socket_client import Closed, SocketClient, served

NEW_PASSWORD = "another horse battery"
ENDINGS: dict[str, Callable[[ServedStore], None]] = {
    "disabled": lambda store: store.command("disable-user", "ada"),
    "another role": lambda store: store.command("create-staff", "ada", "--password", PASSWORD),
    "another password": lambda store: store.command("create-manager", "ada", "--password", NEW_PASSWORD),
}


@pytest.fixture
def port(opened: OpenedStore) -> Iterator[int]:
    opened.messenger.onward = SocketioMessenger(opened.app.extensions["socketio"], HEARD)
    with served(opened.app) as port:
        yield port


@pytest.fixture
def sockets(opened: OpenedStore) -> OpenSockets:
    sockets: OpenSockets = opened.app.extensions["aisleway.sockets"]
    return sockets


@pytest.fixture(scope="module")
def served_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedStore]:
    with served_store(tmp_path_factory.mktemp("ended"), "ada", "kim") as store:
        yield store


def hears(store: ServedStore, person: ManagerClient) -> SocketClient:
    client = SocketClient(store.port, None, audience="people", origin=store.origin, cookie=person.cookie)
    assert client.connect()
    return client


def waits_until_closed(client: SocketClient) -> None:
    try:
        while True:
            client.event()
    except Closed:
        pass


@pytest.mark.timeout(120)
@pytest.mark.parametrize("how", ENDINGS)
def test_t24_who_is_disabled_or_changed_loses_page_and_socket_and_nobody_else_does(
    served_shop: ServedStore, how: str
) -> None:
    served_shop.command("create-manager", "ada", "--password", PASSWORD)
    ada, kim = served_shop.manager("ada"), served_shop.manager("kim")
    with hears(served_shop, ada) as gone, hears(served_shop, kim) as stays:
        ENDINGS[how](
            served_shop
        )  # from the command line: a process of its own in a shop, with its own connections here
        assert ada.ask("GET", "/api/sessions/mine")[0] == 401
        waits_until_closed(gone)
        assert kim.ask("GET", "/api/sessions/mine")[0] == 200
        assert stays.event()[0] == "store_overview"
    old_password = {"user_name": "ada", "password": PASSWORD}
    status, told = ManagerClient(served_shop.port).ask("POST", "/api/sessions", old_password)
    if how == "another role":
        assert (status, told["role"]) == (201, "staff")
    else:
        assert status == 401


def test_d3_a_socket_ends_with_the_session_that_idled_out_and_a_kiosks_does_not(
    opened: OpenedStore, port: int, sockets: OpenSockets
) -> None:
    with (
        SocketClient(port, opened.signed_in(Role.STAFF), audience="people") as staff,
        SocketClient(port, opened.paired_kiosk()) as kiosk,
    ):
        assert staff.connect()
        assert kiosk.connect()
        opened.clock.move(14 * 60)
        sockets.end_with_their_sessions()
        opened.store.oversight.tell_staff()
        assert staff.event()[0] == "store_overview", "not yet"
        opened.clock.move(2 * 60)
        sockets.end_with_their_sessions()
        waits_until_closed(staff)
        opened.messenger.to_kiosk(KIOSK, opened.store.views.state(KIOSK))
        assert kiosk.event()[0] == "kiosk_state"


def test_d3_of_two_pages_of_one_person_the_one_that_signed_out_ends(
    opened: OpenedStore, port: int, sockets: OpenSockets
) -> None:
    one, other = opened.signed_in(Role.STAFF), opened.signed_in(Role.STAFF)
    with SocketClient(port, one, audience="people") as left, SocketClient(port, other, audience="people") as stays:
        assert left.connect()
        assert stays.connect()
        session = opened.store.doors.find(one.token("people") or "")
        assert session is not None
        assert session.subject == STAFF
        opened.records.people.close_session(session.token_hash)
        sockets.end_with_their_sessions()
        waits_until_closed(left)
        opened.store.oversight.tell_staff()
        assert stays.event()[0] == "store_overview"


def test_a_socket_that_went_by_itself_is_forgotten(opened: OpenedStore, port: int, sockets: OpenSockets) -> None:
    with SocketClient(port, opened.signed_in(Role.STAFF), audience="people") as staff:
        assert staff.connect()
        assert len(sockets) == 1
    with SocketClient(port, opened.paired_kiosk()) as kiosk:
        assert kiosk.connect()
        opened.messenger.to_kiosk(KIOSK, opened.store.views.state(KIOSK))
        kiosk.event()
    for _ in range(200):
        if len(sockets) == 0:
            break
        opened.app.extensions["socketio"].sleep(0.05)
    assert len(sockets) == 0


def test_a_socket_whose_end_was_told_before_its_beginning_is_forgotten_too(
    opened: OpenedStore, sockets: OpenSockets
) -> None:
    sockets.closed("a sid")
    sockets.opened("a sid", "of a session that has ended")
    sockets.end_with_their_sessions()
    assert len(sockets) == 0


def test_whoever_is_not_there_is_not_disabled_and_a_new_password_lets_in_again(served_shop: ServedStore) -> None:
    done = CliRunner().invoke(disable_user, ["Ada"], env=served_shop.environment())
    assert done.exit_code == 1
    assert "nobody of the name Ada" in done.output
    served_shop.command("disable-user", "kim")
    assert (
        ManagerClient(served_shop.port).ask("POST", "/api/sessions", {"user_name": "kim", "password": PASSWORD})[0]
        == 401
    )
    served_shop.command("create-manager", "kim", "--password", PASSWORD)
    served_shop.manager("kim")
