from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from store_server.domain.consent import admit_recording
from store_server.domain.fixes import circle_95_m
from store_server.domain.obstacle_loss import FloorObstacles
from store_server.domain.positioning import (
    FACTORY_CALIBRATION,
    Anchor,
    Fix,
    FloorEstimator,
    NoFix,
    NoFixReason,
)
from store_server.domain.sightings import AdmittedSightings, SightingColumns, columns
from store_server.wire.calibration import AnchorCalibration
from tests.domain.radio_floor import ANCHORS, heard

KNOWN_POWER = FACTORY_CALIBRATION.model_copy(update={"power_sd_db": 0.0})


def answer(sightings: AdmittedSightings, at_s: float = 2.0, estimator: FloorEstimator | None = None) -> Fix | NoFix:
    return (estimator or FloorEstimator(ANCHORS, KNOWN_POWER)).fixes(sightings, at_s)[0]


def fix_of(sightings: AdmittedSightings, at_s: float = 2.0, estimator: FloorEstimator | None = None) -> Fix:
    found = answer(sightings, at_s, estimator)
    assert isinstance(found, Fix), found
    return found


def reason_of(rows: list[tuple[str, str, float, float]], at_s: float = 1.0) -> NoFixReason | None:
    found = answer(admit_recording(columns(rows)), at_s)
    return found.reason if isinstance(found, NoFix) else None


def still(x: float, y: float, power_dbm: float = -59.0, anchors: tuple[Anchor, ...] = ANCHORS) -> AdmittedSightings:
    return heard([(x, y)] * 8, power_dbm=power_dbm, anchors=anchors)


@settings(max_examples=40)
@given(st.floats(1.0, 11.0), st.floats(1.0, 8.0))
def test_a_beacon_that_sounds_as_the_model_says_is_found_within_its_radius(x: float, y: float) -> None:
    fix = fix_of(still(x, y))
    assert np.hypot(fix.x_m - x, fix.y_m - y) < fix.accuracy_radius_m
    assert np.hypot(fix.x_m - x, fix.y_m - y) < 2.0
    assert fix.anchors_used == 5
    assert np.linalg.eigvalsh(fix.covariance_m2).min() > 0


def moved(anchors: tuple[Anchor, ...], turn: list[list[float]], shift: tuple[float, float]) -> tuple[Anchor, ...]:
    xy = np.array([(a.x_m, a.y_m) for a in anchors]) @ np.array(turn).T + shift
    return tuple(replace(a, x_m=float(x), y_m=float(y)) for a, (x, y) in zip(anchors, xy, strict=True))


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(
        [[[1.0, 0.0], [0.0, 1.0]], [[0.0, -1.0], [1.0, 0.0]], [[-1.0, 0.0], [0.0, 1.0]], [[0.8, -0.6], [0.6, 0.8]]]
    ),
    st.floats(-300, 300),
    st.floats(1, 11),
    st.floats(1, 8),
)
def test_moving_turning_and_mirroring_the_floor_moves_the_fix_alike(
    turn: list[list[float]], shift: float, x: float, y: float
) -> None:
    before = fix_of(still(x, y))
    after = fix_of(still(x, y), estimator=FloorEstimator(moved(ANCHORS, turn, (shift, -shift)), KNOWN_POWER))
    expected = np.array(turn) @ (before.x_m, before.y_m) + (shift, -shift)
    # Where the floor is not turned by a right angle, the searched box about the anchors is another one.
    most_m = 1.5 if turn[0][0] == 0.8 else 0.05
    assert np.hypot(*(expected - (after.x_m, after.y_m))) < most_m


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(len(ANCHORS))), st.floats(1, 11), st.floats(1, 8))
def test_the_order_of_the_anchors_changes_nothing(order: list[int], x: float, y: float) -> None:
    before = fix_of(still(x, y))
    after = fix_of(still(x, y), estimator=FloorEstimator([ANCHORS[i] for i in order], KNOWN_POWER))
    assert (after.x_m, after.y_m) == pytest.approx((before.x_m, before.y_m), abs=1e-3)


