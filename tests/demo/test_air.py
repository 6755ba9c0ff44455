from __future__ import annotations

import asyncio
import json
import os
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scanner_node.node_clock import NodeClock
from scanner_node.radio import Advertisement
from scanner_node.replay_radio import ReplayRadio
from store_server.demo.air import Air, EmulatedTag, Floor, ReplayedWalk, Timetable, replay, simulate
from store_server.demo.emulated_tags import ForeignDevice, ForeignKind, foreign_devices
from store_server.demo.recordings import Recording
from store_server.demo.walkers import Walkers
from store_server.domain.radio_model import RadioModel, RadioParameters, obstacles_of
from tests.demo.small_store import document, small_store

HALL = Path(__file__).parents[2] / "floorplans" / "hall_recording"
START = datetime(2026, 11, 24, 10, 0, 0, 123456, UTC)
START_S = START.timestamp()
NODES = ("rpi-01", "rpi-02", "rpi-03")
Line = dict[str, Any]
PLAN, GRAPH = small_store()
RADIO_MODEL = RadioModel.prepare(PLAN.outline, obstacles_of(document(), RadioParameters()), PLAN.anchors, seed=1)


class Listeners:
    """Opens every node's FIFO and keeps what comes."""

    def __init__(self, air: Air) -> None:
        self._ends = {key: os.open(air.path_of(key), os.O_RDONLY | os.O_NONBLOCK) for key in air.node_keys}
        self.raw = dict.fromkeys(self._ends, b"")

    def listen(self) -> None:
        for key, end in self._ends.items():
            try:
                while chunk := os.read(end, 65536):
                    self.raw[key] += chunk
            except BlockingIOError:
                pass

    def lines(self) -> dict[str, list[Line]]:
        self.listen()
        return {
            key: [line for line in map(json.loads, raw.splitlines()) if "t_s" in line] for key, raw in self.raw.items()
        }

    def all_lines(self) -> list[Line]:
        return [line for lines in self.lines().values() for line in lines]

    def close(self) -> None:
        for end in self._ends.values():
            os.close(end)


@pytest.fixture
def air(tmp_path: Path) -> Iterator[Air]:
    with Air(tmp_path, NODES, START) as air:
        yield air


@pytest.fixture
def listeners(air: Air) -> Iterator[Listeners]:
    listeners = Listeners(air)
    yield listeners
    listeners.close()


class Pacemaker:
    """Clock and stop event in one: each wait passes the time and listens, and after ``ticks`` waits it is time to stop."""

    def __init__(self, ticks: int, listeners: Listeners | None = None) -> None:
        self._ticks, self._listeners, self._now = ticks, listeners, START

    def now(self) -> datetime:
        return self._now

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        self._now += timedelta(seconds=timeout)
        self._ticks -= 1
        if self._listeners is not None:
            self._listeners.listen()
        return self._ticks < 0


def tags(count: int) -> list[EmulatedTag]:
    return [EmulatedTag(f"shopper-{i}", bytes([i + 1]) * 16, clock_offset_s=i * 37.0) for i in range(count)]


def data_of(line: Line) -> str:
    return str(line.get("service_data", {}).get("feaa", ""))


def test_lines_have_the_agreed_form_and_nothing_more(air: Air, listeners: Listeners) -> None:
    air.flush()
    air.emit("rpi-01", START_S + 12.34, -63.4, EmulatedTag("t", bytes(16)).frame_at(START_S))
    air.flush()
    listeners.listen()
    head, line = map(json.loads, listeners.raw["rpi-01"].splitlines())
    assert head == {"format": "aisleway-advertisements-1", "start_at": "2026-11-24T10:00:00.123Z"}
    assert set(line) == {"t_s", "rssi_dbm", "address", "service_data"}
    assert line["t_s"] == pytest.approx(12.34, abs=0.001)
    assert line["rssi_dbm"] == -63
    assert re.fullmatch(r"[0-3][0-9A-F](:[0-9A-F]{2}){5}", line["address"])
    assert re.fullmatch(r"30[0-9a-f]{18}", line["service_data"]["feaa"])


