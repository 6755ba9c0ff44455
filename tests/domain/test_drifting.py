from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from store_server.domain.consent import admit_recording
from store_server.domain.drifting import LONGEST_STEP_S, RadioDrifts, Residuals, learn, learning_rate
from store_server.domain.fixes import RadioDrift
from store_server.domain.following import follow
from store_server.domain.positioning import FACTORY_CALIBRATION, Fix, FloorEstimator
from store_server.domain.sightings import AdmittedSightings, SightingColumns
from store_server.domain.tracking import Track, advance
from tests.domain.radio_floor import ANCHORS, heard

Floats = NDArray[np.float64]

NODES = tuple(anchor.node_id for anchor in ANCHORS)
SURVEYED = FACTORY_CALIBRATION.model_copy(
    update={"measured_power_dbm": -59.0, "path_loss_exponent": 2.5, "path_loss_exponent_sd": 0.0, "power_sd_db": 1.0}
)
ADAPTING = SURVEYED.model_copy(update={"drift_sd_db": 3.0})
RIGID = SURVEYED.model_copy(update={"drift_sd_db": 0.0})


def prior(visits: int = 1) -> RadioDrifts:
    return RadioDrifts.of([None] * visits, NODES, FACTORY_CALIBRATION)


def arrays(drifts: RadioDrifts) -> list[Floats]:
    return [
        drifts.offset_db,
        drifts.offset_variance_db2,
        drifts.power_db,
        drifts.power_variance_db2,
        drifts.exponent,
        drifts.exponent_variance,
    ]


five = st.lists(st.floats(-60, 60), min_size=5, max_size=5)
variances = st.lists(st.one_of(st.floats(0.5, 500), st.just(np.inf)), min_size=5, max_size=5)
slopes = st.lists(st.floats(-15, 15), min_size=5, max_size=5)
ticks = st.tuples(five, variances, slopes)


def residuals_of(tick: tuple[list[float], list[float], list[float]]) -> Residuals:
    mean_db, variance_db2, slope_db = (np.array([row]) for row in tick)
    return Residuals(mean_db, variance_db2, slope_db)


@settings(max_examples=50)
@given(ticks)
def test_nothing_is_learned_at_rate_zero(tick: tuple[list[float], list[float], list[float]]) -> None:
    before = prior()
    for was, now in zip(arrays(before), arrays(learn(before, residuals_of(tick), np.zeros(1))), strict=True):
        assert now == pytest.approx(was, abs=1e-12)


@settings(max_examples=50)
@given(st.lists(ticks, min_size=1, max_size=8), st.one_of(st.just(0.0), st.floats(1e-6, 1)))
def test_what_is_learned_only_makes_surer_and_stays_a_number(
    tick_after_tick: list[tuple[list[float], list[float], list[float]]], rate: float
) -> None:
    drifts = prior()
    for tick in tick_after_tick:
        after = learn(drifts, residuals_of(tick), np.array([rate]))
        assert all(np.isfinite(each).all() for each in arrays(after))
        for was, now in zip(arrays(drifts)[1::2], arrays(after)[1::2], strict=True):
            assert (now <= was + 1e-12).all()
            assert (now >= 0).all()
        drifts = after


@settings(max_examples=20)
@given(st.lists(ticks, min_size=2, max_size=6))
def test_visits_learn_together_what_each_learns_alone(
    tick_of_each: list[tuple[list[float], list[float], list[float]]],
) -> None:
    stacked = Residuals(*(np.array([tick[part] for tick in tick_of_each]) for part in range(3)))
    together = learn(prior(len(tick_of_each)), stacked, np.full(len(tick_of_each), 0.3))
    for number, tick in enumerate(tick_of_each):
        alone = learn(prior(), residuals_of(tick), np.full(1, 0.3)).row(0)
        got = together.row(number)
        assert got.offset_db == pytest.approx(alone.offset_db, abs=1e-9)
        assert (got.power_db, got.exponent) == pytest.approx((alone.power_db, alone.exponent), abs=1e-9)


def test_an_anchor_that_heard_nothing_learns_nothing() -> None:
    residuals = residuals_of(([5.0, -5.0, 3.0, 0.0, 40.0], [20.0, 20.0, 20.0, 20.0, np.inf], [0.0] * 5))
    after = learn(prior(), residuals, np.full(1, 0.4))
    assert after.offset_db[0, 4] == 0.0
    assert after.offset_variance_db2[0, 4] == FACTORY_CALIBRATION.drift_sd_db**2
    assert after.offset_db[0, 0] > 0 > after.offset_db[0, 1]


def test_one_learns_only_while_moving_and_from_no_gap_more_than_from_a_second() -> None:
    speed, elapsed = np.full(4, 1.0), np.array([0.5, 0.5, 60.0, -3.0])
    rate = learning_rate(speed, elapsed, np.array([True, False, True, True]))
    assert rate.tolist() == pytest.approx(
        [0.4, 0.0, learning_rate(speed[:1], np.array([LONGEST_STEP_S]), rate[:1] > -1)[0], 0.0]
    )


