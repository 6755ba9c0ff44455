"""The commands that bring plans in from other tools and give them out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import click

from store_server.adapters.dxf_drawings import MAX_BYTES as MAX_FILE_BYTES
from store_server.adapters.dxf_files import dxf_layers, export_dxf, import_dxf
from store_server.adapters.imdf_files import export_imdf, import_imdf
from store_server.adapters.plan_drawings import LARGEST_PX, SMALLEST_PX, draw_png
from store_server.adapters.plan_files import planogram_of, read_bounded
from store_server.commands.plans import FILE, TO_WRITE, line_of, opened, stop
from store_server.domain.plan_exchange import export_geojson, import_geojson
from store_server.domain.plan_form import read_document
from store_server.domain.plan_problems import InvalidFloorplan
from store_server.domain.plan_sizes import size_problems
from store_server.domain.plan_structure import structure_problems
from store_server.domain.reading_report import ReadPlan
from store_server.wire.plan_files import DxfLayerUse, DxfMapping, DxfUse, LengthUnit

LONGITUDE, LATITUDE = click.FloatRange(-180, 180), click.FloatRange(-85, 85)


def _written(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as fault:
        stop([f"{path}: cannot be written ({fault.strerror}); choose another place with --out."])


def _uses(told: tuple[str, ...]) -> tuple[DxfLayerUse, ...]:
    uses = []
    for text in told:
        name, _, use = text.rpartition("=")
        if not name or use not in set(DxfUse):
            raise click.BadParameter(f"{text} is not NAME=USE, where USE is {', '.join(DxfUse)}.", param_hint="--layer")
        uses.append(DxfLayerUse(name=name[:255], use=DxfUse(use)))
    return tuple(uses)


def _drawn(raw: bytes, uses: tuple[DxfLayerUse, ...], unit: LengthUnit | None, name: str) -> ReadPlan:
    """The drawing with its layers as told, else as guessed; the guesses are said."""
    if not uses:
        guesses = dxf_layers(raw, unit).layers
        for layer in guesses:
            click.echo(f"Layer {layer.name}: taken as {layer.guess} (else give --layer).", err=True)
        uses = tuple(DxfLayerUse(name=layer.name, use=layer.guess, ordinal=layer.ordinal) for layer in guesses)
    features, left_out, read_in = import_dxf(raw, DxfMapping(unit=unit, layers=uses))
    document = {"type": "FeatureCollection", "name": name[:200] or "imported", "crs_local": {}, "features": features}
    return ReadPlan(read_document(json.dumps(document).encode()), left_out, unit=read_in)


@click.command("import-plan")
@click.argument("file", type=FILE)
@click.option(
    "--format",
    "file_format",
    required=True,
    type=click.Choice(["geojson", "imdf", "dxf"]),
    help="What FILE is: GeoJSON, an IMDF archive (zip), a DXF drawing.",
)
@click.option(
    "--layer", "layers", multiple=True, help="DXF: what a layer is, NAME=USE. Repeat it; the rest is skipped."
)
@click.option(
    "--unit",
    type=click.Choice([one.value for one in LengthUnit]),
    help="DXF and GeoJSON: what one unit is, where the file does not say or is wrong.",
)
@click.option("--out", required=True, type=TO_WRITE, help="The floorplan to write.")
def import_plan(file: Path, file_format: str, layers: tuple[str, ...], unit: str | None, out: Path) -> None:
    """Make a floorplan of FILE. Longitudes and latitudes become metres from the plan's lower-left corner.

    A shape that cannot be read, and what a floorplan has no place for, is left out and said. Where --layer is not given, a
    drawing's layers are taken by their names and forms, and said.

    \b
    Example: aisleway import-plan shop.geojson --format geojson --out shop.floorplan.json
    Example: aisleway import-plan venue.zip --format imdf --out shop.floorplan.json
    Example: aisleway import-plan shop.dxf --format dxf --unit mm --layer WALLS=wall --layer PLAN=outline --out shop.json
    """
    uses = _uses(layers)
    measure = LengthUnit(unit) if unit else None
    readers: Mapping[str, Callable[[bytes], ReadPlan]] = {
        "geojson": lambda raw: import_geojson(raw, measure),
        "imdf": import_imdf,
        "dxf": lambda raw: _drawn(raw, uses, measure, file.stem),
    }
    try:
        document, left_out, told, read_in = readers[file_format](read_bounded(file, MAX_FILE_BYTES))
    except InvalidFloorplan as invalid:
        stop([line_of(problem) for problem in invalid.problems])
    except OSError as fault:
        stop([f"{file}: cannot be read ({fault.strerror or fault})."])
    for name, count in sorted(left_out.items()):
        click.echo(f"{count} features were left out: {name}.", err=True)
    for problem in (*told, *size_problems(document.features, read_in)[0]):
        click.echo(line_of(problem), err=True)
    if wrong := structure_problems(document):
        stop([line_of(problem) for problem in wrong])
    _written(out, document.model_dump_json(exclude_none=True).encode() + b"\n")
    click.echo(f"{len(document.features)} features: {out}. Now: aisleway check-plan {out}")


@click.command("export-plan")
@click.argument("file", type=FILE)
@click.option(
    "--format",
    "file_format",
    required=True,
    type=click.Choice(["geojson", "imdf", "dxf", "png", "planogram"]),
    help="What it becomes. A DXF holds shapes alone, a PNG is to look at, a planogram is the slots as CSV.",
)
@click.option("--planogram", type=FILE, help="The slots, as CSV, where the plan does not hold them.")
@click.option("--origin", nargs=2, type=(LONGITUDE, LATITUDE), help="Longitude and latitude of the plan's origin.")
@click.option("--level", help="PNG: the level to draw, by key or id; the one nearest the ground otherwise.")
@click.option(
    "--width", type=click.IntRange(SMALLEST_PX, LARGEST_PX), default=2000, show_default=True, help="PNG: its pixels."
)
@click.option("--out", required=True, type=TO_WRITE, help="The file to write.")
def export_plan(
    file: Path,
    file_format: str,
    planogram: Path | None,
    origin: tuple[float, float] | None,
    level: str | None,
    width: int,
    out: Path,
) -> None:
    """Write the floorplan FILE for other tools. GeoJSON is in degrees where the plan's place on Earth is known, else in metres.

    \b
    Example: aisleway export-plan floorplans/demo_store.floorplan.json --format geojson --origin 8.54 47.37 --out store.geojson
    Example: aisleway export-plan floorplans/demo_store.floorplan.json --format imdf --origin 8.54 47.37 --out store.zip
    Example: aisleway export-plan floorplans/demo_store.floorplan.json --format png --width 3000 --out store.png
    """
    document = opened(file, planogram)
    if origin is not None:
        frame = document.crs_local.model_copy(update={"origin_lonlat": origin})
        document = document.model_copy(update={"crs_local": frame})
    named = {feature.properties.key: feature.id for feature in document.features if feature.feature_type == "level"}
    writers: Mapping[str, Callable[[], bytes]] = {
        "geojson": lambda: export_geojson(document).encode(),
        "imdf": lambda: _with_notes(*export_imdf(document, datetime.now(UTC))),
        "dxf": lambda: export_dxf(document),
        "png": lambda: draw_png(document, None if level is None else named.get(level, level), width),
        "planogram": lambda: planogram_of(document).encode(),
    }
    try:
        content = writers[file_format]()
    except InvalidFloorplan as invalid:
        stop([line_of(problem) for problem in invalid.problems])
    _written(out, content)
    if file_format == "geojson" and document.crs_local.origin_lonlat is None:
        click.echo(
            "The plan does not say where on Earth it lies: written in metres. Give --origin for degrees.", err=True
        )


def _with_notes(content: bytes, notes: tuple[str, ...]) -> bytes:
    for note in notes:
        click.echo(note, err=True)
    return content


COMMANDS: tuple[click.Command, ...] = (import_plan, export_plan)
