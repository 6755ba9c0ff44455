"""Staff: sign-in, the desk, the state of nodes and kiosks. No route here tells of one shopper."""

from __future__ import annotations

from flask import Blueprint, Response, current_app
from flask.typing import ResponseReturnValue

from store_server.ports import Credential
from store_server.use_cases.refusals import NotFound
from store_server.use_cases.sign_in import ABSOLUTE_S
from store_server.web.audience import address, answer, body, clear_cookie, set_cookie, store
from store_server.web.roles import me
from store_server.wire.calls import AnswerCall
from store_server.wire.people import BindTag, IssuedCard, ReturnTag, Role, SignedIn, SignIn

staff = Blueprint("staff", __name__, url_prefix="/api")


@staff.post("/sessions")
def sign_in() -> ResponseReturnValue:
    token, signed_in = store().doors.sign_in(body(SignIn), address())
    credential = Credential.MANAGER if signed_in.role is Role.MANAGER else Credential.STAFF
    return set_cookie(answer(signed_in, 201), "people", token, ABSOLUTE_S[credential])


@staff.delete("/sessions")
def sign_out() -> ResponseReturnValue:
    store().doors.close(me())
    return clear_cookie(Response(status=204), "people")


@staff.get("/sessions/mine")
def who_am_i() -> ResponseReturnValue:
    role = Role.MANAGER if me().credential is Credential.MANAGER else Role.STAFF
    return answer(SignedIn(user_name=me().subject, role=role, expires_at=me().expires_at))


@staff.get("/staff/overview")
def overview() -> ResponseReturnValue:
    return answer(store().oversight.overview())


@staff.get("/staff/calls")
def calls() -> ResponseReturnValue:
    return answer(store().staff_calls.overview())


@staff.post("/staff/calls/acknowledgements")
def acknowledge_call() -> ResponseReturnValue:
    return answer(store().staff_calls.acknowledge(body(AnswerCall).call_id, me().subject))


@staff.post("/staff/calls/endings")
def end_call() -> ResponseReturnValue:
    return answer(store().staff_calls.end(body(AnswerCall).call_id, me().subject))


@staff.get("/staff/tags")
def tags() -> ResponseReturnValue:
    return answer(store().desk.tags())


@staff.get("/staff/tags/<tag_label>")
def tag_status(tag_label: str) -> ResponseReturnValue:
    if len(tag_label) > 32 or not tag_label.replace("-", "").isalnum() or not tag_label.isascii():
        raise NotFound("No beacon of ours has this label.")
    return answer(store().desk.status(tag_label))


@staff.post("/staff/bindings")
def bind_tag() -> ResponseReturnValue:
    request = body(BindTag)
    card = store().desk.hand_out(request)
    secret = card.secret or request.card_secret
    card_url = f"{current_app.config['PUBLIC_ORIGINS'][0]}/shopper#card={secret}"
    qr_png = current_app.extensions["aisleway.qr_png"](card_url)
    return answer(IssuedCard(tag_label=card.tag_label, card_url=card_url, card_qr_png=qr_png, pin=card.pin), 201)


@staff.post("/staff/returns")
def return_tag() -> ResponseReturnValue:
    return answer(store().desk.take_back(body(ReturnTag).tag_label))
