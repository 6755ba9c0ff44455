"""What the accuracy figures rest on: ideas that find what they take out, peers that find a beacon where nothing is in doubt."""

from __future__ import annotations

import numpy as np
import pytest

from store_server.domain import ranging
from store_server.domain.consent import admit_recording
from store_server.domain.positioning import FACTORY_CALIBRATION, Anchor, Fix, FloorEstimator
from store_server.domain.ranging import RssiWindow, log_distance_rssi_dbm, rssi_window
from store_server.domain.search_places import slant_range_m
from store_server.domain.sightings import columns
from store_server.domain.surveys import Recording, SurveyPoints
from tests.accuracy.ideas import AS_IT_IS, IDEAS, Idea, survey_in_decibels
from tests.accuracy.locating import Errors, Floats, Located
from tests.accuracy.peers import Known, fingerprint, robust
from tests.accuracy.standing import MENDED_AFTER_S, Changes, Stillness

ANCHORS = tuple(Anchor(f"n{number}", x, y, 2.5) for number, (x, y) in enumerate([(0, 0), (10, 0), (10, 8), (0, 8)]))
PLACE = np.array([3.0, 2.0])


def expected_dbm(xy_m: Floats) -> Floats:
    c = FACTORY_CALIBRATION
    range_m = slant_range_m(xy_m, ANCHORS, c.beacon_height_m)
    return log_distance_rssi_dbm(range_m, c.measured_power_dbm, c.path_loss_exponent)


def rows_at(place: Floats) -> list[tuple[str, str, float, float]]:
    rssi = expected_dbm(place[None])[0]
    return [("b", anchor.node_id, float(each), 0.1) for anchor, each in zip(ANCHORS, rssi, strict=True)]


def heard_at(place: Floats) -> RssiWindow:
    return rssi_window(admit_recording(columns(rows_at(place))), [anchor.node_id for anchor in ANCHORS], 0.5)


@pytest.mark.parametrize("idea", [each for each in IDEAS if each.replaced], ids=lambda each: each.name)
def test_what_is_taken_out_is_there_and_comes_back(idea: Idea) -> None:
    before = ranging._Means.over, ranging.MOVING_ABOVE
    with idea.taken_out():
        pass
    assert (ranging._Means.over, ranging.MOVING_ABOVE) == before


def test_hearing_silence_moves_a_fix_away_from_an_anchor_that_did_not_hear() -> None:
    silent = Anchor("silent", 4.0, 1.0, 2.5)
    sightings = admit_recording(columns(rows_at(PLACE)))
    idea = next(each for each in IDEAS if not each.is_ours)
    far_m = []
    for each in (AS_IT_IS, idea):
        fix = each.estimator((*ANCHORS, silent)).fixes(sightings, 0.5)[0]
        assert isinstance(fix, Fix)
        far_m.append(np.hypot(fix.x_m - silent.x_m, fix.y_m - silent.y_m))
    assert far_m[1] > far_m[0] + 0.1


def test_a_survey_in_decibels_holds_the_mean_of_decibels_and_nothing_no_radio_reports() -> None:
    rows = [("b", "n0", -90, 0.1), ("b", "n0", -60, 0.2), ("b", "n0", 20, 0.3), ("b", "n1", -70, 0.1)]
    recording = Recording("b", columns(rows), np.zeros(1), PLACE[None])
    assert survey_in_decibels([recording], ["n0", "n1"]).mean_dbm[0] == pytest.approx([-75, -70], abs=0.05)


def test_the_robust_peer_finds_a_beacon_that_sounds_as_the_model_says() -> None:
    assert robust(heard_at(PLACE), ANCHORS, Known(None, None))[0] == pytest.approx(PLACE, abs=0.02)


def test_a_fingerprint_is_the_middle_of_the_four_points_that_sound_most_alike() -> None:
    near = PLACE + np.array([(0.5, 0), (-0.5, 0), (0, 0.5), (0, -0.5)])
    points = np.concatenate([near, [(9.0, 7.0), (1.0, 7.0)]])
    survey = SurveyPoints(points, expected_dbm(points), np.zeros(len(points), dtype=np.int64))
    assert fingerprint(heard_at(PLACE), ANCHORS, Known(None, survey))[0] == pytest.approx(PLACE)
    assert np.isnan(fingerprint(heard_at(PLACE), ANCHORS, Known(None, None))).all()


def test_errors_count_what_is_within_the_stated_radius_and_what_has_no_fix() -> None:
    place = np.array([(1.0, 0, 2.0), (3.0, 0, 2.0), (np.nan, np.nan, np.nan), (0.0, 0, 2.0)])
    errors = Errors.of([Located("b", np.arange(4) / 2, np.zeros((4, 2)), place)])
    assert (errors.instants, errors.without_fix) == (4, 0.25)
    assert (errors.median_m, errors.coverage, errors.radius_m) == pytest.approx((1.0, 2 / 3, 2.0))


def test_a_standing_beacon_whose_place_crosses_a_cell_border_once_changes_cell_once() -> None:
    seconds = 60.0
    at_s = np.arange(0, seconds + 0.5, 0.5)
    x = np.where(at_s < 30, 2.9, 3.1)
    place = np.stack([x, np.full_like(x, 1.5), np.ones_like(x)], axis=1)
    truth = np.full((len(x), 2), 1.5)
    still = Stillness.of([Located("b", at_s, truth, place)])
    assert still.off_border == Changes(600 / seconds, 600 / (seconds - MENDED_AFTER_S))
    assert still.clear == Changes(0.0, 0.0)
    assert still.centred == still.off_border
    assert still.step_m.max() == pytest.approx(0.2)
    assert still.places_off_border == 1


def test_a_dot_that_goes_to_the_middle_of_another_cell_has_changed_it_and_one_mended_early_has_not_afterwards() -> None:
    at_s = np.arange(0, 20.5, 0.5)
    x = np.select([at_s < 2, at_s < 2.5], [4.5, 2.8], 1.5)
    place = np.stack([x, np.full_like(x, 1.5), np.ones_like(x)], axis=1)
    still = Stillness.of([Located("b", at_s, np.full((len(x), 2), 1.5), place)])
    assert still.off_border == still.clear == still.centred == Changes(30.0, 0.0)


def test_a_cell_laid_about_a_place_near_a_border_leaves_the_dot_in_it() -> None:
    at_s = np.arange(0, 20.5, 0.5)
    truth = np.full((len(at_s), 2), 3.0)
    place = np.stack([np.where(at_s < 10, 2.6, 3.4), np.full(len(at_s), 3.2), np.ones(len(at_s))], axis=1)
    still = Stillness.of([Located("b", at_s, truth, place)])
    assert still.places_off_border == 0
    assert still.centred == Changes(0.0, 0.0)
    assert np.isnan(still.off_border.from_first_fix)


def test_taking_every_beacon_as_moving_tells_none_as_standing() -> None:
    rows = [("b", anchor.node_id, -60.0 - n, s / 2) for n, anchor in enumerate(ANCHORS) for s in range(16)]
    idea = next(each for each in IDEAS if each.name == "standing still")
    sightings = admit_recording(columns(rows))
    usual = FloorEstimator(ANCHORS).fixes(sightings, 7.6)[0]
    with idea.taken_out():
        moving = FloorEstimator(ANCHORS).fixes(sightings, 7.6)[0]
    assert isinstance(usual, Fix)
    assert isinstance(moving, Fix)
    assert (usual.motion.value, moving.motion.value) == ("still", "moving")
