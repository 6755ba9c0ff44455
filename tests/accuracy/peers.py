"""What others do with the same sightings: they live here, never in the product."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable

import localization
import numpy as np
from numpy.typing import NDArray

from store_server.domain.positioning import FACTORY_CALIBRATION, Anchor
from store_server.domain.ranging import RssiWindow, estimate_ranges
from store_server.domain.trilaterating import trilaterate
from store_server.wire.calibration import Calibration

Floats = NDArray[np.float64]

STRONGEST = 4


def anchors_xy(anchors: tuple[Anchor, ...]) -> Floats:
    """Places of the anchors, shape (A, 2)."""
    return np.array([(anchor.x_m, anchor.y_m) for anchor in anchors])


def ranges(window: RssiWindow, anchors: tuple[Anchor, ...], calibration: Calibration | None) -> tuple[Floats, Floats]:
    """Level ranges and their spread, shape (B, A) each, with the calibration's power, exponent and offsets."""
    known = calibration or FACTORY_CALIBRATION
    offsets = {anchor.node_id: anchor.offset_db for anchor in known.anchors}
    power = known.measured_power_dbm + np.array([offsets.get(anchor.node_id, 0.0) for anchor in anchors])
    found = estimate_ranges(window, power, known.path_loss_exponent, known.shadowing_sd_db)
    return found.range_m, found.range_sd_m


def nearest_receiver(window: RssiWindow, anchors: tuple[Anchor, ...], calibration: Calibration | None) -> Floats:
    """The place of the loudest receiver, shape (B, 2)."""
    loudest = np.where(window.heard, window.rssi_dbm, -np.inf).argmax(axis=1)
    return np.asarray(anchors_xy(anchors)[loudest])


def centroid(window: RssiWindow, anchors: tuple[Anchor, ...], calibration: Calibration | None) -> Floats:
    """The middle of the strongest four, weighted by amplitude, shape (B, 2)."""
    rssi = np.where(window.heard, window.rssi_dbm, -np.inf)
    fourth = np.sort(rssi, axis=1)[:, -min(STRONGEST, rssi.shape[1])][:, None]
    weight = np.where(window.heard & (rssi >= fourth), 10 ** (window.rssi_dbm / 20), 0.0)
    return np.asarray(weight @ anchors_xy(anchors) / weight.sum(axis=1, keepdims=True))


def trilateration(window: RssiWindow, anchors: tuple[Anchor, ...], calibration: Calibration | None) -> Floats:
    """Our own weighted least squares on ranges, shape (B, 2)."""
    return trilaterate(anchors_xy(anchors), *ranges(window, anchors, calibration))[0]


def by_localization(window: RssiWindow, anchors: tuple[Anchor, ...], calibration: Calibration | None) -> Floats:
    """The ``localization`` package's least squares on the same ranges, one beacon at a time, shape (B, 2)."""
    range_m, _ = ranges(window, anchors, calibration)
    xy = np.full((len(range_m), 2), np.nan)
    for row, own in enumerate(range_m):
        with contextlib.redirect_stdout(io.StringIO()):  # it prints a line for each fix
            project = localization.Project(mode="2D", solver="LSE")
            target, _ = project.add_target()
            for anchor, range_to_it in zip(anchors, own, strict=True):
                if np.isfinite(range_to_it):
                    project.add_anchor(anchor.node_id, (anchor.x_m, anchor.y_m))
                    target.add_measure(anchor.node_id, float(range_to_it))
            project.solve()
        xy[row] = target.loc.x, target.loc.y
    return xy


Peer = Callable[[RssiWindow, tuple[Anchor, ...], Calibration | None], Floats]

PEERS: dict[str, Peer] = {
    "nearest receiver": nearest_receiver,
    "centroid of 4": centroid,
    "trilateration": trilateration,
    "localization": by_localization,
}
