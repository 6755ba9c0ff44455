"""What is computed with keys."""

from __future__ import annotations

from typing import Protocol


class EphemeralIds(Protocol):
    def __call__(self, identity_key: bytes, k: int, beacon_time_s: int) -> bytes: ...


class Unwrap(Protocol):
    def __call__(self, wrapped: bytes, belongs_to: str) -> bytes: ...
