"""The demo's own processes: started with a log each, started again when they die, ended together."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ENDS_WITHIN_S = 5.0


@dataclass
class Processes:
    """Processes this demo started, by name; none other is ever touched."""

    logs: Path
    say: Callable[[str], None]
    _started: dict[str, tuple[Sequence[str], Mapping[str, str]]] = field(default_factory=dict)
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        """Start it in a session of its own, so that a Ctrl-C reaches it through us and once."""
        self.logs.mkdir(parents=True, exist_ok=True)
        self._started[name] = (arguments, environment or {})
        with (self.logs / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(environment or {})},
                start_new_session=True,
            )

    def pid(self, name: str) -> int:
        return self._running[name].pid

    def is_running(self, name: str) -> bool:
        return name in self._running and self._running[name].poll() is None

    def last_words(self, name: str, lines: int = 15) -> str:
        """The end of its log."""
        text = (self.logs / f"{name}.log").read_text(errors="replace")
        return "\n".join(text.splitlines()[-lines:])

    def revive(self) -> None:
        """Start again what has died, and say so."""
        for name, process in list(self._running.items()):
            if process.poll() is not None:
                self.say(f"{name} ended (code {process.returncode}); starting it again.")
                self.start(name, *self._started[name])

    def end(self) -> None:
        """End everything: politely, then, after a few seconds, not."""
        for process in self._running.values():
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self._running.values():
            try:
                process.wait(ENDS_WITHIN_S)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self._running.clear()
