"""Two versions of the plan side by side: what differs, and what that does to the store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from store_server.domain.draft_forecast import ForecastCache
from store_server.domain.floorplan import Floorplan, InvalidFloorplan, levels_of
from store_server.domain.plan_diff import ProductMoves, product_moves, shape_diffs, zones_changed
from store_server.domain.plan_edits import Draft
from store_server.domain.routing import WalkingGraph
from store_server.ports import PlanRecord
from store_server.use_cases.edit_floorplans import Drafts
from store_server.use_cases.floors import Floors
from store_server.wire.floorplans import KioskFeature, NodeFeature
from store_server.wire.plan_versions import Effect, PlanDiff, PlanEffect

LOOKED_AT = 60
"""So many products' ways are measured: the middle one of more would be the same."""

TARGET_M = 3.0


@dataclass(frozen=True)
class Comparison:
    drafts: Drafts
    floors: Floors

    def diff(self, from_version: int, to_version: int | None) -> PlanDiff:
        """From one version to another, or to the draft (None)."""
        before = self._of(from_version)
        after = self._draft() if to_version is None else self._of(to_version)
        shapes = shape_diffs(before.document, after.document)
        moves = product_moves(before.document, after.document)
        effects = [
            *_counts(before, after, moves),
            Effect(kind=PlanEffect.ZONES_CHANGED, before=None, after=zones_changed(shapes)),
        ]
        skus = _some(sorted(moves.before & moves.after))
        effects.append(Effect(kind=PlanEffect.ROUTE_LENGTH_M, before=_way_m(before, skus), after=_way_m(after, skus)))
        effects += _accuracy(before, after)
        is_same = Draft.of(before.document) == Draft.of(after.document)
        return PlanDiff(
            from_version=from_version, to_version=to_version, shapes=shapes, effects=tuple(effects), is_same=is_same
        )

    def _of(self, version: int) -> PlanRecord:
        if version == 0:  # what the first plan of a store is compared with
            empty = Draft.empty(self.drafts.store_name).document()
            return PlanRecord(0, self.drafts.clock.now(), empty, None)
        running = self.floors.current()
        if running is not None and running.plan.version == version:
            return running.plan
        return self.drafts.of_version(version)

    def _draft(self) -> PlanRecord:
        held = self.drafts.held()
        base = self._of(held.base_version)
        return PlanRecord(0, base.published_at, held.draft.document(), base.calibration)


def _some(skus: Sequence[str]) -> Sequence[str]:
    return skus[:: max(1, len(skus) // LOOKED_AT)][:LOOKED_AT]


def _way_m(plan: PlanRecord, skus: Sequence[str]) -> float | None:
    """The middle walking way from the entrance to these products; None for a plan nobody can walk on yet."""
    try:
        floorplan = Floorplan.from_document(plan.document)
        graph = WalkingGraph.prepare(floorplan)
    except InvalidFloorplan:
        return None
    wanted = frozenset(skus)
    standing_m = {
        slot.sku: slot.standing_m for slot in floorplan.slots.values() if slot.sku in wanted and slot.has_standing_room
    }
    if not floorplan.entrances or not standing_m:
        return None
    lengths = graph.lengths(floorplan.entrances[0], list(standing_m.values()))
    reached = lengths[np.isfinite(lengths)]
    return round(float(np.median(reached)), 2) if len(reached) else None


def _counts(before: PlanRecord, after: PlanRecord, moves: ProductMoves) -> Iterator[Effect]:
    def count(kind: PlanEffect, was: int, now: int) -> Effect:
        return Effect(kind=kind, before=was, after=now)

    yield count(PlanEffect.PRODUCTS_PLACED, len(moves.before), len(moves.after))
    yield Effect(kind=PlanEffect.PRODUCTS_MOVED, before=None, after=len(moves.moved))
    for kind, shape in ((PlanEffect.NODES, NodeFeature), (PlanEffect.KIOSKS, KioskFeature)):
        was, now = (sum(isinstance(f, shape) for f in plan.document.features) for plan in (before, after))
        yield count(kind, was, now)


def _accuracy(before: PlanRecord, after: PlanRecord) -> Iterable[Effect]:
    was, now = _forecast(before), _forecast(after)
    for number, kind in enumerate((PlanEffect.MEDIAN_ERROR_M, PlanEffect.FLOOR_WITHIN_TARGET)):
        yield Effect(kind=kind, before=was[number], after=now[number])


def _forecast(plan: PlanRecord) -> tuple[float | None, float | None]:
    """The expected error in half of the places (m), and the share of the floor within the target."""
    levels = levels_of(plan.document)
    if not levels:
        return None, None
    drawn = ForecastCache().drawn(Draft.of(plan.document), levels[0].id, plan.calibration)
    forecast = drawn.floor.forecast()
    median_m = forecast.quantile_m(0.5)
    return None if median_m is None else round(median_m, 3), round(forecast.within(TARGET_M), 4)
