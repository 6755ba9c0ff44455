"""The plan's contract: a place on Earth is one."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from store_server.wire.floorplans import LocalFrame
from store_server.wire.plan_files import ImportedPlan


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_every_place_on_earth_can_be_an_origin(longitude: float, latitude: float) -> None:
    frame = LocalFrame(origin_lonlat=(longitude, latitude))
    assert LocalFrame.model_validate_json(frame.model_dump_json()) == frame


@pytest.mark.parametrize(
    "origin",
    [
        [180.001, 0],
        [-1e300, 0],
        [0, 90.001],
        [8.5, -91],
        [47.4, 108.5],
        [8.5],
        [8.5, 47.4, 400],
        ["8.5", "47.4"],
        [True, 1],
        [None, None],
        [1e999, 0],
    ],
)
def test_what_is_no_place_on_earth_is_refused(origin: object) -> None:
    raw = json.dumps({"origin_lonlat": origin})
    with pytest.raises(ValidationError):
        LocalFrame.model_validate_json(raw)
    with pytest.raises(ValidationError):
        ImportedPlan.model_validate_json(json.dumps({"name": "shop", "features": [], "origin_lonlat": origin}))
