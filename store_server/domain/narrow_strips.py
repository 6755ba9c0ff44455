"""Strips of floor too narrow for a wheelchair: what is lost when the floor is shrunk and grown back.

Whether a place is lost depends on the floor within ``REACH_M`` of it and on nothing else, so that after an edit only the floor
near what was edited is shrunk and grown again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from store_server.domain.floor_shapes import MITRE_LIMIT, grown, polygons_in
from store_server.domain.plan_placing import is_deeper
from store_server.domain.shelf_problems import STEP_FREE_M

GAP_M = 0.34
"""Narrower is a gap between things, not a passage anybody tries."""

CARE_M = 0.002
"""Twice the millimetre the floor itself is drawn with."""

MILLIMETRE = 0.001

HALF_M = STEP_FREE_M / 2 - CARE_M

REACH_M = 2 * MITRE_LIMIT * HALF_M + 0.5
"""A sharp corner reaches ``MITRE_LIMIT`` times as far as the floor shrinks, and as far again when it is grown back."""

Box = NDArray[np.float64]
"""Least x and y, largest x and y, in metres."""


@dataclass(frozen=True, slots=True)
class Strip:
    """A strip somebody may try to pass through.

    Attributes
    ----------
    part : Polygon
        To the millimetre, its corners in one order, whatever of the floor was looked at to find it.
    is_passage : bool
        Whether wider floor lies at both its ends.
    """

    part: shapely.Polygon
    is_passage: bool


def strips_of(walkable: BaseGeometry) -> tuple[Strip, ...]:
    """All strips of a floor, from the lower left on."""
    return _sorted(_strips(walkable))


def strips_after(
    walkable: BaseGeometry, before: Sequence[Strip], touched: Sequence[Sequence[float]]
) -> tuple[Strip, ...]:
    """The same as ``strips_of``, for a floor that was changed within some boxes since its strips were found.

    Parameters
    ----------
    before : sequence of Strip
        Those of the floor as it was.
    touched : sequence of (min_x, min_y, max_x, max_y)
        What has changed lies in these, with whatever stood or stands there.
    """
    if not touched:
        return tuple(before)
    had = shapely.bounds([strip.part for strip in before]).reshape(-1, 4)
    region = _around([*np.asarray(touched, dtype=np.float64)], REACH_M)
    whole = _around([shapely.bounds(walkable)], REACH_M)
    while True:
        is_old = _meets(had, region)
        window = _around([region], REACH_M)
        if (window[:2] <= whole[:2]).all() and (window[2:] >= whole[2:]).all():
            return strips_of(walkable)
        found = _strips(shapely.intersection(walkable, shapely.box(*window)))
        has = shapely.bounds([strip.part for strip in found]).reshape(-1, 4)
        is_new = _meets(has, region)
        # A strip that leaves the region is looked at whole.
        grown_region = _around([region, *had[is_old], *has[is_new]], 0.0)
        if (grown_region == region).all():
            kept = [strip for strip, is_met in zip(before, is_old, strict=True) if not is_met]
            return _sorted([*kept, *(strip for strip, is_met in zip(found, is_new, strict=True) if is_met)])
        region = grown_region


def _strips(walkable: BaseGeometry) -> list[Strip]:
    wide = grown(grown(walkable, -HALF_M), HALF_M)
    found = []
    for lost in polygons_in(shapely.difference(walkable, wide)):
        if not is_deeper(lost, GAP_M):
            continue
        # An overlay leaves hairlines along walls that would make one strip of two.
        for part in polygons_in(grown(grown(lost, -MILLIMETRE), MILLIMETRE)):
            if is_deeper(part, GAP_M):
                ends = polygons_in(shapely.intersection(shapely.buffer(part, 0.01), wide))
                found.append(Strip(_to_the_millimetre(part), is_passage=len(ends) > 1))
    return found


def _to_the_millimetre(part: shapely.Polygon) -> shapely.Polygon:
    """The same polygon whatever of the floor was cut out: an overlay leaves corners on straight edges, here or there."""
    rounded = shapely.normalize(shapely.transform(part, lambda corners: np.round(corners, 3) + 0.0))
    plain = shapely.simplify(rounded, MILLIMETRE)
    return shapely.normalize(plain) if isinstance(plain, shapely.Polygon) and not plain.is_empty else rounded


def _sorted(strips: Sequence[Strip]) -> tuple[Strip, ...]:
    return tuple(sorted(strips, key=lambda strip: (*strip.part.bounds, strip.part.wkt)))


def _around(boxes: Sequence[Box], by_m: float) -> Box:
    """One box round several, and so much more on each side."""
    rows = np.array(boxes)
    return np.concatenate([rows[:, :2].min(axis=0) - by_m, rows[:, 2:].max(axis=0) + by_m])


def _meets(boxes: NDArray[np.float64], region: Box) -> NDArray[np.bool_]:
    """Which of some boxes, shape (B, 4), have a point in the region."""
    return np.asarray(((boxes[:, :2] <= region[2:]) & (boxes[:, 2:] >= region[:2])).all(axis=1))
