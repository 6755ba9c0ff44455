"""Where other tools' plans lie: degrees, metres or another unit, on a level of theirs, of the draft's, or on none."""

from __future__ import annotations

import pytest

from store_server.domain.plan_problems import InvalidFloorplan
from store_server.wire.floorplans import (
    LevelFeature,
    SectionFeature,
)
from store_server.wire.plan_files import LengthUnit
from tests.domain.floors import Json, area, changed, document, found, plan, shop
from tests.domain.foreign_files import LAT, LEVEL, LON, box, messages, point, read


def test_shapes_without_a_level_go_onto_the_drafts_beside_what_is_there() -> None:
    draft = document({**shop(), "crs_local": {"origin_lonlat": [LON, LAT]}})
    plan, _, problems, _ = read(box("section", 3, 4, 2, 2), draft=draft)
    (section,) = plan.features
    assert section.properties.level_id == "L"
    assert isinstance(section, SectionFeature)
    assert section.geometry.coordinates[0][0] == pytest.approx((3, 4), abs=0.001)
    assert messages(problems) == ["import.level_given"]


def test_shapes_without_any_level_get_one_round_them() -> None:
    plan, _, problems, _ = read(box("section", 3, 4, 2, 2), point("amenity", 9, 1, category="checkout"))
    level = plan.features[0]
    assert isinstance(level, LevelFeature)
    assert {feature.properties.level_id for feature in plan.features} == {level.id}
    corners = [value for at in level.geometry.coordinates[0] for value in at]
    assert (min(corners), max(corners)) == pytest.approx((0, 6), abs=0.001)
    assert messages(problems) == ["import.level_made"]
    alone, _, problems, _ = read(point("amenity", 9, 1, category="checkout"))
    assert (len(alone.features), problems) == (1, ())


def test_one_slip_of_a_digit_moves_no_store() -> None:
    far = point("amenity", 0, 0, category="checkout", name="Slip")
    far["geometry"]["coordinates"] = [0.0, 0.0]
    plan, _, problems, _ = read(LEVEL, far, box("section", 1, 1, 2, 2))
    assert plan.crs_local.origin_lonlat == pytest.approx((LON, LAT))
    assert [feature.feature_type for feature in plan.features] == ["level", "section"]
    assert problems[1].feature_keys == ("Slip",)


def test_a_surveyors_grid_is_moved_to_the_origin() -> None:
    raw = plan(area("section", "S", (1, 2, 3, 4)))
    for item in raw["features"]:
        item["geometry"]["coordinates"] = [
            [[x + 2_683_000, y + 1_247_000] for x, y in item["geometry"]["coordinates"][0]]
        ]
    read_plan = read(*raw["features"])
    assert read_plan.unit is LengthUnit.METRE
    assert messages(read_plan.problems) == ["import.metres_assumed"]
    assert read_plan.document.features == document(plan(area("section", "S", (1, 2, 3, 4)))).features


@pytest.mark.parametrize("unit", list(LengthUnit))
def test_a_unit_that_is_told_or_written_in_the_frame_is_taken(unit: LengthUnit) -> None:
    metres = {"mm": 0.001, "cm": 0.01, "dm": 0.1, "m": 1.0, "in": 0.0254, "ft": 0.3048}[unit]
    raw = changed(plan(area("section", "S", (1, 2, 3, 4))))
    told = read(*raw["features"], unit=unit)
    written = read(*raw["features"], crs_local={"units": unit.value})
    for plan_read in (told, written):
        assert plan_read.unit is unit
        section = plan_read.document.features[1]
        assert isinstance(section, SectionFeature)
        assert section.geometry.coordinates[0][2] == pytest.approx((3 * metres, 4 * metres), abs=1e-4)


@pytest.mark.parametrize("frame", [{"units": "furlong"}, {"axes": "x=north,y=up"}, {"units": ["m"]}, {"units": None}])
def test_a_frame_nobody_can_guess_is_refused(frame: Json) -> None:
    with pytest.raises(InvalidFloorplan) as refused:
        read(*shop()["features"], crs_local=frame, name="shop")
    assert "crs_local" in refused.value.problems[0].words


def test_a_frame_of_no_place_on_earth_is_left_out_and_the_plan_kept() -> None:
    frame = {"origin_lonlat": [854, 47], "georeference": [], "colour": "red"}
    plan, _, _, unit = read(*shop()["features"], crs_local=frame, synthetic="perhaps", accepted=[1], name="x" * 500)
    assert plan.features == document(shop()).features
    assert (plan.crs_local.origin_lonlat, plan.synthetic, plan.accepted, unit) == (None, None, (), LengthUnit.METRE)
    assert len(plan.name) == 200


def test_what_of_the_head_could_not_be_read_is_said() -> None:
    frame = {"origin_lonlat": [854, 47]}
    _, _, problems, _ = read(*shop()["features"], crs_local=frame, synthetic="perhaps", accepted=[1])
    assert [problem.said.figures["field"] for problem in problems] == [
        "synthetic",
        "accepted",
        "crs_local",
    ]
    _, _, problems, _ = read(LEVEL, origin_lonlat=[1000, 2])
    assert [problem.said.figures["field"] for problem in problems] == ["origin_lonlat"]


def test_a_plan_of_ours_is_read_as_it_is() -> None:
    raw = shop()
    found(raw, "A")["properties"]["key"] = "  spaces  "
    assert read(*raw["features"], crs_local={}, name="small") == (document(raw), {}, (), LengthUnit.METRE)
