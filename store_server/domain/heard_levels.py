"""On which level of a building a beacon is: the one whose nodes hear it best, and only after it has been so for a while.

Nodes hear through floors. A slab of concrete takes 10 to 20 dB, and yet the one loudest node may hang a level too low: under a
ceiling, an arm's length below the shopper's feet, or beside the stairwell. So levels are compared by their strongest few nodes
together, and these in decibels: a mean of milliwatts would be the loudest node's alone. Of each node's packets the milliwatts are
averaged, because a fade lasts one packet (see ``ranging``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from store_server.domain.ranging import STRONGEST_DBM, WEAKEST_DBM
from store_server.domain.sightings import AdmittedSightings

Floats = NDArray[np.float64]

COMPARED_S = 4.0
"""Over so many seconds: a few packets of each node, and no more of the level one has just left than must be."""

STRONGEST_NODES = 3
"""As many as a position needs."""

SILENT_DBM = -100.0
"""Counted for each of the strongest few that does not hear the beacon: the edge of hearing. So one node that hears through a hole
does not stand for a level."""

CLEARLY_DB = 2.0
"""By how much another level must be louder. More leaves people on the level below a thin wooden floor for good (with 3 dB one
moment in thirty, ``make bench BENCH=levels``); less turns about where two levels sound alike: at a gallery, on the stairs."""

STAYS_S = 3.0
"""For how long it must be so without a break. A lift takes four times as long from one level to the next."""


@dataclass(frozen=True, slots=True)
class HeardLevel:
    """The level a beacon is on.

    Attributes
    ----------
    level_id : str
    rival_id : str or None
        Another level that is clearly louder now.
    rival_since_s : float
        Since when.
    """

    level_id: str
    rival_id: str | None = None
    rival_since_s: float = 0.0


def level_loudness(
    sightings: AdmittedSightings, level_of_node: Mapping[str, str], level_ids: Sequence[str], at_s: float
) -> Floats:
    """How loudly each level hears each beacon.

    Parameters
    ----------
    sightings : AdmittedSightings
        Of B beacons. Rows of nodes that are on none of the levels, and rows older than ``COMPARED_S``, are passed over.
    level_of_node : Mapping of node id to level id
    level_ids : sequence of str, length L
    at_s : float

    Returns
    -------
    ndarray, shape (B, L)
        Mean of the strongest few nodes, dBm; -inf where no node of the level hears the beacon.

    Examples
    --------
    >>> from store_server.domain.consent import admit_recording
    >>> from store_server.domain.sightings import columns
    >>> heard = admit_recording(columns([("b", "n1", -60, 0.1), ("b", "n2", -70, 0.1)]))
    >>> level_loudness(heard, {"n1": "ground", "n2": "ground"}, ["ground", "first"], at_s=1.0).round(1).tolist()
    [[-76.7, -inf]]
    """
    number = {level_id: k for k, level_id in enumerate(level_ids)}
    level = np.array([number.get(level_of_node.get(node_id, ""), -1) for node_id in sightings.node_ids], dtype=np.int64)
    rssi, node = sightings.rssi_dbm, sightings.node_index
    usable = (sightings.heard_s <= at_s) & (sightings.heard_s > at_s - COMPARED_S)
    usable &= (rssi >= WEAKEST_DBM) & (rssi <= STRONGEST_DBM)
    shape = (len(sightings.beacon_ids), len(sightings.node_ids))
    pair = (sightings.beacon_index * shape[1] + node)[usable]
    packets = np.bincount(pair, minlength=shape[0] * shape[1]).reshape(shape)
    milliwatts = np.bincount(pair, 10 ** (rssi[usable] / 10), shape[0] * shape[1]).reshape(shape)
    heard_dbm = np.full(shape, SILENT_DBM)
    is_heard = packets > 0
    heard_dbm[is_heard] = 10 * np.log10(milliwatts[is_heard] / packets[is_heard])
    loudness_dbm = np.full((shape[0], len(level_ids)), -np.inf)
    for k in range(len(level_ids)):
        here = level == k
        few = np.full((shape[0], STRONGEST_NODES), SILENT_DBM)
        strongest = np.sort(heard_dbm[:, here], axis=1)[:, ::-1][:, :STRONGEST_NODES]
        few[:, : strongest.shape[1]] = strongest
        heard_here = is_heard[:, here].any(axis=1)
        loudness_dbm[heard_here, k] = few[heard_here].mean(axis=1)
    return loudness_dbm


def heard_level(before: HeardLevel | None, loudness_dbm: Mapping[str, float], at_s: float) -> HeardLevel | None:
    """The level of now.

    Parameters
    ----------
    before : HeardLevel or None
        Of the moment before; None where nothing is known of the beacon yet, or not any more. A level that is no longer there
        counts for nothing.
    loudness_dbm : Mapping of level id to float
        From ``level_loudness``: -inf where the beacon is not heard.
    at_s : float
        The present, seconds.

    Returns
    -------
    HeardLevel or None
        None where the beacon is heard nowhere and nothing was known.
    """
    if before is not None and before.level_id not in loudness_dbm:
        before = None
    loudest_id = max(loudness_dbm, key=lambda level_id: loudness_dbm[level_id], default="")
    if loudest_id == "" or loudness_dbm[loudest_id] == -np.inf:
        return before  # silence says nothing of levels
    if before is None:
        return HeardLevel(loudest_id)
    if loudness_dbm[loudest_id] - loudness_dbm[before.level_id] < CLEARLY_DB:
        return HeardLevel(before.level_id)
    is_known = before.rival_id == loudest_id and before.rival_since_s <= at_s
    since_s = before.rival_since_s if is_known else at_s
    if at_s - since_s >= STAYS_S:
        return HeardLevel(loudest_id)
    return HeardLevel(before.level_id, loudest_id, since_s)
