"""One node's FIFO: written so that no reader, a dead one or a slow one never blocks or stops the demo."""

from __future__ import annotations

import os
import select
import stat
from pathlib import Path

PIPE_BUF = select.PIPE_BUF
"""A write no longer than this goes in whole or not at all (POSIX), so a full pipe never cuts a line in two."""


class NodeFifo:
    """Lines for one reader, which may come, die and come back.

    Attributes
    ----------
    written, dropped : int
        Lines, since the start.
    """

    def __init__(self, path: Path, header: bytes) -> None:
        """Make the FIFO where it is not there yet; ``header`` tells a reader from when on times count.

        Raises
        ------
        FileExistsError
            Where something else than a FIFO lies at ``path``.
        """
        self.path = path
        self.written = 0
        self.dropped = 0
        self._header = header
        self._fd: int | None = None
        self._lines: list[bytes] = []
        try:
            os.mkfifo(path, 0o600)
        except FileExistsError:
            if not stat.S_ISFIFO(path.lstat().st_mode):
                raise FileExistsError(f"{path} is in the way: remove it, the demo wants a FIFO there") from None

    @property
    def has_reader(self) -> bool:
        """Whether a reader was there at the last flush."""
        return self._fd is not None

    def put(self, line: bytes) -> None:
        """Keep a line, newline included, for the next flush. One too long to be written whole is dropped."""
        if len(line) + len(self._header) > PIPE_BUF:
            self.dropped += 1
        else:
            self._lines.append(line)

    def flush(self) -> None:
        """Write what was put; whatever finds no reader or no room is dropped and counted, for it would be late later.

        Each flush begins with the header: a reader may have gone and another come since the last one without our seeing it, and
        one that takes up the stream without knowing its start would wait for lines far in the future.
        """
        if self._fd is not None and self._reader_is_gone(self._fd):
            self._let_go()
        if self._fd is None:
            self._fd = self._open()
        lines, self._lines = self._lines, []
        if self._fd is None:
            self.dropped += len(lines)
        elif lines:
            self._write_lines(self._fd, lines)

    def close(self) -> None:
        """Let the reader see the end, and take the FIFO away."""
        self.dropped += len(self._lines)
        self._lines = []
        self._let_go()
        self.path.unlink(missing_ok=True)

    def _write_lines(self, fd: int, lines: list[bytes]) -> None:
        done = 0
        chunk = self._header
        for number, line in enumerate(lines):
            if len(chunk) + len(line) > PIPE_BUF:
                if not self._write(fd, chunk):
                    break
                done, chunk = number, b""
            chunk += line
        else:
            if self._write(fd, chunk):
                done = len(lines)
        self.written += done
        self.dropped += len(lines) - done

    def _write(self, fd: int, chunk: bytes) -> bool:
        try:
            os.write(fd, chunk)
        except BlockingIOError:
            return False
        except OSError:  # the reader died between the check and the write
            self._let_go()
            return False
        return True

    def _open(self) -> int | None:
        try:
            fd = os.open(self.path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:  # ENXIO: no reader yet; ENOENT: somebody cleared the folder
            return None
        if stat.S_ISFIFO(os.fstat(fd).st_mode):
            return fd
        os.close(fd)
        return None

    def _let_go(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    @staticmethod
    def _reader_is_gone(fd: int) -> bool:
        poller = select.poll()
        poller.register(fd, 0)
        return bool(poller.poll(0))  # POLLERR is the only thing asked for, and is always asked for
