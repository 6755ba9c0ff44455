"""One click mends what can be mended: the problem is gone, nothing new is wrong, and it is an ordinary edit."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from store_server.domain.draft_checks import CheckedDraft
from store_server.domain.plan_edits import Draft
from store_server.domain.plan_mends import mend_for, mend_kind
from store_server.domain.plan_problems import Problem, Rule
from store_server.wire.drafts import EditKind, FeatureChange, PlanEdit
from store_server.wire.floorplans import Feature
from tests.domain import broken_shops
from tests.domain.broken_shops import Breakage
from tests.domain.drafting import draft_of, edits, small_shop, with_shapes
from tests.domain.floors import Json, area, changed, feature, fixture, found, kiosk, line, plan, ring, shop, slot

CATALOGUE = frozenset({"SKU1", "SKU2", "SKU3"})


def applied(draft: Draft, changes: Sequence[FeatureChange]) -> Draft:
    edit = PlanEdit(
        edit_id="0" * 32, draft_id="1" * 32, base_revision=0, kind=EditKind.MEND, what="it", changes=tuple(changes)
    )
    return draft.edited(edit)


def only(checked: CheckedDraft, rule: Rule) -> tuple[str, Problem]:
    (one,) = [(problem_id, problem) for problem_id, problem in checked.problems if problem.rule is rule]
    return one


def mended(raw: Json, rule: Rule) -> tuple[EditKind, Draft]:
    """The draft after the mend of its only problem of a rule."""
    checked = CheckedDraft.of(draft_of(raw), CATALOGUE)
    problem_id, problem = only(checked, rule)
    mend = mend_for(checked, problem_id)
    assert mend is not None, problem
    assert mend_kind(problem) is not None
    return mend[0], applied(checked.draft, mend[1])


def corners(shape: Feature) -> list[list[float]]:
    ring_drawn: list[list[float]] = shape.model_dump(mode="json")["geometry"]["coordinates"][0]
    return ring_drawn


MENDABLE: list[tuple[Breakage, Rule, EditKind]] = [
    (broken_shops.door_off, Rule.OPENING_OFF_OUTLINE, EditKind.MOVE),
    (broken_shops.facing_own, Rule.FACING_INTO_FIXTURE, EditKind.TURN),
    (broken_shops.facing_along, Rule.FACING_INTO_FIXTURE, EditKind.TURN),
    (broken_shops.facing_other, Rule.FACING_INTO_FIXTURE, EditKind.MOVE),
    (broken_shops.bow_tie, Rule.SELF_INTERSECTION, EditKind.RESHAPE),
    (broken_shops.overlap, Rule.FIXTURE_OVERLAP, EditKind.MOVE),
    (broken_shops.kiosk_overlap, Rule.FIXTURE_OVERLAP, EditKind.MOVE),
    (broken_shops.outside, Rule.OUTSIDE_LEVEL, EditKind.MOVE),
    (broken_shops.node_outside, Rule.OUTSIDE_LEVEL, EditKind.MOVE),
    (broken_shops.wall_outside, Rule.OUTSIDE_LEVEL, EditKind.MOVE),
    (broken_shops.display_outside, Rule.OUTSIDE_LEVEL, EditKind.SET),
    (broken_shops.zone_over, Rule.ZONE_OVERLAP, EditKind.RESHAPE),
    (broken_shops.unknown_fixture, Rule.UNKNOWN_REFERENCE, EditKind.REMOVE),
    (broken_shops.duplicate_key, Rule.DUPLICATE_ID, EditKind.SET),
    (broken_shops.kiosk_shut_in, Rule.KIOSK_WITHOUT_CATCHMENT, EditKind.SET),
    (broken_shops.narrow_without_slots, Rule.AISLE_TOO_NARROW, EditKind.MOVE),
    (broken_shops.overlap_by_a_hair, Rule.FIXTURE_OVERLAP, EditKind.MOVE),
    (broken_shops.out_by_a_hair, Rule.OUTSIDE_LEVEL, EditKind.MOVE),
]


@pytest.mark.parametrize(("breakage", "rule", "kind"), MENDABLE)
def test_what_is_broken_in_one_way_is_sound_after_one_click(breakage: Breakage, rule: Rule, kind: EditKind) -> None:
    raw = changed(shop())
    breakage(raw)
    did, draft = mended(raw, rule)
    left = CheckedDraft.of(draft).problems
    assert [problem for _, problem in left if problem.is_error or problem.rule is rule] == []
    assert did is kind


def test_what_has_no_simple_mend_is_left_to_the_manager() -> None:
    for breakage, rule in [
        (broken_shops.walled_in, Rule.SLOT_UNREACHABLE),
        (broken_shops.few_nodes, Rule.TOO_FEW_NODES),
        (broken_shops.duplicate_node, Rule.DUPLICATE_ID),
        (broken_shops.zone_gap, Rule.ZONE_GAP),
    ]:
        raw = changed(shop())
        breakage(raw)
        checked = CheckedDraft.of(draft_of(raw))
        of_rule = [(problem_id, problem) for problem_id, problem in checked.problems if problem.rule is rule]
        assert of_rule
        assert all(mend_for(checked, problem_id) is None for problem_id, _ in of_rule)
        assert all(mend_kind(problem) is None for _, problem in of_rule)


def test_a_problem_the_draft_does_not_have_has_no_mend() -> None:
    assert mend_for(CheckedDraft.of(small_shop()), "zone_gap:left") is None


def test_a_fixture_nudged_apart_goes_the_shortest_way_and_takes_its_slots() -> None:
    raw = changed(shop())
    raw["features"] += [fixture("C", (3.9, 4, 5.1, 5)), slot("C-1", "C", (3.9, 4.5), (-1, 0))]
    _, draft = mended(raw, Rule.FIXTURE_OVERLAP)
    assert corners(draft.features["C"])[0] == pytest.approx([3.798, 4])
    assert draft.features["C-1"].geometry.coordinates == pytest.approx((3.798, 4.5))


def test_a_nudge_that_would_land_in_something_else_goes_another_way() -> None:
    raw = changed(shop())
    raw["features"] += [fixture("C", (8.9, 4, 10, 5)), fixture("D", (10.02, 3, 10.5, 6))]
    _, draft = mended(raw, Rule.FIXTURE_OVERLAP)
    assert draft.features["D"] == draft_of(raw).features["D"]
    assert CheckedDraft.of(draft).problems == ()


def test_a_shape_in_the_corner_outside_comes_back_both_ways() -> None:
    raw = changed(shop())
    raw["features"].append(fixture("C", (19.5, 11.5, 20.5, 12.5)))
    _, draft = mended(raw, Rule.OUTSIDE_LEVEL)
    assert corners(draft.features["C"])[2] == pytest.approx([19.998, 11.998])


def test_a_shape_far_outside_is_not_fetched() -> None:
    raw = changed(shop())
    raw["features"].append(fixture("C", (40, 5, 41, 6)))
    checked = CheckedDraft.of(draft_of(raw))
    assert mend_for(checked, only(checked, Rule.OUTSIDE_LEVEL)[0]) is None


def test_a_zone_and_a_blocked_area_are_cut_off_at_the_edge() -> None:
    raw = changed(shop())
    found(raw, "right")["geometry"]["coordinates"] = [ring((7, 0, 21, 12))]
    kind, draft = mended(raw, Rule.OUTSIDE_LEVEL)
    assert kind is EditKind.MOVE
    assert CheckedDraft.of(draft).problems == ()
    raw = changed(shop())
    raw["features"].append(area("blocked_area", "wet", (18, 10, 21, 11)))
    _, draft = mended(raw, Rule.OUTSIDE_LEVEL)
    assert max(x for x, _ in corners(draft.features["wet"])) == 20


def test_a_ring_with_a_small_loop_loses_the_loop_and_one_of_two_halves_is_not_guessed() -> None:
    raw = changed(shop())
    raw["features"].append(fixture("C", (12, 3, 13, 9)))
    found(raw, "C")["geometry"]["coordinates"] = [
        [[12, 3], [13, 3], [13, 9], [12.5, 9], [12.4, 9.1], [12.4, 9], [12.5, 9.1], [12, 9], [12, 3]]
    ]
    _, draft = mended(raw, Rule.SELF_INTERSECTION)
    assert CheckedDraft.of(draft).problems == ()
    found(raw, "C")["geometry"]["coordinates"] = [[[12, 3], [13, 3], [12, 9], [13, 9], [12.5, 9.2], [12, 3]]]
    checked = CheckedDraft.of(draft_of(raw))
    assert mend_for(checked, only(checked, Rule.SELF_INTERSECTION)[0]) is None


def test_a_shape_without_area_is_taken_out_but_never_one_that_carries_slots() -> None:
    raw = changed(shop())
    raw["features"].append(fixture("C", (12, 3, 12.001, 3.001)))
    kind, draft = mended(raw, Rule.NO_AREA)
    assert kind is EditKind.REMOVE
    assert "C" not in draft.features
    raw = changed(shop())
    broken_shops.tiny(raw)
    checked = CheckedDraft.of(draft_of(raw))
    assert mend_for(checked, only(checked, Rule.NO_AREA)[0]) is None


def test_slots_left_behind_by_their_fixture_follow_it_onto_its_face() -> None:
    raw = changed(shop())
    broken_shops.moved(found(raw, "A"), -2, 0)
    kind, draft = mended(raw, Rule.SLOT_OFF_FIXTURE)
    assert kind is EditKind.MOVE
    assert draft.features["A-E-1"].geometry.coordinates == (4.0, 5.0)
    assert CheckedDraft.of(draft).problems == ()


def test_an_aisle_between_slots_is_widened_by_what_it_lacks() -> None:
    raw = changed(shop())
    broken_shops.narrow(raw)
    checked = CheckedDraft.of(draft_of(raw))
    narrow = [problem_id for problem_id, p in checked.problems if p.rule is Rule.AISLE_TOO_NARROW]
    assert len(narrow) == 2
    mend = mend_for(checked, narrow[0])
    assert mend is not None
    after = applied(checked.draft, mend[1])
    assert CheckedDraft.of(after).problems == ()
    assert corners(after.features["A"])[0] == pytest.approx([4.898, 3])


def test_all_slots_of_a_fixture_that_is_gone_go_with_one_click() -> None:
    raw = changed(shop())
    for key in ("A-E-1", "A-E-2"):
        found(raw, key)["properties"]["fixture_id"] = "gone"
    checked = CheckedDraft.of(draft_of(raw))
    mend = mend_for(checked, checked.problems[0][0])
    assert mend is not None
    assert mend[0] is EditKind.REMOVE
    assert CheckedDraft.of(applied(checked.draft, mend[1])).problems == ()


def test_a_shape_on_no_level_comes_onto_the_only_one_with_its_slots() -> None:
    raw = changed(shop())
    for key in ("B", "B-W-1"):
        found(raw, key)["properties"]["level_id"] = "attic"
    checked = CheckedDraft.of(draft_of(raw))
    mend = mend_for(checked, "unknown_reference:B")
    assert mend is not None
    assert mend[0] is EditKind.SET
    assert CheckedDraft.of(applied(checked.draft, mend[1])).problems == ()


def test_slots_for_products_the_catalogue_does_not_know_are_cleared() -> None:
    raw = changed(shop())
    found(raw, "A-E-2")["properties"]["sku"] = "SKU99"
    _, draft = mended(raw, Rule.UNKNOWN_PRODUCT)
    assert [draft.features[key].model_dump()["properties"]["sku"] for key in ("A-E-1", "A-E-2")] == ["SKU1", None]


def test_a_door_keeps_its_width_and_the_way_it_was_drawn() -> None:
    raw = changed(shop())
    found(raw, "door")["geometry"]["coordinates"] = [[21, 6], [20.5, 4]]
    _, draft = mended(raw, Rule.OPENING_OFF_OUTLINE)
    (x0, y0), (x1, y1) = draft.features["door"].model_dump()["geometry"]["coordinates"]
    assert (x0, x1) == (20, 20)
    assert y0 > y1
    assert y0 - y1 == pytest.approx(2.062, abs=0.002)


def test_a_catchment_that_crosses_itself_is_unfolded() -> None:
    raw = changed(shop())
    bow = {"type": "Polygon", "coordinates": [[[13, 5], [17, 7], [17, 5], [13, 7], [13, 5]]]}
    found(raw, "k")["properties"]["catchment"] = bow
    _, draft = mended(raw, Rule.SELF_INTERSECTION)
    assert CheckedDraft.of(draft).problems == ()


def test_a_key_used_twice_is_changed_to_a_free_one() -> None:
    raw = plan(
        fixture("A", (5, 3, 6, 9)), *(area("section", n, (x, 0, x + 10, 12)) for n, x in (("z-2", 0), ("z", 10)))
    )
    twin = feature("section", "z", {"type": "Polygon", "coordinates": [ring((30, 0, 31, 1))]})
    raw["features"].append(twin | {"id": "zz"})
    checked = CheckedDraft.of(draft_of(raw))
    mend = mend_for(checked, "duplicate_id:z")
    assert mend is not None
    assert applied(checked.draft, mend[1]).features["zz"].properties.key == "z-3"


def test_aisles_and_kiosks_come_back_too() -> None:
    raw = changed(shop())
    raw["features"].append(line("aisle", "way", (15, 3), (21, 3)))
    _, draft = mended(raw, Rule.OUTSIDE_LEVEL)
    assert draft.features["way"].model_dump()["geometry"]["coordinates"] == ((15.0, 3.0), (20.0, 3.0))
    raw = changed(shop())
    raw["features"].append(kiosk("k9", (19.8, 5, 20.3, 5.5), (19, 5.2)))
    _, draft = mended(raw, Rule.OUTSIDE_LEVEL)
    display = draft.features["k9"].model_dump()["properties"]["display_point"]["coordinates"]
    assert display == pytest.approx((18.698, 5.2))


@given(st.data())
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_any_mend_removes_its_problem_and_brings_no_error(data: st.DataObject) -> None:
    draft = small_shop()
    for _ in range(data.draw(st.integers(1, 4))):
        draft = with_shapes(draft, data.draw(edits(draft)))
    checked = CheckedDraft.of(draft, CATALOGUE)
    can = [(problem_id, problem) for problem_id, problem in checked.problems if mend_kind(problem) is not None]
    assume(can)
    problem_id, problem = data.draw(st.sampled_from(can))
    mend = mend_for(checked, problem_id)
    assume(mend is not None)
    assert mend is not None
    after = CheckedDraft.of(applied(draft, mend[1]), CATALOGUE)
    assert problem_id not in dict(after.problems)
    if checked.floorplan("L") is not None:  # else what was hidden by a broken structure comes to light
        old = [p for _, p in checked.problems]
        new = [p for _, p in after.problems if p.is_error and not any(_is_of(p, before) for before in old)]
        assert new == [], problem


def _is_of(problem: Problem, before: Problem) -> bool:
    return before.is_error and problem.rule is before.rule and set(problem.feature_keys) <= set(before.feature_keys)
