"""Drawings: out and back within a millimetre, other tools' layers guessed and taken, hostile files refused."""

from __future__ import annotations

import io
import itertools
import json
import math
from collections.abc import Callable
from typing import Any

import ezdxf
import pytest
import shapely
from ezdxf.document import Drawing
from ezdxf.layouts import Modelspace
from hypothesis import given, settings

from store_server.adapters import dxf_drawings
from store_server.adapters.dxf_files import dxf_layers, export_dxf, import_dxf
from store_server.domain.plan_problems import InvalidFloorplan
from store_server.wire.floorplans import FloorplanDocument
from store_server.wire.plan_files import DxfLayerUse, DxfMapping, DxfUse, LengthUnit
from tests.domain.drawn_plans import off_by_m, plans, shapes
from tests.domain.floors import Json, document

Draw = Callable[[Modelspace, Drawing], Any]


def drawing(draw: Draw, unit: int = 6, binary: bool = False) -> bytes:
    made = ezdxf.new("R2010", units=unit)
    draw(made.modelspace(), made)
    if binary:
        packed = io.BytesIO()
        made.write(packed, fmt="bin")
        return packed.getvalue()
    text = io.StringIO()
    made.write(text)
    return text.getvalue().encode()


def guessed(raw: bytes, unit: LengthUnit | None = None) -> DxfMapping:
    """The mapping a person gets who changes nothing."""
    layers = dxf_layers(raw, unit).layers
    return DxfMapping(
        unit=unit, layers=tuple(DxfLayerUse(name=la.name, use=la.guess, ordinal=la.ordinal) for la in layers)
    )


def only(use: DxfUse, unit: LengthUnit | None = None) -> DxfMapping:
    return DxfMapping(unit=unit, layers=(DxfLayerUse(name="A", use=use),), level_id="L")


def plan_of(features: list[Json]) -> FloorplanDocument:
    return document({"type": "FeatureCollection", "name": "drawn", "crs_local": {}, "features": features})


def box(space: Modelspace, x: float, y: float, wide: float, deep: float, layer: str) -> None:
    corners = [(x, y), (x + wide, y), (x + wide, y + deep), (x, y + deep)]
    space.add_lwpolyline(corners, close=True, dxfattribs={"layer": layer})


def areas(features: list[Json]) -> list[float]:
    return sorted(round(shapely.geometry.shape(f["geometry"]).area, 3) for f in features)


@given(plans())
@settings(max_examples=25, deadline=None)
def test_out_and_back_is_the_same_geometry_within_a_millimetre(plan: FloorplanDocument) -> None:
    raw = export_dxf(plan)
    features, left_out, _ = import_dxf(raw, guessed(raw))
    assert not left_out
    after = shapes(plan_of(features))
    before = shapes(plan, "shelf_slot")
    assert sorted(shape[:2] for shape in after) == sorted(shape[:2] for shape in before)
    for kind, ordinal, shape in before:
        assert min(off_by_m(shape, other) for k, o, other in after if (k, o) == (kind, ordinal)) < 0.001


def shop_drawing(space: Modelspace, made: Drawing) -> None:
    """As an architect draws it, in millimetres and far from the origin."""
    shelf = made.blocks.new("SHELF")
    box(shelf, 0, 0, 1000, 500, "0")  # type: ignore[arg-type]  # a block is drawn on like the model space
    box(shelf, 100, 100, 200, 100, "0")  # type: ignore[arg-type]
    x, y = 4_000_000.0, 5_000_000.0
    box(space, x, y, 30_000, 20_000, "UMRISS")
    for n in range(3):
        space.add_blockref("SHELF", (x + 5000 + 3000 * n, y + 5000), dxfattribs={"layer": "REGALE", "rotation": 90})
    space.add_line((x + 1000, y), (x + 1000, y + 4000), dxfattribs={"layer": "A-WALL"})
    space.add_arc((x + 9000, y + 9000), 2000, 0, 180, dxfattribs={"layer": "A-WALL"})
    space.add_circle((x + 15_000, y + 12_000), 500, dxfattribs={"layer": "MÖBEL"})
    space.add_text("Verkaufsraum", dxfattribs={"layer": "A-TEXT"}).set_placement((x, y))
    space.add_point((x + 100, y + 100), dxfattribs={"layer": "SCANNER"})
    space.add_linear_dim((x, y - 500), (x, y), (x + 30_000, y), dxfattribs={"layer": "A-DIM"})


