"""The demo's drugstore of two levels: what leads from one to the other, for all and without steps."""

from __future__ import annotations

import numpy as np
import pytest

from store_server.adapters.plan_files import load_plan
from store_server.demo.demo_stores import drugstore_demo
from store_server.demo.preparing import HERO_STOPS, hero_stops_m
from store_server.demo.sheet import Sheet, level_numbers
from store_server.domain import plan_checks
from store_server.domain.building import Building, BuildingPath, Place
from store_server.domain.floorplan import Floorplan, levels_of
from store_server.wire.floorplans import FloorplanDocument, Labels

LANGUAGES = {"en", "de", "fr", "es", "ar", "zh"}


@pytest.fixture(scope="module")
def document() -> FloorplanDocument:
    store = drugstore_demo(1)
    return load_plan(store.file("floorplan.json"), store.file("planogram.csv"))


@pytest.fixture(scope="module")
def levels(document: FloorplanDocument) -> list[Floorplan]:
    return [Floorplan.from_document(document, level.id) for level in levels_of(document)]


@pytest.fixture(scope="module")
def building(document: FloorplanDocument, levels: list[Floorplan]) -> Building:
    return Building.of(document, {level.level_id: level for level in levels})


def taken(path: object) -> list[str]:
    assert isinstance(path, BuildingPath)
    return [leg.transition.name for leg in path.legs if leg.transition is not None]


def test_the_checks_have_nothing_to_say(document: FloorplanDocument) -> None:
    assert plan_checks.problems(document) == []


def test_its_levels_are_named_in_every_language(document: FloorplanDocument) -> None:
    names: list[Labels | None] = [level.properties.name for level in levels_of(document)]
    assert [set(name or {}) for name in names] == [LANGUAGES, LANGUAGES]


def test_one_goes_up_and_down_by_the_escalators_and_without_steps_by_the_lift(
    building: Building, levels: list[Floorplan]
) -> None:
    ground, upper = levels
    door = Place(ground.level_id, *ground.entrances[0])
    till = Place(ground.level_id, *ground.checkouts[-1])
    for slot in list(upper.slots.values())[::37]:
        shelf = Place(upper.level_id, *slot.standing_m)
        assert taken(building.path(door, shelf)) == ["escalator-up"]
        assert taken(building.path(shelf, till)) == ["escalator-down"]
        for there, back in ((door, shelf), (shelf, till)):
            assert taken(building.path(there, back, step_free=True)) == ["lift"]


def test_every_shelf_of_both_levels_is_reached_without_steps(building: Building, levels: list[Floorplan]) -> None:
    door = Place(levels[0].level_id, *levels[0].entrances[0])
    for level in levels:
        slots = level.slots.values()
        assert all(slot.has_standing_room for slot in slots)
        places = sorted({slot.standing_m for slot in slots})
        lengths_m = building.lengths(door, [Place(level.level_id, *at_m) for at_m in places], step_free=True)
        assert lengths_m.max() < 200.0


def test_who_tries_the_demo_is_walked_to_shelves_on_both_levels(document: FloorplanDocument) -> None:
    stops_m = hero_stops_m(document)
    sheet = Sheet.of(document)
    numbers = level_numbers(np.array(stops_m), len(sheet.levels)).tolist()
    assert numbers == [0] * HERO_STOPS + [1] * (HERO_STOPS // 2)
