"""What one kiosk knows of the shoppers near it: a value that is replaced, never changed in place.

A shopper who steps into the catchment becomes a ``Visitor`` with a neutral token; the one who taps theirs is ``Opened``.
Everything else a kiosk shows is wiped when that ends (requirement G3).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from store_server.domain.guidance import GuidanceState, Seen
from store_server.domain.tokens import CatchmentPresence, NoTokenLeft, choose_token, observe
from store_server.wire.shopping import (
    ClosedReason,
    Guidance,
    KioskState,
    OpenedShopper,
    Suggestion,
    Token,
    WishList,
)

IDLE_AFTER_S = 45.0
"""Without a touch for this long an opened view is wiped (requirement G3)."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whose this is, and the consent epoch it stands on."""

    shopper_id: str
    beacon_id: str
    epoch: int


@dataclass(frozen=True, slots=True)
class Visitor:
    """One opted-in shopper in the catchment, known to the screen by the token alone."""

    bearer: Bearer
    token: Token
    presence: CatchmentPresence


@dataclass(frozen=True, slots=True)
class HandOff:
    """An address that takes the opened list to a phone: good for one use, and as long as the view is open."""

    secret_hash: str
    until_s: float


@dataclass(frozen=True, slots=True)
class Opened:
    """The shopper who tapped: what their screen shows, and what the next look must know of this one."""

    bearer: Bearer
    token: Token
    touched_s: float
    wish_list: WishList
    guidance: Guidance | None = None
    guidance_state: GuidanceState | None = None
    suggestion: Suggestion | None = None
    suggested_for: object = None
    """What the suggestion was chosen from; while that stays the same, so does the suggestion."""
    may_suggest: bool = False
    is_step_free: bool = False
    """Chosen on this screen, and gone with everything else of this visit: it may tell of somebody's health."""
    hand_off: HandOff | None = None
    seen: Seen | None = None
    seen_at_s: float = 0.0


@dataclass(frozen=True, slots=True)
class KioskView:
    """Everything one kiosk knows of shoppers. ``version`` rises when what it shows changes."""

    version: int = 0
    visitors: tuple[Visitor, ...] = ()
    opened: Opened | None = None
    closed_reason: ClosedReason | None = None

    def bearers(self) -> frozenset[tuple[str, int]]:
        """(shopper_id, epoch) of everybody in this view."""
        held = {(v.bearer.shopper_id, v.bearer.epoch) for v in self.visitors}
        if self.opened is not None:
            held.add((self.opened.bearer.shopper_id, self.opened.bearer.epoch))
        return frozenset(held)

    def visitor(self, token_id: str) -> Visitor | None:
        return next((v for v in self.visitors if v.token.token_id == token_id), None)


def observe_visitors(
    view: KioskView, inside: Mapping[str, Bearer], at_s: float, random_bytes: Callable[[], bytes]
) -> KioskView:
    """The view after one look at who stands in the catchment.

    Parameters
    ----------
    view : KioskView
    inside : mapping of shopper_id to Bearer
        The opted-in shoppers whose track lies in the catchment now.
    at_s : float
    random_bytes : callable
        For the token of somebody not met yet.
    """
    visitors: list[Visitor] = []
    for visitor in view.visitors:
        presence = observe(visitor.presence, visitor.bearer.shopper_id in inside, at_s)
        if presence.is_present:
            visitors.append(replace(visitor, presence=presence, bearer=_latest(visitor.bearer, inside)))
    met = {v.bearer.shopper_id for v in visitors}
    for shopper_id, bearer in inside.items():
        if shopper_id in met:
            continue
        try:
            token = choose_token(random_bytes(), [v.token for v in visitors])
        except NoTokenLeft:
            break  # 4,200 shoppers at one kiosk: the next look finds room again
        visitors.append(Visitor(bearer, token, observe(CatchmentPresence(), True, at_s)))
    after = replace(view, visitors=tuple(visitors))
    opened = after.opened
    if opened is None:
        return after
    if all(v.token.token_id != opened.token.token_id for v in visitors):
        return closed(after, ClosedReason.LEFT)
    if at_s - opened.touched_s >= IDLE_AFTER_S:
        return closed(after, ClosedReason.IDLE)
    return after


def _latest(bearer: Bearer, inside: Mapping[str, Bearer]) -> Bearer:
    """As seen now, unless the view already stands on a later consent than what was seen."""
    seen = inside.get(bearer.shopper_id, bearer)
    return seen if seen.epoch >= bearer.epoch else bearer


def opened_by(view: KioskView, token_id: str, wish_list: WishList, may_suggest: bool, at_s: float) -> KioskView:
    """The view after its owner tapped this token; the same view where no such token is shown."""
    visitor = view.visitor(token_id)
    if visitor is None:
        return view
    opened = Opened(visitor.bearer, visitor.token, at_s, wish_list, may_suggest=may_suggest)
    return replace(view, opened=opened, closed_reason=None)


