"""``replay:FILE``: advertisements from a recording, at the pace they were recorded. FILE may be a FIFO that is being written.

The format is JSON lines: an optional head ``{"format": "aisleway-advertisements-1", "start_at": INSTANT | null}``, then one
advertisement a line with ``t_s``, ``rssi_dbm`` and ``service_data`` or ``manufacturer_data`` (16-bit ids and bytes in hex).
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import os
import stat
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from scanner_node.node_clock import NodeClock
from scanner_node.radio import Advertisement, Hear, RadioFault
from store_server.wire.sightings import ScanMode

log = logging.getLogger("aisleway.replay")

FORMAT = "aisleway-advertisements-1"
LATE_S = 2.0
"""Lines that lie further in the past are skipped: a node that starts late does not shout the past at the server."""
_GRAIN_S = 0.02
"""Lines due within this are heard in one go (each keeps its own time): fifty wake-ups a second instead of one a line."""
_LONGEST_LINE = 64 * 1024


class ReplayRadio:
    """Hears what a file says. Ends with the file; a FIFO is opened again when its writer goes."""

    scan_mode = ScanMode.REPLAY
    falls_silent = False

    def __init__(self, path: Path, clock: NodeClock) -> None:
        self._path = path
        self._clock = clock
        self._file: BinaryIO | None = None
        self._transport: asyncio.BaseTransport | None = None
        self._keeper: int | None = None
        self._hear: Hear | None = None
        self._wrong_lines = 0

    async def start(self, hear: Hear) -> None:
        self._hear = hear
        self._open()

    def _open(self) -> None:
        try:
            # Without O_NONBLOCK opening a FIFO waits for its writer, and a stop would wait with it.
            self._file = os.fdopen(os.open(self._path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
        except OSError as error:
            raise RadioFault(f"cannot read {self._path}: {error.strerror}") from error

    async def stop(self) -> None:
        if self._transport is not None:
            self._transport.close()
            self._transport = None
        if self._file is not None:
            self._file.close()
            self._file = None
        if self._keeper is not None:
            os.close(self._keeper)
            self._keeper = None

    async def wait_until_over(self) -> None:
        while self._file is not None and self._hear is not None:
            file = self._file
            is_fifo = stat.S_ISFIFO(os.fstat(file.fileno()).st_mode)
            await self._replay(self._fifo_lines(file) if is_fifo else _file_lines(file), self._hear)
            if not is_fifo:
                return
            self._open()

    async def _fifo_lines(self, file: BinaryIO) -> AsyncIterator[bytes]:
        reader = asyncio.StreamReader(limit=_LONGEST_LINE)
        if self._keeper is None:  # a reader that stays, so that the next writer never meets a pipe that is just closing
            self._keeper = os.dup(file.fileno())
        self._file = None  # the transport closes it
        self._transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), file
        )
        while True:
            try:
                line = await reader.readline()
            except ValueError:  # longer than the limit
                self._complain()
                continue
            if not line:
                return
            yield line

    async def _replay(self, lines: AsyncIterator[bytes], hear: Hear) -> None:
        start_s: float | None = None  # steady clock at t_s = 0
        async for line in lines:
            try:
                document = json.loads(line)
                if "t_s" not in document:
                    start_s = self._start_s(document)
                    continue
                if start_s is None:
                    start_s = self._clock.steady_s()
                due_s = start_s + float(document["t_s"])
                now_s = self._clock.steady_s()
                if due_s < now_s - LATE_S:
                    continue
                advertisement = _advertisement(document, due_s)
            except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
                self._complain()
                continue
            if due_s > now_s:
                await asyncio.sleep(due_s - now_s + _GRAIN_S)
            hear(advertisement)

    def _start_s(self, head: Any) -> float | None:
        if head["format"] != FORMAT:
            raise ValueError
        if head.get("start_at") is None:
            return self._clock.steady_s()
        start_at = datetime.fromisoformat(head["start_at"])
        if start_at.tzinfo is None:
            raise ValueError
        return self._clock.steady_at(start_at.timestamp())

    def _complain(self) -> None:
        self._wrong_lines += 1
        if self._wrong_lines == 1:  # once, and never the line itself: it may hold anybody's address
            log.warning(
                "%s holds a line that is not an advertisement in %s: skipped, as will be others", self._path, FORMAT
            )


async def _file_lines(file: BinaryIO) -> AsyncIterator[bytes]:
    while line := file.readline(_LONGEST_LINE):
        yield line


def _advertisement(document: Any, heard_s: float) -> Advertisement:
    service_data, manufacturer_data = document.get("service_data"), document.get("manufacturer_data")
    rssi_dbm = document["rssi_dbm"]
    if type(rssi_dbm) is not int or not math.isfinite(heard_s):
        raise ValueError
    return Advertisement(
        {f"0000{key.lower()}-0000-1000-8000-00805f9b34fb": bytes.fromhex(value) for key, value in service_data.items()}
        if service_data
        else {},
        {int(key, 16): bytes.fromhex(value) for key, value in manufacturer_data.items()} if manufacturer_data else {},
        rssi_dbm,
        heard_s,
    )
