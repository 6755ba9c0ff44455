"""IMDF archives: a zip of one GeoJSON file per feature type, read in bounds whatever it claims of itself, and written."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from store_server.domain.imdf_reading import plan_of_imdf
from store_server.domain.imdf_writing import imdf_of
from store_server.domain.plan_form import MAX_COMMAS, read_json
from store_server.domain.plan_problems import InvalidFloorplan, Rule, Said, error, said
from store_server.domain.reading_report import ReadPlan
from store_server.wire.floorplans import FloorplanDocument

MAX_ARCHIVE_BYTES = 20 * 1024 * 1024
MAX_UNPACKED_BYTES = 64 * 1024 * 1024
MAX_MEMBERS = 40
"""IMDF has fifteen files, we add five."""

IGNORED = frozenset({".ds_store", "thumbs.db"})

_CENTRAL_ENTRY = b"PK\x01\x02"


def import_imdf(raw: bytes) -> ReadPlan:
    """The plan in an IMDF archive, and what of it could not be taken.

    Raises
    ------
    InvalidFloorplan
        For what is no such archive, or one that would not stop unpacking.
    """
    if len(raw) > MAX_ARCHIVE_BYTES:
        raise _refusal(said("imdf.too_large", most_mb=MAX_ARCHIVE_BYTES // 1024**2))
    # Counted in the bytes, before anything believes the archive's own table of contents.
    if raw.count(_CENTRAL_ENTRY) > 2 * MAX_MEMBERS:
        raise _refusal(said("imdf.too_many_files", most=MAX_MEMBERS))
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            files = {name: _features(name, content) for name, content in _members(archive)}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as broken:
        if isinstance(broken, InvalidFloorplan):
            raise
        raise _refusal(said("imdf.not_a_zip")) from None
    if not files:
        raise _refusal(said("imdf.no_geojson"))
    return plan_of_imdf(files)


def export_imdf(document: FloorplanDocument, created_at: datetime) -> tuple[bytes, tuple[str, ...]]:
    """The plan as an IMDF archive, and what its reader should know."""
    data = imdf_of(document, created_at.isoformat(timespec="seconds"))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        _write(archive, "manifest.json", data.manifest, created_at)
        for name, features in sorted(data.files.items()):
            content = {"type": "FeatureCollection", "name": name, "features": features}
            _write(archive, f"{name}.geojson", content, created_at)
    return packed.getvalue(), data.notes


def _write(archive: zipfile.ZipFile, name: str, content: dict[str, Any], created_at: datetime) -> None:
    member = zipfile.ZipInfo(name, created_at.timetuple()[:6])
    member.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(member, json.dumps(content, ensure_ascii=False, separators=(",", ":")))


def _members(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    """The GeoJSON files by name; a name is only ever compared, never used as a path."""
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) > MAX_MEMBERS:
        raise _refusal(said("imdf.too_many_files", most=MAX_MEMBERS))
    left, commas = MAX_UNPACKED_BYTES, MAX_COMMAS
    seen: set[str] = set()
    for member in members:
        path = PurePosixPath(member.filename.replace("\\", "/").lower())
        if member.flag_bits & 1:
            raise _refusal(said("imdf.encrypted", name=_shown(member.filename)))
        if path.suffix in {".zip", ".gz", ".7z", ".rar", ".tar"}:
            raise _refusal(said("imdf.archive_within", name=_shown(member.filename)))
        if path.suffix not in {".geojson", ".json"} or path.stem == "manifest" or "__macosx" in path.parts:
            continue
        if path.stem in seen:
            raise _refusal(said("imdf.twice", name=_shown(member.filename)))
        seen.add(path.stem)
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _refusal(said("imdf.unusual_packing", name=_shown(member.filename)))
        with archive.open(member) as file:
            content = file.read(left + 1)
        left -= len(content)
        commas -= content.count(b",")
        if left < 0 or commas < 0:
            raise _refusal(said("imdf.holds_too_much", most_mb=MAX_UNPACKED_BYTES // 1024**2, most_values=MAX_COMMAS))
        yield path.stem, content


def _features(name: str, content: bytes) -> list[Any]:
    try:
        features: list[Any] = read_json(content)["features"]
    except InvalidFloorplan as invalid:
        raise InvalidFloorplan(
            [replace(problem, said=problem.said.within(in_file=_shown(name))) for problem in invalid.problems]
        ) from None
    return features


def _shown(name: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in name[:60])


def _refusal(words: Said) -> InvalidFloorplan:
    return InvalidFloorplan([error(Rule.NOT_A_PLAN, (), None, words)])