@pytest.mark.parametrize("binary", [False, True])
def test_an_architects_drawing_is_guessed_and_taken(binary: bool) -> None:
    raw = drawing(shop_drawing, 4, binary)
    layers = dxf_layers(raw)
    assert layers.unit is LengthUnit.MILLIMETRE
    uses = {layer.name: layer.guess for layer in layers.layers}
    assert uses["UMRISS"] is DxfUse.OUTLINE
    assert uses["REGALE"] is uses["MÖBEL"] is DxfUse.FIXTURE
    assert uses["A-WALL"] is DxfUse.WALL
    assert uses["SCANNER"] is DxfUse.NODE
    assert uses["A-TEXT"] is uses["A-DIM"] is DxfUse.SKIP
    counts = {layer.name: {kind.name: kind.count for kind in layer.entities} for layer in layers.layers}
    assert counts["REGALE"] == {"INSERT": 3}
    assert next(layer.box for layer in layers.layers if layer.name == "UMRISS") == (4e6, 5e6, 4.03e6, 5.02e6)
    features, left_out, _ = import_dxf(raw, guessed(raw))
    plan = plan_of(features)
    kinds = sorted(feature.feature_type for feature in plan.features)
    assert kinds == ["fixture"] * 4 + ["level", "scanner_node", "wall", "wall"]
    assert left_out["rings within rings on REGALE"] == 3
    assert left_out["TEXT"] == 1
    (level,) = (feature for feature in features if feature["feature_type"] == "level")
    assert shapely.geometry.shape(level["geometry"]).bounds == (0, 0, 30, 20)
    fixtures = areas([feature for feature in features if feature["feature_type"] == "fixture"])
    assert fixtures[:3] == [0.5, 0.5, 0.5]
    assert fixtures[3] == pytest.approx(math.pi * 0.25, abs=0.03)
    arc = next(s for k, _, s in shapes(plan) if k == "wall" and len(s.coords) > 2)
    assert shapely.hausdorff_distance(shapely.Point(9, 9), arc) == pytest.approx(2.0, abs=0.01)
    assert (
        max(abs(shapely.Point(9, 9).distance(arc.interpolate(t / 500, normalized=True)) - 2) for t in range(501))
        < 0.011
    )


def test_curves_are_followed_within_a_centimetre() -> None:
    def draw(space: Modelspace, _: Drawing) -> None:
        space.add_circle((5, 5), 5, dxfattribs={"layer": "A"})

    (feature,), _, _ = import_dxf(drawing(draw), only(DxfUse.FIXTURE))
    ring = shapely.LinearRing(feature["geometry"]["coordinates"][0])
    off = [abs(ring.interpolate(t / 1000, normalized=True).distance(shapely.Point(5, 5)) - 5) for t in range(1000)]
    assert max(off) <= 0.011


def test_lines_that_close_each_other_are_a_shape() -> None:
    def draw(space: Modelspace, _: Drawing) -> None:
        corners = [(0, 0), (4, 0), (4, 1), (0, 1), (0, 0)]
        for start, end in itertools.pairwise(corners):
            space.add_line(start, end, dxfattribs={"layer": "A"})
        space.add_line((9, 9), (8, 8), dxfattribs={"layer": "A"})

    features, left_out, _ = import_dxf(drawing(draw), only(DxfUse.FIXTURE))
    assert areas(features) == [4.0]
    assert left_out == {"open lines on A": 1}


def test_a_hatch_on_its_outline_is_one_shape_and_islands_are_several() -> None:
    def draw(space: Modelspace, _: Drawing) -> None:
        box(space, 0, 0, 4, 4, "A")
        hatch = space.add_hatch(dxfattribs={"layer": "A"})
        for x, y, side in ((0, 0, 4), (1, 1, 2), (6, 0, 3)):
            hatch.paths.add_polyline_path([(x, y), (x + side, y), (x + side, y + side), (x, y + side)], is_closed=True)

    features, _, _ = import_dxf(drawing(draw), only(DxfUse.ZONE))
    assert areas(features) == [9.0, 12.0]


def test_a_ring_within_the_outline_is_a_courtyard() -> None:
    def draw(space: Modelspace, _: Drawing) -> None:
        box(space, 0, 0, 20, 10, "A")
        box(space, 5, 5, 2, 2, "A")

    features, _, _ = import_dxf(drawing(draw), DxfMapping(layers=(DxfLayerUse(name="A", use=DxfUse.OUTLINE),)))
    assert areas(features) == [196.0]


def test_one_unit_or_another_scales_it() -> None:
    raw = drawing(lambda space, _: box(space, 0, 0, 100, 100, "A"), 0)
    assert dxf_layers(raw).unit is None
    with pytest.raises(InvalidFloorplan, match="does not say its unit"):
        import_dxf(raw, only(DxfUse.FIXTURE))
    for unit, side_m in (
        (LengthUnit.INCH, 2.54),
        (LengthUnit.FOOT, 30.48),
        (LengthUnit.CENTIMETRE, 1.0),
        (LengthUnit.METRE, 100.0),
    ):
        features, _, _ = import_dxf(raw, only(DxfUse.FIXTURE, unit))
        assert areas(features) == [round(side_m**2, 3)]


