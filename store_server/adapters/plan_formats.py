"""Plans in every format that is read or written, behind one door: whatever a file holds, the answer is shapes and problems."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from store_server.adapters import plan_pictures
from store_server.adapters.dxf_files import dxf_layers, export_dxf, import_dxf
from store_server.adapters.imdf_files import export_imdf, import_imdf
from store_server.adapters.plan_drawings import draw_png
from store_server.adapters.plan_files import planogram_of, planogram_rows, with_slots
from store_server.domain.floorplan import levels_of
from store_server.domain.plan_exchange import export_geojson, import_geojson
from store_server.domain.plan_form import read_document
from store_server.domain.plan_problems import InvalidFloorplan, Problem, Rule, error, said, warning
from store_server.domain.plan_sizes import size_problems
from store_server.domain.plan_structure import structure_problems
from store_server.domain.reading_report import ReadPlan
from store_server.domain.told_problems import left_out_of, plan_problem
from store_server.ports import CleanPicture, PlanFile
from store_server.wire.floorplans import FixtureFeature, FloorplanDocument, LevelFeature, SlotFeature
from store_server.wire.people import PlanProblem
from store_server.wire.plan_files import (
    DxfLayers,
    DxfLayerUse,
    DxfMapping,
    ImportedPlan,
    LengthUnit,
    PlanFormat,
)

LISTED_AT_MOST = 200


class PlanFormats:
    """What ``ports.PlanFiles`` promises."""

    def read(
        self,
        plan_format: PlanFormat,
        raw: bytes,
        draft: FloorplanDocument,
        mapping: DxfMapping | None,
        unit: LengthUnit | None = None,
    ) -> ImportedPlan:
        """The shapes in a file, or its problems; never an exception for what the file holds.

        Parameters
        ----------
        plan_format : PlanFormat
        raw : bytes
            Bounded by each format's own reader before it is looked into.
        draft : FloorplanDocument
            Whose levels a drawing may be put on, and whose fixtures a planogram names.
        mapping : DxfMapping, optional
            What a drawing's layers are; by their names and forms where it is not told.
        unit : LengthUnit, optional
            What one unit of a GeoJSON's coordinates is; as it seems where it is not told.
        """
        try:
            document, left_out, found, read_in = _read(plan_format, raw, draft, mapping, unit)
        except InvalidFloorplan as invalid:
            return ImportedPlan(name=draft.name, features=(), problems=_told(invalid.problems))
        if not document.features:
            problems = [error(Rule.NOT_A_PLAN, (), None, said("not_a_plan.nothing_usable"))]
        else:
            keys = {feature.properties.key for feature in document.features}
            judged = structure_problems(_as_judged(document, draft))
            # The draft's own faults are told elsewhere.
            problems = [problem for problem in judged if not problem.feature_keys or keys & set(problem.feature_keys)]
        usable = document.features if _is_usable(document, problems) else ()
        sizes, likely = size_problems(usable, read_in)
        problems = [*(p for p in found if p.is_error), *sizes, *problems, *(p for p in found if not p.is_error)]
        if plan_format is PlanFormat.DXF and usable:
            problems.append(warning(Rule.BAD_FORM, (), None, said("bad_form.drawing_says_little")))
        return ImportedPlan(
            name=document.name,
            features=usable,
            left_out=tuple(left_out_of(name, count) for name, count in sorted(left_out.items()) if count > 0)[
                :LISTED_AT_MOST
            ],
            problems=_told(problems),
            unit=read_in,
            likely_unit=likely,
            origin_lonlat=document.crs_local.origin_lonlat,
            attribution=document.attribution,
        )

    def dxf_layers(self, raw: bytes) -> DxfLayers:
        """What there is to map in a drawing; where it is none, its problems."""
        try:
            return dxf_layers(raw)
        except InvalidFloorplan as invalid:
            return DxfLayers(unit=None, layers=(), problems=_told(invalid.problems))

    def write(
        self, plan_format: PlanFormat, document: FloorplanDocument, level_id: str | None, at: datetime
    ) -> PlanFile:
        """The plan as a file; only a picture is of one level.

        Raises
        ------
        InvalidFloorplan
            Where there is no level.
        """
        if not levels_of(document):
            raise InvalidFloorplan([error(Rule.NO_LEVEL, (), None, said("no_level.to_write"))])
        if plan_format is PlanFormat.GEOJSON:
            return PlanFile(export_geojson(document).encode(), "application/geo+json", "geojson")
        if plan_format is PlanFormat.IMDF:
            return PlanFile(export_imdf(document, at)[0], "application/zip", "imdf.zip")
        if plan_format is PlanFormat.DXF:
            return PlanFile(export_dxf(document), "image/vnd.dxf", "dxf")
        if plan_format is PlanFormat.PLANOGRAM:
            return PlanFile(planogram_of(document).encode(), "text/csv", "planogram.csv")
        return PlanFile(draw_png(document, level_id), "image/png", "png")

    def clean_picture(self, raw: bytes) -> CleanPicture:
        """A picture to trace, as a clean PNG.

        Raises
        ------
        RefusedPicture
        """
        return plan_pictures.clean_picture(raw)


def _read(
    plan_format: PlanFormat,
    raw: bytes,
    draft: FloorplanDocument,
    mapping: DxfMapping | None,
    unit: LengthUnit | None,
) -> ReadPlan:
    if plan_format is PlanFormat.GEOJSON:
        return import_geojson(raw, unit, draft)
    if plan_format is PlanFormat.IMDF:
        return import_imdf(raw)
    if plan_format is PlanFormat.DXF:
        return _drawn(raw, draft, mapping)
    if plan_format is PlanFormat.PLANOGRAM:
        planned = with_slots(draft, planogram_rows(raw))
        slots = tuple(feature for feature in planned.features if isinstance(feature, SlotFeature))
        return ReadPlan(draft.model_copy(update={"features": slots}), Counter())
    raise InvalidFloorplan([error(Rule.NOT_A_PLAN, (), None, said("not_a_plan.picture"))])


def _is_usable(document: FloorplanDocument, problems: Sequence[Problem]) -> bool:
    """Whether a draft can hold the shapes; any other fault can be mended in the editor."""
    ids = {feature.id for feature in document.features}
    return len(ids) == len(document.features) and not any(problem.rule is Rule.TOO_DETAILED for problem in problems)


def _drawn(raw: bytes, draft: FloorplanDocument, mapping: DxfMapping | None) -> ReadPlan:
    if mapping is None:
        guesses = dxf_layers(raw).layers
        mapping = DxfMapping(
            layers=tuple(DxfLayerUse(name=one.name, use=one.guess, ordinal=one.ordinal) for one in guesses)
        )
    levels = levels_of(draft)
    if mapping.level_id is None and levels:
        mapping = mapping.model_copy(update={"level_id": levels[0].id})
    features, left_out, unit = import_dxf(raw, mapping)
    document = {"type": "FeatureCollection", "name": draft.name, "crs_local": {}, "features": features}
    return ReadPlan(read_document(json.dumps(document).encode()), left_out, unit=unit)


def _as_judged(found: FloorplanDocument, draft: FloorplanDocument) -> FloorplanDocument:
    """With the levels and fixtures of the draft, where the file has no level of its own for its shapes to refer to."""
    if levels_of(found):
        return found
    ids = {feature.id for feature in found.features}
    known = [f for f in draft.features if isinstance(f, LevelFeature | FixtureFeature) and f.id not in ids]
    return found.model_copy(update={"features": (*known, *found.features)})


def _told(problems: Sequence[Problem]) -> tuple[PlanProblem, ...]:
    return tuple(plan_problem(problem) for problem in problems[:LISTED_AT_MOST])


def _label(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text[:200]) or "?"
