"""Lists of problems told as what changed in them: of hundreds an edit mends one or two.

A list has a name made of what it says, so that whoever holds one can ask what became of it. Applied to that list, a change gives
the very list it was made for, in its order.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Sequence

from store_server.wire.drafts import DraftProblem, PlacedProblem, ProblemsChange

ProblemList = tuple[DraftProblem, ...]


def name_of(problems: ProblemList) -> str:
    """The list's name: the same for the same list, in any process."""
    said = "\n".join(problem.model_dump_json() for problem in problems)
    return hashlib.blake2b(said.encode(), digest_size=16).hexdigest()


def change_between(before: ProblemList, after: ProblemList) -> tuple[tuple[str, ...], tuple[PlacedProblem, ...]]:
    """What makes one list the other.

    Returns
    -------
    gone : tuple of str
        Ids of the problems to take out: those mended, and those that say or stand something else now.
    come : tuple of PlacedProblem
        Those to put in, the first place first.
    """
    place = {problem.problem_id: index for index, problem in enumerate(before)}
    same = [
        index
        for index, problem in enumerate(after)
        if (was := place.get(problem.problem_id)) is not None and before[was] == problem
    ]
    stays = {same[i] for i in _longest_rising([place[after[index].problem_id] for index in same])}
    kept = {after[index].problem_id for index in stays}
    return (
        tuple(problem.problem_id for problem in before if problem.problem_id not in kept),
        tuple(PlacedProblem(at=index, problem=problem) for index, problem in enumerate(after) if index not in stays),
    )


def told(revision: int, after: ProblemList, before: ProblemList | None) -> ProblemsChange:
    """The list at a revision, as a change of one that is known; None: of the empty one."""
    gone, come = change_between(before or (), after)
    known = None if before is None else name_of(before)
    return ProblemsChange(revision=revision, list_id=name_of(after), from_list_id=known, gone=gone, come=come)


def _longest_rising(numbers: Sequence[int]) -> list[int]:
    """Where a longest rising part of these numbers stands among them.

    >>> _longest_rising([2, 0, 1, 3])
    [1, 2, 3]
    """
    ends: list[int] = []
    """Of the parts of each length, the smallest number one ends with."""
    at: list[int] = []
    before: list[int] = []
    for index, number in enumerate(numbers):
        length = bisect_left(ends, number)
        ends[length:] = [number, *ends[length + 1 :]]
        at[length:] = [index, *at[length + 1 :]]
        before.append(at[length - 1] if length else -1)
    found: list[int] = []
    index = at[-1] if at else -1
    while index >= 0:
        found.append(index)
        index = before[index]
    return found[::-1]
