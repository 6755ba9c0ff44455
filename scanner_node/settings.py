"""Every knob of a node, unit in its name, range-checked before anything starts."""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit


class WrongSetting(Exception):
    """A setting that cannot be used; the message says which and what would do."""


def default_state_dir() -> Path:
    """Where systemd keeps our state, or the user's own place."""
    given = os.environ.get("STATE_DIRECTORY", "").split(":")[0]
    if given:
        return Path(given)
    base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(base) / "aisleway-node"


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """The store server: its origin, and the only authority its certificate may come from."""

    origin: str
    ca_file: Path | None

    @classmethod
    def checked(cls, url: str, ca_file: Path | None) -> ServerAddress:
        """Refuses what would send signed sightings in the clear, or to whoever holds some certificate (C1).

        Raises
        ------
        WrongSetting
        """
        try:
            parts = urlsplit(url)
            _ = parts.port
        except ValueError as error:
            raise WrongSetting(f"--server {url}: not an address; write it as https://store.example:8443") from error
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise WrongSetting(f"--server {url}: write it as https://store.example:8443")
        if parts.path not in ("", "/") or parts.query or parts.fragment or parts.username is not None:
            raise WrongSetting("--server: give scheme, host and port only, as in https://store.example:8443")
        if parts.scheme == "http" and not _is_loopback(parts.hostname):
            raise WrongSetting(
                f"--server {url}: plain http is for this machine only; use https:// and name the store's CA with --ca"
            )
        if parts.scheme == "https" and ca_file is None:
            raise WrongSetting("--ca: name the file of the store's own CA certificate ('aisleway make-ca' writes it)")
        if ca_file is not None and not ca_file.is_file():
            raise WrongSetting(f"--ca {ca_file}: no such file")
        return cls(f"{parts.scheme}://{parts.netloc}", ca_file if parts.scheme == "https" else None)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class NodeSettings:
    """What a running node is told."""

    server: ServerAddress
    radio: str
    """``bleak:``, ``bleak:hci1`` or ``replay:FILE``."""
    state_dir: Path
    scans_passively: bool = False
    batch_age_s: float = 0.25
    heartbeat_s: float = 1.0
    """An empty batch after this long without one, so that a withdrawal reaches a node that hears nothing."""
    health_every_s: float = 5.0
    spool_s: float = 30.0
    silent_after_s: float = 10.0
    """Nothing heard of anybody for this long: the scanner is taken for stalled and restarted."""
    rotate_key_after_days: float = 90.0

    def __post_init__(self) -> None:
        ranges = (
            ("--batch-age", self.batch_age_s, 0.02, 0.25),
            ("--health-every", self.health_every_s, 0.1, 60),
            ("--spool", self.spool_s, 1, 30),
            ("--silent-after", self.silent_after_s, 0.5, 3600),
            ("--rotate-key-after", self.rotate_key_after_days, 1, 90),
        )
        for name, value, lowest, highest in ranges:
            if not lowest <= value <= highest:
                raise WrongSetting(f"{name} {value:g}: between {lowest:g} and {highest:g}")
