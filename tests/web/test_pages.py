"""What anybody may read, and how errors are answered."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path

import pytest

from store_server.domain.notices import LANGUAGES, notice
from store_server.wire.people import Problem, Role
from store_server.wire.plan_versions import PublishedFloorplan
from store_server.wire.privacy import Notice
from store_server.wire.shopping import FoundProducts
from tests.fakes import MovableClock, RecordingMessenger
from tests.opened_store import OpenedStore


def test_health_answers_while_the_database_does(opened: OpenedStore) -> None:
    assert opened.browser().ask("GET", "/health").get_json() == {"status": "ok", "plan_version": 1}


def test_the_notice_is_the_one_in_force_in_the_language_asked_for(opened: OpenedStore) -> None:
    asked = {**{language: language for language in LANGUAGES}, "fr-CA": "fr", "zh-Hans": "zh"}
    unknown = dict.fromkeys(("it", "", "%00", "q" * 500, "é"), "en")
    for language, answered in {**asked, **unknown}.items():
        read = Notice.model_validate_json(opened.browser().ask("GET", f"/api/notice?language={language}").data)
        assert read == notice(answered, opened.settings.controller)


def test_the_plan_is_shown_without_its_slots(opened: OpenedStore) -> None:
    plan = PublishedFloorplan.model_validate_json(opened.browser().ask("GET", "/api/plan").data)
    kinds = {feature.feature_type for feature in plan.document.features}
    assert "kiosk" in kinds
    assert "shelf_slot" not in kinds


def test_without_a_plan_everything_else_still_answers(sqlite_url: str) -> None:
    opened = OpenedStore(sqlite_url, MovableClock(), RecordingMessenger())
    try:
        browser = opened.browser()
        assert browser.ask("GET", "/api/plan").status_code == 404
        assert browser.ask("GET", "/health").get_json()["plan_version"] == 0
        assert opened.signed_in(Role.MANAGER).ask("GET", "/api/manager/plan-report").get_json()["problems"] == []
        assert opened.paired_kiosk().ask("GET", "/api/kiosk/state").get_json()["tokens"] == []
        opened.store.spine.tick()
        refused = opened.signed_in(Role.MANAGER).ask("POST", "/api/manager/node-codes", {"key": "rpi-01"})
        assert refused.status_code == 404
    finally:
        opened.close()


def test_security_txt_says_whom_to_tell(opened: OpenedStore) -> None:
    text = opened.browser().ask("GET", "/.well-known/security.txt").get_data(as_text=True)
    assert "Contact: " in text
    assert "Expires: 2027-05-23T00:00:00Z" in text


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../app.py",
        "/assets/..%2f..%2fapp.py",
        "/assets/%00",
        "/assets//etc/passwd",
        "/assets/",
        "/nothing",
        "/kiosk/x",
    ],
)
def test_t31_no_path_leads_out_of_the_screens_folder(opened: OpenedStore, path: str) -> None:
    answer = opened.browser().ask("GET", path)
    assert answer.status_code in {404, 308}
    assert b"import" not in answer.data


@pytest.mark.parametrize("query", ["'", "%22;--", "%25", "_", "%00", "%ff", "%F0%9F%98%80", "a" * 5000, "%E2%80%99"])
def test_t33_a_search_for_anything_is_a_search(opened: OpenedStore, query: str) -> None:
    answer = opened.browser().ask("GET", f"/api/products?q={query}")
    assert answer.status_code == 200
    assert FoundProducts.model_validate_json(answer.data).products == ()


def test_a_search_is_answered_with_at_most_so_many(opened: OpenedStore) -> None:
    def found(limit: str) -> int:
        return opened.browser().ask("GET", f"/api/products?q=like&limit={limit}").status_code

    assert [found(limit) for limit in ("1", "50", "999999999999", "0")] == [200] * 4
    assert [found(limit) for limit in ("-1", "x", "", "1.5", "\u0661")] == [422] * 5


def test_an_unknown_address_and_a_wrong_method_are_problems(opened: OpenedStore) -> None:
    for method, path, status in (("GET", "/api/nothing", 404), ("DELETE", "/health", 405)):
        answer = opened.browser().ask(method, path)
        assert answer.mimetype == "application/problem+json"
        problem = Problem.model_validate_json(answer.data)
        assert problem.status == answer.status_code == status
        assert path not in problem.model_dump_json()


def test_e6_an_unforeseen_error_is_answered_and_logged_without_what_was_sent(
    opened: OpenedStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shopper_id, card = opened.hand_out()
    browser = opened.browser()
    browser.ask("POST", "/api/shopper/sessions", {"card_secret": card.secret, "pin": card.pin})
    with sqlite3.connect(tmp_path / "store.db") as database:
        database.execute("DROP TABLE wish_list")
    database.close()
    caplog.set_level(logging.DEBUG)
    answer = browser.ask("PUT", "/api/shopper/wish-list/items", {"sku": "peas"})
    assert answer.status_code == 500
    assert Problem.model_validate_json(answer.data).detail.startswith("Something went wrong")
    assert "OperationalError at /api/shopper/wish-list/items" in caplog.text
    assert "sql_shoppers.py" in caplog.text, "where it happened"
    for mark in (shopper_id, str(card.secret), str(card.pin), "peas"):
        assert mark not in caplog.text
        assert mark not in answer.get_data(as_text=True)
