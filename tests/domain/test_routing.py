"""Paths: never through anything, never shorter than straight, the same both ways, and as short as can be."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
import shapely
import shapely.affinity
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from store_server.domain import routing
from store_server.domain.floor_shapes import BODY_RADIUS_M, CARE_M
from store_server.domain.floorplan import Floorplan
from store_server.domain.plan_problems import InvalidFloorplan, Rule
from store_server.domain.routing import SNAP_M, NoPath, NoPathReason, WalkingGraph, WalkingPath
from tests.bench.exact_walks import ExactWalks
from tests.domain.floors import Box, Json, area, document, fixture, kiosk, line, plan, shared_plan, shop

Point = tuple[float, float]
CLEARANCE_M = BODY_RADIUS_M + CARE_M


def graph_of(*features: Json, outline: Box = (0, 0, 20, 12)) -> WalkingGraph:
    return WalkingGraph.prepare(Floorplan.from_document(document(plan(*features, outline=outline))))


def walked(graph: WalkingGraph, start: Point, end: Point) -> WalkingPath:
    path = graph.path(start, end)
    assert isinstance(path, WalkingPath)
    return path


def test_with_nothing_in_the_way_the_path_is_straight() -> None:
    path = walked(graph_of(), (1, 1), (4, 5))
    assert path == WalkingPath(((1.0, 1.0), (4.0, 5.0)), 5.0)


def test_the_path_goes_round_the_corners_of_a_shelf_on_arcs_and_is_straight_else() -> None:
    path = walked(graph_of(fixture("A", (9, 2, 11, 10))), (5, 6), (15, 6))
    to_corner_m = math.dist((5, 6), (9, 10))
    turned = math.radians(45) + math.asin(CLEARANCE_M / to_corner_m)
    expected_m = 2 * (math.sqrt(to_corner_m**2 - CLEARANCE_M**2) + CLEARANCE_M * turned) + 2
    assert path.length_m == pytest.approx(expected_m)
    drawn_m = sum(math.dist(here, there) for here, there in pairwise(path.points_m))
    assert path.length_m < drawn_m <= path.length_m * 1.002


def test_from_a_place_to_itself_it_is_no_way() -> None:
    assert walked(graph_of(), (3, 3), (3, 3)).length_m == 0.0


def test_walls_and_kiosks_are_walked_round() -> None:
    free = walked(graph_of(), (5, 6), (15, 6)).length_m
    assert walked(graph_of(line("wall", "w", (10, 2), (10, 10))), (5, 6), (15, 6)).length_m > free + 1
    assert walked(graph_of(kiosk("k", (9.5, 5.5, 10.5, 6.5), (10, 5))), (5, 6), (15, 6)).length_m > free


def test_a_start_inside_a_shelf_begins_at_the_nearest_place_before_it() -> None:
    path = walked(graph_of(fixture("A", (9, 2, 10, 10))), (9.1, 6), (2, 6))
    assert path.points_m[0] == pytest.approx((9 - CLEARANCE_M, 6))


def test_places_nobody_can_stand_at_have_a_reason() -> None:
    graph = graph_of(fixture("A", (5, 2, 15, 10)))
    inside, free, outside = (10.0, 6.0), (1.0, 1.0), (20 + SNAP_M, 6.0)
    assert graph.path(inside, free) == NoPath(NoPathReason.START_NOT_WALKABLE)
    assert graph.path(free, outside) == NoPath(NoPathReason.END_NOT_WALKABLE)
    assert graph.path(free, (math.nan, 1.0)) == NoPath(NoPathReason.END_NOT_WALKABLE)
    assert graph.lengths(inside, [free]).tolist() == [math.inf]
    assert graph.lengths(free, [inside, free]).tolist() == [math.inf, 0.0]


def test_a_wall_right_across_leaves_no_way() -> None:
    graph = graph_of(line("wall", "w", (10, 0), (10, 12)))
    assert graph.path((5, 6), (15, 6)) == NoPath(NoPathReason.NOT_CONNECTED)
    shelf_too = graph_of(line("wall", "w", (10, 0), (10, 12)), fixture("A", (4, 4, 5, 5)), fixture("B", (14, 4, 15, 5)))
    assert shelf_too.path((5, 6), (15, 6)) == NoPath(NoPathReason.NOT_CONNECTED)
    assert shelf_too.lengths((5, 6), [(15, 6)]).tolist() == [math.inf]


def test_a_passage_narrower_than_the_body_is_none() -> None:
    walls = (line("wall", "w1", (10, 0), (10, 5.6)), line("wall", "w2", (10, 6.2), (10, 12)))
    floorplan = Floorplan.from_document(document(plan(*walls)))
    assert isinstance(WalkingGraph.prepare(floorplan).path((5, 6), (15, 6)), NoPath)
    assert isinstance(WalkingGraph.prepare(floorplan, body_radius_m=0.2).path((5, 6), (15, 6)), WalkingPath)


def test_a_floor_without_room_has_no_paths() -> None:
    graph = graph_of(fixture("A", (0, 0, 20, 12)))
    assert graph.path((1, 1), (2, 2)) == NoPath(NoPathReason.START_NOT_WALKABLE)
    assert graph.lengths((1, 1), []).tolist() == []
    assert graph.matrix([]).shape == (0, 0)


def test_lengths_between_many_are_those_from_each_alone() -> None:
    graph = graph_of(fixture("A", (5, 2, 15, 10)), line("wall", "w", (3, 0), (3, 12)))
    starts, ends = [(4.0, 1.0), (10.0, 6.0), (1.0, 6.0)], [(16.0, 11.0), (4.0, 11.0), (10.0, 6.0), (1.0, 1.0)]
    lengths_m = graph.lengths_between(starts, ends)
    assert lengths_m.tolist() == [graph.lengths(start, ends).tolist() for start in starts]
    assert np.isfinite(lengths_m).tolist() == [[True, True, False, False], [False] * 4, [False, False, False, True]]


def test_a_courtyard_is_a_hole_in_the_floor() -> None:
    raw = plan()
    raw["features"][0]["geometry"]["coordinates"].append([[9, 2], [9, 10], [11, 10], [11, 2], [9, 2]])
    graph = WalkingGraph.prepare(Floorplan.from_document(document(raw)))
    assert walked(graph, (5, 6), (15, 6)).length_m > 11


boxes = st.tuples(st.floats(1, 17), st.floats(1, 9), st.floats(0.3, 4), st.floats(0.3, 4)).map(
    lambda b: (round(b[0], 2), round(b[1], 2), round(b[0] + b[2], 2), round(b[1] + b[3], 2))
)
floors = st.lists(boxes, min_size=1, max_size=7)
places = st.tuples(st.floats(0.4, 19.6), st.floats(0.4, 11.6))


def furnished(shapes: list[Box], dx: float = 0.0, dy: float = 0.0) -> WalkingGraph:
    outline = (dx, dy, 20 + dx, 12 + dy)
    moved = [(x0 + dx, y0 + dy, x1 + dx, y1 + dy) for x0, y0, x1, y1 in shapes]
    return graph_of(*(fixture(f"F{n}", box) for n, box in enumerate(moved)), outline=outline)


@given(floors, places, places)
@settings(max_examples=60, deadline=None)
def test_no_path_crosses_a_grown_fixture_or_is_shorter_than_straight(
    shapes: list[Box], start: Point, end: Point
) -> None:
    graph = furnished(shapes)
    path = graph.path(start, end)
    back = graph.path(end, start)
    if isinstance(path, NoPath) or isinstance(back, NoPath):
        assert isinstance(path, NoPath)
        assert isinstance(back, NoPath)
        assert graph.lengths(start, [end])[0] == math.inf
        return
    grown = shapely.union_all([shapely.buffer(shapely.box(*box), BODY_RADIUS_M) for box in shapes])
    assert not shapely.intersects(shapely.LineString(path.points_m), grown)
    assert path.length_m >= math.dist(path.points_m[0], path.points_m[-1]) - 1e-9
    assert path.length_m == pytest.approx(back.length_m)
    assert graph.lengths(start, [end, start, end]) == pytest.approx([path.length_m, 0.0, path.length_m])
    assert graph.matrix([start, end])[0, 1] == pytest.approx(path.length_m)


@given(floors, places, places, st.floats(-40, 40), st.floats(-40, 40))
@settings(max_examples=30, deadline=None)
def test_moving_the_whole_shop_moves_the_paths_with_it(
    shapes: list[Box], start: Point, end: Point, dx: float, dy: float
) -> None:
    dx, dy = round(dx, 2), round(dy, 2)
    here = furnished(shapes)
    assume(all(shapely.distance(here.floor.boundary, shapely.Point(at)) > 0.01 for at in (start, end)))
    path = here.path(start, end)
    there = furnished(shapes, dx, dy).path((start[0] + dx, start[1] + dy), (end[0] + dx, end[1] + dy))
    assert type(path) is type(there)
    if isinstance(path, WalkingPath) and isinstance(there, WalkingPath):
        assert there.length_m == pytest.approx(path.length_m, abs=1e-6)


@given(floors, boxes, places, places)
@settings(max_examples=30, deadline=None)
def test_one_more_shelf_never_makes_a_path_shorter(shapes: list[Box], more: Box, start: Point, end: Point) -> None:
    before, after = furnished(shapes), furnished([*shapes, more])
    # Places that either floor would move are left out: snapped to different places, the paths are not comparable.
    assume(
        all(shapely.covers(floor, shapely.Point(at)) for floor in (before.floor, after.floor) for at in (start, end))
    )
    one, two = before.path(start, end), after.path(start, end)
    if isinstance(two, WalkingPath):
        assert isinstance(one, WalkingPath)
        assert two.length_m >= one.length_m - 1e-9


@given(floors, places, places)
@settings(max_examples=25, deadline=None)
def test_no_walk_on_a_fine_grid_is_shorter(shapes: list[Box], start: Point, end: Point) -> None:
    graph = furnished(shapes)
    path = graph.path(start, end)
    via_m = [(x, y) for x in np.arange(0.5, 20, 1.9) for y in np.arange(0.5, 12, 1.9)]
    to_via, from_via = graph.lengths(start, via_m), graph.lengths(end, via_m)
    if isinstance(path, WalkingPath):
        near = [shapely.covers(graph.floor, shapely.Point(at)) for at in via_m]
        assert (to_via + from_via)[near].min(initial=np.inf) >= path.length_m - 1e-9


def leaning(box: Box, turned_deg: float, is_half: bool) -> Json:
    """A shelf that stands askew; half of one is cut along its diagonal, so that two of its corners are sharp."""
    shape = shapely.box(*box)
    if is_half:
        shape = shapely.Polygon(list(shape.exterior.coords)[:3])
    shape = shapely.affinity.rotate(shape, turned_deg, origin=shapely.box(*box).centroid)
    made = fixture("F", box)
    made["geometry"]["coordinates"] = [[list(at) for at in shape.exterior.coords]]
    return made


leaning_shelves = st.builds(leaning, boxes, st.integers(0, 89), st.booleans())


@given(st.lists(leaning_shelves, min_size=1, max_size=3), st.data())
@settings(max_examples=30, deadline=None)
def test_no_walk_of_a_body_two_millimetres_wider_is_shorter(shelves: list[Json], data: st.DataObject) -> None:
    numbered = [shelf | {"id": f"F{n}"} for n, shelf in enumerate(shelves)]
    for n, shelf in enumerate(numbered):
        shelf["properties"] = shelf["properties"] | {"key": f"F{n}"}
    corners = [tuple(at) for shelf in numbered for at in shelf["geometry"]["coordinates"][0][:-1]]
    right_at_one = st.builds(
        lambda at, out_m, angle: (at[0] + out_m * math.cos(angle), at[1] + out_m * math.sin(angle)),
        st.sampled_from(corners),
        st.floats(0.302, 0.4),
        st.floats(-math.pi, math.pi),
    )
    start, end = data.draw(right_at_one | places), data.draw(right_at_one | places)
    floorplan = Floorplan.from_document(document(plan(*numbered, outline=(0, 0, 20, 12))))
    path = WalkingGraph.prepare(floorplan).path(start, end)
    # Walls the referee's body would touch where it stands leave it without a way.
    wider_m = ExactWalks(floorplan, CLEARANCE_M + 0.001).length_m(np.array(start), np.array(end))
    if not isinstance(path, WalkingPath):
        assert wider_m == math.inf
        return
    if path.points_m[0] == start and path.points_m[-1] == end:
        assert path.length_m <= wider_m
    drawn_m = sum(math.dist(here, there) for here, there in pairwise(path.points_m))
    assert drawn_m * 0.994 - 1e-9 <= path.length_m <= drawn_m * 1.001 + 1e-9
    line = shapely.LineString(path.points_m)
    shapes = [shapely.Polygon(shelf["geometry"]["coordinates"][0]) for shelf in numbered]
    assert shapely.distance(shapely.union_all(shapes), line) >= BODY_RADIUS_M


@given(st.floats(0.0, math.pi / 2), st.floats(0.301, 0.35), places)
@settings(max_examples=40, deadline=None)
def test_who_stands_right_at_a_corner_is_not_sent_back_along_its_arc(angle: float, out_m: float, end: Point) -> None:
    shelf = (6.0, 2.0, 8.0, 9.0)
    floorplan = Floorplan.from_document(document(plan(fixture("A", shelf), fixture("B", (9.5, 3, 11, 11)))))
    graph = WalkingGraph.prepare(floorplan)
    start = (shelf[2] + out_m * math.cos(angle), shelf[3] + out_m * math.sin(angle))
    path = graph.path(start, end)
    assume(isinstance(path, WalkingPath))
    assert isinstance(path, WalkingPath)
    line = shapely.LineString(path.points_m)
    assert line.length * 0.994 - 1e-9 <= path.length_m <= line.length + 1e-4
    assert graph.lengths(start, [end])[0] == pytest.approx(path.length_m)
    assert graph.lengths(end, [start])[0] == pytest.approx(path.length_m)
    wider_m = ExactWalks(floorplan, CLEARANCE_M + 0.001).length_m(
        np.array(path.points_m[0]), np.array(path.points_m[-1])
    )
    assert path.length_m <= wider_m + 1e-9


def test_a_gap_between_corners_is_passed_as_narrow_as_a_round_body_is() -> None:
    """Corner to corner the gap is 0.608 m: enough for the body, too little for a square about it."""
    graph = graph_of(fixture("A", (0, 0, 10, 6)), fixture("B", (10.43, 6.43, 20, 12)))
    path = walked(graph, (5, 9), (15, 3))
    assert path.length_m == pytest.approx(math.dist((5, 9), (15, 3)), rel=0.01)
    assert isinstance(
        graph_of(fixture("A", (0, 0, 10, 6)), fixture("B", (10.4, 6.4, 20, 12))).path((5, 9), (15, 3)), NoPath
    )


def test_beyond_a_narrow_gap_an_arc_is_drawn_so_that_its_corners_fit() -> None:
    shelf, beside = (4.0, 4.0, 8.0, 6.0), (8.44, 6.44, 12.0, 11.4)
    path = walked(graph_of(fixture("A", shelf), fixture("B", beside)), (4.5, 6.5), (8.5, 4.5))
    line = shapely.LineString(path.points_m)
    for box in (shelf, beside):
        assert shapely.distance(shapely.box(*box), line) >= BODY_RADIUS_M


def test_a_shop_drawn_with_far_too_many_corners_is_drawn_simpler_outward(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routing, "MAX_CORNERS", 40)
    pillar = area("fixture", "P", (0, 0, 1, 1), category="other")
    circle = shapely.Point(10, 6).buffer(3, 32)
    pillar["geometry"]["coordinates"] = [[list(at) for at in circle.exterior.coords]]
    path = walked(graph_of(pillar), (5, 6), (15, 6))
    assert shapely.distance(shapely.LineString(path.points_m), circle) >= BODY_RADIUS_M
    exact = 2 * (math.sqrt(25 - 3.3**2) + 3.3 * (math.pi / 2 - math.acos(3.3 / 5)))
    assert exact - 0.01 <= path.length_m <= exact * 1.03


def test_a_shop_with_more_corners_than_can_be_walked_round_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routing, "MAX_CORNERS", 3)
    with pytest.raises(InvalidFloorplan) as refused:
        graph_of(fixture("A", (9, 2, 11, 10)))
    assert refused.value.problems[0].rule is Rule.TOO_DETAILED


def test_every_slot_of_the_synthetic_supermarket_is_reached_from_its_door() -> None:
    floorplan = Floorplan.from_document(document(shared_plan("synthetic-supermarket/full.geojson")))
    graph = WalkingGraph.prepare(floorplan)
    lengths_m = graph.lengths(floorplan.entrances[0], [slot.standing_m for slot in floorplan.slots.values()])
    assert np.isfinite(lengths_m).all()


def test_asking_twice_gives_the_same_answer() -> None:
    graph = WalkingGraph.prepare(Floorplan.from_document(document(shop())))
    assert graph.path((4, 5), (10, 5)) == graph.path((4, 5), (10, 5))
