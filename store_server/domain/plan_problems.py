"""What can be wrong with a floorplan, as one list a person can work through.

Errors are what would send somebody the wrong way or cannot be drawn; warnings are what a store may want so.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from store_server.domain.problem_words import Figure, words_of

Point = tuple[float, float]

MAX_WORDS = 200
"""The length of a label on the wire."""

DIGEST = 16
"""Hexadecimal digits that stand for what does not fit into an id."""


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


class Rule(StrEnum):
    """The names tools and screens know the rules by; they do not change."""

    NOT_A_PLAN = "not_a_plan"
    """Not JSON, not UTF-8, or larger than a plan can be."""
    BAD_FORM = "bad_form"
    """JSON, but a field is missing, of the wrong type or out of bounds."""
    NO_LEVEL = "no_level"
    DUPLICATE_ID = "duplicate_id"
    UNKNOWN_REFERENCE = "unknown_reference"
    SELF_INTERSECTION = "self_intersection"
    NO_AREA = "no_area"
    TOO_DETAILED = "too_detailed"
    OUTSIDE_LEVEL = "outside_level"
    FIXTURE_OVERLAP = "fixture_overlap"
    AISLE_THROUGH_FIXTURE = "aisle_through_fixture"
    OPENING_OFF_OUTLINE = "opening_off_outline"
    OPENING_SIZE = "opening_size"
    SLOT_OFF_FIXTURE = "slot_off_fixture"
    FACING_INTO_FIXTURE = "facing_into_fixture"
    EXIT_BLOCKED = "exit_blocked"
    AISLE_TOO_NARROW = "aisle_too_narrow"
    SLOT_UNREACHABLE = "slot_unreachable"
    ZONE_GAP = "zone_gap"
    ZONE_OVERLAP = "zone_overlap"
    TOO_FEW_NODES = "too_few_nodes"
    KIOSK_WITHOUT_CATCHMENT = "kiosk_without_catchment"
    TRANSITION_ALONE = "transition_alone"
    PRODUCT_NOT_PLACED = "product_not_placed"
    UNKNOWN_PRODUCT = "unknown_product"
    UNLIKELY_SIZE = "unlikely_size"
    """Of a file that is read: its unit is probably another."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a problem says, in no language yet.

    Attributes
    ----------
    message : str
        Which sentence of ``problem_words``; stable, as screens know it by this.
    figures : Mapping of name to number or text
        What stands in it: lengths and areas with their unit in the name, counts, names of shapes.
    """

    message: str
    figures: Mapping[str, Figure]

    def within(self, **part: Figure) -> Said:
        """The same of a part of a file: ``in_file`` or ``in_line``, which ``problem_words`` puts before the sentence."""
        return Said(self.message, {**part, **self.figures})


FIGURES_TO = 6
"""Decimals: a micrometre, as coordinates are taken."""


def said(message: str, **figures: Figure) -> Said:
    """A sentence of the catalogue with its figures.

    >>> said("zone_gap", area_m2=1.23456789)
    Said(message='zone_gap', figures={'area_m2': 1.234568})
    """
    return Said(
        message, {name: round(float(it), FIGURES_TO) if isinstance(it, float) else it for name, it in figures.items()}
    )


class SaidError(ValueError):
    """Something that cannot be taken, and what to do instead."""

    def __init__(self, said: Said) -> None:
        super().__init__(words_of(said.message, said.figures))
        self.said = said


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend.

    Attributes
    ----------
    severity : Severity
    rule : Rule
    feature_keys : tuple of str
        The shapes it is about, the one to mend first.
    place : (x_m, y_m) or None
        Where to look on the plan.
    said : Said
        What is wrong and what to do.
    evidence : str
        The offending shape as WKT (it alone begins with a capital), a number with its unit, or what else shows it; empty
        where the words say it all.
    level_id : str or None
        The level it is on; None where it is about the whole plan, or the plan has no such level.
    """

    severity: Severity
    rule: Rule
    feature_keys: tuple[str, ...]
    place: Point | None
    said: Said
    evidence: str = ""
    level_id: str | None = None

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR

    @property
    def words(self) -> str:
        """The English of it, at most ``MAX_WORDS`` characters."""
        return _shortened(words_of(self.said.message, self.said.figures))


def error(
    rule: Rule,
    keys: Sequence[str],
    place: Point | None,
    said: Said,
    evidence: str = "",
    level_id: str | None = None,
) -> Problem:
    """A problem that keeps a plan from being published."""
    return Problem(Severity.ERROR, rule, tuple(keys), place, said, evidence, level_id)


def warning(
    rule: Rule,
    keys: Sequence[str],
    place: Point | None,
    said: Said,
    evidence: str = "",
    level_id: str | None = None,
) -> Problem:
    """A problem the store may have meant so."""
    return Problem(Severity.WARNING, rule, tuple(keys), place, said, evidence, level_id)


def identified(problems: Sequence[Problem]) -> tuple[tuple[str, Problem], ...]:
    """Each problem with an id that stays while it does: its rule and the shapes it is about.

    Where several would have the same id, which of them comes first by place, words and evidence decides.

    >>> identified([warning(Rule.ZONE_GAP, ("left", "L"), (1.0, 2.0), said("zone_gap", area_m2=2.0))])[0][0]
    'zone_gap:L+left'
    """
    first = [_id_of(problem) for problem in problems]
    often = {problem_id for problem_id, count in Counter(first).items() if count > 1}
    placed = [
        _bounded(f"{problem_id}@{_place_words(problem)}") if problem_id in often else problem_id
        for problem_id, problem in zip(first, problems, strict=True)
    ]
    # Only those of the same id need their words compared.
    order = sorted(
        range(len(problems)),
        key=lambda i: (placed[i], problems[i].words if first[i] in often else "", problems[i].evidence),
    )
    seen: Counter[str] = Counter()
    ids = dict[int, str]()
    for i in order:
        seen[placed[i]] += 1
        ids[i] = placed[i] if seen[placed[i]] == 1 else _bounded(f"{placed[i]}#{seen[placed[i]]}")
    return tuple((ids[i], problem) for i, problem in enumerate(problems))


def _id_of(problem: Problem) -> str:
    about = "+".join(sorted(problem.feature_keys))
    if not about and problem.evidence:
        about = hashlib.sha256(problem.evidence.encode()).hexdigest()[:DIGEST]
    return _bounded(f"{problem.rule}:{about}")


def _place_words(problem: Problem) -> str:
    return "" if problem.place is None else f"{problem.place[0]:.2f},{problem.place[1]:.2f}"


def _bounded(problem_id: str) -> str:
    if len(problem_id) <= MAX_WORDS:
        return problem_id
    digest = hashlib.sha256(problem_id.encode()).hexdigest()[:DIGEST]
    return f"{problem_id[: MAX_WORDS - DIGEST - 1]}~{digest}"


def _shortened(words: str) -> str:
    return words if len(words) <= MAX_WORDS else words[: MAX_WORDS - 1] + "…"


class InvalidFloorplan(ValueError):
    """The document cannot be made into shapes.

    Attributes
    ----------
    problems : tuple of Problem
        At least one.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        more = f" (and {len(self.problems) - 1} more)" if len(self.problems) > 1 else ""
        super().__init__(f"{first.rule}: {first.words}{more}")
