"""Withdrawal works at once and everywhere (requirements B4 to B6): each switch, one after the other."""

from __future__ import annotations

import pytest

from store_server.domain.consent import admit
from store_server.domain.notices import notice
from store_server.use_cases.refusals import Conflict, NotAllowed, NotFound
from store_server.wire.presence import TrackMoved
from store_server.wire.privacy import ChangeConsent, Purpose
from store_server.wire.shopping import ClosedReason, KioskState
from tests.opened_store import KIOSK, NODES, OpenedStore
from tests.use_cases.hearing import LABEL, last_state, step_up


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
