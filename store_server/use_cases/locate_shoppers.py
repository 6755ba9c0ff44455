"""The spine: a batch comes in, is admitted and remembered; on each tick, fixes, tracks, and what each kiosk is to show."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from store_server.domain.consent import Standing, admit
from store_server.domain.heard_levels import HeardLevel
from store_server.domain.kiosk_views import Bearer, KioskView, observe_visitors
from store_server.domain.positioning import Fix
from store_server.domain.ranging import WINDOW_S
from store_server.domain.sightings import AdmittedSightings
from store_server.domain.tokens import RANDOM_BYTES
from store_server.domain.tracking import Step, advance_all, is_stale
from store_server.ports import Clock, LiveState, LiveTrack, LiveWindow, Records, ReplayVerdict
from store_server.use_cases.admit_beacons import Admissions
from store_server.use_cases.floors import Floor, Floors, Level
from store_server.use_cases.guide_shoppers import Guides
from store_server.use_cases.publish_views import Views
from store_server.use_cases.refusals import Conflict, NotAllowed, NotProven, Unfit, WrongClock
from store_server.wire.presence import TrackMoved
from store_server.wire.privacy import Purpose
from store_server.wire.sightings import BatchReceipt, Envelope, NodeState, SightingBatch

MOST_CLOCK_SKEW_S = 30.0
HEARD_PAST_S, HEARD_FUTURE_S = 30.0, 2.0
TRACK_LIVES_S = 60.0
"""A track without a fix for this long is dropped: far below the 30 minutes that were promised."""


class SeenBefore(Exception):
    """This batch was received before; ``receipt`` is the one it got then."""

    def __init__(self, receipt: BatchReceipt) -> None:
        super().__init__("seen before")
        self.receipt = receipt


@dataclass(frozen=True, slots=True, eq=False)
class _Guided:
    """Who may be guided, as of one instant.

    Attributes
    ----------
    tracks : mapping of shopper_id to LiveTrack
    at_m : ndarray, shape (G, 2)
    level_ids : sequence of str
        In the order of the tracks.
    """

    tracks: Mapping[str, LiveTrack]
    at_m: NDArray[np.float64]
    level_ids: Sequence[str]

    def inside(self, catchment: BaseGeometry, level_id: str) -> list[LiveTrack]:
        """Those in a kiosk's catchment."""
        is_inside = shapely.intersects_xy(catchment, self.at_m[:, 0], self.at_m[:, 1])
        each = zip(self.tracks.values(), self.level_ids, is_inside.tolist(), strict=True)
        return [held for held, on_level_id, is_there in each if is_there and on_level_id == level_id]


