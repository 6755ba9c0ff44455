"""The gate."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from store_server.domain.consent import PURPOSES_THAT_NEED_A_POSITION, Admission, Standing, admit, admit_recording
from store_server.domain.sightings import columns
from store_server.wire.privacy import Purpose
from store_server.wire.sightings import Sighting
from tests.fakes import OPENING

NOW_S = OPENING.timestamp()
SECONDS = st.integers(-1000, 1000)


def after(seconds: float) -> datetime:
    return OPENING + timedelta(seconds=seconds)


def standing(**given_at: int) -> Standing:
    given = {Purpose[name]: after(seconds) for name, seconds in given_at.items()}
    return Standing("s", "b", 0, given, bound_at=after(-100))


def heard(ephemeral_id: str, seconds: float = 0, rssi_dbm: int = -60) -> Sighting:
    return Sighting(ephemeral_id=ephemeral_id, rssi_dbm=rssi_dbm, heard_at=after(seconds))


def test_nothing_is_permitted_by_default() -> None:
    nobody = Standing("s", None, 0)
    assert not any(nobody.permits(purpose) for purpose in Purpose)
    assert nobody.admits_since() is None
    assert standing().admits_since() is None


def test_a_purpose_permits_itself_and_nothing_else() -> None:
    for purpose in Purpose:
        permits = {each for each in Purpose if standing(**{purpose.name: 0}).permits(each)}
        assert permits == {purpose}


def test_a_pause_permits_nothing() -> None:
    paused = Standing("s", "b", 0, {Purpose.GUIDANCE: OPENING}, OPENING, is_paused=True)
    assert not paused.permits(Purpose.GUIDANCE)
    assert paused.admits_since() is None


def test_a_position_is_worked_out_only_for_a_purpose_that_needs_one() -> None:
    for purpose in Purpose:
        is_needed = standing(**{purpose.name: 0}).admits_since() is not None
        assert is_needed is (purpose in PURPOSES_THAT_NEED_A_POSITION)


@given(SECONDS, SECONDS, SECONDS, st.none() | SECONDS)
def test_b6_sightings_count_from_the_latest_of_consent_binding_and_resuming(
    first: int, second: int, bound: int, resumed: int | None
) -> None:
    held = Standing(
        "s",
        "b",
        0,
        {Purpose.GUIDANCE: after(first), Purpose.HEATMAP: after(second), Purpose.PREDICTION: after(-5000)},
        after(bound),
        resumed_at=None if resumed is None else after(resumed),
    )
    expected = max(min(first, second), bound, -10_000 if resumed is None else resumed)
    assert held.admits_since() == after(expected)


def test_without_a_beacon_in_the_hand_nothing_is_admitted() -> None:
    given = {Purpose.GUIDANCE: OPENING}
    assert Standing("s", None, 0, given, OPENING).admits_since() is None
    assert Standing("s", "b", 0, given, None).admits_since() is None


IDS = [f"{n:016x}" for n in range(6)]


@given(
    st.lists(st.tuples(st.sampled_from(IDS), st.integers(-30, 2), st.integers(-127, -1))),
    st.dictionaries(st.sampled_from(IDS), st.tuples(st.sampled_from("ABC"), st.integers(0, 9), st.integers(-20, 2))),
)
def test_what_is_admitted_is_exactly_what_consent_covers(
    sightings: list[tuple[str, int, int]], table: dict[str, tuple[str, int, int]]
) -> None:
    # Two ids may be one beacon's: its present window and the one before. Their standing is the same.
    beacons = {beacon: (epoch, since) for beacon, epoch, since in table.values()}
    admissions = {
        ephemeral_id: Admission(beacon, f"shopper-{beacon}", beacons[beacon][0], NOW_S + beacons[beacon][1])
        for ephemeral_id, (beacon, _, _) in table.items()
    }
    admitted = admit("n1", [heard(e, seconds, rssi) for e, seconds, rssi in sightings], admissions)
    rows = admitted.sightings
    expected = [
        (admissions[e].beacon_id, float(rssi), NOW_S + seconds)
        for e, seconds, rssi in sightings
        if e in admissions and NOW_S + seconds >= admissions[e].since_s
    ]
    found = [
        (rows.beacon_ids[b], rssi, heard_s)
        for b, rssi, heard_s in zip(rows.beacon_index, rows.rssi_dbm.tolist(), rows.heard_s.tolist(), strict=True)
    ]
    assert found == expected
    assert rows.node_ids == (("n1",) if expected else ())
    for beacon_id, shopper_id, epoch in zip(rows.beacon_ids, admitted.shopper_ids, admitted.epochs, strict=True):
        assert (shopper_id, epoch) == (f"shopper-{beacon_id}", beacons[beacon_id][0])


def test_no_ephemeral_id_passes_the_gate() -> None:
    admitted = admit("n1", [heard(IDS[0])], {IDS[0]: Admission("b", "s", 1, 0.0)})
    assert IDS[0] not in repr(admitted)


def test_a_recording_of_test_beacons_is_of_no_person() -> None:
    recording = columns([("b", "n", -60.0, 0.0)])
    assert admit_recording(recording) is recording
