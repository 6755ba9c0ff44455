"""A shop of two levels with a lift and stairs between, and what its nodes hear of a tag: through the floor, too."""

from __future__ import annotations

import json
import math
from typing import Any

from store_server.wire.floorplans import FloorplanDocument
from store_server.wire.privacy import Purpose
from store_server.wire.shopping import ChangeWishListItem
from tests.opened_store import OpenedStore

Place = tuple[str, float, float]

OUTLINE = (0.0, 0.0, 20.0, 12.0)
GROUND, FIRST = "L0", "L1"
LEVELS = {GROUND: {"en": "Ground floor", "de": "Erdgeschoss"}, FIRST: {"en": "First floor", "de": "Erster Stock"}}
PARTS = {GROUND: {"en": "Food"}, FIRST: {"en": "Home"}}
KIOSKS = {GROUND: "kiosk-ground", FIRST: "kiosk-first"}
AT_KIOSK = {GROUND: (12.0, 5.0), FIRST: (14.0, 6.0)}
CORNERS = [(1.0, 1.0), (10.0, 1.0), (19.0, 1.0), (19.0, 11.0), (10.0, 11.0), (1.0, 11.0)]
NODES: dict[str, Place] = {
    f"{level_id}-{number}": (level_id, x_m, y_m)
    for level_id in (GROUND, FIRST)
    for number, (x_m, y_m) in enumerate(CORNERS)
}
STOREY_M, CEILING_M, CARRIED_M = 4.5, 3.0, 1.0
SLAB_DB = 15.0
WEAKEST_DBM = -100


def two_level_plan() -> FloorplanDocument:
    """20 x 12 m on each level: a shelf, a kiosk, six nodes; stairs near the kiosk below, the lift far away."""

    def feature(kind: str, key: str, level_id: str, shape: str, coordinates: Any, **properties: Any) -> dict[str, Any]:
        return {
            "type": "Feature",
            "id": key,
            "feature_type": kind,
            "geometry": {"type": shape, "coordinates": coordinates},
            "properties": {"key": key, "level_id": level_id, **properties},
        }

    def box(x0: float, y0: float, x1: float, y1: float) -> list[list[list[float]]]:
        return [[[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]]]

    features = []
    for ordinal, level_id in enumerate((GROUND, FIRST)):
        x_m, y_m = AT_KIOSK[level_id]
        shelf = f"shelf-{level_id}"
        display = {"type": "Point", "coordinates": [x_m, y_m]}
        features += [
            feature("level", level_id, level_id, "Polygon", box(*OUTLINE), ordinal=ordinal, name=LEVELS[level_id]),
            feature(
                "unit", f"stairs-{level_id}", level_id, "Polygon", box(12, 10, 16, 12), category="stairs", connects="s"
            ),
            feature(
                "unit", f"lift-{level_id}", level_id, "Polygon", box(0, 5, 2, 7), category="elevator", connects="l"
            ),
            feature("section", f"part-{level_id}", level_id, "Polygon", box(3, 2, 8, 10), name=PARTS[level_id]),
            feature("fixture", shelf, level_id, "Polygon", box(5, 3, 6, 9), category="gondola", height_m=1.8),
            feature(
                "kiosk",
                KIOSKS[level_id],
                level_id,
                "Polygon",
                box(x_m - 0.25, y_m + 1.5, x_m + 0.25, y_m + 2.0),
                kiosk_key=KIOSKS[level_id],
                display_point=display,
                catchment_radius_m=4.0,
            ),
        ]
    for number, (sku, level_id, y_m) in enumerate([("peas", GROUND, 4), ("rice", FIRST, 4), ("salt", FIRST, 8)]):
        held = {"fixture_id": f"shelf-{level_id}", "side": "E", "bay": 1, "shelf": 1, "facing": [1.0, 0.0]}
        features.append(feature("shelf_slot", f"slot-{number}", level_id, "Point", [6, y_m], sku=sku, **held))
    features.append(
        feature("opening", "door", GROUND, "LineString", [[8, 0], [10, 0]], category="pedestrian.principal")
    )
    features.append(feature("amenity", "till", GROUND, "Point", [17, 2], category="checkout"))
    for key, (level_id, x_m, y_m) in NODES.items():
        features.append(feature("scanner_node", key, level_id, "Point", [x_m, y_m], node_key=key, z_m=CEILING_M))
    plan = {"type": "FeatureCollection", "name": "two levels", "crs_local": {}, "features": features}
    return FloorplanDocument.model_validate_json(json.dumps(plan))


PLAN = two_level_plan()


def rssi_at(node_id: str, place: Place) -> int:
    """What this node hears of a tag there; a slab between takes its part."""
    level_id, x_m, y_m = NODES[node_id]
    above_m = STOREY_M * ((level_id == FIRST) - (place[0] == FIRST))
    range_m = math.dist((x_m, y_m, CEILING_M + above_m), (*place[1:], CARRIED_M))
    return round(-59 - 25 * math.log10(max(1.0, range_m)) - (SLAB_DB if level_id != place[0] else 0.0))


class TwoLevels:
    """A shopper in that shop, who wants guidance to some things."""

    def __init__(self, opened: OpenedStore, *skus: str) -> None:
        self.opened = opened
        opened.records.plans.publish(PLAN, None, "test", "", opened.clock.now())
        self.shopper_id, _ = opened.hand_out()
        opened.give(self.shopper_id, Purpose.GUIDANCE)
        for sku in skus:
            opened.store.lists.put(self.shopper_id, ChangeWishListItem(sku=sku))
        for node_id in NODES:
            opened.node(node_id)
        self._batches = 0

    def stand(self, place: Place, looks: int = 8) -> None:
        """Heard there by all nodes that can, half a second for each look."""
        for _ in range(looks):
            self.opened.clock.move(0.5)
            for node_id in NODES:
                dbm = rssi_at(node_id, place)
                heard = [self.opened.heard(rssi_dbm=dbm)] if dbm > WEAKEST_DBM else []
                self.opened.receive(node_id, heard, self._batches)
            self._batches += 1
            self.opened.store.spine.tick()

    def stand_at_kiosk(self, level_id: str, looks: int = 8) -> None:
        self.stand((level_id, *AT_KIOSK[level_id]), looks)

    def tap(self, level_id: str) -> None:
        (token,) = self.opened.store.views.state(KIOSKS[level_id]).tokens
        self.opened.store.at_kiosk.tap(KIOSKS[level_id], token.token_id)
