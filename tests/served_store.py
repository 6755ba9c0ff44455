"""A store of its own, served as in a shop by `aisleway serve`, that can be killed and started again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from store_server.commands import main
from store_server.web.audience import audience_cookie
from tests.free_ports import free_port

AISLEWAY = str(Path(sys.executable).parent / "aisleway")
PASSWORD = "correct horse battery"
READY_S = 150.0


@dataclass
class ManagerClient:
    """Somebody signed in, over HTTP as a browser would be."""

    port: int
    cookie: str = ""

    def ask(self, method: str, path: str, content: object = None) -> tuple[int, Any]:
        """Status and JSON of the answer. OSError where nobody answers."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Origin": f"http://localhost:{self.port}", "Content-Type": "application/json", "Cookie": self.cookie}
        try:
            body = None if content is None else json.dumps(content)
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            told = answer.read()
            for name, value in answer.getheaders():
                if name == "Set-Cookie" and value.startswith(audience_cookie("people")):
                    self.cookie = value.split(";")[0]
            return answer.status, json.loads(told) if told else None
        finally:
            connection.close()


@dataclass
class ServedStore:
    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    published: int = 0
    """How often, from the command line."""

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DATABASE_URL": f"sqlite:///{self.folder / 'store.db'}",
            "AISLEWAY_KEY_FILE": str(self.folder / "store.key"),
            "AISLEWAY_PUBLIC_ORIGINS": self.origin,
            "OPENBLAS_NUM_THREADS": "1",
        }

    def command(self, *arguments: str) -> None:
        """An `aisleway` command, without waiting for another interpreter to start."""
        done = CliRunner().invoke(main, arguments, env=self.environment())
        assert done.exit_code == 0, done.output

    def publish(self, plan: Path, *options: str) -> None:
        """From the command line, until the server runs it: a draft opened before that begins from the version before."""
        self.command("publish-plan", str(plan), *options)
        self.published += 1
        until = time.monotonic() + READY_S
        while True:
            status, told = ManagerClient(self.port).ask("GET", "/api/plan")
            if status == 200 and told["version"] >= self.published:
                return
            assert time.monotonic() < until, "the server did not go over to what was published"
            time.sleep(0.05)

    def start(self) -> None:
        """Until it answers."""
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [AISLEWAY, "serve", "--port", str(self.port)],
                env=self.environment(),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until = time.monotonic() + READY_S
        while True:
            assert self.process.poll() is None, (self.process.poll(), (self.folder / "server.log").read_text())
            assert time.monotonic() < until, "the server did not answer"
            try:
                if ManagerClient(self.port).ask("GET", "/health")[0] == 200:
                    return
            except (OSError, ValueError):
                pass
            time.sleep(0.05)

    def kill(self) -> None:
        """As a power cut would: parent and worker together, in the middle of whatever they do."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def manager(self, user_name: str) -> ManagerClient:
        manager = ManagerClient(self.port)
        status, _ = manager.ask("POST", "/api/sessions", {"user_name": user_name, "password": PASSWORD})
        assert status == 201
        return manager


@contextmanager
def served_store(folder: Path, *managers: str) -> Iterator[ServedStore]:
    """An empty store with these managers, until the block ends."""
    store = ServedStore(folder, free_port())
    store.command("make-key", str(folder / "store.key"))
    for user_name in managers:
        store.command("create-manager", user_name, "--password", PASSWORD)
    try:
        store.start()
        yield store
    finally:
        if store.process is not None and store.process.poll() is None:
            os.killpg(store.process.pid, signal.SIGTERM)
            store.process.wait(20)
