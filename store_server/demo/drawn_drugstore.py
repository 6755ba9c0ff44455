"""The demo drugstore, drawn: two levels of 36 x 24 m, joined by stairs, a lift, and an escalator each way.

Both levels have the same shelving: seven double rows, cut by a middle aisle, and shelves along the back wall. Tills are below.
What lies between the ends of stairs and escalators is a fixture on both levels: nobody walks there.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import shapely

from store_server.demo.plan_drawing import Drawing

WIDTH_M, DEPTH_M, STOREY_M = 36.0, 24.0, 4.5
COLUMN_X_M = tuple(3.5 + 3.5 * i for i in range(7))
GONDOLA_WIDTH_M = 0.9
ROWS_M = ((8.5, 14.1, 4), (16.1, 20.7, 3))
"""From, to, and the bays along each side."""
FRONT_M, BACK_M = 7.6, 21.6
FIRST_SKU = 700_001
"""Above the supermarket's numbers: the two sell different things."""

NAMES = (
    {
        **{"en": "Ground floor", "de": "Erdgeschoss", "fr": "Rez-de-chaussée"},
        **{"es": "Planta baja", "ar": "الطابق الأرضي", "zh": "一楼"},
    },
    {
        **{"en": "Upper floor", "de": "Obergeschoss", "fr": "Étage"},
        **{"es": "Planta alta", "ar": "الطابق العلوي", "zh": "二楼"},
    },
)

AISLES = (
    ("household", "household", "pets", "drinks", "grocery", "baby", "beauty", "beauty"),
    ("stationery", "stationery", "electronics", "electronics", "clothing", "clothing", "clothing", "clothing"),
)
"""By level: the department of the aisle left of each column, and of the one right of the last."""
BACK_WALL = ("beauty", "clothing")

ZONES = (
    (
        ("household", "Household", 0, 1),
        ("pets", "Pets", 2, 2),
        ("drinks", "Drinks", 3, 3),
        ("pantry", "Snacks and tea", 4, 4),
        ("baby", "Baby", 5, 5),
        ("beauty", "Beauty", 6, 7),
    ),
    (
        ("stationery", "Paper and pens", 0, 1),
        ("electronics", "Electronics", 2, 3),
        ("clothing", "Clothing", 4, 7),
    ),
)
"""By level: key, name, and the first and the last aisle."""

Box = tuple[float, float, float, float]
WAYS: tuple[tuple[str, str, str, Box, Box, Box], ...] = (
    ("stairs", "stairs", "both", (33.0, 6.0, 35.0, 7.5), (33.0, 7.5, 35.0, 12.0), (33.0, 12.0, 35.0, 13.5)),
    ("escalator-up", "escalator", "up", (28.9, 6.0, 30.3, 7.5), (28.9, 7.5, 30.3, 12.0), (28.9, 12.0, 30.3, 13.5)),
    ("escalator-down", "escalator", "down", (30.3, 6.0, 31.7, 7.5), (30.3, 7.5, 31.7, 12.0), (30.3, 12.0, 31.7, 13.5)),
)
"""Name, category, direction; where one steps on below, what lies between, where one steps on above."""
LIFT: Box = (34.0, 17.0, 36.0, 19.0)


def draw_drugstore() -> Drawing:
    """The plan with its planogram; the same each time."""
    outline = shapely.box(0, 0, WIDTH_M, DEPTH_M)
    drawing = Drawing(
        "demo-drugstore",
        outline,
        STOREY_M,
        NAMES[0],
        synthetic=True,
        generator="store_server/demo/drawn_drugstore.py",
        attribution="An invented store, drawn for the Aisleway demo. Any likeness to a real one is chance.",
    )
    skus = (f"SKU{n:06d}" for n in itertools.count(FIRST_SKU))
    for level in range(len(NAMES)):
        if level > 0:
            drawing.begin_level(level, outline, STOREY_M, NAMES[level])
        _gondolas(drawing, level, skus)
        _back_wall(drawing, level, skus)
        _ways(drawing, level)
        _zones(drawing, level)
        _nodes(drawing, level)
        if level == 0:
            _front(drawing)
    return drawing


