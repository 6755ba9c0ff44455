"""IMDF archives: a zip of one GeoJSON file per feature type, read in bounds whatever it claims of itself, and written."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from store_server.domain.imdf_reading import plan_of_imdf
from store_server.domain.imdf_writing import imdf_of
from store_server.domain.plan_form import MAX_COMMAS, read_json
from store_server.domain.plan_problems import InvalidFloorplan, Problem, Rule, error
from store_server.wire.floorplans import FloorplanDocument

MAX_ARCHIVE_BYTES = 20 * 1024 * 1024
MAX_UNPACKED_BYTES = 64 * 1024 * 1024
MAX_MEMBERS = 40
"""IMDF has fifteen files, we add five."""

IGNORED = frozenset({".ds_store", "thumbs.db"})

_CENTRAL_ENTRY = b"PK\x01\x02"


def import_imdf(raw: bytes) -> tuple[FloorplanDocument, Counter[str]]:
    """The plan in an IMDF archive, and the features it has no place for.

    Raises
    ------
    InvalidFloorplan
        For what is no such archive, or one that would not stop unpacking.
    """
    if len(raw) > MAX_ARCHIVE_BYTES:
        raise _refusal(f"The archive is larger than {MAX_ARCHIVE_BYTES // 1024**2} MB: is it the right file?")
    # Counted in the bytes, before anything believes the archive's own table of contents.
    if raw.count(_CENTRAL_ENTRY) > 2 * MAX_MEMBERS:
        raise _refusal(f"The archive holds more than {MAX_MEMBERS} files: an IMDF archive has fifteen.")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            files = {name: _features(name, content) for name, content in _members(archive)}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as broken:
        if isinstance(broken, InvalidFloorplan):
            raise
        raise _refusal("This is not a zip archive, or it is broken or cut short: pack it again.") from None
    if not files:
        raise _refusal("The archive holds no GeoJSON file: an IMDF archive has level.geojson, unit.geojson and so on.")
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
        raise _refusal(f"The archive holds {len(members)} files: an IMDF archive has fifteen.")
    left, commas = MAX_UNPACKED_BYTES, MAX_COMMAS
    seen: set[str] = set()
    for member in members:
        path = PurePosixPath(member.filename.replace("\\", "/").lower())
        if member.flag_bits & 1:
            raise _refusal(f"{_shown(member.filename)} is encrypted: pack the archive without a password.")
        if path.suffix in {".zip", ".gz", ".7z", ".rar", ".tar"}:
            raise _refusal(f"{_shown(member.filename)} is an archive in the archive: pack its files themselves.")
        if path.suffix not in {".geojson", ".json"} or path.stem == "manifest" or "__macosx" in path.parts:
            continue
        if path.stem in seen:
            raise _refusal(f"{_shown(member.filename)} is there twice: keep one.")
        seen.add(path.stem)
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _refusal(f"{_shown(member.filename)} is packed in an unusual way: pack the archive as a plain zip.")
        with archive.open(member) as file:
            content = file.read(left + 1)
        left -= len(content)
        commas -= content.count(b",")
        if left < 0 or commas < 0:
            raise _refusal(
                f"Unpacked, the archive holds more than a plan can ({MAX_UNPACKED_BYTES // 1024**2} MB, 750,000 values)."
            )
        yield path.stem, content


def _features(name: str, content: bytes) -> list[Any]:
    try:
        features: list[Any] = read_json(content)["features"]
    except InvalidFloorplan as invalid:
        said = [f"{_shown(name)}.geojson: {problem.words}" for problem in invalid.problems]
        raise InvalidFloorplan(
            [error(p.rule, p.feature_keys, None, w) for p, w in zip(invalid.problems, said, strict=True)]
        ) from None
    return features


def _shown(name: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in name[:60])


def _refusal(words: str) -> InvalidFloorplan:
    problem: Problem = error(Rule.NOT_A_PLAN, (), None, words)
    return InvalidFloorplan([problem])