def test_a_node_reads_the_air_as_it_would_a_radio(air: Air) -> None:
    heard: list[Advertisement] = []

    async def node_hears() -> None:
        clock = NodeClock()
        radio = ReplayRadio(air.path_of("rpi-01"), clock)
        await radio.start(heard.append)
        reading = asyncio.create_task(radio.wait_until_over())
        frame = EmulatedTag("t", bytes(16)).frame_at(0.0)
        while len(heard) < 5:
            air.emit("rpi-01", datetime.now(UTC).timestamp(), -70.0, frame)
            air.flush()
            await asyncio.sleep(0.01)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        await radio.stop()

    asyncio.run(node_hears())
    assert {a.rssi_dbm for a in heard} == {-70}
    assert all(len(data) == 10 for a in heard for data in a.service_data.values())


def test_an_unknown_node_and_an_impossible_strength_leave_no_line(air: Air, listeners: Listeners) -> None:
    frame = EmulatedTag("t", bytes(16)).frame_at(0.0)
    for node_key, rssi_dbm in (("rpi-99", -60.0), ("rpi-01", 0.0), ("rpi-01", -128.0), ("rpi-01", float("nan"))):
        air.emit(node_key, START_S, rssi_dbm, frame)
    air.flush()
    assert listeners.all_lines() == []


def test_one_dead_node_costs_the_others_nothing(air: Air, listeners: Listeners) -> None:
    os.unlink(air.path_of("rpi-02"))
    frame = EmulatedTag("t", bytes(16)).frame_at(0.0)
    for node_key in NODES:
        air.emit(node_key, START_S, -60.0, frame)
    air.flush()
    assert {key: len(lines) for key, lines in listeners.lines().items()} == {"rpi-01": 1, "rpi-02": 0, "rpi-03": 1}
    assert air.counts() == {"rpi-01": (1, 0), "rpi-02": (0, 1), "rpi-03": (1, 0)}
    assert air.listening() == {"rpi-01", "rpi-03"}


@pytest.mark.parametrize("node_key", ["../etc", "/etc/passwd", "a/b", ".hidden"])
def test_a_node_key_that_is_no_file_name_is_refused(tmp_path: Path, node_key: str) -> None:
    with pytest.raises(ValueError, match="rename node"):
        Air(tmp_path, [node_key], START)


def test_closing_takes_the_fifos_away(tmp_path: Path) -> None:
    with Air(tmp_path, NODES, START):
        assert len(list(tmp_path.iterdir())) == 3
    assert list(tmp_path.iterdir()) == []


def floor(
    air: Air, count: int = 10, rate_hz: float = 1.0, foreign: tuple[ForeignDevice, ...] = ()
) -> tuple[Floor, Walkers]:
    walkers = Walkers(PLAN, GRAPH, count, seed=3)
    return Floor(walkers, RADIO_MODEL, tags(walkers.pool_size), air, rate_hz, START_S, foreign), walkers


def test_simulated_shoppers_are_heard_at_their_rate_with_jitter(air: Air, listeners: Listeners) -> None:
    shop, _ = floor(air)
    for tick in range(1, 301):
        shop.step(START_S + 0.1 * tick)
        listeners.listen()
    by_id: dict[str, set[float]] = {}
    for line in listeners.all_lines():
        by_id.setdefault(data_of(line), set()).add(line["t_s"])
    gaps = np.concatenate([np.diff(sorted(times)) for times in by_id.values()])
    assert all(25 <= len(times) <= 31 for times in by_id.values() if max(times) - min(times) > 28)
    single = gaps[gaps < 1.5]  # a longer one is an advertisement nobody heard
    assert single.min() >= 0.999
    assert single.max() <= 1.0105
    assert single.std() > 0.001


def test_only_tags_that_somebody_carries_are_on_the_air(air: Air, listeners: Listeners) -> None:
    shop, walkers = floor(air)
    shop.step(START_S + 0.01)
    frames = {data_of(tag_line): i for i, tag in enumerate(tags(walkers.pool_size)) for tag_line in [_said(tag)]}
    for tick in range(1, 16):
        shop.step(START_S + 0.1 * tick)
    heard = {frames[data_of(line)] for line in listeners.all_lines()}
    carried = set(walkers.beacon_index[~np.isnan(walkers.positions_m[:, 0])].tolist())
    assert heard
    assert heard <= carried


def _said(tag: EmulatedTag) -> Line:
    said: Line = json.loads("{" + tag.frame_at(START_S).members + "}")
    return said


