"""A D-Bus of a test's own (Debian package: dbus-daemon)."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

_BUS_CONFIGURATION = """<busconfig><type>session</type><listen>unix:path={path}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>"""


class PrivateBus:
    """One dbus-daemon in a folder of its own."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="fake-bluez-"))
        self.address = f"unix:path={self.folder / 'bus'}"
        (self.folder / "bus.conf").write_text(_BUS_CONFIGURATION.format(path=self.folder / "bus"))
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        (self.folder / "bus").unlink(missing_ok=True)
        self.process = subprocess.Popen(
            ["dbus-daemon", f"--config-file={self.folder / 'bus.conf'}", "--nofork", "--print-address=1"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline().strip(), (
            "dbus-daemon did not start: is the package dbus-daemon installed?"
        )

    def end(self, *, kill: bool = False) -> None:
        if self.process is None:
            return
        if kill:
            self.process.kill()
        else:
            self.process.terminate()
        self.process.wait(5)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.process = None

    def stop(self) -> None:
        self.end()
        shutil.rmtree(self.folder, ignore_errors=True)
