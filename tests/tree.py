"""What is committed in this repository, for the tests that read it."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]


@cache
def committed() -> tuple[Path, ...]:
    """Every committed file that is still there, relative to the repository."""
    if not (REPOSITORY / ".git").exists():
        pytest.skip("not a checkout: nobody says which files are the repository's")
    # A checkout may belong to another user than the one who tests it.
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout
    return tuple(Path(name) for name in listed.split("\0") if name and (REPOSITORY / name).is_file())


@cache
def text_of(path: Path) -> str | None:
    """The file's text, or None where it holds something else."""
    try:
        return (REPOSITORY / path).read_text("utf-8")
    except UnicodeDecodeError:
        return None
