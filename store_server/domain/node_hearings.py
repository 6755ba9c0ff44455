"""How loudly the nodes hear each other, where they send too: the floor's radio measured without anybody walking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from store_server.domain.fixes import Anchor, Floats
from store_server.domain.obstacle_loss import FloorObstacles, obstacle_loss_db
from store_server.domain.ranging import STRONGEST_DBM, WEAKEST_DBM
from store_server.domain.search_places import anchor_xyz_m
from store_server.domain.sightings import SightingColumns
from store_server.wire.calibration import Calibration


def node_hearings(sightings: Mapping[str, SightingColumns], node_ids: Sequence[str]) -> Floats:
    """Mean strength, taken in milliwatts, of each node at each other one.

    Parameters
    ----------
    sightings : mapping of beacon id to SightingColumns
        Beacons that are no nodes are passed over.
    node_ids : sequence of str

    Returns
    -------
    ndarray, shape (A, A)
        Row: who sends; column: who hears. NaN where nothing was heard, and where a node hears itself.

    Examples
    --------
    >>> from store_server.domain.sightings import columns
    >>> node_hearings({"n1": columns([("n1", "n2", -60, 0.0), ("n1", "n2", -60, 0.5)])}, ["n1", "n2"]).tolist()
    [[nan, -60.0], [nan, nan]]
    """
    column_of = {node_id: column for column, node_id in enumerate(node_ids)}
    heard_dbm = np.full((len(node_ids), len(node_ids)), np.nan)
    for sender, s in sightings.items():
        if sender not in column_of:
            continue
        columns = np.array([column_of.get(node_id, -1) for node_id in s.node_ids] or [-1], dtype=np.int64)[s.node_index]
        usable = (s.rssi_dbm >= WEAKEST_DBM) & (s.rssi_dbm <= STRONGEST_DBM) & (columns >= 0)
        usable &= columns != column_of[sender]
        packets = np.bincount(columns[usable], minlength=len(node_ids))
        milliwatts = np.bincount(columns[usable], 10 ** (s.rssi_dbm[usable] / 10), len(node_ids))
        heard = packets > 0
        heard_dbm[column_of[sender], heard] = 10 * np.log10(milliwatts[heard] / packets[heard])
    return heard_dbm


def between_nodes_m(anchors: Sequence[Anchor]) -> Floats:
    """Distance between each two nodes, shape (A, A); level where a height is not known."""
    xyz = anchor_xyz_m(anchors)
    level = np.hypot(*(xyz[:, None, :2] - xyz[None, :, :2]).transpose(2, 0, 1))
    return np.asarray(np.hypot(level, np.nan_to_num(xyz[:, None, 2] - xyz[None, :, 2])))


def between_nodes_db(anchors: Sequence[Anchor], floor: FloorObstacles, calibration: Calibration) -> Floats:
    """What walls and fixtures take between each two nodes, shape (A, A)."""
    xyz = anchor_xyz_m(anchors)
    lost = np.zeros((len(anchors), len(anchors)))
    heights = np.where(np.isfinite(xyz[:, 2]), xyz[:, 2], calibration.beacon_height_m)
    for height_m in np.unique(heights):
        senders = np.flatnonzero(heights == height_m)
        at_height = calibration.model_copy(update={"beacon_height_m": float(height_m)})
        lost[senders] = obstacle_loss_db(xyz[senders, :2], xyz, floor, at_height)
    return lost
