"""Published plans and the draft of the next one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from store_server.wire.calibration import Calibration
from store_server.wire.drafts import PlanEdit, SavedEdit
from store_server.wire.floorplans import FloorplanDocument
from store_server.wire.plan_versions import PlanVersion


@dataclass(frozen=True, slots=True)
class PlanRecord:
    version: int
    published_at: datetime
    document: FloorplanDocument
    calibration: Calibration | None


@dataclass(frozen=True, slots=True)
class DraftAt:
    draft_id: str
    revision: int


@dataclass(frozen=True, slots=True)
class DraftRecord:
    """The draft as it was kept last: later edits are to be replayed onto it."""

    draft_id: str
    base_version: int
    revision: int
    """Of the newest edit."""
    kept_revision: int
    kept_document: FloorplanDocument


class PlanRecords(Protocol):
    """Published versions, which never change, and the one draft managers share."""

    def publish(
        self, document: FloorplanDocument, calibration: Calibration | None, author: str, note: str, at: datetime
    ) -> int: ...
    def roll_back(self, version: int, author: str, note: str, at: datetime) -> int | None:
        """Publish an older version again, as a new one; None where there is no such version."""
        ...

    def current(self) -> PlanRecord | None:
        """The published plan."""
        ...

    def version(self) -> int:
        """0 where nothing is published."""
        ...

    def of_version(self, version: int) -> PlanRecord | None: ...
    def versions(self) -> Sequence[PlanVersion]:
        """The newest first."""
        ...

    def draft(self) -> DraftRecord | None: ...
    def draft_at(self) -> DraftAt | None:
        """Which draft there is and how far it has come, without reading it."""
        ...

    def begin_draft(self, draft_id: str, base_version: int, document: FloorplanDocument, at: datetime) -> DraftAt:
        """The draft there is; where there is none, this one."""
        ...

    def edits(self, draft_id: str, since: int) -> Sequence[SavedEdit]:
        """What came after a revision, oldest first."""
        ...

    def last_edits(self, draft_id: str, most: int, most_bytes: int) -> Sequence[SavedEdit]:
        """The newest steps that fit, oldest first."""
        ...

    def save_edit(self, edit: PlanEdit, author: str, at: datetime, judge: Callable[[int], None]) -> SavedEdit | None:
        """Append an edit to the draft, whole or not at all.

        ``judge`` is called inside the transaction with the draft's revision and raises where the edit does not fit; an edit
        that is there already is answered as it was saved, without asking. None where the draft is no longer there.
        """
        ...

    def keep_draft(self, draft_id: str, revision: int, document: FloorplanDocument) -> None:
        """Remember the whole draft at a revision, so that opening it need not replay every edit."""
        ...

    def publish_draft(
        self,
        draft_id: str,
        revision: int,
        document: FloorplanDocument,
        calibration: Calibration | None,
        author: str,
        note: str,
        at: datetime,
    ) -> int | None:
        """Publish and end the draft in one transaction; None, and nothing done, where it is not at this revision."""
        ...

    def end_draft(self, draft_id: str, revision: int) -> bool:
        """Throw the draft away; False where it is not at this revision."""
        ...

    def put_picture(self, picture_id: str, png: bytes, at: datetime) -> None: ...
    def picture(self, picture_id: str) -> bytes | None: ...
    def place_underlay(self, placed_json: str | None) -> None: ...
    def underlay(self) -> str | None:
        """The picture under the draft and how it lies, as its message's JSON."""
        ...
