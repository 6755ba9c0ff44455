"""The shopper's own page."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from store_server.domain.notices import notice
from store_server.wire.privacy import Purpose, ShopperOverview
from store_server.wire.shopping import WishList, WishState
from tests.opened_store import Browser, OpenedStore


@pytest.fixture
def card(opened: OpenedStore) -> Browser:
    """A phone with the card alone."""
    return opened_by_card(opened, with_pin=False)


def opened_by_card(opened: OpenedStore, label: str = "TAG-001", *, with_pin: bool = True) -> Browser:
    _, issued = opened.hand_out(label)
    browser = opened.browser()
    content = {"card_secret": issued.secret, **({"pin": issued.pin} if with_pin else {})}
    assert browser.ask("POST", "/api/shopper/sessions", content).status_code == 201
    return browser


@pytest.fixture
def phone(opened: OpenedStore) -> Browser:
    """A phone with card and PIN."""
    return opened_by_card(opened)


def give(browser: Browser, opened: OpenedStore, purpose: Purpose) -> TestResponse:
    sha256 = notice("en", opened.settings.controller).sha256
    return browser.ask("POST", "/api/shopper/consents", {"purpose": purpose, "event": "given", "notice_sha256": sha256})


def withdraw(browser: Browser, purpose: Purpose) -> TestResponse:
    return browser.ask("POST", "/api/shopper/consents", {"purpose": purpose, "event": "withdrawn"})


def given(answer: TestResponse) -> set[Purpose]:
    overview = ShopperOverview.model_validate_json(answer.data)
    return {state.purpose for state in overview.purposes if state.is_given}


def test_every_switch_is_off_at_first(phone: Browser) -> None:
    overview = ShopperOverview.model_validate_json(phone.ask("GET", "/api/shopper/overview").data)
    assert [(s.purpose, s.is_given, s.changed_at) for s in overview.purposes] == [(p, False, None) for p in Purpose]
    assert overview.beacon == "TAG-001"
    assert not overview.is_paused


def test_a_yes_and_a_no_are_one_request_each(opened: OpenedStore, phone: Browser) -> None:
    assert given(give(phone, opened, Purpose.GUIDANCE)) == {Purpose.GUIDANCE}
    assert given(withdraw(phone, Purpose.GUIDANCE)) == set()
    events = list(opened.records.shoppers.ledger())
    assert [(e.purpose, e.event, e.screen) for e in events] == [
        (Purpose.GUIDANCE, "given", "portal"),
        (Purpose.GUIDANCE, "withdrawn", "portal"),
    ]


def test_a_yes_to_an_old_notice_is_not_taken(opened: OpenedStore, phone: Browser) -> None:
    old = {"purpose": "GUIDANCE", "event": "given", "notice_sha256": "0" * 64}
    assert phone.ask("POST", "/api/shopper/consents", old).status_code == 409
    assert phone.ask("POST", "/api/shopper/consents", {"purpose": "GUIDANCE", "event": "given"}).status_code == 409
    assert list(opened.records.shoppers.ledger()) == []


def test_the_card_alone_says_no_and_pauses_but_does_not_say_yes(opened: OpenedStore) -> None:
    shopper_id, issued = opened.hand_out()
    opened.give(shopper_id, Purpose.GUIDANCE)
    card = opened.browser()
    card.ask("POST", "/api/shopper/sessions", {"card_secret": issued.secret})
    assert give(card, opened, Purpose.HEATMAP).status_code == 403
    assert given(withdraw(card, Purpose.GUIDANCE)) == set()
    paused = card.ask("POST", "/api/shopper/pause", {"is_paused": True})
    assert ShopperOverview.model_validate_json(paused.data).is_paused


def test_the_list_is_added_to_ticked_and_shortened(phone: Browser) -> None:
    def put(sku: str, **more: Any) -> TestResponse:
        return phone.ask("PUT", "/api/shopper/wish-list/items", {"sku": sku, **more})

    put("peas")
    put("salt")
    wish_list = WishList.model_validate_json(put("peas", state="picked_up").data)
    assert [(i.sku, i.name, i.state, i.place is None) for i in wish_list.items] == [
        ("peas", "Peas", WishState.PICKED_UP, False),
        ("salt", "Salt", WishState.WANTED, True),
    ]
    removed = phone.ask("DELETE", "/api/shopper/wish-list/items", {"sku": "peas"})
    assert [item.sku for item in WishList.model_validate_json(removed.data).items] == ["salt"]
    assert phone.ask("DELETE", "/api/shopper/wish-list/items", {"sku": "peas"}).data == removed.data, "twice is once"
    assert put("caviar").status_code == 404
    assert put("peas", state="stolen").status_code == 422
    assert phone.ask("GET", "/api/shopper/wish-list").data == removed.data


def test_t21_one_shopper_never_reaches_anothers_list(opened: OpenedStore, phone: Browser) -> None:
    other = opened_by_card(opened, "TAG-002")
    phone.ask("PUT", "/api/shopper/wish-list/items", {"sku": "peas"})
    assert WishList.model_validate_json(other.ask("GET", "/api/shopper/wish-list").data).items == ()
    assert other.ask("PUT", "/api/shopper/wish-list/items", {"sku": "peas", "shopper_id": "a" * 32}).status_code == 422


def test_a_returned_beacon_leaves_the_card_and_its_switches(opened: OpenedStore, phone: Browser) -> None:
    give(phone, opened, Purpose.GUIDANCE)
    opened.store.desk.take_back("TAG-001")
    overview = phone.ask("GET", "/api/shopper/overview")
    assert ShopperOverview.model_validate_json(overview.data).beacon is None
    assert given(overview) == {Purpose.GUIDANCE}


@pytest.mark.parametrize(
    "content",
    [
        {"purpose": "EVERYTHING", "event": "given"},
        {"purpose": "GUIDANCE", "event": "expired"},
        {"purpose": "GUIDANCE"},
        {"purpose": "GUIDANCE", "event": "given", "notice_sha256": "x"},
        {"purpose": "GUIDANCE", "event": "given", "language": "klingon"},
        [],
        "GUIDANCE",
    ],
)
def test_a_consent_that_is_none_is_refused(opened: OpenedStore, phone: Browser, content: Any) -> None:
    assert phone.ask("POST", "/api/shopper/consents", content).status_code == 422
    assert list(opened.records.shoppers.ledger()) == []


def test_a_pause_is_yes_or_no(card: Browser) -> None:
    for content in ({"is_paused": 1}, {"is_paused": "true"}, {}, {"is_paused": None}):
        assert card.ask("POST", "/api/shopper/pause", content).status_code == 422
