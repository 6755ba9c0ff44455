"""The fake bluetoothd in a thread of its own, for tests that wait on other things."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, TypeVar

from tests.scanner_node.fake_bluez import FakeBluez

T = TypeVar("T")


class RunningBluez:
    """A ``FakeBluez`` in a thread of its own, for tests that wait on other things."""

    def __init__(self, *, is_absent: bool = False, **options: Any) -> None:
        self.fake = FakeBluez(**options)
        self._is_absent = is_absent
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> RunningBluez:
        self._thread.start()
        self.wait(self.fake.start(is_absent=self._is_absent))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.wait(self.fake.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    @property
    def environment(self) -> dict[str, str]:
        return {"DBUS_SYSTEM_BUS_ADDRESS": self.fake.private_bus.address}

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    def do(self, step: Callable[[FakeBluez], T]) -> T:
        """Run a step in the fake's loop."""

        async def run() -> T:
            return step(self.fake)

        return self.wait(run())