def touched(view: KioskView, at_s: float) -> KioskView:
    """The shopper is still there."""
    return view if view.opened is None else replace(view, opened=replace(view.opened, touched_s=at_s))


def led_step_free(view: KioskView, shopper_id: str, is_step_free: bool) -> KioskView:
    """Led without steps, or by all ways again, while it is still this shopper who tapped.

    What was worked out for the other ways is forgotten.
    """
    opened = view.opened
    if opened is None or opened.bearer.shopper_id != shopper_id or opened.is_step_free == is_step_free:
        return view
    return replace(view, opened=replace(opened, is_step_free=is_step_free, guidance_state=None, suggested_for=None))


def offering(view: KioskView, token_id: str, hand_off: HandOff, at_s: float) -> KioskView:
    """The view while this address is shown; the same view where the list under this token is not open."""
    opened = view.opened
    if opened is None or opened.token.token_id != token_id:
        return view
    return replace(view, opened=replace(opened, hand_off=hand_off, touched_s=at_s))


def handed_off(view: KioskView, secret_hash: str, at_s: float) -> KioskView:
    """The view after its address was used; the same view where this is not its address, or not any more."""
    opened = view.opened
    if opened is None or opened.hand_off is None or opened.hand_off.secret_hash != secret_hash:
        return view
    return view if at_s >= opened.hand_off.until_s else replace(view, opened=replace(opened, hand_off=None))


def closed(view: KioskView, reason: ClosedReason) -> KioskView:
    """Nothing of the opened shopper is left; on withdrawal and return their token goes too."""
    if view.opened is None:
        return view
    bearer = view.opened.bearer
    gone = reason in (ClosedReason.WITHDRAWN, ClosedReason.RETURNED)
    visitors = tuple(v for v in view.visitors if not (gone and v.bearer.shopper_id == bearer.shopper_id))
    return replace(view, visitors=visitors, opened=None, closed_reason=reason)


def without(view: KioskView, shopper_id: str, reason: ClosedReason) -> KioskView:
    """The view without this shopper, opened or not."""
    if view.opened is not None and view.opened.bearer.shopper_id == shopper_id:
        view = closed(view, reason)
    return replace(view, visitors=tuple(v for v in view.visitors if v.bearer.shopper_id != shopper_id))


def without_passed(view: KioskView, is_current: Callable[[str, int], bool]) -> KioskView:
    """The view without everybody whose consent epoch has passed: the fence at the write.

    Its version rises when somebody was taken out: the screen must hear of that from whoever writes it first.
    """
    passed = [shopper_id for shopper_id, epoch in view.bearers() if not is_current(shopper_id, epoch)]
    for shopper_id in passed:
        view = without(view, shopper_id, ClosedReason.WITHDRAWN)
    return replace(view, version=view.version + 1) if passed else view


def under_epoch(view: KioskView, shopper_id: str, epoch: int, *, may_suggest: bool) -> KioskView:
    """The same view, standing on the shopper's new epoch: another purpose ended, guidance goes on."""

    def renewed(bearer: Bearer) -> Bearer:
        return replace(bearer, epoch=epoch) if bearer.shopper_id == shopper_id else bearer

    visitors = tuple(replace(v, bearer=renewed(v.bearer)) for v in view.visitors)
    opened = view.opened
    if opened is not None and opened.bearer.shopper_id == shopper_id:
        opened = replace(
            opened,
            bearer=renewed(opened.bearer),
            may_suggest=may_suggest,
            suggestion=opened.suggestion if may_suggest else None,
            suggested_for=opened.suggested_for if may_suggest else None,
        )
    return replace(view, visitors=visitors, opened=opened)


def state_of(
    view: KioskView, kiosk_key: str, at: datetime, plan_version: int, *, positions_are_live: bool
) -> KioskState:
    """The wire message of this view."""
    opened = view.opened
    shown: OpenedShopper | None = None
    if opened is not None and opened.guidance is not None:
        presence = _presence_of(view.visitors, opened.token.token_id)
        shown = OpenedShopper(
            token=opened.token,
            wish_list=opened.wish_list,
            guidance=opened.guidance,
            suggestion=opened.suggestion if opened.may_suggest else None,
            may_suggest=opened.may_suggest,
            is_leaving=presence.is_leaving,
            is_step_free=opened.is_step_free,
            is_handing_off=opened.hand_off is not None,
        )
    return KioskState(
        version=view.version,
        at=at,
        kiosk_key=kiosk_key,
        plan_version=plan_version,
        tokens=tuple(v.token for v in view.visitors),
        opened=shown,
        closed_reason=view.closed_reason,
        positions_are_live=positions_are_live,
    )


def _presence_of(visitors: Iterable[Visitor], token_id: str) -> CatchmentPresence:
    return next((v.presence for v in visitors if v.token.token_id == token_id), CatchmentPresence())
