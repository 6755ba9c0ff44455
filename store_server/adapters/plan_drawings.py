"""A level of a plan as a picture, in the colours of the screens, with the names of its zones, a scale bar and north."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable

import shapely
from PIL import Image, ImageDraw, ImageFont
from shapely.geometry.base import BaseGeometry

from store_server.domain.floorplan import levels_of
from store_server.domain.plan_edits import ORDER
from store_server.domain.plan_problems import InvalidFloorplan, Rule, error, said
from store_server.domain.plan_structure import polygon_of
from store_server.wire.floorplans import (
    Feature,
    FloorplanDocument,
    Labels,
    LineGeometry,
    PolygonGeometry,
    SlotFeature,
)

SMALLEST_PX, LARGEST_PX = 200, 3000

SHARPER = 2
"""Drawn so many times larger and then made smaller, which smooths the edges."""

MARGIN_PX, FOOT_PX = 24, 48

_PAPER, _TEXT, _WALL, _FLOOR = "#ffffff", "#1d2528", "#2b3336", "#fbfcfc"
_ZONES = ("#dcecec", "#f0e9d8", "#dde4f3", "#efdfeb")
"""The screens' tints of zones, a little stronger: paper has no light behind it."""

_LOOK: dict[str, tuple[str | None, str, float]] = {
    "level": (_FLOOR, _WALL, 3),
    "unit": ("#e4e7e8", "#7c888d", 1.5),
    "aisle": (None, "#b9c4c8", 1),
    "wall": (None, _WALL, 3),
    "opening": (None, "#0b5459", 5),
    "fixture": ("#a9b3b7", "#7c888d", 1),
    "blocked_area": ("#f6dcc8", "#b3541e", 1.5),
    "amenity": ("#2b3336", "#2b3336", 1),
    "kiosk": ("#0b5459", "#0b5459", 1),
    "scanner_node": ("#ffffff", "#1d2528", 2),
}
"""Fill, line, and the line's width in pixels."""

_STEPS_M = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


def draw_png(document: FloorplanDocument, level_id: str | None = None, width_px: int = 2000) -> bytes:
    """One level as a PNG; the one nearest the ground by default.

    Parameters
    ----------
    document : FloorplanDocument
    level_id : str, optional
    width_px : int
        Of the picture; a plan higher than wide is drawn as high as that.

    Raises
    ------
    InvalidFloorplan
        Where there is no such level.
    """
    levels = [level for level in levels_of(document) if level_id in (None, level.id)]
    if not levels:
        raise InvalidFloorplan([error(Rule.NO_LEVEL, (), None, said("no_level.to_draw"))])
    level = levels[0]
    shown = [f for f in document.features if f.properties.level_id == level.id and not isinstance(f, SlotFeature)]
    sheet = _Sheet(shown, max(SMALLEST_PX, min(width_px, LARGEST_PX)))
    zones = [feature for feature in shown if feature.feature_type == "section"]
    tints = {zone.id: _ZONES[number % len(_ZONES)] for number, zone in enumerate(zones)}
    # The floor's edge is drawn again over the zones.
    for feature in sorted(shown, key=lambda f: ORDER.index(f.feature_type)):
        fill, line, width = _LOOK.get(feature.feature_type, (tints.get(feature.id), "#c6d0d2", 1))
        sheet.shape(_shape(feature), fill, line, width)
    sheet.shape(_shape(level), None, _WALL, 3)
    for zone in zones:
        sheet.label(_shape(zone), _name(zone.properties.name, zone.properties.key))
    sheet.foot(f"{document.name}, {_name(level.properties.name, level.properties.key)}")
    return sheet.png()


