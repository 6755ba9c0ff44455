"""The demo supermarket's server stands still for a minute under an opened kiosk: nothing is lost, nothing stays on the screen."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.demo_process import (
    KIOSK,
    PHONE,
    Demo,
    browser,
    give_consents,
    put_on_list,
    running_demo,
    screen,
    tap_own_token,
)
from tests.journeys.kiosk_store import everything_kept, wait_until_kept
from tests.journeys.test_supermarket import skus_on_the_way

OUTAGE_MS = 60_000


@contextmanager
def silent_server(demo: Demo) -> Iterator[None]:
    """It takes connections and answers none, as behind a broken cable; then it goes on as if nothing had been."""
    group = int(demo.told["server_pid"])
    os.killpg(group, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(group, signal.SIGCONT)


@pytest.mark.browser
@pytest.mark.long
@pytest.mark.timeout(1200)
def test_a_minute_without_the_server_loses_nothing(tmp_path: Path) -> None:
    with (
        running_demo(tmp_path, "--shoppers", "8") as demo,
        browser() as chromium,
        screen(chromium, PHONE, demo.told["addresses"]["shopper"]) as phone,
        screen(chromium, KIOSK, demo.told["addresses"]["kiosk"]) as kiosk,
    ):
        kiosk.get_by_test_id("attract").wait_for()
        wait_until_kept(kiosk)
        give_consents(phone, demo.told["pin"], "GUIDANCE")
        first, second = skus_on_the_way()
        put_on_list(phone, first, second)
        tap_own_token(kiosk, first)
        with kiosk.expect_response(lambda answer: answer.request.method == "PUT"):
            kiosk.get_by_test_id(f"tick-{second}").click()
        kiosk.locator(f'[data-testid="wish-item-{second}"][data-state="picked_up"]').wait_for()
        with silent_server(demo):
            kiosk.get_by_test_id("offline-band").wait_for()
            kiosk.get_by_test_id(f"tick-{first}").click()
            kiosk.locator(f'[data-testid="wish-item-{first}"][data-state="picked_up"]').wait_for()
            kiosk.get_by_test_id("closed-message").wait_for()
            expect(kiosk.get_by_test_id(f"wish-item-{first}")).to_have_count(0)
            kiosk.reload()
            kiosk.locator(".plan-fixture").first.wait_for()
            kiosk.get_by_test_id("search").fill(first)
            kiosk.get_by_test_id(f"found-{first}").wait_for()
            kiosk.get_by_test_id("search").fill("")
            kiosk.wait_for_timeout(OUTAGE_MS)
        kiosk.get_by_test_id("offline-band").wait_for(state="detached")
        tap_own_token(kiosk, first)
        kiosk.locator(f'[data-testid="wish-item-{second}"][data-state="picked_up"]').wait_for()
        kiosk.locator(f'[data-testid="wish-item-{first}"][data-state="wanted"]').wait_for()
        kiosk.get_by_test_id("you-dot").wait_for(state="attached")
        assert not [path for path, text in everything_kept(kiosk)["answers"].items() if "picked_up" in text]