def test_a_visit_begins_anew_when_the_nodes_are_others() -> None:
    known = RadioDrift(NODES, np.full(5, 4.0), np.full(5, 0.5), 2.0, 1.0, 0.3, 0.01)
    kept = RadioDrifts.of([known], NODES, FACTORY_CALIBRATION)
    assert kept.offset_db.tolist() == [[4.0] * 5]
    assert kept.row(0).exponent == 0.3
    for others in (NODES[:4], (*NODES, "n6"), NODES[::-1]):
        anew = RadioDrifts.of([known], others, FACTORY_CALIBRATION)
        assert anew.offset_db.tolist() == [[0.0] * len(others)]
        assert (anew.power_db[0], anew.exponent[0]) == (0.0, 0.0)
        assert anew.offset_variance_db2[0, 0] == FACTORY_CALIBRATION.drift_sd_db**2


def rounds(turns: int = 2, step_s: float = 0.25) -> Floats:
    """Rounds of the floor at 0.8 m/s, shape (T, 2): a rectangle a metre and a half inside the anchors."""
    corners = np.array([(1.5, 1.5), (10.5, 1.5), (10.5, 7.5), (1.5, 7.5), (1.5, 1.5)])
    sides_m = np.hypot(*np.diff(corners, axis=0).T)
    along_m = np.arange(0, turns * sides_m.sum(), 0.8 * step_s) % sides_m.sum()
    at_m = np.concatenate([[0], np.cumsum(sides_m)])
    return np.stack([np.interp(along_m, at_m, corners[:, axis]) for axis in (0, 1)], axis=1)


def louder_at(column: int, louder_db: float, path: Floats, seed: int) -> AdmittedSightings:
    s = heard([(x, y) for x, y in path.tolist()], noise_db=3.0, seed=seed)
    louder = s.rssi_dbm + np.where(s.node_index == column, louder_db, 0.0)
    return admit_recording(
        SightingColumns(s.beacon_ids, s.node_ids, s.beacon_index, s.node_index, np.clip(louder, -127, -1), s.heard_s)
    )


def tracked(estimator: FloorEstimator, sightings: AdmittedSightings, at_s: Floats) -> Track:
    track: Track | None = None
    for now_s in at_s.tolist():
        fix = estimator.fixes(sightings, now_s, [track])[0]
        if isinstance(fix, Fix):
            track = advance(track, fix, "t", estimator)
    assert track is not None
    return track


@pytest.mark.parametrize("column", range(len(ANCHORS)))
@pytest.mark.parametrize("louder_db", [6.0, -6.0])
def test_a_receiver_that_hears_louder_than_surveyed_is_found_out_on_a_walk(column: int, louder_db: float) -> None:
    path = rounds()
    at_s = np.arange(0.0, 0.25 * len(path), 0.5)
    sightings = louder_at(column, louder_db, path, seed=column)
    drift = tracked(FloorEstimator(ANCHORS, ADAPTING), sightings, at_s).drift
    assert drift is not None
    assert int(np.abs(drift.offset_db).argmax()) == column
    assert np.sign(drift.offset_db[column]) == np.sign(louder_db)
    assert (drift.offset_variance_db2 < ADAPTING.drift_sd_db**2).all()


def test_what_a_walk_teaches_brings_its_places_nearer() -> None:
    path = rounds()
    at_s = np.arange(0.0, 0.25 * len(path), 0.5)
    errors: dict[bool, list[float]] = {True: [], False: []}
    for column in range(len(ANCHORS)):
        sightings = louder_at(column, 6.0, path, seed=column)
        for adapts, calibration in ((True, ADAPTING), (False, RIGID)):
            moments = follow(FloorEstimator(ANCHORS, calibration), sightings, at_s)
            for moment, (x, y) in list(zip(moments, path[::2], strict=True))[len(moments) // 2 :]:
                assert moment.place is not None
                errors[adapts].append(float(np.hypot(moment.place[0] - x, moment.place[1] - y)))
    assert np.median(errors[True]) < 0.95 * np.median(errors[False])


def test_a_beacon_that_stands_still_teaches_nothing() -> None:
    sightings = louder_at(0, 6.0, np.tile([(4.0, 3.0)], (120, 1)), seed=1)
    drift = tracked(FloorEstimator(ANCHORS, ADAPTING), sightings, np.arange(0.0, 30.0, 0.5)).drift
    assert drift is not None
    assert np.abs(drift.offset_db).max() < 1.0


def test_where_nothing_is_adapted_no_drift_is_carried() -> None:
    sightings = louder_at(0, 6.0, rounds(1), seed=1)
    assert tracked(FloorEstimator(ANCHORS, RIGID), sightings, np.arange(0.0, 10.0, 0.5)).drift is None
