"""The draft as a process holds it ready, so that an edit is judged without reading it all again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from store_server.domain.edit_faults import fault_of
from store_server.domain.plan_edits import Draft, EditDoesNotFit, OtherGeometry
from store_server.domain.plan_problems import said
from store_server.use_cases.refusals import Conflict, Unfit
from store_server.wire.drafts import PlanEdit, SavedEdit
from store_server.wire.sent_edits import SentEdit

KEPT_EVERY, KEPT_AT_MOST = 50, 500
"""So many edits after it was last written down the draft is written down again once nobody draws, and so many even while somebody
does: a process that opens it replays no more."""


@dataclass(frozen=True, slots=True)
class HeldDraft:
    """The draft as this process knows it; never changed in place."""

    draft_id: str
    base_version: int
    revision: int
    kept_revision: int
    draft: Draft

    def edited(self, edit: PlanEdit) -> Draft:
        """The draft with an edit that is about to be saved.

        Raises
        ------
        Conflict
            When somebody changed the same shapes since.
        Unfit
            When it changes nothing, takes a name that is taken, or the plan would hold more than it can.
        """
        try:
            after = self.draft.edited(edit)
        except EditDoesNotFit as misfit:
            raise self.clash(misfit.feature_ids) from None
        if after.is_full:
            raise Unfit(said("draft.full"))
        if (fault := fault_of(edit, after)) is not None:
            raise Unfit(fault.said, (fault.field,))
        return after

    def is_due_to_be_kept(self, before: HeldDraft | None) -> bool:
        """Whether it is to be written down whole: a hypermarket's is 8 MB, and whoever draws meanwhile waits for it.

        Parameters
        ----------
        before : HeldDraft or None
            The draft as it was some seconds ago.
        """
        is_at_rest = before is not None and (before.draft_id, before.revision) == (self.draft_id, self.revision)
        return self.revision - self.kept_revision >= (KEPT_EVERY if is_at_rest else KEPT_AT_MOST)

    def spelled_out(self, sent: SentEdit, since: Sequence[SavedEdit] = ()) -> PlanEdit:
        """An edit with all it moves as this draft has it.

        Parameters
        ----------
        since : sequence of SavedEdit
            What was saved since the edit's base: who moves a shape has not seen what others did to it meanwhile.

        Raises
        ------
        Conflict
            When somebody changed or removed one of the shapes.
        Unfit
            When one has another kind of geometry.
        """
        if sent.moved and sent.base_revision > self.revision:
            raise Conflict(said("draft.moved_on"))
        touched: set[str] = set()
        for saved in since:
            if saved.edit.edit_id == sent.edit_id:
                return saved.edit
            touched |= {change.feature_id for change in saved.edit.changes}
        if both := [moved.id for moved in sent.moved if moved.id in touched]:
            raise self.clash(both)
        try:
            return self.draft.spelled_out(sent)
        except EditDoesNotFit as misfit:
            raise self.clash(misfit.feature_ids) from None
        except OtherGeometry as other:
            raise Unfit(said("edit.other_geometry"), (f"moved.{other.index}.geometry",)) from None

    def clash(self, feature_ids: Iterable[str]) -> Conflict:
        """What to say of shapes that somebody else has changed."""
        keys = [self.draft.features[i].properties.key for i in feature_ids if i in self.draft.features]
        return Conflict(
            said("draft.changed", shapes=", ".join(keys[:5])) if keys else said("draft.changed_what_it_touches")
        )
