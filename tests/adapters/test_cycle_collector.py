"""Plans are left alone by Python's collector of cycles, and go all the same once nobody holds them."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from store_server.adapters.cycle_collector import leave_survivors_alone, look_through_everything
from tests.opened_store import PLAN, OpenedStore


class Ring:
    """A cycle: it never goes by itself."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def left_alone() -> Iterator[None]:
    thresholds, callbacks = gc.get_threshold(), list(gc.callbacks)
    leave_survivors_alone()
    leave_survivors_alone()  # a second time changes nothing
    assert len(gc.callbacks) == len(callbacks) + 1
    yield
    gc.callbacks[:] = callbacks
    gc.set_threshold(*thresholds)
    gc.unfreeze()


def test_what_survived_once_is_not_looked_through_again(left_alone: None) -> None:
    ring = Ring()
    gc.collect()
    assert gc.get_freeze_count() > 1000
    assert not any(each is ring for each in gc.get_objects())
    gone = weakref.ref(ring)
    del ring
    gc.collect()
    assert gone() is not None, "it ended after it was left alone"
    look_through_everything()
    assert gone() is None


def test_a_plan_and_a_draft_that_were_let_go_need_no_collector(opened: OpenedStore) -> None:
    store, plans = opened.store, opened.records.plans
    floor, held = store.floors.current(), store.drafts.held()
    assert floor is not None
    watched: list[weakref.ref[object]] = [weakref.ref(each) for each in (floor.plan.document, floor.estimator)]
    watched += [weakref.ref(feature) for feature in held.draft.features.values()]
    assert len(watched) > 10
    del floor, held
    gc.collect()
    gc.disable()
    try:
        plans.publish(PLAN.model_copy(deep=True), None, "ada", "", opened.clock.now())
        store.floors.current()
        store.drafts.held()
        store.spine.tick()
        assert [each for each in watched if each() is not None] == []
    finally:
        gc.enable()
