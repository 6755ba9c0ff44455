"""Every knob of the store server, from the environment, checked at start."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

PREFIX = "AISLEWAY_"


class BadSettings(Exception):
    """The settings do not fit; the message lists each and says what to mend."""


class Settings(BaseModel):
    """What a store server needs to know. Each field is the environment variable of its name in capitals, see ``from_env``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    database_url: Annotated[str, Field(pattern=r"^(sqlite:///.+|postgresql\+psycopg://.+)$")] = "sqlite:///store.db"
    """DATABASE_URL. ``sqlite:///FILE`` or ``postgresql+psycopg://...``."""
    live_url: Annotated[str, Field(pattern=r"^memory:$")] = "memory:"
    """LIVE_URL. Where live state is held; one process holds it in memory."""
    key_file: Path = Path("store.key")
    """AISLEWAY_KEY_FILE. The master key, outside the database, readable by its owner only."""
    public_origins: Annotated[tuple[str, ...], Field(min_length=1)] = ("http://localhost:8080",)
    """AISLEWAY_PUBLIC_ORIGINS, comma-separated. The addresses browsers reach the server by; others are refused."""
    proxies: Annotated[int, Field(ge=0, le=3)] = 0
    """AISLEWAY_PROXIES. How many reverse proxies of ours a request passes; the address they name is believed, no other."""
    store_name: Annotated[str, Field(min_length=1, max_length=100)] = "Our store"
    """AISLEWAY_STORE_NAME."""
    controller: Annotated[str, Field(min_length=1, max_length=200)] = "The store (name and contact: ask at the desk)"
    """AISLEWAY_CONTROLLER. Who answers for the data: name and contact, shown in the notice."""
    demo_note: str | None = None
    """AISLEWAY_DEMO_NOTE. What a demo must say on its screens."""
    tick_hz: Annotated[float, Field(ge=0.2, le=20)] = 2.0
    """AISLEWAY_TICK_HZ. How often positions are worked out."""
    runs_ticks: bool = True
    """AISLEWAY_RUNS_TICKS. Whether this process works out positions and runs the clean-up."""

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Settings:
        """Read the environment.

        Raises
        ------
        BadSettings
            Listing each variable that does not fit.
        """
        values: dict[str, object] = {}
        for name in cls.model_fields:
            variable = _variable(name)
            if variable in env:
                values[name] = _addresses(env[variable]) if name == "public_origins" else env[variable]
        try:
            settings = cls.model_validate(values)
        except ValidationError as error:
            lines = [f"  {_variable(str(e['loc'][0]))}: {e['msg']}" for e in error.errors(include_input=False)]
            # What pydantic says stays out of the cause, too: a database's URL holds a password.
            raise BadSettings("These settings do not fit:\n" + "\n".join(lines)) from None
        for origin in settings.public_origins:
            _check_origin(origin)
        if env.get("FLASK_DEBUG", "0").lower() not in ("", "0", "false", "no"):
            raise BadSettings("FLASK_DEBUG is on: it shows the server's insides to everybody. Unset it.")
        return settings


def _variable(field: str) -> str:
    """The environment variable of a field."""
    return field.upper() if field in ("database_url", "live_url") else PREFIX + field.upper()


def _check_origin(origin: str) -> None:
    """Browsers send an origin as scheme, host and port in small letters, and nothing after it."""
    try:
        parts = urlsplit(origin)
        host = parts.hostname
        is_origin = parts.port is None or parts.port > 0
    except ValueError:
        host, is_origin = None, False
    if not host or not is_origin or origin != f"{parts.scheme}://{parts.netloc}".lower():
        raise BadSettings(f"AISLEWAY_PUBLIC_ORIGINS: {origin!r} is not an address like https://shop.example")
    if parts.scheme == "http" and host not in ("localhost", "127.0.0.1", "::1"):
        raise BadSettings(f"AISLEWAY_PUBLIC_ORIGINS: {origin!r} must use https; plain http is for this machine only")
    if parts.scheme not in ("http", "https"):
        raise BadSettings(f"AISLEWAY_PUBLIC_ORIGINS: {origin!r} is not an address like https://shop.example")


def _addresses(text: str) -> tuple[str, ...]:
    return tuple(address.strip().rstrip("/") for address in text.split(",") if address.strip())
