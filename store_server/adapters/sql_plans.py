"""Published plans and the draft managers share, in SQL. What an edit does to the draft, the use case judges; here it is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import delete, func, text, update
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from store_server.adapters.sql_database import Database, instant, seconds
from store_server.adapters.tables import DraftRow, FloorplanRow, PlanEditRow, PlanPictureRow, UnderlayRow
from store_server.ports import DraftAt, DraftRecord, PlanRecord
from store_server.wire.calibration import Calibration
from store_server.wire.drafts import PlanEdit, SavedEdit
from store_server.wire.floorplans import FloorplanDocument
from store_server.wire.plan_versions import PlanVersion

_UNDERLAY = "underlay"
_HOLD_PLANS = text("SELECT pg_advisory_xact_lock(20101)")  # any number, as long as nothing else of ours takes it


class SqlPlanRecords:
    def __init__(self, database: Database) -> None:
        self._database = database

    def _reading(self) -> Session:
        session = Session(self._database.durable)
        session.connection(execution_options={"writes": False})
        return session

    def _alone(self, session: Session) -> None:
        """Until the transaction ends no other takes the next version or begins a draft; SQLite has one writer anyway."""
        if not self._database.is_sqlite:
            session.connection().execute(_HOLD_PLANS)

    def publish(
        self, document: FloorplanDocument, calibration: Calibration | None, author: str, note: str, at: datetime
    ) -> int:
        with Session(self._database.durable) as session:
            self._alone(session)
            version = _publish(session, document, calibration, author, note, at)
            session.commit()
            return version

    def roll_back(self, version: int, author: str, note: str, at: datetime) -> int | None:
        with Session(self._database.durable) as session:
            self._alone(session)
            old = session.get(FloorplanRow, version)
            if old is None:
                return None
            row = FloorplanRow(
                version=_newest(session) + 1,
                published_s=seconds(at),
                author=author,
                note=note,
                document_json=old.document_json,
                calibration_json=old.calibration_json,
                rolled_back_to=version,
            )
            number = row.version
            session.add(row)
            session.commit()
            return number

    def current(self) -> PlanRecord | None:
        with self._reading() as session:
            row = session.exec(select(FloorplanRow).order_by(col(FloorplanRow.version).desc()).limit(1)).one_or_none()
            return None if row is None else _plan(row)

    def version(self) -> int:
        with self._reading() as session:
            return _newest(session)

    def of_version(self, version: int) -> PlanRecord | None:
        with self._reading() as session:
            row = session.get(FloorplanRow, version)
            return None if row is None else _plan(row)

    def versions(self) -> Sequence[PlanVersion]:
        with self._reading() as session:
            # Without the documents, which are megabytes.
            newest_first = sa_select(
                col(FloorplanRow.version),
                col(FloorplanRow.published_s),
                col(FloorplanRow.author),
                col(FloorplanRow.note),
                col(FloorplanRow.rolled_back_to),
            ).order_by(col(FloorplanRow.version).desc())
            rows = session.connection().execute(newest_first).all()
        return [
            PlanVersion(version=v, published_at=instant(at_s), author=author, note=note, rolled_back_to=back)
            for v, at_s, author, note, back in rows
        ]

    def draft(self) -> DraftRecord | None:
        with self._reading() as session:
            row = session.exec(select(DraftRow)).one_or_none()
            return None if row is None else _draft(row, _revision(session, row.draft_id))

    def draft_at(self) -> DraftAt | None:
        with self._reading() as session:
            # In one question: the draft may be ended between two.
            newest = select(func.max(PlanEditRow.revision)).where(PlanEditRow.draft_id == DraftRow.draft_id)
            row = session.exec(select(DraftRow.draft_id, newest.scalar_subquery())).one_or_none()
            return None if row is None else DraftAt(row[0], row[1] or 0)

    def begin_draft(self, draft_id: str, base_version: int, document: FloorplanDocument, at: datetime) -> DraftAt:
        with Session(self._database.durable) as session:
            self._alone(session)
            known = session.exec(select(DraftRow.draft_id)).one_or_none()
            if known is not None:
                return DraftAt(known, _revision(session, known))
            session.add(
                DraftRow(
                    draft_id=draft_id,
                    base_version=base_version,
                    begun_s=seconds(at),
                    kept_revision=0,
                    kept_json=document.model_dump_json(),
                )
            )
            session.commit()
            return DraftAt(draft_id, 0)

    def edits(self, draft_id: str, since: int) -> Sequence[SavedEdit]:
        with self._reading() as session:
            rows = session.exec(
                select(PlanEditRow.saved_json)
                .where(PlanEditRow.draft_id == draft_id, PlanEditRow.revision > since)
                .order_by(col(PlanEditRow.revision))
            ).all()
        return [SavedEdit.model_validate_json(saved) for saved in rows]

    def last_edits(self, draft_id: str, most: int, most_bytes: int) -> Sequence[SavedEdit]:
        found: list[str] = []
        with self._reading() as session:
            newest_first = (
                select(PlanEditRow.saved_json)
                .where(PlanEditRow.draft_id == draft_id)
                .order_by(col(PlanEditRow.revision).desc())
                .limit(most)
            )
            for saved in session.exec(newest_first):
                most_bytes -= len(saved)
                if most_bytes < 0:
                    break
                found.append(saved)
        return [SavedEdit.model_validate_json(saved) for saved in reversed(found)]

    def save_edit(self, edit: PlanEdit, author: str, at: datetime, judge: Callable[[int], None]) -> SavedEdit | None:
        with Session(self._database.durable) as session:
            # The row is locked: two managers' edits come one after the other, on PostgreSQL too. It is not read, and nothing is
            # written to it: it holds the whole plan, which SQLite would write again with every step.
            if not _locked(session, edit.draft_id):
                return None
            known = session.exec(
                select(PlanEditRow.saved_json).where(PlanEditRow.edit_id == edit.edit_id)
            ).one_or_none()
            if known is not None:
                return SavedEdit.model_validate_json(known)
            revision = _revision(session, edit.draft_id)
            judge(revision)
            saved = SavedEdit(revision=revision + 1, author=author, at=at, edit=edit)
            session.add(
                PlanEditRow(
                    draft_id=edit.draft_id,
                    revision=saved.revision,
                    edit_id=edit.edit_id,
                    saved_json=saved.model_dump_json(),
                )
            )
            session.commit()
            return saved

    def keep_draft(self, draft_id: str, revision: int, document: FloorplanDocument) -> None:
        kept = document.model_dump_json()
        with Session(self._database.durable) as session:
            session.connection().execute(
                update(DraftRow)
                .where(col(DraftRow.draft_id) == draft_id, col(DraftRow.kept_revision) < revision)
                .values(kept_revision=revision, kept_json=kept)
            )
            session.commit()

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
        with Session(self._database.durable) as session:
            if not _ended(session, draft_id, revision):
                return None
            self._alone(session)
            version = _publish(session, document, calibration, author, note, at)
            session.commit()
            return version

    def end_draft(self, draft_id: str, revision: int) -> bool:
        with Session(self._database.durable) as session:
            if not _ended(session, draft_id, revision):
                return False
            session.commit()
            return True

    def put_picture(self, picture_id: str, png: bytes, at: datetime) -> None:
        """The newest picture is the one that is traced: an earlier one is let go."""
        with Session(self._database.durable) as session:
            session.connection().execute(delete(PlanPictureRow))
            session.add(PlanPictureRow(picture_id=picture_id, added_s=seconds(at), png=png))
            session.commit()

    def picture(self, picture_id: str) -> bytes | None:
        with self._reading() as session:
            row = session.get(PlanPictureRow, picture_id)
            return None if row is None else row.png

    def place_underlay(self, placed_json: str | None) -> None:
        with Session(self._database.durable) as session:
            session.connection().execute(delete(UnderlayRow))
            if placed_json is not None:
                session.add(UnderlayRow(name=_UNDERLAY, placed_json=placed_json))
            session.commit()

    def underlay(self) -> str | None:
        with self._reading() as session:
            row = session.get(UnderlayRow, _UNDERLAY)
            return None if row is None else row.placed_json


def _newest(session: Session) -> int:
    return session.exec(select(func.max(FloorplanRow.version))).one() or 0


def _publish(
    session: Session,
    document: FloorplanDocument,
    calibration: Calibration | None,
    author: str,
    note: str,
    at: datetime,
) -> int:
    version = _newest(session) + 1
    session.add(
        FloorplanRow(
            version=version,
            published_s=seconds(at),
            author=author,
            note=note,
            document_json=document.model_dump_json(exclude_none=True),
            calibration_json=None if calibration is None else calibration.model_dump_json(),
        )
    )
    return version


def _ended(session: Session, draft_id: str, revision: int) -> bool:
    """Take the draft out where it is at this revision; nothing is committed yet."""
    if not _locked(session, draft_id) or _revision(session, draft_id) != revision:
        return False
    session.connection().execute(delete(PlanEditRow).where(col(PlanEditRow.draft_id) == draft_id))
    session.connection().execute(delete(DraftRow).where(col(DraftRow.draft_id) == draft_id))
    return True


def _locked(session: Session, draft_id: str) -> bool:
    """Whether there is this draft; nobody else edits, publishes or ends it until the session's end."""
    locking = select(DraftRow.draft_id).where(DraftRow.draft_id == draft_id).with_for_update()
    return session.exec(locking).one_or_none() is not None


def _revision(session: Session, draft_id: str) -> int:
    """How far the draft has come: its newest edit says it."""
    newest = select(func.max(PlanEditRow.revision)).where(PlanEditRow.draft_id == draft_id)
    return session.exec(newest).one() or 0


def _plan(row: FloorplanRow) -> PlanRecord:
    return PlanRecord(
        row.version,
        instant(row.published_s),
        FloorplanDocument.model_validate_json(row.document_json),
        None if row.calibration_json is None else Calibration.model_validate_json(row.calibration_json),
    )


def _draft(row: DraftRow, revision: int) -> DraftRecord:
    return DraftRecord(
        row.draft_id,
        row.base_version,
        revision,
        row.kept_revision,
        FloorplanDocument.model_validate_json(row.kept_json),
    )
