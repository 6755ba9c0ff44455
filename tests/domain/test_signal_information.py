"""The bound on a place, beside the plain algebra it shortens; and what a survey explains, beside the estimator's own map."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from store_server.domain.fixes import Anchor
from store_server.domain.floor_cells import FloorCells
from store_server.domain.positioning import FACTORY_CALIBRATION
from store_server.domain.radio_map import MapSpread, residual_map
from store_server.domain.radio_shadows import Shadows
from store_server.domain.signal_information import ROWS, SignalInformation
from store_server.wire.calibration import AnchorCalibration
from tests.domain.forecast_floors import CORNERS, HALL

CELLS = FloorCells.of(HALL)
EVERY = np.arange(len(CELLS.xy_m))


def view(anchor: Anchor, walls_db: float = 0.0, shelving_m: float = 0.0) -> Shadows:
    bare = Shadows.of(anchor, CELLS.xy_m, 0)
    full = np.ones(len(EVERY))
    return Shadows(anchor, bare.ray, bare.level_m, shelving_m * full, walls_db * full, 0)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 24), st.floats(0, 16)), min_size=1, max_size=6),
    st.floats(0.7, 9),
    st.floats(0.01, 1),
)
def test_the_bound_is_the_place_of_the_whole_inverse(
    nodes: list[tuple[float, float]], power_sd_db: float, exponent_sd: float
) -> None:
    calibration = FACTORY_CALIBRATION.model_copy(
        update={"power_sd_db": power_sd_db, "path_loss_exponent_sd": exponent_sd}
    )
    signals = SignalInformation(calibration, CELLS)
    told = sum((signals.told(view(Anchor("n", x, y, 3.0)), EVERY) for x, y in nodes), signals.nothing())
    floor_m2 = np.array([[30.0, 4.0], [4.0, 20.0]])
    bound = SignalInformation.covariance_m2(told, floor_m2, calibration)
    whole = np.zeros((len(EVERY), 4, 4))
    upper = np.triu_indices(4)
    whole[:, upper[0], upper[1]] = told[:-1].T
    whole[:, upper[1], upper[0]] = told[:-1].T
    whole[:, :2, :2] += np.linalg.inv(floor_m2)
    whole[:, 2, 2] += power_sd_db**-2
    whole[:, 3, 3] += exponent_sd**-2
    np.testing.assert_allclose(bound, np.linalg.inv(whole)[:, :2, :2], rtol=1e-6, atol=1e-9)


def test_a_node_that_tells_nothing_leaves_the_floor_itself() -> None:
    floor_m2 = np.array([[30.0, 4.0], [4.0, 20.0]])
    bound = SignalInformation.covariance_m2(np.zeros((ROWS, 1)), floor_m2, FACTORY_CALIBRATION)
    np.testing.assert_allclose(bound[0], floor_m2)


@pytest.mark.parametrize("loss", [{"walls_db": 30.0}, {"shelving_m": 5.0}])
def test_what_stands_in_the_way_lets_a_node_tell_less(loss: dict[str, float]) -> None:
    signals = SignalInformation(FACTORY_CALIBRATION, CELLS)
    free, behind = (signals.told(view(CORNERS[0], **each), EVERY) for each in ({}, loss))
    power = ROWS - 4  # row of the power's own information: positive wherever anything is heard
    assert (behind[power] < free[power]).all()


def test_a_node_is_heard_as_far_as_the_faintest_packets_and_an_offset_adds_to_that() -> None:
    far = FACTORY_CALIBRATION.model_copy(update={"measured_power_dbm": -75.0})
    heard = SignalInformation(far, CELLS).told(view(CORNERS[0]), EVERY)[-1]
    expected_m = 10 ** ((97 - 75) / 23)
    slant_m = np.hypot(np.hypot(*(CELLS.xy_m - (CORNERS[0].x_m, CORNERS[0].y_m)).T), 3.0 - far.beacon_height_m)
    np.testing.assert_array_equal(heard, slant_m <= expected_m)
    louder = AnchorCalibration(node_id=CORNERS[0].node_id, x_m=0.0, y_m=0.0, offset_db=30.0)
    deaf_no_more = SignalInformation(far.model_copy(update={"anchors": (louder,)}), CELLS)
    assert deaf_no_more.told(view(CORNERS[0]), EVERY)[-1].all()


def test_a_survey_explains_what_the_estimators_map_says() -> None:
    random = np.random.default_rng(4)
    survey_xy = random.uniform((0, 0), (24, 16), (40, 2)).round(2)
    visit = np.arange(40) % 3
    calibration = FACTORY_CALIBRATION.model_copy(
        update={
            "shadowing_growth_db_per_m": 0.0,
            "shadowing_sd_db": 6.0,
            "drift_sd_db": 1.0,
            "residual_sd_db": 3.0,
            "anchors": (AnchorCalibration(node_id="n0", x_m=CORNERS[0].x_m, y_m=CORNERS[0].y_m),),
            "survey_xy_m": tuple(map(tuple, survey_xy.tolist())),
            "survey_visit": tuple(visit.tolist()),
            "survey_residual_db": ((1.0,),) * 40,
        }
    )
    spread = MapSpread(3.0, calibration.residual_length_m, calibration.residual_noise_db, 1.0)
    _, explained = residual_map(CELLS.xy_m, survey_xy, np.ones((40, 1)), visit, spread)
    told = SignalInformation(calibration, CELLS).told(view(CORNERS[0]), EVERY)
    stranger = Anchor("other", CORNERS[0].x_m, CORNERS[0].y_m, CORNERS[0].z_m)
    without = SignalInformation(calibration, CELLS).told(view(stranger), EVERY)
    power = ROWS - 4
    variance = 36.0 + 0.5
    np.testing.assert_allclose(without[power] / told[power], (variance - explained[:, 0]) / variance, atol=0.01)


def test_cells_lie_within_the_outline_only_and_all_of_it() -> None:
    corner = shapely.Polygon([(0, 0), (9, 0), (9, 3), (3, 3), (3, 6), (0, 6)])
    cells = FloorCells.of(corner)
    assert len(cells.xy_m) * cells.cell_m**2 == pytest.approx(corner.area, rel=0.01)
    assert shapely.contains_xy(corner, cells.xy_m).all()
    assert cells.within(shapely.box(2, 2, 4, 4)).tolist() == [
        n for n, (x, y) in enumerate(cells.xy_m.tolist()) if 2 < x < 4 and 2 < y < 4
    ]
    assert len(cells.within(shapely.Polygon())) == 0


def test_nodes_asked_together_tell_what_each_tells_alone() -> None:
    signals = SignalInformation(FACTORY_CALIBRATION, CELLS)
    views = [view(CORNERS[0], walls_db=3.0), view(CORNERS[1], shelving_m=2.0)]
    some = [EVERY, EVERY[::3]]
    alone = [signals.told(each, cells) for each, cells in zip(views, some, strict=True)]
    np.testing.assert_allclose(signals.told_by(list(zip(views, some, strict=True))), np.concatenate(alone, axis=1))