def test_many_beacons_at_once_get_the_fixes_they_get_alone() -> None:
    alone = [fix_of(heard([place] * 8, beacon_id=name)) for name, place in (("a", (2.0, 2.0)), ("b", (10.0, 7.0)))]
    a, b = heard([(2.0, 2.0)] * 8, beacon_id="a"), heard([(10.0, 7.0)] * 8, beacon_id="b")
    both = SightingColumns(
        ("a", "silent", "b"),
        a.node_ids,
        np.concatenate([a.beacon_index, b.beacon_index + 2]),
        np.concatenate([a.node_index, b.node_index]),
        np.concatenate([a.rssi_dbm, b.rssi_dbm]),
        np.concatenate([a.heard_s, b.heard_s]),
    )
    found = FloorEstimator(ANCHORS, KNOWN_POWER).fixes(admit_recording(both), 2.0)
    assert [one.beacon_id for one in found] == ["a", "silent", "b"]
    assert isinstance(found[1], NoFix)
    for got, expected in zip((found[0], found[2]), alone, strict=True):
        assert isinstance(got, Fix)
        assert (got.x_m, got.y_m) == pytest.approx((expected.x_m, expected.y_m), abs=1e-3)


def test_a_fix_uses_nothing_heard_after_its_instant() -> None:
    path = heard([(2.0, 2.0)] * 8 + [(10.0, 8.0)] * 40)
    early = fix_of(path, at_s=1.9)
    assert early.x_m == pytest.approx(fix_of(still(2.0, 2.0), at_s=1.9).x_m, abs=1e-6)


def test_no_fix_when_only_two_anchors_hear_the_beacon() -> None:
    assert reason_of([("b", "n1", -60, 0.5), ("b", "n2", -70, 0.5)]) is NoFixReason.TOO_FEW_ANCHORS


def test_no_fix_when_a_single_anchor_hears_it_however_often() -> None:
    assert reason_of([("b", "n1", -60 - i, 0.1 * i) for i in range(10)]) is NoFixReason.TOO_FEW_ANCHORS


def test_no_fix_once_the_beacon_is_silent() -> None:
    rows = [("b", node, -60.0 - i, 0.5) for i, node in enumerate(("n1", "n2", "n3"))]
    assert reason_of(rows) is None
    assert reason_of(rows, at_s=5.6) is NoFixReason.STALE


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), 20.0, -200.0])
def test_no_fix_and_no_exception_from_strengths_that_are_none(bad: float) -> None:
    assert reason_of([("b", node, bad, 0.5) for node in ("n1", "n2", "n3")]) is NoFixReason.INVALID


def test_no_fix_from_the_very_same_strength_everywhere() -> None:
    rows = [("b", node, -70.0, t) for node in ("n1", "n2", "n3", "n4") for t in (0.2, 0.6)]
    assert reason_of(rows) is NoFixReason.INVALID


@pytest.mark.parametrize("at_s", [float("nan"), float("inf")])
def test_no_fix_at_an_instant_that_is_none(at_s: float) -> None:
    found = answer(still(3.0, 3.0), at_s)
    assert isinstance(found, NoFix)
    assert found.reason is NoFixReason.INVALID


def test_no_sightings_and_no_anchors_give_no_answers_and_no_exception() -> None:
    assert FloorEstimator(ANCHORS).fixes(admit_recording(columns([])), 1.0) == []
    nothing_known = FloorEstimator([]).fixes(still(3.0, 3.0), 1.0)
    assert [type(one) for one in nothing_known] == [NoFix]


FAR_APART = (
    *(Anchor(f"w{i}", 2.0 * i, 3.0 * (i % 2), 2.5) for i in range(4)),
    *(Anchor(f"e{i}", 45.0 + 2.0 * i, 3.0 * (i % 2), 2.5) for i in range(4)),
)


def test_the_same_id_strong_at_two_far_nodes_at_once_gives_no_fix() -> None:
    west = [("b", f"w{i}", -62.0 - i, 0.2) for i in range(4)]
    east = [("b", f"e{i}", -61.0 - i, 0.9) for i in range(4)]
    estimator = FloorEstimator(FAR_APART)
    assert isinstance(answer(admit_recording(columns(west)), 1.0, estimator), Fix)
    twice = answer(admit_recording(columns(west + east)), 1.0, estimator)
    assert isinstance(twice, NoFix)
    assert twice.reason is NoFixReason.IMPOSSIBLE


