"""The gate: which sightings may become positions, and what each purpose permits.

Everything about a shopper carries the ``consent_epoch`` it was admitted under. Withdrawing raises the epoch first, so that
whatever is still in flight finds itself out of date at the next write or emit and is dropped there (requirements B4, B5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from store_server.domain.sightings import AdmittedSightings, SightingColumns, columns
from store_server.wire.privacy import Purpose
from store_server.wire.sightings import Sighting

PURPOSES_THAT_NEED_A_POSITION = frozenset({Purpose.GUIDANCE, Purpose.SUGGESTIONS, Purpose.CAMPAIGNS, Purpose.HEATMAP})
"""PREDICTION learns from what was bought, not from where somebody walked: alone it admits no sighting."""

NEVER_FOR_FAMILY_TAGS = frozenset({Purpose.CAMPAIGNS, Purpose.PREDICTION})


@dataclass(frozen=True, slots=True)
class Standing:
    """How one shopper's consent stands now: the answer to "may we?" that the gate and every fence read.

    Attributes
    ----------
    shopper_id : str
    beacon_id : str or None
        The beacon in the shopper's hand.
    epoch : int
        Raised by each withdrawal, pause, return and erasure.
    given : mapping of Purpose to datetime
        What is given, and since when.
    bound_at : datetime or None
    is_paused : bool
    resumed_at : datetime or None
        When the last pause ended: what was heard during it stays outside (requirement B6).
    """

    shopper_id: str
    beacon_id: str | None
    epoch: int
    given: Mapping[Purpose, datetime] = field(default_factory=dict)
    bound_at: datetime | None = None
    is_paused: bool = False
    resumed_at: datetime | None = None

    def permits(self, purpose: Purpose) -> bool:
        """Whether this purpose may be served now."""
        return not self.is_paused and purpose in self.given

    def admits_since(self) -> datetime | None:
        """From when on sightings of this shopper's beacon may be used; None: not at all now."""
        if self.is_paused or self.beacon_id is None or self.bound_at is None:
            return None
        since = [at for purpose, at in self.given.items() if purpose in PURPOSES_THAT_NEED_A_POSITION]
        if not since:
            return None
        bounds = [min(since), self.bound_at, *([] if self.resumed_at is None else [self.resumed_at])]
        return max(bounds)


@dataclass(frozen=True, slots=True)
class Admission:
    """What the gate knows of one currently valid ephemeral id."""

    beacon_id: str
    shopper_id: str
    epoch: int
    since_s: float
    """Sightings heard before this instant (Unix seconds) fall into time without consent and are dropped (B6)."""


@dataclass(frozen=True, slots=True, eq=False)
class Admitted:
    """What the gate let through of one batch, and the epochs it was let through under.

    ``epochs[i]`` belongs to ``sightings.beacon_ids[i]``, as does ``shopper_ids[i]``.
    """

    sightings: AdmittedSightings
    shopper_ids: tuple[str, ...]
    epochs: tuple[int, ...]


def admit(node_id: str, sightings: Sequence[Sighting], admissions: Mapping[str, Admission]) -> Admitted:
    """Keep the sightings of beacons whose bearer has said yes, under the beacon's own id; forget the rest.

    Parameters
    ----------
    node_id : str
        Who heard them.
    sightings : sequence of Sighting
    admissions : mapping of ephemeral id to Admission
        The currently valid ids and nothing else.

    Returns
    -------
    Admitted
        Empty columns where nothing is admitted.
    """
    rows: list[tuple[str, str, float, float]] = []
    met: dict[str, Admission] = {}
    for sighting in sightings:
        admission = admissions.get(sighting.ephemeral_id)
        if admission is None:
            continue
        heard_s = sighting.heard_at.timestamp()
        if heard_s < admission.since_s:
            continue
        met.setdefault(admission.beacon_id, admission)
        rows.append((admission.beacon_id, node_id, float(sighting.rssi_dbm), heard_s))
    return Admitted(
        AdmittedSightings(columns(rows, beacon_ids=tuple(met))),
        tuple(a.shopper_id for a in met.values()),
        tuple(a.epoch for a in met.values()),
    )


def admit_recording(recording: SightingColumns) -> AdmittedSightings:
    """Admit a recording of test beacons (a survey, a calibration walk, a benchmark): it is of no person."""
    return AdmittedSightings(recording)
