"""Scanner nodes: signed requests, each numbered."""

from __future__ import annotations

import base64

from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue

from store_server.use_cases.locate_shoppers import SeenBefore
from store_server.use_cases.refusals import Conflict, NotProven
from store_server.web.audience import answer, body, parse, raw_body, store
from store_server.wire.sightings import EnrolledNode, EnrolNode, Envelope, RotateNodeKey, SightingBatch, key_fingerprint

node = Blueprint("node", __name__, url_prefix="/api/node")


def _proven(content: bytes = b"") -> Envelope:
    """The envelope, once its signature was checked over exactly this content. Nothing of the body is parsed before."""
    try:
        node_id, boot_id, sequence, sent_at = (request.headers[name] for name in Envelope.HEADERS)
        envelope = Envelope.model_validate_strings(
            {"node_id": node_id, "boot_id": boot_id, "sequence": sequence, "sent_at": sent_at}
        )
        signature = base64.b64decode(request.headers[Envelope.SIGNATURE_HEADER], validate=True)
    except (KeyError, ValueError):  # also what base64 and pydantic raise
        raise NotProven("This request is not signed by an enrolled node.") from None
    spine = store().spine
    public_key = spine.prove_node(envelope)
    verify = current_app.extensions["aisleway.verify_signature"]
    if not verify(public_key, signature, envelope.signed_bytes(request.method, request.path, content)):
        raise NotProven("The signature does not fit the request.")
    spine.check_clock(envelope)
    return envelope


@node.post("/enrolments")
def enrol() -> ResponseReturnValue:
    return answer(store().enrolment.enrol_node(body(EnrolNode)), 201)


@node.get("/self")
def about_self() -> ResponseReturnValue:
    envelope = _proven()
    record = store().records.nodes.node(envelope.node_id)
    if record is None:
        raise NotProven("This node is not enrolled here.")
    return answer(
        EnrolledNode(node_id=record.node_key, fingerprint=key_fingerprint(record.public_key), state=record.state)
    )


@node.get("/valid-ids")
def valid_ids() -> ResponseReturnValue:
    spine = store().spine
    spine.confirmed_node(_proven())
    return answer(spine.admissions.current(spine.clock.now()).valid_ids())


@node.post("/batches")
def batches() -> Response:
    content = raw_body()
    envelope = _proven(content)
    batch = parse(SightingBatch, content)
    try:
        return answer(store().spine.receive_batch(envelope, batch))
    except SeenBefore as seen:
        return answer(seen.receipt, 409)


@node.post("/keys")
def rotate_key() -> ResponseReturnValue:
    content = raw_body()
    envelope = _proven(content)
    spine = store().spine
    record = spine.records.nodes.node(envelope.node_id)
    if record is not None and envelope.boot_id < record.boot_id:
        raise Conflict("This node has started again since: its boot counter went back.")
    return answer(store().enrolment.rotate_key(envelope.node_id, parse(RotateNodeKey, content).public_key))
