"""What every blueprint needs of a request: the store behind it, its body as a message, its session cookie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar, cast

from flask import Response, current_app, request
from pydantic import ValidationError

from store_server.ports import Records
from store_server.use_cases.arrange_shelves import Assortment
from store_server.use_cases.call_staff import StaffCalls
from store_server.use_cases.compare_plans import Comparison
from store_server.use_cases.edit_floorplans import Drafts
from store_server.use_cases.enrol import Enrolment
from store_server.use_cases.exchange_plans import Exchange
from store_server.use_cases.floors import Floors
from store_server.use_cases.hand_off import HandOffs
from store_server.use_cases.hand_out_beacons import Desk
from store_server.use_cases.judge_drafts import Judge
from store_server.use_cases.keep_catalogue import CatalogueKeeper
from store_server.use_cases.keep_promises import Promises
from store_server.use_cases.locate_shoppers import Spine
from store_server.use_cases.oversee import Oversight
from store_server.use_cases.publish_views import Views
from store_server.use_cases.read_cards import CardReader
from store_server.use_cases.shop import AtKiosk, Lists
from store_server.use_cases.sign_in import Doors
from store_server.use_cases.watch_kiosks import KioskWatch
from store_server.web.problems import BadBody, bad_body
from store_server.wire.message import Message
from store_server.wire.sightings import MAX_BODY_BYTES


@dataclass(frozen=True)
class Store:
    """The use cases a request may call, put together by ``create_app``."""

    records: Records
    doors: Doors
    enrolment: Enrolment
    desk: Desk
    promises: Promises
    spine: Spine
    views: Views
    floors: Floors
    lists: Lists
    at_kiosk: AtKiosk
    card_reader: CardReader
    staff_calls: StaffCalls
    hand_offs: HandOffs
    oversight: Oversight
    kiosk_watch: KioskWatch
    catalogue: CatalogueKeeper
    drafts: Drafts
    judge: Judge
    comparison: Comparison
    exchange: Exchange
    assortment: Assortment
    store_name: str
    demo_note: str | None
    controller: str


def store() -> Store:
    """The store behind the present request."""
    return cast(Store, current_app.extensions["aisleway"])


_M = TypeVar("_M", bound=Message)


def raw_body(most_bytes: int = MAX_BODY_BYTES, mimetype: str = "application/json") -> bytes:
    """The request's body: of one kind, JSON unless said otherwise, uncompressed, bounded (requirement C7)."""
    if request.headers.get("Content-Encoding") or request.mimetype != mimetype:
        kind = "JSON" if mimetype == "application/json" else "the file"
        raise BadBody(415, f"Send {kind}, uncompressed, with Content-Type: {mimetype}.")
    if request.content_length is None:
        raise BadBody(411, "Send the request's length.")
    if request.content_length > most_bytes:
        raise BadBody(413, f"The request is larger than {most_bytes // 1024} KiB.")
    request.max_content_length = most_bytes
    return request.get_data(cache=True)


def parse(model: type[_M], body: bytes) -> _M:
    """The body as a message of the contract."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise bad_body(error) from None  # the cause would carry what was sent


def body(model: type[_M]) -> _M:
    return parse(model, raw_body())


def large_body(model: type[_M], most_bytes: int) -> _M:
    """A message that may be larger than others: only for who has signed in."""
    return parse(model, raw_body(most_bytes))


def answer(message: Message, status: int = 200) -> Response:
    """A wire message as an answer."""
    return Response(message.model_dump_json(), status, mimetype="application/json")


def audience_cookie(audience: str) -> str:
    """The cookie's name: ``__Host-`` binds it to this host, to TLS (or localhost) and to no narrower path."""
    return f"__Host-aisleway-{audience}"


def set_cookie(response: Response, audience: str, token: str, lives_s: float) -> Response:
    response.set_cookie(
        audience_cookie(audience), token, max_age=int(lives_s), path="/", secure=True, httponly=True, samesite="Strict"
    )
    return response


def clear_cookie(response: Response, audience: str) -> Response:
    response.delete_cookie(audience_cookie(audience), path="/", secure=True, httponly=True, samesite="Strict")
    return response


def address() -> str:
    """Where the request comes from, as the throttle counts it."""
    return "address:" + (request.remote_addr or "unknown")
