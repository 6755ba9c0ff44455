"""Pictures to trace: taken clean and upright, or refused in words before they cost anything."""

from __future__ import annotations

import contextlib
import io
import random
import struct
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from store_server.adapters.plan_pictures import MAX_BYTES, clean_picture
from store_server.ports import RefusedPicture


def picture(size: tuple[int, int] = (40, 30), mode: str = "RGB", kind: str = "PNG", **options: Any) -> bytes:
    packed = io.BytesIO()
    Image.new(mode, size, 90 if mode in ("L", "I;16") else None).save(packed, kind, **options)
    return packed.getvalue()


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png), formats=("PNG",))


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        *((mode, "PNG") for mode in ("RGB", "L", "1", "P", "RGBA", "LA", "I;16")),
        *((mode, "JPEG") for mode in ("RGB", "L", "CMYK")),
    ],
)
def test_every_usual_picture_is_taken(mode: str, kind: str) -> None:
    clean = clean_picture(picture(mode=mode, kind=kind))
    assert (clean.width_px, clean.height_px) == (40, 30)
    assert opened(clean.png).size == (40, 30)
    assert opened(clean.png).mode in ("L", "RGB")


def test_nothing_but_the_picture_is_kept() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "Somebody")
    exif = Image.Exif()
    exif[0x010E] = "Taken by somebody"
    raw = picture(pnginfo=notes, icc_profile=b"profile" * 20, exif=exif)
    kept_out = (b"tEXt", b"iCCP", b"eXIf", b"omebody")
    assert all(part in raw for part in kept_out)
    png = clean_picture(raw).png
    assert not any(part in png for part in kept_out)


def test_a_photo_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    clean = clean_picture(picture(kind="JPEG", exif=exif))
    assert (clean.width_px, clean.height_px) == (30, 40)


def test_transparent_parts_are_white() -> None:
    clean = clean_picture(picture(mode="RGBA"))
    assert opened(clean.png).convert("RGB").getpixel((5, 5)) == (255, 255, 255)


def header_says(width: int, height: int) -> bytes:
    """A tiny PNG that claims to be large."""
    raw = picture()
    head = struct.pack(">II", width, height) + raw[24:29]
    return raw[:16] + head + struct.pack(">I", zlib.crc32(b"IHDR" + head)) + raw[33:]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "neither PNG nor JPEG"),
        (b"<?xml version='1.0'?>\n<SVG onload='x()'/>", "SVG is not taken"),
        (b"%PDF-1.7 ...", "This is a PDF"),
        (picture(kind="GIF"), "This is a GIF"),
        (picture(kind="TIFF"), "This is a TIFF"),
        (picture(kind="BMP"), "This is a BMP"),
        (picture(kind="WEBP"), "This is a WebP"),
        (picture()[:60], "broken or cut short"),
        (picture(kind="JPEG")[:200], "broken or cut short"),
        (b"\x89PNG\r\n\x1a\n", "broken or cut short"),
        (b"\xff\xd8\xff\xe0", "broken or cut short"),
        (picture() + b"PK\x03\x04 an archive", "More than a picture"),
        (picture(kind="JPEG") + b"<script>alert(1)</script>", "More than a picture"),
        (header_says(100_000, 100), "100000 x 100 pixels"),
        (header_says(8000, 8000), "16 million together"),
        (header_says(0, 0), "0 x 0 pixels"),
        (header_says(3000, 3000), "broken or cut short"),
        (b"\x89PNG" + b"0" * MAX_BYTES, "larger than 5 MB"),
    ],
)
def test_all_else_is_refused_with_what_to_do(raw: bytes, words: str) -> None:
    with pytest.raises(RefusedPicture, match=words):
        clean_picture(raw)


def test_a_noisy_photo_is_kept_small() -> None:
    packed = io.BytesIO()
    Image.frombytes("RGB", (400, 300), random.Random(1).randbytes(3 * 400 * 300)).save(packed, "JPEG")
    whole, thinned = (clean_picture(packed.getvalue(), kept_bytes) for kept_bytes in (10**6, 10**5))
    assert (thinned.width_px, thinned.height_px) == (400, 300)
    assert len(thinned.png) < len(whole.png) / 2


@given(st.sampled_from(["PNG", "JPEG"]), st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=8))
@settings(max_examples=150, deadline=None)
def test_a_damaged_picture_is_a_picture_or_refused(kind: str, damage: list[tuple[int, int]]) -> None:
    raw = bytearray(picture(kind=kind))
    for at, value in damage:
        raw[at % len(raw)] = value
    with contextlib.suppress(RefusedPicture):
        clean = clean_picture(bytes(raw))
        assert opened(clean.png).size == (clean.width_px, clean.height_px)
