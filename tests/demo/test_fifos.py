from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from store_server.demo.fifos import PIPE_BUF, NodeFifo

HEADER = b'{"format": "x"}\n'


@pytest.fixture
def fifo(tmp_path: Path) -> NodeFifo:
    return NodeFifo(tmp_path / "rpi-01.fifo", HEADER)


def reader(fifo: NodeFifo) -> int:
    return os.open(fifo.path, os.O_RDONLY | os.O_NONBLOCK)


def fill(end: int) -> None:
    while select.select([], [end], [], 0)[1]:
        os.write(end, bytes(PIPE_BUF))


def empty(end: int) -> bytes:
    content = b""
    while select.select([end], [], [], 0)[0]:
        content += os.read(end, 65536)
    return content


def test_without_a_reader_lines_are_dropped_and_counted(fifo: NodeFifo) -> None:
    fifo.put(b"one\n")
    fifo.put(b"two\n")
    fifo.flush()
    assert (fifo.written, fifo.dropped, fifo.has_reader) == (0, 2, False)


def test_a_reader_gets_the_header_first_and_then_what_is_new(fifo: NodeFifo) -> None:
    fifo.put(b"before anybody listened\n")
    fifo.flush()
    listening = reader(fifo)
    fifo.put(b"one\n")
    fifo.flush()
    fifo.put(b"two\n")
    fifo.flush()
    assert os.read(listening, 1000) == HEADER + b"one\n" + HEADER + b"two\n"
    assert (fifo.written, fifo.dropped) == (2, 1)
    os.close(listening)


def test_nothing_heard_is_nothing_written(fifo: NodeFifo) -> None:
    listening = reader(fifo)
    fifo.flush()
    assert fifo.has_reader
    with pytest.raises(BlockingIOError):
        os.read(listening, 1000)
    os.close(listening)


def test_a_reader_changed_between_two_flushes_still_learns_when_times_began(fifo: NodeFifo) -> None:
    first = reader(fifo)
    fifo.put(b"one\n")
    fifo.flush()
    os.read(first, 1000)
    second = reader(fifo)
    os.close(first)
    fifo.put(b"two\n")
    fifo.flush()
    assert os.read(second, 1000) == HEADER + b"two\n"
    os.close(second)


def test_a_reader_that_goes_and_comes_back_starts_with_the_header_again(fifo: NodeFifo) -> None:
    first = reader(fifo)
    fifo.put(b"one\n")
    fifo.flush()
    os.close(first)
    fifo.put(b"nobody hears this\n")
    fifo.flush()
    assert not fifo.has_reader
    second = reader(fifo)
    fifo.put(b"two\n")
    fifo.flush()
    assert os.read(second, 1000) == HEADER + b"two\n"
    assert (fifo.written, fifo.dropped) == (2, 1)
    os.close(second)


