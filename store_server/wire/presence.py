"""store_server -> screens: where the one tapped shopper is; what the store as a whole is doing."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from store_server.wire.message import Instant, Key, Message, Metres
from store_server.wire.sightings import NodeHealth, NodeState


class TrackMoved(Message):
    """Socket event ``track_moved``, to the one kiosk whose token this shopper tapped, and to nobody else."""

    at: Instant
    x_m: Metres
    y_m: Metres
    accuracy_radius_m: Annotated[float, Field(ge=0, le=1e4)]
    """Radius of the circle that holds the shopper with 95 %."""


class NodeOverview(Message):
    """One node as staff and managers see it."""

    node_key: Key
    state: NodeState
    fingerprint: str
    last_batch_at: Instant | None
    health: NodeHealth | None


class KioskOverview(Message):
    """One kiosk as staff and managers see it; never what is on its screen."""

    kiosk_key: Key
    is_paired: bool
    last_seen_at: Instant | None


class StoreOverview(Message):
    """GET /api/staff/overview."""

    at: Instant
    nodes: tuple[NodeOverview, ...]
    kiosks: tuple[KioskOverview, ...]
    plan_version: int
    positions_are_live: bool
