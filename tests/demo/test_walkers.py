from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from store_server.demo.walkers import FASTEST_MPS, Walkers
from store_server.domain.floorplan import Floorplan
from store_server.domain.routing import WalkingGraph
from tests.demo.small_store import CLOSED_ROOM, SMALL_STORE, small_store

PLAN, GRAPH = small_store()
KIOSK = (1.9, 6.25)


def walkers(count: int = 12, seed: int = 1, pool_size: int | None = None) -> Walkers:
    return Walkers(PLAN, GRAPH, count, seed, pool_size)


def test_the_same_seed_walks_the_same_way() -> None:
    one, other = walkers(), walkers()
    for _ in range(200):
        np.testing.assert_array_equal(one.step(0.5)[0], other.step(0.5)[0])
    assert not np.array_equal(one.positions_m, walkers(seed=2).positions_m, equal_nan=True)


def test_the_store_is_filled_from_the_first_moment_and_stays_so() -> None:
    crowd = walkers(count=120)
    shares = []
    for _ in range(600):
        _, is_present = crowd.step(1.0)
        shares.append(is_present.mean())
    assert shares[0] > 0.7
    assert 0.6 < np.mean(shares) <= 1.0


def test_nobody_walks_through_a_shelf_or_faster_than_people_do() -> None:
    crowd = walkers(count=30)
    floor = GRAPH.floor.buffer(0.01)
    before = crowd.positions_m
    for _ in range(900):
        after, is_present = crowd.step(0.5)
        assert shapely.contains_xy(floor, after[is_present]).all()
        moved_m = np.hypot(*(after - before).T)
        assert np.nanmax(moved_m, initial=0.0) <= FASTEST_MPS * 0.5 + 1e-9
        before = after


def test_shoppers_both_walk_and_stand() -> None:
    crowd = walkers(count=60)
    before = crowd.positions_m
    speeds = []
    for _ in range(300):
        after, _ = crowd.step(0.5)
        speeds.append(np.hypot(*(after - before).T) / 0.5)
        before = after
    seen = np.concatenate(speeds)
    seen = seen[np.isfinite(seen)]
    standing = seen < 0.05
    assert 0.3 < standing.mean() < 0.9
    assert 0.9 < np.median(seen[~standing]) < 1.3


def test_who_leaves_comes_back_as_another_with_another_beacon() -> None:
    crowd = walkers(count=10, pool_size=14)
    carried: set[int] = set()
    was_present, was_carrying = np.ones(10, dtype=bool), crowd.beacon_index
    exchanged = 0
    for _ in range(3000):
        _, is_present = crowd.step(1.0)
        assert len(set(crowd.beacon_index.tolist())) == 10
        left = was_present & ~is_present
        exchanged += int((crowd.beacon_index != was_carrying)[left].sum())
        assert (crowd.beacon_index == was_carrying)[was_present & is_present].all()
        carried.update(crowd.beacon_index.tolist())
        was_present, was_carrying = is_present, crowd.beacon_index
    assert carried == set(range(14))
    assert exchanged > 10


def test_a_pool_without_spares_gives_back_the_same_beacon() -> None:
    crowd = walkers(count=5, pool_size=5)
    for _ in range(600):
        crowd.step(1.0)
    assert sorted(crowd.beacon_index.tolist()) == [0, 1, 2, 3, 4]


def test_truth_is_asked_by_beacon() -> None:
    crowd = walkers()
    positions, is_present = crowd.step(1.0)
    for walker in range(12):
        truth = crowd.truth_of(int(crowd.beacon_index[walker]))
        assert truth == (tuple(positions[walker].tolist()) if is_present[walker] else None)
    assert crowd.truth_of(14) is None


def test_what_a_step_returned_is_never_changed_by_the_next() -> None:
    crowd = walkers()
    kept = crowd.step(0.5)[0]
    copy = kept.copy()
    crowd.step(5.0)
    np.testing.assert_array_equal(kept, copy)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 40), max_size=20), st.integers(0, 2**32))
def test_steps_of_any_length_keep_everybody_on_the_floor(steps: list[float], seed: int) -> None:
    crowd = walkers(count=3, seed=seed)
    floor = GRAPH.floor.buffer(0.01)
    for dt_s in steps:
        positions, is_present = crowd.step(dt_s)
        assert shapely.contains_xy(floor, positions[is_present]).all()


def test_the_hero_goes_round_by_the_script() -> None:
    crowd = walkers()
    beacon = crowd.scripted([(5.0, 3.0), (10.0, 8.0)], dwell_s=6.0, kiosk_dwell_s=20.0)
    start = crowd.truth_of(beacon)
    assert start is not None
    assert math.dist(start, PLAN.entrances[0]) < 0.5
    stood: list[tuple[tuple[float, float], float]] = []
    before = start
    for _ in range(6000):
        crowd.step(0.1)
        here = crowd.truth_of(beacon)
        assert here is not None
        assert crowd.beacon_index[0] == beacon
        if here == before:
            place, so_far_s = stood[-1] if stood and stood[-1][0] == here else (here, 0.0)
            stood = [*stood[: -1 if stood and stood[-1][0] == here else None], (place, so_far_s + 0.1)]
        before = here
    for (place, stood_s), (wanted, wanted_s) in zip(
        stood, [(KIOSK, 20.0), ((5.0, 3.0), 6.0), ((10.0, 8.0), 6.0), (KIOSK, 20.0), ((5.0, 3.0), 6.0)], strict=False
    ):
        assert math.dist(place, wanted) < 0.4
        assert stood_s == pytest.approx(wanted_s, abs=0.25)
    assert len(stood) > 8


def test_a_hero_without_stops_stands_at_the_kiosk() -> None:
    crowd = walkers(count=1)
    beacon = crowd.scripted([], dwell_s=1.0)
    for _ in range(100):
        crowd.step(1.0)
    assert crowd.truth_of(beacon) == pytest.approx(KIOSK, abs=0.4)


def test_what_cannot_be_walked_is_refused_with_what_to_mend() -> None:
    crowd = walkers()
    for wrong in (0.0, -1.0, math.inf, math.nan):
        with pytest.raises(ValueError, match="dwell times above 0"):
            crowd.scripted([], dwell_s=wrong)
    for wrong in (-0.1, math.inf, math.nan):
        with pytest.raises(ValueError, match="dt_s"):
            crowd.step(wrong)
    with pytest.raises(ValueError, match="pool_size"):
        walkers(count=5, pool_size=4)
    with pytest.raises(ValueError, match=r"cannot walk to \(17, 8\)"):
        Walkers(*small_store(*CLOSED_ROOM), 1, 1).scripted([(17.0, 8.0)], dwell_s=1.0)
    without_kiosk: tuple[Floorplan, WalkingGraph] = small_store(
        features=[f for f in SMALL_STORE if f["feature_type"] != "kiosk"]
    )
    with pytest.raises(ValueError, match="no kiosk"):
        Walkers(*without_kiosk, 1, 1).scripted([], dwell_s=1.0)


def test_a_store_without_checkouts_is_left_by_the_door() -> None:
    crowd = Walkers(*small_store(features=[f for f in SMALL_STORE if f["feature_type"] != "amenity"]), 5, 1)
    presence = [crowd.step(2.0)[1] for _ in range(300)]
    assert not np.all(presence)
    assert np.any(presence)


def test_nobody_at_all_is_a_crowd_of_none() -> None:
    positions, is_present = walkers(count=0).step(1.0)
    assert positions.shape == (0, 2)
    assert is_present.shape == (0,)
