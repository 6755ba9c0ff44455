"""What can be wrong with a floorplan, as one list a person can work through.

Errors are what would send somebody the wrong way or cannot be drawn; warnings are what a store may want so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

Point = tuple[float, float]

MAX_WORDS = 200
"""The length of a label on the wire."""


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
    OPENING_OFF_OUTLINE = "opening_off_outline"
    OPENING_SIZE = "opening_size"
    SLOT_OFF_FIXTURE = "slot_off_fixture"
    FACING_INTO_FIXTURE = "facing_into_fixture"
    AISLE_TOO_NARROW = "aisle_too_narrow"
    SLOT_UNREACHABLE = "slot_unreachable"
    ZONE_GAP = "zone_gap"
    ZONE_OVERLAP = "zone_overlap"
    TOO_FEW_NODES = "too_few_nodes"
    KIOSK_WITHOUT_CATCHMENT = "kiosk_without_catchment"


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
    words : str
        What is wrong and what to do, at most ``MAX_WORDS`` characters.
    evidence : str
        The offending shape or measure as WKT or a number with its unit; empty where the words say it all.
    """

    severity: Severity
    rule: Rule
    feature_keys: tuple[str, ...]
    place: Point | None
    words: str
    evidence: str = ""

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR


def error(rule: Rule, keys: Sequence[str], place: Point | None, words: str, evidence: str = "") -> Problem:
    """A problem that keeps a plan from being published."""
    return Problem(Severity.ERROR, rule, tuple(keys), place, _shortened(words), evidence)


def warning(rule: Rule, keys: Sequence[str], place: Point | None, words: str, evidence: str = "") -> Problem:
    """A problem the store may have meant so."""
    return Problem(Severity.WARNING, rule, tuple(keys), place, _shortened(words), evidence)


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
