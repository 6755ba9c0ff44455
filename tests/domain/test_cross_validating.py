from __future__ import annotations

import numpy as np

from store_server.domain.cross_validating import SCALE_WITHOUT_MEASUREMENT, calibrate
from store_server.domain.sightings import columns
from store_server.domain.surveys import Recording, spread_out, survey_points
from tests.domain.radio_floor import ANCHORS, survey, walk

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
