from __future__ import annotations

import numpy as np
import pytest

from store_server.domain.consent import admit_recording
from store_server.domain.fixes import STALE_AFTER_S as TRACK_STALE_AFTER_S
from store_server.domain.fixes import Anchor, Fix, NoFix, circle_95_m
from store_server.domain.plausibility import (
    FIRST_CIRCLE_M,
    IMPOSSIBLE_DISTANCE_M,
    LOUD_RANGE_M,
    STALE_AFTER_S,
    UNSURVEYED_FIRST_CIRCLE_M,
    heard_too_little,
    no_fix_reasons,
)
from store_server.domain.positioning import FACTORY_CALIBRATION, FloorEstimator, NoFixReason
from store_server.domain.ranging import LOUD_WITHIN_S, log_distance_rssi_dbm, rssi_window
from store_server.domain.sightings import columns
from store_server.domain.tracking import Track, advance
from store_server.wire.calibration import Calibration

NODES = ("west", "west2", "west3", "east")
X_M = np.array([0.0, 3.0, 6.0, IMPOSSIBLE_DISTANCE_M + 0.1])
LOUD_DBM = float(
    log_distance_rssi_dbm(LOUD_RANGE_M, FACTORY_CALIBRATION.measured_power_dbm, FACTORY_CALIBRATION.path_loss_exponent)
)

Rows = list[tuple[str, str, float, float]]


def reason_of(
    rows: Rows, at_s: float = 10.0, offsets_db: tuple[float, ...] = (0.0,) * 4, east_m: float = X_M[3]
) -> NoFixReason | None:
    x_m = np.array([*X_M[:3], east_m])
    window = rssi_window(admit_recording(columns(rows, beacon_ids=("b",))), NODES, at_s)
    is_far = np.abs(x_m[:, None] - x_m[None]) > IMPOSSIBLE_DISTANCE_M
    return no_fix_reasons(window, at_s, np.array(offsets_db), is_far, FACTORY_CALIBRATION)[0]


def west(at_s: float = 10.0) -> Rows:
    return [("b", node, LOUD_DBM + 3 - number, at_s) for number, node in enumerate(NODES[:3])]


def east(at_s: float = 10.0, louder_db: float = 0.5) -> Rows:
    return [("b", "east", LOUD_DBM + louder_db, at_s)]


def test_loud_at_two_places_too_far_apart_is_impossible() -> None:
    assert reason_of(west()) is None
    assert reason_of(west() + east()) is NoFixReason.IMPOSSIBLE


@pytest.mark.parametrize(
    ("rows", "east_m"),
    [
        (east(louder_db=-0.5), X_M[3]),
        (east(10.0 - LOUD_WITHIN_S), X_M[3]),
        (east(10.1), X_M[3]),
        (east(), IMPOSSIBLE_DISTANCE_M - 0.1),
    ],
    ids=["not loud", "a while ago", "later", "near enough"],
)
def test_what_a_walking_person_could_cause_is_possible(rows: Rows, east_m: float) -> None:
    assert reason_of(west() + rows, east_m=east_m) is None


def test_a_receiver_known_to_hear_louder_must_be_louder_to_be_loud() -> None:
    assert reason_of(west() + east(), offsets_db=(0, 0, 0, 6.0)) is None
    assert reason_of(west() + east(louder_db=-3.0), offsets_db=(0, 0, 0, -6.0)) is NoFixReason.IMPOSSIBLE


def test_an_impossible_pair_says_so_even_where_another_reason_holds_too() -> None:
    two = [("b", "west", LOUD_DBM + 1, 10.0), *east()]
    assert reason_of(two) is NoFixReason.IMPOSSIBLE


def test_silence_is_told_from_strengths_that_are_none() -> None:
    assert reason_of(west(10.0 - STALE_AFTER_S)) is None
    assert reason_of(west(9.9 - STALE_AFTER_S)) is NoFixReason.STALE
    assert reason_of([]) is NoFixReason.STALE
    assert reason_of([("b", node, 0.0, 10.0) for node in NODES]) is NoFixReason.INVALID


def test_two_anchors_are_too_few_and_one_strength_everywhere_is_no_radio() -> None:
    assert reason_of(west()[:2]) is NoFixReason.TOO_FEW_ANCHORS
    assert reason_of([("b", node, -80.0, t) for node in NODES for t in (9.0, 9.5, 10.0)]) is NoFixReason.INVALID


def test_each_beacon_has_its_own_reason() -> None:
    rows = west() + [("two", node, rssi, at_s) for _, node, rssi, at_s in west()[:2]]
    window = rssi_window(admit_recording(columns([*rows, ("gone", "west", -60.0, 0.0)])), NODES, 10.0)
    is_far = np.zeros((4, 4), dtype=bool)
    assert no_fix_reasons(window, 10.0, np.zeros(4), is_far, FACTORY_CALIBRATION) == [
        None,
        NoFixReason.TOO_FEW_ANCHORS,
        NoFixReason.STALE,
    ]


SURVEYED = FACTORY_CALIBRATION.model_copy(update={"path_loss_exponent_sd": 0.0})
FOLLOWED = advance(None, Fix("b", 0.0, 0.0, np.eye(2), 2.0, 5, 10.0), "t", FloorEstimator([]))


@pytest.mark.parametrize(
    ("calibration", "widest_m"), [(SURVEYED, FIRST_CIRCLE_M), (FACTORY_CALIBRATION, UNSURVEYED_FIRST_CIRCLE_M)]
)
def test_who_has_just_come_waits_while_the_circle_is_wide(calibration: Calibration, widest_m: float) -> None:
    circles_m = np.array([0.99, 1.01, 1.01]) * widest_m
    covariance_m2 = np.eye(2) * (circles_m / circle_95_m(np.eye(2)[None])[0])[:, None, None] ** 2
    heard_for_long = 0.3
    stir = np.array([np.nan, np.nan, heard_for_long])
    assert heard_too_little(stir, covariance_m2, [None] * 3, 10.0, calibration).tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("tracks", "at_s", "waits"),
    [
        ([FOLLOWED], 10.0 + TRACK_STALE_AFTER_S, False),
        ([FOLLOWED], 10.1 + TRACK_STALE_AFTER_S, True),
        ([None], 10.0, True),
        ([], 10.0, False),
    ],
)
def test_a_track_that_goes_on_is_not_held_up_nor_one_that_nobody_keeps(
    tracks: list[Track | None], at_s: float, waits: bool
) -> None:
    nowhere_m2 = 1e3 * np.eye(2)[None]
    assert heard_too_little(np.array([np.nan]), nowhere_m2, tracks, at_s, SURVEYED).tolist() == [waits]


def test_who_waits_is_told_apart_from_who_is_heard_by_too_few() -> None:
    """Alike at all nodes, so that nothing says where; the spread of one packet each is all there is."""
    rows = [("b", node, -80.0 - number, 10.0) for number, node in enumerate(NODES[:3])]
    anchors = [Anchor(node, float(x), 20.0 * (node == "west2")) for node, x in zip(NODES[:3], (0, 10, 20), strict=True)]
    estimator = FloorEstimator(anchors)
    heard = admit_recording(columns(rows))
    waiting = estimator.fixes(heard, 10.0, [None])[0]
    assert waiting == NoFix("b", NoFixReason.HEARD_TOO_LITTLE, 10.0)
    longer = admit_recording(columns([*rows, *(("b", node, rssi, at_s - 3.1) for _, node, rssi, at_s in rows)]))
    assert isinstance(estimator.fixes(longer, 10.0, [None])[0], Fix)
    assert isinstance(estimator.fixes(heard, 10.0)[0], Fix)
