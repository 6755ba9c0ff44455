"""What a mend draws is drawn to the micrometre, whatever fractions the plan came with; taken back, the plan is what it was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from store_server.domain.draft_checks import CheckedDraft
from store_server.domain.plan_edits import Draft, turned_round
from store_server.domain.plan_mends import mend_for
from store_server.domain.plan_problems import Rule
from store_server.wire.drafts import EditKind, FeatureChange, PlanEdit
from tests.domain import broken_shops
from tests.domain.broken_shops import Breakage
from tests.domain.drafting import draft_of
from tests.domain.floors import Json, changed, shop

HAIR_M = 4e-10
"""As adding and turning leave behind: 3.0000000004."""

MOVING: list[tuple[Breakage, Rule]] = [
    (broken_shops.door_off, Rule.OPENING_OFF_OUTLINE),
    (broken_shops.facing_other, Rule.FACING_INTO_FIXTURE),
    (broken_shops.bow_tie, Rule.SELF_INTERSECTION),
    (broken_shops.overlap, Rule.FIXTURE_OVERLAP),
    (broken_shops.outside, Rule.OUTSIDE_LEVEL),
    (broken_shops.node_outside, Rule.OUTSIDE_LEVEL),
    (broken_shops.wall_outside, Rule.OUTSIDE_LEVEL),
    (broken_shops.zone_over, Rule.ZONE_OVERLAP),
    (broken_shops.narrow_without_slots, Rule.AISLE_TOO_NARROW),
]


def off_by_a_hair(coordinates: Any) -> Any:
    return [off_by_a_hair(c) for c in coordinates] if isinstance(coordinates, list) else coordinates + HAIR_M


def numbers(coordinates: Any) -> Iterator[float]:
    if isinstance(coordinates, list | tuple):
        for each in coordinates:
            yield from numbers(each)
    else:
        yield float(coordinates)


def with_fractions(breakage: Breakage) -> Json:
    raw = changed(shop())
    breakage(raw)
    for feature in raw["features"]:
        feature["geometry"]["coordinates"] = off_by_a_hair(feature["geometry"]["coordinates"])
    return raw


def applied(draft: Draft, changes: tuple[FeatureChange, ...]) -> tuple[Draft, PlanEdit]:
    edit = PlanEdit(
        edit_id="0" * 32, draft_id="1" * 32, base_revision=0, kind=EditKind.MEND, what="it", changes=changes
    )
    return draft.edited(edit), edit


@pytest.mark.parametrize(("breakage", "rule"), MOVING)
def test_a_mend_leaves_no_fractions_and_taken_back_gives_the_plan_byte_for_byte(breakage: Breakage, rule: Rule) -> None:
    draft = draft_of(with_fractions(breakage))
    checked = CheckedDraft.of(draft)
    problem_id = next(problem_id for problem_id, problem in checked.problems if problem.rule is rule)
    mend = mend_for(checked, problem_id)
    assert mend is not None
    drawn = [
        c.after.geometry.coordinates for c in mend[1] if c.after and c.before and c.after.geometry != c.before.geometry
    ]
    assert drawn
    assert [number for number in numbers(drawn) if number != round(number, 6)] == []
    after, edit = applied(draft, mend[1])
    back, _ = applied(after, turned_round(edit)[0])
    assert back.document().model_dump_json() == draft.document().model_dump_json()
