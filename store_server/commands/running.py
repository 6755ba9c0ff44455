"""Commands that run the store: serve, keys, the ledger, the clean-up, the demo."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from pydantic import ValidationError

from store_server.adapters.secrets_box import UnsafeKeyFile, read_master_key
from store_server.commands.opening import fail, records, settings, store
from store_server.domain.ledger import verify
from store_server.wire.privacy import ConsentEvent


def gunicorn_arguments(host: str, port: int, threads: int) -> list[str]:
    """One worker, as Socket.IO wants it; each open socket holds a thread (see `docs/architecture.md`)."""
    return [
        "gunicorn",
        "--workers=1",
        "--worker-class=gthread",
        f"--threads={threads}",
        f"--bind={host}:{port}",
        "--graceful-timeout=2",
        "--timeout=60",
        "--log-level=warning",
        "store_server.wsgi:app",
    ]


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen; keep it here behind nginx.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535))
@click.option("--threads", default=120, show_default=True, type=click.IntRange(10, 2000), help="Open sockets plus 50.")
def serve(host: str, port: int, threads: int) -> None:
    """Serve the store, until stopped.

    \b
    Example:
      aisleway make-key store.key
      aisleway serve --port 8080
    """
    try:
        read_master_key(settings().key_file)
    except UnsafeKeyFile as error:
        fail(str(error))
    records()  # brings the schema up to date before anything answers
    arguments = gunicorn_arguments(host, port, threads)
    os.execv(sys.executable, [sys.executable, "-m", *arguments])  # noqa: S606


@click.command("make-key")
@click.argument("file", type=click.Path(path_type=Path))
def make_key(file: Path) -> None:
    """Make the store's master key in FILE, readable by you alone. Keep a copy apart from the backups of the database.

    \b
    Example:
      aisleway make-key store.key
    """
    if file.exists():
        fail(f"{file} is there already: a new key would not open what the old one wrapped.")
    try:
        read_master_key(file, create=True)
    except UnsafeKeyFile as error:
        fail(str(error))
    click.echo(f"Wrote {file}. Set AISLEWAY_KEY_FILE={file} where it is not store.key.")


@click.command("verify-ledger")
def verify_ledger() -> None:
    """Walk the consent ledger and name the first event that was changed, moved or taken out.

    \b
    Example:
      aisleway verify-ledger
    """
    read = 0

    def events() -> Iterator[ConsentEvent]:
        nonlocal read
        for event in records().shoppers.ledger():
            read += 1
            yield event

    try:
        verdict = verify(events())
    except ValidationError:
        fail(f"The ledger is broken at event {read + 1}: it is no longer an event at all.")
    if verdict.bad_seq is not None:
        fail(f"The ledger is broken at event {verdict.bad_seq}: {verdict.reason}.")
    click.echo(f"{verdict.events} events hold together. Head: {verdict.head}")


@click.command()
def purge() -> None:
    """Remove what is past its time: ended sessions, and calls for help that were done a day ago.

    The server does it by itself every ten minutes.

    \b
    Example:
      aisleway purge
    """
    opened = store()
    click.echo(f"Removed {opened.doors.purge()} ended sessions.")
    click.echo(f"Removed {opened.staff_calls.purge()} calls for help that are done.")


@click.command()
@click.option(
    "--data", default=Path(".demo"), show_default=True, type=click.Path(path_type=Path), help="Its own folder."
)
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535))
@click.option("--hall", is_flag=True, help="Replay the real recording of the hall instead of simulated shoppers.")
@click.option("--drugstore", is_flag=True, help="Run a drugstore of two levels instead of the supermarket.")
@click.option(
    "--shoppers", type=click.IntRange(1, 500), help="How many walk the store: by default 120, in the drugstore 80."
)
@click.option("--seconds", type=click.FloatRange(min=1), default=None, help="End by itself after this long.")
def demo(data: Path, port: int, hall: bool, drugstore: bool, shoppers: int | None, seconds: float | None) -> None:
    """Run the whole store on this machine: server, scanner nodes, shoppers with beacons. Ctrl-C ends all of it.

    \b
    Example:
      aisleway demo
      aisleway demo --hall --port 8090
      aisleway demo --drugstore
    """
    from store_server.demo.demo_stores import DemoProblem, drugstore_demo, hall_demo, supermarket_demo
    from store_server.demo.director import Director

    if hall and drugstore:
        raise click.UsageError("--hall and --drugstore are two stores: choose one.")
    plan = hall_demo() if hall else drugstore_demo(shoppers or 80) if drugstore else supermarket_demo(shoppers or 120)
    try:
        Director(plan, data.resolve() / plan.name, port, click.echo).run(seconds)
    except DemoProblem as problem:
        fail(str(problem))


COMMANDS = (serve, make_key, verify_ledger, purge, demo)
