"""Who works here, and every session that is open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from store_server.wire.people import Role


class Credential(StrEnum):
    """How a request proves whom it comes from; the columns of the authorization table."""

    NOBODY = "nobody"
    NODE = "node"
    KIOSK = "kiosk"
    CARD = "card"
    CARD_PIN = "card_pin"
    VISIT = "visit"
    """A phone that took over the list a kiosk had open."""
    STAFF = "staff"
    MANAGER = "manager"


@dataclass(frozen=True, slots=True)
class Session:
    token_hash: str
    credential: Credential
    subject: str
    """kiosk_key, shopper_id or user_name."""
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class UserRecord:
    user_name: str
    role: Role
    password_hash: str
    is_disabled: bool
    may_publish: bool
    """Managers only: editing the plan and publishing it are separate rights."""


class PeopleRecords(Protocol):
    def put_user(self, user_name: str, role: Role, password_hash: str, *, may_publish: bool = True) -> None: ...
    def user(self, user_name: str) -> UserRecord | None: ...
    def disable_user(self, user_name: str) -> bool:
        """They sign in no more, until ``put_user`` lets them again; False where there is nobody of this name."""
        ...

    def open_session(
        self, token_hash: str, credential: Credential, subject: str, at: datetime, *, idle_s: float, absolute_s: float
    ) -> Session: ...
    def session(self, token_hash: str, at: datetime) -> Session | None:
        """The session, if it has neither expired nor idled out; using it counts as being there."""
        ...

    def living(self, token_hashes: Iterable[str], at: datetime) -> frozenset[str]:
        """Those of these sessions that have neither ended nor expired; asking is not using them."""
        ...

    def close_session(self, token_hash: str) -> None: ...
    def close_sessions_of(self, credentials: Iterable[Credential], subject: str) -> None: ...
    def purge_sessions(self, at: datetime) -> int: ...
