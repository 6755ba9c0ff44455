"""The ``aisleway`` commands, one file per kind; each file lists its own in ``COMMANDS``.

A file is imported only when one of its commands is asked for: ``aisleway locate`` needs no web framework, and starts at once.
"""

from __future__ import annotations

from importlib import import_module

import click

FILES: dict[str, tuple[str, ...]] = {
    "running": ("serve", "make-key", "verify-ledger", "purge", "demo"),
    "stocking": (
        "import-catalogue",
        "import-stock",
        "import-baskets",
        "publish-plan",
        "create-manager",
        "create-staff",
        "disable-user",
        "enrol-node",
        "pair-kiosk",
        "add-tags",
    ),
    "positions": ("calibrate", "locate"),
    "plans": ("check-plan",),
    "walking": ("route", "tour"),
    "exchanging": ("import-plan", "export-plan"),
    "shopping": ("suggest-items", "predict-baskets"),
    "tags": ("provision-tag",),
    "securing": ("make-ca", "promises"),
}
_FILE_OF = {name: file for file, names in FILES.items() for name in names}


class CommandsByFile(click.Group):
    """Finds a command's file by its name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_FILE_OF)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _FILE_OF:
            return None
        commands: tuple[click.Command, ...] = import_module(f"store_server.commands.{_FILE_OF[cmd_name]}").COMMANDS
        return next(command for command in commands if command.name == cmd_name)


@click.group(cls=CommandsByFile, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="aisleway")
def main() -> None:
    """Aisleway: an in-store beacon system a shop can run by itself.

    Exit codes: 0 done, 1 a problem with the data (listed), 2 wrong use.
    """
