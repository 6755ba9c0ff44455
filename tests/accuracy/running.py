"""Measurements side by side: each in a process of its own, answers in the order asked."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

Answer = TypeVar("Answer")

PROCESSES = min(2, os.cpu_count() or 1)

ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")
"""Two processes that both compute on every core wait for each other more than they compute."""


@dataclass(frozen=True, slots=True)
class Job(Generic[Answer]):
    """Something to measure; its function and arguments travel to another process, so both are plain."""

    name: str
    ask: Callable[[], Answer]


def side_by_side(jobs: Sequence[Job[Answer]]) -> Iterator[Answer]:
    """The jobs' answers in the jobs' order, each as soon as it and those before it are there."""
    for name in ONE_THREAD:
        # NumPy reads it when it is first imported: new interpreters do that after this line, forked ones have done it before.
        os.environ.setdefault(name, "1")
    done = 0

    def tell(name: str, _: Future[Answer]) -> None:
        nonlocal done
        done += 1
        print(f"[{done}/{len(jobs)}] {name}", file=sys.stderr, flush=True)

    with ProcessPoolExecutor(PROCESSES, mp_context=multiprocessing.get_context("spawn")) as pool:
        futures = []
        for job in jobs:
            future = pool.submit(job.ask)
            future.add_done_callback(partial(tell, job.name))
            futures.append(future)
        for future in futures:
            yield future.result()
