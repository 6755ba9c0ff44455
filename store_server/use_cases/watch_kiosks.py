"""How the store's kiosks do: each says so every few seconds, and hears in answer whether it is behind. Never a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from store_server.ports import Clock, LiveKiosk, LiveState
from store_server.use_cases.floors import Floors
from store_server.wire.presence import KioskHeartbeat, KioskOverview, KioskPulse, KioskScreen

SILENT_AFTER: Final = timedelta(seconds=15)
"""Three heartbeats missed: one is a moment of bad air, three are a screen without its server."""


@dataclass(frozen=True)
class KioskWatch:
    live: LiveState
    floors: Floors
    clock: Clock

    def hear(self, kiosk_key: str, heartbeat: KioskHeartbeat) -> KioskPulse:
        """Remember how this kiosk does, and tell it which state and which plan hold now."""
        now = self.clock.now()  # before the version is read: a state that is newer than this answer must not look older
        touched_s = heartbeat.untouched_s
        last_touch_at = None if touched_s is None else now - timedelta(seconds=touched_s)
        self.live.note_kiosk(kiosk_key, LiveKiosk(now, heartbeat.bundle, heartbeat.screen, last_touch_at))
        floor = self.floors.current()
        return KioskPulse(
            at=now,
            version=self.live.kiosk_view(kiosk_key).version,
            plan_version=0 if floor is None else floor.plan.version,
        )

    def overviews(self, kiosk_keys: Iterable[str], paired: Mapping[str, datetime | None]) -> tuple[KioskOverview, ...]:
        """A line for each of these kiosks; ``paired`` says when each paired one last opened its page or socket."""
        heard, now = self.live.kiosks(), self.clock.now()
        return tuple(
            _paired_overview(key, paired[key], heard.get(key), now)
            if key in paired
            else KioskOverview(kiosk_key=key, is_paired=False, last_seen_at=None)
            for key in kiosk_keys
        )


def _paired_overview(
    kiosk_key: str, opened_at: datetime | None, heard: LiveKiosk | None, now: datetime
) -> KioskOverview:
    if heard is None:
        return KioskOverview(kiosk_key=kiosk_key, is_paired=True, last_seen_at=opened_at, screen=KioskScreen.OFFLINE)
    return KioskOverview(
        kiosk_key=kiosk_key,
        is_paired=True,
        last_seen_at=heard.heard_at if opened_at is None else max(opened_at, heard.heard_at),
        screen=heard.screen if now - heard.heard_at < SILENT_AFTER else KioskScreen.OFFLINE,
        bundle=heard.bundle,
        last_touch_at=heard.last_touch_at,
    )
