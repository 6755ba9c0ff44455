"""The ``aisleway`` commands, one file per audience of commands; each file lists its own in ``COMMANDS``."""

from __future__ import annotations

import click

from store_server.commands import plans, positions, running, shopping, stocking, tags


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="aisleway")
def main() -> None:
    """Aisleway: an in-store beacon system a shop can run by itself.

    Exit codes: 0 done, 1 a problem with the data (listed), 2 wrong use.
    """


for room in (running, stocking, plans, positions, shopping, tags):
    for command in room.COMMANDS:
        main.add_command(command)
