"""The demo supermarket, and what happens when its server is killed under it."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from store_server.adapters.plan_files import load_plan
from store_server.demo.demo_stores import supermarket_demo
from store_server.demo.preparing import hero_stops_m
from store_server.domain.floorplan import Floorplan
from tests.journeys.demo_process import (
    KIOSK,
    PHONE,
    Demo,
    browser,
    give_consents,
    messages_of,
    put_on_list,
    running_demo,
    screen,
    tap_own_token,
    withdraw_and_see_it_end,
)
from tests.journeys.plan_page import DESKTOP

PASTA = "SKU000301"
SHOPPERS = 30
"""Enough to walk into each other's tokens; the full 120 are for people to look at."""


def skus_on_the_way() -> list[str]:
    """What stands at the first stops of the scripted shopper's tour."""
    store = supermarket_demo(SHOPPERS)
    document = load_plan(store.file("floorplan.json"), store.file("planogram.csv"))
    slots = [s for s in Floorplan.from_document(document).slots.values() if s.sku is not None]
    return [
        str(min(slots, key=lambda slot: float(np.hypot(slot.standing_m[0] - x, slot.standing_m[1] - y))).sku)
        for x, y in hero_stops_m(document)[:2]
    ]


def answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def kill_the_server(demo: Demo) -> None:
    """kill -9 of gunicorn's parent and worker together, as a power cut would."""
    os.killpg(int(demo.told["server_pid"]), signal.SIGKILL)


def publish_under_the_kiosk(
    demo: Demo, chromium: Browser, kiosk: Page, heard: list[tuple[float, str, dict[str, Any]]]
) -> None:
    """A manager moves an island and publishes; the kiosk goes on with its shopper, on the new plan."""
    with screen(chromium, DESKTOP, demo.told["addresses"]["manager"]) as page:
        page.get_by_test_id("user-name").fill(demo.told["manager"]["user_name"])
        page.get_by_test_id("password").fill(demo.told["manager"]["password"])
        page.get_by_test_id("sign-in").click()
        page.get_by_test_id("find").fill("P01")
        page.get_by_role("button", name="P01").first.click()
        page.get_by_test_id("plan").focus()
        page.keyboard.press("ArrowUp")
        expect(page.get_by_test_id("sync-state")).to_contain_text("Saved")
        expect(page.get_by_test_id("problem-count")).to_contain_text("no errors")
        page.get_by_test_id("review").click()
        page.get_by_test_id("note").fill("the island a little north")
        expect(page.get_by_test_id("publish")).to_be_enabled()
        token = [m for _, event, m in heard if event == "kiosk_state"][-1]["opened"]["token"]["token_id"]
        with kiosk.expect_response(lambda answer: answer.url.endswith("/api/plan"), timeout=30_000) as fetched:
            page.get_by_test_id("publish").click()
            published_s = time.time()
        shown_s = time.time() - published_s
        assert fetched.value.json()["version"] == 2
        expect(page.get_by_role("dialog")).to_have_count(0)
    until = time.monotonic() + 30
    while not any(event == "track_moved" and at > published_s + shown_s for at, event, _ in heard):
        kiosk.wait_for_timeout(50)
        assert time.monotonic() < until, "no position came on the new plan"
    state = [m for _, event, m in heard if event == "kiosk_state"][-1]
    assert (state["plan_version"], state["opened"]["token"]["token_id"]) == (2, token)
    print(f"\nplan published: a running kiosk had fetched the new one {shown_s:.2f} s after the tap, positions go on")


