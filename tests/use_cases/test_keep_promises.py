"""Withdrawal works at once and everywhere (requirements B4 to B6): in any order of events, and under load."""

from __future__ import annotations

import tempfile
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

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

from store_server.domain.consent import admit
from store_server.domain.notices import notice
from store_server.ports import LiveTrack
from store_server.use_cases.refusals import Conflict, NotAllowed, NotFound
from store_server.wire.presence import TrackMoved
from store_server.wire.privacy import ChangeConsent, Purpose
from store_server.wire.shopping import ClosedReason, KioskState
from tests.fakes import MovableClock, RecordingMessenger
from tests.opened_store import AT_KIOSK, FAR_AWAY, KIOSK, NODES, OpenedStore, rssi_at

LABEL = "TAG-001"


def step_up(opened: OpenedStore, sequence: int = 0, place: tuple[float, float] = AT_KIOSK) -> int:
    """The beacon is heard at this place until its bearer has a token at the kiosk; the next batch number."""
    for _ in range(6):
        opened.clock.move(0.5)
        hear(opened, sequence, place)
        opened.store.spine.tick()
        sequence += 1
    return sequence


def hear(opened: OpenedStore, sequence: int, place: tuple[float, float] = AT_KIOSK, label: str = LABEL) -> None:
    for node_id in NODES:
        opened.receive(node_id, [opened.heard(label, rssi_at(node_id, place))], sequence)


@pytest.fixture
def shopper_id(opened: OpenedStore) -> str:
    """A shopper with GUIDANCE and SUGGESTIONS, whose token was tapped at the kiosk."""
    for node_id in NODES:
        opened.node(node_id)
    shopper_id, _ = opened.hand_out(LABEL)
    opened.give(shopper_id, Purpose.GUIDANCE, Purpose.SUGGESTIONS)
    step_up(opened)
    (token,) = opened.store.views.state(KIOSK).tokens
    assert opened.store.at_kiosk.tap(KIOSK, token.token_id).opened is not None
    return shopper_id


def last_state(messenger: RecordingMessenger) -> KioskState:
    return next(message for _, message in reversed(messenger.to_kiosks) if isinstance(message, KioskState))


def test_withdrawing_ends_everything_before_it_answers(opened: OpenedStore, shopper_id: str) -> None:
    opened.withdraw(shopper_id, Purpose.SUGGESTIONS)
    opened.withdraw(shopper_id, Purpose.GUIDANCE)
    assert opened.live.tracks() == []
    assert opened.stored_sightings() == 0
    told = last_state(opened.messenger)
    assert (told.tokens, told.opened, told.closed_reason) == ((), None, ClosedReason.WITHDRAWN)
    assert opened.store.spine.admissions.current(opened.clock.now()).valid_ids().ids == ()
    sent = len(opened.messenger.to_kiosks)
    step_up(opened, 100)
    assert opened.stored_sightings() == 0
    assert opened.live.tracks() == []
    assert all(isinstance(m, KioskState) and m.tokens == () for _, m in opened.messenger.to_kiosks[sent:])


def test_what_was_still_in_flight_is_dropped_at_the_write(opened: OpenedStore, shopper_id: str) -> None:
    live = opened.live
    table = opened.store.spine.admissions.current(opened.clock.now())
    (held,) = live.tracks()
    opened.withdraw(shopper_id, Purpose.GUIDANCE)
    opened.withdraw(shopper_id, Purpose.SUGGESTIONS)
    # A batch and a tick that began before the withdrawal, and end after it.
    late = admit("rpi-01", [opened.heard()], table.admissions)
    assert len(late.sightings) == 1
    live.add(late)
    live.save_tracks([held])
    assert (opened.stored_sightings(), live.tracks()) == (0, [])
    sent = len(opened.messenger.to_kiosks)
    floor = opened.store.floors.current()
    assert floor is not None
    opened.store.spine.look_at_kiosk(floor, KIOSK, table.standings, opened.clock.now())
    assert opened.messenger.to_kiosks[sent:] == []


def test_withdrawing_suggestions_goes_on_guiding(opened: OpenedStore, shopper_id: str) -> None:
    opened.withdraw(shopper_id, Purpose.SUGGESTIONS)
    told = last_state(opened.messenger)
    assert told.opened is not None
    assert (told.opened.may_suggest, told.opened.suggestion) == (False, None)
    step_up(opened, 100)
    still = opened.store.views.state(KIOSK)
    assert still.opened is not None, "the view stands on the new epoch"


