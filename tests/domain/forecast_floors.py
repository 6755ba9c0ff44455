"""Small floors for tests of forecasts: a hall, a gondola in it, nodes in its corners; and what is asked of cells."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from hypothesis import strategies as st
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

from store_server.domain.accuracy_forecast import DrawnShape, Forecast, ForecastFloor
from store_server.domain.fixes import Anchor, Floats

WIDTH_M, DEPTH_M = 24.0, 16.0
HALL = shapely.box(0, 0, WIDTH_M, DEPTH_M)
GONDOLA = shapely.box(6, 5, 7, 11)

CORNERS = tuple(
    Anchor(f"n{number}", x, y, 3.0)
    for number, (x, y) in enumerate([(1.2, 1.3), (22.7, 1.1), (22.9, 14.8), (1.4, 14.6), (12.3, 8.2)])
)

places = st.tuples(
    st.floats(0.3, WIDTH_M - 0.3, allow_nan=False).map(lambda x: round(x, 2)),
    st.floats(0.3, DEPTH_M - 0.3, allow_nan=False).map(lambda y: round(y, 2)),
)
"""Anywhere in the hall."""

anchors = st.lists(places, min_size=3, max_size=7, unique=True).map(
    lambda found: tuple(Anchor(f"h{number}", x, y, 2.8) for number, (x, y) in enumerate(found))
)


def gondola(right_m: float = 0.0, up_m: float = 0.0, height_m: float | None = 2.0) -> DrawnShape:
    return DrawnShape.fixture(translate(GONDOLA, right_m, up_m), height_m)


def wall(*points: tuple[float, float], loss_db: float = 8.0) -> DrawnShape:
    return DrawnShape.wall(shapely.LineString(points), loss_db)


def hall(nodes: Sequence[Anchor] = CORNERS, outline: BaseGeometry = HALL, **shapes: DrawnShape) -> ForecastFloor:
    return ForecastFloor.drawn(outline, shapes, nodes)


def is_never_worse(after: Forecast, before: Forecast) -> bool:
    """In every cell, but for rounding."""
    better = after.error_m <= before.error_m + 1e-6
    return bool((better | np.isinf(before.error_m)).all() and (after.heard >= before.heard).all())


def share_alike(some: Floats, others: Floats, within: float = 0.01) -> float:
    """Share of cells with about the same error; both infinite is the same."""
    is_same = np.isclose(some, others, rtol=within, atol=1e-6)
    return float(np.mean(is_same | (np.isinf(some) & np.isinf(others))))