@pytest.mark.browser
@pytest.mark.timeout(720)
def test_a_first_visit_survives_a_killed_server(tmp_path: Path) -> None:
    with (
        running_demo(tmp_path, "--shoppers", str(SHOPPERS)) as demo,
        browser() as chromium,
        screen(chromium, PHONE, demo.told["addresses"]["shopper"]) as phone,
        screen(chromium, KIOSK, "about:blank") as kiosk,
    ):
        heard = messages_of(kiosk)
        kiosk.goto(demo.told["addresses"]["kiosk"])
        kiosk.get_by_test_id("attract").wait_for()
        give_consents(phone, demo.told["pin"], "GUIDANCE", "SUGGESTIONS")
        first, second = skus_on_the_way()
        put_on_list(phone, first, second, PASTA)
        tap_own_token(kiosk, first)
        kiosk.get_by_test_id("suggestion-reason").wait_for()
        name = kiosk.get_by_test_id("suggestion").inner_text()
        kiosk.get_by_test_id("suggestion-never").click()
        kiosk.wait_for_function(
            "name => document.querySelector('[data-testid=suggestion]')?.innerText !== name", arg=name
        )
        kiosk.get_by_test_id(f"tick-{second}").click()
        kiosk.locator(f'[data-testid="wish-item-{second}"][data-state="picked_up"]').wait_for()

        publish_under_the_kiosk(demo, chromium, kiosk, heard)
        kill_the_server(demo)
        until = time.monotonic() + 60
        while "server ended (code -9)" not in (tmp_path / "output.txt").read_text():
            assert time.monotonic() < until, "the demo did not notice that its server was killed"
            time.sleep(0.05)
        while not answers(demo.port):
            assert time.monotonic() < until, "the server did not come back:\n" + demo.log("server")
            time.sleep(0.05)
        back_s = time.time()
        tap_own_token(kiosk, first)
        kiosk.locator(f'[data-testid="wish-item-{second}"][data-state="picked_up"]').wait_for()
        while not any(event == "track_moved" and at >= back_s for at, event, _ in heard):
            kiosk.wait_for_timeout(50)
            assert time.time() - back_s < 60, "no position came back"
        moved_s = next(at for at, event, _ in heard if event == "track_moved" and at >= back_s)
        print(f"\nserver killed: first position at the kiosk {moved_s - back_s:.1f} s after it answered again")
        with sqlite3.connect(f"file:{demo.database}?mode=ro", uri=True) as database:
            doubled = database.execute(
                "SELECT node_key, boot_id, sequence, count(*) FROM node_batch GROUP BY 1, 2, 3 HAVING count(*) > 1"
            ).fetchall()
            lists = database.execute("SELECT wish_list_json FROM wish_list").fetchall()
        assert doubled == []
        assert sum(first in row[0] for row in lists) == 1
        withdraw_and_see_it_end(demo, kiosk, heard)


@pytest.mark.browser
@pytest.mark.timeout(180)
@pytest.mark.long
def test_staff_see_the_nodes_live_and_hand_out_a_beacon(tmp_path: Path) -> None:
    with (
        running_demo(tmp_path, "--shoppers", "4") as demo,
        browser() as chromium,
        screen(chromium, (1280, 900), "about:blank") as staff,
    ):
        heard = messages_of(staff)
        staff.goto(demo.told["addresses"]["staff"])
        staff.get_by_test_id("user-name").fill(demo.told["staff"]["user_name"])
        staff.get_by_test_id("password").fill(demo.told["staff"]["password"])
        staff.get_by_test_id("sign-in").click()
        staff.locator('[data-testid="node-rpi-01"][data-state="confirmed"]').wait_for()
        until = time.monotonic() + 30
        while not any(event == "store_overview" for _, event, _ in heard):
            assert time.monotonic() < until, "the staff screen hears nothing"
            staff.wait_for_timeout(100)
        staff.get_by_test_id("go-desk").click()
        staff.get_by_test_id("return-label").fill("TAG-002")
        staff.get_by_test_id("return").click()
        tag = staff.get_by_test_id("tag-TAG-002")
        tag.click()
        staff.get_by_test_id("bind").click()
        staff.get_by_test_id("card-url").wait_for()
        assert len(staff.get_by_test_id("pin-value").inner_text().replace(" ", "")) == 6


@pytest.mark.timeout(120)
@pytest.mark.long
def test_ending_the_demo_ends_everything_it_started(tmp_path: Path) -> None:
    with running_demo(tmp_path, "--shoppers", "2") as demo:
        port = demo.port
        mine = subprocess.run(
            ["pgrep", "-f", str(tmp_path)], capture_output=True, text=True, check=False
        ).stdout.split()
        assert len(mine) > 12
    assert not answers(port)
    left = subprocess.run(["pgrep", "-f", str(tmp_path)], capture_output=True, text=True, check=False).stdout.split()
    assert left == []
