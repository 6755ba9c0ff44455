"""Commands about safety and proof: the store's certificates, and what holds its promises."""

from __future__ import annotations

from pathlib import Path

import click

from store_server.adapters.certificates import CannotCertify, certify
from store_server.adapters.system_clock import SystemClock
from store_server.commands.opening import fail
from store_server.domain.notices import LANGUAGES, notice
from store_server.domain.promise_proofs import NOT_YET, PROOFS


@click.command("make-ca")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--host", "hosts", multiple=True, required=True, help="A name or address the server is reached by; again for more."
)
@click.option("--renew", is_flag=True, help="Sign a new certificate for the server by the authority that is there.")
def make_ca(folder: Path, hosts: tuple[str, ...], renew: bool) -> None:
    """Make the store's own certificate authority in FOLDER, and a certificate for its server.

    Nodes believe this authority alone: give them store-ca.pem, and keep store-ca.key off the server afterwards.

    \b
    Example:
      aisleway make-ca /etc/aisleway --host store.example --host 192.168.1.5
    """
    try:
        written = certify(folder, hosts, SystemClock().now(), renews=renew)
    except CannotCertify as problem:
        fail(f"{problem}.")
    for name in written:
        click.echo(f"Wrote {folder / name}")


@click.command()
@click.option(
    "--language", default="en", show_default=True, type=click.Choice(LANGUAGES), help="The promises' language."
)
def promises(language: str) -> None:
    """Print the nine promises, each with the tests that hold it and those that are still missing.

    \b
    Example:
      aisleway promises
    """
    for number, words in enumerate(notice(language, "the store").promises, start=1):
        click.echo(f"{number}. {words}")
        for test_id, shows in PROOFS[number].items():
            click.echo(f"   {test_id}  {shows}")
        for test_id, shows in NOT_YET.get(number, {}).items():
            click.echo(f"   not proved yet  {test_id}  {shows}")


COMMANDS: tuple[click.Command, ...] = (make_ca, promises)
