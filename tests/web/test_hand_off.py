"""From a kiosk to the shopper's phone: once, within two minutes, while they stand there; the list, and no place (A6, D10, G3)."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass

import pytest
from werkzeug.test import TestResponse

from store_server.ports import Credential
from store_server.use_cases.hand_off import LIVES_FOR
from store_server.use_cases.sign_in import ABSOLUTE_S, ADDRESS_FAILURES_AN_HOUR
from store_server.wire.privacy import Purpose
from store_server.wire.shopping import ChangeWishListItem, KioskState, WishList, WishState
from store_server.wire.visits import OfferedHandOff, TakenOver
from tests.adapters.at_once import at_once
from tests.opened_store import KIOSK, NODES, ORIGIN, Browser, OpenedStore
from tests.use_cases.hearing import step_up

NEVER_WAS = "A" * 22


@dataclass
class Visit:
    """A shopper with peas on the list, who has tapped at the kiosk."""

    opened: OpenedStore
    kiosk: Browser
    shopper_id: str
    token_id: str

    def offer(self) -> OfferedHandOff:
        answer = self.kiosk.ask("POST", "/api/kiosk/hand-offs", {"token_id": self.token_id})
        assert answer.status_code == 201, answer.data
        return OfferedHandOff.model_validate_json(answer.data)

    def secret(self) -> str:
        return self.offer().address.rpartition("#visit=")[2]

    def state(self) -> KioskState:
        return self.opened.store.views.state(KIOSK)


@pytest.fixture
def visit(opened: OpenedStore) -> Visit:
    for node_id in NODES:
        opened.node(node_id)
    kiosk = opened.paired_kiosk()
    shopper_id, _ = opened.hand_out()
    opened.give(shopper_id, Purpose.GUIDANCE)
    opened.store.lists.put(shopper_id, ChangeWishListItem(sku="peas"))
    step_up(opened)
    (token,) = opened.store.views.state(KIOSK).tokens
    assert kiosk.ask("POST", "/api/kiosk/taps", {"token_id": token.token_id}).status_code == 200
    return Visit(opened, kiosk, shopper_id, token.token_id)


def take(phone: Browser, secret: object, **headers: str) -> TestResponse:
    return phone.ask("POST", "/api/shopper/visits", {"visit_secret": secret}, **headers)


def refused(answer: TestResponse) -> bytes:
    assert answer.status_code == 401, answer.data
    return answer.get_data()


def listed(phone: Browser) -> TestResponse:
    return phone.ask("GET", "/api/shopper/wish-list")


def test_the_list_goes_on_on_the_phone_and_back(opened: OpenedStore, visit: Visit) -> None:
    offered = visit.offer()
    assert offered.expires_at == opened.clock.now() + LIVES_FOR
    assert offered.address.startswith(f"{ORIGIN}/shopper#visit=")
    assert offered.address_qr_png.startswith("data:image/png;base64,")
    assert visit.state().opened is not None
    assert visit.state().opened.is_handing_off  # type: ignore[union-attr]
    phone = opened.browser()
    taken = TakenOver.model_validate_json(take(phone, offered.address[-22:]).data)
    assert [item.sku for item in taken.wish_list.items] == ["peas"]
    assert taken.guidance is not None
    assert taken.guidance.order == ("peas",)
    assert not visit.state().opened.is_handing_off  # type: ignore[union-attr]
    answer = phone.ask("PUT", "/api/shopper/wish-list/items", {"sku": "peas", "state": "picked_up"})
    assert WishList.model_validate_json(answer.data).items[0].state is WishState.PICKED_UP
    assert phone.ask("DELETE", "/api/shopper/sessions").status_code == 204
    assert listed(phone).status_code == 401


def test_a6_the_phone_is_told_no_place_of_the_shopper(opened: OpenedStore, visit: Visit) -> None:
    shown = visit.state().opened
    assert shown is not None
    assert shown.guidance.path, "the kiosk shows the way from where they stand"
    phone = opened.browser()
    guidance = json.loads(take(phone, visit.secret()).data)["guidance"]
    assert (guidance["path"], guidance["near"], guidance["level_id"]) == ([], [], None)
    assert guidance["steps"]


def test_an_address_is_good_for_one_use(opened: OpenedStore, visit: Visit) -> None:
    secret = visit.secret()
    assert take(opened.browser(), secret).status_code == 201
    assert refused(take(opened.browser(), secret)) == refused(take(opened.browser(), NEVER_WAS))


def test_of_many_phones_at_once_one_takes_it(opened: OpenedStore, visit: Visit) -> None:
    secret = visit.secret()
    phones = [opened.browser() for _ in range(4)]
    statuses = at_once(lambda number: take(phones[number], secret).status_code, len(phones))
    assert sorted(statuses) == [201] + [401] * 3


def test_an_address_dies_after_two_minutes(opened: OpenedStore, visit: Visit) -> None:
    secret = visit.secret()
    for _ in range(int(LIVES_FOR.total_seconds())):  # who stands there and touches the screen
        opened.clock.move(1)
        visit.kiosk.ask("POST", "/api/kiosk/touches", {})
    assert visit.state().opened is not None
    refused(take(opened.browser(), secret))
    assert take(opened.browser(), visit.secret()).status_code == 201, "and another is made"


def test_an_address_is_good_until_then(opened: OpenedStore, visit: Visit) -> None:
    secret = visit.secret()
    opened.clock.move(LIVES_FOR.total_seconds() - 1)
    assert take(opened.browser(), secret).status_code == 201


def test_a_newer_address_ends_the_one_before(opened: OpenedStore, visit: Visit) -> None:
    first, second = visit.secret(), visit.secret()
    refused(take(opened.browser(), first))
    assert take(opened.browser(), second).status_code == 201


@pytest.mark.parametrize("how", ["leave", "withdraw", "pause", "return", "tapped anew"])
def test_an_address_dies_with_the_visit(opened: OpenedStore, visit: Visit, how: str) -> None:
    secret = visit.secret()
    if how == "leave":
        visit.kiosk.ask("POST", "/api/kiosk/leave", {})
    elif how == "withdraw":
        opened.withdraw(visit.shopper_id, Purpose.GUIDANCE)
    elif how == "pause":
        opened.store.promises.pause(visit.shopper_id, True)
    elif how == "return":
        opened.store.desk.take_back("TAG-001")
    else:
        visit.kiosk.ask("POST", "/api/kiosk/taps", {"token_id": visit.token_id})
    refused(take(opened.browser(), secret))


@pytest.mark.parametrize("how", ["withdraw", "pause", "return"])
def test_b4_a_phone_that_took_it_over_ends_with_the_yes_to_guidance(
    opened: OpenedStore, visit: Visit, how: str
) -> None:
    phone = opened.browser()
    take(phone, visit.secret())
    assert listed(phone).status_code == 200
    if how == "withdraw":
        opened.withdraw(visit.shopper_id, Purpose.GUIDANCE)
    elif how == "pause":
        opened.store.promises.pause(visit.shopper_id, True)
    else:
        opened.store.desk.take_back("TAG-001")
    assert listed(phone).status_code == 401
    opened.give(visit.shopper_id, Purpose.GUIDANCE)
    opened.store.promises.pause(visit.shopper_id, False)
    assert listed(phone).status_code == 401, "and does not come back with another yes"


def test_another_purpose_that_ends_leaves_the_phone_as_it_is(opened: OpenedStore, visit: Visit) -> None:
    opened.give(visit.shopper_id, Purpose.SUGGESTIONS)
    phone = opened.browser()
    take(phone, visit.secret())
    opened.withdraw(visit.shopper_id, Purpose.SUGGESTIONS)
    assert listed(phone).status_code == 200


def test_a_session_that_outlived_its_yes_shows_nothing(opened: OpenedStore) -> None:
    shopper_id, _ = opened.hand_out()
    phone = opened.with_session(Credential.VISIT, shopper_id)
    assert listed(phone).status_code == 401
    for method in ("PUT", "DELETE"):
        assert phone.ask(method, "/api/shopper/wish-list/items", {"sku": "peas"}).status_code == 401


def test_one_phone_goes_on_the_last_that_asked(opened: OpenedStore, visit: Visit) -> None:
    first, second = opened.browser(), opened.browser()
    take(first, visit.secret())
    take(second, visit.secret())
    assert (listed(first).status_code, listed(second).status_code) == (401, 200)


def test_a_phone_goes_on_for_an_hour_at_most(opened: OpenedStore, visit: Visit) -> None:
    phone = opened.browser()
    take(phone, visit.secret())
    for _ in range(int(ABSOLUTE_S[Credential.VISIT] // 600)):
        assert listed(phone).status_code == 200
        opened.clock.move(600)
    opened.clock.move(1)
    assert listed(phone).status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "content"),
    [
        ("GET", "overview", None),
        ("POST", "consents", {"purpose": "HEATMAP", "event": "given"}),
        ("POST", "consents", {"purpose": "GUIDANCE", "event": "withdrawn"}),
        ("POST", "pause", {"is_paused": True}),
    ],
)
def test_d10_a_phone_that_took_over_does_nothing_that_takes_the_card(
    opened: OpenedStore, visit: Visit, method: str, path: str, content: object
) -> None:
    phone = opened.browser()
    take(phone, visit.secret())
    assert phone.ask(method, f"/api/shopper/{path}", content).status_code == 403
    record = opened.records.shoppers.shopper(visit.shopper_id)
    assert record is not None
    assert set(record.standing.given) == {Purpose.GUIDANCE}
    assert not record.standing.is_paused


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "", "http://localhost:81", "https://localhost"])
def test_d5_another_sites_page_takes_nothing_over(opened: OpenedStore, visit: Visit, origin: str) -> None:
    secret = visit.secret()
    assert take(opened.browser(), secret, Origin=origin).status_code == 403
    assert take(opened.browser(), secret).status_code == 201, "and has not used it up"


def test_only_the_list_that_is_open_is_handed_off(opened: OpenedStore, visit: Visit) -> None:
    wrong = visit.kiosk.ask("POST", "/api/kiosk/hand-offs", {"token_id": "0" * 32})
    elsewhere = opened.paired_kiosk("other").ask("POST", "/api/kiosk/hand-offs", {"token_id": visit.token_id})
    visit.kiosk.ask("POST", "/api/kiosk/leave", {})
    closed = visit.kiosk.ask("POST", "/api/kiosk/hand-offs", {"token_id": visit.token_id})
    assert [answer.status_code for answer in (wrong, elsewhere, closed)] == [409] * 3


@pytest.mark.parametrize("content", ["", "A" * 21, "A" * 23, "A" * 5000, "A" * 21 + "\x00", 22, None, ["A" * 22]])
def test_what_is_no_secret_is_refused_and_not_repeated(opened: OpenedStore, content: object) -> None:
    answer = take(opened.browser(), content)
    assert answer.status_code == 422
    assert b"AAAA" not in answer.data


def test_d4_guessing_is_slowed_down(opened: OpenedStore) -> None:
    for number in range(ADDRESS_FAILURES_AN_HOUR):
        refused(take(opened.browser(), f"{number:022d}"))
    assert take(opened.browser(), f"{99:022d}").status_code == 429


def test_t35_a_visits_secret_stands_in_no_log(
    opened: OpenedStore, visit: Visit, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = visit.secret()
    take(opened.browser(), secret)
    take(opened.browser(), secret)
    assert secret not in caplog.text
