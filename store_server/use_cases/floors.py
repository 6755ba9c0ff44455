"""The published floorplan, made ready to compute on: once per version, shared by everything that asks where something is."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from store_server.domain.building import Building, Place
from store_server.domain.checkouts import open_checkouts
from store_server.domain.directions import Surroundings
from store_server.domain.floor_shapes import Slot
from store_server.domain.floorplan import Floorplan, levels_of, next_blocking_change
from store_server.domain.heard_levels import HeardLevel, heard_level, level_loudness
from store_server.domain.positioning import Anchor, FloorEstimator
from store_server.domain.shelf_heights import shelf_height
from store_server.domain.sightings import AdmittedSightings
from store_server.domain.ways import Ground
from store_server.ports import Clock, PlanRecord, Records
from store_server.wire.calibration import Calibration
from store_server.wire.floorplans import LevelFeature
from store_server.wire.levels import LevelName
from store_server.wire.shopping import ShelfHeight, ShelfPlace


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """One level of the plan and what was prepared from it."""

    name: LevelName
    floorplan: Floorplan
    estimator: FloorEstimator

    @property
    def level_id(self) -> str:
        return self.floorplan.level_id


@dataclass(frozen=True, slots=True, eq=False)
class Floor:
    """One published plan and what was prepared from it."""

    plan: PlanRecord
    levels: Mapping[str, Level]
    """By id, the one nearest the ground first."""
    kiosks: Mapping[str, Level]
    """By kiosk_key, the level it stands on."""
    places: Mapping[str, ShelfPlace]
    """By sku."""
    grounds: Mapping[bool, Ground]
    """What guidance needs of it: by whether one is led without steps. A plan of one level has one for all."""
    until: datetime | None
    """When an area begins or ends to be blocked: then the floor is another. None: never."""
    alone: threading.RLock = field(default_factory=threading.RLock, repr=False)
    """Held by whoever computes on these shapes. GEOS builds the index of a prepared shape when it is first asked, without the
    interpreter's lock; two threads that ask at once crash the process."""

    def level(self, level_id: str | None) -> Level:
        """The level of this id; the one nearest the ground for one that this plan does not have, as another version may."""
        return self.levels.get(level_id or "") or next(iter(self.levels.values()))

    @property
    def floorplan(self) -> Floorplan:
        """Of the level nearest the ground."""
        return self.level(None).floorplan

    @property
    def estimator(self) -> FloorEstimator:
        """Of the level nearest the ground."""
        return self.level(None).estimator

    @property
    def slots(self) -> tuple[Slot, ...]:
        """Of all levels."""
        return tuple(slot for level in self.levels.values() for slot in level.floorplan.slots.values())

    def heard_levels(
        self, sightings: AdmittedSightings, before: Sequence[HeardLevel | None], at_s: float
    ) -> list[HeardLevel]:
        """The level each beacon is on, in the order of ``sightings.beacon_ids``."""
        with_nodes = [level for level in self.levels.values() if level.floorplan.anchors] or [self.level(None)]
        only = HeardLevel(with_nodes[0].level_id)
        if len(with_nodes) == 1:
            return [only] * len(sightings.beacon_ids)
        level_ids = [level.level_id for level in with_nodes]
        level_of_node = {node_id: level.level_id for level in with_nodes for node_id, *_ in level.floorplan.anchors}
        loudness_dbm = level_loudness(sightings, level_of_node, level_ids, at_s).tolist()
        return [
            heard_level(known, dict(zip(level_ids, loud_dbm, strict=True)), at_s) or only
            for known, loud_dbm in zip(before, loudness_dbm, strict=True)
        ]


class Floors:
    """Hands out the floor of the published plan; a new version is made ready before the old one is let go."""

    def __init__(self, records: Records, clock: Clock) -> None:
        self._records = records
        self._clock = clock
        self._lock = threading.Lock()
        self._floor: Floor | None = None

    def current(self) -> Floor | None:
        """None where nothing is published yet."""
        version = self._records.plans.version()
        floor = self._floor
        if floor is not None and self._holds(floor, version):
            return floor
        if not self._lock.acquire(blocking=floor is None):
            return floor  # somebody is making the new one ready; until then the store runs on the old one
        try:
            if self._floor is None or not self._holds(self._floor, version):
                plan = self._records.plans.current()
                self._floor = None if plan is None else make_floor(plan, self._clock.now())
            return self._floor
        finally:
            self._lock.release()

    def at_hand(self) -> Floor | None:
        """The floor the store runs on, be another published meanwhile: for the tick, which must not wait for that one."""
        return self._floor or self.current()

    def _holds(self, floor: Floor, version: int) -> bool:
        return floor.plan.version == version and (floor.until is None or self._clock.now() < floor.until)

    def swap(self, floor: Floor, publish: Callable[[], int | None]) -> int | None:
        """Run on a floor that was made ready from the moment its plan is published.

        ``publish`` gives the version, or None where it was not published after all. Until it has, and whatever else asks
        meanwhile, the store runs on the old floor; nobody makes the new one a second time.
        """
        with self._lock:
            version = publish()
            if version is not None:
                self._floor = replace(floor, plan=replace(floor.plan, version=version))
            return version


