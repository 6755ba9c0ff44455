"""What the lock files promise: exact versions with their hashes, above the floors known to be safe, and no host's name."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.tree import REPOSITORY

LOCKS = sorted(REPOSITORY.glob("requirements*.txt"))
FLOORS = {"python-socketio": Version("5.16.2"), "python-engineio": Version("4.13.3")}
"""Below these a release of the socket stack is not to be used (T48)."""


def locked(text: str) -> list[tuple[Requirement, int]]:
    """Each requirement of a lock, and how many hashes it is checked against."""
    entries = re.sub(r"\\\n", " ", text).splitlines()
    lines = [line for line in entries if line.strip() and not line.startswith(("#", "--"))]
    return [(Requirement(line.partition(" --hash=")[0]), line.count("--hash=sha256:")) for line in lines]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_requirement_is_pinned_to_one_version_and_its_hashes(lock: Path) -> None:
    text = lock.read_text()
    requirements = locked(text)
    assert requirements
    for requirement, hashes in requirements:
        assert [each.operator for each in requirement.specifier] == ["=="], requirement
        assert hashes > 0, requirement
    assert "://" not in text


@pytest.mark.parametrize("name", FLOORS)
def test_t48_what_carries_the_sockets_is_above_its_floor(name: str) -> None:
    pinned = [
        Version(next(iter(requirement.specifier)).version)
        for lock in ("requirements.txt", "requirements-dev.txt")
        for requirement, _ in locked((REPOSITORY / lock).read_text())
        if requirement.name == name
    ]
    assert len(pinned) == 2
    assert min(*pinned, Version(version(name))) >= FLOORS[name]
