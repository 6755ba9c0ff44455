"""The level a beacon is on: the one that hears it best, whatever one node hears through a hole, and without flicker."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store_server.domain.consent import admit_recording
from store_server.domain.heard_levels import (
    CLEARLY_DB,
    COMPARED_S,
    STAYS_S,
    HeardLevel,
    heard_level,
    level_loudness,
)
from store_server.domain.sightings import columns

GROUND, FIRST = "ground", "first"
NODES = {f"{level}-{k}": level for level in (GROUND, FIRST) for k in range(6)}
PLACES = [(4.0, 4.0), (15.0, 4.0), (26.0, 4.0), (4.0, 16.0), (15.0, 16.0), (26.0, 16.0)]
STOREY_M, CEILING_M, CARRIED_M = 4.5, 3.0, 1.2
SLAB_DB = 10.0


def loudness(rows: list[tuple[str, float]], at_s: float = 1.0, heard_s: float = 0.5) -> dict[str, float]:
    """How loudly both levels hear one beacon, of which nodes said this."""
    heard = admit_recording(columns([("b", node_id, dbm, heard_s) for node_id, dbm in rows], ("b",)))
    (found,) = level_loudness(heard, NODES, [GROUND, FIRST], at_s).tolist()
    return dict(zip((GROUND, FIRST), found, strict=True))


def test_the_loudest_few_stand_for_a_level() -> None:
    found = loudness([(f"ground-{k}", dbm) for k, dbm in enumerate((-50, -60, -70, -95, -95))])
    assert found == {GROUND: pytest.approx(-60.0), FIRST: -math.inf}


def test_one_node_just_below_the_feet_does_not_make_it_its_level() -> None:
    below = [("ground-0", -48), ("ground-1", -80), ("ground-2", -82)]
    own = [("first-0", -55), ("first-1", -66), ("first-2", -68)]
    found = loudness([*below, *own])
    assert found[FIRST] > found[GROUND] + CLEARLY_DB


def test_a_level_that_one_node_stands_for_is_not_louder_than_one_heard_all_around() -> None:
    found = loudness([("ground-0", -50), ("first-0", -65), ("first-1", -70), ("first-2", -75)])
    assert found[FIRST] > found[GROUND]


def test_a_fade_is_forgiven_and_the_past_forgotten() -> None:
    assert (
        loudness([("ground-0", -60), ("ground-0", -60), ("ground-0", -90)])[GROUND]
        > loudness([("ground-0", -63)])[GROUND]
    )
    assert loudness([("ground-0", -60)], at_s=20.0, heard_s=20.0 - COMPARED_S)[GROUND] == -math.inf
    assert loudness([("ground-0", -60)], at_s=20.0, heard_s=20.5)[GROUND] == -math.inf


def test_nodes_on_no_level_and_strengths_no_radio_reports_say_nothing() -> None:
    assert loudness([("elsewhere", -40), ("ground-0", 0), ("first-0", -128)]) == {GROUND: -math.inf, FIRST: -math.inf}


def test_nothing_heard_by_anybody_is_no_fault() -> None:
    nobody = admit_recording(columns([]))
    assert level_loudness(nobody, NODES, [GROUND, FIRST], 1.0).shape == (0, 2)
    assert heard_level(None, {}, 1.0) is None


places = st.tuples(st.floats(1, 29), st.floats(1, 19))
shadows = st.lists(st.floats(-3, 3), min_size=len(NODES), max_size=len(NODES))


@given(places, st.sampled_from([GROUND, FIRST]), shadows, st.floats(-70, -40))
@settings(deadline=None)
def test_wherever_one_stands_ones_own_level_is_the_louder_one(
    place: tuple[float, float], level_id: str, shadows_db: list[float], power_dbm: float
) -> None:
    """A shop of 30 x 20 m on two levels with a thin slab between, a node in each of six parts of each ceiling."""
    at_m = (*place, CARRIED_M + (STOREY_M if level_id == FIRST else 0.0))
    rows = []
    for (node_id, its_level), shadow_db in zip(NODES.items(), shadows_db, strict=True):
        x_m, y_m = PLACES[int(node_id[-1])]
        range_m = math.dist(at_m, (x_m, y_m, CEILING_M + (STOREY_M if its_level == FIRST else 0.0)))
        dbm = power_dbm - 23 * math.log10(range_m) + shadow_db - (SLAB_DB if its_level != level_id else 0.0)
        if dbm > -100:
            rows.append((node_id, dbm))
    found = loudness(rows)
    assert found[level_id] == max(found.values())


@given(st.lists(st.tuples(st.sampled_from(list(NODES)), st.floats(-100, -30)), min_size=1, max_size=30), st.randoms())
def test_the_order_of_sightings_does_not_matter_and_louder_is_louder(
    rows: list[tuple[str, float]], rng: object
) -> None:
    found = loudness(rows)
    mixed = list(rows)
    rng.shuffle(mixed)  # type: ignore[attr-defined]
    assert loudness(mixed) == pytest.approx(found)
    louder = loudness([(node_id, dbm + (10 if NODES[node_id] == GROUND else 0)) for node_id, dbm in rows])
    assert louder[GROUND] >= found[GROUND]
    assert louder[FIRST] == found[FIRST]
    assert all(dbm <= max(dbm for _, dbm in rows) + 1e-9 for dbm in found.values())


def test_the_first_level_is_the_loudest_and_the_next_one_must_be_it_clearly_and_for_a_while() -> None:
    level = heard_level(None, {GROUND: -60.0, FIRST: -70.0}, 0.0)
    assert level == HeardLevel(GROUND)
    a_little = {GROUND: -60.0, FIRST: -60.0 + CLEARLY_DB - 0.1}
    for at_s in (1.0, 5.0, 20.0):
        assert heard_level(level, a_little, at_s) == HeardLevel(GROUND)
    clearly = {GROUND: -60.0, FIRST: -60.0 + CLEARLY_DB}
    level = heard_level(level, clearly, 30.0)
    assert level == HeardLevel(GROUND, FIRST, 30.0)
    assert heard_level(level, clearly, 30.0 + STAYS_S - 0.1) == level
    assert heard_level(level, clearly, 30.0 + STAYS_S) == HeardLevel(FIRST)
    assert heard_level(level, a_little, 31.0) == HeardLevel(GROUND)


def test_silence_leaves_the_level_and_a_plan_without_it_ends_it() -> None:
    silence = {GROUND: -math.inf, FIRST: -math.inf}
    assert heard_level(HeardLevel(FIRST, GROUND, 1.0), silence, 2.0) == HeardLevel(FIRST, GROUND, 1.0)
    assert heard_level(None, silence, 2.0) is None
    assert heard_level(HeardLevel("attic"), {GROUND: -60.0}, 2.0) == HeardLevel(GROUND)


def test_who_is_heard_on_the_other_level_alone_is_there_after_the_same_while() -> None:
    only_up = {GROUND: -math.inf, FIRST: -90.0}
    level = heard_level(HeardLevel(GROUND), only_up, 0.0)
    assert level == HeardLevel(GROUND, FIRST, 0.0)
    assert heard_level(level, only_up, STAYS_S) == HeardLevel(FIRST)


def test_a_clock_set_back_begins_the_while_anew() -> None:
    clearly = {GROUND: -70.0, FIRST: -60.0}
    assert heard_level(HeardLevel(GROUND, FIRST, 1000.0), clearly, 10.0) == HeardLevel(GROUND, FIRST, 10.0)


heard = st.floats(-100, -40) | st.just(-math.inf)
moments = st.lists(
    st.tuples(st.floats(0.05, 2), st.fixed_dictionaries({"a": heard, "b": heard, "c": heard})), max_size=80
)


@given(moments)
def test_however_strengths_jump_the_level_changes_at_most_once_in_the_while(
    told: list[tuple[float, dict[str, float]]],
) -> None:
    level: HeardLevel | None = None
    at_s, changed_s = 0.0, -math.inf
    for after_s, loudness_dbm in told:
        at_s += after_s
        before, level = level, heard_level(level, loudness_dbm, at_s)
        assert (level is None) == (before is None and max(loudness_dbm.values()) == -math.inf)
        if before is None or level is None or level.level_id == before.level_id:
            continue
        assert at_s - changed_s >= STAYS_S
        assert loudness_dbm[level.level_id] == max(loudness_dbm.values())
        changed_s = at_s


@given(moments, st.sampled_from("abc"))
def test_whatever_was_before_a_level_that_stays_the_loudest_is_the_one(
    told: list[tuple[float, dict[str, float]]], loudest_id: str
) -> None:
    level: HeardLevel | None = None
    at_s = 0.0
    for after_s, loudness_dbm in told:
        at_s += after_s
        level = heard_level(level, loudness_dbm, at_s)
    steady = {"a": -80.0, "b": -80.0, "c": -80.0, loudest_id: -80.0 + CLEARLY_DB}
    for _ in range(2):
        at_s += STAYS_S + 0.1
        level = heard_level(level, steady, at_s)
    assert level == HeardLevel(loudest_id)
