"""The judgement on a floorplan, whole: what ``aisleway check-plan`` prints and the editor lists.

Structure first: shapes are only held against each other once ids, references and rings are sound.
"""

from __future__ import annotations

from collections.abc import Sequence

from store_server.domain import plan_coverage, plan_passages, plan_placing
from store_server.domain.floorplan import Floorplan, levels_of
from store_server.domain.plan_form import read_document
from store_server.domain.plan_problems import InvalidFloorplan, Problem, Rule, Severity
from store_server.domain.plan_structure import structure_problems
from store_server.wire.floorplans import Feature, FloorplanDocument, NodeFeature

__all__ = ["Problem", "Rule", "Severity", "problems"]

LISTED_AT_MOST = 500


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
    found = structure_problems(plan) or _laid_out(plan)
    return sorted(found, key=lambda problem: not problem.is_error)[:LISTED_AT_MOST]


def _laid_out(document: FloorplanDocument) -> list[Problem]:
    return [problem for level in levels_of(document) for problem in _on_level(document, level.id)]


def _on_level(document: FloorplanDocument, level_id: str) -> Sequence[Problem]:
    features: list[Feature] = [feature for feature in document.features if feature.properties.level_id == level_id]
    node_keys = {f.properties.node_key: f.properties.key for f in features if isinstance(f, NodeFeature)}
    try:
        floorplan = Floorplan.from_document(document, level_id)
    except InvalidFloorplan as invalid:
        return invalid.problems
    return [
        *plan_placing.outside_level(floorplan, features),
        *plan_placing.overlaps(floorplan),
        *plan_placing.openings(floorplan),
        *plan_placing.zones(floorplan),
        *plan_passages.passages(floorplan),
        *plan_coverage.coverage(floorplan, node_keys),
        *plan_coverage.kiosks(floorplan),
    ]
