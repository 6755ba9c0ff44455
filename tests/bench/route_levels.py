"""``make bench BENCH=route-levels``: walks in a made building of three hypermarket levels, beside walks on one of them.

Each level is the demo hypermarket; two escalators up, two down, a lift and stairs join them, where its floor is free.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from store_server.adapters.plan_files import load_plan
from store_server.domain.building import Building, BuildingPath, Place
from store_server.domain.floorplan import Floorplan
from store_server.wire.floorplans import FloorplanDocument, KioskFeature, NodeFeature, SlotFeature
from tests.bench.route import bench_row, pairs_on

NAMES = ("route-levels", "route-levels-p99", "route-levels-matrix")

HYPERMARKET = Path(__file__).resolve().parents[2] / "floorplans" / "hypermarket.floorplan.json"
LEVELS = 3
PAIRS = 500
STOPS = 30
WAYS = (
    ("up-1", "escalator", "up"),
    ("up-2", "escalator", "up"),
    ("down-1", "escalator", "down"),
    ("down-2", "escalator", "down"),
    ("lift", "elevator", "both"),
    ("stairs", "stairs", "both"),
)
WAY_M = (3.0, 2.0)
SEED = 7

Json = dict[str, Any]


def rows() -> list[dict[str, object]]:
    """A query and its p99; then the lengths between the places of a tour."""
    document = three_hypermarkets()
    building = Building.prepare(document)
    level_ids = [f"L{n}" for n in range(LEVELS)]
    pairs = pairs_on(Floorplan.from_document(document, level_ids[0]), PAIRS)
    rng = np.random.default_rng(SEED)
    here, more = rng.integers(0, LEVELS, PAIRS), rng.integers(1, LEVELS, PAIRS)
    across = [
        _timed_ms(building, Place(level_ids[n], *start), Place(level_ids[(n + m) % LEVELS], *end))
        for (start, end), n, m in zip(pairs.tolist(), here, more, strict=True)
    ]
    same = []
    for (start, end), n in zip(pairs.tolist(), here, strict=True):
        begun = time.thread_time()
        building.graph(level_ids[n]).path(tuple(start), tuple(end))
        same.append((time.thread_time() - begun) * 1000)
    what, peer = f"three hypermarket levels, {PAIRS} pairs", "the same on one level"
    figures = zip(NAMES, (f"{what}: a query", f"{what}: a query, p99"), (50, 99), strict=False)
    made = [
        bench_row(name, words, float(np.percentile(across, share)), "ms", peer, float(np.percentile(same, share)))
        for name, words, share in figures
    ]
    return [*made, _matrix_row(building, level_ids, pairs[:STOPS, 0])]


def _timed_ms(building: Building, start: Place, end: Place) -> float:
    begun = time.thread_time()
    found = building.path(start, end)
    took_ms = (time.thread_time() - begun) * 1000
    if not isinstance(found, BuildingPath) or found.legs[-1].level_id != end.level_id:
        raise RuntimeError(f"no walk from {start} to {end}")
    return took_ms


def _matrix_row(building: Building, level_ids: list[str], at_m: NDArray[np.float64]) -> dict[str, object]:
    places = [Place(level_ids[n % LEVELS], *at) for n, at in enumerate(at_m.tolist())]
    begun = time.thread_time()
    building.matrix(places)
    across_ms = (time.thread_time() - begun) * 1000
    begun = time.thread_time()
    building.graph(level_ids[0]).matrix([place.at_m for place in places])
    same_ms = (time.thread_time() - begun) * 1000
    what = f"three hypermarket levels: lengths between {STOPS} places, seen for the first time"
    return bench_row("route-levels-matrix", what, across_ms, "ms", "the same on one level", same_ms)


def three_hypermarkets() -> FloorplanDocument:
    """The demo hypermarket three times over, without what nobody walks round."""
    document = load_plan(HYPERMARKET)
    features: list[Json] = []
    drawn = [f for f in document.features if not isinstance(f, SlotFeature | NodeFeature)]
    for n in range(LEVELS):
        for feature in drawn:
            told = json.loads(feature.model_dump_json(exclude_none=True))
            told["id"] = f"L{n}" if feature.feature_type == "level" else f"{n}/{feature.id}"
            told["properties"] |= {"key": f"{n}/{feature.properties.key}", "level_id": f"L{n}"}
            if feature.feature_type == "level":
                told["properties"]["ordinal"] = n
            if isinstance(feature, KioskFeature):
                told["properties"]["kiosk_key"] = f"{n}-{feature.properties.kiosk_key}"
            features.append(told)
        features += _ways(Floorplan.from_document(document), n)
    text = json.dumps({**json.loads(document.model_dump_json(exclude_none=True)), "features": features})
    return FloorplanDocument.model_validate_json(text)


def _ways(floorplan: Floorplan, n: int) -> list[Json]:
    """At the same places on each level."""
    min_x, min_y, max_x, max_y = floorplan.outline.bounds
    corners = np.random.default_rng(SEED).uniform((min_x, min_y), (max_x, max_y), (5000, 2))
    boxes = [shapely.box(x_m, y_m, x_m + WAY_M[0], y_m + WAY_M[1]) for x_m, y_m in corners.tolist()]
    free = [box for box in boxes if shapely.contains(floorplan.walkable_area, box)]
    return [
        {
            "type": "Feature",
            "id": f"{n}/{name}",
            "feature_type": "unit",
            "geometry": json.loads(shapely.to_geojson(box)),
            "properties": {
                "key": f"{n}/{name}",
                "level_id": f"L{n}",
                "category": category,
                "connects": name,
                "direction": direction,
            },
        }
        for (name, category, direction), box in zip(WAYS, free, strict=False)
    ]
