"""Whether a plan has the size of a shop: a file in millimetres that is read as metres has doors 900 m wide."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median

from store_server.domain.plan_frames import METRES
from store_server.domain.plan_problems import Problem, Rule, Said, said, warning
from store_server.wire.floorplans import (
    Feature,
    FixtureFeature,
    LevelFeature,
    LineGeometry,
    OpeningFeature,
    PolygonGeometry,
)
from store_server.wire.plan_files import LengthUnit

LEVEL_M = (2.0, 500.0)
"""A kiosk in a hall, and a hypermarket four times over."""
DOOR_M = (0.3, 20.0)
FIXTURE_M = (0.1, 60.0)
"""The bounds of what a length may be; of many the middle one counts, so that one slip makes no other unit."""

USUAL = {"level": (40.0, 3.0), "door": (1.2, 1.6), "fixture": (3.0, 2.5)}
"""What such a length mostly is in metres, and how many times more or less it easily is."""

RARE = {LengthUnit.INCH: 4.0, LengthUnit.FOOT: 4.0}
"""How much nearer an inch must come to be believed: what it is off by, as ``_likely`` adds it up."""

LIKELY = tuple(unit for unit in LengthUnit if unit is not LengthUnit.DECIMETRE)
"""Nobody draws in decimetres; who does can still say so."""


def size_problems(features: Sequence[Feature], unit: LengthUnit | None) -> tuple[list[Problem], LengthUnit | None]:
    """What is too large or too small for a shop, and the unit it would have its size in.

    Parameters
    ----------
    unit : LengthUnit, optional
        What the file's unit was taken for; None where there is no other it could be.

    Returns
    -------
    problems : list of Problem
        Warnings of one cause: what tells it, and the unit it probably is.
    likely : LengthUnit or None
        None where the size is well, or no unit mends it.
    """
    levels = {feature.properties.key: _size(feature) for feature in features if isinstance(feature, LevelFeature)}
    lengths_m = {
        "level": max(levels.values(), default=None),
        "door": _middle(_size(feature) for feature in features if isinstance(feature, OpeningFeature)),
        "fixture": _middle(_size(feature) for feature in features if isinstance(feature, FixtureFeature)),
    }
    known_m = {kind: length for kind, length in lengths_m.items() if length is not None and length > 0}
    wrong = [kind for kind in known_m if not _is_usable(kind, known_m[kind])]
    if not wrong:
        return [], None
    kind, size_m = wrong[0], known_m[wrong[0]]
    likely = None if unit is None else _likely(known_m, unit)
    keys = [max(levels, key=lambda key: levels[key])] if kind == "level" else []
    problems = [warning(Rule.UNLIKELY_SIZE, keys, None, _said(kind, size_m))]
    if likely is not None:
        problems.append(warning(Rule.UNLIKELY_SIZE, (), None, said("unlikely_size.unit", unit=likely.value)))
    return problems, likely


def _said(kind: str, size_m: float) -> Said:
    if kind == "level":
        return said("unlikely_size.level", size_m=size_m)
    if kind == "door":
        return said("unlikely_size.door", size_m=size_m)
    return said("unlikely_size.fixture", size_m=size_m)


def _likely(lengths_m: dict[str, float], unit: LengthUnit) -> LengthUnit | None:
    """The unit in which every length is usable, and most nearly what it mostly is."""
    best: tuple[float, LengthUnit] | None = None
    for other in LIKELY:
        ratio = METRES[other] / METRES[unit]
        if not all(_is_usable(kind, length * ratio) for kind, length in lengths_m.items()):
            continue
        off = RARE.get(other, 0.0) + sum(
            (math.log(length * ratio / USUAL[kind][0]) / math.log(USUAL[kind][1])) ** 2
            for kind, length in lengths_m.items()
        )
        if best is None or off < best[0]:
            best = (off, other)
    return None if best is None else best[1]


def _is_usable(kind: str, length_m: float) -> bool:
    least_m, most_m = {"level": LEVEL_M, "door": DOOR_M, "fixture": FIXTURE_M}[kind]
    return least_m <= length_m <= most_m


def _middle(sizes_m: Iterable[float]) -> float | None:
    found = list(sizes_m)
    return median(found) if found else None


def _size(feature: LevelFeature | OpeningFeature | FixtureFeature) -> float:
    """The length of a door, or the longer side of the box round an area, m."""
    geometry: LineGeometry | PolygonGeometry = feature.geometry
    if isinstance(geometry, LineGeometry):
        return math.fsum(math.dist(one[:2], other[:2]) for one, other in pairwise(geometry.coordinates))
    path = geometry.coordinates[0]
    return max(max(at[axis] for at in path) - min(at[axis] for at in path) for axis in (0, 1))
