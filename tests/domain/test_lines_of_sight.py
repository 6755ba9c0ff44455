"""Lines from one place are told clear or not as each line alone is, however many of them one shelf hides."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from store_server.domain import lines_of_sight
from store_server.domain.floor_shapes import BODY_RADIUS_M
from store_server.domain.lines_of_sight import WIDE_SIDES, Blocked, are_clear, are_clear_from, blocked_by
from store_server.domain.round_corners import Floats

OUTLINE = shapely.box(0, 0, 30, 20)
# Shelves lie on a raster of half metres, so that places lie in line with their sides, and corners with one another.
halves = st.integers(0, 40).map(lambda count: count / 2)
shelves = st.lists(
    st.tuples(halves, halves, st.sampled_from([0.5, 1.0, 4.0, 12.0]), st.sampled_from([0.5, 1.0, 6.0])).map(
        lambda box: shapely.box(box[0], box[1], box[0] + box[2], box[1] + box[3])
    ),
    max_size=30,
)
places = st.tuples(halves, halves) | st.tuples(st.floats(0, 30), st.floats(0, 20))


@given(shelves, places, st.lists(places, min_size=1, max_size=40))
def test_lines_from_one_place_are_as_clear_as_each_alone(
    things: list[shapely.Polygon], start: tuple[float, float], ends: list[tuple[float, float]]
) -> None:
    area, blocked = blocked_by(OUTLINE, things, BODY_RADIUS_M, 1.0)
    free = [end for end in [start, *ends] if not shapely.intersects_xy(area, *end)]
    if not free or free[0] != start:
        return
    point_m, ends_m = np.array(start), np.array(free)
    together = are_clear_from(blocked, point_m, ends_m)
    assert together.tolist() == are_clear(blocked, np.broadcast_to(point_m, ends_m.shape), ends_m).tolist()


def test_of_a_store_s_shelves_few_lines_are_left_to_the_exact_test(monkeypatch: pytest.MonkeyPatch) -> None:
    aisles = [shapely.box(x_m, y_m, x_m + 0.8, y_m + 5) for x_m in range(2, 28, 3) for y_m in (1, 7, 13)]
    area, blocked = blocked_by(OUTLINE, aisles, BODY_RADIUS_M, 1.0)
    assert len(blocked.along_m) > WIDE_SIDES
    rng = np.random.default_rng(3)
    ends_m = np.array(
        [end for end in rng.uniform((0, 0), (30, 20), (2000, 2)) if not shapely.intersects_xy(area, *end)]
    )
    left = []

    def counting(blocked: Blocked, starts_m: Floats, ends_m: Floats) -> NDArray[np.bool_]:
        left.append(len(ends_m))
        return are_clear(blocked, starts_m, ends_m)

    monkeypatch.setattr(lines_of_sight, "are_clear", counting)
    clear = are_clear_from(blocked, np.array([1.0, 10.0]), ends_m)
    assert 0 < clear.sum() < sum(left) < len(ends_m) / 4
