"""A plan of another tool comes in: what can be read and what cannot is seen before anything is taken, in the unit it is in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.demo_process import PATIENCE_MS, browser
from tests.journeys.plan_page import DESKTOP, PlanPage
from tests.served_store import served_store

pytestmark = pytest.mark.browser


def area(kind: str, name: str, x: float, y: float, width: float, depth: float) -> dict[str, Any]:
    """A box in millimetres as a drawing program writes it: its outline is not closed, it has no id and no level."""
    corners = [[x, y], [x + width, y], [x + width, y + depth], [x, y + depth]]
    properties = {"feature_type": kind, "name": name, "layer": "A-FURN", "colour": 7}
    return {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [corners]}, "properties": properties}


def drawn_in_millimetres() -> bytes:
    door = {"type": "LineString", "coordinates": [[9000, 0], [9900, 0]]}
    broken = area("fixture", "Broken", 1000, 1000, 900, 900)
    broken["geometry"]["coordinates"][0][2] = ["1900 mm", 1900]
    shapes = [
        area("Level", "Ground floor", 0, 0, 24_000, 14_000),
        *(area("fixture", f"Shelf {n}", 3000 + 3000 * n, 4000, 900, 6000) for n in range(4)),
        {"type": "Feature", "geometry": door, "properties": {"feature_type": "opening", "name": "Door"}},
        broken,
        area("parking", "Car park", -30_000, 0, 20_000, 14_000),
    ]
    return json.dumps({"type": "FeatureCollection", "crs": {"type": "name"}, "features": shapes}).encode()


def test_a_plan_in_millimetres_with_faults_is_seen_measured_and_taken(tmp_path: Path) -> None:
    with served_store(tmp_path, "ada") as store, browser() as opened:
        context = opened.new_context(viewport={"width": DESKTOP[0], "height": DESKTOP[1]}, locale="en")
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.goto(f"{store.origin}/manager")
        plan = PlanPage(page)
        plan.sign_in("ada")
        plan.saved()
        page.get_by_test_id("import").click()
        page.get_by_test_id("import-geojson").set_input_files(
            {"name": "shop.geojson", "mimeType": "application/geo+json", "buffer": drawn_in_millimetres()}
        )
        preview = page.get_by_test_id("import-preview")
        expect(preview).to_contain_text("cannot be read: 1 of 8 shapes.")
        expect(preview).to_contain_text("Feature 7 (Broken)")
        expect(preview).to_contain_text("Of type parking")
        expect(preview).to_contain_text("The largest level would be 24,000 m long")
        expect(preview).to_contain_text("One unit of the file is probably 1 mm")
        page.get_by_test_id("file-unit").select_option("mm")
        expect(preview).not_to_contain_text("24,000 m")
        expect(preview).to_contain_text("did not end where they began were closed (6)")
        expect(preview).to_contain_text("this must be a number. (at 1.0 m, 1.0 m)")
        page.get_by_test_id("take-import").click()
        shelves = plan.features("fixture")
        assert [shelf["properties"]["key"] for shelf in shelves] == [f"Shelf {n}" for n in range(4)]
        assert shelves[0]["geometry"]["coordinates"][0][2] == [3.9, 10]
        (level,) = plan.features("level")
        assert {shape["properties"]["level_id"] for shape in (*shelves, *plan.features("opening"))} == {level["id"]}
        context.close()
