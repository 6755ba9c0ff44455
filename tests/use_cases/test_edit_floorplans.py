"""The draft that managers share: edits in order, conflicts that lose nothing, publishing, going back."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from store_server.domain.plan_edits import Draft, turned_round
from store_server.domain.positioning import FACTORY_CALIBRATION
from store_server.use_cases.edit_floorplans import Drafts
from store_server.use_cases.held_drafts import KEPT_AT_MOST, KEPT_EVERY
from store_server.use_cases.refusals import Conflict, NotAllowed, NotFound, Unfit
from store_server.wire.calibration import AnchorCalibration
from store_server.wire.drafts import DraftChanged
from store_server.wire.floorplans import NodeFeature
from store_server.wire.plan_versions import DiscardDraft, PublishDraft, RollBack
from store_server.wire.sent_edits import SentEdit
from tests.fakes import MovableClock, RecordingMessenger
from tests.opened_store import PLAN, OpenedStore
from tests.use_cases.editing import edit, moved, shelf


@pytest.fixture
def drafts(opened: OpenedStore) -> Drafts:
    return opened.store.drafts


def move(drafts: Drafts, by_m: float = 0.5) -> SentEdit:
    return edit(drafts, (shelf(drafts), moved(shelf(drafts), by_m)))


def test_a_draft_begins_from_what_is_published(drafts: Drafts) -> None:
    state = drafts.state(may_publish=True)
    assert (state.base_version, state.published_version, state.revision) == (1, 1, 0)
    assert Draft.of(state.document) == Draft.of(PLAN)


def test_the_draft_of_an_empty_store_is_an_empty_plan(
    sqlite_url: str, clock: MovableClock, messenger: RecordingMessenger
) -> None:
    empty = OpenedStore(sqlite_url, clock, messenger)
    state = empty.store.drafts.state(may_publish=True)
    assert (state.base_version, state.document.features) == (0, ())
    empty.close()


def test_an_edit_sent_twice_is_taken_once(drafts: Drafts) -> None:
    step = move(drafts)
    assert drafts.save(step, "ada").revision == 1
    assert drafts.save(step, "ada").revision == 1
    assert [(saved.edit.edit_id, saved.edit.changes) for saved in drafts.edits(0).edits] == [
        (step.edit_id, step.changes)
    ]


def test_undoing_gives_the_same_bytes_as_never_having_done_it(drafts: Drafts) -> None:
    before = drafts.held().draft.document().model_dump_json()
    step = move(drafts)
    drafts.save(step, "ada")
    assert drafts.held().draft.document().model_dump_json() != before
    back, header = turned_round(step)
    drafts.save(edit(drafts, undoes=1).model_copy(update={"changes": back, "header": header}), "ada")
    assert drafts.held().draft.document().model_dump_json() == before


def test_who_edits_what_somebody_else_changed_is_told_and_nothing_is_lost(drafts: Drafts) -> None:
    theirs, mine = move(drafts, 0.5), move(drafts, 1.0)
    drafts.save(theirs, "kim")
    with pytest.raises(Conflict, match="Somebody changed A meanwhile"):
        drafts.save(mine, "ada")
    assert shelf(drafts) == theirs.changes[0].after
    assert drafts.edits(0).revision == 1


def test_edits_of_different_shapes_go_together_and_each_learns_of_the_other(drafts: Drafts) -> None:
    mine = move(drafts)
    till = drafts.held().draft.features["till"]
    drafts.save(edit(drafts, (till, None)), "kim")
    saved = drafts.save(mine, "ada")
    assert saved.revision == 2
    assert [other.author for other in saved.others] == ["kim"]
    assert "till" not in drafts.held().draft.features


def test_everyone_is_told_of_an_edit(opened: OpenedStore) -> None:
    drafts = opened.store.drafts
    step = move(drafts)
    drafts.save(step, "ada")
    assert opened.messenger.staff[-1] == DraftChanged(draft_id=step.draft_id, revision=1, author="ada")


def another_process(opened: OpenedStore) -> Drafts:
    mine = opened.store.drafts
    return Drafts(mine.records, mine.messenger, mine.floors, mine.clock, mine.new_id, mine.find_errors, mine.store_name)


def test_another_process_sees_the_draft_and_its_edits_are_seen(opened: OpenedStore) -> None:
    mine, theirs = opened.store.drafts, another_process(opened)
    mine.save(move(mine), "ada")
    assert theirs.held() == mine.held()
    theirs.save(move(theirs, -0.25), "kim")
    assert mine.held() == theirs.held()


def test_many_edits_at_once_through_two_processes_are_all_there_or_refused(opened: OpenedStore) -> None:
    both = (opened.store.drafts, another_process(opened))
    steps = [
        edit(both[0], (None, shelf(both[0]).model_copy(update={"id": f"new-{i // 2}"})), what=f"{i}") for i in range(24)
    ]
    gate = threading.Barrier(len(steps))

    def send(number: int) -> bool:
        gate.wait()
        try:
            both[number % 2].save(steps[number], "ada")
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(len(steps)) as threads:
        taken = list(threads.map(send, range(len(steps))))
    # Each shape was drawn twice, with one id: one of the two is refused.
    assert sum(taken) == len(steps) // 2
    assert [saved.revision for saved in both[0].edits(0).edits] == list(range(1, sum(taken) + 1))
    assert both[0].held() == both[1].held()
    assert {f"new-{i}" for i in range(12)} <= set(both[0].held().draft.features)


def test_a_draft_kept_whole_opens_as_the_one_that_was_edited(opened: OpenedStore) -> None:
    drafts = opened.store.drafts
    for _ in range(KEPT_EVERY + 3):
        drafts.save(move(drafts, 0.01), "ada")
    drafts.keep()
    drafts.save(move(drafts, 0.01), "ada")
    drafts.keep()
    assert kept_revision(opened) == 0, "somebody draws: they are not made to wait"
    drafts.keep()
    assert kept_revision(opened) == KEPT_EVERY + 4
    assert another_process(opened).held() == drafts.held()


def test_a_draft_that_is_never_at_rest_is_kept_all_the_same(opened: OpenedStore) -> None:
    drafts = opened.store.drafts
    while drafts.save(move(drafts, 0.01), "ada").revision < KEPT_AT_MOST:
        drafts.keep()
    assert kept_revision(opened) == 0
    drafts.keep()
    assert kept_revision(opened) == KEPT_AT_MOST
    assert another_process(opened).held() == drafts.held()


def kept_revision(opened: OpenedStore) -> int:
    record = opened.records.plans.draft()
    assert record is not None
    return record.kept_revision


def request(drafts: Drafts, note: str = "") -> PublishDraft:
    held = drafts.held()
    return PublishDraft(draft_id=held.draft_id, revision=held.revision, note=note)


def test_publishing_makes_the_draft_the_stores_plan_and_begins_a_new_one(opened: OpenedStore) -> None:
    drafts = opened.store.drafts
    drafts.save(move(drafts), "ada")
    wanted = drafts.held().draft
    version = drafts.publish(request(drafts, "shelf moved"), "ada", may_publish=True)
    assert (version.version, version.author, version.note) == (2, "ada", "shelf moved")
    floor = opened.store.floors.current()
    assert floor is not None
    assert floor.plan.version == 2
    assert Draft.of(floor.plan.document) == wanted
    assert (drafts.held().base_version, drafts.held().revision) == (2, 0)
    assert [v.version for v in drafts.versions(may_publish=True).versions] == [2, 1]


def test_a_draft_with_errors_is_not_published(drafts: Drafts) -> None:
    drafts.save(move(drafts, 100.0), "ada")
    with pytest.raises(Unfit, match="errors"):
        drafts.publish(request(drafts), "ada", may_publish=True)
    assert drafts.records.plans.version() == 1
    assert drafts.held().revision == 1


def test_what_was_edited_since_it_was_looked_at_is_not_published(drafts: Drafts) -> None:
    looked_at = request(drafts)
    drafts.save(move(drafts), "kim")
    with pytest.raises(Conflict, match="edited"):
        drafts.publish(looked_at, "ada", may_publish=True)


def test_editing_and_publishing_are_separate_rights(drafts: Drafts) -> None:
    with pytest.raises(NotAllowed, match="right"):
        drafts.publish(request(drafts), "ada", may_publish=False)
    with pytest.raises(NotAllowed, match="right"):
        drafts.roll_back(RollBack(version=1), "ada", may_publish=False)


def test_going_back_publishes_the_old_plan_anew_and_leaves_the_draft(opened: OpenedStore) -> None:
    drafts = opened.store.drafts
    drafts.save(move(drafts), "ada")
    drafts.publish(request(drafts), "ada", may_publish=True)
    drafts.save(move(drafts), "ada")
    draft = drafts.held()
    version = drafts.roll_back(RollBack(version=1, note="too narrow"), "kim", may_publish=True)
    assert (version.version, version.rolled_back_to) == (3, 1)
    floor = opened.store.floors.current()
    assert floor is not None
    assert (floor.plan.version, floor.plan.document) == (3, PLAN)
    assert drafts.held() == draft
    with pytest.raises(NotFound):
        drafts.roll_back(RollBack(version=9), "kim", may_publish=True)


def test_a_draft_nobody_has_drawn_in_follows_what_is_published(opened: OpenedStore) -> None:
    drafts = opened.store.drafts
    before = drafts.held()
    renamed = PLAN.model_copy(update={"name": "renamed"})
    opened.records.plans.publish(renamed, None, "another process", "", opened.clock.now())
    after = drafts.held()
    assert (before.base_version, after.base_version, after.draft) == (1, 2, Draft.of(renamed))
    drafts.save(move(drafts), "ada")
    opened.records.plans.publish(PLAN, None, "another process", "", opened.clock.now())
    assert (drafts.held().base_version, drafts.held().revision) == (2, 1)


def test_a_draft_thrown_away_is_gone_for_everyone(opened: OpenedStore) -> None:
    drafts, other = opened.store.drafts, another_process(opened)
    late = move(drafts)
    drafts.save(move(drafts, 0.25), "ada")
    other.held()
    drafts.discard(DiscardDraft(draft_id=drafts.held().draft_id, revision=1), "ada", may_publish=False)
    with pytest.raises(Conflict, match="thrown away"):
        other.save(late, "kim")
    assert Draft.of(PLAN) == drafts.held().draft


def test_a_node_hung_elsewhere_loses_its_part_of_the_survey_and_no_other(opened: OpenedStore) -> None:
    nodes = {f.properties.node_key: f for f in PLAN.features if isinstance(f, NodeFeature)}
    anchors = tuple(
        AnchorCalibration(
            node_id=key, x_m=node.geometry.coordinates[0], y_m=node.geometry.coordinates[1], offset_db=1.5
        )
        for key, node in nodes.items()
    )
    surveyed = FACTORY_CALIBRATION.model_copy(
        update={
            "anchors": anchors,
            "survey_points": 1,
            "survey_xy_m": ((2.0, 2.0),),
            "survey_residual_db": ((1.0, 2.0, 3.0, 4.0),),
            "survey_visit": (0,),
        }
    )
    opened.records.plans.publish(PLAN, surveyed, "ada", "surveyed", opened.clock.now())
    drafts = opened.store.drafts
    elsewhere = nodes["rpi-02"].geometry.model_copy(update={"coordinates": (15.0, 1.0)})
    there, gone = nodes["rpi-02"].model_copy(update={"geometry": elsewhere}), nodes["rpi-03"]
    drafts.save(edit(drafts, (nodes["rpi-02"], there), (gone, None)), "ada")
    drafts.publish(request(drafts), "ada", may_publish=True)
    floor = opened.store.floors.current()
    assert floor is not None
    kept = floor.estimator.calibration
    assert [anchor.node_id for anchor in kept.anchors] == ["rpi-01", "rpi-02", "rpi-04"]
    assert kept.survey_residual_db == ((1.0, None, 4.0),)
    assert {anchor.offset_db for anchor in kept.anchors} == {1.5}
