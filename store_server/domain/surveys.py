"""Recordings whose truth is known, gathered into the survey points a floor is calibrated from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from store_server.domain.ranging import STRONGEST_DBM, WEAKEST_DBM
from store_server.domain.sightings import SightingColumns

Floats = NDArray[np.float64]

WALK_CELL_M = 1.0
"""A walk's sightings are gathered per square of this side: nearer places sound alike, and the map stays small."""


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """One test beacon's sightings and where it truly was.

    Attributes
    ----------
    beacon_id : str
    sightings : SightingColumns
    truth_s : ndarray, shape (T,)
        Ascending; one entry for a beacon that stood still.
    truth_xy_m : ndarray, shape (T, 2)
    """

    beacon_id: str
    sightings: SightingColumns
    truth_s: Floats
    truth_xy_m: Floats

    @property
    def is_still(self) -> bool:
        """Whether the beacon stood at one point."""
        return len(self.truth_s) == 1

    def truth_at(self, at_s: Floats) -> Floats:
        """Where the beacon was at each instant, shape (len(at_s), 2): interpolated, held at both ends."""
        return np.stack([np.interp(at_s, self.truth_s, self.truth_xy_m[:, axis]) for axis in (0, 1)], axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class SurveyPoints:
    """What ``N`` places sounded like at ``A`` anchors.

    Attributes
    ----------
    xy_m : ndarray, shape (N, 2)
    mean_dbm : ndarray, shape (N, A)
        Taken in milliwatts, NaN where an anchor was not heard.
    visit : ndarray of int, shape (N,)
        0 for all still points, another number for each walk.
    """

    xy_m: Floats
    mean_dbm: Floats
    visit: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.xy_m)

    def at(self, rows: NDArray[np.int64]) -> SurveyPoints:
        """Some of the points."""
        return SurveyPoints(self.xy_m[rows], self.mean_dbm[rows], self.visit[rows])


def survey_points(recordings: Sequence[Recording], node_ids: Sequence[str]) -> SurveyPoints:
    """Gather recordings into points: one for a beacon that stood still, one for each square metre of a walk.

    Parameters
    ----------
    recordings : sequence of Recording
    node_ids : sequence of str
        The anchors, in the order of the result's columns.

    Returns
    -------
    SurveyPoints
    """
    column_of = {node_id: column for column, node_id in enumerate(node_ids)}
    xy: list[Floats] = []
    means: list[Floats] = []
    visits: list[int] = []
    for number, recording in enumerate(recordings, start=1):
        s = recording.sightings
        columns = np.array([column_of.get(node_id, -1) for node_id in s.node_ids] or [-1], dtype=np.int64)[s.node_index]
        usable = (s.rssi_dbm >= WEAKEST_DBM) & (s.rssi_dbm <= STRONGEST_DBM) & (columns >= 0)
        if not usable.any():
            continue
        places = recording.truth_at(s.heard_s[usable])
        squares = np.zeros_like(places) if recording.is_still else np.floor(places / WALK_CELL_M)
        _, square_of = np.unique(squares, axis=0, return_inverse=True)
        count = int(square_of.max()) + 1
        cell, cells = square_of * len(node_ids) + columns[usable], count * len(node_ids)
        packets = np.bincount(cell, minlength=cells)
        milliwatts = np.bincount(cell, 10 ** (s.rssi_dbm[usable] / 10), cells)
        mean_dbm = np.full(cells, np.nan)
        mean_dbm[packets > 0] = 10 * np.log10(milliwatts[packets > 0] / packets[packets > 0])
        in_square = np.bincount(square_of, minlength=count)
        xy.append(np.stack([np.bincount(square_of, places[:, axis], count) / in_square for axis in (0, 1)], axis=1))
        means.append(mean_dbm.reshape(count, len(node_ids)))
        visits += [0 if recording.is_still else number] * count
    if not xy:
        return SurveyPoints(np.empty((0, 2)), np.empty((0, len(node_ids))), np.empty(0, dtype=np.int64))
    return SurveyPoints(np.concatenate(xy), np.concatenate(means), np.array(visits, dtype=np.int64))


def spread_out(points: SurveyPoints, most: int) -> SurveyPoints:
    """At most so many of the points, as far from each other as they come: what a person with little time would walk to.

    Still points are taken before those of walks.
    """
    if len(points) <= most:
        return points
    if most <= 0:
        return points.at(np.empty(0, dtype=np.int64))
    still = np.flatnonzero(points.visit == 0)
    candidates = still if len(still) >= most else np.arange(len(points))
    xy = points.xy_m[candidates]
    chosen = [int(np.hypot(*(xy - xy.mean(axis=0)).T).argmin())]
    nearest_m = np.hypot(*(xy - xy[chosen[0]]).T)
    while len(chosen) < most:
        chosen.append(int(nearest_m.argmax()))
        nearest_m = np.minimum(nearest_m, np.hypot(*(xy - xy[chosen[-1]]).T))
    return points.at(candidates[np.sort(chosen)])
