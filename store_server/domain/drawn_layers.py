"""The strokes of a drawing, and what a layer of them seems to be by its name and its form.

A drawing knows lines and layers, no shelves. Which layer is what, a person says; this is the first guess they are shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from store_server.domain.plan_problems import Point
from store_server.wire.plan_files import DxfUse

Path = tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Stroke:
    """One thing drawn.

    Attributes
    ----------
    layer : str
    kind : str
        What the drawing calls it: LINE, HATCH, ...
    path : tuple of (x, y)
        In the drawing's unit; one place for a point or where a block is inserted. A closed one does not repeat its start.
    is_closed : bool
    holes : tuple of paths
    """

    layer: str
    kind: str
    path: Path
    is_closed: bool = False
    holes: tuple[Path, ...] = ()


_WORDS: Mapping[DxfUse, str] = {
    DxfUse.SKIP: r"dim|text|anno|hatch|defpoint|title|grid|achs|axis|maß|mass|note|viewport|vport|legend|beschrift",
    DxfUse.OUTLINE: r"outline|umriss|perimeter|boundary|\blevel|contour|kontur|footprint",
    DxfUse.NODE: r"node|scanner|beacon|antenn|receiver",
    DxfUse.TILL: r"\btills?\b|amenity",
    DxfUse.KIOSK: r"kiosk|terminal",
    DxfUse.OPENING: r"door|tür|tuer|opening|eingang|entrance|gate|\btor\b|exit|ausgang",
    DxfUse.UNIT: r"stair|treppe|lift|elevator|aufzug|escalator|rolltreppe|\bunits?\b",
    DxfUse.BLOCKED: r"blocked|gesperrt|sperr",
    DxfUse.FIXTURE: r"fixture|shelf|shelv|regal|gondel|gondola|furn|möbel|moebel|equip|cooler|kühl|kuehl|checkout|kasse",
    DxfUse.ZONE: r"zone|section|bereich|abteilung|depart|area|room|raum|fläche|flaeche",
    DxfUse.AISLE: r"aisle|corridor|\bgang\b",
    DxfUse.WALL: r"wall|wand|mauer|partition",
}
"""In the order they are asked: a wall's dimensions are text first."""

_LEVEL = re.compile(r"^L(-?\d{1,2})[-_ ]")
"""How our own drawings name their layers: ``L0-fixture``."""


def guessed_use(layer: str, strokes: Sequence[Stroke], drawing_box: tuple[float, float, float, float] | None) -> DxfUse:
    """What a layer seems to be, by its name, else by what is on it."""
    name = layer.lower().replace("_", " ").replace("-", " ")
    for use, words in _WORDS.items():
        if re.search(words, name):
            return use
    drawn = [stroke for stroke in strokes if len(stroke.path) > 1]
    if not drawn:
        return DxfUse.SKIP
    rings = [stroke for stroke in drawn if stroke.is_closed]
    if drawing_box is not None and len(rings) == 1 and _fills(rings[0], drawing_box):
        return DxfUse.OUTLINE
    return DxfUse.FIXTURE if len(rings) * 2 > len(drawn) else DxfUse.WALL


def guessed_ordinal(layer: str) -> int:
    """The level a layer's name speaks of."""
    found = _LEVEL.match(layer)
    return max(-50, int(found[1])) if found else 0


def _fills(ring: Stroke, box: tuple[float, float, float, float]) -> bool:
    corners = np.array(ring.path)
    size = np.ptp(corners, axis=0)
    return bool(size[0] >= 0.8 * (box[2] - box[0]) and size[1] >= 0.8 * (box[3] - box[1]))


def nested(rings: Sequence[Path]) -> list[tuple[Path, tuple[Path, ...]]]:
    """Rings as shapes with holes: one within another is its hole, one within that a shape again.

    >>> square = lambda reach: ((-reach, -reach), (reach, -reach), (reach, reach), (-reach, reach))
    >>> [(outer == square(reach), len(holes)) for (outer, holes), reach in zip(nested([square(3), square(2), square(1)]), (3, 1))]
    [(True, 1), (True, 0)]
    """
    usable = [ring for ring in rings if len(set(ring)) >= 3]
    polygons = [shapely.Polygon(ring) for ring in usable]
    sound = [number for number, polygon in enumerate(polygons) if polygon.is_valid]
    around: dict[int, list[int]] = {number: [] for number in range(len(usable))}
    within = shapely.STRtree([polygons[number] for number in sound])
    met = within.query([polygons[number] for number in sound], predicate="within").T if sound else ()
    for i, j in met:
        if i != j and polygons[sound[i]].area < polygons[sound[j]].area:
            around[sound[i]].append(sound[j])
    holes: dict[int, list[Path]] = {number: [] for number, outers in around.items() if len(outers) % 2 == 0}
    for number, outers in around.items():
        if len(outers) % 2 == 1:
            nearest = min((other for other in outers if other in holes), key=lambda other: polygons[other].area)
            holes[nearest].append(usable[number])
    return [(usable[number], tuple(inside)) for number, inside in holes.items()]


def box_of(strokes: Iterable[Stroke]) -> tuple[float, float, float, float] | None:
    """Smallest and largest coordinates of what is drawn (points alone do not count where lines are)."""
    strokes = list(strokes)
    paths = [stroke.path for stroke in strokes if len(stroke.path) > 1] or [stroke.path for stroke in strokes]
    if not paths:
        return None
    corners = np.concatenate([np.array(path) for path in paths])
    (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
    return (float(x0), float(y0), float(x1), float(y1))
