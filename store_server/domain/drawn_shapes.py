"""From the strokes of a drawing to the shapes of a floorplan, layer by layer as a person has mapped them."""

from __future__ import annotations

import itertools
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import shapely

from store_server.domain.drawn_layers import Path, Stroke, box_of
from store_server.domain.left_out import NAMED_TO, LeftOutName
from store_server.domain.plan_problems import Point, said
from store_server.wire.plan_files import DxfLayerUse, DxfMapping, DxfUse

_IDS = uuid.UUID("0f6d2f0a-6f5e-4a63-9a86-3f0c0a3f6a55")

SMALLEST_RING_M2 = 1e-3
"""Less is a mark, no thing that stands on a floor."""

Json = dict[str, Any]


def shapes_of(
    strokes: Sequence[Stroke], mapping: DxfMapping, metres_per_unit: float
) -> tuple[list[Json], Counter[str]]:
    """The features the mapped layers hold, in metres from the lower-left corner of the outlines (else of all of it).

    Returns
    -------
    features : list of plain GeoJSON features
        Not held against the contract yet.
    left_out : Counter
        What could not be taken, in words, and how often.
    """
    uses = {layer.name: layer for layer in mapping.layers if layer.use is not DxfUse.SKIP}
    used = [stroke for stroke in strokes if stroke.layer in uses]
    left_out: Counter[str] = Counter()
    skipped = Counter(stroke.layer for stroke in strokes if stroke.layer not in uses)
    left_out.update(
        {LeftOutName(said("left_out.layer", layer=layer[:NAMED_TO])): count for layer, count in skipped.items()}
    )
    outlines = [stroke for stroke in used if uses[stroke.layer].use is DxfUse.OUTLINE]
    box = box_of(outlines or used)
    if box is None:
        return [], left_out
    board = _Board(mapping.level_id, left_out)
    by_layer: dict[str, list[Stroke]] = defaultdict(list)
    for stroke in used:
        by_layer[stroke.layer].append(_placed(stroke, box[0], box[1], metres_per_unit))
    for layer in sorted(uses.values(), key=lambda layer: layer.use is not DxfUse.OUTLINE):
        board.draw(layer, by_layer[layer.name])
    return board.features, left_out


def _placed(stroke: Stroke, x0: float, y0: float, scale: float) -> Stroke:
    def path(points: Path) -> Path:
        kept: list[Point] = []
        for x, y in points:
            at = (round((x - x0) * scale, 3) + 0.0, round((y - y0) * scale, 3) + 0.0)
            if not kept or kept[-1] != at:
                kept.append(at)
        return tuple(kept)

    outer = path(stroke.path)
    if stroke.is_closed and len(outer) > 1 and outer[0] == outer[-1]:
        outer = outer[:-1]
    return Stroke(stroke.layer, stroke.kind, outer, stroke.is_closed, tuple(path(hole) for hole in stroke.holes))


