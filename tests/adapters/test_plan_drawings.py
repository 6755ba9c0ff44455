"""The plan as a picture: every shape in its colour, holes open, names readable."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from store_server.adapters.plan_drawings import draw_png
from store_server.domain.plan_problems import InvalidFloorplan
from tests.domain.floors import Json, area, document, fixture, kiosk, line, node, plan, ring, shop

FLOOR, FIXTURE, KIOSK = (251, 252, 252), (169, 179, 183), (11, 84, 89)


def drawn(raw: Json, level_id: str | None = None, width_px: int = 648) -> Image.Image:
    return Image.open(io.BytesIO(draw_png(document(raw), level_id, width_px))).convert("RGB")


def at(image: Image.Image, x: float, y: float) -> object:
    """The colour at a place of a floor of 20 x 12 m drawn 648 pixels wide: 30 pixels a metre within a margin of 24."""
    return image.getpixel((round(24 + x * 30), round(24 + (12 - y) * 30)))


def test_shapes_lie_where_they_are_in_their_colours() -> None:
    image = drawn(plan(fixture("A", (5, 3, 6, 9)), kiosk("k", (14, 7, 16, 9), (15, 6)), node("n", (2, 2))))
    assert image.width == 648
    assert at(image, 5.5, 4) == FIXTURE
    assert at(image, 15, 8) == KIOSK
    assert at(image, 10, 6) == FLOOR
    assert at(image, 2, 2) == (255, 255, 255)
    assert image.getpixel((5, 5)) == (255, 255, 255)


def test_a_hole_stays_open() -> None:
    counter = fixture("A", (4, 2, 12, 10))
    counter["geometry"]["coordinates"].append(ring((6, 4, 10, 8)))
    image = drawn(plan(counter))
    assert at(image, 5, 6) == FIXTURE
    assert at(image, 8, 6) == FLOOR


def test_heights_of_some_positions_do_not_matter() -> None:
    raw = plan(fixture("A", (5, 3, 6, 9)), line("wall", "w", (1, 1), (2, 2)))
    for item in raw["features"][1:]:
        positions = item["geometry"]["coordinates"]
        (positions[0] if item["feature_type"] == "fixture" else positions)[1].append(1.5)
    assert at(drawn(raw), 5.5, 4) == FIXTURE


def test_zones_are_tinted_and_named() -> None:
    zones = [area("section", "left", (0, 0, 10, 12), name={"en": "Bread"}), area("section", "right", (10, 0, 20, 12))]
    image = drawn(plan(*zones))
    assert at(image, 2, 2) != at(image, 18, 2) != FLOOR
    around = image.crop((24 + 120, 24 + 160, 24 + 180, 24 + 200))
    colours = around.getcolors(100_000)
    assert colours is not None
    assert any(max(colour) < 80 for _, colour in colours if isinstance(colour, tuple)), "letters are dark"


def test_each_level_is_drawn_by_itself() -> None:
    raw = shop()
    upper = {**raw["features"][0], "id": "U", "properties": {"key": "U", "level_id": "U", "ordinal": 1}}
    raw["features"].append(upper)
    assert at(drawn(raw, "U"), 5.5, 4) == FLOOR
    assert at(drawn(raw, "L"), 5.5, 4) == at(drawn(raw), 5.5, 4) == FIXTURE
    with pytest.raises(InvalidFloorplan, match="no level"):
        draw_png(document(raw), "attic")


@pytest.mark.parametrize("outline", [(0, 0, 100_000, 0.01), (0, 0, 0.01, 100_000), (0, 0, 0.001, 0.001)])
def test_a_plan_of_no_shape_of_this_world_is_drawn_in_bounds(outline: tuple[float, float, float, float]) -> None:
    far = line("wall", "w", (-100_000, -100_000), (100_000, 100_000))
    image = drawn(plan(far, outline=outline), width_px=400)
    assert image.width <= 400
    assert image.height <= 500
