"""Whether a draft's structure is sound, kept up with its editing.

``structure_problems`` says what is wrong; this only says whether anything is, from tables that an edit changes in a few places.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress, islice
from operator import is_not, not_
from types import MappingProxyType

import shapely

from store_server.domain.floor_reading import of_type
from store_server.domain.plan_edits import Draft, document_order
from store_server.domain.plan_shelves import Shelf
from store_server.domain.plan_structure import Detail, polygon_of, ring_problems
from store_server.wire.floorplans import (
    Feature,
    FixtureFeature,
    KioskFeature,
    LevelFeature,
    NodeFeature,
    PolygonGeometry,
    SlotFeature,
)

Change = tuple[Feature | None, Feature | None]


@dataclass(frozen=True, slots=True)
class Rings:
    """What was found out about one shape's rings. It holds the shape, so that its ``id`` stays its own."""

    feature: Feature
    is_sound: bool
    polygons: tuple[tuple[PolygonGeometry, shapely.Polygon], ...]


@dataclass(frozen=True, eq=False)
class DraftForm:
    """A draft's shapes in the tables that its structure is judged by.

    Attributes
    ----------
    drawn : tuple of Feature
        All but the slots, in the document's order.
    shelves : Mapping of fixture id to Shelf
        The slots by the fixture they name.
    """

    draft: Draft
    drawn: tuple[Feature, ...]
    shelves: Mapping[str, Shelf]
    _rings: Mapping[str, Rings]
    _keys: Mapping[tuple[str, str], int]
    """How many shapes of a type have a key; 0 for keys of the past."""
    _twice: int
    """How many of those are more than one."""
    _detail: Detail

    @classmethod
    def of(cls, draft: Draft) -> DraftForm:
        nothing = cls(
            Draft(draft.header, MappingProxyType({})), (), {}, {}, {}, 0, Detail(is_too_much=False, meetings_at_most=0)
        )
        return nothing.edited(draft)

    def edited(self, draft: Draft) -> DraftForm:
        """The tables of the draft after any edits."""
        changes = _changes(self.draft, draft)
        keys = dict(self._keys)
        twice = self._twice
        for change in changes:
            for feature, step in zip(change, (-1, 1), strict=True):
                if feature is not None:
                    name = (feature.feature_type, feature.properties.key)
                    was = keys.get(name, 0)
                    keys[name] = was + step
                    twice += (was + step > 1) - (was > 1)
        drawn, rings, detail = self.drawn, self._rings, self._detail
        new = [now for _, now in changes if now is not None and not isinstance(now, SlotFeature)]
        gone = {was.id for was, _ in changes if was is not None and not isinstance(was, SlotFeature)}
        if new or gone:
            drawn = tuple(sorted([*(f for f in drawn if f.id not in gone), *new], key=document_order))
            detail = detail.after(drawn, new)
            # A shape that is too detailed is not handed to the geometry engine at all.
            rings = self._rings if detail.is_too_much else _rings(drawn, self._rings)
        return DraftForm(draft, drawn, _shelves(self.shelves, changes), rings, keys, twice, detail)

    @cached_property
    def is_sound(self) -> bool:
        """Whether ``structure_problems`` has nothing to say."""
        if self._detail.is_too_much or self._twice or not all(rings.is_sound for rings in self._rings.values()):
            return False
        devices = [_device(screen) for screen in of_type(self.drawn, KioskFeature)]
        devices += [_device(node) for node in of_type(self.drawn, NodeFeature)]
        if len(devices) != len(set(devices)):
            return False
        levels = {feature.id for feature in of_type(self.drawn, LevelFeature)}
        if not levels or any(feature.properties.level_id not in levels for feature in self.drawn):
            return False
        level_of = {f.id: f.properties.level_id for f in of_type(self.drawn, FixtureFeature)}
        return all(shelf.level_ids == {level_of.get(shelf.fixture_id)} for shelf in self.shelves.values())

    @cached_property
    def fixture_keys(self) -> Mapping[str, str]:
        """The fixtures' keys by their ids."""
        return {feature.id: feature.properties.key for feature in of_type(self.drawn, FixtureFeature)}

    @cached_property
    def _polygons(self) -> Mapping[int, shapely.Polygon]:
        return {id(geometry): polygon for rings in self._rings.values() for geometry, polygon in rings.polygons}

    def polygon(self, geometry: PolygonGeometry) -> shapely.Polygon:
        """The polygon of one of the draft's rings, made once."""
        known = self._polygons.get(id(geometry))
        return polygon_of(geometry) if known is None else known

    def on_level(self, level_id: str) -> list[Feature]:
        """All on a level but its slots, in the document's order."""
        return [feature for feature in self.drawn if feature.properties.level_id == level_id]


def _device(feature: NodeFeature | KioskFeature) -> tuple[str, str]:
    if isinstance(feature, NodeFeature):
        return ("node_key", feature.properties.node_key)
    return ("kiosk_key", feature.properties.kiosk_key)


def _changes(was: Draft, now: Draft) -> list[Change]:
    before, after = was.features, now.features
    if (touched := now.touched_since(was)) is not None:
        return [(before.get(key), after.get(key)) for key in dict.fromkeys(touched)]
    if list(before) == list(islice(after, len(before))):
        # As after most edits: the same shapes in the same order, and what was drawn comes last.
        differ = map(is_not, before.values(), after.values())
        there = [(before[key], after[key]) for key in compress(before, differ)]
        return [*there, *((None, after[key]) for key in islice(after, len(before), None))]
    # Copies of a view are looked through in half the time the view is; so made, they cost nothing.
    had, has = before | {}, after | {}
    differ = map(is_not, map(had.get, has), has.values())
    changed: list[Change] = [(had.get(key), has[key]) for key in compress(has, differ)]
    new = sum(gone is None for gone, _ in changed)
    if len(has) < len(had) + new:
        changed += [(had[key], None) for key in compress(had, map(not_, map(has.__contains__, had)))]
    return changed


def _rings(drawn: Iterable[Feature], before: Mapping[str, Rings]) -> dict[str, Rings]:
    """Of each shape with rings; taken over where the shape is the very same."""
    return {
        feature.id: known if (known := before.get(feature.id)) and known.feature is feature else _rings_of(feature)
        for feature in drawn
    }


def _rings_of(feature: Feature) -> Rings:
    made: list[tuple[PolygonGeometry, shapely.Polygon]] = []

    def polygon(geometry: PolygonGeometry) -> shapely.Polygon:
        made.append((geometry, polygon_of(geometry)))
        return made[-1][1]

    is_sound = not ring_problems(feature, polygon)
    return Rings(feature, is_sound, tuple(made))


def _shelves(before: Mapping[str, Shelf], changes: Sequence[Change]) -> Mapping[str, Shelf]:
    """The slots by their fixtures, only those made anew that an edit touches."""
    gone: dict[str, set[str]] = defaultdict(set)
    come: dict[str, list[SlotFeature]] = defaultdict(list)
    for was, now in changes:
        if isinstance(was, SlotFeature):
            gone[was.properties.fixture_id].add(was.id)
        if isinstance(now, SlotFeature):
            come[now.properties.fixture_id].append(now)
    if not gone and not come:
        return before
    after = dict(before)
    for fixture_id in {**gone, **come}:
        kept = before[fixture_id].slots if fixture_id in before else ()
        left = gone.get(fixture_id, set())
        slots = [*(slot for slot in kept if slot.id not in left), *come.get(fixture_id, [])]
        if slots:
            after[fixture_id] = Shelf(fixture_id, tuple(sorted(slots, key=document_order)))
        else:
            del after[fixture_id]
    return after
