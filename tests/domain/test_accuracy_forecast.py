"""What any forecast must hold, whatever the plan: more nodes never hurt, walls never help, and turning the plan turns it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.affinity import affine_transform

from store_server.domain.accuracy_forecast import (
    MEDIAN_SHARE,
    MOST_ANCHORS,
    MOST_PAIRS,
    NO_POSITION_DM,
    DrawnShape,
    Forecast,
    ForecastFloor,
)
from store_server.domain.fixes import Anchor, circle_95_m
from store_server.domain.floor_cells import MOST_CELLS, MOST_COLUMNS
from store_server.domain.obstacle_loss import FloorObstacles
from store_server.domain.positioning import FACTORY_CALIBRATION
from store_server.wire.calibration import AnchorCalibration, Calibration
from tests.domain import forecast_floors
from tests.domain.forecast_floors import CORNERS, HALL, gondola, hall, is_never_worse, places, share_alike, wall

MEASURED = FACTORY_CALIBRATION.model_copy(
    update={
        "path_loss_exponent_sd": 0.0,
        "power_sd_db": 1.0,
        "shadowing_growth_db_per_m": 0.0,
        "drift_sd_db": 1.0,
        "residual_sd_db": 3.0,
        "residual_noise_db": 1.0,
        "radius_scale": 1.0,
        "radius_power": 1.0,
    }
)
SURVEYED = MEASURED.model_copy(
    update={
        "anchors": tuple(AnchorCalibration(node_id=a.node_id, x_m=a.x_m, y_m=a.y_m, z_m=a.z_m) for a in CORNERS),
        "survey_xy_m": ((4.0, 4.0), (12.0, 4.0), (20.0, 12.0)),
        "survey_residual_db": ((1.0,) * len(CORNERS),) * 3,
        "survey_visit": (0, 1, 2),
    }
)

turns = st.sampled_from([(0, -1, 1, 0), (-1, 0, 0, -1), (0, 1, -1, 0), (-1, 0, 0, 1), (1, 0, 0, -1), (0, 1, 1, 0)])
"""Quarter turns and reflections, as matrices row by row."""


@settings(max_examples=60, deadline=None)
@given(forecast_floors.anchors, places)
def test_one_more_node_is_never_worse_anywhere(nodes: tuple[Anchor, ...], place: tuple[float, float]) -> None:
    before = hall(nodes, shelf=gondola())
    after = before.with_anchors([*nodes, Anchor("more", *place, 2.8)])
    assert is_never_worse(after.forecast(), before.forecast())


@settings(max_examples=60, deadline=None)
@given(forecast_floors.anchors, places, places)
def test_a_wall_is_never_better_anywhere(
    nodes: tuple[Anchor, ...], start: tuple[float, float], end: tuple[float, float]
) -> None:
    without = hall(nodes, shelf=gondola())
    after = without.with_shapes({**without.shapes, "wall": wall(start, end)})
    assert is_never_worse(without.forecast(), after.forecast())


def test_a_wall_before_every_node_is_worse() -> None:
    free = hall()
    rings = {a.node_id: DrawnShape.wall(shapely.Point(a.x_m, a.y_m).buffer(0.7).exterior, 12.0) for a in CORNERS}
    assert (free.with_shapes(rings).forecast().error_m > free.forecast().error_m).all()


@settings(max_examples=60, deadline=None)
@given(forecast_floors.anchors, turns, st.tuples(st.floats(-500, 500), st.floats(-500, 500)))
def test_turning_reflecting_and_moving_the_floor_does_so_with_the_forecast(
    nodes: tuple[Anchor, ...], turn: tuple[int, int, int, int], by_m: tuple[float, float]
) -> None:
    def moved(shape: shapely.Polygon) -> shapely.Polygon:
        return affine_transform(shape, [*turn, *by_m])

    at = np.array(turn, dtype=np.float64).reshape(2, 2)
    xy = np.array([(a.x_m, a.y_m) for a in nodes]) @ at.T + by_m
    there = [Anchor(a.node_id, x, y, a.z_m) for a, (x, y) in zip(nodes, xy.tolist(), strict=True)]
    here = hall(nodes, shelf=gondola()).forecast()
    gone = ForecastFloor.drawn(
        moved(HALL), {"shelf": DrawnShape.fixture(moved(forecast_floors.GONDOLA), 2.0)}, there
    ).forecast()
    # A cell on the very edge of a shadow may fall to either side of it.
    assert share_alike(gone.at(here.cells.xy_m @ at.T + by_m), here.error_m) > 0.97
    assert gone.walkable.sum() == here.walkable.sum()


def test_without_nodes_there_is_no_position_anywhere() -> None:
    nothing = hall(()).forecast()
    assert np.isinf(nothing.error_m).all()
    assert (nothing.heard == 0).all()
    message = nothing.message("L", 3.0)
    assert (message.median_m, message.p95_m, message.within_target) == (None, None, 0.0)
    assert set(message.error_dm) == {NO_POSITION_DM}


def test_two_nodes_give_no_position_and_three_do() -> None:
    assert hall(CORNERS[:2]).forecast().quantile_m(0.0) is None
    assert hall(CORNERS[:3]).forecast().quantile_m(0.95) is not None


def test_nodes_that_are_too_far_are_not_heard() -> None:
    far = [Anchor(f"f{n}", 500.0 + n, 8.0, 3.0) for n in range(3)]
    assert (hall([*CORNERS, *far]).forecast().heard <= len(CORNERS)).all()
    assert (hall(far).forecast().heard == 0).all()


@settings(max_examples=60, deadline=None)
@given(places, st.floats(-4, 14), st.floats(-4, 4))
def test_what_is_moved_gives_what_drawing_it_there_gives(
    place: tuple[float, float], right_m: float, up_m: float
) -> None:
    moved = (*CORNERS[:-1], Anchor("n4", *place, 3.0))
    there = {"shelf": gondola(right_m, up_m), "wall": wall((9, 0), (9, 7))}
    step_by_step = hall(shelf=gondola(), gone=gondola(9.0)).with_anchors(moved).with_shapes(there).forecast()
    at_once = hall(moved, HALL, **there).forecast()
    np.testing.assert_allclose(step_by_step.error_m, at_once.error_m, rtol=1e-6)
    np.testing.assert_array_equal(step_by_step.heard, at_once.heard)
    np.testing.assert_array_equal(step_by_step.walkable, at_once.walkable)


def test_nobody_walks_on_a_fixture_and_signals_pass_a_closed_area() -> None:
    empty, shelf, closed = hall(), hall(shelf=gondola()), hall(closed=DrawnShape.closed(forecast_floors.GONDOLA))
    on_it = shapely.contains_xy(forecast_floors.GONDOLA, empty.cells.xy_m)
    for floor in (shelf, closed):
        np.testing.assert_array_equal(floor.forecast().walkable, ~on_it)
    np.testing.assert_array_equal(closed.forecast().error_m, empty.forecast().error_m)
    assert (shelf.forecast().error_m > empty.forecast().error_m).any()


def test_a_survey_makes_the_floor_more_exact_and_not_for_a_node_hung_elsewhere_since() -> None:
    def at_survey_point_m(calibration: Calibration, nodes: Sequence[Anchor]) -> float:
        forecast = ForecastFloor.drawn(HALL, {}, nodes, calibration).forecast()
        return float(forecast.at(np.array([(12.0, 4.0)]))[0])

    assert at_survey_point_m(SURVEYED, CORNERS) < 0.9 * at_survey_point_m(MEASURED, CORNERS)
    moved = [Anchor(a.node_id, a.x_m, a.y_m + (0.8 if a.y_m < 8 else -0.8), a.z_m) for a in CORNERS]
    assert at_survey_point_m(SURVEYED, moved) == pytest.approx(at_survey_point_m(MEASURED, moved))
    forgotten = SURVEYED.model_copy(update={"survey_residual_db": ((None,) * len(CORNERS),) * 3})
    assert at_survey_point_m(forgotten, CORNERS) == pytest.approx(at_survey_point_m(MEASURED, CORNERS))


def test_the_message_lies_row_by_row_from_the_south() -> None:
    corner = shapely.Polygon([(0, 0), (6, 0), (6, 2), (2, 2), (2, 4), (0, 4)])
    forecast = ForecastFloor.drawn(corner, {}, CORNERS[:3]).forecast()
    message = forecast.message("L", 50.0)
    grid = np.array(message.error_dm).reshape(-1, message.columns)
    rows, columns = (int(length / message.cell_m) for length in (4, 6))
    assert grid.shape == (rows, columns)
    assert (grid[: rows // 2] >= 0).all()
    assert (grid[rows // 2 :, columns // 3 :] == -1).all()
    assert np.array(message.heard)[np.array(message.error_dm) >= 0].tolist() == forecast.heard.tolist()
    assert message.origin_m == (0.0, 0.0)
    assert message.within_target == 1.0


def test_however_wide_the_radius_nothing_is_further_off_than_the_floor_is_large() -> None:
    careful = FACTORY_CALIBRATION.model_copy(update={"radius_scale": 20.0, "radius_power": 2.0})
    error_m = ForecastFloor.drawn(HALL, {}, CORNERS[:3], careful).forecast().error_m
    anywhere_m2 = np.diag([forecast_floors.WIDTH_M**2 / 12, forecast_floors.DEPTH_M**2 / 12])
    np.testing.assert_allclose(error_m, MEDIAN_SHARE * circle_95_m(anywhere_m2[None])[0], rtol=0.01)


def test_shares_and_quantiles_count_places_without_a_position() -> None:
    cells = hall().cells.thinned(np.arange(10))
    error_m = np.array([1.0, 2, 3, 4, 5, 6, np.inf, np.inf, 9, 9])
    walkable = np.array([True] * 8 + [False] * 2)
    forecast = Forecast(cells, walkable, error_m, np.full(10, 3))
    assert forecast.quantile_m(0.5) == 5.0
    assert forecast.quantile_m(0.95) is None
    assert forecast.within(3.0) == 3 / 8


def test_a_floor_as_the_estimator_has_it_is_the_same_floor() -> None:
    shelf = shapely.box(6, 5, 7, 11)
    line = shapely.LineString([(9, 0), (9, 7)])
    floor = FloorObstacles(HALL, HALL.difference(shelf), ((line, None), (line, 4.0)), ((shelf, 2.0),))
    forecast = ForecastFloor.of(floor, CORNERS).forecast()
    loss = FACTORY_CALIBRATION.wall_loss_db
    outline = DrawnShape.wall(HALL.boundary, loss / 2)
    same = hall(
        shelf=gondola(), one=wall((9, 0), (9, 7), loss_db=loss), two=wall((9, 0), (9, 7), loss_db=4.0), o=outline
    )
    np.testing.assert_allclose(forecast.error_m, same.forecast().error_m)
    np.testing.assert_array_equal(forecast.walkable, same.forecast().walkable)


def test_without_an_outline_the_floor_reaches_a_metre_beyond_what_is_known() -> None:
    floor = ForecastFloor.of(None, CORNERS)
    low, high = floor.cells.xy_m.min(axis=0), floor.cells.xy_m.max(axis=0)
    assert (low, high) == (pytest.approx((0.2, 0.1), abs=0.4), pytest.approx((23.9, 15.8), abs=0.4))
    assert ForecastFloor.of(None, ()).forecast().message("L", 3.0).columns == 0


def test_a_hostile_plan_gets_coarser_cells_and_no_more_of_them() -> None:
    many = [Anchor(f"n{n}", float(n % 100), float(n // 100), 3.0) for n in range(10_000)]
    crowded = hall(many, shapely.box(0, 0, 100, 100))
    assert len(crowded.anchors) == MOST_ANCHORS
    assert len(crowded.cells.xy_m) * MOST_ANCHORS <= 1.05 * MOST_PAIRS
    for outline in (shapely.box(0, 0, 10_000, 10_000), shapely.box(0, 0, 10_000, 0.5)):
        cells = hall(CORNERS, outline).cells
        assert cells.columns <= MOST_COLUMNS
        assert cells.columns * cells.rows <= 1.05 * MOST_CELLS + cells.columns


def test_a_plan_with_too_many_edges_is_forecast_as_if_nothing_stood_in_the_way() -> None:
    spiral = shapely.LineString([(12 + 0.001 * n * np.cos(n), 8 + 0.0005 * n * np.sin(n)) for n in range(10_000)])
    many = [Anchor(f"n{n}", 0.5 + n % 23, 0.5 + n // 23, 3.0) for n in range(300)]
    outline = shapely.box(0, 0, 24, 16)
    tangled = ForecastFloor.drawn(outline, {"spiral": DrawnShape.wall(spiral, 5.0)}, many)
    np.testing.assert_allclose(tangled.forecast().error_m, ForecastFloor.drawn(outline, {}, many).forecast().error_m)