def test_a_tick_that_began_before_a_purpose_ended_does_not_close_the_view(opened: OpenedStore, shopper_id: str) -> None:
    table = opened.store.spine.admissions.current(opened.clock.now())
    floor = opened.store.floors.current()
    assert floor is not None
    (held,) = opened.live.tracks()
    opened.withdraw(shopper_id, Purpose.SUGGESTIONS)
    opened.live._tracks[held.track.beacon_id] = held  # as that tick still sees it
    sent = len(opened.messenger.to_kiosks)
    opened.store.spine.look_at_kiosk(floor, KIOSK, table.standings, opened.clock.now())
    assert opened.store.views.state(KIOSK).opened is not None
    assert not [m for _, m in opened.messenger.to_kiosks[sent:] if isinstance(m, TrackMoved)], (
        "an old place stays untold"
    )


def test_a_screen_hears_of_a_withdrawal_whoever_writes_its_view_first(opened: OpenedStore, shopper_id: str) -> None:
    """The epoch rises while a tick is about to write the view; the withdrawal then finds nobody to take off."""
    sent = len(opened.messenger.to_kiosks)
    opened.live.raise_epoch(shopper_id, 1)
    opened.store.views.change(KIOSK, lambda view: view, opened.clock.now())
    assert opened.store.views.showing(shopper_id) == []
    told = [message for _, message in opened.messenger.to_kiosks[sent:]]
    assert [isinstance(m, KioskState) and m.opened for m in told] == [None]


def test_pausing_hides_and_resuming_begins_anew(opened: OpenedStore, shopper_id: str) -> None:
    promises, overview = opened.store.promises, opened.store.promises.overview
    promises.pause(shopper_id, True)
    promises.pause(shopper_id, True)
    assert last_state(opened.messenger).tokens == ()
    assert overview(shopper_id, can_change=False).is_paused
    step_up(opened, 100)
    assert opened.stored_sightings() == 0
    during = opened.heard()
    opened.clock.move(2)
    promises.pause(shopper_id, False)
    opened.receive("rpi-01", [during], 200)
    assert opened.stored_sightings() == 0, "heard during the pause (requirement B6)"
    assert {p.purpose for p in overview(shopper_id, can_change=True).purposes if p.is_given} == {
        Purpose.GUIDANCE,
        Purpose.SUGGESTIONS,
    }
    step_up(opened, 300)
    assert len(opened.store.views.state(KIOSK).tokens) == 1


def test_b6_what_was_heard_before_the_yes_is_dropped(opened: OpenedStore) -> None:
    opened.node()
    shopper_id, _ = opened.hand_out(LABEL)
    before = opened.heard()
    opened.clock.move(5)
    opened.give(shopper_id, Purpose.HEATMAP)
    opened.receive("rpi-01", [before, opened.heard()], 0)
    assert opened.stored_sightings() == 1


def test_prediction_alone_lets_nothing_be_heard(opened: OpenedStore) -> None:
    opened.node()
    shopper_id, _ = opened.hand_out(LABEL)
    opened.give(shopper_id, Purpose.PREDICTION)
    opened.receive("rpi-01", [opened.heard()], 0)
    assert opened.stored_sightings() == 0


def test_t39_giving_one_purpose_gives_that_one(opened: OpenedStore) -> None:
    shopper_id, _ = opened.hand_out(LABEL)
    for purpose in Purpose:
        opened.give(shopper_id, purpose)
        record = opened.records.shoppers.shopper(shopper_id)
        assert record is not None
        assert set(record.standing.given) == {purpose}
        opened.withdraw(shopper_id, purpose)


def test_a_family_tag_never_has_campaigns_or_prediction(opened: OpenedStore) -> None:
    shopper_id, _ = opened.hand_out(LABEL, is_family_tag=True)
    for purpose in (Purpose.CAMPAIGNS, Purpose.PREDICTION):
        with pytest.raises(NotAllowed):
            opened.give(shopper_id, purpose)
    opened.give(shopper_id, Purpose.GUIDANCE)
    assert opened.store.promises.overview(shopper_id, can_change=True).is_family_tag


