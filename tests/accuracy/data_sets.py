"""The recordings the accuracy figures are made on, and how each is left out: read where they are, never carried here."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from store_server.adapters.drawn_floors import read_floor
from store_server.adapters.recordings import read_anchors, read_sightings, read_truth
from store_server.domain.obstacle_loss import FloorObstacles
from store_server.domain.positioning import Anchor
from store_server.domain.surveys import Recording, SurveyPoints, spread_out, survey_points

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class DataSet:
    """One folder of recordings."""

    anchors: tuple[Anchor, ...]
    recordings: tuple[Recording, ...]
    floor: FloorObstacles | None

    @property
    def still(self) -> tuple[Recording, ...]:
        return tuple(recording for recording in self.recordings if recording.is_still)

    @property
    def walks(self) -> tuple[Recording, ...]:
        return tuple(recording for recording in self.recordings if not recording.is_still)


@dataclass(frozen=True, slots=True)
class Part:
    """Recordings to locate, and those whose survey the calibration may come from; None: the factory's."""

    located: tuple[Recording, ...]
    known: tuple[Recording, ...] | None


@dataclass(frozen=True, slots=True)
class Scenario:
    """A row of the table: a data set, what is known of it, and how recordings are left out.

    ``points`` limits the survey; ``every`` takes each n-th instant of each recording, so that the run stays short.
    """

    name: str
    folder: str
    parts: Callable[[DataSet], list[Part]]
    with_plan: bool = False
    points: int | None = None
    every: int = 1

    def survey(self, part: Part, anchors: tuple[Anchor, ...]) -> SurveyPoints | None:
        """The points the calibration is made from."""
        if part.known is None:
            return None
        found = survey_points(part.known, [anchor.node_id for anchor in anchors])
        return found if self.points is None else spread_out(found, self.points)


def data_folder(name: str) -> Path | None:
    """Where the recordings are, or None where they are not to be had."""
    folder = (ROOT / os.environ.get("AISLEWAY_DATA", "../shared/data")) / "rssi" / name
    return folder if (folder / "sightings.csv").is_file() else None


def read_data_set(name: str) -> DataSet | None:
    """A data set, or None where it is not to be had."""
    folder = data_folder(name)
    if folder is None:
        return None
    problems: list[str] = []
    anchors = read_anchors(folder, problems)
    sightings, _ = read_sightings(folder, anchors, problems)
    recordings = read_truth(folder, sightings, problems, lambda without_truth: None)
    floor = read_floor(folder, anchors, problems)
    if problems:
        raise ValueError("; ".join(problems))
    return DataSet(anchors, tuple(recordings), floor)


def _walks_uncalibrated(data: DataSet) -> list[Part]:
    return [Part(data.walks, None)]


def _still_uncalibrated(data: DataSet) -> list[Part]:
    return [Part(data.still, None)]


def _walks_from_survey(data: DataSet) -> list[Part]:
    return [Part(data.walks, data.still)]


def _each_walk_left_out(data: DataSet) -> list[Part]:
    return [Part((walk,), tuple(r for r in data.recordings if r is not walk)) for walk in data.walks]


def _places_left_out(data: DataSet) -> list[Part]:
    """A quarter of the places at a time, with every recording made there."""
    places = np.unique([recording.truth_xy_m[0] for recording in data.still], axis=0)
    parts = []
    for quarter in range(4):
        out = {tuple(place) for place in places[quarter::4].tolist()}
        located = tuple(r for r in data.still if tuple(r.truth_xy_m[0].tolist()) in out)
        parts.append(Part(located, tuple(r for r in data.recordings if r not in located)))
    return parts


SCENARIOS = (
    Scenario("hall walks, not calibrated", "tetam_hall", _walks_uncalibrated),
    Scenario("hall walks, 10 survey points", "tetam_hall", _walks_from_survey, points=10),
    Scenario("hall walks, survey of another day", "tetam_hall", _walks_from_survey),
    Scenario("hall walks, survey and other walks", "tetam_hall", _each_walk_left_out),
    Scenario("hall points, a quarter left out", "tetam_hall", _places_left_out, every=8),
    Scenario("flat, not calibrated", "furnished_flat", _walks_uncalibrated, every=4),
    Scenario("flat, not calibrated, with walls", "furnished_flat", _walks_uncalibrated, with_plan=True, every=4),
    Scenario("flat, other walks", "furnished_flat", _each_walk_left_out, every=2),
    Scenario("flat, other walks, with walls", "furnished_flat", _each_walk_left_out, with_plan=True, every=2),
    Scenario("library, not calibrated", "library_shelves", _still_uncalibrated),
    Scenario("library, not calibrated, with shelves", "library_shelves", _still_uncalibrated, with_plan=True),
    Scenario("library, a quarter left out", "library_shelves", _places_left_out),
    Scenario("library, a quarter left out, with shelves", "library_shelves", _places_left_out, with_plan=True),
)
