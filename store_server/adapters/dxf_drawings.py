"""Drawings of other tools: the bytes of a DXF file to the strokes on its layers, whatever the bytes are.

Size is bounded before the library sees the file: it reads some 14,000 entities a second, and a block may hold blocks without end.
"""

from __future__ import annotations

import io
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import ezdxf
from ezdxf.document import Drawing
from ezdxf.entities import DXFEntity, DXFGraphic, Hatch, Insert, LWPolyline, Point, Polyline
from ezdxf.filemanagement import dxf_stream_info
from ezdxf.lldxf.tagger import binary_tags_loader
from ezdxf.path import Path, from_hatch, make_path

from store_server.domain.drawn_layers import Stroke, nested
from store_server.domain.left_out import LeftOutName
from store_server.domain.plan_frames import METRES
from store_server.domain.plan_problems import InvalidFloorplan, Rule, Said, error, said
from store_server.wire.plan_files import LengthUnit

MAX_BYTES = 20 * 1024 * 1024
MAX_BINARY_BYTES = 8 * 1024 * 1024
"""Binary drawings are a fifth smaller and four times as slow to read."""

MAX_LINES = 3_000_000
MAX_ENTITIES = 100_000
"""In the file, and once more with its blocks taken apart."""

MAX_PLACES = 250_000
MAX_DEPTH = 8
"""Blocks within blocks."""

OFF_BY_M = 0.01
"""How far a curve may lie from the line that is drawn for it."""

FARTHEST = 1e9
"""In the drawing's unit: a thousand kilometres in millimetres, where surveyors' grids end."""

UNITS = {
    1: LengthUnit.INCH,
    2: LengthUnit.FOOT,
    4: LengthUnit.MILLIMETRE,
    5: LengthUnit.CENTIMETRE,
    6: LengthUnit.METRE,
    14: LengthUnit.DECIMETRE,
}

BINARY = b"AutoCAD Binary DXF\r\n\x1a\x00"

STUMBLES = (
    *(ezdxf.DXFError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError),
    *(RuntimeError, AssertionError, StopIteration),
)
"""What the library raises at a broken file: it trusts that numbers are where the format has them."""


def refusal(words: Said) -> InvalidFloorplan:
    return InvalidFloorplan([error(Rule.NOT_A_PLAN, (), None, words)])


@dataclass(frozen=True, slots=True)
class ReadDrawing:
    """A drawing's strokes, and the kinds of things that were not drawn, by layer."""

    unit: LengthUnit | None
    strokes: tuple[Stroke, ...]
    kinds: Counter[tuple[str, str]]
    """How many of each (layer, kind) the drawing holds, blocks not taken apart."""
    undrawn: Counter[str]


def read_drawing(raw: bytes, unit: LengthUnit | None = None) -> ReadDrawing:
    """The strokes of a drawing's model space, curves as lines, blocks taken apart.

    Parameters
    ----------
    raw : bytes
        ASCII or binary DXF.
    unit : LengthUnit, optional
        What the person says, where the drawing does not or is wrong.

    Raises
    ------
    InvalidFloorplan
        For what is no DXF, or more of it than a shop's plan can be.
    """
    _bounded(raw)
    try:
        drawing = _opened(raw)
        inserted = _Blocks(drawing)
        if inserted.total(drawing.modelspace()) > MAX_ENTITIES:
            raise refusal(said("dxf.deep_blocks", most=MAX_ENTITIES))
        known = UNITS.get(int(drawing.header.get("$INSUNITS", 0)))
        pen = _Pen(OFF_BY_M / METRES[unit or known or LengthUnit.MILLIMETRE])
        strokes = tuple(pen.strokes(drawing.modelspace(), None, 0))
        kinds = Counter((entity.dxf.layer, entity.dxftype()) for entity in drawing.modelspace())
    except STUMBLES as broken:
        if isinstance(broken, InvalidFloorplan):
            raise
        raise refusal(said("dxf.broken")) from None
    return ReadDrawing(known, strokes, kinds, pen.undrawn)


