"""What the notice says in one language. Each language is a file of its own, for those to review who can read it."""

from __future__ import annotations

from dataclasses import dataclass

from store_server.wire.privacy import PurposeNotice


@dataclass(frozen=True)
class NoticeText:
    promises: tuple[str, ...]
    purposes: tuple[PurposeNotice, ...]
    """One for each ``Purpose``, in its order."""
