"""Simulated shoppers: each enters, stops at some shelves, pays, leaves, and comes back as the next shopper with another beacon.

The truth about them is here and only here; on the air go frames and strengths.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from store_server.demo.legs import Leg, Legs, Point, Shop, Walks, reachable_places, standing_point

Floats = NDArray[np.float64]

WALKING_SPEED_MPS, WALKING_SPEED_SD_MPS = 1.1, 0.15
"""Slower than the 1.34 m/s of free walking (Weidmann 1993), as people with a trolley are."""
SLOWEST_MPS, FASTEST_MPS = 0.6, 1.6
SHELF_PAUSE_S = (5.0, 25.0)
CHECKOUT_PAUSE_S = (20.0, 60.0)
ABSENCE_S = (5.0, 40.0)
"""From one shopper's leaving to the entering of the next who takes the place."""
STOPS = (4, 12)
SHELF_PLACES = 80
"""Shelf places in use, so that the legs between them are soon all known."""
SHARE_INSIDE_AT_START = 0.85


@dataclass(slots=True)
class _Person:
    here: int
    speed_mps: float
    beacon: int
    pause_s: float = 0.0
    is_present: bool = True
    is_hero: bool = False
    leg: Leg | None = None
    along_m: float = 0.0
    ahead: deque[tuple[int, float]] = field(default_factory=deque)
    """(place, pause there) still to come."""