def test_nearer_nodes_hear_louder_on_average(air: Air, listeners: Listeners) -> None:
    shop, walkers = floor(air, count=1)
    hero = walkers.scripted([], dwell_s=1.0, kiosk_dwell_s=500.0)
    for tick in range(1, 601):
        shop.step(START_S + 0.1 * tick)
        listeners.listen()
    means = {key: np.mean([line["rssi_dbm"] for line in lines]) for key, lines in listeners.lines().items()}
    truth = walkers.truth_of(hero)
    assert truth is not None
    expected = RADIO_MODEL.mean_rssi_dbm(truth)[0]
    for key, wanted in zip(RADIO_MODEL.node_keys, expected, strict=True):
        assert means[key] == pytest.approx(wanted, abs=3.0)


def test_no_place_label_or_key_is_ever_on_the_air(air: Air, listeners: Listeners) -> None:
    shop, walkers = floor(air, foreign=foreign_devices(10, 4, 10, PLAN.outline.bounds, 5))
    for tick in range(1, 51):
        shop.step(START_S + 0.1 * tick)
    listeners.listen()
    for line in listeners.all_lines():
        assert set(line) <= {"t_s", "rssi_dbm", "address", "service_data", "manufacturer_data"}
        assert isinstance(line["rssi_dbm"], int)
    everything = b"".join(listeners.raw.values())
    assert b"shopper-" not in everything
    for tag in tags(walkers.pool_size):
        assert tag.identity_key.hex().encode() not in everything


def test_strangers_devices_are_mixed_in(air: Air, listeners: Listeners) -> None:
    shop, _ = floor(air, foreign=foreign_devices(10, 4, 10, PLAN.outline.bounds, 5))
    for tick in range(1, 31):
        shop.step(START_S + 0.1 * tick)
    lines = listeners.all_lines()
    assert any("004c" in line.get("manufacturer_data", {}) for line in lines)
    assert any("fcf1" in line.get("service_data", {}) for line in lines)
    assert any(data_of(line).startswith("00eb") for line in lines)


def test_id_and_address_change_at_one_moment_for_all_nodes(air: Air, listeners: Listeners) -> None:
    walkers = Walkers(PLAN, GRAPH, 1, seed=3, pool_size=1)
    walkers.scripted([], dwell_s=1.0, kiosk_dwell_s=500.0)
    border_s = START_S + 20.0
    tag = EmulatedTag("hero", bytes(range(16)), clock_offset_s=512 - border_s % 512)
    shop = Floor(walkers, RADIO_MODEL, [tag], air, 5.0, START_S)
    for tick in range(1, 401):
        shop.step(START_S + 0.1 * tick)
        listeners.listen()
    shown = {(line["address"], data_of(line)) for line in listeners.all_lines()}
    assert len(shown) == 2
    assert len({address for address, _ in shown}) == 2
    before = {data_of(line) for line in listeners.all_lines() if line["t_s"] < 20.0}
    after = {data_of(line) for line in listeners.all_lines() if line["t_s"] > 20.001}
    assert len(before) == len(after) == 1
    assert before != after


def test_a_stall_is_left_out_and_not_caught_up_with(air: Air, listeners: Listeners) -> None:
    shop, walkers = floor(air)
    shop.step(START_S + 0.1)
    listeners.lines()
    before = walkers.positions_m
    count = len(listeners.all_lines())
    shop.step(START_S + 60.0)
    burst = listeners.all_lines()[count:]
    assert burst == []
    moved_m = np.hypot(*(walkers.positions_m - before).T)
    assert np.nanmax(moved_m) < 2.0
    for tick in range(1, 11):
        shop.step(START_S + 60.0 + 0.1 * tick)
    resumed = [line for line in listeners.all_lines() if line["t_s"] > 30]
    assert 0 < len(resumed) <= 10 * 3
    assert min(line["t_s"] for line in resumed) > 59.8


def test_a_clock_set_back_does_not_silence_the_air(air: Air, listeners: Listeners) -> None:
    shop, _ = floor(air)
    shop.step(START_S + 100.0)
    for tick in range(1, 21):
        shop.step(START_S + 50.0 + 0.1 * tick)
    assert len(listeners.all_lines()) > 10


