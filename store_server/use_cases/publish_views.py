"""Changing what a kiosk shows, and telling it: the one door to ``kiosk_state`` and ``track_moved``."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from store_server.domain.consent import Standing
from store_server.domain.kiosk_views import KioskView, state_of, under_epoch
from store_server.ports import Clock, LiveState, Messenger
from store_server.use_cases.floors import Floors
from store_server.wire.presence import TrackMoved
from store_server.wire.privacy import Purpose
from store_server.wire.shopping import KioskState

POSITIONS_LIVE_NODES = 3
"""With fewer nodes heard from there is no position, and screens say so."""
NODE_SILENT_AFTER_S = 5.0


@dataclass
class Views:
    """Every change of a kiosk's view goes through here, so that the version and the screen always follow."""

    live: LiveState
    messenger: Messenger
    floors: Floors
    clock: Clock
    _told: dict[str, tuple[bool, int]] = field(default_factory=dict)
    """By kiosk: whether positions were live and which plan was the store's, when it was last told anything."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def positions_are_live(self, at: datetime) -> bool:
        return len(self.live.nodes_heard_since(at.timestamp() - NODE_SILENT_AFTER_S)) >= POSITIONS_LIVE_NODES

    def state(self, kiosk_key: str) -> KioskState:
        """What the kiosk is to show now."""
        at = self.clock.now()
        return self._state(self.live.kiosk_view(kiosk_key), kiosk_key, at)

    def change(self, kiosk_key: str, change: Callable[[KioskView], KioskView], at: datetime) -> KioskState:
        """Change the view; if the screen's content changed with it, raise its version and tell the screen."""
        is_live = self.positions_are_live(at)
        floor = self.floors.at_hand()
        telling = (is_live, 0 if floor is None else floor.plan.version)
        with self._lock:
            told = self._told.get(kiosk_key)
            self._told[kiosk_key] = telling

        before_version = -1

        def with_version(before: KioskView) -> KioskView:
            nonlocal before_version
            before_version = before.version
            after = change(before)
            shown, shows = (
                self._state(before, kiosk_key, at, is_live=is_live),
                self._state(after, kiosk_key, at, is_live=is_live),
            )
            if shows != shown or told != telling:
                after = replace(after, version=before.version + 1)
            return after

        view = self.live.change_kiosk_view(kiosk_key, with_version)
        state = self._state(view, kiosk_key, at, is_live=is_live)
        if view.version != before_version:
            with self.live.while_current(view.bearers()) as may_emit:
                if may_emit:
                    self.messenger.to_kiosk(kiosk_key, state)
        return state

    def move(self, kiosk_key: str, view: KioskView, moved: TrackMoved) -> None:
        """Tell the one kiosk whose token was tapped where its shopper is."""
        if view.opened is None:
            return
        bearer = view.opened.bearer
        with self.live.while_current([(bearer.shopper_id, bearer.epoch)]) as may_emit:
            if may_emit:
                self.messenger.to_kiosk(kiosk_key, moved)

    def showing(self, shopper_id: str) -> list[str]:
        """The kiosks that show this shopper's token or list."""
        return [
            kiosk_key
            for kiosk_key, view in self.live.kiosk_views().items()
            if any(held == shopper_id for held, _ in view.bearers())
        ]

    def continue_under(self, kiosk_key: str, standing: Standing, at: datetime) -> None:
        """Go on showing this shopper under their new epoch."""
        may_suggest = standing.permits(Purpose.SUGGESTIONS)
        self.change(
            kiosk_key,
            lambda view: under_epoch(view, standing.shopper_id, standing.epoch, may_suggest=may_suggest),
            at,
        )

    def _state(self, view: KioskView, kiosk_key: str, at: datetime, *, is_live: bool | None = None) -> KioskState:
        floor = self.floors.at_hand()
        live = self.positions_are_live(at) if is_live is None else is_live
        return state_of(view, kiosk_key, at, 0 if floor is None else floor.plan.version, positions_are_live=live)
