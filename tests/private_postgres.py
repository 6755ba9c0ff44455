"""A PostgreSQL of our own: a cluster in a temporary folder, reached by a socket there and by nobody else."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg

INSTALL = "the tests on PostgreSQL need its server: install it (Debian: apt-get install postgresql)"


class NoPostgres(AssertionError):
    """The server's programs are not installed; the tests fail rather than pass over half of what is promised."""

    def __init__(self) -> None:
        super().__init__(INSTALL)


def _programs() -> Path:
    """The folder of initdb and pg_ctl, of the newest version installed."""
    on_path = shutil.which("initdb")
    if on_path is not None:
        return Path(on_path).parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise NoPostgres
    return found[-1].parent


class PrivatePostgres:
    """Start on entering, stop and remove on leaving. PostgreSQL refuses to run as root, so then it runs as ``postgres``."""

    def __init__(self) -> None:
        self._programs = _programs()
        self._user: str | None = None
        if os.getuid() == 0:
            try:
                self._user = pwd.getpwnam("postgres").pw_name
            except KeyError:
                raise NoPostgres from None
        self.folder = Path(tempfile.mkdtemp(prefix="aisleway-pg-"))
        if self._user is not None:
            shutil.chown(self.folder, self._user)
        self._databases = 0

    def __enter__(self) -> PrivatePostgres:
        data = self.folder / "data"
        self._run("initdb", "--no-sync", "--auth=trust", "--username=aisleway", "--encoding=UTF8", "-D", str(data))
        # Nothing here outlives the test: no waiting for a disk.
        options = f"-c listen_addresses='' -c fsync=off -c full_page_writes=off -k {self.folder}"
        self._run("pg_ctl", "-w", "-D", str(data), "-l", str(self.folder / "log"), "-o", options, "start")
        return self

    def __exit__(self, *_: object) -> None:
        self._run("pg_ctl", "-w", "-m", "immediate", "-D", str(self.folder / "data"), "stop")
        shutil.rmtree(self.folder)

    def database_url(self) -> str:
        """The URL of a new, empty database."""
        self._databases += 1
        name = f"store_{self._databases}"
        with psycopg.connect(f"host={self.folder} user=aisleway dbname=postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"postgresql+psycopg://aisleway@/{name}?host={self.folder}"

    def _run(self, program: str, *arguments: str) -> None:
        # Words go to a file and not to a pipe: the server that pg_ctl starts would keep a pipe open.
        with (self.folder / "setup.log").open("ab") as words:
            done = subprocess.run(
                [str(self._programs / program), *arguments],
                user=self._user,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=words,
            )
        assert done.returncode == 0, f"{program} failed: {(self.folder / 'setup.log').read_text()}"
