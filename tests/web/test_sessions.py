"""Coming in and going out: people by password, shoppers by card and PIN (requirements D3, D4, D10; T23 to T26)."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from store_server.ports import CodeKind, Credential
from store_server.use_cases.sign_in import ADDRESS_FAILURES_AN_HOUR
from store_server.wire.people import BindTag, Role, SignedIn
from store_server.wire.privacy import ShopperOverview
from tests.opened_store import PASSWORD, STAFF, Browser, OpenedStore


def sign_in(browser: Browser, password: str = PASSWORD, user_name: str = STAFF) -> TestResponse:
    return browser.ask("POST", "/api/sessions", {"user_name": user_name, "password": password})


def is_in(browser: Browser) -> bool:
    return browser.ask("GET", "/api/sessions/mine").status_code == 200


@pytest.fixture
def staff(opened: OpenedStore) -> Browser:
    return opened.signed_in(Role.STAFF)


def cookie_of(answer: TestResponse) -> tuple[str, set[str]]:
    (header,) = answer.headers.getlist("Set-Cookie")
    name, *attributes = header.split("; ")
    return name.partition("=")[0], {each.lower() for each in attributes}


def test_whoever_signs_in_is_known_by_name_and_role(opened: OpenedStore) -> None:
    for role in Role:
        who = SignedIn.model_validate_json(opened.signed_in(role).ask("GET", "/api/sessions/mine").data)
        assert who.role is role
        assert (who.expires_at - opened.clock.now()).total_seconds() == (8 if role is Role.MANAGER else 12) * 3600


@pytest.mark.parametrize("audience", ["people", "shopper", "kiosk"])
def test_d3_the_cookie_is_the_hosts_own_and_no_scripts(opened: OpenedStore, audience: str) -> None:
    opened.add_user(STAFF, Role.STAFF)
    _, card = opened.hand_out()
    code = opened.store.enrolment.make_code(CodeKind.KIOSK, "kiosk-1").code
    browser = opened.browser()
    if audience == "people":
        answer = sign_in(browser)
    elif audience == "shopper":
        answer = browser.ask("POST", "/api/shopper/sessions", {"card_secret": card.secret})
    else:
        answer = browser.ask("POST", "/api/kiosk/pairings", {"code": code})
    assert answer.status_code == 201
    name, attributes = cookie_of(answer)
    assert name == f"__Host-aisleway-{audience}"
    assert {"secure", "httponly", "samesite=strict", "path=/"} <= attributes
    assert not [each for each in attributes if each.startswith("domain")]


def test_d3_only_the_tokens_hash_is_stored(opened: OpenedStore, staff: Browser, tmp_path: Path) -> None:
    token = staff.token("people")
    assert token is not None
    assert len(token) >= 43, "256 bits"
    for file in tmp_path.glob("store.db*"):
        assert token.encode() not in file.read_bytes()
    with sqlite3.connect(tmp_path / "store.db") as database:
        (stored,) = database.execute("SELECT token_hash FROM session").fetchone()
    database.close()
    assert len(stored) == 64


def test_t23_a_cookie_set_before_signing_in_is_worthless_after(opened: OpenedStore) -> None:
    opened.add_user(STAFF, Role.STAFF)
    browser = opened.browser()
    planted = "A" * 43
    browser.client.set_cookie("__Host-aisleway-people", planted, domain="localhost")
    assert sign_in(browser).status_code == 201
    assert browser.token("people") != planted
    attacker = opened.browser()
    attacker.client.set_cookie("__Host-aisleway-people", planted, domain="localhost")
    assert not is_in(attacker)


def test_each_sign_in_gives_a_new_token(staff: Browser) -> None:
    first = staff.token("people")
    sign_in(staff)
    assert staff.token("people") != first


def test_signing_out_ends_the_session_and_its_sockets_at_once(opened: OpenedStore, staff: Browser) -> None:
    copied = opened.browser()
    copied.client.set_cookie("__Host-aisleway-people", str(staff.token("people")), domain="localhost")
    assert is_in(copied)
    answer = staff.ask("DELETE", "/api/sessions")
    assert answer.status_code == 204
    assert "max-age=0" in cookie_of(answer)[1]
    assert not is_in(copied), "a copied cookie does not outlive it"
    assert opened.messenger.disconnected == [(Credential.STAFF, STAFF)]


@pytest.mark.parametrize(("role", "idle_min", "absolute_h"), [(Role.STAFF, 15, 12), (Role.MANAGER, 30, 8)])
def test_a_session_ends_by_idling_and_by_age(opened: OpenedStore, role: Role, idle_min: int, absolute_h: int) -> None:
    browser = opened.signed_in(role)
    opened.clock.move(idle_min * 60 - 1)
    assert is_in(browser)
    opened.clock.move(idle_min * 60 + 1)
    assert not is_in(browser)
    assert sign_in(browser, user_name="ada" if role is Role.MANAGER else STAFF).status_code == 201
    used_s = 0
    while used_s < absolute_h * 3600 - 600:
        opened.clock.move(600)
        used_s += 600
        assert is_in(browser)
    opened.clock.move(601)
    assert not is_in(browser), "however busily it was used"
    opened.clock.move(3600)
    assert opened.store.doors.purge() >= 1
    assert opened.store.doors.purge() == 0


@pytest.mark.parametrize("token", ["", "x", "x" * 101, "' OR 1=1 --", "é" * 40])
def test_a_cookie_that_is_no_token_opens_nothing(opened: OpenedStore, token: str) -> None:
    answer = opened.app.test_client(use_cookies=False).get(
        "/api/sessions/mine", headers={"Cookie": f"__Host-aisleway-people={token}".encode().decode("latin-1")}
    )
    assert answer.status_code == 401


# --- throttle --------------------------------------------------------------------------------------------------------


def test_d4_wrong_name_and_wrong_password_are_answered_alike(opened: OpenedStore) -> None:
    opened.add_user(STAFF, Role.STAFF)
    known, unknown = sign_in(opened.browser(), "wrong"), sign_in(opened.browser(), "wrong", "nobody")
    assert (known.status_code, known.data) == (401, unknown.data)
    assert b"wrong" not in known.data


def test_d4_after_five_failures_an_account_waits_longer_each_time(opened: OpenedStore) -> None:
    opened.add_user(STAFF, Role.STAFF)
    browser = opened.browser()
    assert [sign_in(browser, "wrong").status_code for _ in range(5)] == [401] * 5
    waited: list[int] = []
    for _ in range(12):
        slowed = sign_in(browser)
        assert slowed.status_code == 429, "even with the right password"
        waited.append(int(slowed.headers["Retry-After"]))
        opened.clock.move(waited[-1])
        assert sign_in(browser, "wrong").status_code == 401
    assert waited == [2, 3, 5, 9, 17, 33, 65, 129, 257, 513, 901, 901]
    opened.clock.move(901)
    assert sign_in(browser).status_code == 201, "never locked for good"
    assert sign_in(browser, "wrong").status_code == 401, "and begins anew"


def test_d4_an_account_is_one_however_its_name_is_written(opened: OpenedStore) -> None:
    opened.add_user(STAFF, Role.STAFF)
    for name in ("kim", "KIM", "Kim", "kIm", "kiM"):
        assert sign_in(opened.browser(), "wrong", name).status_code == 401
    assert sign_in(opened.browser()).status_code == 429


def test_d4_an_address_that_fails_all_over_waits(opened: OpenedStore) -> None:
    opened.add_user(STAFF, Role.STAFF)
    for number in range(ADDRESS_FAILURES_AN_HOUR):
        assert sign_in(opened.browser(), "wrong", f"user{number}").status_code == 401
    assert sign_in(opened.browser()).status_code == 429
    elsewhere = opened.browser()
    elsewhere.client.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    assert sign_in(elsewhere).status_code == 201, "others are not kept out"
    opened.clock.move(3601)
    assert sign_in(opened.browser()).status_code == 201


def test_d4_of_many_tries_at_the_same_moment_only_the_free_ones_are_looked_at(opened: OpenedStore) -> None:
    opened.add_user(STAFF, Role.STAFF)
    gate = threading.Barrier(12)

    def attempt(_: int) -> int:
        gate.wait()
        return sign_in(opened.browser(), "wrong").status_code

    with ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(attempt, range(12)))
    assert sorted(answers) == [401] * 5 + [429] * 7


def test_a_disabled_user_does_not_come_in(opened: OpenedStore, tmp_path: Path) -> None:
    opened.add_user(STAFF, Role.STAFF)
    with sqlite3.connect(tmp_path / "store.db") as database:
        database.execute("UPDATE user_account SET is_disabled = 1")
    database.close()
    assert sign_in(opened.browser()).status_code == 401


# --- cards -----------------------------------------------------------------------------------------------------------


def open_card(browser: Browser, secret: str | None, pin: str | None = None) -> TestResponse:
    content = {"card_secret": secret, **({} if pin is None else {"pin": pin})}
    return browser.ask("POST", "/api/shopper/sessions", content)


def wrong(pin: str | None) -> str:
    return f"{(int(str(pin)) + 1) % 10**6:06d}"


def test_d10_the_card_sees_and_the_pin_changes(opened: OpenedStore) -> None:
    _, card = opened.hand_out()
    alone, both = opened.browser(), opened.browser()
    assert not ShopperOverview.model_validate_json(open_card(alone, card.secret).data).can_change
    assert ShopperOverview.model_validate_json(open_card(both, card.secret, card.pin).data).can_change
    assert alone.ask("GET", "/api/shopper/wish-list").status_code == 403
    assert both.ask("GET", "/api/shopper/wish-list").status_code == 200
    opened.clock.move(15 * 60 + 1)
    assert both.ask("GET", "/api/shopper/overview").status_code == 401


def test_a_closed_card_is_closed(opened: OpenedStore) -> None:
    _, card = opened.hand_out()
    browser = opened.browser()
    open_card(browser, card.secret)
    assert browser.ask("DELETE", "/api/shopper/sessions").status_code == 204
    assert browser.ask("GET", "/api/shopper/overview").status_code == 401


def test_an_unknown_card_and_a_wrong_pin_open_nothing(opened: OpenedStore) -> None:
    _, card = opened.hand_out()
    assert open_card(opened.browser(), "A" * 22).status_code == 401
    assert open_card(opened.browser(), "A" * 22, "000000").status_code == 401
    refused = open_card(opened.browser(), card.secret, wrong(card.pin))
    assert refused.status_code == 401
    assert str(card.secret).encode() not in refused.data


def test_t26_guessing_at_a_pin_is_slowed_down_and_opening_the_card_does_not_reset_it(opened: OpenedStore) -> None:
    _, card = opened.hand_out()
    browser = opened.browser()
    for _ in range(5):
        assert open_card(browser, card.secret, wrong(card.pin)).status_code == 401
        opened.clock.move(0.1)
    slowed = open_card(browser, card.secret, card.pin)
    assert slowed.status_code == 429
    opened.clock.move(2)
    assert open_card(browser, card.secret).status_code == 201
    assert open_card(browser, card.secret, wrong(card.pin)).status_code == 401
    assert open_card(browser, card.secret, card.pin).status_code == 429, "the failures still count"
    opened.clock.move(901)
    assert open_card(browser, card.secret, card.pin).status_code == 201


def test_a_card_without_a_pin_opens_with_none(opened: OpenedStore) -> None:
    card = opened.store.desk.hand_out(BindTag(tag_label="TAG-001"), with_pin=False)
    assert open_card(opened.browser(), card.secret, "000000").status_code == 401
    assert open_card(opened.browser(), card.secret).status_code == 201
