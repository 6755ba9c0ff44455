"""A demo hypermarket: 120 x 80 m, 120 gondolas in three rows, 20,000 slots, 24 tills, a pharmacy. It shows the editor at size."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import shapely

from store_server.demo.plan_drawing import Drawing, Point

WIDE_M, DEEP_M = 120.0, 80.0
COLUMN_X_M = tuple(3.6 + 2.65 * i for i in range(40))
GONDOLA_WIDTH_M = 0.9
ROWS_M = ((14.0, 30.0), (33.0, 49.0), (52.0, 68.0))
BAYS, SHELVES = 16, 5
FRONT_M, MIDDLE_M, BACK_M = 12.5, 50.5, 70.5
"""Where the zones of the front, of the first two rows and of the third end."""
RIGHT_M = COLUMN_X_M[-1] + GONDOLA_WIDTH_M / 2

DEPARTMENTS = (
    ("toys", "Toys", 4, "books", "Books and paper"),
    ("textiles", "Clothes", 5, "shoes", "Shoes"),
    ("household", "Household", 5, "garden", "Garden and tools"),
    ("cleaning", "Cleaning", 3, "pets", "Pets"),
    ("beauty", "Beauty", 4, "baby", "Baby"),
    ("drinks", "Drinks", 5, "alcohol", "Wine and spirits"),
    ("breakfast", "Breakfast and baking", 4, "sweets", "Sweets and snacks"),
    ("pantry", "Pasta, tins and jars", 5, "world", "Foods of the world"),
    ("frozen", "Frozen", 5, "dairy", "Milk and cheese"),
)
"""From left to right: the zone of the first two rows, its name, its columns, and the zone of the third row behind it."""

SENSITIVE = frozenset({"pharmacy", "baby", "alcohol"})


def draw_hypermarket() -> Drawing:
    """The plan with its planogram; the same each time."""
    drawing = Drawing(
        "demo-hypermarket",
        shapely.box(0, 0, WIDE_M, DEEP_M),
        6.0,
        "Ground floor",
        synthetic=True,
        generator="store_server/demo/drawn_hypermarket.py",
        attribution="An invented store, drawn for the Aisleway demo. Any likeness to a real one is chance.",
    )
    skus = (f"HSKU{n:06d}" for n in itertools.count(1))
    _gondolas(drawing, skus)
    _walls(drawing, skus)
    _market(drawing, skus)
    _front(drawing)
    _zones(drawing)
    _devices(drawing)
    return drawing


def _stock(
    drawing: Drawing, fixture: str, side: str, face: tuple[Point, Point], facing: Point, bays: int, shelves: int, department: str,
    skus: Iterator[str],
) -> None:  # fmt: skip
    drawing.slots(fixture, side, face, facing, bays, shelves, list(itertools.islice(skus, bays * shelves)), department)


def _column_departments() -> list[tuple[str, str]]:
    """Of each column: the department in the first two rows and in the third."""
    return [(front, back) for front, _, columns, back, _ in DEPARTMENTS for _ in range(columns)]


def _gondolas(drawing: Drawing, skus: Iterator[str]) -> None:
    departments = _column_departments()
    number = itertools.count(1)
    for row, (y0, y1) in enumerate(ROWS_M):
        for column, x in enumerate(COLUMN_X_M):
            key, right = f"G{next(number):03d}", x + GONDOLA_WIDTH_M
            # A zone's border runs under the shelves: what faces the next aisle belongs to that aisle's department.
            west, east = departments[column], departments[min(column + 1, len(departments) - 1)]
            of_row = 1 if row == len(ROWS_M) - 1 else 0
            drawing.fixture(key, shapely.box(x, y0, right, y1), "gondola", west[of_row], 1.8)
            _stock(drawing, key, "W", ((x, y0), (x, y1)), (-1, 0), BAYS, SHELVES, west[of_row], skus)
            _stock(drawing, key, "E", ((right, y0), (right, y1)), (1, 0), BAYS, SHELVES, east[of_row], skus)


def _walls(drawing: Drawing, skus: Iterator[str]) -> None:
    for i in range(20):
        # A gap in the middle: the emergency exit.
        x = 2.0 + 5.6 * i + (4.0 if i >= 10 else 0.0)
        key, department = f"W{i + 1:02d}", ("dairy", "meat", "fish", "deli", "frozen")[i // 4]
        drawing.fixture(key, shapely.box(x, 78.8, x + 5.4, 79.7), "cooler", department, 2.2)
        _stock(drawing, key, "S", ((x, 78.8), (x + 5.4, 78.8)), (0, -1), 5, 4, department, skus)
    for i in range(10):
        y = 14.0 + 5.6 * i + (2.0 if i >= 5 else 0.0)
        key = f"L{i + 1:02d}"
        drawing.fixture(key, shapely.box(0.3, y, 1.1, y + 5.4), "wall_shelf", "toys", 2.4)
        _stock(drawing, key, "E", ((1.1, y), (1.1, y + 5.4)), (1, 0), 5, 4, "toys" if y < MIDDLE_M else "books", skus)
    for i in range(6):
        y = 15.0 + 5.6 * i
        key, department = f"R{i + 1:02d}", "pharmacy" if i < 3 else "bakery"
        drawing.fixture(key, shapely.box(118.9, y, 119.7, y + 5.4), "wall_shelf", department, 2.2)
        _stock(drawing, key, "W", ((118.9, y), (118.9, y + 5.4)), (-1, 0), 5, 4, department, skus)


def _market(drawing: Drawing, skus: Iterator[str]) -> None:
    """Fruit and vegetables on tables, right of the gondolas."""
    for i, (y, x) in enumerate(itertools.product((53.0, 56.2, 59.4, 62.6, 65.8), (110.4, 115.0))):
        key = f"T{i + 1:02d}"
        drawing.fixture(key, shapely.box(x, y, x + 2.4, y + 1.2), "table", "produce", 0.9)
        _stock(drawing, key, "S", ((x, y), (x + 2.4, y)), (0, -1), 2, 2, "produce", skus)
        _stock(drawing, key, "N", ((x, y + 1.2), (x + 2.4, y + 1.2)), (0, 1), 2, 2, "produce", skus)


def _front(drawing: Drawing) -> None:
    for i in range(24):
        x = 16.0 + 3.8 * i
        drawing.fixture(f"C{i + 1:02d}", shapely.box(x, 3.0, x + 0.9, 5.8), "checkout_desk", "checkout", 1.0)
        at = shapely.Point(x + 1.5, 4.4)
        drawing.add("amenity", f"till/{i + 1}", at, category="checkout", name={"en": f"Till {i + 1}"})
    for i, x in enumerate((4.0, 56.0, 110.0)):
        line = shapely.LineString([(x, 0), (x + 4, 0)])
        name = {"en": f"Entrance {i + 1}"}
        drawing.add("opening", f"door/{i + 1}", line, category="pedestrian.principal", access="both", name=name)
    exits = (((0, 43.0), (0, 44.2)), ((59.4, DEEP_M), (60.6, DEEP_M)), ((WIDE_M, 72.0), (WIDE_M, 73.2)))
    for i, ends in enumerate(exits):
        drawing.add("opening", f"emergency/{i + 1}", shapely.LineString(ends), category="emergencyexit", access="out")
    counter = shapely.LineString([(112.0, FRONT_M + 1), (112.0, 24.0)])
    drawing.add("wall", "wall/pharmacy", counter, attenuation_db=5.0, name={"en": "Pharmacy"})


def _zones(drawing: Drawing) -> None:
    shapes = {("front", "Tills and entrances"): shapely.box(0, 0, WIDE_M, FRONT_M)}
    column, left = 0, 0.0
    for front, front_name, columns, back, back_name in DEPARTMENTS:
        column += columns
        right = RIGHT_M if column == len(COLUMN_X_M) else COLUMN_X_M[column - 1] + GONDOLA_WIDTH_M / 2
        shapes[front, front_name] = shapely.box(left, FRONT_M, right, MIDDLE_M)
        shapes[back, back_name] = shapely.box(left, MIDDLE_M, right, BACK_M)
        left = right
    shapes["pharmacy", "Pharmacy"] = shapely.box(RIGHT_M, FRONT_M, WIDE_M, 31.7)
    shapes["bakery", "Bakery"] = shapely.box(RIGHT_M, 31.7, WIDE_M, MIDDLE_M)
    shapes["produce", "Fruit and vegetables"] = shapely.box(RIGHT_M, MIDDLE_M, WIDE_M, BACK_M)
    for key, name, x0, x1 in (
        ("cooled", "Milk and yoghurt", 0.0, 24.3),
        ("meat", "Meat", 24.3, 46.7),
        ("fish", "Fish", 46.7, 73.1),
        ("deli", "Deli", 73.1, 95.5),
        ("icecream", "Ice cream", 95.5, WIDE_M),
    ):
        shapes[key, name] = shapely.box(x0, BACK_M, x1, DEEP_M)
    for (key, name), shape in shapes.items():
        drawing.add(
            "section", f"zone/{key}", shape, category="retail", name={"en": name}, is_sensitive=key in SENSITIVE
        )


def _devices(drawing: Drawing) -> None:
    for n, (row, column) in enumerate(itertools.product(range(6), range(8))):
        at = shapely.Point(7.5 + 15 * column, 6.7 + 13.3 * row)
        drawing.add("scanner_node", f"node/{n + 1}", at, node_key=f"rpi-{n + 1:02d}", z_m=4.5)
    for n, x in enumerate((8.0, 25.0, 42.0, 59.0, 76.0, 93.0, 108.0)):
        drawing.kiosk(f"kiosk-{n + 1}", (x, 10.5), (x, 9.8), 0.0, 3.0)
    for n, x in enumerate((20.0, 58.0, 96.0)):
        drawing.kiosk(f"kiosk-{n + 8}", (x, 73.5), (x, 72.8), 0.0, 3.0)
