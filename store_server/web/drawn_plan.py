"""The plan as screens draw it."""

from __future__ import annotations

from store_server.ports import PlanRecord
from store_server.wire.floorplans import SlotFeature
from store_server.wire.plan_versions import PublishedFloorplan


def drawn(plan: PlanRecord) -> PublishedFloorplan:
    """A published plan without its slots: bays are drawn, and which product stands where is asked for."""
    shapes = tuple(f for f in plan.document.features if not isinstance(f, SlotFeature))
    return PublishedFloorplan(
        version=plan.version,
        published_at=plan.published_at,
        document=plan.document.model_copy(update={"features": shapes}),
    )
