from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store_server.domain.consent import admit_recording
from store_server.domain.cross_validating import (
    FOLDS,
    INSTANTS_PER_POINT,
    RADIUS_HOLDS,
    RADIUS_POWERS,
    REPEATS_TO_TRUST,
    SCALE_WITHOUT_MEASUREMENT,
    LeftOutErrors,
    _candidates,
    _errors,
    _fitting_radius,
    calibrate,
    left_out_in_turn,
)
from store_server.domain.following import follow, instants_s
from store_server.domain.positioning import FACTORY_CALIBRATION, Fix, FloorEstimator
from store_server.domain.sightings import columns
from store_server.domain.surveys import Recording, spread_out, survey_points
from store_server.wire.calibration import Estimator
from tests.domain.radio_floor import ANCHORS, heard, survey, walk

NODES = [anchor.node_id for anchor in ANCHORS]


def test_the_error_is_measured_where_recordings_were_left_out() -> None:
    found = calibrate(ANCHORS, [*survey(24), walk()])
    assert found.cross_validated_median_m is not None
    assert found.cross_validated_p95_m is not None
    assert 0.1 < found.cross_validated_median_m < 1.5
    assert found.cross_validated_median_m < found.cross_validated_p95_m < 4.0
    assert found.cross_validated_coverage is not None
    assert 0.9 <= found.cross_validated_coverage <= 0.985


def test_with_few_points_chosen_the_error_is_measured_at_the_others() -> None:
    recordings = survey(30)
    chosen = spread_out(survey_points(recordings, NODES), 8)
    found = calibrate(ANCHORS, recordings, chosen=chosen)
    assert found.survey_points == 8
    assert found.cross_validated_median_m is not None
    assert found.cross_validated_median_m < 2.0


def test_without_any_other_recording_the_radius_is_widened_unmeasured() -> None:
    recordings = survey(3)
    found = calibrate(ANCHORS, recordings, chosen=survey_points(recordings, NODES))
    assert found.cross_validated_median_m is None
    assert found.radius_scale == SCALE_WITHOUT_MEASUREMENT


def test_walks_alone_are_left_out_one_by_one() -> None:
    found = calibrate(ANCHORS, [walk(1.0), walk(2.0)])
    assert found.cross_validated_p95_m is not None


def test_nothing_to_learn_from_gives_the_factory_calibration() -> None:
    silent = Recording("s", columns([]), np.zeros(1), np.zeros((1, 2)))
    assert calibrate(ANCHORS, []).survey_points == 0
    assert calibrate(ANCHORS, [silent]).cross_validated_median_m is None


def test_a_silent_recording_among_others_does_no_harm() -> None:
    silent = Recording("s", columns([]), np.zeros(1), np.array([[3.0, 3.0]]))
    assert calibrate(ANCHORS, [*survey(8), silent]).survey_points == 8


def silent_at(place: tuple[float, float]) -> Recording:
    return Recording("s", columns([]), np.zeros(1), np.array([place]))


def silent_walk() -> Recording:
    return Recording("w", columns([]), np.array([0.0, 9.0]), np.array([(0.0, 0.0), (5.0, 5.0)]))


recordings_of_places = st.lists(
    st.one_of(
        st.builds(silent_at, st.tuples(st.integers(0, 3).map(float), st.integers(0, 4).map(float))),
        st.builds(silent_walk),
    ),
    max_size=40,
)


@settings(max_examples=60)
@given(recordings_of_places)
def test_all_recordings_of_one_place_are_left_out_together_and_each_walk_alone(recordings: list[Recording]) -> None:
    parts = left_out_in_turn(recordings)
    assert sorted(number for part in parts for number in part) == list(range(len(recordings)))
    part_of = {number: index for index, part in enumerate(parts) for number in part}
    places: dict[tuple[float, ...], set[int]] = {}
    for number, recording in enumerate(recordings):
        if recording.is_still:
            places.setdefault(tuple(recording.truth_xy_m[0]), set()).add(part_of[number])
        else:
            assert parts[part_of[number]] == {number}
    assert all(len(in_parts) == 1 for in_parts in places.values())
    still_parts = {part for in_parts in places.values() for part in in_parts}
    assert len(still_parts) == min(FOLDS, len(places))


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.floats(0.01, 30), st.floats(0.3, 10)), min_size=40, max_size=200),
)
def test_the_radius_holds_the_errors_it_was_made_from(found: list[tuple[float, float]]) -> None:
    error_m, radius_m = np.array(found).T
    errors = LeftOutErrors(error_m, radius_m, np.ones(len(found)))
    power, scale = _fitting_radius(errors, 1.0)
    held = np.count_nonzero(errors.error_m <= scale * errors.radius_m**power * (1 + 1e-9))
    if 0.05 < scale < 20.0:
        assert held >= RADIUS_HOLDS * len(found)


def test_the_radius_grows_as_the_errors_do() -> None:
    random = np.random.default_rng(3)
    radius_m = random.uniform(1, 8, 4000)
    for power in RADIUS_POWERS:
        error_m = 0.4 * radius_m**power * random.uniform(0, 1, 4000)
        found, scale = _fitting_radius(LeftOutErrors(error_m, radius_m, np.ones(4000)), 1.0)
        assert found == power
        assert scale == pytest.approx(0.4, rel=0.1)


