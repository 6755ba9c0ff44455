"""Shadows seen from a node, beside the slow way that looks at each place by itself."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from store_server.domain.fixes import Anchor, Floats
from store_server.domain.obstacle_edges import Edges
from store_server.domain.obstacle_loss import FloorObstacles, obstacle_loss_db, saturating
from store_server.domain.positioning import FACTORY_CALIBRATION
from store_server.domain.radio_shadows import FULL_TURN, MOST_MEETINGS, Shadows, cast, rays_for
from store_server.domain.search_places import anchor_xyz_m
from tests.domain.forecast_floors import DEPTH_M, HALL, WIDTH_M, places

BEACON_M = FACTORY_CALIBRATION.beacon_height_m
RING = shapely.box(4, 3, 12, 9).difference(shapely.box(6, 5, 10, 7))
CELLS = np.stack(np.meshgrid(np.arange(0.27, WIDTH_M, 0.53), np.arange(0.31, DEPTH_M, 0.53)), axis=-1).reshape(-1, 2)


def seen(edges: Edges, at: tuple[float, float], z_m: float | None = None, cells: Floats = CELLS) -> Shadows:
    return Shadows.of(Anchor("n", *at, z_m), cells, FULL_TURN).cast(edges, BEACON_M)[0]


def lengths_m(at: tuple[float, float], area: BaseGeometry, cells: Floats = CELLS) -> Floats:
    """How much of the straight way lies in an area, one place after the other."""
    ways = shapely.linestrings(np.stack([np.broadcast_to(np.array(at), cells.shape), cells], axis=1))
    return np.asarray(shapely.length(shapely.intersection(ways, area)))


def agree(off_m: Floats) -> bool:
    """Nearly everywhere: a ray a quarter of a degree off the straight way may graze a rim that the way misses."""
    return float(np.quantile(off_m, 0.9)) < 0.2 and float(off_m.mean()) < 0.25


@settings(deadline=None)
@given(places)
def test_shelving_is_crossed_as_far_as_it_is_from_outside_from_within_and_through_a_hole(
    at: tuple[float, float],
) -> None:
    off_m = np.abs(seen(Edges.of_area(RING, None), at).shelving_m - lengths_m(at, RING))
    assert agree(off_m)


@settings(deadline=None)
@given(places, st.floats(1.3, 4.0))
def test_only_the_part_of_the_way_below_the_top_counts(at: tuple[float, float], height_m: float) -> None:
    height_m = round(height_m, 1)
    node_m = 3.6
    below = min(1.0, (height_m - BEACON_M) / (node_m - BEACON_M))
    ends = CELLS + below * (np.array(at) - CELLS)
    ways = shapely.linestrings(np.stack([ends, CELLS], axis=1))
    exact_m = shapely.length(shapely.intersection(ways, RING))
    off_m = np.abs(seen(Edges.of_area(RING, height_m), at, node_m).shelving_m - exact_m)
    assert agree(off_m)


@pytest.mark.parametrize(("height_m", "node_m"), [(1.0, 3.0), (1.0, None), (1.1, 0.5)])
def test_what_is_lower_than_the_beacon_throws_no_shadow(height_m: float, node_m: float | None) -> None:
    assert not seen(Edges.of_area(RING, height_m), (1.0, 1.0), node_m).shelving_m.any()


def test_what_is_higher_than_a_low_node_throws_its_whole_shadow() -> None:
    low = seen(Edges.of_area(RING, 1.5), (1.0, 1.0), 0.8).shelving_m
    np.testing.assert_array_equal(low, seen(Edges.of_area(RING, None), (1.0, 1.0)).shelving_m)
    assert low.any()


@settings(deadline=None)
@given(places)
def test_a_plan_takes_what_looking_at_each_place_finds(at: tuple[float, float]) -> None:
    lines = (shapely.LineString([(8, 0), (8, 6), (14, 6)]), shapely.LineString([(18, 16), (18, 9)]))
    # A node in the wall itself is on neither side of it: which side it hears through the wall is a matter of rounding.
    assume(shapely.distance(shapely.MultiLineString(lines), shapely.Point(at)) > 0.05)
    fixtures = ((shapely.box(2, 11, 9, 12), 2.0), (shapely.box(11, 9, 12, 15), None), (shapely.box(15, 2, 21, 3), 1.6))
    floor = FloorObstacles(HALL, None, tuple((line, 6.0) for line in lines), fixtures)
    anchor = Anchor("n", *at, 2.9)
    edges = Edges.joined(
        [
            *(Edges.of_line(line, 6.0) for line in lines),
            *(Edges.of_area(area, height_m) for area, height_m in fixtures),
        ]
    )
    view = seen(edges, at, 2.9)
    found = saturating(view.walls_db, 15.0) + saturating(4.0 * view.shelving_m, 12.0)
    exact = obstacle_loss_db(CELLS, anchor_xyz_m([anchor]), floor, FACTORY_CALIBRATION)[:, 0]
    assert np.abs(found - exact).mean() < 0.35
    assert found.mean() == pytest.approx(exact.mean(), abs=0.2)


@settings(deadline=None)
@given(places, places)
def test_a_shadow_taken_away_leaves_nothing(at: tuple[float, float], to: tuple[float, float]) -> None:
    edges = Edges.joined([Edges.of_area(RING, 2.2), Edges.of_line(shapely.LineString([(0, 0), to]), 7.0)])
    view, hit = Shadows.of(Anchor("n", *at, 3.0), CELLS, FULL_TURN).cast(edges, BEACON_M)
    gone, hit_again = view.cast(edges.taken_away(), BEACON_M)
    assert np.abs(gone.shelving_m).max() < 1e-9
    assert np.abs(gone.walls_db).max() < 1e-9
    np.testing.assert_array_equal(hit, hit_again)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(places, st.sampled_from([None, 1.0, 2.9, 4.0])), min_size=2, max_size=5), places)
def test_nodes_looked_from_together_see_what_each_sees_alone(
    nodes: list[tuple[tuple[float, float], float | None]], to: tuple[float, float]
) -> None:
    """Hung at the same height or not, so that tops stand in the way of more or less of it."""
    low = shapely.box(14, 3, 15, 12)
    edges = Edges.joined(
        [Edges.of_area(RING, 2.2), Edges.of_area(low, 1.6), Edges.of_line(shapely.LineString([(0, 0), to]), 7.0)]
    )
    views = [Shadows.of(Anchor(f"n{n}", *at, z_m), CELLS, FULL_TURN) for n, (at, z_m) in enumerate(nodes)]
    for view, (together, hit) in zip(views, cast(views, edges, BEACON_M), strict=True):
        alone, hit_alone = view.cast(edges, BEACON_M)
        np.testing.assert_array_equal(hit, hit_alone)
        np.testing.assert_allclose(together.shelving_m, alone.shelving_m, atol=1e-9)
        np.testing.assert_allclose(together.walls_db, alone.walls_db, atol=1e-9)


def test_only_cells_behind_a_shape_are_touched() -> None:
    post = Edges.of_area(shapely.box(10, 7.5, 10.5, 8.5), None)
    view, hit = Shadows.of(Anchor("n", 4.0, 8.0), CELLS, FULL_TURN).cast(post, BEACON_M)
    assert set(np.flatnonzero(view.shelving_m)) <= set(hit.tolist())
    assert 0 < len(hit) < 0.1 * len(CELLS)
    assert (CELLS[np.flatnonzero(view.shelving_m)][:, 0] > 9.9).all()


def test_a_node_on_a_wall_is_not_behind_it() -> None:
    outline = Edges.of_line(HALL.boundary, 5.0)
    assert not seen(outline, (0.0, 8.0)).walls_db.any()
    assert not seen(outline, (12.0, 16.0)).walls_db.any()


def test_a_node_beyond_a_wall_is_behind_it_once() -> None:
    np.testing.assert_allclose(seen(Edges.of_line(HALL.boundary, 5.0), (-2.0, 8.1)).walls_db, 5.0)


def test_a_node_on_the_rim_of_a_fixture_sees_it_on_one_side() -> None:
    at = (4.0, 6.0)
    off_m = np.abs(seen(Edges.of_area(RING, None), at).shelving_m - lengths_m(at, RING))
    assert agree(off_m)


def test_cells_out_of_reach_are_not_looked_at() -> None:
    far = np.array([(150.0, 0.0), (10.0, 0.0)])
    view, hit = Shadows.of(Anchor("n", 0.0, 0.0), far, FULL_TURN).cast(
        Edges.of_area(shapely.box(2, -1, 3, 1), None), BEACON_M
    )
    assert hit.tolist() == [1]
    assert view.shelving_m.tolist() == pytest.approx([0.0, 1.0])


def test_a_plan_of_a_hypermarket_gets_every_ray_and_a_hostile_one_fewer_or_none() -> None:
    assert rays_for(48, 800) == FULL_TURN
    assert 0 < rays_for(1000, 1000) < FULL_TURN
    assert 1000 * 1000 * rays_for(1000, 1000) // 4 <= MOST_MEETINGS
    assert rays_for(1000, 100_000) == 0


def test_a_shape_without_an_area_throws_no_shadow() -> None:
    assert len(Edges.of_area(shapely.Polygon(), 2.0)) == 0
    assert len(Edges.of_line(shapely.LineString(), 2.0)) == 0
    assert not seen(Edges.none(), (1.0, 1.0)).walls_db.any()
