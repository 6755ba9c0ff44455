"""When somebody led is there: at the shelf, or at the till."""

from __future__ import annotations

import numpy as np

from store_server.domain.certainty import NEAR_RADIUS_M, SURE_RADIUS_M

ARRIVED_WITHIN_M = 2.0
"""Within an arm and two steps."""
ARRIVED_WITHIN_UNSURE_M = 3.0
"""The same when the position is as uncertain as ``NEAR_RADIUS_M``: a blurred position seldom falls within two metres."""
LEFT_BEYOND_M = 4.0


def reach_m(accuracy_radius_m: float, was_there: bool) -> float:
    """Within which length of the way its end counts as reached; going to another level counts as more, whatever takes one there.

    Parameters
    ----------
    accuracy_radius_m : float
        The 95 % radius of the position.
    was_there : bool
        Whether it was reached before: it is left only after a clear stretch.
    """
    if was_there:
        return LEFT_BEYOND_M
    blur = np.interp(accuracy_radius_m, (SURE_RADIUS_M, NEAR_RADIUS_M), (ARRIVED_WITHIN_M, ARRIVED_WITHIN_UNSURE_M))
    return float(blur)
