"""Slots as the rest of the house asks for them: where they are, who serves them, where one stands to take from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

import numpy as np
import shapely
from numpy.typing import NDArray

from store_server.domain.floor_shapes import Fixture, Slot, Zone
from store_server.domain.standing_places import standing_places
from store_server.wire.floorplans import SlotFeature


class SlotsOnDemand(Mapping[str, Slot]):
    """Slots worked out when the first of them is asked for: drawing a wall asks for none."""

    def __init__(self, make: Callable[[], Mapping[str, Slot]]) -> None:
        self._make = make
        self._made: Mapping[str, Slot] | None = None

    def _slots(self) -> Mapping[str, Slot]:
        # Two threads may both make them; they make the same.
        if self._made is None:
            self._made = self._make()
        return self._made

    def __getitem__(self, key: str) -> Slot:
        return self._slots()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._slots())

    def __len__(self) -> int:
        return len(self._slots())


def first_zones(tree: shapely.STRtree, zones: int, points_m: NDArray[np.float64]) -> NDArray[np.int64]:
    """The first zone of each place, -1 for none; shape (P,). ``tree`` holds the zones' polygons in their order."""
    first = np.full(len(points_m), zones, dtype=np.int64)
    if zones:
        of_point, of_zone = tree.query(shapely.points(points_m), predicate="intersects")
        np.minimum.at(first, of_point, of_zone)
    return np.where(first == zones, -1, first)


def slots_by_key(
    features: Sequence[SlotFeature],
    fixtures: Sequence[Fixture],
    zones: Sequence[Zone],
    zone_tree: shapely.STRtree,
    standing_area: shapely.MultiPolygon,
    walkable_area: shapely.MultiPolygon,
) -> Mapping[str, Slot]:
    """The slots of one level with their zones and standing places, frozen, in the document's order."""
    fixture_keys = {fixture.fixture_id: fixture.key for fixture in fixtures}
    shelf_m = np.array([feature.geometry.coordinates[:2] for feature in features], dtype=np.float64).reshape(-1, 2)
    facing = np.array([feature.properties.facing for feature in features], dtype=np.float64).reshape(-1, 2)
    facing = facing / np.maximum(np.hypot(facing[:, 0], facing[:, 1]), 1e-9)[:, None]
    both, slot_place = np.unique(np.hstack([shelf_m, facing]), axis=0, return_inverse=True)
    place_m, place_has_room = standing_places(both[:, :2], both[:, 2:], standing_area, walkable_area)
    standing_m, has_room = place_m[slot_place], place_has_room[slot_place]
    zone_index = first_zones(zone_tree, len(zones), standing_m)
    return MappingProxyType(
        {
            feature.properties.key: Slot(
                key=feature.properties.key,
                fixture_key=fixture_keys[feature.properties.fixture_id],
                side=feature.properties.side,
                bay=feature.properties.bay,
                shelf=feature.properties.shelf,
                x_m=float(shelf_m[i, 0]),
                y_m=float(shelf_m[i, 1]),
                facing=(float(facing[i, 0]), float(facing[i, 1])),
                sku=feature.properties.sku,
                department=feature.properties.department,
                zone_name=zones[zone_index[i]].name if zone_index[i] >= 0 else None,
                standing_m=(float(standing_m[i, 0]), float(standing_m[i, 1])),
                has_standing_room=bool(has_room[i]),
            )
            for i, feature in enumerate(features)
        }
    )
