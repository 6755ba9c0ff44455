"""The levels of the demo's store side by side on one sheet, so that where a walker is stays two numbers.

Each level lies ``APART_M`` to the right of the one before it, the one nearest the ground first. Walks between them, and what
nodes hear through the floor, are told in the sheet's metres; a store of one level is its own sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import shapely
from shapely.affinity import translate

from store_server.demo.legs import APART_M, Point
from store_server.domain.building import Building, BuildingWays, Place
from store_server.domain.floor_shapes import KioskPlace, Slot
from store_server.domain.floorplan import Floorplan, levels_of
from store_server.domain.radio_model import Floats, RadioModel
from store_server.domain.radio_obstacles import obstacles_of
from store_server.domain.radio_parameters import RadioParameters
from store_server.domain.routing import NoPath, WalkingPath
from store_server.wire.floorplans import FloorplanDocument

SLAB_DB = 15.0
"""What a floor of concrete takes from a signal at 2.4 GHz: 13 to 20 dB are told of (ITU-R P.1238)."""
STOREY_M = 4.5
"""From floor to floor where the plan does not say."""


@dataclass(frozen=True, eq=False)
class Sheet:
    """A plan as walkers see it.

    Attributes
    ----------
    document : FloorplanDocument
    levels : tuple of Floorplan
        The one nearest the ground first: it is drawn on the sheet as it is.
    """

    document: FloorplanDocument
    levels: tuple[Floorplan, ...]

    @classmethod
    def of(cls, document: FloorplanDocument) -> Sheet:
        return cls(document, tuple(Floorplan.from_document(document, level.id) for level in levels_of(document)))

    @cached_property
    def ways(self) -> BuildingWays:
        return Building.of(self.document, {level.level_id: level for level in self.levels}).ways()

    @property
    def outline(self) -> shapely.Polygon:
        """Of the level nearest the ground."""
        return self.levels[0].outline

    @cached_property
    def standing_area(self) -> shapely.MultiPolygon:
        """Of all levels."""
        parts = [translate(level.standing_area, k * APART_M) for k, level in enumerate(self.levels)]
        return shapely.MultiPolygon([part for area in parts for part in area.geoms])

    @property
    def entrances(self) -> tuple[Point, ...]:
        return tuple(_moved(k, at_m) for k, level in enumerate(self.levels) for at_m in level.entrances)

    @property
    def checkouts(self) -> tuple[Point, ...]:
        return tuple(_moved(k, at_m) for k, level in enumerate(self.levels) for at_m in level.checkouts)

    @cached_property
    def slots(self) -> dict[str, Slot]:
        """By key, with where one stands on the sheet."""
        return {
            key: replace(slot, standing_m=_moved(k, slot.standing_m))
            for k, level in enumerate(self.levels)
            for key, slot in level.slots.items()
        }

    @cached_property
    def kiosks(self) -> dict[str, KioskPlace]:
        """By kiosk_key, with where one stands on the sheet."""
        return {
            key: replace(kiosk, display_point=_moved(k, kiosk.display_point))
            for k, level in enumerate(self.levels)
            for key, kiosk in level.kiosks.items()
        }

    @property
    def first_kiosks(self) -> tuple[str, ...]:
        """The first of each level that has one."""
        return tuple(next(iter(level.kiosks)) for level in self.levels if level.kiosks)

    @property
    def anchors(self) -> tuple[tuple[str, float, float, float | None], ...]:
        """Of all levels, each where its own level has it."""
        return tuple(anchor for level in self.levels for anchor in level.anchors)

    def path(self, start: Point, end: Point) -> WalkingPath | NoPath:
        """The shortest walk; where it goes to another level it steps across the sheet."""
        found = self.ways.path(self._place(start), self._place(end))
        if isinstance(found, NoPath):
            return found
        number = {level.level_id: k for k, level in enumerate(self.levels)}
        points = tuple(_moved(number[leg.level_id], at_m) for leg in found.legs for at_m in leg.points_m)
        return WalkingPath(points, found.walked_m)

    def lengths(self, start: Point, ends: Sequence[Point]) -> Floats:
        """Shape (E,); infinite where there is no way."""
        return self.ways.lengths(self._place(start), [self._place(end) for end in ends])

    def _place(self, at_m: Point) -> Place:
        k = int(level_numbers(np.array([at_m]), len(self.levels))[0])
        return Place(self.levels[k].level_id, at_m[0] - k * APART_M, at_m[1])


class SheetRadio:
    """What the nodes of all levels hear of beacons on the sheet: through the floors more weakly, and from farther away."""

    def __init__(self, sheet: Sheet, parameters: RadioParameters, seed: int) -> None:
        self._models = [
            [radio_of(sheet, k, beacon_k - k, parameters, seed) for beacon_k in range(len(sheet.levels))]
            for k in range(len(sheet.levels))
        ]
        self.node_keys = tuple(key for models in self._models for key in models[0].node_keys)

    def hear(self, positions_m: Floats, rng: np.random.Generator) -> Floats:
        """As ``RadioModel.hear``: shape (B, A), NaN where nothing was heard."""
        k = level_numbers(positions_m, len(self._models))
        on_level = positions_m - np.column_stack([k * APART_M, np.zeros(len(k))])
        columns = [np.full((len(k), len(models[0].node_keys)), np.nan) for models in self._models]
        for heard_dbm, models in zip(columns, self._models, strict=True):
            for beacon_k, model in enumerate(models):
                there = k == beacon_k
                heard_dbm[there] = model.hear(on_level[there], rng)
        return np.hstack(columns)


def level_numbers(positions_m: Floats, levels: int) -> np.ndarray:
    """Which level places on the sheet are on; the first for nowhere.

    Parameters
    ----------
    positions_m : ndarray, shape (B, 2)
    levels : int

    Returns
    -------
    ndarray of int, shape (B,)
    """
    x_m = np.nan_to_num(positions_m[:, 0])
    return np.clip(np.floor_divide(x_m + APART_M / 2, APART_M), 0, levels - 1).astype(np.int64)


def radio_of(sheet: Sheet, k: int, storeys: int, parameters: RadioParameters, seed: int) -> RadioModel:
    """What the nodes of level k hear of beacons so many storeys above them."""
    level = sheet.levels[k]
    shifted = replace(
        parameters,
        measured_power_dbm=parameters.measured_power_dbm - abs(storeys) * SLAB_DB,
        beacon_height_m=parameters.beacon_height_m + storeys * STOREY_M,
    )
    drawn = tuple(f for f in sheet.document.features if f.properties.level_id == level.level_id)
    obstacles = obstacles_of(sheet.document.model_copy(update={"features": drawn}), parameters)
    return RadioModel.prepare(level.outline, obstacles, level.anchors, shifted, seed)


def _moved(k: int, at_m: Point) -> Point:
    return (at_m[0] + k * APART_M, at_m[1])
