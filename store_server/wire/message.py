"""What every message between our programs has in common.

A message is strict (no coercion: ``"-60"`` and ``true`` are not numbers), frozen, bounded and closed
(an unknown field is an error), because both ends are written from the same contract and anything else
is a mistake or an attack.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

WIRE_VERSION = 1
"""The version a program of this release speaks; the server also accepts the one before it, once there is one."""


class Message(BaseModel):
    """One message: strict, frozen, closed."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True)

    @classmethod
    def event_name(cls) -> str:
        """The name of this message on a socket: its class name in snake_case.

        >>> class TrackMoved(Message): ...
        >>> TrackMoved.event_name()
        'track_moved'
        """
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()


def _four_digit_year_with_room(at: datetime) -> datetime:
    """Refuse instants so near datetime's ends that adding a window to them overflows."""
    if not 2000 <= at.year <= 2200:
        raise ValueError("an instant lies between the years 2000 and 2200")
    return at


Instant = Annotated[AwareDatetime, AfterValidator(_four_digit_year_with_room)]
"""An aware instant. We write UTC; any offset is accepted."""

Key = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_./:-]+$")]
"""An identifier people and files write: ``rpi-07``, ``G001-W-01-2``."""

Identifier = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
"""128 random bits in hex: shopper_id, beacon_id, token_id."""

Sku = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""The store's product key, as the store writes it."""

Label = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")]
"""A text for people: shown as text, never as HTML."""

Metres = Annotated[float, Field(ge=-100_000, le=100_000)]
"""A coordinate or length in the floorplan's local frame."""


def _on_earth(lonlat: tuple[float, ...]) -> tuple[float, ...]:
    if not -90 <= lonlat[1] <= 90:
        raise ValueError("a latitude lies between -90 and 90: longitude comes first")
    return lonlat


LonLat = Annotated[
    tuple[Annotated[float, Field(ge=-180, le=180)], ...],
    Field(min_length=2, max_length=2),
    AfterValidator(_on_earth),
]
"""Longitude and latitude in degrees (WGS 84)."""
