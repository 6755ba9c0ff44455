from __future__ import annotations

import numpy as np

from store_server.domain.calibrating import fit_calibration
from store_server.domain.sightings import columns
from store_server.domain.surveys import Recording, spread_out, survey_points
from tests.domain.radio_floor import ANCHORS, survey, walk

NODES = [anchor.node_id for anchor in ANCHORS]


def test_a_walk_is_gathered_by_the_square_metre_as_a_visit_of_its_own() -> None:
    points = survey_points([*survey(3), walk()], NODES)
    assert points.visit.tolist()[:3] == [0, 0, 0]
    assert set(points.visit.tolist()[3:]) == {4}
    assert 10 <= len(points) - 3 <= 25
    found = fit_calibration(ANCHORS, points)
    assert found.survey_visit == tuple(points.visit.tolist())


def test_recordings_without_a_usable_sighting_are_passed_over() -> None:
    deaf = Recording(
        "r", columns([("r", "n1", float("nan"), 0.0), ("r", "stranger", -60, 0.0)]), np.zeros(1), np.zeros((1, 2))
    )
    nothing = Recording("s", columns([]), np.zeros(1), np.zeros((1, 2)))
    assert len(survey_points([deaf, nothing], NODES)) == 0


def test_chosen_points_lie_far_apart_and_still_points_come_first() -> None:
    points = survey_points([*survey(30), walk()], NODES)
    few = spread_out(points, 5)
    between = np.hypot(*(few.xy_m[:, None] - few.xy_m[None]).transpose(2, 0, 1))
    assert len(few) == 5
    assert few.visit.tolist() == [0] * 5
    assert between[between > 0].min() > 3.0
    assert len(spread_out(points, 0)) == 0
    assert len(spread_out(points, 1000)) == len(points)
    assert len(spread_out(survey_points([walk()], NODES), 4)) == 4
