"""Who may be heard now: the table from ephemeral id to the shopper who said yes, kept up to the minute."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from store_server.domain.beacon_clocks import recentred_offset_s, valid_windows
from store_server.domain.consent import Admission, Standing
from store_server.ports import BeaconRecord, EphemeralIds, Records, Unwrap
from store_server.wire.sightings import Sighting, ValidIds

REFRESH_S = 20.0
"""How long a table is used. Windows -1 and +1 are in it, so a rotation inside this time is already covered."""

VALID_IDS_EXPIRE_S = 90.0


@dataclass(frozen=True, slots=True)
class AdmissionTable:
    """The currently valid ids and what each admits; ``version`` names exactly this set of ids."""

    made_at: datetime
    version: str
    admissions: Mapping[str, Admission]
    windows: Mapping[str, tuple[BeaconRecord, int]] = field(repr=False)
    standings: Mapping[str, Standing] = field(repr=False)
    """By shopper_id, of every shopper who has a beacon now."""

    def valid_ids(self) -> ValidIds:
        return ValidIds(
            version=self.version,
            expires_in_s=VALID_IDS_EXPIRE_S,
            accept_static_formats=False,
            ids=tuple(sorted(self.admissions)),
        )


class Admissions:
    """Keeps the present table; made anew when a consent or binding changes, and every few seconds as ids rotate."""

    def __init__(self, records: Records, ephemeral_id: EphemeralIds, unwrap: Unwrap) -> None:
        self._records = records
        self._ephemeral_id = ephemeral_id
        self._unwrap = unwrap
        self._lock = threading.Lock()
        self._table: AdmissionTable | None = None
        self._identity_keys: dict[str, bytes] = {}
        self._moved_s: dict[str, float] = {}

    def current(self, at: datetime) -> AdmissionTable:
        """The table of now."""
        table = self._table
        if table is not None and 0 <= (at - table.made_at).total_seconds() < REFRESH_S:
            return table
        with self._lock:
            table = self._table
            if table is None or not 0 <= (at - table.made_at).total_seconds() < REFRESH_S:
                self._table = table = self._make(at)
            return table

    def refresh(self, at: datetime) -> AdmissionTable:
        """Make the table anew: somebody's consent, pause or beacon has just changed."""
        with self._lock:
            self._table = table = self._make(at)
            return table

    def recentre(self, sightings: tuple[Sighting, ...], at: datetime) -> None:
        """Learn each beacon's clock drift from the ids that were just heard."""
        table = self.current(at)
        for ephemeral_id, heard_s in {s.ephemeral_id: s.heard_at.timestamp() for s in sightings}.items():
            known = table.windows.get(ephemeral_id)
            if known is None:
                continue
            beacon, window = known
            offset_s = recentred_offset_s(heard_s, window, beacon.clock_offset_s, beacon.exponent)
            if offset_s != beacon.clock_offset_s and self._moved_s.get(beacon.beacon_id, 0.0) < heard_s - REFRESH_S:
                self._moved_s[beacon.beacon_id] = heard_s
                self._records.shoppers.move_clock(beacon.beacon_id, offset_s)

    def _make(self, at: datetime) -> AdmissionTable:
        now_s = at.timestamp()
        admissions: dict[str, Admission] = {}
        windows: dict[str, tuple[BeaconRecord, int]] = {}
        standings: dict[str, Standing] = {}
        for beacon, standing in self._records.shoppers.bound_beacons():
            standings[standing.shopper_id] = standing
            since = standing.admits_since()
            if since is None:
                continue
            identity_key = self._identity_key(beacon)
            admission = Admission(beacon.beacon_id, standing.shopper_id, standing.epoch, since.timestamp())
            for window, beacon_time_s in valid_windows(now_s, beacon.clock_offset_s, beacon.exponent):
                heard_as = self._ephemeral_id(identity_key, beacon.exponent, beacon_time_s).hex()
                admissions[heard_as] = admission
                windows[heard_as] = (beacon, window)
        version = hashlib.sha256("".join(sorted(admissions)).encode()).hexdigest()[:16]
        return AdmissionTable(at, version, admissions, windows, standings)

    def _identity_key(self, beacon: BeaconRecord) -> bytes:
        key = self._identity_keys.get(beacon.beacon_id)
        if key is None:
            key = self._identity_keys[beacon.beacon_id] = self._unwrap(beacon.wrapped_key, beacon.beacon_id)
        return key
