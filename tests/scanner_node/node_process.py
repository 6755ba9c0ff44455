"""The node under test as it runs in a store: its own process, its own state folder, its log in a file."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.scanner_node.receiving_server import CODE, ReceivingServer

EID_UUID16 = "feaa"
MINE = "a9b76a71c5f89290"
OTHER = "4144413e45fefa58"


def eid_frame(ephemeral_id: str) -> str:
    """Service data of 0xFEAA in hex."""
    return "30f2" + ephemeral_id


def write_replay(path: Path, lines: Iterable[dict[str, Any]]) -> Path:
    head = {"format": "aisleway-advertisements-1", "start_at": None}
    path.write_text("".join(json.dumps(each) + "\n" for each in (head, *lines)))
    return path


def line(t_s: float, rssi_dbm: int, ephemeral_id: str, address: str = "C0:FF:EE:00:00:01") -> dict[str, Any]:
    return {"t_s": t_s, "rssi_dbm": rssi_dbm, "address": address, "service_data": {EID_UUID16: eid_frame(ephemeral_id)}}


def wait_for(condition: Callable[[], object], timeout_s: float = 20.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, f"did not come true within {timeout_s} s"
        time.sleep(0.02)


def command(*words: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run ``aisleway-node`` to its end."""
    return subprocess.run(
        [sys.executable, "-m", "scanner_node", *words],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **(environment or {})},
        check=False,
    )


def enrol(server: ReceivingServer, state_dir: Path, *more: str) -> None:
    done = command("enrol", "--server", server.url, "--code", CODE, "--state", str(state_dir), *more)
    assert done.returncode == 0, done.stderr


class NodeProcess:
    """``aisleway-node`` running; ends with the ``with`` block."""

    def __init__(
        self, url: str, radio: str, state_dir: Path, *more: str, environment: dict[str, str] | None = None
    ) -> None:
        self.log_path = state_dir.with_name(state_dir.name + ".log")
        self._words = ["--server", url, "--radio", radio, "--state", str(state_dir), *more]
        self._environment = {**os.environ, **(environment or {})}

    def __enter__(self) -> NodeProcess:
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "scanner_node", *self._words],
                stdout=log,
                stderr=log,
                env=self._environment,
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)
        if error is not None:
            print(self.log)

    @property
    def log(self) -> str:
        return self.log_path.read_text()

    def until_log(self, words: str, timeout_s: float = 20.0) -> None:
        wait_for(lambda: words in self.log, timeout_s)


class Air:
    """A FIFO a node listens to: what is said into it is on the air now."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.radio = f"replay:{path}"
        self._start = datetime.now(UTC)
        # Read and write, so that opening waits for nobody and no write meets a closed pipe.
        self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CLOEXEC), "wb", buffering=0)
        self._say({"format": "aisleway-advertisements-1", "start_at": self._start.isoformat()})

    def _say(self, document: dict[str, Any]) -> None:
        self._file.write(json.dumps(document).encode() + b"\n")

    def say(self, rssi_dbm: int, ephemeral_id: str, **more: Any) -> None:
        t_s = (datetime.now(UTC) - self._start).total_seconds()
        self._say({**line(t_s, rssi_dbm, ephemeral_id), **more})

    def __enter__(self) -> Air:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


def say_until(air: Air, condition: Callable[[], object], ephemeral_id: str = MINE, timeout_s: float = 20.0) -> None:
    """A beacon that goes on until something came of it."""

    def step() -> object:
        air.say(-60, ephemeral_id)
        return condition()

    wait_for(step, timeout_s)
