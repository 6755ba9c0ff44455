"""Many threads that begin together, for promises about what happens at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_T = TypeVar("_T")


def at_once(work: Callable[[int], _T], times: int) -> list[_T]:
    """The same work in many threads that begin together."""
    gate = threading.Barrier(times)

    def begin(number: int) -> _T:
        gate.wait()
        return work(number)

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(begin, range(times)))
