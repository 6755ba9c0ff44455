"""A draft's problems, kept up with its editing: the same list ``plan_checks`` gives, without doing all of it anew.

A ``CheckedDraft`` never changes. ``edited`` makes the next one, taking over what the edit cannot have touched: it compares the
shapes themselves, so that nothing depends on being told the right changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from store_server.domain.draft_form import DraftForm
from store_server.domain.floorplan import Floorplan, levels_in
from store_server.domain.plan_edits import Draft
from store_server.domain.plan_level import JudgedLevel, judged_level
from store_server.domain.plan_problems import Problem, identified
from store_server.domain.plan_products import product_problems
from store_server.domain.plan_structure import structure_problems
from store_server.domain.plan_transitions import lonely_transitions

LISTED_AT_MOST = 500


@dataclass(frozen=True, eq=False)
class CheckedDraft:
    """A draft and what is wrong with it.

    Attributes
    ----------
    draft : Draft
    catalogue : frozenset of str or None
        The store's skus; None where products are not to be looked at.
    """

    draft: Draft
    catalogue: frozenset[str] | None
    form: DraftForm
    levels: Mapping[str, JudgedLevel]
    """As last judged, which was before this draft while its structure is broken."""

    @classmethod
    def of(cls, draft: Draft, catalogue: frozenset[str] | None = None) -> CheckedDraft:
        """A draft looked at for the first time."""
        return cls._judged(draft, catalogue, DraftForm.of(draft), {})

    def edited(self, draft: Draft) -> CheckedDraft:
        """The draft after an edit, or after any number of them."""
        return self._judged(draft, self.catalogue, self.form.edited(draft), self.levels)

    def with_catalogue(self, catalogue: frozenset[str] | None) -> CheckedDraft:
        """The same draft beside another catalogue."""
        return replace(self, catalogue=catalogue)

    @classmethod
    def _judged(
        cls,
        draft: Draft,
        catalogue: frozenset[str] | None,
        form: DraftForm,
        before: Mapping[str, JudgedLevel],
    ) -> CheckedDraft:
        if not form.is_sound:
            return cls(draft, catalogue, form, before)
        levels = {
            level.id: judged_level(level, form.on_level(level.id), form.shelves, form.polygon, before.get(level.id))
            for level in levels_in(form.drawn)
        }
        return cls(draft, catalogue, form, levels)

    @cached_property
    def problems(self) -> tuple[tuple[str, Problem], ...]:
        """Id and problem, errors first, at most ``LISTED_AT_MOST``; the ids stay while the problems do."""
        found = sorted(self._found(), key=lambda problem: not problem.is_error)[:LISTED_AT_MOST]
        return identified(found)

    def floorplan(self, level_id: str) -> Floorplan | None:
        """A level's shapes; None where it does not exist or the draft is not sound enough to have any.

        Its slots are worked out when first asked for.
        """
        if not self.form.is_sound or level_id not in self.levels:
            return None
        return self.levels[level_id].floorplan

    def _found(self) -> Sequence[Problem]:
        if not self.form.is_sound:
            return structure_problems(self.draft.document())
        found = [problem for level in self.levels.values() for problem in level.problems]
        found += lonely_transitions(self.form.drawn)
        if self.catalogue is not None:
            found += product_problems(self.form.shelves.values(), self.form.fixture_keys, self.catalogue)
        return found
