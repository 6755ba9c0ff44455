"""Nodes, their batches' numbers, and paired kiosks: what is kept of each machine in the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from store_server.wire.sightings import NodeHealth, NodeState


@dataclass(frozen=True, slots=True)
class NodeRecord:
    node_key: str
    public_key: bytes
    state: NodeState
    boot_id: int
    highest_sequence: int
    last_batch_at: datetime | None
    health: NodeHealth | None


class ReplayVerdict(StrEnum):
    """What the replay window says of a batch's number (requirement C4)."""

    FRESH = "fresh"
    SEEN = "seen"
    TOO_OLD = "too_old"
    OLDER_BOOT = "older_boot"


@dataclass(frozen=True, slots=True)
class ReplayAnswer:
    verdict: ReplayVerdict
    received_at: datetime
    """When this batch was first received, where it was SEEN; now, where it is FRESH."""
    valid_ids_version: str


class CodeKind(StrEnum):
    NODE = "node"
    KIOSK = "kiosk"


class NodeRecords(Protocol):
    def make_code(self, kind: CodeKind, key: str, code_hash: str, expires_at: datetime) -> None: ...
    def use_code(self, kind: CodeKind, code_hash: str, at: datetime) -> str | None:
        """The key the code was made for, once and before it expires; None otherwise."""
        ...

    def enrol(self, node_key: str, public_key: bytes, at: datetime) -> None: ...
    def node(self, node_key: str) -> NodeRecord | None: ...
    def nodes(self) -> Sequence[NodeRecord]: ...
    def set_state(self, node_key: str, state: NodeState) -> None: ...
    def set_key(self, node_key: str, public_key: bytes) -> None: ...
    def note_batch(
        self,
        node_key: str,
        boot_id: int,
        sequence: int,
        valid_ids_version: str,
        health: NodeHealth | None,
        at: datetime,
    ) -> ReplayAnswer:
        """Take a batch's number if it is fresh, durably, in one transaction; otherwise say why not."""
        ...

    def pair_kiosk(self, kiosk_key: str, at: datetime) -> None: ...
    def see_kiosk(self, kiosk_key: str, at: datetime) -> None: ...
    def unpair_kiosk(self, kiosk_key: str) -> None: ...
    def kiosks(self) -> Mapping[str, datetime | None]:
        """Paired kiosks and when each was last seen."""
        ...
