"""Python's collector of cycles, kept from stopping every answer to look through a plan that is there to stay.

A hypermarket's plan is a million objects. Python's own collector goes through all of them again and again; each time nothing else
runs for up to half a second. Here whatever has survived a whole collection is left alone from then on. What leaves by itself, as
plans and drafts do, is let go all the same: only cycles that end after that wait for the nightly look.
"""

from __future__ import annotations

import gc

COLLECTED_AT = (10_000, 4, 5)
"""Made objects before the young are looked through, such looks before the middle-aged are, and those before all are. The
middle-aged are some 60,000 then, which takes 10 to 20 ms. When all are due Python decides by the share of what survived last
time, too (CPython 3.11, `gc_collect_generations`): that happens while a plan or a draft is read, seldom while one is used."""


def leave_survivors_alone() -> None:
    """From now on, in this process."""
    gc.set_threshold(*COLLECTED_AT)
    if _freeze not in gc.callbacks:
        gc.callbacks.append(_freeze)


def look_through_everything() -> None:
    """Find the cycles that ended after they were left alone; takes up to a second with a hypermarket."""
    gc.unfreeze()
    gc.collect()


def _freeze(phase: str, info: dict[str, int]) -> None:
    if phase == "stop" and info["generation"] == 2:
        gc.freeze()
