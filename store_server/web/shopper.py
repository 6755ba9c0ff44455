"""Shoppers, on their own phone, by card and PIN."""

from __future__ import annotations

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from store_server.ports import Credential
from store_server.use_cases.refusals import NotAllowed, NotProven
from store_server.use_cases.sign_in import ABSOLUTE_S
from store_server.web.audience import address, answer, body, clear_cookie, set_cookie, store
from store_server.web.roles import me
from store_server.wire.privacy import ChangeConsent, ChangePause, OpenCard, ShopperOverview
from store_server.wire.shopping import ChangeWishListItem, RemoveWishListItem
from store_server.wire.visits import TakeOver

shopper = Blueprint("shopper", __name__, url_prefix="/api/shopper")


def _list_owner() -> str:
    """Whose list this session may change; what a kiosk handed off goes on only while guidance is on."""
    if me().credential is Credential.VISIT and not store().hand_offs.goes_on(me().subject):
        raise NotProven("Sign in first.")
    return me().subject


def _overview() -> ShopperOverview:
    return store().promises.overview(me().subject, can_change=me().credential is Credential.CARD_PIN)


@shopper.post("/sessions")
def open_card() -> ResponseReturnValue:
    token, session = store().doors.open_card(body(OpenCard), address())
    can_change = session.credential is Credential.CARD_PIN
    overview = store().promises.overview(session.subject, can_change=can_change)
    return set_cookie(answer(overview, 201), "shopper", token, ABSOLUTE_S[session.credential])


@shopper.post("/visits")
def take_over() -> ResponseReturnValue:
    token, taken = store().hand_offs.take(body(TakeOver).visit_secret, address())
    return set_cookie(answer(taken, 201), "shopper", token, ABSOLUTE_S[Credential.VISIT])


@shopper.delete("/sessions")
def close_card() -> ResponseReturnValue:
    store().doors.close(me())
    return clear_cookie(Response(status=204), "shopper")


@shopper.get("/overview")
def overview() -> ResponseReturnValue:
    return answer(_overview())


@shopper.post("/consents")
def change_consent() -> ResponseReturnValue:
    change = body(ChangeConsent)
    if change.event == "given" and me().credential is not Credential.CARD_PIN:
        raise NotAllowed("Switching on needs the PIN of your card. Switching off does not.")
    store().promises.change_consent(me().subject, change, "portal")
    return answer(_overview())


@shopper.post("/pause")
def pause() -> ResponseReturnValue:
    store().promises.pause(me().subject, body(ChangePause).is_paused)
    return answer(_overview())


@shopper.get("/wish-list")
def wish_list() -> ResponseReturnValue:
    return answer(store().lists.wish_list(_list_owner()))


@shopper.put("/wish-list/items")
def put_item() -> ResponseReturnValue:
    return answer(store().lists.put(_list_owner(), body(ChangeWishListItem)))


@shopper.delete("/wish-list/items")
def remove_item() -> ResponseReturnValue:
    return answer(store().lists.remove(_list_owner(), body(RemoveWishListItem).sku))
