from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import affinity

from store_server.domain.obstacle_loss import FloorObstacles
from store_server.domain.positioning import Anchor
from store_server.domain.search_places import (
    CELL_M,
    MARGIN_M,
    MOST_CELLS,
    anchor_xyz_m,
    cells_within,
    searched_places,
    slant_range_m,
)
from tests.domain.shelved_floors import ROOM, shelved_floors

CORNERS = np.array([(0.0, 0.0), (12.0, 9.0)])


def in_order(
    xy: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    rounded = xy.round(6) + 0.0
    return np.asarray(rounded[np.lexsort(rounded.T)])


@settings(max_examples=40, deadline=None)
@given(shelved_floors())
def test_every_searched_place_is_one_a_beacon_can_be_at(floor: FloorObstacles) -> None:
    xy = searched_places(CORNERS, floor)
    assert len(xy) > 0
    for shape, _ in floor.fixtures if floor.outline is None else ():
        assert not shapely.contains_properly(shape, shapely.points(xy)).any()
    area = floor.walkable_area or floor.outline
    if area is not None:
        assert shapely.covers(area, shapely.points(xy)).all()


@settings(max_examples=20, deadline=None)
@given(st.floats(-500, 500), st.floats(-500, 500), st.sampled_from([1.0, 1.5, 12.0, 14.3, 20.0]))
def test_a_floor_that_is_moved_keeps_its_cells(east_m: float, north_m: float, length_m: float) -> None:
    area = shapely.box(0, 0, length_m, 9)
    before, _ = cells_within(area)
    after, _ = cells_within(affinity.translate(area, east_m, north_m))
    assert len(after) == len(before)
    assert after == pytest.approx(before + np.array([east_m, north_m]), abs=1e-6)


@settings(max_examples=20, deadline=None)
@given(shelved_floors())
def test_mirroring_a_floor_mirrors_its_cells(floor: FloorObstacles) -> None:
    area = floor.walkable_area or ROOM
    before, cell_m = cells_within(area)
    after, mirrored_cell_m = cells_within(affinity.scale(area, -1, 1, origin=(10.0, 7.5)))
    assert mirrored_cell_m == cell_m
    # A cell whose very middle lies on the edge of a shelf may be in or out; those apart, they are the same.
    inside = shapely.contains_xy(area.buffer(-1e-6), before)
    expected = before[inside] * (-1, 1) + (20.0, 0.0)
    kept = after[shapely.contains_xy(affinity.scale(area, -1, 1, origin=(10.0, 7.5)).buffer(-1e-6), after)]
    assert in_order(kept) == pytest.approx(in_order(expected), abs=1e-5)


def test_without_a_plan_the_surroundings_of_the_anchors_are_searched() -> None:
    xy = searched_places(CORNERS, FloorObstacles())
    low, high = CORNERS[0] - MARGIN_M, CORNERS[1] + MARGIN_M
    assert (xy > low).all()
    assert (xy < high).all()
    assert xy.min(axis=0) == pytest.approx(low + CELL_M / 2)
    assert xy.max(axis=0) == pytest.approx(high - CELL_M / 2)


def test_a_very_large_floor_gets_coarser_cells_rather_than_more_of_them() -> None:
    xy, cell_m = cells_within(shapely.box(0, 0, 400, 300))
    assert cell_m > CELL_M
    assert 0.9 * MOST_CELLS < len(xy) < 1.05 * MOST_CELLS


@pytest.mark.parametrize("side_m", [0.01, 0.3, 0.5])
def test_a_floor_smaller_than_a_cell_has_one_place(side_m: float) -> None:
    xy, _ = cells_within(shapely.box(3, 4, 3 + side_m, 4 + side_m))
    assert xy.tolist() == [pytest.approx([3 + side_m / 2, 4 + side_m / 2])]


def test_an_aisle_between_two_cells_is_still_searched() -> None:
    narrow = shapely.union_all([shapely.box(0, 0, 0.1, 9), shapely.box(11.9, 0, 12, 9)])
    xy, _ = cells_within(narrow)
    assert len(xy) > 0


def test_distances_go_through_the_air_where_a_height_is_known_and_level_where_not() -> None:
    anchors = (Anchor("high", 0, 0, 4.2), Anchor("somewhere", 0, 0, None))
    assert slant_range_m(np.array([[4.0, 0.0]]), anchors, 1.2).tolist() == [[5.0, 4.0]]
    assert np.isnan(anchor_xyz_m(anchors)[1, 2])
    assert anchor_xyz_m([]).shape == (0, 3)
