"""The forecast of a level that is being drawn: remembering must change nothing, and only what is on the level counts."""

from __future__ import annotations

from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from store_server.domain.draft_forecast import ForecastCache, forecast
from store_server.domain.plan_edits import Draft
from store_server.domain.positioning import FACTORY_CALIBRATION
from store_server.wire.drafts import AccuracyForecast, FeatureChange
from store_server.wire.floorplans import Feature, FloorplanDocument
from tests.domain.floors import Json, area, fixture, kiosk, line, node

FEATURES: TypeAdapter[Feature] = TypeAdapter(Feature)
HALL = (0.0, 0.0, 20.0, 12.0)
NODES = {"N1": (1.0, 1.0), "N2": (19.0, 1.5), "N3": (18.5, 11.0), "N4": (1.5, 10.5)}
START = (
    area("level", "L", HALL),
    fixture("G1", (5, 3, 6, 9)),
    fixture("G2", (9, 3, 10, 9)),
    line("wall", "W1", (14, 0), (14, 6), attenuation_db=9.0),
    kiosk("K1", (2, 5, 3, 6), (3.5, 5.5)),
    *(node(key, at) for key, at in NODES.items()),
)


def feature(drawn: Json) -> Feature:
    return FEATURES.validate_python(drawn, strict=False)


def draft_of(*drawn: Json) -> Draft:
    document = {"type": "FeatureCollection", "name": "Hall", "crs_local": {}, "features": list(drawn)}
    return Draft.of(FloorplanDocument.model_validate(document, strict=False))


def asked(draft: Draft, *changes: FeatureChange, cache: ForecastCache | None = None) -> AccuracyForecast:
    return forecast(draft, "L", None, 3.0, changes, cache)


def drawn(*shapes: Json) -> tuple[FeatureChange, ...]:
    return tuple(FeatureChange(before=None, after=feature(shape)) for shape in shapes)


def edited(draft: Draft, *changes: FeatureChange) -> Draft:
    features = dict(draft.features)
    for change in changes:
        features.pop(change.feature_id, None)
        if change.after is not None:
            features[change.feature_id] = change.after
    return Draft(draft.header, MappingProxyType(features))


coordinates = st.integers(0, 100)


@st.composite
def changes(draw: st.DrawFn) -> FeatureChange:
    """One shape of the start moved, removed or drawn anew, or the outline pulled."""
    key = draw(st.sampled_from(["G1", "G2", "G9", "W1", "K1", "N1", "N4", "N9", "L"]))
    x, y = draw(coordinates) / 6, draw(coordinates) / 10
    after: Json = {
        "G": fixture(key, (x, y, x + 1.0, y + 2.0)),
        "W": line("wall", key, (x, y), (x + 3.0, y + 1.0)),
        "K": kiosk(key, (x, y, x + 1.0, y + 1.0), (x + 1.5, y)),
        "N": node(key, (x, y)),
        "L": area("level", key, (0, 0, 12 + x, 8 + y)),
    }[key[0]]
    is_removed = key != "L" and draw(st.booleans())
    return FeatureChange(before=feature(after), after=None) if is_removed else drawn(after)[0]


def is_alike(one: AccuracyForecast, other: AccuracyForecast) -> bool:
    """The same but for what rounds to the next decimetre."""
    return (
        one.origin_m == other.origin_m
        and one.heard == other.heard
        and one.median_m == pytest.approx(other.median_m)
        and max((abs(a - b) for a, b in zip(one.error_dm, other.error_dm, strict=True)), default=0) <= 1
    )


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(changes(), st.booleans()), min_size=1, max_size=5))
def test_what_is_remembered_gives_what_working_it_all_out_gives(steps: list[tuple[FeatureChange, bool]]) -> None:
    cache, draft = ForecastCache(), draft_of(*START)
    for change, is_saved in steps:
        dragged = asked(draft, change, cache=cache)
        there = edited(draft, change)
        assert is_alike(dragged, asked(there))
        if is_saved:
            draft = there
        assert is_alike(asked(draft, cache=cache), asked(draft))


def test_asking_with_changes_changes_nothing_that_is_remembered() -> None:
    cache, draft = ForecastCache(), draft_of(*START)
    before = asked(draft, cache=cache)
    assert asked(draft, *drawn(node("N1", (10.0, 6.0))), cache=cache) != before
    assert asked(draft, cache=cache) == before


def test_another_calibration_and_another_level_are_not_taken_from_what_is_remembered() -> None:
    cache, draft = ForecastCache(), draft_of(*START, area("level", "M", (0, 0, 5, 5)))
    first = asked(draft, cache=cache)
    wider = FACTORY_CALIBRATION.model_copy(update={"radius_scale": 3.0})
    assert forecast(draft, "L", wider, 3.0, (), cache).median_m != first.median_m
    upstairs = forecast(draft, "M", None, 3.0, (), cache)
    assert (upstairs.columns, upstairs.median_m, upstairs.level_id) == (10, None, "M")
    assert asked(draft, cache=cache) == first


@pytest.mark.parametrize(
    "upstairs",
    [fixture("G9", (7, 1, 8, 11)), node("N9", (7.0, 7.0)), line("wall", "W9", (7, 0), (7, 12))],
    ids=lambda shape: str(shape["feature_type"]),
)
def test_what_is_on_another_level_counts_nothing(upstairs: Json) -> None:
    elsewhere = {**upstairs, "properties": {**upstairs["properties"], "level_id": "M"}}
    assert asked(draft_of(*START), *drawn(upstairs)) != asked(draft_of(*START))
    assert asked(draft_of(*START), *drawn(elsewhere)) == asked(draft_of(*START))


def test_a_level_that_is_not_there_has_no_cells() -> None:
    nowhere = forecast(draft_of(*START), "X", None, 3.0)
    assert (nowhere.columns, nowhere.error_dm, nowhere.within_target) == (0, (), 0.0)


def test_an_outline_that_crosses_itself_is_forecast_all_the_same() -> None:
    bow = area("level", "L", HALL)
    bow["geometry"]["coordinates"] = [[[0, 0], [20, 12], [20, 0], [0, 12], [0, 0]]]
    message = asked(draft_of(bow, *START[1:]))
    assert message.median_m is not None
    assert 0 < sum(error >= 0 for error in message.error_dm) < len(message.error_dm)


def test_an_area_blocked_for_a_time_can_be_walked_at_other_times() -> None:
    box = (12, 7, 16, 10)
    for_good, for_a_day = (
        area("blocked_area", "B1", box, **times) for times in ({}, {"from_at": "2026-01-01T08:00:00Z"})
    )
    assert asked(draft_of(*START), *drawn(for_a_day)).error_dm == asked(draft_of(*START)).error_dm
    blocked = asked(draft_of(*START), *drawn(for_good))
    assert blocked.error_dm.count(-1) == asked(draft_of(*START)).error_dm.count(-1) + 12 * 4


def test_a_wall_takes_what_it_states() -> None:
    thick, thin = (
        asked(draft_of(*START), *drawn(line("wall", "W1", (14, 0), (14, 6), attenuation_db=db))) for db in (30.0, 0.0)
    )
    assert thick.median_m is not None
    assert thin.median_m is not None
    assert thick.median_m > thin.median_m
