"""Recordings and FIFOs, good and hostile, through the radio's own door."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner_node.beacon_formats import EDDYSTONE_UUID
from scanner_node.node_clock import NodeClock
from scanner_node.radio import Advertisement, RadioFault
from scanner_node.replay_radio import FORMAT, ReplayRadio
from tests.scanner_node.node_process import MINE, eid_frame, line, write_replay


def replay(path: Path, clock: NodeClock | None = None) -> list[Advertisement]:
    """Everything a file says, heard at its pace."""
    heard: list[Advertisement] = []

    async def run() -> None:
        radio = ReplayRadio(path, clock or NodeClock())
        await radio.start(heard.append)
        try:
            async with asyncio.timeout(20):
                await radio.wait_until_over()
        finally:
            await radio.stop()

    asyncio.run(run())
    return heard


def test_each_line_is_heard_with_its_own_time(tmp_path: Path) -> None:
    clock = NodeClock()
    before_s = clock.steady_s()
    heard = replay(
        write_replay(tmp_path / "r", [line(0.0, -60, MINE), line(0.05, -61, MINE), line(0.2, -62, MINE)]), clock
    )
    assert [each.rssi_dbm for each in heard] == [-60, -61, -62]
    assert heard[0].service_data == {EDDYSTONE_UUID: bytes.fromhex(eid_frame(MINE))}
    assert [round(each.heard_s - heard[0].heard_s, 6) for each in heard] == [0.0, 0.05, 0.2]
    assert before_s <= heard[0].heard_s <= heard[-1].heard_s <= clock.steady_s()


def test_a_recording_with_a_start_skips_what_is_past(tmp_path: Path) -> None:
    clock = NodeClock()
    start_at = clock.at(clock.steady_s() - 10).isoformat()
    head: dict[str, Any] = {"format": FORMAT, "start_at": start_at}
    lines = [head, line(1.0, -50, MINE), line(7.9, -51, MINE), line(9.5, -52, MINE), line(10.1, -53, MINE)]
    path = tmp_path / "r"
    path.write_text("".join(json.dumps(each) + "\n" for each in lines))
    assert [each.rssi_dbm for each in replay(path, clock)] == [-52, -53]


def test_a_recording_without_a_head_begins_when_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "r"
    path.write_text(json.dumps(line(0.0, -60, MINE)) + "\n")
    assert [each.rssi_dbm for each in replay(path)] == [-60]


def test_manufacturer_data_comes_by_company(tmp_path: Path) -> None:
    ibeacon = {"t_s": 0.0, "rssi_dbm": -60, "address": "x", "manufacturer_data": {"004c": "0215"}}
    assert replay(write_replay(tmp_path / "r", [ibeacon]))[0].manufacturer_data == {0x004C: b"\x02\x15"}


def test_a_fifo_is_read_while_it_is_written_and_again_by_its_next_writer(tmp_path: Path) -> None:
    path, heard = tmp_path / "fifo", list[Advertisement]()
    os.mkfifo(path)

    async def until(count: int) -> None:
        while len(heard) < count:
            await asyncio.sleep(0.01)

    async def run() -> None:
        radio = ReplayRadio(path, NodeClock())
        await radio.start(heard.append)
        listening = asyncio.create_task(radio.wait_until_over())
        async with asyncio.timeout(20):
            for first in (-60, -70):
                writer = await asyncio.to_thread(path.open, "w")
                writer.write(json.dumps({"format": FORMAT, "start_at": None}) + "\n")
                for offset in range(2):
                    before = len(heard)
                    writer.write(json.dumps(line(0.0, first - offset, MINE)) + "\n")
                    writer.flush()
                    await until(before + 1)
                writer.close()
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await radio.stop()

    asyncio.run(run())
    assert [each.rssi_dbm for each in heard] == [-60, -61, -70, -71]


def test_a_file_that_is_not_there_is_a_fault_in_words(tmp_path: Path) -> None:
    with pytest.raises(RadioFault, match="No such file"):
        replay(tmp_path / "none")


@pytest.mark.parametrize(
    "wrong",
    [
        "", "null", "[]", "7", '"t_s"', "{", "\x00", "[" * 5000, '{"t_s": "soon"}', '{"t_s": NaN, "rssi_dbm": -6}',
        '{"t_s": 1e999, "rssi_dbm": -60}', '{"t_s": 0}', '{"t_s": 0, "rssi_dbm": "-60"}', '{"t_s": 0, "rssi_dbm": true}',
        '{"t_s": 0, "rssi_dbm": -60.5}', '{"t_s": 0, "rssi_dbm": -60, "service_data": {"feaa": "zz"}}',
        '{"t_s": 0, "rssi_dbm": -60, "service_data": {"feaa": 3}}', '{"t_s": 0, "rssi_dbm": -60, "service_data": [1]}',
        '{"t_s": 0, "rssi_dbm": -60, "manufacturer_data": {"apple": "00"}}', '{"format": "other"}',
        '{"format": "aisleway-advertisements-1", "start_at": "yesterday"}',
        '{"format": "aisleway-advertisements-1", "start_at": "2026-11-24T10:00:00"}', '{"t_s": ' + "1" * 5000 + "}",
    ],
)  # fmt: skip
def test_a_wrong_line_is_skipped_and_never_quoted(wrong: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "r"
    path.write_text(f"{wrong}\n{wrong}\n{json.dumps(line(0.0, -60, MINE))}\n")
    assert [each.rssi_dbm for each in replay(path)] == [-60]
    assert len(caplog.messages) == 1, "said once"
    assert len(wrong) < 3 or wrong not in caplog.text


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_no_bytes_stop_a_replay(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "r"
    path.write_bytes(content + b"\n" + json.dumps(line(0.0, -60, MINE)).encode() + b"\n")
    assert replay(path)[-1].rssi_dbm == -60
