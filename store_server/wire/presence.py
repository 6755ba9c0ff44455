"""store_server -> screens: where the one tapped shopper is; what the store as a whole is doing."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from store_server.wire.floorplans import FeatureId
from store_server.wire.message import Instant, Key, Message, Metres
from store_server.wire.sightings import NodeHealth, NodeState


class TrackMoved(Message):
    """Socket event ``track_moved``, to the one kiosk whose token this shopper tapped, and to nobody else."""

    at: Instant
    x_m: Metres
    y_m: Metres
    accuracy_radius_m: Annotated[float, Field(ge=0, le=1e4)]
    """Radius of the circle that holds the shopper with 95 %."""
    level_id: FeatureId | None = None
    """The level x and y are on; None: the only one there is."""


class NodeOverview(Message):
    """One node as staff and managers see it."""

    node_key: Key
    state: NodeState
    fingerprint: str
    last_batch_at: Instant | None
    health: NodeHealth | None


class KioskScreen(StrEnum):
    """What kind of picture a kiosk shows; never whose."""

    ATTRACT = "attract"
    TOKEN_SHOWN = "token_shown"  # noqa: S105 (a sign to tap, no password)
    OPENED = "opened"
    OFFLINE = "offline"
    """It shows the plan it kept. A paired kiosk that has not been heard of for a while counts as this too."""


class KioskHeartbeat(Message):
    """POST /api/kiosk/heartbeats, every few seconds: how the screen itself does. Nothing in it is of a shopper."""

    bundle: Annotated[str, Field(pattern=r"^[0-9a-z]{1,16}$")]
    """Which build of the screens it runs."""
    screen: KioskScreen
    untouched_s: Annotated[float, Field(ge=0, le=1e8)] | None
    """Since the last touch, by the kiosk's own steady clock; None where nobody touched it since it was loaded."""


class KioskPulse(Message):
    """Answer to KioskHeartbeat: where the store is. A kiosk that finds itself behind fetches what it shows anew."""

    at: Instant
    version: Annotated[int, Field(ge=0)]
    """Of the KioskState that holds now."""
    plan_version: Annotated[int, Field(ge=0)]


class KioskOverview(Message):
    """One kiosk as staff and managers see it; never what is on its screen."""

    kiosk_key: Key
    is_paired: bool
    last_seen_at: Instant | None
    screen: KioskScreen | None = None
    """None: not paired."""
    bundle: str | None = None
    """Which build of the screens it runs; None: not heard of since the server began."""
    last_touch_at: Instant | None = None


class StoreOverview(Message):
    """GET /api/staff/overview."""

    at: Instant
    nodes: tuple[NodeOverview, ...]
    kiosks: tuple[KioskOverview, ...]
    plan_version: int
    positions_are_live: bool
