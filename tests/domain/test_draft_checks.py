"""A draft's checks keep up with its editing: whatever was edited, they say what a look at everything says."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store_server.domain import plan_structure
from store_server.domain.draft_checks import CheckedDraft
from store_server.domain.plan_checks import problems
from store_server.domain.plan_coverage import SMALLEST_CATCHMENT_M2, kiosks
from store_server.domain.plan_mends import mend_for, mend_kind
from store_server.domain.plan_problems import MAX_WORDS, Problem, Rule, identified, said, warning
from store_server.domain.plan_products import FIXTURES_APART
from store_server.domain.plan_structure import Detail, too_detailed
from store_server.wire.drafts import EditKind
from tests.domain.broken_shops import ERRORS, WARNINGS, Breakage
from tests.domain.drafting import draft_of, edits, read, shifted, small_shop, with_properties, with_shapes
from tests.domain.floors import Json, area, changed, feature, fixture, line, plan, shop, slot

CATALOGUE = frozenset({"SKU1", "SKU2", "SKU3"})


def rules(checked: CheckedDraft) -> list[Rule]:
    return [problem.rule for _, problem in checked.problems]


@given(st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_after_any_edits_the_problems_are_those_of_a_first_look(data: st.DataObject) -> None:
    checked = CheckedDraft.of(small_shop(), CATALOGUE)
    for _ in range(data.draw(st.integers(1, 8))):
        shapes = data.draw(edits(checked.draft))
        draft = with_shapes(checked.draft, shapes, knows_origin=data.draw(st.booleans()))
        checked = checked.edited(draft)
        afresh = CheckedDraft.of(draft, CATALOGUE)
        assert checked.problems == afresh.problems
        assert [p for _, p in checked.with_catalogue(None).problems] == problems(draft.document())
        ids = [problem_id for problem_id, _ in checked.problems]
        assert len(ids) == len(set(ids))
        assert all(0 < len(problem_id) <= MAX_WORDS for problem_id in ids)


@pytest.mark.parametrize("breakage", [mutate for mutate, _, _ in [*ERRORS, *WARNINGS]])
def test_breaking_a_shop_and_mending_it_leaves_no_problem(breakage: Breakage) -> None:
    raw = changed(shop())
    breakage(raw)
    sound = CheckedDraft.of(small_shop())
    broken = sound.edited(draft_of(raw))
    assert [problem for _, problem in broken.problems] == problems(broken.draft.document())
    mended = broken.edited(small_shop())
    assert mended.problems == ()
    assert mended.floorplan("L") is not None


def test_what_an_edit_does_not_touch_is_not_looked_at_again() -> None:
    before = CheckedDraft.of(small_shop())
    moved = {"n1": shifted(before.draft.features["n1"], 0.5, 0)}
    after = before.edited(with_shapes(before.draft, moved))
    first, then = before.floorplan("L"), after.floorplan("L")
    assert first is not None
    assert then is not None
    assert then.standing_area is first.standing_area
    assert then.fixtures[0].polygon is first.fixtures[0].polygon
    assert then.anchors != first.anchors


def test_a_kiosk_is_looked_at_again_when_something_is_put_before_it_and_taken_away() -> None:
    sound = CheckedDraft.of(small_shop())
    shut = sound.edited(with_shapes(sound.draft, {"C": read(fixture("C", (14, 6, 16, 7.5)))}))
    assert rules(shut) == [Rule.KIOSK_WITHOUT_CATCHMENT]
    assert rules(shut.edited(sound.draft)) == []


boxes = st.tuples(st.integers(100, 170), st.integers(40, 90), st.integers(1, 40), st.integers(1, 40))


@given(st.lists(boxes, max_size=5))
def test_room_before_a_kiosk_is_found_without_looking_all_round(corners_dm: list[tuple[int, int, int, int]]) -> None:
    raw = changed(shop())
    for number, (x, y, wide, deep) in enumerate(corners_dm):
        raw["features"].append(fixture(f"C{number}", (x / 10, y / 10, (x + wide) / 10, (y + deep) / 10)))
    floorplan = CheckedDraft.of(draft_of(raw)).floorplan("L")
    assert floorplan is not None
    (kiosk,) = floorplan.kiosks.values()
    assert any(kiosks(floorplan)) == (kiosk.catchment.area < SMALLEST_CATCHMENT_M2)


@given(st.data())
@settings(max_examples=50)
def test_after_any_edits_a_plan_is_as_detailed_as_when_it_is_counted_afresh(data: st.DataObject) -> None:
    draft = small_shop()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan_structure, "MAX_MEETINGS", data.draw(st.sampled_from((60, 150, 1000))))
        shapes = list(draft.features.values())
        detail = Detail(is_too_much=False, meetings_at_most=0).after(shapes, shapes)
        for _ in range(data.draw(st.integers(1, 6))):
            was, draft = draft, with_shapes(draft, data.draw(edits(draft)))
            shapes = list(draft.features.values())
            detail = detail.after(shapes, [shape for shape in shapes if was.features.get(shape.id) is not shape])
            assert detail.is_too_much == any(True for _ in too_detailed(shapes))


def test_a_level_is_there_as_shapes_with_the_slots_of_the_draft() -> None:
    checked = CheckedDraft.of(small_shop())
    floorplan = checked.floorplan("L")
    assert floorplan is not None
    assert list(floorplan.slots) == ["A-E-1", "A-E-2", "B-W-1"]
    assert floorplan.slots["A-E-1"].standing_m == pytest.approx((6.45, 5))
    assert checked.floorplan("attic") is None


def test_a_draft_that_is_not_sound_has_no_shapes_until_it_is() -> None:
    sound = CheckedDraft.of(small_shop())
    nowhere = with_properties(sound.draft.features["A-E-1"], fixture_id="nowhere")
    broken = sound.edited(with_shapes(sound.draft, {"A-E-1": nowhere}))
    assert rules(broken) == [Rule.UNKNOWN_REFERENCE]
    assert broken.floorplan("L") is None
    assert broken.edited(sound.draft).floorplan("L") is not None


def test_an_empty_draft_asks_for_a_level() -> None:
    empty = with_shapes(small_shop(), dict.fromkeys(small_shop().features))
    assert rules(CheckedDraft.of(empty)) == [Rule.NO_LEVEL]


def test_a_shelf_before_an_entrance_blocks_it_and_one_before_an_exit_is_said() -> None:
    raw = changed(shop())
    raw["features"].append(fixture("C", (0.4, 0.5, 3.8, 1)))
    raw["features"].append(fixture("D", (0.6, 4, 1, 7)))
    found = [p for _, p in CheckedDraft.of(draft_of(raw)).problems if p.rule is Rule.EXIT_BLOCKED]
    assert [(p.feature_keys, p.is_error) for p in found] == [(("door",), True), (("exit",), False)]


def test_an_exit_out_of_a_pocket_nobody_gets_into_is_blocked() -> None:
    raw = changed(shop())
    raw["features"].append(line("wall", "w1", (0, 3.5), (3, 3.5)))
    raw["features"].append(line("wall", "w2", (3, 3.5), (3, 8)))
    raw["features"].append(line("wall", "w3", (3, 8), (0, 8)))
    found = [p for _, p in CheckedDraft.of(draft_of(raw)).problems if p.rule is Rule.EXIT_BLOCKED]
    assert [p.feature_keys for p in found] == [("exit",)]
    assert "no way leads" in found[0].words


def test_a_lift_drawn_on_one_level_only_is_said() -> None:
    raw = changed(shop())
    raw["features"].append(area("unit", "lift", (17, 9, 19, 11), category="elevator", connects="LIFT"))
    assert rules(CheckedDraft.of(draft_of(raw))) == [Rule.TRANSITION_ALONE]
    upper = area("level", "M", (0, 0, 20, 12), ordinal=1)
    upper["properties"]["level_id"] = "M"
    above = area("unit", "lift up", (17, 9, 19, 11), category="elevator", connects="LIFT")
    above["id"] = "lift-up"
    above["properties"]["level_id"] = "M"
    raw["features"] += [upper, above]
    assert Rule.TRANSITION_ALONE not in rules(CheckedDraft.of(draft_of(raw)))


def test_stairs_and_aisles_outside_the_level_are_found() -> None:
    raw = plan(
        area("unit", "stairs", (18, 5, 22, 7), category="stairs"),
        line("aisle", "way", (15, 3), (25, 3)),
        feature("aisle", "in", {"type": "LineString", "coordinates": [[1, 1], [5, 1]]}),
    )
    found = [p for _, p in CheckedDraft.of(draft_of(raw)).problems if p.rule is Rule.OUTSIDE_LEVEL]
    assert {p.feature_keys for p in found} == {("stairs",), ("way",)}


def test_an_aisle_through_fixtures_is_said_once_until_it_or_they_are_moved() -> None:
    through, beside, along = (
        read(line("aisle", key, *ends))
        for key, ends in (("way", ((2, 6), (12, 6))), ("in", ((7, 1), (7, 11))), ("edge", ((6, 3), (6, 9))))
    )
    sound = CheckedDraft.of(small_shop())
    drawn = sound.edited(with_shapes(sound.draft, {"way": through, "in": beside, "edge": along}))
    (problem,) = (problem for _, problem in drawn.problems)
    assert (problem.rule, problem.is_error) == (Rule.AISLE_THROUGH_FIXTURE, False)
    assert problem.feature_keys == ("way", "A", "B")
    assert problem.evidence == "MULTILINESTRING ((5 6, 6 6), (8 6, 9 6))"
    assert "way runs through A, B for 2.0 m" in problem.words
    away = drawn.edited(with_shapes(drawn.draft, {"way": shifted(through, 0, 4)}))
    assert away.problems == ()
    without = dict.fromkeys(("A", "A-E-1", "A-E-2"))
    one_left = drawn.edited(with_shapes(drawn.draft, without))
    assert [problem.feature_keys for _, problem in one_left.problems] == [("way", "B")]


def test_products_on_no_shelf_and_slots_for_unknown_products_are_said() -> None:
    checked = CheckedDraft.of(small_shop(), frozenset({"SKU1", "SKU2", "SKU7", "SKU8"}))
    missing, unknown = (
        next(p for _, p in checked.problems if p.rule is rule)
        for rule in (Rule.PRODUCT_NOT_PLACED, Rule.UNKNOWN_PRODUCT)
    )
    assert missing.evidence == "2 skus: SKU7, SKU8"
    assert "2 of 4 products" in missing.words
    assert unknown.feature_keys == ("B-W-1", "B")
    assert checked.with_catalogue(CATALOGUE).problems == ()
    assert CheckedDraft.of(small_shop()).problems == ()


def many_shelves(count: int) -> Json:
    """Shelves side by side, a slot for a product of its own before each."""
    shelves = [fixture(f"F{n:03d}", (n * 2 + 1, 5, n * 2 + 2, 6)) for n in range(count)]
    slots = [slot(f"S{n:03d}", f"F{n:03d}", (n * 2 + 1.5, 5), (0, -1), sku=f"NEW{n:03d}") for n in range(count)]
    return plan(*shelves, *slots, outline=(0, 0, 2 * count + 3, 12))


def of_products(checked: CheckedDraft) -> list[Problem]:
    return [problem for _, problem in checked.problems if problem.rule is Rule.UNKNOWN_PRODUCT]


def test_products_unknown_on_many_shelves_are_one_warning_with_their_count_and_no_mend() -> None:
    checked = CheckedDraft.of(draft_of(many_shelves(120)), frozenset({"SKU1"}))
    (problem,) = of_products(checked)
    assert problem.words == (
        "The catalogue does not know 120 products in 120 slots of 120 fixtures: "
        "NEW000, NEW001, NEW002, NEW003, NEW004 … Import the catalogue first."
    )
    assert problem.feature_keys == tuple(f"F{n:03d}" for n in range(20))
    assert problem.evidence.endswith("NEW119")
    assert mend_kind(problem) is None
    (problem_id,) = (i for i, p in checked.problems if p is problem)
    assert mend_for(checked, problem_id) is None


def test_products_unknown_on_a_few_shelves_are_told_shelf_by_shelf_with_the_slots_a_mend_would_clear() -> None:
    raw = many_shelves(FIXTURES_APART)
    raw["features"].append(slot("S000b", "F000", (1.7, 5), (0, -1), bay=2, sku="NEW000"))
    checked = CheckedDraft.of(draft_of(raw), frozenset({"SKU1"}))
    problems = of_products(checked)
    assert [problem.said.figures["slots"] for problem in problems] == [2, 1, 1, 1, 1]
    assert all(mend_kind(problem) is EditKind.SET for problem in problems)
    (first_id,) = (i for i, p in checked.problems if p is problems[0])
    mend = mend_for(checked, first_id)
    assert mend is not None
    assert {change.feature_id for change in mend[1]} == {"S000", "S000b"}


def test_one_shelf_more_or_less_is_told_as_a_first_look_tells_it() -> None:
    many = CheckedDraft.of(draft_of(many_shelves(FIXTURES_APART + 1)), frozenset({"SKU1"}))
    assert len(of_products(many)) == 1
    fewer = with_shapes(many.draft, {"S003": with_properties(many.draft.features["S003"], sku="SKU1")})
    assert len(of_products(many.edited(fewer))) == FIXTURES_APART
    assert many.edited(fewer).problems == CheckedDraft.of(fewer, frozenset({"SKU1"})).problems
    assert many.edited(fewer).edited(many.draft).problems == many.problems


def test_an_id_stays_when_something_else_goes_wrong() -> None:
    raw = changed(shop())
    raw["features"].append(fixture("C", (8.5, 8.5, 12, 10)))
    before = CheckedDraft.of(draft_of(raw))
    raw["features"].append(fixture("D", (19, 11, 20.5, 12)))
    after = before.edited(draft_of(raw))
    (overlap,) = [i for i, p in before.problems if p.rule is Rule.FIXTURE_OVERLAP]
    assert overlap == "fixture_overlap:B+C"
    assert overlap in dict(after.problems)


def test_ids_fit_a_label_and_two_problems_never_share_one() -> None:
    many = tuple(f"slot {n:03d}" for n in range(200))
    gap = said("zone_gap", area_m2=2.0)
    long = [warning(Rule.ZONE_GAP, (*many, extra), (1.0, 2.0), gap) for extra in ("a", "b", "b")]
    ids = [problem_id for problem_id, _ in identified(long)]
    assert len(set(ids)) == 3
    assert all(len(problem_id) <= MAX_WORDS for problem_id in ids)
    assert ids == [problem_id for problem_id, _ in identified(long)]
    apart = [warning(Rule.ZONE_GAP, ("left",), place, gap) for place in ((1.0, 2.0), (3.0, 4.0))]
    assert [problem_id for problem_id, _ in identified(apart)] == ["zone_gap:left@1.00,2.00", "zone_gap:left@3.00,4.00"]


def test_a_slot_far_from_the_fixture_it_names_follows_what_happens_there() -> None:
    raw = changed(shop())
    raw["features"].append(fixture("far", (17, 9, 18, 10)))
    raw["features"].append(slot("lost", "far", (2, 10), (1, 0)))
    before = CheckedDraft.of(draft_of(raw))
    assert rules(before) == [Rule.SLOT_OFF_FIXTURE]
    home = before.edited(with_shapes(before.draft, {"far": shifted(before.draft.features["far"], -16, 0.5)}))
    assert rules(home) == []


def test_a_heap_before_many_slots_is_refused_with_what_stands_in_what() -> None:
    heap = [fixture(f"F{n}", (n * 0.01, n * 0.01, 20 - n * 0.01, 12 - n * 0.01)) for n in range(150)]
    many = [slot(f"S{n}", "F0", (5 + n % 30 * 0.1, 5 + n // 30 * 0.1), (1, 0)) for n in range(900)]
    checked = CheckedDraft.of(draft_of(plan(*heap, *many)))
    assert set(rules(checked)) == {Rule.FIXTURE_OVERLAP, Rule.TOO_DETAILED}
    assert checked.floorplan("L") is None
    one = with_shapes(checked.draft, {f"F{n}": None for n in range(1, 150)})
    assert checked.edited(one).problems == CheckedDraft.of(one).problems