def test_a_killed_reader_neither_raises_nor_blocks(fifo: NodeFifo) -> None:
    script = "import sys; f = open(sys.argv[1], 'rb'); print(f.readline(), flush=True); f.read()"
    with subprocess.Popen([sys.executable, "-c", script, str(fifo.path)], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        while not fifo.written:
            fifo.put(b"line\n")
            fifo.flush()
        before = (fifo.written, fifo.dropped)
        assert child.stdout.readline()
        child.send_signal(signal.SIGKILL)
    for _ in range(50):
        fifo.put(b"line\n")
        fifo.flush()
    assert (fifo.written, fifo.dropped) == (before[0], before[1] + 50)


def test_a_reader_that_never_reads_costs_lines_and_nothing_else(fifo: NodeFifo) -> None:
    sleeping = reader(fifo)
    for _ in range(200):
        for _ in range(10):
            fifo.put(b"x" * 99 + b"\n")
        fifo.flush()
    assert fifo.written + fifo.dropped == 2000
    assert fifo.dropped > 1000
    lines = empty(sleeping).split(b"\n")
    assert set(lines) == {b"x" * 99, HEADER.strip(), b""}  # no line was cut
    assert lines.count(b"x" * 99) == fifo.written
    fifo.put(b"awake\n")
    fifo.flush()
    assert os.read(sleeping, 100) == HEADER + b"awake\n"
    os.close(sleeping)


def test_a_reader_that_dies_between_look_and_write_only_costs_the_lines(
    fifo: NodeFifo, monkeypatch: pytest.MonkeyPatch
) -> None:
    listening = reader(fifo)
    fifo.flush()
    os.close(listening)
    monkeypatch.setattr(NodeFifo, "_reader_is_gone", staticmethod(lambda fd: False))
    fifo.put(b"one\n")
    fifo.flush()
    assert (fifo.written, fifo.dropped, fifo.has_reader) == (0, 1, False)


def test_what_a_dead_reader_left_does_not_reach_the_next(fifo: NodeFifo) -> None:
    first = reader(fifo)
    fifo.put(b"stale\n")
    fifo.flush()
    os.close(first)
    fifo.flush()
    second = reader(fifo)
    fifo.put(b"new\n")
    fifo.flush()
    assert os.read(second, 1000) == HEADER + b"new\n"
    os.close(second)


def test_no_line_goes_before_a_header_that_found_no_room(fifo: NodeFifo) -> None:
    other = os.open(fifo.path, os.O_RDWR | os.O_NONBLOCK)
    fill(other)
    fifo.put(b"one\n")
    fifo.flush()
    assert (fifo.written, fifo.dropped) == (0, 1)
    empty(other)
    fifo.put(b"two\n")
    fifo.flush()
    assert empty(other) == HEADER + b"two\n"
    os.close(other)


def test_a_long_flush_goes_out_in_whole_lines_as_far_as_there_is_room(fifo: NodeFifo) -> None:
    listening = reader(fifo)
    lines = [b"%03d " % i + b"x" * 95 + b"\n" for i in range(150)]
    for line in lines:
        fifo.put(line)
    fifo.flush()
    assert empty(listening) == HEADER + b"".join(lines)
    for line in lines * 20:
        fifo.put(line)
    fifo.flush()
    got = empty(listening)
    assert got == HEADER + b"".join((lines * 20)[: fifo.written - 150])
    assert fifo.written + fifo.dropped == 150 * 21
    assert fifo.dropped > 0
    os.close(listening)


def test_a_line_too_long_to_be_written_whole_is_dropped(fifo: NodeFifo) -> None:
    listening = reader(fifo)
    fifo.put(b"x" * PIPE_BUF + b"\n")
    fifo.put(b"short\n")
    fifo.flush()
    assert os.read(listening, 10_000) == HEADER + b"short\n"
    assert fifo.dropped == 1
    os.close(listening)


def test_a_fifo_that_somebody_removed_or_replaced_only_drops(fifo: NodeFifo, tmp_path: Path) -> None:
    fifo.path.unlink()
    fifo.put(b"one\n")
    fifo.flush()
    fifo.path.write_text("a file")
    fifo.put(b"two\n")
    fifo.flush()
    fifo.path.unlink()
    os.mkfifo(tmp_path / "elsewhere")
    fifo.path.symlink_to(tmp_path / "elsewhere")
    fifo.put(b"three\n")
    fifo.flush()
    assert (fifo.written, fifo.dropped) == (0, 3)
    assert not (tmp_path / "elsewhere").is_file()


def test_the_fifo_is_for_its_owner_only_and_may_be_there_already(fifo: NodeFifo) -> None:
    assert fifo.path.stat().st_mode & 0o777 == 0o600
    assert NodeFifo(fifo.path, HEADER).path.is_fifo()


def test_something_else_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "rpi.fifo").write_text("a file")
    with pytest.raises(FileExistsError, match="remove it"):
        NodeFifo(tmp_path / "rpi.fifo", HEADER)


def test_closing_ends_the_readers_stream_and_clears_up(fifo: NodeFifo) -> None:
    listening = reader(fifo)
    fifo.flush()
    fifo.put(b"late\n")
    fifo.close()
    assert os.read(listening, 1000) == b""
    assert not fifo.path.exists()
    assert fifo.dropped == 1
    fifo.close()
    os.close(listening)