def test_the_radius_is_chosen_by_what_will_be_stated_where_receivers_contradict_each_other() -> None:
    random = np.random.default_rng(4)
    circle_m, misfit = random.uniform(1, 8, 4000), random.uniform(0.1, 0.8, 4000)
    contradicted = np.maximum(misfit / 0.4, 1.0)
    stated_m = 0.6 * circle_m**0.5 * contradicted
    errors = LeftOutErrors(stated_m * random.uniform(0, 1, 4000), circle_m * contradicted, misfit)
    power, scale = _fitting_radius(errors, 0.4)
    assert scale * errors.unscaled_m(power, 0.4) == pytest.approx(stated_m, rel=0.1)


def test_a_recordings_first_moment_is_not_among_the_few_that_are_looked_at() -> None:
    still = Recording("s", heard([(3.0, 4.0)] * 40), np.zeros(1), np.array([(3.0, 4.0)]))
    first, *later = follow(FloorEstimator(ANCHORS), heard([(3.0, 4.0)] * 40), instants_s(still.sightings.heard_s))
    assert first.place is not None
    looked_at = _errors(FloorEstimator(ANCHORS), still)
    assert len(looked_at.radius_m) == INSTANTS_PER_POINT
    assert first.place[2] not in looked_at.radius_m.tolist()
    assert set(looked_at.radius_m) <= {moment.place[2] for moment in later if moment.place is not None}


@pytest.mark.parametrize(
    ("recordings", "is_tried"),
    [
        (survey(4), False),
        (survey(4) * REPEATS_TO_TRUST, True),
        (survey(4) * (REPEATS_TO_TRUST - 1), False),
        ([*survey(4), walk(), walk()], False),
        ([walk()] * REPEATS_TO_TRUST, True),
        ([silent_walk()] * REPEATS_TO_TRUST + survey(4), True),
    ],
    ids=["once", "repeated", "not often enough", "two visits", "three visits", "three visits and a survey"],
)
def test_a_tight_spread_is_tried_only_where_measured_again_and_again(
    recordings: list[Recording], is_tried: bool
) -> None:
    def tightest(all_points: bool) -> float:
        return min(float(str(each.get("spread_scale", 1.0))) for each in _candidates(recordings, all_points))

    assert (tightest(all_points=True) < 1) == is_tried
    assert tightest(all_points=False) >= 1


def test_whether_to_adapt_is_tried_only_where_somebody_walked() -> None:
    assert not any("drift_sd_db" in each for each in _candidates(survey(4), all_points=True))
    assert {"spread_scale": 1.0, "drift_sd_db": 0.0} in _candidates([*survey(4), walk()], all_points=True)


@pytest.mark.parametrize("noise_db", [1.0, 5.0])
def test_the_estimator_whose_errors_cost_less_serves_and_both_are_told(noise_db: float) -> None:
    found = calibrate(ANCHORS, survey(14, noise_db=noise_db))
    first, second = found.compared
    assert {first.estimator, second.estimator} == set(Estimator)
    assert found.estimator is first.estimator
    assert first.median_m + 0.5 * first.p95_m <= second.median_m + 0.5 * second.p95_m + 2e-3
    assert (found.cross_validated_median_m, found.cross_validated_p95_m) == (first.median_m, first.p95_m)


@pytest.mark.parametrize("estimator", list(Estimator))
def test_a_floor_is_served_by_the_estimator_its_calibration_names(estimator: Estimator) -> None:
    calibration = FACTORY_CALIBRATION.model_copy(
        update={"estimator": estimator, "measured_power_dbm": -59.0, "path_loss_exponent": 2.5}
    )
    floor = FloorEstimator(ANCHORS, calibration)
    recording = walk()
    sightings, at_s = admit_recording(recording.sightings), instants_s(recording.sightings.heard_s)
    fix = floor.fixes(sightings, 15.0)[0]
    assert isinstance(fix, Fix)
    assert (fix.drift is not None) == (estimator is Estimator.LIKELIHOOD_GRID)
    assert fix.accuracy_radius_m > 0.5
    moments = follow(floor, sightings, at_s)
    errors = [
        np.hypot(moment.place[0] - x, moment.place[1] - y)
        for moment, (x, y) in zip(moments, recording.truth_at(at_s), strict=True)
        if moment.place
    ]
    assert len(errors) == len(moments)
    assert np.median(errors) < 1.5


def test_a_receiver_that_lies_widens_the_radius() -> None:
    calibration = calibrate(ANCHORS, survey(48))
    assert 0.05 < calibration.usual_misfit < 3.0
    honest = heard([(4.0, 3.0)] * 24, noise_db=1.0)
    lying = admit_recording(replace(honest, rssi_dbm=honest.rssi_dbm + 15.0 * (honest.node_index == 3)))
    likelihood = calibration.model_copy(update={"estimator": Estimator.LIKELIHOOD_GRID})
    estimator = FloorEstimator(ANCHORS, likelihood)
    radii = []
    for sightings in (honest, lying):
        fix = estimator.fixes(sightings, 5.5)[0]
        assert isinstance(fix, Fix)
        radii.append(fix.accuracy_radius_m)
    assert radii[1] > 1.4 * radii[0]
