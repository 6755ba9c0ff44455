"""Drafts and edits for tests: a small shop, and whatever a manager may do to it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from weakref import ref

from hypothesis import strategies as st

from store_server.domain.plan_edits import Draft
from store_server.wire.floorplans import Feature, FloorplanDocument
from tests.domain.floors import Json, area, document, feature, fixture, kiosk, line, node, ring, shop, slot


def draft_of(raw: Json) -> Draft:
    return Draft.of(document(raw))


def read(raw: Json) -> Feature:
    """One shape of the contract."""
    plan: FloorplanDocument = document({"type": "FeatureCollection", "name": "one", "crs_local": {}, "features": [raw]})
    return plan.features[0]


def with_shapes(draft: Draft, shapes: Mapping[str, Feature | None], *, knows_origin: bool = False) -> Draft:
    """The draft with some shapes put in, or taken out where there is None; as an edit makes it where it knows its origin."""
    features = dict(draft.features)
    for feature_id, shape in shapes.items():
        features.pop(feature_id, None)
        if shape is not None:
            features[feature_id] = shape
    origin = (ref(draft), tuple(shapes)) if knows_origin else None
    return Draft(draft.header, MappingProxyType(features), origin)


def shifted(shape: Feature, dx: float, dy: float) -> Feature:
    """The shape elsewhere; a kiosk's display point goes with it."""
    raw = shape.model_dump(mode="json")

    def shift(part: Any) -> Any:
        if isinstance(part[0], int | float):
            return [round(part[0] + dx, 3), round(part[1] + dy, 3)]
        return [shift(inner) for inner in part]

    raw["geometry"]["coordinates"] = shift(raw["geometry"]["coordinates"])
    if "display_point" in raw["properties"]:
        raw["properties"]["display_point"]["coordinates"] = shift(raw["properties"]["display_point"]["coordinates"])
    return read(raw)


def with_properties(shape: Feature, **properties: Any) -> Feature:
    raw = shape.model_dump(mode="json")
    raw["properties"] |= properties
    return read(raw)


STEPS_M = st.integers(-16, 16).map(lambda quarter: quarter / 4)
PLACES_M = st.tuples(st.integers(0, 78), st.integers(0, 46)).map(lambda place: (place[0] / 4, place[1] / 4))
SIDES_M = st.integers(1, 12).map(lambda quarter: quarter / 4)
KINDS = (
    *("fixture", "fixture", "fixture", "wall", "wall", "kiosk", "section", "scanner_node", "opening", "blocked_area"),
    *("unit", "aisle", "amenity", "shelf_slot", "shelf_slot", "level"),
)


@st.composite
def drawn_shapes(draw: st.DrawFn, fixtures: list[str]) -> Feature:
    """A new shape, anywhere on the shop's floor or across its edge."""
    name = f"new-{draw(st.integers(0, 4))}"
    x, y = draw(PLACES_M)
    wide, deep = draw(SIDES_M), draw(SIDES_M)
    box = (x, y, x + wide, y + deep)
    kind = draw(st.sampled_from(KINDS))
    if kind == "fixture":
        return read(fixture(name, box))
    if kind == "kiosk":
        return read(kiosk(name, box, (x - 0.5, y)))
    if kind == "scanner_node":
        return read(node(name, (x, y)))
    if kind == "shelf_slot":
        facing = draw(st.sampled_from([(1, 0), (-1, 0), (0, 1), (0, -1), (0.6, 0.8)]))
        return read(
            slot(name, draw(st.sampled_from(fixtures)), (x, y), facing, sku=draw(st.sampled_from(["SKU1", "SKU9"])))
        )
    if kind == "amenity":
        return read(feature("amenity", name, {"type": "Point", "coordinates": [x, y]}, category="checkout"))
    if kind == "opening":
        return read(
            line("opening", name, (x, 0), (x + wide, 0), category=draw(st.sampled_from(["emergencyexit", "door"])))
        )
    if kind in ("wall", "aisle"):
        end = draw(st.sampled_from([(x + wide, y), (x, y + deep), (x + wide, y + deep)]))
        return read(line(kind, name, (x, y), end))
    extra = {"unit": {"category": "stairs", "connects": "S"}}.get(kind, {})
    return read(area(kind, name, box, **extra))


@st.composite
def edits(draw: st.DrawFn, draft: Draft) -> dict[str, Feature | None]:
    """What an edit makes of some of the draft's shapes: any edit, sound or not."""
    ids = sorted(draft.features)
    fixtures = [i for i in ids if draft.features[i].feature_type == "fixture"] or ["A"]
    action = draw(
        st.sampled_from(["draw", "draw", "move", "move", "remove", "rename", "resize", "fold", "face", "relevel"])
    )
    if action == "draw" or not ids:
        shape = draw(drawn_shapes(fixtures))
        return {shape.id: shape}
    chosen = draft.features[draw(st.sampled_from(ids))]
    if action == "move":
        dx, dy = draw(STEPS_M), draw(STEPS_M)
        along = [s for s in draft.features.values() if _stands_on(s, chosen.id)] if draw(st.booleans()) else []
        return {shape.id: shifted(shape, dx, dy) for shape in (chosen, *along)}
    if action == "remove":
        gone = [chosen, *(s for s in draft.features.values() if _stands_on(s, chosen.id))]
        return {shape.id: None for shape in gone}
    if action == "rename":
        return {chosen.id: with_properties(chosen, key=draw(st.sampled_from(["A", "B", "zz", "a1"])))}
    if action == "relevel":
        return {chosen.id: with_properties(chosen, level_id=draw(st.sampled_from(["L", "new-0"])))}
    if action == "face":
        slots = [s for s in draft.features.values() if s.feature_type == "shelf_slot"]
        return {s.id: with_properties(s, facing=[-s.properties.facing[0], s.properties.facing[1]]) for s in slots[:2]}
    raw = chosen.model_dump(mode="json")
    if raw["geometry"]["type"] != "Polygon":
        return {}
    (x0, y0), (x1, y1) = raw["geometry"]["coordinates"][0][0][:2], raw["geometry"]["coordinates"][0][2][:2]
    if action == "resize":
        raw["geometry"]["coordinates"] = [ring((x0, y0, max(x0 + 0.25, x1 + draw(STEPS_M)), y1))]
    else:
        raw["geometry"]["coordinates"] = [[[x0, y0], [x1, y1], [x1, y0], [x0, y1], [x0, y0]]]
    return {chosen.id: read(raw)}


def _stands_on(shape: Feature, fixture_id: str) -> bool:
    return shape.feature_type == "shelf_slot" and shape.properties.fixture_id == fixture_id


def small_shop() -> Draft:
    return draft_of(shop())