def _bounded(raw: bytes) -> None:
    if raw[:4] == b"AC10" and b"\0" in raw[:64]:
        raise refusal(said("dxf.dwg"))
    binary = raw.startswith(BINARY)
    if len(raw) > (MAX_BINARY_BYTES if binary else MAX_BYTES):
        raise refusal(said("dxf.too_large", most_mb=MAX_BYTES // 1024**2, most_binary_mb=MAX_BINARY_BYTES // 1024**2))
    if binary:
        return
    if raw.count(b"\n") > MAX_LINES:
        raise refusal(said("dxf.too_many_lines", most=MAX_LINES))
    codes = Counter(raw.split(b"\n")[0::2])
    entities = sum(count for code, count in codes.items() if code.strip() == b"0")
    places = sum(count for code, count in codes.items() if code.strip() == b"10")
    if not entities:
        raise refusal(said("dxf.none"))
    _few(entities, places)


def _few(entities: int, places: int) -> None:
    if entities > MAX_ENTITIES or places > MAX_PLACES:
        raise refusal(
            said(
                "dxf.too_many_things",
                things=entities,
                points=places,
                most_things=MAX_ENTITIES,
                most_points=MAX_PLACES,
            )
        )


def _opened(raw: bytes) -> Drawing:
    if raw.startswith(BINARY):
        codes: Counter[int] = Counter()
        for tag in binary_tags_loader(raw):
            codes[tag.code] += 1
            _few(codes[0], codes[10])
        return Drawing.load(binary_tags_loader(raw))
    encoding = dxf_stream_info(io.StringIO(raw[:1_000_000].decode("latin-1"))).encoding
    return ezdxf.read(io.StringIO(raw.decode(encoding, errors="surrogateescape"), newline=None))


class _Blocks:
    """How much the blocks of a drawing hold, counted before anything is taken apart."""

    def __init__(self, drawing: Drawing) -> None:
        self._drawing = drawing
        self._known: dict[tuple[str, int], int] = {}

    def total(self, entities: Iterable[DXFEntity], depth: int = 0) -> int:
        total = 0
        for entity in entities:
            total += 1
            if isinstance(entity, Insert) and depth < MAX_DEPTH:
                total += max(1, entity.mcount) * (1 + self._inside(str(entity.dxf.name), depth + 1))
            if total > MAX_ENTITIES:
                break
        return total

    def _inside(self, name: str, depth: int) -> int:
        if (name, depth) not in self._known:
            block = self._drawing.blocks.get(name)
            self._known[name, depth] = 0 if block is None else self.total(block, depth)
        return self._known[name, depth]


class _Pen:
    """Follows entities with straight strokes."""

    def __init__(self, off_by: float) -> None:
        self._off_by = off_by
        self._places = 0
        self.undrawn: Counter[str] = Counter()

    def strokes(self, entities: Iterable[DXFEntity], block_layer: str | None, depth: int) -> Iterator[Stroke]:
        """What lies on layer 0 of a block is on the layer the block is inserted on."""
        for entity in entities:
            kind = entity.dxftype()
            layer = str(entity.dxf.get("layer", "0"))
            layer = block_layer if block_layer is not None and layer == "0" else layer
            layer = layer.encode("utf-8", "replace").decode()[:255] or "0"
            try:
                drawn = list(self._drawn(entity, kind, layer, depth))
            except STUMBLES as broken:
                if isinstance(broken, InvalidFloorplan):
                    raise
                self.undrawn[LeftOutName(said("left_out.broken", kind=kind))] += 1
                continue
            self._places += sum(len(stroke.path) for stroke in drawn)
            if self._places > MAX_PLACES:
                raise refusal(said("dxf.too_many_points", most=MAX_PLACES))
            yield from drawn

    def _drawn(self, entity: DXFEntity, kind: str, layer: str, depth: int) -> Iterator[Stroke]:
        if isinstance(entity, Insert):
            yield Stroke(layer, kind, (_near(entity.dxf.insert.x, entity.dxf.insert.y),))
            if depth < MAX_DEPTH:
                for single in entity.multi_insert() if entity.mcount > 1 else (entity,):
                    yield from self.strokes(single.virtual_entities(), layer, depth + 1)
        elif isinstance(entity, Point):
            yield Stroke(layer, kind, (_near(entity.dxf.location.x, entity.dxf.location.y),))
        elif isinstance(entity, Hatch):
            for outer, holes in nested([self._flat(path) for path in from_hatch(entity)]):
                yield Stroke(layer, kind, outer, True, holes)
        elif kind in {"LINE", "LWPOLYLINE", "POLYLINE", "ARC", "CIRCLE", "ELLIPSE", "SPLINE"}:
            assert isinstance(entity, DXFGraphic)  # noqa: S101 (each of these kinds is drawn)
            path = self._flat(make_path(entity))
            says = isinstance(entity, LWPolyline | Polyline) and entity.is_closed
            closed = len(path) > 2 and (says or math.dist(path[0], path[-1]) <= self._off_by / 2)
            yield Stroke(layer, kind, path, closed)
        else:
            self.undrawn[kind] += 1

    def _flat(self, path: Path) -> tuple[tuple[float, float], ...]:
        for place in path.control_vertices():
            _near(place.x, place.y)
        return tuple(_near(place.x, place.y) for place in path.flattening(self._off_by, segments=4))


def _near(x: float, y: float) -> tuple[float, float]:
    """The place, if it is one of this world."""
    if not (abs(x) < FARTHEST and abs(y) < FARTHEST):
        raise ValueError("too far away, or no number")
    return (float(x), float(y))
