"""``make bench BENCH=editor``: the editor in Chromium on the hypermarket: opening it, panning and zooming.

Frames are counted in the browser's own trace. What is measured is what a manager waits for: from the click to the drawn answer.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys.demo_process import CHROMIUM, CHROMIUM_ARGUMENTS
from tests.journeys.plan_page import DESKTOP, PlanPage
from tests.served_store import ServedStore, served_store

NAMES = ("editor",)

REPOSITORY = Path(__file__).resolve().parents[2]
SHARED = (REPOSITORY / os.environ.get("AISLEWAY_DATA", "../shared/data")).resolve() / "floorplans"
HYPERMARKET = SHARED / "synthetic-hypermarket" / "full.geojson.gz"

OPEN_S, FRAMES_A_SECOND = 2.0, 50.0
GESTURE_S = 3.0
TRACED = ["devtools.timeline", "disabled-by-default-devtools.timeline.frame", "blink.user_timing"]


def rows() -> list[dict[str, object]]:
    """None where the shared store or Chromium is not there."""
    if not (HYPERMARKET.exists() and shutil.which(CHROMIUM)):
        return []
    folder = Path(tempfile.mkdtemp(prefix="aisleway-editor-"))
    plan = folder / "hypermarket.json"
    plan.write_bytes(gzip.decompress(HYPERMARKET.read_bytes()))
    try:
        with served_store(folder, "ada") as store, sync_playwright() as playwright:
            store.publish(plan)
            # The browser's own trace asks for a browser of its own.
            opened = playwright.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_ARGUMENTS))
            try:
                return _measured(store, opened, folder)
            finally:
                opened.close()
    finally:
        shutil.rmtree(folder)


def _measured(store: ServedStore, opened: Browser, folder: Path) -> list[dict[str, object]]:
    page = opened.new_context(viewport={"width": DESKTOP[0], "height": DESKTOP[1]}).new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{store.origin}/manager")
    plan = PlanPage(page)
    plan.sign_in("ada")
    plan.saved()
    open_s = [_opening_s(page, store) for _ in range(3)]
    panned = _frames_a_second(opened, page, folder / "pan.json", lambda: _pan(page))
    zoomed = _frames_a_second(opened, page, folder / "zoom.json", lambda: _zoom(page))
    return [
        _row("open, from the address to the drawn plan", float(np.median(open_s)), "s", OPEN_S),
        _row("pan", panned, "frames/s", FRAMES_A_SECOND),
        _row("zoom", zoomed, "frames/s", FRAMES_A_SECOND),
    ]


def _row(what: str, ours: float, unit: str, limit: float) -> dict[str, object]:
    return {
        "name": "editor",
        "what": f"hypermarket in Chromium: {what}",
        "ours": ours,
        "unit": unit,
        "reference": "limit",
        "reference_value": limit,
        "ratio": ours / limit,
    }


def _opening_s(page: Page, store: ServedStore) -> float:
    begun = time.perf_counter()
    page.goto(f"{store.origin}/manager")
    page.wait_for_function("() => Number(document.querySelector('[data-testid=plan]')?.dataset.shapes) > 150")
    return time.perf_counter() - begun


def _pan(page: Page) -> None:
    box = page.get_by_test_id("plan").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down(button="middle")
    until = time.monotonic() + GESTURE_S
    step = 0
    while time.monotonic() < until:
        step += 1
        page.mouse.move(x + 150 * np.sin(step / 20), y + 100 * np.cos(step / 20))
        time.sleep(1 / 120)
    page.mouse.up(button="middle")


def _zoom(page: Page) -> None:
    until = time.monotonic() + GESTURE_S
    step = 0
    while time.monotonic() < until:
        step += 1
        page.mouse.wheel(0, -60 if (step // 25) % 2 == 0 else 60)
        time.sleep(1 / 60)


def _frames_a_second(opened: Browser, page: Page, path: Path, gesture: Callable[[], None]) -> float:
    """Frames drawn for each second of a gesture, by the browser's trace."""
    opened.start_tracing(page=page, path=str(path), categories=TRACED)
    page.evaluate("performance.mark('gesture-begins')")
    gesture()
    page.evaluate("performance.mark('gesture-ends')")
    opened.stop_tracing()
    events: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["traceEvents"]
    begins, ends = (
        next(float(event["ts"]) for event in events if event.get("name") == f"gesture-{which}")
        for which in ("begins", "ends")
    )
    drawn = [event for event in events if event.get("name") == "DrawFrame" and begins <= float(event["ts"]) <= ends]
    return len(drawn) / ((ends - begins) / 1e6)
