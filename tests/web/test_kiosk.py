"""One kiosk's screen: for the shopper who tapped, as long as they stand there, and for nobody else (requirements G3, D7)."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from store_server.domain.complements import fit
from store_server.domain.kiosk_views import IDLE_AFTER_S
from store_server.domain.notices import notice
from store_server.wire.privacy import Purpose
from store_server.wire.shopping import ChangeWishListItem, ClosedReason, KioskPaired, KioskState, Token
from tests.opened_store import FAR_AWAY, KIOSK, NODES, OpenedStore
from tests.use_cases.hearing import hear, step_up


class Screen:
    """A paired kiosk, and what it shows."""

    def __init__(self, opened: OpenedStore) -> None:
        self.browser = opened.paired_kiosk()

    def ask(self, method: str, path: str, content: object = None) -> TestResponse:
        return self.browser.ask(method, f"/api/kiosk/{path}", content)

    def shows(self, answer: TestResponse | None = None) -> KioskState:
        answer = answer or self.ask("GET", "state")
        assert answer.status_code == 200, answer.data
        return KioskState.model_validate_json(answer.data)

    def tap(self, token: Token) -> KioskState:
        return self.shows(self.ask("POST", "taps", {"token_id": token.token_id}))


@pytest.fixture
def screen(opened: OpenedStore) -> Screen:
    for node_id in NODES:
        opened.node(node_id)
    return Screen(opened)


@pytest.fixture
def shopper_id(opened: OpenedStore, screen: Screen) -> str:
    """A shopper with peas on the list who stands at the kiosk and has tapped."""
    shopper_id, _ = opened.hand_out()
    opened.give(shopper_id, Purpose.GUIDANCE, Purpose.SUGGESTIONS)
    step_up(opened)
    (token,) = screen.shows().tokens
    screen.tap(token)
    return shopper_id


def test_a_kiosk_knows_its_name_and_nothing_of_anybody(screen: Screen) -> None:
    assert KioskPaired.model_validate_json(screen.ask("GET", "self").data).kiosk_key == KIOSK
    state = screen.shows()
    assert (state.tokens, state.opened, state.closed_reason) == ((), None, None)


def test_g3_until_the_tap_there_is_a_neutral_token_and_nothing_else(opened: OpenedStore, screen: Screen) -> None:
    shopper_id, _ = opened.hand_out()
    opened.give(shopper_id, Purpose.GUIDANCE)
    opened.store.lists.put(shopper_id, ChangeWishListItem(sku="peas"))
    step_up(opened)
    answer = screen.ask("GET", "state").get_data(as_text=True)
    assert len(KioskState.model_validate_json(answer).tokens) == 1
    assert "Peas" not in answer
    assert shopper_id not in answer


def test_after_the_tap_the_list_and_the_way_are_shown(opened: OpenedStore, screen: Screen, shopper_id: str) -> None:
    state = screen.shows(screen.ask("PUT", "wish-list/items", {"sku": "peas"}))
    assert state.opened is not None
    assert [item.sku for item in state.opened.wish_list.items] == ["peas"]
    assert state.opened.guidance.next_item is not None
    assert state.opened.guidance.next_item.sku == "peas"
    state = screen.shows(screen.ask("DELETE", "wish-list/items", {"sku": "peas"}))
    assert state.opened is not None
    assert state.opened.wish_list.items == ()


def test_leaving_wipes_the_screen(screen: Screen, shopper_id: str) -> None:
    state = screen.shows(screen.ask("POST", "leave"))
    assert (state.opened, state.closed_reason) == (None, ClosedReason.DONE)
    assert screen.ask("PUT", "wish-list/items", {"sku": "peas"}).status_code == 403


def test_g3_without_a_touch_the_screen_is_wiped(opened: OpenedStore, screen: Screen, shopper_id: str) -> None:
    sequence = 100

    def stand(seconds: float) -> None:
        nonlocal sequence
        for _ in range(int(seconds)):
            opened.clock.move(1)
            hear(opened, sequence)
            opened.store.spine.tick()
            sequence += 1

    stand(IDLE_AFTER_S - 5)
    assert screen.ask("POST", "touches", {}).status_code == 204
    stand(IDLE_AFTER_S - 5)
    assert screen.shows().opened is not None
    stand(6)
    state = screen.shows()
    assert (state.opened, state.closed_reason) == (None, ClosedReason.IDLE)
    assert len(state.tokens) == 1, "still standing here"


def test_g3_ten_seconds_away_the_screen_is_wiped(opened: OpenedStore, screen: Screen, shopper_id: str) -> None:
    for sequence in range(100, 140):
        opened.clock.move(0.5)
        hear(opened, sequence, FAR_AWAY)
        opened.store.spine.tick()
    state = screen.shows()
    assert (state.tokens, state.opened, state.closed_reason) == ((), None, ClosedReason.LEFT)


def test_a_beacon_that_falls_silent_leaves_too(opened: OpenedStore, screen: Screen, shopper_id: str) -> None:
    for _ in range(60):
        opened.clock.move(0.5)
        opened.store.spine.tick()
    state = screen.shows()
    assert (state.tokens, state.opened) == ((), None)
    assert not state.positions_are_live, "and the screen says that it sees nobody"


def test_two_shoppers_have_two_tokens_and_each_opens_their_own(opened: OpenedStore, screen: Screen) -> None:
    for label, sku in (("TAG-001", "peas"), ("TAG-002", "rice")):
        shopper_id, _ = opened.hand_out(label)
        opened.give(shopper_id, Purpose.GUIDANCE)
        opened.store.lists.put(shopper_id, ChangeWishListItem(sku=sku))
    for sequence in range(6):
        opened.clock.move(0.5)
        hear(opened, 2 * sequence, label="TAG-001")
        hear(opened, 2 * sequence + 1, label="TAG-002")
        opened.store.spine.tick()
    tokens = screen.shows().tokens
    assert len(tokens) == 2
    lists = []
    for token in tokens:
        opened_view = screen.tap(token).opened
        assert opened_view is not None
        lists.append([item.sku for item in opened_view.wish_list.items])
    assert sorted(lists) == [["peas"], ["rice"]]


def test_a_shopper_without_guidance_has_no_token(opened: OpenedStore, screen: Screen) -> None:
    shopper_id, _ = opened.hand_out()
    opened.give(shopper_id, Purpose.HEATMAP)
    step_up(opened)
    assert len(opened.live.tracks()) == 1
    assert screen.shows().tokens == ()


def test_withdrawing_at_the_kiosk_takes_one_request_and_no_card(
    opened: OpenedStore, screen: Screen, shopper_id: str
) -> None:
    state = screen.shows(screen.ask("POST", "consents", {"purpose": "GUIDANCE", "event": "withdrawn"}))
    assert (state.tokens, state.opened, state.closed_reason) == ((), None, ClosedReason.WITHDRAWN)
    assert [e.screen for e in opened.records.shoppers.ledger()][-1] == f"kiosk:{KIOSK}"


def test_t51_giving_consent_at_a_kiosk_asks_for_the_card(opened: OpenedStore, screen: Screen, shopper_id: str) -> None:
    sha256 = notice("en", opened.settings.controller).sha256
    content = {"purpose": "HEATMAP", "event": "given", "notice_sha256": sha256}
    assert screen.ask("POST", "consents", content).status_code == 403
    record = opened.records.shoppers.shopper(shopper_id)
    assert record is not None
    assert Purpose.HEATMAP not in record.standing.given


@pytest.mark.parametrize(
    ("method", "path", "content"),
    [
        ("PUT", "wish-list/items", {"sku": "salt"}),
        ("PUT", "wish-list/items", {"sku": "peas", "state": "picked_up"}),
        ("DELETE", "wish-list/items", {"sku": "peas"}),
        ("POST", "suggestion-answers", {"sku": "rice", "answer": "add_to_list"}),
    ],
)
def test_what_comes_late_for_a_shopper_who_left_changes_nothing_of_the_next(
    opened: OpenedStore, screen: Screen, shopper_id: str, method: str, path: str, content: dict[str, str]
) -> None:
    former = screen.shows().opened
    assert former is not None
    opened.store.lists.put(shopper_id, ChangeWishListItem(sku="peas"))
    opened.store.desk.take_back("TAG-001")
    following, _ = opened.hand_out("TAG-001")
    opened.give(following, Purpose.GUIDANCE, Purpose.SUGGESTIONS)
    opened.store.lists.put(following, ChangeWishListItem(sku="peas"))
    step_up(opened, 20)
    (token,) = screen.shows().tokens
    screen.tap(token)
    before = [opened.store.lists.wish_list(each) for each in (shopper_id, following)]
    late = screen.ask(method, path, {**content, "token_id": former.token.token_id})
    assert late.status_code == 409
    assert [opened.store.lists.wish_list(each) for each in (shopper_id, following)] == before
    assert screen.ask(method, path, {**content, "token_id": token.token_id}).status_code == 200


def test_returning_the_beacon_wipes_the_screen(opened: OpenedStore, screen: Screen, shopper_id: str) -> None:
    opened.store.desk.take_back("TAG-001")
    state = screen.shows()
    assert (state.tokens, state.opened, state.closed_reason) == ((), None, ClosedReason.RETURNED)


@pytest.mark.parametrize(
    ("method", "path", "content"),
    [
        ("PUT", "wish-list/items", {"sku": "peas"}),
        ("DELETE", "wish-list/items", {"sku": "peas"}),
        ("POST", "suggestion-answers", {"sku": "rice", "answer": "add_to_list"}),
        ("POST", "consents", {"purpose": "GUIDANCE", "event": "withdrawn"}),
    ],
)
def test_before_a_tap_a_kiosk_changes_nothing_of_anybody(
    opened: OpenedStore, screen: Screen, method: str, path: str, content: Any
) -> None:
    shopper_id, _ = opened.hand_out()
    opened.give(shopper_id, Purpose.GUIDANCE)
    step_up(opened)
    before = opened.records.shoppers.shopper(shopper_id)
    assert screen.ask(method, path, content).status_code == 403
    assert opened.records.shoppers.shopper(shopper_id) == before


def learn(opened: OpenedStore) -> None:
    """Rice goes with peas in this store."""
    baskets = [(str(n), sku) for n in range(60) for sku in ("peas", "rice")]
    baskets += [(str(n), "salt") for n in range(100, 200)]
    opened.records.store.put_basket_items(baskets)
    opened.records.store.save_complements(fit(opened.records.store.baskets()), opened.clock.now())
    opened.records.store.put_stock([("rice", 9)], opened.clock.now())


def test_a_suggestion_comes_with_its_reason_and_its_answer_counts(opened: OpenedStore, screen: Screen) -> None:
    learn(opened)
    shopper_id, _ = opened.hand_out()
    opened.give(shopper_id, Purpose.GUIDANCE, Purpose.SUGGESTIONS)
    opened.store.lists.put(shopper_id, ChangeWishListItem(sku="peas"))
    step_up(opened)
    state = screen.tap(screen.shows().tokens[0])
    assert state.opened is not None
    assert state.opened.suggestion is not None
    assert (state.opened.suggestion.sku, state.opened.suggestion.reason.because_sku) == ("rice", "peas")
    state = screen.shows(screen.ask("POST", "suggestion-answers", {"sku": "rice", "answer": "not_this_again"}))
    assert state.opened is not None
    assert state.opened.suggestion is None
    assert opened.records.shoppers.dismissed(shopper_id) == {"rice"}
    state = screen.shows(screen.ask("POST", "suggestion-answers", {"sku": "salt", "answer": "add_to_list"}))
    assert state.opened is not None
    assert {item.sku for item in state.opened.wish_list.items} == {"peas", "salt"}


def test_without_the_yes_to_suggestions_there_are_none(opened: OpenedStore, screen: Screen) -> None:
    learn(opened)
    shopper_id, _ = opened.hand_out()
    opened.give(shopper_id, Purpose.GUIDANCE)
    opened.store.lists.put(shopper_id, ChangeWishListItem(sku="peas"))
    step_up(opened)
    state = screen.tap(screen.shows().tokens[0])
    assert state.opened is not None
    assert (state.opened.suggestion, state.opened.may_suggest) == (None, False)
    answer = screen.ask("POST", "suggestion-answers", {"sku": "rice", "answer": "add_to_list"})
    assert answer.status_code == 403


def test_g5_products_are_found_by_hand_without_any_consent(screen: Screen) -> None:
    found = screen.browser.ask("GET", "/api/products?q=pea").get_json()
    assert [p["product"]["sku"] for p in found["products"]] == ["peas"]
    assert found["products"][0]["place"]["slot_key"] == "A-1"


def test_a_pairing_code_works_once_and_a_new_pairing_ends_the_old(opened: OpenedStore, screen: Screen) -> None:
    again = opened.paired_kiosk()
    assert screen.ask("GET", "self").status_code == 401
    assert again.ask("GET", "/api/kiosk/self").status_code == 200
    for code in ("AAAA-BBBB-CCCC-D", "x" * 64):
        assert opened.browser().ask("POST", "/api/kiosk/pairings", {"code": code}).status_code == 401
