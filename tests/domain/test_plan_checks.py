"""What ``check-plan`` finds, and above all what it does not: a sound store has no error."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from store_server.adapters.plan_files import load_plan
from store_server.domain.plan_checks import Problem, Rule, Severity, problems
from store_server.domain.plan_problems import MAX_WORDS
from tests.domain.broken_shops import ERRORS, WARNINGS, Breakage, moved, overlap, walled_in
from tests.domain.floors import (
    REPOSITORY,
    Json,
    area,
    changed,
    document,
    feature,
    fixture,
    found,
    kiosk,
    line,
    node,
    plan,
    shared_plan,
    shop,
    slot,
)


def check(raw: Json) -> list[Problem]:
    return problems(json.dumps(raw).encode())


def named(found_problems: list[Problem], rule: Rule) -> set[str]:
    """The keys of all shapes named under a rule."""
    return {key for problem in found_problems if problem.rule is rule for key in problem.feature_keys}


def errors(found_problems: list[Problem]) -> list[Problem]:
    return [problem for problem in found_problems if problem.is_error]


def test_a_sound_shop_has_no_problem() -> None:
    assert check(shop()) == []
    assert problems(document(shop())) == []


@pytest.mark.parametrize(
    "name",
    [
        "synthetic-supermarket/floor.geojson",
        "synthetic-supermarket/full.geojson",
        "synthetic-hypermarket/floor.geojson",
        "synthetic-hypermarket/full.geojson.gz",
    ],
)
def test_the_synthetic_stores_have_no_problem_but_shelves_before_an_emergency_exit(name: str) -> None:
    assert [(p.severity, p.rule, p.feature_keys) for p in check(shared_plan(name))] == [
        (Severity.WARNING, Rule.EXIT_BLOCKED, ("emergency/1",))
    ]


def test_the_real_shop_has_warnings_only() -> None:
    assert errors(check(shared_plan("bebetei-vitan/floor.geojson"))) == []


@pytest.mark.parametrize("name", ["demo_store", "hall"])
def test_the_demo_floors_have_no_problem(name: str) -> None:
    folder = REPOSITORY / "floorplans"
    assert problems(load_plan(folder / f"{name}.floorplan.json", folder / f"{name}.planogram.csv")) == []


@pytest.mark.parametrize(("mutate", "rule", "key"), ERRORS)
def test_an_error_names_the_shape_at_fault(mutate: Breakage, rule: Rule, key: str) -> None:
    raw = changed(shop())
    mutate(raw)
    result = check(raw)
    assert key in named(errors(result), rule), result


@pytest.mark.parametrize(("mutate", "rule", "key"), WARNINGS)
def test_a_warning_names_the_shape_and_is_no_error(mutate: Breakage, rule: Rule, key: str) -> None:
    raw = changed(shop())
    mutate(raw)
    result = check(raw)
    assert key in named(result, rule), result
    assert errors(result) == []


def test_a_gap_between_shelves_is_no_passage() -> None:
    raw = changed(shop())
    raw["features"] += [fixture("C", (12, 3, 12.5, 6)), fixture("D", (12, 6.2, 12.5, 9))]
    assert check(raw) == []


def test_a_narrow_dead_end_is_no_passage() -> None:
    raw = changed(shop())
    raw["features"] += [fixture("C", (18, 11, 18.4, 12)), fixture("D", (19, 11, 19.4, 12))]
    assert check(raw) == []


def test_an_aisle_of_90_cm_is_wide_enough() -> None:
    raw = changed(shop())
    for key in ("B", "B-W-1"):
        moved(found(raw, key), -1.1, 0)
    assert check(raw) == []


def test_a_slot_drawn_inside_its_fixture_is_judged_by_the_way_it_looks() -> None:
    raw = changed(shop())
    found(raw, "A-E-1")["geometry"]["coordinates"] = [5.8, 5]
    assert check(raw) == []
    found(raw, "A-E-1")["properties"]["facing"] = [-1, 0]
    assert named(check(raw), Rule.FACING_INTO_FIXTURE) == {"A-E-1", "A"}


def test_slots_of_one_side_share_one_problem() -> None:
    raw = changed(shop())
    walled_in(raw)
    unreachable = [problem for problem in check(raw) if problem.rule is Rule.SLOT_UNREACHABLE]
    assert [problem.feature_keys for problem in unreachable] == [("A-E-1", "A-E-2", "A"), ("B-W-1", "B")]


def test_without_a_door_the_largest_floor_counts() -> None:
    raw = changed(shop())
    raw["features"].remove(found(raw, "door"))
    assert check(raw) == []


def test_a_floor_without_zones_has_no_gap_and_one_without_nodes_says_so() -> None:
    assert [problem.rule for problem in check(plan(fixture("A", (5, 3, 6, 9))))] == [Rule.TOO_FEW_NODES]


def test_a_gap_far_from_every_zone_names_the_level() -> None:
    raw = plan(area("section", "z", (0, 0, 5, 12)), outline=(0, 0, 5, 12))
    raw["features"].append(area("level", "M", (30, 0, 35, 12), ordinal=1))
    raw["features"][-1]["properties"]["level_id"] = "M"
    raw["features"].append(area("section", "far", (60, 0, 61, 1)))
    raw["features"][-1]["properties"]["level_id"] = "M"
    assert named(check(raw), Rule.ZONE_GAP) == {"M"}


def test_a_plan_without_a_level_says_so() -> None:
    raw = plan()
    raw["features"] = []
    assert [problem.rule for problem in check(raw)] == [Rule.NO_LEVEL]


def test_a_fixture_that_fills_the_floor_leaves_no_place_and_no_traceback() -> None:
    assert errors(check(plan(fixture("A", (0, 0, 20, 12)), slot("s", "A", (20, 5), (1, 0)))))


def test_each_level_is_judged_by_itself() -> None:
    raw = changed(shop())
    upper = [changed(item) for item in shop()["features"]]
    for item in upper:
        item["id"] += "/up"
        item["properties"]["key"] += "/up"
        item["properties"]["level_id"] = "L/up"
        for field in ("fixture_id", "node_key", "kiosk_key"):
            if field in item["properties"]:
                item["properties"][field] += "/up"
    raw["features"] += upper
    assert check(raw) == []
    found(raw, "A-E-1/up")["properties"]["facing"] = [-1, 0]
    assert named(check(raw), Rule.FACING_INTO_FIXTURE) == {"A-E-1/up", "A/up"}


def test_a_heap_of_fixtures_is_listed_in_part() -> None:
    heap = [fixture(f"F{n}", (5 + n * 0.01, 5 + n * 0.01, 7 + n * 0.01, 7 + n * 0.01)) for n in range(80)]
    result = check(plan(*heap))
    assert 200 <= len(result) <= 500


def test_combs_across_each_other_are_refused_before_they_are_crossed() -> None:
    def comb(turned: bool) -> list[list[float]]:
        teeth = [
            [x * 0.01, y]
            for n in range(1200)
            for x, y in ((2 * n, 0.0), (2 * n, 11.9), (2 * n + 1, 11.9), (2 * n + 1, 0.0))
        ]
        closed = [*teeth, [24.0, -0.1], [0.0, -0.1], teeth[0]]
        return [[y, x] if turned else [x, y] for x, y in closed]

    combs = [area("fixture", f"C{n}", (0, 0, 1, 1), category="other") for n in range(2)]
    for n, item in enumerate(combs):
        item["geometry"]["coordinates"] = [comb(bool(n))]
    assert [problem.rule for problem in check(plan(*combs, outline=(-1, -1, 30, 30)))] == [Rule.TOO_DETAILED]


def test_more_corners_than_any_shop_has_are_refused() -> None:
    rings = [area("section", f"Z{n}", (0, 0, 1, 1)) for n in range(6)]
    for item in rings:
        item["geometry"]["coordinates"] = [[[k * 0.001, 1.0] for k in range(9000)] + [[0.0, 0.0], [0.0, 1.0]]]
    assert [problem.rule for problem in check(plan(*rings))] == [Rule.TOO_DETAILED]


def test_more_fixtures_than_any_shop_has_are_refused_before_they_are_held_against_each_other() -> None:
    many = [
        area("fixture", f"G{n}", (n % 50, n // 50, n % 50 + 0.5, n // 50 + 0.5), category="other") for n in range(2001)
    ]
    found = check(plan(*many, outline=(-1, -1, 60, 60)))
    assert [problem.rule for problem in found] == [Rule.TOO_DETAILED]
    assert "2001 fixtures" in found[0].words


def test_words_fit_a_label_and_a_problem_has_a_place() -> None:
    raw = changed(shop())
    for key in ("A", "B"):
        found(raw, key)["properties"]["key"] = key * 60
    overlap(raw)
    walled_in(raw)
    result = check(raw)
    assert result
    assert all(len(problem.words) <= MAX_WORDS and problem.place is not None for problem in result)
    assert [problem.severity for problem in result] == sorted(
        (p.severity for p in result), key=lambda s: s != Severity.ERROR
    )


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["Polygon", "L", "A"])
)
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
)


@given(st.data())
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_any_change_to_a_plan_gives_a_list(data: st.DataObject) -> None:
    raw = changed(shop())
    for _ in range(data.draw(st.integers(1, 3))):
        owner: Any = raw
        step: Any = "features"
        while True:
            inner = owner[step]
            if not isinstance(inner, list | dict) or not inner or data.draw(st.booleans()):
                break
            owner, step = (
                inner,
                data.draw(st.sampled_from(sorted(inner) if isinstance(inner, dict) else range(len(inner)))),
            )
        owner[step] = data.draw(JSON)
    result = check(raw)
    assert all(isinstance(problem, Problem) for problem in result)
    assert result == check(raw)


@given(st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
@settings(max_examples=150, deadline=None)
def test_any_bytes_give_a_list(raw: bytes) -> None:
    assert errors(problems(raw))


@given(
    st.lists(
        st.tuples(
            *(st.floats(-5, 25, allow_nan=False) for _ in range(4)),
            st.sampled_from(["fixture", "section", "kiosk", "wall"]),
        ),
        max_size=6,
    )
)
@example(
    boxes=[
        *[(0.0, 0.0, 1.0, 1.0, "fixture")] * 4,
        (0.0, 1.0314074419651397e-137, -1.0, 1.0, "fixture"),
        (1.0, 0.0, 8.677960992661662e-238, 1.0, "fixture"),
    ]
)
@settings(max_examples=60, deadline=None)
def test_any_boxes_on_a_floor_are_judged_without_a_traceback(
    boxes: list[tuple[float, float, float, float, str]],
) -> None:
    extra = []
    for n, (x0, y0, x1, y1, kind) in enumerate(boxes):
        if kind == "wall":
            extra.append(line("wall", f"X{n}", (x0, y0), (x1, y1)))
        elif kind == "kiosk":
            extra.append(kiosk(f"X{n}", (x0, y0, x1, y1), (x1, y0)))
        else:
            extra.append(area(kind, f"X{n}", (x0, y0, x1, y1), category="other"))
    raw = changed(shop())
    raw["features"] += [
        *extra,
        node("n9", (1, 1)),
        feature("amenity", "t9", {"type": "Point", "coordinates": [1, 1]}, category="atm"),
    ]
    assert isinstance(check(raw), list)
