"""What differs between two plans, shape by shape and product by product."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from store_server.domain.plan_edits import ORDER
from store_server.wire.floorplans import Feature, FloorplanDocument, KioskFeature, SectionFeature, SlotFeature
from store_server.wire.plan_versions import ShapeDiff, ShapeDifference

MOVED_M = 0.1
"""A product that stands nearer than this to where it stood has not moved: the shelf was straightened."""

_RANK = {feature_type: rank for rank, feature_type in enumerate(ORDER)}


@dataclass(frozen=True, slots=True)
class ProductMoves:
    """Skus by what became of their place."""

    before: frozenset[str]
    after: frozenset[str]
    moved: frozenset[str]


def shape_diffs(before: FloorplanDocument, after: FloorplanDocument) -> tuple[ShapeDiff, ...]:
    """The shapes that differ, slots aside, in the order they are drawn.

    A shape is the same one by its id; where a plan was drawn or imported anew, by its type and key.
    """
    was = {feature.id: feature for feature in before.features if not isinstance(feature, SlotFeature)}
    now = {feature.id: feature for feature in after.features if not isinstance(feature, SlotFeature)}
    pairs: list[tuple[Feature | None, Feature | None]] = [(was[i], now[i]) for i in was if i in now]
    gone = {(f.feature_type, f.properties.key): f for i, f in was.items() if i not in now}
    for feature_id, feature in now.items():
        if feature_id not in was:
            pairs.append((gone.pop((feature.feature_type, feature.properties.key), None), feature))
    pairs += [(feature, None) for feature in gone.values()]
    found = [
        ShapeDiff(difference=difference, before=old, after=new)
        for old, new in pairs
        if (difference := _difference(old, new)) is not None
    ]
    return tuple(sorted(found, key=_place))


def _place(diff: ShapeDiff) -> tuple[int, str]:
    feature = diff.after or diff.before
    assert feature is not None  # noqa: S101 (one of the two is there)
    return (_RANK[feature.feature_type], feature.properties.key)


def _difference(before: Feature | None, after: Feature | None) -> ShapeDifference | None:
    if before is None:
        return ShapeDifference.ADDED
    if after is None:
        return ShapeDifference.REMOVED
    if before.geometry != after.geometry or _reach(before) != _reach(after):
        return ShapeDifference.MOVED
    return None if before.properties == after.properties else ShapeDifference.CHANGED


def _reach(feature: Feature) -> object:
    """What of a kiosk's properties is geometry."""
    if not isinstance(feature, KioskFeature):
        return None
    p = feature.properties
    return (p.display_point, p.catchment, p.catchment_radius_m, p.facing_deg)


def product_moves(before: FloorplanDocument, after: FloorplanDocument) -> ProductMoves:
    """What became of the products' places; of a product in several places the first by key counts."""
    was, now = _places(before.features), _places(after.features)
    moved = {
        sku
        for sku, (level, x_m, y_m) in was.items()
        if sku in now and (now[sku][0] != level or math.hypot(now[sku][1] - x_m, now[sku][2] - y_m) > MOVED_M)
    }
    return ProductMoves(frozenset(was), frozenset(now), frozenset(moved))


def _places(features: Iterable[Feature]) -> Mapping[str, tuple[str, float, float]]:
    slots = [f for f in features if isinstance(f, SlotFeature) and f.properties.sku is not None]
    return {
        str(slot.properties.sku): (slot.properties.level_id, slot.geometry.coordinates[0], slot.geometry.coordinates[1])
        for slot in sorted(slots, key=lambda slot: slot.properties.key, reverse=True)
    }


def zones_changed(diffs: Iterable[ShapeDiff]) -> int:
    """How many zones were added, removed, moved or renamed."""
    return sum(isinstance(diff.after or diff.before, SectionFeature) for diff in diffs)
