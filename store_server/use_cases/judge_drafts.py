"""What a draft would be like: its problems and how to mend them, and how exact positions would be on it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from store_server.domain.draft_checks import CheckedDraft
from store_server.domain.draft_forecast import ForecastCache
from store_server.domain.next_node import next_node
from store_server.domain.plan_edits import Draft
from store_server.domain.plan_mends import mend_for, mend_kind
from store_server.domain.plan_problems import Problem, said
from store_server.domain.problem_lists import ProblemList, name_of, told
from store_server.domain.told_problems import draft_problem
from store_server.ports import Clock, Records
from store_server.use_cases.held_drafts import HeldDraft
from store_server.use_cases.refusals import Conflict, NotFound
from store_server.wire.calibration import Calibration
from store_server.wire.drafts import (
    AccuracyForecast,
    AskForecast,
    AskMend,
    AskNextNode,
    DraftProblems,
    Mend,
    NextNode,
    ProblemsChange,
)

CATALOGUE_FRESH_S = 10.0
"""Products come and go by the day; 20,000 names take longer to read than an edit to check."""

LISTS_KEPT = 20
"""Each editor asks what became of the last list it was told."""


@dataclass
class Checks:
    """The draft's problems, worked out from those of the last time it was asked."""

    records: Records
    clock: Clock
    _skus: tuple[float, frozenset[str] | None] | None = None
    _checked: CheckedDraft | None = None
    _published: tuple[int, CheckedDraft] | None = None
    alone: threading.Lock = field(default_factory=threading.Lock)
    """Two threads do not judge the same shapes: GEOS prepares them when they are first asked. Nor does a forecast run beside: one
    interpreter would finish both late, instead of one early and the other not later."""

    def of(self, held: HeldDraft) -> Sequence[tuple[str, Problem]]:
        """Id and problem, errors first."""
        with self.alone:
            return self._looked_at(held).problems

    def mend(self, held: HeldDraft, problem_id: str) -> Mend | None:
        """What one click would do; None where it is to be done by hand."""
        with self.alone:
            checked = self._looked_at(held)
            found = mend_for(checked, problem_id)
            if found is None:
                return None
            kind, changes = found
            keys = dict(checked.problems)[problem_id].feature_keys
        return Mend(kind=kind, what=keys[0] if keys else "1", changes=changes)

    def _looked_at(self, held: HeldDraft) -> CheckedDraft:
        catalogue = self._catalogue()
        checked = self._checked
        if checked is None:
            checked = CheckedDraft.of(held.draft, catalogue)
        elif checked.draft is not held.draft:
            checked = checked.edited(held.draft)
        self._checked = _beside(checked, catalogue)
        return self._checked

    def errors(self, held: HeldDraft) -> Sequence[Problem]:
        return [problem for _, problem in self.of(held) if problem.is_error]

    def published(self, version: int) -> frozenset[str]:
        """Ids of the problems of a published version, beside the present catalogue."""
        catalogue = self._catalogue()
        with self.alone:
            if self._published is None or self._published[0] != version:
                plan = self.records.plans.of_version(version)
                draft = Draft.empty("none") if plan is None else Draft.of(plan.document)
                self._published = (version, CheckedDraft.of(draft, catalogue))
            checked = _beside(self._published[1], catalogue)
            self._published = (version, checked)
            return frozenset(problem_id for problem_id, _ in checked.problems)

    def _catalogue(self) -> frozenset[str] | None:
        """The store's skus, asked for now and then; None where it has none yet, as every product would be unknown."""
        now_s = self.clock.now().timestamp()
        if self._skus is None or not 0 <= now_s - self._skus[0] < CATALOGUE_FRESH_S:
            self._skus = (now_s, frozenset(self.records.assortment.skus("", None)) or None)
        return self._skus[1]


@dataclass
class Judge:
    """Answers the editor's questions about the draft as it is."""

    records: Records
    checks: Checks
    held: Callable[[], HeldDraft]
    last_held: Callable[[], HeldDraft]
    """As far as this process knows: enough to judge the step that it has just saved."""
    _told: dict[str, ProblemList] = field(default_factory=dict)
    """By name, the one longest unasked for first."""
    _forecasts: ForecastCache = field(default_factory=ForecastCache)
    _calibration: tuple[int, Calibration | None] = (0, None)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def problems(self) -> DraftProblems:
        held = self.held()
        found = self._listed(held)
        return DraftProblems(revision=held.revision, list_id=self._remembered(found), problems=found)

    def problems_since(self, list_id: str) -> ProblemsChange:
        """The problems of the draft as it was saved last, as what became of a list told before; all of them where that one is
        forgotten."""
        held = self.last_held()
        found = self._listed(held)
        with self._lock:
            before = self._told.get(list_id)
        self._remembered(found)
        return told(held.revision, found, before)

    def _remembered(self, found: ProblemList) -> str:
        """The list's name, by which it is known for a while."""
        list_id = name_of(found)
        with self._lock:
            self._told.pop(list_id, None)
            self._told[list_id] = found
            if len(self._told) > LISTS_KEPT:
                del self._told[next(iter(self._told))]
        return list_id

    def _listed(self, held: HeldDraft) -> ProblemList:
        before = self.checks.published(held.base_version)
        accepted = frozenset(held.draft.header.accepted)
        return tuple(
            draft_problem(
                problem_id,
                problem,
                is_new=problem_id not in before,
                # A warning may be meant so; an error never is.
                is_accepted=problem_id in accepted and not problem.is_error,
                mend=mend_kind(problem),
            )
            for problem_id, problem in self.checks.of(held)
        )

    def mend(self, asked: AskMend) -> Mend:
        """The edit that would mend a problem.

        Raises
        ------
        Conflict
            When the draft has moved on.
        NotFound
            When there is no such problem, or no way to mend it by itself.
        """
        held = self._same(asked.draft_id, asked.revision)
        found = self.checks.mend(held, asked.problem_id)
        if found is None:
            raise NotFound(said("draft.no_mend"))
        return found

    def forecast(self, asked: AskForecast) -> AccuracyForecast:
        """How exact positions would be, with what is being dragged where it is now."""
        held = self._same(asked.draft_id, None)
        with self._lock, self.checks.alone:
            drawn = self._forecasts.drawn(held.draft, asked.level_id, self._measured(held), asked.changes)
            return drawn.floor.forecast().message(asked.level_id, asked.target_m)

    def next_node(self, asked: AskNextNode) -> NextNode:
        """Where one more node helps most."""
        held = self._same(asked.draft_id, asked.revision)
        with self._lock:
            drawn = self._forecasts.drawn(held.draft, asked.level_id, self._measured(held))
            found = next_node(drawn.floor, asked.level_id, asked.target_m)
        if found is None:
            raise NotFound(said("draft.no_floor"))
        return found

    def _measured(self, held: HeldDraft) -> Calibration | None:
        """The calibration of the plan the draft began from."""
        version = held.base_version
        if self._calibration[0] != version:
            plan = self.records.plans.of_version(version)
            self._calibration = (version, None if plan is None else plan.calibration)
        return self._calibration[1]

    def _same(self, draft_id: str, revision: int | None) -> HeldDraft:
        held = self.held()
        if held.draft_id != draft_id or revision not in (None, held.revision):
            raise Conflict(said("draft.moved_on"))
        return held


def _beside(checked: CheckedDraft, catalogue: frozenset[str] | None) -> CheckedDraft:
    return checked if checked.catalogue == catalogue else checked.with_catalogue(catalogue)
