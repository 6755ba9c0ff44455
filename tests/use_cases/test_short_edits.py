"""What an edit moves, said by the new place alone: kept spelled out, and never over what somebody else did."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from store_server.use_cases.edit_floorplans import Drafts
from store_server.use_cases.refusals import Conflict, Unfit
from store_server.wire.drafts import MAX_CHANGES, FeatureChange
from store_server.wire.sent_edits import SentEdit
from tests.opened_store import OpenedStore
from tests.use_cases.editing import edit, moved, shelf


@pytest.fixture
def drafts(opened: OpenedStore) -> Drafts:
    return opened.store.drafts


def shift(drafts: Drafts, by_m: float = 0.5, **more: object) -> SentEdit:
    """The same, said by the new place alone."""
    return edit(drafts, moved=({"id": shelf(drafts).id, "geometry": moved(shelf(drafts), by_m).geometry},), **more)


def test_a_shape_can_be_moved_by_its_new_place_alone_and_is_kept_spelled_out(drafts: Drafts) -> None:
    was = shelf(drafts)
    assert drafts.save(shift(drafts), "ada").revision == 1
    assert shelf(drafts) == moved(was, 0.5)
    (saved,) = drafts.edits(0).edits
    assert saved.edit.changes == (FeatureChange(before=was, after=moved(was, 0.5)),)


def test_a_shape_moved_by_its_place_alone_is_moved_once_however_often_it_is_sent(drafts: Drafts) -> None:
    step = shift(drafts)
    assert drafts.save(step, "ada").revision == 1
    assert drafts.save(step, "ada").revision == 1
    assert len(drafts.edits(0).edits) == 1


def test_a_shape_somebody_touched_is_not_moved_by_who_has_not_seen_it_and_others_are(drafts: Drafts) -> None:
    late = shift(drafts, 1.0)
    named = shelf(drafts).model_copy(update={"properties": shelf(drafts).properties.model_copy(update={"key": "Z"})})
    drafts.save(edit(drafts, (shelf(drafts), named)), "bob")
    with pytest.raises(Conflict, match="Z"):
        drafts.save(late, "ada")
    node = {"id": "rpi-01", "geometry": {"type": "Point", "coordinates": (1.5, 1.5)}}
    other = edit(drafts, base_revision=0, moved=(node,))
    assert [each.author for each in drafts.save(other, "ada").others] == ["bob"]
    assert shelf(drafts) == named


def test_a_shape_that_is_not_there_is_not_moved(drafts: Drafts) -> None:
    with pytest.raises(Conflict):
        drafts.save(edit(drafts, moved=({"id": "nowhere", "geometry": shelf(drafts).geometry},)), "ada")
    assert drafts.held().revision == 0


def test_a_shape_is_not_made_another_kind_by_moving_it(drafts: Drafts) -> None:
    with pytest.raises(Unfit) as refused:
        drafts.save(edit(drafts, moved=({"id": "A", "geometry": {"type": "Point", "coordinates": (1, 2)}},)), "ada")
    assert refused.value.fields == ("moved.0.geometry",)
    assert drafts.held().revision == 0


def test_an_edit_holds_no_more_shapes_said_in_short_than_spelled_out(drafts: Drafts) -> None:
    too_many = [{"id": str(n), "geometry": {"type": "Point", "coordinates": (1, 2)}} for n in range(MAX_CHANGES)]
    with pytest.raises(ValidationError, match="at most"):
        edit(drafts, (shelf(drafts), None), moved=tuple(too_many))
