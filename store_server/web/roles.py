"""Who may do what: one table, denied by default, and how each of the audiences proves itself.

Every endpoint of the app stands in ``ENDPOINTS`` with the credentials that may call it; an endpoint that does not is answered
with 403 whoever asks, and a test fails on it. The same holds for socket events and ``EVENTS``.
"""

from __future__ import annotations

from typing import cast

from flask import Flask, Response, current_app, g, request
from flask.typing import ResponseReturnValue

from store_server.ports import Credential, Session
from store_server.use_cases.refusals import NotAllowed, NotProven
from store_server.web.audience import audience_cookie, store
from store_server.web.problems import problem

C = Credential
ANYBODY = frozenset(Credential)
KIOSK = frozenset({C.KIOSK})
NODE = frozenset({C.NODE})
CARD = frozenset({C.CARD, C.CARD_PIN})
CARD_PIN = frozenset({C.CARD_PIN})
VISIT = frozenset({C.VISIT})
PEOPLE = frozenset({C.STAFF, C.MANAGER})
MANAGER = frozenset({C.MANAGER})

ENDPOINTS: dict[str, frozenset[Credential]] = {
    "pages.page": ANYBODY,
    "pages.asset": ANYBODY,
    "pages.kiosk_worker": ANYBODY,
    "pages.health": ANYBODY,
    "pages.security_txt": ANYBODY,
    "pages.openapi": ANYBODY,
    "pages.notice": ANYBODY,
    "pages.plan": ANYBODY,
    "pages.products": ANYBODY,
    "node.enrol": ANYBODY,
    "node.about_self": NODE,
    "node.valid_ids": NODE,
    "node.batches": NODE,
    "node.rotate_key": NODE,
    "kiosk.pair": ANYBODY,
    "kiosk.about_self": KIOSK,
    "kiosk.state": KIOSK,
    "kiosk.catalogue": KIOSK,
    "kiosk.heartbeat": KIOSK,
    "kiosk.tap": KIOSK,
    "kiosk.read_card": KIOSK,
    "kiosk.leave": KIOSK,
    "kiosk.touch": KIOSK,
    "kiosk.choose_ways": KIOSK,
    "kiosk.offer_hand_off": KIOSK,
    "kiosk.call": KIOSK,
    "kiosk.call_staff": KIOSK,
    "kiosk.take_back_call": KIOSK,
    "kiosk.put_item": KIOSK,
    "kiosk.remove_item": KIOSK,
    "kiosk.answer_suggestion": KIOSK,
    "kiosk.change_consent": KIOSK,
    "shopper.open_card": ANYBODY,
    "shopper.take_over": ANYBODY,
    "shopper.close_card": CARD | VISIT,
    "shopper.overview": CARD,
    "shopper.change_consent": CARD,
    "shopper.pause": CARD,
    "shopper.wish_list": CARD_PIN | VISIT,
    "shopper.put_item": CARD_PIN | VISIT,
    "shopper.remove_item": CARD_PIN | VISIT,
    "staff.sign_in": ANYBODY,
    "staff.sign_out": PEOPLE,
    "staff.who_am_i": PEOPLE,
    "staff.overview": PEOPLE,
    "staff.calls": PEOPLE,
    "staff.acknowledge_call": PEOPLE,
    "staff.end_call": PEOPLE,
    "staff.tags": PEOPLE,
    "staff.tag_status": PEOPLE,
    "staff.bind_tag": PEOPLE,
    "staff.return_tag": PEOPLE,
    "manager.node_code": MANAGER,
    "manager.kiosk_code": MANAGER,
    "manager.confirm_node": MANAGER,
    "manager.revoke_node": MANAGER,
    "manager.revoke_kiosk": MANAGER,
    "manager.plan_report": MANAGER,
    "plans.draft": MANAGER,
    "plans.edits": MANAGER,
    "plans.authors": MANAGER,
    "plans.save_edit": MANAGER,
    "plans.problems": MANAGER,
    "plans.mend": MANAGER,
    "plans.forecast": MANAGER,
    "plans.next_node": MANAGER,
    "plans.diff": MANAGER,
    "plan_files.read": MANAGER,
    "plan_files.layers": MANAGER,
    "plan_files.write": MANAGER,
    "plan_files.add_picture": MANAGER,
    "plan_files.picture": MANAGER,
    "plan_files.scale": MANAGER,
    "plan_files.underlay": MANAGER,
    "plan_files.place": MANAGER,
    "plans.publish": MANAGER,
    "plans.discard": MANAGER,
    "plans.versions": MANAGER,
    "plans.version": MANAGER,
    "plans.roll_back": MANAGER,
    "assortment.products": MANAGER,
    "assortment.look_up": MANAGER,
    "assortment.categories": MANAGER,
    "assortment.flag_category": MANAGER,
    "assortment.pairings": MANAGER,
    "assortment.add_pairing": MANAGER,
    "assortment.remove_pairing": MANAGER,
    "assortment.import_catalogue": MANAGER,
    "assortment.import_stock": MANAGER,
}