def make_floor(plan: PlanRecord, at: datetime) -> Floor:
    """Prepare a plan as it is at an instant: shapes, walking graphs, estimators, places.

    Raises
    ------
    InvalidFloorplan
    """
    drawn = levels_of(plan.document)
    # Without any level it is the first that says what is wrong.
    level_ids: list[str | None] = [level.id for level in drawn] or [None]
    made = [Floorplan.from_document(plan.document, level_id, at) for level_id in level_ids]
    floorplans = {floorplan.level_id: floorplan for floorplan in made}
    has_several = len(drawn) > 1
    levels = {
        level.id: _level(level, floorplans[level.id], plan.calibration, is_one_of_several=has_several)
        for level in drawn
    }
    slots = _slots_by_sku(made)
    building = Building.of(plan.document, floorplans)
    ground = Ground(
        building.ways(),
        {sku: Place(level_id, *slot.standing_m) for sku, (level_id, slot) in slots.items() if slot.has_standing_room},
        {sku: (slot.x_m, slot.y_m) for sku, (_, slot) in slots.items()},
        tuple(Place(floorplan.level_id, *at_m) for floorplan in made for at_m in open_checkouts(floorplan)),
        {level_id: Surroundings(floorplan) for level_id, floorplan in floorplans.items()},
        {level.id: level.properties.ordinal for level in drawn},
    )
    height_of = _heights(made)
    return Floor(
        plan,
        levels,
        {kiosk_key: levels[floorplan.level_id] for floorplan in made for kiosk_key in floorplan.kiosks},
        {
            sku: _place(slot, height_of(slot), levels[level_id].name if has_several else None)
            for sku, (level_id, slot) in slots.items()
        },
        {False: ground, True: replace(ground, walkways=building.ways(step_free=True)) if has_several else ground},
        next_blocking_change(plan.document, at),
    )


def _level(
    level: LevelFeature, floorplan: Floorplan, calibration: Calibration | None, *, is_one_of_several: bool
) -> Level:
    anchors = [Anchor(key, x_m, y_m, z_m) for key, x_m, y_m, z_m in floorplan.anchors]
    measured = set() if calibration is None else {anchor.node_id for anchor in calibration.anchors}
    if calibration is not None and is_one_of_several and measured.isdisjoint(anchor.node_id for anchor in anchors):
        # Measured on another level: what holds of the store's radio holds here too, the survey's places do not.
        elsewhere = {"survey_xy_m": (), "survey_residual_db": (), "survey_visit": (), "survey_points": 0}
        calibration = calibration.model_copy(update=elsewhere)
    names = level.properties.name or {"und": level.properties.key}
    return Level(LevelName(level_id=level.id, names=names), floorplan, FloorEstimator(anchors, calibration, floorplan))


def _slots_by_sku(floorplans: Sequence[Floorplan]) -> dict[str, tuple[str, Slot]]:
    """Where each product is taken from: of several places the first, on the level nearest the ground."""
    found = [
        (slot.sku, floorplan.level_id, slot)
        for floorplan in floorplans
        for slot in floorplan.slots.values()
        if slot.sku is not None
    ]
    return {sku: (level_id, slot) for sku, level_id, slot in reversed(found)}


def _heights(floorplans: Iterable[Floorplan]) -> Callable[[Slot], ShelfHeight | None]:
    """How high each slot is, by the shelves and the height of what it is on."""
    shelves = Counter[str]()
    tall_m: dict[str, float | None] = {}
    for floorplan in floorplans:
        tall_m |= {fixture.key: fixture.height_m for fixture in floorplan.fixtures}
        for slot in floorplan.slots.values():
            shelves[slot.fixture_key] = max(shelves[slot.fixture_key], slot.shelf)
    return lambda slot: shelf_height(slot.shelf, shelves[slot.fixture_key], tall_m.get(slot.fixture_key))


def _place(slot: Slot, height: ShelfHeight | None, level: LevelName | None) -> ShelfPlace:
    return ShelfPlace(
        slot_key=slot.key,
        fixture_key=slot.fixture_key,
        zone=slot.zone_name,
        side=slot.side,
        bay=slot.bay,
        shelf=slot.shelf,
        x_m=slot.x_m,
        y_m=slot.y_m,
        height=height,
        level=level,
    )
