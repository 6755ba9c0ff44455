"""Opening the store for a command: the same settings and ports as the server, without serving."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import click
from flask_socketio import SocketIO

from store_server.adapters.secrets_box import UnsafeKeyFile
from store_server.app import Ports, open_ports, open_records, open_store
from store_server.ports import Records
from store_server.settings import BadSettings, Settings
from store_server.web.audience import Store


def fail(words: str) -> NoReturn:
    """A problem with the data: say it on stderr and exit with 1."""
    click.echo(words, err=True)
    sys.exit(1)


def settings() -> Settings:
    try:
        return Settings.from_env(os.environ)
    except BadSettings as error:
        fail(str(error))


def records() -> Records:
    """The database alone."""
    return open_records(settings())


def ports() -> Ports:
    try:
        return open_ports(settings(), SocketIO(async_mode="threading"))
    except UnsafeKeyFile as error:
        fail(str(error))


def store() -> Store:
    """The use cases."""
    return open_store(settings(), ports())
