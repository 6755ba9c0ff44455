"""The whole chain on the real recording of the hall: 12 node processes, gunicorn, Chromium."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from store_server.demo.demo_stores import hall_demo
from store_server.demo.recordings import Recording
from tests.journeys.demo_process import (
    KIOSK,
    PHONE,
    browser,
    give_consents,
    messages_of,
    put_on_list,
    running_demo,
    screen,
    tap_own_token,
    withdraw_and_see_it_end,
)

# Beside the recorded walk: fruit at its first corner, and what goes with it further on.
FIRST, SECOND, THIRD = "SKU000541", "SKU000550", "SKU000225"
# The walk is followed until so many positions, places and ways were shown and an item was reached; no longer than so.
POSITIONS, PLACES, WAYS = 30, 20, 3
FOLLOWED_S = 60.0


@pytest.mark.browser
@pytest.mark.timeout(720)
def test_a_recorded_walk_is_guided_and_withdrawing_ends_it(tmp_path: Path) -> None:
    recording_folder = hall_demo().recording
    assert recording_folder is not None
    recording = Recording.read(recording_folder)
    with (
        running_demo(tmp_path, "--hall") as demo,
        browser() as chromium,
        screen(chromium, PHONE, demo.told["addresses"]["shopper"]) as phone,
        screen(chromium, KIOSK, "about:blank") as kiosk,
    ):
        assert len(list((demo.folder / "nodes").iterdir())) == 12
        heard = messages_of(kiosk)
        kiosk.goto(demo.told["addresses"]["kiosk"])
        give_consents(phone, demo.told["pin"], "GUIDANCE", "SUGGESTIONS")
        put_on_list(phone, FIRST, SECOND, THIRD)

        tap_own_token(kiosk, FIRST)
        kiosk.get_by_test_id("suggestion-reason").wait_for()
        assert "baskets" in kiosk.get_by_test_id("suggestion-reason").inner_text()

        def moves() -> list[tuple[float, dict[str, Any]]]:
            return [(at, m) for at, event, m in heard if event == "track_moved"]

        def places() -> set[tuple[float, float]]:
            return {(move["x_m"], move["y_m"]) for _, move in moves()}

        def ways() -> set[str]:
            opened = [m["opened"] for _, event, m in heard if event == "kiosk_state"]
            return {str(each["guidance"]["path"]) for each in opened if each is not None}

        def is_seen() -> bool:
            return len(moves()) > POSITIONS and len(places()) > PLACES and len(ways()) > WAYS

        until = time.monotonic() + FOLLOWED_S
        reached: set[str] = set()
        while time.monotonic() < until and not (reached and is_seen()):
            kiosk.wait_for_timeout(1000)
            instruction = kiosk.get_by_test_id("instruction")
            if instruction.count() and instruction.get_attribute("data-kind") == "arrived":
                for sku in (FIRST, SECOND, THIRD):
                    item = kiosk.get_by_test_id(f"wish-item-{sku}")
                    if "is-next" in (item.get_attribute("class") or ""):
                        kiosk.get_by_test_id(f"tick-{sku}").click()
                        kiosk.locator(f'[data-testid="wish-item-{sku}"][data-state="picked_up"]').wait_for()
                        reached.add(sku)
            kiosk.mouse.click(540, 40)  # somebody is there
        assert reached, "no item was reached on a walk that passes all three"

        started_s = datetime.fromisoformat(demo.told["replay_started_at"]).timestamp()
        errors = []
        for _, move in moves():
            truth = recording.truth_at(datetime.fromisoformat(move["at"]).timestamp() - started_s)
            if truth is not None:
                errors.append(float(np.hypot(move["x_m"] - truth[0], move["y_m"] - truth[1])))
        print(
            f"\nhall, live at the kiosk: {len(errors)} positions, error median {np.median(errors):.2f} m, "
            f"p95 {np.percentile(errors, 95):.2f} m; items reached and ticked: {len(reached)}"
        )
        assert len(errors) >= POSITIONS
        assert len(places()) > PLACES, "the position did not move"
        assert len(ways()) > WAYS, "the route did not follow the shopper"

        withdraw_and_see_it_end(demo, kiosk, heard)