def test_a_yes_needs_the_notice_in_force(opened: OpenedStore) -> None:
    shopper_id, _ = opened.hand_out(LABEL)
    for sha256 in (None, "0" * 64, notice("en", "somebody else").sha256):
        change = ChangeConsent(purpose=Purpose.GUIDANCE, event="given", notice_sha256=sha256)
        with pytest.raises(Conflict):
            opened.store.promises.give_consent(shopper_id, change, "test")
    assert list(opened.records.shoppers.ledger()) == []


def test_saying_the_same_again_writes_nothing(opened: OpenedStore) -> None:
    shopper_id, _ = opened.hand_out(LABEL)
    opened.withdraw(shopper_id, Purpose.GUIDANCE)
    opened.give(shopper_id, Purpose.GUIDANCE)
    opened.give(shopper_id, Purpose.GUIDANCE)
    opened.withdraw(shopper_id, Purpose.GUIDANCE)
    opened.withdraw(shopper_id, Purpose.GUIDANCE)
    assert [event.event for event in opened.records.shoppers.ledger()] == ["given", "withdrawn"]


def test_an_unknown_shopper_is_not_found(opened: OpenedStore) -> None:
    change = ChangeConsent(
        purpose=Purpose.GUIDANCE, event="given", notice_sha256=notice("en", opened.settings.controller).sha256
    )
    for work in (
        lambda: opened.withdraw("f" * 32, Purpose.GUIDANCE),
        lambda: opened.store.promises.give_consent("f" * 32, change, "test"),
        lambda: opened.store.promises.overview("f" * 32, can_change=False),
    ):
        with pytest.raises(NotFound):
            work()


# --- any order of events ---------------------------------------------------------------------------------------------


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
        self.sent = 0

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
            self.opened.store.at_kiosk.tap(KIOSK, tokens[0].token_id)

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


def test_b5_nothing_passes_the_fence_in_any_order_of_events(stocked_sqlite: Path) -> None:
    Visit.template = stocked_sqlite
    run_state_machine_as_test(
        Visit,
        settings=settings(
            max_examples=10, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


# --- under load ------------------------------------------------------------------------------------------------------


class Traffic:
    """Batches and ticks without pause, in threads of their own, until left."""

    def __init__(self, opened: OpenedStore) -> None:
        self.opened = opened
        self.rounds = 0
        self.failures: list[BaseException] = []
        self._stopping = threading.Event()
        self._round = threading.Condition()
        self._threads = [threading.Thread(target=self._run, args=(work,)) for work in (self._send, self._tick)]

    def __enter__(self) -> Traffic:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()
        assert self.failures == []

    def _run(self, work: Any) -> None:
        try:
            while not self._stopping.is_set():
                work()
        except BaseException as error:
            self.failures.append(error)

    def _send(self) -> None:
        hear(self.opened, self.rounds)
        with self._round:
            self.rounds += 1
            self._round.notify_all()

    def _tick(self) -> None:
        self.opened.store.spine.tick()

    def wait_for(self, condition: Any) -> None:
        """Until it holds; looked at after each round of batches."""
        with self._round:
            assert self._round.wait_for(lambda: condition() or self.failures, timeout=60)

    def wait_rounds(self, count: int) -> None:
        target = self.rounds + count
        self.wait_for(lambda: self.rounds >= target)


def test_t04_nothing_is_stored_or_emitted_after_the_answer_to_a_withdrawal(
    opened: OpenedStore,
) -> None:
    for node_id in NODES:
        opened.node(node_id)
    shopper_id, _ = opened.hand_out(LABEL)
    stored: list[LiveTrack] = []
    with Traffic(opened) as traffic:
        for _ in range(20):
            opened.clock.move(2)
            opened.give(shopper_id, Purpose.GUIDANCE)
            traffic.wait_for(lambda: bool(opened.store.views.state(KIOSK).tokens))
            opened.withdraw(shopper_id, Purpose.GUIDANCE)
            answered = len(opened.messenger.to_kiosks)
            stored += opened.live.tracks()
            assert opened.stored_sightings() == 0
            traffic.wait_rounds(3)
            assert opened.stored_sightings() == 0
            stored += opened.live.tracks()
            for _, message in opened.messenger.to_kiosks[answered:]:
                assert isinstance(message, KioskState)
                assert (message.tokens, message.opened) == ((), None)
            assert last_state(opened.messenger).tokens == ()
    assert stored == []
