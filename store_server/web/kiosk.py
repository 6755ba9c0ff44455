"""Kiosks: what one screen may ask and do."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue

from store_server.ports import Credential
from store_server.use_cases.sign_in import ABSOLUTE_S
from store_server.web.audience import answer, body, set_cookie, store
from store_server.web.roles import me
from store_server.wire.levels import ChooseWays
from store_server.wire.presence import KioskHeartbeat
from store_server.wire.privacy import ChangeConsent
from store_server.wire.shopping import (
    KioskPaired,
    PairKiosk,
    TapToken,
)
from store_server.wire.visits import (
    AnswerVisitSuggestion,
    ChangeVisitItem,
    OfferedHandOff,
    OfferHandOff,
    ReadCard,
    RemoveVisitItem,
)

kiosk = Blueprint("kiosk", __name__, url_prefix="/api/kiosk")


def _paired(kiosk_key: str) -> KioskPaired:
    return KioskPaired(kiosk_key=kiosk_key, store_name=store().store_name, demo_note=store().demo_note)


@kiosk.post("/pairings")
def pair() -> ResponseReturnValue:
    kiosk_key = store().enrolment.pair_kiosk(body(PairKiosk).code)
    token, _ = store().doors.open(Credential.KIOSK, kiosk_key)
    return set_cookie(answer(_paired(kiosk_key), 201), "kiosk", token, ABSOLUTE_S[Credential.KIOSK])


@kiosk.get("/self")
def about_self() -> ResponseReturnValue:
    spine = store().spine
    store().records.nodes.see_kiosk(me().subject, spine.clock.now())
    return answer(_paired(me().subject))


@kiosk.get("/state")
def state() -> ResponseReturnValue:
    return answer(store().views.state(me().subject))


@kiosk.get("/catalogue")
def catalogue() -> ResponseReturnValue:
    written = store().catalogue.current()
    response = Response(written.body, mimetype="application/json")
    response.set_etag(written.etag)
    return response.make_conditional(request)


@kiosk.post("/heartbeats")
def heartbeat() -> ResponseReturnValue:
    return answer(store().kiosk_watch.hear(me().subject, body(KioskHeartbeat)))


@kiosk.post("/taps")
def tap() -> ResponseReturnValue:
    return answer(store().at_kiosk.tap(me().subject, body(TapToken).token_id))


@kiosk.post("/cards")
def read_card() -> ResponseReturnValue:
    return answer(store().card_reader.read(me().subject, body(ReadCard)))


@kiosk.post("/leave")
def leave() -> ResponseReturnValue:
    return answer(store().at_kiosk.leave(me().subject))


@kiosk.post("/touches")
def touch() -> ResponseReturnValue:
    store().at_kiosk.touch(me().subject)
    return Response(status=204)


@kiosk.put("/ways")
def choose_ways() -> ResponseReturnValue:
    return answer(store().at_kiosk.choose_ways(me().subject, body(ChooseWays)))


@kiosk.post("/hand-offs")
def offer_hand_off() -> ResponseReturnValue:
    secret, expires_at = store().hand_offs.offer(me().subject, body(OfferHandOff).token_id)
    address = f"{current_app.config['PUBLIC_ORIGINS'][0]}/shopper#visit={secret}"
    qr_png = current_app.extensions["aisleway.qr_png"](address)
    return answer(OfferedHandOff(address_qr_png=qr_png, address=address, expires_at=expires_at), 201)


@kiosk.get("/call")
def call() -> ResponseReturnValue:
    return answer(store().staff_calls.of_kiosk(me().subject))


@kiosk.post("/call")
def call_staff() -> ResponseReturnValue:
    return answer(store().staff_calls.call(me().subject))


@kiosk.delete("/call")
def take_back_call() -> ResponseReturnValue:
    return answer(store().staff_calls.take_back(me().subject))


@kiosk.put("/wish-list/items")
def put_item() -> ResponseReturnValue:
    change = body(ChangeVisitItem)
    return answer(store().at_kiosk.put(me().subject, change, change.token_id))


@kiosk.delete("/wish-list/items")
def remove_item() -> ResponseReturnValue:
    removal = body(RemoveVisitItem)
    return answer(store().at_kiosk.remove(me().subject, removal.sku, removal.token_id))


@kiosk.post("/suggestion-answers")
def answer_suggestion() -> ResponseReturnValue:
    answered = body(AnswerVisitSuggestion)
    return answer(store().at_kiosk.answer(me().subject, answered, answered.token_id))


@kiosk.post("/consents")
def change_consent() -> ResponseReturnValue:
    return answer(store().at_kiosk.withdraw(me().subject, body(ChangeConsent)))
