"""What to tell a shopper now: the facts a screen words its guidance from.

One pure step: the state before, what is known now, and out come the state after and the facts. An instruction, that is its kind
and the item it leads to, changes at most once in ``HOLD_S`` however the fixes jump, because a sign that flickers is worse than
one that is a second late. Only one thing is quicker: an instruction that has become untrue of the list, such as one to an item
just picked up, is replaced at once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from store_server.domain.arriving import reach_m
from store_server.domain.certainty import Seen, certainty_of
from store_server.domain.checkouts import KeptCheckout, keep_checkout
from store_server.domain.directions import Direction
from store_server.domain.tour_keeping import KeptTour, keep_tour
from store_server.domain.turning import Turn, first_bearing_deg, turn_towards
from store_server.domain.ways import Crossing, Ground, Told, Way, told, way_to
from store_server.domain.wish_lists import find, wanted
from store_server.wire.levels import GuidanceCrossing, LevelName
from store_server.wire.shopping import (
    Certainty,
    Guidance,
    GuidanceKind,
    GuidanceStep,
    WishList,
    WishListItem,
    WishState,
)

__all__ = ["Guidance", "GuidanceState", "Seen", "guide"]

HOLD_S = 3.0
"""An instruction stands at least this long: the time it takes to read one and look up."""

TO_PAY: Final = (GuidanceKind.TO_CHECKOUT, GuidanceKind.AT_CHECKOUT)
ON_THE_WAY: Final = (GuidanceKind.GO_TO, GuidanceKind.TO_CHECKOUT)

NO_NAMES: Mapping[str, LevelName] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class GuidanceState:
    """What the next step must know of this one.

    Attributes
    ----------
    kind, sku : the instruction being given
    changed_s : float
        When it became so.
    certainty : Certainty
    tour : KeptTour
        The order in which what is wanted will be fetched.
    checkout : KeptCheckout or None
        Where they will pay.
    way : Way or None
        The path last worked out.
    told : Told or None
        The same in words.
    turn : str or None
    turned_s : float
        When ``turn`` became so.
    near : tuple of str
        The parts of the store named.
    named_s : float
        When ``near`` became so.
    """

    kind: GuidanceKind
    sku: str | None
    changed_s: float
    certainty: Certainty
    tour: KeptTour
    checkout: KeptCheckout | None = None
    way: Way | None = None
    told: Told | None = None
    turn: Turn | None = None
    turned_s: float = 0.0
    near: tuple[str, ...] = ()
    named_s: float = 0.0


def guide(
    state: GuidanceState | None,
    *,
    wish_list: WishList,
    ground: Ground,
    seen: Seen | None,
    at_s: float,
    facing_deg: float | None = None,
    late: Collection[str] = (),
    level_names: Mapping[str, LevelName] = NO_NAMES,
) -> tuple[GuidanceState, Guidance]:
    """The guidance of now.

    Parameters
    ----------
    state : GuidanceState or None
        From the step before; None for the first step, and after a new plan was published.
    wish_list : WishList
        With its items' places, and which of them are sold out.
    ground : Ground
        Its ways are asked only when the shopper has moved by ``tour_keeping.MOVED_M`` or the list has changed.
    seen : Seen or None
        None while the shopper's beacon is not seen.
    at_s : float
        The present, Unix seconds.
    facing_deg : float or None
        The direction a person looking at the kiosk faces, clockwise from north; None where the screen moves with the shopper.
    late : collection of str
        Skus to be fetched last: what thaws.
    level_names : Mapping of level id to LevelName
        All of the plan's levels, where it has several.

    Returns
    -------
    GuidanceState, Guidance
        The state for the next step, and the facts for the screen.
    """
    certainty = certainty_of(seen, None if state is None else state.certainty)
    place = None if certainty is Certainty.UNKNOWN else seen
    at = None if place is None else place.place
    radius_m = 0.0 if place is None else place.accuracy_radius_m
    is_held = state is not None and _is_true(state, wish_list, ground) and 0 <= at_s - state.changed_s < HOLD_S

    tour = keep_tour(
        None if state is None else state.tour,
        stops={i.sku: ground.standing[i.sku] for i in wanted(wish_list) if _is_fetched(i, ground)},
        late=late,
        place=at,
        radius_m=radius_m,
        walkways=ground.walkways,
        checkouts=ground.checkouts,
        at_s=at_s,
    )
    checkout = keep_checkout(
        None if state is None else state.checkout,
        tour,
        place=at,
        radius_m=radius_m,
        walkways=ground.walkways,
        checkouts=ground.checkouts,
        at_s=at_s,
    )
    item = _target(state, wish_list, tour, is_held)
    before = None if state is None else state.way
    way = None
    if item is not None and _is_fetched(item, ground):
        way = way_to(item.sku, ground.standing[item.sku], before, place, ground)
    elif checkout is not None and _is_to_pay(wish_list, ground):
        way = way_to(None, checkout.at, before, place, ground)
    kind = _kind(state, item, ground, place, way)
    if state is not None and is_held:
        kind = state.kind
    sku = None if item is None else item.sku
    changed_s = state.changed_s if state is not None and (kind, sku) == (state.kind, state.sku) else at_s
    words = None
    if way is not None:
        words = told(way, None if state is None else state.told, ground, facing_deg, at_s, HOLD_S)
    after = GuidanceState(kind, sku, changed_s, certainty, tour, checkout, way, words)
    after = _with_turn(_with_names(after, state, place, at_s), state, facing_deg, at_s)
    return after, _facts(after, item, None if at is None else at.level_id, level_names)


def _is_fetched(item: WishListItem, ground: Ground) -> bool:
    """Whether there is a shelf to lead to, with something on it."""
    return item.sku in ground.standing and not item.is_sold_out


def _is_to_pay(wish_list: WishList, ground: Ground) -> bool:
    """Whether something of the list was dealt with, and nothing is left that can be had here."""
    is_begun = any(item.state is not WishState.WANTED for item in wish_list.items)
    return is_begun and not any(_is_fetched(item, ground) for item in wanted(wish_list))


def _is_open(checkout: KeptCheckout | None, ground: Ground) -> bool:
    return checkout is not None and checkout.at in ground.checkouts


def _is_true(state: GuidanceState, wish_list: WishList, ground: Ground) -> bool:
    """Whether the instruction still fits the list and the plan; if not, it must not stand a second longer."""
    if state.kind in TO_PAY and not (_is_to_pay(wish_list, ground) and _is_open(state.checkout, ground)):
        return False
    if state.sku is None:
        return not wanted(wish_list)
    item = find(wish_list, state.sku)
    if item is None or item.state is not WishState.WANTED:
        return False
    return (state.kind in (GuidanceKind.NO_PLACE, GuidanceKind.SOLD_OUT, *TO_PAY)) != _is_fetched(item, ground)


def _target(state: GuidanceState | None, wish_list: WishList, tour: KeptTour, is_held: bool) -> WishListItem | None:
    """Which item to lead to, or to speak of: the tour's first; then what stands on no shelf, then what is sold out."""
    items = wanted(wish_list)
    present = None if state is None or state.sku is None else find(wish_list, state.sku)
    if present is not None and is_held:
        return present
    if tour.order:
        return find(wish_list, tour.order[0])
    if present is not None and present in items:
        return present
    return min(items, key=lambda item: item.is_sold_out, default=None)


