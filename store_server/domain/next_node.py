"""Where one more node would help most.

Places all over the floor are tried: first roughly, on few cells and as if nothing stood in the way; the best of them with the
shadows of everything; then round the best, closer and closer.
"""

from __future__ import annotations

import math

import numpy as np

from store_server.domain.accuracy_forecast import Forecast, ForecastFloor
from store_server.domain.fixes import Anchor, Floats
from store_server.domain.plausibility import FEWEST_ANCHORS
from store_server.wire.drafts import NextNode

NODE_ID = "next node"

USUAL_HEIGHT_M = 2.5
"""Where no node's height is known: under the ceiling of a small shop."""

MOST_ROUGH_PLACES = 350
ROUGH_APART_M = 1.5
"""A small floor is tried this finely, a large one with as many places as there is time for."""

MOST_ROUGH_CELLS = 500

TRIED_IN_FULL = 16

FINEST_M = 0.4
"""A node is hung no more exactly than that."""


def next_node(floor: ForecastFloor, level_id: str, target_m: float) -> NextNode | None:
    """The place where one more node brings the largest share of the floor within the target, then the lowest median.

    Parameters
    ----------
    floor : ForecastFloor
    level_id : str
    target_m : float

    Returns
    -------
    NextNode or None
        None where nobody can stand on the floor.
    """
    before = floor.forecast()
    if not before.walkable.any():
        return None
    heights = [anchor.z_m for anchor in floor.anchors if anchor.z_m is not None]
    z_m = float(np.median(heights)) if heights else USUAL_HEIGHT_M
    step_m = max(ROUGH_APART_M, math.sqrt(len(floor.cells.xy_m) * floor.cells.cell_m**2 / MOST_ROUGH_PLACES))
    tried: dict[tuple[float, float], tuple[float, ...]] = {}

    def worth(xy_m: tuple[float, float]) -> tuple[float, ...]:
        if xy_m not in tried:
            tried[xy_m] = _worth(_with_node(floor, xy_m, z_m).forecast(), target_m)
        return tried[xy_m]

    places = _places(floor, step_m)
    best = max(_rough_best(floor, before, places, z_m, target_m), key=worth)
    while step_m > FINEST_M:
        step_m /= 2
        around = [(best[0] + dx * step_m, best[1] + dy * step_m) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
        best = max((xy for xy in around if _is_inside(floor, xy) or xy == best), key=worth)
    after = _with_node(floor, best, z_m).forecast()
    return NextNode(
        x_m=round(best[0], 2),
        y_m=round(best[1], 2),
        z_m=z_m,
        before=before.message(level_id, target_m),
        after=after.message(level_id, target_m),
    )


def _worth(forecast: Forecast, target_m: float) -> tuple[float, ...]:
    """More is better: the share within the target, the median, and where neither tells, how near places are to a position."""
    median_m = forecast.quantile_m(0.5)
    heard = np.minimum(forecast.heard[forecast.walkable], FEWEST_ANCHORS)
    return forecast.within(target_m), -math.inf if median_m is None else -median_m, float(heard.mean())


def _with_node(floor: ForecastFloor, xy_m: tuple[float, float], z_m: float) -> ForecastFloor:
    return floor.with_anchors([*floor.anchors, Anchor(NODE_ID, *xy_m, z_m)])


def _is_inside(floor: ForecastFloor, xy_m: tuple[float, float]) -> bool:
    return bool((np.abs(floor.cells.xy_m - xy_m).max(axis=1) <= floor.cells.cell_m / 2 + 1e-9).any())


def _places(floor: ForecastFloor, apart_m: float) -> Floats:
    """Middles of cells about so far apart, all over the floor: over shelves as well as aisles, shape (P, 2)."""
    stride = max(1, round(apart_m / floor.cells.cell_m))
    row, column = np.divmod(floor.cells.inside, floor.cells.columns)
    chosen = (row % stride == stride // 2) & (column % stride == stride // 2)
    return floor.cells.xy_m[chosen] if chosen.any() else floor.cells.xy_m


def _rough_best(
    floor: ForecastFloor, before: Forecast, places: Floats, z_m: float, target_m: float
) -> list[tuple[float, float]]:
    """The most promising places, as if nothing stood in the way of the new node's signals."""
    walkable = np.flatnonzero(before.walkable)
    rough = floor.thinned(walkable[:: -(-len(walkable) // MOST_ROUGH_CELLS)])
    found = [(float(x_m), float(y_m)) for x_m, y_m in places]
    worth = {xy_m: _worth(_with_node(rough, xy_m, z_m).forecast(), target_m) for xy_m in found}
    return sorted(found, key=lambda xy_m: worth[xy_m], reverse=True)[:TRIED_IN_FULL]
