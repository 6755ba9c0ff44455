"""A node at work: radio, filter, windows and uplink wired together, until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import signal

from scanner_node.batching import Batching
from scanner_node.beacon_formats import valid_ephemeral_id
from scanner_node.identity import NodeIdentity
from scanner_node.node_clock import NodeClock
from scanner_node.radio import Advertisement, Watchdog, open_radio
from scanner_node.server_link import ServerLink
from scanner_node.settings import NodeSettings
from scanner_node.uplink import Uplink
from scanner_node.valid_ids import ValidIdSet
from scanner_node.vitals import Vitals

log = logging.getLogger("aisleway.node")


class Filter:
    """What is done with each advertisement: ours into the open window, everything else gone at once (B1)."""

    def __init__(
        self, valid_ids: ValidIdSet, batching: Batching, uplink: Uplink, vitals: Vitals, clock: NodeClock
    ) -> None:
        self._valid_ids = valid_ids
        self._batching = batching
        self._uplink = uplink
        self._vitals = vitals
        self._steady_s = clock.steady_s
        self._timer: asyncio.TimerHandle | None = None

    def hear(self, advertisement: Advertisement) -> None:
        now_s = self._steady_s()
        ids = self._valid_ids.at(now_s)
        self._vitals.heard += 1
        self._vitals.last_heard_s = now_s
        ephemeral_id = valid_ephemeral_id(
            advertisement.service_data, advertisement.manufacturer_data, ids, self._valid_ids.accepts_static_formats
        )
        if ephemeral_id is None:
            return
        closed = self._batching.add(ephemeral_id, advertisement.rssi_dbm, advertisement.heard_s, now_s)
        if closed:
            self._uplink.put(closed)
        if self._timer is None and self._batching.closes_s is not None:
            self._timer = asyncio.get_running_loop().call_later(self._batching.closes_s - now_s, self._close_if_due)

    def _close_if_due(self) -> None:
        self._timer = None
        now_s = self._steady_s()
        closed = self._batching.close_if_due(now_s)
        if closed:
            self._uplink.put(closed)
        if self._batching.closes_s is not None:  # this window began after the one the timer was set for
            self._timer = asyncio.get_running_loop().call_later(self._batching.closes_s - now_s, self._close_if_due)


async def run_node(settings: NodeSettings, identity: NodeIdentity) -> None:
    """Run until SIGTERM or SIGINT.

    Raises
    ------
    WrongSetting
        The radio or the CA file is not one.
    """
    clock = NodeClock()
    radio = open_radio(settings.radio, clock, scans_passively=settings.scans_passively)
    valid_ids, vitals, batching = ValidIdSet(), Vitals(radio.scan_mode), Batching(settings.batch_age_s)
    stopping: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, _stop, stopping)
    log.info("node %s, start %d, key %s", identity.node_id, identity.boot_id, identity.fingerprint)
    async with ServerLink(settings.server, clock) as link:
        uplink = Uplink(settings, identity, link, valid_ids, vitals, clock)
        hear = Filter(valid_ids, batching, uplink, vitals, clock).hear
        watchdog = Watchdog(radio, hear, vitals, clock, settings.silent_after_s)
        tasks = [asyncio.create_task(watchdog.run()), asyncio.create_task(uplink.run())]
        waiting: set[asyncio.Future[None]] = {stopping, *tasks}
        try:
            while not stopping.done():
                done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for each in done:
                    each.result()  # a defect ends the program; the end of a replay does not
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    log.info("stopped")


def _stop(stopping: asyncio.Future[None]) -> None:
    if not stopping.done():
        stopping.set_result(None)
