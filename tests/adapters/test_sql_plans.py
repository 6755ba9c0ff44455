"""What ``PlanRecords`` promises of versions, the draft and its edits, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from store_server.adapters.sql_database import Database
from store_server.adapters.sql_plans import SqlPlanRecords
from store_server.ports import DraftAt, PlanRecords, Records
from store_server.wire.calibration import AnchorCalibration, Calibration
from store_server.wire.drafts import EditKind, FeatureChange, PlanEdit
from store_server.wire.floorplans import FloorplanDocument
from tests.adapters.at_once import at_once
from tests.adapters.dying_saver import Moment, save_and_die
from tests.fakes import OPENING
from tests.opened_store import PLAN

DRAFT = "d" * 32
MEASURED = Calibration(
    measured_power_dbm=-59,
    path_loss_exponent=2.1,
    shadowing_sd_db=4,
    anchors=(AnchorCalibration(node_id="rpi-01", x_m=1, y_m=1, offset_db=2.5),),
)


@pytest.fixture
def plans(records: Records) -> PlanRecords:
    """With a draft begun on the first version."""
    records.plans.publish(PLAN, MEASURED, "ada", "first", OPENING)
    records.plans.begin_draft(DRAFT, 1, PLAN, OPENING)
    return records.plans


@pytest.fixture
def elsewhere(database: Database, plans: PlanRecords) -> Iterator[PlanRecords]:
    """The same records by connections of their own, as another process has them."""
    opened = Database(database.url)
    yield SqlPlanRecords(opened)
    opened.close()


def named(name: str) -> FloorplanDocument:
    return PLAN.model_copy(update={"name": name})


def step(number: int, draft_id: str = DRAFT, what: str = "A") -> PlanEdit:
    change = FeatureChange(before=None, after=PLAN.features[number % len(PLAN.features)])
    return PlanEdit(
        edit_id=f"{number:032x}", draft_id=draft_id, base_revision=0, kind=EditKind.DRAW, what=what, changes=(change,)
    )


def save(plans: PlanRecords, *numbers: int) -> None:
    for number in numbers:
        assert plans.save_edit(step(number), "ada", OPENING, lambda revision: None) is not None


def numbers_of(plans: PlanRecords, since: int = 0) -> list[tuple[int, int]]:
    """(revision, number) of each step kept."""
    return [(saved.revision, int(saved.edit.edit_id, 16)) for saved in plans.edits(DRAFT, since)]


# --- versions --------------------------------------------------------------------------------------------------------


def test_the_last_published_plan_counts(records: Records) -> None:
    assert (records.plans.current(), records.plans.version(), records.plans.versions()) == (None, 0, [])
    assert records.plans.publish(PLAN, None, "ada", "first", OPENING) == 1
    assert records.plans.publish(named("renamed"), MEASURED, "kim", "second", OPENING + timedelta(hours=1)) == 2
    plan = records.plans.current()
    assert plan is not None
    assert (plan.version, plan.published_at) == (2, OPENING + timedelta(hours=1))
    assert (plan.document, plan.calibration) == (named("renamed"), MEASURED)
    assert records.plans.version() == 2
    first = records.plans.of_version(1)
    assert first is not None
    assert (first.document, first.calibration) == (PLAN, None)
    assert records.plans.of_version(3) is None


def test_an_old_version_runs_again_as_a_new_one_that_says_so(plans: PlanRecords) -> None:
    plans.publish(named("worse"), None, "kim", "a mistake", OPENING)
    assert plans.roll_back(9, "ada", "", OPENING) is None
    assert plans.roll_back(1, "ada", "back", OPENING + timedelta(hours=1)) == 3
    plan = plans.current()
    assert plan is not None
    assert (plan.version, plan.document, plan.calibration) == (3, PLAN, MEASURED)
    told = [(v.version, v.author, v.note, v.rolled_back_to) for v in plans.versions()]
    assert told == [(3, "ada", "back", 1), (2, "kim", "a mistake", None), (1, "ada", "first", None)]


def test_plans_published_at_once_have_a_version_each(plans: PlanRecords, elsewhere: PlanRecords) -> None:
    def publish(number: int) -> int | None:
        door = (plans, elsewhere)[number % 2]
        if number < 4:
            return door.publish(named(str(number)), None, "ada", "", OPENING)
        return door.roll_back(1, "kim", "", OPENING)

    given = at_once(publish, 8)
    assert sorted(given, key=str) == list(range(2, 10))
    for number in range(4):
        plan = plans.of_version(given[number] or 0)
        assert plan is not None
        assert plan.document.name == str(number)


# --- the draft -------------------------------------------------------------------------------------------------------


def test_there_is_one_draft_and_who_begins_another_is_given_it(plans: PlanRecords) -> None:
    save(plans, 1)
    assert plans.begin_draft("e" * 32, 7, named("another"), OPENING) == DraftAt(DRAFT, 1)
    draft = plans.draft()
    assert draft is not None
    assert (draft.draft_id, draft.base_version, draft.revision, draft.kept_revision) == (DRAFT, 1, 1, 0)
    assert draft.kept_document == PLAN


def test_editors_opened_at_once_in_two_processes_are_given_the_same_draft(
    plans: PlanRecords, elsewhere: PlanRecords
) -> None:
    assert plans.end_draft(DRAFT, 0)
    assert (plans.draft(), plans.draft_at()) == (None, None)
    ids = [f"{number:032x}" for number in range(8)]
    for _ in range(4):
        given = at_once(lambda n: (plans, elsewhere)[n % 2].begin_draft(ids[n], 1, PLAN, OPENING), 8)
        assert set(given) == {plans.draft_at()}
        assert plans.end_draft(given[0].draft_id, 0)


def test_the_draft_is_written_down_whole_and_never_by_an_older_hand(plans: PlanRecords) -> None:
    save(plans, 1, 2, 3)
    plans.keep_draft(DRAFT, 2, named("at two"))
    plans.keep_draft(DRAFT, 1, named("at one"))
    plans.keep_draft("e" * 32, 3, named("of another draft"))
    draft = plans.draft()
    assert draft is not None
    assert (draft.revision, draft.kept_revision, draft.kept_document) == (3, 2, named("at two"))


# --- its edits -------------------------------------------------------------------------------------------------------


def test_edits_come_back_in_order_as_they_were_made(plans: PlanRecords) -> None:
    for number, author in ((7, "ada"), (3, "kim"), (5, "ada")):
        saved = plans.save_edit(step(number), author, OPENING + timedelta(seconds=number), lambda revision: None)
        assert saved is not None
        assert plans.edits(DRAFT, saved.revision - 1) == [saved]
    assert numbers_of(plans) == [(1, 7), (2, 3), (3, 5)]
    assert numbers_of(plans, 2) == [(3, 5)]
    second, _ = plans.edits(DRAFT, 1)
    assert (second.author, second.at, second.edit) == ("kim", OPENING + timedelta(seconds=3), step(3))
    assert plans.edits("e" * 32, 0) == []


def test_the_newest_steps_that_fit_are_told_oldest_first(plans: PlanRecords) -> None:
    save(plans, 1, 2)
    long = plans.save_edit(step(3, what="A" * 100), "ada", OPENING, lambda revision: None)
    save(plans, 4)
    assert long is not None

    def told(most: int, most_bytes: int = 2**20) -> list[int]:
        return [saved.revision for saved in plans.last_edits(DRAFT, most, most_bytes)]

    assert (told(10), told(2), told(0)) == ([1, 2, 3, 4], [3, 4], [])
    newest = len(plans.edits(DRAFT, 3)[0].model_dump_json())
    size = len(long.model_dump_json())
    assert (told(10, newest - 1), told(10, newest), told(10, newest + size - 1)) == ([], [4], [4])
    assert told(10, newest + size) == [3, 4]


def test_an_edit_sent_twice_is_answered_as_it_was_saved_and_judged_once(plans: PlanRecords) -> None:
    judged: list[int] = []
    first = plans.save_edit(step(1), "ada", OPENING, judged.append)
    save(plans, 2)
    assert plans.save_edit(step(1), "kim", OPENING + timedelta(hours=1), judged.append) == first
    assert (judged, numbers_of(plans)) == ([0], [(1, 1), (2, 2)])


def test_an_edit_that_does_not_fit_leaves_nothing_and_holds_nothing(plans: PlanRecords) -> None:
    def refuse(revision: int) -> None:
        raise ValueError(f"not on {revision}")

    with pytest.raises(ValueError, match="not on 0"):
        plans.save_edit(step(1), "ada", OPENING, refuse)
    assert (plans.draft_at(), numbers_of(plans)) == (DraftAt(DRAFT, 0), [])
    save(plans, 1)


def test_an_edit_of_a_draft_that_is_gone_is_not_saved(plans: PlanRecords) -> None:
    judged: list[int] = []
    assert plans.save_edit(step(1, "e" * 32), "ada", OPENING, judged.append) is None
    assert plans.end_draft(DRAFT, 0)
    assert plans.save_edit(step(1), "ada", OPENING, judged.append) is None
    assert judged == []


def test_edits_of_two_processes_at_once_are_judged_one_after_the_other(
    plans: PlanRecords, elsewhere: PlanRecords
) -> None:
    judged: list[int] = []
    at_once(lambda n: (plans, elsewhere)[n % 2].save_edit(step(n), "ada", OPENING, judged.append), 8)
    assert judged == list(range(8))
    kept = numbers_of(plans)
    assert [revision for revision, _ in kept] == list(range(1, 9))
    assert {number for _, number in kept} == set(range(8))


def test_the_same_edit_from_two_processes_at_once_is_saved_once(plans: PlanRecords, elsewhere: PlanRecords) -> None:
    judged: list[int] = []
    answers = at_once(lambda n: (plans, elsewhere)[n % 2].save_edit(step(1), "ada", OPENING, judged.append), 6)
    assert answers == [answers[0]] * 6
    assert (judged, numbers_of(plans)) == ([0], [(1, 1)])


@pytest.mark.parametrize("moment", Moment)
def test_a_process_killed_in_mid_save_leaves_all_of_the_edit_or_nothing(
    plans: PlanRecords, database: Database, moment: Moment
) -> None:
    save(plans, 1)
    save_and_die(database.url, step(2), moment)
    saved = [(1, 1), (2, 2)] if moment is Moment.AFTER_COMMIT else [(1, 1)]
    assert (numbers_of(plans), plans.draft_at()) == (saved, DraftAt(DRAFT, len(saved)))
    save(plans, 2)  # sent again, as an editor does that had no answer; the dead hold no lock
    assert (numbers_of(plans), plans.draft_at()) == ([(1, 1), (2, 2)], DraftAt(DRAFT, 2))


# --- its end ---------------------------------------------------------------------------------------------------------


def test_publishing_ends_the_draft_as_it_was_looked_at_or_does_nothing(plans: PlanRecords) -> None:
    save(plans, 1)
    assert plans.publish_draft(DRAFT, 0, named("too early"), None, "ada", "", OPENING) is None
    assert plans.publish_draft("e" * 32, 1, named("another"), None, "ada", "", OPENING) is None
    assert (plans.version(), plans.draft_at(), numbers_of(plans)) == (1, DraftAt(DRAFT, 1), [(1, 1)])
    assert plans.publish_draft(DRAFT, 1, named("new"), MEASURED, "kim", "wider", OPENING) == 2
    assert (plans.draft_at(), numbers_of(plans)) == (None, [])
    plan = plans.current()
    assert plan is not None
    assert (plan.version, plan.document, plan.calibration) == (2, named("new"), MEASURED)
    newest, _ = plans.versions()
    assert (newest.author, newest.note) == ("kim", "wider")
    assert plans.publish_draft(DRAFT, 1, named("again"), None, "ada", "", OPENING) is None


def test_a_draft_thrown_away_takes_its_edits_along(plans: PlanRecords) -> None:
    save(plans, 1, 2)
    assert not plans.end_draft(DRAFT, 1)
    assert numbers_of(plans) == [(1, 1), (2, 2)]
    assert plans.end_draft(DRAFT, 2)
    assert not plans.end_draft(DRAFT, 2)
    assert plans.begin_draft(DRAFT, 1, PLAN, OPENING) == DraftAt(DRAFT, 0)
    assert numbers_of(plans) == []


def test_an_edit_and_a_publication_at_once_never_both_happen(plans: PlanRecords, elsewhere: PlanRecords) -> None:
    for version in range(2, 8):
        at = plans.begin_draft(DRAFT, version - 1, PLAN, OPENING)
        assert at.revision == 0

        def work(number: int) -> object:
            if number:
                return elsewhere.save_edit(step(1), "kim", OPENING, lambda revision: None)
            return plans.publish_draft(DRAFT, 0, PLAN, None, "ada", "", OPENING)

        published, saved = at_once(work, 2)
        assert (published is None) != (saved is None)
        if published is None:
            assert numbers_of(plans) == [(1, 1)]
            assert plans.publish_draft(DRAFT, 1, PLAN, None, "ada", "", OPENING) == version


# --- pictures to trace -----------------------------------------------------------------------------------------------


def test_the_newest_picture_is_kept_and_lies_where_it_was_put(plans: PlanRecords) -> None:
    assert (plans.picture("p1"), plans.underlay()) == (None, None)
    plans.put_picture("p1", b"\x89PNG\x00one", OPENING)
    plans.put_picture("p2", b"\x89PNG\x00two", OPENING)
    assert (plans.picture("p1"), plans.picture("p2")) == (None, b"\x89PNG\x00two")
    plans.place_underlay('{"x": 1}')
    plans.place_underlay('{"x": 2}')
    assert plans.underlay() == '{"x": 2}'
    plans.place_underlay(None)
    assert plans.underlay() is None