def test_a_beacon_weakly_heard_far_away_is_no_impossible_pair() -> None:
    west = [("b", f"w{i}", -62.0 - i, 0.2) for i in range(4)]
    estimator = FloorEstimator(FAR_APART)
    assert isinstance(answer(admit_recording(columns([*west, ("b", "e0", -95.0, 0.9)])), 1.0, estimator), Fix)


def test_on_a_large_floor_only_the_surroundings_are_searched_and_the_beacon_is_still_found() -> None:
    anchors = tuple(Anchor(f"n{i}", 8.0 * (i % 10), 8.0 * (i // 10), 3.0) for i in range(60))
    estimator = FloorEstimator(anchors, KNOWN_POWER)
    fix = fix_of(still(61.0, 17.0, anchors=anchors), estimator=estimator)
    assert np.hypot(fix.x_m - 61.0, fix.y_m - 17.0) < 1.5


def test_an_offset_of_a_receiver_is_taken_off() -> None:
    deaf = still(3.0, 3.0)
    weaker = admit_recording(
        SightingColumns(
            deaf.beacon_ids,
            deaf.node_ids,
            deaf.beacon_index,
            deaf.node_index,
            deaf.rssi_dbm - np.where(deaf.node_index == 0, 12.0, 0.0),
            deaf.heard_s,
        )
    )
    knows = KNOWN_POWER.model_copy(
        update={"anchors": (AnchorCalibration(node_id="n1", x_m=0, y_m=0, z_m=2.5, offset_db=-12.0),)}
    )
    expected = fix_of(deaf)
    told = fix_of(weaker, estimator=FloorEstimator(ANCHORS, knows))
    untold = fix_of(weaker)
    assert (told.x_m, told.y_m) == pytest.approx((expected.x_m, expected.y_m), abs=0.01)
    assert np.hypot(untold.x_m - expected.x_m, untold.y_m - expected.y_m) > 0.5


def test_an_unknown_power_is_integrated_out() -> None:
    quiet = still(3.0, 6.0, power_dbm=-69.0)
    told = fix_of(quiet, estimator=FloorEstimator(ANCHORS, FACTORY_CALIBRATION.model_copy(update={"power_sd_db": 8.0})))
    untold = fix_of(quiet)
    assert np.hypot(told.x_m - 3, told.y_m - 6) < np.hypot(untold.x_m - 3, untold.y_m - 6)


def test_fixes_keep_to_the_walkable_area() -> None:
    aisle = shapely.box(0, 5.5, 12, 7.0)
    floor = FloorObstacles(outline=shapely.box(0, 0, 12, 9), walkable_area=aisle)
    fix = fix_of(still(4.0, 2.0), estimator=FloorEstimator(ANCHORS, KNOWN_POWER, floor))
    assert 5.5 <= fix.y_m <= 7.0


def test_no_fix_stands_inside_a_fixture_when_only_fixtures_are_known() -> None:
    floor = FloorObstacles(fixtures=((shapely.box(-5, -5, 20, 5.5), None),))
    assert fix_of(still(4.0, 2.0), estimator=FloorEstimator(ANCHORS, KNOWN_POWER, floor)).y_m > 5.5


def test_a_floor_that_is_all_shelf_is_searched_whole_rather_than_not_at_all() -> None:
    floor = FloorObstacles(fixtures=((shapely.box(-99, -99, 99, 99), None),))
    assert isinstance(answer(still(4.0, 2.0), estimator=FloorEstimator(ANCHORS, KNOWN_POWER, floor)), Fix)


def test_the_circle_holds_95_of_100_for_round_and_for_narrow_spreads() -> None:
    random = np.random.default_rng(2)
    covariances = np.array([np.diag([a, b]) for a, b in ((1, 1), (4, 1), (9, 0.25), (1, 0.01))])
    for covariance, radius in zip(covariances, circle_95_m(covariances), strict=True):
        inside = np.hypot(*random.multivariate_normal([0, 0], covariance, 40_000).T) <= radius
        assert 0.94 < inside.mean() < 0.96