def test_too_few_tags_are_refused(air: Air) -> None:
    walkers = Walkers(PLAN, GRAPH, 4, seed=1)
    with pytest.raises(ValueError, match="5 beacons are in use, but only 4"):
        Floor(walkers, RADIO_MODEL, tags(4), air, 1.0, START_S)


@pytest.mark.parametrize("rate_hz", [0.0, -1.0, 11.0, float("nan")])
def test_a_rate_the_air_cannot_keep_is_refused(rate_hz: float) -> None:
    with pytest.raises(ValueError, match="rate_hz"):
        Timetable(1, rate_hz, 0.0, np.random.default_rng(0))


def test_the_recording_goes_out_under_a_rotating_id_as_it_was_recorded(air: Air, tmp_path: Path) -> None:
    recording = Recording.read(HALL)
    (tmp_path / "hall").mkdir()
    with Air(tmp_path / "hall", recording.receiver_ids, START) as hall_air:
        listeners = Listeners(hall_air)
        tag = EmulatedTag("hall", bytes(16))
        replay(recording, tag, hall_air, (pace := Pacemaker(850, listeners)), pace)
        sent = sorted(
            (line["t_s"], key, line["rssi_dbm"]) for key, lines in listeners.lines().items() for line in lines
        )
        listeners.close()
    recorded = sorted((t_s, key, round(rssi_dbm)) for key, t_s, rssi_dbm in recording.sightings())
    assert len(sent) == len(recorded) == 1949
    for (sent_s, *sent_rest), (recorded_s, *recorded_rest) in zip(sent, recorded, strict=True):
        assert sent_rest == recorded_rest
        assert sent_s == pytest.approx(recorded_s, abs=0.003)


def test_a_stalled_replay_goes_on_in_the_present(tmp_path: Path) -> None:
    recording = Recording.read(HALL)
    with Air(tmp_path, recording.receiver_ids, START) as air:
        listeners = Listeners(air)
        walk = ReplayedWalk(recording, EmulatedTag("hall", bytes(16)), air, START_S)
        walk.step(START_S + 0.1)
        walk.step(START_S + 40.0)
        times = [line["t_s"] for line in listeners.all_lines()]
        listeners.close()
    assert all(t_s <= 0.11 or t_s >= 38.99 for t_s in times)
    assert len(times) < 60


def test_strangers_are_around_the_recorded_walk_too(tmp_path: Path) -> None:
    recording = Recording.read(HALL)
    strangers = [ForeignDevice(ForeignKind.PHONE, b"p"), ForeignDevice(ForeignKind.FIXED_UID, b"u")]
    with Air(tmp_path, recording.receiver_ids, START) as air:
        listeners = Listeners(air)
        pace = Pacemaker(20, listeners)
        replay(
            recording,
            EmulatedTag("hall", bytes(16)),
            air,
            pace,
            pace,
            strangers,
            started_at=START - timedelta(seconds=30),
        )
        lines = listeners.all_lines()
        listeners.close()
    assert any("manufacturer_data" in line for line in lines)
    assert any(data_of(line).startswith("00eb") for line in lines)
    assert any(data_of(line).startswith("30") for line in lines)


def test_simulating_is_repeatable_and_ends_when_told(tmp_path: Path) -> None:
    def run(name: str) -> dict[str, bytes]:
        (tmp_path / name).mkdir()
        with Air(tmp_path / name, NODES, START) as air:
            listeners = Listeners(air)
            pace = Pacemaker(50, listeners)
            walkers = Walkers(PLAN, GRAPH, 6, seed=2)
            simulate(walkers, RADIO_MODEL, tags(walkers.pool_size), air, 2.0, pace, pace, seed=4)
            listeners.listen()
            listeners.close()
        return listeners.raw

    first, second = run("first"), run("second")
    assert first == second
    assert all(first.values())


def test_a_real_stop_event_ends_both_loops(air: Air) -> None:
    class SystemClock:
        def now(self) -> datetime:
            return datetime.now(UTC)

    stop = threading.Event()
    stop.set()
    walkers = Walkers(PLAN, GRAPH, 2, seed=2)
    simulate(walkers, RADIO_MODEL, tags(walkers.pool_size), air, 1.0, SystemClock(), stop)
    replay(Recording.read(HALL), tags(1)[0], air, SystemClock(), stop)
    assert air.counts()["rpi-01"] == (0, 0)
