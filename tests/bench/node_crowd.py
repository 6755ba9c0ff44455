"""A process of its own that stands for all nodes of a store: signed batches of what they hear of shoppers who walk its aisles.

It reads its orders from its standard input as lines: first a ``Crowd`` as JSON, then ``all`` (until then only the first shopper
is heard), then ``end``; then it writes what it sent. Nodes send at the rate of real ones: a batch each quarter of a second, each
by itself. Everybody is heard by every node in reach about twice a second, as tags send a few times a second and a node listens to
one channel of three at a time.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from http.client import HTTPConnection
from pathlib import Path

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from numpy.typing import NDArray

from scanner_node.batching import BATCH_AGE_S
from scanner_node.identity import NodeIdentity
from store_server.adapters.ephemeral_ids import ephemeral_id
from store_server.adapters.plan_files import load_plan
from store_server.demo.demo_stores import supermarket_demo
from store_server.demo.walkers import Walkers
from store_server.domain.beacon_clocks import window_at
from store_server.domain.floorplan import Floorplan
from store_server.domain.routing import WalkingGraph
from tests.bench.loaded_store import EXPONENT, LoadedStore, batch_body, post_signed

HEARD_WITHIN_M = 25.0
HEARD_EVERY_S = 0.5
FADING_DB = 4.0
STEP_S = 0.25

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Crowd:
    """What the process is to stand for: nodes by name with their keys in hex, shoppers by their beacons' identity keys."""

    port: int
    node_keys: Mapping[str, str]
    identity_keys: Sequence[str]
    kiosk_m: Sequence[float]

    @classmethod
    def of(cls, store: LoadedStore) -> Crowd:
        """For a running store; the first shopper walks to and fro before its kiosk."""
        return cls(
            store.port,
            {node.node_id: node.key.private_bytes_raw().hex() for node in store.nodes},
            [key.hex() for key in store.identity_keys],
            store.floorplan.kiosks[store.kiosk_key].display_point,
        )

    def as_line(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"


@dataclass
class Sent:
    """What was sent.

    Attributes
    ----------
    of_first : list of (sent, answered)
        Batches with the first shopper: when their last byte was sent and when the server had taken them, on the steady clock.
    batches, sightings : int
    late : int
        Batches that were answered only after the node's next one was due.
    """

    of_first: list[tuple[float, float]] = field(default_factory=list)
    batches: int = 0
    sightings: int = 0
    late: int = 0


class Floor:
    """Where everybody is, from one quarter of a second to the next."""

    def __init__(self, crowd: Crowd) -> None:
        demo = supermarket_demo()
        floorplan = Floorplan.from_document(load_plan(demo.file("floorplan.json"), demo.file("planogram.csv")))
        self._walkers = Walkers(floorplan, WalkingGraph.prepare(floorplan), len(crowd.identity_keys), seed=5)
        self._kiosk_m = crowd.kiosk_m
        self._keys = [bytes.fromhex(key) for key in crowd.identity_keys]
        self._window = -1
        self.anchors_m = {name: (x_m, y_m) for name, x_m, y_m, _ in floorplan.anchors}
        self.is_full = threading.Event()
        self.ephemeral_ids: list[str] = []
        self.at_m = np.empty((0, 2))
        self.step()

    def step(self) -> None:
        at_m, is_present = self._walkers.step(STEP_S)
        at_m = np.where(is_present[:, None] & self.is_full.is_set(), at_m, np.nan)
        x_m, y_m = self._kiosk_m
        at_m[0] = (x_m + 1.5 * np.sin(time.monotonic() / 2), y_m)
        window = window_at(time.time(), 0.0, EXPONENT)
        if window != self._window:
            self._window = window
            self.ephemeral_ids = [ephemeral_id(key, EXPONENT, window << EXPONENT).hex() for key in self._keys]
        self.at_m = at_m

    def heard(self, anchor_m: tuple[float, float], rng: np.random.Generator) -> list[tuple[int, int]]:
        """(shopper, dBm) of one node's batch."""
        range_m = np.hypot(*(self.at_m - anchor_m).T)
        is_heard = (range_m < HEARD_WITHIN_M) & (rng.random(len(range_m)) < BATCH_AGE_S / HEARD_EVERY_S)
        shoppers = np.flatnonzero(is_heard)
        dbm = -60 - 20 * np.log10(np.maximum(range_m[shoppers], 1.0)) + rng.normal(0, FADING_DB, len(shoppers))
        return list(zip(shoppers.tolist(), np.clip(np.round(dbm), -120, -20).astype(int).tolist(), strict=True))


def main() -> None:
    crowd = Crowd(**json.loads(sys.stdin.readline()))
    floor, ends, sent, lock = Floor(crowd), threading.Event(), Sent(), threading.Lock()

    def walk() -> None:
        while not ends.wait(STEP_S):
            floor.step()

    def listen(number: int, node: NodeIdentity) -> None:
        rng = np.random.default_rng(number)
        connection = HTTPConnection("127.0.0.1", crowd.port, timeout=30)
        due_s = time.monotonic() + float(rng.uniform(0, BATCH_AGE_S))
        while not ends.wait(max(0.0, due_s - time.monotonic())):
            heard = floor.heard(floor.anchors_m[node.node_id], rng)
            body = batch_body([(floor.ephemeral_ids[shopper], dbm) for shopper, dbm in heard])
            sent_s, status = time.monotonic(), post_signed(connection, node, body)
            answered_s = time.monotonic()
            if status != 200:
                raise RuntimeError(f"a batch of the benchmark was refused: {status}")
            due_s += BATCH_AGE_S
            with lock:
                sent.batches += 1
                sent.sightings += len(heard)
                sent.late += answered_s > due_s
                if heard and heard[0][0] == 0:
                    sent.of_first.append((sent_s, answered_s))
            due_s = max(due_s, answered_s)

    threads = [threading.Thread(target=walk, daemon=True)]
    for number, (name, key) in enumerate(crowd.node_keys.items()):
        private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(key))
        node = NodeIdentity(Path(), name, private, boot_id=2)
        threads.append(threading.Thread(target=listen, args=(number, node), daemon=True))
    for thread in threads:
        thread.start()
    if sys.stdin.readline().strip() == "all":
        floor.is_full.set()
        sent.batches = sent.sightings = sent.late = 0
        sys.stdin.readline()
    ends.set()
    print(json.dumps(asdict(sent)))


if __name__ == "__main__":
    main()
