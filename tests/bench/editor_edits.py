"""``make bench BENCH=editor``: from a key or a click in the hypermarket's editor to the frame with what it changed.

The event is the one that makes the step: however long an arrow is held, what it moves is one step, made when it is let go, and
until then it is only shown. The page itself notes when it came and when the frame was painted in which the problems of the new
revision, or the new picture of the accuracy, are first seen. Until then nothing that drives the browser is asked of the page: to
wait for a condition in it puts a script there, whose reading alone takes the page 20 ms the first time.
"""

from __future__ import annotations

import gzip
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

from tests.journeys.demo_process import CHROMIUM, CHROMIUM_ARGUMENTS
from tests.journeys.plan_page import DESKTOP, PlanPage
from tests.served_store import served_store

NAMES = ("editor",)

REPOSITORY = Path(__file__).resolve().parents[2]
SHARED = (REPOSITORY / os.environ.get("AISLEWAY_DATA", "../shared/data")).resolve() / "floorplans"
HYPERMARKET = SHARED / "synthetic-hypermarket" / "full.geojson.gz"

LIMIT_MS = 100.0
REST_MS = 300
"""So long nothing is done between two edits."""
LOOK_MS, MOST_LOOKS = 250, 40
"""So long the page is left alone after an edit, and again where it has not painted it by then."""

MOVES, ZONES, ARRAYS, SLOTS, UNDONE, FORECAST = 20, 20, 20, 8, 8, 20

NOTED = """() => {
  window.noted = { begun: 0 };
  for (const kind of ["keydown", "keyup", "click"]) addEventListener(kind, (event) => {
    if (kind !== "keyup" || event.key.startsWith("Arrow")) noted.begun = event.timeStamp;
  }, true);
  const painted = () => new Promise((done) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => done(performance.now());
    port2.postMessage(null);
  }));
  new MutationObserver((changes) => {
    for (const { target, attributeName } of changes) {
      const [begun, value] = [noted.begun, Number(target.getAttribute(attributeName))];
      void painted().then((at) => { noted[attributeName] = { value, took_ms: at - begun }; });
    }
  }).observe(document.body, { subtree: true, attributes: true, attributeFilter: ["data-revision", "data-accuracies"] });
}"""


def rows() -> list[dict[str, object]]:
    """None where the shared store or Chromium is not there."""
    if not (HYPERMARKET.exists() and shutil.which(CHROMIUM)):
        return []
    with _opened() as page:
        page.evaluate(NOTED)
        kinds = _problems_ms(page)
        forecast_ms = _forecast_ms(page)
    every = [took_ms for kind in kinds.values() for took_ms in kind]
    return [
        _row(f"{len(every)} edits of {len(kinds)} kinds to their problems painted", every),
        *(_row(f"{kind} to its problems painted, {len(took_ms)} times", took_ms) for kind, took_ms in kinds.items()),
        _row(f"a fixture moved to the new accuracy painted, {len(forecast_ms)} times", forecast_ms),
    ]


def _row(what: str, took_ms: list[float]) -> dict[str, object]:
    middle_ms, p95_ms = (float(np.quantile(took_ms, share)) for share in (0.5, 0.95))
    return {
        "name": "editor",
        "what": f"hypermarket in Chromium: {what}, p95 {p95_ms:.0f} ms",
        "ours": middle_ms,
        "unit": "ms",
        "reference": "limit",
        "reference_value": LIMIT_MS,
        "ratio": middle_ms / LIMIT_MS,
    }


@contextmanager
def _opened() -> Iterator[Page]:
    """The hypermarket in the editor, at rest."""
    folder = Path(tempfile.mkdtemp(prefix="aisleway-edits-"))
    plan = folder / "hypermarket.json"
    plan.write_bytes(gzip.decompress(HYPERMARKET.read_bytes()))
    try:
        with served_store(folder, "ada") as store, sync_playwright() as playwright:
            store.publish(plan)
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_ARGUMENTS))
            try:
                page = browser.new_context(viewport={"width": DESKTOP[0], "height": DESKTOP[1]}).new_page()
                page.set_default_timeout(60_000)
                page.goto(f"{store.origin}/manager")
                PlanPage(page).sign_in("ada")
                page.locator(".problems[data-revision]").wait_for(state="attached")
                yield page
            finally:
                browser.close()
    finally:
        shutil.rmtree(folder)


def _problems_ms(page: Page) -> dict[str, list[float]]:
    def press(keys: str) -> float:
        return _took_ms(page, "data-revision", lambda: page.keyboard.press(keys))

    kinds: dict[str, list[float]] = {}
    _choose(page, "G060")
    kinds["a gondola of 160 slots moved"] = [press("ArrowLeft" if n % 2 else "ArrowRight") for n in range(MOVES)]
    _choose(page, "zone/3")
    kinds["a zone moved"] = [press("ArrowLeft" if n % 2 else "ArrowRight") for n in range(ZONES)]
    kinds["an array of 12"], kinds["an array taken back"] = [], []
    for _ in range(ARRAYS):
        _choose(page, "P04")
        page.get_by_test_id("array").click()
        page.get_by_test_id("array-columns").fill("12")
        page.get_by_test_id("array-gap_x_m").fill("0.2")
        make = page.get_by_test_id("make-array")
        kinds["an array of 12"].append(_took_ms(page, "data-revision", make.click))
        page.get_by_test_id("plan").focus()
        kinds["an array taken back"].append(press("Control+z"))
    _choose(page, "G070")
    page.get_by_test_id("open-shelves").click()
    page.locator('[role="gridcell"][tabindex="0"]').focus()
    kinds["a slot emptied"] = []
    for _ in range(SLOTS):
        kinds["a slot emptied"].append(press("Delete"))
        page.keyboard.press("ArrowRight")
    page.get_by_test_id("close-shelves").click()
    page.get_by_test_id("plan").focus()
    kinds["a slot filled again by undo"] = [press("Control+z") for _ in range(UNDONE)]
    return kinds


def _forecast_ms(page: Page) -> list[float]:
    page.get_by_test_id("tab-accuracy").click()
    page.get_by_test_id("show-accuracy").check()
    page.locator("[data-accuracies]").wait_for(state="attached")
    _choose(page, "G060")

    def press(keys: str) -> float:
        return _took_ms(page, "data-accuracies", lambda: page.keyboard.press(keys))

    return [press("ArrowLeft" if n % 2 else "ArrowRight") for n in range(FORECAST)]


def _choose(page: Page, key: str) -> None:
    page.get_by_test_id("find").fill(key)
    page.keyboard.press("Enter")
    page.get_by_test_id("plan").focus()


def _took_ms(page: Page, attribute: str, act: Callable[[], object]) -> float:
    """From the event that ``act`` makes until the attribute's next value is painted."""
    page.wait_for_timeout(REST_MS)
    page.evaluate("(name) => { delete noted[name]; }", attribute)
    act()
    for _ in range(MOST_LOOKS):
        page.wait_for_timeout(LOOK_MS)
        took_ms: float | None = page.evaluate("(name) => noted[name]?.took_ms ?? null", attribute)
        if took_ms is not None:
            break
    else:
        raise RuntimeError(f"an edit was to change {attribute}, and did not")
    page.locator('[data-testid="sync-state"][data-state="saved"]').wait_for()
    return took_ms
