"""What one click would do about a problem: an ordinary edit, so that it can be undone.

Every mend is tried before it is offered: the problem must be gone and no error come of it. What cannot be mended so is left to
the manager.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from types import MappingProxyType

from store_server.domain.draft_checks import CheckedDraft
from store_server.domain.floorplan import Floorplan
from store_server.domain.plan_edits import Draft, document_order
from store_server.domain.plan_mend_rings import clipped, into_the_wall, trimmed, unfolded
from store_server.domain.plan_mend_shifts import Outcome, Standing, apart, back_inside, before_the_screen, wider
from store_server.domain.plan_mend_slots import (
    cleared,
    onto_face,
    reassigned,
    renamed,
    taken_out,
    turned_away,
    unit,
    without_area,
)
from store_server.domain.plan_problems import Problem, Rule
from store_server.domain.plan_products import EVERYWHERE
from store_server.wire.drafts import EditKind, FeatureChange
from store_server.wire.floorplans import (
    AisleFeature,
    AmenityFeature,
    BlockedAreaFeature,
    Feature,
    FixtureFeature,
    KioskFeature,
    NodeFeature,
    OpeningFeature,
    SectionFeature,
    SlotFeature,
    UnitFeature,
    WallFeature,
)

MENDS_TRIED = 6
"""Each costs a check of the draft."""

_KINDS = {
    Rule.OUTSIDE_LEVEL: EditKind.MOVE,
    Rule.FIXTURE_OVERLAP: EditKind.MOVE,
    Rule.OPENING_OFF_OUTLINE: EditKind.MOVE,
    Rule.KIOSK_WITHOUT_CATCHMENT: EditKind.MOVE,
    Rule.AISLE_TOO_NARROW: EditKind.MOVE,
    Rule.SLOT_OFF_FIXTURE: EditKind.MOVE,
    Rule.FACING_INTO_FIXTURE: EditKind.TURN,
    Rule.SELF_INTERSECTION: EditKind.RESHAPE,
    Rule.ZONE_OVERLAP: EditKind.RESHAPE,
    Rule.NO_AREA: EditKind.REMOVE,
    Rule.UNKNOWN_REFERENCE: EditKind.REMOVE,
    Rule.DUPLICATE_ID: EditKind.SET,
    Rule.UNKNOWN_PRODUCT: EditKind.SET,
}

Mended = tuple[EditKind, tuple[FeatureChange, ...]]


def mend_kind(problem: Problem) -> EditKind | None:
    """What a mend of such a problem mostly is; None where there is none. Whether this one can be, ``mend_for`` finds out."""
    if problem.rule is Rule.DUPLICATE_ID and len(problem.feature_keys) > 1:
        return None  # which of two nodes is the one, nobody can tell from here
    if problem.said.message == EVERYWHERE:
        return None  # a catalogue is to be imported, not every shelf cleared at one click
    return _KINDS.get(problem.rule)


def mend_for(checked: CheckedDraft, problem_id: str) -> Mended | None:
    """The edit that mends a problem of the draft; None where there is no such problem or nothing simple would do.

    Returns
    -------
    (EditKind, tuple of FeatureChange) or None
        With which the problem is gone and no error is new.
    """
    problem = dict(checked.problems).get(problem_id)
    if problem is None:
        return None
    tries = (outcome for outcome in _outcomes(checked, problem) if outcome)
    for outcome in islice(tries, MENDS_TRIED):
        changes = _changes(checked.draft, outcome)
        if changes and _mends(checked, problem_id, changes):
            return _kind(problem, changes), changes
    return None


def _kind(problem: Problem, changes: Sequence[FeatureChange]) -> EditKind:
    if all(change.after is None for change in changes):
        return EditKind.REMOVE
    if all(c.before is not None and c.after is not None and c.before.geometry == c.after.geometry for c in changes):
        return EditKind.TURN if problem.rule is Rule.FACING_INTO_FIXTURE else EditKind.SET
    return EditKind.RESHAPE if mend_kind(problem) is EditKind.RESHAPE else EditKind.MOVE


def _changes(draft: Draft, outcome: Outcome) -> tuple[FeatureChange, ...]:
    return tuple(
        FeatureChange(before=draft.features[feature_id], after=after)
        for feature_id, after in outcome.items()
        if draft.features[feature_id] != after
    )


def _mends(checked: CheckedDraft, problem_id: str, changes: Sequence[FeatureChange]) -> bool:
    features = dict(checked.draft.features)
    for change in changes:
        if change.after is None:
            del features[change.feature_id]
        else:
            features[change.feature_id] = change.after
    after = checked.edited(Draft(checked.draft.header, MappingProxyType(features)))
    if problem_id in dict(after.problems):
        return False
    if not checked.form.is_sound and after.form.is_sound:
        return True  # what now comes to light was there before
    before = [problem for _, problem in checked.problems]
    return all(_was_there(problem, before) for _, problem in after.problems if problem.is_error)


def _was_there(problem: Problem, before: Sequence[Problem]) -> bool:
    """Whether it is an old problem, or what is left of one."""
    keys = set(problem.feature_keys)
    return any(old.is_error and old.rule is problem.rule and keys <= set(old.feature_keys) for old in before)


def _outcomes(checked: CheckedDraft, problem: Problem) -> Iterator[Outcome]:
    """What might mend it, the gentlest first."""
    form = checked.form
    named = _named(checked, problem)
    slots = [shape for shape in named if isinstance(shape, SlotFeature)]
    match problem.rule:
        case Rule.SELF_INTERSECTION:
            for shape in named:
                yield from unfolded(shape)
        case Rule.NO_AREA:
            for shape in named:
                yield from without_area(form, shape)
        case Rule.DUPLICATE_ID:
            for key in problem.feature_keys:
                yield from renamed(form, key)
        case Rule.UNKNOWN_REFERENCE:
            for shape in named:
                if isinstance(shape, SlotFeature):
                    yield from taken_out(form, shape)
                yield from reassigned(form, shape)
        case Rule.UNKNOWN_PRODUCT if checked.catalogue is not None:
            yield from cleared(slots, checked.catalogue)
        case _:
            yield from _laid_out(checked, problem, named, slots)


def _laid_out(
    checked: CheckedDraft, problem: Problem, named: Sequence[Feature], slots: Sequence[SlotFeature]
) -> Iterator[Outcome]:
    form = checked.form
    floorplan = checked.floorplan(named[0].properties.level_id) if named else None
    if floorplan is None:
        return
    fixtures = [shape for shape in named if isinstance(shape, FixtureFeature)]
    standing: list[Standing] = [shape for shape in named if isinstance(shape, FixtureFeature | KioskFeature)]
    zones = [shape for shape in named if isinstance(shape, SectionFeature)]
    match problem.rule:
        case Rule.OUTSIDE_LEVEL:
            for shape in named:
                yield from _onto_level(checked, floorplan, shape)
            if slots and fixtures:
                yield from onto_face(form, fixtures[0], slots)
        case Rule.FIXTURE_OVERLAP if len(standing) > 1:
            yield from apart(form, floorplan, standing[0], standing[1])
        case Rule.OPENING_OFF_OUTLINE:
            for shape in named:
                if isinstance(shape, OpeningFeature):
                    yield from into_the_wall(floorplan, shape)
        case Rule.KIOSK_WITHOUT_CATCHMENT:
            for shape in named:
                if isinstance(shape, KioskFeature):
                    yield from before_the_screen(form, floorplan, shape)
        case Rule.ZONE_OVERLAP if len(zones) > 1:
            yield from trimmed(form, zones[0], zones[1])
        case Rule.SLOT_OFF_FIXTURE if fixtures:
            yield from onto_face(form, fixtures[0], slots)
        case Rule.FACING_INTO_FIXTURE if fixtures:
            yield from turned_away(form, fixtures[0], slots)
            yield from _wider(checked, floorplan, problem, slots, standing)
        case Rule.AISLE_TOO_NARROW:
            yield from _wider(checked, floorplan, problem, slots, standing)


def _onto_level(checked: CheckedDraft, floorplan: Floorplan, shape: Feature) -> Iterator[Outcome]:
    if isinstance(shape, SectionFeature | BlockedAreaFeature | WallFeature | AisleFeature):
        yield from clipped(checked.form, floorplan, shape)
    elif isinstance(shape, FixtureFeature | KioskFeature | UnitFeature | NodeFeature | AmenityFeature):
        yield from back_inside(checked.form, floorplan, shape)
    if isinstance(shape, KioskFeature):
        yield from before_the_screen(checked.form, floorplan, shape)


def _wider(
    checked: CheckedDraft,
    floorplan: Floorplan,
    problem: Problem,
    slots: Sequence[SlotFeature],
    standing: Sequence[Standing],
) -> Iterator[Outcome]:
    """The sides of a passage moved apart: those a slot looks across, else any two beside it."""
    if slots and standing:
        dx, dy = unit(slots[0].properties.facing)
        width_m = float(problem.evidence.removesuffix(" m"))
        yield from wider(checked.form, floorplan, standing[:2], (dx, dy), width_m)
        return
    for index, one in enumerate(standing):
        for other in standing[index + 1 :]:
            yield from wider(checked.form, floorplan, (one, other), None, None)


def _named(checked: CheckedDraft, problem: Problem) -> list[Feature]:
    """The shapes a problem is about, in its order; a key several types have stands for all of them."""
    rank = {key: index for index, key in enumerate(problem.feature_keys)}
    found = [feature for feature in checked.draft.features.values() if feature.properties.key in rank]
    return sorted(found, key=lambda feature: (rank[feature.properties.key], *document_order(feature)))
