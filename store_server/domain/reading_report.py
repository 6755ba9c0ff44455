"""What came of reading somebody else's file: the shapes that could not be read, one by one, and what was taken for granted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from store_server.domain.plan_form import LISTED_AT_MOST, shape_problem
from store_server.domain.plan_problems import Point, Problem, Rule, Said, error, said, warning
from store_server.domain.plan_structure import NAMED_AT_MOST
from store_server.wire.floorplans import FloorplanDocument
from store_server.wire.plan_files import LengthUnit

SAID_AT_MOST = 5
"""Shapes named in one sentence; the keys beside it name more."""


class ReadPlan(NamedTuple):
    """What a file of another tool is as a floorplan."""

    document: FloorplanDocument
    left_out: Counter[str]
    """What a floorplan has no place for, and how many of each."""
    problems: tuple[Problem, ...] = ()
    """What could not be read, and what was taken for granted."""
    unit: LengthUnit | None = None
    """What one unit of its coordinates was taken for; None: they are degrees, or it has none."""


class Assumed(StrEnum):
    """What was mended or taken for granted, told once for all shapes it was done to."""

    RING_CLOSED = "ring_closed"
    LINE_CLOSED = "line_closed"
    FIELD_LEFT = "field_left"
    FIELD_GIVEN = "field_given"
    ID_TWICE = "id_twice"
    KEY_TWICE = "key_twice"
    LEVEL_GIVEN = "level_given"
    LEVEL_MADE = "level_made"
    UNKNOWN_TYPE = "unknown_type"
    NO_TYPE = "no_type"
    PART_LEFT = "part_left"


class ReadingReport:
    """Gathers what is to be said of a file while its shapes are read."""

    def __init__(self) -> None:
        self._unread_numbers: set[int] = set()
        self._unread: list[Problem] = []
        self._met: dict[tuple[Assumed, str], list[tuple[str, Point | None]]] = defaultdict(list)
        self._more: list[Problem] = []

    def unread(self, words: Said, number: int, key: str | None, place: Point | None) -> None:
        """One shape that could not be read, or a part of it; ``number`` counts the file's features from 1."""
        if number in self._unread_numbers:
            return
        self._unread_numbers.add(number)
        if len(self._unread) < LISTED_AT_MOST:
            self._unread.append(shape_problem(words, number, key, place))

    def assumed(self, what: Assumed, key: str, place: Point | None = None, field: str = "") -> None:
        """Something done to one shape; ``field`` says to what of it, or how."""
        self._met[(what, field)].append((key, place))

    def warn(self, words: Said) -> None:
        """Something about the file as a whole."""
        self._more.append(warning(Rule.BAD_FORM, (), None, words))

    def problems(self, total: int) -> list[Problem]:
        """All of it, what was lost first.

        Parameters
        ----------
        total : int
            How many shapes the file holds.
        """
        lost = []
        if count := len(self._unread_numbers):
            lost = [error(Rule.BAD_FORM, (), None, said("import.unread", count=count, total=total))]
        return [*lost, *self._unread, *self._more, *self._assumptions()]

    def _assumptions(self) -> Iterator[Problem]:
        for (what, field), met in self._met.items():
            keys = list(dict.fromkeys(key for key, _ in met))
            place = next((place for _, place in met if place is not None), None)
            yield warning(Rule.BAD_FORM, keys[:NAMED_AT_MOST], place, _said(what, field, len(met), keys))


def _said(what: Assumed, field: str, count: int, keys: list[str]) -> Said:
    shapes = ", ".join(key[:40] for key in keys[:SAID_AT_MOST]) + (" …" if len(keys) > SAID_AT_MOST else "")
    match what:
        case Assumed.RING_CLOSED:
            return said("import.ring_closed", count=count, shapes=shapes)
        case Assumed.LINE_CLOSED:
            return said("import.line_closed", count=count, shapes=shapes)
        case Assumed.FIELD_LEFT:
            return said("import.field_left", field=field, count=count, shapes=shapes)
        case Assumed.FIELD_GIVEN:
            return said("import.field_given", field=field, count=count, shapes=shapes)
        case Assumed.ID_TWICE:
            return said("import.id_twice", field=field, count=count, shapes=shapes)
        case Assumed.KEY_TWICE:
            return said("import.key_twice", field=field, count=count, shapes=shapes)
        case Assumed.LEVEL_GIVEN:
            return said("import.level_given", count=count, shapes=shapes)
        case Assumed.LEVEL_MADE:
            return said("import.level_made", shapes=shapes)
        case Assumed.UNKNOWN_TYPE:
            return said("import.unknown_type", field=field, count=count, shapes=shapes)
        case Assumed.NO_TYPE:
            return said("import.no_type", count=count, shapes=shapes)
        case Assumed.PART_LEFT:
            return said("import.part_left", shapes=shapes)
