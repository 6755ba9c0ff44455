"""The draft over HTTP: what a hostile or mistaken editor sends is refused with words, and the draft stays as it was."""

from __future__ import annotations

import copy
import json
import secrets
from typing import Any

import pytest

from store_server.wire.drafts import MAX_EDIT_BYTES
from store_server.wire.people import Role
from tests.opened_store import MANAGER, ORIGIN, Browser, OpenedStore

EDITS = "/api/manager/draft/edits"


@pytest.fixture
def manager(opened: OpenedStore) -> Browser:
    return opened.signed_in(Role.MANAGER)


def draft(manager: Browser) -> dict[str, Any]:
    answer = manager.ask("GET", "/api/manager/draft")
    assert answer.status_code == 200
    found: dict[str, Any] = json.loads(answer.data)
    return found


def feature(state: dict[str, Any], feature_id: str) -> dict[str, Any]:
    return copy.deepcopy(next(f for f in state["document"]["features"] if f["id"] == feature_id))


def step(state: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Moving the shelf by half a metre."""
    before, after = feature(state, "A"), feature(state, "A")
    after["geometry"]["coordinates"] = [[[x + 0.5, y] for x, y in after["geometry"]["coordinates"][0]]]
    return {
        "edit_id": secrets.token_hex(16),
        "draft_id": state["draft_id"],
        "base_revision": state["revision"],
        "kind": "move",
        "what": "A",
        "changes": [{"before": before, "after": after}],
        **more,
    }


def test_what_the_draft_gives_fits_an_edit_and_the_edit_is_in_the_draft(manager: Browser) -> None:
    state = draft(manager)
    edit = step(state)
    answer = manager.ask("POST", EDITS, edit)
    assert (answer.status_code, json.loads(answer.data)) == (201, {"revision": 1, "others": [], "problems": None})
    now = draft(manager)
    assert feature(now, "A") == edit["changes"][0]["after"]
    assert [(saved["author"], saved["edit"]["edit_id"]) for saved in now["edits"]] == [(MANAGER, edit["edit_id"])]
    since = json.loads(manager.ask("GET", f"{EDITS}?since=0").data)
    assert (since["revision"], since["edits"]) == (1, now["edits"])


def hostile(state: dict[str, Any]) -> dict[str, Any]:
    """Edits no editor makes, by what is wrong with them."""

    def shaped(coordinates: Any, **properties: Any) -> dict[str, Any]:
        edit = step(state)
        after = edit["changes"][0]["after"]
        after["geometry"]["coordinates"] = coordinates
        after["properties"].update(properties)
        return edit

    def moved(coordinates: Any, kind: str = "Polygon", shape: str = "A", **more: Any) -> dict[str, Any]:
        return step(
            state, changes=[], moved=[{"id": shape, "geometry": {"type": kind, "coordinates": coordinates}}], **more
        )

    ring = feature(state, "A")["geometry"]["coordinates"]
    million = [[[float(i % 1000), float(i // 1000)] for i in range(1_000_000)]]
    return {
        "nothing": {},
        "a list": [],
        "another draft": step(state, draft_id="f" * 32),
        "no draft id": step(state, draft_id="draft"),
        "a kind nobody knows": step(state, kind="explode"),
        "a million corners": shaped(million),
        "a billion metres": shaped([[[0, 0], [1e9, 0], [1e9, 1e9], [0, 0]]]),
        "an open ring": shaped([[[0, 0], [1, 0], [1, 1], [0, 1]]]),
        "no number": shaped([[[float("nan"), 0], [1, 0], [1, 1], [float("nan"), 0]]]),
        "words for numbers": shaped([[["0", "0"], ["1", "0"], ["1", "1"], ["0", "0"]]]),
        "a control character": shaped(ring, key="A\x00"),
        "a field nobody knows": step(state, is_admin=True),
        "two shapes in one change": step(
            state, changes=[{"before": feature(state, "A"), "after": feature(state, "till")}]
        ),
        "no shape in a change": step(state, changes=[{"before": None, "after": None}]),
        "a shape that was never so": step(state, changes=[{"before": shaped(ring, key="B")["changes"][0]["after"]}]),
        "a name as long as a book": step(state, what="A" * 100_000),
        "a negative revision": step(state, base_revision=-1),
        "moved, a million corners": moved(million),
        "moved to no number": moved([float("nan"), 0], "Point"),
        "moved, another kind": moved([1, 1], "Point"),
        "moved, a shape that is not there": moved([1, 1], "Point", shape="nowhere"),
        "moved in a revision to come": moved(ring, base_revision=7),
        "moved to where it stands": moved(ring),
    }


def test_a_hostile_edit_is_refused_and_the_draft_stays(manager: Browser) -> None:
    state = draft(manager)
    for name, edit in hostile(state).items():
        answer = manager.ask("POST", EDITS, edit)
        assert 400 <= answer.status_code < 500, name
        assert answer.mimetype == "application/problem+json", name
        assert json.loads(answer.data)["detail"], name
        assert draft(manager) == state, name


def test_markup_in_a_name_comes_back_as_it_was_sent(manager: Browser) -> None:
    state = draft(manager)
    edit = step(state)
    edit["changes"][0]["after"]["properties"]["name"] = {"en": "<img src=x onerror=alert(1)>"}
    assert manager.ask("POST", EDITS, edit).status_code == 201
    answer = manager.ask("GET", "/api/manager/draft")
    assert (answer.mimetype, answer.headers["X-Content-Type-Options"]) == ("application/json", "nosniff")
    assert feature(json.loads(answer.data), "A")["properties"]["name"] == {"en": "<img src=x onerror=alert(1)>"}


def test_an_edit_larger_than_any_plan_is_refused_by_its_size(manager: Browser) -> None:
    headers = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin", "Content-Type": "application/json"}
    answer = manager.client.post(EDITS, data=b" " * (MAX_EDIT_BYTES + 1), headers=headers)
    assert answer.status_code == 413


def test_all_slots_of_a_hypermarket_can_be_moved_in_one_step(manager: Browser) -> None:
    state = draft(manager)
    slots = [{**feature(state, "A-1"), "id": f"slot-{number}"} for number in range(20_000)]
    for number, slot in enumerate(slots):
        slot["properties"] = {**slot["properties"], "key": f"A-E-{number:05d}-1", "department": "Canned vegetables"}
    drawn = step(state, kind="import", changes=[{"before": None, "after": slot} for slot in slots])
    assert manager.ask("POST", EDITS, drawn).status_code == 201
    away = [{**slot, "geometry": {"type": "Point", "coordinates": [5.125, 4.125]}} for slot in slots]
    moved = step(state, base_revision=1, changes=[{"before": b, "after": a} for b, a in zip(slots, away, strict=True)])
    assert manager.ask("POST", EDITS, moved).status_code == 201


def test_an_edit_that_no_longer_fits_is_a_conflict_that_names_the_shape(manager: Browser) -> None:
    first, second = (step(draft(manager)) for _ in range(2))
    assert manager.ask("POST", EDITS, first).status_code == 201
    answer = manager.ask("POST", EDITS, second)
    assert answer.status_code == 409
    assert "Somebody changed A meanwhile" in json.loads(answer.data)["detail"]
    assert (json.loads(answer.data)["code"], json.loads(answer.data)["figures"]) == ("draft.changed", {"shapes": "A"})


def test_who_may_edit_only_is_told_so_and_cannot_publish_or_go_back(opened: OpenedStore, manager: Browser) -> None:
    opened.records.people.put_user(MANAGER, Role.MANAGER, "unchanged", may_publish=False)
    state = draft(manager)
    assert state["may_publish"] is False
    asked = {"draft_id": state["draft_id"], "revision": 0}
    for path, content in (("draft/publications", asked), ("plan-versions/rollbacks", {"version": 1})):
        assert manager.ask("POST", f"/api/manager/{path}", content).status_code == 403
    assert manager.ask("POST", EDITS, step(state)).status_code == 201


def test_publishing_over_http_makes_a_version_that_can_be_looked_at_and_gone_back_to(manager: Browser) -> None:
    state = draft(manager)
    assert manager.ask("POST", EDITS, step(state)).status_code == 201
    asked = {"draft_id": state["draft_id"], "revision": 1, "note": "a wider way"}
    published = manager.ask("POST", "/api/manager/draft/publications", asked)
    assert published.status_code == 201
    version = json.loads(published.data)
    assert (version["version"], version["author"], version["note"]) == (2, MANAGER, "a wider way")
    assert json.loads(manager.ask("GET", "/api/plan").data)["version"] == 2
    old, new = (json.loads(manager.ask("GET", f"/api/manager/plan-versions/{n}").data) for n in (1, 2))
    assert [f for f in old["document"]["features"] if f["id"] == "A"] == [feature(state, "A")]
    assert not [f for f in new["document"]["features"] if f["feature_type"] == "shelf_slot"]
    assert manager.ask("POST", "/api/manager/plan-versions/rollbacks", {"version": 1}).status_code == 201
    listed = json.loads(manager.ask("GET", "/api/manager/plan-versions").data)["versions"]
    assert [(v["version"], v["rolled_back_to"]) for v in listed] == [(3, 1), (2, None), (1, None)]
    assert manager.ask("GET", "/api/manager/plan-versions/99").status_code == 404


def test_a_draft_with_errors_is_refused_with_the_first_of_them(manager: Browser) -> None:
    state = draft(manager)
    edit = step(state)
    edit["changes"][0]["after"]["geometry"]["coordinates"] = [[[90, 0], [91, 0], [91, 1], [90, 0]]]
    assert manager.ask("POST", EDITS, edit).status_code == 201
    asked = {"draft_id": state["draft_id"], "revision": 1}
    answer = manager.ask("POST", "/api/manager/draft/publications", asked)
    assert answer.status_code == 422
    assert "A" in json.loads(answer.data)["detail"]
    thrown = manager.ask("POST", "/api/manager/draft/discards", asked)
    assert thrown.status_code == 200
    assert json.loads(thrown.data)["document"] == state["document"]


@pytest.mark.parametrize("since", ["", "x", "-1", "1" * 30, "1.5", "０"])
def test_a_revision_that_is_no_number_is_refused(manager: Browser, since: str) -> None:
    assert manager.ask("GET", f"{EDITS}?since={since}").status_code == 422


def test_the_drafts_problems_say_what_is_new_and_what_is_meant_so(manager: Browser) -> None:
    state = draft(manager)
    before = json.loads(manager.ask("GET", "/api/manager/draft/problems").data)
    assert (before["revision"], [p["is_new"] for p in before["problems"]]) == (0, [False] * len(before["problems"]))
    edit = step(state, changes=[{"before": feature(state, f"rpi-0{n}"), "after": None} for n in (1, 2, 3)])
    assert manager.ask("POST", EDITS, edit).status_code == 201
    found = json.loads(manager.ask("GET", "/api/manager/draft/problems").data)
    deaf = next(problem for problem in found["problems"] if problem["rule"] == "too_few_nodes")
    assert (found["revision"], deaf["severity"], deaf["is_new"], deaf["is_accepted"]) == (1, "warning", True, False)
    header = {
        name: state["document"][name]
        for name in ("name", "crs_local", "accepted", "synthetic", "generator", "attribution")
    }
    meant = step(draft(manager), kind="accept", changes=[])
    meant["header"] = {"before": header, "after": {**header, "accepted": [deaf["problem_id"]]}}
    assert manager.ask("POST", EDITS, meant).status_code == 201
    again = json.loads(manager.ask("GET", "/api/manager/draft/problems").data)
    assert [p["is_accepted"] for p in again["problems"] if p["problem_id"] == deaf["problem_id"]] == [True]


def test_a_steps_answer_says_what_became_of_the_problems(manager: Browser) -> None:
    state = draft(manager)
    before = json.loads(manager.ask("GET", "/api/manager/draft/problems").data)
    edit = step(state, changes=[{"before": feature(state, f"rpi-0{n}"), "after": None} for n in (1, 2, 3)])
    answer = manager.ask("POST", f"{EDITS}?problems={before['list_id']}", edit)
    told = json.loads(answer.data)["problems"]
    after = json.loads(manager.ask("GET", "/api/manager/draft/problems").data)
    assert (told["revision"], told["list_id"]) == (1, after["list_id"])
    assert (told["from_list_id"], told["gone"]) == (before["list_id"], [])
    assert [come["problem"]["rule"] for come in told["come"]] == ["too_few_nodes"]
    assert after["problems"][told["come"][0]["at"]] == told["come"][0]["problem"]
    unknown = manager.ask("POST", f"{EDITS}?problems=nothing", step(draft(manager)))
    assert unknown.status_code == 201
    assert json.loads(unknown.data)["problems"]["from_list_id"] is None


def test_a_forecast_follows_what_is_dragged_before_it_is_saved(manager: Browser) -> None:
    state = draft(manager)
    asked = {"draft_id": state["draft_id"], "revision": 0, "level_id": "L"}
    lying = json.loads(manager.ask("POST", "/api/manager/draft/forecasts", asked).data)
    before, after = feature(state, "rpi-01"), feature(state, "rpi-01")
    after["geometry"]["coordinates"] = [10.0, 1.0]
    dragged = {**asked, "changes": [{"before": before, "after": after}]}
    moved = json.loads(manager.ask("POST", "/api/manager/draft/forecasts", dragged).data)
    assert lying["median_m"] > 0
    assert moved["error_dm"] != lying["error_dm"]
    assert json.loads(manager.ask("POST", "/api/manager/draft/forecasts", asked).data) == lying
    assert draft(manager) == state
    best = json.loads(manager.ask("POST", "/api/manager/draft/next-node", asked).data)
    assert best["after"]["within_target"] >= best["before"]["within_target"] == lying["within_target"]


def test_a_forecast_of_another_draft_or_level_is_answered_with_what_to_do(manager: Browser) -> None:
    state = draft(manager)
    asked = {"draft_id": state["draft_id"], "revision": 0, "level_id": "nowhere"}
    assert manager.ask("POST", "/api/manager/draft/next-node", asked).status_code == 404
    assert manager.ask("POST", "/api/manager/draft/forecasts", {**asked, "draft_id": "0" * 32}).status_code == 409
    assert manager.ask("POST", "/api/manager/draft/forecasts", {**asked, "target_m": -1}).status_code == 422


def test_a_review_says_what_differs_and_what_that_does(manager: Browser) -> None:
    state = draft(manager)
    edit = step(state)
    edit["changes"] += [{"before": feature(state, "till"), "after": None}]
    assert manager.ask("POST", EDITS, edit).status_code == 201
    told = json.loads(manager.ask("GET", "/api/manager/plan-diff?from=1&to=draft").data)
    assert (told["from_version"], told["to_version"]) == (1, None)
    shapes = [(d["difference"], (d["after"] or d["before"])["id"]) for d in told["shapes"]]
    assert shapes == [("moved", "A"), ("removed", "till")]
    effects = {effect["kind"]: (effect["before"], effect["after"]) for effect in told["effects"]}
    assert effects["products_placed"] == (2, 2)
    assert effects["nodes"] == (4, 4)
    assert effects["zones_changed"] == (None, 0)
    assert effects["route_length_m"][0] > 0
    assert 0 < effects["median_error_m"][0] < 20
    same = json.loads(manager.ask("GET", "/api/manager/plan-diff?from=1&to=1").data)
    assert same["shapes"] == []
    assert json.loads(manager.ask("GET", "/api/manager/plan-diff?from=0&to=1").data)["shapes"]
    assert manager.ask("GET", "/api/manager/plan-diff?from=7&to=draft").status_code == 404
    assert manager.ask("GET", "/api/manager/plan-diff?to=draft").status_code == 422


def test_one_click_mends_a_problem_and_can_be_taken_back(manager: Browser) -> None:
    state = draft(manager)
    edit = step(state)
    edit["changes"][0]["after"]["geometry"]["coordinates"] = [[[-0.5, 3], [0.5, 3], [0.5, 9], [-0.5, 9], [-0.5, 3]]]
    assert manager.ask("POST", EDITS, edit).status_code == 201
    found = json.loads(manager.ask("GET", "/api/manager/draft/problems").data)["problems"]
    outside = next(problem for problem in found if problem["rule"] == "outside_level")
    assert (outside["severity"], outside["mend"]) == ("error", "move")
    asked = {"draft_id": state["draft_id"], "revision": 1, "problem_id": outside["problem_id"]}
    mend = manager.ask("POST", "/api/manager/draft/mends", asked)
    assert mend.status_code == 200
    told = json.loads(mend.data)
    assert manager.ask("POST", EDITS, step(draft(manager), **told)).status_code == 201
    after = json.loads(manager.ask("GET", "/api/manager/draft/problems").data)["problems"]
    assert outside["problem_id"] not in [problem["problem_id"] for problem in after]
    assert manager.ask("POST", "/api/manager/draft/mends", {**asked, "revision": 2}).status_code == 404
    assert manager.ask("POST", "/api/manager/draft/mends", asked).status_code == 409
