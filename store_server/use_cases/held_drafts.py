"""The draft as a process holds it ready, so that an edit is judged without reading it all again."""

from __future__ import annotations

from dataclasses import dataclass

from store_server.domain.edit_faults import fault_of
from store_server.domain.plan_edits import Draft, EditDoesNotFit
from store_server.domain.plan_problems import said
from store_server.use_cases.refusals import Conflict, Unfit
from store_server.wire.drafts import PlanEdit


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
            keys = [self.draft.features[i].properties.key for i in misfit.feature_ids if i in self.draft.features]
            raise Conflict(
                said("draft.changed", shapes=", ".join(keys[:5])) if keys else said("draft.changed_what_it_touches")
            ) from None
        if after.is_full:
            raise Unfit(said("draft.full"))
        if (fault := fault_of(edit, after)) is not None:
            raise Unfit(fault.said, (fault.field,))
        return after
