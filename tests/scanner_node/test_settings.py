"""What the command line refuses, and in which words."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner_node.settings import NodeSettings, ServerAddress, WrongSetting, default_state_dir
from tests.scanner_node.node_process import command


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost:8000/", "http://[::1]:8000"])
def test_plain_http_is_for_this_machine(url: str) -> None:
    assert ServerAddress.checked(url, None).origin == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "http://store.example",
        "http://192.168.1.2:8000",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "http://0.0.0.0:80",
    ],
)
def test_plain_http_to_another_machine_is_refused(url: str) -> None:
    with pytest.raises(WrongSetting, match="plain http is for this machine only"):
        ServerAddress.checked(url, None)


@pytest.mark.parametrize(
    "url",
    ["", "store.example", "ftp://store.example", "https://", "https://a@store.example", "https://store.example/x",
     "https://store.example?x", "https://store.example:port", "https://[::1"],
)  # fmt: skip
def test_what_is_no_plain_origin_is_refused(url: str, tmp_path: Path) -> None:
    ca_file = tmp_path / "ca.pem"
    ca_file.touch()
    with pytest.raises(WrongSetting):
        ServerAddress.checked(url, ca_file)


def test_https_needs_the_stores_own_ca(tmp_path: Path) -> None:
    with pytest.raises(WrongSetting, match="--ca"):
        ServerAddress.checked("https://store.example", None)
    with pytest.raises(WrongSetting, match="no such file"):
        ServerAddress.checked("https://store.example", tmp_path / "ca.pem")


@pytest.mark.parametrize(
    "wrong", [{"batch_age_s": 0.3}, {"batch_age_s": 0.0}, {"spool_s": 31.0}, {"silent_after_s": float("nan")}]
)
def test_numbers_out_of_range_are_refused(wrong: dict[str, float], tmp_path: Path) -> None:
    with pytest.raises(WrongSetting, match="between"):
        NodeSettings(ServerAddress.checked("http://localhost", None), "bleak:", tmp_path, **wrong)  # type: ignore[arg-type]


def test_systemd_names_the_state_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/aisleway-node")
    assert default_state_dir() == Path("/var/lib/aisleway-node")
    monkeypatch.delenv("STATE_DIRECTORY")
    monkeypatch.setenv("XDG_STATE_HOME", "/var/tmp/state")
    assert default_state_dir() == Path("/var/tmp/state/aisleway-node")


def test_each_use_shows_an_example() -> None:
    for words in (["--help"], ["enrol", "--help"], ["check", "--help"]):
        done = command(*words)
        assert done.returncode == 0
        assert "example:" in done.stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--server", "http://store.example", "--radio", "bleak:"], "plain http"),
        (["--server", "https://store.example", "--radio", "bleak:"], "--ca"),
        (["--radio", "bleak:"], "--server"),
        (["check", "--radio", "telepathy:"], "bleak:"),
        (["check", "--radio", "replay:"], "bleak:"),
        (["enrol", "--server", "http://localhost"], "--code"),
    ],
)
def test_wrong_use_ends_with_2_and_says_why(words: list[str], says: str) -> None:
    done = command(*words)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_node_that_is_not_enrolled_ends_with_1(tmp_path: Path) -> None:
    done = command("--server", "http://localhost:9", "--radio", "bleak:", "--state", str(tmp_path))
    assert done.returncode == 1
    assert "not enrolled" in done.stderr
