"""The demo supermarket, drawn: 60 x 40 m, fourteen double rows of shelving, chilled walls, a produce market, six tills.

Departments change from aisle to aisle, not from gondola to gondola: both sides of an aisle sell the same kind of thing, and
zone borders run under the shelves, where nobody stands.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import shapely
from shapely.affinity import rotate

from store_server.demo.plan_drawing import Drawing, Point

COLUMN_X_M = tuple(5.5 + 3.5 * i for i in range(14))
GONDOLA_WIDTH_M = 0.9
ROWS_M = ((11.5, 19.5, 5), (22.0, 32.0, 7))
"""From, to, and the bays along each side."""

AISLES = (
    "frozen", "household", "household", "beauty", "baby", "pets", "drinks", "drinks",
    "grocery", "grocery", "grocery", "grocery", "grocery", "grocery", "produce",
)  # fmt: skip
"""The department of the aisle left of each column, and of the one right of the last."""

TOP_WALL = ("dairy", "dairy", "dairy", "meat", "meat", "fish", "deli", "deli")
PROMO_COLUMNS = (1, 4, 7, 9, 12)
"""Columns of the front row with an endcap."""


def draw_supermarket() -> Drawing:
    """The plan with its planogram; the same each time."""
    outline = shapely.Polygon([(0, 0), (60, 0), (60, 32), (52, 32), (52, 40), (0, 40)])
    drawing = Drawing(
        "demo-supermarket",
        outline,
        4.5,
        "Ground floor",
        synthetic=True,
        generator="store_server/demo/drawn_supermarket.py",
        attribution="An invented store, drawn for the Aisleway demo. Any likeness to a real one is chance.",
    )
    skus = (f"SKU{n:06d}" for n in itertools.count(1))
    _gondolas(drawing, skus)
    _walls(drawing, skus)
    _islands(drawing, skus)
    _front(drawing)
    _zones(drawing, outline)
    _devices(drawing)
    return drawing


def _stock(
    drawing: Drawing, fixture: str, side: str, face: tuple[Point, Point], facing: Point, bays: int, shelves: int, department: str,
    skus: Iterator[str],
) -> None:  # fmt: skip
    taken = list(itertools.islice(skus, bays * shelves))
    drawing.slots(fixture, side, face, facing, bays, shelves, taken, department)


def _gondolas(drawing: Drawing, skus: Iterator[str]) -> None:
    number = itertools.count(1)
    for (y0, y1, bays), (column, x) in itertools.product(ROWS_M, enumerate(COLUMN_X_M)):
        key = f"G{next(number):03d}"
        right = x + GONDOLA_WIDTH_M
        drawing.fixture(key, shapely.box(x, y0, right, y1), "gondola", AISLES[column], 1.6)
        _stock(drawing, key, "W", ((x, y0), (x, y1)), (-1, 0), bays, 4, AISLES[column], skus)
        right_department = "bakery" if column == len(COLUMN_X_M) - 1 and y0 > 20 else AISLES[column + 1]
        _stock(drawing, key, "E", ((right, y0), (right, y1)), (1, 0), bays, 4, right_department, skus)


def _walls(drawing: Drawing, skus: Iterator[str]) -> None:
    for i, y in enumerate((9.4, 15.0, 26.2, 31.8)):  # a gap at 22.6: the emergency exit
        key = f"K{i + 1:02d}"
        drawing.fixture(key, shapely.box(0.3, y, 1.1, y + 5.4), "cooler", "frozen", 2.2)
        _stock(drawing, key, "E", ((1.1, y), (1.1, y + 5.4)), (1, 0), 4, 3, "frozen", skus)
    for i, department in enumerate(TOP_WALL):
        x = 2.0 + 6.1 * i
        key = f"W{i + 1:02d}"
        drawing.fixture(key, shapely.box(x, 38.9, x + 5.9, 39.7), "cooler", department, 2.2)
        _stock(drawing, key, "S", ((x, 38.9), (x + 5.9, 38.9)), (0, -1), 4, 3, department, skus)
    for i, department in enumerate(("produce", "produce", "bakery", "bakery")):
        y = 9.6 + 5.6 * i
        key = f"E{i + 1:02d}"
        drawing.fixture(key, shapely.box(58.9, y, 59.7, y + 5.4), "wall_shelf", department, 2.2)
        _stock(drawing, key, "W", ((58.9, y), (58.9, y + 5.4)), (-1, 0), 4, 3, department, skus)


def _islands(drawing: Drawing, skus: Iterator[str]) -> None:
    for i, y in enumerate((11.0, 14.5, 18.0, 22.5)):
        key, department = f"T{i + 1:02d}", "bakery" if y > 20 else "produce"
        drawing.fixture(key, shapely.box(54.2, y, 56.2, y + 1.2), "table", department, 0.9)
        _stock(drawing, key, "S", ((54.2, y), (56.2, y)), (0, -1), 2, 2, department, skus)
        _stock(drawing, key, "N", ((54.2, y + 1.2), (56.2, y + 1.2)), (0, 1), 2, 2, department, skus)
    for i, column in enumerate(PROMO_COLUMNS):
        key, x = f"N{i + 1:02d}", COLUMN_X_M[column]
        drawing.fixture(key, shapely.box(x, 11.0, x + GONDOLA_WIDTH_M, 11.5), "endcap", "promo", 1.6)
        _stock(drawing, key, "S", ((x, 11.0), (x + GONDOLA_WIDTH_M, 11.0)), (0, -1), 1, 3, "promo", skus)
    # Not everything in a shop is at right angles.
    slanted = rotate(shapely.box(44, 6.2, 46, 7.4), 30)
    drawing.fixture("P01", slanted, "promo_island", "promo", 1.2)
    corners = [(float(x), float(y)) for x, y in shapely.get_coordinates(slanted.exterior.normalize())[:4]]
    middle = slanted.centroid
    for n in range(4):
        a, b = corners[n], corners[(n + 1) % 4]
        out = ((a[0] + b[0]) / 2 - middle.x, (a[1] + b[1]) / 2 - middle.y)
        length = (out[0] ** 2 + out[1] ** 2) ** 0.5
        _stock(drawing, "P01", f"{n + 1}", (a, b), (out[0] / length, out[1] / length), 1, 2, "promo", skus)
    drawing.fixture("P02", shapely.Point(12, 6.2).buffer(1.0, 4), "promo_island", "promo", 1.2)
    for side, (dx, dy) in {"E": (1, 0), "N": (0, 1), "W": (-1, 0), "S": (0, -1)}.items():
        at = (12.0 + dx, 6.2 + dy)
        _stock(drawing, "P02", side, (at, at), (dx, dy), 1, 2, "promo", skus)


def _front(drawing: Drawing) -> None:
    for i in range(6):
        x = 15.0 + 5.5 * i
        drawing.fixture(f"C{i + 1:02d}", shapely.box(x, 2.0, x + 0.9, 4.4), "checkout_desk", "checkout", 1.0)
        drawing.add(
            "amenity", f"till/{i + 1}", shapely.Point(x + 1.5, 3.2), category="checkout", name={"en": f"Till {i + 1}"}
        )
    for i, x in enumerate((4.8, 50.4)):
        line = shapely.LineString([(x, 0), (x + 3, 0)])
        drawing.add(
            "opening",
            f"door/{i + 1}",
            line,
            category="pedestrian.principal",
            access="both",
            name={"en": f"Entrance {i + 1}"},
        )
    drawing.add(
        "opening", "emergency/1", shapely.LineString([(0, 22.0), (0, 23.2)]), category="emergencyexit", access="out"
    )
    office = shapely.LineString([(55.5, 0), (55.5, 4.5), (58.6, 4.5)])
    drawing.add("wall", "wall/office", office, attenuation_db=4.0, name={"en": "Office"})


def _zones(drawing: Drawing, outline: shapely.Polygon) -> None:
    between = [x + GONDOLA_WIDTH_M / 2 for x in COLUMN_X_M]
    aisles = (
        ("frozen", "Frozen", 0.0, between[0]),
        ("household", "Household", between[0], between[2]),
        ("beauty", "Beauty", between[2], between[3]),
        ("baby", "Baby", between[3], between[4]),
        ("pets", "Pets", between[4], between[5]),
        ("drinks", "Drinks", between[5], between[7]),
        ("breakfast", "Breakfast and baking", between[7], between[9]),
        ("pantry", "Pasta, tins and jars", between[9], between[11]),
        ("snacks", "Snacks and sweets", between[11], between[13]),
    )
    front_m, back_m, right_m = 9.0, 33.4, between[-1]
    shapes = {("front", "Front"): shapely.box(0, 0, 60, front_m)}
    shapes |= {(key, name): shapely.box(x0, front_m, x1, back_m) for key, name, x0, x1 in aisles}
    shapes["produce", "Fruit and vegetables"] = shapely.box(right_m, front_m, 60, 20.4)
    shapes["bakery", "Bakery"] = shapely.box(right_m, 20.4, 60, back_m)
    for key, name, x0, x1 in (
        ("dairy", "Dairy", 0, 20.2),
        ("meat", "Meat", 20.2, 32.4),
        ("fish", "Fish", 32.4, 38.5),
        ("deli", "Deli", 38.5, 52),
    ):
        shapes[key, name] = shapely.box(x0, back_m, x1, 40)
    for (key, name), shape in shapes.items():
        part = shapely.intersection(shape, outline)
        drawing.add("section", f"zone/{key}", part, category="retail", name={"en": name}, is_sensitive=key == "baby")


def _devices(drawing: Drawing) -> None:
    for n, (y, x) in enumerate(itertools.product((5.0, 15.5, 26.0, 36.0), (7.5, 22.5, 37.5, 52.5))):
        at = shapely.Point(x, y if x < 52 or y < 32 else 30.5)
        drawing.add("scanner_node", f"node/{n + 1}", at, node_key=f"rpi-{n + 1:02d}", z_m=3.2)
    for n, x in enumerate((8.0, 22.0, 38.0, 50.0)):
        # The first one stands for a large screen: who tries the demo can walk to a shelf and still read it.
        seen_from = (2.0, 3.0, 17.0, 17.0) if n == 0 else None
        drawing.kiosk(f"kiosk-{n + 1}", (x, 8.2), (x, 7.5), 0.0, 3.0, seen_from)
