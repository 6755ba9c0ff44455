"""The judgement on a floorplan, whole: what ``aisleway check-plan`` prints and the editor lists.

Structure first: shapes are only held against each other once ids, references and rings are sound.
"""

from __future__ import annotations

from store_server.domain.draft_checks import LISTED_AT_MOST, CheckedDraft
from store_server.domain.plan_edits import Draft
from store_server.domain.plan_form import read_document
from store_server.domain.plan_problems import InvalidFloorplan, Problem, Rule, Severity
from store_server.domain.plan_structure import structure_problems
from store_server.wire.floorplans import FloorplanDocument

__all__ = ["Problem", "Rule", "Severity", "problems"]


def problems(plan: FloorplanDocument | bytes) -> list[Problem]:
    """All there is to mend in a plan, errors first; never an exception, whatever the bytes are.

    Parameters
    ----------
    plan : FloorplanDocument or bytes
        The document, or the content of a plan file.

    Returns
    -------
    list of Problem
        At most ``LISTED_AT_MOST``; empty for a plan nothing is wrong with.
    """
    if isinstance(plan, bytes):
        try:
            plan = read_document(plan)
        except InvalidFloorplan as invalid:
            return list(invalid.problems)
    if found := structure_problems(plan):
        return found[:LISTED_AT_MOST]
    return [problem for _, problem in CheckedDraft.of(Draft.of(plan)).problems]