def _kind(
    state: GuidanceState | None, item: WishListItem | None, ground: Ground, place: Seen | None, way: Way | None
) -> GuidanceKind:
    """What there is to say, were nothing said yet."""
    if place is not None and way is not None and way.length_m is not None:
        on_the_way, there = TO_PAY if way.sku is None else (GuidanceKind.GO_TO, GuidanceKind.ARRIVED)
        was_there = state is not None and state.kind is there and state.way is not None and state.way.end == way.end
        return there if way.length_m <= reach_m(place.accuracy_radius_m, was_there) else on_the_way
    if item is None:
        return GuidanceKind.ALL_DONE
    if item.is_sold_out:
        return GuidanceKind.SOLD_OUT
    if item.sku not in ground.standing:
        return GuidanceKind.NO_PLACE
    return GuidanceKind.NO_POSITION if place is None or way is None else GuidanceKind.NO_PATH


def _with_turn(
    after: GuidanceState, before: GuidanceState | None, facing_deg: float | None, at_s: float
) -> GuidanceState:
    """Where the path leads first; held like the instruction while that stays."""
    if after.kind not in ON_THE_WAY or after.way is None or facing_deg is None:
        return after
    bearing_deg = first_bearing_deg(after.way.points_m)
    if bearing_deg is None:
        return after
    kept = None if before is None or (before.kind, before.sku) != (after.kind, after.sku) else before.turn
    turn = turn_towards(bearing_deg - facing_deg, kept)
    if before is not None and kept is not None and 0 <= at_s - before.turned_s < HOLD_S:
        turn = kept
    turned_s = before.turned_s if before is not None and turn == kept else at_s
    return replace(after, turn=turn, turned_s=turned_s)


