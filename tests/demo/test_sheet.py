"""The sheet a building's levels lie on side by side: walks over the stairs, and what is heard through the floor."""

from __future__ import annotations

import math

import numpy as np
import pytest

from store_server.demo.legs import APART_M, CROSSING_M, Leg, Legs, Point, standing_point
from store_server.demo.sheet import SLAB_DB, Sheet, SheetRadio, level_numbers
from store_server.demo.walkers import FASTEST_MPS, Walkers
from store_server.domain.radio_model import RadioModel
from store_server.domain.radio_obstacles import obstacles_of
from store_server.domain.radio_parameters import RadioParameters
from store_server.domain.routing import NoPath
from tests.demo.small_store import document, small_store
from tests.two_levels import KIOSKS, PLAN

SHEET = Sheet.of(PLAN)
BELOW, ABOVE = (8.0, 2.0), (APART_M + 8.0, 2.0)
STILL = RadioParameters(shadowing_sd_db=0.0, receiver_offset_sd_db=0.0)


def test_a_store_of_one_level_is_its_own_sheet() -> None:
    floorplan, graph = small_store()
    sheet = Sheet.of(document())
    assert (sheet.entrances, sheet.checkouts) == (floorplan.entrances, floorplan.checkouts)
    assert sheet.slots == dict(floorplan.slots)
    assert sheet.path((2.0, 2.0), (10.0, 6.0)) == graph.path((2.0, 2.0), (10.0, 6.0))
    obstacles = obstacles_of(document(), RadioParameters())
    model = RadioModel.prepare(floorplan.outline, obstacles, floorplan.anchors, seed=3)
    radio = SheetRadio(sheet, RadioParameters(), 3)
    places = np.array([[2.0, 2.0], [np.nan, np.nan], [15.0, 8.0]])
    heard_dbm = radio.hear(places, np.random.default_rng(1))
    np.testing.assert_array_equal(heard_dbm, model.hear(places, np.random.default_rng(1)))


def test_what_is_on_the_second_level_lies_to_the_right() -> None:
    assert SHEET.first_kiosks == tuple(KIOSKS.values())
    (below, above) = (SHEET.kiosks[key].display_point for key in SHEET.first_kiosks)
    assert (below[0] < 20.0, above[0] > APART_M) == (True, True)
    assert {slot.standing_m[0] > APART_M for slot in SHEET.slots.values()} == {False, True}
    assert standing_point(SHEET, above) == pytest.approx(above)
    numbers = level_numbers(np.array([BELOW, ABOVE, (np.nan, np.nan)]), 2)
    assert numbers.tolist() == [0, 1, 0]


def test_a_walk_upstairs_steps_across_the_sheet_once_and_takes_its_time_there() -> None:
    path = SHEET.path(BELOW, ABOVE)
    assert not isinstance(path, NoPath)
    assert (path.points_m[0], path.points_m[-1]) == (BELOW, ABOVE)
    leg = Leg.along(path.points_m)
    levels = level_numbers(np.array([leg.point_m(m) for m in np.arange(0.0, leg.length_m, 0.1)]), 2)
    assert np.flatnonzero(np.diff(levels)).size == 1
    walked_m = sum(math.dist(a, b) for a, b in zip(path.points_m, path.points_m[1:], strict=False) if b[0] - a[0] < 100)
    assert leg.length_m == pytest.approx(walked_m + CROSSING_M)
    assert np.isfinite(SHEET.lengths(BELOW, [ABOVE])).all()


def test_there_is_no_walk_to_where_nobody_can_stand() -> None:
    legs = Legs(SHEET, [BELOW, (APART_M - 40.0, 2.0)])
    with pytest.raises(LookupError):
        legs.between(0, 1)


def test_nodes_hear_their_own_level_best() -> None:
    radio = SheetRadio(SHEET, STILL, 1)
    number = {key: i for i, key in enumerate(radio.node_keys)}
    rng = np.random.default_rng(2)

    def heard(at_m: Point) -> np.ndarray:
        return np.asarray(np.nanmean(radio.hear(np.repeat([at_m], 200, axis=0), rng), axis=0))

    below, above = heard(BELOW), heard(ABOVE)
    for key, i in number.items():
        same, other = (below, above) if key.startswith("L0") else (above, below)
        if not np.isnan(other[i]):
            assert same[i] - other[i] > SLAB_DB / 2


def test_walkers_use_both_levels_and_are_never_between_them() -> None:
    crowd = Walkers(SHEET, SHEET, 20, 1)
    seen: set[int] = set()
    before = crowd.positions_m
    for _ in range(400):
        after, is_present = crowd.step(0.5)
        levels = level_numbers(after, 2)
        seen |= set(levels[is_present].tolist())
        x_m = after[is_present, 0] - levels[is_present] * APART_M
        assert ((x_m >= 0.0) & (x_m <= 20.0)).all()
        stayed = level_numbers(before, 2) == levels
        assert np.nanmax(np.hypot(*(after - before)[stayed].T), initial=0.0) <= FASTEST_MPS * 0.5 + 1e-9
        before = after
    assert seen == {0, 1}


def test_the_hero_goes_to_stops_on_both_levels() -> None:
    crowd = Walkers(SHEET, SHEET, 1, 1)
    beacon = crowd.scripted([BELOW, ABOVE], dwell_s=5.0, kiosk_dwell_s=5.0)
    on: set[int] = set()
    for _ in range(300):
        crowd.step(0.5)
        at_m = crowd.truth_of(beacon)
        assert at_m is not None
        on |= set(level_numbers(np.array([at_m]), 2).tolist())
    assert on == {0, 1}
