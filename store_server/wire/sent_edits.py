"""An edit as the editor sends it: what it moves is said by the new place alone."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from store_server.wire.drafts import MAX_CHANGES, PlanEdit
from store_server.wire.floorplans import FeatureId, LineGeometry, PointGeometry, PolygonGeometry
from store_server.wire.message import Message


class MovedShape(Message):
    """A shape that stands elsewhere and is otherwise as it was."""

    id: FeatureId
    geometry: Annotated[PointGeometry | LineGeometry | PolygonGeometry, Field(discriminator="type")]
    """Of the kind it had."""


class SentEdit(PlanEdit):
    """POST /api/manager/draft/edits: one step, as short as it can be said.

    A shelf that is moved takes all its slots with it: spelled out, each with all that is known of it before and after, they are
    seven times as much to send and to read.
    """

    moved: Annotated[tuple[MovedShape, ...], Field(max_length=MAX_CHANGES)] = ()
    """In place of changes; these fit only where nobody has touched the shapes since ``base_revision``."""

    @model_validator(mode="after")
    def _is_not_too_much(self) -> SentEdit:
        if len(self.changes) + len(self.moved) > MAX_CHANGES:
            raise ValueError(f"an edit changes at most {MAX_CHANGES} shapes")
        return self