def _gondolas(drawing: Drawing, level: int, skus: Iterator[str]) -> None:
    number = itertools.count(1)
    for (y0, y1, bays), (column, x) in itertools.product(ROWS_M, enumerate(COLUMN_X_M)):
        key, right = f"{'GU'[level]}{next(number):02d}", x + GONDOLA_WIDTH_M
        left_department, right_department = AISLES[level][column], AISLES[level][column + 1]
        drawing.fixture(key, shapely.box(x, y0, right, y1), "gondola", left_department, 1.6)
        for side, face_x, facing, department in (("W", x, -1, left_department), ("E", right, 1, right_department)):
            taken = list(itertools.islice(skus, bays * 4))
            drawing.slots(key, side, ((face_x, y0), (face_x, y1)), (facing, 0), bays, 4, taken, department)


def _back_wall(drawing: Drawing, level: int, skus: Iterator[str]) -> None:
    for i in range(5):
        key, x, y = f"{'WX'[level]}{i + 1:02d}", 1.5 + 5.2 * i, 23.2
        drawing.fixture(key, shapely.box(x, y, x + 5.0, y + 0.5), "wall_shelf", BACK_WALL[level], 2.2)
        taken = list(itertools.islice(skus, 4 * 3))
        drawing.slots(key, "S", ((x, y), (x + 5.0, y)), (0, -1), 4, 3, taken, BACK_WALL[level])


def _ways(drawing: Drawing, level: int) -> None:
    for name, category, direction, below, between, above in WAYS:
        at = shapely.box(*(below if level == 0 else above))
        drawing.add("unit", f"{name}/{level}", at, category=category, connects=name, direction=direction)
        drawing.fixture(f"{name} {level}", shapely.box(*between), "other", "ways", 1.1)
    x0, y0, x1, y1 = LIFT
    drawing.add("unit", f"lift/{level}", shapely.box(*LIFT), category="elevator", connects="lift")
    shaft = shapely.LineString([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])  # its door is to the west
    drawing.add("wall", f"wall/lift/{level}", shaft, attenuation_db=6.0, name={"en": "Lift"})


def _zones(drawing: Drawing, level: int) -> None:
    between = [0.0, *(x + GONDOLA_WIDTH_M / 2 for x in COLUMN_X_M), 28.2]
    front = ("front", "Entrance and tills") if level == 0 else ("gallery", "Gallery")
    shapes = {
        front: shapely.box(0, 0, 28.2, FRONT_M),
        ("ways", "Stairs and lift"): shapely.box(28.2, 0, WIDTH_M, DEPTH_M),
    }
    for key, name, first, last in ZONES[level]:
        shapes[key, name] = shapely.box(between[first], FRONT_M, between[last + 1], BACK_M)
    wall = ("care", "Hair and skin") if level == 0 else ("shoes", "Shoes and bags")
    shapes[wall] = shapely.box(0, BACK_M, 28.2, DEPTH_M)
    for (key, name), shape in shapes.items():
        sensitive = key == "baby"
        drawing.add(
            "section", f"zone/{level}/{key}", shape, category="retail", name={"en": name}, is_sensitive=sensitive
        )


def _front(drawing: Drawing) -> None:
    door = shapely.LineString([(4.0, 0), (7.0, 0)])
    drawing.add("opening", "door/1", door, category="pedestrian.principal", access="both", name={"en": "Entrance"})
    emergency = shapely.LineString([(0, 14.4), (0, 15.6)])
    drawing.add("opening", "emergency/1", emergency, category="emergencyexit", access="out")
    for i in range(3):
        x = 14.0 + 4.5 * i
        drawing.fixture(f"C{i + 1:02d}", shapely.box(x, 2.0, x + 0.9, 4.4), "checkout_desk", "checkout", 1.0)
        till = shapely.Point(x + 1.5, 3.2)
        drawing.add("amenity", f"till/{i + 1}", till, category="checkout", name={"en": f"Till {i + 1}"})


def _nodes(drawing: Drawing, level: int) -> None:
    for n, (y, x) in enumerate(itertools.product((4.5, 12.0, 19.5), (6.0, 18.0, 30.0)), start=9 * level + 1):
        # Out of the middle of shelves, where no ceiling hangs one.
        drawing.add("scanner_node", f"node/{n}", shapely.Point(x + 0.2, y), node_key=f"rpi-{n:02d}", z_m=3.2)
    # Each stands for a large screen: who tries the demo can walk to a shelf and still read it.
    if level == 0:
        drawing.kiosk("kiosk-1", (9.0, 7.2), (9.0, 6.5), 0.0, 3.0, seen_from=(2.0, 2.0, 20.0, 16.0))
    else:
        drawing.kiosk("kiosk-2", (28.2, 15.0), (28.9, 15.0), 270.0, 3.0, seen_from=(17.0, 5.0, 36.0, 22.0))
