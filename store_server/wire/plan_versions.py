"""Published plans: making the draft one, going back to one, and what differs between two."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from store_server.wire.drafts import Revision, Version
from store_server.wire.floorplans import Feature, FloorplanDocument
from store_server.wire.message import Identifier, Instant, Label, Message

Note = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")]


class PublishedFloorplan(Message):
    """GET /api/plan: what every screen draws. Slots are left out: bays are drawn, products are asked for."""

    version: Annotated[int, Field(ge=1)]
    published_at: Instant
    document: FloorplanDocument


class PublishDraft(Message):
    """POST /api/manager/draft/publications."""

    draft_id: Identifier
    revision: Revision
    """What the manager has looked at; refused where the draft has moved on."""
    note: Note = ""


class DiscardDraft(Message):
    """POST /api/manager/draft/discards: begin again from the published version.

    Steps of others are thrown away only by who may publish.
    """

    draft_id: Identifier
    revision: Revision


class RollBack(Message):
    """POST /api/manager/plan-versions/rollbacks: an older version, published again as a new one."""

    version: Annotated[int, Field(ge=1)]
    note: Note = ""


class PlanVersion(Message):
    version: Annotated[int, Field(ge=1)]
    published_at: Instant
    author: Label
    note: Note
    rolled_back_to: int | None = None


class PlanVersions(Message):
    """GET /api/manager/plan-versions, the newest first."""

    versions: tuple[PlanVersion, ...]
    draft_id: Identifier | None
    may_publish: bool


class ShapeDifference(StrEnum):
    ADDED = "added"
    MOVED = "moved"
    """Place or form."""
    REMOVED = "removed"
    CHANGED = "changed"
    """A property: a name, a product, a height."""


class ShapeDiff(Message):
    difference: ShapeDifference
    before: Feature | None
    after: Feature | None


class PlanEffect(StrEnum):
    """What a change of plan does to the store; ``before`` and ``after`` are in the unit the name says."""

    ROUTE_LENGTH_M = "route_length_m"
    """Middle walking way from the entrance to a product."""
    PRODUCTS_PLACED = "products_placed"
    PRODUCTS_MOVED = "products_moved"
    """How many stand elsewhere (``after``)."""
    ZONES_CHANGED = "zones_changed"
    MEDIAN_ERROR_M = "median_error_m"
    FLOOR_WITHIN_TARGET = "floor_within_target"
    """Share of the floor where the predicted error is within the target."""
    NODES = "nodes"
    KIOSKS = "kiosks"


class Effect(Message):
    kind: PlanEffect
    before: float | None
    after: float | None


class PlanDiff(Message):
    """GET /api/manager/plan-diff?from=&to=: two versions (``to=draft``: the draft), shape by shape, and what it does.

    Slots are counted among the products moved and not listed.
    """

    from_version: Version
    to_version: Version | None
    """None: the draft."""
    shapes: tuple[ShapeDiff, ...]
    effects: tuple[Effect, ...]
    is_same: bool = False
    """Nothing differs at all: no shape, no slot, and nothing the plan says of itself."""