def _with_names(after: GuidanceState, before: GuidanceState | None, place: Seen | None, at_s: float) -> GuidanceState:
    """The parts of the store to name; held like the instruction, so that the words do not flicker at a border."""
    if place is None:
        return after
    if before is not None and before.near and 0 <= at_s - before.named_s < HOLD_S:
        return replace(after, near=before.near, named_s=before.named_s)
    unchanged = before is not None and before.near == place.near
    return replace(after, near=place.near, named_s=before.named_s if before is not None and unchanged else at_s)


def _facts(
    state: GuidanceState, item: WishListItem | None, level_id: str | None, level_names: Mapping[str, LevelName]
) -> Guidance:
    is_led = state.kind in (*ON_THE_WAY, GuidanceKind.ARRIVED, GuidanceKind.AT_CHECKOUT)
    way = state.way if is_led else None
    length_m = None if way is None else way.length_m
    words = state.told if is_led and state.certainty is not Certainty.UNKNOWN else None
    order = state.tour.order
    if state.sku in order:
        # An instruction that is held longer than the order it came from is still the next thing to do.
        order = (state.sku, *(sku for sku in order if sku != state.sku))
    tour_m = None if way is None or length_m is None else state.tour.length_m(way.walked_m)
    if way is not None and length_m is not None and way.sku is None:
        tour_m = way.walked_m
    return Guidance(
        kind=state.kind,
        certainty=Certainty.UNKNOWN if state.kind is GuidanceKind.NO_POSITION else state.certainty,
        next_item=item,
        distance_m=None if way is None or length_m is None else round(way.points_length_m, 2),
        path=() if way is None else way.points_m,
        turn=state.turn,
        near=state.near,
        steps=() if words is None else tuple(_step(step) for step in words.steps),
        shelf_side=None if words is None else words.shelf_side,
        order=order,
        tour_m=None if tour_m is None else round(tour_m, 1),
        level_id=level_id if way is None else way.start.level_id,
        crossings=() if words is None else tuple(_crossing(each, level_names) for each in words.crossings),
    )


def _step(step: Direction) -> GuidanceStep:
    return GuidanceStep(move=step.move, walk_m=round(step.walk_m, 1), nth=step.nth, past=step.past, into=step.into)


def _crossing(crossing: Crossing, level_names: Mapping[str, LevelName]) -> GuidanceCrossing:
    return GuidanceCrossing(means=crossing.means, heading=crossing.heading, to_level=level_names[crossing.to_level_id])
