"""The hall of the real recordings with shelves drawn into it: receivers and walks are real, everything else is invented.

The shelves stand beside the recorded walks, never in them, so that a walk passes close to things one might want to buy.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Mapping, Sequence

import shapely

from store_server.demo.plan_drawing import Drawing

WIDTH_M, DEPTH_M = 20.7, 18.0
"""Published as 20.7 x 17.6 m; one receiver hangs at 17.64 m and one walk turns at 17.97 m."""

SHELVES = (
    ("H1", (6.8, 5.0, 7.6, 7.6), "produce", "bakery"),
    ("H2", (9.7, 5.0, 10.5, 7.6), "bakery", "dairy"),
    ("H3", (6.8, 9.3, 7.6, 11.9), "drinks", "grocery"),
    ("H4", (9.7, 9.3, 10.5, 11.9), "grocery", "grocery"),
    ("H5", (12.6, 5.0, 13.4, 7.6), "dairy", "frozen"),
    ("H6", (12.7, 9.3, 13.5, 11.9), "grocery", "household"),
    ("H7", (7.2, 2.4, 10.2, 3.2), "household", "beauty"),
    ("H8", (7.2, 13.7, 10.2, 14.5), "pets", "drinks"),
)
"""Key, box, and the departments of its west and east (or south and north) sides."""

ZONES = (
    ("front", "Entrance and household", (0, 0, WIDTH_M, 3.9)),
    ("fresh", "Fruit, vegetables and bread", (0, 3.9, 8.65, 8.45)),
    ("chilled", "Chilled and frozen", (8.65, 3.9, WIDTH_M, 8.45)),
    ("drinks", "Drinks", (0, 8.45, 8.65, 13.1)),
    ("pantry", "Pantry", (8.65, 8.45, WIDTH_M, 13.1)),
    ("back", "Pets and more drinks", (0, 13.1, WIDTH_M, DEPTH_M)),
)

ATTRIBUTION = (
    "Receivers and walks: Position-Annotated BLE RSSI Dataset, CC0 1.0 by its authors Danis, Naskali, Cemgil and Ersoy, 2022. "
    "Shelves, products, zones and kiosks are invented."
)


def draw_hall(receivers: Sequence[Mapping[str, str]], stocked: Sequence[Mapping[str, str]]) -> Drawing:
    """The plan with its planogram.

    Parameters
    ----------
    receivers : rows with receiver_id, x_m, y_m, z_m
        As the recording has them: their ids become node keys.
    stocked : rows with department and sku
        The demo store's planogram: the hall sells some of the same things, so one catalogue serves both.
    """
    outline = shapely.box(0, 0, WIDTH_M, DEPTH_M)
    drawing = Drawing(
        "hall",
        outline,
        3.0,
        "Hall",
        synthetic=True,
        generator="store_server/demo/drawn_hall.py",
        attribution=ATTRIBUTION,
    )
    shelf_goods: dict[str, list[str]] = defaultdict(list)
    for row in stocked:
        shelf_goods[row["department"]].append(row["sku"])
    goods = {department: itertools.cycle(skus) for department, skus in shelf_goods.items()}
    for key, (x0, y0, x1, y1), one, other in SHELVES:
        drawing.fixture(key, shapely.box(x0, y0, x1, y1), "gondola", one, 1.6)
        if y1 - y0 > x1 - x0:
            sides = (("W", ((x0, y0), (x0, y1)), (-1, 0), one), ("E", ((x1, y0), (x1, y1)), (1, 0), other))
        else:
            sides = (("S", ((x0, y0), (x1, y0)), (0, -1), one), ("N", ((x0, y1), (x1, y1)), (0, 1), other))
        for side, face, facing, department in sides:
            drawing.slots(key, side, face, facing, 4, 3, list(itertools.islice(goods[department], 12)), department)
    for key, name, bounds in ZONES:
        drawing.add("section", f"zone/{key}", shapely.box(*bounds), category="retail", name={"en": name})
    door = shapely.LineString([(1.5, 0), (3.5, 0)])
    drawing.add("opening", "door/1", door, category="pedestrian.principal", access="both", name={"en": "Entrance"})
    drawing.fixture("C01", shapely.box(16.0, 1.2, 16.9, 3.0), "checkout_desk", "checkout", 1.0)
    drawing.add("amenity", "till/1", shapely.Point(17.5, 2.1), category="checkout", name={"en": "Till"})
    for row in receivers:
        at = shapely.Point(float(row["x_m"]), float(row["y_m"]))
        drawing.add(
            "scanner_node", f"node/{row['receiver_id']}", at, node_key=row["receiver_id"], z_m=float(row["z_m"])
        )
    # A large screen that the whole recorded walk passes in sight of.
    drawing.kiosk("kiosk-1", (4.7, 10.2), (5.4, 10.2), 270.0, 3.5, seen_from=(3.0, 2.0, 16.0, 16.0))
    drawing.kiosk("kiosk-2", (12.6, 3.1), (11.9, 3.1), 90.0, 3.5)
    return drawing
