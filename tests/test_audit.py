"""`make audit`: an audit that could not look says so and fails (T48)."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.test_locks import LOCKS
from tests.tree import REPOSITORY

NOWHERE = "http://127.0.0.1:9"
"""The port of "discard", where nobody answers."""
OFFLINE = {
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_INDEX_URL": f"{NOWHERE}/simple",
    "PIP_RETRIES": "0",
    "PIP_NO_CACHE_DIR": "1",
    "http_proxy": NOWHERE,
    "https_proxy": NOWHERE,
    "HTTPS_PROXY": NOWHERE,
    "npm_config_registry": NOWHERE,
    "npm_config_fetch_retries": "0",
}


def audit(tools: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "PIP_", "npm_"))}
    return subprocess.run(
        [REPOSITORY / ".ci" / "audit"],
        env=inherited | environment | {"AUDIT_TOOLS": str(tools)},
        capture_output=True,
        text=True,
        timeout=600,
    )


def test_t48_an_audit_whose_tools_cannot_be_had_says_that_it_could_not_check(tmp_path: Path) -> None:
    done = audit(tmp_path / "audit", **OFFLINE)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Could not check anything" in done.stderr
    assert "no advisory" not in done.stdout


@pytest.mark.long
@pytest.mark.timeout(600)
def test_t48_an_audit_without_a_network_could_check_no_lock(tmp_path: Path) -> None:
    audit(tmp_path / "audit")  # whatever it finds: now its tools are there
    for more in ({}, {"npm_config_offline": "true", "npm_config_omit": "dev"}):
        done = audit(tmp_path / "audit", **OFFLINE, **more)
        assert done.returncode == 2
        for lock in (*(lock.name for lock in LOCKS), "tests/bench/peers.txt", "kiosk_ui/package-lock.json"):
            assert f"Could not check {lock}: " in done.stderr
        assert "no advisory" not in done.stdout
