"""How exact positions would be, cell by cell, before anybody has hung a node: for any plan, any nodes, any calibration.

The Cramer-Rao bound says how small the spread of an unbiased estimate can be, given the model the estimator itself uses: what
each node hears, how far off that may be (more with distance and behind walls and shelving, less where a survey has been), the
beacon's power and the path loss as far as they are unknown. From that spread follows the radius the calibration states, whose
scale and power were chosen so that it held on recordings left out; and of that radius the median error is one share, fitted
once on three real buildings (see ``docs/accuracy.md``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from store_server.domain.fixes import Anchor, Floats, circle_95_m
from store_server.domain.floor_cells import MOST_CELLS, FloorCells
from store_server.domain.obstacle_edges import Edges
from store_server.domain.obstacle_loss import FloorObstacles
from store_server.domain.plausibility import FEWEST_ANCHORS
from store_server.domain.positioning import FACTORY_CALIBRATION, SMALLEST_RADIUS_M
from store_server.domain.radio_shadows import Shadows, cast, rays_for
from store_server.domain.search_places import MARGIN_M
from store_server.domain.signal_information import SignalInformation
from store_server.wire.calibration import Calibration
from store_server.wire.drafts import AccuracyForecast

MEDIAN_SHARE = 0.43
"""The median error as a share of the 95 % radius: fitted, with ``LOSS_DOUBT``, on three real buildings, so that none is off by
more than 30 % at the places measured or over the whole floor, nor by more than 35 % where it is fitted on the other two. Errors
Gaussian in both directions would have it 0.48; real ones have longer tails."""

UNSURVEYED = FACTORY_CALIBRATION.model_copy(update={"radius_scale": 2.15, "radius_power": 0.42})
"""What a floor nobody has measured is forecast with: a stated radius must hold on any floor, a forecast tells nodes apart."""

NO_POSITION_DM = 999
"""In ``AccuracyForecast.error_dm``: too few nodes are heard there."""

MOST_ANCHORS = 1000
"""A node for each ten square metres of a hypermarket: of more, the rest are not counted."""

EDGES_AT_ONCE = 2000
"""Edges of all nodes looked at together, met by some fifty rays each: what is kept meanwhile stays within a few megabytes."""

MOST_PAIRS = 4_000_000
"""Cells times nodes that are kept: thirty megabytes an array. With more nodes, cells are larger."""


@dataclass(frozen=True, slots=True, eq=False)
class DrawnShape:
    """Something drawn on the floor: what it takes from signals, and where nobody can stand for it.

    Attributes
    ----------
    edges : Edges
        None of them for what signals pass (a kiosk, a blocked area).
    covers : Polygon, MultiPolygon or None
        None for a wall: nobody stands in it, but no cell is as thin.
    """

    edges: Edges
    covers: BaseGeometry | None = None

    @classmethod
    def fixture(cls, area: BaseGeometry, height_m: float | None) -> DrawnShape:
        return cls(Edges.of_area(area, height_m), area)

    @classmethod
    def wall(cls, line: BaseGeometry, loss_db: float) -> DrawnShape:
        return cls(Edges.of_line(line, loss_db))

    @classmethod
    def closed(cls, area: BaseGeometry) -> DrawnShape:
        """Nobody stands there, and signals pass."""
        return cls(Edges.none(), area)


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """Expected errors on one floor.

    Attributes
    ----------
    cells : FloorCells
    walkable : ndarray of bool, shape (C,)
    error_m : ndarray, shape (C,)
        Expected median error; inf where there is no position.
    heard : ndarray of int, shape (C,)
        How many nodes hear a beacon there.
    """

    cells: FloorCells
    walkable: NDArray[np.bool_]
    error_m: Floats
    heard: NDArray[np.int64]

    def quantile_m(self, share: float) -> float | None:
        """The error that this share of the walkable floor stays within; None where some of that share has no position."""
        errors = self.error_m[self.walkable]
        if len(errors) == 0:
            return None
        found = float(np.quantile(errors, share, method="higher"))
        return found if np.isfinite(found) else None

    def within(self, target_m: float) -> float:
        """The share of the walkable floor with an expected error up to ``target_m``."""
        errors = self.error_m[self.walkable]
        return float(np.mean(errors <= target_m)) if len(errors) else 0.0

    def at(self, xy_m: Floats) -> Floats:
        """The expected error in the cell nearest each place, shape (P, 2) to (P,)."""
        return np.asarray(self.error_m[cKDTree(self.cells.xy_m).query(xy_m)[1]])

    def message(self, level_id: str, target_m: float) -> AccuracyForecast:
        """For the editor."""
        finite = np.where(np.isfinite(self.error_m), self.error_m, 0.0)
        tenths = np.where(
            np.isfinite(self.error_m), np.clip(np.rint(finite * 10), 0, NO_POSITION_DM - 1), NO_POSITION_DM
        )
        error_dm = np.where(self.walkable, tenths, -1).astype(np.int64)
        return AccuracyForecast(
            level_id=level_id,
            origin_m=self.cells.origin_m,
            cell_m=self.cells.cell_m,
            columns=self.cells.columns,
            error_dm=tuple(self.cells.spread_out(error_dm, -1).tolist()),
            heard=tuple(self.cells.spread_out(np.where(self.walkable, self.heard, -1), -1).tolist()),
            median_m=self.quantile_m(0.5),
            p95_m=self.quantile_m(0.95),
            within_target=self.within(target_m),
        )


@dataclass(frozen=True, slots=True, eq=False)
class ForecastFloor:
    """A floor prepared for forecasts. Moving a node or a shape makes another one at the cost of what it changes.

    Attributes
    ----------
    cells : FloorCells
    shapes : Mapping of str to DrawnShape
    signals : SignalInformation
    views : Mapping of Anchor to Shadows
        In the order the anchors were given.
    total : ndarray, shape (signal_information.ROWS, C)
        What all nodes together tell.
    covered : ndarray of int, shape (C,)
        How many shapes lie on each cell.
    """

    cells: FloorCells
    shapes: Mapping[str, DrawnShape]
    signals: SignalInformation
    views: Mapping[Anchor, Shadows]
    total: Floats
    covered: NDArray[np.int64]

    @classmethod
    def of(
        cls,
        floor: FloorObstacles | None,
        anchors: Sequence[Anchor],
        calibration: Calibration | None = None,
    ) -> ForecastFloor:
        """A floor as the estimator is given it.

        Parameters
        ----------
        floor : FloorObstacles or None
            Without an outline, the floor is taken to reach a metre beyond anchors and survey.
        anchors : sequence of Anchor
        calibration : Calibration or None
            None: the factory's.
        """
        c, floor = calibration or UNSURVEYED, floor or FloorObstacles()
        shapes = {
            f"wall {n}": DrawnShape.wall(w, c.wall_loss_db if db is None else db)
            for n, (w, db) in enumerate(floor.walls)
        }
        shapes |= {f"fixture {n}": DrawnShape.fixture(area, height) for n, (area, height) in enumerate(floor.fixtures)}
        outline = floor.outline
        if outline is None:
            known = [
                *((a.x_m, a.y_m) for a in anchors),
                *c.survey_xy_m,
                *(xy for f, _ in floor.fixtures for xy in _corners(f)),
            ]
            outline = (
                shapely.MultiPoint(known).envelope.buffer(MARGIN_M, join_style="mitre") if known else shapely.Polygon()
            )
        else:
            shapes["outline"] = outline_wall(outline, c)
        if floor.walkable_area is not None:
            shapes["beyond"] = DrawnShape.closed(shapely.difference(outline, floor.walkable_area))
        return cls.drawn(outline, shapes, anchors, c)

    @classmethod
    def drawn(
        cls,
        outline: BaseGeometry,
        shapes: Mapping[str, DrawnShape],
        anchors: Sequence[Anchor],
        calibration: Calibration | None = None,
    ) -> ForecastFloor:
        """A floor as the editor draws it: each shape under a name of its own."""
        asked = list(dict.fromkeys(anchors))[:MOST_ANCHORS]
        cells = FloorCells.of(outline, min(MOST_CELLS, MOST_PAIRS // max(len(asked), 1)))
        signals = SignalInformation(calibration or UNSURVEYED, cells)
        empty = cls(cells, {}, signals, {}, signals.nothing(), np.zeros(len(cells.xy_m), dtype=np.int64))
        rays = rays_for(max(len(asked), 1), sum(len(shape.edges) for shape in shapes.values()))
        return empty.with_shapes(shapes)._looked_at(asked, rays)

    @property
    def anchors(self) -> tuple[Anchor, ...]:
        return tuple(self.views)

    def with_shapes(self, shapes: Mapping[str, DrawnShape]) -> ForecastFloor:
        """With these shapes instead of the ones there are; shapes that are the very same object cost nothing."""
        gone = [shape for name, shape in self.shapes.items() if shapes.get(name) is not shape]
        come = [shape for name, shape in shapes.items() if self.shapes.get(name) is not shape]
        covered = self.covered.copy()
        for changed, by in ((gone, -1), (come, 1)):
            for shape in changed:
                if shape.covers is not None:
                    covered[self.cells.within(shape.covers)] += by
        edges = Edges.joined([*(shape.edges.taken_away() for shape in gone), *(shape.edges for shape in come)])
        views, total = dict(self.views), self.total.copy()
        looking, at_once = list(self.views.items()), max(1, EDGES_AT_ONCE // max(len(edges), 1))
        for first in range(0, len(looking) if len(edges) else 0, at_once):
            anchors, before = zip(*looking[first : first + at_once], strict=True)
            seen = cast(before, edges, self.signals.calibration.beacon_height_m)
            cells = [of_view for _, of_view in seen]
            more = self.signals.told_by(seen) - self.signals.told_by(list(zip(before, cells, strict=True)))
            ends = np.cumsum([len(of_view) for of_view in cells])[:-1]
            for anchor, (view, of_view), of_more in zip(anchors, seen, np.split(more, ends, axis=1), strict=True):
                views[anchor] = view
                total[:, of_view] += of_more
        return replace(self, shapes=dict(shapes), views=views, total=total, covered=covered)

    def with_anchors(self, anchors: Iterable[Anchor]) -> ForecastFloor:
        """With these anchors instead of the ones there are; only those that differ are worked out."""
        rays = next((view.rays for view in self.views.values()), None)
        asked = list(dict.fromkeys(anchors))[:MOST_ANCHORS]
        if rays is None:
            rays = rays_for(max(len(asked), 1), sum(len(shape.edges) for shape in self.shapes.values()))
        return self._looked_at(asked, rays)

    def _looked_at(self, anchors: Sequence[Anchor], rays: int) -> ForecastFloor:
        edges = Edges.joined(shape.edges for shape in self.shapes.values())
        views, total = {}, self.total.copy()
        every = np.arange(len(self.cells.xy_m))
        for anchor in self.views.keys() - set(anchors):
            total -= self.signals.told(self.views[anchor], every)
        for anchor in anchors:
            view = self.views.get(anchor)
            if view is None:
                view, _ = Shadows.of(anchor, self.cells.xy_m, rays).cast(
                    edges, self.signals.calibration.beacon_height_m
                )
                total += self.signals.told(view, every)
            views[anchor] = view
        return replace(self, views=views, total=total)

    def thinned(self, kept: NDArray[np.int64]) -> ForecastFloor:
        """Some of the cells, with all that the nodes tell there, but bare: neither nodes nor shapes can be moved any more."""
        cells = self.cells.thinned(kept)
        signals = SignalInformation(self.signals.calibration, cells)
        return ForecastFloor(cells, {}, signals, {}, self.total[:, kept], self.covered[kept])

    def forecast(self) -> Forecast:
        """What to expect."""
        heard = np.rint(self.total[-1]).astype(np.int64)
        error_m = expected_error_m(self.total, self.cells.covariance_m2, self.signals.calibration)
        error_m[heard < FEWEST_ANCHORS] = np.inf
        return Forecast(self.cells, self.covered == 0, error_m, heard)


def expected_error_m(total: Floats, floor_m2: Floats, calibration: Calibration) -> Floats:
    """The expected median error where nodes tell this much; ``floor_m2`` is the covariance of the whole floor."""
    circle_m = circle_95_m(SignalInformation.covariance_m2(total, floor_m2, calibration))
    radius_m = np.maximum(calibration.radius_scale * circle_m**calibration.radius_power, SMALLEST_RADIUS_M)
    # Nothing heard at all leaves the floor itself.
    return np.asarray(MEDIAN_SHARE * np.minimum(radius_m, circle_95_m(floor_m2[None])))


def outline_wall(outline: BaseGeometry, calibration: Calibration) -> DrawnShape:
    """An outline goes round both faces of an inner wall, so two crossings are one wall."""
    return DrawnShape.wall(outline.boundary, calibration.wall_loss_db / 2)


def _corners(shape: BaseGeometry) -> list[list[float]]:
    found: list[list[float]] = shapely.get_coordinates(shape).tolist()
    return found
