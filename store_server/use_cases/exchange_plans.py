"""Plans that come from and go to other tools, and the picture a plan is traced from. Nothing here changes the draft's shapes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from store_server.domain.plan_problems import InvalidFloorplan, said
from store_server.domain.underlays import UnclearScale, underlay_scale
from store_server.ports import Clock, PlanFile, PlanFiles, Records, RefusedPicture
from store_server.use_cases.held_drafts import HeldDraft
from store_server.use_cases.refusals import NotFound, Unfit
from store_server.wire.plan_files import (
    AskUnderlayScale,
    DxfLayers,
    DxfMapping,
    ImportedPlan,
    LengthUnit,
    PlacedUnderlay,
    PlanFormat,
    PlanPicture,
    UnderlayScale,
)

EXPORTS = frozenset({PlanFormat.GEOJSON, PlanFormat.IMDF, PlanFormat.DXF, PlanFormat.PLANOGRAM, PlanFormat.PNG})
IMPORTS = EXPORTS - {PlanFormat.PNG}


@dataclass(frozen=True)
class Exchange:
    records: Records
    files: PlanFiles
    held: Callable[[], HeldDraft]
    clock: Clock
    new_id: Callable[[], str]

    def read(
        self, plan_format: PlanFormat, raw: bytes, mapping: DxfMapping | None, unit: LengthUnit | None = None
    ) -> ImportedPlan:
        """The shapes of a file, for the editor to make one step of.

        Raises
        ------
        Unfit
            For a format that is not read. What is wrong with the file itself is in the answer's ``problems``.
        """
        if plan_format not in IMPORTS:
            raise Unfit(said("picture.not_imported"), ("format",))
        return self.files.read(plan_format, raw, self.held().draft.document(), mapping, unit)

    def layers(self, raw: bytes) -> DxfLayers:
        """What there is to map in a drawing."""
        return self.files.dxf_layers(raw)

    def write(self, plan_format: PlanFormat, level_id: str | None) -> PlanFile:
        """The draft as a file.

        Raises
        ------
        Unfit
            Where the draft cannot be written so: an empty one, one without a level.
        """
        try:
            return self.files.write(plan_format, self.held().draft.document(), level_id, self.clock.now())
        except InvalidFloorplan as invalid:
            raise Unfit(invalid.problems[0].said) from None

    def add_picture(self, raw: bytes) -> PlanPicture:
        """Take a picture to trace: what is kept is a clean copy.

        Raises
        ------
        Unfit
            For what is no PNG or JPEG, or too large.
        """
        try:
            clean = self.files.clean_picture(raw)
        except RefusedPicture as refused:
            raise Unfit(refused.said) from None
        picture = PlanPicture(picture_id=self.new_id(), width_px=clean.width_px, height_px=clean.height_px)
        self.records.plans.put_picture(picture.picture_id, clean.png, self.clock.now())
        return picture

    def picture(self, picture_id: str) -> bytes:
        png = self.records.plans.picture(picture_id)
        if png is None:
            raise NotFound(said("picture.gone"))
        return png

    def scale(self, asked: AskUnderlayScale) -> UnderlayScale:
        """Raises Unfit where the measures give no scale, with what to measure instead."""
        try:
            return underlay_scale(asked.measures)
        except UnclearScale as unclear:
            raise Unfit(unclear.said) from None

    def underlay(self) -> PlacedUnderlay:
        placed = self.records.plans.underlay()
        return PlacedUnderlay() if placed is None else PlacedUnderlay.model_validate_json(placed)

    def place(self, placed: PlacedUnderlay) -> PlacedUnderlay:
        """Put the picture under the draft, or take it away.

        Raises
        ------
        NotFound
            For a picture that is not kept.
        """
        if placed.picture is None:
            self.records.plans.place_underlay(None)
            return PlacedUnderlay()
        self.picture(placed.picture.picture_id)
        self.records.plans.place_underlay(placed.model_dump_json())
        return placed
