"""The demo's drugstore of two levels, as it is started: 18 node processes, and a list with something from upstairs on it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.demo_process import (
    KIOSK,
    PHONE,
    browser,
    give_consents,
    put_on_list,
    running_demo,
    screen,
    tap_own_token,
)

UPSTAIRS = "SKU700700"


@pytest.mark.long
@pytest.mark.browser
@pytest.mark.timeout(720)
def test_what_is_upstairs_is_led_to_by_the_escalator_and_without_steps_by_the_lift(tmp_path: Path) -> None:
    with (
        running_demo(tmp_path, "--drugstore", "--shoppers", "20") as demo,
        browser() as chromium,
        screen(chromium, PHONE, demo.told["addresses"]["shopper"]) as phone,
        screen(chromium, KIOSK, "about:blank") as kiosk,
        screen(chromium, KIOSK, "about:blank") as above,
    ):
        assert len(list((demo.folder / "nodes").iterdir())) == 18
        above.goto(demo.told["addresses"]["kiosk-2"])
        expect(above.get_by_test_id("map-level")).to_have_text("Upper floor")
        kiosk.goto(demo.told["addresses"]["kiosk"])
        give_consents(phone, demo.told["pin"], "GUIDANCE")
        put_on_list(phone, UPSTAIRS)
        tap_own_token(kiosk, UPSTAIRS)
        instruction = kiosk.get_by_test_id("instruction")
        expect(kiosk.get_by_test_id("map-level")).to_have_text("Ground floor")
        expect(instruction).to_contain_text("take the moving stairs up to Upper floor")
        expect(kiosk.get_by_test_id("crossing")).to_have_text("↑ Upper floor")
        kiosk.get_by_test_id("step-free").click()
        expect(instruction).to_contain_text("take the lift up to Upper floor")
