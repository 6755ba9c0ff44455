"""Sightings as columns: what the positioning side computes on, many beacons at once.

A column set with ``S`` sightings of ``B`` beacons at ``A`` anchors. Built once per batch or recording and only
concatenated and sliced afterwards, so no Python loop runs per sighting on the hot path.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NewType

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class SightingColumns:
    """Sightings of some beacons, one array element each; rows need not be in time order.

    Attributes
    ----------
    beacon_ids : tuple of str
        The beacons ``beacon_index`` points into, length B.
    node_ids : tuple of str
        The nodes ``node_index`` points into, length A.
    beacon_index, node_index : ndarray of int, shape (S,)
    rssi_dbm : ndarray of float, shape (S,)
        Within -127 .. -1.
    heard_s : ndarray of float, shape (S,)
        Seconds; since the Unix epoch in the server, since the recording's start in files.
    """

    beacon_ids: tuple[str, ...]
    node_ids: tuple[str, ...]
    beacon_index: NDArray[np.int64]
    node_index: NDArray[np.int64]
    rssi_dbm: NDArray[np.float64]
    heard_s: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.heard_s)

    def where(self, mask: NDArray[np.bool_]) -> SightingColumns:
        """The sightings at which ``mask``, shape (S,), is true; beacons and nodes keep their places."""
        return SightingColumns(
            self.beacon_ids,
            self.node_ids,
            self.beacon_index[mask],
            self.node_index[mask],
            self.rssi_dbm[mask],
            self.heard_s[mask],
        )


AdmittedSightings = NewType("AdmittedSightings", SightingColumns)
"""Sightings a purpose has been granted for. Only ``consent.admit`` and ``consent.admit_recording`` make them, and the
estimator, the door to all that follows, takes nothing else."""


def columns(
    rows: Sequence[tuple[str, str, float, float]], beacon_ids: tuple[str, ...] = (), node_ids: tuple[str, ...] = ()
) -> SightingColumns:
    """Columns from (beacon_id, node_id, rssi_dbm, heard_s) rows.

    Beacons and nodes not named in ``beacon_ids`` and ``node_ids`` are added in the order they are met.

    >>> c = columns([("b", "n1", -60, 0.5), ("b", "n2", -71, 0.6)])
    >>> c.node_ids, c.rssi_dbm.tolist()
    (('n1', 'n2'), [-60.0, -71.0])
    >>> len(columns([]))
    0
    """
    beacons = {key: i for i, key in enumerate(beacon_ids)}
    nodes = {key: i for i, key in enumerate(node_ids)}
    beacon_index = [beacons.setdefault(row[0], len(beacons)) for row in rows]
    node_index = [nodes.setdefault(row[1], len(nodes)) for row in rows]
    return SightingColumns(
        tuple(beacons),
        tuple(nodes),
        np.array(beacon_index, dtype=np.int64),
        np.array(node_index, dtype=np.int64),
        np.array([row[2] for row in rows], dtype=np.float64),
        np.array([row[3] for row in rows], dtype=np.float64),
    )
