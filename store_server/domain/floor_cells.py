"""A floor as square cells: where they lie, which are within the outline, which of them somebody can stand on."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from store_server.domain.fixes import Floats

SMALLEST_CELL_M = 0.5

MOST_CELLS = 8000
"""A hypermarket gets cells of a little over a metre."""

MOST_COLUMNS = 1000


@dataclass(frozen=True, slots=True, eq=False)
class FloorCells:
    """The cells of one outline.

    Attributes
    ----------
    origin_m : (float, float)
        The lower left corner of the first cell.
    cell_m : float
    columns, rows : int
    inside : ndarray of int, shape (C,)
        Which cells, counted row by row from the south, have their middle within the outline.
    xy_m : ndarray, shape (C, 2)
        Their middles.
    """

    origin_m: tuple[float, float]
    cell_m: float
    columns: int
    rows: int
    inside: NDArray[np.int64]
    xy_m: Floats

    @classmethod
    def of(cls, outline: BaseGeometry, most_cells: int = MOST_CELLS) -> FloorCells:
        """Cells laid symmetrically about the middle of the outline, so that turning a floor turns them."""
        if outline.is_empty:
            return cls((0.0, 0.0), SMALLEST_CELL_M, 0, 0, np.empty(0, dtype=np.int64), np.empty((0, 2)))
        west, south, east, north = outline.bounds
        width_m, depth_m = east - west, north - south
        cell_m = max(
            SMALLEST_CELL_M, float(np.sqrt(width_m * depth_m / most_cells)), max(width_m, depth_m) / MOST_COLUMNS
        )
        # A hair beyond a whole number of cells is rounding, not one more cell.
        columns, rows = (max(1, int(np.ceil(length / cell_m - 1e-6))) for length in (width_m, depth_m))
        origin = ((west + east - columns * cell_m) / 2, (south + north - rows * cell_m) / 2)
        row, column = np.divmod(np.arange(columns * rows), columns)
        xy = np.stack([origin[0] + (column + 0.5) * cell_m, origin[1] + (row + 0.5) * cell_m], axis=1)
        shapely.prepare(outline)
        inside = np.flatnonzero(shapely.contains_xy(outline, xy))
        return cls(origin, cell_m, columns, rows, inside, xy[inside])

    def within(self, area: BaseGeometry) -> NDArray[np.int64]:
        """Which of the C cells have their middle in an area."""
        west, south, east, north = area.bounds if not area.is_empty else (0.0, 0.0, -1.0, -1.0)
        x, y = self.xy_m.T
        near = np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north))
        return near[shapely.contains_xy(area, self.xy_m[near])] if len(near) else near

    def thinned(self, kept: NDArray[np.int64]) -> FloorCells:
        """Some of the cells, on the same grid."""
        return replace(self, inside=self.inside[kept], xy_m=self.xy_m[kept])

    @property
    def covariance_m2(self) -> Floats:
        """Of somebody who may be in any of them, shape (2, 2)."""
        middles = np.cov(self.xy_m.T) if len(self.xy_m) > 1 else np.zeros((2, 2))
        return np.asarray(middles + np.eye(2) * self.cell_m**2 / 12)

    def spread_out(self, values: NDArray[np.int64], elsewhere: int) -> NDArray[np.int64]:
        """A value of each of the C cells, on the whole grid, shape (rows * columns,)."""
        whole = np.full(self.columns * self.rows, elsewhere, dtype=np.int64)
        whole[self.inside] = values
        return whole
