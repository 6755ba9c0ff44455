"""``make bench BENCH=editor``: what redrawing the accuracy costs while a node or a shelf of the hypermarket is dragged.

The other rows of that name measure the screens. Each drag asks as the editor does, down to the bytes of the answer.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from store_server.adapters.plan_files import load_plan
from store_server.domain.draft_forecast import ForecastCache, forecast
from store_server.domain.next_node import next_node
from store_server.domain.plan_edits import Draft
from store_server.wire.drafts import FeatureChange
from store_server.wire.floorplans import FixtureFeature, LevelFeature, NodeFeature

NAMES = ("editor",)

REPOSITORY = Path(__file__).resolve().parents[2]
SHARED = (REPOSITORY / os.environ.get("AISLEWAY_DATA", "../shared/data")).resolve() / "floorplans"
HYPERMARKET = SHARED / "synthetic-hypermarket" / "floor.geojson"

DRAGS = 40
DRAG_MS = 100.0
NEXT_NODE_MS = 1000.0
TARGET_M = 3.0

Dragged = TypeVar("Dragged", NodeFeature, FixtureFeature)


def rows() -> list[dict[str, object]]:
    """A node dragged, a fixture dragged, and where one more node helps; none where the shared store is not there."""
    if not HYPERMARKET.exists():
        return []
    draft = Draft.of(load_plan(HYPERMARKET))
    features = draft.features.values()
    level_id = next(feature.id for feature in features if isinstance(feature, LevelFeature))
    nodes = [feature for feature in features if isinstance(feature, NodeFeature)]
    fixtures = [feature for feature in features if isinstance(feature, FixtureFeature)]
    cache = ForecastCache()
    floor = cache.drawn(draft, level_id).floor

    def drag(change: FeatureChange) -> str:
        return forecast(draft, level_id, None, TARGET_M, (change,), cache).model_dump_json()

    store = f"hypermarket, {len(nodes)} nodes, {len(fixtures)} fixtures"
    return [
        _row(f"accuracy redrawn while a node is dragged, {store}", _dragged_ms(nodes, drag), DRAG_MS),
        _row(f"accuracy redrawn while a fixture is dragged, {store}", _dragged_ms(fixtures, drag), DRAG_MS),
        _row(
            f"where one more node helps most, {store}",
            [_took_ms(lambda: next_node(floor, level_id, TARGET_M)) for _ in range(5)],
            NEXT_NODE_MS,
        ),
    ]


def _dragged_ms(features: list[Dragged], drag: Callable[[FeatureChange], object]) -> list[float]:
    """What each step of a drag takes; the shapes are taken in turn, all over the floor."""
    chosen = [features[number % len(features)] for number in range(0, DRAGS * 7, 7)]
    changes = [FeatureChange(before=one, after=_moved(one, 0.1 * (1 + n % 9))) for n, one in enumerate(chosen)]
    return [_took_ms(partial(drag, change)) for change in changes]


def _moved(feature: Dragged, by_m: float) -> Dragged:
    drawn = feature.model_dump(mode="json")
    drawn["geometry"]["coordinates"] = _east(drawn["geometry"]["coordinates"], by_m)
    return type(feature).model_validate_json(json.dumps(drawn))


def _east(coordinates: list[object], by_m: float) -> list[object]:
    first = coordinates[0]
    if isinstance(first, float):
        return [first + by_m, *coordinates[1:]]
    return [_east(each, by_m) for each in coordinates if isinstance(each, list)]


def _took_ms(ask: Callable[[], object]) -> float:
    begun = time.perf_counter()
    ask()
    return (time.perf_counter() - begun) * 1000


def _row(what: str, took_ms: list[float], limit_ms: float) -> dict[str, object]:
    ours, slow = float(np.median(took_ms)), float(np.quantile(took_ms, 0.95))
    return {
        "name": "editor",
        "what": f"{what}, p95 {slow:.0f} ms",
        "ours": ours,
        "unit": "ms",
        "reference": "limit",
        "reference_value": limit_ms,
        "ratio": ours / limit_ms,
    }
