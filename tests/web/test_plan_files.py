"""Files into and out of the draft over HTTP: what is hostile is refused or listed, and the draft is untouched either way."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from store_server.domain.plan_edits import Draft
from store_server.web.plan_files import MAX_FILE_BYTES, MAX_PICTURE_BYTES
from store_server.wire.floorplans import FloorplanDocument
from store_server.wire.people import Role
from tests.opened_store import ORIGIN, PLAN, Browser, OpenedStore

DRAFT = "/api/manager/draft"


@pytest.fixture
def manager(opened: OpenedStore) -> Browser:
    return opened.signed_in(Role.MANAGER)


def send(manager: Browser, path: str, raw: bytes, mimetype: str = "application/octet-stream") -> TestResponse:
    headers = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin", "Content-Type": mimetype}
    return manager.client.post(f"{DRAFT}/{path}", data=raw, headers=headers, buffered=True)


def told(answer: TestResponse, status: int = 200) -> Any:
    assert answer.status_code == status, answer.data[:300]
    return json.loads(answer.data)


@pytest.mark.parametrize("plan_format", ["geojson", "imdf"])
def test_what_is_exported_imports_as_it_was(manager: Browser, plan_format: str) -> None:
    made = manager.ask("GET", f"{DRAFT}/exports?format={plan_format}")
    assert made.status_code == 200
    assert made.headers["Content-Disposition"].startswith('attachment; filename="floorplan.')
    found = told(send(manager, f"imports?format={plan_format}", made.data))
    assert not [problem for problem in found["problems"] if problem["severity"] == "error"]
    kinds = sorted(feature["feature_type"] for feature in found["features"])
    assert kinds == sorted(feature.feature_type for feature in PLAN.features)


def test_the_planogram_goes_out_and_comes_in(manager: Browser) -> None:
    csv = manager.ask("GET", f"{DRAFT}/exports?format=planogram")
    assert csv.mimetype == "text/csv"
    found = told(send(manager, "imports?format=planogram", csv.data))
    assert {f["properties"]["sku"] for f in found["features"]} == {"peas", "rice"}
    broken = told(send(manager, "imports?format=planogram", csv.data.replace(b",A,", b",Z9,")))
    assert broken["features"] == []
    assert "Z9" in broken["problems"][0]["words"]


def test_a_drawing_shows_its_layers_before_it_is_taken(manager: Browser) -> None:
    made = manager.ask("GET", f"{DRAFT}/exports?format=dxf")
    layers = told(send(manager, "dxf-layers", made.data))["layers"]
    assert {layer["guess"] for layer in layers} >= {"outline", "fixture"}
    mapping = {"unit": "m", "layers": [{"name": layer["name"], "use": layer["guess"]} for layer in layers]}
    found = told(send(manager, f"imports?format=dxf&mapping={json.dumps(mapping)}", made.data))
    assert {"level", "fixture"} <= {feature["feature_type"] for feature in found["features"]}


def test_the_plan_goes_out_as_a_picture(manager: Browser) -> None:
    made = manager.ask("GET", f"{DRAFT}/exports?format=png")
    assert made.mimetype == "image/png"
    with Image.open(io.BytesIO(made.data)) as picture:
        assert picture.format == "PNG"
        assert min(picture.size) > 300


def ring(*corners: tuple[float, float]) -> list[list[list[float]]]:
    return [[list(corner) for corner in (*corners, corners[0])]]


def collection(coordinates: Any) -> bytes:
    plain = json.loads(PLAN.model_dump_json(exclude_none=True))
    for feature in plain["features"]:
        if feature["id"] == "A":
            feature["geometry"]["coordinates"] = coordinates
    return json.dumps(plain).encode()


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("level.geojson", b" " * 100_000_000)
    return packed.getvalue()


HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "empty geojson": ("geojson", lambda: b"\n"),
    "empty archive": ("imdf", lambda: b"\n"),
    "empty drawing": ("dxf", lambda: b"\n"),
    "truncated geojson": ("geojson", lambda: collection(ring((4, 3), (5, 3), (5, 9)))[:-400]),
    "self-crossing": ("geojson", lambda: collection(ring((4, 3), (5, 9), (5, 3), (4, 9)))),
    "no number": ("geojson", lambda: collection(ring((float("nan"), 3), (5, 3), (5, 9)))),
    "a billion metres": ("geojson", lambda: collection(ring((4, 3), (1e9, 3), (5, 9)))),
    "a million corners": ("geojson", lambda: collection([[[i % 999, i // 999] for i in range(1_000_000)]])),
    "nested without end": ("geojson", lambda: b'{"features":' + b"[" * 100_000),
    "a page as a plan": ("geojson", lambda: b"<html><script>alert(1)</script></html>"),
    "a bomb": ("imdf", bomb),
    "half an archive": ("imdf", lambda: bomb()[:500]),
    "a picture as a drawing": ("dxf", lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 1000),
    "a DWG": ("dxf", lambda: b"AC1032" + b"\0" * 1000),
    "a table without columns": ("planogram", lambda: b"a,b,c\n1,2,3\n"),
    "no text": ("planogram", lambda: b"\xff\xfe\x00\x01"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gives_a_list_of_problems_and_leaves_the_draft(
    opened: OpenedStore, manager: Browser, name: str
) -> None:
    plan_format, make = HOSTILE[name]
    before = opened.store.drafts.held()
    found = told(send(manager, f"imports?format={plan_format}", make()))
    errors = [problem for problem in found["problems"] if problem["severity"] == "error"]
    assert errors
    assert all(problem["words"].strip() for problem in errors)
    if name == "self-crossing":
        assert errors[0]["feature_keys"] == ["A"]
        assert errors[0]["x_m"] is not None
    elif name in ("no number", "a billion metres"):
        assert [problem["feature_keys"] for problem in errors[:2]] == [[], ["A"]]
        ids = {feature.id for feature in PLAN.features} - {"A"}
        assert {feature["id"] for feature in found["features"]} == ids
    else:
        assert found["features"] == []
    assert opened.store.drafts.held() == before
    assert before.draft == Draft.of(PLAN)


def test_a_file_too_large_is_refused_by_its_size(manager: Browser) -> None:
    assert send(manager, "imports?format=geojson", b" " * (MAX_FILE_BYTES + 1)).status_code == 413
    assert send(manager, "underlays", b" " * (MAX_PICTURE_BYTES + 1)).status_code == 413


@pytest.mark.parametrize("query", ["", "?format=svg", "?format=png", "?format=geojson%00", "?format=../../etc/passwd"])
def test_a_format_nobody_reads_is_refused(manager: Browser, query: str) -> None:
    assert send(manager, f"imports{query}", b"{}").status_code == 422


@pytest.mark.parametrize("unit", ["", "parsec", "MM", "m%00"])
def test_a_unit_that_is_none_is_refused(manager: Browser, unit: str) -> None:
    assert send(manager, f"imports?format=geojson&unit={unit}", b"{}").status_code == 422


def test_a_plan_in_millimetres_is_asked_about_and_taken_in_its_unit(manager: Browser) -> None:
    exported = json.loads(manager.ask("GET", f"{DRAFT}/exports?format=geojson").data)
    del exported["crs_local"]
    text = json.dumps(exported, default=str)
    in_mm = json.loads(text)
    for feature in in_mm["features"]:
        feature["geometry"]["coordinates"] = times(feature["geometry"]["coordinates"], 1000)
    found = told(send(manager, "imports?format=geojson", json.dumps(in_mm).encode()))
    assert (found["unit"], found["likely_unit"]) == ("m", "mm")
    assert "unlikely_size" in {problem["rule"] for problem in found["problems"]}
    again = told(send(manager, "imports?format=geojson&unit=mm", json.dumps(in_mm).encode()))
    assert (again["unit"], again["likely_unit"]) == ("mm", None)
    outline = next(feature for feature in again["features"] if feature["feature_type"] == "level")
    assert outline["geometry"] == json.loads(PLAN.features[0].geometry.model_dump_json())


def times(part: Any, factor: float) -> Any:
    return [times(each, factor) for each in part] if isinstance(part, list) else part * factor


def test_a_mapping_that_is_none_is_refused(manager: Browser) -> None:
    for mapping in ("{", '{"layers": 5}', '{"unit": "parsec"}', "x" * 70_000):
        assert send(manager, f"imports?format=dxf&mapping={mapping}", b"0\nEOF\n").status_code == 422


def picture(side_px: int = 100) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (side_px, side_px // 2), "white").save(made, "PNG")
    return made.getvalue()


def test_a_picture_is_kept_clean_measured_and_placed(manager: Browser) -> None:
    kept = told(send(manager, "underlays", picture()[:-12] + picture()[-12:]), 201)
    assert (kept["width_px"], kept["height_px"]) == (100, 50)
    shown = manager.ask("GET", f"{DRAFT}/underlays/{kept['picture_id']}")
    assert (shown.mimetype, shown.data[:4]) == ("image/png", b"\x89PNG")
    across = {"from_px": [0.0, 0.0], "to_px": [100.0, 0.0], "length_m": 20.0}
    down = {"from_px": [0.0, 0.0], "to_px": [0.0, 50.0], "length_m": 12.0}
    scale = told(manager.ask("POST", f"{DRAFT}/underlay-scales", {"measures": [across, down]}))
    assert (scale["m_per_px_x"], scale["m_per_px_y"], scale["is_stretched"]) == (0.2, 0.24, True)
    same = manager.ask("POST", f"{DRAFT}/underlay-scales", {"measures": [across, across]})
    assert (same.status_code, "slant" in json.loads(same.data)["detail"]) == (422, True)
    placed = {"picture": kept, "level_id": "L", "m_per_px_x": 0.2, "m_per_px_y": 0.24}
    assert told(manager.ask("PUT", f"{DRAFT}/underlay", placed))["picture"] == kept
    assert told(manager.ask("GET", f"{DRAFT}/underlay"))["m_per_px_y"] == 0.24
    gone = {**placed, "picture": {**kept, "picture_id": "0" * 32}}
    assert manager.ask("PUT", f"{DRAFT}/underlay", gone).status_code == 404
    assert told(manager.ask("PUT", f"{DRAFT}/underlay", {"picture": None}))["picture"] is None


@pytest.mark.parametrize(
    "raw",
    [
        b"\n",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"%PDF-1.7",
        picture()[:60],
        picture() + b"<html>",
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (30_000).to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00" + b"\0" * 99,
    ],
    ids=["nothing", "SVG", "PDF", "cut short", "more than a picture", "30,000 x 30,000"],
)
def test_t30_what_is_no_plain_picture_is_refused_with_what_to_send(manager: Browser, raw: bytes) -> None:
    answer = send(manager, "underlays", raw)
    assert answer.status_code == 422
    assert json.loads(answer.data)["detail"]


@pytest.mark.parametrize("name", ["../../store.key", "%2e%2e%2fstore.db", "x" * 200, "%00"])
def test_t31_a_picture_is_found_by_its_id_and_by_nothing_else(manager: Browser, name: str) -> None:
    assert manager.ask("GET", f"{DRAFT}/underlays/{name}").status_code in {404, 308}


def test_an_export_of_nothing_says_what_is_missing(manager: Browser) -> None:
    assert manager.ask("GET", f"{DRAFT}/exports?format=svg").status_code == 422
    level = manager.ask("GET", f"{DRAFT}/exports?format=png&level_id=nowhere")
    assert level.status_code == 422
    assert FloorplanDocument.model_validate_json(manager.ask("GET", f"{DRAFT}/exports?format=geojson").data)
