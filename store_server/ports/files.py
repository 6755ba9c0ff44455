"""Files that come from a till or a drawing tool, and plans that go out as files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from store_server.domain.plan_problems import SaidError
from store_server.wire.assortment import RefusedRow
from store_server.wire.floorplans import FloorplanDocument
from store_server.wire.plan_files import DxfLayers, DxfMapping, ImportedPlan, LengthUnit, PlanFormat
from store_server.wire.shopping import Product


class TillFiles(Protocol):
    """What a till hands over as CSV, row by row; a row that cannot be taken comes as its refusal."""

    def catalogue(self, content: bytes) -> Iterator[Product | RefusedRow]: ...
    def stock(self, content: bytes) -> Iterator[tuple[str, int] | RefusedRow]: ...


class RefusedPicture(SaidError):
    """No picture we take; the words say what to send instead."""


@dataclass(frozen=True, slots=True)
class CleanPicture:
    png: bytes
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A plan, ready to be sent."""

    content: bytes
    mimetype: str
    ending: str


class PlanFiles(Protocol):
    """Plans in the formats of other tools."""

    def read(
        self,
        plan_format: PlanFormat,
        raw: bytes,
        draft: FloorplanDocument,
        mapping: DxfMapping | None,
        unit: LengthUnit | None = None,
    ) -> ImportedPlan:
        """The shapes in a file, or its problems; never an exception for what the file holds."""
        ...

    def dxf_layers(self, raw: bytes) -> DxfLayers: ...
    def write(
        self, plan_format: PlanFormat, document: FloorplanDocument, level_id: str | None, at: datetime
    ) -> PlanFile:
        """Raises ``InvalidFloorplan`` where the plan cannot be written so."""
        ...

    def clean_picture(self, raw: bytes) -> CleanPicture:
        """Raises ``RefusedPicture``."""
        ...
