"""A plan is published while shoppers walk: their tracks go on, kiosks are told within a tick, nobody waits for the new one."""

from __future__ import annotations

import secrets
import threading
from datetime import datetime, timedelta

import pytest
import shapely

from store_server.ports import PlanRecord
from store_server.use_cases import floors as floors_room
from store_server.use_cases.floors import Floor, Floors, make_floor
from store_server.wire.drafts import EditKind, FeatureChange
from store_server.wire.floorplans import BlockedAreaFeature
from store_server.wire.plan_versions import PublishDraft, RollBack
from store_server.wire.privacy import Purpose
from store_server.wire.sent_edits import SentEdit
from store_server.wire.shopping import KioskState
from tests.opened_store import KIOSK, NODES, PLAN, OpenedStore
from tests.use_cases.hearing import step_up


def publish_with_a_wider_way(opened: OpenedStore) -> None:
    drafts = opened.store.drafts
    held = drafts.held()
    shelf = held.draft.features["A"]
    ring = ((3.5, 3.0), (4.5, 3.0), (4.5, 9.0), (3.5, 9.0), (3.5, 3.0))
    shifted = shelf.model_copy(update={"geometry": shelf.geometry.model_copy(update={"coordinates": (ring,)})})
    slots = [held.draft.features[name] for name in ("A-1", "A-2")]
    changes = [FeatureChange(before=shelf, after=shifted)]
    for slot in slots:
        x_m, y_m = slot.geometry.coordinates[:2]
        at = slot.geometry.model_copy(update={"coordinates": (float(x_m) - 0.5, y_m)})  # type: ignore[arg-type]
        changes.append(FeatureChange(before=slot, after=slot.model_copy(update={"geometry": at})))
    drafts.save(
        SentEdit(
            edit_id=secrets.token_hex(16),
            draft_id=held.draft_id,
            base_revision=held.revision,
            kind=EditKind.MOVE,
            what="A",
            changes=tuple(changes),
        ),
        "ada",
    )
    now = drafts.held()
    drafts.publish(PublishDraft(draft_id=now.draft_id, revision=now.revision), "ada", may_publish=True)


def test_a_shopper_is_guided_on_across_a_publication(opened: OpenedStore) -> None:
    for node_id in NODES:
        opened.node(node_id)
    opened.paired_kiosk()
    shopper_id, _ = opened.hand_out()
    opened.give(shopper_id, Purpose.GUIDANCE)
    sequence = step_up(opened)
    (before,) = opened.live.tracks()
    publish_with_a_wider_way(opened)
    opened.messenger.to_kiosks.clear()
    opened.store.spine.tick()
    told = [message for key, message in opened.messenger.to_kiosks if key == KIOSK and isinstance(message, KioskState)]
    assert [state.plan_version for state in told] == [2]
    assert len(told[0].tokens) == 1
    step_up(opened, sequence)
    (after,) = opened.live.tracks()
    assert (after.track.track_id, after.track.begun_s) == (before.track.track_id, before.track.begun_s)
    assert after.track.at_s > before.track.at_s


def test_a_kiosk_is_told_of_a_plan_once_and_not_again(opened: OpenedStore) -> None:
    for node_id in NODES:
        opened.node(node_id)
    opened.store.spine.tick()
    opened.store.drafts.roll_back(RollBack(version=1), "ada", may_publish=True)
    opened.messenger.to_kiosks.clear()
    for _ in range(3):
        opened.store.spine.tick()
    assert len([key for key, _ in opened.messenger.to_kiosks if key == KIOSK]) == 1