class _Sheet:
    """Paper with a frame in metres."""

    def __init__(self, shown: Iterable[Feature], width_px: int) -> None:
        bounds = shapely.total_bounds([_shape(feature) for feature in shown])
        x0, y0, x1, y1 = (float(bound) for bound in bounds)
        room = width_px - 2 * MARGIN_PX
        self._px_per_m = room / max(x1 - x0, y1 - y0, 0.1) * SHARPER
        self._left_m, self._top_m = x0, y1
        self._margin = MARGIN_PX * SHARPER
        wide = math.ceil((x1 - x0) * self._px_per_m) + 2 * self._margin
        high = math.ceil((y1 - y0) * self._px_per_m) + 2 * self._margin
        self._foot_at = high
        self._image = Image.new("RGB", (max(wide, SMALLEST_PX * SHARPER), high + FOOT_PX * SHARPER), _PAPER)
        self._draw = ImageDraw.Draw(self._image)
        self._labels: list[shapely.Polygon] = []

    def _at(self, position: Iterable[float]) -> tuple[float, float]:
        x, y = list(position)[:2]
        return (
            self._margin + (x - self._left_m) * self._px_per_m,
            self._margin + (self._top_m - y) * self._px_per_m,
        )

    def shape(self, shape: BaseGeometry, fill: str | None, line: str, width_px: float) -> None:
        width = round(width_px * SHARPER)
        if isinstance(shape, shapely.Point):
            x, y = self._at(shape.coords[0])
            reach = 5 * SHARPER
            self._draw.ellipse((x - reach, y - reach, x + reach, y + reach), fill, line, width)
        elif isinstance(shape, shapely.LineString):
            self._draw.line([self._at(at) for at in shape.coords], line, width, "curve")
        elif isinstance(shape, shapely.Polygon):
            rings = [[self._at(at) for at in ring.coords] for ring in (shape.exterior, *shape.interiors)]
            if fill is not None:
                self._fill(rings, fill)
            for ring in rings:
                self._draw.line(ring, line, width, "curve")

    def _fill(self, rings: list[list[tuple[float, float]]], fill: str) -> None:
        outer = rings[0]
        if len(rings) == 1:
            self._draw.polygon(outer, fill)
            return
        # Cut out on a sheet of the shape's own size: one of the whole plan's for each would take minutes.
        left, top = (math.floor(min(at[axis] for at in outer)) for axis in (0, 1))
        right, bottom = (math.ceil(max(at[axis] for at in outer)) for axis in (0, 1))
        mask = Image.new("1", (right - left + 1, bottom - top + 1))
        cut = ImageDraw.Draw(mask)
        for number, ring in enumerate(rings):
            cut.polygon([(x - left, y - top) for x, y in ring], 0 if number else 1)
        self._image.paste(fill, (left, top), mask)

    def label(self, shape: BaseGeometry, words: str) -> None:
        """A name where there is room for it: labels never overlap."""
        font = ImageFont.load_default(13 * SHARPER)
        x, y = self._at(shapely.point_on_surface(shape).coords[0])
        box = self._draw.textbbox((x, y), words, font, "mm")
        around = shapely.box(box[0] - 6, box[1] - 4, box[2] + 6, box[3] + 4)
        if any(around.intersects(other) for other in self._labels):
            return
        self._labels.append(around)
        self._draw.rounded_rectangle(around.bounds, 4 * SHARPER, _PAPER)
        self._draw.text((x, y), words, _TEXT, font, "mm")

    def foot(self, words: str) -> None:
        """The plan's name, north and a scale bar."""
        small = ImageFont.load_default(12 * SHARPER)
        middle = self._foot_at + FOOT_PX * SHARPER / 2 - self._margin / 2
        room_m = (self._image.width / 4) / self._px_per_m
        step_m = max((step for step in _STEPS_M if step <= room_m), default=_STEPS_M[0])
        right = self._image.width - self._margin
        left = right - step_m * self._px_per_m
        tick = 5 * SHARPER
        bar = [(left, middle - tick), (left, middle), (right, middle), (right, middle - tick)]
        self._draw.line(bar, _TEXT, 2 * SHARPER)
        self._draw.text((left - 8 * SHARPER, middle), f"{step_m:g} m", _TEXT, small, "rm")
        x, tall = self._margin + tick, 12 * SHARPER
        self._draw.polygon([(x, middle - tall), (x - tick, middle + tall / 2), (x + tick, middle + tall / 2)], _TEXT)
        self._draw.text((x + 10 * SHARPER, middle), "N", _TEXT, small, "lm")
        self._draw.text((x + 28 * SHARPER, middle), words[:60], _TEXT, small, "lm")

    def png(self) -> bytes:
        packed = io.BytesIO()
        self._image.reduce(SHARPER).save(packed, "PNG", optimize=True)
        return packed.getvalue()


def _shape(feature: Feature) -> BaseGeometry:
    """In the plane: some positions of a shape may have a height and others none."""
    geometry = feature.geometry
    if isinstance(geometry, PolygonGeometry):
        return polygon_of(geometry)
    if isinstance(geometry, LineGeometry):
        return shapely.LineString([position[:2] for position in geometry.coordinates])
    return shapely.Point(geometry.coordinates[:2])


def _name(name: Labels | None, key: str) -> str:
    """In a language the built-in letters can write, else the key."""
    known = [text for text in (name or {}).values() if text.encode("latin-1", "ignore").decode("latin-1") == text]
    return (name or {}).get("en") or next(iter(known), key)
