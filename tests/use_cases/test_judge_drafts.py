"""What an editor is told of a draft's problems with each step: put together, it is the whole list."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store_server.use_cases.held_drafts import HeldDraft
from store_server.use_cases.judge_drafts import LISTS_KEPT, Checks, Judge
from tests.domain.drafting import edits, read, small_shop, with_shapes
from tests.domain.floors import fixture
from tests.domain.test_problem_lists import applied
from tests.opened_store import OpenedStore


class Edited:
    """A judge of a draft that a test edits."""

    def __init__(self, opened: OpenedStore) -> None:
        self.held = HeldDraft("d" * 32, 0, 0, 0, small_shop())
        self.judge = Judge(opened.records, Checks(opened.records, opened.clock), lambda: self.held, lambda: self.held)

    def edit(self, data: st.DataObject) -> None:
        draft = with_shapes(self.held.draft, data.draw(edits(self.held.draft)))
        self.held = replace(self.held, draft=draft, revision=self.held.revision + 1)


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_after_any_edits_what_was_told_of_the_changes_is_the_whole_list(
    opened: OpenedStore, data: st.DataObject
) -> None:
    edited = Edited(opened)
    first = edited.judge.problems()
    shown, list_id = first.problems, first.list_id
    for _ in range(data.draw(st.integers(1, 5))):
        for _ in range(data.draw(st.integers(1, 2))):
            edited.edit(data)
        change = edited.judge.problems_since(list_id)
        assert change.from_list_id == list_id
        shown, list_id = applied(shown, change), change.list_id
        whole = Edited(opened)
        whole.held = edited.held
        assert (shown, change.revision, list_id) == (
            whole.judge.problems().problems,
            edited.held.revision,
            edited.judge.problems().list_id,
        )


def test_of_a_list_nobody_remembers_all_is_told(opened: OpenedStore) -> None:
    edited = Edited(opened)
    now = edited.judge.problems()
    change = edited.judge.problems_since("f" * 32)
    assert (change.from_list_id, change.list_id) == (None, now.list_id)
    assert applied((), change) == now.problems


def test_the_lists_told_last_are_remembered_and_older_ones_let_go(opened: OpenedStore) -> None:
    edited = Edited(opened)
    names = [edited.judge.problems().list_id]
    for number in range(LISTS_KEPT):
        outside = read(fixture(f"X{number}", (30, 30, 31, 31)))
        draft = with_shapes(small_shop(), {outside.id: outside})
        edited.held = replace(edited.held, draft=draft, revision=number + 1)
        names.append(edited.judge.problems().list_id)
    assert len(set(names)) == LISTS_KEPT + 1
    assert edited.judge.problems_since(names[1]).from_list_id == names[1]
    assert edited.judge.problems_since(names[0]).from_list_id is None
