"""A card before a kiosk's reader: what its bearer's tap would open, and nothing for anybody else (requirements G3, D4, D10)."""

from __future__ import annotations

import logging

import pytest
from werkzeug.test import TestResponse

from store_server.use_cases.sign_in import ADDRESS_FAILURES_AN_HOUR, FREE_FAILURES
from store_server.wire.privacy import Purpose
from store_server.wire.shopping import ChangeWishListItem, KioskState
from tests.opened_store import AT_KIOSK, KIOSK, NODES, Browser, OpenedStore
from tests.use_cases.hearing import hear, step_up

UNKNOWN = "A" * 22


@pytest.fixture
def kiosk(opened: OpenedStore) -> Browser:
    for node_id in NODES:
        opened.node(node_id)
    return opened.paired_kiosk()


def hand_out(opened: OpenedStore, label: str = "TAG-001", *, is_guided: bool = True) -> str:
    """The secret of the card of a shopper with peas on the list."""
    shopper_id, card = opened.hand_out(label)
    if is_guided:
        opened.give(shopper_id, Purpose.GUIDANCE)
    opened.store.lists.put(shopper_id, ChangeWishListItem(sku="peas"))
    assert card.secret is not None
    return card.secret


def read(kiosk: Browser, card_secret: object) -> TestResponse:
    return kiosk.ask("POST", "/api/kiosk/cards", {"card_secret": card_secret})


def refused(answer: TestResponse) -> bytes:
    assert answer.status_code == 404, answer.data
    return answer.get_data()


def test_a_card_opens_its_bearers_own_list_of_two_who_stand_here(opened: OpenedStore, kiosk: Browser) -> None:
    first, second = hand_out(opened, "TAG-001"), hand_out(opened, "TAG-002")
    sequence = step_up(opened)
    for at in range(sequence, sequence + 12, 2):
        opened.clock.move(0.5)
        for place, label in enumerate(("TAG-001", "TAG-002")):
            hear(opened, at + place, AT_KIOSK, label)
        opened.store.spine.tick()
    view = opened.live.kiosk_view(KIOSK)
    assert len(view.visitors) == 2
    state = KioskState.model_validate_json(read(kiosk, second).data)
    assert state.opened is not None
    assert [item.sku for item in state.opened.wish_list.items] == ["peas"]
    bearer = opened.records.shoppers.shopper_id_by_card(opened.store.doors.hash_token(second))
    mine = next(v.token for v in view.visitors if v.bearer.shopper_id == bearer)
    assert state.opened.token == mine
    refused(read(kiosk, first))
    assert opened.live.kiosk_view(KIOSK).opened is not None, "another card does not end who is here"


def test_g3_unknown_away_without_guidance_and_withdrawn_are_told_in_the_same_words(
    opened: OpenedStore, kiosk: Browser
) -> None:
    unknown = refused(read(kiosk, UNKNOWN))
    away = hand_out(opened, "TAG-002")
    not_guided = hand_out(opened, "TAG-003", is_guided=False)
    withdrawn = hand_out(opened)
    step_up(opened)
    assert len(opened.live.kiosk_view(KIOSK).visitors) == 1
    shopper_id = opened.records.shoppers.shopper_id_by_card(opened.store.doors.hash_token(withdrawn))
    assert shopper_id is not None
    opened.withdraw(shopper_id, Purpose.GUIDANCE)
    for card in (away, not_guided, withdrawn):
        assert refused(read(kiosk, card)) == unknown
    assert opened.live.kiosk_view(KIOSK).opened is None


def test_g3_a_returned_beacons_card_opens_nothing(opened: OpenedStore, kiosk: Browser) -> None:
    card = hand_out(opened)
    step_up(opened)
    opened.store.desk.take_back("TAG-001")
    refused(read(kiosk, card))


@pytest.mark.parametrize(
    "content",
    ["", "A" * 21, "A" * 23, "A" * 10_000, "A" * 21 + "\x00", "A" * 21 + "\n", "A" * 21 + "é", 22, None, ["A" * 22]],
)
def test_what_is_no_cards_secret_is_refused_and_not_repeated(kiosk: Browser, content: object) -> None:
    answer = read(kiosk, content)
    assert answer.status_code == 422
    assert b"AAAA" not in answer.data


def test_d4_guessing_at_cards_is_slowed_down_at_that_kiosk_alone(opened: OpenedStore, kiosk: Browser) -> None:
    card = hand_out(opened)
    step_up(opened)
    for number in range(ADDRESS_FAILURES_AN_HOUR):
        refused(read(kiosk, f"{number:022d}"))
    slowed = read(kiosk, f"{99:022d}")
    assert slowed.status_code == 429
    assert int(slowed.headers["Retry-After"]) > 1
    assert read(kiosk, card).status_code == 429, "a guesser must not learn by being let in"
    other = opened.paired_kiosk("other")
    refused(read(other, card))
    (token,) = opened.live.kiosk_view(KIOSK).visitors
    assert kiosk.ask("POST", "/api/kiosk/taps", {"token_id": token.token.token_id}).status_code == 200


def test_a_known_card_held_up_again_and_again_is_not_slowed_down(opened: OpenedStore, kiosk: Browser) -> None:
    card = hand_out(opened)
    for _ in range(FREE_FAILURES + 2):
        refused(read(kiosk, card))
    step_up(opened)
    assert read(kiosk, card).status_code == 200


def test_t35_a_card_stands_in_no_log(opened: OpenedStore, kiosk: Browser, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    card = hand_out(opened)
    read(kiosk, card)
    read(kiosk, UNKNOWN + "\n")
    step_up(opened)
    read(kiosk, card)
    assert card not in caplog.text
    assert UNKNOWN not in caplog.text
