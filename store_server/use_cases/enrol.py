"""Nodes and kiosks: one-time codes, fingerprints, revocation."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from store_server.ports import Clock, CodeKind, Credential, Messenger, NodeRecord, Records
from store_server.use_cases.refusals import Conflict, NotFound, NotProven, Unfit
from store_server.wire.people import ConfirmNode, MadeCode
from store_server.wire.presence import KioskOverview, NodeOverview
from store_server.wire.sightings import EnrolledNode, EnrolNode, NodeState, key_fingerprint

CODE_LIVES = timedelta(minutes=10)


@dataclass(frozen=True)
class Enrolment:
    records: Records
    messenger: Messenger
    clock: Clock
    new_code: Callable[[], str]
    hash_code: Callable[[str], str]

    def make_code(self, kind: CodeKind, key: str, *, must_be_on_plan: bool = True) -> MadeCode:
        """A one-time code for a node or kiosk that stands on the published plan."""
        if must_be_on_plan and key not in self._keys_on_plan(kind):
            raise NotFound(f"No {kind} of this name stands on the published floorplan: draw it there first.")
        code, expires_at = self.new_code(), self.clock.now() + CODE_LIVES
        self.records.nodes.make_code(kind, key, self.hash_code(code), expires_at)
        return MadeCode(key=key, code=code, expires_at=expires_at)

    def enrol_node(self, request: EnrolNode) -> EnrolledNode:
        now = self.clock.now()
        node_key = self.records.nodes.use_code(CodeKind.NODE, self.hash_code(request.code), now)
        if node_key is None:
            raise NotProven("This code is not valid: it was used, is past its ten minutes, or was mistyped.")
        public_key = base64.b64decode(request.public_key)
        self.records.nodes.enrol(node_key, public_key, now)
        return EnrolledNode(node_id=node_key, fingerprint=key_fingerprint(public_key), state=NodeState.PENDING)

    def confirm_node(self, request: ConfirmNode) -> NodeOverview:
        node = self._node(request.node_key)
        if key_fingerprint(node.public_key) != request.fingerprint:
            raise Conflict("The fingerprints differ: this is not the node you see. Revoke it and enrol it again.")
        if node.state is NodeState.REVOKED:
            raise Conflict("This node was revoked: enrol it again.")
        self.records.nodes.set_state(request.node_key, NodeState.CONFIRMED)
        return self.node_overview(self._node(request.node_key))

    def revoke_node(self, node_key: str) -> NodeOverview:
        self._node(node_key)
        self.records.nodes.set_state(node_key, NodeState.REVOKED)
        return self.node_overview(self._node(node_key))

    def rotate_key(self, node_key: str, public_key: str) -> EnrolledNode:
        node = self._node(node_key)
        new_key = base64.b64decode(public_key)
        if new_key == node.public_key:
            raise Unfit("The new key is the old one.")
        self.records.nodes.set_key(node_key, new_key)
        return EnrolledNode(node_id=node_key, fingerprint=key_fingerprint(new_key), state=node.state)

    def pair_kiosk(self, code: str) -> str:
        """The kiosk's key; the caller opens its session."""
        now = self.clock.now()
        kiosk_key = self.records.nodes.use_code(CodeKind.KIOSK, self.hash_code(code), now)
        if kiosk_key is None:
            raise NotProven("This code is not valid: it was used, is past its ten minutes, or was mistyped.")
        self.records.people.close_sessions_of([Credential.KIOSK], kiosk_key)
        self.records.nodes.pair_kiosk(kiosk_key, now)
        return kiosk_key

    def revoke_kiosk(self, kiosk_key: str) -> KioskOverview:
        if kiosk_key not in self.records.nodes.kiosks():
            raise NotFound("No kiosk of this name is paired.")
        self.records.people.close_sessions_of([Credential.KIOSK], kiosk_key)
        self.records.nodes.unpair_kiosk(kiosk_key)
        self.messenger.disconnect([Credential.KIOSK], kiosk_key)
        return KioskOverview(kiosk_key=kiosk_key, is_paired=False, last_seen_at=None)

    def node_overview(self, node: NodeRecord) -> NodeOverview:
        return NodeOverview(
            node_key=node.node_key,
            state=node.state,
            fingerprint=key_fingerprint(node.public_key),
            last_batch_at=node.last_batch_at,
            health=node.health,
        )

    def _node(self, node_key: str) -> NodeRecord:
        node = self.records.nodes.node(node_key)
        if node is None:
            raise NotFound("No node of this name is enrolled.")
        return node

    def _keys_on_plan(self, kind: CodeKind) -> frozenset[str]:
        plan = self.records.plans.current()
        if plan is None:
            return frozenset()
        features = plan.document.features
        if kind is CodeKind.NODE:
            return frozenset(f.properties.node_key for f in features if f.feature_type == "scanner_node")
        return frozenset(f.properties.kiosk_key for f in features if f.feature_type == "kiosk")
