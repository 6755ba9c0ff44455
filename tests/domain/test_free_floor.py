"""The floor between things, made from the floor before: the same, corner by corner, as made from nothing."""

from __future__ import annotations

import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from store_server.domain.free_floor import FreeFloor

LEVEL = shapely.box(0, 0, 20, 12)

things = st.builds(
    lambda x, y, wide, deep: shapely.box(x, y, x + wide, y + deep),
    *(st.integers(-2, 38).map(lambda half: half / 2), st.integers(-2, 22).map(lambda half: half / 2)),
    *(st.sampled_from((0.5, 1.0, 3.0)), st.sampled_from((0.5, 1.0, 4.0))),
)


@settings(max_examples=150)
@given(st.lists(things, max_size=10), st.data(), st.sampled_from((0.0, 0.301)), st.booleans())
def test_after_any_changes_the_floor_is_that_of_a_first_look(
    standing: list[shapely.Polygon], data: st.DataObject, clearance_m: float, is_round: bool
) -> None:
    floor = FreeFloor.between(LEVEL, standing, clearance_m, is_round=is_round)
    for _ in range(3):
        gone = data.draw(st.lists(st.sampled_from(standing), max_size=2, unique_by=id)) if standing else []
        standing = [thing for thing in standing if all(thing is not other for other in gone)]
        standing += data.draw(st.lists(things, max_size=3))
        standing = data.draw(st.permutations(standing))
        floor = FreeFloor.between(LEVEL, standing, clearance_m, is_round=is_round, before=floor)
        afresh = FreeFloor.between(LEVEL, standing, clearance_m, is_round=is_round)
        assert floor.area.is_valid
        assert floor.area.wkb == afresh.area.wkb


def test_another_outline_or_clearance_is_looked_at_afresh() -> None:
    things = [shapely.box(4, 4, 6, 6)]
    near = FreeFloor.between(LEVEL, things, 0.0)
    wider = FreeFloor.between(shapely.box(0, 0, 30, 12), things, 0.0, before=near)
    assert wider.area.area == 30 * 12 - 4
    apart = FreeFloor.between(LEVEL, things, 1.0, before=near)
    assert apart.area.area == 18 * 10 - 16


def test_a_heap_of_things_is_one_whatever_meets_in_it() -> None:
    heap = [shapely.box(5 + n / 100, 4, 6 + n / 100, 6) for n in range(200)]
    floor = FreeFloor.between(LEVEL, [*heap, shapely.box(15, 4, 16, 6)], 0.0)
    assert len(floor.heaps) == 1
    assert floor.area.area == 20 * 12 - (2 * 2.99 + 2)
