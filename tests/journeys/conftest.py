"""A kiosk of the small store, and the browser it stands in: for the tests of its screens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.demo_process import KIOSK, PATIENCE_MS, browser
from tests.journeys.kiosk_store import KioskStore, kiosk_store
from tests.opened_store import OpenedStore


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@pytest.fixture
def store(opened: OpenedStore) -> Iterator[KioskStore]:
    with kiosk_store(opened) as served:
        yield served


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A kiosk's own browser; a page error fails the test."""
    context = chromium.new_context(viewport={"width": KIOSK[0], "height": KIOSK[1]}, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    made = context.new_page()
    wrong: list[str] = []
    made.on("pageerror", lambda error: wrong.append(str(error)))
    yield made
    context.close()
    assert not wrong, wrong
