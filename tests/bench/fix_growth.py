"""``make bench BENCH=fix-growth``: how a fix's cost grows with shoppers, receivers and floor (larger floors with more receivers).

The floor of ``fix`` is the middle of each series: 60 x 40 m with 24 nodes; its thousand shoppers are a hundred here where
receivers and floor vary, so that the run stays short. The reference is that middle, so the ratio is the growth.
"""

from __future__ import annotations

from tests.bench.busy_floor import busy_floor, fix_s

WIDTH_M, DEPTH_M, NODES, SHOPPERS = 60.0, 40.0, 24, 100

SHOPPERS_TRIED = (1, 10, 100, 1000)
NODES_TRIED = (6, 12, 24, 48, 96)
FLOORS_TRIED_M = ((10.0, 10.0), (20.0, 20.0), (60.0, 40.0), (100.0, 60.0), (150.0, 100.0))

M2_A_NODE = 100.0
"""Of a floor of another size: as dense as on the middle one, but never fewer than four nodes."""

FEWEST_NODES = 4


def rows() -> list[dict[str, object]]:
    """``fix-growth``, a row for each size, in milliseconds a fix on a surveyed floor."""
    cases = [
        *((f"{count} shoppers", WIDTH_M, DEPTH_M, NODES, count) for count in SHOPPERS_TRIED),
        *((f"{count} nodes", WIDTH_M, DEPTH_M, count, SHOPPERS) for count in NODES_TRIED),
        *(
            (f"{width_m:.0f} x {depth_m:.0f} m", width_m, depth_m, _nodes(width_m, depth_m), SHOPPERS)
            for width_m, depth_m in FLOORS_TRIED_M
        ),
    ]
    middle_ms = _fix_ms(WIDTH_M, DEPTH_M, NODES, SHOPPERS)
    return [
        {
            "name": "fix-growth",
            "what": f"{varied} ({shoppers} on {width_m:.0f} x {depth_m:.0f} m, {nodes} nodes)",
            "ours": (ours_ms := _fix_ms(width_m, depth_m, nodes, shoppers)),
            "unit": "ms a fix",
            "reference": f"{SHOPPERS} on {WIDTH_M:.0f} x {DEPTH_M:.0f} m, {NODES} nodes",
            "reference_value": middle_ms,
            "ratio": ours_ms / middle_ms,
        }
        for varied, width_m, depth_m, nodes, shoppers in cases
    ]


def _nodes(width_m: float, depth_m: float) -> int:
    return max(FEWEST_NODES, round(width_m * depth_m / M2_A_NODE))


def _fix_ms(width_m: float, depth_m: float, nodes: int, shoppers: int) -> float:
    floor = busy_floor(width_m, depth_m, nodes, shoppers)
    return fix_s(floor, floor.estimator(is_surveyed=True)) * 1000
