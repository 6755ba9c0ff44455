"""To the server and back: numbered, signed batches out, receipts and the set of valid ids in.

One request at a time, oldest sightings first. What piles up while the server is away goes out in a few full batches, because
a batch gets its number only when it is first sent.
"""

from __future__ import annotations

import asyncio
import logging
import random
from dataclasses import dataclass, replace

from scanner_node.batching import HeardBeacon
from scanner_node.identity import NodeIdentity, public_key_base64
from scanner_node.node_clock import NodeClock
from scanner_node.server_link import Answer, NoAnswer, ServerLink
from scanner_node.settings import NodeSettings
from scanner_node.spool import Spool
from scanner_node.valid_ids import ValidIdSet
from scanner_node.vitals import Vitals
from store_server.wire.sightings import (
    BatchReceipt,
    EnrolledNode,
    RotateNodeKey,
    Sighting,
    SightingBatch,
    ValidIds,
    key_fingerprint,
)

log = logging.getLogger("aisleway.uplink")

BATCHES, VALID_IDS, SELF, KEYS = "/api/node/batches", "/api/node/valid-ids", "/api/node/self", "/api/node/keys"

FIRST_WAIT_S, LONGEST_WAIT_S = 0.2, 2.0
"""Between tries. The longest is short, so that positions are back within 5 s of the server; jitter keeps nodes out of step."""
KEY_CHECK_EVERY_S = 3600.0
REFUSED_WAIT_S = 5.0
"""Between tries of a node the server does not accept (yet): somebody has to do something first."""


@dataclass(frozen=True, slots=True)
class _Batch:
    """A batch with its number, until it is delivered or given up."""

    sequence: int | None
    """None: not yet sent."""
    heard: tuple[HeardBeacon, ...]


