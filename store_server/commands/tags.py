"""``aisleway provision-tag``: an identity key onto a beacon, and its registration for the store."""

from __future__ import annotations

import json
import os
import re
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from store_server.adapters.eddystone_configuration import FACTORY_LOCK_CODE

if TYPE_CHECKING:
    from store_server.adapters.gatt_tags import TagOrder

KEY_BYTES = 16
FORMAT = "aisleway-tags-1"

Register = Callable[[str, bytes, int, float], None]
"""``register(label, identity_key, exponent, clock_offset_s)``: where a provisioned beacon becomes known to the store."""


def _key(_ctx: click.Context, _param: click.Parameter, value: str | None) -> bytes | None:
    """16 bytes in hex. The value is a secret: a complaint does not repeat it."""
    if value is None:
        return None
    try:
        key = bytes.fromhex(value)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise click.BadParameter("write 16 bytes as 32 hex digits")
    return key


def _address(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    if value is not None and not re.fullmatch(r"(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}", value):
        raise click.BadParameter("write it as AA:BB:CC:DD:EE:FF")
    return value and value.upper()


def _label(_ctx: click.Context, _param: click.Parameter, value: str) -> str:
    if not 1 <= len(value) <= 64 or not value.isprintable():
        raise click.BadParameter("1 to 64 characters that can be printed on a tag")
    return value


class TagFile:
    """Registrations in a file for ``aisleway add-tags``: secret, so for its owner alone, and added to rather than replaced."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._tags: list[dict[str, Any]] = []
        if path.exists():
            try:
                document = json.loads(path.read_bytes())
                if document["format"] != FORMAT or not isinstance(document["tags"], list):
                    raise KeyError
                self._tags = [each for each in document["tags"] if each["label"]]
            except (ValueError, KeyError, TypeError) as error:
                raise click.ClickException(f"{path} is there and is not a tag file: choose another --out") from error
        try:
            self._write()  # before anything is on the beacon: a key that cannot be kept must not be written there
        except OSError as error:
            raise click.ClickException(f"{path} cannot be written ({error.strerror}): choose another --out") from error

    def register(self, label: str, identity_key: bytes, exponent: int, clock_offset_s: float) -> None:
        """Keep a beacon; one of the same label was provisioned anew, and its old key is gone."""
        tag = {
            "label": label,
            "identity_key": identity_key.hex(),
            "exponent": exponent,
            "clock_offset_s": round(clock_offset_s, 3),
        }
        self._tags = [each for each in self._tags if each["label"] != label] + [tag]
        self._write()

    def _write(self) -> None:
        beside = self._path.with_name(self._path.name + ".new")
        beside.unlink(missing_ok=True)
        descriptor = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump({"format": FORMAT, "tags": self._tags}, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, self._path)


def _print_for_vendor(identity_key: bytes, exponent: int) -> None:
    click.echo("Enter this in the beacon maker's tool; it is secret, close the window afterwards:")
    click.echo("  frame            Eddystone-EID, in one slot; every other slot off")
    click.echo(f"  identity key     {identity_key.hex()}")
    click.echo(f"  rotation         exponent {exponent} (a new id every {2**exponent} s)")
    click.echo("  connectable      off, and a lock code of your own")


@click.command("provision-tag")
@click.option("--label", required=True, callback=_label, help="What is printed on the tag, such as TAG-001.")
@click.option(
    "--address", callback=_address, help="The beacon's Bluetooth address (on its paper, or by `bluetoothctl scan le`)."
)
@click.option(
    "--key",
    "identity_key",
    callback=_key,
    metavar="HEX",
    help="Its identity key. Left out: a new one is made, which is best.",
)
@click.option(
    "--exponent", type=click.IntRange(0, 15), default=9, show_default=True, help="A new id every 2^N seconds."
)
@click.option(
    "--unlock-key",
    callback=_key,
    metavar="HEX",
    default=FACTORY_LOCK_CODE.hex(),
    help="Its lock code now. Left out: 16 times ff, as from many factories.",
)
@click.option(
    "--new-unlock-key",
    callback=_key,
    metavar="HEX",
    help="The lock code it is to have from now on; keep it, the beacon needs it again.",
)
@click.option(
    "--slot", type=click.IntRange(0, 255), default=0, show_default=True, help="Which of its slots sends the id."
)
@click.option("--adapter", help="The Bluetooth adapter to use, such as hci1.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The registration for `aisleway add-tags`; added to where it is there.",
)
@click.option("--print", "prints", is_flag=True, help="Write to no beacon: show what to enter in its maker's tool.")
@click.option(
    "--beacon-time",
    type=click.IntRange(0, 2**32 - 1),
    help="With --print and --out: the clock value the maker's tool shows now, in seconds.",
)
def provision_tag(
    label: str,
    address: str | None,
    identity_key: bytes | None,
    exponent: int,
    unlock_key: bytes,
    new_unlock_key: bytes | None,
    slot: int,
    adapter: str | None,
    out: Path | None,
    prints: bool,
    beacon_time: int | None,
) -> None:
    """Make a beacon one of the store's: it sends ids that change, which only this store can resolve.

    Writes an identity key over the Eddystone Configuration Service, reads back that the beacon took it, clears its other
    frames, locks it, and writes the registration (which holds the key: delete the file once it is added). The key crosses the
    air encrypted under the lock code only, so do this away from the shop floor.

    Types whose makers name this service (none of them tried here): boards and tags with Nordic's Eddystone example (nRF5 SDK
    12 to 17), MokoSmart BeaconX Pro, Estimote Location Beacons. Others: look for "Eddystone-EID" and "configuration service",
    or use --print.

    \b
    Example:
      aisleway provision-tag --address C0:FF:EE:00:00:01 --label TAG-001 --out tags.json
      aisleway add-tags tags.json
    """
    key = secrets.token_bytes(KEY_BYTES) if identity_key is None else identity_key
    if prints:
        if out is not None and beacon_time is None:
            raise click.UsageError("--print with --out needs --beacon-time: the clock value the maker's tool shows")
        if out is not None and beacon_time is not None:
            TagFile(out).register(label, key, exponent, beacon_time - time.time())
        _print_for_vendor(key, exponent)
        return
    if address is None or out is None:
        raise click.UsageError("give --address and --out, or --print for a beacon maker's own tool")
    from store_server.adapters.gatt_tags import TagOrder  # Bluetooth is loaded when it is needed

    order = TagOrder(address, key, exponent, unlock_key, new_unlock_key, slot)
    _provision(order, label, adapter, TagFile(out).register)
    click.echo(f"{label} is provisioned and locked; now run: aisleway add-tags {out}")
    if new_unlock_key is None and unlock_key == FACTORY_LOCK_CODE:
        click.echo(
            "Its lock code is still the factory's: whoever knows that can read the key. Run this again with --new-unlock-key.",
            err=True,
        )


def _provision(order: TagOrder, label: str, adapter: str | None, register: Register) -> None:
    from store_server.adapters.gatt_tags import TagRefused, provision_now

    try:
        clock_offset_s = provision_now(order, adapter)
    except TagRefused as refusal:
        raise click.ClickException(str(refusal)) from refusal
    register(label, order.identity_key, order.exponent, clock_offset_s)


COMMANDS: tuple[click.Command, ...] = (provision_tag,)
