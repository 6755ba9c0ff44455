"""How high a shelf is, in words: told by its number, how many there are, and how tall the fixture is."""

from __future__ import annotations

from store_server.wire.shopping import ShelfHeight

USUAL_HEIGHT_M = 1.6
"""Of a gondola whose plan does not say."""

LOWEST_M = 0.1
"""The bottom shelf lies on the plinth."""

BELOW_M = ((0.4, ShelfHeight.BOTTOM), (0.8, ShelfHeight.LOW), (1.2, ShelfHeight.MIDDLE), (1.65, ShelfHeight.EYE))
"""Up to which height a shelf's goods are called so. Eyes are at 1.5 to 1.7 m standing; goods stand some 0.2 m above the board."""

GOODS_M = 0.15
"""From the board to the middle of what stands on it."""


def shelf_height(shelf: int, shelves: int, fixture_height_m: float | None) -> ShelfHeight:
    """Where to look for a shelf.

    Parameters
    ----------
    shelf : int
        Counted from the floor, from 1.
    shelves : int
        How many there are.
    fixture_height_m : float or None

    Examples
    --------
    >>> [shelf_height(shelf, 5, 1.8).value for shelf in (1, 2, 3, 4, 5)]
    ['bottom', 'low', 'middle', 'eye', 'eye']
    >>> shelf_height(7, 7, 2.2).value
    'top'
    """
    tall_m = USUAL_HEIGHT_M if fixture_height_m is None else fixture_height_m
    goods_m = LOWEST_M + (shelf - 1) * (tall_m - LOWEST_M) / max(shelf, shelves) + GOODS_M
    return next((height for most_m, height in BELOW_M if goods_m <= most_m), ShelfHeight.TOP)
