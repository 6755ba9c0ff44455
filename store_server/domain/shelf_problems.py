"""What is said of slots that look at the wrong thing, or at too little floor."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from store_server.domain.plan_problems import Problem, Rule, Said, error, said
from store_server.domain.plan_structure import SLOTS_NAMED_AT_MOST
from store_server.wire.floorplans import SlotFeature

STEP_FREE_M = 0.9
"""The narrowest passage for a wheelchair or a pram (ISO 21542 asks 0.9 m of a doorway)."""

ON_FACE_M = 0.1
"""A slot farther than this from its fixture does not belong to it; a fixture nearer than this before a slot shuts it."""

Floats = NDArray[np.float64]


def faced_problem(
    rule: Rule, fixture: str, other: str | None, slots: Sequence[SlotFeature], width_m: Floats
) -> Problem:
    """One problem for each side of a fixture and rule: twenty slots at one aisle have one trouble."""
    narrowest = int(width_m.argmin())
    keys = [slot.properties.key for slot in slots]
    at_m = float(width_m[narrowest])
    side = slots[0].properties.side
    words = (
        _of_one(rule, keys[0], fixture, other, at_m)
        if len(keys) == 1
        else _of_many(rule, len(keys), fixture, side, other, at_m)
    )
    x_m, y_m = slots[narrowest].geometry.coordinates[:2]
    named = [*keys[:SLOTS_NAMED_AT_MOST], fixture, *([other] if other else [])]
    return error(rule, named, (x_m, y_m), words, "" if rule is Rule.SLOT_OFF_FIXTURE else f"{at_m:.2f} m")


def _of_one(rule: Rule, slot: str, fixture: str, other: str | None, width_m: float) -> Said:
    if rule is Rule.SLOT_OFF_FIXTURE:
        return said("slot_off_fixture.one", slot=slot, fixture=fixture, most_cm=ON_FACE_M * 100)
    if rule is Rule.FACING_INTO_FIXTURE:
        return said("facing_into_fixture.one", slot=slot, other=other or fixture)
    if other is None:
        return said("aisle_too_narrow.one_at_the_wall", slot=slot, width_m=width_m, least_m=STEP_FREE_M)
    return said("aisle_too_narrow.one", slot=slot, width_m=width_m, other=other, least_m=STEP_FREE_M)


def _of_many(rule: Rule, count: int, fixture: str, side: str, other: str | None, width_m: float) -> Said:
    if rule is Rule.SLOT_OFF_FIXTURE:
        return said("slot_off_fixture.many", count=count, fixture=fixture, side=side, most_cm=ON_FACE_M * 100)
    if rule is Rule.FACING_INTO_FIXTURE:
        return said("facing_into_fixture.many", count=count, fixture=fixture, side=side, other=other or fixture)
    if other is None:
        return said(
            "aisle_too_narrow.many_at_the_wall",
            count=count,
            fixture=fixture,
            side=side,
            width_m=width_m,
            least_m=STEP_FREE_M,
        )
    return said(
        "aisle_too_narrow.many",
        count=count,
        fixture=fixture,
        side=side,
        width_m=width_m,
        other=other,
        least_m=STEP_FREE_M,
    )