class _Board:
    """Features being made, with a level for each ordinal an outline was drawn for."""

    def __init__(self, level_id: str | None, left_out: Counter[str]) -> None:
        self.features: list[Json] = []
        self._left_out = left_out
        self._given_level_id = level_id
        self._levels: dict[int, str] = {}
        self._numbers: Counter[str] = Counter()

    def draw(self, layer: DxfLayerUse, strokes: Sequence[Stroke]) -> None:
        if layer.use is DxfUse.OUTLINE:
            self._outline(layer, strokes)
        elif layer.use in (DxfUse.NODE, DxfUse.TILL):
            self._points(layer, strokes)
        elif layer.use in (DxfUse.WALL, DxfUse.OPENING, DxfUse.AISLE):
            self._lines(layer, strokes)
        else:
            self._areas(layer, strokes)

    def _outline(self, layer: DxfLayerUse, strokes: Sequence[Stroke]) -> None:
        rings = list(self._polygons(layer.name, strokes))
        if not rings or layer.ordinal in self._levels:
            self._left_out[LeftOutName(said("left_out.outlines", layer=layer.name[:NAMED_TO]))] += len(rings)
            return
        outer = max(rings, key=lambda polygon: shapely.Polygon(polygon.exterior).area)
        inside = shapely.Polygon(outer.exterior)
        holes = list(outer.interiors)
        for ring in rings:
            if ring is not outer and ring.is_valid and inside.is_valid and inside.contains_properly(ring):
                holes.append(ring.exterior)
            elif ring is not outer:
                self._left_out[LeftOutName(said("left_out.further_outlines", layer=layer.name[:NAMED_TO]))] += 1
        name = {"en": f"Level {layer.ordinal}"}
        key = f"level/{layer.ordinal}"
        shape = shapely.Polygon(outer.exterior, holes)
        level_id = self._add("level", layer, key, _geometry(shape), ordinal=layer.ordinal, name=name)
        self._levels[layer.ordinal] = level_id

    def _points(self, layer: DxfLayerUse, strokes: Sequence[Stroke]) -> None:
        marks = [stroke.path[0] for stroke in strokes if len(stroke.path) == 1]
        if not marks:
            marks = [(p.x, p.y) for p in (shapely.MultiPoint(s.path).centroid for s in strokes)]
        for at in marks:
            geometry = {"type": "Point", "coordinates": [round(at[0], 3), round(at[1], 3)]}
            if layer.use is DxfUse.NODE:
                node_key = f"node-{self._numbers['scanner_node'] + 1}"
                self._add("scanner_node", layer, None, geometry, node_key=node_key)
            else:
                self._add("amenity", layer, None, geometry, category="checkout")

    def _lines(self, layer: DxfLayerUse, strokes: Sequence[Stroke]) -> None:
        feature_type = layer.use.value
        more: Json = {"category": "pedestrian"} if layer.use is DxfUse.OPENING else {}
        for stroke in strokes:
            if len(stroke.path) < 2:
                self._left_out[LeftOutName(said("left_out.points", layer=layer.name[:NAMED_TO]))] += (
                    stroke.kind != "INSERT"
                )
                continue
            path = (*stroke.path, stroke.path[0]) if stroke.is_closed else stroke.path
            geometry = {"type": "LineString", "coordinates": [list(at) for at in path]}
            self._add(feature_type, layer, None, geometry, **more)

    def _areas(self, layer: DxfLayerUse, strokes: Sequence[Stroke]) -> None:
        polygons = list(self._polygons(layer.name, strokes))
        if layer.use in (DxfUse.FIXTURE, DxfUse.KIOSK):
            polygons = self._without_detail(layer.name, polygons)
        for polygon in polygons:
            geometry = _geometry(polygon)
            if layer.use is DxfUse.FIXTURE:
                self._add("fixture", layer, None, geometry, category="other")
            elif layer.use is DxfUse.ZONE:
                self._add("section", layer, None, geometry)
            elif layer.use is DxfUse.UNIT:
                self._add("unit", layer, None, geometry, category="unspecified")
            elif layer.use is DxfUse.BLOCKED:
                self._add("blocked_area", layer, None, geometry)
            else:
                kiosk_key = f"kiosk-{self._numbers['kiosk'] + 1}"
                self._add("kiosk", layer, None, geometry, kiosk_key=kiosk_key, display_point=standing_before(polygon))

    def _polygons(self, layer: str, strokes: Sequence[Stroke]) -> Iterator[shapely.Polygon]:
        """Closed strokes, and open ones that close each other, each once (a hatch lies on its own outline)."""
        seen: set[bytes] = set()
        lines = [stroke.path for stroke in strokes if not stroke.is_closed and len(stroke.path) > 1]
        drawn = [_filled(stroke) for stroke in strokes if stroke.is_closed and len(set(stroke.path)) >= 3]
        drawn.sort(key=lambda polygon: not polygon.interiors)
        joined, *open_ends = shapely.polygonize_full(
            [shapely.LineString(p) for path in lines for p in itertools.pairwise(path)]
        )
        for polygon in (*drawn, *joined.geoms):
            outer = shapely.Polygon(polygon.exterior)
            name = shapely.to_wkb(outer.normalize())
            if outer.convex_hull.area < SMALLEST_RING_M2:
                self._left_out[LeftOutName(said("left_out.without_area", layer=layer[:NAMED_TO]))] += 1
            elif name not in seen:
                seen.add(name)
                yield polygon
        if stray := sum(len(part.geoms) for part in open_ends):
            self._left_out[LeftOutName(said("left_out.open_lines", layer=layer[:NAMED_TO]))] += stray

    def _without_detail(self, layer: str, polygons: list[shapely.Polygon]) -> list[shapely.Polygon]:
        """Shelf boards and drawers are often drawn inside a shelf: what lies wholly within another is not a second one."""
        sound = [polygon for polygon in polygons if polygon.is_valid]
        if not sound:
            return polygons
        inner, outer = shapely.STRtree(sound).query(sound, predicate="covered_by")
        detail = {id(sound[i]) for i, j in zip(inner, outer, strict=True) if i != j and sound[i].area < sound[j].area}
        if detail:
            self._left_out[LeftOutName(said("left_out.within_rings", layer=layer[:NAMED_TO]))] += len(detail)
        return [polygon for polygon in polygons if id(polygon) not in detail]

    def _add(self, feature_type: str, layer: DxfLayerUse, key: str | None, geometry: Json, **properties: Any) -> str:
        self._numbers[feature_type] += 1
        key = key or f"{_printable(layer.name)[:50]}/{self._numbers[feature_type]}"
        feature_id = str(uuid.uuid5(_IDS, f"{feature_type}/{layer.ordinal}/{key}/{geometry['coordinates']}"))
        level_id = self._levels.get(layer.ordinal) or self._given_level_id or "none"
        properties = {"key": key, "level_id": feature_id if feature_type == "level" else level_id, **properties}
        self.features.append(
            {
                "type": "Feature",
                "id": feature_id,
                "feature_type": feature_type,
                "geometry": geometry,
                "properties": properties,
            }
        )
        return feature_id


def standing_before(shape: shapely.Polygon) -> Json:
    """A place half a metre south of a screen: where a person may stand to use it, until somebody says better."""
    x0, y0, x1, _ = shape.bounds
    return {"type": "Point", "coordinates": [round((x0 + x1) / 2, 3), round(y0 - 0.5, 3)]}


def _filled(stroke: Stroke) -> shapely.Polygon:
    return shapely.Polygon(stroke.path, [hole for hole in stroke.holes if len(set(hole)) >= 3])


def _geometry(polygon: shapely.Polygon) -> Json:
    return {
        "type": "Polygon",
        "coordinates": [[list(at) for at in ring.coords] for ring in (polygon.exterior, *polygon.interiors)],
    }


def _printable(name: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in name) or "layer"
