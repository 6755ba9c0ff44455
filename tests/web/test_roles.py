"""Who may do what: the table is the whole truth (requirements D5, D6, D11; T19, T20, T27, T45)."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from store_server.ports import Credential
from store_server.web.roles import ENDPOINTS, EVENTS, HEADERS
from store_server.wire.people import Role
from store_server.wire.privacy import Purpose
from tests.opened_store import KIOSK, ORIGIN, Browser, OpenedStore, SigningNode

CHANGES = {"POST", "PUT", "PATCH", "DELETE"}
DENIED = {401, 403, 404}
PATHS = {
    "pages.page": "/kiosk",
    "pages.asset": "/assets/none.js",
    "staff.tag_status": "/api/staff/tags/TAG-001",
    "plans.version": "/api/manager/plan-versions/1",
    "plan_files.picture": "/api/manager/draft/underlays/none",
}


def cells(opened: OpenedStore) -> Iterator[tuple[str, str, str]]:
    """(endpoint, method, path) of all routes."""
    rules: list[Rule] = list(opened.app.url_map.iter_rules())
    for rule in rules:
        path = PATHS.get(rule.endpoint, rule.rule)
        assert "<" not in path, f"name a path for {rule.endpoint}"
        for method in sorted((rule.methods or set()) - {"OPTIONS"}):
            yield rule.endpoint, method, path


def holder(opened: OpenedStore, credential: Credential) -> Browser | SigningNode:
    """Somebody who proves this credential."""
    if credential is Credential.NODE:
        return opened.node()
    if credential is Credential.NOBODY:
        return opened.browser()
    if credential is Credential.STAFF:
        return opened.signed_in(Role.STAFF)
    if credential is Credential.MANAGER:
        return opened.signed_in(Role.MANAGER)
    if credential is Credential.KIOSK:
        return opened.paired_kiosk()
    if credential is Credential.VISIT:
        shopper_id, _ = opened.hand_out("TAG-003")
        opened.give(shopper_id, Purpose.GUIDANCE)
        return opened.with_session(credential, shopper_id)
    _, card = opened.hand_out("TAG-002")
    browser = opened.browser()
    content = {"card_secret": card.secret, **({"pin": card.pin} if credential is Credential.CARD_PIN else {})}
    assert browser.ask("POST", "/api/shopper/sessions", content).status_code == 201
    return browser


def ask(who: Browser | SigningNode, method: str, path: str) -> TestResponse:
    if isinstance(who, Browser):
        return who.ask(method, path, {} if method in CHANGES else None)
    body = b"{}" if method in CHANGES else b""
    headers = {**who.headers(method, path, body), "Origin": ORIGIN}
    return who.client.open(path, method=method, data=body or None, headers=headers, buffered=True)


def test_every_route_stands_in_the_table_and_nothing_else_does(opened: OpenedStore) -> None:
    assert {rule.endpoint for rule in opened.app.url_map.iter_rules()} == set(ENDPOINTS)


def test_d6_a_route_that_the_table_does_not_name_is_refused_to_everybody(opened: OpenedStore) -> None:
    opened.app.add_url_rule("/forgotten", "forgotten", lambda: "open")
    for who in (opened.browser(), opened.signed_in(Role.MANAGER), opened.paired_kiosk()):
        answer = who.ask("GET", "/forgotten")
        assert (answer.status_code, answer.mimetype) == (403, "application/problem+json")


def test_every_socket_event_stands_in_the_table_and_nothing_else_does(opened: OpenedStore) -> None:
    server = opened.app.extensions["socketio"].server
    assert {namespace: set(handlers) for namespace, handlers in server.handlers.items()} == {"/": set(EVENTS)}
    assert server.namespace_handlers == {}
    assert set(EVENTS) == {"connect", "disconnect"}
    assert not EVENTS["connect"] & {Credential.NOBODY, Credential.NODE, Credential.CARD, Credential.CARD_PIN}


def test_t19_every_credential_at_every_route_is_answered_as_the_table_says(opened: OpenedStore) -> None:
    counted = 0
    for credential in Credential:
        who = holder(opened, credential)
        # Last the two that end the session.
        for endpoint, method, path in sorted(cells(opened), key=lambda cell: cell[0] in ENDS_SESSION):
            status = ask(who, method, path).status_code
            counted += 1
            if credential in ENDPOINTS[endpoint]:
                # Let in: what comes then is the route's own matter (an empty body does not fit its contract).
                assert status not in {401, 403} or endpoint in NEEDS_MORE, (credential, method, path, status)
            else:
                assert status in DENIED, (credential, method, path, status)
        if credential in (Credential.CARD, Credential.CARD_PIN):
            opened.store.desk.take_back("TAG-002")
    print(f"\n{counted} cells of the table hold: {len(Credential)} credentials x every route and method")
    assert counted > 400


ENDS_SESSION = {"staff.sign_out", "shopper.close_card"}
NEEDS_MORE = {
    "kiosk.put_item",
    "kiosk.remove_item",
    "kiosk.answer_suggestion",
    "kiosk.change_consent",
    "kiosk.choose_ways",
}
"""A kiosk may call these, for the shopper who tapped; nobody has here."""


def test_a_method_that_no_route_takes_is_refused(opened: OpenedStore) -> None:
    manager = opened.signed_in(Role.MANAGER)
    by_path: dict[str, set[str]] = {}
    for _, method, path in cells(opened):
        by_path.setdefault(path, set()).add(method)
    for path, methods in by_path.items():
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"} - methods:
            assert manager.ask(method, path, {}).status_code == 405, (method, path)


def test_t27_a_change_is_never_a_get(opened: OpenedStore) -> None:
    reading = {rule.endpoint for rule in opened.app.url_map.iter_rules() if "GET" in (rule.methods or set())}
    for endpoint in reading:
        assert not {
            rule.endpoint for rule in opened.app.url_map.iter_rules(endpoint) if CHANGES & (rule.methods or set())
        }


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost:81"},
        {"Origin": "https://localhost"},
        {"Origin": ORIGIN, "Sec-Fetch-Site": "cross-site"},
        {"Origin": ORIGIN, "Sec-Fetch-Site": "same-site"},
        {"Origin": ORIGIN, "Sec-Fetch-Site": "none"},
    ],
)
def test_t27_another_sites_page_changes_nothing(opened: OpenedStore, headers: dict[str, str]) -> None:
    kiosk = opened.paired_kiosk()
    for _, method, path in cells(opened):
        if method in CHANGES and not path.startswith("/api/node/"):
            assert kiosk.ask(method, path, {}, **headers).status_code == 403, (method, path)


def test_t27_a_request_without_origin_changes_nothing(opened: OpenedStore) -> None:
    manager = opened.signed_in(Role.MANAGER)
    answer = manager.client.post("/api/manager/node-codes", json={"key": "rpi-01"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/json"]
)
def test_t27_a_form_or_plain_text_is_no_request(opened: OpenedStore, media_type: str) -> None:
    manager = opened.signed_in(Role.MANAGER)
    content = {"Content-Type": media_type}
    assert manager.ask("POST", "/api/manager/node-codes", {"key": "rpi-01"}, **content).status_code == 415


def test_d11_every_answer_carries_the_headers(opened: OpenedStore) -> None:
    answers = [ask(opened.browser(), method, path) for _, method, path in cells(opened)]
    answers += [opened.browser().ask("GET", path) for path in ("/nothing", "/socket.io/", "/api/openapi.json")]
    answers += [opened.signed_in(Role.MANAGER).ask("GET", "/api/staff/overview")]
    answers += [opened.browser().ask("TRACE", "/"), opened.browser().ask("GET", "/socket.io/?EIO=4", Origin="null")]
    for answer in answers:
        for name, value in HEADERS.items():
            assert answer.headers.get(name) == value, (answer.request.path, name)
        assert answer.headers.get("Cache-Control"), answer.request.path
        assert "Server-Timing" not in answer.headers
    assert "unsafe" not in HEADERS["Content-Security-Policy"]


def test_d11_personal_answers_are_not_kept(opened: OpenedStore) -> None:
    card = holder(opened, Credential.CARD_PIN)
    for path in ("/api/shopper/overview", "/api/shopper/wish-list"):
        assert ask(card, "GET", path).headers["Cache-Control"] == "no-store"
    assert ask(opened.paired_kiosk(), "GET", "/api/kiosk/state").headers["Cache-Control"] == "no-store"


def test_d11_over_tls_the_browser_is_told_to_stay_there(opened: OpenedStore) -> None:
    over_tls = opened.app.test_client().get("/health", base_url="https://localhost")
    assert over_tls.headers["Strict-Transport-Security"] == "max-age=63072000"
    assert "Strict-Transport-Security" not in opened.app.test_client().get("/health").headers


def test_t45_no_answer_to_people_of_the_store_tells_of_a_shopper(opened: OpenedStore) -> None:
    shopper_id, card = opened.hand_out()
    opened.give(shopper_id, *Purpose)
    manager = opened.signed_in(Role.MANAGER)
    record = opened.records.shoppers.shopper(shopper_id)
    assert record is not None
    marks = [shopper_id, str(record.standing.beacon_id), str(card.secret), str(card.pin), opened.on_air()]
    for _, method, path in cells(opened):
        if method == "GET":
            text = manager.ask("GET", path).get_data(as_text=True)
            assert not [mark for mark in marks if mark in text], path


def test_t21_a_foreign_id_is_answered_like_one_that_does_not_exist(opened: OpenedStore) -> None:
    opened.hand_out()
    kiosk, staff = opened.paired_kiosk(), opened.signed_in(Role.STAFF)
    foreign, none = (kiosk.ask("POST", "/api/kiosk/taps", {"token_id": token}) for token in ("a" * 32, "b" * 32))
    assert (foreign.status_code, foreign.data) == (404, none.data)
    for label in ("TAG-999", "x" * 40, "..%2f", "%00", "é"):
        assert staff.ask("GET", f"/api/staff/tags/{label}").status_code == 404


def test_a_manager_may_do_what_staff_may_and_staff_not_what_a_manager_may(opened: OpenedStore) -> None:
    staff, manager = opened.signed_in(Role.STAFF), opened.signed_in(Role.MANAGER)
    assert manager.ask("GET", "/api/staff/tags").status_code == 200
    refused = staff.ask("POST", "/api/manager/kiosk-codes", {"key": KIOSK})
    assert refused.status_code == 403
    assert "code" not in json.loads(refused.data)
