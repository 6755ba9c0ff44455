"""The hall of ``tour_plan`` served over real sockets: nodes send signed batches of whoever walks there, the spine places them.

The test moves the clock and the shoppers. The server can be ended and started anew at its address, on the same database and with
an empty memory, as after a power cut.
"""

from __future__ import annotations

import json
import math
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any, cast

from flask import Flask
from werkzeug.serving import ThreadedWSGIServer

from store_server.adapters.memory_live import MemoryLive
from store_server.adapters.secrets_box import KeyWrap
from store_server.adapters.socketio_messenger import SocketioMessenger
from store_server.app import Ports, create_app
from store_server.domain.floorplan import Floorplan
from store_server.domain.radio_model import RadioModel, RadioParameters, obstacles_of
from store_server.ports import CodeKind
from store_server.web.audience import Store
from store_server.web.roles import HEARD
from store_server.wire.privacy import Purpose
from store_server.wire.shopping import ChangeWishListItem, WishState
from tests.free_ports import free_port
from tests.journeys.tour_plan import AT_SCREEN, NODES, SURVEYED, Point, fit_out, tour_plan
from tests.opened_store import KIOSK, OpenedStore, SigningNode

LOOK_S = 0.5
STEP_M = 0.6
"""Of a shopper in one look: 1.2 m/s."""
SETTLES_WITHIN = 12
"""Looks until somebody who stands still is placed there, however they came."""
MEANWHILE_EVERY = 5


class EndedAtOnce(ThreadedWSGIServer):
    """A server whose open connections end with it; others would outlive it in their threads."""

    def __init__(self, port: int, app: Flask) -> None:
        super().__init__("127.0.0.1", port, app)
        self._open: list[socket.socket] = []
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        self._open.append(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        self._open.remove(request)
        super().shutdown_request(request)

    def end(self) -> None:
        self.shutdown()
        self._thread.join()
        self.socket.close()
        for connection in tuple(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # ended by itself meanwhile
        self.server_close()


@dataclass
class WalkedStore:
    opened: OpenedStore
    port: int
    radio: RadioModel
    nodes: list[SigningNode] = field(default_factory=list)
    at: dict[str, Point] = field(default_factory=dict)
    """Where the bearer of each tag is; tags in nobody's hands are not heard."""
    meanwhile: Callable[[], None] = lambda: None
    """Called now and then while somebody walks or stands."""
    _server: EndedAtOnce | None = None
    _looks: int = 0

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        """With nothing in memory; what the database holds is all that is left of before."""
        opened = self.opened
        opened.live = MemoryLive()
        opened.ports = Ports(
            opened.records, opened.live, opened.messenger, opened.clock, KeyWrap(bytes(32)), opened.ports.passwords
        )
        opened.app = create_app(opened.settings.model_copy(update={"public_origins": (self.origin,)}), opened.ports)
        opened.store = cast(Store, opened.app.extensions["aisleway"])
        opened.messenger.onward = SocketioMessenger(opened.app.extensions["socketio"], HEARD)
        opened.store.floors.current()
        self._server = EndedAtOnce(self.port, opened.app)

    def end(self) -> None:
        if self._server is not None:
            self._server.end()
            self._server = None

    def pairing_link(self) -> str:
        code = self.opened.store.enrolment.make_code(CodeKind.KIOSK, KIOSK, must_be_on_plan=False).code
        return f"{self.origin}/kiosk#code={code}"

    def shopper(self, tag: str, skus: Sequence[str]) -> str:
        """Somebody with this tag who wants guidance and suggestions, and what their phone put on the list; their shopper_id."""
        shopper_id, _ = self.opened.hand_out(tag)
        self.opened.give(shopper_id, Purpose.GUIDANCE, Purpose.SUGGESTIONS)
        for sku in skus:
            self.opened.store.lists.put(shopper_id, ChangeWishListItem(sku=sku))
        return shopper_id

    def states(self, shopper_id: str) -> dict[str, WishState]:
        """What the server holds of each item of their list."""
        return {item.sku: item.state for item in self.opened.store.lists.wish_list(shopper_id).items}

    # --- walking -----------------------------------------------------------------------------------------------------

    def stand(self, until: Callable[[], bool], looks: int = SETTLES_WITHIN) -> bool:
        """Wherever they are, for at most so many looks; whether it came to what was waited for."""
        for _ in range(looks):
            if until():
                return True
            self._look()
        return until()

    def step_up(self, *tags: str) -> None:
        """To the screen, from wherever they were, until it has a token for each."""
        for tag in tags:
            self.at[tag] = AT_SCREEN
        assert self.stand(lambda: len(self.opened.store.views.state(KIOSK).tokens) == len(tags))

    def walk(self, tag: str, *way: Point) -> None:
        """On foot from where they are, past each of these points to the last."""
        for x_m, y_m in way:
            while (left_m := math.dist(self.at[tag], (x_m, y_m))) > 1e-6:
                part = min(1.0, STEP_M / left_m)
                here_x_m, here_y_m = self.at[tag]
                self.at[tag] = (here_x_m + part * (x_m - here_x_m), here_y_m + part * (y_m - here_y_m))
                self._look()

    def _look(self) -> None:
        """Half a second: each node hears every tag once and sends what it heard; then it is worked out where they are."""
        self.opened.clock.move(LOOK_S)
        strengths = self.radio.mean_rssi_dbm(list(self.at.values()))
        for node in self.nodes:
            column = self.radio.node_keys.index(node.node_id)
            heard = [self.opened.heard(tag, round(strengths[row, column])) for row, tag in enumerate(self.at)]
            self._send(node, json.dumps({"sightings": [each.model_dump(mode="json") for each in heard]}).encode())
        self.opened.store.spine.tick()
        self._looks += 1
        if self._looks % MEANWHILE_EVERY == 0:
            self.meanwhile()

    def _send(self, node: SigningNode, body: bytes) -> None:
        path = "/api/node/batches"
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("POST", path, body, node.headers("POST", path, body))
            answer = connection.getresponse()
            assert answer.status == 200, answer.read()
        finally:
            connection.close()


def what_nodes_hear() -> RadioModel:
    """Shelves dampen as in the demo's stores; nothing trembles, so that the same steps give the same screens."""
    document = tour_plan()
    plan = Floorplan.from_document(document)
    parameters = RadioParameters(
        measured_power_dbm=SURVEYED.measured_power_dbm,
        path_loss_exponent=SURVEYED.path_loss_exponent,
        shadowing_sd_db=0.0,
        receiver_offset_sd_db=0.0,
    )
    return RadioModel.prepare(plan.outline, obstacles_of(document, parameters), plan.anchors, parameters)


@contextmanager
def walked_store(opened: OpenedStore) -> Iterator[WalkedStore]:
    """The opened store as this hall, at an address of its own."""
    fit_out(opened)
    store = WalkedStore(opened, free_port(), what_nodes_hear())
    store.start()
    store.nodes = [opened.node(node_id) for node_id in NODES]
    try:
        yield store
    finally:
        store.end()
