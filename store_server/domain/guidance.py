"""What to tell a shopper now: the facts a screen words its guidance from.

One pure step: the state before, what is known now, and out come the state after and the facts. An instruction, that is its kind
and the item it leads to, changes at most once in ``HOLD_S`` however the fixes jump, because a sign that flickers is worse than
one that is a second late. Only one thing is quicker: an instruction that has become untrue of the list, such as one to an item
just picked up, is replaced at once.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from store_server.domain.certainty import NEAR_RADIUS_M, SURE_RADIUS_M, Seen, certainty_of
from store_server.domain.routing import NoPath, NoPathReason, WalkingPath
from store_server.domain.turning import Turn, first_bearing_deg, turn_towards
from store_server.domain.wish_lists import NEARER_BY_M, find, next_item, wanted
from store_server.wire.shopping import Certainty, Guidance, GuidanceKind, WishList, WishListItem, WishState

Point = tuple[float, float]

__all__ = ["Guidance", "GuidanceState", "Seen", "Way", "guide"]

HOLD_S = 3.0
"""An instruction stands at least this long: the time it takes to read one and look up."""

ARRIVED_WITHIN_M = 2.0
"""Within an arm and two steps of the shelf."""
ARRIVED_WITHIN_UNSURE_M = 3.0
"""The same when the position is as uncertain as ``NEAR_RADIUS_M``: a blurred position seldom falls within two metres."""
LEFT_BEYOND_M = 4.0

MOVED_M = 0.5
"""Below this the path is the same path; positions tremble by as much in a shopper who stands still."""

MAX_PATH_POINTS = 2000


class Walkways(Protocol):
    """The part of ``routing.WalkingGraph`` guidance needs."""

    def path(self, start: Point, end: Point) -> WalkingPath | NoPath: ...
    def lengths(self, start: Point, ends: Sequence[Point]) -> NDArray[np.float64]: ...


@dataclass(frozen=True, slots=True)
class Way:
    """A path worked out earlier; ``length_m`` is None and ``points_m`` empty where there is none."""

    sku: str
    start_m: Point
    end_m: Point
    points_m: tuple[Point, ...]
    length_m: float | None


@dataclass(frozen=True, slots=True)
class GuidanceState:
    """What the next step must know of this one.

    Attributes
    ----------
    kind, sku : the instruction being given
    changed_s : float
        When it became so.
    certainty : Certainty
    considered : tuple or None
        Where the shopper was, and the list's version, when it was last weighed which item is next.
    way : Way or None
        The path last worked out.
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
    considered: tuple[Point, int] | None = None
    way: Way | None = None
    turn: Turn | None = None
    turned_s: float = 0.0
    near: tuple[str, ...] = ()
    named_s: float = 0.0


def guide(
    state: GuidanceState | None,
    *,
    wish_list: WishList,
    standing_m: Mapping[str, Point],
    seen: Seen | None,
    walkways: Walkways,
    at_s: float,
    facing_deg: float | None = None,
) -> tuple[GuidanceState, Guidance]:
    """The guidance of now.

    Parameters
    ----------
    state : GuidanceState or None
        From the step before; None for the first step, and after a new plan was published.
    wish_list : WishList
        With its items' places.
    standing_m : mapping of str to (x, y)
        By sku, where a person stands to take the product; skus that are not in it have no place on the plan.
    seen : Seen or None
        None while the shopper's beacon is not seen.
    walkways : Walkways
        The plan's ``WalkingGraph``. Asked only when the shopper has moved by ``MOVED_M`` or the list has changed.
    at_s : float
        The present, Unix seconds.
    facing_deg : float or None
        The direction a person looking at the kiosk faces, clockwise from north; None where the screen moves with the shopper.

    Returns
    -------
    GuidanceState, Guidance
        The state for the next step, and the facts for the screen.
    """
    certainty = certainty_of(seen, None if state is None else state.certainty)
    place = None if certainty is Certainty.UNKNOWN else seen
    is_fresh = state is None or not _is_true(state, wish_list, standing_m)
    is_held = state is not None and not is_fresh and 0 <= at_s - state.changed_s < HOLD_S

    item, considered = _target(state, wish_list, standing_m, place, walkways, is_held)
    way = _way(state, item, standing_m, place, walkways)
    kind = _kind(state, item, standing_m, place, way)
    if state is not None and is_held:
        kind = state.kind
    sku = None if item is None else item.sku
    changed_s = state.changed_s if state is not None and (kind, sku) == (state.kind, state.sku) else at_s
    after = GuidanceState(kind, sku, changed_s, certainty, considered, way)
    after = _with_turn(_with_names(after, state, place, at_s), state, facing_deg, at_s)
    return after, _facts(after, item)


