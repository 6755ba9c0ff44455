"""``make bench BENCH=kiosk-load``: the kiosk in Chromium with its processor slowed down four times: loading it, and a moving dot.

A real server, signed batches of a shopper who walks to and fro before the kiosk, a browser that has nothing of the page yet.
"""

from __future__ import annotations

import gzip
import math
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from playwright.sync_api import Browser, Page, Request, sync_playwright

from store_server.web.audience import audience_cookie
from tests.bench.loaded_store import LoadedStore, batch_body, loaded_store, loudness_dbm, post_signed
from tests.journeys.demo_process import CHROMIUM, CHROMIUM_ARGUMENTS, KIOSK, PATIENCE_MS

NAMES = ("kiosk-load",)
SLOWED = 4
BUNDLE_KB, INTERACTIVE_S, FRAMES_A_SECOND = 200.0, 2.0, 50.0
LOADS = 5
WATCHED_S = 12.0
NODES = 8
BATCHES_A_SECOND = 4

# When search and plan stood, painted, with the main thread free to answer; and the longest it was not free from then on.
WATCH_LOADING = """
  window.loading = { answers_ms: 0, longest_ms: 0 };
  const standing = ["[data-testid=search]", ".plan-fixture", ".here-mark"];
  const watch = new MutationObserver(() => {
    if (!standing.every((each) => document.querySelector(each))) return;
    watch.disconnect();
    requestAnimationFrame(() => setTimeout(() => (window.loading.answers_ms = performance.now())));
  });
  watch.observe(document, { childList: true, subtree: true });
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) {
      const isAfter = window.loading.answers_ms > 0 && startTime > window.loading.answers_ms;
      if (isAfter) window.loading.longest_ms = Math.max(window.loading.longest_ms, duration);
    }
  }).observe({ type: "longtask" });
"""

COUNT_FRAMES = """(watched_ms) => new Promise((done) => {
  const began = performance.now();
  const at = [];
  const step = (now) => {
    at.push(now);
    if (now - began < watched_ms) requestAnimationFrame(step);
    else done(at.slice(1).map((each, i) => each - at[i]));
  };
  requestAnimationFrame(step);
})"""


def rows() -> list[dict[str, object]]:
    """None where Chromium is not there."""
    if not shutil.which(CHROMIUM):
        return []
    folder = Path(tempfile.mkdtemp(prefix="aisleway-kiosk-"))
    try:
        with loaded_store(folder, 1, NODES) as store, sync_playwright() as playwright:
            opened = playwright.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_ARGUMENTS))
            try:
                loads = [_load(opened, store) for _ in range(LOADS)]
                gaps_ms, moves = _moving_dot(opened, store)
            finally:
                opened.close()
    finally:
        shutil.rmtree(folder)
    answers_s, busy_s, longest_ms = np.median([load[:3] for load in loads], axis=0)
    sizes = loads[0][3]
    return [
        _row(f"bundle, gzip -6, {len(sizes)} files", sum(sizes) / 1000, "kB", BUNDLE_KB),
        _row(
            f"address to interactive, worst of {LOADS} {max(load[0] for load in loads):.2f} s;"
            f" its thread busy {busy_s:.2f} s, then {longest_ms:.0f} ms at most",
            float(answers_s),
            "s",
            INTERACTIVE_S,
        ),
        _row(
            f"moving dot and route, {moves} moves, slowest frame of 100 {np.quantile(gaps_ms, 0.99):.0f} ms",
            1000 / float(np.mean(gaps_ms)),
            "frames/s",
            FRAMES_A_SECOND,
        ),
    ]


def _row(what: str, ours: float, unit: str, limit: float) -> dict[str, object]:
    return {
        "name": "kiosk-load",
        "what": f"kiosk in Chromium, CPU slowed {SLOWED}x: {what}",
        "ours": ours,
        "unit": unit,
        "reference": "limit",
        "reference_value": limit,
        "ratio": ours / limit,
    }


@contextmanager
def kiosk_page(opened: Browser, store: LoadedStore, slowed: int) -> Iterator[Page]:
    """A paired kiosk's browser that never had the page, its processor slowed down so many times; motion as it is."""
    context = opened.new_context(viewport={"width": KIOSK[0], "height": KIOSK[1]})
    try:
        # A `__Host-` cookie is given by https or by this machine; Chromium takes it for any port.
        name, url = audience_cookie("kiosk"), "https://localhost/"
        context.add_cookies([{"name": name, "value": store.kiosk_cookie, "url": url, "secure": True, "httpOnly": True}])
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowed})
        yield page
    finally:
        context.close()


def _load(opened: Browser, store: LoadedStore) -> tuple[float, float, float, list[int]]:
    """Seconds until the page stands and answers; of them used by its thread; ms of its longest task after; bytes of each file."""
    with kiosk_page(opened, store, SLOWED) as page:
        sizes: dict[str, int] = {}

        def weigh(request: Request) -> None:
            answer = request.response()
            if answer is not None and urlsplit(request.url).path.startswith(("/kiosk", "/assets/")):
                sizes[request.url] = len(gzip.compress(answer.body(), 6))

        page.on("requestfinished", weigh)
        page.add_init_script(WATCH_LOADING)
        devtools = page.context.new_cdp_session(page)
        devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
        page.goto(f"http://localhost:{store.port}/kiosk")
        page.wait_for_function("() => window.loading.answers_ms > 0")
        measured = devtools.send("Performance.getMetrics")["metrics"]
        busy_s = next(float(each["value"]) for each in measured if each["name"] == "ThreadTime")
        page.wait_for_timeout(3000)
        loading: dict[str, Any] = page.evaluate("window.loading")
        return loading["answers_ms"] / 1000, busy_s, loading["longest_ms"], list(sizes.values())


def _moving_dot(opened: Browser, store: LoadedStore) -> tuple[list[float], int]:
    """Milliseconds between frames while the opened shopper walks, and how often their dot was moved."""
    ends = threading.Event()
    walker = threading.Thread(target=_walk, args=(store, ends))
    walker.start()
    try:
        with kiosk_page(opened, store, SLOWED) as page:
            moves: list[str] = []
            page.on(
                "websocket",
                lambda socket: socket.on(
                    "framereceived", lambda text: moves.append("") if "track_moved" in str(text) else None
                ),
            )
            page.goto(f"http://localhost:{store.port}/kiosk")
            page.locator('[data-testid^="token-"]').first.click()
            page.get_by_test_id("you-dot").wait_for(state="attached")
            page.locator(".way-line").first.wait_for(state="attached")
            before = len(moves)
            gaps: list[float] = page.evaluate(COUNT_FRAMES, WATCHED_S * 1000)
            return gaps, len(moves) - before
    finally:
        ends.set()
        walker.join()


def _walk(store: LoadedStore, ends: threading.Event) -> None:
    """To and fro before the kiosk, a metre and a half to each side, heard by the nearest nodes."""
    rng = np.random.default_rng(7)
    x_m, y_m = store.floorplan.kiosks[store.kiosk_key].display_point
    connection = HTTPConnection("127.0.0.1", store.port, timeout=10)
    began = time.monotonic()
    while not ends.wait(1 / BATCHES_A_SECOND):
        at_m = (x_m + 1.5 * math.sin((time.monotonic() - began) / 2), y_m)
        for number, node in enumerate(store.nodes):
            dbm = loudness_dbm(store.floorplan, number, at_m, rng)
            post_signed(connection, node, batch_body([(store.heard_as(0), dbm)]))
    connection.close()
