"""The edges of what stands on a floor, as rays meet them: put down, and taken away again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from store_server.domain.fixes import Floats
from store_server.domain.floor_shapes import area_of, polygons_in

HEIGHT_STEP_M = 0.1
"""Fixtures are taken this coarsely by height, so that a thousand heights are a few dozen."""


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """Edges of shapes that throw shadows, or (``sign`` -1) of shapes whose shadows are taken away.

    Attributes
    ----------
    ends_m : ndarray, shape (E, 2, 2)
        Of areas counter-clockwise about what is solid.
    sign : ndarray, shape (E,)
    loss_db : ndarray, shape (E,)
        For each crossing of a wall; NaN for the edges of areas, which take by the metre.
    height_m : ndarray, shape (E,)
        Of areas; inf: up to the ceiling.
    """

    ends_m: Floats
    sign: Floats
    loss_db: Floats
    height_m: Floats

    @classmethod
    def of_area(cls, area: BaseGeometry, height_m: float | None) -> Edges:
        """The rims of an area, its holes too."""
        rims = polygons_in(shapely.orient_polygons(area_of(area)))
        ends = _ends(ring for part in rims for ring in (part.exterior, *part.interiors))
        height = np.inf if height_m is None else np.round(height_m / HEIGHT_STEP_M) * HEIGHT_STEP_M
        return cls(ends, np.ones(len(ends)), np.full(len(ends), np.nan), np.full(len(ends), height))

    @classmethod
    def of_line(cls, line: BaseGeometry, loss_db: float) -> Edges:
        """The pieces of a wall."""
        ends = _ends(shapely.get_parts(line).tolist())
        return cls(ends, np.ones(len(ends)), np.full(len(ends), loss_db), np.full(len(ends), np.nan))

    @classmethod
    def joined(cls, parts: Iterable[Edges]) -> Edges:
        """All of these."""
        every = [cls.none(), *parts]
        return cls(
            np.concatenate([part.ends_m for part in every]),
            np.concatenate([part.sign for part in every]),
            np.concatenate([part.loss_db for part in every]),
            np.concatenate([part.height_m for part in every]),
        )

    @classmethod
    def none(cls) -> Edges:
        return cls(np.empty((0, 2, 2)), np.empty(0), np.empty(0), np.empty(0))

    def taken_away(self) -> Edges:
        """The same, to be taken away."""
        return Edges(self.ends_m, -self.sign, self.loss_db, self.height_m)

    def __len__(self) -> int:
        return len(self.sign)


def _ends(lines: Iterable[BaseGeometry]) -> Floats:
    corners = [shapely.get_coordinates(line) for line in lines]
    pieces = [np.stack([each[:-1], each[1:]], axis=1) for each in corners if len(each) > 1]
    return np.concatenate([np.empty((0, 2, 2)), *pieces])
