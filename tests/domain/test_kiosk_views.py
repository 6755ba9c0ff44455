"""What one kiosk knows of the shoppers near it, and when it forgets (requirement G3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.domain.kiosk_views import (
    IDLE_AFTER_S,
    Bearer,
    KioskView,
    Opened,
    closed,
    observe_visitors,
    opened_by,
    state_of,
    touched,
    under_epoch,
    without,
    without_passed,
)
from store_server.domain.tokens import LEAVES_AFTER_S, NoTokenLeft
from store_server.wire.shopping import (
    Certainty,
    ClosedReason,
    Guidance,
    GuidanceKind,
    KioskState,
    Suggestion,
    SuggestionReason,
    WishList,
)
from tests.fakes import OPENING

EMPTY = WishList(version=0, items=())
GUIDANCE = Guidance(
    kind=GuidanceKind.ALL_DONE, certainty=Certainty.SURE, next_item=None, distance_m=None, path=(), turn=None
)
SUGGESTION = Suggestion(
    sku="rice",
    name="Rice",
    place=None,
    distance_m=None,
    reason=SuggestionReason(because_sku="peas", because_name="Peas", baskets_together=9, baskets_with_because=10),
)


def chance() -> Callable[[], bytes]:
    """Random bytes that can be told apart and repeated."""

    def numbers() -> Iterator[bytes]:
        number = 0
        while True:
            number += 1
            yield number.to_bytes(16, "big") + (number * 7919).to_bytes(8, "big")

    source = numbers()
    return lambda: next(source)


def bearer(shopper_id: str = "s1", epoch: int = 0) -> Bearer:
    return Bearer(shopper_id, f"beacon-of-{shopper_id}", epoch)


def inside(*shopper_ids: str, epoch: int = 0) -> dict[str, Bearer]:
    return {shopper_id: bearer(shopper_id, epoch) for shopper_id in shopper_ids}


def seen(*shopper_ids: str, at_s: float = 0.0) -> KioskView:
    return observe_visitors(KioskView(), inside(*shopper_ids), at_s, chance())


def opened(shopper_id: str = "s1", *others: str, at_s: float = 0.0) -> KioskView:
    view = seen(shopper_id, *others, at_s=at_s)
    token = next(v.token for v in view.visitors if v.bearer.shopper_id == shopper_id)
    view = opened_by(view, token.token_id, EMPTY, True, at_s)
    assert view.opened is not None
    return replace(view, opened=replace(view.opened, guidance=GUIDANCE, suggestion=SUGGESTION, suggested_for="this"))


def opened_in(view: KioskView) -> Opened:
    assert view.opened is not None
    return view.opened


def shown(view: KioskView) -> KioskState:
    return state_of(view, "k1", OPENING, 1, positions_are_live=True)


def test_whoever_steps_in_gets_a_token_of_their_own() -> None:
    view = seen("s1", "s2")
    assert len({v.token.token_id for v in view.visitors}) == 2
    again = observe_visitors(view, inside("s1", "s2", "s3"), 1.0, chance())
    assert again.visitors[:2] == view.visitors, "who stays keeps theirs"
    assert len(again.visitors) == 3


def test_whoever_leaves_is_forgotten_after_ten_seconds_and_comes_back_as_another() -> None:
    view = seen("s1")
    random_bytes = chance()
    random_bytes()
    leaving = observe_visitors(view, {}, 1.0, random_bytes)
    assert leaving.visitors[0].presence.is_leaving
    assert observe_visitors(leaving, {}, 1.0 + LEAVES_AFTER_S - 0.1, random_bytes).visitors
    gone = observe_visitors(leaving, {}, 1.0 + LEAVES_AFTER_S, random_bytes)
    assert gone.visitors == ()
    back = observe_visitors(gone, inside("s1"), 20.0, random_bytes)
    assert back.visitors[0].token.token_id != view.visitors[0].token.token_id


def test_leaving_closes_what_was_opened() -> None:
    view = observe_visitors(opened(), {}, 1.0, chance())
    assert shown(view).opened is not None
    assert shown(view).opened.is_leaving  # type: ignore[union-attr]
    view = observe_visitors(view, {}, 1.0 + LEAVES_AFTER_S, chance())
    assert (view.opened, view.closed_reason, view.visitors) == (None, ClosedReason.LEFT, ())


def test_without_a_touch_what_was_opened_is_closed_and_a_touch_keeps_it() -> None:
    view = opened()
    assert observe_visitors(view, inside("s1"), IDLE_AFTER_S - 0.1, chance()).opened is not None
    idle = observe_visitors(view, inside("s1"), IDLE_AFTER_S, chance())
    assert (idle.opened, idle.closed_reason, len(idle.visitors)) == (None, ClosedReason.IDLE, 1)
    kept = touched(view, 10.0)
    assert observe_visitors(kept, inside("s1"), IDLE_AFTER_S, chance()).opened is not None
    assert touched(KioskView(), 1.0) == KioskView()


def test_more_shoppers_than_tokens_wait_for_room(monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left(_bytes: bytes, taken: object) -> object:
        raise NoTokenLeft

    monkeypatch.setattr("store_server.domain.kiosk_views.choose_token", none_left)
    assert seen("s1", "s2").visitors == ()


def test_tapping_opens_once_and_another_tap_changes_over() -> None:
    view = opened("s1", "s2")
    other = next(v.token for v in view.visitors if v.bearer.shopper_id == "s2")
    changed = opened_by(view, other.token_id, EMPTY, False, 5.0)
    assert opened_in(changed).bearer.shopper_id == "s2"
    assert (opened_in(changed).guidance, opened_in(changed).suggestion) == (None, None), "nothing of the former"
    assert opened_by(view, "f" * 32, EMPTY, True, 5.0) is view
    assert view.visitor("f" * 32) is None


def test_an_opened_view_forgets_why_the_last_one_ended() -> None:
    view = closed(opened(), ClosedReason.DONE)
    assert view.closed_reason is ClosedReason.DONE
    assert opened_by(view, view.visitors[0].token.token_id, EMPTY, True, 0.0).closed_reason is None


@pytest.mark.parametrize("reason", list(ClosedReason))
def test_closing_keeps_the_token_unless_consent_or_beacon_went(reason: ClosedReason) -> None:
    view = closed(opened("s1", "s2"), reason)
    assert (view.opened, view.closed_reason) == (None, reason)
    is_gone = reason in (ClosedReason.WITHDRAWN, ClosedReason.RETURNED)
    assert {v.bearer.shopper_id for v in view.visitors} == ({"s2"} if is_gone else {"s1", "s2"})
    assert closed(KioskView(version=3), reason) == KioskView(version=3)


def test_without_somebody_nothing_of_them_is_left_and_others_stay() -> None:
    view = without(opened("s1", "s2"), "s1", ClosedReason.WITHDRAWN)
    assert view.bearers() == {("s2", 0)}
    assert view.opened is None
    other = without(opened("s1", "s2"), "s2", ClosedReason.WITHDRAWN)
    assert opened_in(other).bearer.shopper_id == "s1"
    assert other.closed_reason is None


@given(st.sets(st.sampled_from(["s1", "s2", "s3"])), st.booleans())
def test_the_fence_lets_nobody_through_whose_epoch_has_passed(passed: set[str], is_opened: bool) -> None:
    view = replace(opened("s1", "s2", "s3") if is_opened else seen("s1", "s2", "s3"), version=4)
    after = without_passed(view, lambda shopper_id, _: shopper_id not in passed)
    assert {shopper_id for shopper_id, _ in after.bearers()} == {"s1", "s2", "s3"} - passed
    assert after.version == (5 if passed else 4), "a screen must hear of it"
    assert (after.opened is not None) is (is_opened and "s1" not in passed)


def test_a_view_goes_on_under_a_new_epoch() -> None:
    view = under_epoch(opened("s1", "s2"), "s1", 3, may_suggest=True)
    assert view.bearers() == {("s1", 3), ("s2", 0)}
    assert opened_in(view).suggestion == SUGGESTION
    quiet = under_epoch(opened("s1", "s2"), "s1", 3, may_suggest=False)
    assert (opened_in(quiet).may_suggest, opened_in(quiet).suggestion, opened_in(quiet).suggested_for) == (
        False,
        None,
        None,
    )
    other = under_epoch(opened("s1", "s2"), "s2", 3, may_suggest=False)
    assert other.bearers() == {("s1", 0), ("s2", 3)}
    assert opened_in(other).suggestion == SUGGESTION
    assert under_epoch(seen("s1"), "s1", 3, may_suggest=False).bearers() == {("s1", 3)}


def test_a_look_from_before_does_not_bring_an_old_epoch_back() -> None:
    view = under_epoch(seen("s1"), "s1", 3, may_suggest=True)
    assert observe_visitors(view, inside("s1", epoch=2), 1.0, chance()).bearers() == {("s1", 3)}
    assert observe_visitors(view, inside("s1", epoch=4), 1.0, chance()).bearers() == {("s1", 4)}


def test_until_the_tap_only_tokens_are_shown() -> None:
    state = shown(replace(seen("s1"), version=2))
    assert (state.version, state.kiosk_key, state.opened) == (2, "k1", None)
    assert set(state.tokens[0].model_dump()) == {"token_id", "colour", "shape", "digits"}
    assert "s1" not in state.model_dump_json()


def test_after_the_tap_the_view_is_shown_once_there_is_guidance() -> None:
    view = opened()
    state = shown(view)
    assert state.opened is not None
    assert (state.opened.suggestion, state.opened.guidance) == (SUGGESTION, GUIDANCE)
    assert shown(replace(view, opened=replace(opened_in(view), guidance=None))).opened is None
    silent = shown(replace(view, opened=replace(opened_in(view), may_suggest=False)))
    assert silent.opened is not None
    assert silent.opened.suggestion is None
    assert "s1" not in state.model_dump_json()


def test_a_view_whose_token_is_gone_counts_as_not_leaving() -> None:
    state = shown(replace(opened(), visitors=()))
    assert state.opened is not None
    assert not state.opened.is_leaving
