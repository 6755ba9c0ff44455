"""The size of what was read: a shop's, or another unit's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.domain.plan_frames import METRES
from store_server.domain.plan_sizes import size_problems
from store_server.wire.floorplans import Feature
from store_server.wire.plan_files import LengthUnit
from tests.domain.floors import document, fixture, line, plan

COMMON = [unit for unit in LengthUnit if unit in ("mm", "cm", "m", "ft")]


def store(width: float, door: float, shelf: float, factor: float = 1.0) -> tuple[Feature, ...]:
    """A plan with a door and a shelf, its lengths times a factor."""
    w, d, s = width * factor, door * factor, shelf * factor
    raw = plan(
        fixture("A", (w / 4, w / 4, w / 4 + s, w / 4 + s / 4)),
        line("opening", "door", (0, 0), (d, 0), category="pedestrian"),
        outline=(0, 0, w, w / 2),
    )
    return document(raw).features


@given(st.floats(4, 400), st.floats(0.6, 8), st.floats(0.5, 20))
def test_a_shop_of_any_usual_size_is_not_asked_about(width: float, door: float, shelf: float) -> None:
    assert size_problems(store(width, door, shelf), LengthUnit.METRE) == ([], None)


@pytest.mark.parametrize("unit", [LengthUnit.MILLIMETRE, LengthUnit.CENTIMETRE])
@given(st.floats(10, 90), st.floats(0.8, 2.5), st.floats(1, 6))
def test_a_shop_read_in_metres_is_known_by_its_lengths(
    unit: LengthUnit, width: float, door: float, shelf: float
) -> None:
    problems, likely = size_problems(store(width, door, shelf, 1 / METRES[unit]), LengthUnit.METRE)
    assert likely is unit
    assert [problem.is_error for problem in problems] == [False, False]
    assert problems[1].said.figures["unit"] == unit.value


@given(st.floats(10, 90), st.floats(0.8, 2.5), st.floats(1, 6))
def test_a_shop_in_metres_read_in_millimetres_is_known_too(width: float, door: float, shelf: float) -> None:
    problems, likely = size_problems(store(width, door, shelf, 0.001), LengthUnit.MILLIMETRE)
    assert problems
    assert likely in (LengthUnit.METRE, LengthUnit.FOOT)


@pytest.mark.parametrize(
    ("features", "message"),
    [
        (store(501, 1, 3), "unlikely_size.level"),
        (store(1.9, 0.5, 0.5), "unlikely_size.level"),
        (store(90, 21, 3), "unlikely_size.door"),
        (store(90, 0.2, 3), "unlikely_size.door"),
        (store(400, 2, 61), "unlikely_size.fixture"),
    ],
)
def test_what_is_too_large_or_too_small_is_said_with_its_size(features: tuple[Feature, ...], message: str) -> None:
    problems, _ = size_problems(features, LengthUnit.METRE)
    assert problems[0].said.message == message


def test_in_degrees_there_is_no_other_unit_to_offer() -> None:
    problems, likely = size_problems(store(2000, 1, 3), None)
    assert (len(problems), likely) == (1, None)


def test_one_slip_makes_no_other_unit_and_what_no_unit_mends_is_only_said() -> None:
    doors = [line("opening", f"d{n}", (n, 0), (n + 1, 0), category="pedestrian") for n in range(5)]
    slip = line("opening", "slip", (0, 0), (900, 0), category="pedestrian")
    assert size_problems(document(plan(*doors, slip)).features, LengthUnit.METRE) == ([], None)
    problems, likely = size_problems(store(40_000, 0.001, 3), LengthUnit.METRE)
    assert (len(problems), likely) == (1, None)


def test_a_plan_without_anything_to_measure_has_no_size() -> None:
    assert size_problems((), LengthUnit.METRE) == ([], None)
