"""What holds of every fix, whatever was heard: it moves with the floor, needs no order, and is never a confident nonsense."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from store_server.domain.consent import admit_recording
from store_server.domain.following import follow
from store_server.domain.obstacle_loss import FloorObstacles
from store_server.domain.positioning import FACTORY_CALIBRATION, SMALLEST_RADIUS_M, Anchor, Fix, FloorEstimator, NoFix
from store_server.domain.search_places import CELL_M
from store_server.domain.sightings import AdmittedSightings, SightingColumns, columns
from store_server.wire.calibration import Calibration, Estimator
from tests.domain.radio_floor import ANCHORS, heard

Floats = NDArray[np.float64]

SHELVES = (shapely.box(1.93, 2.61, 4.87, 3.52), shapely.box(7.41, 5.33, 10.29, 6.17))
ROOM = shapely.box(-1.07, -1.13, 13.06, 10.14)
PLAN = FloorObstacles(
    outline=ROOM,
    walkable_area=ROOM.difference(shapely.union_all(np.array(SHELVES))),
    walls=((shapely.LineString([(8.22, -1.13), (8.22, 3.07)]), 6.0),),
    fixtures=tuple((shelf, None) for shelf in SHELVES),
)
FLOORS = (None, PLAN)
TRILATERATING = FACTORY_CALIBRATION.model_copy(update={"estimator": Estimator.TRILATERATION})
KNOWN_RADIO = FACTORY_CALIBRATION.model_copy(
    update={"power_sd_db": 0.0, "path_loss_exponent_sd": 0.0, "drift_sd_db": 0.0}
)
ESTIMATORS = {
    (calibration, is_planned): FloorEstimator(ANCHORS, calibrated, PLAN if is_planned else None)
    for calibration, calibrated in (("factory", None), ("known radio", KNOWN_RADIO), ("trilaterating", TRILATERATING))
    for is_planned in (False, True)
}

estimators = st.sampled_from(list(ESTIMATORS.values()))
places = st.tuples(st.floats(0.5, 11.5), st.floats(0.5, 8.5))


def fix_of(estimator: FloorEstimator, sightings: AdmittedSightings, at_s: float = 2.0) -> Fix:
    found = estimator.fixes(sightings, at_s)[0]
    assert isinstance(found, Fix), found
    return found


def turned(shape: BaseGeometry, matrix: Floats, shift: float) -> BaseGeometry:
    return affinity.affine_transform(shape, [*matrix.ravel().tolist(), shift, -shift])


def turned_floor(
    floor: FloorObstacles | None, matrix: Floats, shift: float
) -> tuple[tuple[Anchor, ...], FloorObstacles | None]:
    xy = np.array([(a.x_m, a.y_m) for a in ANCHORS]) @ matrix.T + (shift, -shift)
    anchors = tuple(replace(a, x_m=float(x), y_m=float(y)) for a, (x, y) in zip(ANCHORS, xy, strict=True))
    if floor is None or floor.outline is None or floor.walkable_area is None:
        return anchors, None
    return anchors, FloorObstacles(
        turned(floor.outline, matrix, shift),
        turned(floor.walkable_area, matrix, shift),
        tuple((turned(line, matrix, shift), loss_db) for line, loss_db in floor.walls),
        tuple((turned(shape, matrix, shift), height_m) for shape, height_m in floor.fixtures),
    )


def check_turned(
    floor: FloorObstacles | None, matrix: Floats, shift: float, sightings: AdmittedSightings, most_m: float
) -> None:
    before = fix_of(FloorEstimator(ANCHORS, None, floor), sightings)
    anchors, turned_plan = turned_floor(floor, matrix, shift)
    after = fix_of(FloorEstimator(anchors, None, turned_plan), sightings)
    expected = matrix @ (before.x_m, before.y_m) + (shift, -shift)
    assert np.hypot(*(expected - (after.x_m, after.y_m))) < most_m
    # A second place is the middle of a cell or of the next, and the radius reaches it.
    if before.other_place is None and after.other_place is None:
        assert after.accuracy_radius_m == pytest.approx(before.accuracy_radius_m, abs=most_m)


right_angles = st.sampled_from([0.0, 0.5 * np.pi, np.pi, 1.5 * np.pi])


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(FLOORS), right_angles, st.booleans(), st.integers(-300, 300), places, st.integers(0, 99))
def test_a_floor_turned_by_a_right_angle_or_mirrored_moves_its_fixes_alike(
    floor: FloorObstacles | None, angle: float, mirrored: bool, shift: int, place: tuple[float, float], seed: int
) -> None:
    matrix = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]).round()
    if mirrored:
        matrix = matrix @ np.diag([-1.0, 1.0])
    check_turned(floor, matrix, float(shift), heard([place] * 8, noise_db=4.0, seed=seed), most_m=1e-3)


@settings(max_examples=10, deadline=None)
@given(st.floats(0, 2 * np.pi), st.floats(-300, 300), places, st.integers(0, 99))
def test_a_planned_floor_turned_by_any_angle_moves_its_fixes_alike_but_for_half_a_cell(
    angle: float, shift: float, place: tuple[float, float], seed: int
) -> None:
    matrix = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    check_turned(PLAN, matrix, shift, heard([place] * 8, noise_db=4.0, seed=seed), most_m=CELL_M / 2)


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(FLOORS), st.permutations(range(len(ANCHORS))), places, st.integers(0, 99))
def test_the_order_of_receivers_and_of_sightings_changes_nothing(
    floor: FloorObstacles | None, order: list[int], place: tuple[float, float], seed: int
) -> None:
    sightings = heard([place] * 8, noise_db=4.0, seed=seed)
    shuffled = np.random.default_rng(seed).permutation(len(sightings))
    before = fix_of(FloorEstimator(ANCHORS, None, floor), sightings)
    after = fix_of(
        FloorEstimator([ANCHORS[i] for i in order], None, floor),
        admit_recording(
            SightingColumns(
                sightings.beacon_ids,
                sightings.node_ids,
                sightings.beacon_index[shuffled],
                sightings.node_index[shuffled],
                sightings.rssi_dbm[shuffled],
                sightings.heard_s[shuffled],
            )
        ),
    )
    assert (after.x_m, after.y_m) == pytest.approx((before.x_m, before.y_m), abs=1e-3)
    assert after.accuracy_radius_m == pytest.approx(before.accuracy_radius_m, abs=1e-3)


def together(*alone: AdmittedSightings) -> AdmittedSightings:
    """Sightings of one beacon each, by the same nodes, as one set."""
    return admit_recording(
        SightingColumns(
            tuple(one.beacon_ids[0] for one in alone),
            alone[0].node_ids,
            np.repeat(np.arange(len(alone)), [len(one) for one in alone]),
            np.concatenate([one.node_index for one in alone]),
            np.concatenate([one.rssi_dbm for one in alone]),
            np.concatenate([one.heard_s for one in alone]),
        )
    )


@settings(max_examples=10, deadline=None)
@given(estimators, st.lists(places, min_size=2, max_size=12))
def test_many_beacons_at_once_get_the_fixes_they_get_alone(
    estimator: FloorEstimator, where: list[tuple[float, float]]
) -> None:
    alone = [
        heard([place] * 8, noise_db=4.0, seed=number, beacon_id=f"b{number}") for number, place in enumerate(where)
    ]
    for one, got in zip(alone, estimator.fixes(together(*alone), 2.0), strict=True):
        expected = fix_of(estimator, one)
        assert isinstance(got, Fix)
        assert (got.beacon_id, got.motion) == (expected.beacon_id, expected.motion)
        assert (got.x_m, got.y_m, got.accuracy_radius_m) == pytest.approx(
            (expected.x_m, expected.y_m, expected.accuracy_radius_m), abs=1e-3
        )


nodes = st.sampled_from([*(anchor.node_id for anchor in ANCHORS), "stranger"])
beacons = st.sampled_from(["a", "b"])
usual = st.tuples(beacons, nodes, st.floats(-127, -1), st.floats(0, 2))
odd_strengths = st.one_of(st.sampled_from([0.0, -128.0, np.nan, np.inf, -np.inf]), st.floats(), st.just(-70.0))
odd_instants = st.one_of(st.sampled_from([np.nan, np.inf, -np.inf, 1e300, -1e300, 2.0]), st.floats(), st.floats(-9, 2))
odd = st.tuples(beacons, nodes, odd_strengths, odd_instants)


@settings(max_examples=150, deadline=None)
@given(
    estimators,
    st.lists(usual, max_size=25),
    st.lists(odd, max_size=10),
    st.integers(1, 3),
    st.sampled_from([2.0, 4.0, 1e300]),
)
def test_whatever_is_heard_there_is_a_reason_or_a_fix_one_can_believe(
    estimator: FloorEstimator,
    some: list[tuple[str, str, float, float]],
    strange: list[tuple[str, str, float, float]],
    times: int,
    at_s: float,
) -> None:
    sightings = admit_recording(columns((some + strange) * times, beacon_ids=("a", "b", "silent")))
    answers = estimator.fixes(sightings, at_s)
    assert [answer.beacon_id for answer in answers] == ["a", "b", "silent"]
    assert isinstance(answers[2], NoFix)
    for fix in answers:
        if isinstance(fix, Fix):
            assert np.isfinite([fix.x_m, fix.y_m, fix.accuracy_radius_m, fix.misfit, *fix.covariance_m2.ravel()]).all()
            assert fix.accuracy_radius_m >= SMALLEST_RADIUS_M
            if estimator.calibration.estimator is Estimator.LIKELIHOOD_GRID:
                west, south, east, north = ROOM.bounds
                assert west <= fix.x_m <= east
                assert south <= fix.y_m <= north


@settings(max_examples=20, deadline=None)
@given(estimators, st.lists(places, min_size=8, max_size=40), st.lists(st.tuples(nodes, st.floats(), st.floats(0, 60))))
def test_what_is_heard_later_changes_neither_fix_nor_track(
    estimator: FloorEstimator, path: list[tuple[float, float]], later: list[tuple[str, float, float]]
) -> None:
    sightings = heard(path, noise_db=3.0)
    last_s = float(sightings.heard_s.max())
    rows = [
        ("b", sightings.node_ids[node], rssi, heard_s)
        for node, rssi, heard_s in zip(
            sightings.node_index, sightings.rssi_dbm.tolist(), sightings.heard_s.tolist(), strict=True
        )
    ]
    late = [("b", node, rssi, float(np.nextafter(last_s + after_s, np.inf))) for node, rssi, after_s in later]
    known, more = admit_recording(columns(rows)), admit_recording(columns([*late, *rows]))
    at_s = np.arange(0.0, last_s + 0.01, 0.25)
    assert follow(estimator, known, at_s) == follow(estimator, more, at_s)
    before, after = fix_of(estimator, known, last_s), fix_of(estimator, more, last_s)
    assert (before.x_m, before.y_m, before.accuracy_radius_m) == (after.x_m, after.y_m, after.accuracy_radius_m)


LINE = tuple(Anchor(f"n{i}", 3.0 * i, 0.0, 2.5) for i in range(5))


def in_line(y_m: float, calibration: Calibration | None = None) -> Fix:
    """The fix of a beacon at (4, y) in a hall whose receivers hang along its middle, y = 0."""
    hall = FloorObstacles(outline=shapely.box(-3, -8, 15, 8))
    return fix_of(FloorEstimator(LINE, calibration, hall), heard([(4.0, y_m)] * 8, anchors=LINE))


@pytest.mark.parametrize("calibration", [FACTORY_CALIBRATION, KNOWN_RADIO])
def test_of_two_places_that_sound_alike_the_other_one_is_told_as_likely(calibration: Calibration) -> None:
    fix = in_line(5.5, calibration)
    assert fix.other_place is not None
    assert fix.other_place.x_m == pytest.approx(4.0, abs=1.0)
    assert abs(fix.other_place.y_m) == pytest.approx(5.5, abs=1.5)
    assert fix.other_place.probability == pytest.approx(0.5, abs=0.05)
    assert fix.accuracy_radius_m >= abs(fix.other_place.y_m - fix.y_m)


def test_a_place_that_sounds_like_no_other_has_no_other_place() -> None:
    assert in_line(0.5).other_place is None
    assert fix_of(ESTIMATORS["factory", False], heard([(2.0, 2.0)] * 8)).other_place is None
