"""What stands nowhere: marked ids in the logs of a whole visit (T34), a place of the shopper on their portal (T46)."""

from __future__ import annotations

import base64
import contextlib
import logging
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.routing import Rule

from store_server.domain.notices import notice
from store_server.use_cases.shop import Lists
from store_server.wire.people import Role
from store_server.wire.privacy import Purpose
from store_server.wire.shopping import ChangeWishListItem, KioskState
from tests.opened_store import AT_KIOSK, FAR_AWAY, NODES, Browser, OpenedStore, rssi_at
from tests.use_cases.hearing import hear

PLACES = {"path", "near", "level_id", "position_m", "x", "y", "xy_m", "at_m", "radius_m", "zone", "zone_id", "track_id"}
MARKED_SKU = "marked-sku-5b1f"


def forms(mark: bytes) -> list[str]:
    """A mark as text, hex, base64 and, where it is as long, as UUID."""
    found = [
        mark.hex(),
        base64.b64encode(mark).decode().rstrip("="),
        base64.urlsafe_b64encode(mark).decode().rstrip("="),
    ]
    if len(mark) == 16:
        found.append(str(uuid.UUID(bytes=mark)))
    with contextlib.suppress(UnicodeDecodeError):
        found.append(mark.decode("ascii"))
    return [each for each in found if len(each) >= 6]


def test_t34_a_whole_visit_with_marked_ids_leaves_none_of_them_in_any_log(
    opened: OpenedStore,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, logger="sqlalchemy")  # as verbose as a store's own settings could make it
    nodes = [(opened.node(node_id), rssi_at(node_id, AT_KIOSK)) for node_id in NODES]
    staff, kiosk, phone = opened.signed_in(Role.STAFF), opened.paired_kiosk(), opened.browser()
    assert staff.ask("POST", "/api/staff/bindings", {"tag_label": "TAG-001"}).status_code == 201
    shopper_id, card = opened.hand_out("TAG-002")
    assert card.secret is not None
    assert card.pin is not None
    asked = [phone.ask("POST", "/api/shopper/sessions", {"card_secret": card.secret, "pin": card.pin})]
    sha256 = notice("en", opened.settings.controller).sha256
    for purpose in Purpose:
        given = {"purpose": purpose, "event": "given", "notice_sha256": sha256}
        asked.append(phone.ask("POST", "/api/shopper/consents", given))
    asked.append(phone.ask("PUT", "/api/shopper/wish-list/items", {"sku": "peas"}))
    assert [answer.status_code for answer in asked] == [201, *[200] * (len(Purpose) + 1)]
    ephemeral_id = opened.on_air("TAG-002")
    for _ in range(6):
        opened.clock.move(0.5)
        for node, rssi_dbm in nodes:
            assert node.send([opened.heard("TAG-002", rssi_dbm)]).status_code in (200, 202)
        opened.store.spine.tick()
    state = KioskState.model_validate_json(kiosk.ask("GET", "/api/kiosk/state").data)
    assert len(state.tokens) == 1
    kiosk.ask("POST", "/api/kiosk/taps", {"token_id": state.tokens[0].token_id})
    # What is refused is the likeliest to be logged, with what was sent.
    wrong: list[tuple[Browser, str, str, object]] = [
        (phone, "PUT", "/api/shopper/wish-list/items", {"sku": MARKED_SKU}),
        (phone, "PUT", "/api/shopper/wish-list/items", {"sku": MARKED_SKU, "state": shopper_id}),
        (phone, "POST", "/api/shopper/consents", {"purpose": shopper_id, "event": card.secret}),
        (phone, "POST", "/api/shopper/sessions", {"card_secret": card.secret, "pin": "000000"}),
        (phone, "POST", "/api/shopper/sessions", {"card_secret": card.secret + "x", "pin": card.pin}),
        (phone, "GET", f"/api/shopper/{shopper_id}", None),
        (phone, "GET", f"/shopper?card={card.secret}", None),
        (kiosk, "POST", "/api/kiosk/cards", {"card_secret": card.secret}),
        (kiosk, "POST", "/api/kiosk/taps", {"token_id": shopper_id}),
        (staff, "POST", "/api/sessions", {"user_name": "kim", "password": card.secret}),
    ]
    for browser, method, path, content in wrong:
        browser.ask(method, path, content)
    opened.store.promises.withdraw_consent(shopper_id, Purpose.GUIDANCE, "en", "portal")
    opened.store.spine.tick()
    # What nobody foresaw is logged, too, and by us.
    monkeypatch.setattr(Lists, "put", lambda *_: 1 / 0)
    assert phone.ask("PUT", "/api/shopper/wish-list/items", {"sku": "peas"}).status_code == 500
    logged = caplog.text + "".join(capfd.readouterr())
    assert any(record.name.startswith("store_server") for record in caplog.records)
    token = phone.token("shopper") or ""
    marks: list[str] = [shopper_id, ephemeral_id, card.secret, card.pin, token, MARKED_SKU]
    found = {
        form
        for mark in marks
        for form in {mark, *forms(mark.encode()), *(forms(bytes.fromhex(mark)) if is_hex(mark) else ())}
        if form in logged
    }
    assert found == set()


