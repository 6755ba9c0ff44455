"""store_server <-> kiosk and shopper page: the levels of a building, and how one gets from one to another."""

from __future__ import annotations

from typing import Literal

from store_server.wire.floorplans import FeatureId, Labels
from store_server.wire.message import Identifier, Message


class LevelName(Message):
    """A level of a building as people know it."""

    level_id: FeatureId
    names: Labels
    """In the languages the plan has it in; its key, as ``und``, where it has none."""


class GuidanceCrossing(Message):
    """What to take to another level."""

    means: Literal["stairs", "elevator", "escalator", "movingwalkway", "ramp"]
    heading: Literal["up", "down", "across"]
    """``across``: both levels are as high."""
    to_level: LevelName


class ChooseWays(Message):
    """PUT /api/kiosk/ways: how the shopper who tapped wants to be led, until they leave this screen. It is never kept."""

    is_step_free: bool
    token_id: Identifier | None = None
    """Whose choice it is: one that comes late is nobody else's. None: whoever has tapped."""
