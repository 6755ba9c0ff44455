"""A problem as messages carry it, to a plan's report, an import's or the editor: made here and nowhere else."""

from __future__ import annotations

from typing import TypedDict

from store_server.domain.left_out import LeftOutName
from store_server.domain.plan_problems import MAX_WORDS, Problem, Said
from store_server.domain.problem_words import Figure
from store_server.wire.drafts import DraftProblem, EditKind
from store_server.wire.people import PlanProblem
from store_server.wire.plan_files import LeftOut


class _Told(TypedDict):
    severity: str
    rule: str
    feature_keys: tuple[str, ...]
    level_id: str | None
    x_m: float | None
    y_m: float | None
    words: str
    message: str
    figures: dict[str, Figure]


def plan_problem(problem: Problem) -> PlanProblem:
    """A problem of a published plan, or of a file."""
    return PlanProblem(**_told(problem))


def draft_problem(
    problem_id: str, problem: Problem, *, is_new: bool, is_accepted: bool, mend: EditKind | None
) -> DraftProblem:
    """A problem of the draft, with what the draft's history says of it."""
    return DraftProblem(
        **_told(problem),
        problem_id=problem_id,
        is_new=is_new,
        is_accepted=is_accepted,
        mend=mend,
        evidence_wkt=problem.evidence if problem.evidence[:1].isupper() else None,
    )


def left_out_of(name: str, count: int) -> LeftOut:
    """So many things of a file that were not taken."""
    if isinstance(name, LeftOutName):
        said = name.said
        return LeftOut(name=_label(name), count=count, message=said.message, figures=told_figures(said))
    return LeftOut(name=_label(name), count=count)


def _told(problem: Problem) -> _Told:
    return _Told(
        severity=problem.severity.value,
        rule=problem.rule.value,
        feature_keys=tuple(_label(key) for key in problem.feature_keys),
        level_id=problem.level_id,
        x_m=None if problem.place is None else problem.place[0],
        y_m=None if problem.place is None else problem.place[1],
        words=_label(problem.words),
        message=problem.said.message,
        figures=told_figures(problem.said),
    )


def told_figures(said: Said) -> dict[str, Figure]:
    """The figures as a message can hold them."""
    return {name: _label(it) if isinstance(it, str) else it for name, it in said.figures.items()}


def _label(text: str) -> str:
    """The text as a label can hold it: files name their shapes as they like."""
    if text.isprintable() and 0 < len(text) <= MAX_WORDS:
        return text
    return "".join(letter if letter.isprintable() else "?" for letter in text[:MAX_WORDS]) or "?"
