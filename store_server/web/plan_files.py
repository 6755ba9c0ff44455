"""Managers: files of plans into and out of the draft, and the picture under it."""

from __future__ import annotations

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from pydantic import ValidationError

from store_server.domain.plan_problems import said
from store_server.use_cases.refusals import NotFound, Unfit
from store_server.web.audience import answer, body, raw_body, store
from store_server.web.problems import bad_body
from store_server.wire.plan_files import AskUnderlayScale, DxfMapping, LengthUnit, PlacedUnderlay, PlanFormat

plan_files = Blueprint("plan_files", __name__, url_prefix="/api/manager/draft")

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_PICTURE_BYTES = 5 * 1024 * 1024
MAX_MAPPING = 64 * 1024
FILE = "application/octet-stream"
"""What an uploaded file says it is does not matter: it is looked at."""


def plan_format() -> PlanFormat:
    """The format asked for."""
    try:
        return PlanFormat(request.args.get("format", ""))
    except ValueError:
        raise Unfit(f"format is one of {', '.join(PlanFormat)}.", ("format",)) from None


def mapping() -> DxfMapping | None:
    """What the layers of a drawing are, where it is told."""
    told = request.args.get("mapping")
    if told is None:
        return None
    if len(told) > MAX_MAPPING:
        raise Unfit("This mapping is longer than a drawing has layers.", ("mapping",))
    try:
        return DxfMapping.model_validate_json(told)
    except ValidationError as error:
        raise bad_body(error) from None


def unit() -> LengthUnit | None:
    """What one unit of a GeoJSON's coordinates is, where it is told."""
    told = request.args.get("unit")
    try:
        return None if told is None else LengthUnit(told)
    except ValueError:
        raise Unfit(f"unit is one of {', '.join(LengthUnit)}.", ("unit",)) from None


@plan_files.post("/imports")
def read() -> ResponseReturnValue:
    return answer(store().exchange.read(plan_format(), raw_body(MAX_FILE_BYTES, FILE), mapping(), unit()))


@plan_files.post("/dxf-layers")
def layers() -> ResponseReturnValue:
    return answer(store().exchange.layers(raw_body(MAX_FILE_BYTES, FILE)))


@plan_files.get("/exports")
def write() -> ResponseReturnValue:
    made = store().exchange.write(plan_format(), request.args.get("level_id"))
    # The name is ours: nothing a client sent is part of it.
    headers = {"Content-Disposition": f'attachment; filename="floorplan.{made.ending}"'}
    return Response(made.content, mimetype=made.mimetype, headers=headers)


@plan_files.post("/underlays")
def add_picture() -> ResponseReturnValue:
    return answer(store().exchange.add_picture(raw_body(MAX_PICTURE_BYTES, FILE)), 201)


@plan_files.get("/underlays/<picture_id>")
def picture(picture_id: str) -> ResponseReturnValue:
    if len(picture_id) > 64:
        raise NotFound(said("picture.gone"))
    return Response(store().exchange.picture(picture_id), mimetype="image/png")


@plan_files.post("/underlay-scales")
def scale() -> ResponseReturnValue:
    return answer(store().exchange.scale(body(AskUnderlayScale)))


@plan_files.get("/underlay")
def underlay() -> ResponseReturnValue:
    return answer(store().exchange.underlay())


@plan_files.put("/underlay")
def place() -> ResponseReturnValue:
    return answer(store().exchange.place(body(PlacedUnderlay)))
