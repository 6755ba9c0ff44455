"""Running the commands about floorplans, and reading what they wrote."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

from click.testing import CliRunner, Result

from store_server.commands import exchanging, plans, walking
from tests.domain.floors import Json

COMMANDS = {str(command.name): command for command in (*plans.COMMANDS, *walking.COMMANDS, *exchanging.COMMANDS)}


def run(name: str, *arguments: str | Path) -> Result:
    return CliRunner().invoke(COMMANDS[name], [str(argument) for argument in arguments])


def write(path: Path, raw: Json) -> Path:
    path.write_text(json.dumps(raw))
    return path


def rows(path: Path) -> list[dict[str, str]]:
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
    return list(csv.DictReader(text.splitlines()))
