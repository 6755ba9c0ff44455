"""Pictures that plans are traced from: PNG and JPEG in, looked at before they are decoded, a clean PNG out."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator

from PIL import Image, ImageOps

from store_server.domain.plan_problems import said
from store_server.ports import CleanPicture, RefusedPicture
from store_server.wire.plan_files import MAX_PICTURE_SIDE_PX

MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 16_000_000
MAX_KEPT_BYTES = 16 * 1024 * 1024
"""A photo of that many pixels can take three times as much: its colours are thinned then, its lines stay."""

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"

_OTHERS = (
    (b"%PDF", "PDF"),
    (b"GIF8", "GIF"),
    (b"RIFF", "WebP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"BM", "BMP"),
)
_STUMBLES = (
    OSError,
    SyntaxError,
    ValueError,
    struct.error,
    zlib.error,
    EOFError,
    LookupError,
    ArithmeticError,
    TypeError,
)
"""What Pillow raises at a broken file."""

_SIZES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""JPEG segments that hold the picture's size."""


def clean_picture(raw: bytes, kept_bytes: int = MAX_KEPT_BYTES) -> CleanPicture:
    """The picture alone, as a PNG: turned upright, transparent parts white, nothing else of the file kept.

    Parameters
    ----------
    raw : bytes
        PNG or JPEG, at most ``MAX_BYTES`` and ``MAX_PIXELS``.
    kept_bytes : int
        A PNG larger than this is made again with fewer colours.

    Raises
    ------
    RefusedPicture
        For all else, in words; before anything is decoded where its size is the trouble.
    """
    if len(raw) > MAX_BYTES:
        raise RefusedPicture(said("picture.too_large", most_mb=MAX_BYTES // 1024**2))
    width, height = _size(raw)
    if not (0 < width <= MAX_PICTURE_SIDE_PX and 0 < height <= MAX_PICTURE_SIDE_PX) or width * height > MAX_PIXELS:
        most_millions = MAX_PIXELS // 10**6
        raise RefusedPicture(
            said("picture.too_many_pixels", width_px=width, height_px=height, most_millions=most_millions)
        )
    try:
        with Image.open(io.BytesIO(raw), formats=("PNG", "JPEG")) as opened:
            opened.load()
            picture = _plain(ImageOps.exif_transpose(opened))
    except _STUMBLES:
        raise RefusedPicture(said("picture.broken")) from None
    png = _as_png(picture)
    if len(png) > kept_bytes:
        png = _as_png(picture.quantize(256, method=Image.Quantize.FASTOCTREE))
    return CleanPicture(png, picture.width, picture.height)


def _plain(picture: Image.Image) -> Image.Image:
    """Grey or colour, on white: without palette, transparency, profile or comment."""
    if picture.mode in ("1", "L"):
        return picture.convert("L")
    if picture.has_transparency_data:
        white = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(white, picture.convert("RGBA")).convert("RGB")
    return picture.convert("RGB")


def _as_png(picture: Image.Image) -> bytes:
    clean = picture.copy()
    clean.info = {}
    packed = io.BytesIO()
    clean.save(packed, "PNG")
    return packed.getvalue()


def _size(raw: bytes) -> tuple[int, int]:
    """Width and height as the file's own parts say, each part walked to the end: nothing may follow the picture."""
    try:
        if raw.startswith(_PNG):
            return _png_size(raw)
        if raw.startswith(_JPEG):
            return _jpeg_size(raw)
    except (struct.error, IndexError):
        raise RefusedPicture(said("picture.broken")) from None
    if b"<svg" in raw[:4096].lower():
        raise RefusedPicture(said("picture.svg"))
    for start, kind in _OTHERS:
        if raw.startswith(start):
            raise RefusedPicture(said("picture.of_another_kind", kind=kind))
    raise RefusedPicture(said("picture.unknown_kind"))


def _png_size(raw: bytes) -> tuple[int, int]:
    at, size = len(_PNG), (0, 0)
    while True:
        length, kind = struct.unpack_from(">I4s", raw, at)
        if kind == b"IHDR":
            size = struct.unpack_from(">II", raw, at + 8)
        at += 12 + length
        if kind == b"IEND":
            break
    _nothing_after(raw, at)
    return size


def _jpeg_size(raw: bytes) -> tuple[int, int]:
    size = next(((width, height) for height, width in _jpeg_sizes(raw)), None)
    if size is None:
        raise RefusedPicture(said("picture.broken"))
    _nothing_after(raw, raw.rindex(b"\xff\xd9") + 2 if b"\xff\xd9" in raw else len(raw))
    return size


def _jpeg_sizes(raw: bytes) -> Iterator[tuple[int, int]]:
    at = 2
    while raw[at] == 0xFF:
        while raw[at + 1] == 0xFF:
            at += 1
        marker = raw[at + 1]
        if marker in _SIZES:
            yield struct.unpack_from(">HH", raw, at + 5)
        if marker in (0xD9, 0xDA):
            return
        at += 2 + struct.unpack_from(">H", raw, at + 2)[0]


def _nothing_after(raw: bytes, end: int) -> None:
    if raw[end:].strip(b"\0"):
        raise RefusedPicture(said("picture.more_than_a_picture"))
