"""kiosk and staff <-> store_server: somebody at a kiosk asks for help. A call tells of a screen and a time, never of a person."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from store_server.wire.message import Identifier, Instant, Key, Message
from store_server.wire.people import UserName

MOST_CALLS_TOLD = 200


class CallState(StrEnum):
    NONE = "none"
    WAITING = "waiting"
    """Nobody has taken the call yet."""
    COMING = "coming"
    """Somebody is on the way."""


class KioskCall(Message):
    """Socket event ``kiosk_call``, and answer to GET, POST and DELETE /api/kiosk/call: how this kiosk's call stands."""

    state: CallState
    called_at: Instant | None
    """None where there is no call."""


class HelpCall(Message):
    """One call as staff see it."""

    call_id: Identifier
    kiosk_key: Key
    called_at: Instant
    acknowledged_at: Instant | None
    acknowledged_by: UserName | None
    done_at: Instant | None
    """None while the call is open."""
    done_by: UserName | None
    """None where it is open, or was taken back at the kiosk."""


class HelpCalls(Message):
    """Socket event ``help_calls``, and GET /api/staff/calls: the open ones, longest waiting first, then the last done."""

    at: Instant
    calls: Annotated[tuple[HelpCall, ...], Field(max_length=MOST_CALLS_TOLD)]


class AnswerCall(Message):
    """POST /api/staff/calls/acknowledgements: I am on the way; POST /api/staff/calls/endings: it is done."""

    call_id: Identifier
