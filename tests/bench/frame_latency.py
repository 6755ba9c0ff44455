"""The second half of ``make bench BENCH=kiosk-latency``: from a beacon's frame on the air to the changed pixel of a kiosk.

Four nodes as they run in a store, each a process with bleak on a D-Bus of its own, where a stand-in for bluetoothd tells of the
frames; they gather, sign and send as always. Between them and ``aisleway serve`` a relay passes on what it gets and keeps it, for
only the answer to a batch tells from when on the server had it. A frame counts for each node from when it is told of on the D-Bus
until the first position is painted that was worked out after that answer; painting and clocks are as in ``kiosk_latency``.
"""

from __future__ import annotations

import json
import math
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

import numpy as np
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from playwright.sync_api import sync_playwright

from scanner_node.identity import KEY_FILE, NodeIdentity, remember_name
from store_server.wire.sightings import Envelope
from tests.bench.kiosk_latency import keep_open, latency_row, moves_of, opened_kiosk
from tests.bench.loaded_store import LoadedStore, loaded_store, loudness_dbm
from tests.free_ports import free_port
from tests.journeys.demo_process import CHROMIUM, CHROMIUM_ARGUMENTS
from tests.scanner_node.fake_bluez import FakeBluez
from tests.scanner_node.node_process import NodeProcess, eid_frame
from tests.scanner_node.running_bluez import RunningBluez

NAMES = ("kiosk-latency",)
ENROLLED, NODES = 16, 4
MEASURED_S = 25.0
FRAME_EVERY_S = (0.35, 0.65)
TAG = "C0:FF:EE:00:00:01"
EDDYSTONE = "0000feaa-0000-1000-8000-00805f9b34fb"
CLOCKS_AGREE_S = 0.1
"""A node's idea of the server's time may be off by so much; frames come farther apart."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A batch the server has answered."""

    node_id: str
    newest_heard_s: float
    answered_s: float


@dataclass
class Relay:
    """Passes bytes on between nodes and a server, and keeps the batches."""

    server_port: int
    port: int = field(default_factory=free_port)
    taken: list[Taken] = field(default_factory=list)

    @contextmanager
    def open(self) -> Iterator[None]:
        with socket.create_server(("127.0.0.1", self.port)) as listener:

            def accept() -> None:
                while True:
                    try:
                        node, _ = listener.accept()
                    except OSError:
                        return  # closed: the measuring is over
                    threading.Thread(target=self._carry, args=(node,), daemon=True).start()

            threading.Thread(target=accept, daemon=True).start()
            yield
            listener.shutdown(socket.SHUT_RDWR)

    def _carry(self, node: socket.socket) -> None:
        server = socket.create_connection(("127.0.0.1", self.server_port))
        asked = bytearray()

        def ask() -> None:
            while content := _received(node):
                asked.extend(content)
                server.sendall(content)
            _end(server)

        threading.Thread(target=ask, daemon=True).start()
        while content := _received(server):
            # A node asks one thing at a time on each connection: all it has sent belongs to this answer.
            self._keep(bytes(asked), content, time.monotonic())
            asked.clear()
            node.sendall(content)
        _end(node)

    def _keep(self, asked: bytes, answer: bytes, answered_s: float) -> None:
        head, _, body = asked.partition(b"\r\n\r\n")
        if not head.startswith(b"POST /api/node/batches ") or b" 200 " not in answer[:16]:
            return
        heard = [datetime.fromisoformat(each["heard_at"]).timestamp() for each in json.loads(body)["sightings"]]
        if heard:
            names = (line.partition(b":") for line in head.split(b"\r\n")[1:])
            headers = {name.decode().lower(): value.strip().decode() for name, _, value in names}
            self.taken.append(Taken(headers[Envelope.HEADERS[0].lower()], max(heard), answered_s))


def _received(peer: socket.socket) -> bytes:
    try:
        return peer.recv(65536)
    except OSError:
        return b""


def _end(peer: socket.socket) -> None:
    try:
        peer.shutdown(socket.SHUT_WR)
    except OSError:
        peer.close()


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame as one node's bluetoothd told of it: on the steady and on the wall clock."""

    node_id: str
    sent_s: float
    sent_at_s: float


