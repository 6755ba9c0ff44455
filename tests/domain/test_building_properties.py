"""Walks across small random buildings: as short as any sequence of ways, a metric, never by a step where none is wanted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from store_server.domain.building import STEP_FREE_RADIUS_M, Building, BuildingPath, Place
from store_server.domain.floorplan import Floorplan, levels_of
from store_server.domain.routing import NoPath, NoPathReason, WalkingGraph, WalkingPath
from store_server.domain.transitions import Landing, cost_m, landings_of, units_in_use
from tests.domain.floors import Box, Json, document, fixture
from tests.domain.storeys import building_of, levels, on, unit

CATEGORIES = ("stairs", "escalator", "elevator", "ramp", "paternoster")
boxes = st.tuples(st.floats(0, 17), st.floats(0, 9), st.floats(0.5, 4), st.floats(0.5, 4)).map(
    lambda b: (round(b[0], 2), round(b[1], 2), round(b[0] + b[2], 2), round(b[1] + b[3], 2))
)
directions = st.sampled_from(["both", "both", "up", "down"])


@st.composite
def buildings(draw: st.DrawFn, *, one_way: bool = True) -> Json:
    """Two or three levels, some shelves on each, some ways between some of them; shelves may stand in a way."""
    count = draw(st.integers(2, 3))
    features: list[Json] = []
    for level in range(count):
        for n, box in enumerate(draw(st.lists(boxes, max_size=3))):
            features += on(f"L{level}", fixture(f"F{n}", box))
    # Six units at most: trying all sequences of nine takes minutes where shelves part the floor.
    for n in range(draw(st.integers(0, 3 if count == 2 else 2))):
        category, flag = draw(st.sampled_from(CATEGORIES)), draw(st.sampled_from([None, None, True, False]))
        direction = draw(directions) if one_way else "both"
        for level in draw(st.sets(st.integers(0, count - 1), min_size=1)):
            box = draw(boxes)
            features.append(unit(f"way{n}", f"L{level}", box, category, direction=direction, is_step_free=flag))
    return levels(count, *features)


places = st.builds(
    Place,
    st.sampled_from(["L0", "L1"]),
    st.floats(0.6, 19.4).map(lambda x: round(x, 3)),
    st.floats(0.6, 11.4).map(lambda y: round(y, 3)),
)


def by_trying_all(raw: Json, start: Place, end: Place, step_free: bool) -> float:
    """The shortest length over all sequences of transitions, each landing used once at most."""
    shapes, radius_m = document(raw), STEP_FREE_RADIUS_M if step_free else 0.3
    names = [f["id"] for f in raw["features"] if f["feature_type"] == "level"]
    floors = {name: Floorplan.from_document(shapes, name) for name in names}
    graphs = {name: WalkingGraph.prepare(floor, radius_m) for name, floor in floors.items()}
    drawn = [f for f in raw["features"] if f["feature_type"] == "unit"]
    kept = units_in_use(shapes, levels_of(shapes), floors)
    fit = {f["properties"]["connects"] for f in drawn if _is_step_free(f["properties"])}
    ways = [
        landing
        for unit in kept
        if not step_free or unit.transition.name in fit
        for landing in landings_of(unit, graphs[unit.level_id].floor)
    ]

    @cache
    def walk_m(level_id: str, a: tuple[float, float], b: tuple[float, float]) -> float:
        path = graphs[level_id].path(a, b)
        return path.length_m if isinstance(path, WalkingPath) else math.inf

    def shortest_m(here: Place, left: Sequence[Landing], most_m: float) -> float:
        if most_m < 0:
            return math.inf
        best_m = walk_m(here.level_id, here.at_m, end.at_m) if here.level_id == end.level_id else math.inf
        for landing in [way for way in left if way.unit.level_id == here.level_id]:
            begun_m = walk_m(here.level_id, here.at_m, landing.at_m)
            for other in [way for way in left if cost_m(landing.unit, way.unit) is not None]:
                so_far_m = begun_m + (cost_m(landing.unit, other.unit) or 0.0)
                rest = [way for way in left if way is not landing and way is not other]
                there = Place(other.unit.level_id, *other.at_m)
                best_m = min(best_m, so_far_m + shortest_m(there, rest, min(most_m, best_m) - so_far_m))
        return best_m

    return shortest_m(start, ways, 1e6)


def _is_step_free(properties: Json) -> bool:
    flag = properties["is_step_free"]
    return bool(flag) if flag is not None else properties["category"] in ("elevator", "ramp")


@given(buildings(), places, places, st.booleans())
@settings(max_examples=80, deadline=None)
def test_no_sequence_of_stairs_and_lifts_is_shorter(raw: Json, start: Place, end: Place, step_free: bool) -> None:
    building = building_of(raw)
    path = building.path(start, end, step_free=step_free)
    expected_m = by_trying_all(raw, start, end, step_free)
    length_m = path.length_m if isinstance(path, BuildingPath) else math.inf
    assert length_m == pytest.approx(expected_m, abs=1e-6)
    assert building.lengths(start, [end], step_free=step_free)[0] == pytest.approx(expected_m, abs=1e-6)


@given(buildings(), places, places)
@settings(max_examples=80, deadline=None)
def test_step_free_walks_take_nothing_with_steps_and_pass_nothing_narrow(raw: Json, start: Place, end: Place) -> None:
    building = building_of(raw)
    path = building.path(start, end, step_free=True)
    if isinstance(path, NoPath):
        if path.reason in (NoPathReason.NOT_CONNECTED, NoPathReason.NO_STEP_FREE_WAY):
            has_way = isinstance(building.path(start, end), BuildingPath)
            assert has_way == (path.reason is NoPathReason.NO_STEP_FREE_WAY)
        return
    ways = {f["properties"]["connects"]: f["properties"] for f in raw["features"] if f["feature_type"] == "unit"}
    shelves = [f for f in raw["features"] if f["feature_type"] == "fixture"]
    for leg in path.legs:
        assert leg.transition is None or _is_step_free(ways[leg.transition.name])
        for shelf in shelves:
            if shelf["properties"]["level_id"] == leg.level_id:
                shape = shapely.Polygon(shelf["geometry"]["coordinates"][0])
                assert shapely.distance(shape, shapely.LineString(leg.points_m)) >= STEP_FREE_RADIUS_M


@given(buildings(one_way=False), st.lists(places, min_size=3, max_size=4), st.booleans())
@settings(max_examples=60, deadline=None)
def test_lengths_are_a_metric_where_all_ways_go_both_ways(raw: Json, at: list[Place], step_free: bool) -> None:
    building = building_of(raw)
    lengths_m = building.matrix(at, step_free=step_free)
    np.testing.assert_allclose(lengths_m, lengths_m.T, atol=1e-9)
    assert (lengths_m <= (lengths_m[:, :, None] + lengths_m[None]).min(axis=1) + 1e-9).all()
    rows = [building.lengths(place, at, step_free=step_free) for place in at]
    np.testing.assert_allclose(lengths_m, rows, atol=1e-9)


@given(st.lists(boxes, max_size=5), places, places, st.booleans())
@settings(max_examples=40, deadline=None)
def test_on_one_level_it_is_the_walk_of_that_level(shelves: list[Box], start: Place, end: Place, wide: bool) -> None:
    raw = levels(1, *(on("L0", fixture(f"F{n}", box))[0] for n, box in enumerate(shelves)))
    start, end = Place("L0", start.x_m, start.y_m), Place("L0", end.x_m, end.y_m)
    radius_m = STEP_FREE_RADIUS_M if wide else 0.3
    graph = WalkingGraph.prepare(Floorplan.from_document(document(raw)), radius_m)
    building = Building.prepare(document(raw), step_free=wide)
    expected, path = graph.path(start.at_m, end.at_m), building.path(start, end, step_free=wide)
    if isinstance(expected, NoPath):
        assert path == expected or path == NoPath(NoPathReason.NO_STEP_FREE_WAY)
        return
    assert isinstance(path, BuildingPath)
    assert [(leg.points_m, leg.length_m, leg.transition) for leg in path.legs] == [
        (expected.points_m, expected.length_m, None)
    ]
    assert path.length_m == path.walked_m == expected.length_m
    assert building.graph("L0", step_free=wide).path(start.at_m, end.at_m) == expected


@given(buildings(), places, st.lists(places, min_size=1, max_size=4), st.booleans())
@settings(deadline=None, max_examples=80)
def test_what_is_measured_is_as_long_as_the_paths_and_as_much_of_it_walked(
    raw: Json, start: Place, ends: list[Place], step_free: bool
) -> None:
    building = building_of(raw)
    lengths_m, walked_m = building.measured(start, ends, step_free=step_free)
    assert lengths_m == pytest.approx(building.lengths(start, ends, step_free=step_free))
    for end, length_m, metres in zip(ends, lengths_m, walked_m, strict=True):
        path = building.path(start, end, step_free=step_free)
        if isinstance(path, BuildingPath):
            assert length_m == pytest.approx(path.length_m)
            # Two ways of one length may differ in how much of it is walked.
            assert metres <= length_m + 1e-9
            if len(path.legs) == 1:
                assert metres == pytest.approx(length_m)
        else:
            assert math.isinf(length_m)
            assert math.isinf(metres)


def test_what_stairs_and_lifts_count_as_is_not_walked() -> None:
    raw = levels(3, *(unit("lift", f"L{n}", (17, 9, 19, 11), "elevator") for n in range(3)))
    start, ends = Place("L0", 10, 6), [Place(f"L{n}", 5.0, 6.0) for n in range(3)]
    lengths_m, walked_m = building_of(raw).measured(start, ends)
    paths = [building_of(raw).path(start, end) for end in ends]
    assert walked_m.tolist() == pytest.approx([path.walked_m for path in paths if isinstance(path, BuildingPath)])
    assert (lengths_m - walked_m).tolist() == pytest.approx([0.0, 55.0, 70.0])
