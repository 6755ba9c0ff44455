"""Directions: what a person would say, the same however the store lies, and left where right is in its mirror."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from store_server.domain.directions import FARTHEST_NTH, Direction, Surroundings, directions, side_of
from store_server.domain.floorplan import Floorplan
from store_server.domain.routing import WalkingGraph, WalkingPath
from tests.domain.floors import Json, area, document, fixture, plan

Point = tuple[float, float]

SWAPPED = {"left": "right", "right": "left", "round_left": "round_right", "round_right": "round_left"}


def store(gondolas: int = 6, *zones: Json) -> Floorplan:
    """Gondolas 1 m wide and 10 m deep, two metres apart, north of an alley four metres wide."""
    rows = [fixture(f"G{k}", (3 + 3 * k, 4, 4 + 3 * k, 14)) for k in range(gondolas)]
    wide_m = 4 + 3 * gondolas
    return Floorplan.from_document(document(plan(*rows, *zones, outline=(0, 0, wide_m, 18))))


def told(floorplan: Floorplan, start: Point, end: Point, facing_deg: float | None = None) -> tuple[Direction, ...]:
    path = WalkingGraph.prepare(floorplan).path(start, end)
    assert isinstance(path, WalkingPath)
    found = directions(path.points_m, Surroundings(floorplan), facing_deg)
    assert sum(direction.walk_m for direction in found) == pytest.approx(drawn_m(path))
    return found


def drawn_m(path: WalkingPath) -> float:
    return sum(math.dist(here, there) for here, there in pairwise(path.points_m))


def section(name: str, box: tuple[float, float, float, float], **properties: object) -> Json:
    return area("section", name, box, name={"en": name}, **properties)


@pytest.mark.parametrize("nth", [1, 2, 3])
def test_an_aisle_is_counted_along_the_side_it_is_on(nth: int) -> None:
    ahead, turn = told(store(), (1.0, 2.8), (5.0 + 3 * (nth - 1), 10.0))
    assert (ahead.move, turn.move, turn.nth) == ("ahead", "left", nth)


def test_from_the_other_end_it_is_on_the_right_and_counted_from_there() -> None:
    _, turn = told(store(), (21.0, 2.8), (14.0, 10.0))
    assert (turn.move, turn.nth) == ("right", 2)


def test_nobody_is_asked_to_count_far() -> None:
    _, turn = told(store(9), (1.0, 2.8), (23.0, 10.0))
    assert (turn.move, turn.nth) == ("left", None)
    assert FARTHEST_NTH < 7


def test_round_the_end_of_a_gondola_is_one_turn() -> None:
    found = told(store(), (5.0, 9.0), (8.0, 9.0))
    assert [direction.move for direction in found] in (["ahead", "round_right"], ["ahead", "round_left"])


def test_the_first_move_is_told_to_somebody_who_faces_the_screen() -> None:
    (east,) = told(store(), (1.0, 1.0), (18.0, 1.0), facing_deg=0.0)
    (ahead,) = told(store(), (1.0, 1.0), (18.0, 1.0), facing_deg=90.0)
    (back,) = told(store(), (1.0, 1.0), (18.0, 1.0), facing_deg=270.0)
    assert [east.move, ahead.move, back.move] == ["right", "ahead", "back"]


def test_what_was_walked_by_is_named_and_what_comes_too() -> None:
    zones = (
        section("Door", (0, 0, 2, 4)),
        section("Bakery", (2, 0, 9, 4)),
        section("Alley", (9, 0, 22, 4)),
        section("Wine", (9, 4, 22, 18)),
    )
    _, turn = told(store(6, *zones), (1.0, 2.8), (14.0, 12.0))
    assert (turn.past, turn.into) == ("Bakery", "Wine")


def test_a_sensitive_part_of_the_store_is_never_named() -> None:
    zones = (
        section("Door", (0, 0, 2, 4)),
        section("Tests", (2, 0, 9, 4), is_sensitive=True),
        section("Alley", (9, 0, 22, 4)),
        section("Pregnancy", (9, 4, 22, 18), is_sensitive=True),
    )
    _, turn = told(store(6, *zones), (1.0, 2.8), (14.0, 12.0))
    assert (turn.past, turn.into) == (None, None)


def test_no_way_needs_no_words() -> None:
    assert directions(((2.0, 2.0), (2.0, 2.0)), Surroundings(store())) == ()


@pytest.mark.parametrize(
    ("shelf_m", "side"), [((8.0, 3.0), "ahead"), ((5.0, 4.0), "left"), ((5.0, 2.0), "right"), ((4.0, 3.0), "ahead")]
)
def test_the_shelf_is_on_a_side_of_who_has_walked_there(shelf_m: Point, side: str) -> None:
    assert side_of([(1.0, 3.0), (5.0, 3.0)], shelf_m) == side


places = st.tuples(st.integers(2, 218), st.integers(2, 178)).map(lambda xy: (xy[0] / 10, xy[1] / 10))


def transformed(floorplan: Floorplan, change: Callable[[Point], Point]) -> Floorplan:
    """The same store, lying elsewhere."""

    def moved(shape: Any) -> Any:
        return shapely.transform(shape, lambda points: np.array([change((x, y)) for x, y in points]))

    zones = tuple(replace(zone, polygon=moved(zone.polygon)) for zone in floorplan.zones)
    return replace(
        floorplan,
        walkable_area=moved(floorplan.walkable_area),
        zones=zones,
        _zone_tree=shapely.STRtree([zone.polygon for zone in zones]),
    )


STORE = store(6, section("Door", (0, 0, 6, 4)), section("Bakery", (6, 0, 12, 4)), section("Wine", (12, 4, 22, 18)))
GRAPH = WalkingGraph.prepare(STORE)


@given(places, places, st.sampled_from([90, 180, 270]))
@settings(max_examples=60, deadline=None)
def test_the_words_are_the_same_however_the_store_lies_and_mirrored_in_a_mirror(
    start: Point, end: Point, turned_deg: int
) -> None:
    path = GRAPH.path(start, end)
    if not isinstance(path, WalkingPath):
        return
    found = directions(path.points_m, Surroundings(STORE))
    assert sum(direction.walk_m for direction in found) == pytest.approx(drawn_m(path))
    assert len(found) <= max(1, len(path.points_m) - 1)
    cos, sin = round(math.cos(math.radians(turned_deg))), round(math.sin(math.radians(turned_deg)))

    def turn(point: Point) -> Point:
        return (cos * point[0] - sin * point[1], sin * point[0] + cos * point[1])

    def mirror(point: Point) -> Point:
        return (-point[0], point[1])

    turned = directions([turn(point) for point in path.points_m], Surroundings(transformed(STORE, turn)))
    assert [d.move for d in turned] == [d.move for d in found]
    mirrored = directions([mirror(point) for point in path.points_m], Surroundings(transformed(STORE, mirror)))
    assert [SWAPPED.get(d.move, d.move) for d in mirrored] == [d.move for d in found]
    assert [d.walk_m for d in mirrored] == pytest.approx([d.walk_m for d in found])
