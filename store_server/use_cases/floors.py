"""The published floorplan, made ready to compute on: once per version, shared by everything that asks where something is."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from store_server.domain.directions import Surroundings
from store_server.domain.floor_shapes import Slot
from store_server.domain.floorplan import Floorplan, next_blocking_change
from store_server.domain.positioning import Anchor, FloorEstimator
from store_server.domain.routing import WalkingGraph
from store_server.domain.shelf_heights import shelf_height
from store_server.domain.ways import Ground
from store_server.ports import Clock, PlanRecord, Records
from store_server.wire.shopping import ShelfHeight, ShelfPlace


@dataclass(frozen=True, slots=True, eq=False)
class Floor:
    """One published plan and what was prepared from it."""

    plan: PlanRecord
    floorplan: Floorplan
    graph: WalkingGraph
    estimator: FloorEstimator
    places: Mapping[str, ShelfPlace]
    """By sku."""
    ground: Ground
    """What guidance needs of it."""
    until: datetime | None
    """When an area begins or ends to be blocked: then the floor is another. None: never."""
    alone: threading.RLock = field(default_factory=threading.RLock, repr=False)
    """Held by whoever computes on these shapes. GEOS builds the index of a prepared shape when it is first asked, without the
    interpreter's lock; two threads that ask at once crash the process."""


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
    """Prepare a plan as it is at an instant: shapes, walking graph, estimator, places."""
    floorplan = Floorplan.from_document(plan.document, at=at)
    anchors = [Anchor(key, x_m, y_m, z_m) for key, x_m, y_m, z_m in floorplan.anchors]
    slots = {slot.sku: slot for slot in reversed(list(floorplan.slots.values())) if slot.sku is not None}
    graph = WalkingGraph.prepare(floorplan)
    shelves = Counter[str]()
    for slot in floorplan.slots.values():
        shelves[slot.fixture_key] = max(shelves[slot.fixture_key], slot.shelf)
    tall_m = {fixture.key: fixture.height_m for fixture in floorplan.fixtures}
    places = {
        sku: _place(slot, shelf_height(slot.shelf, shelves[slot.fixture_key], tall_m.get(slot.fixture_key)))
        for sku, slot in slots.items()
    }
    ground = Ground(
        graph,
        {sku: slot.standing_m for sku, slot in slots.items() if slot.has_standing_room},
        {sku: (slot.x_m, slot.y_m) for sku, slot in slots.items()},
        floorplan.checkouts,
        Surroundings(floorplan),
    )
    return Floor(
        plan,
        floorplan,
        graph,
        FloorEstimator(anchors, plan.calibration, floorplan),
        places,
        ground,
        next_blocking_change(plan.document, at),
    )


def _place(slot: Slot, height: ShelfHeight) -> ShelfPlace:
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
    )
