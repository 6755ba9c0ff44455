"""What a kiosk fetches when it is switched on travels compressed, without another server before this one."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Response

from tests.journeys.kiosk_store import KioskStore

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def test_the_kiosks_files_travel_compressed_and_are_read(store: KioskStore, page: Page) -> None:
    fetched: list[Response] = []
    page.on("response", lambda answer: fetched.append(answer) if answer.url.endswith((".js", ".css")) else None)
    store.pair(page)
    assets = [answer for answer in fetched if "/assets/" in answer.url and not answer.from_service_worker]
    assets = [answer for answer in assets if len(answer.body()) >= 1024]  # smaller ones are not worth it
    travelled = sum(int(answer.headers["content-length"]) for answer in assets)
    whole = sum(len(answer.body()) for answer in assets)
    assert {answer.headers.get("content-encoding") for answer in assets} == {"br"}
    print(f"\nthe kiosk's files: {whole} bytes, {travelled} of them on the way")
    assert travelled < whole / 2