def is_hex(text: str) -> bool:
    return len(text) % 2 == 0 and len(text) >= 8 and all(each in "0123456789abcdef" for each in text)


def keys(told: Any) -> Iterator[tuple[str, Any]]:
    """Every name in a JSON answer, however deep, with what it names."""
    if isinstance(told, dict):
        for name, value in told.items():
            yield name, value
            yield from keys(value)
    elif isinstance(told, list):
        for each in told:
            yield from keys(each)


def places(told: Any) -> set[str]:
    """What an answer says of where somebody is; the shelf of a thing on a list (``place``) is a place of the thing."""
    return {name for name, value in keys(told) if name in PLACES and value not in (None, [])}


def is_readable(rule: Rule) -> bool:
    return rule.endpoint.startswith("shopper.") and "GET" in (rule.methods or ()) and not rule.arguments


def test_t46_the_portal_tells_no_place_and_a_kiosk_only_where_the_tag_is_and_after_the_tap(opened: OpenedStore) -> None:
    for node_id in NODES:
        opened.node(node_id)
    kiosk, phone = opened.paired_kiosk(), opened.browser()
    shopper_id, card = opened.hand_out()
    opened.give(shopper_id, *Purpose)
    opened.store.lists.put(shopper_id, ChangeWishListItem(sku="peas"))
    assert phone.ask("POST", "/api/shopper/sessions", {"card_secret": card.secret, "pin": card.pin}).status_code == 201

    readable = [rule.rule for rule in opened.app.url_map.iter_rules() if is_readable(rule)]
    assert len(readable) >= 2

    def places_on_the_portal() -> set[str]:
        answers = [phone.ask("GET", path) for path in readable]
        assert {answer.status_code for answer in answers} == {200}
        return {name for answer in answers for name in places(answer.json)}

    def shown() -> KioskState:
        return KioskState.model_validate_json(kiosk.ask("GET", "/api/kiosk/state").data)

    for sequence in range(60):  # the tag moves through the store, and stands at the kiosk
        opened.clock.move(0.5)
        hear(opened, sequence, FAR_AWAY if sequence < 10 else AT_KIOSK)
        opened.store.spine.tick()
        if sequence % 5 == 0:
            assert places_on_the_portal() == set()
    before = kiosk.ask("GET", "/api/kiosk/state")
    assert shown().opened is None
    assert places(before.json) == set()
    (token,) = shown().tokens
    kiosk.ask("POST", "/api/kiosk/taps", {"token_id": token.token_id})
    after = shown().opened
    assert after is not None
    assert after.guidance.path, "the live place, after the tap"
    assert places_on_the_portal() == set()
    kiosk.ask("POST", "/api/kiosk/leave")
    assert kiosk.ask("POST", "/api/kiosk/cards", {"card_secret": card.secret}).status_code == 200, "while it is there"
    for _ in range(60):  # the tag is gone: the card before the reader opens nothing
        opened.clock.move(1)
        opened.store.spine.tick()
    answer = kiosk.ask("POST", "/api/kiosk/cards", {"card_secret": card.secret})
    assert answer.status_code == 404
    assert shown().opened is None
    assert places_on_the_portal() == set()
