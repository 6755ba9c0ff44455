"""Withdrawal works at once and everywhere (requirements B4 to B6) in any order of events."""

from __future__ import annotations

import re
import tempfile
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from store_server.wire.privacy import Purpose
from store_server.wire.shopping import ChangeWishListItem, KioskState
from tests.fakes import MovableClock, RecordingMessenger
from tests.opened_store import AT_KIOSK, FAR_AWAY, KIOSK, NODES, OpenedStore, rssi_at
from tests.use_cases.hearing import LABEL, step_up

WANTED = ("peas", "rice")
NAMED = re.compile(r"\b(peas|rice)\b", re.IGNORECASE)


class Visit(RuleBasedStateMachine):
    """One beacon, its bearers, one kiosk; consents, pauses, returns, batches and ticks in any order."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "store.db"
        path.write_bytes(self.template.read_bytes())
        self.clock, self.messenger = MovableClock(), RecordingMessenger()
        self.opened = OpenedStore(f"sqlite:///{path}", self.clock, self.messenger)
        self.given: set[Purpose] = set()
        self.is_paused = False
        self.shopper_id: str | None = None
        self.allowed_since: datetime | None = None
        self.sequence = 0
        self.sent = self.read = 0
        self.has_tapped = False

    @initialize()
    def open_store(self) -> None:
        for node_id in NODES:
            self.opened.node(node_id)

    def teardown(self) -> None:
        self.opened.close()
        self.folder.cleanup()

    @property
    def may_locate(self) -> bool:
        needs = self.given - {Purpose.PREDICTION}
        return self.shopper_id is not None and not self.is_paused and bool(needs)

    def _changed(self, was_allowed: bool) -> None:
        if not self.may_locate:
            self.allowed_since = None
        elif not was_allowed:
            self.allowed_since = self.clock.now()

    @precondition(lambda self: self.shopper_id is None)
    @rule()
    def hand_out(self) -> None:
        self.shopper_id, _ = self.opened.hand_out(LABEL)
        self.given, self.is_paused = set(), False
        for sku in WANTED:
            self.opened.store.lists.put(self.shopper_id, ChangeWishListItem(sku=sku))

    @precondition(lambda self: self.shopper_id is not None)
    @rule()
    def take_back(self) -> None:
        self.opened.store.desk.take_back(LABEL)
        self.shopper_id = None
        self._changed(True)

    @precondition(lambda self: self.shopper_id is not None)
    @rule(purpose=st.sampled_from([Purpose.GUIDANCE, Purpose.SUGGESTIONS, Purpose.HEATMAP, Purpose.PREDICTION]))
    def give(self, purpose: Purpose) -> None:
        was_allowed = self.may_locate
        self.opened.give(str(self.shopper_id), purpose)
        self.given.add(purpose)
        self._changed(was_allowed)

    @precondition(lambda self: self.given and self.shopper_id is not None)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        was_allowed = self.may_locate
        purpose = data.draw(st.sampled_from(sorted(self.given)))
        self.opened.withdraw(str(self.shopper_id), purpose)
        self.given.discard(purpose)
        self._changed(was_allowed)

    @precondition(lambda self: self.shopper_id is not None)
    @rule(is_paused=st.booleans())
    def pause(self, is_paused: bool) -> None:
        was_allowed = self.may_locate
        self.opened.store.promises.pause(str(self.shopper_id), is_paused)
        self.is_paused = is_paused
        self._changed(was_allowed)

    @rule(seconds=st.sampled_from([0.0, 0.25, 0.5, 2.0, 15.0]))
    def wait(self, seconds: float) -> None:
        self.clock.move(seconds)

    @rule(age_s=st.sampled_from([0.0, 0.0, 0.0, 1.0, 10.0, 29.0]), is_near=st.booleans())
    def hear(self, age_s: float, is_near: bool) -> None:
        place = AT_KIOSK if is_near else FAR_AWAY
        heard_at = datetime.fromtimestamp(self.clock.now().timestamp() - age_s, self.clock.now().tzinfo)
        for node_id in NODES:
            sighting = self.opened.heard(LABEL, rssi_at(node_id, place), at=heard_at)
            self.opened.receive(node_id, [sighting], self.sequence)
        self.sequence += 1

    @rule()
    def tick(self) -> None:
        self.opened.store.spine.tick()

    @rule()
    def visit_kiosk(self) -> None:
        """Often enough that views are opened, whatever came before."""
        self.sequence = step_up(self.opened, self.sequence)

    @rule()
    def tap(self) -> None:
        tokens = self.opened.store.views.state(KIOSK).tokens
        if tokens:
            self.has_tapped = True
            self.opened.store.at_kiosk.tap(KIOSK, tokens[0].token_id)

    @invariant()
    def nothing_is_named_or_placed_before_a_tap(self) -> None:
        new, self.read = self.messenger.to_kiosks[self.read :], len(self.messenger.to_kiosks)
        if not self.has_tapped:
            assert all(isinstance(message, KioskState) and message.opened is None for _, message in new)
            assert not any(NAMED.search(message.model_dump_json()) for _, message in new)
        self.has_tapped = self.has_tapped and self.opened.store.views.state(KIOSK).opened is not None

    @invariant()
    def nothing_is_stored_without_a_yes(self) -> None:
        if not self.may_locate:
            assert self.opened.stored_sightings() == 0
            assert self.opened.live.tracks() == []
            return
        (held_epoch,) = {s.epoch for _, s in self.opened.records.shoppers.bound_beacons()}
        window = self.opened.live.window(0)
        assert set(window.bearers.values()) <= {(self.shopper_id, held_epoch)}
        assert {(t.shopper_id, t.epoch) for t in self.opened.live.tracks()} <= {(self.shopper_id, held_epoch)}
        assert self.allowed_since is not None
        # Instants are kept as floating seconds; a microsecond is their step.
        assert all(window.sightings.heard_s >= self.allowed_since.timestamp() - 1e-5), "heard without a yes (B6)"

    @invariant()
    def nothing_is_shown_without_a_yes(self) -> None:
        may_guide = self.shopper_id is not None and not self.is_paused and Purpose.GUIDANCE in self.given
        state = self.opened.store.views.state(KIOSK)
        new, self.sent = self.messenger.to_kiosks[self.sent :], len(self.messenger.to_kiosks)
        if not may_guide:
            assert (state.tokens, state.opened) == ((), None)
            if new:
                last = new[-1][1]
                assert isinstance(last, KioskState)
                assert (last.tokens, last.opened) == ((), None)
        elif state.opened is not None and Purpose.SUGGESTIONS not in self.given:
            assert (state.opened.may_suggest, state.opened.suggestion) == (False, None)

    @invariant()
    def the_screen_shows_what_the_server_holds(self) -> None:
        told = [m for _, m in self.messenger.to_kiosks if isinstance(m, KioskState)]
        state = self.opened.store.views.state(KIOSK)
        if told:
            assert (told[-1].version, told[-1].tokens) == (state.version, state.tokens)
            assert (told[-1].opened is None) == (state.opened is None)


class VisitOfAGuidedShopper(Visit):
    """Who was handed a beacon, said yes to guidance and stands before the kiosk: then anything may happen."""

    @initialize()
    def open_store(self) -> None:
        super().open_store()
        self.hand_out()
        self.give(Purpose.GUIDANCE)
        self.visit_kiosk()


@pytest.mark.parametrize("visit", [Visit, VisitOfAGuidedShopper])
def test_b5_nothing_passes_the_fence_and_nothing_is_named_before_a_tap_in_any_order_of_events(
    stocked_sqlite: Path, visit: type[Visit]
) -> None:
    visit.template = stocked_sqlite
    run_state_machine_as_test(
        visit,
        settings=settings(
            max_examples=10, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
