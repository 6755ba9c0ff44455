"""Drafting the floorplan: managers' edits, one after the other, and what is wrong with the draft; publishing and going back.

There is one draft, shared by all managers of the store. It is kept as edits in the records; here it is held ready. Another
process may edit too: the records say how far the draft is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from store_server.domain.calibrating import kept_where_nodes_stand
from store_server.domain.floorplan import InvalidFloorplan
from store_server.domain.plan_edits import Draft, steps_by_author
from store_server.domain.plan_problems import Problem, said
from store_server.ports import Clock, Messenger, PlanRecord, Records
from store_server.use_cases.floors import Floors, make_floor
from store_server.use_cases.held_drafts import HeldDraft
from store_server.use_cases.refusals import Conflict, NotAllowed, NotFound, Unfit
from store_server.wire.drafts import (
    AuthorSteps,
    DraftAuthors,
    DraftChanged,
    DraftEdits,
    DraftState,
    EditSaved,
    SavedEdit,
)
from store_server.wire.plan_versions import DiscardDraft, PlanVersion, PlanVersions, PublishDraft, RollBack
from store_server.wire.sent_edits import SentEdit

UNDONE_AT_MOST = 200
UNDONE_BYTES = 4 * 1024 * 1024
"""So many steps, or so much of them, can be taken back after the page is loaded again."""

GONE = said("draft.gone")


@dataclass
class Drafts:
    """The one draft and the versions published from it."""

    records: Records
    messenger: Messenger
    floors: Floors
    clock: Clock
    new_id: Callable[[], str]
    find_errors: Callable[[HeldDraft], Sequence[Problem]]
    store_name: str
    _held: HeldDraft | None = None
    _looked_at: HeldDraft | None = None
    _lock: threading.RLock = field(default_factory=threading.RLock)

    # --- editing ---------------------------------------------------------------------------------------------------

    def held(self) -> HeldDraft:
        """The draft as it is now; begun from the published plan where there is none."""
        with self._lock:
            record = self.records.plans.draft_at()
            if record is not None and record.revision == 0 and self._is_left_behind(record.draft_id):
                # Nobody has drawn in it: it follows what is published.
                self.records.plans.end_draft(record.draft_id, 0)
                record = None
            if record is None:
                self._held = self._begun()
            elif self._held is None or self._held.draft_id != record.draft_id:
                self._held = self._opened()
            if self._held.revision < (record.revision if record else 0):
                self._held = self._caught_up(self._held)
            return self._held

    def last_held(self) -> HeldDraft:
        """The draft as this process saw it last, such as just after a step was saved: nothing is asked of the records."""
        with self._lock:
            return self._held or self.held()

    def state(self, may_publish: bool) -> DraftState:
        """All an editor needs to begin."""
        held = self.held()
        edits = self.records.plans.last_edits(held.draft_id, UNDONE_AT_MOST, UNDONE_BYTES)
        # Nothing here needs to be validated again: the parts are messages.
        return DraftState.model_construct(
            draft_id=held.draft_id,
            base_version=held.base_version,
            published_version=self.records.plans.version(),
            revision=held.revision,
            document=held.draft.document(),
            edits=tuple(edit for edit in edits if edit.revision <= held.revision),
            may_publish=may_publish,
        )

    def edits(self, since: int) -> DraftEdits:
        held = self.held()
        edits = tuple(self.records.plans.edits(held.draft_id, since))
        return DraftEdits(
            draft_id=held.draft_id,
            revision=max([since, *(e.revision for e in edits)]),
            edits=edits,
            published_version=self.records.plans.version(),
        )

    def authors(self) -> DraftAuthors:
        """Whose steps would be lost with the draft."""
        held = self.held()
        steps = steps_by_author(self.records.plans.edits(held.draft_id, 0))
        return DraftAuthors(
            draft_id=held.draft_id,
            revision=held.revision,
            authors=tuple(AuthorSteps(author=author, steps=count) for author, count in steps.items()),
        )

    def save(self, sent: SentEdit, author: str) -> EditSaved:
        """Take one step of an editor.

        Raises
        ------
        Conflict
            When the draft is gone, or somebody changed the same shapes since; nothing is changed then.
        Unfit
            When it changes nothing, takes a name that is taken, or the plan would hold more than it can.
        """
        with self._lock:
            # The records say how far the draft is when the step is written; they need not be asked twice for that.
            known = self._held
            held = known if known and known.draft_id == sent.draft_id and known.revision > 0 else self.held()
            if held.draft_id != sent.draft_id:
                raise Conflict(GONE)
            since, after = list[SavedEdit](), list[HeldDraft]()
            if sent.moved and held.revision != sent.base_revision:
                held, since = self._caught_up(held), [*self.records.plans.edits(held.draft_id, sent.base_revision)]
            edit = held.spelled_out(sent, since)

            def judge(revision: int) -> None:
                before = held if revision == held.revision else self._caught_up(held)
                after.append(replace(before, draft=before.edited(edit), revision=revision + 1))

            saved = self.records.plans.save_edit(edit, author, self.clock.now(), judge)
            if saved is None:
                raise Conflict(GONE)
            self._held = after[0] if after else held
        self.messenger.to_staff(DraftChanged(draft_id=edit.draft_id, revision=saved.revision, author=author))
        return EditSaved(revision=saved.revision, others=self._others(sent, saved))

    def keep(self) -> None:
        """Write the whole draft down where that is due."""
        with self._lock:
            held, before = self._held, self._looked_at
            self._looked_at = held
        if held is not None and held.is_due_to_be_kept(before):
            self.records.plans.keep_draft(held.draft_id, held.revision, held.draft.document())
            with self._lock:
                if self._held is not None and self._held.draft_id == held.draft_id:
                    self._held = replace(self._held, kept_revision=held.revision)

    # --- versions --------------------------------------------------------------------------------------------------

    def versions(self, may_publish: bool) -> PlanVersions:
        record = self.records.plans.draft_at()
        return PlanVersions(
            versions=tuple(self.records.plans.versions()),
            draft_id=None if record is None else record.draft_id,
            may_publish=may_publish,
        )

    def of_version(self, version: int) -> PlanRecord:
        found = self.records.plans.of_version(version)
        if found is None:
            raise NotFound(said("draft.no_such_version", version=version))
        return found

    def publish(self, request: PublishDraft, author: str, may_publish: bool) -> PlanVersion:
        """Make the draft the plan the store runs on. Everything is ready for it before the old one is let go.

        Raises
        ------
        NotAllowed, Conflict
        Unfit
            Where the draft has errors, or is what is published already.
        """
        if not may_publish:
            raise NotAllowed(said("draft.may_not_publish"))
        held = self._same(request.draft_id, request.revision)
        running = self.records.plans.current()
        if running is not None and held.draft == Draft.of(running.document):
            raise Unfit(said("draft.nothing_to_publish", version=running.version))
        if errors := self.find_errors(held):
            raise Unfit(said("draft.errors", count=len(errors), first=errors[0].words))
        now = self.clock.now()
        document = held.draft.document()
        calibration = None
        if running is not None and running.calibration is not None:
            calibration = kept_where_nodes_stand(running.calibration, document)
        try:
            floor = make_floor(PlanRecord(held.base_version + 1, now, document, calibration), now)
        except InvalidFloorplan as invalid:
            raise Unfit(said("draft.unusable", first=invalid.problems[0].words)) from None

        def write() -> int | None:
            return self.records.plans.publish_draft(
                held.draft_id, held.revision, document, calibration, author, request.note, now
            )

        version = self.floors.swap(floor, write)
        if version is None:
            raise Conflict(said("draft.moved_on"))
        self._draft_ended(held, author)
        return PlanVersion(version=version, published_at=now, author=author, note=request.note)

    def discard(self, request: DiscardDraft, author: str, may_publish: bool) -> None:
        """Throw the draft away; the next one begins from what is published.

        Raises
        ------
        NotAllowed
            Where it holds steps of others and the author may not publish: whose work goes is for who answers for the plan.
        Conflict
        """
        held = self._same(request.draft_id, request.revision)
        others = [each.author for each in self.authors().authors if each.author != author]
        if others and not may_publish:
            raise NotAllowed(said("draft.steps_of_others", authors=", ".join(others)))
        if not self.records.plans.end_draft(held.draft_id, held.revision):
            raise Conflict(said("draft.moved_on"))
        self._draft_ended(held, author)

    def roll_back(self, request: RollBack, author: str, may_publish: bool) -> PlanVersion:
        """Publish an older version again; the draft stays as it is."""
        if not may_publish:
            raise NotAllowed(said("draft.may_not_publish"))
        now = self.clock.now()
        old = self.of_version(request.version)
        version = self.floors.swap(
            make_floor(old, now), lambda: self.records.plans.roll_back(request.version, author, request.note, now)
        )
        if version is None:
            raise NotFound(said("draft.no_such_version", version=request.version))
        if (draft := self.records.plans.draft_at()) is not None:
            # Whoever has it open is told that another version runs now.
            self.messenger.to_staff(DraftChanged(draft_id=draft.draft_id, revision=draft.revision, author=author))
        return PlanVersion(
            version=version, published_at=now, author=author, note=request.note, rolled_back_to=request.version
        )

    # --- inside ----------------------------------------------------------------------------------------------------

    def _is_left_behind(self, draft_id: str) -> bool:
        """Whether another version was published since this draft began."""
        if self._held is None or self._held.draft_id != draft_id:
            self._held = self._opened()
        return self._held.base_version != self.records.plans.version()

    def _begun(self) -> HeldDraft:
        running = self.floors.current()
        draft = Draft.empty(self.store_name) if running is None else Draft.of(running.plan.document)
        version = 0 if running is None else running.plan.version
        mine = self.new_id()
        begun = self.records.plans.begin_draft(mine, version, draft.document(), self.clock.now())
        # Another process may have been first.
        return HeldDraft(mine, version, 0, 0, draft) if begun.draft_id == mine else self._opened()

    def _opened(self) -> HeldDraft:
        record = self.records.plans.draft()
        if record is None:
            raise Conflict(GONE)
        held = HeldDraft(
            record.draft_id,
            record.base_version,
            record.kept_revision,
            record.kept_revision,
            Draft.of(record.kept_document),
        )
        return self._caught_up(held)

    def _caught_up(self, held: HeldDraft) -> HeldDraft:
        """With what has been saved since, by this process or another."""
        for saved in self.records.plans.edits(held.draft_id, held.revision):
            held = replace(held, draft=held.draft.edited(saved.edit), revision=saved.revision)
        return held

    def _same(self, draft_id: str, revision: int) -> HeldDraft:
        held = self.held()
        if held.draft_id != draft_id:
            raise Conflict(GONE)
        if held.revision != revision:
            raise Conflict(said("draft.moved_on"))
        return held

    def _others(self, sent: SentEdit, saved: SavedEdit) -> tuple[SavedEdit, ...]:
        if saved.revision == sent.base_revision + 1:
            return ()
        between = self.records.plans.edits(sent.draft_id, sent.base_revision)
        return tuple(other for other in between if other.revision < saved.revision)

    def _draft_ended(self, held: HeldDraft, author: str) -> None:
        with self._lock:
            if self._held is not None and self._held.draft_id == held.draft_id:
                self._held = None
        self.messenger.to_staff(DraftChanged(draft_id=held.draft_id, revision=held.revision, author=author))
