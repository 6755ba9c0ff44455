"""Any edits, taken back and done again, saved and opened: the plan stays one the contract accepts, and nothing is lost."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.domain.plan_edits import Draft, EditDoesNotFit, changes_between, turned_round
from store_server.wire.drafts import EditKind, FeatureChange, HeaderChange, PlanEdit
from store_server.wire.floorplans import Feature, FixtureFeature, FloorplanDocument, NodeFeature
from tests.opened_store import PLAN

IDS = [f"shape-{number}" for number in range(5)]
SOME_SHELF = next(feature for feature in PLAN.features if isinstance(feature, FixtureFeature))
SOME_NODE = next(feature for feature in PLAN.features if isinstance(feature, NodeFeature))


def edit(changes: tuple[FeatureChange, ...], header: HeaderChange | None = None) -> PlanEdit:
    return PlanEdit(
        edit_id="0" * 32,
        draft_id="0" * 32,
        base_revision=0,
        kind=EditKind.SET,
        what="any",
        changes=changes,
        header=header,
    )


def content(draft: Draft) -> str:
    return draft.document().model_dump_json()


@dataclass(frozen=True)
class Wish:
    """Something a manager might do next, whatever there is by then."""

    kind: str
    feature_id: str
    metres: float
    is_shelf: bool

    def on(self, draft: Draft) -> PlanEdit:
        was = draft.features.get(self.feature_id)
        if self.kind == "rename":
            return edit(
                (), HeaderChange(before=draft.header, after=draft.header.model_copy(update={"name": f"{self.metres}"}))
            )
        if self.kind == "remove" and was is not None:
            return edit((FeatureChange(before=was),))
        return edit((FeatureChange(before=was, after=self._shape()),))

    def _shape(self) -> Feature:
        x, y = self.metres, self.metres / 3
        if self.is_shelf:
            ring = ((x, y), (x + 1, y), (x + 1, y + 2), (x, y + 2), (x, y))
            geometry: object = SOME_SHELF.geometry.model_copy(update={"coordinates": (ring,)})
            shape: Feature = SOME_SHELF
        else:
            geometry, shape = SOME_NODE.geometry.model_copy(update={"coordinates": (x, y)}), SOME_NODE
        named = shape.properties.model_copy(update={"key": self.feature_id})
        return shape.model_copy(update={"id": self.feature_id, "geometry": geometry, "properties": named})


WISHES = st.builds(
    Wish,
    kind=st.sampled_from(["put", "put", "remove", "rename"]),
    feature_id=st.sampled_from(IDS),
    metres=st.floats(-1000, 1000).map(lambda metres: round(metres, 3)),
    is_shelf=st.booleans(),
)


@given(st.lists(WISHES, max_size=25))
def test_undoing_all_and_doing_it_again_gives_the_same_bytes(wishes: list[Wish]) -> None:
    states, edits = [Draft.of(PLAN)], []
    for wish in wishes:
        edits.append(wish.on(states[-1]))
        states.append(states[-1].edited(edits[-1]))
    now = states[-1]
    for step, before in zip(reversed(edits), reversed(states[:-1]), strict=True):
        now = now.edited(edit(*turned_round(step)))
        assert content(now) == content(before)
    for step in edits:
        now = now.edited(step)
    assert content(now) == content(states[-1])


@given(st.lists(st.tuples(WISHES, st.booleans(), st.booleans()), max_size=25))
def test_whatever_is_edited_saved_and_opened_again_is_a_plan_by_the_contract(
    wishes: list[tuple[Wish, bool, bool]],
) -> None:
    draft = Draft.of(PLAN)
    for wish, is_taken_back, is_saved in wishes:
        step = PlanEdit.model_validate_json(wish.on(draft).model_dump_json())  # as it comes over the wire
        after = draft.edited(step)
        draft = after.edited(edit(*turned_round(step))) if is_taken_back else after
        if is_saved:
            draft = Draft.of(FloorplanDocument.model_validate_json(content(draft)))
    assert FloorplanDocument.model_validate_json(content(draft)) == draft.document()


@given(st.lists(WISHES, max_size=8), WISHES, WISHES)
def test_an_edit_fits_exactly_while_its_shapes_are_as_it_found_them(
    wishes: list[Wish], mine: Wish, theirs: Wish
) -> None:
    draft = Draft.of(PLAN)
    for wish in wishes:
        draft = draft.edited(wish.on(draft))
    step = mine.on(draft)
    after = draft.edited(theirs.on(draft))
    touched = {change.feature_id: change.before for change in step.changes}
    fits = all(after.features.get(i) == before for i, before in touched.items())
    fits = fits and (step.header is None or after.header == step.header.before)
    if fits:
        after.edited(step)
    else:
        before = content(after)
        with pytest.raises(EditDoesNotFit) as refused:
            after.edited(step)
        assert set(refused.value.feature_ids) <= set(touched)
        assert content(after) == before


@given(st.lists(WISHES, max_size=10), st.lists(WISHES, max_size=10))
def test_the_changes_between_two_drafts_make_one_the_other(ones: list[Wish], others: list[Wish]) -> None:
    drafts = [Draft.of(PLAN), Draft.of(PLAN)]
    for number, wishes in enumerate((ones, others)):
        for wish in wishes:
            drafts[number] = drafts[number].edited(wish.on(drafts[number]))
    made = drafts[0].edited(edit(changes_between(*drafts)))
    assert made.features == drafts[1].features


def test_a_document_in_any_order_is_one_draft() -> None:
    turned = PLAN.model_copy(update={"features": tuple(reversed(PLAN.features))})
    assert content(Draft.of(turned)) == content(Draft.of(PLAN))
    assert next(feature.feature_type for feature in Draft.of(turned).document().features) == "level"


def test_a_change_is_of_one_shape() -> None:
    for change in ({}, {"before": SOME_SHELF, "after": SOME_NODE}):
        with pytest.raises(ValueError, match="one shape"):
            FeatureChange.model_validate(change)
