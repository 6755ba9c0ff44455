"""The scale of a picture that is traced, from lengths measured on it.

One length cannot tell a stretched scan from a true one; two at different slants can.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from store_server.domain.plan_problems import SaidError, said
from store_server.wire.plan_files import UnderlayMeasure, UnderlayScale

LEAST_SLANT_DEG = 20.0
"""Between the flattest and the steepest measure. Nearer, a slip of a pixel is taken for a stretched picture."""

STRETCHED = 0.1
"""A flatbed scan is true to 1 %, a photo taken straight on to 5 %."""

SHORTEST_PX = 10.0
"""Two clicks nearer than this say more about the hand than about the plan."""


class UnclearScale(SaidError):
    """The measures do not give a scale; the words say what to measure instead."""


def underlay_scale(measures: Sequence[UnderlayMeasure]) -> UnderlayScale:
    """Metres per pixel along and across a picture: least squares on squared lengths.

    Parameters
    ----------
    measures : sequence of UnderlayMeasure
        At least two.

    Raises
    ------
    UnclearScale
        When they are too short, too nearly of one slant, or contradict each other.

    Examples
    --------
    >>> wide = UnderlayMeasure(from_px=(0.0, 0.0), to_px=(100.0, 0.0), length_m=10.0)
    >>> high = UnderlayMeasure(from_px=(0.0, 0.0), to_px=(0.0, 50.0), length_m=5.0)
    >>> underlay_scale([wide, high]).m_per_px_x
    0.1
    """
    reach_px = np.array([(m.to_px[0] - m.from_px[0], m.to_px[1] - m.from_px[1]) for m in measures])
    if float(np.hypot(*reach_px.T).min()) < SHORTEST_PX:
        raise UnclearScale(said("scale.too_near"))
    # A slant and its mirror image stretch alike, so 45 degrees up and 45 degrees down are one measure, not two.
    slants_deg = np.degrees(np.arctan2(np.abs(reach_px[:, 1]), np.abs(reach_px[:, 0])))
    if float(np.ptp(slants_deg)) < LEAST_SLANT_DEG:
        raise UnclearScale(said("scale.same_slant"))
    # Divided by its length each measure counts alike, the short one as much as the long one.
    lengths_m = np.array([m.length_m for m in measures])
    squares = (reach_px / lengths_m[:, None]) ** 2
    solved, *_ = np.linalg.lstsq(squares, np.ones(len(lengths_m)), rcond=None)
    if not (np.isfinite(solved).all() and float(solved.min()) > 0):
        raise UnclearScale(said("scale.contradicts"))
    x, y = (float(f"{math.sqrt(square):.9g}") for square in solved)
    stretch = max(x, y) / min(x, y) - 1
    return UnderlayScale(m_per_px_x=x, m_per_px_y=y, stretch=round(stretch, 6), is_stretched=stretch > STRETCHED)
