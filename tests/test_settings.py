"""Every knob is checked at start, and each that does not fit is named (T47)."""

from __future__ import annotations

from pathlib import Path

import pytest

from store_server.settings import BadSettings, Settings


def test_without_an_environment_the_store_is_on_this_machine_alone() -> None:
    settings = Settings.from_env({})
    assert settings.database_url == "sqlite:///store.db"
    assert settings.key_file == Path("store.key")


def test_every_knob_is_read_from_its_variable() -> None:
    env = {
        "DATABASE_URL": "postgresql+psycopg://aisleway@/store",
        "LIVE_URL": "memory:",
        "AISLEWAY_KEY_FILE": "/keys/store.key",
        "AISLEWAY_PUBLIC_ORIGINS": "https://shop.example/, https://shop.example:8443",
        "AISLEWAY_PROXIES": "1",
        "AISLEWAY_STORE_NAME": "Corner shop",
        "AISLEWAY_CONTROLLER": "Ada, 1 High Street",
        "AISLEWAY_DEMO_NOTE": "Invented.",
        "AISLEWAY_TICK_HZ": "4",
        "AISLEWAY_RUNS_TICKS": "false",
        "FLASK_DEBUG": "0",
        "PATH": "/bin",
    }
    settings = Settings.from_env(env)
    assert settings.public_origins == ("https://shop.example", "https://shop.example:8443")
    assert (settings.tick_hz, settings.runs_ticks, settings.demo_note) == (4.0, False, "Invented.")
    read = {name: getattr(settings, name) for name in Settings.model_fields}
    assert read != {name: getattr(Settings(), name) for name in Settings.model_fields}
    assert {name for name in read if read[name] == getattr(Settings(), name)} == {"live_url"}


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DATABASE_URL", "mysql://root:hunter2@db/store"),
        ("DATABASE_URL", "postgresql://aisleway:hunter2@db/store"),
        ("DATABASE_URL", ""),
        ("DATABASE_URL", "sqlite://"),
        ("LIVE_URL", "redis://localhost"),
        ("LIVE_URL", "memory:\n"),
        ("AISLEWAY_PUBLIC_ORIGINS", ""),
        ("AISLEWAY_PUBLIC_ORIGINS", " , "),
        ("AISLEWAY_PUBLIC_ORIGINS", "shop.example"),
        ("AISLEWAY_PUBLIC_ORIGINS", "https://shop.example/path"),
        ("AISLEWAY_PUBLIC_ORIGINS", "https://shop.example?x=1"),
        ("AISLEWAY_PUBLIC_ORIGINS", "https://Shop.example"),
        ("AISLEWAY_PUBLIC_ORIGINS", "https://shop.example:99999"),
        ("AISLEWAY_PUBLIC_ORIGINS", "https://[::1"),
        ("AISLEWAY_PUBLIC_ORIGINS", "http://shop.example"),
        ("AISLEWAY_PUBLIC_ORIGINS", "https://shop.example,http://192.168.1.2:8080"),
        ("AISLEWAY_PUBLIC_ORIGINS", "ftp://shop.example"),
        ("AISLEWAY_PUBLIC_ORIGINS", "*"),
        ("AISLEWAY_PUBLIC_ORIGINS", "null"),
        ("AISLEWAY_STORE_NAME", ""),
        ("AISLEWAY_CONTROLLER", "x" * 201),
        ("AISLEWAY_TICK_HZ", "0"),
        ("AISLEWAY_TICK_HZ", "nan"),
        ("AISLEWAY_TICK_HZ", "1000"),
        ("AISLEWAY_TICK_HZ", "fast"),
        ("AISLEWAY_RUNS_TICKS", "perhaps"),
        ("FLASK_DEBUG", "1"),
        ("FLASK_DEBUG", "true"),
    ],
)
def test_t47_a_value_that_does_not_fit_names_its_variable(variable: str, value: str) -> None:
    with pytest.raises(BadSettings, match=rf"\b{variable}\b") as refused:
        Settings.from_env({variable: value})
    assert "hunter2" not in str(refused.value), "a database's URL may hold a password"
    assert refused.value.__cause__ is None


def test_every_bad_value_is_named_at_once() -> None:
    with pytest.raises(BadSettings) as refused:
        Settings.from_env({"AISLEWAY_TICK_HZ": "fast", "LIVE_URL": "x", "AISLEWAY_STORE_NAME": ""})
    for variable in ("AISLEWAY_TICK_HZ", "LIVE_URL", "AISLEWAY_STORE_NAME"):
        assert variable in str(refused.value)


@pytest.mark.parametrize("origin", ["http://localhost:8080", "http://127.0.0.1", "http://[::1]:8080", "https://a.b:1"])
def test_plain_http_is_for_this_machine(origin: str) -> None:
    assert Settings.from_env({"AISLEWAY_PUBLIC_ORIGINS": origin}).public_origins == (origin,)
