"""``make bench BENCH=kiosk-latency``: from a batch's last byte, and from a beacon's frame, to the changed pixel of a kiosk.

``aisleway serve`` with its embedded parts, the nodes of the demo supermarket in another process (``node_crowd``), one kiosk in
Chromium. The first shopper walks before the kiosk, has tapped and is shown; the others walk the aisles.

**What is timed.** A batch counts from when its last byte was handed to the socket until the first frame after which a position
stands that was worked out for an instant at which the server had answered that batch: only then is it certain to be in it. A
position carries that instant (``TrackMoved.at``). Painted it is when, after the dot's place has changed in the page
(MutationObserver), a second animation frame begins: the first has then been drawn. That is late by up to a frame.

Where a kiosk is too unsure of a position it takes the dot away and says so, for at least as long as an instruction stands (3 s).
A batch that comes then waits for the dot to be shown again, which is no delay on its way: those are counted, and the rest is told
beside the whole.

**One clock.** Everything runs on one machine and its steady clock (CLOCK_MONOTONIC). ``performance.now`` is the same clock from
another zero: that is found by asking the page for it many times and taking the answer that took least, which bounds the error by
half of what it took. The server's wall clock is set against the steady one here, once.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from store_server.web.audience import audience_cookie
from tests.bench.kiosk_load import kiosk_page
from tests.bench.loaded_store import LoadedStore, loaded_store
from tests.bench.node_crowd import Crowd
from tests.journeys.demo_process import CHROMIUM, CHROMIUM_ARGUMENTS

NAMES = ("kiosk-latency",)
SHOPPERS = (1, 100, 500)
NODES = 16
SETTLES_S, MEASURED_S = 6.0, 20.0
TOUCHED_EVERY_S = 4.0
LIMIT_S = 1.0
CROWD_STANDS_WITHIN_MS = 180_000
"""Until the process of the nodes has worked out where hundreds of people walk."""
ASKED = 30

WATCH_MOVES = """
  window.moves = [];
  window.hidden = [];
  let movedAt = null;
  const begins = '42["track_moved",';
  window.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", ({ data }) => {
        if (typeof data === "string" && data.startsWith(begins)) movedAt = JSON.parse(data.slice(2))[1].at;
      });
    }
  };
  const painted = (at) => requestAnimationFrame(() => requestAnimationFrame(() => window.moves.push([at, performance.now()])));
  new MutationObserver(() => painted(movedAt)).observe(document, { subtree: true, attributeFilter: ["data-x-m"] });
  const isDot = (node) => node instanceof Element && node.matches('[data-testid="you-dot"]');
  new MutationObserver((changes) => {
    if (changes.some((change) => [...change.removedNodes].some(isDot))) window.hidden.push(performance.now());
  }).observe(document, { subtree: true, childList: true });