class Walkers:
    """N walkers, one of whom may be scripted.

    Attributes
    ----------
    pool_size : int
        Beacons in use, numbered from 0: more than walkers, as some lie in the rack.
    beacon_index : ndarray of int, shape (N,)
        The beacon each walker carries, or, while out, will take on entering; always N different ones.
    """

    def __init__(self, floorplan: Shop, graph: Walks, count: int, seed: int, pool_size: int | None = None) -> None:
        """Place ``count`` walkers in the store, most of them in the middle of their tour.

        Raises
        ------
        ValueError
            Where the plan has no door or no shelf that can be walked to, or the pool is smaller than the walkers.
        """
        self.pool_size = count + math.ceil(count / 4) if pool_size is None else pool_size
        if self.pool_size < count:
            raise ValueError("each walker needs a beacon: make pool_size at least as large as count")
        self._floorplan = floorplan
        self._rng = np.random.default_rng([seed, 0x3A])
        places = reachable_places(floorplan, graph, SHELF_PLACES, self._rng)
        self._doors, self._shelves, self._checkouts = places.doors, places.shelves, places.checkouts
        self._legs = Legs(graph, places.points_m)
        self._script: tuple[tuple[int, float], ...] = ()
        self._rack = deque(range(count, self.pool_size))
        self._people = [self._starting(beacon) for beacon in range(count)]
        self._positions_m = np.full((count, 2), np.nan)
        self._show()

    @property
    def beacon_index(self) -> NDArray[np.int64]:
        return self._beacon_index

    @property
    def positions_m(self) -> Floats:
        """Where everybody truly is, shape (N, 2); NaN for who is out. Replaced at each step, never changed: safe to keep."""
        return self._positions_m

    def scripted(self, stops: Sequence[Point], dwell_s: float, kiosk_dwell_s: float = 30.0) -> int:
        """Make walker 0 the hero: enter, stand at the first kiosk, walk to each stop in turn, come back to the kiosk, and so on.

        The hero keeps its beacon for ever.

        Parameters
        ----------
        stops : sequence of (x_m, y_m)
            Taken to the nearest place where a body can stand.
        dwell_s, kiosk_dwell_s : float
            How long to stand at each stop and at the kiosk; above 0.

        Returns
        -------
        int
            The hero's beacon.

        Raises
        ------
        ValueError
            Where there is no kiosk or a place cannot be walked to, naming it.
        """
        if not (0 < dwell_s < math.inf and 0 < kiosk_dwell_s < math.inf):
            raise ValueError("the hero must stand somewhere: give dwell times above 0 s")
        if not self._floorplan.kiosks:
            raise ValueError("the plan has no kiosk for the hero: draw one")
        kiosk = next(iter(self._floorplan.kiosks.values()))
        door = self._doors[0]
        script: list[tuple[int, float]] = []
        before = door
        for point, pause_s in [(kiosk.display_point, kiosk_dwell_s), *((stop, dwell_s) for stop in stops)]:
            place = self._legs.add(standing_point(self._floorplan, point))
            try:
                self._legs.between(before, place)
            except LookupError:
                words = f"the hero cannot walk to ({point[0]:g}, {point[1]:g}): choose a place inside the shop"
                raise ValueError(words) from None
            script.append((place, pause_s))
            before = place
        self._script = tuple(script)
        hero = self._people[0]
        hero.here, hero.leg, hero.along_m, hero.pause_s = door, None, 0.0, 0.0
        hero.is_present = hero.is_hero = True
        hero.speed_mps = WALKING_SPEED_MPS
        hero.ahead = deque(script)
        self._show()
        return hero.beacon

    def step(self, dt_s: float) -> tuple[Floats, NDArray[np.bool_]]:
        """Let everybody walk on.

        Parameters
        ----------
        dt_s : float
            0 or more.

        Returns
        -------
        positions_m : ndarray, shape (N, 2)
            NaN for who is out.
        is_present : ndarray of bool, shape (N,)
        """
        if not 0 <= dt_s < math.inf:
            raise ValueError("dt_s must be 0 or more")
        for person in self._people:
            self._advance(person, dt_s)
        self._show()
        return self._positions_m, ~np.isnan(self._positions_m[:, 0])

    def truth_of(self, beacon: int) -> Point | None:
        """Where this beacon truly is; None while nobody carries it."""
        for x_m, y_m in self._positions_m[self._beacon_index == beacon].tolist():
            return None if math.isnan(x_m) else (x_m, y_m)
        return None

    def _advance(self, person: _Person, dt_s: float) -> None:
        """Spend ``dt_s`` on pauses and legs as they come."""
        while dt_s > 0:
            if person.pause_s > 0:
                spent_s = min(dt_s, person.pause_s)
                person.pause_s -= spent_s
            elif person.leg is not None:
                spent_s = min(dt_s, (person.leg.length_m - person.along_m) / person.speed_mps)
                person.along_m += spent_s * person.speed_mps
                if spent_s < dt_s:
                    person.here, person.pause_s = person.ahead.popleft()
                    person.leg = None
            else:
                spent_s = 0.0
                self._set_out(person)
            dt_s -= spent_s

    def _set_out(self, person: _Person) -> None:
        """Begin whatever comes next: a leg, another round of the script, leaving, entering."""
        if not person.is_present:
            person.is_present = True
            person.here = self._any(self._doors)
            person.ahead = self._tour(person.here)
        elif person.ahead:
            person.along_m = 0.0
            person.leg = self._legs.between(person.here, person.ahead[0][0])
        elif person.is_hero:
            person.ahead = deque(self._script)
        else:
            self._leave(person)

    def _leave(self, person: _Person) -> None:
        person.is_present = False
        person.pause_s = self._rng.uniform(*ABSENCE_S)
        person.speed_mps = self._speed_mps()
        self._rack.append(person.beacon)
        person.beacon = self._rack.popleft()

    def _starting(self, beacon: int) -> _Person:
        """Somebody in the middle of a tour, or about to come in."""
        person = _Person(here=self._any(self._doors), speed_mps=self._speed_mps(), beacon=beacon)
        if self._rng.random() < SHARE_INSIDE_AT_START:
            tour = self._tour(person.here)
            for _ in range(int(self._rng.integers(1, max(2, len(tour) - 1)))):
                person.here, pause_s = tour.popleft()
            person.pause_s = self._rng.uniform(0.0, pause_s)
            person.ahead = tour
        else:
            person.is_present = False
            person.pause_s = self._rng.uniform(*ABSENCE_S)
        return person

    def _tour(self, door: int) -> deque[tuple[int, float]]:
        """Some shelves, each time the nearest of those left, then a checkout and a door."""
        count = min(int(self._rng.integers(STOPS[0], STOPS[1] + 1)), len(self._shelves))
        left = self._rng.choice(self._shelves, count, replace=False).tolist()
        tour: deque[tuple[int, float]] = deque()
        here = door
        while left:
            here = min(left, key=lambda place: math.dist(self._legs.point_m(here), self._legs.point_m(place)))
            left.remove(here)
            tour.append((here, self._rng.uniform(*SHELF_PAUSE_S)))
        if self._checkouts:
            tour.append((self._any(self._checkouts), self._rng.uniform(*CHECKOUT_PAUSE_S)))
        tour.append((self._any(self._doors), 0.0))
        return tour

    def _any(self, places: Sequence[int]) -> int:
        return int(self._rng.choice(places))

    def _speed_mps(self) -> float:
        return float(np.clip(self._rng.normal(WALKING_SPEED_MPS, WALKING_SPEED_SD_MPS), SLOWEST_MPS, FASTEST_MPS))

    def _show(self) -> None:
        """Publish positions and beacons as new arrays, so that another thread never sees half a step."""
        positions = [self._position_m(person) for person in self._people]
        self._beacon_index = np.array([person.beacon for person in self._people], dtype=np.int64)
        self._positions_m = np.array(positions, dtype=np.float64).reshape(-1, 2)

    def _position_m(self, person: _Person) -> Point:
        if not person.is_present:
            return math.nan, math.nan
        return self._legs.point_m(person.here) if person.leg is None else person.leg.point_m(person.along_m)