def test_while_a_new_plan_is_made_ready_the_store_runs_on_the_old_one(
    opened: OpenedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    floors = Floors(opened.records, opened.clock)
    old = floors.current()
    assert old is not None
    opened.records.plans.publish(PLAN, None, "another process", "", opened.clock.now())
    making, may_finish = threading.Event(), threading.Event()

    def slowly(plan: PlanRecord, at: datetime) -> Floor:
        making.set()
        assert may_finish.wait(20)
        return make_floor(plan, at)

    monkeypatch.setattr(floors_room, "make_floor", slowly)
    maker = threading.Thread(target=floors.current)
    maker.start()
    assert making.wait(20)
    assert floors.current() is old
    may_finish.set()
    maker.join(20)
    new = floors.current()
    assert new is not None
    assert new.plan.version == 2


def test_a_tick_makes_no_plan_ready_that_another_process_published(
    opened: OpenedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for node_id in NODES:
        opened.node(node_id)
    opened.store.spine.tick()
    opened.records.plans.publish(PLAN, None, "another process", "", opened.clock.now())
    opened.messenger.to_kiosks.clear()

    def not_in_a_tick(plan: PlanRecord, at: datetime) -> Floor:
        raise AssertionError("the tick waited for a floor")

    with monkeypatch.context() as patched:
        patched.setattr(floors_room, "make_floor", not_in_a_tick)
        opened.store.spine.tick()
    assert opened.messenger.to_kiosks == []
    opened.store.floors.current()
    opened.store.spine.tick()
    told = [message for key, message in opened.messenger.to_kiosks if key == KIOSK and isinstance(message, KioskState)]
    assert [state.plan_version for state in told] == [2]


def test_a_plan_that_was_not_published_after_all_does_not_become_the_stores(opened: OpenedStore) -> None:
    floors = opened.store.floors
    old = floors.current()
    assert old is not None
    assert floors.swap(make_floor(old.plan, opened.clock.now()), lambda: None) is None
    assert floors.current() is old


def test_whoever_asks_while_a_plan_is_published_gets_the_old_floor_and_makes_none(
    opened: OpenedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    floors, records = opened.store.floors, opened.records
    old = floors.current()
    assert old is not None
    ready = make_floor(old.plan, opened.clock.now())

    def nobody_makes_one(plan: PlanRecord, at: datetime) -> Floor:
        raise AssertionError("a floor was made a second time")

    monkeypatch.setattr(floors_room, "make_floor", nobody_makes_one)

    def publish() -> int:
        version = records.plans.publish(PLAN, None, "ada", "", opened.clock.now())
        asked: list[Floor | None] = []
        another = threading.Thread(target=lambda: asked.append(floors.current()))
        another.start()
        another.join(20)
        assert asked == [old]
        return version

    assert floors.swap(ready, publish) == 2
    now = floors.current()
    assert now is not None
    assert (now.plan.version, now.floorplan) == (2, ready.floorplan)


def test_an_area_is_blocked_from_its_first_day_to_its_last_and_not_otherwise(opened: OpenedStore) -> None:
    now = opened.clock.now()
    works = BlockedAreaFeature.model_validate(
        {
            "type": "Feature",
            "id": "works",
            "feature_type": "blocked_area",
            "geometry": {
                "type": "Polygon",
                "coordinates": (((8.0, 8.0), (10.0, 8.0), (10.0, 10.0), (8.0, 10.0), (8.0, 8.0)),),
            },
            "properties": {
                "key": "works",
                "level_id": "L",
                "from_at": now + timedelta(hours=1),
                "until_at": now + timedelta(hours=3),
            },
        }
    )
    plan = PLAN.model_copy(update={"features": (*PLAN.features, works)})
    opened.records.plans.publish(plan, None, "ada", "", now)
    floors = opened.store.floors

    def is_walkable() -> bool:
        floor = floors.current()
        assert floor is not None
        return bool(shapely.intersects_xy(floor.floorplan.walkable_area, 9.0, 9.0))

    assert is_walkable()
    before = floors.current()
    opened.clock.move(3599)
    assert floors.current() is before
    opened.clock.move(1)
    assert not is_walkable()
    opened.clock.move(2 * 3600)
    assert is_walkable()
    after = floors.current()
    assert after is not None
    assert after.until is None