def rows() -> list[dict[str, object]]:
    """None where Chromium or a D-Bus is not there."""
    if not shutil.which(CHROMIUM) or not shutil.which("dbus-daemon"):
        return []
    folder = Path(tempfile.mkdtemp(prefix="aisleway-frames-"))
    try:
        with loaded_store(folder, 1, ENROLLED) as store:
            latencies_s, lost = _latencies_s(store, folder)
    finally:
        shutil.rmtree(folder)
    what = f"beacon's frame to pixel, {NODES} nodes with bleak, {len(latencies_s)} frames heard ({lost} in no batch)"
    return [latency_row(f"{what}, p{share}", float(np.percentile(latencies_s, share))) for share in (50, 95)]


def _latencies_s(store: LoadedStore, folder: Path) -> tuple[np.ndarray, int]:
    relay = Relay(store.port)
    with ExitStack() as stack:
        stack.enter_context(relay.open())
        bluez: dict[int, RunningBluez] = {}
        for number in _nearest(store):
            bluez[number] = stack.enter_context(RunningBluez())
            state = _state_folder(folder, store.nodes[number])
            url = f"http://localhost:{relay.port}"
            stack.enter_context(NodeProcess(url, "bleak:", state, environment=bluez[number].environment))
        ends, frames = threading.Event(), list[Frame]()
        beacon = threading.Thread(target=_advertise, args=(store, bluez, frames, ends), daemon=True)
        beacon.start()
        playwright = stack.enter_context(sync_playwright())
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_ARGUMENTS))
        stack.callback(opened.close)
        with opened_kiosk(opened, store) as page:
            began_s = time.monotonic()
            keep_open(page, store, MEASURED_S)
            ended_s = time.monotonic()
            keep_open(page, store, 2.0)
            moves = moves_of(page)
        ends.set()
        beacon.join()
    watched = [frame for frame in frames if began_s <= frame.sent_s < ended_s]
    sent = [(frame.sent_s, _answered_s(frame, relay.taken)) for frame in watched]
    found = [(sent_s, answered_s) for sent_s, answered_s in sent if answered_s is not None]
    return moves.latencies_s(found), len(sent) - len(found)


def _nearest(store: LoadedStore) -> list[int]:
    """The nodes nearest to the kiosk, by their places among the store's."""
    x_m, y_m = store.floorplan.kiosks[store.kiosk_key].display_point
    range_m = [math.dist((x_m, y_m), anchor[1:3]) for anchor in store.floorplan.anchors[:ENROLLED]]
    return sorted(range(ENROLLED), key=range_m.__getitem__)[:NODES]


def _state_folder(folder: Path, node: NodeIdentity) -> Path:
    """What enrolling leaves on a node."""
    state = folder / node.node_id
    state.mkdir(mode=0o700)
    key = state / KEY_FILE
    key.touch(mode=0o600)
    key.write_bytes(node.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    remember_name(state, node.node_id)
    return state


def _advertise(store: LoadedStore, bluez: dict[int, RunningBluez], frames: list[Frame], ends: threading.Event) -> None:
    """The first shopper's beacon, at the kiosk."""
    rng = np.random.default_rng(9)
    at_m = store.floorplan.kiosks[store.kiosk_key].display_point
    while not ends.wait(float(rng.uniform(*FRAME_EVERY_S))):
        data = {EDDYSTONE: bytes.fromhex(eid_frame(store.heard_as(0)))}
        for number, one in bluez.items():
            dbm = loudness_dbm(store.floorplan, number, at_m, rng)

            sent_s, sent_at_s, is_told = one.do(partial(_told, dbm=dbm, data=data))
            if is_told:
                frames.append(Frame(store.nodes[number].node_id, sent_s, sent_at_s))


def _told(fake: FakeBluez, dbm: int, data: dict[str, bytes]) -> tuple[float, float, bool]:
    return time.monotonic(), time.time(), fake.advertise(TAG, dbm, service_data=data)


def _answered_s(frame: Frame, taken: list[Taken]) -> float | None:
    """When the server had answered the first batch with this frame in it."""
    with_it = (
        batch.answered_s
        for batch in taken
        if batch.node_id == frame.node_id
        and batch.newest_heard_s >= frame.sent_at_s - CLOCKS_AGREE_S
        and batch.answered_s > frame.sent_s
    )
    return min(with_it, default=None)
