"""Mends of slots and of names: onto the shelf's face, turned to the floor, off a shelf that is gone, a key of one's own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import shapely

from store_server.domain.draft_form import DraftForm
from store_server.domain.plan_mend_shifts import Outcome
from store_server.wire.floorplans import Feature, FixtureFeature, PointGeometry, PolygonGeometry, SlotFeature

FACES_ALONG = 0.9
"""A face whose outward direction has at least this cosine with the slot's is the one it belongs to."""

MAX_KEY = 64


def turned_away(form: DraftForm, fixture: FixtureFeature, slots: Sequence[SlotFeature]) -> Iterator[Outcome]:
    """Slots that look into their own fixture, looking away from its nearest face."""
    faces = _Faces(form.polygon(fixture.geometry))
    yield {slot.id: _facing(slot, faces.outward[faces.nearest(slot)]) for slot in slots}


def onto_face(form: DraftForm, fixture: FixtureFeature, slots: Sequence[SlotFeature]) -> Iterator[Outcome]:
    """Slots off their fixture, on the face they look away from; else on the nearest one and looking away from it."""
    faces = _Faces(form.polygon(fixture.geometry))
    yield {slot.id: faces.onto(slot, faces.facing_alike(slot)) for slot in slots}
    yield {slot.id: faces.onto(slot, None) for slot in slots}


class _Faces:
    """The straight sides of a fixture, and which way is out."""

    def __init__(self, polygon: shapely.Polygon) -> None:
        ring = np.asarray(shapely.orient_polygons(polygon).exterior.coords)[:, :2]
        along = np.diff(ring, axis=0)
        lengths_m = np.hypot(along[:, 0], along[:, 1])
        self.sides = np.asarray(shapely.linestrings(np.stack([ring[:-1], ring[1:]], axis=1)))
        # Anticlockwise, so that out is to the right.
        self.outward = np.stack([along[:, 1], -along[:, 0]], axis=1) / np.maximum(lengths_m, 1e-9)[:, None]

    def nearest(self, slot: SlotFeature) -> int:
        return int(shapely.distance(self.sides, _point(slot)).argmin())

    def facing_alike(self, slot: SlotFeature) -> int | None:
        facing = np.array(slot.properties.facing)
        alike = self.outward @ facing >= FACES_ALONG * np.hypot(*facing)
        if not alike.any():
            return None
        return int(np.where(alike, shapely.distance(self.sides, _point(slot)), np.inf).argmin())

    def onto(self, slot: SlotFeature, face: int | None) -> SlotFeature:
        """The slot on a face as it looks, or on the nearest and looking away from it."""
        index = self.nearest(slot) if face is None else face
        x_m, y_m = shapely.shortest_line(self.sides[index], _point(slot)).coords[0]
        place = PointGeometry(type="Point", coordinates=(round(x_m, 3), round(y_m, 3)))
        moved = slot.model_copy(update={"geometry": place})
        return moved if face is not None else _facing(moved, self.outward[index])


def unit(direction: Sequence[float]) -> tuple[float, float]:
    """The direction as a vector of length 1."""
    length = max(float(np.hypot(direction[0], direction[1])), 1e-9)
    return (direction[0] / length, direction[1] / length)


def _point(slot: SlotFeature) -> shapely.Point:
    return shapely.Point(slot.geometry.coordinates[:2])


def _facing(slot: SlotFeature, outward: np.ndarray) -> SlotFeature:
    facing = tuple(round(float(part), 6) + 0.0 for part in outward)
    return slot.model_copy(update={"properties": slot.properties.model_copy(update={"facing": facing})})


def cleared(slots: Iterable[SlotFeature], catalogue: frozenset[str]) -> Iterator[Outcome]:
    """Slots for products the catalogue does not know, free again."""
    yield {
        slot.id: slot.model_copy(update={"properties": slot.properties.model_copy(update={"sku": None})})
        for slot in slots
        if slot.properties.sku is not None and slot.properties.sku not in catalogue
    }


def reassigned(form: DraftForm, shape: Feature) -> Iterator[Outcome]:
    """A shape on a level that is not there, on the only one that is; a slot, on the level of its fixture."""
    levels = sorted(feature.id for feature in form.drawn if feature.feature_type == "level")
    level_of = {feature.id: feature.properties.level_id for feature in form.drawn if feature.feature_type == "fixture"}
    wanted = level_of.get(shape.properties.fixture_id) if isinstance(shape, SlotFeature) else None
    if wanted not in levels:
        wanted = levels[0] if len(levels) == 1 else None
    if wanted is None:
        return
    along: Sequence[Feature] = (shape,)
    if isinstance(shape, FixtureFeature) and shape.id in form.shelves:
        along = (shape, *form.shelves[shape.id].slots)
    elif isinstance(shape, SlotFeature):
        along = form.shelves[shape.properties.fixture_id].slots
    yield {
        f.id: f.model_copy(update={"properties": f.properties.model_copy(update={"level_id": wanted})}) for f in along
    }


def taken_out(form: DraftForm, slot: SlotFeature) -> Iterator[Outcome]:
    """All slots of a fixture that is gone."""
    fixture_id = slot.properties.fixture_id
    if fixture_id not in form.fixture_keys:
        yield {each.id: None for each in form.shelves[fixture_id].slots}


def without_area(form: DraftForm, shape: Feature) -> Iterator[Outcome]:
    """A shape with no area, gone; not while slots stand on it, nor where it is the level itself."""
    if isinstance(shape.geometry, PolygonGeometry) and shape.id not in form.shelves and shape.feature_type != "level":
        yield {shape.id: None}


def renamed(form: DraftForm, key: str) -> Iterator[Outcome]:
    """Shapes of one type with one key, all but the first with a key of their own."""
    by_type: dict[str, list[Feature]] = {}
    for feature in form.draft.features.values():
        by_type.setdefault(feature.feature_type, []).append(feature)
    for same in by_type.values():
        alike = sorted((f for f in same if f.properties.key == key), key=lambda feature: feature.id)
        if len(alike) > 1:
            taken = {feature.properties.key for feature in same}
            yield {f.id: _with_key(f, _free_key(key, taken)) for f in alike[1:]}


def _free_key(key: str, taken: set[str]) -> str:
    number = 2
    while (name := f"{key[: MAX_KEY - 1 - len(str(number))]}-{number}") in taken:
        number += 1
    taken.add(name)
    return name


def _with_key(feature: Feature, key: str) -> Feature:
    return feature.model_copy(update={"properties": feature.properties.model_copy(update={"key": key})})