def _is_true(state: GuidanceState, wish_list: WishList, standing_m: Mapping[str, Point]) -> bool:
    """Whether the instruction still fits the list and the plan; if not, it must not stand a second longer."""
    if state.sku is None:
        return not wanted(wish_list)
    item = find(wish_list, state.sku)
    if item is None or item.state is not WishState.WANTED:
        return False
    return (state.kind is GuidanceKind.NO_PLACE) == (state.sku not in standing_m)


def _target(
    state: GuidanceState | None,
    wish_list: WishList,
    standing_m: Mapping[str, Point],
    place: Seen | None,
    walkways: Walkways,
    is_held: bool,
) -> tuple[WishListItem | None, tuple[Point, int] | None]:
    """Which item to lead to, and from where that was weighed."""
    present_sku = None if state is None else state.sku
    before = None if state is None else state.considered
    ends = {item.sku: standing_m[item.sku] for item in wanted(wish_list) if item.sku in standing_m}
    present = None if present_sku is None else find(wish_list, present_sku)
    if present is not None and is_held:
        return present, before
    if place is None:
        return next_item(wish_list, dict.fromkeys(ends, 0.0), present_sku), None
    if (
        present is not None
        and present.sku in ends
        and before is not None
        and before[1] == wish_list.version
        and math.dist(before[0], place.point) <= MOVED_M
    ):
        return present, before
    lengths = walkways.lengths(place.point, tuple(ends.values())) if ends else ()
    lengths_m = {sku: float(length) for sku, length in zip(ends, lengths, strict=True)}
    margin_m = max(NEARER_BY_M, place.accuracy_radius_m)
    return next_item(wish_list, lengths_m, present_sku, margin_m), (place.point, wish_list.version)


def _way(
    state: GuidanceState | None,
    item: WishListItem | None,
    standing_m: Mapping[str, Point],
    place: Seen | None,
    walkways: Walkways,
) -> Way | None:
    """The path to the item: the one worked out before while the shopper has hardly moved, or is not seen."""
    if item is None or item.sku not in standing_m:
        return None
    end_m = standing_m[item.sku]
    before = None if state is None else state.way
    fits = before is not None and before.sku == item.sku and before.end_m == end_m
    if before is not None and fits and (place is None or math.dist(before.start_m, place.point) <= MOVED_M):
        return before
    if place is None:
        return None
    found = walkways.path(place.point, end_m)
    if isinstance(found, NoPath):
        if found.reason is NoPathReason.START_NOT_WALKABLE:
            return before if fits else None  # the position is wrong, not the floor
        return Way(item.sku, place.point, end_m, (), None)
    points_m = tuple((round(float(x), 3), round(float(y), 3)) for x, y in found.points_m[:MAX_PATH_POINTS])
    return Way(item.sku, place.point, end_m, points_m, float(found.length_m))


def _kind(
    state: GuidanceState | None,
    item: WishListItem | None,
    standing_m: Mapping[str, Point],
    place: Seen | None,
    way: Way | None,
) -> GuidanceKind:
    """What there is to say, were nothing said yet."""
    if item is None:
        return GuidanceKind.ALL_DONE
    if item.sku not in standing_m:
        return GuidanceKind.NO_PLACE
    if place is None or way is None:
        return GuidanceKind.NO_POSITION
    if way.length_m is None:
        return GuidanceKind.NO_PATH
    was_there = state is not None and state.kind is GuidanceKind.ARRIVED and state.sku == item.sku
    return GuidanceKind.ARRIVED if way.length_m <= _reach_m(place, was_there) else GuidanceKind.GO_TO


def _reach_m(place: Seen, was_there: bool) -> float:
    """Within which walking length the shelf counts as reached."""
    if was_there:
        return LEFT_BEYOND_M
    blur = np.interp(
        place.accuracy_radius_m, (SURE_RADIUS_M, NEAR_RADIUS_M), (ARRIVED_WITHIN_M, ARRIVED_WITHIN_UNSURE_M)
    )
    return float(blur)


def _with_turn(
    after: GuidanceState, before: GuidanceState | None, facing_deg: float | None, at_s: float
) -> GuidanceState:
    """Where the path leads first; held like the instruction while that stays."""
    if after.kind is not GuidanceKind.GO_TO or after.way is None or facing_deg is None:
        return after
    bearing_deg = first_bearing_deg(after.way.points_m)
    if bearing_deg is None:
        return after
    kept = None if before is None or before.sku != after.sku else before.turn
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


def _facts(state: GuidanceState, item: WishListItem | None) -> Guidance:
    is_led = state.kind in (GuidanceKind.GO_TO, GuidanceKind.ARRIVED)
    way = state.way if is_led else None
    length_m = None if way is None else way.length_m
    return Guidance(
        kind=state.kind,
        certainty=Certainty.UNKNOWN if state.kind is GuidanceKind.NO_POSITION else state.certainty,
        next_item=item,
        distance_m=None if length_m is None else round(length_m, 2),
        path=() if way is None else way.points_m,
        turn=state.turn,
        near=state.near,
    )
