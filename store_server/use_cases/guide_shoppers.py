"""What the shopper who tapped is told: guidance to the next item, and at most one suggestion with its reason."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from store_server.domain.building import Place
from store_server.domain.complements import NOTHING_LEARNED, Complements
from store_server.domain.fixes import Track
from store_server.domain.floorplan import Floorplan
from store_server.domain.guidance import Seen, guide
from store_server.domain.kiosk_views import KioskView, Opened
from store_server.domain.picked_pairs import StoreChoices, picked
from store_server.domain.suggesting import Rules, candidates, choose, extra_walk_m
from store_server.ports import LiveTrack, Records
from store_server.use_cases.availability import Availability
from store_server.use_cases.floors import Floor
from store_server.wire.assortment import CategoryFlag
from store_server.wire.privacy import Purpose
from store_server.wire.shopping import Suggestion, SuggestionReason, WishList, WishState

LEARNED_FRESH_S = 60.0
"""For this long what was learned, and what the store chose, is not read again (but see ``Guides.look_again``)."""


def _names_near(floorplan: Floorplan, track: Track) -> tuple[str, ...]:
    """What the part of the store the shopper is in is called, and the one they may be in instead. Sensitive parts have no name:
    who stands near reads the screen too."""
    places = [(track.x_m, track.y_m)]
    if track.other_place is not None:
        places.append((track.other_place.x_m, track.other_place.y_m))
    zones = [floorplan.zone_at(*place) for place in places]
    return tuple(dict.fromkeys(zone.name for zone in zones if zone is not None and not zone.is_sensitive))


def _seen(floor: Floor, held: LiveTrack) -> Seen:
    track, level = held.track, floor.level(held.level_id)
    place = Place(level.level_id, track.x_m, track.y_m)
    return Seen(place, track.accuracy_radius_m, _names_near(level.floorplan, track))


def _is_in_sensitive_zone(floor: Floor, sku: str) -> bool:
    """Whether one takes it from a shelf in a sensitive part of the store: nothing is derived from that either."""
    place = floor.places.get(sku)
    if place is None or place.zone is None:
        return False
    level = floor.level(None if place.level is None else place.level.level_id)
    return any(zone.is_sensitive and zone.name == place.zone for zone in level.floorplan.zones)


@dataclass
class Guides:
    """Fills an opened view."""

    records: Records
    availability: Availability
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _learned: tuple[float, Complements] = (0.0, NOTHING_LEARNED)
    _chosen: tuple[float, StoreChoices] | None = None
    _edition: int = 0

    def look_again(self) -> None:
        """The store has changed its choices or its products: what is on the screens now is chosen anew."""
        with self._lock:
            self._chosen = None
            self._edition += 1

    def guide(self, view: KioskView, kiosk_key: str, floor: Floor, held: LiveTrack | None, now: datetime) -> KioskView:
        """The view with the guidance of now; ``held`` is None while the shopper's beacon is not seen."""
        opened = view.opened
        if opened is None:
            return view
        now_s = now.timestamp()
        shopper_id = opened.bearer.shopper_id
        wish_list = self.availability.told(self.records.shoppers.wish_list(shopper_id), floor)
        seen = None if held is None else _seen(floor, held)
        level = floor.kiosks[kiosk_key]
        # Nobody on another level looks at this screen.
        is_here = seen is None or seen.place.level_id == level.level_id
        state, guidance = guide(
            opened.guidance_state,
            wish_list=wish_list,
            ground=floor.grounds[opened.is_step_free],
            seen=seen,
            at_s=now_s,
            facing_deg=level.floorplan.kiosks[kiosk_key].facing_deg if is_here else None,
            late=self._late(wish_list, now_s),
            level_names={level_id: each.name for level_id, each in floor.levels.items()},
        )
        opened = replace(opened, wish_list=wish_list, guidance_state=state, guidance=guidance, seen=seen)
        return replace(view, opened=self._with_suggestion(opened, floor, now_s))

    def _late(self, wish_list: WishList, now_s: float) -> frozenset[str]:
        """What of the list is to be fetched last."""
        last = self._choices(now_s).last_categories
        if not last:
            return frozenset()
        products = self.records.store.products([item.sku for item in wish_list.items])
        return frozenset(sku for sku, product in products.items() if product.category.casefold() in last)

    def _with_suggestion(self, opened: Opened, floor: Floor, now_s: float) -> Opened:
        record = self.records.shoppers.shopper(opened.bearer.shopper_id)
        if record is None or not record.standing.permits(Purpose.SUGGESTIONS):
            # Without the consent the path is not computed at all.
            return replace(opened, may_suggest=False, suggestion=None, suggested_for=None)
        dismissed = self.records.shoppers.dismissed(opened.bearer.shopper_id)
        # The edition is read first: a change that comes while we choose makes the next look choose again.
        chosen_from = (opened.wish_list.version, dismissed, floor.plan.version, self._edition)
        opened = replace(opened, may_suggest=True)
        if opened.suggested_for == chosen_from:
            return opened
        suggestion = self._suggest(opened, floor, dismissed, now_s)
        return replace(opened, suggestion=suggestion, suggested_for=chosen_from)

    def _suggest(self, opened: Opened, floor: Floor, dismissed: frozenset[str], now_s: float) -> Suggestion | None:
        items = opened.wish_list.items
        on_list = [item.sku for item in items]
        if not on_list:
            return None
        choices = self._choices(now_s)
        known = self.records.store.products(on_list)
        on_hand = Rules(known, sensitive_categories=choices.sensitive_categories)
        plain = [
            item.sku
            for item in items
            if item.state is not WishState.SKIPPED
            and not on_hand.is_sensitive(item.sku)
            and not _is_in_sensitive_zone(floor, item.sku)
        ]
        excluded = {*dismissed, *on_list}
        by_store = picked(choices, plain, excluded)
        found = [*by_store, *candidates(self._complements(now_s), plain, {*excluded, *(item.sku for item in by_store)})]
        skus = [item.sku for item in found]
        products = {**known, **self.records.store.products(skus)}
        stock = {sku: row.quantity for sku, row in self.records.store.stock(skus).items()}
        rules = Rules(products, set(on_list), dismissed, stock, choices.sensitive_categories)
        allowed = [item for item in found if rules.allow(item) and not _is_in_sensitive_zone(floor, item.sku)]
        extra_m = self._extra_walks(opened, floor, [item.sku for item in allowed])
        best = choose(allowed, rules, extra_m, limit=1)
        if not best:
            return None
        item = best[0]
        distance_m = extra_m.get(item.sku)
        return Suggestion(
            sku=item.sku,
            name=products[item.sku].name,
            place=floor.places.get(item.sku),
            distance_m=None if distance_m is None or not np.isfinite(distance_m) else round(distance_m, 1),
            reason=SuggestionReason(
                because_sku=item.because_sku,
                because_name=products[item.because_sku].name,
                baskets_together=item.baskets_together,
                baskets_with_because=item.baskets_with_because,
                is_picked_by_store=item.is_picked,
                note=item.note,
            ),
        )

    def _extra_walks(self, opened: Opened, floor: Floor, skus: Iterable[str]) -> dict[str, float]:
        ground = floor.grounds[opened.is_step_free]
        placed = [sku for sku in skus if sku in ground.standing]
        if not placed or opened.seen is None:
            return {}
        ends = [ground.standing[sku] for sku in placed]
        from_shopper_m = ground.walkways.lengths(opened.seen.place, ends)
        next_item = None if opened.guidance is None else opened.guidance.next_item
        if next_item is None or next_item.sku not in ground.standing:
            extra = from_shopper_m
        else:
            next_place = ground.standing[next_item.sku]
            direct_m = float(ground.walkways.lengths(opened.seen.place, [next_place])[0])
            extra = extra_walk_m(from_shopper_m, ground.walkways.lengths(next_place, ends), direct_m)
        return dict(zip(placed, map(float, extra), strict=True))

    def _choices(self, now_s: float) -> StoreChoices:
        with self._lock:
            if self._chosen is None or now_s - self._chosen[0] >= LEARNED_FRESH_S:
                assortment = self.records.assortment
                choices = StoreChoices.of(
                    assortment.flagged(CategoryFlag.SENSITIVE),
                    assortment.pairings(),
                    assortment.flagged(CategoryFlag.LAST),
                )
                self._chosen = (now_s, choices)
            return self._chosen[1]

    def _complements(self, now_s: float) -> Complements:
        looked_s, complements = self._learned
        if now_s - looked_s < LEARNED_FRESH_S:
            return complements
        with self._lock:
            stored = self.records.store.complements()
            complements = NOTHING_LEARNED if stored is None else stored[1]
            self._learned = (now_s, complements)
        return complements
