"""scanner_node <-> store_server: what a node sends, and what it is told."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from store_server.wire.message import WIRE_VERSION, Instant, Key, Message

MAX_SIGHTINGS = 500
MAX_BODY_BYTES = 256 * 1024
RSSI_DBM_MIN, RSSI_DBM_MAX = -127, -1

EphemeralId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
"""The 8 bytes a beacon is known by on the air just now, in hex. For the static formats (compatibility mode)
these are the first 8 bytes of SHA-256 over format and identity, see ``static_ephemeral_id``."""

Base64Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]{43}=$")]
"""An Ed25519 public key: 32 bytes in base64."""


def static_ephemeral_id(beacon_format: str, identity: bytes) -> str:
    """The id under which a beacon that never changes its identity is matched against the valid ids.

    >>> static_ephemeral_id("ibeacon", bytes(20))
    '2e15c6d79a13dacc'
    """
    return hashlib.sha256(beacon_format.encode() + b"\0" + identity).hexdigest()[:16]


class Sighting(Message):
    """One beacon heard by one node. Nothing else about the sender leaves the node (requirement B3)."""

    ephemeral_id: EphemeralId
    rssi_dbm: Annotated[int, Field(ge=RSSI_DBM_MIN, le=RSSI_DBM_MAX)]
    """Received strength; where the node coalesced several advertisements, their mean in milliwatts."""
    heard_at: Instant


class ScanMode(StrEnum):
    """How the radio listens. PASSIVE: only our frames reach the program; ACTIVE: filtered in the callback."""

    PASSIVE = "passive"
    ACTIVE = "active"
    REPLAY = "replay"


class RadioState(StrEnum):
    STARTING = "starting"
    LISTENING = "listening"
    SILENT = "silent"
    """Nothing at all heard for longer than the watchdog allows; the scanner is being restarted."""
    FAILED = "failed"


class NodeHealth(Message):
    """How a node is doing. Holds no identifier of any sender."""

    radio: RadioState
    scan_mode: ScanMode
    advertisements_per_s: Annotated[float, Field(ge=0, le=1e6)]
    """Advertisements of any sender that reached the program, averaged since the last health."""
    last_heard_s: Annotated[float, Field(ge=0, le=1e9)] | None
    """Seconds since anything was heard; None: nothing yet."""
    radio_restarts: Annotated[int, Field(ge=0, le=10**9)]
    sightings_dropped: Annotated[int, Field(ge=0, le=10**12)]
    """Sightings of valid ids that the full or expired spool dropped."""
    queue_length: Annotated[int, Field(ge=0, le=10**7)]
    clock_skew_s: Annotated[float, Field(ge=-1e9, le=1e9)] | None
    """The server's clock minus ours, from its last answer."""
    software_version: Annotated[str, StringConstraints(min_length=1, max_length=32, pattern=r"^[0-9A-Za-z.+-]+$")]


class SightingBatch(Message):
    """What a node sends at once: POST /api/node/batches. Its number is in the envelope."""

    wire_version: Annotated[int, Field(ge=1, le=WIRE_VERSION)] = WIRE_VERSION
    sightings: Annotated[tuple[Sighting, ...], Field(max_length=MAX_SIGHTINGS)]
    health: NodeHealth | None = None
    """Sent every few seconds, not with each batch."""


class BatchReceipt(Message):
    """The server has the batch; sent again with 409 when the batch was seen before."""

    node_id: Key
    boot_id: int
    sequence: int
    received_at: Instant
    valid_ids_version: str
    """When this differs from the node's set, the node fetches the new set at once."""


class ValidIds(Message):
    """GET /api/node/valid-ids: the only ids a node may forward."""

    version: str
    expires_in_s: Annotated[float, Field(gt=0, le=90)]
    """After this long without a fresh receipt or set the node forwards nothing (requirement B2)."""
    accept_static_formats: bool
    ids: Annotated[tuple[EphemeralId, ...], Field(max_length=200_000)]


class EnrolNode(Message):
    """POST /api/node/enrolments, unsigned: a one-time code for a key."""

    code: Annotated[str, StringConstraints(min_length=8, max_length=64)]
    public_key: Base64Key


class NodeState(StrEnum):
    PENDING = "pending"
    """Enrolled; a manager has not yet confirmed the key's fingerprint."""
    CONFIRMED = "confirmed"
    REVOKED = "revoked"


class EnrolledNode(Message):
    """Answer to EnrolNode, and to GET /api/node/self."""

    node_id: Key
    fingerprint: str
    """To compare with what the manager's screen shows: see ``key_fingerprint``."""
    state: NodeState


class RotateNodeKey(Message):
    """POST /api/node/keys, signed with the old key: from the next request on the new one counts."""

    public_key: Base64Key


def key_fingerprint(public_key: bytes) -> str:
    """Six groups of four hex digits that two people can read to each other (96 bits of SHA-256).

    >>> key_fingerprint(bytes(32))
    '6668-7aad-f862-bd77-6c8f-c18b'
    """
    digest = hashlib.sha256(public_key).hexdigest()
    return "-".join(digest[i : i + 4] for i in range(0, 24, 4))


class Envelope(Message):
    """Who sends a node's request, its number and its time: five headers, so that a body from a stranger is never parsed.

    The signature is Ed25519 over ``signed_bytes`` (requirement C2).
    """

    node_id: Key
    boot_id: Annotated[int, Field(ge=1, le=2**53)]
    """A counter the node keeps on disk and raises at each start."""
    sequence: Annotated[int, Field(ge=0, le=2**53)]
    """Raised by one for each new request of this boot; a retry keeps it."""
    sent_at: Instant

    HEADERS: ClassVar = ("Aisleway-Node-Id", "Aisleway-Boot-Id", "Aisleway-Sequence", "Aisleway-Sent-At")
    SIGNATURE_HEADER: ClassVar = "Aisleway-Signature"

    def signed_bytes(self, method: str, path: str, body: bytes) -> bytes:
        """What the signature covers: one field a line, the body by its SHA-256."""
        lines = (
            "aisleway-node-request-1",
            method.upper(),
            path,
            self.node_id,
            str(self.boot_id),
            str(self.sequence),
            format_instant(self.sent_at),
            hashlib.sha256(body).hexdigest(),
        )
        return "\n".join(lines).encode()

    def headers(self) -> dict[str, str]:
        """The envelope as HTTP headers, without the signature."""
        values = (self.node_id, str(self.boot_id), str(self.sequence), format_instant(self.sent_at))
        return dict(zip(self.HEADERS, values, strict=True))


def format_instant(at: datetime) -> str:
    """UTC with milliseconds, the one spelling that is signed.

    >>> format_instant(datetime(2026, 11, 24, 10, 0, 0, 123456, UTC))
    '2026-11-24T10:00:00.123Z'
    """
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