def test_a_wrong_unit_is_said() -> None:
    raw = drawing(lambda space, _: box(space, 0, 0, 60_000, 40_000, "A"), 6)
    with pytest.raises(InvalidFloorplan, match=r"60,000 m wide, which no shop is"):
        import_dxf(raw, only(DxfUse.FIXTURE))
    assert areas(import_dxf(raw, only(DxfUse.FIXTURE, LengthUnit.MILLIMETRE))[0]) == [2400.0]


def nested_blocks(depth: int, wide: int) -> Draw:
    def draw(space: Modelspace, made: Drawing) -> None:
        for level in range(depth):
            block = made.blocks.new(f"B{level}")
            for n in range(wide):
                if level:
                    block.add_blockref(f"B{level - 1}", (n, 0))
                else:
                    block.add_line((0, 0), (1, 1))
        space.add_blockref(f"B{depth - 1}", (0, 0), dxfattribs={"layer": "A"})

    return draw


def lines(count: int) -> bytes:
    head = "0\nSECTION\n2\nENTITIES\n"
    return (head + "0\nLINE\n8\nA\n10\n0\n20\n0\n11\n1\n21\n1\n" * count + "0\nENDSEC\n0\nEOF\n").encode()


def long_line(count: int) -> bytes:
    head = f"0\nSECTION\n2\nENTITIES\n0\nLWPOLYLINE\n8\nA\n90\n{count}\n70\n1\n"
    return (head + "10\n0\n20\n0\n" * count + "0\nENDSEC\n0\nEOF\n").encode()


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "not DXF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not DXF"),
        (b"AC1032" + b"\0" * 200, "This is DWG"),
        (b"0\nSECTION\n2\nENTITIES\n0\nLINE\n8", "broken or cut short|hold nothing"),
        (drawing(lambda s, _: box(s, 0, 0, 1, 1, "A"))[:9000], "broken or cut short"),
        (drawing(lambda s, _: box(s, 0, 0, 1, 1, "A"), 6, True)[:9000], "broken or cut short"),
        (drawing(lambda s, _: None), "hold nothing"),
        (lines(100_001), "the most"),
        (long_line(1_000_000), "lines of text"),
        (long_line(300_000), "the most"),
        (b"0\n" * 3_000_001, "lines of text"),
        (b" " * (dxf_drawings.MAX_BYTES + 1), "larger than 20 MB"),
        (dxf_drawings.BINARY + b" " * dxf_drawings.MAX_BINARY_BYTES, "larger than 20 MB"),
        (drawing(nested_blocks(8, 10)), "blocks hold more than"),
        (lines(3).replace(b"11\n1\n", b"11\nnan\n"), "3 broken LINE"),
        (lines(3).replace(b"11\n1\n", b"11\n1e9\n"), "3 broken LINE"),
        (lines(3).replace(b"11\n1\n", b"11\n1e300\n"), "hold nothing"),
        (lines(3).replace(b"11\n1\n", b"11\neast\n"), "broken or cut short"),
    ],
)
def test_hostile_and_broken_drawings_are_refused_with_words(raw: bytes, words: str) -> None:
    with pytest.raises(InvalidFloorplan) as refused:
        import_dxf(raw, only(DxfUse.WALL, LengthUnit.METRE))
    assert any(word in refused.value.problems[0].words for word in words.split("|"))


def test_a_block_that_holds_itself_ends() -> None:
    def draw(space: Modelspace, made: Drawing) -> None:
        block = made.blocks.new("SELF")
        block.add_blockref("SELF", (1, 0))
        block.add_line((0, 0), (1, 1))
        space.add_blockref("SELF", (0, 0), dxfattribs={"layer": "A"})

    features, _, _ = import_dxf(drawing(draw), only(DxfUse.WALL))
    assert len(features) == dxf_drawings.MAX_DEPTH


def test_a_block_in_rows_and_columns_is_all_of_them_and_a_billion_are_refused() -> None:
    def draw(columns: int, rows: int) -> Draw:
        def rows_of(space: Modelspace, made: Drawing) -> None:
            box(made.blocks.new("B"), 0, 0, 1, 1, "0")  # type: ignore[arg-type]
            grid = {"column_count": columns, "row_count": rows, "column_spacing": 2, "row_spacing": 2, "layer": "A"}
            space.add_blockref("B", (0, 0), dxfattribs=grid)

        return rows_of

    assert areas(import_dxf(drawing(draw(4, 3)), only(DxfUse.FIXTURE))[0]) == [1.0] * 12
    with pytest.raises(InvalidFloorplan, match="blocks hold more than"):
        import_dxf(drawing(draw(32_000, 32_000)), only(DxfUse.FIXTURE))


def test_a_mapping_is_strict_json() -> None:
    mapping = DxfMapping.model_validate_json(json.dumps({"layers": [{"name": "A", "use": "wall"}]}))
    assert mapping.layers[0].use is DxfUse.WALL
