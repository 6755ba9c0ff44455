"""Round growth and the walks along it: never nearer than the radius, whatever the corners."""

from __future__ import annotations

import math

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from store_server.domain.floor_shapes import BODY_RADIUS_M, CARE_M, grown_cut, grown_round
from store_server.domain.floorplan import Floorplan
from store_server.domain.routing import WalkingGraph, WalkingPath
from tests.domain.floors import Json, document, fixture, plan

Point = tuple[float, float]


def pillar(sides: int, x_m: float = 0.0, y_m: float = 0.0, radius_m: float = 1.0) -> shapely.Polygon:
    turns = [2 * math.pi * side / sides for side in range(sides)]
    return shapely.Polygon([(x_m + radius_m * math.cos(turn), y_m + radius_m * math.sin(turn)) for turn in turns])


def as_fixture(number: int, shape: shapely.Polygon) -> Json:
    made = fixture(f"P{number}", (0, 0, 1, 1))
    made["geometry"]["coordinates"] = [[list(at) for at in shape.exterior.coords]]
    return made


@pytest.mark.parametrize("sides", range(3, 91))
def test_no_chord_of_the_round_growth_is_nearer_than_the_body(sides: int) -> None:
    blocked = grown_round(pillar(sides), BODY_RADIUS_M + CARE_M / 2)
    assert shapely.distance(shapely.boundary(blocked), pillar(sides)) >= BODY_RADIUS_M
    assert shapely.covers(blocked, grown_cut(pillar(sides), BODY_RADIUS_M + CARE_M / 2))


around = st.tuples(st.floats(0.0, 2 * math.pi), st.floats(2.2, 4.5)).map(
    lambda at: (5 + at[1] * math.cos(at[0]), 5 + at[1] * math.sin(at[0]))
)


@given(st.integers(3, 60), st.integers(3, 60), around, around)
@settings(max_examples=40, deadline=None)
def test_a_walk_between_pillars_keeps_the_radius_of_the_body(one: int, other: int, start: Point, end: Point) -> None:
    pillars = [pillar(one, 4.0, 5.0), pillar(other, 6.7, 5.2, 0.9)]
    shapes = [as_fixture(number, shape) for number, shape in enumerate(pillars)]
    graph = WalkingGraph.prepare(Floorplan.from_document(document(plan(*shapes, outline=(0, 0, 10, 10)))))
    path = graph.path(start, end)
    assert isinstance(path, WalkingPath)
    assert shapely.distance(shapely.LineString(path.points_m), shapely.union_all(pillars)) >= BODY_RADIUS_M
