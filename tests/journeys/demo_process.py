"""The demo as a user starts it, in a process of its own, and a browser to use it with."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, TimeoutError, expect, sync_playwright

from tests.free_ports import free_port

CHROMIUM = "/usr/bin/chromium"
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)  # what is expected waits no less patiently than what is pressed
KIOSK, PHONE = (1080, 1920), (360, 740)


@dataclass
class Demo:
    """A running demo and what it printed for its user."""

    process: subprocess.Popen[bytes]
    folder: Path
    told: dict[str, Any]

    @property
    def port(self) -> int:
        return int(self.told["port"])

    @property
    def database(self) -> Path:
        return self.folder / "store.db"

    def log(self, name: str) -> str:
        return (self.folder / "logs" / f"{name}.log").read_text(errors="replace")


@contextmanager
def running_demo(data: Path, *arguments: str) -> Iterator[Demo]:
    """``aisleway demo`` until the block ends; then it must have ended everything it started."""
    output = (data / "output.txt").open("wb")
    process = subprocess.Popen(
        [
            str(Path(sys.executable).parent / "aisleway"),
            "demo",
            "--data",
            str(data),
            "--port",
            str(free_port()),
            *arguments,
        ],
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        told = wait_for(lambda: next(iter(data.glob("*/demo.json")), None), process, data / "output.txt")
        yield Demo(process, told.parent, json.loads(told.read_text()))
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            output.close()


def wait_for(look: Callable[[], Any], process: subprocess.Popen[bytes], output: Path, patience_s: float = 300.0) -> Any:
    """What ``look`` finds, once it finds something."""
    until = time.monotonic() + patience_s
    while (found := look()) is None or found is False:
        if process.poll() is not None or time.monotonic() > until:
            raise AssertionError(f"the demo did not get there; it said:\n{output.read_text()}")
        time.sleep(0.1)
    return found


@contextmanager
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_ARGUMENTS))
        try:
            yield opened
        finally:
            opened.close()


def is_ours(url: str) -> bool:
    return "//localhost:" in url or url.startswith(("data:", "blob:", "about:"))


@contextmanager
def screen(opened: Browser, size: tuple[int, int], url: str) -> Iterator[Page]:
    """A page of its own browser profile; it fails the test on any page error or request to another host."""
    context = opened.new_context(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(f"page error: {error}"))
    page.on("request", lambda request: None if is_ours(request.url) else wrong.append(f"request to {request.url}"))
    page.goto(url)
    try:
        yield page
    finally:
        context.close()
    assert not wrong, wrong


def messages_of(page: Page) -> list[tuple[float, str, dict[str, Any]]]:
    """What the server pushes to this page from now on: (Unix time of arrival, event, message)."""
    heard: list[tuple[float, str, dict[str, Any]]] = []

    def frame(content: str | bytes) -> None:
        text = content.decode() if isinstance(content, bytes) else content
        if text.startswith("42["):
            event, message = json.loads(text[2:])
            heard.append((time.time(), event, message))

    page.on("websocket", lambda socket: socket.on("framereceived", frame))
    return heard


def give_consents(phone: Page, pin: str, *purposes: str) -> None:
    """Switch purposes on as a shopper does: the switch, and once the PIN."""
    for purpose in purposes:
        switch = phone.get_by_test_id(f"switch-{purpose}")
        switch.click()
        field = phone.get_by_test_id("pin")
        phone.locator(f'[data-testid="pin"], [data-testid="switch-{purpose}"][aria-checked="true"]').first.wait_for()
        if field.count():
            field.fill(pin)
            field.press("Enter")
        phone.locator(f'[data-testid="switch-{purpose}"][aria-checked="true"]').wait_for()


def put_on_list(phone: Page, *skus: str) -> None:
    phone.get_by_test_id("show-list").click()
    for sku in skus:
        phone.get_by_test_id("product-search").fill(sku)
        phone.get_by_test_id(f"add-{sku}").click()
        phone.get_by_test_id(f"list-item-{sku}").wait_for()


def tap_own_token(kiosk: Page, sku: str) -> None:
    """Tap tokens until the one whose list holds this product opens, as somebody does who does not know theirs yet.

    Whose beacon it is comes by the kiosk once in a round of less than three minutes; so long it may take.
    """
    tried: set[str] = set()
    seen: list[str] = []
    until = time.monotonic() + 300
    while time.monotonic() < until:
        kiosk.locator('[data-testid^="token-"]').first.wait_for(timeout=300_000)
        # At one moment: a token asked for its name after the others may have gone.
        names = kiosk.locator('[data-testid^="token-"]').evaluate_all("all => all.map(({ dataset }) => dataset.testid)")
        untried = [name for name in names if name not in tried]
        if not untried:
            tried.clear()
            kiosk.wait_for_timeout(500)
            continue
        tried.add(untried[0])
        seen.append(untried[0])
        try:
            kiosk.get_by_test_id(untried[0]).click(timeout=2_000)
        except TimeoutError:
            continue  # whose it is has walked on
        kiosk.locator('[data-testid="instruction"], [data-testid="closed-message"]').first.wait_for()
        if kiosk.get_by_test_id(f"wish-item-{sku}").count():
            return
        done = kiosk.get_by_test_id("done")
        if done.count():
            done.click()
    raise AssertionError(f"no token at the kiosk opened this list; tapped were {', '.join(seen)}")


def shopper_rows(demo: Demo) -> dict[str, list[tuple[object, ...]]]:
    """Everything the database holds that is of a shopper."""
    with sqlite3.connect(f"file:{demo.database}?mode=ro", uri=True) as database:
        names = ("shopper", "consent", "consent_event", "wish_list", "dismissal")
        return {name: database.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall() for name in names}  # noqa: S608


def withdraw_and_see_it_end(demo: Demo, kiosk: Page, heard: list[tuple[float, str, dict[str, Any]]]) -> None:
    kiosk.get_by_test_id("withdraw").click()
    kiosk.get_by_test_id("withdraw-confirm-GUIDANCE").click()
    said_s = time.time()
    kiosk.get_by_test_id("closed-message").wait_for()
    print(f"withdrawn: the screen had stopped {time.time() - said_s:.2f} s after the tap")
    after = shopper_rows(demo)
    count = len([1 for _, event, _ in heard if event == "track_moved"])
    kiosk.wait_for_timeout(5000)
    assert shopper_rows(demo) == after, "something of the shopper was stored after the withdrawal"
    assert len([1 for _, event, _ in heard if event == "track_moved"]) == count, "a position was emitted after it"
    last = [m for _, event, m in heard if event == "kiosk_state"][-1]
    assert last["opened"] is None
