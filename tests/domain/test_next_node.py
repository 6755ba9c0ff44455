"""The place proposed for one more node: where it helps, and never worse than without it."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given, settings

from store_server.domain.accuracy_forecast import DrawnShape, ForecastFloor
from store_server.domain.fixes import Anchor
from store_server.domain.next_node import USUAL_HEIGHT_M, next_node
from store_server.wire.drafts import NextNode
from tests.domain import forecast_floors
from tests.domain.forecast_floors import CORNERS, HALL, gondola, hall

TARGET_M = 2.5


def proposed(floor: ForecastFloor, target_m: float = TARGET_M) -> NextNode:
    found = next_node(floor, "L", target_m)
    assert found is not None
    return found


@settings(max_examples=15, deadline=None)
@given(forecast_floors.anchors)
def test_the_node_proposed_is_on_the_floor_and_makes_nothing_worse(nodes: tuple[Anchor, ...]) -> None:
    floor = hall(nodes, shelf=gondola())
    found = proposed(floor)
    assert shapely.covers(HALL.buffer(0.01), shapely.Point(found.x_m, found.y_m))
    assert found.before == floor.forecast().message("L", TARGET_M)
    assert found.after.within_target >= found.before.within_target
    assert found.before.median_m is None or (found.after.median_m or 99) <= found.before.median_m


def test_few_places_on_a_fine_grid_are_better_than_the_one_proposed() -> None:
    floor = hall(CORNERS[:4], shelf=gondola(height_m=None))
    found = proposed(floor)
    shares = []
    for x_m in np.arange(0.75, 24, 1.5):
        for y_m in np.arange(0.75, 16, 1.5):
            more = floor.with_anchors([*floor.anchors, Anchor("more", float(x_m), float(y_m), found.z_m)])
            shares.append(more.forecast().within(TARGET_M))
    assert found.after.within_target > found.before.within_target
    assert found.after.within_target >= max(shares) - 0.01


def test_nodes_that_all_hang_in_the_west_want_one_in_the_east() -> None:
    west = [Anchor(f"w{n}", 1.0 + 2 * (n % 2), 2.0 + 3 * n, 3.0) for n in range(5)]
    assert proposed(hall(west), 3.0).x_m > 12


def test_it_hangs_as_high_as_the_others() -> None:
    assert proposed(hall()).z_m == 3.0
    assert proposed(hall([Anchor("n", 3.0, 3.0)])).z_m == USUAL_HEIGHT_M


def test_the_first_node_of_all_is_heard_all_over_the_floor() -> None:
    first = proposed(hall(()))
    assert first.after.median_m is None
    assert set(first.after.heard) == {1}


def test_a_floor_nobody_can_stand_on_wants_no_node() -> None:
    assert next_node(hall(CORNERS, HALL, all=DrawnShape.closed(HALL)), "L", TARGET_M) is None
    assert next_node(hall(CORNERS, shapely.Polygon()), "L", TARGET_M) is None
