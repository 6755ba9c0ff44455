"""The screens' files, as small as the browser takes them."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from store_server.web import pages
from tests.opened_store import OpenedStore

PLAIN, SMALL, SMALLER = b"// words " * 200, gzip.compress(b"// words " * 200, mtime=0), b"as brotli"


@pytest.fixture
def assets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A build of three files: compressed both ways, by gzip alone, and not at all."""
    folder = tmp_path / "static" / "assets"
    folder.mkdir(parents=True)
    for name, content in {
        "both.js": PLAIN,
        "both.js.gz": SMALL,
        "both.js.br": SMALLER,
        "one.css": PLAIN,
        "one.css.gz": SMALL,
        "none.svg": PLAIN,
    }.items():
        (folder / name).write_bytes(content)
    monkeypatch.setattr(pages, "STATIC", folder.parent)
    return folder


def ask(opened: OpenedStore, name: str, accepted: str | None) -> TestResponse:
    headers = {} if accepted is None else {"Accept-Encoding": accepted}
    return opened.browser().ask("GET", f"/assets/{name}", None, **headers)


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("GZIP", "gzip"),
        ("*", "br"),
        ("br;q=0.2, gzip;q=0.8", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0, gzip;q=0", None),
        ("gzip;q=0.5, identity", None),
        ("identity", None),
        ("deflate, zstd", None),
        ("", None),
        (None, None),
        ("br;q=nonsense, ,;;=", None),
    ],
)
def test_a_file_comes_as_the_browser_takes_it(
    opened: OpenedStore, assets: Path, accepted: str | None, encoding: str | None
) -> None:
    answer = ask(opened, "both.js", accepted)
    assert answer.status_code == 200
    assert answer.headers.get("Content-Encoding") == encoding
    assert answer.data == {"br": SMALLER, "gzip": SMALL, None: PLAIN}[encoding]
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_what_the_build_did_not_compress_comes_as_it_is(opened: OpenedStore, assets: Path) -> None:
    both = "br, gzip"
    assert (ask(opened, "one.css", both).headers["Content-Encoding"], ask(opened, "one.css", both).data) == (
        "gzip",
        SMALL,
    )
    answer = ask(opened, "none.svg", both)
    assert ("Content-Encoding" in answer.headers, answer.data) == (False, PLAIN)
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_a_browser_that_has_it_is_told_so_for_its_own_encoding(opened: OpenedStore, assets: Path) -> None:
    tags = {accepted: ask(opened, "both.js", accepted).headers["ETag"] for accepted in ("br", "gzip", "identity")}
    assert len(set(tags.values())) == 3
    for accepted, tag in tags.items():
        headers = {"Accept-Encoding": accepted, "If-None-Match": tag}
        assert opened.browser().ask("GET", "/assets/both.js", None, **headers).status_code == 304


@pytest.mark.parametrize("name", ["../app.py", "..%2f..%2fapp.py", "nothing.js", "%00", "both.js/../../x"])
def test_t31_no_encoding_leads_out_of_the_folder(opened: OpenedStore, assets: Path, name: str) -> None:
    (assets.parent.parent / "app.py.gz").write_bytes(b"import")
    answer = ask(opened, name, "br, gzip")
    assert answer.status_code == 404
    assert b"import" not in answer.data


def test_what_the_build_laid_there_is_the_file_itself() -> None:
    folder = pages.STATIC / "assets"
    large = [file for file in folder.iterdir() if file.suffix in {".js", ".css"} and file.stat().st_size >= 1024]
    assert large, "run `make install` first"
    for file in large:
        assert gzip.decompress(Path(f"{file}.gz").read_bytes()) == file.read_bytes()
        assert 0 < Path(f"{file}.br").stat().st_size < file.stat().st_size
