"""A server that receives, a node enrolled with it, and the air between."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner_node.identity import open_key, public_key_bytes, remember_name
from tests.scanner_node.node_process import MINE, Air
from tests.scanner_node.receiving_server import NODE_ID, ReceivingServer


@pytest.fixture
def server() -> Iterator[ReceivingServer]:
    with ReceivingServer() as server:
        server.ids = (MINE,)
        yield server


@pytest.fixture
def state(server: ReceivingServer, tmp_path: Path) -> Path:
    """The state folder of a node that is enrolled and confirmed."""
    state = tmp_path / "state"
    server.public_key = public_key_bytes(open_key(state))
    remember_name(state, NODE_ID)
    return state


@pytest.fixture
def air(tmp_path: Path) -> Iterator[Air]:
    with Air(tmp_path / "air") as air:
        yield air
