"""Recordings located as the server would have, and what is said of the errors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from store_server.domain.consent import admit_recording
from store_server.domain.following import Moment, follow, instants_s
from store_server.domain.positioning import FloorEstimator
from store_server.domain.sightings import AdmittedSightings
from store_server.domain.surveys import Recording

Floats = NDArray[np.float64]

Follow = Callable[[FloorEstimator, AdmittedSightings, Floats], list[Moment]]

FEWEST_OF_A_WALK = 20
"""Of fewer instants a share within the radius says nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Located:
    """One recording, located at ``T`` instants.

    Attributes
    ----------
    beacon_id : str
        The recording.
    at_s : ndarray, shape (T,)
    truth_xy_m : ndarray, shape (T, 2)
    place : ndarray, shape (T, 3)
        x, y and the stated 95 % radius in metres; NaN where there was no fix.
    """

    beacon_id: str
    at_s: Floats
    truth_xy_m: Floats
    place: Floats

    def at(self, chosen: slice | NDArray[np.bool_]) -> Located:
        """Some of the instants."""
        return Located(self.beacon_id, self.at_s[chosen], self.truth_xy_m[chosen], self.place[chosen])

    @property
    def error_m(self) -> Floats:
        """Shape (T,), NaN without a fix."""
        return np.asarray(np.hypot(*(self.place[:, :2] - self.truth_xy_m).T))


def locate(estimator: FloorEstimator, recording: Recording, following: Follow = follow) -> Located:
    """Follow a recording at every tick of the server."""
    at_s = instants_s(recording.sightings.heard_s)
    return Located(
        recording.beacon_id,
        at_s,
        recording.truth_at(at_s),
        places(following(estimator, admit_recording(recording.sightings), at_s)),
    )


def places(moments: Sequence[Moment]) -> Floats:
    """Where each moment was said to be, shape (T, 3), NaN for no fix."""
    nowhere = (np.nan, np.nan, np.nan)
    return np.array([moment.place or nowhere for moment in moments], dtype=np.float64).reshape(-1, 3)


@dataclass(frozen=True, slots=True)
class Errors:
    """What is said of many instants; distances in metres, shares 0 to 1; ``lowest_coverage`` is any one walk's, NaN without."""

    instants: int
    median_m: float
    p95_m: float
    coverage: float
    lowest_coverage: float
    radius_m: float
    without_fix: float

    @classmethod
    def of(cls, located: Sequence[Located]) -> Errors:
        """Of all instants of some recordings; NaN where none has a fix."""
        error = np.concatenate([each.error_m for each in located])
        radius = np.concatenate([each.place[:, 2] for each in located])
        found = np.isfinite(error)
        median_m, p95_m = median_and_p95(error[found])
        return cls(
            len(error),
            median_m,
            p95_m,
            _share(error[found] <= radius[found]),
            min((_coverage(each) for each in located if _tells(each)), default=float("nan")),
            float(np.median(radius[found])) if found.any() else float("nan"),
            1 - _share(found),
        )


def median_and_p95(error_m: Floats) -> tuple[float, float]:
    """In metres; NaN of none."""
    if len(error_m) == 0:
        return float("nan"), float("nan")
    return float(np.median(error_m)), float(np.quantile(error_m, 0.95))


def _tells(located: Located) -> bool:
    # A beacon that stands has one error all the time: within the radius or not.
    is_walk = bool((located.truth_xy_m != located.truth_xy_m[:1]).any())
    return is_walk and int(np.isfinite(located.error_m).sum()) >= FEWEST_OF_A_WALK


def _coverage(located: Located) -> float:
    found = np.isfinite(located.error_m)
    return _share(located.error_m[found] <= located.place[found, 2])


def _share(held: NDArray[np.bool_]) -> float:
    return float(np.mean(held)) if len(held) else float("nan")