@dataclass(frozen=True)
class Spine:
    """All that happens between a node's batch and a kiosk's screen."""

    records: Records
    live: LiveState
    admissions: Admissions
    floors: Floors
    views: Views
    guides: Guides
    clock: Clock

    def prove_node(self, envelope: Envelope) -> bytes:
        """The public key this node's requests are to be signed with.

        Raises
        ------
        NotProven, WrongClock
            For an unknown or revoked node, or a time more than 30 s off. The same words for unknown and revoked.
        """
        node = self.records.nodes.node(envelope.node_id)
        if node is None or node.state is NodeState.REVOKED:
            raise NotProven("This node is not enrolled here, or was revoked: enrol it with a new code.")
        return node.public_key

    def check_clock(self, envelope: Envelope) -> None:
        now = self.clock.now()
        if abs((envelope.sent_at - now).total_seconds()) > MOST_CLOCK_SKEW_S:
            raise WrongClock(now)

    def confirmed_node(self, envelope: Envelope) -> None:
        """Only a node whose fingerprint a manager has compared may send sightings, or learn which ids are valid.

        Raises
        ------
        NotAllowed
        """
        node = self.records.nodes.node(envelope.node_id)
        if node is None or node.state is not NodeState.CONFIRMED:
            raise NotAllowed("A manager has not confirmed this node yet: compare the fingerprint on both sides.")

    def receive_batch(self, envelope: Envelope, batch: SightingBatch) -> BatchReceipt:
        """Admit, remember. Called for a batch whose signature was checked.

        Raises
        ------
        NotAllowed
            While a manager has not confirmed the node's fingerprint.
        Unfit
            A sighting from outside the last 30 s or more than 2 s ahead: the whole batch is refused.
        SeenBefore, Conflict
            By the replay window.
        """
        now = self.clock.now()
        now_s = now.timestamp()
        self.confirmed_node(envelope)
        for place, sighting in enumerate(batch.sightings):
            if not -HEARD_PAST_S <= sighting.heard_at.timestamp() - now_s <= HEARD_FUTURE_S:
                field = f"sightings.{place}.heard_at"
                raise Unfit(f"{field} lies outside the last 30 seconds: drop old sightings, set the clock.", (field,))
        table = self.admissions.current(now)
        answer = self.records.nodes.note_batch(
            envelope.node_id, envelope.boot_id, envelope.sequence, table.version, batch.health, now
        )
        if answer.verdict is ReplayVerdict.OLDER_BOOT:
            raise Conflict("This node has started again since: its boot counter went back.")
        if answer.verdict is ReplayVerdict.TOO_OLD:
            raise Conflict("This batch's number is too far behind the newest one.")
        receipt = BatchReceipt(
            node_id=envelope.node_id,
            boot_id=envelope.boot_id,
            sequence=envelope.sequence,
            received_at=answer.received_at,
            valid_ids_version=answer.valid_ids_version,
        )
        if answer.verdict is ReplayVerdict.SEEN:
            raise SeenBefore(receipt)
        self.live.note_node(envelope.node_id, now_s)
        if batch.sightings:
            self.live.add(admit(envelope.node_id, batch.sightings, table.admissions))
            self.admissions.recentre(batch.sightings, now)
        return receipt

    def tick(self) -> None:
        """Once or more a second: where everybody is now, and what each kiosk shows."""
        now = self.clock.now()
        floor = self.floors.at_hand()
        if floor is None:
            return
        with floor.alone:
            self._locate(floor, now.timestamp())
        guided = self._guided(floor, self.admissions.current(now).standings, now)
        for kiosk_key in floor.kiosks:
            with floor.alone:
                self._look(floor, kiosk_key, guided, now)

    def _locate(self, floor: Floor, now_s: float) -> None:
        window = self.live.window(now_s - WINDOW_S)
        known = {held.track.beacon_id: held for held in self.live.tracks()}
        held = [known.get(beacon_id) for beacon_id in window.sightings.beacon_ids]
        before = [None if each is None or is_stale(each.track, now_s) else each.heard for each in held]
        heard = floor.heard_levels(window.sightings, before, now_s)
        for level in floor.levels.values():
            self._locate_on(level, window, held, heard, now_s)
        self.live.drop_older(now_s - TRACK_LIVES_S)

    def _locate_on(
        self,
        level: Level,
        window: LiveWindow,
        held: Sequence[LiveTrack | None],
        heard: Sequence[HeardLevel],
        now_s: float,
    ) -> None:
        """Fixes and tracks of the beacons on one level, by its nodes alone."""
        here = np.array([each.level_id == level.level_id for each in heard], dtype=np.bool_)
        if not here.any():
            return
        sightings = window.sightings
        if not here.all():
            sightings = AdmittedSightings(sightings.where(here[sightings.beacon_index]))
        # On another level a track begins anew: nobody walks through the floor, and other nodes err otherwise.
        before = [None if each is None or each.level_id not in (None, level.level_id) else each.track for each in held]
        answers = level.estimator.fixes(sightings, now_s, before)
        steps, moved_on, waiting = [], [], []
        for number in np.flatnonzero(here).tolist():
            answer, known = answers[number], held[number]
            if isinstance(answer, Fix):
                track_id = secrets.token_hex(16) if known is None else known.track.track_id
                steps.append(Step(before[number], answer, track_id))
                moved_on.append(heard[number])
            elif known is not None and known.heard != heard[number]:
                waiting.append(replace(known, heard=heard[number]))
        tracks = advance_all(steps, level.estimator)
        self.live.save_tracks(
            [
                *waiting,
                *(
                    LiveTrack(track, *window.bearers[track.beacon_id], level.level_id, on)
                    for track, on in zip(tracks, moved_on, strict=True)
                ),
            ]
        )

    def look_at_kiosk(self, floor: Floor, kiosk_key: str, standings: Mapping[str, Standing], now: datetime) -> None:
        """Who stands at this kiosk, and what the one who tapped is told."""
        guided = self._guided(floor, standings, now)
        with floor.alone:
            self._look(floor, kiosk_key, guided, now)

    def _guided(self, floor: Floor, standings: Mapping[str, Standing], now: datetime) -> _Guided:
        """Everybody who may be guided, by their tracks of now."""
        now_s = now.timestamp()
        tracks = {
            held.shopper_id: held
            for held in self.live.tracks()
            if not is_stale(held.track, now_s)
            and held.shopper_id in standings
            and standings[held.shopper_id].epoch == held.epoch
            and standings[held.shopper_id].permits(Purpose.GUIDANCE)
        }
        at_m = np.array([(held.track.x_m, held.track.y_m) for held in tracks.values()], dtype=np.float64).reshape(-1, 2)
        return _Guided(tracks, at_m, [floor.level(held.level_id).level_id for held in tracks.values()])

    def _look(self, floor: Floor, kiosk_key: str, guided: _Guided, now: datetime) -> None:
        now_s = now.timestamp()
        level = floor.kiosks[kiosk_key]
        inside = {
            held.shopper_id: Bearer(held.shopper_id, held.track.beacon_id, held.epoch)
            for held in guided.inside(level.floorplan.kiosks[kiosk_key].catchment, level.level_id)
        }

        def look(view: KioskView) -> KioskView:
            seen = observe_visitors(view, inside, now_s, lambda: secrets.token_bytes(RANDOM_BYTES))
            if seen.opened is None:
                return seen
            bearer = seen.opened.bearer
            return self.guides.guide(seen, kiosk_key, floor, guided.tracks.get(bearer.shopper_id), now)

        self.views.change(kiosk_key, look, now)
        view = self.live.kiosk_view(kiosk_key)
        if view.opened is None:
            return
        held = guided.tracks.get(view.opened.bearer.shopper_id)
        if held is not None and held.epoch == view.opened.bearer.epoch:
            self.views.move(
                kiosk_key,
                view,
                TrackMoved(
                    at=now,
                    x_m=round(held.track.x_m, 3),
                    y_m=round(held.track.y_m, 3),
                    accuracy_radius_m=round(held.track.accuracy_radius_m, 2),
                    level_id=floor.level(held.level_id).level_id,
                ),
            )
