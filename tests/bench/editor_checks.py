"""``make bench BENCH=editor``: how long the checks of one edit take on a whole hypermarket, and a first look at it."""

from __future__ import annotations

import gzip
import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from store_server.domain.draft_checks import CheckedDraft
from store_server.domain.plan_edits import Draft
from store_server.domain.plan_form import read_document
from store_server.wire.floorplans import Feature
from tests.domain.drafting import read, shifted, with_properties, with_shapes
from tests.domain.floors import line

NAMES = {"editor"}

REPOSITORY = Path(__file__).resolve().parents[2]
HYPERMARKET = "floorplans/synthetic-hypermarket/full.geojson.gz"
GONDOLA = "G004"
LIMIT_MS = 100.0
EDITS = 15

Edit = Callable[[Draft, int], dict[str, Feature]]


def rows() -> list[dict[str, object]]:
    """``editor``: the middle time of several edits of a kind, each made to the draft the last one left."""
    path = (REPOSITORY / os.environ.get("AISLEWAY_DATA", "../shared/data")).resolve() / HYPERMARKET
    if not path.exists():
        return [_row(what, None) for what in EDITED]
    draft = Draft.of(read_document(gzip.decompress(path.read_bytes())))
    CheckedDraft.of(draft)
    begun = time.perf_counter()
    checked = CheckedDraft.of(draft)
    first_look_ms = (time.perf_counter() - begun) * 1000
    return [
        _row(f"{what} (a first look: {first_look_ms:,.0f} ms)", _middle_ms(checked, EDITED[what])) for what in EDITED
    ]


def _middle_ms(checked: CheckedDraft, edit: Edit) -> float:
    took_ms = []
    for number in range(EDITS):
        draft = with_shapes(checked.draft, edit(checked.draft, number))
        begun = time.perf_counter()
        checked = checked.edited(draft)
        found = checked.problems
        took_ms.append((time.perf_counter() - begun) * 1000)
        if any(problem.is_error for _, problem in found):
            raise RuntimeError(f"the edit was not to break anything: {found[0][1].words}")
    return float(np.median(took_ms))


def _step_m(number: int) -> float:
    return 0.02 if number % 2 else -0.02


def _gondola_moved(draft: Draft, number: int) -> dict[str, Feature]:
    gondola = _of(draft, "fixture", GONDOLA)
    on_it = [
        f for f in draft.features.values() if f.feature_type == "shelf_slot" and f.properties.fixture_id == gondola.id
    ]
    return {shape.id: shifted(shape, _step_m(number), 0) for shape in (gondola, *on_it)}


def _node_moved(draft: Draft, number: int) -> dict[str, Feature]:
    node = next(f for f in draft.features.values() if f.feature_type == "scanner_node")
    return {node.id: shifted(node, _step_m(number), 0)}


def _wall_drawn(draft: Draft, number: int) -> dict[str, Feature]:
    gondola = _of(draft, "fixture", GONDOLA)
    wall = with_properties(
        read(line("wall", "bench", (60, 40 + number / 100), (60.3, 40))), level_id=gondola.properties.level_id
    )
    return {wall.id: wall}


def _height_set(draft: Draft, number: int) -> dict[str, Feature]:
    gondola = _of(draft, "fixture", GONDOLA)
    return {gondola.id: with_properties(gondola, height_m=1.5 + number / 100)}


def _of(draft: Draft, feature_type: str, key: str) -> Feature:
    return next(f for f in draft.features.values() if f.feature_type == feature_type and f.properties.key == key)


EDITED: dict[str, Edit] = {
    "checks of an edit (gondola moved), hypermarket": _gondola_moved,
    "checks of an edit (node moved), hypermarket": _node_moved,
    "checks of an edit (wall drawn), hypermarket": _wall_drawn,
    "checks of an edit (height set), hypermarket": _height_set,
}


def _row(what: str, ours_ms: float | None) -> dict[str, object]:
    return {
        "name": "editor",
        "what": what,
        "ours": ours_ms,
        "unit": "ms",
        "reference": "the limit",
        "reference_value": LIMIT_MS,
        "ratio": None if ours_ms is None else ours_ms / LIMIT_MS,
    }
