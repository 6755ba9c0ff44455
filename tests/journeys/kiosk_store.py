"""A small store served from this process to a browser: the test moves its clock and its shoppers, everything else is real."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from playwright.sync_api import Page
from werkzeug.serving import make_server

from store_server.adapters.socketio_messenger import SocketioMessenger
from store_server.app import create_app
from store_server.ports import CodeKind
from store_server.web.audience import Store
from store_server.web.roles import HEARD
from store_server.wire.privacy import Purpose
from store_server.wire.shopping import ChangeWishListItem, WishState
from tests.free_ports import free_port
from tests.opened_store import KIOSK, NODES, OpenedStore
from tests.use_cases.hearing import hear
from tests.web.socket_client import serving


@dataclass
class KioskStore:
    opened: OpenedStore
    origin: str
    sequence: int = field(default=0)

    def pair(self, page: Page) -> None:
        """As a manager does who opens the link on the kiosk; until the kiosk keeps what it needs without the server."""
        code = self.opened.store.enrolment.make_code(CodeKind.KIOSK, KIOSK, must_be_on_plan=False).code
        page.goto(f"{self.origin}/kiosk#code={code}")
        page.get_by_test_id("attract").wait_for()
        wait_until_kept(page)

    def shopper(self, *skus: str) -> str:
        """Somebody who wants guidance to these; their shopper_id."""
        shopper_id, _ = self.opened.hand_out()
        self.opened.give(shopper_id, Purpose.GUIDANCE)
        for sku in skus:
            self.opened.store.lists.put(shopper_id, ChangeWishListItem(sku=sku))
        return shopper_id

    def stand_at_kiosk(self, looks: int = 6) -> None:
        """The shopper is heard of where the kiosk stands, half a second for each look."""
        for _ in range(looks):
            self.opened.clock.move(0.5)
            hear(self.opened, self.sequence)
            self.opened.store.spine.tick()
            self.sequence += 1

    def states(self, shopper_id: str) -> dict[str, WishState]:
        """What the server holds of each item of their list."""
        return {item.sku: item.state for item in self.opened.store.lists.wish_list(shopper_id).items}


@contextmanager
def kiosk_store(opened: OpenedStore) -> Iterator[KioskStore]:
    """The opened store at an address of its own."""
    port = free_port()
    origin = f"http://localhost:{port}"
    opened.app = create_app(opened.settings.model_copy(update={"public_origins": (origin,)}), opened.ports)
    opened.store = cast(Store, opened.app.extensions["aisleway"])
    opened.messenger.onward = SocketioMessenger(opened.app.extensions["socketio"], HEARD)
    for node_id in NODES:
        opened.node(node_id)
    with serving(make_server("127.0.0.1", port, opened.app, threaded=True)):
        yield KioskStore(opened, origin)


def wait_until_kept(page: Page) -> None:
    """Until the page has its worker, and the worker what it keeps."""
    page.evaluate(
        """async () => {
          const isKept = async () => Boolean(await (await caches.open("kiosk-answers")).match("/kiosk/confirmed-at"));
          while (navigator.serviceWorker.controller === null || !(await isKept())) await new Promise((on) => setTimeout(on, 50));
        }"""
    )


def everything_kept(page: Page) -> Any:
    """All that the page's browser keeps: answers and files by path, with their text, and what is anywhere else."""
    return page.evaluate(
        """async () => {
          const kept = { answers: {}, files: {}, elsewhere: [...Object.keys(localStorage), ...Object.keys(sessionStorage)] };
          kept.elsewhere.push(...(await indexedDB.databases()).map((each) => each.name), ...(document.cookie ? ["cookie"] : []));
          for (const name of await caches.keys()) {
            const cache = await caches.open(name);
            const into = name === "kiosk-answers" ? kept.answers : name.startsWith("kiosk-files-") ? kept.files : {};
            for (const request of await cache.keys()) {
              const { pathname, search } = new URL(request.url);
              into[pathname + search] = await (await cache.match(request)).text();
            }
            if (!name.startsWith("kiosk-")) kept.elsewhere.push(name);
          }
          return kept;
        }"""
    )


def another_build(static: Path, name: str) -> None:
    """Puts a new build of the screens there: the same ones, by another name."""
    page, worker = static / "kiosk.html", static / "kiosk-worker.js"
    old = page.read_text("utf-8").split('name="bundle" content="')[1].split('"')[0]
    for file in (page, worker):
        file.write_text(file.read_text("utf-8").replace(old, name), "utf-8")