EVENTS: dict[str, frozenset[Credential]] = {
    "connect": KIOSK | PEOPLE,
    "disconnect": KIOSK | PEOPLE,
}
"""Events a client may send. Nothing is asked for over the socket: what a screen does goes over HTTP."""

HEARD: dict[str, frozenset[Credential]] = {
    "kiosk_state": KIOSK,
    "track_moved": KIOSK,
    "kiosk_call": KIOSK,
    "store_overview": PEOPLE,
    "draft_changed": PEOPLE,
    "help_calls": PEOPLE,
}
"""Events the server sends, and who may hear each; one that is not named here is sent to nobody."""

AUDIENCES: dict[str, frozenset[Credential]] = {"kiosk": KIOSK, "shopper": CARD | VISIT, "people": PEOPLE}
"""The three kinds of session cookie; one browser may hold one of each (a laptop that shows the whole demo does)."""

CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def session_for(allowed: frozenset[Credential]) -> Session | None:
    """The request's session of an audience that may call this endpoint."""
    found: Session | None = None
    for audience, credentials in AUDIENCES.items():
        if not credentials & allowed:
            continue
        token = request.cookies.get(audience_cookie(audience))
        session = None if token is None else store().doors.find(token)
        if session is not None:
            found = session
            if session.credential in allowed:
                return session
    return found


def me() -> Session:
    """The session this request was let in by."""
    return cast(Session, g.session)


def guard(app: Flask) -> None:
    """Stand before every endpoint."""

    @app.before_request
    def _let_in() -> ResponseReturnValue | None:
        if request.endpoint is None:
            return None  # no such address: 404 follows
        allowed = ENDPOINTS.get(request.endpoint)
        if allowed is None:
            return problem(403, "Not allowed", "This is not allowed.")
        if request.method in CHANGES and allowed != NODE and request.endpoint != "node.enrol":
            _refuse_other_sites()
        if allowed in (ANYBODY, NODE):
            return None  # a node proves itself by the signature over what it sends: see web/node.py
        session = session_for(allowed)
        if session is None:
            raise NotProven("Sign in first.")
        if session.credential not in allowed:
            if session.credential is Credential.CARD:
                raise NotAllowed("This needs the PIN of your card.")
            raise NotAllowed("This is not allowed for you.")
        g.session = session
        return None

    @app.after_request
    def _headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if not response.headers.get("Cache-Control"):
            response.headers["Cache-Control"] = "no-store"
        if request.is_secure:
            response.headers["Strict-Transport-Security"] = "max-age=63072000"
        return response


def _refuse_other_sites() -> None:
    """Changes come from our own pages only (requirement D5)."""
    origins: tuple[str, ...] = current_app.config["PUBLIC_ORIGINS"]
    if request.headers.get("Origin") not in origins:
        raise NotAllowed("This request does not come from a page of this store.")
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise NotAllowed("This request does not come from a page of this store.")


HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types default"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""On every answer (requirement D11)."""
