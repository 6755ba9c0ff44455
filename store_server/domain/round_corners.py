"""The corners of a floor as a body goes round them: its middle on an arc about each, a body's radius away.

What is a point to the eye is an arc to a body. A walk comes to it along a straight line that touches the arc, follows it, and
leaves it along another. Angles are in radians, anticlockwise from east, as seen from the corner.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from store_server.domain.floor_shapes import QUARTER_SEGMENTS

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

LEAST_RAD = 1e-6
"""Turns and arcs by less are none: they would move a walk by less than a micrometre."""


ROUNDING_RAD = 1e-6
"""A line along a shelf touches the arcs of its corners right at their ends."""


@dataclass(frozen=True, slots=True, eq=False)
class RoundCorners:
    """Arcs that a walk can follow; a corner has two where something stands before the middle of its arc.

    Attributes
    ----------
    at_m : ndarray, shape (N, 2)
        The corners.
    middle_rad, half_rad : ndarray, shape (N,)
        Where an arc's middle is, and how far it goes to both sides.
    radius_m : float
    out : ndarray, shape (N, 2)
        Unit vectors from the corners to the middles of their arcs.
    least_cos : ndarray, shape (N,)
        Of the angle from its middle to its ends.
    """

    at_m: Floats
    middle_rad: Floats
    half_rad: Floats
    radius_m: float
    out: Floats
    least_cos: Floats

    @classmethod
    def of_arcs(cls, at_m: Floats, middle_rad: Floats, half_rad: Floats, radius_m: float) -> RoundCorners:
        out = np.stack([np.cos(middle_rad), np.sin(middle_rad)], axis=1)
        return cls(at_m, middle_rad, half_rad, radius_m, out, np.cos(half_rad + ROUNDING_RAD))

    def __len__(self) -> int:
        return len(self.at_m)

    def from_middle_rad(self, corner: Indices, angle_rad: Floats) -> Floats:
        """How far angles are from the middles of these arcs: -pi to pi."""
        off_rad: Floats = (angle_rad - self.middle_rad[corner] + np.pi) % (2 * np.pi) - np.pi
        return off_rad

    def places_m(self, corner: Indices, off_rad: Floats) -> Floats:
        """Places on these arcs, so far from their middles, shape (K, 2)."""
        angle_rad = self.middle_rad[corner] + off_rad
        there_m: Floats = self.at_m[corner] + self.radius_m * np.stack([np.cos(angle_rad), np.sin(angle_rad)], axis=-1)
        return there_m


def round_corners(walkable: BaseGeometry, blocked: BaseGeometry, radius_m: float) -> RoundCorners:
    """The corners of a floor that stick out into it, without what of their arcs is blocked.

    Parameters
    ----------
    walkable : Polygon or MultiPolygon
        The floor itself.
    blocked : prepared geometry
        What the middle of the body must not touch: a little less than ``radius_m`` from all that bounds the floor.

    >>> len(round_corners(shapely.box(0, 0, 9, 9), shapely.Point(), 0.3))
    0
    >>> len(round_corners(shapely.box(0, 0, 9, 9) - shapely.box(3, 3, 4, 4), shapely.Point(), 0.3))
    4
    """
    at_m, begins_rad, turns_rad = _corners_of(walkable)
    corners = RoundCorners.of_arcs(at_m, begins_rad - turns_rad / 2, turns_rad / 2, radius_m)
    arcs = _arcs(corners)
    is_met = np.asarray(shapely.intersects(blocked, arcs), dtype=np.bool_)
    kept = [np.flatnonzero(~is_met)]
    spans = [np.stack([-corners.half_rad, corners.half_rad], axis=1)[kept[0]]]
    met = np.flatnonzero(is_met)
    things = shapely.get_parts(blocked)
    nearby = shapely.STRtree(things)
    for corner in met[~np.asarray(shapely.covers(blocked, arcs[met]), dtype=np.bool_)].tolist():
        free = shapely.difference(arcs[corner], shapely.union_all(things[nearby.query(arcs[corner])]))
        free_rad = _spans(corners, corner, free)
        kept.append(np.full(len(free_rad), corner))
        spans.append(free_rad)
    corner, span_rad = np.concatenate(kept), np.concatenate(spans)
    middle_rad = corners.middle_rad[corner] + span_rad.mean(axis=1)
    return RoundCorners.of_arcs(corners.at_m[corner], middle_rad, (span_rad[:, 1] - span_rad[:, 0]) / 2, radius_m)


def _corners_of(walkable: BaseGeometry) -> tuple[Floats, Floats, Floats]:
    """Corners, shape (N, 2); where their arcs begin, and by how much they turn: clockwise, as the floor is to the left."""
    found: list[Floats] = [np.empty((0, 4))]
    for polygon in shapely.get_parts(shapely.orient_polygons(walkable)).tolist():
        for ring in [polygon.exterior, *polygon.interiors]:
            here = shapely.get_coordinates(ring)[:-1]
            ahead = np.roll(here, -1, axis=0) - here
            leaves_rad = np.arctan2(ahead[:, 1], ahead[:, 0])
            comes_rad = np.roll(leaves_rad, 1)
            turns_rad = (comes_rad - leaves_rad + np.pi) % (2 * np.pi) - np.pi
            corner = np.column_stack([here, comes_rad + np.pi / 2, turns_rad])
            found.append(corner[turns_rad > LEAST_RAD])
    all_found = np.concatenate(found)
    return all_found[:, :2], all_found[:, 2], all_found[:, 3]


def _arcs(corners: RoundCorners) -> NDArray[np.object_]:
    """The arcs as lines, by chords of at most the length that round shapes have."""
    least = np.pi / 2 / QUARTER_SEGMENTS
    count = np.maximum(1, np.ceil(2 * corners.half_rad / least)).astype(np.int64) + 1
    corner = np.repeat(np.arange(len(corners)), count)
    step = np.arange(len(corner)) - np.repeat(np.cumsum(count) - count, count)
    off_rad = corners.half_rad[corner] * (2 * step / (count[corner] - 1) - 1)
    return np.asarray(shapely.linestrings(corners.places_m(corner, off_rad), indices=corner))


def _spans(corners: RoundCorners, corner: int, pieces: BaseGeometry) -> Floats:
    """From where to where pieces of an arc go, from its middle, shape (K, 2)."""
    spans = []
    for piece in shapely.get_parts(pieces).tolist():
        ends_m = shapely.get_coordinates(piece)[[0, -1]] - corners.at_m[corner]
        angle_rad = np.arctan2(ends_m[:, 1], ends_m[:, 0])
        span_rad = np.sort(corners.from_middle_rad(np.full(2, corner), angle_rad))
        if span_rad[1] - span_rad[0] > LEAST_RAD:
            spans.append(span_rad)
    return np.array(spans).reshape(-1, 2)
