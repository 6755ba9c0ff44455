"""Edits that fit the draft and are refused all the same, at their field; what is not published, and who throws what away."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from store_server.domain.plan_edits import turned_round
from store_server.use_cases.edit_floorplans import Drafts
from store_server.use_cases.refusals import NotAllowed, Unfit
from store_server.wire.drafts import AuthorSteps, DraftChanged, EditKind, HeaderChange
from store_server.wire.floorplans import (
    BlockedAreaFeature,
    BlockedAreaProperties,
    Feature,
    FixtureFeature,
    KioskFeature,
    NodeFeature,
)
from store_server.wire.plan_versions import DiscardDraft, PublishDraft, RollBack
from tests.opened_store import OpenedStore
from tests.use_cases.editing import edit


@pytest.fixture
def drafts(opened: OpenedStore) -> Drafts:
    return opened.store.drafts


def shape(drafts: Drafts, feature_id: str) -> Feature:
    return drafts.held().draft.features[feature_id]


def with_properties(feature: Feature, **values: object) -> Feature:
    return feature.model_copy(update={"properties": feature.properties.model_copy(update=values)})


def second_shelf(drafts: Drafts, key: str = "B") -> FixtureFeature:
    """Another shelf, drawn but not saved."""
    shelf = shape(drafts, "A")
    assert isinstance(shelf, FixtureFeature)
    beside = tuple((x + 6.0, y) for x, y in (p[:2] for p in shelf.geometry.coordinates[0]))
    geometry = shelf.geometry.model_copy(update={"coordinates": (beside,)})
    properties = shelf.properties.model_copy(update={"key": key})
    return FixtureFeature(type="Feature", id="B", feature_type="fixture", geometry=geometry, properties=properties)


def closed_off(drafts: Drafts, from_at: datetime | None, until_at: datetime | None) -> BlockedAreaFeature:
    shelf = second_shelf(drafts)
    properties = BlockedAreaProperties(key="wet floor", level_id="L", from_at=from_at, until_at=until_at)
    return BlockedAreaFeature(
        type="Feature", id="wet", feature_type="blocked_area", geometry=shelf.geometry, properties=properties
    )


@pytest.mark.parametrize("hours", [0, -1])
def test_a_blocked_area_does_not_end_before_it_begins(opened: OpenedStore, hours: int) -> None:
    drafts, now = opened.store.drafts, opened.clock.now()
    area = closed_off(drafts, now, now + timedelta(hours=hours))
    with pytest.raises(Unfit, match="wet floor ends before it begins") as refusal:
        drafts.save(edit(drafts, (None, area)), "ada")
    assert refusal.value.fields == ("changes.0.after.properties.until_at",)
    assert drafts.held().revision == 0
    drafts.save(edit(drafts, (None, closed_off(drafts, now, None))), "ada")
    late = closed_off(drafts, now, now + timedelta(hours=1))
    drafts.save(edit(drafts, (shape(drafts, "wet"), late)), "ada")
    assert shape(drafts, "wet") == late


def test_a_key_that_is_taken_is_refused_at_its_field(drafts: Drafts) -> None:
    drafts.save(edit(drafts, (None, second_shelf(drafts)), kind=EditKind.DRAW), "ada")
    renamed = with_properties(shape(drafts, "B"), key="A")
    with pytest.raises(Unfit, match="Another fixture has the key A") as refusal:
        drafts.save(edit(drafts, (shape(drafts, "B"), renamed)), "ada")
    assert refusal.value.fields == ("changes.0.after.properties.key",)
    # The same key of another type of shape is another name.
    drafts.save(edit(drafts, (shape(drafts, "B"), with_properties(shape(drafts, "B"), key="till"))), "ada")


def test_two_shapes_may_change_names_with_each_other_in_one_step(drafts: Drafts) -> None:
    drafts.save(edit(drafts, (None, second_shelf(drafts)), kind=EditKind.DRAW), "ada")
    one, other = shape(drafts, "A"), shape(drafts, "B")
    swapped = edit(drafts, (one, with_properties(one, key="B")), (other, with_properties(other, key="A")))
    assert drafts.save(swapped, "ada").revision == 2


def test_a_device_stands_in_one_place(drafts: Drafts) -> None:
    node, kiosk = shape(drafts, "rpi-01"), shape(drafts, "K")
    assert isinstance(node, NodeFeature)
    assert isinstance(kiosk, KioskFeature)
    with pytest.raises(Unfit, match="Another scanner node has the node key rpi-02") as refusal:
        drafts.save(edit(drafts, (node, with_properties(node, node_key="rpi-02"))), "ada")
    assert refusal.value.fields == ("changes.0.after.properties.node_key",)
    second = with_properties(kiosk, key="K2", kiosk_key="kiosk-2").model_copy(update={"id": "K2"})
    drafts.save(edit(drafts, (None, second), kind=EditKind.DRAW), "ada")
    with pytest.raises(Unfit, match="Another kiosk has the kiosk key kiosk-1"):
        drafts.save(edit(drafts, (second, with_properties(second, kiosk_key="kiosk-1"))), "ada")


def test_of_two_shapes_drawn_at_once_with_one_key_none_is_lost_and_a_rename_can_be_undone(drafts: Drafts) -> None:
    """What is found wrong with it is listed: refusing it would take away what somebody has drawn."""
    drafts.save(edit(drafts, (None, second_shelf(drafts, key="A")), kind=EditKind.DRAW), "kim")
    renamed = edit(drafts, (shape(drafts, "B"), with_properties(shape(drafts, "B"), key="B")))
    drafts.save(renamed, "kim")
    back, _ = turned_round(renamed)
    undo = edit(drafts, undoes=2).model_copy(update={"changes": back})
    assert drafts.save(undo, "kim").revision == 3
    assert shape(drafts, "B").properties.key == "A"


def test_a_step_that_changes_nothing_is_refused(drafts: Drafts) -> None:
    shelf, header = shape(drafts, "A"), drafts.held().draft.header
    for empty in (
        edit(drafts),
        edit(drafts, (shelf, shelf)),
        edit(drafts, header=HeaderChange(before=header, after=header)),
        edit(drafts, (shelf, shelf), header=HeaderChange(before=header, after=header)),
    ):
        with pytest.raises(Unfit, match="changes nothing"):
            drafts.save(empty, "ada")
    assert drafts.held().revision == 0


def published(drafts: Drafts) -> PublishDraft:
    held = drafts.held()
    return PublishDraft(draft_id=held.draft_id, revision=held.revision)


def test_there_is_nothing_to_publish_where_the_draft_is_what_is_published(opened: OpenedStore) -> None:
    drafts = opened.store.drafts
    with pytest.raises(Unfit, match="nothing to publish: the draft is the same as version 1"):
        drafts.publish(published(drafts), "ada", may_publish=True)
    assert opened.store.comparison.diff(1, None).is_same
    till = shape(drafts, "till")
    drafts.save(edit(drafts, (till, with_properties(till, category="information"))), "ada")
    assert not opened.store.comparison.diff(1, None).is_same
    # Drawn and taken back again: the draft has steps, and still nothing differs.
    drafts.save(edit(drafts, (shape(drafts, "till"), till), undoes=1), "ada")
    with pytest.raises(Unfit, match="nothing to publish"):
        drafts.publish(published(drafts), "ada", may_publish=True)
    renamed = drafts.held().draft.header.model_copy(update={"name": "another name"})
    drafts.save(edit(drafts, header=HeaderChange(before=drafts.held().draft.header, after=renamed)), "ada")
    assert not opened.store.comparison.diff(1, None).is_same
    assert drafts.publish(published(drafts), "ada", may_publish=True).version == 2


def test_who_has_the_draft_open_learns_that_another_version_was_gone_back_to(opened: OpenedStore) -> None:
    drafts = opened.store.drafts
    till = shape(drafts, "till")
    drafts.save(edit(drafts, (till, None)), "ada")
    drafts.publish(published(drafts), "ada", may_publish=True)
    drafts.save(edit(drafts, (shape(drafts, "K"), None)), "kim")
    assert drafts.edits(1).published_version == 2
    drafts.roll_back(RollBack(version=1), "ada", may_publish=True)
    draft_id = drafts.held().draft_id
    assert opened.messenger.staff[-1] == DraftChanged(draft_id=draft_id, revision=1, author="ada")
    assert (drafts.edits(1).draft_id, drafts.edits(1).published_version) == (draft_id, 3)


def discarded(drafts: Drafts) -> DiscardDraft:
    held = drafts.held()
    return DiscardDraft(draft_id=held.draft_id, revision=held.revision)


def test_only_who_may_publish_throws_away_the_steps_of_others(drafts: Drafts) -> None:
    drafts.save(edit(drafts, (None, second_shelf(drafts)), kind=EditKind.DRAW), "ada")
    till = shape(drafts, "till")
    drafts.save(edit(drafts, (till, None)), "kim")
    drafts.save(edit(drafts, (shape(drafts, "K"), None)), "kim")
    assert drafts.authors().authors == (AuthorSteps(author="kim", steps=2), AuthorSteps(author="ada", steps=1))
    with pytest.raises(NotAllowed, match="steps of ada"):
        drafts.discard(discarded(drafts), "kim", may_publish=False)
    assert drafts.held().revision == 3
    drafts.discard(discarded(drafts), "kim", may_publish=True)
    assert drafts.held().revision == 0


def test_what_the_others_took_back_keeps_nobody_from_beginning_again(drafts: Drafts) -> None:
    till = shape(drafts, "till")
    drafts.save(edit(drafts, (till, None)), "ada")
    drafts.save(edit(drafts, (None, till), undoes=1), "ada")
    drafts.save(edit(drafts, (shape(drafts, "K"), None)), "kim")
    assert drafts.authors().authors == (AuthorSteps(author="kim", steps=1),)
    drafts.discard(discarded(drafts), "kim", may_publish=False)
    assert drafts.held().revision == 0
