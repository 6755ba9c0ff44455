"""The scale of a traced picture: found whatever its stretch, refused where the measures cannot tell."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from store_server.domain.underlays import LEAST_SLANT_DEG, UnclearScale, underlay_scale
from store_server.wire.plan_files import UnderlayMeasure

Point = tuple[float, float]


def measured(from_px: Point, to_px: Point, scale: Point) -> UnderlayMeasure:
    """What a tape measure says between two pixels of a picture with these metres per pixel."""
    length_m = math.hypot((to_px[0] - from_px[0]) * scale[0], (to_px[1] - from_px[1]) * scale[1])
    return UnderlayMeasure(from_px=from_px, to_px=to_px, length_m=length_m)


pixels = st.tuples(st.floats(0, 4000), st.floats(0, 4000))
scales = st.floats(0.001, 0.5)


@given(pixels, pixels, pixels, pixels, scales, st.floats(0.5, 2))
def test_the_scale_is_found_whatever_the_stretch(
    a: Point, b: Point, c: Point, d: Point, x: float, ratio: float
) -> None:
    slants = [math.degrees(math.atan2(abs(q[1] - p[1]), abs(q[0] - p[0]))) for p, q in ((a, b), (c, d))]
    assume(abs(slants[0] - slants[1]) >= LEAST_SLANT_DEG + 0.1)
    assume(min(math.dist(a, b), math.dist(c, d)) > 100)
    true = (x, x * ratio)
    found = underlay_scale([measured(a, b, true), measured(c, d, true)])
    assert found.m_per_px_x == pytest.approx(true[0], rel=1e-6)
    assert found.m_per_px_y == pytest.approx(true[1], rel=1e-6)
    assert found.stretch == pytest.approx(max(ratio, 1 / ratio) - 1, abs=1e-5)


@pytest.mark.parametrize(("ratio", "is_stretched"), [(1.0, False), (1.09, False), (1 / 1.09, False), (1.11, True)])
def test_more_than_a_tenth_of_stretch_is_warned_of(ratio: float, is_stretched: bool) -> None:
    scale = (0.02, 0.02 * ratio)
    along, across = measured((0, 0), (1000, 30), scale), measured((0, 0), (10, 700), scale)
    assert underlay_scale([along, across]).is_stretched is is_stretched


def test_a_slip_in_one_of_three_measures_is_shared_out() -> None:
    scale = (0.02, 0.02)
    good = [measured((0, 0), (1000, 0), scale), measured((0, 0), (0, 1000), scale)]
    slip = UnderlayMeasure(from_px=(0.0, 0.0), to_px=(0.0, 1000.0), length_m=20.6)
    found = underlay_scale([*good, slip])
    assert found.m_per_px_x == pytest.approx(0.02)
    assert 0.02 < found.m_per_px_y < 0.0206


@pytest.mark.parametrize(
    ("ends", "lengths_m", "words"),
    [
        (((1000.0, 0.0), (900.0, 100.0)), (20.0, 18.0), "nearly the same slant"),
        (((700.0, 700.0), (700.0, -700.0)), (20.0, 20.0), "nearly the same slant"),
        (((1000.0, 0.0), (0.0, 5.0)), (20.0, 0.1), "too near each other"),
        (((1000.0, 0.0), (500.0, 500.0)), (100.0, 20.0), "contradict"),
    ],
)
def test_measures_that_cannot_tell_are_refused_with_what_to_do(
    ends: tuple[Point, Point], lengths_m: tuple[float, float], words: str
) -> None:
    measures = [
        UnderlayMeasure(from_px=(0.0, 0.0), to_px=end, length_m=length)
        for end, length in zip(ends, lengths_m, strict=True)
    ]
    with pytest.raises(UnclearScale, match=words):
        underlay_scale(measures)