class Uplink:
    """The sending side of a node. ``put`` from the radio's side, ``run`` as a task."""

    def __init__(
        self,
        settings: NodeSettings,
        identity: NodeIdentity,
        link: ServerLink,
        valid_ids: ValidIdSet,
        vitals: Vitals,
        clock: NodeClock,
    ) -> None:
        self._settings = settings
        self._identity = identity
        self._link = link
        self._valid_ids = valid_ids
        self._vitals = vitals
        self._clock = clock
        self._spool = Spool(settings.spool_s)
        self._wake = asyncio.Event()
        self._pending: _Batch | None = None
        self._needs_ids = False
        self._wait_s = FIRST_WAIT_S
        self._said: str | None = None
        self._away_since_s: float | None = None
        self._health_due_s = 0.0
        self._boot_step = 1
        self._key_check_due_s = 0.0

    def put(self, window: tuple[HeardBeacon, ...]) -> None:
        """A closed window."""
        self._spool.put(window, self._clock.steady_s())
        self._wake.set()

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            try:
                wait_s = await self._step()
            except NoAnswer as reason:
                wait_s = self._unreachable(str(reason))
            self._vitals.sightings_dropped = self._spool.dropped
            self._valid_ids.at(self._clock.steady_s())  # an expired set leaves memory even when nothing is heard
            if wait_s > 0:
                await asyncio.sleep(wait_s * random.uniform(0.5, 1.0))
            elif not self._needs_ids and self._pending is None and not len(self._spool):
                await self._wait_for_window()

    async def _wait_for_window(self) -> None:
        self._wake.clear()
        try:
            async with asyncio.timeout(self._settings.heartbeat_s):
                await self._wake.wait()
        except TimeoutError:
            pass  # the empty batch is due

    async def _step(self) -> float:
        """One request; returns how long to wait before the next, 0 to go on at once."""
        if self._needs_ids:
            return await self._fetch_ids()
        if self._clock.steady_s() >= self._key_check_due_s:
            self._key_check_due_s = self._clock.steady_s() + KEY_CHECK_EVERY_S
            if self._identity.waiting_key() is not None or self._key_is_old():
                return await self._rotate_key()
        return await self._send_batch()

    async def _send_batch(self) -> float:
        now_s = self._clock.steady_s()
        ids = self._valid_ids.at(now_s)
        if self._pending is None:
            self._pending = _Batch(None, self._spool.take(ids, now_s))
        else:
            self._pending = replace(self._pending, heard=self._spool.still_counts(self._pending.heard, ids, now_s))
        if self._pending.sequence is None:
            self._pending = replace(self._pending, sequence=self._identity.next_sequence())
        health = None
        if now_s >= self._health_due_s:
            health = self._vitals.health(now_s, len(self._spool), self._clock.skew_s)
        batch = SightingBatch(
            sightings=tuple(
                Sighting(
                    ephemeral_id=each.ephemeral_id.hex(), rssi_dbm=each.rssi_dbm, heard_at=self._clock.at(each.heard_s)
                )
                for each in self._pending.heard
            ),
            health=health,
        )
        answer = await self._link.send_signed(self._identity, "POST", BATCHES, batch, self._pending.sequence)
        receipt = answer.read(BatchReceipt) if answer.status in (200, 409) else None
        if receipt is None:
            return await self._refused(answer)
        if health is not None:
            self._health_due_s = now_s + self._settings.health_every_s
        self._delivered(receipt, answer)
        return 0.0

    def _delivered(self, receipt: BatchReceipt, answer: Answer) -> None:
        """The server has it; a 409 says it had it before, when our answer was lost."""
        self._pending = None
        self._reached(answer.answered_s)
        if answer.status == 409:  # an old receipt: it says nothing of the present
            self._needs_ids = True
            return
        if self._clock.learn(receipt.received_at, answer.sent_s, answer.answered_s):
            log.warning(
                "this machine's clock is %.1f s off the server's: corrected here; set it by NTP",
                -(self._clock.skew_s or 0),
            )
        if not self._valid_ids.confirm(receipt.valid_ids_version, answer.sent_s):
            self._needs_ids = True

    async def _fetch_ids(self) -> float:
        answer = await self._link.send_signed(self._identity, "GET", VALID_IDS)
        fresh = answer.read(ValidIds) if answer.status == 200 else None
        if fresh is None:
            return await self._refused(answer)
        self._valid_ids.replace(fresh, answer.sent_s)
        self._needs_ids = False
        self._reached(answer.answered_s)
        return 0.0

    async def _refused(self, answer: Answer) -> float:
        """Everything that is not a receipt, by kind of trouble."""
        problem = answer.problem()
        title = problem.title if problem is not None else f"status {answer.status}"
        if answer.status == 401 and problem is not None and problem.server_at is not None:
            self._clock.learn(problem.server_at, answer.sent_s, answer.answered_s)
            self._say(
                f"this machine's clock is {-(self._clock.skew_s or 0):.0f} s off the server's: corrected here; set it by NTP"
            )
            return FIRST_WAIT_S
        if answer.status in (401, 403):
            self._lose_access()
            if answer.status == 401:
                self._say(f"the server does not accept this node ({title}): if it was revoked, enrol it again")
            else:
                self._say(f"waiting for a manager to confirm this node: fingerprint {self._identity.fingerprint}")
            return REFUSED_WAIT_S
        if answer.status == 409:
            return self._outrun(title)
        if answer.status in (413, 415, 422):
            self._say(f"the server refused a batch ({title}): dropped; is this node older than the server?")
            self._give_up_pending()
            return FIRST_WAIT_S
        return self._unreachable(f"it answers {answer.status}")

    def _outrun(self, title: str) -> float:
        """The server has seen a higher boot, or numbers far above ours: a state folder put back from a copy, or a twin."""
        self._give_up_pending()
        self._say(
            f"the server has heard this node under a later start ({title}): counting on; is there a copy of this node?"
        )
        self._identity.begin_boot(self._boot_step)
        self._boot_step *= 2
        return FIRST_WAIT_S

    def _lose_access(self) -> None:
        """Not (or no longer) let in: nothing may be forwarded, so nothing is held either (T10)."""
        self._valid_ids.forget()
        self._spool.forget()
        self._needs_ids = False
        self._pending = None

    def _give_up_pending(self) -> None:
        if self._pending is not None:
            self._spool.dropped += len(self._pending.heard)
        self._pending = None

    def _unreachable(self, reason: str) -> float:
        if self._away_since_s is None:
            self._away_since_s = self._clock.steady_s()
        self._say(f"waiting for the server at {self._link.origin}: {reason}; trying again until it answers")
        wait_s = self._wait_s
        self._wait_s = min(self._wait_s * 2, LONGEST_WAIT_S)
        return wait_s

    def _reached(self, now_s: float) -> None:
        self._wait_s = FIRST_WAIT_S
        self._boot_step = 1
        if self._away_since_s is not None:
            log.info(
                "server reached after %.1f s; %d sightings dropped so far",
                now_s - self._away_since_s,
                self._spool.dropped,
            )
            self._away_since_s = None
        elif self._said is not None:
            log.info("the server accepts this node")
        self._said = None

    def _say(self, words: str) -> None:
        """Once for each trouble, not at each try."""
        if words != self._said:
            self._said = words
            log.warning("%s", words)

    def _key_is_old(self) -> bool:
        return self._identity.key_age_s() > self._settings.rotate_key_after_days * 86_400

    async def _rotate_key(self) -> float:
        """Ask to be known by a new key from now on, signed with the old one (requirement C5)."""
        new_key = self._identity.make_next_key()
        answer = await self._link.send_signed(
            self._identity, "POST", KEYS, RotateNodeKey(public_key=public_key_base64(new_key))
        )
        rotated = answer.read(EnrolledNode) if answer.status == 200 else None
        if rotated is not None and rotated.fingerprint == key_fingerprint(new_key.public_key().public_bytes_raw()):
            self._identity.take_next_key(new_key)
            log.info("this node's key was rotated; its fingerprint is now %s", self._identity.fingerprint)
            return 0.0
        problem = answer.problem()
        if answer.status == 401 and (problem is None or problem.server_at is None):
            # The answer to an earlier rotation may have been lost: then only the new key is known.
            as_new = replace(self._identity, key=new_key)
            known = await self._link.send_signed(as_new, "GET", SELF, sequence=self._identity.next_sequence())
            if known.status == 200:
                self._identity.take_next_key(new_key)
                return 0.0
            self._identity.drop_next_key()
        return await self._refused(answer)
