"""A store under load for a benchmark: the demo supermarket's plan, many shoppers who said yes, nodes that sign, real gunicorn."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask_socketio import SocketIO

from scanner_node.identity import NodeIdentity
from store_server.adapters.ephemeral_ids import ephemeral_id
from store_server.adapters.plan_files import load_plan
from store_server.adapters.secrets_box import hash_token, read_master_key
from store_server.app import open_ports, open_store
from store_server.commands.running import gunicorn_arguments
from store_server.demo.demo_stores import supermarket_demo
from store_server.domain.beacon_clocks import window_at
from store_server.domain.floorplan import Floorplan
from store_server.domain.notices import notice
from store_server.ports import Credential
from store_server.settings import Settings
from store_server.use_cases.hand_out_beacons import NewTag
from store_server.wire.calibration import Calibration
from store_server.wire.people import BindTag
from store_server.wire.privacy import ChangeConsent, Purpose
from store_server.wire.shopping import ChangeWishListItem
from store_server.wire.sightings import Envelope, NodeState, format_instant
from tests.free_ports import free_port
from tests.opened_store import PRODUCTS

EXPONENT = 9
PATH = "/api/node/batches"


@dataclass
class LoadedStore:
    """What a load needs to know of the running store."""

    port: int
    floorplan: Floorplan
    nodes: list[NodeIdentity]
    identity_keys: list[bytes]
    kiosk_key: str
    kiosk_cookie: str
    process: subprocess.Popen[bytes]

    def heard_as(self, shopper: int) -> str:
        """The ephemeral id of this shopper's beacon now."""
        window = window_at(time.time(), 0.0, EXPONENT)
        return ephemeral_id(self.identity_keys[shopper], EXPONENT, window << EXPONENT).hex()

    def cpu_s(self) -> float:
        """CPU seconds the server's processes have used."""
        total = 0.0
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for pid in (str(self.process.pid), *children):
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return total


def batch_body(heard: list[tuple[str, int]]) -> bytes:
    """A batch's body: (ephemeral id, dBm) all heard now."""
    at = format_instant(datetime.now(UTC))
    sightings = [{"ephemeral_id": beacon, "rssi_dbm": dbm, "heard_at": at} for beacon, dbm in heard]
    return json.dumps({"wire_version": 1, "sightings": sightings}).encode()


def post_signed(connection: HTTPConnection, node: NodeIdentity, body: bytes) -> int:
    """Send one batch as this node; the status."""
    envelope = Envelope(
        node_id=node.node_id, boot_id=node.boot_id, sequence=node.next_sequence(), sent_at=datetime.now(UTC)
    )
    headers = {**envelope.headers(), Envelope.SIGNATURE_HEADER: node.sign(envelope, "POST", PATH, body)}
    connection.request("POST", PATH, body, {**headers, "Content-Type": "application/json"})
    response = connection.getresponse()
    response.read()
    return response.status


@contextmanager
def serving(app: str, environment: dict[str, str], folder: Path) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """gunicorn, as ``aisleway serve`` starts it, on a free port."""
    port = free_port()
    arguments = [sys.executable, "-m", *gunicorn_arguments("127.0.0.1", port, 64)[:-1], app]
    with _answering(port, arguments, environment, folder) as process:
        yield port, process


@contextmanager
def _answering(
    port: int, arguments: list[str], environment: dict[str, str], folder: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """A server process that answers."""
    with (folder / "server.log").open("ab") as log:
        process = subprocess.Popen(
            arguments,
            env={**os.environ, **environment, "AISLEWAY_PUBLIC_ORIGINS": f"http://localhost:{port}"},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        until = time.monotonic() + 60
        while True:
            try:
                connection = HTTPConnection("127.0.0.1", port, timeout=2)
                connection.request("GET", "/health")
                connection.getresponse().read()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError((folder / "server.log").read_text()) from None
                time.sleep(0.05)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


@contextmanager
def loaded_store(folder: Path, shoppers: int, nodes: int) -> Iterator[LoadedStore]:
    """The running store with so many shoppers who said yes to guidance, and so many of its plan's nodes enrolled."""
    demo = supermarket_demo()
    environment = {
        "DATABASE_URL": f"sqlite:///{folder / 'store.db'}",
        "AISLEWAY_KEY_FILE": str(folder / "store.key"),
    }
    read_master_key(folder / "store.key", create=True)
    settings = Settings.from_env(environment)
    ports = open_ports(settings, SocketIO(async_mode="threading"))
    store = open_store(settings, ports)
    document = load_plan(demo.file("floorplan.json"), demo.file("planogram.csv"))
    calibration = Calibration.model_validate_json(demo.file("calibration.json").read_bytes())
    ports.records.plans.publish(document, calibration, "bench", "", ports.clock.now())
    floorplan = Floorplan.from_document(document)
    ports.records.store.put_products([PRODUCTS[0].model_copy(update={"sku": "SKU000301"})])
    keys = [os.urandom(16) for _ in range(shoppers)]
    read = notice("en", store.controller)
    for number, key in enumerate(keys):
        store.desk.add_tag(NewTag(f"TAG-{number:04d}", key, EXPONENT, 0.0))
        card = store.desk.hand_out(BindTag(tag_label=f"TAG-{number:04d}"), with_pin=False)
        shopper_id = store.desk.shopper_of(card)
        given = ChangeConsent(purpose=Purpose.GUIDANCE, event="given", notice_sha256=read.sha256)
        store.promises.give_consent(shopper_id, given, "bench")
        if number == 0:
            store.lists.put(shopper_id, ChangeWishListItem(sku="SKU000301"))
    signing = []
    for node_key, *_ in floorplan.anchors[:nodes]:
        private = Ed25519PrivateKey.generate()
        ports.records.nodes.enrol(node_key, private.public_key().public_bytes_raw(), ports.clock.now())
        ports.records.nodes.set_state(node_key, NodeState.CONFIRMED)
        signing.append(NodeIdentity(folder, node_key, private, boot_id=1))
    kiosk_key = next(iter(floorplan.kiosks))
    ports.records.nodes.pair_kiosk(kiosk_key, ports.clock.now())
    cookie, _ = store.doors.open(Credential.KIOSK, kiosk_key)
    assert hash_token(cookie)
    port = free_port()
    serve = [str(Path(sys.executable).parent / "aisleway"), "serve", "--port", str(port)]
    with _answering(port, serve, environment, folder) as process:
        yield LoadedStore(port, floorplan, signing, keys, kiosk_key, cookie, process)


def loudness_dbm(floorplan: Floorplan, node: int, at_m: tuple[float, float], rng: np.random.Generator) -> int:
    """What this node hears of a beacon there, near enough for a load."""
    _, x_m, y_m, _ = floorplan.anchors[node]
    range_m = max(1.0, float(np.hypot(x_m - at_m[0], y_m - at_m[1])))
    return int(np.clip(round(-60 - 20 * np.log10(range_m) + rng.normal(0, 3)), -120, -20))
