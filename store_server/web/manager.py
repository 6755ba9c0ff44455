"""Managers: nodes, kiosks, the plan's report."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from store_server.ports import CodeKind
from store_server.web.audience import answer, body, store
from store_server.wire.people import ConfirmNode, MakeCode, RevokeKiosk, RevokeNode

manager = Blueprint("manager", __name__, url_prefix="/api/manager")


@manager.post("/node-codes")
def node_code() -> ResponseReturnValue:
    return answer(store().enrolment.make_code(CodeKind.NODE, body(MakeCode).key), 201)


@manager.post("/kiosk-codes")
def kiosk_code() -> ResponseReturnValue:
    return answer(store().enrolment.make_code(CodeKind.KIOSK, body(MakeCode).key), 201)


@manager.post("/nodes/confirmations")
def confirm_node() -> ResponseReturnValue:
    return answer(store().enrolment.confirm_node(body(ConfirmNode)))


@manager.post("/nodes/revocations")
def revoke_node() -> ResponseReturnValue:
    return answer(store().enrolment.revoke_node(body(RevokeNode).node_key))


@manager.post("/kiosks/revocations")
def revoke_kiosk() -> ResponseReturnValue:
    return answer(store().enrolment.revoke_kiosk(body(RevokeKiosk).kiosk_key))


@manager.get("/plan-report")
def plan_report() -> ResponseReturnValue:
    return answer(store().oversight.plan_report())
