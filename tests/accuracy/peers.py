"""What others do with the same sightings: they live here, never in the product."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from dataclasses import dataclass

import localization
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from store_server.domain.positioning import FACTORY_CALIBRATION, Anchor
from store_server.domain.ranging import RssiWindow, estimate_ranges, log_distance_rssi_dbm
from store_server.domain.search_places import MARGIN_M, slant_range_m
from store_server.domain.surveys import SurveyPoints
from store_server.domain.trilaterating import trilaterate
from store_server.wire.calibration import Calibration

Floats = NDArray[np.float64]

STRONGEST = 4

NEAREST_POINTS = 4
"""How many survey points a fingerprint is placed between."""

NOT_HEARD_DBM = -100.0
"""What a fingerprint says of an anchor that did not hear: a little below the weakest heard."""


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What a peer is told of the floor: the calibration ours starts from and the survey behind it; None, None: nothing."""

    calibration: Calibration | None
    survey: SurveyPoints | None


def anchors_xy(anchors: tuple[Anchor, ...]) -> Floats:
    """Places of the anchors, shape (A, 2)."""
    return np.array([(anchor.x_m, anchor.y_m) for anchor in anchors])


def _power_dbm(anchors: tuple[Anchor, ...], calibration: Calibration) -> Floats:
    """RSSI at 1 m at each anchor, shape (A,)."""
    offsets = {anchor.node_id: anchor.offset_db for anchor in calibration.anchors}
    return calibration.measured_power_dbm + np.array([offsets.get(anchor.node_id, 0.0) for anchor in anchors])


def ranges(window: RssiWindow, anchors: tuple[Anchor, ...], calibration: Calibration | None) -> tuple[Floats, Floats]:
    """Level ranges and their spread, shape (B, A) each, with the calibration's power, exponent and offsets."""
    known = calibration or FACTORY_CALIBRATION
    found = estimate_ranges(window, _power_dbm(anchors, known), known.path_loss_exponent, known.shadowing_sd_db)
    return found.range_m, found.range_sd_m


def nearest_receiver(window: RssiWindow, anchors: tuple[Anchor, ...], _: Known) -> Floats:
    """The place of the loudest receiver, shape (B, 2)."""
    loudest = np.where(window.heard, window.rssi_dbm, -np.inf).argmax(axis=1)
    return np.asarray(anchors_xy(anchors)[loudest])


def centroid(window: RssiWindow, anchors: tuple[Anchor, ...], _: Known) -> Floats:
    """The middle of the strongest four, weighted by amplitude, shape (B, 2)."""
    rssi = np.where(window.heard, window.rssi_dbm, -np.inf)
    fourth = np.sort(rssi, axis=1)[:, -min(STRONGEST, rssi.shape[1])][:, None]
    weight = np.where(window.heard & (rssi >= fourth), 10 ** (window.rssi_dbm / 20), 0.0)
    return np.asarray(weight @ anchors_xy(anchors) / weight.sum(axis=1, keepdims=True))


def trilateration(window: RssiWindow, anchors: tuple[Anchor, ...], known: Known) -> Floats:
    """Our own weighted least squares on ranges, shape (B, 2)."""
    return trilaterate(anchors_xy(anchors), *ranges(window, anchors, known.calibration))[0]


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


def _localization(window: RssiWindow, anchors: tuple[Anchor, ...], known: Known) -> Floats:
    return by_localization(window, anchors, known.calibration)


def robust(window: RssiWindow, anchors: tuple[Anchor, ...], known: Known) -> Floats:
    """SciPy's least squares on decibels, a deviation past the spread counting less, shape (B, 2).

    It starts at the centroid and stays where ours looks without a plan: without bounds it leaves the building.
    """
    model = known.calibration or FACTORY_CALIBRATION
    own_xy, power_dbm = anchors_xy(anchors), _power_dbm(anchors, model)
    bounds = (own_xy.min(axis=0) - MARGIN_M, own_xy.max(axis=0) + MARGIN_M)
    xy = centroid(window, anchors, known)

    def off(place: Floats, rssi_dbm: Floats, heard: NDArray[np.bool_]) -> Floats:
        range_m = slant_range_m(place[None], anchors, model.beacon_height_m)[0]
        expected = power_dbm + log_distance_rssi_dbm(range_m, 0.0, model.path_loss_exponent)
        return np.asarray((rssi_dbm - expected)[heard])

    for row, heard in enumerate(window.heard):
        found = least_squares(
            off,
            xy[row],
            bounds=bounds,
            loss="soft_l1",
            f_scale=model.shadowing_sd_db,
            args=(window.rssi_dbm[row], heard),
        )
        xy[row] = found.x
    return xy


def fingerprint(window: RssiWindow, _: tuple[Anchor, ...], known: Known) -> Floats:
    """The middle of the survey points that sounded most alike, shape (B, 2); NaN where there is no survey."""
    if known.survey is None:
        return np.full((len(window.rssi_dbm), 2), np.nan)
    surveyed = np.where(np.isfinite(known.survey.mean_dbm), known.survey.mean_dbm, NOT_HEARD_DBM)
    heard = np.where(window.heard, window.rssi_dbm, NOT_HEARD_DBM)
    unlike = ((heard[:, None] - surveyed[None]) ** 2).sum(axis=2)
    alike = np.argsort(unlike, axis=1, kind="stable")[:, :NEAREST_POINTS]
    return np.asarray(known.survey.xy_m[alike].mean(axis=1))


Peer = Callable[[RssiWindow, tuple[Anchor, ...], Known], Floats]

PEERS: dict[str, Peer] = {
    "nearest receiver": nearest_receiver,
    "centroid of 4": centroid,
    "trilateration": trilateration,
    "localization": _localization,
    "robust dB": robust,
    "fingerprint": fingerprint,
}
