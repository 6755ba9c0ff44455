"""What the tree may hold: names, sizes, a README in each folder, locks without hosts, no path of one machine."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from pathlib import Path

import pytest

from tests.tree import REPOSITORY, committed, text_of

TOP_LEVEL = {
    *(".ci", ".gitignore", ".pre-commit-config.yaml", "Makefile", "pyproject.toml"),
    *("CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "NOTICE", "README.md", "SECURITY.md"),
    *(
        "requirements.txt",
        "requirements-build.txt",
        "requirements-audit.txt",
        "requirements-dev.txt",
        "requirements-node.txt",
    ),
    *("floorplans", "kiosk_ui", "scanner_node", "store_server", "tests"),
}
FOLDERS = sorted(name for name in TOP_LEVEL if "." not in name and name.islower())
LOCKS = [*sorted(name for name in TOP_LEVEL if name.startswith("requirements")), "tests/bench/peers.txt"]

MOST_LINES = 300
LONGER = {
    "kiosk_ui/src/wire.gen.ts": "generated",
    "tests/demo/test_air.py": "mirrors demo/air.py",
    "tests/domain/test_guidance.py": "mirrors domain/guidance.py",
    "tests/domain/test_plan_checks.py": "mirrors domain/plan_checks.py: a broken plan for each rule",
    "tests/web/test_node.py": "mirrors web/node.py: each refusal of the contract",
}
"""Files that may be longer, each with its reason. A test stays with the one file it mirrors, however many cases that has."""

VAGUE = {"service", "handler", "helper", "util", "common", "base", "core", "misc", "manager"}
VAGUE |= {word + "s" for word in VAGUE}
CLEAR_ALL_THE_SAME = {
    "manager": "the person who runs the store",
    "manager_client": "the demo's manager, a person's part",
    "ManagerClient": "the demo's manager, a person's part",
    "base": "base.css, the style every page starts from",
}


@pytest.mark.parametrize("folder", FOLDERS)
def test_each_folder_says_what_it_is_and_is_not_how_to_run_it_and_its_three_words(folder: str) -> None:
    text = text_of(Path(folder, "README.md")) or ""
    for part in ("**What it is.**", "**What it is not.**", "**Run it.**", "**Its three main words.**"):
        assert part in text, f"{folder}/README.md lacks {part}"


def test_the_top_level_holds_nothing_more() -> None:
    assert {path.parts[0] for path in committed()} == TOP_LEVEL


def test_no_file_is_two_ideas_long() -> None:
    long = {
        str(path): lines
        for path in committed()
        if path.suffix in {".py", ".ts", ".tsx", ".js", ".css"}
        and "versions" not in path.parts  # written by Alembic
        and (lines := len((text_of(path) or "").splitlines())) > MOST_LINES
    }
    assert set(long) <= set(LONGER), f"a file past {MOST_LINES} lines is two ideas; name both: {long}"


def _words(name: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}


def test_no_file_folder_or_class_has_a_vague_name() -> None:
    names: dict[str, Path] = {}
    for path in committed():
        names |= dict.fromkeys((*path.parts[:-1], path.name.split(".")[0]), path)
        if path.suffix == ".py":
            tree = ast.parse(text_of(path) or "")
            names |= {step.name: path for step in ast.walk(tree) if isinstance(step, ast.ClassDef)}
    vague = {
        f"{name} ({path})" for name, path in names.items() if _words(name) & VAGUE and name not in CLEAR_ALL_THE_SAME
    }
    assert not vague


@pytest.mark.parametrize("lock", LOCKS)
def test_every_python_requirement_is_pinned_with_hashes_and_names_no_host(lock: str) -> None:
    text = (REPOSITORY / lock).read_text("utf-8")
    assert "://" not in text
    entries = re.sub(r"\\\n\s*", " ", text).splitlines()
    wrong = [
        entry.split(" ")[0]
        for entry in entries
        if entry.strip()
        and not entry.startswith("#")
        and not re.match(r"[a-z0-9.-]+(\[[a-z,-]+\])?==[^ ]+ .*--hash=sha256:[0-9a-f]{64}", entry)
    ]
    assert not wrong, f"{lock}: renew it as CONTRIBUTING.md says"


def test_the_locks_hold_what_the_project_asks_for() -> None:
    def names(asked: list[str]) -> set[str]:
        return {re.split(r"[\[<>=;~! ]", each, maxsplit=1)[0].lower() for each in asked}

    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    extras = project["project"]["optional-dependencies"]
    both = names(project["project"]["dependencies"])
    wanted = {
        "requirements-node.txt": both | names(extras["node"]),
        "requirements.txt": both.union(*(names(extra) for extra in extras.values())),
        "requirements-dev.txt": both.union(names(project["dependency-groups"]["dev"]), *map(names, extras.values())),
        "requirements-build.txt": names(project["build-system"]["requires"]),
    }
    for lock, asked in wanted.items():
        held = set(re.findall(r"^([a-z0-9.-]+)[=\[]", (REPOSITORY / lock).read_text("utf-8"), flags=re.MULTILINE))
        assert asked <= held, f"{lock} lacks {asked - held}: renew it as CONTRIBUTING.md says"


def test_every_library_of_the_screens_has_a_hash_and_no_address() -> None:
    lock = json.loads((REPOSITORY / "kiosk_ui/package-lock.json").read_text("utf-8"))
    for name, entry in lock["packages"].items():
        assert "resolved" not in entry, name
        assert name == "" or entry["integrity"].startswith("sha512-"), name


def test_no_file_names_a_registry_host_or_a_path_of_one_machine() -> None:
    machine = re.compile(r"(?<![\w.$}])/(?:work|root|home|Users)/\w")
    registry = re.compile(r"\b(?:pypi|npmjs|pythonhosted)\.(?:org|com)\b")
    for path in committed():
        text = text_of(path)
        if text is not None and path.name != "package-lock.json":
            assert not (found := machine.search(text)), f"{path}: {found}"
        if text is not None:
            assert not (found := registry.search(text)), f"{path}: {found}"
