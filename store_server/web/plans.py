"""Managers: the draft of the floorplan, its problems, the published versions."""

from __future__ import annotations

import logging

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from store_server.use_cases.refusals import Unfit
from store_server.web.audience import answer, body, large_body, parse, raw_body, store
from store_server.web.drawn_plan import drawn
from store_server.web.problems import BadBody, without_message
from store_server.web.roles import me
from store_server.wire.drafts import MAX_EDIT_BYTES, AskForecast, AskMend, AskNextNode, ProblemsChange
from store_server.wire.plan_versions import DiscardDraft, PublishDraft, RollBack
from store_server.wire.sent_edits import SentEdit

log = logging.getLogger(__name__)
plans = Blueprint("plans", __name__, url_prefix="/api/manager")

MOST_DIGITS = 9
MAX_EDIT_COMMAS, MAX_EDIT_LISTS = 1_000_000, 200_000
"""All slots of a hypermarket, before and after, fit. A ring of a million corners is refused before it is read."""
MAX_DRAGGED_BYTES = 4 * 1024 * 1024
"""All shapes of a shop, dragged together."""


def may_publish() -> bool:
    """Whether the manager who asks may publish what they edit."""
    user = store().records.people.user(me().subject)
    return user is not None and user.may_publish


def number(text: str, name: str) -> int:
    """A whole number in an address."""
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise Unfit(f"{name} is a whole number.", (name,))
    return int(text)


@plans.get("/draft")
def draft() -> ResponseReturnValue:
    return answer(store().drafts.state(may_publish()))


@plans.get("/draft/edits")
def edits() -> ResponseReturnValue:
    return answer(store().drafts.edits(number(request.args.get("since", "0"), "since")))


@plans.get("/draft/authors")
def authors() -> ResponseReturnValue:
    return answer(store().drafts.authors())


@plans.post("/draft/edits")
def save_edit() -> ResponseReturnValue:
    raw = raw_body(MAX_EDIT_BYTES)
    if raw.count(b",") > MAX_EDIT_COMMAS or raw.count(b"]") > MAX_EDIT_LISTS:
        raise BadBody(413, "The edit holds more than a plan can: do it in several steps.")
    saved = store().drafts.save(parse(SentEdit, raw), me().subject)
    if known := request.args.get("problems"):
        saved = saved.model_copy(update={"problems": problems_since(known)})
    return answer(saved, 201)


def problems_since(list_id: str) -> ProblemsChange | None:
    """With a step that is saved already: what goes wrong here must not look as if the step had not been."""
    try:
        return store().judge.problems_since(list_id)
    except Exception as error:
        log.error("the checks failed: %s", without_message(error))
        return None


@plans.get("/draft/problems")
def problems() -> ResponseReturnValue:
    return answer(store().judge.problems())


@plans.post("/draft/mends")
def mend() -> ResponseReturnValue:
    return answer(store().judge.mend(body(AskMend)))


@plans.post("/draft/forecasts")
def forecast() -> ResponseReturnValue:
    return answer(store().judge.forecast(large_body(AskForecast, MAX_DRAGGED_BYTES)))


@plans.post("/draft/next-node")
def next_node() -> ResponseReturnValue:
    return answer(store().judge.next_node(body(AskNextNode)))


@plans.post("/draft/publications")
def publish() -> ResponseReturnValue:
    return answer(store().drafts.publish(body(PublishDraft), me().subject, may_publish()), 201)


@plans.post("/draft/discards")
def discard() -> ResponseReturnValue:
    store().drafts.discard(body(DiscardDraft), me().subject, may_publish())
    return answer(store().drafts.state(may_publish()))


@plans.get("/plan-versions")
def versions() -> ResponseReturnValue:
    return answer(store().drafts.versions(may_publish()))


@plans.get("/plan-versions/<int(max=999999999):version>")
def version(version: int) -> ResponseReturnValue:
    plan = drawn(store().drafts.of_version(version))
    return Response(plan.model_dump_json(), mimetype="application/json")


@plans.post("/plan-versions/rollbacks")
def roll_back() -> ResponseReturnValue:
    return answer(store().drafts.roll_back(body(RollBack), me().subject, may_publish()), 201)


@plans.get("/plan-diff")
def diff() -> ResponseReturnValue:
    wanted = request.args.get("to", "draft")
    to_version = None if wanted == "draft" else number(wanted, "to")
    return answer(store().comparison.diff(number(request.args.get("from", ""), "from"), to_version))
