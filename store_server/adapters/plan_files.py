"""Floorplan files on disk: GeoJSON in local metres, and beside it the planogram as CSV.

Planogram columns: key, fixture, side, bay, shelf, x, y, facing_x, facing_y, department, sku. ``fixture`` is the fixture's key.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import ValidationError

from store_server.domain.field_faults import fault_said, path_of
from store_server.domain.plan_form import MAX_BYTES, faults_of, read_document
from store_server.domain.plan_problems import InvalidFloorplan, Problem, Rule, Said, error, said
from store_server.wire.floorplans import MAX_FEATURES, FixtureFeature, FloorplanDocument, SlotFeature, SlotProperties

COLUMNS = ("key", "fixture", "side", "bay", "shelf", "x", "y", "facing_x", "facing_y", "department", "sku")

LISTED_AT_MOST = 50

_FORMULA = re.compile(r"'*[=+\-@\t\r]")

_SLOT_IDS = uuid.UUID("b0a4f1d2-4a0e-4f0b-9d55-5a1e7a6c3f10")
"""Slots read from a planogram get ids made from their keys, so that reading twice gives the same document."""


def load_plan(path: Path, planogram_path: Path | None = None) -> FloorplanDocument:
    """The plan in a file (``.gz`` by name), with the slots of a planogram where one is given.

    The planogram's slots take the place of any the plan itself holds.

    Raises
    ------
    InvalidFloorplan
        With NOT_A_PLAN, BAD_FORM or UNKNOWN_REFERENCE problems; those of the planogram name its line.
    OSError
        When a file cannot be read.
    """
    document = read_document(read_bounded(path))
    if planogram_path is None:
        return document
    return with_slots(document, planogram_rows(read_bounded(planogram_path)))


def planogram_rows(raw: bytes) -> Iterable[Mapping[str, str | None]]:
    """The rows of a planogram, as they are in the file.

    Raises
    ------
    InvalidFloorplan
        For what is no text, or more of it than a plan can hold.
    """
    if len(raw) > MAX_BYTES or raw.count(b",") > MAX_FEATURES * len(COLUMNS):
        words = said("planogram.too_large", most_mb=MAX_BYTES // 1024**2, most=MAX_FEATURES)
        raise InvalidFloorplan([_fault(words)])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidFloorplan([_fault(said("planogram.not_utf8"))]) from None
    return csv.DictReader(io.StringIO(text, newline=""))


def planogram_of(document: FloorplanDocument) -> str:
    """The document's slots as a planogram.

    A name a spreadsheet would take for a formula gets an apostrophe before it, which reading takes away again.
    """
    keys = {feature.id: feature.properties.key for feature in document.features if isinstance(feature, FixtureFeature)}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for slot in document.features:
        if isinstance(slot, SlotFeature) and slot.properties.fixture_id in keys:
            given = slot.properties
            names = [escaped(name) for name in (given.key, keys[given.fixture_id], given.side)]
            numbers = [_metres(value) for value in (*slot.geometry.coordinates[:2], *given.facing)]
            words = [escaped(word or "") for word in (given.department, given.sku)]
            writer.writerow([*names, given.bay, given.shelf, *numbers, *words])
    return text.getvalue()


def escaped(cell: str) -> str:
    """The cell, with an apostrophe before what a spreadsheet would calculate.

    >>> escaped("=1+1"), escaped("'=1"), escaped("'n shelf"), escaped("milk")
    ("'=1+1", "''=1", "'n shelf", 'milk')
    """
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unescaped(cell: str) -> str:
    """The cell as it was before ``escaped``.

    >>> unescaped("'=1+1"), unescaped("'n shelf")
    ('=1+1', "'n shelf")
    """
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def _metres(value: float) -> str:
    """To a tenth of a millimetre, without an exponent."""
    return f"{round(value, 4) + 0.0:.4f}".rstrip("0").rstrip(".")


def read_bounded(path: Path, most: int = MAX_BYTES) -> bytes:
    """The bytes of a file, unpacked, at most one more than it may have: a gzip bomb does not fill the memory.

    Raises
    ------
    OSError
        When it cannot be read, or is no gzip file although its name says so.
    """
    with open(path, "rb") as file:
        try:
            return (gzip.GzipFile(fileobj=file) if path.suffix == ".gz" else file).read(most + 1)
        except EOFError as cut:
            raise OSError(f"{path.name} ends too early") from cut


def with_slots(document: FloorplanDocument, rows: Iterable[Mapping[str, str | None]]) -> FloorplanDocument:
    """The document with the slots of planogram rows instead of its own; a slot of a key it had keeps its id.

    Raises
    ------
    InvalidFloorplan
        Listing the rows at fault by line, at most ``LISTED_AT_MOST``.
    """
    fixtures = {feature.properties.key: feature for feature in document.features if isinstance(feature, FixtureFeature)}
    known = {feature.properties.key: feature.id for feature in document.features if isinstance(feature, SlotFeature)}
    slots: list[SlotFeature] = []
    problems: list[Problem] = []
    try:
        for line, row in enumerate(rows, start=2):
            found = _slot(row, fixtures, known, line)
            if isinstance(found, Problem):
                problems.append(found)
            else:
                slots.append(found)
            if len(problems) >= LISTED_AT_MOST or len(slots) > MAX_FEATURES:
                break
    except csv.Error as broken:
        problems.append(_fault(said("planogram.not_csv", fault=str(broken))))
    kept = tuple(feature for feature in document.features if not isinstance(feature, SlotFeature))
    if len(kept) + len(slots) > MAX_FEATURES:
        problems.append(_fault(said("planogram.too_many", most=MAX_FEATURES)))
    if problems:
        raise InvalidFloorplan(problems)
    return document.model_copy(update={"features": kept + tuple(slots)})


def _slot(
    row: Mapping[str, str | None], fixtures: Mapping[str, FixtureFeature], known: Mapping[str, str], line: int
) -> SlotFeature | Problem:
    if missing := [column for column in COLUMNS if row.get(column) is None]:
        words = said("planogram.no_column", missing=", ".join(missing), columns=", ".join(COLUMNS))
        return _fault(words.within(in_line=line))
    cell = {column: unescaped(str(row[column]).strip()) for column in COLUMNS}
    fixture = fixtures.get(cell["fixture"])
    if fixture is None:
        words = said("planogram.unknown_fixture", shape=cell["key"], fixture=cell["fixture"])
        return error(Rule.UNKNOWN_REFERENCE, (cell["key"][:64],), None, words.within(in_line=line))
    try:
        properties = SlotProperties(
            key=cell["key"],
            level_id=fixture.properties.level_id,
            fixture_id=fixture.id,
            side=cell["side"],
            bay=int(cell["bay"]),
            shelf=int(cell["shelf"]),
            facing=(float(cell["facing_x"]), float(cell["facing_y"])),
            department=cell["department"] or None,
            sku=cell["sku"] or None,
        )
        slot_id = known.get(cell["key"]) or str(uuid.uuid5(_SLOT_IDS, cell["key"]))
        position = (float(cell["x"]), float(cell["y"]))
        return SlotFeature.model_validate(
            {
                "type": "Feature",
                "id": slot_id,
                "feature_type": "shelf_slot",
                "geometry": {"type": "Point", "coordinates": position},
                "properties": properties,
            }
        )
    except ValidationError as invalid:
        fault = faults_of(invalid)[0]
        words = fault_said(fault, path_of(fault["loc"]))
        return error(Rule.BAD_FORM, (cell["key"][:64],), None, words.within(in_line=line))
    except ValueError:
        words = said("planogram.numbers").within(in_line=line)
        return error(Rule.BAD_FORM, (cell["key"][:64],), None, words)


def _fault(words: Said) -> Problem:
    return error(Rule.BAD_FORM, (), None, words)
