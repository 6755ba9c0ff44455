"""A calibration survey of the simulated stores: ``python -m store_server.demo.surveying [STORE...]`` writes the files they need.

What a shop does on its ground floor in a morning with a test beacon, done in the simulation: stand at points some 4 m apart, fit,
then walk and see how wide the radius must be. The estimator learns of the simulated radio only what such a survey tells it.
"""

from __future__ import annotations

import sys

import numpy as np
import shapely

from store_server.adapters.plan_files import load_plan
from store_server.demo.demo_stores import FLOORPLANS
from store_server.demo.sheet import Sheet, radio_of
from store_server.demo.walkers import Walkers
from store_server.domain.consent import admit_recording
from store_server.domain.cross_validating import calibrate
from store_server.domain.fixes import Track
from store_server.domain.floorplan import Floorplan
from store_server.domain.obstacle_loss import FloorObstacles
from store_server.domain.positioning import Anchor, Fix, FloorEstimator
from store_server.domain.radio_model import RadioModel
from store_server.domain.radio_parameters import RadioParameters
from store_server.domain.ranging import WINDOW_S
from store_server.domain.routing import WalkingGraph
from store_server.domain.sightings import columns
from store_server.domain.surveys import Recording
from store_server.domain.tracking import advance
from store_server.wire.calibration import Calibration

SEED = 7
SPACING_M = 4.0
STAND_S = 30
WALKERS, WALK_S = 40, 90


def survey(floorplan: Floorplan, model: RadioModel) -> Calibration:
    """The calibration from standing at points ``SPACING_M`` apart, with the radius it takes on walks to hold 95 %."""
    rng = np.random.default_rng([SEED, 1])
    min_x, min_y, max_x, max_y = floorplan.outline.bounds
    points = [
        (x, y)
        for x in np.arange(min_x + SPACING_M / 2, max_x, SPACING_M)
        for y in np.arange(min_y + SPACING_M / 2, max_y, SPACING_M)
        if shapely.intersects_xy(floorplan.walkable_area, x, y)
    ]
    recordings = []
    for number, point in enumerate(points):
        heard = model.hear(np.repeat([point], STAND_S, axis=0), rng)
        rows = _rows(heard, [f"point-{number}"] * STAND_S, model.node_keys, np.arange(STAND_S, dtype=float))
        recordings.append(
            Recording(rows[0][0], columns(rows, node_ids=model.node_keys), np.zeros(1), np.array([point]))
        )
    anchors = [Anchor(*anchor) for anchor in floorplan.anchors]
    fitted = calibrate(anchors, recordings, FloorObstacles.of(floorplan))
    scale = _radius_scale(floorplan, model, FloorEstimator(anchors, fitted, floorplan), rng)
    return fitted.model_copy(update={"radius_scale": round(fitted.radius_scale * scale, 3)})


def _rows(
    heard_dbm: np.ndarray, beacon_ids: list[str], node_keys: tuple[str, ...], at_s: np.ndarray
) -> list[tuple[str, str, float, float]]:
    return [
        (beacon_ids[i], node_keys[a], float(heard_dbm[i, a]), float(at_s[i]))
        for i, a in np.argwhere(np.isfinite(heard_dbm))
    ]


def _radius_scale(
    floorplan: Floorplan, model: RadioModel, estimator: FloorEstimator, rng: np.random.Generator
) -> float:
    """By how much the stated radius must change to hold 95 % of the errors of simulated walks."""
    walkers = Walkers(floorplan, WalkingGraph.prepare(floorplan), WALKERS, SEED)
    names = [f"walker-{i}" for i in range(WALKERS)]
    rows: list[tuple[str, str, float, float]] = []
    ratios: list[float] = []
    tracks: list[Track | None] = [None] * WALKERS
    for second in range(WALK_S):
        positions_m, is_present = walkers.step(1.0)
        now_s = float(second)
        rows = [row for row in rows if row[3] > now_s - WINDOW_S]
        rows += _rows(model.hear(positions_m, rng), names, model.node_keys, np.full(WALKERS, now_s))
        if second < WINDOW_S:
            continue
        heard = admit_recording(columns(rows, tuple(names), model.node_keys))
        for i, fix in enumerate(estimator.fixes(heard, now_s, tracks)):
            if not isinstance(fix, Fix) or not is_present[i]:
                tracks[i] = None
                continue
            track = advance(tracks[i], fix, names[i], estimator)
            tracks[i] = track
            error_m = np.hypot(track.x_m - positions_m[i, 0], track.y_m - positions_m[i, 1])
            ratios.append(float(error_m / track.accuracy_radius_m))
    return float(np.quantile(ratios, 0.95))


def main(*stores: str) -> None:
    for store in stores or ("demo_store", "drugstore"):
        document = load_plan(FLOORPLANS / f"{store}.floorplan.json", FLOORPLANS / f"{store}.planogram.csv")
        sheet = Sheet.of(document)
        surveyed = survey(sheet.levels[0], radio_of(sheet, 0, 0, RadioParameters(), SEED))
        text = surveyed.model_dump_json(exclude_none=True)
        (FLOORPLANS / f"{store}.calibration.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
