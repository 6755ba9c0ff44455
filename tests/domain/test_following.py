from __future__ import annotations

import numpy as np
import pytest
import shapely

from store_server.domain.calibrating import fit_calibration
from store_server.domain.consent import admit_recording
from store_server.domain.following import follow, instants_s
from store_server.domain.obstacle_loss import FloorObstacles
from store_server.domain.positioning import Anchor, FloorEstimator
from store_server.domain.sightings import columns
from store_server.domain.surveys import survey_points
from store_server.domain.tracking import FASTEST_MPS
from tests.domain.radio_floor import ANCHORS, heard, survey, walk

SHELVES = (shapely.box(2, 2.6, 5, 3.5), shapely.box(7.4, 5.3, 10.4, 6.2))
ROOM = shapely.box(-1, -1, 13, 10)
SHELVED = FloorObstacles(
    ROOM, ROOM.difference(shapely.union_all(np.array(SHELVES))), (), tuple((s, 1.8) for s in SHELVES)
)


def test_a_walk_is_followed_from_its_first_half_second_to_its_last() -> None:
    recording = walk()
    at_s = instants_s(recording.sightings.heard_s)
    moments = follow(FloorEstimator(ANCHORS), admit_recording(recording.sightings), at_s)
    assert [moment.at_s for moment in moments] == at_s.tolist()
    assert (at_s[0], at_s[-1]) == (0.0, 20.0)
    errors = [
        np.hypot(moment.place[0] - x, moment.place[1] - y)
        for moment, (x, y) in zip(moments, recording.truth_at(at_s), strict=True)
        if moment.place
    ]
    assert len(errors) == len(moments)
    assert np.median(errors) < 1.5  # no survey: the exponent of the hall is a guess


def test_what_is_heard_later_changes_no_earlier_moment() -> None:
    whole, half = heard([(2.0, 2.0)] * 80, noise_db=3.0), heard([(2.0, 2.0)] * 80, noise_db=3.0)
    early = half.heard_s <= 10.0
    at_s = np.arange(0.0, 10.5, 0.5)
    estimator = FloorEstimator(ANCHORS)
    assert follow(estimator, whole, at_s) == follow(estimator, admit_recording(half.where(early)), at_s)


def test_a_silent_beacon_is_held_with_a_growing_radius_for_a_while() -> None:
    moments = follow(FloorEstimator(ANCHORS), heard([(4.0, 4.0)] * 8), np.arange(0.0, 45.0, 0.5))
    radii = [moment.place[2] for moment in moments if moment.place]
    assert radii[-1] > radii[8]
    assert moments[20].place is not None
    assert moments[-1].place is None


def test_before_three_anchors_have_heard_it_there_is_no_place() -> None:
    sightings = admit_recording(columns([("b", "n1", -60, 0.0), ("b", "n2", -70, 0.4), ("b", "n3", -71, 0.9)]))
    assert [
        moment.place is None for moment in follow(FloorEstimator(ANCHORS), sightings, instants_s(sightings.heard_s))
    ] == [
        True,
        True,
        False,
    ]


def test_an_impossible_pair_is_never_papered_over() -> None:
    anchors = tuple(
        Anchor(f"{side}{i}", x + 2.0 * i, 3.0 * (i % 2), 2.5) for side, x in (("w", 0), ("e", 45)) for i in range(4)
    )
    west = [("b", f"w{i}", -62.0 - i, t) for i in range(4) for t in (0.0, 0.4, 0.8, 1.2)]
    cloned = [("b", f"e{i}", -61.0 - i, 1.3) for i in range(4)]
    moments = follow(FloorEstimator(anchors), admit_recording(columns(west + cloned)), np.array([1.0, 1.5]))
    assert moments[0].place is not None
    assert moments[1].place is None


def test_instants_are_multiples_of_half_a_second() -> None:
    assert instants_s(np.array([0.01, 0.99])).tolist() == [0.5, 1.0]
    assert instants_s(np.array([-0.7, 0.1])).tolist() == [-0.5, 0.0, 0.5]


@pytest.mark.parametrize("floor", [None, SHELVED])
def test_the_dot_of_a_beacon_that_stands_still_hardly_moves(floor: FloorObstacles | None) -> None:
    estimator = FloorEstimator(ANCHORS, None, floor)
    in_a_second_m: list[float] = []
    free = SHELVED.walkable_area
    for seed in range(24):
        x, y = np.random.default_rng(seed).uniform((1, 1), (11, 8)).tolist()
        if free is None or not free.contains(shapely.Point(x, y)):
            continue
        sightings = heard([(x, y)] * 160, noise_db=4.0, seed=seed)
        dots = [moment.place for moment in follow(estimator, sightings, np.arange(0.0, 40.0, 0.5))]
        xy = np.array([dot[:2] for dot in dots if dot is not None])
        assert len(xy) == len(dots)
        settled = xy[2:]
        assert (np.hypot(*np.diff(settled, axis=0).T) <= 0.5 * FASTEST_MPS + 1e-9).all()
        in_a_second_m += np.hypot(*(settled[2:] - settled[:-2]).T).tolist()
    assert np.quantile(in_a_second_m, 0.99) < 1.0


def test_on_a_floor_that_was_surveyed_a_walk_stays_within_its_radius() -> None:
    recording = walk()
    sightings, at_s = admit_recording(recording.sightings), instants_s(recording.sightings.heard_s)
    points = survey_points(survey(24), [anchor.node_id for anchor in ANCHORS])
    held = [
        (np.hypot(moment.place[0] - x, moment.place[1] - y), moment.place[2])
        for moment, (x, y) in zip(
            follow(FloorEstimator(ANCHORS, fit_calibration(ANCHORS, points, None)), sightings, at_s),
            recording.truth_at(at_s),
            strict=True,
        )
        if moment.place
    ]
    assert np.median([error_m for error_m, _ in held]) < 1.25
    assert np.mean([error_m <= radius_m for error_m, radius_m in held]) > 0.9