"""


@dataclass(frozen=True, slots=True)
class Moves:
    """Positions a kiosk has shown, on the steady clock.

    Attributes
    ----------
    at_s, painted_s : ndarray, shape (M,)
        The instant each was worked out for, and when it stood on the screen.
    hidden_s : ndarray, shape (H,)
        When the dot was taken away.
    """

    at_s: np.ndarray
    painted_s: np.ndarray
    hidden_s: np.ndarray

    def latencies_s(self, sent: list[tuple[float, float]]) -> np.ndarray:
        """For each (sent, answered): until the first position with it in it was painted; infinite where none was."""
        sent_s, answered_s = np.array(sent, dtype=np.float64).reshape(-1, 2).T
        first = np.searchsorted(self.at_s, answered_s)
        return np.append(self.painted_s, np.inf)[first] - sent_s

    def are_hidden(self, sent: list[tuple[float, float]]) -> np.ndarray:
        """For each (sent, answered): whether the dot was taken away before the first position with it in it was painted."""
        _, answered_s = np.array(sent, dtype=np.float64).reshape(-1, 2).T
        first = np.searchsorted(self.at_s, answered_s)
        hidden_before = np.append(np.searchsorted(self.hidden_s, self.painted_s), len(self.hidden_s))
        return np.diff(hidden_before, prepend=0)[first] > 0


@dataclass(frozen=True, slots=True)
class Load:
    """What a store did while it was watched."""

    latencies_s: np.ndarray
    are_hidden: np.ndarray
    sightings_a_second: float
    late_share: float
    moves_a_second: float
    cpu_share: float


def rows() -> list[dict[str, object]]:
    """None where Chromium is not there."""
    if not shutil.which(CHROMIUM):
        return []
    made = []
    for shoppers in SHOPPERS:
        folder = Path(tempfile.mkdtemp(prefix="aisleway-latency-"))
        try:
            with loaded_store(folder, shoppers, NODES) as store, sync_playwright() as playwright:
                opened = playwright.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_ARGUMENTS))
                try:
                    made += _rows_of(shoppers, _watched(opened, store))
                finally:
                    opened.close()
        finally:
            shutil.rmtree(folder)
    return made


def _rows_of(shoppers: int, load: Load) -> list[dict[str, object]]:
    what = (
        f"last byte of a batch to pixel, {shoppers} shoppers walking, {load.sightings_a_second:,.0f} sightings/s"
        f" ({load.late_share:.0%} of batches answered late), {load.moves_a_second:.1f} positions/s,"
        f" server at {load.cpu_share:.0%} of a core"
    )
    told = {f"{len(load.latencies_s)} batches": load.latencies_s}
    if hidden := int(load.are_hidden.sum()):
        told[f"without {hidden} that came while the kiosk was too unsure to show a dot"] = load.latencies_s[
            ~load.are_hidden
        ]
    return [
        latency_row(f"{what}, {which}, p{share}", float(np.percentile(latencies_s, share)))
        for which, latencies_s in told.items()
        for share in (50, 99)
    ]


def latency_row(what: str, value_s: float) -> dict[str, object]:
    """One row of the table."""
    return {
        "name": "kiosk-latency",
        "what": what,
        "ours": value_s,
        "unit": "s",
        "reference": "limit",
        "reference_value": LIMIT_S,
        "ratio": value_s / LIMIT_S,
    }


def _watched(opened: Browser, store: LoadedStore) -> Load:
    with walking_crowd(store) as crowd, opened_kiosk(opened, store) as page:
        crowd.stdin.write(b"all\n")
        crowd.stdin.flush()
        keep_open(page, store, SETTLES_S)
        cpu_s, began_s = store.cpu_s(), time.monotonic()
        keep_open(page, store, MEASURED_S)
        ended_s = time.monotonic()
        cpu_share = (store.cpu_s() - cpu_s) / (ended_s - began_s)
        keep_open(page, store, LIMIT_S)
        moves = moves_of(page)
        crowd.stdin.write(b"end\n")
        crowd.stdin.flush()
        sent: dict[str, Any] = json.loads(crowd.stdout.readline())
    watched = [(sent_s, answered_s) for sent_s, answered_s in sent["of_first"] if began_s <= sent_s < ended_s]
    if not watched:
        raise RuntimeError("no batch of the benchmark was taken")
    took_s = time.monotonic() - began_s + SETTLES_S
    painted = (moves.painted_s >= began_s) & (moves.painted_s < ended_s)
    return Load(
        latencies_s=moves.latencies_s(watched),
        are_hidden=moves.are_hidden(watched),
        sightings_a_second=sent["sightings"] / took_s,
        late_share=sent["late"] / max(sent["batches"], 1),
        moves_a_second=float(painted.sum()) / (ended_s - began_s),
        cpu_share=cpu_share,
    )


@contextmanager
def walking_crowd(store: LoadedStore) -> Iterator[Any]:
    """The process of the nodes, with the first shopper alone as yet."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.node_crowd"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        if process.stdin is None:
            raise RuntimeError("a pipe was asked for")
        process.stdin.write(Crowd.of(store).as_line())
        process.stdin.flush()
        yield process
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def opened_kiosk(opened: Browser, store: LoadedStore) -> Iterator[Page]:
    """A kiosk that shows the first shopper, who has tapped."""
    with kiosk_page(opened, store, slowed=1) as page:
        page.add_init_script(WATCH_MOVES)
        page.goto(f"http://localhost:{store.port}/kiosk")
        page.locator('[data-testid^="token-"]').first.click(timeout=CROWD_STANDS_WITHIN_MS)
        page.get_by_test_id("you-dot").wait_for(state="attached")
        yield page


def keep_open(page: Page, store: LoadedStore, for_s: float) -> None:
    """Wait, and touch the screen now and then, as it closes by itself else."""
    headers = {"Cookie": f"{audience_cookie('kiosk')}={store.kiosk_cookie}", "Content-Type": "application/json"}
    until_s = time.monotonic() + for_s
    while (left_s := until_s - time.monotonic()) > 0:
        connection = HTTPConnection("127.0.0.1", store.port, timeout=30)
        connection.request("POST", "/api/kiosk/touches", "{}", {**headers, "Origin": f"http://localhost:{store.port}"})
        connection.getresponse().read()
        connection.close()
        page.wait_for_timeout(min(left_s, TOUCHED_EVERY_S) * 1000)


def moves_of(page: Page) -> Moves:
    """What the kiosk has shown so far."""
    asked = []
    for _ in range(ASKED):
        before_s = time.monotonic()
        now_ms = float(page.evaluate("performance.now()"))
        after_s = time.monotonic()
        asked.append((after_s - before_s, (before_s + after_s) / 2 - now_ms / 1000))
    _, page_zero_s = min(asked)
    wall_zero_s = time.time() - time.monotonic()
    moves, hidden_ms = page.evaluate("[window.moves, window.hidden]")
    told = [(at, painted_ms) for at, painted_ms in moves if at is not None]
    at_s = [datetime.fromisoformat(at).timestamp() - wall_zero_s for at, _ in told]
    hidden_s = np.array(hidden_ms, dtype=np.float64) / 1000 + page_zero_s
    return Moves(np.array(at_s), np.array([painted_ms / 1000 + page_zero_s for _, painted_ms in told]), hidden_s)
