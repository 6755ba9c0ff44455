"""Strips too narrow for a wheelchair, found anew only near what was changed."""

from __future__ import annotations

import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import affinity

from store_server.domain.free_floor import floor_between
from store_server.domain.narrow_strips import strips_after, strips_of

LEVEL = shapely.box(0, 0, 60, 40)

gondolas = st.builds(
    lambda x, y, width, depth, turn: affinity.rotate(shapely.box(x, y, x + width, y + depth), turn),
    st.integers(0, 560).map(lambda dm: dm / 10),
    st.integers(0, 370).map(lambda dm: dm / 10),
    st.sampled_from((0.5, 1.0, 4.0, 12.0)),
    st.sampled_from((0.4, 1.0, 3.0)),
    st.sampled_from((0, 0, 0, 90, 30, 45)),
)


def floor(obstacles: list[shapely.Polygon]) -> shapely.MultiPolygon:
    return floor_between(LEVEL, obstacles, 0.0)


@settings(max_examples=60, deadline=None)
@given(st.lists(gondolas, min_size=1, max_size=15), st.lists(gondolas, max_size=2), st.data())
def test_after_a_change_the_strips_are_those_of_a_first_look(
    standing: list[shapely.Polygon], come: list[shapely.Polygon], data: st.DataObject
) -> None:
    gone = data.draw(st.lists(st.sampled_from(standing), max_size=2, unique_by=id))
    left = [each for each in standing if all(each is not other for other in gone)]
    before, after = floor(standing), floor([*left, *come])
    touched = [each.bounds for each in (*gone, *come)]
    assert strips_after(after, strips_of(before), touched) == strips_of(after)


def test_a_passage_between_two_gondolas_is_a_strip_until_one_is_moved_away() -> None:
    still, moved = shapely.box(20, 10, 21, 20), shapely.box(21.7, 10, 22.7, 20)
    (strip,) = found = strips_of(floor([still, moved]))
    assert strip.is_passage
    assert strip.part.bounds == (21, 10, 21.7, 20)
    away = shapely.box(22.7, 10, 23.7, 20)
    assert strips_after(floor([still, away]), found, [moved.bounds, away.bounds]) == ()


def test_a_niche_is_a_strip_with_one_end_and_a_gap_is_none() -> None:
    niche = [shapely.box(20, 0, 21, 3), shapely.box(21.7, 0, 22.7, 3)]
    (strip,) = strips_of(floor(niche))
    assert not strip.is_passage
    assert strips_of(floor([shapely.box(20, 10, 21, 20), shapely.box(21.2, 10, 22.2, 20)])) == ()


def test_what_is_far_from_a_change_is_taken_over() -> None:
    still, moved = [shapely.box(5, 10, 6, 20), shapely.box(6.7, 10, 7.7, 20)], shapely.box(50, 10, 51, 20)
    before = strips_of(floor([*still, moved]))
    away = shapely.box(51, 10, 52, 20)
    after = strips_after(floor([*still, away]), before, [moved.bounds, away.bounds])
    assert [strip is known for strip, known in zip(after, before, strict=True)] == [True]
