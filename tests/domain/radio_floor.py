"""A small floor with a radio that follows the log-distance model, for tests of positions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from store_server.domain.consent import admit_recording
from store_server.domain.positioning import Anchor
from store_server.domain.sightings import AdmittedSightings, SightingColumns
from store_server.domain.surveys import Recording

Floats = NDArray[np.float64]

ANCHORS = (
    Anchor("n1", 0.0, 0.0, 2.5),
    Anchor("n2", 12.0, 0.0, 2.5),
    Anchor("n3", 0.0, 9.0, 2.5),
    Anchor("n4", 12.0, 9.0, 2.5),
    Anchor("n5", 6.0, 4.0, None),
)


def strengths(xy_m: Floats, anchors: tuple[Anchor, ...] = ANCHORS, power_dbm: float = -59.0) -> Floats:
    """What the model expects at some places, shape (P, A): exponent 2.5, beacon at 1.2 m."""
    rise_m = np.array([0.0 if a.z_m is None else a.z_m - 1.2 for a in anchors])
    level_m = np.hypot(*(xy_m[:, None] - np.array([(a.x_m, a.y_m) for a in anchors])[None]).transpose(2, 0, 1))
    return np.asarray(power_dbm - 25 * np.log10(np.maximum(np.hypot(level_m, rise_m), 0.3)))


def heard(
    path_m: list[tuple[float, float]],
    step_s: float = 0.25,
    anchors: tuple[Anchor, ...] = ANCHORS,
    noise_db: float = 0.0,
    seed: int = 1,
    power_dbm: float = -59.0,
    beacon_id: str = "b",
) -> AdmittedSightings:
    """One beacon heard by every anchor at each place of a path, a step apart in time."""
    xy = np.array(path_m, dtype=np.float64)
    rssi = strengths(xy, anchors, power_dbm) + np.random.default_rng(seed).normal(0, noise_db, (len(xy), len(anchors)))
    count = rssi.size
    return admit_recording(
        SightingColumns(
            (beacon_id,),
            tuple(a.node_id for a in anchors),
            np.zeros(count, dtype=np.int64),
            np.tile(np.arange(len(anchors)), len(xy)),
            np.clip(rssi, -127, -1).ravel(),
            np.repeat(np.arange(len(xy)) * step_s, len(anchors)),
        )
    )


def survey(points: int = 20, noise_db: float = 2.0, offsets_db: tuple[float, ...] = (0.0,) * 5) -> list[Recording]:
    """Still recordings of 5 s at places strewn over the floor; anchors hear louder by their offsets."""
    random = np.random.default_rng(5)
    recordings = []
    for number, (x, y) in enumerate(random.uniform((0.5, 0.5), (11.5, 8.5), (points, 2)).tolist()):
        sightings = heard([(x, y)] * 20, noise_db=noise_db, seed=number, beacon_id=f"survey-{number}")
        louder = sightings.rssi_dbm + np.array(offsets_db)[sightings.node_index]
        recordings.append(
            Recording(
                f"survey-{number}",
                SightingColumns(
                    sightings.beacon_ids,
                    sightings.node_ids,
                    sightings.beacon_index,
                    sightings.node_index,
                    louder,
                    sightings.heard_s,
                ),
                np.array([0.0]),
                np.array([[x, y]]),
            )
        )
    return recordings


def walk(noise_db: float = 2.0) -> Recording:
    """Ten metres along the floor in 20 s."""
    path = [(1.0 + 10 * i / 80, 2.0 + 5 * i / 80) for i in range(81)]
    return Recording(
        "walk",
        heard(path, noise_db=noise_db, beacon_id="walk"),
        0.25 * np.arange(81, dtype=np.float64),
        np.array(path, dtype=np.float64),
    )
