"""A hall with four rows of shelves that one large screen serves: eight things to fetch, and what goes with them."""

from __future__ import annotations

import json
from typing import Any

from store_server.domain.complements import fit
from store_server.domain.picked_pairs import PickedPair
from store_server.wire.calibration import Calibration
from store_server.wire.floorplans import FloorplanDocument
from store_server.wire.shopping import Product
from tests.opened_store import KIOSK, OpenedStore

Point = tuple[float, float]

AT_SCREEN, AT_TILL, AT_DOOR = (17.0, 2.4), (24.0, 1.8), (1.5, 1.5)
FAR_WEST, FAR_EAST = (7.5, 12.0), (28.0, 12.0)
"""Both within the screen's catchment, at either end of the rows."""
_NODES_AT = ((3, 3), (7, 9), (12, 6), (12, 13), (17, 3), (18, 10), (23, 6), (23, 13), (28, 9))
NODES: dict[str, Point] = {f"rpi-{number:02d}": at for number, at in enumerate(_NODES_AT, start=1)}
SURVEYED = Calibration(measured_power_dbm=-58.0, path_loss_exponent=2.3, shadowing_sd_db=1.5, drift_sd_db=0.0)

LIST = ("apples", "bread", "milk", "cheese", "pasta", "rice", "peas", "coffee")
SOLD_OUT, INSTEAD = "rice", "jasmine-rice"
BY_THE_STORE, BY_BASKETS = "tomato-sauce", "butter"
"""What is suggested: the store's own pick first, then what people bought together."""
NOTE = "From the mill next door."
OTHER_LIST = ("tea", "honey")
"""Of a second shopper."""

# By sku: category, fixture, side, bay's middle in metres from the south.
_GOODS = {
    "apples": ("fruit", "A", "W", 6.0),
    "bread": ("bakery", "A", "E", 11.0),
    "milk": ("dairy", "B", "W", 6.0),
    "cheese": ("cheese", "B", "E", 11.0),
    "pasta": ("dry goods", "C", "W", 6.0),
    "rice": ("rice", "C", "E", 11.0),
    "jasmine-rice": ("rice", "C", "E", 8.0),
    "peas": ("frozen", "D", "W", 11.0),
    "coffee": ("hot drinks", "D", "E", 6.0),
    "tomato-sauce": ("sauces", "C", "W", 9.0),
    "butter": ("spreads", "B", "E", 8.0),
    "tea": ("hot drinks", "D", "E", 9.0),
    "honey": ("honey", "A", "W", 9.0),
}
PRODUCTS = tuple(
    Product(sku=sku, name=sku.replace("-", " ").title(), category=category) for sku, (category, *_) in _GOODS.items()
)
_ROWS_X_M = {"A": 9.0, "B": 14.0, "C": 20.0, "D": 25.0}
_DEPTH_M, _SOUTH_M, _NORTH_M = 1.0, 5.0, 13.0


def name_of(sku: str) -> str:
    """As the screens name it."""
    return next(product.name for product in PRODUCTS if product.sku == sku)


def tour_plan() -> FloorplanDocument:
    """30 x 16 m. The west end, with the door, lies outside the screen's catchment."""

    def feature(kind: str, key: str, shape: str, coordinates: Any, **properties: Any) -> dict[str, Any]:
        return {
            "type": "Feature",
            "id": key,
            "feature_type": kind,
            "geometry": {"type": shape, "coordinates": coordinates},
            "properties": {"key": key, "level_id": "L", **properties},
        }

    def box(x0: float, y0: float, x1: float, y1: float) -> list[list[list[float]]]:
        return [[[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]]]

    def slot(number: int, sku: str) -> dict[str, Any]:
        _, row, side, y_m = _GOODS[sku]
        x_m = _ROWS_X_M[row] + (_DEPTH_M if side == "E" else 0.0)
        facing = [1.0 if side == "E" else -1.0, 0.0]
        return feature(
            "shelf_slot",
            f"S-{number}",
            "Point",
            [x_m, y_m],
            fixture_id=row,
            side=side,
            bay=number,
            shelf=1,
            facing=facing,
            sku=sku,
        )

    features = [
        feature("level", "L", "Polygon", box(0, 0, 30, 16)),
        *(
            feature("fixture", row, "Polygon", box(x_m, _SOUTH_M, x_m + _DEPTH_M, _NORTH_M), category="gondola")
            for row, x_m in _ROWS_X_M.items()
        ),
        *(slot(number, sku) for number, sku in enumerate(_GOODS, start=1)),
        feature("opening", "door", "LineString", [[1, 0], [3, 0]], category="pedestrian.principal"),
        feature("amenity", "till", "Point", list(AT_TILL), category="checkout"),
        feature(
            "kiosk",
            "K",
            "Polygon",
            box(16.5, 3.1, 17.5, 3.5),
            kiosk_key=KIOSK,
            display_point={"type": "Point", "coordinates": list(AT_SCREEN)},
            catchment={"type": "Polygon", "coordinates": box(6, 0, 30, 16)},
        ),
        *(feature("scanner_node", key, "Point", list(at), node_key=key, z_m=3.0) for key, at in NODES.items()),
    ]
    plan = {"type": "FeatureCollection", "name": "hall of rows", "crs_local": {}, "features": features}
    return FloorplanDocument.model_validate_json(json.dumps(plan))


def fit_out(opened: OpenedStore) -> None:
    """The opened store becomes this hall: its plan, goods, counts, and what is bought together."""
    records, now = opened.records, opened.clock.now()
    records.plans.publish(tour_plan(), SURVEYED, "test", "", now)
    records.store.put_products(PRODUCTS)
    records.store.put_stock([(sku, 0 if sku == SOLD_OUT else 9) for sku in _GOODS], now)
    baskets = [(str(n), sku) for n in range(60) for sku in ("bread", BY_BASKETS)]
    baskets += [(str(n), "tea") for n in range(100, 200)]
    records.store.put_basket_items(baskets)
    records.store.save_complements(fit(records.store.baskets()), now)
    records.assortment.put_pairing(PickedPair("pasta", BY_THE_STORE, NOTE), 10)
