"""Sightings a second through everything, beside the same stack that only parses them; and from batch to socket."""

from __future__ import annotations

import json
import tempfile
import threading
import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path

import numpy as np
import websocket

from store_server.web.audience import audience_cookie
from tests.bench.loaded_store import LoadedStore, batch_body, loaded_store, loudness_dbm, post_signed, serving

NAMES = ("spine", "latency")
SIGHTINGS_A_BATCH = 50
SHOPPERS, NODES = 200, 16
MEASURED_S = 8.0
CLIENTS = 4
LATENCY_S = 20.0
LATENCY_LIMIT_S = 1.0
"""Issue on the kiosk: from a beacon's frame to the pixel p95 under 1 s."""


def rows() -> list[dict[str, object]]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with loaded_store(folder, SHOPPERS, NODES) as store:
            heard_as = [store.heard_as(shopper) for shopper in range(SHOPPERS)]
            ours, ours_a_core = _throughput(store, heard_as, store.port, store.cpu_s)
            latencies_s = _latencies(store)
        with serving("tests.bench.parse_only:app", {}, folder) as (port, process):
            bare_store = LoadedStore(
                port, store.floorplan, store.nodes, store.identity_keys, store.kiosk_key, "", process
            )
            bare, bare_a_core = _throughput(bare_store, heard_as, port, bare_store.cpu_s)
    p50_s, p99_s = np.percentile(latencies_s, [50, 99])
    return [
        {
            "name": "spine",
            "what": f"signed batches of {SIGHTINGS_A_BATCH} through everything, {SHOPPERS} shoppers, beside parsing alone "
            f"(per core of the server: {ours_a_core:,.0f} beside {bare_a_core:,.0f})",
            "ours": ours,
            "unit": "sightings/s",
            "reference": "same server, parse only",
            "reference_value": bare,
            "ratio": ours / bare,
        },
        *(
            {
                "name": "latency",
                "what": f"batch in to socket out, {SHOPPERS} shoppers known, ticks of 0.5 s, {words}",
                "ours": float(value_s),
                "unit": "s",
                "reference": "limit",
                "reference_value": LATENCY_LIMIT_S,
                "ratio": float(value_s) / LATENCY_LIMIT_S,
            }
            for words, value_s in (("p50", p50_s), ("p99", p99_s))
        ),
    ]


def _throughput(store: LoadedStore, heard_as: list[str], port: int, cpu_s: Callable[[], float]) -> tuple[float, float]:
    """Sightings a second, by the clock and by the server's own CPU second, from clients that keep it busy."""
    stop = threading.Event()
    counts = [0] * CLIENTS

    def send(client: int) -> None:
        rng = np.random.default_rng(client)
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        mine = store.nodes[client::CLIENTS]
        number = 0
        while not stop.is_set():
            node = mine[number % len(mine)]
            number += 1
            who = rng.integers(0, len(heard_as), SIGHTINGS_A_BATCH)
            dbm = rng.integers(-95, -50, SIGHTINGS_A_BATCH)
            body = batch_body([(heard_as[int(w)], int(d)) for w, d in zip(who, dbm, strict=True)])
            if post_signed(connection, node, body) != 200:
                raise RuntimeError("a batch of the benchmark was refused")
            counts[client] += SIGHTINGS_A_BATCH

    threads = [threading.Thread(target=send, args=(client,), daemon=True) for client in range(CLIENTS)]
    for thread in threads:
        thread.start()
    time.sleep(1.0)  # warm
    before, cpu_before_s, began_s = sum(counts), cpu_s(), time.monotonic()
    time.sleep(MEASURED_S)
    done, cpu_used_s, took_s = sum(counts) - before, cpu_s() - cpu_before_s, time.monotonic() - began_s
    stop.set()
    for thread in threads:
        thread.join()
    if not done:
        raise RuntimeError("no batch of the benchmark was taken")
    return done / took_s, done / cpu_used_s


def _latencies(store: LoadedStore) -> list[float]:
    """Seconds from the last byte of a shopper's batch to the next position at the kiosk's socket."""
    at_m = store.floorplan.kiosks[store.kiosk_key].display_point
    cookie = f"{audience_cookie('kiosk')}={store.kiosk_cookie}"
    origin = f"http://localhost:{store.port}"
    channel = websocket.create_connection(
        f"ws://127.0.0.1:{store.port}/socket.io/?EIO=4&transport=websocket&audience=kiosk",
        origin=origin,
        cookie=cookie,
        timeout=30,
    )
    channel.recv()
    channel.send("40")
    channel.settimeout(0.5)
    moves: list[float] = []
    token: list[str] = []
    stop = threading.Event()

    def listen() -> None:
        while not stop.is_set():
            try:
                text = channel.recv()
            except websocket.WebSocketTimeoutException:
                continue
            if text == "2":
                channel.send("3")
            elif isinstance(text, str) and text.startswith("42"):
                event, message = json.loads(text[2:])
                if event == "track_moved":
                    moves.append(time.monotonic())
                elif event == "kiosk_state" and message["tokens"]:
                    token.append(message["tokens"][0]["token_id"])

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    rng = np.random.default_rng(3)
    connection = HTTPConnection("127.0.0.1", store.port, timeout=30)
    headers = {"Cookie": cookie, "Origin": origin, "Content-Type": "application/json"}
    sent: list[float] = []
    is_tapped = False
    until = time.monotonic() + LATENCY_S
    while time.monotonic() < until:
        for number, node in enumerate(store.nodes):
            dbm = loudness_dbm(store.floorplan, number, at_m, rng)
            post_signed(connection, node, batch_body([(store.heard_as(0), dbm)]))
        sent.append(time.monotonic())
        if token and not is_tapped:
            connection.request("POST", "/api/kiosk/taps", json.dumps({"token_id": token[-1]}), headers)
            is_tapped = connection.getresponse().read() is not None
        elif is_tapped and len(sent) % 20 == 0:
            connection.request("POST", "/api/kiosk/touches", "{}", headers)
            connection.getresponse().read()
        time.sleep(float(rng.uniform(0.1, 0.4)))
    stop.set()
    listener.join()
    channel.close()
    found = [min(m for m in moves if m >= s) - s for s in sent if moves and moves[0] <= s <= moves[-1]]
    if not found:
        raise RuntimeError("no position reached the kiosk of the benchmark")
    return found
