"""Shortest walks through a building of several levels: on each as ``WalkingGraph`` has it, between them by stairs and lifts.

Lengths are metres walked plus what the ways between levels count as (``transitions``): one sum to compare walks by. The walk
between two places of one level may lead over another, where that is shorter or the only way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from store_server.domain.floor_shapes import BODY_RADIUS_M
from store_server.domain.floorplan import Floorplan, levels_of
from store_server.domain.level_network import BuildingPath, Leg, LevelNetwork, Place
from store_server.domain.plan_problems import InvalidFloorplan
from store_server.domain.plan_structure import structure_problems
from store_server.domain.routing import NoPath, NoPathReason, WalkingGraph
from store_server.domain.transitions import Transition, Unit, units_in_use
from store_server.wire.floorplans import FloorplanDocument

__all__ = ["Building", "BuildingPath", "BuildingWays", "Leg", "Place", "Transition"]

Floats = NDArray[np.float64]

STEP_FREE_RADIUS_M = 0.45
"""Half of the 0.9 m a wheelchair or a pram needs."""


class Building:
    """All levels of a plan and the ways between them, prepared once; like ``WalkingGraph`` asked by one thread at a time."""

    def __init__(self, floorplans: Mapping[str, Floorplan], units: Sequence[Unit]) -> None:
        self._floorplans = floorplans
        self._units = units
        self._networks: dict[bool, LevelNetwork] = {}

    @classmethod
    def prepare(cls, document: FloorplanDocument, at: datetime | None = None, *, step_free: bool = False) -> Building:
        """The building as it is at an instant (see ``Floorplan.from_document``).

        Parameters
        ----------
        step_free : bool
            Which walks to make ready now: the others are when they are first asked for.

        Raises
        ------
        InvalidFloorplan
            As ``Floorplan.from_document`` and ``WalkingGraph.prepare`` do; later too, for the walks made ready later.
        """
        if problems := structure_problems(document):
            raise InvalidFloorplan(problems)
        floorplans = {level.id: Floorplan.from_document(document, level.id, at) for level in levels_of(document)}
        building = cls.of(document, floorplans)
        building._network(step_free)
        return building

    @classmethod
    def of(cls, document: FloorplanDocument, floorplans: Mapping[str, Floorplan]) -> Building:
        """The building whose levels' shapes there are already, by level id; no walks are made ready.

        Raises
        ------
        InvalidFloorplan
            As ``prepare`` does for what is not in the shapes: too many stairs and lifts.
        """
        return cls(floorplans, units_in_use(document, levels_of(document), floorplans))

    def ways(self, *, step_free: bool = False) -> BuildingWays:
        """All walks of one kind, made ready."""
        self._network(step_free)
        return BuildingWays(self, step_free)

    def graph(self, level_id: str, *, step_free: bool = False) -> WalkingGraph:
        """The graph of one level: for walks that stay on it."""
        return self._network(step_free).graphs[level_id]

    def path(self, start: Place, end: Place, *, step_free: bool = False) -> BuildingPath | NoPath:
        """The shortest walk.

        Parameters
        ----------
        step_free : bool
            Without stairs and escalators, and only where a wheelchair or a pram fits through.

        Returns
        -------
        BuildingPath or NoPath
            NO_STEP_FREE_WAY where there is a way for others. A level the plan does not have is not walkable.
        """
        found = self._network(step_free).path(start, end)
        if not step_free or found != NoPath(NoPathReason.NOT_CONNECTED):
            return found
        for_others = self._network(False).path(start, end)
        return NoPath(NoPathReason.NO_STEP_FREE_WAY) if isinstance(for_others, BuildingPath) else found

    def lengths(self, start: Place, ends: Sequence[Place], *, step_free: bool = False) -> Floats:
        """Lengths of the shortest walks from one place to many.

        Returns
        -------
        ndarray, shape (E,)
            Infinite where there is no way.
        """
        lengths_m: Floats = self._network(step_free).lengths([start], ends)[0]
        return lengths_m

    def measured(self, start: Place, ends: Sequence[Place], *, step_free: bool = False) -> tuple[Floats, Floats]:
        """``lengths``, and of each the metres walked: without what the ways between levels count as. Shape (E,)."""
        return self._network(step_free).measured(start, ends)

    def matrix(self, places: Sequence[Place], *, step_free: bool = False) -> Floats:
        """Lengths between all pairs of places, shape (P, P), from the row's to the column's; infinite where there is no way.

        Not symmetric where an escalator goes one way.
        """
        return self._network(step_free).lengths(places, places)

    def _network(self, step_free: bool) -> LevelNetwork:
        if step_free not in self._networks:
            radius_m = STEP_FREE_RADIUS_M if step_free else BODY_RADIUS_M
            units = [unit for unit in self._units if unit.is_step_free or not step_free]
            graphs = {key: WalkingGraph.prepare(level, radius_m) for key, level in self._floorplans.items()}
            self._networks[step_free] = LevelNetwork(graphs, units)
        return self._networks[step_free]


@dataclass(frozen=True, slots=True)
class BuildingWays:
    """A building's walks of one kind: for all, or step-free."""

    building: Building
    is_step_free: bool

    def path(self, start: Place, end: Place) -> BuildingPath | NoPath:
        return self.building.path(start, end, step_free=self.is_step_free)

    def lengths(self, start: Place, ends: Sequence[Place]) -> Floats:
        """Shape (E,)."""
        return self.building.lengths(start, ends, step_free=self.is_step_free)

    def measured(self, start: Place, ends: Sequence[Place]) -> tuple[Floats, Floats]:
        """Lengths, and the metres walked of each. Shape (E,)."""
        return self.building.measured(start, ends, step_free=self.is_step_free)
