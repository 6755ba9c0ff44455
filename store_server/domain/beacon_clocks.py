"""Which ephemeral ids are valid now, and how each beacon's clock drifts from ours (requirement A3)."""

from __future__ import annotations

from collections.abc import Iterator

WINDOWS = (-1, 0, 1)
"""Windows around the present one in which a beacon is recognised: its clock may be off by a whole rotation."""


def rotation_s(exponent: int) -> int:
    """Seconds one id is shown.

    >>> rotation_s(9)
    512
    """
    return 1 << exponent


def window_at(now_s: float, clock_offset_s: float, exponent: int) -> int:
    """The number of the rotation window the beacon's clock is in.

    >>> window_at(1000.0, 24.0, 9), window_at(1000.0, 23.9, 9)
    (2, 1)
    """
    return int((now_s + clock_offset_s) // rotation_s(exponent))


def valid_windows(now_s: float, clock_offset_s: float, exponent: int) -> Iterator[tuple[int, int]]:
    """(window number, a beacon time inside it) for windows -1, 0, +1, leaving out times before the beacon's start."""
    present = window_at(now_s, clock_offset_s, exponent)
    for step in WINDOWS:
        if present + step >= 0:
            yield present + step, (present + step) << exponent


def recentred_offset_s(heard_s: float, window: int, clock_offset_s: float, exponent: int) -> float:
    """The clock offset that puts ``heard_s`` inside the window whose id was heard, moved no further than needed.

    An id tells the beacon's clock only to within one rotation, so an offset that already agrees is left alone.

    >>> recentred_offset_s(1000.0, 1, 0.0, 9)
    0.0
    >>> recentred_offset_s(1030.0, 1, 0.0, 9)
    -7.0
    >>> recentred_offset_s(1000.0, 2, 0.0, 9)
    24.0
    """
    length_s = rotation_s(exponent)
    beacon_s = heard_s + clock_offset_s
    start_s, last_s = float(window * length_s), float((window + 1) * length_s - 1)
    if beacon_s < start_s:
        return clock_offset_s + (start_s - beacon_s)
    if beacon_s >= last_s + 1:
        return clock_offset_s - (beacon_s - last_s)
    return clock_offset_s
