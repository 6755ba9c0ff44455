"""Two managers draw in one draft while the server is killed under them, again and again: no shape is lost or half there."""

from __future__ import annotations

import secrets
import threading
import time
from http.client import HTTPException
from pathlib import Path
from typing import Any

from store_server.domain.plan_checks import problems
from store_server.domain.plan_edits import Draft
from store_server.wire.floorplans import FloorplanDocument
from tests.served_store import ManagerClient, ServedStore, served_store

STEPS_EACH = 40
KILLS = 2
PATIENCE_S = 120.0


def square(feature_type: str, key: str, x_m: float, y_m: float, side_m: float, **properties: Any) -> dict[str, Any]:
    corners = [(x_m, y_m), (x_m + side_m, y_m), (x_m + side_m, y_m + side_m), (x_m, y_m + side_m), (x_m, y_m)]
    return {
        "type": "Feature",
        "id": key,
        "feature_type": feature_type,
        "geometry": {"type": "Polygon", "coordinates": [[list(corner) for corner in corners]]},
        "properties": {"key": key, "level_id": "L", **properties},
    }


def edit(draft_id: str, revision: int, after: dict[str, Any]) -> dict[str, Any]:
    return {
        "edit_id": secrets.token_hex(16),
        "draft_id": draft_id,
        "base_revision": revision,
        "kind": "draw",
        "what": after["properties"]["key"],
        "changes": [{"before": None, "after": after}],
    }


def insist(manager: ManagerClient, wanted: dict[str, Any], tries: list[str]) -> dict[str, Any]:
    """Send an edit as the editor does: the same one again until somebody answers."""
    until = time.monotonic() + PATIENCE_S
    while True:
        assert time.monotonic() < until, "nobody answers"
        try:
            status, told = manager.ask("POST", "/api/manager/draft/edits", wanted)
        except (OSError, HTTPException):  # no answer, or one that broke off when the server was killed
            tries.append(wanted["edit_id"])
            time.sleep(0.05)
            continue
        assert status == 201, told
        return dict(told)


def draw(store: ServedStore, user_name: str, draft_id: str, row_y_m: float, tries: list[str]) -> None:
    manager, revision = store.manager(user_name), 1
    for number in range(STEPS_EACH):
        shelf = square("fixture", f"{user_name}-{number}", 1.0 + 2.0 * number, row_y_m, 1.0, category="gondola")
        revision = insist(manager, edit(draft_id, revision, shelf), tries)["revision"]


def test_no_shape_is_lost_and_none_is_there_twice_or_half(tmp_path: Path) -> None:
    with served_store(tmp_path, "ada", "kim") as store:
        ada = store.manager("ada")
        draft_id = ada.ask("GET", "/api/manager/draft")[1]["draft_id"]
        insist(ada, edit(draft_id, 0, square("level", "L", 0.0, 0.0, 150.0)), [])
        tries: list[str] = []
        people = [
            threading.Thread(target=draw, args=(store, name, draft_id, y_m, tries))
            for name, y_m in (("ada", 5), ("kim", 9))
        ]
        for person in people:
            person.start()
        for number in range(KILLS):
            goal = 1 + (number + 1) * 2 * STEPS_EACH // (KILLS + 2)
            until = time.monotonic() + PATIENCE_S
            while ada.ask("GET", f"/api/manager/draft/edits?since={goal - 1}")[1]["revision"] < goal:
                assert time.monotonic() < until
            store.kill()
            store.start()
        for person in people:
            person.join(PATIENCE_S)
        assert not any(person.is_alive() for person in people)
        state = ada.ask("GET", "/api/manager/draft")[1]
        edits = ada.ask("GET", "/api/manager/draft/edits?since=0")[1]["edits"]
    assert tries, "no edit was under way when the server was killed"
    document = FloorplanDocument.model_validate(state["document"], strict=False)
    drawn = {feature.id for feature in document.features}
    assert drawn == {"L", *(f"{name}-{n}" for name in ("ada", "kim") for n in range(STEPS_EACH))}
    assert [saved["revision"] for saved in edits] == list(range(1, 2 * STEPS_EACH + 2))
    assert document == Draft.of(document).document()
    assert not [problem for problem in problems(document) if problem.is_error]
    print(
        f"\ntwo managers, {2 * STEPS_EACH} steps, server killed {KILLS} times: {len(tries)} tries unanswered, nothing lost"
    )
